"""The values that every stage passes on: edits, results, rules.

All of them are frozen. The only logic here is about offsets; text is changed in
:mod:`cleaner.edits` alone. Every offset is a count of code points (Python string
indices), and every docstring says into which text it points.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

Level = Literal["careful", "standard", "thorough"]
LEVELS: tuple[Level, ...] = ("careful", "standard", "thorough")
#: A profile is a level, or ``page``: rules, then a model that finds the main content of a whole page.
Profile = Literal["careful", "standard", "thorough", "page"]
PROFILES: tuple[Profile, ...] = (*LEVELS, "page")

Status = Literal["trial", "stable", "retired"]
Kind = Literal["line", "span", "block", "detector"]

#: A span at a line's end is looked for in so many last characters, one at its start in so many first.
SPAN_REACH = 300
#: A line rule is tried on so many characters for each word of its limit, so that prose is passed by.
CHARACTERS_A_WORD = 12
#: The limit of a line rule that names none, in words.
MOST_WORDS = 40

#: Causes that begin so were made by the normaliser or the tidier, not by a rule.
NORMALISE = "normalise/"
TIDY = "tidy/"
#: Causes that begin so are the model's of the profile ``page``: ``page/v1/0.003`` names its version and
#: the probability that the line is content.
PAGE = "page/"

_SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


class Edit(NamedTuple):
    """One change to a text: ``text[start:end]`` becomes ``replacement``.

    A named tuple and not a dataclass, because a corpus makes hundreds of millions
    of them and sorts them.
    """

    start: int
    """First code point that changes, an offset into the text before the edit."""
    end: int
    """One past the last code point that changes, in the same text."""
    replacement: str
    """What stands there afterwards; empty for a removal."""
    cause: str
    """Who did it: a rule's full id (``share_prompts/en/follow-on-platform``),
    or ``normalise/<fix>``, ``tidy/<fix>``."""


class Removal(NamedTuple):
    """A removal with the text that went, as people want to see it."""

    start: int
    """Offset into the original."""
    end: int
    """Offset into the original."""
    text: str
    """What stood there in the original."""
    cause: str
    """The full id of the rule that took it."""


@dataclass(frozen=True)
class Cleaned:
    """What cleaning one text gave."""

    original: str
    """The text as given; after extraction, where the input was HTML."""
    text: str
    """The clean text."""
    edits: tuple[Edit, ...]
    """Every change, in order, over ``original``; they do not overlap."""
    flags: tuple[str, ...] = ()
    """Things worth a look, such as ``guard/share`` (doubtful removals were undone)."""
    rules_version: str = ""
    """Hash of the rule base that was used."""
    detect: Callable[[str], str | None] | None = field(default=None, repr=False, compare=False)
    """How to find the language when somebody asks for it."""

    @cached_property
    def language(self) -> str | None:
        """ISO 639-1 code of the clean text's language, or None where it can't be told.

        Found when first asked for: detection costs more than cleaning.
        """
        return self.detect(self.text) if self.detect else None

    @property
    def changed(self) -> bool:
        """Whether the clean text differs from the original."""
        return bool(self.edits)

    @property
    def removals(self) -> tuple[Removal, ...]:
        """The edits that rules made, with the text they took; offsets into the original."""
        return tuple(
            Removal(e.start, e.end, self.original[e.start : e.end], e.cause)
            for e in self.edits
            if not e.cause.startswith((NORMALISE, TIDY))
        )

    @cached_property
    def _bounds(self) -> tuple[list[int], list[int], list[int]]:
        """Starts of the edits in the original, starts and ends of them in the clean text."""
        shift = 0
        starts, clean_starts, clean_ends = [], [], []
        for e in self.edits:
            starts.append(e.start)
            clean_starts.append(e.start + shift)
            shift += len(e.replacement) - (e.end - e.start)
            clean_ends.append(e.end + shift)
        return starts, clean_starts, clean_ends

    def to_original(self, offset: int) -> int:
        """Offset in ``original`` of the character at ``offset`` in ``text``.

        A character inside a replacement maps to the start of what was replaced;
        ``len(text)`` maps to ``len(original)``. Raises IndexError outside ``0..len(text)``.
        """
        if not 0 <= offset <= len(self.text):
            raise IndexError(f"offset {offset} is outside the clean text (0..{len(self.text)})")
        if offset == len(self.text):
            return len(self.original)
        _, clean_starts, clean_ends = self._bounds
        i = bisect_right(clean_starts, offset) - 1
        if i < 0:
            return offset
        if offset < clean_ends[i]:
            return self.edits[i].start
        return self.edits[i].end + (offset - clean_ends[i])

    def to_clean(self, offset: int) -> int | None:
        """Offset in ``text`` of the character at ``offset`` in ``original``.

        None where that character was removed; a replaced character maps to the start of
        its replacement; ``len(original)`` maps to ``len(text)``. Raises IndexError outside
        ``0..len(original)``.
        """
        if not 0 <= offset <= len(self.original):
            raise IndexError(f"offset {offset} is outside the original (0..{len(self.original)})")
        if offset == len(self.original):
            return len(self.text)
        starts, clean_starts, clean_ends = self._bounds
        i = bisect_right(starts, offset) - 1
        # An insertion starts where the next character stands: that character is not part of it.
        while i >= 0 and self.edits[i].start == self.edits[i].end == offset:
            return clean_ends[i]
        if i < 0:
            return offset
        edit = self.edits[i]
        if offset < edit.end:
            return clean_starts[i] if edit.replacement else None
        return clean_ends[i] + (offset - edit.end)

    def to_json(self) -> dict[str, Any]:
        """The account of the changes as plain data: enough for :func:`cleaner.restore`."""
        return {
            "version": 1,
            "rules": self.rules_version,
            "length": len(self.text),
            "flags": list(self.flags),
            "edits": [
                {
                    "start": start,
                    "end": end,
                    "original": self.original[start:end],
                    "replacement": replacement,
                    "cause": cause,
                }
                for e in self.edits
                for start, end, replacement, cause in self._for_json(e)
            ],
        }

    def _for_json(self, edit: Edit) -> Iterator[Edit]:
        """An edit in parts that hold no surrogate pair: JSON would read the two halves as one character."""
        start, replacement = edit.start, edit.replacement
        for pair in _SURROGATE_PAIR.finditer(self.original, edit.start, edit.end):
            yield Edit(start, pair.start() + 1, replacement, edit.cause)
            start, replacement = pair.start() + 1, ""
        yield Edit(start, edit.end, replacement, edit.cause)


@dataclass(frozen=True)
class Pattern:
    """One way in which a rule can match, with the literals that must be there first."""

    source: str
    """The phrase or regular expression as it stands in the YAML."""
    phrase: bool
    """Whether ``source`` is a phrase (else a regular expression)."""
    cues: tuple[str, ...]
    """Lower-case literals; at least one is in every line that the pattern may match."""
    longest: int
    """Characters: a longer line or segment is not tried; of a line's end, a span sees so many."""
    whole: bool = False
    """Whether a cue counts only where it is no part of a longer word."""


