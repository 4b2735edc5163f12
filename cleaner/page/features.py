"""What the model sees of a page: one column of small integers a line.

All figures are whole numbers from 0 to 255, worked out with numpy over the whole page at once:
no logarithm, no sum whose order may differ, so every platform sees the same. Blank lines do not
count: whether a page was dumped with or without them tells nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
    return np.asarray(_LOG[np.minimum(x, _LOG.size - 1)])


def share8(part: Array, whole: Array) -> Array:
    """``part / whole`` as 0..250; 255 where there is nothing to share."""
    value = np.minimum(part * 250.0 / np.maximum(whole, 1), 250.0).astype(np.uint8)
    value[whole <= 0] = 255
    return value


def _share(part: int, whole: int) -> int:
    """:func:`share8` of one pair."""
    return min(250, part * 250 // whole) if whole > 0 else 255


def signed8(x: Array, step: int) -> Array:
    """Signed whole numbers around 128, in steps that grow: exact sign, coarse size."""
    size = np.minimum(log8(np.abs(x) // step), 127).astype(np.int16)
    return (128 + np.where(x < 0, -size, size)).astype(np.uint8)


class Tables:
    """The tables over characters and words, unpacked from what is shipped."""

    def __init__(self, packed: Mapping[str, Array]) -> None:
        starts = packed["class_starts"].astype(np.int64)
        lengths = np.diff(np.r_[starts, 0x110000])
        self.classes = np.repeat(packed["class_values"], lengths).astype(np.uint8)
        self.lower = np.arange(0x10000, dtype=np.uint64)
        self.lower[packed["lower_from"]] = packed["lower_to"]
        self.function_words = np.zeros(1 << WORD_BITS, bool)
        words = sorted({w for line in cd.FUNCTION_WORDS.values() for w in line.split()})
        page = Words(self, "\n".join(words))
        self.function_words[page.bucket] = True
        self._powers = np.ones(1, np.uint64)
        self._inverse = np.ones(1, np.uint64)


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
        code = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
        cls = tables.classes[code]
        self.size = code.size
        full = np.flatnonzero(cls > cd.SPACE)
        breaks = np.flatnonzero(cls == cd.BREAK)
        starts = np.concatenate([[0], breaks + 1])
        ends = np.concatenate([breaks, [code.size]])
        first = np.searchsorted(full, starts)
        last = np.searchsorted(full, ends) - 1
        filled = last >= first
        #: Numbers of the lines that are not blank, among all lines of the text.
        self.number = np.flatnonzero(filled)
        self.n = self.number.size
        #: First character of each line that is not blank, and one past its last; white space around it left out.
        self.start = full[first[filled]] if self.n else np.zeros(0, np.int64)
        self.end = full[last[filled]] + 1 if self.n else np.zeros(0, np.int64)
        self.cls = cls
        self.tab = np.flatnonzero(code == 9)
        low = code.astype(np.uint64)
        small = code < 0x10000
        if small.all():
            low = tables.lower[code]
        else:
            low[small] = tables.lower[code[small]]
        line_of_char = np.cumsum(cls == cd.BREAK)
        to_filled = np.cumsum(filled) - 1
        up, down = _power_tables(code.size + 1)
        prefix = np.zeros(code.size + 1, np.uint64)
        np.cumsum(low * up[: code.size], out=prefix[1:])
        word = (cls >= cd.LOWER) & (cls <= cd.MARK)
        alone = (cls == cd.HAN) | (cls == cd.KANA)
        self.has_cjk = bool(alone.any())
        begin = word.copy()
        begin[1:] &= ~word[:-1]
        stop = word.copy()
        stop[:-1] &= ~word[1:]
        if self.has_cjk:
            # Every Chinese or Japanese character is a word.
            begin |= alone
            begin[1:] |= word[1:] & alone[:-1]
            stop |= alone
            stop[:-1] |= word[:-1] & alone[1:]
        self.word_start = np.flatnonzero(begin)
        self.word_end = np.flatnonzero(stop) + 1
        self.word_line = to_filled[line_of_char[self.word_start]]
        self.hash = _mix((prefix[self.word_end] - prefix[self.word_start]) * down[self.word_start])
        self.bucket = (self.hash >> np.uint64(64 - WORD_BITS)).astype(np.int64)
        # Hash of the whole line, white space left out.
        squeezed = np.zeros(full.size + 1, np.uint64)
        np.cumsum(low[full] * up[: full.size], out=squeezed[1:])
        a, b = first[filled], last[filled] + 1
        self.line_hash = _mix(((squeezed[b] - squeezed[a]) * down[a]) ^ _K1) if self.n else np.zeros(0, np.uint64)
        self.line_of_full = to_filled[line_of_char[full]]
        self.full = full
        self.full_class = cls[full]
        self.full_first, self.full_last = a, b

    def tabs(self) -> Array:
        """Tabs in each line, those around it left out."""
        at = self.tab
        line = np.searchsorted(self.start, at, side="right") - 1
        inside = line >= 0
        inside[inside] &= at[inside] < self.end[line[inside]]
        return np.bincount(line[inside], minlength=self.n)

    def pairs(self) -> tuple[Array, Array]:
        """Buckets of pairs of neighbouring words in one line, and the lines they are in."""
        same = self.word_line[1:] == self.word_line[:-1]
        h = _mix((self.hash[:-1] * _K1) + self.hash[1:])[same]
        return (h >> np.uint64(64 - WORD_BITS)).astype(np.int64), self.word_line[1:][same]

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


class _Columns:
    """Named columns, one value a line; those of one kind are turned into bytes together."""

    def __init__(self, lines: int) -> None:
        self._lines = lines
        self._names: dict[tuple[str, int], list[str]] = {}
        self._rows: dict[tuple[str, int], list[Array]] = {}
        self._wholes: list[Array] = []

    def _add(self, kind: str, step: int, names: str | list[str], x: Array) -> None:
        self._names.setdefault((kind, step), []).extend([names] if isinstance(names, str) else names)
        self._rows.setdefault((kind, step), []).append(x if x.ndim == 2 else x[None])

    def byte(self, names: str | list[str], x: Array) -> None:
        """Values from 0 to 255 as they are; one row, or a row a name."""
        self._add("byte", 0, names, x)

    def log(self, names: str | list[str], x: Array) -> None:
        """See :func:`log8`."""
        self._add("log", 0, names, x)

    def share(self, names: str | list[str], part: Array, whole: Array) -> None:
        """See :func:`share8`."""
        self._add("share", 0, names, part)
        wholes = np.empty(part.shape if part.ndim == 2 else (1, part.size), np.int64)
        wholes[:] = whole
        self._wholes.append(wholes)

    def signed(self, names: str | list[str], x: Array, step: int) -> None:
        """See :func:`signed8`."""
        self._add("signed", step, names, x)

    def page(self, name: str, value: int) -> None:
        """A byte that is the same for all lines of the page."""
        self._add("page", 0, f"page: {name}", np.array([[value]]))

    def done(self) -> tuple[list[str], Array]:
        """Names and rows, ``(columns, lines)`` bytes."""
        names: list[str] = []
        out = np.empty((sum(map(len, self._names.values())), self._lines), np.uint8)
        for (kind, step), group in self._names.items():
            rows = np.concatenate(self._rows[kind, step], dtype=np.float64 if kind == "share" else np.int64, casting="unsafe")
            if kind == "log":
                rows = log8(rows)
            elif kind == "share":
                rows = share8(rows, np.concatenate(self._wholes, dtype=np.float64, casting="unsafe"))
            elif kind == "signed":
                rows = signed8(rows, step)
            out[len(names) : len(names) + len(group)] = rows
            names.extend(group)
        return names, out


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


def _next_to(x: Array, by: int, outside: int) -> Array:
    """``x`` of the line ``by`` lines further down; ``outside`` where there is none."""
    out = np.full(x.size, outside, x.dtype)
    if 0 < by < x.size:
        out[:-by] = x[by:]
    elif -x.size < by < 0:
        out[-by:] = x[:by]
    return out


def _since(marks: Array) -> Array:
    """Lines since the last marked line before each, row by row; 900 where it is further or there is none."""
    at = np.arange(marks.shape[-1])
    last = np.maximum.accumulate(np.where(marks, at, -1000), axis=-1)
    out = np.full(marks.shape, 900, np.int64)
    out[..., 1:] = at[1:] - last[..., :-1]
    return np.minimum(out, 900)


def _until(marks: Array) -> Array:
    return _since(marks[..., ::-1])[..., ::-1]


def _sum_by(line: Array, value: Array, n: int) -> Array:
    # Sums of integers below 2**53 are exact in float64, in any order.
    return np.bincount(line, value, n).astype(np.int64)


def first_look(score: Array) -> Array:
    """The first look's score as a column of the second."""
    return np.asarray(np.clip(_odds(score) // 2 + 128, 1, 255))


def _odds(score: Array) -> Array:
    """Log odds in steps of 1/32, from -10 to 10."""
    return np.asarray(np.clip(score // 64, -320, 320))


#: Chances of 0..250 for log odds in steps of 1/32 from -10 to 10.
_CHANCE = np.array([int(250 / (1 + 2.718281828459045 ** (-i / 32)) + 0.5) for i in range(-320, 321)], np.int64)


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
        counts = np.bincount(w.line_of_full * cd.CLASSES + w.full_class, minlength=n * cd.CLASSES).reshape(n, cd.CLASSES).T
        self.counts = counts
        self.full = w.full_last - w.full_first
        self.letters = counts[cd.LOWER : cd.OTHER_LETTER + 1].sum(0)
        cjk = counts[cd.HAN] + counts[cd.KANA]
        self.spaceless = cjk + counts[cd.SPACELESS]
        self.first_class = w.full_class[w.full_first]
        self.last_class = w.full_class[w.full_last - 1]
        quoted = (self.last_class == cd.QUOTE) | (self.last_class == cd.BRACKET) | (self.last_class == cd.APOSTROPHE)
        before = w.full_class[np.maximum(w.full_last - 2, w.full_first)]
        closing = np.where(quoted, before, self.last_class)
        self.ends = (closing == cd.STOP) | (closing == cd.MARKS)
        self.half_ends = (closing == cd.ELLIPSIS) | (closing == cd.COLON)
        self.nwords = np.bincount(w.word_line, minlength=n)
        # In scripts without spaces about two characters make a word.
        self.size = self.nwords - (cjk + 1) // 2 + counts[cd.SPACELESS] // 5
        self.word_length = w.word_end - w.word_start
        first = w.cls[w.word_start]
        self.digit = first == cd.DIGIT
        self.capital = first == cd.UPPER
        self.topical = (self.word_length >= 5) | (first == cd.HAN)
        self.function = tables.function_words[w.bucket]
        self.stops = counts[cd.STOP] + counts[cd.MARKS]
        self.prose = (self.size >= 25) | ((self.size >= 8) & self.ends)
        self.long_prose = (self.size >= 15) & (self.stops + counts[cd.COMMA] >= 1) & self.prose
        self.link = (self.size <= 6) & ~self.ends
        self.capitals = self.per_line(self.capital)
        self.functions = self.per_line(self.function)
        # Rows of a table: mostly figures, or cells between tabs or bars. Lines of a program: thick with its marks.
        cells = np.maximum(counts[cd.BAR], w.tabs())
        self.tabular = (counts[cd.DIGIT] * 10 >= 4 * self.full) | (cells >= 3)
        self.code = (counts[cd.CODE] * 100 >= 6 * self.full) & (counts[cd.CODE] >= 2)
        _, self.twin, self.times = np.unique(w.line_hash, return_inverse=True, return_counts=True)
        self.repeats = self.times[self.twin]
        self.key = w.bucket & 0x3FFF

    def per_line(self, mask: Array) -> Array:
        """How many words of each line are marked."""
        return np.bincount(self.words.word_line[mask], minlength=self.n)

    def learned(self, weights: WordWeights) -> tuple[Array, ...]:
        """Sums of weights a line: single words, pairs, the line, all that it says of lines around, how common its words are."""
        w = self.words
        n = self.n
        pair_bucket, pair_line = w.pairs()
        lex = _sum_by(w.word_line, weights.word[w.bucket], n)
        lex_pair = _sum_by(pair_line, weights.pair[pair_bucket], n)
        whole = w.whole()
        around = weights.around[whole].astype(np.int64).T
        few = self.nwords <= SHORT
        short_word, short_pair = few[w.word_line], few[pair_line]
        of_words, of_pairs = weights.around[w.bucket[short_word]], weights.around[pair_bucket[short_pair]]
        word_at, pair_at = w.word_line[short_word], pair_line[short_pair]
        for i in range(len(AROUND)):
            around[i] += _sum_by(word_at, of_words[:, i], n) + _sum_by(pair_at, of_pairs[:, i], n)
        around[:, ~few] = 0
        common = weights.rare[w.bucket]
        rare = _sum_by(w.word_line, common, n)
        return lex, lex_pair, weights.whole[whole].astype(np.int64), around, rare, self.per_line(common > 0)

    def columns(self, weights: WordWeights) -> tuple[list[str], Array]:
        """Names and columns for the first look, but for what :meth:`types` gives."""
        w = self.words
        n = self.n
        c = _Columns(n)
        lines = np.arange(n)
        counts, size, nwords, prose = self.counts, self.size, self.nwords, self.prose
        lex, lex_pair, lex_whole, around, common, known = self.learned(weights)
        lex_all = lex + lex_pair + lex_whole
        ncap, ndigit, nfunction = self.capitals, self.per_line(self.digit), self.functions
        ndate = self.per_line(self.digit & ((self.word_length == 4) | (self.word_length <= 2)))
        in_prose = np.bincount(self.key[prose[w.word_line]], minlength=0x4000)
        topic = self.per_line(self.topical)
        topic_prose = self.per_line(self.topical & (in_prose[self.key] > prose[w.word_line]))

        # -- the line itself
        c.log("words", size)
        c.log("characters", w.end - w.start)
        c.byte("letters per word", np.minimum(self.letters * 16 // np.maximum(nwords, 1), 255))
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
        c.log([name for name, _ in MARKS], counts[[which for _, which in MARKS]])
        c.share("no spaces between words", self.spaceless, self.letters)
        c.log("repeats", self.repeats)
        c.share("topic words share", topic_prose, topic)
        c.log("topic words", topic_prose)
        c.share("words known", known, nwords)
        c.byte("words common", np.minimum(common // np.maximum(nwords, 1), 255))
        c.signed("word weights", lex_all, 16)
        c.signed("word weights mean", lex_all * 4 // np.maximum(nwords, 1), 8)
        c.signed("single word weights", lex * 4 // np.maximum(nwords, 1), 8)

        # -- around it
        ended = self.ends + 2 * prose
        base = np.empty((16, n), np.int64)
        for i, row in enumerate((
            1, size, np.where(prose, size, 0), prose, self.link, nfunction, ncap, nwords, self.repeats > 1,
            np.clip(lex_all, -400, 400), topic, topic_prose, np.minimum(ndate, 1), known, ndigit,
            np.minimum(counts[cd.BAR] + counts[cd.ARROW], 1),
        )):  # fmt: skip
            base[i] = row
        total = _running(base)
        beside = ["-1", "+1"]
        near = np.zeros((len(base) + 1, 2, n), np.int64)
        near[:-1, 0, 1:], near[:-1, 1, :-1] = base[:, :-1], base[:, 1:]
        near[-1, 0, 1:], near[-1, 1, :-1] = ended[:-1], ended[1:]
        near[-1, 0, 0] = near[-1, 1, -1] = 4  # no line there
        c.log([f"words {name}" for name in beside], near[1])
        c.byte([f"ends a sentence {name}" for name in beside], near[-1])
        c.share([f"capitalised words {name}" for name in beside], near[6], near[7])
        c.share([f"topic words {name}" for name in beside], near[11], near[10])
        c.signed([f"word weights {name}" for name in beside], np.stack([_next_to(lex_all, -1, 0), _next_to(lex_all, 1, 0)]), 16)
        windows = np.empty((len(base), len(WINDOWS), n), np.int64)
        for i, (a, b) in enumerate(WINDOWS):
            windows[:, i] = _window(total, a, b)
        k, v, pv, _, _, fn, cap, nws, rp, lx, tp, tpp, date, kn = windows[:14]
        k1 = np.maximum(k, 1)
        every = [f"{a:+d}..{b:+d}" for a, b in WINDOWS]
        c.log([f"words {name}" for name in every], v * 4 // k1)
        c.signed([f"word weights {name}" for name in every], lx * 2 // k1, 8)
        for name, part, whole in (("topic words", tpp, tp), ("prose share", pv, v)):
            c.share([f"{name} {w}" for w in every], part, whole)
        for name, part, whole in (
            ("function words", fn, nws), ("repeats", rp, k), ("capitalised words", cap, nws), ("known words", kn, nws), ("dates", date, k),
        ):  # fmt: skip
            c.share([f"{name} {w}" for w in every[2:]], part[2:], whole[2:])
        running = _running(around)
        for i, (a, b) in enumerate(AROUND):
            # What lines a..b below it tell of a line comes from the lines above: -b..-a.
            up = a > 0
            told = np.empty((4, n), np.int64)
            told[0] = _next_to(around[i], -1 if up else 1, 0)
            for j, far in enumerate((4, 12, 40), 1):
                told[j] = _window(running[i], -far, -1) if up else _window(running[i], 1, far)
            side = f"headings {'above' if up else 'below'} ({max(abs(a), abs(b))})"
            c.signed([f"{side}, {far} lines" for far in (1, 4, 12, 40)], told, 4)

        # -- lines of the same make
        self.make = (
            np.minimum(size, 3) + 4 * (size > 7) + 8 * (size > 20) + 16 * self.ends + 32 * (ndigit > 0)
            + 64 * (self.first_class == cd.UPPER)
            + 128 * (self.first_class == cd.DIGIT) + 256 * (counts[cd.BAR] > 0) + 512 * (counts[cd.CURRENCY] > 0)
        )  # fmt: skip
        for lag in (1, 2):
            same = np.zeros(n, np.int64)
            if n > lag:
                same[:-lag] = self.make[:-lag] == self.make[lag:]
            c.byte(f"same make, period {lag}", _window(_running(same), -6, 6 - lag))
        change = np.zeros(n, np.int64)
        change[1:] = np.abs(np.diff(size)) * 8 // np.maximum(np.maximum(size[1:], size[:-1]), 1)
        c.byte("length unlike the line before", change)
        c.log("length unlike lines around", _window(_running(change), -4, 5))

        # -- distances
        marks = np.stack([prose, self.long_prose, self.ends])
        c.log([f"since {name}" for name in ("prose", "long prose", "sentence end")], _since(marks))
        c.log([f"until {name}" for name in ("prose", "long prose", "sentence end")], _until(marks))
        outer = np.flatnonzero(self.long_prose if self.long_prose.any() else prose)
        top, bottom = (int(outer[0]), int(outer[-1])) if outer.size else (n, -1)
        c.log("lines before the first prose", np.maximum(top - lines, 0))
        c.log("lines after the last prose", np.maximum(lines - bottom, 0))
        so_far = _sums(total)
        c.share("prose above", so_far[2, :-1], so_far[2, -1:])
        c.share("words above", so_far[1, :-1], so_far[1, -1:])
        c.share("place", lines, np.array([n]))
        c.log("lines from the top", lines)
        c.log("lines from the bottom", n - 1 - lines)
        for penalty in PENALTIES:
            _block(c, f"block {penalty}", np.where(prose, size, -penalty), so_far[1])

        # -- the page
        sums = so_far[:, -1].tolist()
        c.page("lines", int(log8(np.array(n))))
        c.page("words", int(log8(np.array(sums[1] // 8))))
        for name, part, of in (
            ("prose share", 2, 1), ("prose lines", 3, 0), ("short lines", 4, 0), ("function words", 5, 7),
            ("capitalised words", 6, 7), ("numbers", 14, 7), ("repeats", 8, 0),
            ("topic words", 11, 10), ("separators", 15, 0), ("known words", 13, 7),
        ):  # fmt: skip
            c.page(name, _share(sums[part], sums[of]))
        c.page("longest line", int(log8(size.max())))
        c.page("word weights", int(signed8(np.array(sums[9] * 2 // n), 8)))
        c.page("money", _share(int((counts[cd.CURRENCY] > 0).sum()), n))
        return c.done()

    def types(self, table: Array) -> Array:
        """What the page's words say of its type: a row for each of ``TYPE_NAMES``, the same for all lines.

        ``table``: learned weights, (buckets, types) of whole numbers.
        """
        times = np.bincount((self.words.hash >> np.uint64(64 - TYPE_BITS)).astype(np.int64), minlength=1 << TYPE_BITS)
        there = np.flatnonzero(times)
        often = 1 + (times[there] >= 4)
        total = (table[there].astype(np.int64) * often[:, None]).sum(0)
        value = np.floor(total * TYPE_SCALE / np.sqrt(float(max(1, often.sum())))) + 128
        return np.repeat(np.clip(value, 0, 255).astype(np.uint8)[:, None], self.n, axis=1)

    def second(self, score: Array) -> tuple[list[str], Array]:
        """Columns for the second look: what the first says of the line and of those around it.

        ``score``: the first look's, in units of ``1 / UNIT`` log odds. Call :meth:`columns` before.
        """
        w = self.words
        n = self.n
        c = _Columns(n)
        lines = np.arange(n)
        odds = _odds(score.astype(np.int64))
        chance = _CHANCE[odds + 320]
        weight = self.nwords + 1
        content = weight * chance
        likely, sure, out = chance > 125, chance > 225, chance < 25
        look = first_look(score.astype(np.int64))
        c.byte("first look", look)
        # Among lines of the same text, and lines of the same make.
        best = np.zeros(self.times.size, np.int64)
        np.maximum.at(best, self.twin, chance)
        c.byte("best of its twins", best[self.twin])
        alike = np.bincount(self.make)
        c.byte("mean of its make", (_sum_by(self.make, chance, alike.size) // np.maximum(alike, 1))[self.make])
        c.log("lines of its make", alike[self.make])
        # Words that also stand in likely lines.
        inside = np.bincount(self.key[likely[w.word_line]], minlength=0x4000)
        found = self.topical & (inside[self.key] > likely[w.word_line])
        c.share("words of likely lines", self.per_line(found), self.per_line(self.topical))
        base = np.stack([np.ones(n, np.int64), weight, content, chance, likely, out])
        total = _running(base)
        for a in (-3, -2, -1, 1, 2, 3):
            c.byte(f"first look {a:+d}", _next_to(look, a, 0))
        windows = np.empty((len(base), len(LOOK_WINDOWS), n), np.int64)
        for i, (a, b) in enumerate(LOOK_WINDOWS):
            windows[:, i] = _window(total, a, b)
        k, v, cv, ch, _, ou = windows
        every = [f"{a:+d}..{b:+d}" for a, b in LOOK_WINDOWS]
        c.share([f"content share {name}" for name in every[:4]], cv[:4], v[:4] * 250)
        c.byte([f"mean look {name}" for name in every], np.where(k > 0, ch // np.maximum(k, 1), 255))
        c.share([f"unlikely lines {name}" for name in every], ou, k)
        marks = np.stack([likely, sure, out])
        c.log([f"since {name}" for name in ("likely", "sure", "out")], _since(marks))
        c.log([f"until {name}" for name in ("likely", "sure", "out")], _until(marks))
        so_far = _sums(total)
        everything = so_far[2, -1:]
        c.share("content above", so_far[2, :-1], everything)
        c.share("content below", everything - so_far[2, 1:], everything)
        for name, level in (("half", 125), ("low", 60)):
            _block(c, f"likely block {name}", (chance - level) * weight // 25, so_far[1], edges=False)
        all_words = int(so_far[1, -1])
        c.page("content share", _share(int(everything[0]), all_words * 250))
        c.page("content words", int(log8(everything[0] // 2000)))
        for name, mark in (("sure words", sure), ("undecided words", ~out & ~sure)):
            c.page(name, _share(int(weight[mark].sum()), all_words))
        c.page("likely lines", _share(int(so_far[4, -1]), n))
        c.page("best", int(chance.max()))
        rank = np.empty(n, np.int64)
        rank[np.argsort(-odds, kind="stable")] = lines
        c.share("rank", rank, np.array([n]))
        return c.done()


def _block(c: _Columns, name: str, worth: Array, words_so_far: Array, *, edges: bool = True) -> None:
    """Where a line stands to the run of lines that is worth most; with ``edges``, how many lines from its start and end."""
    n = worth.size
    lines = np.arange(n)
    s = _sums(_running(worth))
    end = int(np.argmax(s - np.minimum.accumulate(s)))
    start = int(np.argmin(s[: end + 1]))
    c.byte(f"{name}: inside", (lines >= start) & (lines < end))
    if edges:
        c.log(f"{name}: lines above", np.maximum(start - lines, 0))
        c.log(f"{name}: to its end", np.maximum(end - 1 - lines, 0))
    c.log(f"{name}: lines below", np.maximum(lines - end + 1, 0))
    away = np.maximum(words_so_far[start] - words_so_far[1:], words_so_far[:-1] - words_so_far[end])
    c.log(f"{name}: words away", np.maximum(away, 0))
    c.log(f"{name}: from its start", np.maximum(lines - start, 0))
    c.page(f"{name}, share", _share(int(words_so_far[end] - words_so_far[start]), int(words_so_far[-1])))
