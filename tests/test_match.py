"""What one round takes, with rules made for it: lines, their pieces, blocks with what hangs on them, and ends of lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cleaner import Cleaned, Cleaner
from cleaner.match import Matcher, _twin
from cleaner.model import Pattern, RuleSet
from cleaner.recent import Recent
from cleaner.rules import load

RULES = """\
- id: gate
  why: The fair's sign.
  remove: line
  words: 4
  phrases: ["gate {place}", "this way", "to the {place} fair of goats"]
  unless: ['(?-i:^[^\\p{Ll}]{4,20}\\[)', 'goat keepers\\b']
  level: careful
  removes: ["[[Gate Halden]]"]
  keeps: ["The gate of Halden was closed."]
- id: stalls
  why: The stalls under their heading.
  remove: block
  while: headline
  most: 3
  regex: ['stalls[:]']
  cues: ["stalls:"]
  level: careful
  removes: ["[[Stalls:]]\\n[[Goats of the Upper Valley]]\\n"]
  keeps: ["The stalls: all of them were full."]
- id: signed
  why: Who lent the goat.
  remove: span
  at: end
  regex: ['(?<=[.!?][^\\S\\n]?)lent by {place}(?: and {place})?']
  cues: ["lent by"]
  level: careful
  removes: ["The goat slept. [[Lent by Halden]]"]
  keeps: ["It was lent by Halden."]
- id: bell
  why: The bell before a call.
  remove: span
  at: start
  regex: ['ding dong(?: {place})?(?=[^\\S\\n]+(?-i:\\p{Lu}))']
  cues: ["ding dong"]
  level: careful
  removes: ["[[Ding dong]] The fair is open."]
  keeps: ["Ding dong, said the bell."]
- id: bell-alone
  why: The bell, with nothing to call.
  remove: span
  at: end
  regex: ['(?<=^|[.!?][^\\S\\n])ding dong{3}']
  cues: ["ding dong"]
  level: careful
  removes: ["It rang. [[Ding donggg]]"]
  keeps: ["It rang ding donggg twice."]
"""
SLOW = """\
- id: slow
  why: The fair's name, stretched; it takes too long where goats are named.
  remove: line
  regex: ['(?:a|aa|aaa)+(?!fair of goats)fair(?: of goats)?']
  cues: [fair]
  level: careful
  removes: ["[[Aaafair]]"]
  keeps: ["A fair"]
"""
PROTECTED = """\
- why: What the keeper says is kept.
  regex: ['\\bkeeper says\\b']
  keeps: ["Gate Halden, the keeper says."]
"""
FAMILY_RULES = """
- id: gates
  why: Sign at a gate.
  remove: line
  phrases: ["gate halden"]
  level: standard
  removes: ["[[Gate Halden]]"]
  keeps: ["Gate Halden opens."]
- id: stalls
  why: List of stalls.
  remove: block
  while: headline
  phrases: ["stalls"]
  level: standard
  removes: ["[[Stalls:]]"]
  keeps: ["Stalls and gates"]
- id: gate-mark
  why: Mark at the end of a line.
  remove: span
  at: end
  phrases: ["gate"]
  level: standard
  removes: ["It rained.[[ (gate).]]"]
  keeps: ["The gate opens."]
