"""The benchmarks of speed run, say what they leave out, and a count that grew fails. Nothing here is timed."""

from __future__ import annotations

import json
import math
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

from cleaner.rules import load
from tests.benchmarks import benchmark
from tests.corpora import RULES


@pytest.fixture(scope="module")
def speed() -> ModuleType:
    return benchmark("speed")


@pytest.fixture(scope="module")
def counts() -> ModuleType:
    return benchmark("counts")


@pytest.fixture(scope="module")
def tiny(speed: ModuleType) -> object:
    return speed.Plan(
        size=3_000, rounds=2, seconds=0.01, pages=1, times=(1, 3), lengths=(500, 2_000), shares=(0.0, 0.5), corpus=20_000, workers=(1,)
    )


def test_every_subject_is_measured_or_said_to_be_left_out(speed: ModuleType, tiny: object, tmp_path: Path) -> None:
    report = speed.run(tiny, ["texts", "work", "rules", "length", "residue", "profile"], rules=RULES)
    cleaner = speed.Cleaner(load([RULES]))
    subjects = [s.name for s in [*speed.ours(cleaner), *speed.floors(cleaner), *speed.others(cleaner)]]
    for kind in speed.KINDS:
        measured = {subject for section, on, subject in report.ratios if (section, on) == ("texts", kind)}
        assert measured | report.left_out.keys() >= set(subjects)
        assert measured >= {"clean", "clean_text", "normalise", "rules", "loop over the lines", "ftfy.fix_text", "every rule on every line"}
    extractors = {subject for section, _, subject in report.ratios if section == "work"}
    assert extractors | report.left_out.keys() >= {"trafilatura", "resiliparse", "jusText"}
    assert {subject for section, _, subject in report.ratios if section == "rules"} == {"×1", "×3"}
    assert {subject for section, _, subject in report.ratios if section == "length"} == {"500 B", "2 kB"}
    assert {subject for section, _, subject in report.ratios if section == "residue"} == {"0%", "50%"}
    for ratio in report.ratios.values():
        assert all(math.isfinite(v) and v > 0 for v in (ratio.low, ratio.mid, ratio.high))

    page = tmp_path / "README.md"
    page.write_text(f"before\n{speed.BEGIN}\nold figures\n{speed.END}\nafter\n", encoding="utf-8")
    speed.write(tmp_path, report, "Some machine.")
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old figures" not in text
    assert all(str(table) in text for table in report.tables)
    drawn = ElementTree.fromstring((tmp_path / "speed.svg").read_text(encoding="utf-8"))
    assert {"clean", "ftfy.fix_text"} <= {e.text for e in drawn.iter() if e.tag.endswith("text")}


def test_the_command_is_measured_against_memory(speed: ModuleType, tiny: object) -> None:
    pytest.importorskip("zstandard", reason="needs the extra zstd")
    report = speed.run(tiny, ["batch"], rules=RULES)
    assert {subject for section, _, subject in report.ratios if section == "batch"} >= {"in memory", "1 worker"}


def test_a_subject_that_is_not_installed_is_named(speed: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tiny: object) -> None:
    def absent() -> object:
        raise ImportError("no", name="absent_library")

    one = speed.Subject("somebody else's", "other", "something", absent)
    monkeypatch.setattr(speed, "extractors", lambda: [one])
    report = speed.run(tiny, ["work"], rules=RULES)
    assert report.left_out == {"somebody else's": "absent_library is not installed"}
    assert speed.INSTALL in capsys.readouterr().out


def test_made_up_rules_say_other_things_in_the_same_words(speed: ModuleType) -> None:
    ruleset = load()
    more = speed.many_rules(ruleset, 3)
    patterns = sum(len(r.patterns) for r in ruleset.rules)
    assert 2.5 * patterns < sum(len(r.patterns) for r in more.rules) <= 3 * patterns
    assert len({r.id for r in more.rules}) == len(more.rules)
    assert more.version != ruleset.version
    known = {r.id: r for r in ruleset.rules}
    new = [r for r in more.rules if r.id not in known]
    assert {r.language for r in new} == {r.language for r in ruleset.rules if r.kind != "detector"}
    cues = {word for r in ruleset.rules for p in r.patterns for c in p.cues for word in c.split()}
    met = [word in cues for r in new for p in r.patterns for c in p.cues for word in c.split()]
    assert sum(met) > 0.9 * len(met)


def test_texts_are_the_same_each_time_and_no_two_lines_of_a_long_one_are(speed: ModuleType) -> None:
    ruleset = load()
    one, other = (speed.Maker(ruleset).kinds(20_000) for _ in range(2))
    assert one == other
    lines = speed.long_text(one["clean prose"], 50_000).split("\n")
    assert len(set(lines)) > 0.9 * len(lines)


def test_pieces_of_a_text_have_all_its_lines(speed: ModuleType) -> None:
    lines = [f"Line {n} of a text that is cut into pieces." for n in range(100)]
    pieces = speed.in_pieces("\n".join(lines), 1_000)
    assert "\n".join(pieces).split("\n") == lines
    assert all(len(piece) < 1_100 for piece in pieces)
    assert "".join(speed.in_pieces("x" * 5_000, 1_000)) == "x" * 5_000


def test_a_count_that_grew_fails_the_check(counts: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "counts.json"
    assert counts.main(["--write", "--counts", str(kept)]) == 0
    assert counts.main(["--check", "--counts", str(kept)]) == 0
    written = json.loads(kept.read_text())
    [found] = written.values()
    assert found.keys() == counts.TEXTS.keys()
    found["prose"]["lines"] /= 1.2
    kept.write_text(json.dumps(written))
    capsys.readouterr()
    assert counts.main(["--check", "--counts", str(kept)]) == 1
    assert "GREW   prose" in capsys.readouterr().out


def test_counts_of_another_version_of_python_are_not_compared(counts: ModuleType) -> None:
    grown, shrunk = counts.compare({"prose": {"calls": 100.0, "lines": 10.0}}, {"prose": {"calls": 109.0, "lines": 5.0}, "new": {"calls": 1.0}})
    assert grown == []
    assert len(shrunk) == 1
