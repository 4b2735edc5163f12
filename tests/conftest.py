"""Shared by all tests: Hypothesis profiles, the marker for long runs, cleaners made once."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import HealthCheck, Phase, settings

from cleaner.model import Level, RuleSet
from cleaner.pipeline import Cleaner
from cleaner.rules import load

# Cleaning is warmed up lazily (patterns, language profiles), so the first example is slow: no deadline.
_SLOW_START = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
settings.register_profile("ci", _SLOW_START, max_examples=60, derandomize=True)
settings.register_profile("nightly", _SLOW_START, max_examples=3000)
# Of a mutant one wants to know that an example fails, not which is the smallest.
settings.register_profile("mutation", settings.get_profile("ci"), phases=[Phase.explicit, Phase.generate])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes more than a minute; runs only with --slow")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="also run the tests that take more than a minute")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--slow"):
        return
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="slow: run with --slow"))


MakeCleaner = Callable[..., Cleaner]
Only = Callable[[str], Callable[[str], str]]


@pytest.fixture(scope="session")
def ruleset() -> RuleSet:
    """The rules of the checkout."""
    return load()


@pytest.fixture(scope="session")
def cleaner_for(ruleset: RuleSet) -> MakeCleaner:
    """``cleaner_for(profile, languages)``: one cleaner for each pair, made when first asked for."""

    @cache
    def make(profile: Level = "standard", languages: tuple[str, ...] | None = None) -> Cleaner:
        return Cleaner(ruleset, profile=profile, languages=languages)

    return make


@pytest.fixture(scope="session")
def only(ruleset: RuleSet) -> Only:
    """``only(rule)``: cleans a text by this rule alone."""

    def make(rule: str) -> Callable[[str], str]:
        family = rule.partition("/")[0]
        others = [r.id for r in ruleset if r.family == family and r.id != rule]
        return Cleaner(ruleset, families=[family], exclude=others).clean_text

    return make
