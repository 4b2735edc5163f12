"""Lint the rules: every example is run, alone and among all rules; one small check a property.

Shared by ``cleaner rules check``, ``cleaner rules test`` and the tests. Faults of the format itself
(unknown keys, slots that do not exist …) are found on loading, in :mod:`cleaner.reader`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Literal

from cleaner import yamlfile
from cleaner.detectors import DETECTORS
from cleaner.model import LEVELS, Cleaned, Level, Rule, RuleSet
from cleaner.pipeline import Cleaner
from cleaner.problems import Problem
from cleaner.rules import Changes, load_sound, marked, shown_path


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
) -> tuple[RuleSet, list[Problem]]:
    """The rules that were checked, and everything that is wrong in ``folders``, by place.

    ``families``, ``languages``: check these alone (all where empty) and keep to faults in their files
    and in files that all share. ``timing``: also look for slow patterns.
    """
    ruleset, problems = load_sound(folders, changes=changes)
    families, languages = tuple(families), tuple(languages)
    chosen = [r for r in ruleset if (not families or r.family in families) and (not languages or r.language in languages)]
    found = check_ruleset(ruleset, chosen, timing=timing)
    concerned = {p for p in problems if _concerns(p.path, families, languages)}
    return replace(ruleset, rules=tuple(chosen)), sorted({*concerned, *found})


def _concerns(path: str, families: tuple[str, ...], languages: tuple[str, ...]) -> bool:
    """Whether a file is one of the chosen families and languages, or one that all share."""
    file = Path(path)
    if file.name in ("slots.yaml", "protected.yaml", "cleaner.toml", "pyproject.toml"):
        return True
    return (not families or file.parent.name in families) and (not languages or file.stem in (*languages, "family"))


def check_ruleset(ruleset: RuleSet, rules: Iterable[Rule] | None = None, *, timing: bool = True) -> list[Problem]:
    """What is wrong with ``rules`` (all where None) of ``ruleset``, by place."""
    run = Bench(ruleset)
    chosen = [r for r in (ruleset.rules if rules is None else rules) if r.status != "retired"]
    found = {problem for rule in chosen for lint in LINTS for problem in lint(run, rule)}
    if timing:
        from cleaner.slow import slow_patterns

        found |= {
            run.problem(slow.rule, slow.where, slow.message, slow.FOLLOWS, slow.MEND) for slow in slow_patterns(ruleset, chosen)
        }
    return sorted(found)


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
    """The rule set under test and the cleaners that run its examples."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset
        self._all: dict[tuple[str, Level], Cleaner] = {}
        self._documents: dict[str, yamlfile.Document | None] = {}

    def outcomes(self, rule: Rule) -> Iterator[Outcome]:
        """Run all examples of a rule; none where its detector does not exist."""
        if rule.kind == "detector" and rule.detector not in DETECTORS:
            return
        alone, among = self._alone(rule), self._among(rule) if rule.status == "stable" else None
        for example in rule.removes:
            given, left = marked(example)
            yield self._outcome(rule, "removes", example, given, _tidy(left), alone, among)
        for example in rule.keeps:
            # A trial rule's near misses hold for the other rules already.
            yield self._outcome(rule, "keeps", example, example, _tidy(example), alone, self._among(rule))

    @staticmethod
    def _outcome(
        rule: Rule, key: Literal["removes", "keeps"], example: str, given: str, wanted: str, alone: Cleaner, among: Cleaner | None
    ) -> Outcome:
        first = alone.clean(given)
        return Outcome(rule, key, example, given, wanted, first, among.clean(given) if among else None)

    def _among(self, rule: Rule) -> Cleaner:
        """All rules as they would meet the rule's examples: in its language, no milder than standard."""
        profile = max(rule.level, "standard", key=LEVELS.index)
        key = rule.language, profile
        if key not in self._all:
            self._all[key] = Cleaner(self.ruleset, profile=profile, languages=[rule.language])
        return self._all[key]

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


# ---------------------------------------------------------------- lints


def detector_exists(run: Bench, rule: Rule) -> Iterator[Problem]:
    """A detector rule names a detector that there is."""
    if rule.kind == "detector" and rule.detector not in DETECTORS:
        near = get_close_matches(rule.detector, DETECTORS, 1)
        mend = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(sorted(DETECTORS))}"
        yield run.problem(rule, None, f"there is no detector '{rule.detector}'", mend=mend)


def examples_hold(run: Bench, rule: Rule) -> Iterator[Problem]:
    """Each ``removes`` example loses what is marked, alone and among all rules; no rule touches a ``keeps``."""
    for outcome in run.outcomes(rule):
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
