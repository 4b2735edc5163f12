"""Lint the rules: every example is run, alone and among all rules; one small check a property.

Shared by ``cleaner rules check``, ``cleaner rules test`` and the tests. Faults of the format itself
(unknown keys, slots that do not exist …) are found on loading, in :mod:`cleaner.reader`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from copy import copy
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from cleaner import phrases, yamlfile
from cleaner.detectors import DETECTORS
from cleaner.gates import cue_gate
from cleaner.model import LEVELS, NORMALISE, Cleaned, Level, Rule, RuleSet
from cleaner.normalise import normalise
from cleaner.passed import Passed, code, key_of
from cleaner.pipeline import Cleaner
from cleaner.problems import Problem
from cleaner.rules import SLOT, Changes, load_sound, marked, shown_path


def check(folders: Iterable[str | os.PathLike[str]] | None = None) -> list[Problem]:
    """Everything that is wrong with the rules in ``folders`` (the bundled ones where None), by place."""
    return check_some(folders)[1]


def check_some(
    folders: Iterable[str | os.PathLike[str]] | None = None,
    *,
    changes: Changes | None = None,
    families: Iterable[str] = (),
    languages: Iterable[str] = (),
    timing: bool = True,
    remember: bool = False,
    workers: int | None = 1,
) -> tuple[RuleSet, list[Problem]]:
    """The rules that were checked, and everything that is wrong in ``folders``, by place.

    ``families``, ``languages``: check these alone (all where empty) and keep to faults in their files
    and in files that all share. ``timing``: also look for slow patterns. ``remember`` and ``workers`` are
    those of :func:`check_ruleset`.
    """
    ruleset, problems = load_sound(folders, changes=changes, cache=remember)
    families, languages = tuple(families), tuple(languages)
    chosen = [r for r in ruleset if (not families or r.family in families) and (not languages or r.language in languages)]
    found = check_ruleset(ruleset, chosen, timing=timing, remember=remember, workers=workers)
    concerned = {p for p in problems if _concerns(p.path, families, languages)}
    return replace(ruleset, rules=tuple(chosen)), sorted({*concerned, *found})


def _concerns(path: str, families: tuple[str, ...], languages: tuple[str, ...]) -> bool:
    """Whether a file is one of the chosen families and languages, or one that all share."""
    file = Path(path)
    if file.name in ("slots.yaml", "protected.yaml", "cleaner.toml", "pyproject.toml"):
        return True
    return (not families or file.parent.name in families) and (not languages or file.stem in (*languages, "family"))


def check_ruleset(
    ruleset: RuleSet, rules: Iterable[Rule] | None = None, *, timing: bool = True, remember: bool = False, workers: int | None = 1
) -> list[Problem]:
    """What is wrong with ``rules`` (all where None) of ``ruleset``, by place.

    ``remember``: skip examples that passed before, where nothing that decides about them has changed.
    ``workers``: processes, as many as there are cores where None.
    """
    chosen = [r for r in (ruleset.rules if rules is None else rules) if r.status != "retired"]
    passed = Passed(f"examples-{code()}") if remember else None
    found = set(_lint(ruleset, chosen, passed, workers or os.cpu_count() or 1))
    if passed is not None:
        passed.write()
    if timing:
        from cleaner.slow import slow_patterns

        run = Bench(ruleset)
        found |= {
            run.problem(slow.rule, slow.where, slow.message, slow.FOLLOWS, slow.MEND) for slow in slow_patterns(ruleset, chosen)
        }
    return sorted(found)


#: Fewer rules than this are not worth another process, which must make its own matchers.
_WORTH_A_PROCESS = 60


def _lint(ruleset: RuleSet, rules: Sequence[Rule], passed: Passed | None, workers: int) -> Iterator[Problem]:
    """The problems of ``rules``; what passed is added to ``passed``."""
    if passed is not None:
        run = Bench(ruleset, passed)
        rules = [r for r in rules if not run.has_passed(r)]
    if workers == 1 or len(rules) < _WORTH_A_PROCESS:
        yield from _lint_here(Bench(ruleset, passed), rules)
        return
    # Rules of one language share most patterns that their examples need.
    in_order = sorted(rules, key=lambda r: (r.language, r.family))
    size = max(10, len(in_order) // (workers * 4))
    parts = [in_order[i : i + size] for i in range(0, len(in_order), size)]
    with ProcessPoolExecutor(workers, initializer=_begin, initargs=(ruleset, passed is not None)) as pool:
        for problems, keys in pool.map(_work, parts):
            yield from problems
            for key in keys:
                assert passed is not None
                passed.add(key)


def _lint_here(run: Bench, rules: Iterable[Rule]) -> Iterator[Problem]:
    return (problem for rule in rules for lint in LINTS for problem in lint(run, rule))


_bench: list[Bench] = []


def _begin(ruleset: RuleSet, remember: bool) -> None:
    """In a worker: make its bench once."""
    _bench[:] = [Bench(ruleset, set() if remember else None)]


def _work(rules: Sequence[Rule]) -> tuple[list[Problem], list[str]]:
    """Problems of the rules, and the keys of what passed."""
    [run] = _bench
    problems = list(_lint_here(run, rules))
    keys = list(run.passed) if isinstance(run.passed, set) else []
    if isinstance(run.passed, set):
        run.passed.clear()
    return problems, keys


# ---------------------------------------------------------------- running examples


@dataclass(frozen=True)
class Outcome:
    """One example, run."""

    rule: Rule
    key: Literal["removes", "keeps"]
    example: str
    """As it stands in the file."""
    given: str
    """The text that was cleaned."""
    wanted: str
    """What should be left of it."""
    alone: Cleaned
    """What the rule does to it with no other rule in play."""
    among: Cleaned | None
    """What all rules do to it; None for a trial rule."""

    @property
    def bad(self) -> Cleaned | None:
        """The run that went wrong; None where both are right."""
        return next((c for c in (self.alone, self.among) if c is not None and not self._right(c)), None)

    def _right(self, cleaned: Cleaned) -> bool:
        if self.key == "keeps":
            return not cleaned.removals
        return cleaned.text.rstrip("\n") == self.wanted


class Bench:
    """The rule set under test and the cleaners that run its examples.

    ``passed``: keys of examples that passed before, which the lints skip; new ones are added.
    """

    def __init__(self, ruleset: RuleSet, passed: Passed | set[str] | None = None) -> None:
        self.ruleset = ruleset
        self.passed = passed
        self._all: dict[Level, Cleaner] = {}
        self._documents: dict[str, yamlfile.Document | None] = {}

    @cached_property
    def _keys(self) -> Keys:
        return Keys(self.ruleset)

    def has_passed(self, rule: Rule) -> bool:
        """Whether all examples of a rule are known to be right."""
        return self.passed is not None and all(self._keys(rule, key, e) in self.passed for key, e in examples(rule))

    def outcomes(self, rule: Rule) -> Iterator[Outcome]:
        """Run all examples of a rule; none where its detector does not exist."""
        if rule.kind == "detector" and rule.detector not in DETECTORS:
            return
        for key, example in examples(rule):
            yield self.outcome(rule, key, example)

    def outcome(self, rule: Rule, key: Literal["removes", "keeps"], example: str) -> Outcome:
        """Run one example."""
        given, left = marked(example) if key == "removes" else (example, example)
        # A trial rule's near misses hold for the other rules already.
        among = self._among(rule).clean(given) if rule.status == "stable" or key == "keeps" else None
        if among is not None and rule.status == "stable" and not among.flags and {r.cause for r in among.removals} <= {rule.id}:
            # No other rule found anything, so that the rule alone finds just the same.
            alone = among
        else:
            alone = self._alone(rule).clean(given)
        return Outcome(rule, key, example, given, _tidy(left), alone, among)

    def unproven(self, rule: Rule) -> Iterator[Outcome]:
        """The outcomes that are not known to be right; those that turn out so are remembered."""
        if rule.kind == "detector" and rule.detector not in DETECTORS:
            return
        for key, example in examples(rule):
            if self.passed is None:
                yield self.outcome(rule, key, example)
                continue
            name = self._keys(rule, key, example)
            if name in self.passed:
                continue
            outcome = self.outcome(rule, key, example)
            if outcome.bad is None and self._keys.decide(outcome):
                self.passed.add(name)
            yield outcome

    def _among(self, rule: Rule) -> Cleaner:
        """All rules as they would meet the rule's examples: in its language, no milder than standard."""
        profile = max(rule.level, "standard", key=LEVELS.index)
        if profile not in self._all:
            self._all[profile] = Cleaner(self.ruleset, profile=profile)
            _ = self._all[profile].matcher  # made here, so that the copies below share it
        cleaner = copy(self._all[profile])
        cleaner.languages = frozenset([rule.language])
        return cleaner

    def _alone(self, rule: Rule) -> Cleaner:
        """The rule with no other; a trial rule cuts here, for its examples must be right already."""
        only = replace(self.ruleset, rules=(replace(rule, status="stable"),))
        return Cleaner(only, profile="thorough", languages=[rule.language])

    def problem(self, rule: Rule, where: tuple[str, str] | None, message: str, follows: str = "", mend: str = "") -> Problem:
        """A Problem of ``rule`` at the text ``where[1]`` of its key ``where[0]``; at its id where None."""
        name = rule.id.rsplit("/", 1)[-1]
        document = self._document(rule.path)
        if document is None:
            return Problem(shown_path(Path(rule.path)), rule.line, name, message, follows, mend)
        at = next((i for i, data in enumerate(document.data) if isinstance(data, dict) and data.get("id") == name), 0)
        if where is None:
            return document.problem((at, "id"), name, message, follows=follows, mend=mend, key=True)
        texts = document.data[at].get(where[0]) or []
        return document.problem((at, where[0], texts.index(where[1])), name, message, follows=follows, mend=mend)

    def _document(self, path: str) -> yamlfile.Document | None:
        if path not in self._documents:
            try:
                document = yamlfile.read(Path(path).read_text(encoding="utf-8"), shown_path(Path(path)))
            except (OSError, UnicodeDecodeError):
                document = None
            self._documents[path] = document if document and isinstance(document.data, list) else None
        return self._documents[path]


