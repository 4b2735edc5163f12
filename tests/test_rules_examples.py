"""Every example of every rule is a test of its own, named by the rule."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from cleaner.check import check_ruleset
from cleaner.model import LEVELS, Rule, RuleSet
from cleaner.pipeline import Cleaner
from cleaner.rules import load, marked
from tests.conftest import MakeCleaner

RULES = [r for r in load().rules if r.status != "retired"]


def _examples(key: str) -> list[object]:
    return [pytest.param(rule, e, id=f"{rule.id}-{n}") for rule in RULES for n, e in enumerate(getattr(rule, key), 1)]


def squeezed(text: str) -> str:
    """The text's characters, white space aside: what tidying does to blank lines is not a rule's doing."""
    return "".join(text.split())


def all_rules(rule: Rule, cleaner_for: MakeCleaner) -> Cleaner:
    """All rules as they meet the rule's examples: in its language, no milder than standard."""
    return cleaner_for(max(rule.level, "standard", key=LEVELS.index), (rule.language,))


BY_ID = {r.id: r for r in RULES}


@cache
def alone(rule_id: str) -> Cleaner:
    """The rule with no other; a trial rule cuts here, for its examples must be right already."""
    rule = replace(BY_ID[rule_id], status="stable")
    return Cleaner(replace(load(), rules=(rule,)), profile="thorough", languages=[rule.language])


@cache
def no_rules() -> Cleaner:
    return Cleaner(replace(load(), rules=()))


@pytest.mark.parametrize(("rule", "example"), _examples("removes"))
def test_marked_part_goes_and_the_rest_stays(rule: Rule, example: str, cleaner_for: MakeCleaner) -> None:
    given, left = marked(example)
    wanted = squeezed(no_rules().clean_text(left))
    cleaned = alone(rule.id).clean(given)
    assert squeezed(cleaned.text) == wanted
    assert {r.cause for r in cleaned.removals} == {rule.id}
    if rule.status == "stable":
        assert squeezed(all_rules(rule, cleaner_for).clean_text(given)) == wanted


@pytest.mark.parametrize(("rule", "example"), _examples("keeps"))
def test_near_miss_stays(rule: Rule, example: str, cleaner_for: MakeCleaner) -> None:
    cleaned = all_rules(rule, cleaner_for).clean(example)
    assert not cleaned.removals, f"goes to {cleaned.removals[0].cause}"


def test_rules_pass_their_own_check(ruleset: RuleSet) -> None:
    problems = check_ruleset(ruleset)
    assert not problems, "\n".join(map(str, problems))


def test_level_of_a_rule_is_the_mildest_profile_that_uses_it(ruleset: RuleSet) -> None:
    """A rule's example goes in its own profile and the stronger ones, and not by that rule in milder ones."""
    for rule in RULES:
        if rule.status != "stable":
            continue
        only = replace(ruleset, rules=(rule,))
        given, _ = marked(rule.removes[0])
        cuts = [bool(Cleaner(only, profile=p, languages=[rule.language]).clean(given).removals) for p in LEVELS]
        assert cuts == [LEVELS.index(rule.level) <= n for n in range(len(LEVELS))], rule.id
