"""Run cleaners over a corpus to see what their rules take: behind ``rules diff``, ``coverage`` and ``budget``."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from itertools import chain, islice
from typing import Any, TypeVar

import regex

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
    return _each(docs, _Cleaners, (settings,), workers)


def touched(docs: Iterable[Doc], old: RuleSet, new: RuleSet, *, workers: int | None = None) -> Iterator[tuple[Doc, bool]]:
    """Each text, and whether the two rule sets may treat it differently."""
    return _each(docs, Touched, (old, new), workers)


class _Cleaners:
    def __init__(self, settings: Sequence[Setting]) -> None:
        self._cleaners = [Cleaner(ruleset, **options) for ruleset, options in settings]

    def __call__(self, texts: Sequence[str]) -> list[Taken]:
        return [tuple(cleaner.clean(text).removals for cleaner in self._cleaners) for text in texts]


_T = TypeVar("_T")
#: Makes a function that says something of each of a few texts.
_Make = Callable[..., Callable[[Sequence[str]], list[_T]]]


def _each(docs: Iterable[Doc], make: _Make[_T], arguments: tuple[Any, ...], workers: int | None) -> Iterator[tuple[Doc, _T]]:
    """Each text with what the function that ``make(*arguments)`` gives says of it, in the corpus's order."""
    workers = workers or os.cpu_count() or 1
    chunks = _chunks(docs)
    first = next(chunks, [])
    if workers == 1 or len(first) < _CHUNK:
        look = make(*arguments)
        for chunk in chain([first], chunks):
            yield from zip(chunk, _once(look, [d.text for d in chunk]), strict=True)
        return
    with ProcessPoolExecutor(workers, initializer=_begin, initargs=(make, arguments)) as pool:
        waiting: deque[tuple[list[Doc], Future[list[_T]]]] = deque()
        for chunk in chain([first], chunks):
            waiting.append((chunk, pool.submit(_work, [d.text for d in chunk])))
            if len(waiting) > 3 * workers:
                done, future = waiting.popleft()
                yield from zip(done, future.result(), strict=True)
        for done, future in waiting:
            yield from zip(done, future.result(), strict=True)


def _chunks(docs: Iterable[Doc]) -> Iterator[list[Doc]]:
    docs = iter(docs)
    while chunk := list(islice(docs, _CHUNK)):
        yield chunk


def _once(look: Callable[[Sequence[str]], list[_T]], texts: Sequence[str]) -> list[_T]:
    """What ``look`` says of each text, asked once for texts that are the same: views of one page often are."""
    different = list(dict.fromkeys(texts))
    said = dict(zip(different, look(different), strict=True))
    return [said[text] for text in texts]


_look: list[Callable[[Sequence[str]], list[Any]]] = []


def _begin(make: _Make[Any], arguments: tuple[Any, ...]) -> None:
    """In a worker: make its function once."""
    _look[:] = [make(*arguments)]


def _work(texts: list[str]) -> list[Any]:
    [look] = _look
    return _once(look, texts)


# ---------------------------------------------------------------- differences


def changed_rules(old: RuleSet, new: RuleSet) -> tuple[set[str], set[str], set[str]]:
    """Ids of rules that are new, gone, and that match otherwise than before."""
    before, after = _matching(old), _matching(new)
    added, gone = after.keys() - before.keys(), before.keys() - after.keys()
    return added, gone, {i for i in after.keys() & before.keys() if after[i] != before[i]}


def _matching(ruleset: RuleSet) -> dict[str, tuple[Any, ...]]:
    """Id -> all that decides what a rule takes."""
    return {r.id: _matching_one(r, ruleset) for r in ruleset}


def _sources(r: Rule, ruleset: RuleSet) -> tuple[str, ...]:
    return tuple(expand(source_regex(p), ruleset.slots) for p in r.patterns)


def _besides(r: Rule, ruleset: RuleSet) -> tuple[Any, ...]:
    return r.kind, ruleset.unless_of(r), r.at, r.shape, r.most, r.least, r.words, r.detector, r.options, r.level, r.status


def _changed_parts(these: RuleSet, those: RuleSet) -> list[Rule]:
    """The stable rules of ``these`` that ``those`` lack or have otherwise, with the patterns alone that they do not share."""
    others = {r.id: r for r in those}
    out = []
    for r in these:
        other = others.get(r.id)
        if r.status != "stable" or (other and _matching_one(r, these) == _matching_one(other, those)):
            continue
        if other is not None and _besides(other, those) == _besides(r, these) and r.kind != "detector":
            shared = set(_sources(other, those))
            own = zip(r.patterns, _sources(r, these), strict=True)
            r = replace(r, patterns=tuple(p for p, source in own if source not in shared))
        out.append(r)
    return out


