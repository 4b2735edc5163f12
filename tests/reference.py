"""The plain matcher: every rule on every line, in rule order, with ``regex`` alone.

It says what a match *is*; :mod:`cleaner.match` says how to find all matches fast. Nothing is
shared with that module: patterns are put together here once more from the definition in its
docstring. No gate, no candidate lists, no early exits but the definition's own. Slow on purpose.

A pattern matches when one of its cues is in ``tried.replace("İ", "I").lower()`` and its regular
expression matches, where ``tried`` is the stripped line, a segment of it, or its first or last
characters for a span: no more of them than the pattern's ``longest``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from itertools import pairwise

import regex

from cleaner.detectors import DETECTORS
from cleaner.match import Found, Lines
from cleaner.model import Rule, RuleSet
from cleaner.pipeline import Cleaner
from cleaner.rules import expand, source_regex
from cleaner.sentences import runs_through
from cleaner.shapes import is_bullet, is_headline, is_prose, word_count

MOST_SEGMENTS = 12

DECORATION = r"(?:[\s\p{So}\p{Sm}\p{Sk}\p{Cf}\p{Pd}\ufe0f*•·◦▪|:：.…!！,;、。#_/\\()\[\]（）【】]|[»›>])*"
LETTER = r"[\p{L}\p{N}_]"
UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
BEFORE_END_SPAN = r"(?:[^\S\n]{0,3}[|/·•–—‐-])?[^\S\n]{0,3}[(\[（［【]?[^\S\n]{0,3}"
AFTER_END_SPAN = r"[^\S\n]{0,3}[.。]?[^\S\n]{0,3}[)\]）］】]?[^\S\n]{0,3}[.。]?"
BEFORE_START_SPAN = r"[(\[（［【]?[^\S\n]{0,3}"
AFTER_START_SPAN = r"[^\S\n]{0,3}[)\]）］】]?(?:[^\S\n]{0,3}[|/·•–—:：])?[^\S\n]{0,3}"
SEPARATOR = regex.compile(r"[^\S\n]+[|•·/–—-][^\S\n]+|[^\S\n]*[|•·\t]+[^\S\n]*|(?<=[.!?…。！？])[^\S\n]+(?=\S)|(?<=[。！？])")


def cuts_no_word(side: str) -> str:
    """A test that the place does not stand inside a word: a span takes whole words only."""
    outside, inside = ("(?<!{0})", "(?!{0})") if side == "start" else ("(?!{0})", "(?<!{0})")
    return "(?:" + "|".join([outside.format(LETTER), inside.format(LETTER), f"(?<={UNSPACED})", f"(?={UNSPACED})"]) + ")"


@cache
def compiled(pattern: str) -> regex.Pattern[str]:
    """Compiled when a cue is first met: most patterns never are, and long slots take their time."""
    return regex.compile(pattern, regex.I)


class PlainMatcher:
    """Same interface as :class:`cleaner.match.Matcher`, so that the pipeline runs on either."""

    def __init__(self, ruleset: RuleSet, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self.words = ruleset.words
        self.protected = [regex.compile(p, regex.I) for p in ruleset.protected]
        self.unless = [[regex.compile(u, regex.I) for u in ruleset.unless_of(r)] for r in rules]
        self.patterns: list[tuple[int, int, tuple[str, ...], str]] = []
        for i, rule in enumerate(rules):
            for j, pattern in enumerate(rule.patterns):
                core = f"(?:{expand(source_regex(pattern), ruleset.slots)})"
                if rule.kind in ("line", "block"):
                    full = DECORATION[:-1] + "{0,200}" + core + DECORATION
                elif rule.at == "end":
                    full = BEFORE_END_SPAN + cuts_no_word("start") + core + AFTER_END_SPAN + r"\Z"
                else:
                    full = BEFORE_START_SPAN + core + cuts_no_word("end") + AFTER_START_SPAN
                self.patterns.append((i, j, pattern.cues, full))
        self._with_cue = cache(self._patterns_with_cue)

    def find(
        self,
        text: str,
        languages: Callable[[], frozenset[str]],
        flags: set[str] | None = None,
        possible: object = None,
        known: object = None,
    ) -> list[Found]:
        lines = text.split("\n")
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line) + 1)
        spoken = cache(languages)
        found: list[Found] = []

        def allowed(i: int, rule: int) -> bool:
            if any(u.search(lines[i]) for u in self.unless[rule]):
                return False
            return self.rules[rule].language in ("any", "en") or self.rules[rule].language in spoken()

        def guarded(i: int) -> bool:
            return any(p.search(lines[i]) for p in self.protected)

        def amid(first: int, last: int, taken: Sequence[Found]) -> bool:
            gone = {k for f in taken for k in range(f.start, f.end)}
            said = range(starts[first], min(starts[last + 1], len(text)))
            neighbours = ["", *lines, ""]
            return gone.issuperset(said) and runs_through(neighbours[first], text[said.start : said.stop], neighbours[last + 2])

        def take(f: Found) -> None:
            if not any(f.start < g.end and g.start < f.end for g in found):
                found.append(f)

        for number, rule in enumerate(self.rules):
            if rule.kind != "detector":
                continue
            for start, end in DETECTORS[rule.detector](Lines(text), dict(rule.options), self.words):
                touched = [i for i in range(len(lines)) if starts[i] < end and start < starts[i + 1]]
                one = Found(start, end, number, -1, True)
                if any(map(guarded, touched)) or not allowed(touched[0], number):
                    continue
                if rule.level == "thorough" or not amid(touched[0], touched[-1], [one]):
                    take(one)

        below_block = 0
        for i, line in enumerate(lines):
            if i < below_block or guarded(i):
                continue
            bare = line.strip()
            whole = starts[i], min(starts[i + 1], len(text))

            def hanging(number: int, i: int = i) -> int:
                return self._tail(self.rules[number], lines[i + 1 :], guarded_from=i + 1, guarded=guarded)

            blocks = (m for m in self._whole_line(bare, line, "block") if allowed(i, m[0]))
            block = next((m for m in blocks if hanging(m[0]) >= self.rules[m[0]].least), None)
            if block is not None:
                rule = self.rules[block[0]]
                opening = Found(*whole, block[0], block[1], rule.level == "thorough")
                if amid(i, i, [opening]):
                    continue
                take(opening)
                tail = [i + 1 + k for k in range(hanging(block[0]))]
                if tail:
                    take(Found(starts[tail[0]], min(starts[tail[-1] + 1], len(text)), block[0], -1, True))
                below_block = i + 1 + len(tail)
                continue

            entire = next((m for m in self._whole_line(bare, line, "line") if allowed(i, m[0])), None)
            if entire is not None:
                one = Found(*whole, entire[0], entire[1], self.rules[entire[0]].level == "thorough")
                if not amid(i, i, [one]):
                    take(one)
                continue

            pieces = list(split(line))
            if len(line) <= 600 and 2 <= len(pieces) <= MOST_SEGMENTS:
                owners = [
                    next((m for m in self._whole_line(line[a:b], line, "line") if allowed(i, m[0])), None) for a, b in pieces
                ]
                if all(owners):
                    edges = [whole[0], *(starts[i] + a for a, _ in pieces[1:]), whole[1]]
                    each = [
                        Found(a, b, *owner, self.rules[owner[0]].level == "thorough")
                        for (a, b), owner in zip(pairwise(edges), owners, strict=True)
                        if owner is not None
                    ]
                    if not amid(i, i, each):
                        for f in each:
                            take(f)
                    continue

            spans = self._spans(line, starts[i], whole, partial(allowed, i))
            if not amid(i, i, spans):
                for f in spans:
                    take(f)
        return sorted(found)

    def _patterns_with_cue(self, line: str) -> list[tuple[int, int, str]]:
        folded = line.replace("İ", "I").lower()
        return [(i, j, full) for i, j, cues, full in self.patterns if any(c in folded for c in cues)]

    def _whole_line(self, part: str, line: str, kind: str) -> Iterator[tuple[int, int]]:
        """Rule and pattern of each ``kind`` pattern that matches all of ``part``, a stretch of ``line``."""
        for i, j, full in self._with_cue(part):
            rule = self.rules[i]
            if (
                rule.kind == kind
                and len(part) <= rule.patterns[j].longest
                and compiled(full).fullmatch(part)
                and word_count(part) <= rule.words
            ):
                yield i, j

    def _spans(self, line: str, offset: int, whole: tuple[int, int], allowed: Callable[[int], bool]) -> list[Found]:
        head = len(line) - len(line.lstrip())
        tail = len(line.rstrip())
        best: dict[str, Found] = {}
        for i, j, full in self._with_cue(line):
            rule = self.rules[i]
            reach = rule.patterns[j].longest
            a, b = (head, min(tail, head + reach)) if rule.at == "start" else (max(head, tail - reach), tail)
            if rule.kind != "span" or not any(c in line[a:b].replace("İ", "I").lower() for c in rule.patterns[j].cues):
                continue
            m = compiled(full).match(line, a, b) if rule.at == "start" else compiled(full).search(line, a, b)
            if m is None or not m.group() or not allowed(i):
                continue
            f = Found(offset + m.start(), offset + m.end(), i, j, rule.level == "thorough")
            if rule.at not in best or f.end - f.start > best[rule.at].end - best[rule.at].start:
                best[rule.at] = f
        taken = sorted(best.values())
        if len(taken) == 2 and taken[0].end > taken[1].start:
            taken = [max(taken, key=lambda f: f.end - f.start)]
        gone = {k for f in taken for k in range(f.start - offset, f.end - offset)}
        if taken and not "".join(c for k, c in enumerate(line) if k not in gone).strip():
            edges = [whole[0], *(f.start for f in taken[1:]), whole[1]]
            taken = [f._replace(start=a, end=b) for f, a, b in zip(taken, edges, edges[1:], strict=False)]
        return taken

    def _tail(self, rule: Rule, below: Sequence[str], guarded_from: int, guarded: Callable[[int], bool]) -> int:
        """How many of the lines ``below`` a block's opening hang on it."""
        fits: Callable[[str], bool] = {
            "bullet": lambda s: is_bullet(s) and not is_prose(s),
            "headline": is_headline,
            "any": lambda s: not is_prose(s),
        }[rule.shape]
        n = 0
        for k, line in enumerate(below[: rule.most]):
            if not line.strip() or not fits(line) or guarded(guarded_from + k):
                break
            n = k + 1
        after = below[n] if n < len(below) else ""
        subheading = n and after.strip() and not is_bullet(below[n - 1]) and (is_prose(after) or n == rule.most)
        return n - 1 if subheading else n


def split(line: str) -> Iterator[tuple[int, int]]:
    """Where the stretches of a line between separators and sentences stand, bare of space."""
    start = 0
    for end, after in [*((m.start(), m.end()) for m in SEPARATOR.finditer(line)), (len(line), len(line))]:
        part = line[start:end]
        if part.strip():
            left = start + len(part) - len(part.lstrip())
            yield left, left + len(part.strip())
        start = after


class PlainCleaner(Cleaner):
    """The same pipeline on the plain matcher."""

    @property
    def matcher(self) -> PlainMatcher:  # type: ignore[override]  # same interface, other code
        if "_plain" not in self.__dict__:
            rules = self._wanted
            if self.languages is not None:
                rules = [r for r in rules if r.language in ("any", "en") or r.language in self.languages]
            self.__dict__["_plain"] = PlainMatcher(self.ruleset, rules)
        plain: PlainMatcher = self.__dict__["_plain"]
        return plain
