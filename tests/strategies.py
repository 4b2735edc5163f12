"""Documents for property tests: prose of many scripts, with residue put in where pages have it.

Prose is drawn from ``fixtures/prose`` (written for this, in a dozen scripts). Residue is drawn from
the rules' own ``removes`` examples, so every new rule is under test as soon as it is there.
Mutations change what a page may change without changing what the line is: case, quotes, dashes,
spaces, emoji, brackets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

import regex
from hypothesis import event
from hypothesis import strategies as st

from cleaner.model import Rule
from cleaner.rules import load, marked
from tests.pages import FIXTURES, read

SCRIPTS = (
    "Latin", "Cyrillic", "Greek", "Arabic", "Hebrew", "Devanagari", "Bengali",
    "Han", "Hiragana", "Hangul", "Thai", "Georgian",
)  # fmt: skip


@cache
def prose_texts() -> dict[str, str]:
    """Language -> the prose in it."""
    return {p.stem: read(p) for p in sorted((FIXTURES / "prose").glob("*.txt"))}


@cache
def paragraphs() -> tuple[str, ...]:
    """Stretches of prose between blank lines: headings, lists, verse, dialogue, tables, code, captions."""
    return tuple(part for text in prose_texts().values() for part in text.strip("\n").split("\n\n"))


def script_of(text: str) -> str:
    """The script that most letters of ``text`` belong to."""
    return max(SCRIPTS, key=lambda s: len(regex.findall(rf"\p{{{s}}}", text)))


def kind_of(paragraph: str) -> str:
    """What a paragraph of the prose is, for the statistics."""
    lines = paragraph.split("\n")
    if regex.search(r"^ {4}|\t|;.*;| \| ", paragraph, regex.M):
        return "table or code"
    if all(regex.match(r"\s*(?:[-•・]|\d+[.)])", line) for line in lines):
        return "list"
    if regex.match(r"\s*(?:[–—»«―]|――|——)", lines[0]):
        return "dialogue"
    if len(lines) > 2:
        return "verse"
    if regex.search(r"[\"“”„«»「」]", paragraph):
        return "quote"
    return "prose" if regex.search(r"[.!?。।؟][^\w]*$", paragraph) else "heading or caption"


# ---------------------------------------------------------------- residue


@dataclass(frozen=True)
class Residue:
    """A whole line (or several) that a rule takes by itself."""

    text: str
    """The lines, without a break at the end."""
    rule: Rule = field(repr=False)


@cache
def residues() -> tuple[Residue, ...]:
    """Examples that go whole by a pattern: nothing is left, and no detector's view of the document is needed."""
    found = []
    for rule in load().rules:
        if rule.kind == "detector" or rule.status != "stable":
            continue
        for example in rule.removes:
            given, left = marked(example)
            if not left.strip() and given.strip():
                found.append(Residue(given.strip("\n"), rule))
    return tuple(found)


def single_lines(residue: Sequence[Residue]) -> list[Residue]:
    return [r for r in residue if "\n" not in r.text]


_TYPOGRAPHIC = str.maketrans({"'": "’", '"': "“", "-": "–"})
_PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-"})
_BULLETS = ("• ", "▪ ", "→ ", "📷 ", "👉 ", "| ", "* ")
_TAILS = (" →", " 📷", ".", " |", "!", " »", "…")

#: Name -> a change that leaves a line of residue what it is.
MUTATIONS: dict[str, Callable[[str], str]] = {
    "none": lambda s: s,
    "typographic quotes": lambda s: s.translate(_TYPOGRAPHIC),
    "plain quotes": lambda s: s.translate(_PLAIN),
    "wide spaces": lambda s: s.replace(" ", "\xa0"),
    "double spaces": lambda s: s.replace(" ", "  "),
    "indented": lambda s: "   " + s,
    "trailing blanks": lambda s: s + " \t ",
    "zero-width": lambda s: s.replace(" ", " \u200b"),
    "bullet": lambda s: _BULLETS[len(s) % len(_BULLETS)] + s,
    "end mark": lambda s: s.rstrip(".!…") + _TAILS[len(s) % len(_TAILS)],
    "carriage return": lambda s: s + "\r",
}


