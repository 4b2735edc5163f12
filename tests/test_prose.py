"""Text that is content from end to end comes out byte for byte as it went in.

``fixtures/prose`` holds prose with headings, quotes, lists, dialogue, verse, tables, code and captions;
``fixtures/prose/near_misses`` holds lines made of the rules' own words: a prosecutor on WhatsApp, a poem
with a refrain, a film script, minutes, a chat log. Nothing up to ``standard`` may touch any of them.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import regex

from cleaner.model import Level, RuleSet
from cleaner.phrases import fold
from cleaner.pipeline import Cleaner
from tests.conftest import MakeCleaner
from tests.pages import FIXTURES, read
from tests.strategies import SCRIPTS, kind_of, paragraphs, prose_texts, script_of

PROSE = sorted((FIXTURES / "prose").glob("*.txt"))
NEAR_MISSES = sorted((FIXTURES / "prose" / "near_misses").glob("*.txt"))
UP_TO_STANDARD: tuple[Level, ...] = ("careful", "standard")


def _name(path: Path) -> str:
    return path.stem


def _lines(path: Path) -> list[str]:
    return [line for line in read(path).split("\n") if line.strip()]


@pytest.fixture(params=["given", "detected"])
def speaks(request: pytest.FixtureRequest, cleaner_for: MakeCleaner) -> MakeCleaner:
    """``speaks(profile, path)``: a cleaner that is told the file's language, or has to find it."""

    def make(profile: Level, path: Path) -> Cleaner:
        return cleaner_for(profile, (path.stem.split("-")[0],) if request.param == "given" else None)

    return make


@pytest.mark.parametrize("profile", UP_TO_STANDARD)
@pytest.mark.parametrize("path", PROSE + NEAR_MISSES, ids=_name)
def test_file_stays_byte_for_byte(path: Path, profile: Level, speaks: MakeCleaner) -> None:
    text = read(path)
    cleaned = speaks(profile, path).clean(text)
    assert [(r.cause, r.text) for r in cleaned.removals] == []
    assert cleaned.text == text


@pytest.mark.parametrize("path", PROSE, ids=_name)
def test_prose_stays_in_every_profile(path: Path, cleaner_for: MakeCleaner) -> None:
    text = read(path)
    assert cleaner_for("thorough").clean_text(text) == text


@pytest.mark.parametrize("profile", UP_TO_STANDARD)
@pytest.mark.parametrize("path", PROSE + NEAR_MISSES, ids=_name)
def test_line_alone_stays(path: Path, profile: Level, speaks: MakeCleaner) -> None:
    cleaner = speaks(profile, path)
    touched = {line: [r.cause for r in c.removals] for line in _lines(path) if (c := cleaner.clean(line)).text != line}
    assert not touched


@pytest.mark.parametrize("path", PROSE, ids=_name)
def test_line_between_neighbours_stays(path: Path, cleaner_for: MakeCleaner) -> None:
    """Whatever stands beside a line, in whichever order: a pair of lines of prose stays a pair."""
    cleaner = cleaner_for("standard", (path.stem,))
    for one, other in pairwise(_lines(path)):
        for text in (f"{other}\n{one}", f"{one}\n\n{other}\n\n{one[:20]}"):
            assert not cleaner.clean(text).removals, text


def test_prose_has_every_script_and_kind() -> None:
    assert len(prose_texts()) >= 10
    assert {script_of(p) for p in paragraphs()} >= set(SCRIPTS) - {"Hiragana"}
    kinds = {kind_of(p) for p in paragraphs()}
    assert kinds == {"prose", "quote", "list", "dialogue", "verse", "table or code", "heading or caption"}


def test_near_misses_are_many_and_near(ruleset: RuleSet) -> None:
    """At least 400 lines in 15 languages, and most hold the very words by which rules find their lines."""
    lines = [(path.stem.split("-")[0], line) for path in NEAR_MISSES for line in _lines(path)]
    assert len({line for _, line in lines}) >= 400
    assert len({language for language, _ in lines}) >= 15
    cues: dict[str, set[str]] = {}
    for rule in ruleset.rules:
        for pattern in rule.patterns:
            cues.setdefault(rule.language, set()).update(pattern.cues)
    near = 0
    for language, line in lines:
        words = fold(line)
        near += any(regex.search(rf"(?<!\p{{L}}){regex.escape(c.strip())}", words) for c in cues.get(language, cues["en"]))
    assert near >= 0.6 * len(lines)
