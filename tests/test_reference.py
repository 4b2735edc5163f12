"""The fast matcher equals the plain one: on fixtures, on drawn text, on real pages."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

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
BENCH_FILES = ("articles", "news", "pages")
#: One page in so many is compared in a normal run.
SAMPLE = {"articles": 12, "news": 12, "pages": 150}


class Both:
    """The same settings on either matcher."""

    def __init__(self, ruleset: RuleSet, profile: Level = "standard", languages: tuple[str, ...] | None = None) -> None:
        self.fast = Cleaner(ruleset, profile=profile, languages=languages)
        self.plain = PlainCleaner(ruleset, profile=profile, languages=languages)

    def agree(self, text: str) -> Cleaned:
        fast, plain = self.fast.clean(text), self.plain.clean(text)
        assert fast.edits == plain.edits
        assert fast == plain
        return fast


@pytest.fixture(scope="module", params=LEVELS)
def both(request: pytest.FixtureRequest, ruleset: RuleSet) -> Both:
    return Both(ruleset, request.param)


@pytest.fixture(scope="module")
def thorough(ruleset: RuleSet) -> Both:
    return Both(ruleset, "thorough")


FILES = [p.source for p in pages() if not p.is_html] + sorted((FIXTURES / "prose").rglob("*.txt"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(FIXTURES).as_posix())
def test_matchers_agree_on_fixture(path: Path, thorough: Both) -> None:
    thorough.agree(read(path))


def test_matchers_agree_on_every_rule_example(both: Both, ruleset: RuleSet) -> None:
    for rule in ruleset.rules:
        for example in (*rule.removes, *rule.keeps):
            both.agree(marked(example)[0])


def test_matchers_agree_where_examples_touch(ruleset: RuleSet) -> None:
    """Every example of a family in one document, and glued into lines: rules compete for the same words."""
    families: dict[str, list[str]] = {}
    for rule in ruleset.rules:
        families.setdefault(f"{rule.family}/{rule.language}", []).extend(marked(e)[0] for e in (*rule.removes, *rule.keeps))
    for key, examples in families.items():
        pair = Both(ruleset, "thorough", (key.split("/")[1],))
        pair.agree("\n".join(examples))
        pair.agree(" | ".join(e.replace("\n", " ") for e in examples[:8]))
        pair.agree("\n".join(f"{a} {b}" for a, b in pairwise(examples)))


@given(texts)
def test_matchers_agree_on_drawn_text(thorough: Both, text: str) -> None:
    thorough.agree(text)


def test_cue_is_in_every_line_that_a_phrase_matches(ruleset: RuleSet) -> None:
    """The definition asks for a cue and a pattern: on the rules' own examples no cue hides a match."""
    matches = 0
    for rule in ruleset.rules:
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
@pytest.mark.parametrize("name", BENCH_FILES)
def test_matchers_agree_on_a_sample_of_real_pages(name: str, thorough: Both) -> None:
    changed = [thorough.agree(text).changed for text in bench_texts(name, SAMPLE[name])]
    assert any(changed)


@needs_bench
@pytest.mark.slow
@pytest.mark.parametrize("name", BENCH_FILES)
def test_matchers_agree_on_every_real_page(name: str, both: Both) -> None:
    changed = [both.agree(text).changed for text in bench_texts(name, 1)]
    assert any(changed)
