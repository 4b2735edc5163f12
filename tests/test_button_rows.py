"""Labels of share buttons go in company; alone, numbered or under a question they stay."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cleaner.model import RuleSet
from tests.conftest import Only

ABOVE = "The ferry to the outer islands left on time on Monday, for the first time in two weeks."
BELOW = "On board were forty passengers, a cargo of milk and the post of a fortnight."


@pytest.fixture(scope="module")
def rows(only: Only) -> Callable[[str], str]:
    return only("share_prompts/any/button-row")


@pytest.mark.parametrize(
    "bar",
    [
        "Facebook\nTwitter\nLinkedIn",
        "• Facebook\n• X\n• WhatsApp",
        "X\nFacebook\nWhatsApp",
        "Share this\nFacebook",
        "Follow us on:\nInstagram",
        "Facebook 12\nTwitter (3)\nPinterest 1.2K\nEmail",
        "Facebook (opens in new window)\nX (opens in new window)\nReddit (opens in new window)",
        "FACEBOOK\nTWITTER\nWHATSAPP",
        "Like this:\nLike Loading...",
        "Follow me on\nTwitter\nor\nLinkedIn.",
        "Facebook\nTwitter\nShare this",
    ],
)
def test_row_goes_whole(rows: Callable[[str], str], bar: str) -> None:
    assert rows(f"{ABOVE}\n{bar}\n{BELOW}") == f"{ABOVE}\n{BELOW}"


@pytest.mark.parametrize(
    "lines",
    [
        "Facebook",
        "Facebook\nTwitter",
        "X\nX\nX",
        "W\nX\nY\nZ",
        "1. Facebook\n2. Twitter\n3. Instagram",
        "The figures were highest on these:\nFacebook\nTwitter\nInstagram",
        "Where do the young read the news?\nTikTok\nInstagram\nYouTube",
        "Facebook\nThe oldest of the networks has the most users.\nTwitter\nThe loudest has the fewest.\nTikTok\nThe newest.",
        "The figures were highest on these:\n\nFacebook\nTwitter\nInstagram",
        "Room 12\nRoom 14\nHall 3",
        "OK\nShare this\nOK",
        "ok\nShare this article on paper, the teacher said.",
        "OK\nShare this",
        "Like this:\nstir until the sugar melts.",
    ],
)
def test_near_misses_stay(rows: Callable[[str], str], lines: str) -> None:
    text = f"{ABOVE}\n{lines}\n{BELOW}"
    assert rows(text) == text


def test_blank_lines_between_buttons_do_not_end_the_row(rows: Callable[[str], str]) -> None:
    assert rows(f"{ABOVE}\n\nFacebook\n\nTwitter\n\nTelegram\n\n{BELOW}") == f"{ABOVE}\n\n{BELOW}"


def test_row_goes_from_the_start_of_a_text(rows: Callable[[str], str]) -> None:
    below = f"{ABOVE} Who pays for it?"
    assert rows(f"Facebook\nTwitter\nLinkedIn\n{below}") == below


def test_start_and_end_of_a_text_are_no_neighbours(rows: Callable[[str], str]) -> None:
    text = f"Twitter\nLinkedIn\n{ABOVE}\nFacebook"
    assert rows(text) == text


def test_two_buttons_go_at_the_end_of_a_text(rows: Callable[[str], str]) -> None:
    assert rows(f"{ABOVE}\nTwitter\nFacebook") == ABOVE
    assert rows(f"{ABOVE}\nTwitter\nor\nFacebook\n") == f"{ABOVE}\n"
    assert rows("Twitter\nFacebook") == ""
    assert rows(f"{ABOVE} It has two accounts:\nTwitter\nFacebook").endswith("Facebook")


def test_word_lists_are_in_lower_case(ruleset: RuleSet) -> None:
    for name in ("share_prompts/buttons", "share_prompts/heads"):
        assert all(word == word.lower().strip() for word in ruleset.words[name])
