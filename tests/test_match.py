"""What one round takes, with rules made for it: lines, their pieces, blocks with what hangs on them, and ends of lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cleaner import Cleaned, Cleaner
from cleaner.index import Candidates
from cleaner.match import Lines, Matcher, _twin, fits
from cleaner.model import Level, Pattern, RuleSet
from cleaner.recent import Recent
from cleaner.rules import load, marked

RULES = """\
- id: gate
  why: The fair's sign.
  remove: line
  words: 4
  phrases: ["gate {place}", "this way", "to the {place} fair of goats", "on to gate {place}"]
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
- id: toll
  why: What it costs to come in, as a bell tells it.
  remove: span
  at: start
  regex: ['toll one(?: two)?']
  cues: ["toll one"]
  level: careful
  removes: ["[[Toll one]] The fair is open."]
  keeps: ["The toll, one of many."]
- id: toll-end
  why: What it costs to go out.
  remove: span
  at: end
  regex: ['(?:two )?three']
  cues: [three]
  level: careful
  removes: ["The fair is closed: [[three]]"]
  keeps: ["Three are open."]
- id: lent-half
  why: The last of those who lent the goat.
  remove: span
  at: end
  regex: ['(?<=lent by {place} and ){place}']
  cues: [halden, brisa]
  level: careful
  removes: ["It was lent by Halden and [[Brisa]]"]
  keeps: ["Brisa is closed."]
- id: in-brackets
  why: The fair's name on a poster.
  remove: line
  regex: ['\\[{place} fair\\]']
  cues: [fair]
  level: careful
  removes: ["[[[Halden fair]]]"]
  keeps: ["Halden fair is open."]
- id: pens
  why: The pens under their heading.
  remove: block
  while: headline
  most: 3
  least: 2
  regex: ['pens[:]']
  cues: ["pens:"]
  level: thorough
  removes: ["[[Pens:]]\\n[[Goats of the Upper Valley]]\\n[[Sheep of the Lower Valley]]\\n"]
  keeps: ["The pens: all of them were full."]
- id: pens-any
  why: The pens under their heading, fewer of them.
  remove: block
  while: headline
  most: 3
  least: 1
  regex: ['pens[:]']
  cues: ["pens:"]
  level: thorough
  removes: ["[[Pens:]]\\n[[Goats of the Upper Valley]]\\n"]
  keeps: ["The pens: all of them were full."]
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
def own(tmp_path_factory: pytest.TempPathFactory) -> RuleSet:
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
    return load([root])


@pytest.fixture(scope="module")
def clean(own: RuleSet) -> Clean:
    return Cleaner(own, profile="careful").clean


Taken = list[tuple[str, str, int, bool]]
"""What one round takes: the text, its rule's name, the pattern's number, whether it is doubtful."""


@pytest.fixture(scope="module")
def once(own: RuleSet) -> Callable[[str], Taken]:
    matcher = Matcher(own, own.rules, {})

    def find(text: str) -> Taken:
        return taken(matcher, text)

    return find


def taken(matcher: Matcher, text: str) -> Taken:
    found = matcher.find(text, frozenset)
    return [(text[f.start : f.end], matcher.rules[f.rule].id.rpartition("/")[2], f.pattern, f.doubtful) for f in found]


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