def examples(rule: Rule) -> Iterator[tuple[Literal["removes", "keeps"], str]]:
    """The examples of a rule with the key that each stands under."""
    for example in rule.removes:
        yield "removes", example
    for example in rule.keeps:
        yield "keeps", example


class Keys:
    """Hashes of all that decides how an example runs among all rules: what :class:`Passed` keeps.

    A rule can only take something where one of its cues stands, so an example's outcome is decided by
    the rules that have a cue in it, the detectors and what is protected. That holds while no new cue
    comes about on the way: see :meth:`decide`.
    """

    def __init__(self, ruleset: RuleSet) -> None:
        slots = {name: key_of(pattern) for name, pattern in ruleset.slots.items()}
        self._rules = [r for r in ruleset.rules if r.status == "stable"]
        self._digests = {r.id: _digest(r, slots) for r in ruleset.rules}
        self._detectors = {r.id for r in ruleset.rules if r.kind == "detector"}
        self._shared = key_of(ruleset.protected, ruleset.words)
        having: dict[str, list[int]] = {}
        for number, rule in enumerate(self._rules):
            for cue in {c for p in rule.patterns for c in p.cues}:
                having.setdefault(cue, []).append(number)
            if rule.kind == "detector":
                having.setdefault("", []).append(number)
        self._always = having.pop("", [])
        self._having = list(having.values())
        self._gate = cue_gate(list(having))

    def __call__(self, rule: Rule, key: str, example: str) -> str:
        given = marked(example)[0] if key == "removes" else example
        numbers = {*self._always, *(n for cue, _, _ in self._gate(phrases.fold(given)) for n in self._having[cue])}
        in_play = [self._digests[self._rules[n].id] for n in sorted(numbers)]
        return key_of(key, example, self._digests[rule.id], self._shared, in_play)

    def decide(self, outcome: Outcome) -> bool:
        """Whether the key of an example decides its outcome.

        Only where what is left of a line while it is cleaned is a stretch of the line as given: then a cue
        that does not stand in the example can't come about. Detectors may cut within lines, and the
        normaliser writes other characters.
        """
        runs = [c for c in (outcome.alone, outcome.among) if c is not None]
        if any(r.cause in self._detectors for c in runs for r in c.removals):
            return False
        # Entities are decoded once a mark-up character is gone from their line.
        changed = any(e.cause.startswith(NORMALISE) for c in runs for e in c.edits)
        return not changed and not normalise(outcome.given) and not ("&" in outcome.given and "<" in outcome.given)


