#!/usr/bin/env python3
"""Train, cross-validate, calibrate and describe the model of the profile ``page``.

    python benchmarks/page_model.py --data DIR              all of it, into cleaner/page/
    python benchmarks/page_model.py --data DIR --cross-only the figures alone, from the folds of an earlier run

DIR holds ``*.jsonl.gz``, a page a line: ``{id, url, lang, type, gold, views: {dump: [[line, label], …], …}}``
with the labels ``c`` content, ``b`` boilerplate, ``u`` unsure. Nothing of the pages' text is kept: the
file of weights has sums over hashed words that at least ``--sites`` sites share, and trees.

All is cross-validated by site: no model is measured on a site of which it has seen a page. The
folds are nested: the second look learns from scores that the first gave to sites it did not know,
and the first from word weights that were learned on other sites.

Needs the extra ``page-train`` (catboost, scikit-learn, scipy, tld).
"""

from __future__ import annotations

import argparse
import collections
import gzip
import json
import pickle
import random
import re
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cleaner.page import chardata
from cleaner.page.features import AROUND, SHORT, TYPE_BITS, TYPES, WORD_BITS, Page, Tables, Words, WordWeights, type_table
from cleaner.page.model import CALIBRATION, KEEPS, PARTS, STEP, Look, PageModel, best_threshold, column_names, prices
from cleaner.page.trees import UNIT, Trees
from cleaner.pipeline import MOST_LOOKS, Cleaner
from cleaner.rules import RuleSet
from cleaner.rules import load as load_rules

Array = np.ndarray[Any, Any]
ROOT = Path(__file__).resolve().parent.parent

FOLDS = 5
BUCKETS = 1 << WORD_BITS
#: News are few among the pages, and what most people have.
FILE_WEIGHT = {"articles": 3.0, "news": 3.0}
#: A line weighs as this power of its words.
POWER = 0.6


@dataclass
class Settings:
    """What costs time; the test of the pipeline has small ones."""

    rows: int = 150_000
    """Lines that a forest learns from, drawn by weight."""
    trees: int = 300
    rate: float = 0.12
    depth: int = 6
    sites: int = 5
    """A word counts where so many sites have it."""
    heading_rows: int = 80_000
    jobs: int = 2
    say: Callable[[str], None] = print


# -- data

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")


def words(text: str) -> list[str]:
    """The words that F1 counts; a Chinese or Japanese character is one."""
    return _WORD.findall(text.casefold())


def f1(predicted: collections.Counter[str], gold: collections.Counter[str]) -> float:
    """F1 of two bags of words."""
    size = predicted.total() + gold.total()
    return 2 * (predicted & gold).total() / size if size else 1.0


@dataclass
class Sample:
    """A page, or something made of one, with what each line that is not blank should be."""

    text: str
    wanted: Array
    """How much of each line is content, 0 to 1."""
    fold: int
    site: int
    type: str
    file: str
    weight: float = 1.0
    made: str = ""
    """How it was made of a page; empty for the page itself."""
    id: str = ""
    lang: str = ""
    lines: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    gold: str = ""
    views: dict[str, str] = field(default_factory=dict)


def read(folder: Path, limit: int = 0) -> list[Sample]:
    """All pages with a dump in ``folder``."""
    raw = []
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as f:
            for n, record in enumerate(f):
                if limit and n >= limit:
                    break
                d = json.loads(record)
                if any(shows(line) for line, _ in d["views"].get("dump", [])):
                    raw.append((path.name.split(".")[0], d))
    names = [site_of(file, d) for file, d in raw]
    sites = {name: i for i, name in enumerate(sorted(set(names)))}
    order = list(range(len(sites)))
    random.Random(0).shuffle(order)
    samples = []
    for (file, d), name in zip(raw, names, strict=True):
        lines = [line for line, _ in d["views"]["dump"] if shows(line)]
        labels = [label for line, label in d["views"]["dump"] if shows(line)]
        site = sites[name]
        samples.append(
            Sample(
                "\n".join(lines), soft_labels(lines, labels, d["gold"]), order[site] % FOLDS, site, d["type"], file,
                FILE_WEIGHT.get(file, 1.0), "", d["id"], d.get("lang") or "", lines, labels, d["gold"],
                {v: "\n".join(line for line, _ in ls) for v, ls in d["views"].items() if v != "dump"},
            )
        )  # fmt: skip
    return samples


def shows(line: str) -> bool:
    """Whether a line holds more than white space and invisible characters: the model sees no others."""
    return any(not c.isspace() and unicodedata.category(c) != "Cf" for c in line)


def site_of(file: str, d: dict[str, Any]) -> str:
    """The registered domain; for news the publisher, who may have several; the page itself where nothing is known."""
    from urllib.parse import urlsplit

    from tld import get_tld

    if file == "news":
        return "news/" + re.sub(r"_\d{4}_\d\d_\d\d.*", "", d["id"].split("/")[-1])
    found = get_tld(d["url"], as_object=True, fail_silently=True, fix_protocol=True) if d["url"] else None
    return found.fld if found else urlsplit(d["url"] or "").netloc or d["id"]