@dataclass(frozen=True)
class Rule:
    """One entry of a rule file."""

    id: str
    """Full id, ``family/language/name``; never reused."""
    family: str
    """The folder under ``rules/``."""
    language: str
    """ISO 639-1 code, or ``any``."""
    why: str
    """One sentence for the person who wonders why a line went."""
    kind: Kind
    """``line``: the whole line; ``span``: its start or end; ``block``: a line and what hangs
    on it; ``detector``: an algorithm decides."""
    patterns: tuple[Pattern, ...] = ()
    unless: tuple[str, ...] = ()
    """Regular expressions; a line in which one is found is left alone by this rule. Its family may have more:
    :meth:`RuleSet.unless_of` gives all."""
    at: Literal["start", "end"] = "end"
    """Side of the line a span is anchored to."""
    shape: str = "headline"
    """``while`` in YAML: the shape that the lines of a block's tail have."""
    most: int = 6
    """Longest tail of a block, in lines."""
    least: int = 0
    """Shortest tail of a block, in lines; with a shorter one nothing goes."""
    words: int = MOST_WORDS
    """``line`` and ``block``: a line with more words is never taken."""
    detector: str = ""
    """Name of the algorithm, for ``detector``."""
    options: tuple[tuple[str, Any], ...] = ()
    """What the detector is told."""
    level: Level = "standard"
    status: Status = "stable"
    since: str = ""
    """Version of the rule base that first had the rule."""
    seen: str = ""
    """Where the wording was met."""
    removes: tuple[str, ...] = ()
    """Examples; ``[[…]]`` marks what goes."""
    keeps: tuple[str, ...] = ()
    """Near misses: they share words with the rule and stay."""
    path: str = ""
    """The file it came from."""
    line: int = 0
    """The line of its ``id`` in that file."""


@dataclass(frozen=True)
class Family:
    """One kind of residue: a folder under ``rules/``."""

    name: str
    removes: str
    """One sentence: what goes."""
    keeps: str
    """One sentence: what looks like it and stays."""
    unless: tuple[str, ...] = ()
    """Regular expressions; a line in which one is found is left alone by all line and block rules of the family."""


@dataclass(frozen=True)
class RuleSet:
    """All rules, slots and protected patterns that were loaded together."""

    rules: tuple[Rule, ...]
    families: tuple[Family, ...]
    slots: dict[str, str]
    """Slot name -> regular expression."""
    protected: tuple[str, ...]
    """Regular expressions; a line in which one is found is never touched."""
    words: dict[str, tuple[str, ...]]
    """Word lists that detectors use (``icons/names`` …)."""
    version: str
    """Hash over everything above."""

    def unless_of_family(self, rule: Rule) -> tuple[str, ...]:
        """What keeps a line from ``rule`` because its family says so."""
        return self._unless_of_families.get(rule.family, ()) if rule.kind in ("line", "block") else ()

    def unless_of(self, rule: Rule) -> tuple[str, ...]:
        """All that keeps a line from ``rule``: what it says itself, and what its family says."""
        return (*rule.unless, *self.unless_of_family(rule))

    @cached_property
    def _unless_of_families(self) -> dict[str, tuple[str, ...]]:
        return {f.name: f.unless for f in self.families}

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def __len__(self) -> int:
        return len(self.rules)
