"""A text that would lose too much to doubtful removals keeps them; what is sure goes in any case."""

from __future__ import annotations

import pytest

from cleaner.guards import spare
from cleaner.match import Found

#: A sentence of ten words, and as many words that are no sentence.
SENTENCE = "A ferry left the harbour at ten past nine today."
WORDS = "harbour news sport tides fish podcasts jobs contact weather money"


def document(*lines: tuple[str, str]) -> tuple[str, list[Found]]:
    """A text of lines that each stay, are "sure" to go or "doubtful"."""
    text, found = "", []
    for what, line in lines:
        start = len(text)
        text += line + "\n"
        if what != "stays":
            found.append(Found(start, len(text), 0, 0, what == "doubtful"))
    return text, found


def spared(*lines: tuple[str, str]) -> bool:
    """Whether the guard keeps the doubtful lines, and nothing else."""
    text, found = document(*lines)
    flags: set[str] = set()
    left = spare(text, found, flags)
    assert (left != found) == ("guard/share" in flags)
    assert left in (found, [f for f in found if not f.doubtful])
    return "guard/share" in flags


def test_a_text_that_is_mostly_doubtful_keeps_it_all() -> None:
    assert spared(*[("stays", WORDS)] * 5, *[("doubtful", WORDS)] * 5)


def test_a_share_is_taken() -> None:
    """Four words in ten may go, no more."""
    assert not spared(*[("stays", WORDS)] * 6, *[("doubtful", WORDS)] * 4)
    assert spared(*[("stays", WORDS)] * 6, *[("doubtful", WORDS)] * 4, ("doubtful", "crew"))


def test_what_is_sure_does_not_count() -> None:
    """However much of it there is: the share is one of what it leaves, so that a second cleaning sees the same."""
    sure = [("sure", WORDS)] * 20
    assert not spared(*sure, *[("stays", WORDS)] * 6, *[("doubtful", WORDS)] * 4)
    assert spared(*sure, *[("stays", WORDS)] * 5, *[("doubtful", WORDS)] * 5)


def test_a_text_without_doubtful_lines_is_left_alone() -> None:
    assert not spared(*[("sure", WORDS)] * 20)
    assert not spared(*[("stays", WORDS)] * 20)


@pytest.mark.parametrize(("words", "kept"), [(59, False), (60, True)])
def test_a_short_text_may_be_nothing_but_residue(words: int, kept: bool) -> None:
    assert spared(("doubtful", " ".join(["tides"] * words))) is kept


@pytest.mark.parametrize(("last", "kept"), [("Nine words of it are under the bar now.", True), (SENTENCE, False)])
def test_menus_round_an_article_may_be_longer_than_the_article(last: str, kept: bool) -> None:
    """From 150 words of running text on there is an article."""
    menu = [("doubtful", WORDS)] * 50
    article = [("stays", SENTENCE)] * 14 + [("stays", last)]
    assert spared(*menu, *article, *menu) is kept
    assert spared(*article, *menu) is kept
    between = [line for sentence in article for line in (("sure", WORDS), sentence)]
    assert spared(*menu, *between, *menu) is kept


def test_what_would_go_is_no_article() -> None:
    """Readers' comments are running text too."""
    assert spared(*[("stays", SENTENCE)] * 14, *[("doubtful", SENTENCE)] * 14, *[("sure", SENTENCE)] * 14)


def test_short_lines_are_no_article() -> None:
    assert spared(*[("stays", WORDS)] * 20, *[("doubtful", WORDS)] * 20)