def _matching_one(r: Rule, ruleset: RuleSet) -> tuple[Any, ...]:
    return _sources(r, ruleset), _besides(r, ruleset)


class Touched:
    """A test whether two rule sets may treat a text differently, far cheaper than cleaning it twice.

    True where the rules that changed take something else from a line of the normalised text, or from a
    segment of it, than before; where a detector that changed finds something else; and where a line is
    protected by a pattern that came or went. A line that fits only once another rule has cut its end is
    not seen.
    """

    def __init__(self, old: RuleSet, new: RuleSet) -> None:
        ids = set().union(*changed_rules(old, new))
        changed = sorted(set(old.protected) ^ set(new.protected))
        self._protected = regex.compile("|".join(f"(?:{p})" for p in changed), regex.I | regex.V0) if changed else None
        parts = _changed_parts(old, new), _changed_parts(new, old)
        self._before, self._after = (_Taker(s, rules) for s, rules in zip((old, new), parts, strict=True))
        self._finds = [_finder(ruleset, ids, all_of_them=old.words != new.words) for ruleset in (old, new)]
        self._gate = cue_gate(sorted({cue for rules in parts for r in rules for p in r.patterns for cue in p.cues}))
        self._same: set[str] = set()
        """Lines that are known to be treated alike."""

    def __call__(self, texts: Sequence[str]) -> list[bool]:
        all_lines = [Lines(apply(text, normalise.normalise(text))) for text in texts]
        differs = [self._by_lines(lines) for lines in all_lines]
        rest = [n for n, already in enumerate(differs) if not already]
        # One state after the other: detectors keep what they make of the word lists of one.
        before, after = ([find(all_lines[n]) for n in rest] for find in self._finds)
        for n, first, second in zip(rest, before, after, strict=True):
            differs[n] = first != second
        return differs

    def _by_lines(self, lines: Lines) -> bool:
        hit = {lines.index_at(start) for _, start, _ in self._gate(lines.low)}
        wanted = [line for line in dict.fromkeys(lines.parts[i] for i in sorted(hit)) if line not in self._same]
        # All parts at once, a part a line: making one search ready costs more than a hundred lines do.
        parts = dict.fromkeys(part for line in wanted for part in (line, *(line[a:b] for a, b in segments(line))))
        text = "\n".join(parts)
        if text and self._before(text) != self._after(text):
            return True
        if len(self._same) < _MOST_LINES:
            self._same.update(wanted)
        return self._protected is not None and any(self._protected.search(line) for line in lines.parts)


_MOST_LINES = 1_000_000
_EVERY = frozenset(LANGUAGES)


class _Taker:
    """What these rules take from lines, whatever their language, with all else that decides about it."""

    def __init__(self, ruleset: RuleSet, rules: Sequence[Rule]) -> None:
        # A block's opening line is tried as a line: what hangs on it matters only where that matches.
        plain = [replace(r, kind="line") if r.kind == "block" else r for r in rules if r.kind != "detector"]
        self._matcher = Matcher(ruleset, plain, {})
        by_id = {r.id: r for r in rules}
        self._manners = [_manner(by_id[r.id]) for r in plain]

    def __call__(self, text: str) -> set[tuple[Any, ...]]:
        return {(f.start, f.end, self._manners[f.rule]) for f in self._matcher.find(text, lambda: _EVERY)}


def _manner(r: Rule) -> tuple[Any, ...]:
    return r.kind, r.shape, r.most, r.least, r.language, r.level, r.family, r.words


def _finder(ruleset: RuleSet, ids: set[str], *, all_of_them: bool) -> Callable[[Lines], set[tuple[int, int]]]:
    """What the detectors of these rules find, or those of all rules."""
    rules = [r for r in ruleset if r.kind == "detector" and r.status == "stable" and (all_of_them or r.id in ids)]
    # Several rules may share a detector and its options.
    calls = list({(r.detector, repr(r.options)): (DETECTORS[r.detector], dict(r.options)) for r in rules}.values())
    return lambda lines: {found for detector, options in calls for found in detector(lines, options, ruleset.words)}


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