def test_an_end_of_a_line_that_takes_too_long_stays(own: RuleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.match.PATTERN_SECONDS", 0.2)
    pattern = Pattern("(?:a|aa|aaa)+(?!fair of goats)fair(?: of goats)?", False, ("fair",), 300, False)
    matcher = Matcher(own, [replace(own.rules[0], kind="span", at="end", patterns=(pattern,))], {})
    flags: set[str] = set()
    assert matcher.find(f"It rained. {'a' * 60}fair of goats", frozenset, flags) == []
    assert flags == {"timeout/fairs/en/gate"}


def test_what_a_detector_took_no_rule_takes_again(own: RuleSet) -> None:
    rule = replace(own.rules[0], kind="detector", detector="fake", patterns=(), unless=())
    matcher = Matcher(own, [*own.rules, rule], {"fake": lambda lines, options, words: [lines.whole(1)]})
    found = matcher.find("It rained.\nGate Halden\nIt snowed.\nGate Brisa\nIt rained.", frozenset)
    assert [(f.start, f.rule) for f in found] == [(11, len(own.rules)), (34, 0)]


@pytest.mark.parametrize(
    ("shape", "line", "may"),
    [
        ("bullet", "• Goats of the Valley", True),
        ("bullet", "Goats of the Valley", False),
        ("bullet", "• The goats had walked for two days and were tired.", False),
        ("headline", "Goats of the Valley", True),
        ("headline", "fish", False),
        ("headline", "The goats had walked for two days and were tired.", False),
        ("line", "fish", True),
        ("line", "The goats had walked for two days and were tired.", False),
    ],
)
def test_what_may_hang_on_a_block(shape: str, line: str, may: bool) -> None:
    assert fits(shape, line) is may


def test_what_tells_a_pattern_may_be_part_of_a_word(own: RuleSet) -> None:
    rule = replace(own.rules[0], patterns=(Pattern(".*fairground.*", False, ("fairground",), 60, False),))
    assert [part for part, *_ in taken(Matcher(own, [rule], {}), "It rained.\nSuperfairgrounds\nIt snowed.")] == ["Superfairgrounds\n"]


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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # The longest wins, whichever comes first.
        ("It slept. Lent by Halden and Brisa", [(" Lent by Halden and Brisa", "signed")]),
        # What overlaps: again the longest.
        ("It rained.\nToll one two three\nIt snowed.", [("Toll one two ", "toll")]),
        # However long the line is.
        (f"{'The goat slept. ' * 40}Lent by Brisa", [(" Lent by Brisa", "signed")]),
        (f"Ding dong {'The goat slept. ' * 40}", [("Ding dong ", "bell")]),
        # A sentence may run through what stays.
        ("You can help.\nSign up Halden three\nto take action.", [(" three", "toll-end")]),
        # Both ends in one round, and nothing between them is lost.
        ("It rained.\nDing dong The goat slept. Lent by Brisa\nIt snowed.", [("Ding dong ", "bell"), (" Lent by Brisa", "signed")]),
        # Nothing is left between them: the line goes, with the space around it and its break.
        ("It rained.\nToll one:three\nIt snowed.", [("Toll one:", "toll"), ("three\n", "toll-end")]),
        (f"It rained.\n  Toll one{' ' * 20}three \nIt snowed.", [(f"  Toll one{' ' * 14}", "toll"), (f"{' ' * 6}three \n", "toll-end")]),
    ],
    ids=["longest", "overlap", "end of a long line", "start of a long line", "amid a sentence", "both ends", "touching", "nothing but space between"],
)
def test_what_goes_from_the_ends_of_a_line_in_one_round(once: Callable[[str], Taken], text: str, found: list[tuple[str, str]]) -> None:
    assert once(text) == [(part, rule, 0, False) for part, rule in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Stalls:\n\nIt rained.", [("Stalls:\n", "stalls", 0, False)]),
        ("Stalls:\nGoats of the Valley\n\nGate Halden\nIt rained.",
         [("Stalls:\n", "stalls", 0, False), ("Goats of the Valley\n", "stalls", -1, True), ("Gate Halden\n", "gate", 0, False)]),
        ("Stalls:\nGoats of the Valley\nSheep and Goats Three\n\nGate Halden\nIt rained.",
         [("Stalls:\n", "stalls", 0, False), ("Goats of the Valley\nSheep and Goats Three\n", "stalls", -1, True),
          ("Gate Halden\n", "gate", 0, False)]),
        ("Stalls:\nGate Halden\n\nIt rained.", [("Stalls:\n", "stalls", 0, False), ("Gate Halden\n", "gate", 0, False)]),
        ("Stalls:\nGoats of the Valley\nSheep of the Hills\nBells from the Coast\n\nIt rained.",
         [("Stalls:\n", "stalls", 0, False), ("Goats of the Valley\nSheep of the Hills\nBells from the Coast\n", "stalls", -1, True)]),
        ("Stalls:\nGoats of the Valley\nfish\nIt rained.",
         [("Stalls:\n", "stalls", 0, False), ("Goats of the Valley\n", "stalls", -1, True)]),
        ("Stalls:\nThe goats had walked for two days and were tired.", [("Stalls:\n", "stalls", 0, False)]),
        ("Stalls: open\nGoats of the Valley\n\nIt rained.", []),
        ("It rained.\nPens:\nGoats of the Valley\nSheep of the Hills\n\nIt snowed.",
         [("Pens:\n", "pens", 0, True), ("Goats of the Valley\nSheep of the Hills\n", "pens", -1, True)]),
        ("It rained.\nPens:\nGoats of the Valley\n\nIt snowed.",
         [("Pens:\n", "pens-any", 0, True), ("Goats of the Valley\n", "pens-any", -1, True)]),
        ("It rained.\nPens:\n\nIt snowed.", []),
    ],
    ids=["nothing below", "tail, and a line after it", "two lines of tail", "a line of its own in the tail",
         "three lines of tail", "something else below the tail", "prose below", "no heading",
         "two at least", "another block takes one", "nothing below, one at least"],
)  # fmt: skip
def test_what_a_block_takes_in_one_round(once: Callable[[str], Taken], text: str, found: Taken) -> None:
    assert once(text) == found


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("| Gate Halden | This way", [("| Gate Halden | ", 0), ("This way\n", 1)]),
        ("[Halden fair]", [("[Halden fair]\n", 0)]),
        ("Gate Halden", [("Gate Halden\n", 0)]),
        ("On to gate Halden", [("On to gate Halden\n", 3)]),
        ("Gate Halden \ud800", []),
    ],
)
def test_what_a_line_loses_in_one_round(once: Callable[[str], Taken], line: str, parts: list[tuple[str, int]]) -> None:
    assert [(part, number) for part, _, number, _ in once(f"It rained.\n{line}\nIt snowed.")] == parts


