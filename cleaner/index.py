"""Which patterns are worth trying on which lines: a few look-ups a line, whatever the number of rules.

Each pattern is filed under the keys of its beginning or of its end (:mod:`cleaner.edges`), whichever
is rarer in texts. What neither tells is led to by its cues, all found in one pass by an automaton.
A line is looked up by its first and its last six characters, which are remembered with what they
lead to. An index may only skip work: it names every
pattern that can match a line, and some that do not.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from cleaner import phrases
from cleaner.edges import Edges, fold, key, share_with, tail_key
from cleaner.gates import CueGate, cue_gate

#: A line of more characters is not taken piece by piece.
LONGEST_SPLIT = 600
# So many beginnings and ends of lines are remembered.
_MOST_KEPT = 100_000
# Characters at each end of a line by which it is looked up.
LOOK = 6

# White space but the line break. Written out: what \s means differs between engines.
_BLANK = "\t\x0b\x0c\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
#: What parts the segments of a line: a separator, or the end of a sentence.
SEGMENT_BREAK = re.compile(
    rf"[{_BLANK}]+[|•·/–—-][{_BLANK}]+|[{_BLANK}]*[|•·\t]+[{_BLANK}]*|(?<=[.!?…。！？])[{_BLANK}]+(?=[^{_BLANK}\n])|(?<=[。！？])"
)


class Filed(NamedTuple):
    """What the index needs to know of one pattern."""

    number: int
    """Its place in rule order."""
    kind: str
    """``line``, ``block`` or ``span``."""
    at: str
    """For spans: the side of the line."""
    longest: int
    """A longer line or segment is no match; a span sees so many characters of the line's end or start."""


class Read(NamedTuple):
    """What is read from one pattern to file it."""

    edges: Edges
    cues: tuple[str, ...]
    words: bool
    """Whether a cue is no part of a longer word in any match."""


Filing = dict[str, list[int]]
"""Beginning, end or literal -> numbers of patterns."""


class Drawers(NamedTuple):
    """All patterns, each filed under what its matches begin with, end with or hold."""

    both_heads: Filing
    """Known by both edges: the beginning."""
    both_tails: Filing
    heads: Filing
    """Known by the beginning alone."""
    tails: Filing
    """Known by the end alone."""
    cues: Filing
    """Known by a literal, wherever it stands."""
    inside: Filing
    """The same, where the literal is part of a longer word."""


class Candidates(NamedTuple):
    """Numbers of patterns to try on one line."""

    whole: frozenset[int]
    """On the line as it stands, or its ends."""
    first: frozenset[int]
    """On its first segment."""


_EMPTY: frozenset[int] = frozenset()
#: The one value for a line on which nothing is worth trying.
NOTHING = Candidates(_EMPTY, _EMPTY)


