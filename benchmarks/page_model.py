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
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cleaner.page import chardata
from cleaner.page.features import AROUND, SHORT, TYPE_BITS, TYPES, WORD_BITS, Page, Tables, Words, WordWeights
from cleaner.page.model import CALIBRATION, KEEPS, PARTS, PageModel, best_threshold, column_names, worth_it
from cleaner.page.trees import UNIT, Trees
from cleaner.pipeline import Cleaner
from cleaner.rules import load as load_rules

Array = np.ndarray[Any, Any]

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
        self.done: dict[frozenset[int], dict[str, Array]] = {}

    def without(self, folds: frozenset[int]) -> dict[str, Array]:
        """Arrays of word weights that were learned without these folds."""
        if folds not in self.done:
            start = time.time()
            train = np.flatnonzero(~np.isin(self.fold, sorted(folds)))
            word, pair, whole, rare = self._lines(train)
            self.done[folds] = {
                "word": word, "pair": pair, "whole": whole, "rare": rare,
                "around": self._around(train), "types": self._types(~np.isin([s.fold for s in self.samples], sorted(folds))),
            }  # fmt: skip
            self.settings.say(f"words without {sorted(folds)}: {time.time() - start:.0f} s")
        return self.done[folds]

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

class Forests:
    """Both looks, learned without any choice of folds."""

    def __init__(self, samples: Sequence[Sample], lexicon: Lexicon, tables: Tables, settings: Settings) -> None:
        self.samples = samples
        self.lexicon = lexicon
        self.tables = tables
        self.settings = settings
        self.firsts: dict[frozenset[int], Trees] = {}
        self.seconds: dict[frozenset[int], Trees] = {}
        self.typical: Array = np.zeros(len(column_names()[1]), np.uint8)
        weights = [line_weights(s, tables, POWER) for s in samples]
        every = np.concatenate(weights)
        odds = every**0.75
        low, high = 0.0, 1e12
        for _ in range(200):
            middle = (low + high) / 2
            low, high = (middle, high) if np.minimum(1, odds * middle).sum() < settings.rows else (low, middle)
        share = np.minimum(1, odds * low)
        drawn = np.random.RandomState(1).rand(every.size) < share
        ends = np.cumsum([len(w) for w in weights])
        self.picked = [np.flatnonzero(d) for d in np.split(drawn, ends[:-1])]
        self.weights = np.split(every / np.maximum(share, 1e-12), ends[:-1])

    def first(self, without: frozenset[int]) -> Trees:
        """The first look."""
        if without not in self.firsts:
            rows = [
                self.first_columns(s, without | {s.fold})[1][:, picked] for s, picked in self._train(without)
            ]
            self.firsts[without] = self._fit(rows, without, f"first look without {sorted(without)}")
        return self.firsts[without]

    def second(self, without: frozenset[int]) -> Trees:
        """The second look."""
        if without not in self.seconds:
            rows = [self.second_columns(s, without | {s.fold})[:, picked] for s, picked in self._train(without)]
            self.seconds[without] = self._fit(rows, without, f"second look without {sorted(without)}")
            if not without:
                wanted = np.concatenate([s.wanted[p] for s, p in self._train(without)]) > 0.5
                self.typical = np.median(np.concatenate(rows, axis=1)[:, wanted], axis=1).astype(np.uint8)
        return self.seconds[without]

    def _train(self, without: frozenset[int]) -> list[tuple[Sample, Array]]:
        return [(s, p) for s, p in zip(self.samples, self.picked, strict=True) if s.fold not in without and p.size]

    def first_columns(self, s: Sample, without: frozenset[int]) -> tuple[Page, Array]:
        """The page and its columns for the first look."""
        page = Page(s.text, self.tables)
        packed = self.lexicon.without(without)
        _, columns = page.columns(WordWeights.unpack(packed))
        return page, np.concatenate([columns, page.types(packed["types"])])

    def second_columns(self, s: Sample, without: frozenset[int]) -> Array:
        """Columns for the second look, with words and first scores that were learned without these folds."""
        page, columns = self.first_columns(s, without)
        _, look = page.second(self.first(without).score(columns))
        return np.concatenate([look, columns])

    def _fit(self, rows: list[Array], without: frozenset[int], what: str) -> Trees:
        from catboost import CatBoostClassifier, Pool

        start = time.time()
        x = np.concatenate(rows, axis=1).T
        chosen = [(s, p, w) for s, p, w in zip(self.samples, self.picked, self.weights, strict=True) if s.fold not in without and p.size]
        y = np.concatenate([s.wanted[p] for s, p, _ in chosen])
        weight = np.concatenate([w[p] for _, p, w in chosen])
        model = CatBoostClassifier(
            iterations=self.settings.trees, depth=self.settings.depth, learning_rate=self.settings.rate, loss_function="CrossEntropy",
            border_count=40, l2_leaf_reg=5, rsm=0.3, bootstrap_type="Bernoulli", subsample=0.7, random_seed=1, verbose=0,
            thread_count=self.settings.jobs, allow_writing_files=False,
        )  # fmt: skip
        model.fit(Pool(np.ascontiguousarray(x, np.float32), y, weight=weight / weight.mean()))
        self.settings.say(f"{what}: {x.shape[0]} lines, {x.shape[1]} columns, {time.time() - start:.0f} s")
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


