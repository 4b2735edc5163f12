"""``cleaner explain`` as people use it: what goes and why, and why a line stayed that nearly went."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cleaner.cli import main

RULES = """\
- id: come-along
  why: Invitation to come to the fair.
  remove: line
  words: 12
  phrases: ["come to the fair in {place} (with (goats|sheep))?", "(very)? (good)? news from the fair in {place}"]
  unless: ['\\bgoats?\\b']
  level: standard
  removes: ["[[Come to the fair in Halden]]"]
  keeps: ["Come to the fair in Halden, she said, and bring the sheep."]
- id: soon
  why: Announcement of the next fair.
  remove: line
  phrases: ["next fair in {place}"]
  level: standard
  status: trial
  removes: ["[[Next fair in Brisa]]"]
  keeps: ["The next fair in Brisa was cancelled."]
- id: sign
  why: The fair's sign.
  remove: line
  phrases: ["gate to the fair of {place}"]
  level: thorough
  removes: ["[[Gate to the fair of Brisa]]"]
  keeps: ["The gate to the fair of Brisa was closed."]
"""
TEXT = """\
The wheel stood still.
Come to the fair in Halden
Come to the fair in Halden with goats
Come to the fair in Oslo
Next fair in Brisa
Gate to the fair of Halden
Come to a fair in Halden
"""


@pytest.fixture
def explain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ExplainFixture:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CLEANER_RULES", raising=False)
    files = {
        "rules/fairs/en.yaml": RULES,
        "rules/fairs/family.yaml": "removes: Invitations to come to the fair.\nkeeps: News about the fair.\n",
        "rules/slots.yaml": "place:\n  about: Places on this earth.\n  words: [Halden, Brisa]\n",
        "text.txt": TEXT,
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return ExplainFixture()


class ExplainFixture:
    def __call__(self, *words: str, stdin: str | None = None) -> Result:
        arguments = ["explain", *words, "--rules", "rules", "--only-rules"]
        return CliRunner().invoke(main, arguments, input=stdin, catch_exceptions=False)


def test_shows_what_goes_with_rule_pattern_and_cue(explain: ExplainFixture) -> None:
    shown = explain("text.txt").stdout
    assert "[-Come to the fair in Halden-]  ← fairs/en/come-along\n" in shown
    assert "fairs/en/come-along  Invitation to come to the fair.\n    pattern: come to the fair in {place}" in shown
    assert "cue: come to the fair in" in shown


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (3, r"fairs/en/come-along matched; kept by `unless: goats`"),
        (4, "fairs/en/come-along `{place}` would be 'Oslo', which the slot does not know"),
        (5, "fairs/en/soon matched; trial rule"),
        (6, "fairs/en/sign matched; "),
        (7, "words of phrase `come to the fair in {place}"),
    ],
    ids=["unless", "slot", "trial", "level", "words"],
)
def test_says_why_a_line_stayed_that_nearly_went(explain: ExplainFixture, line: int, reason: str) -> None:
    shown = explain("text.txt", "--line", str(line)).stdout
    assert shown.startswith(f"{line}: {TEXT.split(chr(10))[line - 1]}\n")
    assert reason in shown
    assert "goes:" not in shown


def test_says_that_the_word_limit_kept_a_line(explain: ExplainFixture) -> None:
    rules = Path("rules/fairs/en.yaml")
    rules.write_text(rules.read_text(encoding="utf-8").replace("words: 12", "words: 5"), encoding="utf-8")
    assert "words" in explain("-", stdin="News from the fair in Halden\n").stdout.split("Nearly went:")[1]


def test_line_that_goes_is_told_in_full(explain: ExplainFixture) -> None:
    shown = explain("text.txt", "--line", "2").stdout
    assert "  goes: 'Come to the fair in Halden'\n    rule:    fairs/en/come-along" in shown


def test_json_has_offsets_into_the_original(explain: ExplainFixture) -> None:
    found = json.loads(explain("text.txt", "--json").stdout)
    [went] = found["removals"]
    assert TEXT[went["start"] : went["end"]].strip() == "Come to the fair in Halden"
    assert went["rule"] == "fairs/en/come-along"
    assert {m["line"] for m in found["near_misses"]} >= {3, 4, 5, 6}
    assert found["rules"]


def test_line_that_is_not_there_and_line_that_nothing_comes_near(explain: ExplainFixture) -> None:
    absent = explain("text.txt", "--line", "99")
    assert absent.exit_code == 1
    assert "has no line 99" in absent.stderr
    assert "no rule comes near it" in explain("text.txt", "--line", "1").stdout


def test_no_near_tells_of_what_goes_alone(explain: ExplainFixture) -> None:
    assert "Nearly went" not in explain("text.txt", "--no-near").stdout
