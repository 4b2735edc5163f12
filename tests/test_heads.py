"""Keys of beginnings: what they tell apart, and that no match is ever overlooked for them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from cleaner.heads import heads, key, slot_reader
from cleaner.match import Matcher, _Entry
from cleaner.rules import load, marked
from tests.strategies import MUTATIONS, Residue, residues

RULES = load()
READ = slot_reader(RULES.slots)


def begins(found: frozenset[str] | None, k: str | None) -> bool:
    return found is None or k is None or any(k[:n] in found for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Follow us", "fol"), ("• A — b", "a b"), ("12 km", "00 "), ("»Ad", "ad"), ("I’m", "i m"), ("İlk", "ilk"), ("ılık", "ili"),
        ("…", None), ("", None), ("a" + " -" * 20 + "b", None), ("写真＝", "写真 "), ("Ёж", "ёж"), ("ſee", "see"), ("_x", "x"),
    ],
)  # fmt: skip
def test_key_of_a_text(text: str, wanted: str | None) -> None:
    assert key(text) == wanted


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        (r"follow (?:us|me)", {"fol"}),
        (r"(?:please )?sign up", {"ple", "sig"}),
        (r"ads?", {"ad", "ads"}),
        (r"\d+ shares", {"000", "00 ", "0 s"}),
        (r"[«(]?(?-i:A|B)\s*:", {"a ", "b "}),
        (r"(?=x)(?!y)(?<=z)log[ -]?in\b", {"log"}),
        (r"©\s*\d{4}", {"000"}),
        (r"[a-c]{2}[^\n]*", {a + b for a in "abc" for b in "abc"}),
        (r"a(?:b)*+c", {"ac", "abc", "abb"}),
    ],
)
def test_heads_of_a_pattern(pattern: str, wanted: set[str]) -> None:
    assert set(heads(pattern, READ) or ()) == wanted


@pytest.mark.parametrize("pattern", [r".*more", r"\p{Lu}\w+ said", r"[^a]", r"(?:news )?\w+", r"(?(1)a|b)", "", "{no_such_slot}"])
def test_what_may_begin_in_any_way_is_tried_everywhere(pattern: str) -> None:
    assert heads(pattern, READ) is None


MATCHER = Matcher(RULES, [r for r in RULES.rules if r.kind != "detector"], {})
ENTRIES = [e for n in range(len(MATCHER._entries)) if (e := MATCHER.entry(n)).heads is not None]


def test_most_patterns_begin_in_known_ways() -> None:
    whole = [e for n in range(len(MATCHER._entries)) if (e := MATCHER.entry(n)).kind != "span"]
    assert sum(e.heads is not None for e in whole) > 0.8 * len(whole)


def matches(e: _Entry, text: str) -> bool:
    return (e.compiled.match(text) if e.kind == "span" else e.compiled.fullmatch(text)) is not None


@given(residue=st.sampled_from(residues()), change=st.sampled_from(sorted(MUTATIONS)), upper=st.sampled_from([str, str.upper, str.title]))
def test_no_match_is_overlooked(residue: Residue, change: str, upper: Callable[[str], str]) -> None:
    text = upper(MUTATIONS[change](residue.text)).split("\n")[0].strip()
    own = [e for e in ENTRIES if MATCHER.rules[e.rule].id == residue.rule.id]
    taken = [e for e in own if matches(e, text)]
    event(f"matches: {bool(taken)}")
    for e in taken:
        assert begins(e.heads, key(text)), (text, e.source.source)


def test_every_example_has_a_key_that_its_rule_knows() -> None:
    found = 0
    for e in ENTRIES:
        rule = MATCHER.rules[e.rule]
        for example in rule.removes:
            for line in marked(example)[0].split("\n"):
                if matches(e, line.strip()):
                    found += 1
                    assert begins(e.heads, key(line.strip())), (line, e.source.source)
    assert found > len(RULES.rules)