def lost_by_edits(s: Sample, edits: Iterable[Any]) -> int:
    """Words of the lines labelled content that removals took."""
    gone = np.zeros(len(s.text) + 1, bool)
    for e in edits:
        if not e.cause.startswith(("normalise/", "tidy/")):
            gone[e.start : e.end] = True
    lost, at = 0, 0
    for line, label in zip(s.lines, s.labels, strict=True):
        if label == "c" and gone[at : at + len(line)].any():
            lost += sum(bool(gone[at + m.start()]) for m in _WORD.finditer(line))
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


def table(results: dict[str, list[Score | None]], samples: Sequence[Sample]) -> str:
    """A Markdown table: F1 and words lost in 100,000 of each way, by group."""
    rows: dict[str, list[int]] = {}
    for i, s in enumerate(samples):
        for g in groups(s):
            rows.setdefault(g, []).append(i)
    order = sorted(rows, key=lambda g: (g.startswith("pages"), g.count(":"), g))
    ways = list(results)
    lines = ["| | pages | " + " | ".join(ways) + " |", "|---|--:|" + "--:|" * len(ways)]
    for g in order:
        cells = []
        for way in ways:
            have = [r for i in rows[g] if (r := results[way][i]) is not None]
            if len(have) < len(rows[g]):
                cells.append("–")
                continue
            content = sum(r.content for r in have)
            cells.append(f"{np.mean([r.f1 for r in have]):.3f} ({1e5 * sum(r.lost for r in have) / max(1, content):,.0f})")
        lines.append(f"| {g} | {len(rows[g])} | " + " | ".join(cells) + " |")
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

class Study:
    """Everything that is learned from one set of pages; what is done is kept in a folder, so that a run can be resumed."""

    def __init__(self, samples: Sequence[Sample], settings: Settings, work: Path | None = None) -> None:
        self.samples = samples
        self.settings = settings
        self.packed_tables = chardata.char_tables()
        self.tables = Tables(self.packed_tables)
        self.lexicon = Lexicon(samples, self.tables, settings)
        self.forests = Forests([*samples, *made_from(samples)], self.lexicon, self.tables, settings)
        self.state = work / "state.pkl" if work else None
        if self.state and self.state.exists():
            with self.state.open("rb") as f:
                self.lexicon.done, self.forests.firsts, self.forests.seconds, self.forests.typical, names = pickle.load(f)
            if names != column_names():
                settings.say("the columns are others than in the earlier run: trees are learned anew")
                self.forests.firsts, self.forests.seconds = {}, {}

    def keep_state(self) -> None:
        """Write what was learned so far."""
        if self.state:
            part = self.state.with_suffix(".part")
            with part.open("wb") as f:
                f_ = self.forests
                pickle.dump((self.lexicon.done, f_.firsts, f_.seconds, f_.typical, column_names()), f)
            part.replace(self.state)

    def learn(self, without: frozenset[int]) -> None:
        """Both looks without these folds."""
        for k in range(FOLDS):
            self.forests.first(without | {k})
            self.keep_state()
        self.forests.first(without)
        self.keep_state()
        self.forests.second(without)
        self.keep_state()

    def scores(self) -> list[Array]:
        """For each page the scores of its lines, by the model that knows no page of its fold."""
        out = []
        for s in self.samples:
            without = frozenset({s.fold})
            out.append(self.forests.second(without).score(self.forests.second_columns(s, without)).astype(np.int64))
        return out

    def packed(self, without: frozenset[int], calibration: Array) -> dict[str, Array]:
        """Weights learned without these folds, as they are shipped."""
        return pack(
            self.packed_tables, self.lexicon.without(without), self.forests.first(without), self.forests.second(without),
            calibration, self.forests.typical,
        )  # fmt: skip


def calibration_of(study: Study, scores: list[Array]) -> Array:
    """The calibration over all pages, each weighing as one (news more), its lines by their words."""
    return calibrate(
        np.concatenate(scores), np.concatenate([s.wanted for s in study.samples]),
        np.concatenate([line_weights(s, study.tables, 1.0) for s in study.samples]),
    )  # fmt: skip


def risk(samples: Sequence[Sample], chances: list[Array], price: float) -> dict[str, float]:
    """Share of the content words that goes at this price, by kind of page: the model alone, one look."""
    lost: collections.Counter[str] = collections.Counter()
    all_: collections.Counter[str] = collections.Counter()
    for s, chance in zip(samples, chances, strict=True):
        size = np.array([len(words(line)) for line in s.lines])
        content = np.array(s.labels) == "c"
        goes = worth_it(chance, size, price) & (chance < best_threshold(chance, size))
        kind = "pages" if s.file == "pages" else "news"
        lost[kind] += int(size[content & goes].sum())
        all_[kind] += int(size[content].sum())
    return {k: lost[k] / all_[k] for k in all_}


