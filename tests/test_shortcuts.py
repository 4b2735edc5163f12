"""Short cuts of the matcher skip work and decide nothing: each is held against the long way round."""

from __future__ import annotations

from functools import cache

import pytest
import regex
from hypothesis import event, given, settings
from hypothesis import strategies as st

from cleaner import Cleaner
from cleaner.match import Matcher, _Entry
from cleaner.prefilter import opening
from cleaner.rules import load, marked
from tests.pages import ROOT

EXAMPLES = sorted({line for rule in load() for example in (*rule.removes, *rule.keeps) for line in marked(example)[0].split("\n") if line.strip()})


@cache
def matcher() -> Matcher:
    return Cleaner(profile="thorough").matcher


@cache
def spans_with_opening() -> tuple[_Entry, ...]:
    return tuple(e for e in matcher()._entries if e.kind == "span" and e.at == "end" and e._opening is not None)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        (r"(?<=[(\[][^\S\n]{0,2}){agency}", r"[(\[][^\S\n]{0,2}"),
        (r"(?<=\A|[.!?])(?:a|b)[|]", r"\A|[.!?]"),
        (r"(?<=[.])a|b", None),  # of one alternative alone
        (r"(?<=[.])?a", None),  # may be left out
        (r"(?<=[.]){0,1}a", None),
        (r"(?<=[.]\s*)a", None),  # of no certain length
        (r"(?<=[.]{2,})a", None),
        (r"(?<={agency})a", None),
        (r"(?<![.])a", None),
        (r"a(?<=[.])", None),
    ],
)
def test_what_must_stand_before_a_match(pattern: str, found: str | None) -> None:
    assert opening(pattern) == found


@st.composite
def captions(draw: st.DrawFn) -> str:
    """An example of any rule, with signs put in before and behind, where credits begin and end, or with some other example."""
    line = draw(st.sampled_from(EXAMPLES))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(line)))
        line = line[:at] + draw(st.sampled_from(["(", ")", " (", " |", ". ", ".", "”", " – ", "[", "/", "  ", "。", "（", "）", "| (", "..("])) + line[at:]
    if draw(st.booleans()):
        line = draw(st.sampled_from(EXAMPLES)) + draw(st.sampled_from([" ", ". ", " (", "", ".", " | ("])) + line
    return line[:700]


@settings(max_examples=300, deadline=None)
@given(captions())
def test_a_span_is_found_where_a_search_through_all_of_the_line_finds_it(line: str) -> None:
    found = 0
    for e in spans_with_opening():
        head, tail = len(line) - len(line.lstrip()), len(line.rstrip())
        a = max(head, tail - e.source.longest)
        starts = e.starts_in(line, a, tail)
        m = None if starts is None or not e.may_match(line[a:tail], line[a:tail].encode()) else e.compiled.search(line, a, tail)
        place = m.span() if m and e.has_cue(line[a:tail].lower()) else None
        assert matcher().searched(e.number, line) == place, e.source.source
        found += place is not None
    event("found" if found else "none found")


def test_spans_with_an_opening_are_met() -> None:
    """The test above would pass on lines that hold none."""
    assert len(spans_with_opening()) > 60
    found = {e.number for e in spans_with_opening() for line in EXAMPLES if "(" in line or "." in line if matcher().place(e.number, line)}
    assert len(found) > 40


def test_unless_keeps_what_one_of_its_patterns_finds() -> None:
    kept = 0
    for n, rule in enumerate(matcher().rules):
        patterns = [regex.compile(u, regex.I) for u in load().unless_of(rule)]
        for line in [line for example in (*rule.removes, *rule.keeps) for line in marked(example)[0].split("\n")]:
            wanted = any(p.search(line) for p in patterns)
            assert matcher().is_kept(n, line) == wanted
            kept += wanted
    assert kept > 100


def test_what_is_remembered_of_a_line_is_what_was_found() -> None:
    tried = 0
    for e in matcher()._entries[::40]:
        for line in EXAMPLES[:: 50]:
            first, again = (
                (matcher().place(e.number, line) if e.kind == "span" else matcher().is_match(e.number, line)) for _ in range(2)
            )
            assert first == again == (matcher().searched(e.number, line) if e.kind == "span" else matcher().tried(e.number, line))
            tried += bool(first)
    assert tried


def test_what_one_text_teaches_changes_no_other() -> None:
    """Lines are remembered across texts; whatever came before, a text is cleaned in the same way."""
    texts = [(page / "input.txt").read_text(encoding="utf-8") for page in sorted((ROOT / "fixtures/pages").iterdir())[::4] if (page / "input.txt").is_file()]
    assert len(texts) > 10
    one = Cleaner(profile="thorough")
    forgetful = []
    for text in texts:
        one.matcher.forget()
        forgetful.append(one.clean(text).edits)
    for order in (texts, texts[::-1], texts):
        found = {text: one.clean(text).edits for text in order}
        assert [found[text] for text in texts] == forgetful
    assert sum(map(len, forgetful)) > 50


def test_little_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.match._MOST_REMEMBERED", 20)
    cleaner = Cleaner()
    for n in range(300):
        cleaner.clean(f"A like button {n}\nFollow the road {n}\nThe photo: {n}")
    assert cleaner.matcher._barren
    assert all(len(lines) <= 20 for lines in cleaner.matcher._barren.values())
    assert cleaner.matcher.is_match.cache_info().currsize <= 20  # type: ignore[attr-defined]
