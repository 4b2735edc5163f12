"""Which patterns are worth trying on which lines: a few look-ups a line, whatever the number of rules.

Each pattern is filed under the keys of its beginning or of its end (:mod:`cleaner.edges`), whichever
is rarer in texts. What neither tells is led to by its cues, all found in one pass by an automaton.
What that leaves of the patterns is looked through for the literals that each match holds. An index
may only skip work: it names every pattern that can match a line, and some that do not.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from cleaner import phrases
from cleaner.edges import BESIDE, Edges, fold, key, share_with, tail_key, weigh
from cleaner.gates import CueGate, Scanner, cue_gate, scanner_is_compiled

#: A line of more characters is not taken piece by piece.
LONGEST_SPLIT = 600

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


Needs = tuple[tuple[str, ...], ...]
"""Sets of literals of which one each is in every match."""
# So many sets of so many literals are looked for: more cost more than they spare.
_MOST_SETS, _MOST_NEEDED, _TELLS_NOTHING = 6, 100, 0.9


def needs(read: Read) -> Needs:
    """The literals that are worth the look before a pattern is tried."""
    sets = [s for s in {*read.edges.needs, frozenset(map(fold, read.cues))} if s and len(s) <= _MOST_NEEDED and share_with(s) < _TELLS_NOTHING]
    return tuple(tuple(sorted(s)) for s in sorted(sets, key=lambda s: (share_with(s), len(s), sorted(s)))[:_MOST_SETS])


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

    def with_(self, other: Candidates) -> Candidates:
        """These and those."""
        return Candidates(self.whole | other.whole, self.first | other.first)


_EMPTY: frozenset[int] = frozenset()
#: The one value for a line on which nothing is worth trying.
NOTHING = Candidates(_EMPTY, _EMPTY)


class FoldedLines:
    """Lines made ready to be looked up, by whatever index; each form is made when it is first asked for."""

    def __init__(self, parts: list[str]) -> None:
        self.parts = parts

    @cached_property
    def low(self) -> str:
        return fold("\n".join(self.parts))

    @cached_property
    def starts(self) -> list[int]:
        """Where each line begins in ``low``, and where one more would."""
        return list(accumulate((len(part) + 1 for part in self.parts), initial=0))

    @cached_property
    def heads(self) -> list[str]:
        return list(map(key, self.parts))

    @cached_property
    def tails(self) -> list[str]:
        return list(map(tail_key, self.parts))


class _Hits(NamedTuple):
    """What one cue leads to."""

    lines: tuple[tuple[int, int], ...]
    """For patterns of whole lines: number, longest line."""
    longest: int
    """The longest of those."""
    splits: tuple[tuple[int, int], ...]
    """Those of them that may match one segment of a line."""
    spans: tuple[tuple[int, int, bool], ...]
    """For spans: number, so many characters of the line are seen, whether of its end."""


def _hits(own: Sequence[Filed]) -> _Hits | None:
    if not own:
        return None
    lines = tuple((f.number, f.longest) for f in own if f.kind != "span")
    splits = tuple((f.number, f.longest) for f in own if f.kind == "line")
    spans = tuple((f.number, f.longest, f.at == "end") for f in own if f.kind == "span")
    return _Hits(lines, max((longest for _, longest in lines), default=0), splits, spans)


class Index:
    """Patterns filed by what they begin with, end with, or hold. Safe to share between threads."""

    def __init__(self, filed: Iterable[Filed], drawers: Drawers, numbers: Mapping[int, int], needs: Mapping[int, Needs]) -> None:
        """``numbers``: number of a pattern in ``drawers`` -> its number in ``filed``; the others are left out.
        ``needs``: what the patterns in ``filed`` need, by number; for those that are left out anything will do."""
        self._filed = {f.number: f for f in filed}
        self._needs = {n: sets for n, sets in needs.items() if sets}
        self._heads = _Stems(drawers.both_heads, drawers.heads, numbers)
        self._tails = _Stems(drawers.both_tails, drawers.tails, numbers)
        self._lines = frozenset(f.number for f in self._filed.values() if f.kind == "line")
        self._spans = frozenset(f.number for f in self._filed.values() if f.kind == "span")
        self._longest = {f.number: f.longest for f in self._filed.values()}
        #: For each cue: what it leads to where it is a whole word, and where it is part of a longer one.
        self._cues: dict[str, tuple[list[Filed], list[Filed]]] = {}
        for cue, of_all in drawers.cues.items():
            if own := [self._filed[numbers[n]] for n in of_all if n in numbers]:
                self._cues[cue] = own, [self._filed[numbers[n]] for n in drawers.inside.get(cue, ()) if n in numbers]
        self._gate: CueGate | None = None
        self._scanner: Scanner | None = None
        if scanner_is_compiled():
            self._scanner = Scanner(
                both_heads=drawers.both_heads, heads=drawers.heads, both_tails=drawers.both_tails, tails=drawers.tails,
                numbers=numbers, filed=list(self._filed.values()), needs=self._needs, cues=self._cues,
                first_segment=first_segment, longest_split=LONGEST_SPLIT, made=Candidates, nothing=NOTHING,
            )  # fmt: skip

    @cached_property
    def _hits_of(self) -> list[tuple[_Hits | None, _Hits | None]]:
        return [(_hits(whole), _hits(inside)) for whole, inside in self._cues.values()]

    @cached_property
    def _alike(self) -> list[bool]:
        """Of each cue, whether it makes no difference that it is part of a longer word."""
        return [whole == inside for whole, inside in self._hits_of]

    def look_up(self, new: FoldedLines, known: dict[str, Candidates]) -> None:
        """Enter into ``known`` what is worth trying on each of the ``new`` lines."""
        if self._scanner is not None:
            self._scanner.look_up(new.parts, known)
        else:
            self.look_up_plainly(new, known)

    def look_up_plainly(self, new: FoldedLines, known: dict[str, Candidates]) -> None:
        """The same without the compiled scanner."""
        head_stems, tail_stems = self._heads, self._tails
        found: dict[int, tuple[set[int], set[int]]] = {}
        for i, (head, tail) in enumerate(zip(new.heads, new.tails, strict=True)):
            begun = _under(head, stem) if (stem := head_stems[head[:_STEM]]) else None
            ended = _under(tail, stem) if (stem := tail_stems[tail[:_STEM]]) else None
            if begun is None and (ended is None or not ended.alone):
                continue
            whole: set[int] = set()
            first: set[int] = set()
            part = new.parts[i]
            length, longest, spans = len(part.strip()), self._longest, self._spans
            if begun:
                whole.update(begun.alone)
                if ended:
                    whole.update(begun.both & ended.both)
                if len(part) <= LONGEST_SPLIT:
                    first = self._of_first_segment(part, begun)
            if ended:
                whole.update(ended.alone)
            whole = {n for n in whole if length <= longest[n] or n in spans}
            if whole or first:
                found[i] = whole, first
        if self._cues:
            self._look_up_cues(new, found)
        for part in new.parts:
            known[part] = NOTHING
        for i, (whole, first) in found.items():
            low = new.low[new.starts[i] : new.starts[i + 1]]
            whole_, first_ = self._holding(whole, low), self._holding(first, low)
            if whole_ or first_:
                known[new.parts[i]] = Candidates(whole_, first_)

    def _holding(self, numbers: set[int], low: str) -> frozenset[int]:
        """Those of ``numbers`` whose literals stand in ``low``."""
        if not numbers:
            return _EMPTY
        out = []
        needs = self._needs
        for n in numbers:
            for one_of in needs.get(n, ()):
                for literal in one_of:
                    if literal in low:
                        break
                else:
                    break
            else:
                out.append(n)
        return frozenset(out)

    def _of_first_segment(self, part: str, begun: _Under) -> set[int]:
        """Line patterns that may match the first segment of ``part``; none where it has only one.

        ``begun``: patterns that begin as ``part`` does.
        """
        segment = first_segment(part)
        if segment is None:
            return set()
        if not segment:  # a separator comes first
            return set((begun.both | begun.alone) & self._lines)
        length, longest = len(segment), self._longest
        tail = tail_key(segment)
        ended = _under(tail, stem) if begun.both and (stem := self._tails[tail[:_STEM]]) else None
        found = begun.both & ended.both | begun.alone if ended else begun.alone
        return {n for n in found if length <= longest[n] and n in self._lines}

    def _look_up_cues(self, lines: FoldedLines, found: dict[int, tuple[set[int], set[int]]]) -> None:
        """Enter what the cues on the lines lead to."""
        new, low, starts = lines.parts, lines.low, lines.starts
        if self._gate is None:
            self._gate = cue_gate(list(self._cues))
        hits_of, alike = self._hits_of, self._alike
        begin, end, i = 0, -1, 0
        left = right = 0
        segment: int | None = None  # where the first segment ends, once that was asked
        for cue, start, stop in self._gate(low):
            hits = hits_of[cue][not alike[cue] and _is_inside(low, start, stop)]
            if hits is None:
                continue
            if not begin <= start < end:
                i = bisect_right(starts, start) - 1
                part = new[i]
                begin, end = starts[i], starts[i + 1]
                left = begin + len(part) - len(part.lstrip())
                right = begin + len(part.rstrip())
                segment = None
            whole_lines, longest_line, splits, spans = hits
            for n, longest, of_end in spans:
                if (start >= right - longest - BESIDE) if of_end else (stop <= left + longest):
                    _entered(found, i)[0].add(n)
            if not whole_lines:
                continue
            if right - left <= longest_line:
                for n, longest in whole_lines:
                    if right - left <= longest:
                        _entered(found, i)[0].add(n)
            if not splits:
                continue
            if segment is None:
                segment = begin
                if end - begin - 1 <= LONGEST_SPLIT and (head := first_segment(new[i])) is not None:
                    # Nothing but space is left out before it. An empty one: a separator comes first.
                    segment = left + len(head) if head else end
            if stop <= segment:
                for n, longest in splits:
                    if segment - left <= longest:
                        _entered(found, i)[1].add(n)

    def of_text(self, text: str) -> frozenset[int]:
        """Line patterns that may match all of ``text``."""
        known: dict[str, Candidates] = {}
        self.look_up(FoldedLines([text]), known)
        return known[text].whole & self._lines


def _entered(found: dict[int, tuple[set[int], set[int]]], i: int) -> tuple[set[int], set[int]]:
    entry = found.get(i)
    if entry is None:
        entry = found[i] = set(), set()
    return entry


# What may end a segment, where the only blank is a plain space.
_MAY_END = re.compile(r"[.!?…。！？|•·/–—-]")


def first_segment(line: str) -> str | None:
    """The first segment of ``line`` without the space around it; None where it has only one.

    The same as by :data:`SEGMENT_BREAK`, but most lines have no odd blanks and are searched much faster.
    """
    line = line.rstrip()
    if not line.isprintable():
        found = SEGMENT_BREAK.search(line)
        return line[: found.start()].strip() if found else None
    for m in _MAY_END.finditer(line):
        end = m.end()
        sign = line[end - 1]
        if sign in "|•·":
            return line[: end - 1].strip()
        if sign in "。！？":
            return line[:end].strip() if end < len(line) else None
        if line[end : end + 1] != " ":
            continue
        if sign in ".!?…":
            return line[:end].strip()
        if line[end - 2 : end - 1] == " ":  # a stroke or dash with a space on either side
            return line[: end - 1].strip()
    return None


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
        rarest = _rarest(read)
        # Keys that tell less than a literal, though something, are of use only where the literal is frequent.
        most = max(_USUAL, min(share_with(rarest), 1.0) / 4)
        heads = None if f.kind == "span" and f.at == "end" else _rare(read.edges.heads, most)
        tails = None if f.kind == "span" and f.at == "start" else _rare(read.edges.tails, most)
        if heads is not None and tails is not None:
            put(drawers.both_heads, heads, f.number)
            put(drawers.both_tails, tails, f.number)
        elif heads is not None:
            put(drawers.heads, heads, f.number)
        elif tails is not None:
            put(drawers.tails, tails, f.number)
        if heads is None and (tails is None or f.kind == "line"):
            # A line's first segment may be any beginning of the line, so its end tells nothing of it.
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


def _rare(keys: frozenset[str] | None, most: float) -> frozenset[str] | None:
    """``keys``, or None where so many lines have one of them that they tell nothing."""
    return keys if keys is not None and _weight(keys) < most else None


def _rarest(read: Read) -> frozenset[str]:
    """Literals of which one is in every text that the pattern takes: its cues, or what it spells out itself."""
    own, cues = read.edges.literals, frozenset(map(fold, read.cues))
    return own if own and share_with(own) < share_with(cues) else cues


def _weight_of(k: str) -> float:
    word = k.strip()
    usual = " " not in word and (phrases.is_common(word) or phrases.is_common(word[::-1]))
    return max(_BY_LENGTH[min(len(k) - len(word) + weigh(word), len(_BY_LENGTH) - 1)], _COMMON if usual else 0.0)


class _Under(NamedTuple):
    """Numbers of the patterns that are filed under a key."""

    both: frozenset[int]
    """Those that are known by the other edge, too."""
    alone: frozenset[int]


# So many first characters of a key tell most lines apart from all patterns.
_STEM = 4
# So many of them are remembered.
_MOST_KEPT = 20_000


class _Stem(NamedTuple):
    """Keys that begin alike."""

    lengths: tuple[int, ...]
    under: dict[str, _Under]


class _Stems(dict[str, _Stem | None]):
    """First characters of a line's key -> the keys that may begin so; None where there is none. Filled as lines come."""

    def __init__(self, both: Filing, alone: Filing, numbers: Mapping[int, int]) -> None:
        self._both, self._alone = both, alone
        self._numbers = numbers

    @cached_property
    def _keys(self) -> list[str]:
        """Sorted when a line is first looked up here: the compiled scanner does without."""
        return sorted({**self._both, **self._alone})

    def __missing__(self, few: str) -> _Stem | None:
        if len(self) >= _MOST_KEPT:
            self.clear()
        keys = [few[:n] for n in range(1, min(len(few), _STEM - 1) + 1)]
        if len(few) == _STEM:
            i = bisect_left(self._keys, few)
            while i < len(self._keys) and self._keys[i].startswith(few):
                keys.append(self._keys[i])
                i += 1
        under = {k: u for k in keys if any(u := _Under(self._own(self._both, k), self._own(self._alone, k)))}
        found = self[few] = _Stem(tuple(sorted(set(map(len, under)))), under) if under else None
        return found

    def _own(self, filing: Filing, k: str) -> frozenset[int]:
        numbers = self._numbers
        return frozenset(numbers[n] for n in filing.get(k, ()) if n in numbers)


def _under(k: str, stem: _Stem) -> _Under | None:
    """Patterns whose matches may begin (or end) as a line with the key ``k`` does; None where there is none."""
    found = [u for n in stem.lengths if (u := stem.under.get(k[:n])) is not None]
    if len(found) < 2:
        return found[0] if found else None
    return _Under(frozenset().union(*(u.both for u in found)), frozenset().union(*(u.alone for u in found)))