def _digest(rule: Rule, slots: Mapping[str, str]) -> str:
    """A hash of all that decides what a rule takes; ``slots``: a hash of each slot."""
    used = [slots.get(name, "") for p in rule.patterns for name in SLOT.findall(p.source)]
    return key_of(replace(rule, why="", since="", seen="", removes=(), keeps=(), path="", line=0), used)


# ---------------------------------------------------------------- lints


def detector_exists(run: Bench, rule: Rule) -> Iterator[Problem]:
    """A detector rule names a detector that there is."""
    if rule.kind == "detector" and rule.detector not in DETECTORS:
        near = get_close_matches(rule.detector, DETECTORS, 1)
        mend = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(sorted(DETECTORS))}"
        yield run.problem(rule, None, f"there is no detector '{rule.detector}'", mend=mend)


def examples_hold(run: Bench, rule: Rule) -> Iterator[Problem]:
    """Each ``removes`` example loses what is marked, alone and among all rules; no rule touches a ``keeps``."""
    for outcome in run.unproven(rule):
        bad = outcome.bad
        if bad is not None:
            message, follows, mend = verdict(run.ruleset, outcome, bad)
            yield run.problem(rule, (outcome.key, outcome.example), message, follows, mend)


def verdict(ruleset: RuleSet, outcome: Outcome, bad: Cleaned) -> tuple[str, str, str]:
    """What is wrong with an example's run, what follows, how to mend it."""
    rule = outcome.rule
    others = sorted({r.cause for r in bad.removals} - {rule.id})
    if outcome.key == "keeps":
        went = bad.removals[0]
        mend = f"tighten the rule, or add an 'unless' to {'it' if went.cause == rule.id else went.cause}"
        return f"'keeps' example loses {went.text.strip()!r} to {went.cause}", "content would be lost", mend
    left = f"it leaves {bad.text!r}; wanted: {outcome.wanted!r}"
    if bad is outcome.alone:
        if not bad.removals:
            return "'removes' example: nothing goes", why_not(ruleset, rule, outcome.given), _PATTERN_ADVICE
        return f"'removes' example: {left}", "", "move the marks, or widen or tighten the pattern"
    by = f" (with {', '.join(others)})" if others else ""
    if not bad.removals:
        return "'removes' example, among all rules: nothing goes", "the guard or a rule of the language keeps it", ""
    return (
        f"'removes' example, among all rules{by}: {left}",
        "",
        "one of the two rules takes too much or too little: see both with `rules show`",
    )


_PATTERN_ADVICE = "compare it with the phrase word by word; `cleaner rules show ID` prints what the pattern has become"


def why_not(ruleset: RuleSet, rule: Rule, given: str) -> str:
    """Why a rule that should take something from ``given`` takes nothing, where that can be told."""
    if rule.kind == "detector":
        return ""
    from cleaner.explain import near_misses

    only = replace(ruleset, rules=(replace(rule, status="stable"),))
    near = near_misses(Cleaner(only, profile="thorough", languages=[rule.language]), given)
    return str(near[0]).removeprefix(rule.id).strip() if near else "no cue of the rule stands in the line"


Lint = Callable[[Bench, Rule], Iterator[Problem]]
LINTS: tuple[Lint, ...] = (detector_exists, examples_hold)


def _tidy(text: str) -> str:
    return Cleaner(_nothing(), skip=("mojibake", "entities")).clean(text).text.rstrip("\n")


@lru_cache(maxsize=1)
def _nothing() -> RuleSet:
    return RuleSet((), (), {}, (), {}, "")