# ---------------------------------------------------------------- detectors

LINES = ["It rained.", "Zebra one", "Zebra two", "Goats, the keeper says", "Zebra three", "You can help.", "Sign up", "to take action."]


@pytest.mark.parametrize(
    ("ranges", "goes"),
    [
        ([(1, 1, 0)], ["Zebra one\n"]),
        ([(2, 2, 0)], ["Zebra two\n"]),
        ([(1, 2, 0)], ["Zebra one\nZebra two\n"]),
        ([(2, 3, 0)], []),
        ([(2, 2, 1)], []),
        ([(3, 4, 0)], []),
        ([(3, 3, 0), (4, 4, 0)], ["Zebra three\n"]),
        ([(6, 6, 0)], []),
        ([(1, 1, 0), (2, 2, 0)], ["Zebra one\n", "Zebra two\n"]),
        ([(2, 2, 0), (1, 1, 0)], ["Zebra one\n", "Zebra two\n"]),
        ([(1, 2, 0), (2, 2, 0)], ["Zebra one\nZebra two\n"]),
        ([(6, 7, -1)], ["Sign up\nto take action."]),
    ],
    ids=["line", "above a protected one", "two lines", "last is protected", "one letter is", "first is", "the second of two", "amid",
         "neighbours", "in another order", "what was taken before", "all"],
)
@pytest.mark.parametrize("level", ["careful", "standard"])
def test_what_a_detector_finds_goes_but_for_protected_lines(
    own: RuleSet, ranges: list[tuple[int, int, int]], goes: list[str], level: Level
) -> None:
    def detector(lines: Lines, options: object, words: object) -> Iterator[tuple[int, int]]:
        for first, last, more in ranges:
            yield lines.starts[first], lines.whole(last)[1] + more + (more < 0)

    rule = replace(own.rules[0], kind="detector", detector="fake", patterns=(), unless=("goat keepers",), level=level)
    matcher = Matcher(own, [rule], {"fake": detector})
    assert taken(matcher, "\n".join(LINES)) == [(text, "gate", -1, level != "careful") for text in goes]
    assert taken(matcher, "\n".join(f"{line} goat keepers" for line in LINES)) == []


# ---------------------------------------------------------------- how patterns are filed


def test_rules_are_found_however_many_there_are(ruleset: RuleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many rules are filed together, and kept; few are filed at each start."""
    monkeypatch.setattr("cleaner.kept.read", lambda name: None)
    monkeypatch.setattr("cleaner.kept.write", lambda name, data: None)
    monkeypatch.setattr("cleaner.match._filings", {})
    lines = sorted((r for r in ruleset.rules if r.kind == "line" and r.language == "en"), key=lambda r: -len(r.patterns))[:8]
    few = replace(ruleset, rules=(*lines, *[r for r in ruleset.rules if r.kind == "detector"][:1]))
    assert sum(len(r.patterns) for r in lines) >= 100
    other = replace(lines[1], id="fairs/en/zebra", patterns=(Pattern("zebra crossing ahead", True, ("zebra",), 60, True),), unless=(), words=9)
    many = Matcher(few, [*lines, other], {})
    for rule in lines:
        for text in (marked(e)[0] for e in rule.removes):
            assert many.find(text, frozenset), text
    assert many.find("Zebra crossing ahead", frozenset)


def test_a_language_that_comes_into_question_later_is_looked_up_on_all_lines(own: RuleSet) -> None:
    german = replace(own.rules[0], id="fairs/de/gate", language="de")
    matcher = Matcher(own, [*own.rules[1:], german], {})
    known: dict[str, dict[str, Candidates]] = {}
    assert matcher.find("It rained.\nGate Halden", frozenset, possible=frozenset(), known=known) == []
    text = "It snowed.\nGate Halden"
    found = matcher.find(text, lambda: frozenset({"de"}), possible=frozenset({"de"}), known=known)
    assert [text[f.start : f.end] for f in found] == ["Gate Halden"]


@pytest.mark.parametrize("line", ["This way", "Ding donggg"])
def test_a_line_that_stays_in_one_text_goes_in_another(clean: Clean, line: str) -> None:
    """What is remembered of a line is that nothing matches it, not that it stayed: here a sentence runs through it."""
    stays, goes = f"The fair is open today.\n{line}\nto the market of goats they went.", f"The fair is open today.\n{line}\nGoats sleep here."
    for _ in range(2):
        assert clean(stays).text == stays
        assert clean(goes).text == "The fair is open today.\nGoats sleep here."
