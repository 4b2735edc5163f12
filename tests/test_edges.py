"""Keys of beginnings and ends, and literals: what they tell apart, and that no match is ever overlooked for them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from cleaner.edges import edges, fold, key, slot_reader, tail_key
from cleaner.index import SEGMENT_BREAK, Candidates, FoldedLines, Index, empty, first_segment
from cleaner.match import Matcher, _Entry, group_of
from cleaner.rules import load, marked
from tests.strategies import MUTATIONS, Residue, residues

RULES = load()
READ = slot_reader(RULES.slots)


def holds(found: frozenset[str] | None, k: str) -> bool:
    return found is None or any(k[:n] in found for n in range(1, len(k) + 1))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Follow us", "follow u"), ("• A — b", "a b"), ("12 km", "00 km"), ("»Ad", "ad"), ("I’m", "i m"), ("İlk", "ilk"), ("ılık", "ilik"),
        ("…", ""), ("", ""), ("a" + " -" * 200 + "b", "a b"), ("写真＝", "写真 "), ("Ёж", "ёж"), ("ſee", "see"), ("_x", "x"), ("  Ad", "ad"),
    ],
)  # fmt: skip
def test_key_of_a_text(text: str, wanted: str) -> None:
    assert key(text) == wanted


@pytest.mark.parametrize(("text", "wanted"), [("(AP)", "pa "), ("b" + "- " * 200 + "Ad.", "da b"), ("Foto: 写真", "真写 otof"), ("", "")])
def test_key_of_an_end(text: str, wanted: str) -> None:
    assert tail_key(text).strip() == wanted.strip()


@pytest.mark.parametrize(
    ("pattern", "heads", "tails"),
    [
        (r"follow (?:us|me)", {"follow u", "follow m"}, {"su wollo", "em wollo"}),
        (r"(?:please )?sign[^\S\n]+up", {"please s", "sign up"}, {"pu ngis"}),
        (r"ads?", {"ad"}, {"da", "sda"}),
        (r"[«(]?(?-i:A|B)\s*:", {"a ", "b "}, {"a", "b"}),
        (r"(?=x)(?!y)(?<=z)log[ -]?in\b", {"log in", "login"}, {"nigol", "ni gol"}),
        (r"©\s*\d{4}", {"0000"}, {"0000 "}),
        (r"[a-c]{2}[^\n]*", {a + b for a in "abc" for b in "abc"}, None),
        (r".*more", None, {"erom"}),
        (r"\p{Lu}\w+ said", None, {"dias "}),
        (r"[^a]", None, None),
        (r"(?(1)a|b)", None, None),
        ("", None, None),
        ("{no_such_slot}", None, None),
    ],
)
def test_edges_of_a_pattern(pattern: str, heads: set[str] | None, tails: set[str] | None) -> None:
    found = edges(pattern, READ)
    assert found.heads == heads
    assert found.tails == tails


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        (r"(?:a )?follow(?:ing)? (?:us|me)", {"follow"}),
        (r"[^\n]{0,40}\b(?:newsletter|alerts?)\b", {"newsletter", "alert"}),
        (r"(?:x|y)?[ab]\w+", set()),
        (r"(?:subscribe)+ now", {"subscribe"}),
    ],
)
def test_literals_of_a_pattern(pattern: str, wanted: set[str]) -> None:
    assert edges(pattern, READ).literals == wanted


@given(st.text(alphabet="ab.!? |•·/–-。…\t\xa0\u3000", max_size=40))
def test_first_segment_is_the_one_before_the_first_break(line: str) -> None:
    line = line.strip()
    found = SEGMENT_BREAK.search(line)
    segment = first_segment(line)
    event(f"broken: {found is not None}")
    if found is None or found.end() == len(line) == found.start():
        assert segment is None
    else:
        assert segment == line[: found.start()].strip()


MATCHER = Matcher(RULES, [r for r in RULES.rules if r.kind != "detector"], {})
ENTRIES = [MATCHER.entry(n) for n in range(len(MATCHER._entries))]


def test_most_patterns_begin_or_end_in_known_ways() -> None:
    whole = [e for e in ENTRIES if e.kind != "span"]
    assert sum(e.edges.heads is not None or e.edges.tails is not None for e in whole) > 0.9 * len(whole)
    assert sum(bool(e.edges.literals) for e in ENTRIES) > 0.9 * len(ENTRIES)


def matched(e: _Entry, text: str) -> str | None:
    """What ``e`` matches of ``text``; None where nothing."""
    if e.kind == "span":
        m = e.compiled.match(text) if e.at == "start" else e.compiled.search(text)
    else:
        m = e.compiled.fullmatch(text)
    return m.group() if m and e.has_cue(text.replace("İ", "I").lower()) else None


def check(e: _Entry, text: str, taken: str) -> None:
    """That nothing by which ``e`` is looked for would have passed this match by."""
    if not (e.kind == "span" and e.at == "end"):
        assert holds(e.edges.heads, key(taken)), (text, e.source.source)
    if not (e.kind == "span" and e.at == "start"):
        assert holds(e.edges.tails, tail_key(taken)), (text, e.source.source)
    assert all(any(literal in fold(text) for literal in one_of) for one_of in e.edges.needs), (text, e.source.source)


@given(residue=st.sampled_from(residues()), change=st.sampled_from(sorted(MUTATIONS)), upper=st.sampled_from([str, str.upper, str.title]))
def test_no_match_is_overlooked(residue: Residue, change: str, upper: Callable[[str], str]) -> None:
    text = upper(MUTATIONS[change](residue.text)).split("\n")[0].strip()
    taken = [(e, m) for e in ENTRIES if MATCHER.rules[e.rule].id == residue.rule.id and (m := matched(e, text))]
    event(f"matches: {bool(taken)}")
    for e, m in taken:
        check(e, text, m)
    filed = MATCHER.indexes(frozenset([residue.rule.language]))[group_of(residue.rule.language)]
    found: dict[str, Candidates] = {}
    filed.look_up(FoldedLines([text]), found)
    for e, _ in taken:
        assert len(text) > e.source.longest or e.number in found[text].whole, (text, e.source.source)


def test_every_example_is_led_to_its_rule() -> None:
    found = 0
    for e in ENTRIES:
        rule = MATCHER.rules[e.rule]
        for example in rule.removes:
            for line in marked(example)[0].split("\n"):
                if m := matched(e, line.strip()):
                    found += 1
                    check(e, line, m)
    assert found > len(RULES.rules)


def test_beginnings_are_remembered_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.index._MOST_KEPT", 10)
    index = Index([], empty(), {}, {})
    index.look_up_plainly(FoldedLines([f"{chr(ord('a') + n // 26)}{chr(ord('a') + n % 26)} lines" for n in range(100)]), {})
    assert 0 < len(index._heads) <= 10