def soft_labels(lines: Sequence[str], labels: Sequence[str], gold: str) -> Array:
    """1 for content, 0 for boilerplate; for unsure lines the share of their words that the gold text still wants."""
    bags = [collections.Counter(words(line)) for line in lines]
    wanted = collections.Counter(words(gold))
    for bag, label in zip(bags, labels, strict=True):
        if label == "c":
            wanted.subtract(bag)
    unsure: collections.Counter[str] = collections.Counter()
    for bag, label in zip(bags, labels, strict=True):
        if label == "u":
            unsure.update(bag)
    out = np.zeros(len(lines))
    for i, (bag, label) in enumerate(zip(bags, labels, strict=True)):
        if label == "c":
            out[i] = 1
        elif label == "u" and bag:
            out[i] = sum(k * min(1.0, max(0, wanted[w]) / unsure[w]) for w, k in bag.items()) / bag.total()
    return out


def made_from(samples: Sequence[Sample]) -> list[Sample]:
    """More to learn from: pages that were partly cleaned already, pages in scripts that the data lack."""
    out = []
    for n, s in enumerate(samples):
        draw = random.Random(f"{n} {s.id}")
        if draw.random() < 0.5:
            keep_rest = draw.choice((0.0, 0.05, 0.15, 0.4))
            kept, on = [], True
            for i, y in enumerate(s.wanted):
                if i == 0 or y >= 0.5 or s.wanted[i - 1] >= 0.5 or draw.random() < 0.2:
                    on = draw.random() < keep_rest
                if y >= 0.5 or on:
                    kept.append(i)
            if kept:
                out.append(_variant(s, [s.lines[i] for i in kept], s.wanted[kept], "cleaned", 0.4))
        if draw.random() < 0.2:
            script = draw.choice(sorted(SCRIPTS))
            out.append(_variant(s, [foreign(line, script) for line in s.lines], s.wanted, script, 0.3))
    return out


def _variant(s: Sample, lines: list[str], wanted: Array, made: str, weight: float) -> Sample:
    keep = [i for i, line in enumerate(lines) if line.strip()]
    lines = [lines[i] for i in keep]
    return Sample("\n".join(lines), wanted[keep], s.fold, s.site, s.type, s.file, s.weight * weight, made, s.id, s.lang, lines)


SCRIPTS = {
    "Cyrillic": "абцдефгхийклмнопярстувжъыз",
    "Greek": "αβψδεφγηιξκλμνοπϟρστθωςχυζ",
    "Arabic": "ابثدهفغحيجكلمنوبقرستعشوخيز",
    "Hebrew": "אבצדהפגחיזכלמנופקרסטעוששיז",
    "Han": "",
}