@st.composite
def mutated(draw: st.DrawFn, residue: st.SearchStrategy[Residue]) -> Residue:
    one = draw(residue)
    name = draw(st.sampled_from(sorted(MUTATIONS)))
    changed = "\n".join(map(MUTATIONS[name], one.text.split("\n")))
    if any(regex.search(u, changed, regex.I) for u in load().unless_of(one.rule)):
        return one  # a bullet, say, makes another thing of it, as the rule itself says
    if one.rule.kind == "span" and name in ("bullet", "end mark"):
        return one  # a span ends or begins its line; what stands beside it is the line's
    event(f"mutation: {name}")
    return Residue(changed, one.rule)


# ---------------------------------------------------------------- documents


@st.composite
def clean_documents(draw: st.DrawFn, most: int = 8) -> list[str]:
    """Paragraphs of prose of one or several scripts, no two alike."""
    chosen = draw(st.lists(st.sampled_from(paragraphs()), min_size=1, max_size=most, unique=True))
    for paragraph in chosen:
        event(f"script: {script_of(paragraph)}")
        event(f"paragraph: {kind_of(paragraph)}")
    return chosen


def joined(paragraphs: Sequence[str]) -> str:
    return "\n\n".join(paragraphs)


@cache
def _examples() -> tuple[list[str], list[str]]:
    """All examples; and those of detectors: they need their whole text around them, and would hardly be drawn among thousands of others."""
    rules = load().rules
    of_all = [marked(e)[0] for r in rules for e in (*r.removes, *r.keeps)]
    return of_all, [marked(e)[0] for r in rules if r.kind == "detector" for e in r.removes]


@st.composite
def dirty_documents(draw: st.DrawFn, most: int = 10, breaks: Sequence[str] = ("\n", "\n\n", "\r\n", "\n\n\n", "\u2028")) -> str:
    """Prose, residue of any rule and stray characters, in any order; some lines are glued together."""
    residue = [r.text for r in residues()]
    examples, detected = _examples()
    part = st.one_of(
        st.sampled_from(detected),
        st.sampled_from(paragraphs()),
        st.sampled_from(residue),
        st.sampled_from(examples),
        mutated(st.sampled_from(residues())).map(lambda r: r.text),
        st.text(alphabet=st.characters(codec="utf-8"), max_size=30),
        st.builds("{} {}".format, st.sampled_from(paragraphs()), st.sampled_from(residue)),
        st.builds("{} | {}".format, st.sampled_from(residue), st.sampled_from(residue)),
    )
    parts = draw(st.lists(part, min_size=1, max_size=most))
    between = draw(st.sampled_from(breaks))
    event(f"joined by {between!r}")
    return between.join(parts)


#: Everything that can stand in a str: all planes, lone surrogates, all kinds of line ends, joiners, marks.
HARD_CHARACTERS = st.one_of(
    st.characters(),
    st.sampled_from("\n\n\n\r\t \xa0\xad\x00\x0b\x0c\x1b\x1c\x85\u2028\u2029\u200b\u200c\u200d\u200e\u202e\u2060\ufeff\ufffc"),
    st.sampled_from("\ud800\udbff\udc00\udfff&;<>#[]{}\\'\"’“”…İıſßΣςﬁĳ①Å\u0301\u0327\u0345ΐ"),
    st.sampled_from(
        ["Ã©", "â€™", "&amp;", "&lt;", "&#8217;", "\r\n", "👩\u200d👩\u200d👧", "नि\u200dम", "می\u200cخواهم", "🏳\ufe0f\u200d🌈"]
    ),
)
hard_texts = st.lists(HARD_CHARACTERS, max_size=60).map("".join)
texts = st.one_of(hard_texts, dirty_documents(), st.builds("{}\n{}\n{}".format, hard_texts, dirty_documents(), hard_texts))
