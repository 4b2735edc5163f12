"""The model of the profile ``page``: which lines of a dumped page are its main content.

Two looks at a page, each by a forest of symmetric trees: the first sees the lines and what stands
around them (:mod:`cleaner.page.features`), the second also what the first made of the neighbours.
A table fitted on pages of other sites turns the score into a probability. All is whole numbers
until then: the same text gives the same result everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Any

import numpy as np

from cleaner.page import chardata as cd
from cleaner.page.features import TYPE_NAMES, Page, Tables, WordWeights, first_look, type_table
from cleaner.page.trees import UNIT, Trees

Array = np.ndarray[Any, Any]

#: The levels of ``keep``: shares of the content words that stay on pages like those of the calibration.
KEEPS = (0.9995, 0.999, 0.99, 0.95)
#: Parts of a probability: ``Look.chance`` counts in these.
PARTS = 100_000
#: Steps of the calibration table: one is a 32nd of a log odd, from -10 to 10.
STEP = 64
CALIBRATION = np.arange(-320, 321) * STEP

#: Chances above which, in one scenario each, everything is content; and the weight of such scenarios.
SCENARIOS = (np.arange(40) * 2 + 1) * PARTS // 80
TOGETHER = 0.85

# What the model has not learned from, see :func:`unknown`; shares in hundredths of the words.
FEWEST_LINES = 5
FEWEST_WORDS = 40
FEWEST_PROSE = 20
CODE = 25
TABLE = 40
VERSE_LINES = 12
_VERSE_ENDS = np.zeros(cd.CLASSES, bool)
_VERSE_ENDS[[cd.STOP, cd.MARKS, cd.COMMA, cd.SEMICOLON, cd.COLON, cd.DASH, cd.ELLIPSIS, cd.QUOTE]] = True


@dataclass(frozen=True)
class Look:
    """What the model sees in a text; one entry a line that is not blank."""

    start: Array
    """First character of each line, an offset into the text; white space left out."""
    end: Array
    """One past its last character."""
    words: Array
    """Words in it, as :mod:`cleaner.page.features` counts them."""
    score: Array
    """Log odds that it is content, in units of ``1 / 2048``, not calibrated."""
    chance: Array
    """Calibrated probability that it is content, in parts of ``PARTS``."""
    unknown: str
    """Why the model knows no such page (``no prose``, ``short`` …); empty where it does."""

    @property
    def probability(self) -> Array:
        """``chance`` as numbers from 0 to 1."""
        return np.asarray(self.chance / PARTS)


class PageModel:
    """The weights and what they say of texts. Safe to share between threads."""

    def __init__(self, packed: Mapping[str, Array], card: Mapping[str, Any]) -> None:
        """``packed``: arrays as :func:`load` reads them from ``weights.npz``; ``card``: the model card."""
        self.card = dict(card)
        self.version = str(card["version"])
        self.tables = Tables(packed)
        self.weights = WordWeights.unpack(packed)
        self.types = type_table(packed["types"])
        # Trees name columns by number; the numbers are those of the code that they were learned with.
        first, second = column_names()
        typical = dict(zip(card["columns"]["second"], packed["typical"].tolist(), strict=True))
        #: A usual line of content, column by column.
        self.typical = np.array([typical[n] for n in second], np.uint8)
        self.first = Trees.unpack(packed, "first").renumbered([first.index(n) for n in card["columns"]["first"]])
        self.second = Trees.unpack(packed, "second").renumbered([second.index(n) for n in card["columns"]["second"]])
        self.names = second
        self.calibration = packed["calibration"].astype(np.int64)
        self.keeps = {float(k): float(v) for k, v in card["keep"].items()}

    def look(self, text: str) -> Look:
        """Score every line of ``text``."""
        page = Page(text, self.tables)
        if not page.n:
            none = np.zeros(0, np.int64)
            return Look(none, none, none, none, none, "empty")
        second = self.columns(page)
        score = self.second.score(second).astype(np.int64)
        chance = self.calibration[np.clip(score // STEP + 320, 0, 640)]
        return Look(page.words.start, page.words.end, page.nwords, score, chance, unknown(page))

    def columns(self, page: Page) -> Array:
        """What the second look sees of a page, (features, lines): what it adds, then what the first saw."""
        first = page.columns(self.weights)
        looks = len(self.names) - len(first) - len(TYPE_NAMES)
        out = np.empty((len(self.names), page.n), np.uint8)
        first.fill(out[looks:])
        out[looks + len(first) :] = page.types(self.types)
        page.second(self.first.score(out[looks:])).fill(out)
        return out

    def goes(self, look: Look, keep: float | None) -> Array:
        """Which lines go, one bool each; none where the page is unknown.

        ``keep``: the share of content words that is to stay, one of :data:`KEEPS`; None: the choice
        with the best expected F1 on this page. Raises ValueError for another number.
        """
        self.check_keep(keep)
        if look.unknown:
            return np.zeros(look.start.size, bool)
        goes = look.chance < best_threshold(look.chance, look.words)
        if keep is not None:
            goes &= prices(look.chance, look.words) < self.keeps[keep]
        return np.asarray(goes)

    def explain(self, text: str, line: int, most: int = 5) -> list[tuple[str, float]]:
        """What weighed most against line number ``line`` (of those not blank): features, and log odds each.

        A feature's weight is what the line's log odds would gain if it were as in a usual line of content.
        """
        columns = self.columns(Page(text, self.tables))
        looks = len(self.names) - len(column_names()[0])
        x = np.repeat(columns[:, line : line + 1], len(self.names) + 1, axis=1)
        swap = np.arange(len(self.names))
        x[swap, swap] = self.typical
        # With a feature of the line the first look at it changes, too.
        x[self.names.index("first look"), looks:-1] = first_look(self.first.score(x[looks:, looks:-1]).astype(np.int64))
        score = self.second.score(x)
        gain = (score[:-1] - score[-1]) / UNIT
        order = np.argsort(-gain, kind="stable")[:most]
        return [(self.names[i], -round(float(gain[i]), 1)) for i in order if gain[i] > 0.05]

    def check_keep(self, keep: float | None) -> None:
        """Raise ValueError where ``keep`` is not one of the levels."""
        if keep is not None and keep not in self.keeps:
            raise ValueError(f"there is no level keep={keep}; choose one of {', '.join(map(str, KEEPS))}")


def prices(chance: Array, words: Array) -> Array:
    """The price from which on each line's going adds more to the expected F1 of the page than the content at risk costs.

    Of a page of ``k`` words, ``g`` of them expected to be content, each word of boilerplate that goes
    adds about ``2g / (k + g)²`` to its F1. A line goes where that, times the price, is more than the odds
    that it is content: on a long page, which counts as one page but risks more words, it takes surer lines.
    """
    total = float(words.sum())
    content = float((words * chance).sum()) / PARTS
    return np.asarray(chance / (PARTS - chance) * max(1.0, (total + content) ** 2) / max(2.0 * content, 1e-9))


def unknown(page: Page) -> str:
    """Why the model knows no such page, in a word or two; empty where it does.

    The bounds leave out what the pages of the calibration hardly had (fewer than one in a hundred each).
    """
    size = page.size
    words = int(size.sum())
    if page.n < FEWEST_LINES or words < FEWEST_WORDS:
        return "short"
    letters = int(page.letters.sum())
    unseen = page.counts[[cd.HANGUL, cd.SPACELESS, cd.RTL, cd.OTHER_LETTER]].sum()
    if unseen * 10 > letters * 3:
        return "script"
    if size[page.code].sum() * 100 > words * CODE:
        return "code"
    if size[page.tabular].sum() * 100 > words * TABLE:
        return "table"
    if size[page.prose].sum() < FEWEST_PROSE:
        return "no prose"
    if verse(page):
        return "verse"
    return ""


def verse(page: Page) -> bool:
    """Whether a long run of lines reads like verse: short, in running language, often with a mark at the end."""
    short = np.zeros(page.n + 2, bool)
    short[1:-1] = (page.size >= 3) & (page.size <= 12) & (page.functions >= 1) & (page.capitals * 2 <= page.nwords)
    edges = np.flatnonzero(short[1:] != short[:-1])
    starts, ends = edges[::2], edges[1::2]
    long = np.flatnonzero(ends - starts >= VERSE_LINES)
    marked = _VERSE_ENDS[page.last_class]
    return any(marked[a:b].sum() * 3 >= b - a for a, b in zip(starts[long].tolist(), ends[long].tolist(), strict=True))


def best_threshold(chance: Array, words: Array) -> int:
    """The chance from which on lines stay, for the best expected F1 of words on a page.

    Lines of a page are content together or not at all more often than chances that were independent
    would have it, so most of the weight (``TOGETHER``) is on scenarios in which all lines above some chance
    are content and no others; with ``k`` words kept and ``g`` content words in one, its F1 is
    ``2 min(k, g) / (k + g)``. The rest is on what independent chances give.
    """
    steps = np.unique(chance[:: max(1, chance.size // 64)])
    order = np.argsort(chance, kind="stable")
    ranked = chance[order]
    below = np.concatenate([[0], np.cumsum(words[order])])
    inside = np.concatenate([[0], np.cumsum((words * chance)[order])])
    kept = (below[-1] - below[np.searchsorted(ranked, steps)]).astype(np.float64)
    content = (inside[-1] - inside[np.searchsorted(ranked, steps)]).astype(np.float64)
    gold = (below[-1] - below[np.searchsorted(ranked, SCENARIOS)]).astype(np.float64)
    pair = np.maximum(kept[:, None] + gold, 1.0)
    together = np.zeros(steps.size)
    for column in np.minimum(kept[:, None], gold).T / pair.T:  # in a fixed order
        together += column
    alone = content / np.maximum(kept * PARTS + inside[-1], 1.0)
    expected = TOGETHER * together / SCENARIOS.size + (1 - TOGETHER) * alone
    return int(steps[int(np.argmax(expected))])


@lru_cache(maxsize=1)
def column_names() -> tuple[list[str], list[str]]:
    """Names of the columns of the first and the second look, in the order of the code."""
    nothing: dict[str, Array] = {
        "class_starts": np.array([0]), "class_values": np.array([cd.LOWER]), "lower_from": np.array([0]), "lower_to": np.array([0]),
    }  # fmt: skip
    page = Page("a", Tables(nothing))
    first = [*page.columns(WordWeights.none()).names(), *TYPE_NAMES]
    return first, [*page.second(np.zeros(1, np.int64)).names(), *first]


@lru_cache(maxsize=1)
def load() -> PageModel:
    """The model that ships with the package. Raises ValueError where none does."""
    folder = files("cleaner.page")
    if not (folder / "weights.npz").is_file():
        raise ValueError("the profile 'page' has no weights yet: learn them with benchmarks/page_model.py, or use 'thorough'")
    with np.load(BytesIO((folder / "weights.npz").read_bytes()), allow_pickle=False) as packed:
        arrays = {name: packed[name] for name in packed.files}
    return PageModel(arrays, json.loads((folder / "card.json").read_text(encoding="utf-8")))
