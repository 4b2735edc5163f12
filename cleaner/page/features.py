"""What the model sees of a page: one column of small integers a line.

All figures are whole numbers from 0 to 255, worked out with numpy over the whole page at once:
no logarithm, no sum whose order may differ, so every platform sees the same. Blank lines do not
count: whether a page was dumped with or without them tells nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from cleaner.page import chardata as cd

Array = np.ndarray[Any, Any]

#: Words and lines are hashed to this many bits for the table of word weights.
WORD_BITS = 18
#: And to this many for the table that tells types of pages apart.
TYPE_BITS = 16
#: The types, and the columns that say how much a page looks like one.
TYPES = ("article", "service", "product", "collection", "forum", "listing", "documentation")
TYPE_NAMES = [f"page: like {name}" for name in TYPES]
#: A weight of one in that table is a part of a log odd: 1 / 16; columns count in 1 / 20.
TYPE_SCALE = 20 / 16
_K1 = np.uint64(0x9E3779B97F4A7C15)
_K2 = np.uint64(0xC2B2AE3D27D4EB4F)
_BASE = 0x100000001B3 | 1
_INVERSE = pow(_BASE, -1, 1 << 64)

# Small counts as they are, larger ones ever more coarsely: 0..255 for 0..~60000.
_LOG_MAX = 4096


def _log_table() -> Array:
    out: list[int] = []
    value = 0.0
    while len(out) < 256:
        out.append(int(value))
        value = max(value + 1, value * 1.0255)
    edges = np.array(out[1:], np.int64)
    return np.searchsorted(edges, np.arange(int(edges[-1]) + 1), side="right").astype(np.uint8)


_LOG = _log_table()


def log8(x: Array) -> Array:
    """Whole numbers, coarsely: exact to about 40, then in steps of 2.5 %."""
    return np.asarray(_LOG.take(x, mode="clip"))


def _log(x: int) -> int:
    """:func:`log8` of one number."""
    return int(_LOG[min(x, _LOG.size - 1)])


def share8(part: Array, whole: Array, out: Array) -> None:
    """``part / whole`` as 0..250; 255 where there is nothing to share. Takes floats, and spoils ``part``."""
    nothing = whole <= 0
    np.maximum(whole, 1, out=whole)
    part *= 250.0
    part /= whole
    np.minimum(part, 250.0, out=part)
    out[:] = part
    np.putmask(out, nothing, 255)


def _share(part: int, whole: int) -> int:
    """:func:`share8` of one pair."""
    return min(250, part * 250 // whole) if whole > 0 else 255


def _signed_table(step: int) -> Array:
    x = np.arange(-_SIGNED_REACH * step, _SIGNED_REACH * step + 1)
    size = np.minimum(log8(np.abs(x) // step), 127).astype(np.int16)
    return (128 + np.where(x < 0, -size, size)).astype(np.uint8)


#: From here on :func:`signed8` stays as it is, whatever the step.
_SIGNED_REACH = int(np.argmax(_LOG >= 127))
_SIGNED = {step: _signed_table(step) for step in (4, 8, 16)}


def signed8(x: Array, step: int) -> Array:
    """Signed whole numbers around 128, in steps that grow: exact sign, coarse size."""
    return np.asarray(_SIGNED[step].take(x + _SIGNED_REACH * step, mode="clip"))


class Tables:
    """The tables over characters and words, unpacked from what is shipped."""

    def __init__(self, packed: Mapping[str, Array]) -> None:
        starts = packed["class_starts"].astype(np.int64)
        lengths = np.diff(np.r_[starts, 0x110000])
        self.classes = np.repeat(packed["class_values"], lengths).astype(np.uint8)
        self.lower = np.arange(0x10000, dtype=np.uint64)
        self.lower[packed["lower_from"]] = packed["lower_to"]
        # The same for the first 256 characters, as `bytes.translate` wants them.
        self.narrow_classes = self.classes[:256].tobytes()
        self.narrow_lower = self.lower[:256].astype(np.uint8).tobytes()
        self.function_words = np.zeros(1 << WORD_BITS, bool)
        words = sorted({w for line in cd.FUNCTION_WORDS.values() for w in line.split()})
        page = Words(self, "\n".join(words))
        self.function_words[page.bucket] = True


def _powers(base: int, n: int) -> Array:
    out = np.full(n, base, np.uint64)
    out[0] = 1
    return np.multiply.accumulate(out)


_CACHE: dict[str, Array] = {}


def _power_tables(n: int) -> tuple[Array, Array]:
    size = _CACHE["up"].size if "up" in _CACHE else 0
    if size < n:
        n = max(1 << 16, 1 << (n - 1).bit_length())
        up, down = _powers(_BASE, n), _powers(_INVERSE, n)
        _CACHE["up"], _CACHE["down"] = up, down
    return _CACHE["up"], _CACHE["down"]


def _mix(h: Array) -> Array:
    h = (h ^ (h >> np.uint64(29))) * _K2
    return np.asarray(h ^ (h >> np.uint64(32)))


class Words:
    """A text cut into lines and words, each with its hash."""

    def __init__(self, tables: Tables, text: str) -> None:
        # Most characters are among the first 256, and bytes are translated fast; the others are mended afterwards.
        narrow = text.encode("latin-1", "replace")
        cls = np.frombuffer(narrow.translate(tables.narrow_classes), np.uint8)
        low = np.frombuffer(narrow.translate(tables.narrow_lower), np.uint8).astype(np.uint64)
        wide = np.zeros(0, np.int64)
        if not text.isascii():
            code = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
            wide = np.flatnonzero(code > 255)
            if wide.size:
                codes = code[wide]
                cls = cls.copy()
                cls[wide] = tables.classes[codes]
                low[wide] = np.where(codes < 0x10000, tables.lower.take(codes, mode="clip"), codes)
        self.size = cls.size
        full = np.flatnonzero(cls > cd.SPACE)
        breaks = np.flatnonzero(cls == cd.BREAK)
        # How many characters that show stand before each line, and before its end.
        cut = np.empty(breaks.size + 2, np.int64)
        cut[0], cut[-1] = 0, full.size
        cut[1:-1] = full.searchsorted(breaks)
        #: Numbers of the lines that are not blank, among all lines of the text.
        self.number = np.flatnonzero(cut[1:] > cut[:-1])
        self.n = n = self.number.size
        self.full_first, self.full_last = first, last = cut[self.number], cut[self.number + 1]
        #: First character of each line that is not blank, and one past its last; white space around it left out.
        self.start = full[first]
        self.end = full[last - 1] + 1 if n else first
        self.cls = cls
        self.narrow = narrow
        up, down = _power_tables(self.size + 1)
        prefix = np.empty(self.size + 1, np.uint64)
        prefix[0] = 0
        np.multiply(low, up[: self.size], out=prefix[1:])
        np.cumsum(prefix[1:], out=prefix[1:])
        # One past the last of a word, its first: where what is a letter changes.
        word = np.zeros(self.size + 2, bool)
        inner = word[1:-1]
        np.less_equal(cls - np.uint8(cd.LOWER), cd.MARK - cd.LOWER, out=inner)  # below LOWER it wraps round
        alone = cls - np.uint8(cd.HAN) <= cd.KANA - cd.HAN if wide.size else wide  # none below 256
        if alone.any():
            # Every Chinese or Japanese character is a word.
            begin = inner & ~word[:-2] | alone
            begin[1:] |= inner[1:] & alone[:-1]
            stop = inner & ~word[2:] | alone
            stop[:-1] |= inner[:-1] & alone[1:]
            self.word_start = np.flatnonzero(begin)
            self.word_end = np.flatnonzero(stop) + 1
        else:
            edges = np.flatnonzero(word[1:] != word[:-1])
            self.word_start, self.word_end = edges[::2].copy(), edges[1::2].copy()
        #: Words before each line that is not blank, and all of them.
        self.word_cut = np.empty(n + 1, np.int64)
        self.word_cut[:n], self.word_cut[n] = self.word_start.searchsorted(self.start), self.word_start.size
        self.nwords = self.word_cut[1:] - self.word_cut[:-1]
        self.word_line = np.arange(n).repeat(self.nwords)
        self.hash = _mix((prefix.take(self.word_end) - prefix.take(self.word_start)) * down.take(self.word_start))
        self.bucket = (self.hash >> np.uint64(64 - WORD_BITS)).astype(np.int64)
        # Hash of the whole line, white space left out.
        squeezed = low.take(full)
        squeezed *= up[: full.size]
        self.line_hash = _mix((np.add.reduceat(squeezed, first) * down.take(first)) ^ _K1) if n else squeezed
        self.full_class = cls.take(full)

    def tabs(self) -> Array:
        """Tabs in each line, those around it left out."""
        if b"\t" not in self.narrow:
            return np.zeros(self.n, np.int64)
        at = np.flatnonzero(np.frombuffer(self.narrow, np.uint8) == 9)
        line = np.searchsorted(self.start, at, side="right") - 1
        inside = line >= 0
        inside[inside] &= at[inside] < self.end[line[inside]]
        return np.bincount(line[inside], minlength=self.n)

    def pairs(self) -> tuple[Array, Array]:
        """Buckets of pairs of neighbouring words in one line, and the lines they are in."""
        same = self.word_line[1:] == self.word_line[:-1]
        return self.neighbours()[same], self.word_line[1:][same]

    def neighbours(self) -> Array:
        """Buckets of every word but the first with the one before it, be that in the same line or not."""
        h = _mix((self.hash[:-1] * _K1) + self.hash[1:])
        return (h >> np.uint64(64 - WORD_BITS)).astype(np.int64)

    def whole(self) -> Array:
        """Buckets of the whole lines."""
        return (self.line_hash >> np.uint64(64 - WORD_BITS)).astype(np.int64)


@dataclass(frozen=True)
class WordWeights:
    """What words tell, learned; one small integer a bucket."""

    word: Array
    """Single words: is the line that has them content?"""
    pair: Array
    """Pairs of words, likewise."""
    whole: Array
    """Whole lines, likewise."""
    rare: Array
    """How common a word is in the training pages: 0 never seen to 255 everywhere."""
    around: Array
    """What short lines tell of the lines near them: (buckets, ``AROUND``)."""

    @cached_property
    def together(self) -> Array:
        """All of a bucket in eight bytes, so that a word is looked up once: word, pair, whole, rare, around."""
        out = np.empty((self.word.size, 8), np.int8)
        out[:, 0], out[:, 1], out[:, 2], out[:, 3] = self.word, self.pair, self.whole, self.rare.view(np.int8)
        out[:, 4:] = self.around
        return np.asarray(out.view(np.uint64)[:, 0])

    def of(self, bucket: Array) -> Array:
        """What each bucket has, a row each: see :attr:`together`."""
        return np.asarray(self.together.take(bucket).view(np.int8).reshape(bucket.size, 8))

    @classmethod
    def unpack(cls, packed: Mapping[str, Array]) -> WordWeights:
        """From the arrays of the file of weights."""
        return cls(*(packed[name] for name in ("word", "pair", "whole", "rare", "around")))

    @classmethod
    def none(cls) -> WordWeights:
        """Weights that tell nothing."""
        size = 1 << WORD_BITS
        flat = np.zeros(size, np.int8)
        return cls(flat, flat, flat, flat.view(np.uint8), np.zeros((size, len(AROUND)), np.int8))


#: Windows of lines around a line, ``(first, last)`` relative to it.
WINDOWS = ((-3, -1), (1, 3), (-8, -1), (1, 8), (-20, -1), (1, 20), (-50, -1), (1, 50))
#: The same for the second look.
LOOK_WINDOWS = ((-3, -1), (1, 3), (-20, -1), (1, 20), (-8, -1), (1, 8), (-60, -1), (1, 60))
#: Lines for which a short line may speak: those ``first..last`` below it (negative: above it).
AROUND = ((1, 4), (-4, -1), (1, 25), (-25, -1))
#: Marks that are counted in a line.
MARKS = (
    ("commas", cd.COMMA), ("colons", cd.COLON), ("quotes", cd.QUOTE), ("dashes", cd.DASH), ("slashes", cd.SLASH),
    ("bars", cd.BAR), ("exclamations", cd.MARKS), ("money", cd.CURRENCY),
)  # fmt: skip
#: A line of at most so many words is short: a heading, a button, an entry of a menu.
SHORT = 8
#: A block of prose is the run of lines worth most, in words, where a line that is not prose costs so many.
PENALTIES = (2, 6)


Names = str | Sequence[str]


class Columns:
    """Named columns, one value a line; those of one kind are turned into bytes together."""

    def __init__(self, lines: int) -> None:
        self._lines = lines
        self._kinds: dict[tuple[str, int], _Kind] = {}
        self._count = 0

    def _add(self, kind: str, step: int, names: Names, x: Any, whole: Any = None) -> None:
        group = self._kinds.get((kind, step))
        if group is None:
            group = self._kinds[kind, step] = _Kind()
        many = 1 if isinstance(names, str) else len(names)
        group.names.append(names)
        group.rows.append((group.count, group.count + many, x))
        if whole is not None:
            group.wholes.append((group.count, group.count + many, whole))
        group.count += many
        self._count += many

    def byte(self, names: Names, x: Array) -> None:
        """Values from 0 to 255 as they are; one row, or a row a name."""
        self._add("byte", 0, names, x)

    def log(self, names: Names, x: Array) -> None:
        """See :func:`log8`; what is below 0 counts as 0."""
        self._add("log", 0, names, x)

    def share(self, names: Names, part: Array, whole: Array | int) -> None:
        """See :func:`share8`."""
        self._add("share", 0, names, part, whole)

    def signed(self, names: Names, x: Array, step: int) -> None:
        """See :func:`signed8`."""
        self._add("signed", step, names, x)

    def page(self, name: str, value: int) -> None:
        """A byte that is the same for all lines of the page."""
        self._add("page", 0, name, value)

    def names(self) -> list[str]:
        """What the columns are called."""
        out = []
        for (kind, _), group in self._kinds.items():
            flat = [name for names in group.names for name in ([names] if isinstance(names, str) else names)]
            out += [f"page: {name}" for name in flat] if kind == "page" else flat
        return out

    def fill(self, out: Array) -> None:
        """Write the columns, ``(columns, lines)`` bytes, into the first rows of ``out``."""
        at = 0
        for (kind, step), group in self._kinds.items():
            to = out[at : at + group.count]
            at += group.count
            if kind == "page":
                to[:] = np.array([x for _, _, x in group.rows], np.uint8)[:, None]
            elif kind == "log":
                _LOG.take(_under(group.rows, np.empty(to.shape, np.int64)), mode="clip", out=to)
            elif kind == "share":
                share8(_under(group.rows, np.empty(to.shape)), _under(group.wholes, np.empty(to.shape)), to)
            elif kind == "signed":
                table = _SIGNED[step]
                x = _under(group.rows, np.empty(to.shape, np.int64))
                x += table.size // 2
                table.take(x, mode="clip", out=to)
            else:
                _under(group.rows, to)

    def __len__(self) -> int:
        return self._count

    def bytes(self) -> Array:
        """The columns."""
        out = np.empty((len(self), self._lines), np.uint8)
        self.fill(out)
        return out


@dataclass(slots=True)
class _Kind:
    """Columns that are turned into bytes in the same way."""

    names: list[Names] = field(default_factory=list)
    rows: list[tuple[int, int, Any]] = field(default_factory=list)
    """The first and one past the last column that a row or rows are for."""
    wholes: list[tuple[int, int, Any]] = field(default_factory=list)
    count: int = 0


def _under(rows: Sequence[tuple[int, int, Any]], out: Array) -> Array:
    """``out``, filled with the rows."""
    for a, b, x in rows:
        out[a:b] = x
    return out


#: The widest window, in lines; running sums are padded by as many at both ends.
_REACH = 64


def _running(x: Array) -> Array:
    """Running sums along the last axis, ready for :func:`_window`."""
    n = x.shape[-1]
    out = np.zeros((*x.shape[:-1], n + 1 + 2 * _REACH), np.int64)
    np.cumsum(x, axis=-1, out=out[..., _REACH + 1 : _REACH + 1 + n])
    out[..., _REACH + 1 + n :] = out[..., _REACH + n, None]
    return out


def _window(total: Array, a: int, b: int) -> Array:
    """Sums over lines ``i+a..i+b`` for every line ``i``."""
    n = total.shape[-1] - 1 - 2 * _REACH
    return np.asarray(total[..., _REACH + b + 1 : _REACH + b + 1 + n] - total[..., _REACH + a : _REACH + a + n])


def _sums(total: Array) -> Array:
    """The running sums themselves, ``n + 1`` of them from 0."""
    return total[..., _REACH : total.shape[-1] - _REACH]


def _windows(total: Array, windows: Sequence[tuple[int, int]]) -> Array:
    """:func:`_window` for several, the second axis of what it gives."""
    n = total.shape[-1] - 1 - 2 * _REACH
    out = np.empty((len(total), len(windows), n), np.int64)
    for i, (a, b) in enumerate(windows):
        np.subtract(total[:, _REACH + b + 1 : _REACH + b + 1 + n], total[:, _REACH + a : _REACH + a + n], out=out[:, i])
    return out


def _floor(x: Array, by: Array) -> Array:
    """``x // by``: the quotient of whole numbers this small never rounds up to the next one, and floats are faster."""
    return np.asarray(np.floor(x / by))