def foreign(line: str, script: str) -> str:
    """The line in another script: letter by letter, or for Han every word as one to four characters, without spaces.

    Its words mean nothing; what is left is what any language has: lengths, marks, figures, repeats.
    """
    if script == "Han":
        def characters(m: re.Match[str]) -> str:
            word = m[0].lower()
            seed = sum(ord(c) * 31**i for i, c in enumerate(word))
            return "".join(chr(0x4E00 + (seed * (i + 7)) % 4000) for i in range(min(4, (len(word) + 2) // 3)))

        line = re.sub(r"[^\W\d_]+", characters, line)
        line = re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", "", line)
        return re.sub(r"\.(?: |$)", "。", line).replace(", ", "，").replace("?", "？")
    letters = SCRIPTS[script]
    table = {97 + i: letters[i % len(letters)] for i in range(26)}
    table |= {65 + i: letters[i % len(letters)].upper() for i in range(26)}
    return line.translate(table)


# -- words

class Lexicon:
    """Design matrices over hashed words, made once; weights for any choice of folds."""

    def __init__(self, samples: Sequence[Sample], tables: Tables, settings: Settings) -> None:
        import scipy.sparse as sp

        self.samples = samples
        self.settings = settings
        rows, columns, owner, short = [], [], [], []
        type_rows, type_columns, type_values = [], [], []
        at = 0
        for k, s in enumerate(samples):
            w = Words(tables, s.text)
            pairs, pair_line = w.pairs()
            rows += [w.word_line + at, pair_line + at, np.arange(w.n) + at]
            columns += [w.bucket, pairs + BUCKETS, w.whole() + 2 * BUCKETS]
            owner.append(np.full(w.n, k))
            short.append(np.bincount(w.word_line, minlength=w.n) <= SHORT)
            kinds, times = np.unique((w.hash >> np.uint64(64 - TYPE_BITS)).astype(np.int64), return_counts=True)
            type_rows.append(np.full(kinds.size, k))
            type_columns.append(kinds)
            type_values.append(1.0 + (times >= 4))
            at += w.n
        r, c = np.concatenate(rows), np.concatenate(columns)
        self.x = sp.csr_matrix((np.ones(r.size, np.float32), (r, c)), shape=(at, 3 * BUCKETS))
        self.x.data[:] = np.minimum(self.x.data, 2)
        self.owner = np.concatenate(owner)
        self.site = np.array([s.site for s in samples])[self.owner]
        self.fold = np.array([s.fold for s in samples])[self.owner]
        self.y = np.concatenate([s.wanted for s in samples])
        self.weight = np.concatenate([line_weights(s, tables, 0.5) for s in samples])
        self.types = sp.csr_matrix(
            (np.concatenate(type_values), (np.concatenate(type_rows), np.concatenate(type_columns))), shape=(len(samples), 1 << TYPE_BITS)
        )
        self.short = sp.diags(np.concatenate(short).astype(np.float32)) @ self.x
        self.short.eliminate_zeros()
        self.short.data[:] = 1

    def without(self, fold: int) -> dict[str, Array]:
        """Arrays of word weights that were learned without a fold."""
        train = np.flatnonzero(self.fold != fold)
        word, pair, whole, rare = self._lines(train)
        return {
            "word": word, "pair": pair, "whole": whole, "rare": rare,
            "around": self._around(train), "types": self._types(np.array([s.fold for s in self.samples]) != fold),
        }  # fmt: skip

    def _sites_of(self, x: Any, rows: Array) -> Array:
        c = x[rows].tocoo()
        seen = np.unique(c.col.astype(np.int64) * (1 << 20) + self.site[rows][c.row])
        return np.bincount(seen >> 20, minlength=x.shape[1])

    def _lines(self, train: Array) -> tuple[Array, ...]:
        import scipy.sparse as sp

        sites = self._sites_of(self.x, train)
        keep = np.flatnonzero(sites >= self.settings.sites)
        y, w = self.y[train], self.weight[train]
        w = w / w.mean()
        x = self.x[train][:, keep]
        part = (y > 0) & (y < 1)
        model = _regression(0.01, 60)
        model.fit(
            sp.vstack([x, x[part]]), np.r_[y > 0, np.zeros(part.sum(), bool)],
            sample_weight=np.r_[w * np.where(part, y, 1), (w * (1 - y))[part]],
        )  # fmt: skip
        out = np.zeros(3 * BUCKETS, np.int8)
        out[keep] = np.clip(np.round(model.coef_[0] * 16), -127, 127)
        n = np.unique(self.site[train]).size
        common = np.zeros(BUCKETS, np.uint8)
        many = sites[:BUCKETS] >= self.settings.sites
        common[many] = np.clip(np.round(255 * np.log(sites[:BUCKETS][many]) / np.log(max(n, 2))), 1, 255)
        return out[:BUCKETS], out[BUCKETS : 2 * BUCKETS], out[2 * BUCKETS :], common

    def _around(self, train: Array) -> Array:
        """Weights of words in short lines for the lines near them."""
        import scipy.sparse as sp

        sites = self._sites_of(self.short, train)
        keep = np.flatnonzero(sites >= 2 * self.settings.sites)
        x = self.short[:, keep].tocsr()
        n = self.x.shape[0]
        draw = np.random.RandomState(0)
        chance = self.weight[train] ** 0.75
        pick = np.sort(draw.choice(train, min(self.settings.heading_rows, train.size), replace=False, p=chance / chance.sum()))
        out = np.zeros((3 * BUCKETS, len(AROUND)), np.int8)
        if not keep.size:
            return out[:BUCKETS]
        for i, (a, b) in enumerate(AROUND):
            rows, near = [], []
            for d in range(a, b + 1):
                j = pick - d
                inside = (j >= 0) & (j < n)
                inside[inside] &= self.owner[j[inside]] == self.owner[pick[inside]]
                rows.append(np.flatnonzero(inside))
                near.append(j[inside])
            band = sp.csr_matrix((np.ones(sum(map(len, rows)), np.float32), (np.concatenate(rows), np.concatenate(near))), shape=(pick.size, n))
            m = band @ x
            m.data[:] = np.minimum(m.data, 2)
            w = self.weight[pick] ** 0.25
            model = _regression(0.003, 40)
            model.fit(m, self.y[pick] >= 0.5, sample_weight=w / w.mean())
            out[keep, i] = np.clip(np.round(model.coef_[0] * 64), -127, 127)
        together = out.reshape(3, BUCKETS, len(AROUND)).astype(np.int16).sum(0)
        return np.asarray(np.clip(together, -127, 127), np.int8)

    def _types(self, train: Array) -> Array:
        import scipy.sparse as sp

        sites = np.asarray((self.types[train] > 0).sum(0)).ravel()
        keep = np.flatnonzero(sites >= 3 * self.settings.sites)
        x = self.types[train][:, keep]
        total = np.asarray(self.types[train].sum(1)).ravel()
        y = np.array([TYPES.index(s.type) for s in self.samples])[train]
        w = np.array([1 / s.weight for s in self.samples])[train]
        out = np.zeros((1 << TYPE_BITS, len(TYPES)), np.int8)
        if np.unique(y).size < 2 or not keep.size:
            return out
        model = _regression(10, 40)
        model.fit(sp.diags(1 / np.sqrt(np.maximum(total, 1))) @ x, y, sample_weight=w)
        weights = model.coef_ if len(model.classes_) > 2 else np.vstack([-model.coef_[0], model.coef_[0]])
        weights = weights - weights.mean(0)
        for row, number in zip(weights, model.classes_, strict=True):
            out[keep, number] = np.clip(np.round(row * 16), -127, 127)
        return out


def _regression(c: float, steps: int) -> Any:
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    warnings.simplefilter("ignore", ConvergenceWarning)  # stopping early is meant: it regularises
    return LogisticRegression(C=c, max_iter=steps)


def line_weights(s: Sample, tables: Tables, power: float) -> Array:
    """Weights of a sample's lines; they add up to the sample's."""
    w = Words(tables, s.text)
    size = np.maximum(np.bincount(w.word_line, minlength=w.n), 1) ** power
    return np.asarray(size / size.sum() * s.weight)


# -- trees

class Rows:
    """The lines that forests learn from, drawn by weight, and the weight that makes up for the drawing."""

    def __init__(self, samples: Sequence[Sample], tables: Tables, rows: int) -> None:
        every = np.concatenate([line_weights(s, tables, POWER) for s in samples])
        odds = every**0.75
        low, high = 0.0, 1e12
        for _ in range(200):
            middle = (low + high) / 2
            low, high = (middle, high) if np.minimum(1, odds * middle).sum() < rows else (low, middle)
        share = np.minimum(1, odds * low)
        self.at = np.flatnonzero(np.random.RandomState(1).rand(every.size) < share)
        self.weight = (every / np.maximum(share, 1e-12))[self.at]


def grow(x: Array, y: Array, weight: Array, settings: Settings) -> Trees:
    """A forest that tells content from the rest; ``x``: (columns, lines), bytes."""
    from catboost import CatBoostClassifier, Pool

    model = CatBoostClassifier(
        iterations=settings.trees, depth=settings.depth, learning_rate=settings.rate, loss_function="CrossEntropy",
        border_count=40, l2_leaf_reg=5, rsm=0.3, bootstrap_type="Bernoulli", subsample=0.7, random_seed=1, verbose=0,
        thread_count=settings.jobs, allow_writing_files=False,
    )  # fmt: skip
    model.fit(Pool(np.ascontiguousarray(x.T, np.float32), y, weight=weight / weight.mean()))
    return from_catboost(model)


def from_catboost(model: Any) -> Trees:
    """CatBoost's trees in whole numbers."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.save_model(str(path), format="json")
        data = json.loads(path.read_text())
    trees = data["oblivious_trees"]
    depth = max(1, *(len(t["splits"] or ()) for t in trees))
    feature = np.zeros((len(trees), depth), np.uint16)
    above = np.full((len(trees), depth), 255, np.uint8)  # a byte is never above 255: the bit stays unset
    leaf = np.zeros((len(trees), 1 << depth), np.int64)
    columns = [f["flat_feature_index"] for f in data["features_info"]["float_features"]]
    scale, bias = data["scale_and_bias"][0], data["scale_and_bias"][1][0]
    for i, t in enumerate(trees):
        for j, split in enumerate(t["splits"] or ()):
            feature[i, j] = columns[split["float_feature_index"]]
            above[i, j] = int(np.floor(split["border"]))
        leaf[i, : len(t["leaf_values"])] = np.round(np.array(t["leaf_values"]) * scale * UNIT)
    assert np.abs(leaf).max() < 1 << 15, "a leaf does not fit 16 bits"
    return Trees(feature.astype(np.intp), above, leaf.astype(np.int16), round(bias * UNIT))


# -- calibration

def calibrate(scores: Array, wanted: Array, weight: Array) -> Array:
    """Chances in parts of ``PARTS`` for the steps of ``CALIBRATION``: isotonic regression, straight between its steps' middles."""
    from sklearn.isotonic import IsotonicRegression

    fit = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(scores, wanted, sample_weight=weight)
    at, inverse = np.unique(fit.predict(scores), return_inverse=True)
    total = np.bincount(inverse, weight)
    middle = np.bincount(inverse, scores * weight) / np.maximum(total, 1e-12)
    curve = np.interp(CALIBRATION, middle, at)
    # Beyond the last steps nothing was seen: there the trees' own odds, no less sure than they are.
    own = 1 / (1 + np.exp(-CALIBRATION / UNIT))
    curve = np.where(middle[0] > CALIBRATION, np.minimum(own, at[0] + 1e-5), np.where(middle[-1] < CALIBRATION, np.maximum(own, at[-1] - 1e-5), curve))
    return np.asarray(np.clip(np.round(np.maximum.accumulate(curve) * PARTS), 1, PARTS - 1), np.int64)


def pack(tables: dict[str, Array], lexicon: dict[str, Array], first: Trees, second: Trees, calibration: Array, typical: Array) -> dict[str, Array]:
    """The arrays of the file of weights."""
    packed = {**tables, **lexicon, "calibration": calibration.astype(np.uint32), "typical": typical}
    for name, trees in (("first", first), ("second", second)):
        packed |= {
            f"{name}_feature": trees.feature.astype(np.uint16), f"{name}_above": trees.above, f"{name}_leaf": trees.leaf,
            f"{name}_bias": np.array([trees.bias], np.int32),
        }  # fmt: skip
    return packed


def save(path: Path, packed: dict[str, Array]) -> None:
    """Write the weights: a zip of plain arrays, the same bytes for the same weights."""
    import io
    import zipfile

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
        for name in sorted(packed):
            data = io.BytesIO()
            np.lib.format.write_array(data, np.ascontiguousarray(packed[name]), allow_pickle=False)
            z.writestr(zipfile.ZipInfo(f"{name}.npy", (2020, 1, 1, 0, 0, 0)), data.getvalue(), zipfile.ZIP_DEFLATED)


# -- measuring

@dataclass
class Score:
    """What one way to clean did to one page."""

    f1: float
    lost: int
    """Words of content lines that it took; for ways that see the HTML, words of them that its output lacks."""
    content: int


def lost_words(s: Sample, edits: Iterable[Any]) -> Array:
    """Words of each line that removals took."""
    gone = np.zeros(len(s.text) + 1, bool)
    for e in edits:
        if not e.cause.startswith(("normalise/", "tidy/")):
            gone[e.start : e.end] = True
    lost, at = np.zeros(len(s.lines), np.int64), 0
    for number, line in enumerate(s.lines):
        if gone[at : at + len(line)].any():
            lost[number] = sum(bool(gone[at + m.start()]) for m in _WORD.finditer(line))
        at += len(line) + 1
    return lost


def lost_by_words(s: Sample, text: str) -> int:
    """Words of the lines labelled content that the text does not have (as a bag)."""
    bag = collections.Counter(w for line, label in zip(s.lines, s.labels, strict=True) if label == "c" for w in words(line))
    return (bag - collections.Counter(words(text))).total()


def score_text(s: Sample, text: str) -> Score:
    """The score of an output of which nothing but the text is known."""
    content = sum(len(words(line)) for line, label in zip(s.lines, s.labels, strict=True) if label == "c")
    return Score(f1(collections.Counter(words(text)), collections.Counter(words(s.gold))), lost_by_words(s, text), content)


def groups(s: Sample) -> list[str]:
    """The rows of the table that a page counts in."""
    if s.file == "pages":
        return ["pages", f"pages: {s.type}"]
    out = ["articles + news", s.file]
    if s.file == "news":
        out.append(f"news: {s.lang}" if s.lang in ("de", "en") else "news: other languages")
    return out


def table(ways: dict[str, dict[str, dict[str, float]]]) -> str:
    """A Markdown table of summaries: F1 and words lost in 100,000 of each way, by group."""
    sizes_: dict[str, float] = {}
    for way in ways.values():
        for g, f in way.items():
            sizes_[g] = max(sizes_.get(g, 0), f["pages"])
    order = sorted(sizes_, key=lambda g: (g != "all", g.startswith("pages"), g.count(":"), g))
    lines = ["| | pages | " + " | ".join(ways) + " |", "|---|--:|" + "--:|" * len(ways)]
    for g in order:
        # A way that is not there for all pages of a group says nothing of the group.
        cells = [f"{f['f1']:.3f} ({f['lost']:,.0f})" if (f := way.get(g)) and f["pages"] == sizes_[g] else "–" for way in ways.values()]
        lines.append(f"| {g} | {sizes_[g]} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def c4(text: str) -> str:
    """C4's line rules (Raffel et al., JMLR 2020): lines of three words or more that end as sentences do, none with "javascript"."""
    return "\n".join(
        line for line in text.split("\n")
        if line.rstrip().endswith((".", "!", "?", '"')) and len(line.split()) >= 3 and "javascript" not in line.lower()
    )  # fmt: skip


_COUNTER = re.compile(r"^\W*[\d.,]+[kKmM]?\s+(?:likes?|shares?|comments?|retweets?|reposts?|quotes?|bookmarks?|upvotes?|downvotes?|downloads?|views?|followers?)\W*$", re.I)
_SHORT_RESIDUE = re.compile(r"^sign[ -]?in\b|\bread more\W*$|items in cart", re.I)


def refined_web(text: str) -> str:
    """RefinedWeb's line-wise corrections (Penedo et al., NeurIPS 2023, appendix G.2)."""
    out = []
    for line in text.split("\n"):
        letters = [c for c in line if c.isalpha()]
        split = line.split()
        if (letters and sum(c.isupper() for c in letters) > 0.5 * len(letters)) or not letters or _COUNTER.match(line) or len(split) == 1:
            continue
        if len(split) <= 10 and _SHORT_RESIDUE.search(line):
            continue
        out.append(line)
    return "\n".join(out)


_STOP_LISTS = {"de": "German", "es": "Spanish", "fr": "French", "it": "Italian", "cs": "Czech", "tr": "Turkish", "no": "Norwegian_Bokmal",
               "da": "Danish", "id": "Indonesian", "lt": "Lithuanian", "sw": "Swahili", "ru": "Russian", "vi": "Vietnamese"}  # fmt: skip


def just_text(s: Sample) -> str:
    """jusText (Pomikálek 2011) with a paragraph a line, and the stop list of the page's language."""
    import html

    import justext

    stop = justext.get_stoplist(_STOP_LISTS.get(s.lang, "English"))
    page = "<html><body>" + "".join(f"<p>{html.escape(line)}</p>" for line in s.lines) + "</body></html>"
    return "\n".join(p.text for p in justext.justext(page, stop) if not p.is_boilerplate)


# -- all of it

#: Stands for "no fold left out": the model that is shipped.
NONE = -1


class Study:
    """Everything that is learned from one set of pages; what is done is kept in a folder, so that a run can be resumed.

    Every stage is learned once without each fold, and once from all. What a stage sees of the stages
    before it comes from the models that had left out the page's own fold, in training as in measuring.
    """

    def __init__(self, samples: Sequence[Sample], settings: Settings, work: Path | None = None) -> None:
        self.samples = samples
        self.settings = settings
        self.packed_tables = chardata.char_tables()
        self.tables = Tables(self.packed_tables)
        self.done: dict[tuple[str, int], Any] = {}
        self.file = work / "learned.pkl" if work else None
        if self.file and self.file.exists():
            self.done = pickle.loads(self.file.read_bytes())
        # Trees name columns by number: those of another order would be read as if they were of this one.
        if self.done.setdefault(("columns", NONE), columns_card()) != columns_card():
            raise ValueError(f"{self.file} was learned with other columns; take another --work")

    def once(self, what: str, fold: int, learn: Callable[[], Any]) -> Any:
        """What ``learn`` gives, unless it is there from before."""
        key = (what, fold)
        if key not in self.done:
            start = time.time()
            self.done[key] = learn()
            self.settings.say(f"{what} {'of all' if fold == NONE else f'without {fold}'}: {time.time() - start:.0f} s")
            if self.file:
                part = self.file.with_suffix(".part")
                part.write_bytes(pickle.dumps(self.done))
                part.replace(self.file)
        return self.done[key]

    # What only learning needs is made when something is learned: a run that goes on from another is there at once.

    @cached_property
    def every(self) -> list[Sample]:
        """The pages, and what is made of them to learn from."""
        return [*self.samples, *made_from(self.samples)]

    @cached_property
    def pages(self) -> list[Page]:
        return [Page(s.text, self.tables) for s in self.every]

    @cached_property
    def place(self) -> list[slice]:
        """Where each page's lines are among all."""
        ends = np.cumsum([0, *(p.n for p in self.pages)]).tolist()
        return [slice(a, b) for a, b in pairwise(ends)]

    @cached_property
    def fold(self) -> Array:
        return np.repeat([s.fold for s in self.every], [p.n for p in self.pages])

    @cached_property
    def wanted(self) -> Array:
        return np.concatenate([s.wanted for s in self.every])

    @cached_property
    def rows(self) -> Rows:
        return Rows(self.every, self.tables, self.settings.rows)

    @cached_property
    def lexicon(self) -> Lexicon:
        """Words of the pages."""
        return Lexicon(self.samples, self.tables, self.settings)

    def words(self, fold: int) -> dict[str, Array]:
        """Word weights that were learned without a fold."""
        found: dict[str, Array] = self.once("words", fold, lambda: self.lexicon.without(fold))
        return found

    def trees(self, what: str, fold: int, seen: Callable[[], Array]) -> Trees:
        """A forest that was learned without a fold."""
        def learn() -> Trees:
            x = seen()
            mine = self.fold[self.rows.at] != fold
            at = self.rows.at[mine]
            return grow(x[:, at], self.wanted[at], self.rows.weight[mine], self.settings)

        found: Trees = self.once(what, fold, learn)
        return found

    @cached_property
    def first_seen(self) -> Array:
        """What the first look sees of all lines, (columns, lines)."""
        learned = {fold: (WordWeights.unpack(self.words(fold)), type_table(self.words(fold)["types"])) for fold in range(FOLDS)}
        parts = [first_columns(page, *learned[s.fold]) for s, page in zip(self.every, self.pages, strict=True)]
        return np.concatenate(parts, axis=1)

    @cached_property
    def second_seen(self) -> Array:
        """What the second look sees of all lines."""
        looks = []
        for s, page, place in zip(self.every, self.pages, self.place, strict=True):
            x = self.first_seen[:, place]
            looks.append(page.second(self.first(s.fold).score(x)).bytes())
        return np.concatenate([np.concatenate(looks, axis=1), self.first_seen])

    def first(self, fold: int) -> Trees:
        """The first look."""
        return self.trees("first look", fold, lambda: self.first_seen)

    def second(self, fold: int) -> Trees:
        """The second look."""
        return self.trees("second look", fold, lambda: self.second_seen)

    def _scored(self) -> list[Array]:
        return [
            self.second(s.fold).score(self.second_seen[:, place]).astype(np.int64)
            for s, place in zip(self.samples, self.place, strict=False)
        ]

    def _typical(self) -> Array:
        wanted = self.rows.at[self.wanted[self.rows.at] > 0.5]
        return np.asarray(np.median(self.second_seen[:, wanted], axis=1), np.uint8)

    def learn(self) -> None:
        """All stages."""
        for fold in (*range(FOLDS), NONE):
            self.words(fold)
            self.first(fold)
        for fold in (*range(FOLDS), NONE):
            self.second(fold)
        self.typical: Array = self.once("typical", NONE, self._typical)
        self.scores: list[Array] = self.once("scores", NONE, self._scored)
        self.chances = [chances_of(score, self.calibration(s.fold)) for s, score in zip(self.samples, self.scores, strict=True)]

    def calibration(self, fold: int) -> Array:
        """Calibrated without a fold: each page weighs as one (news more), its lines by their words."""
        def learn() -> Array:
            mine = [n for n, s in enumerate(self.samples) if s.fold != fold]
            return calibrate(
                np.concatenate([self.scores[n] for n in mine]), np.concatenate([self.samples[n].wanted for n in mine]),
                np.concatenate([line_weights(self.samples[n], self.tables, 1.0) for n in mine]),
            )  # fmt: skip

        found: Array = self.once("calibration", fold, learn)
        return found

    def packed(self, fold: int) -> dict[str, Array]:
        """Weights learned without a fold, as they are shipped."""
        return pack(
            self.packed_tables, self.words(fold), self.first(fold), self.second(fold), self.calibration(fold), self.typical,
        )  # fmt: skip


def first_columns(page: Page, weights: WordWeights, types: Array) -> Array:
    """What the first look sees of a page."""
    return np.concatenate([page.columns(weights).bytes(), page.types(types)])


def chances_of(score: Array, calibration: Array) -> Array:
    """Calibrated probabilities, in parts of ``PARTS``."""
    return np.asarray(calibration[np.clip(score // STEP + CALIBRATION.size // 2, 0, CALIBRATION.size - 1)])


# -- promises

#: What a level of ``keep`` allows to be lost is shared out so that it holds for other pages, too: the
#: bound for this share of draws of as many sites is held to the level.
SURE = 0.95
DRAWS = 400
#: Later looks at what the first left take a little more: a part of what is allowed is left to them.
FIRST_LOOK = 0.9


def sizes(s: Sample) -> Array:
    """Words of each line, as F1 counts them."""
    return np.array([len(words(line)) for line in s.lines])


@dataclass
class Risk:
    """What the content of a set of pages suffers at a price; the words that the rules take count."""

    samples: Sequence[Sample]
    chances: Sequence[Array]
    taken: Sequence[Array]
    """Words of each line that the rules take."""

    def __post_init__(self) -> None:
        size = [sizes(s) for s in self.samples]
        content = [np.array(s.labels) == "c" for s in self.samples]
        self.words = np.array([n[c].sum() for n, c in zip(size, content, strict=True)])
        # The price from which on each line goes.
        self.price = np.concatenate([
            np.where(chance < best_threshold(chance, n), prices(chance, n), np.inf) for chance, n in zip(self.chances, size, strict=True)
        ])  # fmt: skip
        self.page = np.repeat(np.arange(len(size)), [n.size for n in size])
        counts = np.concatenate(content)
        self.gone = np.concatenate(size) * counts
        self.by_rules = np.concatenate(list(self.taken)) * counts
        draw = np.random.RandomState(0)
        self.kinds = []
        for kind in ("pages", "articles + news"):
            at = np.array([kind in groups(s) for s in self.samples])
            if at.any():
                _, site = np.unique([s.site for s, here in zip(self.samples, at, strict=True) if here], return_inverse=True)
                n = int(site.max()) + 1
                self.kinds.append((at, site, draw.multinomial(n, np.full(n, 1 / n), DRAWS)))

    def lost(self, price: float) -> Array:
        """Words of content that go at this price, of each page: the model's first look and the rules."""
        return np.bincount(self.page, np.where(self.price < price, self.gone, self.by_rules), len(self.samples))

    def bounds(self, lost: Array) -> float:
        """The share of content lost that ``SURE`` of the draws of sites stay below: of the worst kind of pages."""
        worst = 0.0
        for at, site, draws in self.kinds:
            share = (draws @ np.bincount(site, lost[at])) / np.maximum(draws @ np.bincount(site, self.words[at]), 1)
            worst = max(worst, float(np.quantile(share, SURE)))
        return worst


def price_for(risk: Risk, budget: float) -> float:
    """The highest price at which the bound of the share of content words lost is no more than ``budget``; 0 where none is."""
    low, high = 0.0, 1e6
    while high > 1e-3 and (not low or high / low > 1.02):
        middle = (low * high) ** 0.5 if low else high / 30
        if risk.bounds(risk.lost(middle)) > budget:
            high = middle
        else:
            low = middle
    return float(f"{low:.4g}")


#: From this share of kept content on, the rules of ``careful`` alone go before the model.
CAREFUL_FROM = 0.999


def rules_before(ruleset: RuleSet, keep: float | None) -> list[str]:
    """Rules that do not go before the model at a level of ``keep``."""
    return [r.id for r in ruleset.rules if keep is not None and keep >= CAREFUL_FROM and r.level != "careful"]


def taken_by_rules(samples: Sequence[Sample], ruleset: RuleSet, keep: float | None) -> list[Array]:
    """Words of each line that the rules before the model take."""
    cleaner = Cleaner(ruleset, profile="standard", exclude=rules_before(ruleset, keep))
    return [lost_words(s, cleaner.clean(s.text).edits) for s in samples]


def clean_all(
    samples: Sequence[Sample], models: dict[int, PageModel], keep: float | None, taken: Sequence[Array], looks: list[Look]
) -> list[Score]:
    """Scores of the profile ``page`` with each page's own fold's model.

    As the pipeline does it: the rules, the model's look at the page as it came, then looks at what is
    left until nothing more goes. That the rules look again at what the model left is not followed.
    ``looks``: the first looks, filled in where empty.
    """
    scores = []
    for n, s in enumerate(samples):
        model = models[s.fold]
        if len(looks) == n:
            looks.append(model.look(s.text))
        size = sizes(s)
        kept = (taken[n] < size) | (size == 0)
        by_rules = kept.copy()
        goes = model.goes(looks[n], keep)
        for _ in range(MOST_LOOKS):
            stays = kept.copy()
            stays[np.flatnonzero(kept)] = ~goes if goes.size == kept.sum() else ~goes[kept]
            if not stays.any() or (stays == kept).all():
                break
            kept = stays
            goes = model.goes(model.look("\n".join(line for line, k in zip(s.lines, kept, strict=True) if k)), keep)
        else:
            kept = by_rules
        text = "\n".join(line for line, k in zip(s.lines, kept, strict=True) if k)
        content = np.array(s.labels) == "c"
        lost = np.where(kept, taken[n], size)[content].sum()
        scores.append(Score(score_text(s, text).f1, int(lost), int(size[content].sum())))
    return scores


def compare(samples: Sequence[Sample]) -> dict[str, dict[str, dict[str, float]]]:
    """What others do to the same pages; a summary a way."""
    ways: dict[str, Callable[[Sample], str | None]] = {
        "raw dump": lambda s: s.text,
        "C4": lambda s: c4(s.text),
        "RefinedWeb": lambda s: refined_web(s.text),
        "jusText": just_text,
        "trafilatura (HTML)": lambda s: s.views.get("trafilatura"),
        "resiliparse (HTML)": lambda s: s.views.get("resiliparse"),
    }
    out = {}
    for name, way in ways.items():
        have = [(s, text) for s in samples if (text := way(s)) is not None]
        out[name] = summary([s for s, _ in have], [score_text(s, text) for s, text in have])
    return out


def columns_card() -> dict[str, list[str]]:
    """Names of the columns, in the order that the trees count them."""
    first, second = column_names()
    return {"first": first, "second": second}


def summary(samples: Sequence[Sample], scores: Sequence[Score]) -> dict[str, dict[str, float]]:
    """F1 and words lost in 100,000, of all pages and by group."""
    rows: dict[str, list[Score]] = {"all": list(scores)}
    for s, score in zip(samples, scores, strict=True):
        for g in groups(s):
            rows.setdefault(g, []).append(score)
    return {
        g: {
            "pages": len(rs), "f1": round(float(np.mean([r.f1 for r in rs])), 4),
            "lost": round(1e5 * sum(r.lost for r in rs) / max(1, sum(r.content for r in rs)), 1),
        }
        for g, rs in rows.items()
    }  # fmt: skip


VERSION = "v1"
DATA = [
    {
        "name": "Murrough-Foley/WCXB", "pages": "1,497 pages of seven types, English", "licence": "CC BY 4.0",
        "attribution": "Web Content Extraction Benchmark, Murrough-Foley/web-content-extraction-benchmark, CC BY 4.0; dumped to text, "
        "lines labelled by alignment with its gold text",
    },
    {
        "name": "scrapinghub/article-extraction-benchmark", "pages": "91 news and blog articles", "licence": "MIT",
        "attribution": "article-extraction-benchmark, Zyte (Scrapinghub), MIT",
    },
    {
        "name": "flairNLP/fundus", "pages": "134 news pages in 17 languages, mostly German and English", "licence": "MIT",
        "attribution": "test pages of Fundus, Max Dallabetta and the Fundus authors, MIT",
    },
]  # fmt: skip
LIMITS = [
    "Measured on pages of the open web of 2019 to 2026 in English and German, some news in fifteen other languages; "
    "one page in Cyrillic letters, four in Japanese, none in Arabic, Armenian, Georgian, Hebrew, Korean, Thai or Indic scripts: texts in "
    "those are left alone.",
    "The labels come from aligning lines with gold texts: about one content label in two hundred is wrong, and what is main content "
    "of a shop or a list is a matter of taste. No promise can be kept better than that.",
    "A line is kept or goes whole. Dumps that run a page's lines together can't be cleaned so.",
    "On mixed pages it does less than was hoped for: without `keep` its F1 is 0.012 above trafilatura's with the HTML, not 0.02, and at "
    "0.999 only 0.037 above the raw dump's (on articles and news 0.126): most of what could go there is not sure enough to keep the promise.",
    "From `keep` 0.99 down it may take lists and verse from short texts that are no dumps.",
    "`keep` is a share over many pages like those measured, not of every single page.",
    "Readers' comments count as boilerplate under articles and as content in forums, as in the data.",
]


def train(args: argparse.Namespace) -> None:
    """The whole run."""
    settings = Settings(jobs=args.jobs)
    say = settings.say
    samples = read(args.data)
    study = Study(samples, settings, args.work)
    study.learn()
    ruleset = load_rules()
    cards: dict[int, dict[str, Any]] = {fold: {"version": VERSION, "keep": {}, "columns": columns_card()} for fold in (*range(FOLDS), NONE)}
    taken = {}
    for keep in (*KEEPS, None):
        level = "careful" if keep is not None and keep >= CAREFUL_FROM else "standard"
        taken[keep] = study.once(f"rules of {level}", NONE, lambda keep=keep: taken_by_rules(samples, ruleset, keep))
    for fold, card in cards.items():
        mine = [n for n, s in enumerate(samples) if s.fold != fold]
        for keep in KEEPS:
            risk = Risk([samples[n] for n in mine], [study.chances[n] for n in mine], [taken[keep][n] for n in mine])
            card["keep"][str(keep)] = price_for(risk, (1 - keep) * FIRST_LOOK)
        say(f"prices {'of all' if fold == NONE else f'without {fold}'}: {card['keep']}")
    figures: dict[str, Any] = {"levels": {}}
    models = {k: PageModel(study.packed(k), cards[k]) for k in range(FOLDS)}
    looks: list[Look] = []
    for keep in (None, *KEEPS):
        name = "best" if keep is None else str(keep)
        done = clean_all(samples, models, keep, taken[keep], looks)
        found = summary(samples, done)
        say(f"{name}: all {found['all']}, pages {found.get('pages')}, articles + news {found.get('articles + news')}")
        figures["levels"][name] = found
    figures["unknown"] = dict(collections.Counter(look.unknown for look in looks if look.unknown))
    figures["others"] = study.once("others", NONE, lambda: compare(samples))
    write(args.out, study, {**cards[NONE], "figures": figures, "data": DATA, "limits": LIMITS})
    if args.out == ROOT / "cleaner" / "page":
        pin(ROOT / "tests" / "data" / "page_pins.json")
    print(table(figures["others"] | {f"page, {name}": found for name, found in figures["levels"].items()}))


def write(out: Path, study: Study, card: dict[str, Any]) -> None:
    """The weights and the card."""
    save(out / "weights.npz", study.packed(NONE))
    (out / "card.json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def pin(path: Path) -> None:
    """What the shipped weights say of some made-up pages, for the tests."""
    from cleaner.page.model import load
    from tests.webpages import web_page

    pages = []
    for seed, languages in enumerate((("en",), ("de",), ("en", "de"), ("fr",), ("ru",), ("ja",))):
        look = load().look(web_page(seed, languages).text)
        pages.append({"seed": seed, "languages": list(languages), "scores": look.score.tolist(), "chances": look.chance.tolist()})
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"version": load().version, "pages": pages}) + "\n", encoding="utf-8")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=ROOT / "cleaner" / "page")
    parser.add_argument("--work", type=Path, help="keep what is learned here, and go on from it")
    parser.add_argument("--jobs", type=int, default=2)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
