"""What rules take from content on the measuring pages, where these are at hand: each loss is known, with its reason."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from types import ModuleType

import pytest

from tests.benchmarks import benchmark
from tests.test_reference import BENCH, needs_bench


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """``benchmarks/losses.py`` as a module."""
    return benchmark("losses")


def one_page(folder: Path) -> None:
    """A folder of one page, the gold text of which keeps a picture's credit."""
    prose = "The ferry left on time for the first time in two weeks, with forty passengers on board."
    credit = "Photo: Jane Doe/Reuters"
    page = {
        "id": "made/up",
        "url": "https://example.org/ferry",
        "lang": "en",
        "gold": f"{prose}\n{credit}",
        "views": {"dump": [["Menu", "b"], [prose, "c"], [credit, "c"]], "trafilatura": [[prose, "c"], [credit, "b"]]},
    }
    for name in ("articles", "news"):
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.write(json.dumps(page) + "\n" if name == "news" else "")


def test_a_loss_that_nobody_knows_fails_and_one_in_the_list_does_not(
    tool: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one_page(tmp_path)
    known = tmp_path / "known.yaml"
    known.write_text("[]", encoding="utf-8")
    arguments = [str(tmp_path), "--known", str(known)]
    assert tool.main(arguments) == 1
    out = capsys.readouterr().out
    assert "NEW" in out
    assert "gold:2, dump:3" in out, "the place of each loss"
    assert "trafilatura:" not in out, "a line of boilerplate is no loss"

    assert tool.main([*arguments, "--print-known"]) == 1
    entries = capsys.readouterr().out
    assert "Jane" not in entries, "no text of a page goes into the list"
    known.write_text(entries.replace("reason: ", "reason: The gold text keeps a credit."), encoding="utf-8")
    assert tool.main(arguments) == 0
    assert "NEW" not in capsys.readouterr().out


def test_an_entry_without_a_reason_is_refused(tool: ModuleType, tmp_path: Path) -> None:
    known = tmp_path / "known.yaml"
    known.write_text("- {rule: ads/en/ad-label, page: made/up, text: 0123456789abcdef, words: 1, reason: }\n", encoding="utf-8")
    with pytest.raises(ValueError, match="ads/en/ad-label on made/up has no reason"):
        tool.read_known(known)


@needs_bench
def test_all_that_is_lost_of_news_and_articles_is_known(tool: ModuleType) -> None:
    """Four of the views, the text of an extractor and the gold among them; the command itself reads all."""
    known = tool.read_known(tool.KNOWN)
    found, content = tool.find(BENCH, tool.FILES, only=("trafilatura", "resiliparse", "newspaper", "gold"))
    unknown = [f"{loss.rule} on {loss.page}, {loss.view} line {loss.line}" for loss in found if loss.key not in known]
    assert not unknown, "a false removal, or an entry for benchmarks/known_losses.yaml"
    assert 1e5 * sum(loss.words for loss in found) <= 10 * content.total()