def _to_marks(marks: Array) -> Array:
    """Lines since the last marked line before each, row by row, then lines until the next; 900 where it is further or there is none."""
    k, n = marks.shape
    both = np.empty((2, k, n), bool)
    both[0], both[1] = marks, marks[:, ::-1]
    at = np.arange(n)
    last = np.maximum.accumulate(np.where(both, at, -1000), axis=-1)
    out = np.empty((2, k, n), np.int64)
    out[..., 0] = 900
    np.subtract(at[1:], last[..., :-1], out=out[..., 1:])
    np.minimum(out, 900, out=out)
    out[1] = out[1, :, ::-1].copy()
    return out.reshape(2 * k, n)


def _sum_by(line: Array, value: Array, n: int) -> Array:
    # Sums of integers below 2**53 are exact in float64, in any order.
    return np.bincount(line, value, n).astype(np.int64)


def first_look(score: Array) -> Array:
    """The first look's score as a column of the second."""
    return np.asarray(np.minimum(np.maximum((_odds(score) >> 1) + 128, 1), 255))


def _odds(score: Array) -> Array:
    """Log odds in steps of 1/32, from -10 to 10."""
    return np.asarray(np.minimum(np.maximum(score >> 6, -320), 320))


#: Chances of 0..250 for log odds in steps of 1/32 from -10 to 10.
_CHANCE = np.array([int(250 / (1 + 2.718281828459045 ** (-i / 32)) + 0.5) for i in range(-320, 321)], np.int64)

