"""Residue that no pattern can tell: runs of icon names, lines that say something twice.

A detector takes the lines of a text, its rule's options and the word lists of the rule folder, and
yields ranges of the text to remove. Rule files name it (``detector: icon-runs``), so that what it
removes has an id, examples and near misses like all else.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import regex

from cleaner.match import Detector, Lines
from cleaner.shapes import is_structured, word_count

Words = dict[str, tuple[str, ...]]


# ---------------------------------------------------------------- icon runs

_DATE = regex.compile(r"\d{1,4}([-./]\d{1,4}){0,2}")
_FEWEST_STRONG = 3
_LONGEST_UNKNOWN = 14


def icon_runs(lines: Lines, options: dict[str, Any], words: Words) -> Iterator[tuple[int, int]]:
    """Whole lines that are a run of icon names: spaced, hyphenated or glued (``closeicon``).

    A line goes when three or more of its tokens could only be icon names (they carry ``icon``
    glued on, or are a known compound such as ``chevron-left``), nine in ten are icon names or
    parts of them, and none is a function word or ends a sentence.
    """
    names = _IconNames.of(words["icons/names"])
    low = lines.text.lower()
    if not any(cue in low for cue in names.cues):
        return
    for i, part in enumerate(lines.parts):
        if len(part) >= 12 and names.is_run(part):
            yield lines.whole(i)


class _IconNames:
    """The word list, cut up for lookups."""

    cues = ("icon", "chevron", "_", "fa-", "glyph", "arrow-", "-circle", "-outline", "-square")

    def __init__(self, names: tuple[str, ...]) -> None:
        self.full = {n.replace("_", "-") for n in names}
        self.parts = {p for n in self.full for p in n.split("-") if len(p) > 1}
        self.longest = max(map(len, self.parts), default=0)

    @staticmethod
    @lru_cache(maxsize=4)
    def of(names: tuple[str, ...]) -> _IconNames:
        return _IconNames(names)

    _FUNCTION = frozenset("the a an of and that is are was were to with which for his her their this it he she they we i you by as at from but or not be has have had".split())
    _PREFIX = regex.compile(r"(?:fa[brsl]?|bi|mdi|md|ion|glyphicon|dashicons|icons?|ico|svg|octicon|feather|ti|ri|bx|lni|la|material|uil|ph|i)-")

    def is_run(self, line: str) -> bool:
        tokens = [t.strip(",;|•·") for t in line.lower().split()]
        if len(tokens) < _FEWEST_STRONG or line.rstrip().endswith((".", "!", "?", ":")):
            return False
        strong = known = 0
        for t in tokens:
            if t in self._FUNCTION:
                return False
            if self._is_strong(t):
                strong += 1
                known += 1
            elif t in self.parts or _DATE.fullmatch(t) or self._splits(t):
                known += 1
            elif len(t) > _LONGEST_UNKNOWN:
                return False
        return strong >= _FEWEST_STRONG and known >= 0.9 * len(tokens) and 3 * strong >= len(tokens)

    def _is_strong(self, token: str) -> bool:
        name = token.replace("_", "-")
        if "-" in name:
            bare = self._PREFIX.sub("", name, count=1)
            if name in self.full or (bare != name and (bare in self.full or self._splits(bare))):
                return True
        if "icon" in token and token not in ("icon", "icons", "iconic", "lexicon", "silicon", "emoticon"):
            rest = [r for r in token.split("icon") if r.strip("-_s")]
            return all(len(r) <= _LONGEST_UNKNOWN for r in rest)
        return False

    def _splits(self, token: str) -> bool:
        """Whether a token is known names glued together, by dynamic programming over its ends."""
        token = token.replace("-", "").replace("_", "")
        ends = [True] + [False] * len(token)
        for end in range(1, len(token) + 1):
            ends[end] = any(
                ends[start] and token[start:end] in self.parts for start in range(max(0, end - self.longest), end)
            )
        return ends[-1] and bool(token)


# ---------------------------------------------------------------- twins

_NOT_WORD = regex.compile(r"[^\p{L}\p{M}\p{N}]+")
_NEAR = 3
_TOP = 12


def _folded(line: str) -> str:
    """A line with quotes, dashes, spaces, punctuation and case out of the way."""
    return _NOT_WORD.sub(" ", line.lower()).strip()


def labelled_twins(lines: Lines, options: dict[str, Any], words: Words) -> Iterator[tuple[int, int]]:
    """A caption that stands again behind a label: ``Image: …`` next to the same words without it.

    Only the labelled one goes, and only where its twin is one of the three lines around it.
    """
    label = _label(tuple(options["labels"]))
    for i, part in enumerate(lines.parts):
        m = label.match(part) if ":" in part or "：" in part else None
        if m is None or word_count(part[m.end() :]) < 3:
            continue
        twin = _folded(part[m.end() :])
        around = [j for j in range(max(0, i - _NEAR), min(len(lines), i + _NEAR + 1)) if j != i]
        if any(_folded(lines.parts[j]) == twin for j in around):
            yield lines.whole(i)


@lru_cache(maxsize=8)
def _label(labels: tuple[str, ...]) -> regex.Pattern[str]:
    return regex.compile(r"\s*(?:" + "|".join(map(regex.escape, labels)) + r")\s*[:：]\s*", regex.I)


def headline_twins(lines: Lines, options: dict[str, Any], words: Words) -> Iterator[tuple[int, int]]:
    """The headline again, near the top: the same words with other quotes, dashes or case.

    Looked for among the first twelve lines that are not blank; four words at least; nothing that
    ends like a sentence, and no code, table row or line of dialogue.
    """
    seen: dict[str, int] = {}
    shown = 0
    for i, part in enumerate(lines.parts):
        if not part.strip():
            continue
        shown += 1
        if shown > _TOP:
            return
        key = _folded(part)
        if word_count(part) < 4 or part.rstrip().endswith((".", ",", ";", ":")) or is_structured(part):
            continue
        if key in seen:
            yield lines.whole(i)
        else:
            seen[key] = i


def paragraph_twins(lines: Lines, options: dict[str, Any], words: Words) -> Iterator[tuple[int, int]]:
    """A long paragraph that stands twice, one right after the other: the second goes.

    Fifteen words at least and the end of a sentence, so that refrains, chat and tables are safe.
    """
    previous = ""
    for i, part in enumerate(lines.parts):
        if not part.strip():
            continue
        if len(part) >= 60 and part == previous and word_count(part) >= 15 and part.rstrip()[-1] in ".!?。！？…”\"":
            yield lines.whole(i)
        previous = part


#: Name in rule files -> detector.
DETECTORS: dict[str, Detector] = {
    "icon-runs": icon_runs,
    "labelled-twins": labelled_twins,
    "headline-twins": headline_twins,
    "paragraph-twins": paragraph_twins,
}