class Index:
    """Patterns filed by what they begin with, end with, or hold. Safe to share between threads."""

    def __init__(self, filed: Iterable[Filed], drawers: Drawers, numbers: Mapping[int, int]) -> None:
        """``numbers``: number of a pattern in ``drawers`` -> its number in ``filed``; the others are left out."""
        self._filed = {f.number: f for f in filed}
        self._own = numbers
        self._both_heads = _Edge(key, drawers.both_heads, numbers)
        self._both_tails = _Edge(tail_key, drawers.both_tails, numbers)
        self._heads, self._tails = _Edge(key, drawers.heads, numbers), _Edge(tail_key, drawers.tails, numbers)
        self._lines = frozenset(f.number for f in self._filed.values() if f.kind == "line")
        self._spans = frozenset(f.number for f in self._filed.values() if f.kind == "span")
        self._longest = {f.number: f.longest for f in self._filed.values()}
        self._cues = list(drawers.cues)
        self._numbers = [(drawers.cues[cue], drawers.inside.get(cue, [])) for cue in self._cues]
        self._gate: CueGate | None = None

    def look_up(self, parts: Sequence[str], known: dict[str, Candidates]) -> None:
        """Enter into ``known`` what is worth trying on each of the lines ``parts`` that it does not hold yet."""
        both_heads, both_tails = self._both_heads, self._both_tails
        heads, tails = self._heads, self._tails
        new: list[str] = []
        for part in parts:
            if part in known:
                continue
            known[part] = NOTHING
            if not part:
                continue
            new.append(part)
            start, end = part[:LOOK], part[-LOOK:]
            begun = both_heads[start]
            alone = heads[start]
            found = begun & both_tails[end] | alone | tails[end]
            first = _EMPTY
            if (begun or alone) and len(part) <= LONGEST_SPLIT:
                first = self._of_first_segment(part, begun, alone)
            if found:
                found = self._that_fit(found, part)
            if found or first:
                known[part] = Candidates(found, first)
        if self._cues and new:
            self._look_up_cues(new, known)

    def _that_fit(self, numbers: frozenset[int], text: str) -> frozenset[int]:
        """Those of ``numbers`` that are not too short for ``text``."""
        length, longest, spans = len(text.strip()), self._longest, self._spans
        return frozenset(n for n in numbers if length <= longest[n] or n in spans)

    def _of_first_segment(self, part: str, begun: frozenset[int], alone: frozenset[int]) -> frozenset[int]:
        """Line patterns that may match the first segment of ``part``; none where it has only one.

        ``begun``, ``alone``: patterns known by both edges, and by the beginning alone, that begin as ``part`` does.
        """
        segment = first_segment(part)
        if segment is None:
            return _EMPTY
        if not segment:  # a separator comes first
            return (begun | alone) & self._lines
        found = begun & self._both_tails[segment[-LOOK:]] | alone
        return self._that_fit(found & self._lines, segment) if found else _EMPTY

    def _look_up_cues(self, new: Sequence[str], known: dict[str, Candidates]) -> None:
        """Enter what the cues on the ``new`` lines lead to."""
        if self._gate is None:
            self._gate = cue_gate(self._cues)
        low = fold("\n".join(new))
        starts: list[int] = []
        begin, end, part = 0, -1, ""
        whole: set[int] = set()
        first: set[int] = set()
        own = self._own.get

        def enter() -> None:
            if whole or first:
                found = known[part]
                known[part] = Candidates(found.whole.union(whole), found.first.union(first))
                whole.clear()
                first.clear()

        for cue, start, stop in self._gate(low):
            if not begin <= start < end:
                enter()
                if not starts:
                    starts = list(accumulate((len(p) + 1 for p in new), initial=0))
                i = bisect_right(starts, start) - 1
                part = new[i]
                begin, end = starts[i], starts[i] + len(part) + 1
                left = begin + len(part) - len(part.lstrip())
                right = begin + len(part.rstrip())
                short = len(part) <= LONGEST_SPLIT
            for of_all in self._numbers[cue][_is_inside(low, start, stop)]:
                n = own(of_all)
                if n is None:
                    continue
                _, kind, at, longest = self._filed[n]
                if kind == "span":
                    if (start >= right - longest) if at == "end" else (stop <= left + longest):
                        whole.add(n)
                    continue
                if right - left <= longest:
                    whole.add(n)
                if short and kind == "line":
                    first.add(n)
        enter()

    def of_text(self, text: str) -> frozenset[int]:
        """Line patterns that may match all of ``text``."""
        known: dict[str, Candidates] = {}
        self.look_up([text], known)
        return known[text].whole & self._lines


# What ends a segment, where the only blank is a plain space; the first two of them belong to the segment.
_STOPS = (". ", "! ", "? ", "… ", "。", "！", "？")
_SEPARATORS = ("|", "•", "·", " / ", " - ", " – ", " — ")


def first_segment(line: str) -> str | None:
    """The first segment of ``line`` without the space around it; None where it has only one.

    The same as by :data:`SEGMENT_BREAK`, but most lines have no odd blanks and are searched much faster.
    """
    line = line.rstrip()
    if not line.isprintable():
        found = SEGMENT_BREAK.search(line)
        return line[: found.start()].strip() if found else None
    end = len(line)
    for stop in _STOPS:
        at = line.find(stop, 0, end)
        if at >= 0:
            end = at + 1
    for separator in _SEPARATORS:
        at = line.find(separator, 0, end)
        if at >= 0:
            end = at
    return line[:end].strip() if end < len(line) else None