# Names of columns that come in rows; what the code of a page would otherwise put together for every page.
_BESIDE = ("-1", "+1")
_EVERY = [f"{a:+d}..{b:+d}" for a, b in WINDOWS]
_LOOK_EVERY = [f"{a:+d}..{b:+d}" for a, b in LOOK_WINDOWS]


def _rows(names: Sequence[str], of: Sequence[str]) -> list[str]:
    return [f"{name} {x}" for name in names for x in of]


_AROUND_NAMES = [
    f"headings {'above' if a > 0 else 'below'} ({max(abs(a), abs(b))}), {far} lines" for a, b in AROUND for far in (1, 4, 12, 40)
]
_DISTANCES = [f"{side} {name}" for side in ("since", "until") for name in ("prose", "long prose", "sentence end")]
_LOOK_DISTANCES = [f"{side} {name}" for side in ("since", "until") for name in ("likely", "sure", "out")]
_MARK_NAMES, _MARK_CLASSES = [name for name, _ in MARKS], [which for _, which in MARKS]
_NAMES = {
    "beside words": _rows(["words"], _BESIDE), "beside ends": _rows(["ends a sentence"], _BESIDE),
    "beside shares": _rows(["capitalised words", "topic words"], _BESIDE), "beside weights": _rows(["word weights"], _BESIDE),
    "words": _rows(["words"], _EVERY), "word weights": _rows(["word weights"], _EVERY), "shares": _rows(["topic words", "prose share"], _EVERY),
    "far shares": _rows(["function words", "repeats", "capitalised words", "known words", "dates"], _EVERY[2:]),
    "make": _rows(["same make, period"], ["1", "2"]), "looks": [f"first look {a:+d}" for a in (-3, -2, -1, 1, 2, 3)],
    "look content": _rows(["content share"], _LOOK_EVERY[:4]), "look mean": _rows(["mean look"], _LOOK_EVERY),
    "look unlikely": _rows(["unlikely lines"], _LOOK_EVERY),
}  # fmt: skip
_OF_SIZE = np.array([min(k, 3) + 4 * (k > 7) + 8 * (k > 20) for k in range(22)])
_OF_CLASS = np.array([64 * (k == cd.UPPER) + 128 * (k == cd.DIGIT) for k in range(cd.CLASSES)])


