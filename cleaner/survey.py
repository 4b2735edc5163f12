"""Run cleaners over a corpus to see what their rules take: behind ``rules diff``, ``coverage`` and ``budget``."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import Any

from cleaner import normalise
from cleaner.corpus import Doc
from cleaner.detectors import DETECTORS
from cleaner.edits import apply
from cleaner.gates import cue_gate
from cleaner.match import Lines, Matcher, segments
from cleaner.model import Removal, Rule, RuleSet
from cleaner.pipeline import Cleaner
from cleaner.rules import expand, source_regex
from cleaner.schema import LANGUAGES

#: Rules and the options of a Cleaner with them.
Setting = tuple[RuleSet, dict[str, Any]]
#: What each cleaner takes from one text.
Taken = tuple[tuple[Removal, ...], ...]

_CHUNK = 24


def survey(docs: Iterable[Doc], settings: Sequence[Setting], *, workers: int | None = None) -> Iterator[tuple[Doc, Taken]]:
    """Each text with what each cleaner takes from it, in the corpus's order.

    ``workers``: processes, as many as there are cores where None. At most a few hundred texts are held
    at a time.
    """
    workers = workers or os.cpu_count() or 1
    docs = iter(docs)
    first = list(islice(docs, _CHUNK))
    if workers == 1 or len(first) < _CHUNK:
        cleaners = [Cleaner(ruleset, **options) for ruleset, options in settings]
        for doc in _chain(first, docs):
            yield doc, _take(cleaners, doc.text)
        return
    with ProcessPoolExecutor(workers, initializer=_begin, initargs=(settings,)) as pool:
        waiting: deque[tuple[list[Doc], Future[list[Taken]]]] = deque()
        chunk = first
        while chunk or waiting:
            if chunk:
                waiting.append((chunk, pool.submit(_work, [d.text for d in chunk])))
            if not chunk or len(waiting) > 3 * workers:
                done, future = waiting.popleft()
                yield from zip(done, future.result(), strict=True)
            chunk = list(islice(docs, _CHUNK))


def _chain(first: list[Doc], rest: Iterator[Doc]) -> Iterator[Doc]:
    yield from first
    yield from rest


_cleaners: list[Cleaner] = []


def _begin(settings: Sequence[Setting]) -> None:
    """In a worker: make its cleaners once."""
    _cleaners[:] = [Cleaner(ruleset, **options) for ruleset, options in settings]


def _work(texts: list[str]) -> list[Taken]:
    return [_take(_cleaners, text) for text in texts]


def _take(cleaners: Sequence[Cleaner], text: str) -> Taken:
    return tuple(cleaner.clean(text).removals for cleaner in cleaners)


# ---------------------------------------------------------------- differences


def changed_rules(old: RuleSet, new: RuleSet) -> tuple[set[str], set[str], set[str]]:
    """Ids of rules that are new, gone, and that match otherwise than before."""
    before, after = _matching(old), _matching(new)
    added, gone = after.keys() - before.keys(), before.keys() - after.keys()
    return added, gone, {i for i in after.keys() & before.keys() if after[i] != before[i]}


def _matching(ruleset: RuleSet) -> dict[str, tuple[Any, ...]]:
    """Id -> all that decides what a rule takes."""
    return {
        r.id: (
            r.kind, tuple(expand(source_regex(p), ruleset.slots) for p in r.patterns), r.unless, r.at, r.shape, r.most, r.words,
            r.detector, r.options, r.level, r.status,
        )
        for r in ruleset
    }  # fmt: skip


def touched(old: RuleSet, new: RuleSet) -> Callable[[str], bool]:
    """A test whether two rule sets may treat a text differently, far cheaper than cleaning it twice.

    True where the rules that changed take something else from a line of the normalised text, or from a
    segment of it, than before; where a detector that changed finds something else; and always, where
    what is protected changed. A line that fits only once another rule has cut its end is not seen.
    """
    ids = set().union(*changed_rules(old, new))
    if old.protected != new.protected:
        return lambda text: True
    finds = [_finder(ruleset, ids, all_of_them=old.words != new.words) for ruleset in (old, new)]
    before, after = (_taker(s, [r for r in s if r.id in ids and r.status == "stable" and r.kind != "detector"]) for s in (old, new))
    gate = cue_gate(sorted({cue for s in (old, new) for r in s if r.id in ids for p in r.patterns for cue in p.cues}))

    @lru_cache(maxsize=1_000_000)
    def differs(line: str) -> bool:
        parts = dict.fromkeys([line, *(line[a:b] for a, b in segments(line))])
        return any(before(part) != after(part) for part in parts)

    def test_text(text: str) -> bool:
        lines = Lines(apply(text, normalise.normalise(text)))
        hit = {lines.index_at(start) for _, start, _ in gate(lines.low)}
        return any(differs(lines.parts[i]) for i in sorted(hit)) or finds[0](lines) != finds[1](lines)

    return test_text


_EVERY = frozenset(LANGUAGES)


def _taker(ruleset: RuleSet, rules: Sequence[Rule]) -> Callable[[str], set[tuple[Any, ...]]]:
    """What these rules take from one line, whatever its language, with all else that decides about it."""
    # A block's opening line is tried as a line: what hangs on it matters only where that matches.
    matcher = Matcher(ruleset, [replace(r, kind="line") if r.kind == "block" else r for r in rules], {})

    def manner(r: Rule) -> tuple[Any, ...]:
        return r.kind, r.shape, r.most, r.least, r.language, r.level, r.family, r.words

    return lambda line: {(f.start, f.end, *manner(rules[f.rule])) for f in matcher.find(line, lambda: _EVERY)}


def _finder(ruleset: RuleSet, ids: set[str], *, all_of_them: bool) -> Callable[[Lines], set[tuple[int, int]]]:
    """What the detectors of these rules find, or those of all rules."""
    rules = [r for r in ruleset if r.kind == "detector" and r.status == "stable" and (all_of_them or r.id in ids)]
    return lambda lines: {found for r in rules for found in DETECTORS[r.detector](lines, dict(r.options), ruleset.words)}


def subtract(these: Sequence[Removal], those: Sequence[Removal], text: str) -> Iterator[Removal]:
    """The parts of ``these`` that are in none of ``those``, all over ``text``; white space alone does not count."""
    for r in these:
        pos = r.start
        for other in those:
            if other.end <= pos or other.start >= r.end:
                continue
            if pos < other.start and text[pos : other.start].strip():
                yield Removal(pos, other.start, text[pos : other.start], r.cause)
            pos = max(pos, other.end)
        if pos < r.end and text[pos : r.end].strip():
            yield Removal(pos, r.end, text[pos : r.end], r.cause)
