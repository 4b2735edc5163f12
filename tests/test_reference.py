"""The fast matcher equals the plain one: on fixtures, on drawn text, on real pages."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from zlib import crc32

import pytest
import regex
from hypothesis import given

from cleaner.model import LEVELS, Cleaned, Level, RuleSet
from cleaner.phrases import fold
from cleaner.pipeline import Cleaner
from cleaner.rules import expand, marked, source_regex
from tests.pages import FIXTURES, ROOT, pages, read
from tests.reference import PlainCleaner
from tests.strategies import texts

BENCH = ROOT.parent / "shared" / "bench"
#: One page in so many is compared in a normal run.
SAMPLE = {"articles": 12, "news": 12, "pages": 150}
#: Rules that a normal run hands to the plain matcher at once: it compiles every pattern whose cue it
#: meets, and compiling takes a hundred times as long as matching. ``--slow`` takes them all.
SLICE = 50


def some_of(ruleset: RuleSet, which: int) -> RuleSet:
    """The ``which``-th slice of the rules; every test takes another, and a rule stays in its slice."""
    parts = max(1, len(ruleset.rules) // SLICE)
    return replace(ruleset, rules=tuple(r for r in ruleset.rules if crc32(r.id.encode()) % parts == which % parts))


class Both:
    """The same settings on either matcher."""

    def __init__(self, ruleset: RuleSet, profile: Level = "thorough", languages: tuple[str, ...] | None = None) -> None:
        self.ruleset = ruleset
        self.fast = Cleaner(ruleset, profile=profile, languages=languages)
        self.plain = PlainCleaner(ruleset, profile=profile, languages=languages)

    def agree(self, text: str) -> Cleaned:
        fast, plain = self.fast.clean(text), self.plain.clean(text)
        assert fast.edits == plain.edits, text
        assert fast == plain
        return fast


@pytest.fixture(params=[pytest.param(False, id="some rules"), pytest.param(True, id="all rules", marks=pytest.mark.slow)])
def whole(request: pytest.FixtureRequest) -> bool:
    """Whether all rules take part."""
    return bool(request.param)


def rules_for(ruleset: RuleSet, whole: bool, which: int) -> RuleSet:
    return ruleset if whole else some_of(ruleset, which)


def test_matchers_agree_on_fixtures(ruleset: RuleSet, whole: bool) -> None:
    both = Both(rules_for(ruleset, whole, 0))
    files = [p.source for p in pages() if not p.is_html] + sorted((FIXTURES / "prose").rglob("*.txt"))
    changed = [both.agree(read(path)).changed for path in files]
    assert any(changed)


@pytest.mark.parametrize("profile", LEVELS)
def test_matchers_agree_on_rule_examples(ruleset: RuleSet, whole: bool, profile: Level) -> None:
    both = Both(rules_for(ruleset, whole, 1), profile)
    changed = [both.agree(marked(e)[0]).changed for r in both.ruleset.rules for e in (*r.removes, *r.keeps)]
    assert any(changed)


def test_matchers_agree_where_examples_touch(ruleset: RuleSet, whole: bool) -> None:
    """The examples of a family in one document, and glued into lines: rules compete for the same words."""
    rules = rules_for(ruleset, whole, 2)
    families: dict[tuple[str, str], list[str]] = {}
    for rule in rules.rules:
        families.setdefault((rule.family, rule.language), []).extend(marked(e)[0] for e in (*rule.removes, *rule.keeps))
    for (_, language), examples in families.items():
        both = Both(rules, "thorough", (language,))
        both.agree("\n".join(examples))
        both.agree(" | ".join(e.replace("\n", " ") for e in examples[:8]))
        both.agree("\n".join(f"{a} {b}" for a, b in pairwise(examples)))


@pytest.fixture(scope="module")
def drawn(ruleset: RuleSet) -> Both:
    return Both(some_of(ruleset, 3))


@given(text=texts)
def test_matchers_agree_on_drawn_text(drawn: Both, text: str) -> None:
    drawn.agree(text)


def test_cue_is_in_every_line_that_a_pattern_matches(ruleset: RuleSet, whole: bool) -> None:
    """The definition asks for a cue and a pattern: on the rules' own examples no cue hides a match."""
    matches = 0
    for rule in rules_for(ruleset, whole, 4).rules:
        lines = [line for example in rule.removes for line in marked(example)[0].split("\n") if line.strip()]
        for pattern in rule.patterns:
            compiled = regex.compile(expand(source_regex(pattern), ruleset.slots), regex.I)
            for line in lines:
                if compiled.search(line):
                    matches += 1
                    assert any(cue in fold(line) for cue in pattern.cues), (rule.id, pattern.source, line)
    assert matches


def bench_texts(name: str, step: int) -> Iterator[str]:
    """The views of every ``step``-th page."""
    with gzip.open(BENCH / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        for number, line in enumerate(file):
            if number % step == 0:
                for view in json.loads(line)["views"].values():
                    yield "\n".join(text for text, _ in view)


needs_bench = pytest.mark.skipif(not BENCH.is_dir(), reason="the measuring pages are not here")


@needs_bench
@pytest.mark.parametrize("name", SAMPLE)
def test_matchers_agree_on_a_sample_of_real_pages(name: str, ruleset: RuleSet) -> None:
    both = Both(some_of(ruleset, 5 + list(SAMPLE).index(name)))
    changed = [both.agree(text).changed for text in bench_texts(name, SAMPLE[name])]
    assert any(changed)


@needs_bench
@pytest.mark.slow
@pytest.mark.parametrize("profile", LEVELS)
@pytest.mark.parametrize("name", SAMPLE)
def test_matchers_agree_on_every_real_page(name: str, profile: Level, ruleset: RuleSet) -> None:
    both = Both(ruleset, profile)
    changed = [both.agree(text).changed for text in bench_texts(name, 1)]
    assert any(changed)