def _is_inside(low: str, start: int, end: int) -> bool:
    """Whether what stands there is part of a longer word."""
    return (low[start].isalnum() and low[start - 1 : start].isalnum()) or (
        low[end - 1].isalnum() and low[end : end + 1].isalnum()
    )


def empty() -> Drawers:
    """Drawers for :func:`file` to fill."""
    return Drawers({}, {}, {}, {}, {}, {})


def copied(drawers: Drawers) -> Drawers:
    """Drawers that can be filled without a change of ``drawers``."""
    return Drawers(*({k: list(numbers) for k, numbers in drawer.items()} for drawer in drawers))


def in_order(drawers: Drawers) -> Drawers:
    """The same with their keys in order: what is kept so need not be sorted at each start."""
    return Drawers(*({k: drawer[k] for k in sorted(drawer)} for drawer in drawers))


def file(drawers: Drawers, patterns: Iterable[tuple[Filed, Read]]) -> None:
    """Put each pattern into the drawers, under whatever of it is rarest in texts."""

    def put(drawer: Filing, keys: Iterable[str], number: int) -> None:
        for k in sorted(keys):
            drawer.setdefault(k, []).append(number)

    for f, read in patterns:
        heads = None if f.kind == "span" and f.at == "end" else _rare(read.edges.heads)
        tails = None if f.kind == "span" and f.at == "start" else _rare(read.edges.tails)
        if heads is not None and tails is not None:
            put(drawers.both_heads, heads, f.number)
            put(drawers.both_tails, tails, f.number)
        elif heads is not None:
            put(drawers.heads, heads, f.number)
        elif tails is not None:
            put(drawers.tails, tails, f.number)
        if heads is None and (tails is None or f.kind == "line"):
            # A line's first segment may be any beginning of the line, so its end tells nothing of it.
            rarest = _rarest(read)
            put(drawers.cues, rarest, f.number)
            put(drawers.inside, (cue for cue in rarest if not (read.words and phrases.is_spaced(cue))), f.number)


# How often a line begins with one certain key of so many characters, roughly; with a frequent word more often.
_BY_LENGTH = (1.0, 5e-2, 1.2e-2, 3e-3, 8e-4, 3e-4, 1e-4, 6e-5, 4e-5)
_COMMON = 8e-3
# Keys that together stand for such a share of lines tell nothing.
_USUAL = 2.5e-2


def _weight(keys: Iterable[str]) -> float:
    """A rough guess at the share of lines that begin (or end) with one of ``keys``."""
    return sum(map(_weight_of, keys))


def _rare(keys: frozenset[str] | None) -> frozenset[str] | None:
    """``keys``, or None where so many lines have one of them that they tell nothing."""
    return keys if keys is not None and _weight(keys) < _USUAL else None


def _rarest(read: Read) -> Iterable[str]:
    """Literals of which one is in every text that the pattern takes: its cues, or what it spells out itself."""
    own, cues = read.edges.literals, {fold(cue) for cue in read.cues}
    return own if own and share_with(own) < share_with(cues) else cues


def _weight_of(k: str) -> float:
    word = k.strip()
    usual = " " not in word and (phrases.is_common(word) or phrases.is_common(word[::-1]))
    return max(_BY_LENGTH[len(k)], _COMMON if usual else 0.0)


class _Edge(dict[str, frozenset[int]]):
    """A few first or last characters of a line -> numbers of the patterns that may begin or end so.

    Filled as lines come.
    """

    def __init__(self, read: Callable[[str], str], filing: Filing, numbers: Mapping[int, int]) -> None:
        self._read = read
        self._under = filing
        self._sorted = sorted(filing)
        self._numbers = numbers

    def __missing__(self, few: str) -> frozenset[int]:
        k = self._read(few)
        found: set[int] = set()
        if len(few) == LOOK:
            # The line may go on: what is known of its key may be the beginning of a longer one.
            for i in range(bisect_left(self._sorted, k), len(self._sorted)):
                if not self._sorted[i].startswith(k):
                    break
                found.update(self._under[self._sorted[i]])
        for n in range(1, len(k) + 1):
            found.update(self._under.get(k[:n], ()))
        if len(self) > _MOST_KEPT:
            self.clear()
        own = self._numbers.get
        kept = self[few] = frozenset(mine for number in found if (mine := own(number)) is not None)
        return kept
