"""The compiled scanner says of every line what its Python form says."""

from __future__ import annotations

import pytest
import regex
from hypothesis import event, given, settings
from hypothesis import strategies as st

from cleaner import Cleaner
from cleaner.gates import cue_gate, line_gate, scanner_is_compiled
from cleaner.index import NOTHING, Candidates, FoldedLines, Index
from cleaner.rules import load, marked
from tests.pages import ROOT

pytestmark = pytest.mark.skipif(not scanner_is_compiled(), reason="built without a C compiler")

INDEXES = Cleaner(profile="thorough").matcher.indexes(None)


def both(index: Index, parts: list[str]) -> tuple[dict[str, Candidates], dict[str, Candidates]]:
    compiled: dict[str, Candidates] = {}
    plain: dict[str, Candidates] = {}
    index.look_up(FoldedLines(parts), compiled)
    index.look_up_plainly(FoldedLines(parts), plain)
    return compiled, plain


def files() -> list[str]:
    return [p.read_text(encoding="utf-8") for p in sorted(ROOT.glob("fixtures/**/*.txt"))]


EXAMPLES = sorted({line for rule in load() for example in (*rule.removes, *rule.keeps) for line in marked(example)[0].split("\n")})


def test_on_all_examples_and_fixtures() -> None:
    lines = sorted({line for text in files() for line in text.split("\n")} | set(EXAMPLES))
    assert len(lines) > 9_000
    candidates = 0
    for k, (group, index) in enumerate(INDEXES.items()):
        compiled, plain = both(index, lines if group == "common" else lines[k % 7 :: 7])
        assert compiled == plain, group
        # One value stands for nothing: the matcher asks for it by identity.
        assert all((c is NOTHING) == (c == NOTHING) for c in compiled.values())
        candidates += sum(len(c.whole) + len(c.first) for c in plain.values())
    assert candidates > 10_000


# Letters that fold to others or to more than one, blanks of all kinds, signs that part segments, characters beyond the
# first plane, half of a pair, marks, figures of other scripts.
ODD = "İıſςΣßǅŉ\xa0\u2003\u3000\t\x0b\x85|•·–—/.!?…。！？:：（）()[]\u200b\u200f\ud83d\U0001f44d\U0001d54f\u0301٣५²Ⅷ_'’\r\x1f"


@st.composite
def lines_like_residue(draw: st.DrawFn) -> str:
    """An example with a few characters put in, left out or doubled, alone or beside another one."""
    line = draw(st.sampled_from(EXAMPLES))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(line)))
        change = draw(st.sampled_from(["put in", "leave out", "double", "cut", "join", "upper"]))
        if change == "put in":
            line = line[:at] + draw(st.sampled_from(ODD)) + line[at:]
        elif change == "leave out":
            line = line[:at] + line[at + 1 :]
        elif change == "double":
            line = line[:at] + line[:at]
        elif change == "cut":
            line = line[at:]
        elif change == "join":
            line += draw(st.sampled_from([" | ", ". ", " – ", "。", " ", ""])) + draw(st.sampled_from(EXAMPLES))
        else:
            line = line.upper()
    return line.replace("\n", " ")


@settings(max_examples=400, deadline=None)
@given(st.lists(lines_like_residue() | st.text(st.characters(exclude_characters="\n"), max_size=120) | st.text(ODD + "ab 12", max_size=30), min_size=1, max_size=8), st.sampled_from(sorted(INDEXES)))
def test_on_mutated_examples_and_odd_characters(lines: list[str], group: str) -> None:
    compiled, plain = both(INDEXES[group], lines)
    assert compiled == plain
    event("something to try" if any(c is not NOTHING for c in plain.values()) else "nothing to try")
    event("a first segment" if any(c.first for c in plain.values()) else "no first segment")


def test_on_very_long_and_empty_lines() -> None:
    lines = ["", " ", "\t", "x" * 100_000, "Photo: Reuters " * 5_000, "a " * 299 + ". Follow us", "Follow us on Facebook. " + "b " * 400, "。", "|", "| Share"]
    for index in INDEXES.values():
        compiled, plain = both(index, lines)
        assert compiled == plain


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text("abİı:\n.é", min_size=1, max_size=5).filter(lambda s: "\n" not in s), min_size=1, max_size=6, unique=True), st.text("abİıAB:\n.é", max_size=60))
def test_lines_that_hold_a_cue(cues: list[str], text: str) -> None:
    from cleaner.edges import fold

    folded = list(dict.fromkeys(map(fold, cues)))
    low = fold(text)
    wanted = sorted({(cue, low.count("\n", 0, start)) for cue, start, _ in cue_gate(folded)(low)})
    assert sorted(set(line_gate(folded)(text))) == wanted
    assert wanted == sorted({(k, n) for k, cue in enumerate(folded) for n, line in enumerate(low.split("\n")) if cue in line})
    event("found" if wanted else "not found")


def test_threads_share_a_scanner() -> None:
    from concurrent.futures import ThreadPoolExecutor

    index = INDEXES["common"]
    parts = [regex.sub("e", letter, line) for letter in "xyzäあ" for line in EXAMPLES]
    chunks = [parts[k::8] for k in range(8)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda chunk: both(index, chunk), chunks))
    assert all(compiled == plain for compiled, plain in found)
