"""Every removal is confirmed by the oracle: on fixtures, rule examples, drawn text and real pages."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from operator import attrgetter

import pytest
from hypothesis import event, given

from cleaner.model import LEVELS, Cleaned, Edit, Level, RuleSet
from cleaner.pipeline import Cleaner
from cleaner.rules import bundled_rules, marked
from tests.conftest import MakeCleaner
from tests.oracle import Oracle
from tests.pages import pages
from tests.strategies import dirty_documents
from tests.test_reference import SAMPLE, bench_texts, needs_bench


@cache
def oracle() -> Oracle:
    return Oracle(bundled_rules())


def confirm(cleaner: Cleaner, text: str) -> Cleaned:
    cleaned = cleaner.clean(text)
    languages = None if cleaner.languages is None else sorted(cleaner.languages)
    doubts = list(oracle().doubts(cleaned, cleaner.profile, languages))
    assert not doubts, "\n".join(doubts)
    return cleaned


@pytest.mark.parametrize("profile", LEVELS)
def test_removals_of_fixtures_are_sound(profile: Level, cleaner_for: MakeCleaner) -> None:
    cleaner = cleaner_for(profile)
    removals = [r for page in pages() for r in confirm(cleaner, page.clean(cleaner).original).removals]
    assert removals or profile == "careful"


def test_removals_of_rule_examples_are_sound(ruleset: RuleSet) -> None:
    rules = sorted((rule for rule in ruleset.rules if rule.status == "stable"), key=attrgetter("language"))
    for language, group in groupby(rules, key=attrgetter("language")):
        cleaner = Cleaner(ruleset, profile="thorough", languages=(language,))
        for rule in group:
            for example in rule.removes:
                assert confirm(cleaner, marked(example)[0]).removals


@given(text=dirty_documents())
def test_removals_of_drawn_text_are_sound(text: str, cleaner_for: MakeCleaner) -> None:
    cleaned = confirm(cleaner_for("thorough", ("en", "de", "fr")), text)
    event(f"removals: {min(len(cleaned.removals), 6)}")


@needs_bench
@pytest.mark.parametrize("name", SAMPLE)
def test_removals_of_sampled_real_pages_are_sound(name: str, cleaner_for: MakeCleaner) -> None:
    removals = [r for text in bench_texts(name, SAMPLE[name]) for r in confirm(cleaner_for("standard"), text).removals]
    assert removals


@needs_bench
@pytest.mark.slow
@pytest.mark.parametrize("profile", LEVELS)
@pytest.mark.parametrize("name", SAMPLE)
def test_removals_of_all_real_pages_are_sound(name: str, profile: Level, cleaner_for: MakeCleaner) -> None:
    for text in bench_texts(name, 1):
        confirm(cleaner_for(profile), text)


# ---------------------------------------------------------------- the oracle is no rubber stamp

SHARE = "The vote is on Monday.\nFollow Halden Herald on WhatsApp\nIt will be close."
LINE = Edit(23, 56, "", "share_prompts/en/follow-on-platform")


def doubts_of(text: str, *edits: Edit, profile: Level = "standard", languages: tuple[str, ...] = ("en",)) -> list[str]:
    return list(oracle().doubts(Cleaned(text, "", edits), profile, languages))


def test_oracle_confirms_what_is_sound() -> None:
    assert doubts_of(SHARE, LINE) == []


UNSOUND = {
    "a line too many": (LINE._replace(end=len(SHARE)), "standard", "matches"),
    "the wrong line": (Edit(0, 23, "", LINE.cause), "standard", "no pattern matches"),
    "half a line": (LINE._replace(end=44), "standard", "not the whole line"),
    "a rule that is not there": (LINE._replace(cause="share_prompts/en/nobody"), "standard", "no rule is called"),
    "another rule": (LINE._replace(cause="image_credits/en/label-agency"), "standard", "no pattern matches"),
    "a milder profile": (LINE, "careful", "no rule of careful"),
    "a replacement": (LINE._replace(replacement="…"), "standard", "writes"),
}


@pytest.mark.parametrize(("edit", "profile", "why"), UNSOUND.values(), ids=UNSOUND)
def test_oracle_doubts_what_is_not(edit: Edit, profile: Level, why: str) -> None:
    doubts = doubts_of(SHARE, edit, profile=profile)
    assert any(why in d for d in doubts), doubts


def test_oracle_doubts_a_protected_line() -> None:
    text = "Correction: Follow Halden Herald on WhatsApp"
    assert any("protected" in d for d in doubts_of(text, Edit(12, len(text), "", LINE.cause)))


def test_oracle_doubts_another_language() -> None:
    german = next(i for i, r in oracle().rules.items() if i.split("/")[1] == "de" and r["level"] == "standard")
    assert any("is not of" in d for d in doubts_of(SHARE, LINE._replace(cause=german)))


def test_oracle_doubts_prose_under_a_prompt() -> None:
    block = next(i for i in oracle().rules if i == "read_more/en/read-more-list")
    text = "Read more:\nThe mayor thanked the crowd and went home early because of the rain that fell.\n"
    assert doubts_of(text, Edit(0, len(text), "", block))