"""
Clean = Callable[[str], Cleaned]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Clean:
    root = tmp_path_factory.mktemp("rules")
    files = {
        "fairs/en.yaml": RULES,
        "fairs/family.yaml": "removes: What hangs at a fair.\nkeeps: News about the fair.\n",
        "slots.yaml": "place:\n  about: Places on this earth.\n  words: [Halden, Brisa]\n",
        "protected.yaml": PROTECTED,
    }
    for name, content in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(content, encoding="utf-8")
    return Cleaner(load([root]), profile="careful").clean


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("The fair is open.\nGate Halden\nIt rained.", "The fair is open.\nIt rained."),
        ("• Gate Halden →\nIt rained.", "It rained."),
        ("Gate Oslo\nIt rained.", "Gate Oslo\nIt rained."),
        # Longer than the rule's words, and what the rule itself excludes.
        ("To the Halden fair of goats\nIt rained.", "To the Halden fair of goats\nIt rained."),
        ("This way, goat keepers\nIt rained.", "This way, goat keepers\nIt rained."),
        # Each 'unless' keeps by itself, in capitals alone where it says so.
        ("THIS WAY [\nIt rained.", "THIS WAY [\nIt rained."),
        ("This way [\nIt rained.", "It rained."),
    ],
)
def test_whole_lines(clean: Clean, text: str, left: str) -> None:
    assert clean(text).text == left


@pytest.mark.parametrize("pieces", [2, 11, 12, 13])
def test_pieces_of_a_line_go_all_or_none(clean: Clean, pieces: int) -> None:
    row = " | ".join((["Gate Halden", "This way"] * 7)[:pieces])
    assert clean(f"{row}\nIt rained.").text == ("It rained." if pieces <= 12 else f"{row}\nIt rained.")
    assert clean(f"{row} | Goats\nIt rained.").text == f"{row} | Goats\nIt rained."


def test_an_empty_piece_of_a_line_is_none(clean: Clean) -> None:
    assert clean("Gate Halden | • This way\nIt rained.").text == "It rained."


def test_a_pattern_without_a_twin_is_tried_all_the_same(clean: Clean, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.match._twins", Recent(_twin, most=10))
    monkeypatch.setattr("cleaner.match.twin", lambda *args, **options: None)
    assert clean("Gate Halden\nIt rained.").text == "It rained."


def test_a_piece_of_a_line_is_named_by_its_own_rule(clean: Clean) -> None:
    found = clean("Gate Halden. This way.\nIt rained.")
    assert found.text == "It rained."
    assert [(r.text, r.cause) for r in found.removals] == [
        ("Gate Halden. ", "fairs/en/gate"),
        ("This way.\n", "fairs/en/gate"),
    ]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("It rained.\nStalls:\nGoats of the Upper Valley\nCheese from the Hills", "It rained."),
        # A line of prose ends it, and the headline right above may be its subheading.
        ("Stalls:\nGoats of the Upper Valley\nCheese from the Hills\nThe goats had walked for two days and were tired.",
         "Cheese from the Hills\nThe goats had walked for two days and were tired."),
        ("Stalls:\nGoats of the Upper Valley\n\nCheese from the Hills", "Cheese from the Hills"),
        # No more than three hang on it, and the third may be the next text's heading.
        ("It rained.\nStalls:\nGoats of the Valley\nCheese from the Hills\nBells from the Coast\nHoney from the Heath",
         "It rained.\nBells from the Coast\nHoney from the Heath"),
        # What the block has taken is not looked at again; what comes after it is.
        ("Stalls:\nGate to the Upper Valley\n\nGate Halden\nIt rained.", "It rained."),
    ],
)  # fmt: skip
def test_a_block_takes_what_hangs_on_it(clean: Clean, text: str, left: str) -> None:
    assert clean(text).text.strip() == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("The goat slept. Lent by Halden\nIt rained.", "The goat slept.\nIt rained."),
        ("The goat slept. Lent by Halden and Brisa.\nIt rained.", "The goat slept.\nIt rained."),
        ("It was lent by Halden\nIt rained.", "It was lent by Halden\nIt rained."),
        ("Ding dong The goat slept. Lent by Brisa\nIt rained.", "The goat slept.\nIt rained."),
        ("Ding dong Halden The goat slept.\nIt rained.", "The goat slept.\nIt rained."),
    ],
)
def test_ends_of_a_line(clean: Clean, text: str, left: str) -> None:
    assert clean(text).text == left


def test_a_line_of_which_nothing_is_left_goes_with_its_break(clean: Clean) -> None:
    assert clean("It rained.\nDing donggg\nIt snowed.").text == "It rained.\nIt snowed."


@pytest.mark.parametrize(
    "line",
    ["Gate Halden, the keeper says", "The keeper says this. Lent by Halden", "Ding dong The keeper says no.", "Stalls: the keeper says"],
)
def test_a_protected_line_is_never_touched(clean: Clean, line: str) -> None:
    text = f"It rained.\n{line}\nIt snowed."
    assert clean(text).text == text


def test_a_protected_line_ends_what_hangs_on_a_block(clean: Clean) -> None:
    kept = "Goats, the Keeper Says"
    assert clean(f"Stalls:\nCheese from the Hills\n{kept}\nBells from the Coast").text.split("\n")[-2:] == [kept, "Bells from the Coast"]


def test_a_pattern_that_takes_too_long_leaves_the_line_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.match.PATTERN_SECONDS", 0.2)
    for name, content in {"en.yaml": SLOW, "family.yaml": "removes: What hangs at a fair.\nkeeps: News about the fair.\n"}.items():
        (tmp_path / "fairs").mkdir(exist_ok=True)
        (tmp_path / "fairs" / name).write_text(content, encoding="utf-8")
    slow = "a" * 60 + "fair of goats"
    found = Cleaner(load([tmp_path]), profile="careful").clean(f"It rained.\n{slow}\nAaafair\n")
    assert found.text == f"It rained.\n{slow}\n"
    assert found.flags == ("timeout/fairs/en/slow",)


def test_a_rule_that_somebody_changed_is_found_by_what_it_says_now(ruleset: RuleSet) -> None:
    rules = [r for r in ruleset.rules if r.kind == "line" and r.language == "en"]
    rules[0] = replace(rules[0], patterns=(Pattern("zebra crossing ahead", True, ("zebra",), 60, True),))
    found = Matcher(ruleset, rules, {}).find("It rained.\nZebra crossing ahead\nIt snowed.", frozenset)
    assert [(f.start, f.rule) for f in found] == [(11, 0)]


def test_what_a_family_keeps_no_line_or_block_of_it_takes(tmp_path: Path) -> None:
    family = "removes: What hangs at a fair.\nkeeps: News about the fair.\nunless: ['[.!]$']\n"
    for name, content in {"en.yaml": FAMILY_RULES, "family.yaml": family}.items():
        (tmp_path / "rules" / "fairs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "rules" / "fairs" / name).write_text(content, encoding="utf-8")
    fair = Cleaner(tmp_path / "rules", languages=["en"])
    text = "Gate Halden\nGate Halden!\nStalls:\nCheese from the Hills\nStalls.\nBells from the Coast\nIt rained. (gate)."
    assert fair.clean(text).text == "Gate Halden!\nStalls.\nBells from the Coast\nIt rained."