def type_table(weights: Array) -> Array:
    """For :meth:`Page.types`: learned weights, (buckets, types) of whole numbers, with all of a bucket in eight bytes."""
    out = np.zeros((len(weights), 8), np.int8)
    out[:, : len(TYPES)] = weights
    return np.asarray(out.view(np.uint64)[:, 0])


class Page:
    """A page's lines and their columns."""

    def __init__(self, text: str, tables: Tables) -> None:
        self.words = w = Words(tables, text)
        self.n = n = w.n
        if n:
            self._measure(tables)

    def _measure(self, tables: Tables) -> None:
        """What the lines are made of; all that does not need what was learned."""
        w = self.words
        n = self.n
        self.full = w.full_last - w.full_first
        # Blank lines have no characters that show: those of the others follow each other.
        of_line = (np.arange(n) * cd.CLASSES).repeat(self.full)
        of_line += w.full_class
        self.counts = counts = np.bincount(of_line, minlength=n * cd.CLASSES).reshape(n, cd.CLASSES).T.copy()
        self.letters = counts[cd.LOWER : cd.OTHER_LETTER + 1].sum(0)
        cjk = counts[cd.HAN] + counts[cd.KANA]
        self.spaceless = cjk + counts[cd.SPACELESS]
        self.first_class = w.full_class[w.full_first]
        self.last_class = w.full_class[w.full_last - 1]
        before = w.full_class[np.maximum(w.full_last - 2, w.full_first)]
        closing = np.where(_QUOTED[self.last_class], before, self.last_class)
        self.ends = _ENDS[closing]
        self.half_ends = _HALF_ENDS[closing]
        self.nwords = w.nwords
        # In scripts without spaces about two characters make a word.
        self.size = self.nwords - (cjk + 1) // 2 + counts[cd.SPACELESS] // 5
        self.stops = counts[cd.STOP] + counts[cd.MARKS]
        self.prose = (self.size >= 25) | ((self.size >= 8) & self.ends)
        self.long_prose = (self.size >= 15) & (self.stops + counts[cd.COMMA] >= 1) & self.prose
        self.link = (self.size <= 6) & ~self.ends
        # Rows of a table: mostly figures, or cells between tabs or bars. Lines of a program: thick with its marks.
        cells = np.maximum(counts[cd.BAR], w.tabs())
        self.tabular = (counts[cd.DIGIT] * 10 >= 4 * self.full) | (cells >= 3)
        self.code = (counts[cd.CODE] * 100 >= 6 * self.full) & (counts[cd.CODE] >= 2)
        # Lines of the same text: for each line the number of its text, and how often that is there.
        order = w.line_hash.argsort()
        ranked = w.line_hash[order]
        new = np.empty(n, bool)
        new[0] = True
        np.not_equal(ranked[1:], ranked[:-1], out=new[1:])
        self.twin = np.empty(n, np.int64)
        self.twin[order] = np.cumsum(new) - 1
        self.times = np.bincount(self.twin)
        self.repeats = self.times[self.twin]
        # Words: how many of each line are of a kind.
        self.key = w.bucket & 0x3FFF
        first = w.cls.take(w.word_start)
        length = w.word_end - w.word_start
        kinds = np.empty((6, first.size), bool)
        capital, digit, date, topical, function, topical_prose = kinds
        np.equal(first, cd.UPPER, out=capital)
        np.equal(first, cd.DIGIT, out=digit)
        np.logical_and(digit, (length == 4) | (length <= 2), out=date)
        np.logical_or(length >= 5, first == cd.HAN, out=topical)
        function[:] = tables.function_words.take(w.bucket)
        self.elsewhere(self.prose, topical, topical_prose)
        self.topical = topical
        self.capitals, self.digits, self.dates, self.topics, self.functions, self.topics_in_prose = self.per_line(kinds)

    def elsewhere(self, lines: Array, which: Array, out: Array) -> Array:
        """The words among ``which`` that also stand in another of these ``lines``."""
        mine = lines[self.words.word_line]
        there = np.bincount(self.key[mine], minlength=0x4000)
        return np.logical_and(which, there.take(self.key) > mine, out=out)

    def per_line(self, x: Array) -> Array:
        """Sums over the words of each line, row by row."""
        total = np.zeros((len(x), x.shape[1] + 1), np.int64)
        np.cumsum(x, axis=1, out=total[:, 1:])
        cut = total.take(self.words.word_cut, axis=1)
        return np.asarray(cut[:, 1:] - cut[:, :-1])

    def learned(self, weights: WordWeights) -> tuple[Array, ...]:
        """Sums of weights a line: single words, pairs, the line, all that it says of lines around, how common its words are."""
        w = self.words
        word, whole = weights.of(w.bucket), weights.of(w.whole())
        pair = np.zeros_like(word)
        if len(pair):
            pair[1:] = weights.of(w.neighbours())
            # A line's first word has none before it.
            pair[w.word_cut[:-1][self.nwords > 0]] = 0
        rows = np.empty((4 + len(AROUND), len(word)), np.int64)
        rows[0], rows[1], rows[2] = word[:, 0], pair[:, 1], word[:, 3].view(np.uint8)
        np.greater(rows[2], 0, out=rows[3], casting="unsafe")
        np.add(word[:, 4:].T, pair[:, 4:].T, out=rows[4:], dtype=np.int64)
        sums = self.per_line(rows)
        around = sums[4:]
        around += whole[:, 4:].T
        around *= self.nwords <= SHORT
        return sums[0], sums[1], whole[:, 2].astype(np.int64), around, sums[2], sums[3]

    def columns(self, weights: WordWeights) -> Columns:
        """Columns for the first look, but for what :meth:`types` gives."""
        w = self.words
        n = self.n
        c = Columns(n)
        lines = np.arange(n)
        counts, size, nwords, prose = self.counts, self.size, self.nwords, self.prose
        lex, lex_pair, lex_whole, around, common, known = self.learned(weights)
        lex_all = lex + lex_pair + lex_whole
        ncap, ndigit, nfunction = self.capitals, self.digits, self.functions
        topic, topic_prose = self.topics, self.topics_in_prose
        nwords1 = np.maximum(nwords, 1)

        # -- the line itself
        c.log("words", size)
        c.log("characters", w.end - w.start)
        c.byte("letters per word", np.minimum(_floor(self.letters * 16, nwords1), 255))
        c.log("sentence ends", self.stops)
        c.byte("ends a sentence", self.ends * 2 + self.half_ends)
        c.byte("first character", self.first_class)
        c.byte("last character", self.last_class)
        c.share("letters share", self.letters, self.full)
        c.share("capitals share", counts[cd.UPPER], self.letters)
        c.share("figures share", counts[cd.DIGIT], self.full)
        c.share("punctuation share", counts[cd.STOP :].sum(0), self.full)
        c.share("capitalised words", ncap, nwords)
        c.log("numbers", ndigit)
        c.share("function words", nfunction, nwords)
        c.log("function words, number", nfunction)
        c.log(_MARK_NAMES, counts[_MARK_CLASSES])
        c.share("no spaces between words", self.spaceless, self.letters)
        c.log("repeats", self.repeats)
        c.share("topic words share", topic_prose, topic)
        c.log("topic words", topic_prose)
        c.share("words known", known, nwords)
        c.byte("words common", np.minimum(_floor(common, nwords1), 255))
        c.signed("word weights", lex_all, 16)
        c.signed("word weights mean", _floor(lex_all * 4, nwords1), 8)
        c.signed("single word weights", _floor(lex * 4, nwords1), 8)

        # -- around it
        base = np.empty((16, n), np.int64)
        for i, row in enumerate((
            1, size, size * prose, nfunction, self.repeats > 1, ncap, known, np.minimum(self.dates, 1), nwords,
            np.minimum(np.maximum(lex_all, -400), 400), topic, topic_prose, prose, self.link, ndigit,
            np.minimum(counts[cd.BAR] + counts[cd.ARROW], 1),
        )):  # fmt: skip
            base[i] = row
        sums = base.sum(1).tolist()
        total = _running(base[:12])
        beside = np.zeros((7, 2, n), np.int64)
        for i, row in enumerate((size, self.ends + 2 * prose, ncap, topic_prose, nwords, topic, lex_all)):
            beside[i, 0, 1:], beside[i, 1, :-1] = row[:-1], row[1:]
        beside[1, 0, 0] = beside[1, 1, -1] = 4  # no line there
        c.log(_NAMES["beside words"], beside[0])
        c.byte(_NAMES["beside ends"], beside[1])
        c.share(_NAMES["beside shares"], beside[2:4].reshape(4, n), beside[4:6].reshape(4, n))
        c.signed(_NAMES["beside weights"], beside[6], 16)
        windows = _windows(total, WINDOWS)
        k1 = np.maximum(windows[0], 1)
        c.log(_NAMES["words"], _floor(windows[1] * 4, k1))
        c.signed(_NAMES["word weights"], _floor(windows[9] * 2, k1), 8)
        c.share(_NAMES["shares"], windows[[11, 2]].reshape(-1, n), windows[[10, 1]].reshape(-1, n))
        c.share(_NAMES["far shares"], windows[3:8, 2:].reshape(-1, n), windows[[8, 0, 8, 8, 0], 2:].reshape(-1, n))
        # What lines a..b below it tell of a line comes from the lines above: -b..-a.
        running = _running(around)
        told = np.empty((len(AROUND), 4, n), np.int64)
        for side, (a, _) in enumerate(AROUND):
            for j, far in enumerate((1, 4, 12, 40)):
                told[side, j] = _window(running[side], -far, -1) if a > 0 else _window(running[side], 1, far)
        c.signed(_AROUND_NAMES, told.reshape(-1, n), 4)

        # -- lines of the same make
        self.make = (
            _OF_SIZE.take(size, mode="clip") + _OF_CLASS[self.first_class] + 16 * self.ends + 32 * (ndigit > 0)
            + 256 * (counts[cd.BAR] > 0) + 512 * (counts[cd.CURRENCY] > 0)
        )  # fmt: skip
        runs = np.zeros((3, n), np.int64)
        np.equal(self.make[:-1], self.make[1:], out=runs[0, :-1], casting="unsafe")
        if n > 2:
            np.equal(self.make[:-2], self.make[2:], out=runs[1, :-2], casting="unsafe")
        change = runs[2]
        change[1:] = _floor(np.abs(size[1:] - size[:-1]) * 8, np.maximum(np.maximum(size[1:], size[:-1]), 1))
        running = _running(runs)
        c.byte(_NAMES["make"], np.array([_window(running[0], -6, 5), _window(running[1], -6, 4)]))
        c.byte("length unlike the line before", change)
        c.log("length unlike lines around", _window(running[2], -4, 5))

        # -- distances
        c.log(_DISTANCES, _to_marks(np.array([prose, self.long_prose, self.ends])))
        outer = np.flatnonzero(self.long_prose)
        if not outer.size:
            outer = np.flatnonzero(prose)
        top, bottom = (int(outer[0]), int(outer[-1])) if outer.size else (n, -1)
        c.log("lines before the first prose", top - lines)
        c.log("lines after the last prose", lines - bottom)
        so_far = _sums(total)
        c.share("prose above", so_far[2, :-1], sums[2])
        c.share("words above", so_far[1, :-1], sums[1])
        c.share("place", lines, n)
        c.log("lines from the top", lines)
        c.log("lines from the bottom", n - 1 - lines)
        worth = np.array([np.where(prose, size, -penalty) for penalty in PENALTIES])
        _blocks(c, _BLOCKS, worth, so_far[1], lines)

        # -- the page
        c.page("lines", _log(n))
        c.page("words", _log(sums[1] // 8))
        for name, part, of in (
            ("prose share", 2, 1), ("prose lines", 12, 0), ("short lines", 13, 0), ("function words", 3, 8),
            ("capitalised words", 5, 8), ("numbers", 14, 8), ("repeats", 4, 0),
            ("topic words", 11, 10), ("separators", 15, 0), ("known words", 6, 8),
        ):  # fmt: skip
            c.page(name, _share(sums[part], sums[of]))
        c.page("longest line", _log(int(size.max())))
        c.page("word weights", int(signed8(np.array(sums[9] * 2 // n), 8)))
        c.page("money", _share(int(np.count_nonzero(counts[cd.CURRENCY])), n))
        return c

    def types(self, table: Array) -> Array:
        """What the page's words say of its type: a row for each of ``TYPE_NAMES``, the same for all lines.

        ``table``: what :func:`type_table` makes of learned weights.
        """
        kinds = (self.words.hash >> np.uint64(64 - TYPE_BITS)).astype(np.uint16)
        kinds.sort(kind="stable")
        new = np.empty(kinds.size, bool)
        new[:1] = True
        np.not_equal(kinds[1:], kinds[:-1], out=new[1:])
        first = np.flatnonzero(new)
        often = np.ones(first.size)
        # Four of a kind: the fourth after the first is the same.
        many = first + 3 < kinds.size
        often[many] += kinds[first[many] + 3] == kinds[first[many]]
        weights = table.take(kinds[first]).view(np.int8).reshape(-1, 8)[:, : len(TYPES)]
        total = often @ weights.astype(np.float64)  # whole numbers, so exact
        value = np.floor(total * TYPE_SCALE / np.sqrt(max(1.0, often.sum()))) + 128
        return np.asarray(np.minimum(np.maximum(value, 0), 255).astype(np.uint8).repeat(self.n).reshape(-1, self.n))

    def second(self, score: Array) -> Columns:
        """Columns for the second look: what the first says of the line and of those around it.

        ``score``: the first look's, in units of ``1 / UNIT`` log odds. Call :meth:`columns` before.
        """
        n = self.n
        c = Columns(n)
        lines = np.arange(n)
        score = score.astype(np.int64)
        odds = _odds(score)
        chance = _CHANCE.take(odds + 320)
        weight = self.nwords + 1
        content = weight * chance
        likely, sure, out = chance > 125, chance > 225, chance < 25
        look = first_look(score)
        c.byte("first look", look)
        # Among lines of the same text, and lines of the same make.
        best = np.zeros(self.times.size, np.int64)
        np.maximum.at(best, self.twin, chance)
        c.byte("best of its twins", best[self.twin])
        alike = np.bincount(self.make)[self.make]
        c.byte("mean of its make", _floor(np.bincount(self.make, chance)[self.make], alike))
        c.log("lines of its make", alike)
        # Words that also stand in likely lines.
        found = self.elsewhere(likely, self.topical, np.empty_like(self.topical))
        c.share("words of likely lines", self.per_line(found[None])[0], self.topics)
        base = np.empty((5, n), np.int64)
        base[0], base[1], base[2], base[3], base[4] = 1, weight, content, chance, out
        total = _running(base)
        wide = np.zeros(n + 6, np.int64)
        wide[3:-3] = look
        c.byte(_NAMES["looks"], np.array([wide[3 + a : 3 + a + n] for a in (-3, -2, -1, 1, 2, 3)]))
        k, v, cv, ch, ou = _windows(total, LOOK_WINDOWS)
        c.share(_NAMES["look content"], cv[:4], v[:4] * 250)
        c.byte(_NAMES["look mean"], np.where(k > 0, _floor(ch, np.maximum(k, 1)), 255))
        c.share(_NAMES["look unlikely"], ou, k)
        c.log(_LOOK_DISTANCES, _to_marks(np.array([likely, sure, out])))
        so_far = _sums(total)
        everything = int(so_far[2, -1])
        c.share("content above", so_far[2, :-1], everything)
        c.share("content below", everything - so_far[2, 1:], everything)
        worth = np.array([(chance - level) * weight // 25 for level in (125, 60)])
        _blocks(c, _LIKELY_BLOCKS, worth, so_far[1], lines)
        all_words = int(so_far[1, -1])
        c.page("content share", _share(everything, all_words * 250))
        c.page("content words", _log(everything // 2000))
        for name, mark in (("sure words", sure), ("undecided words", ~out & ~sure)):
            c.page(name, _share(int(weight @ mark), all_words))
        c.page("likely lines", _share(int(np.count_nonzero(likely)), n))
        c.page("best", int(chance.max()))
        rank = np.empty(n, np.int64)
        rank[np.argsort(-odds, kind="stable")] = lines
        c.share("rank", rank, n)
        return c


def _among(*classes: int) -> Array:
    out = np.zeros(cd.CLASSES, bool)
    out[list(classes)] = True
    return out


_QUOTED, _ENDS, _HALF_ENDS = _among(cd.QUOTE, cd.BRACKET, cd.APOSTROPHE), _among(cd.STOP, cd.MARKS), _among(cd.ELLIPSIS, cd.COLON)


def _block_names(names: Sequence[str], *, edges: bool) -> dict[str, list[str]]:
    sides = ["inside", "lines below", "words away", "from its start", *(["lines above", "to its end"] if edges else [])]
    return {side: [f"{name}: {side}" for name in names] for side in sides} | {"share": [f"{name}, share" for name in names]}


_BLOCKS = _block_names([f"block {penalty}" for penalty in PENALTIES], edges=True)
_LIKELY_BLOCKS = _block_names(["likely block half", "likely block low"], edges=False)


def _blocks(c: Columns, names: Mapping[str, list[str]], worth: Array, words_so_far: Array, lines: Array) -> None:
    """Where a line stands to the run of lines that is worth most, for each row of ``worth``."""
    k, n = worth.shape
    s = np.zeros((k, n + 1), np.int64)
    np.cumsum(worth, axis=1, out=s[:, 1:])
    end = (s - np.minimum.accumulate(s, axis=1)).argmax(1)
    start = np.array([row[: e + 1].argmin() for row, e in zip(s, end.tolist(), strict=True)])
    first, last = start[:, None], end[:, None]
    since, past = lines - first, lines - last
    c.byte(names["inside"], (since >= 0) & (past < 0))
    c.log(names["lines below"], past + 1)
    so_far_first, so_far_last = words_so_far[start], words_so_far[end]
    c.log(names["words away"], np.maximum(so_far_first[:, None] - words_so_far[1:], words_so_far[:-1] - so_far_last[:, None]))
    c.log(names["from its start"], since)
    if "lines above" in names:
        c.log(names["lines above"], -since)
        c.log(names["to its end"], -1 - past)
    for name, words in zip(names["share"], (so_far_last - so_far_first).tolist(), strict=True):
        c.page(name, _share(words, int(words_so_far[-1])))