def price_for(samples: Sequence[Sample], chances: list[Array], budget: float) -> float:
    """The highest price at which no more than ``budget`` of the content words goes, of pages and of news alike."""
    low, high = 0.0, 1e6
    for _ in range(40):
        middle = (low * high) ** 0.5 if low else high / 1000
        if max(risk(samples, chances, middle).values()) > budget:
            high = middle
        else:
            low = middle
        if low and high / low < 1.01:
            break
    return float(f"{low:.4g}")


def clean_all(
    samples: Sequence[Sample], models: dict[int, PageModel], keep: float | None
) -> tuple[list[Score], list[str]]:
    """Scores and flags of the profile ``page`` with each page's own fold's model."""
    ruleset = load_rules()
    cleaners = {}
    for fold, model in models.items():
        cleaner = Cleaner(ruleset, profile="page", page_model=model, keep=keep)
        cleaners[fold] = cleaner
    scores, flags = [], []
    for s in samples:
        result = cleaners[s.fold].clean(s.text)
        score = score_text(s, result.text)
        scores.append(Score(score.f1, lost_by_edits(s, result.edits), score.content))
        flags.append(" ".join(result.flags))
    return scores, flags


def compare(samples: Sequence[Sample]) -> dict[str, list[Score | None]]:
    """What others do to the same pages."""
    ways: dict[str, Callable[[Sample], str | None]] = {
        "raw dump": lambda s: s.text,
        "C4": lambda s: c4(s.text),
        "RefinedWeb": lambda s: refined_web(s.text),
        "jusText": just_text,
        "trafilatura (HTML)": lambda s: s.views.get("trafilatura"),
        "resiliparse (HTML)": lambda s: s.views.get("resiliparse"),
    }
    out: dict[str, list[Score | None]] = {}
    for name, way in ways.items():
        out[name] = [None if (text := way(s)) is None else score_text(s, text) for s in samples]
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


def worst(figures: dict[str, dict[str, float]]) -> float:
    """The largest loss, of all pages, of the mixed ones and of articles and news."""
    return max(figures[g]["lost"] for g in ("all", "pages", "articles + news") if g in figures)


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
    "one page in Cyrillic letters, four in Japanese, none in Arabic, Hebrew, Korean, Thai or Indic scripts: texts in those are left alone.",
    "The labels come from aligning lines with gold texts: about one content label in two hundred is wrong, and what is main content "
    "of a shop or a list is a matter of taste. No promise can be kept better than that.",
    "A line is kept or goes whole. Dumps that run a page's lines together can't be cleaned so.",
    "`keep` is a share over many pages like those measured, not of every single page.",
    "Readers' comments count as boilerplate under articles and as content in forums, as in the data.",
]


def train(args: argparse.Namespace) -> None:
    """The whole run."""
    settings = Settings(jobs=args.jobs)
    say = settings.say
    samples = read(args.data)
    study = Study(samples, settings, args.work)
    for k in range(FOLDS):
        study.learn(frozenset({k}))
    scores = study.scores()
    calibration = calibration_of(study, scores)
    chances = [calibration[np.clip(x // (UNIT // 32) + 320, 0, 640)] for x in scores]
    card: dict[str, Any] = {"version": VERSION, "keep": {}, "columns": columns_card()}
    for keep in KEEPS:
        card["keep"][str(keep)] = price_for(samples, chances, (1 - keep) * 0.8)
    say(f"prices, one look, no rules: {card['keep']}")
    results = compare(samples)
    figures: dict[str, Any] = {"raw": summary(samples, [r for r in results["raw dump"] if r]), "levels": {}}
    for keep in (None, *KEEPS):
        name = "best" if keep is None else str(keep)
        for _ in range(6):
            models = {k: PageModel(study.packed(frozenset({k}), calibration), card) for k in range(FOLDS)}
            done, flags = clean_all(samples, models, keep)
            found = summary(samples, done)
            say(f"{name}: all {found['all']}, pages {found.get('pages')}, articles + news {found.get('articles + news')}")
            if keep is None or worst(found) <= 1e5 * (1 - keep) * 0.95:
                break
            # Rules and later looks took the rest: a lower price for the first look.
            card["keep"][name] = float(f"{card['keep'][name] * 0.85:.4g}")
        figures["levels"][name] = found
        results[f"page, keep {name}" if keep else "page"] = list(done)
        if keep is None:
            counted = collections.Counter(flag for f in flags for flag in f.split() if flag.startswith("page/"))
            figures["flags"] = dict(counted)
    study.learn(frozenset())
    write(args.out, study, calibration, {**card, "figures": figures, "data": DATA, "limits": LIMITS})
    (args.out / "table.md").write_text(table(results, samples) + "\n", encoding="utf-8")


def write(out: Path, study: Study, calibration: Array, card: dict[str, Any]) -> None:
    """The weights, the card, and the pins of the tests."""
    save(out / "weights.npz", study.packed(frozenset(), calibration))
    (out / "card.json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent.parent / "cleaner" / "page")
    parser.add_argument("--work", type=Path, help="keep what is learned here, and go on from it")
    parser.add_argument("--jobs", type=int, default=2)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
