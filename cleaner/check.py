"""Lint the rules: every example is run, alone and among all rules; one small check a property.

Shared by ``cleaner rules check`` and the tests. Faults of the format itself (unknown keys, slots
that do not exist …) are found on loading, in :mod:`cleaner.rules`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from cleaner.detectors import DETECTORS
from cleaner.model import LEVELS, Cleaned, Level, Rule, RuleSet
from cleaner.pipeline import Cleaner
from cleaner.problems import Problem, RulesError
from cleaner.rules import load, marked, shown_path


def check(folders: Iterable[str | os.PathLike[str]] | None = None) -> list[Problem]:
    """Everything that is wrong with the rules in ``folders`` (the bundled ones where None), by place."""
    try:
        ruleset = load(folders, cache=False)
    except RulesError as error:
        return list(error.problems)
    return check_ruleset(ruleset)


def check_ruleset(ruleset: RuleSet, rules: Iterable[Rule] | None = None) -> list[Problem]:
    """What is wrong with ``rules`` (all where None) of ``ruleset``."""
    run = _Check(ruleset)
    return sorted(
        problem
        for rule in (ruleset.rules if rules is None else rules)
        if rule.status != "retired"
        for lint in LINTS
        for problem in lint(run, rule)
    )


class _Check:
    """The rule set under test and the cleaners that run its examples."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset
        self._all: dict[tuple[str, Level], Cleaner] = {}

    def all_rules(self, rule: Rule) -> Cleaner:
        """All rules as they would meet the rule's examples: in its language, no milder than standard."""
        profile = max(rule.level, "standard", key=LEVELS.index)
        key = rule.language, profile
        if key not in self._all:
            self._all[key] = Cleaner(self.ruleset, profile=profile, languages=[rule.language])
        return self._all[key]

    def alone(self, rule: Rule) -> Cleaner:
        """The rule with no other; a trial rule cuts here, for its examples must be right already."""
        only = replace(self.ruleset, rules=(replace(rule, status="stable"),))
        return Cleaner(only, profile="thorough", languages=[rule.language])


def examples_go(run: _Check, rule: Rule) -> Iterator[Problem]:
    """Each ``removes`` example loses what is marked, by this rule alone and among all rules."""
    alone = run.alone(rule)
    for example in rule.removes:
        given, left = marked(example)
        wanted = _tidy(left)
        cleaned = alone.clean(given)
        if cleaned.text.rstrip("\n") != wanted:
            yield _problem(rule, example, f"'removes' example: {_difference(cleaned, wanted)}")
            continue
        if rule.status == "trial":
            continue
        cleaned = run.all_rules(rule).clean(given)
        if cleaned.text.rstrip("\n") != wanted:
            others = sorted({r.cause for r in cleaned.removals} - {rule.id})
            by = f" (with {', '.join(others)})" if others else ""
            yield _problem(rule, example, f"'removes' example, among all rules{by}: {_difference(cleaned, wanted)}")


def examples_stay(run: _Check, rule: Rule) -> Iterator[Problem]:
    """No rule touches a ``keeps`` example."""
    alone = run.alone(rule)
    for example in rule.keeps:
        for cleaned in (alone.clean(example), run.all_rules(rule).clean(example)):
            if cleaned.removals:
                went = cleaned.removals[0]
                yield _problem(rule, example, f"'keeps' example loses {went.text.strip()!r} to {went.cause}")
                break


def detector_exists(run: _Check, rule: Rule) -> Iterator[Problem]:
    """A detector rule names a detector that there is."""
    if rule.kind == "detector" and rule.detector not in DETECTORS:
        yield _problem(rule, "", f"there is no detector '{rule.detector}'; there are: {', '.join(sorted(DETECTORS))}")


Lint = Callable[[_Check, Rule], Iterator[Problem]]


def _unless_broken(lint: Lint) -> Lint:
    """Examples of a rule whose detector is missing can't be run."""

    def guarded(run: _Check, rule: Rule) -> Iterator[Problem]:
        if rule.kind != "detector" or rule.detector in DETECTORS:
            yield from lint(run, rule)

    return guarded


LINTS: tuple[Lint, ...] = (detector_exists, _unless_broken(examples_go), _unless_broken(examples_stay))


def _tidy(text: str) -> str:
    return Cleaner(_nothing(), skip=("mojibake", "entities")).clean(text).text.rstrip("\n")


@lru_cache(maxsize=1)
def _nothing() -> RuleSet:
    return RuleSet((), (), {}, (), {}, "")


def _difference(cleaned: Cleaned, wanted: str) -> str:
    if cleaned.text == cleaned.original:
        return f"nothing goes; wanted: {wanted!r}" if wanted else "nothing goes"
    return f"leaves {cleaned.text!r}; wanted: {wanted!r}"


def _problem(rule: Rule, example: str, message: str) -> Problem:
    name = rule.id.rsplit("/", 1)[-1]
    return Problem(shown_path(Path(rule.path)), _line_of(rule, example), name, message)


def _line_of(rule: Rule, example: str) -> int:
    """The line of the file on which an example stands; the rule's own where it can't be found."""
    first = next((line.strip() for line in example.split("\n") if line.strip()), "")
    try:
        lines = Path(rule.path).read_text(encoding="utf-8").split("\n")
    except OSError:
        return rule.line
    for number in range(rule.line, len(lines)):
        if first and first.replace("'", "''") in lines[number].replace('\\"', '"') or first and first in lines[number].replace('\\"', '"'):
            return number + 1
    return rule.line
