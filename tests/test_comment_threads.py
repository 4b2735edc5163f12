"""Readers' comments go in ``thorough`` where buttons, dates or a closing link show that they are; interviews and forums stay."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cleaner.model import Cleaned, RuleSet
from cleaner.pipeline import Cleaner

ARTICLE = "\n".join(
    f"{who} said on Monday that the ferry to the outer islands would sail again, and that {n} passengers had booked a place on it."
    for n, who in enumerate(
        ("The captain", "The mayor", "The company", "The harbour master", "The baker", "The teacher", "The pilot"), 40
    )
)

LONG = "\n".join([ARTICLE] * 7)

THREADS = {
    "en, buttons": "Comments\nOla\n3 May 2021 at 10:14\nAbout time, I would say, after so long a wait.\nReply\nBea\n3 May 2021\nNo.\nReply",
    "en, three buttons": "Comments\nOla\nAbout time.\nReply\nBea\nNo.\nReply\nQuist\nWho pays for it?\nReply",
    "en, in lower case": "Comments\nOla\n3 May 2021 at 10:14\nabout time\nReply\nBea\n3 May 2021 at 11:01\nto me it is all the same\nReply",
    "en, three say": "Ola says:\n3 May 2021\nAbout time.\nBea says:\n4 May 2021\nNo.\nQuist says:\n5 May 2021\nWho pays for it, I wonder?",
    "en, says": "Ola says:\n3 May 2021 at 10:14 am\nAbout time.\nBea says:\n4 May 2021 at 9:01 am\nWho pays for it, I wonder?",
    "en, says and a button": "Ola says:\n3 May 2021\nAbout time.\nBea says:\n4 May 2021\nWho pays for it, I wonder?\nReply",
    "en, two headings": "Comments\nTop Rated Comments\nOla\nAbout time.\nReply\nBea\nNo.\nReply",
    "en, closing link": "Top Rated Comments\nAbout time, I would say, after so long a wait.\nWho pays for it?\n[ Read All Comments ]",
    "en, counted": "3 Comments\nOla 2 hours ago\nAbout time.\nBea 3 hours ago\n@Ola Who pays for it?\nQuist 5 hours ago\nNot me.",
    "en, counted, three": "3 Comments\nOla 2 hours ago\nAbout time.\nBea 3 hours ago\nNo.\n@Bea Who pays for it?",
    "de": "2 Kommentare\nOla\n03.05.2021, 10:14 Uhr\nDas wurde aber auch Zeit, nach so langem Warten.\nAntworten\nBea\n03.05.2021\nNein.\nAntworten",
    "de, names beside the buttons": "Kommentare\nOla\nDas wurde aber auch Zeit.\nOla antworten\nBea\nNein.\nBea antworten",
    "fr": "12 commentaires\nOla\nle 03/05/2021 à 10:14\nIl était temps.\nBea\nle 03/05/2021 à 11:01\nQui va payer ?\nLire les 12 commentaires",
    "pl": "Komentarze (2)\nOla\n03.05.2021, 10:14\nNareszcie.\nOdpowiedz\nBea\n03.05.2021\nKto zapłaci?\nOdpowiedz",
    "ru": "Комментарии (2)\nОля\n03.05.2021 10:14\nДавно пора.\nОтветить\nБэла\n03.05.2021\nКто заплатит?\nОтветить",
    "ja": "コメント(2)\n太郎\n2021年5月3日 10:14\nやっとですね。\n返信\n花子\n2021年5月3日 11:01\n誰が払うのか。\n返信",
}


@pytest.fixture(scope="module")
def comments(ruleset: RuleSet) -> Callable[[str], Cleaned]:
    return Cleaner(ruleset, families=["reader_comments"], profile="thorough").clean


@pytest.mark.parametrize("thread", THREADS.values(), ids=THREADS.keys())
def test_a_thread_behind_the_article_goes(comments: Callable[[str], Cleaned], thread: str) -> None:
    cleaned = comments(f"{ARTICLE}\n{thread}")
    assert cleaned.text == ARTICLE
    assert {r.cause for r in cleaned.removals} == {"reader_comments/any/comment-thread"}


@pytest.mark.parametrize("thread", ["en, buttons", "en, says", "en, counted", "de", "ja"])
def test_blank_lines_do_not_part_a_thread(comments: Callable[[str], Cleaned], thread: str) -> None:
    given = THREADS[thread].replace("\n", "\n\n")
    assert comments(f"{ARTICLE}\n{given}").text == ARTICLE


@pytest.mark.parametrize("thread", ["en, three buttons", "en, counted", "en, says"])
def test_a_thread_behind_a_long_article_goes(comments: Callable[[str], Cleaned], thread: str) -> None:
    article = f"Reply\n{LONG}"
    assert comments(f"{article}\n{THREADS[thread]}").text == article


def test_an_article_below_the_last_button_stays(comments: Callable[[str], Cleaned]) -> None:
    below = f"{ARTICLE}\nComments"
    assert comments(f"{ARTICLE}\n{THREADS['en, says and a button']}\n{below}").text == f"{ARTICLE}\n{below}"


def test_a_thread_of_any_length_goes(comments: Callable[[str], Cleaned]) -> None:
    thread = "\n".join(["Comments", *["Ola\nAbout time.\nReply"] * 40])
    assert comments(f"{ARTICLE}\n{thread}").text == ARTICLE


def test_a_first_comment_may_be_long(comments: Callable[[str], Cleaned]) -> None:
    comment = "\n".join(f"It was number {n} that I waited for." for n in range(38))
    assert comments(f"{ARTICLE}\nComments\n{comment}\nReply\nBea\nNo.\nReply").text == ARTICLE


def test_what_stands_above_the_third_paragraph_stays(comments: Callable[[str], Cleaned]) -> None:
    first, second, third = ARTICLE.split("\n")[:3]
    kept = f"Ola says:\n3 May 2021\n{first}\nBea says:\n4 May 2021\n{second}\nQuist says:\n5 May 2021\n{third}"
    assert comments(f"{kept}\nMira says:\n6 May 2021\nAbout time.").text == kept


def test_a_counted_thread_goes_on_below_a_long_comment(comments: Callable[[str], Cleaned]) -> None:
    comment = "\n".join(f"It was on the quay of Vellen that I waited for boat number {n}." for n in range(15))
    assert comments(f"{ARTICLE}\n{THREADS['en, counted']}\n{comment}\nMira 6 hours ago\nAbout time.").text == ARTICLE


def test_a_counted_thread_ends_at_a_heading_far_below(comments: Callable[[str], Cleaned]) -> None:
    behind = "THE ISLANDS IN FIGURES\n12 May 2024"
    comment = "\n".join(f"It was number {n} that I waited for." for n in range(15))
    assert comments(f"{ARTICLE}\n{THREADS['en, counted']}\n{comment}\n{behind}").text == f"{ARTICLE}\n{behind}"


@pytest.mark.parametrize(
    "own",
    [
        "Mira says:\nI came here when I was nine.\nOla says:\nThe fish hall never had a good roof.",
        "Comments\nThe mayor would not say who should pay.\nThe council meets on Friday.",
        "Two letters\nReply of the company\nWe sail again on 3 May 2021.\nReply of the town\nThe council meets on 4 May 2021.",
        "12 comments\nThe mayor would not say who should pay for the roof of the fish hall.\nThe council meets on Friday.",
        "1. The ferry sails at ten.\n2. The post goes with it.\n3. The baker stays at home.",
        "Answer\nNobody knows.\nReport\nThe inspectors found nothing.",
        "Comments\nOla\nAbout time, I would say.\nReply",
        "Comments\nOla says:\n3 May 2021\nAbout time.",
        "Reply\nThe company writes that it sails again.\nComments\nThe mayor was glad of it.\nReply",
        "2 comments\nOla 2 hours ago\nAbout time.\nBea 3 hours ago\nNot me.",
        "12 May 2024\n2 comments\nOla 2 hours ago\nAbout time.\nBea 3 hours ago\nNot me.",
        "Kommentare\nAntworten auf alle Fragen?\nNein.\nAntworten auf alle Fragen?\nNein.",
        "First crossing:\n3 May 2021\nThe sea was calm.\nLast crossing:\n4 October 2021\nThe sea was not.",
    ],
    ids=["interview", "a heading", "letters", "a counter inside the text", "numbered list", "questions and answers",
         "one button", "one name", "a button above the heading", "two dates under a counter", "three dates, one above the counter",
         "headings that ask", "dates"],
)
def test_what_only_looks_like_a_thread_stays(comments: Callable[[str], Cleaned], own: str) -> None:
    for text in (f"{ARTICLE}\n{own}", f"{ARTICLE}\n{own}\n{ARTICLE}"):
        assert comments(text).text == text


@pytest.mark.parametrize("thread", THREADS.values(), ids=THREADS.keys())
def test_what_stands_behind_the_thread_stays(comments: Callable[[str], Cleaned], thread: str) -> None:
    assert comments(f"{ARTICLE}\n{thread}\n\nTHE ISLANDS IN FIGURES\n\n{ARTICLE}").text.endswith(
        f"THE ISLANDS IN FIGURES\n\n{ARTICLE}"
    )


@pytest.mark.parametrize(("paragraphs", "goes"), [(2, False), (3, True)])
def test_comments_stand_behind_an_article(comments: Callable[[str], Cleaned], paragraphs: int, goes: bool) -> None:
    """Without three paragraphs above them they may be all that the page is about."""
    article = "\n".join(ARTICLE.split("\n")[:paragraphs])
    text = f"{article}\n{THREADS['en, buttons']}"
    assert comments(text).text == (article if goes else text)


def test_a_thread_begins_at_the_heading_nearest_to_its_closing_link(comments: Callable[[str], Cleaned]) -> None:
    assert comments(f"{ARTICLE}\nComments\n{ARTICLE}\n{THREADS['en, closing link']}").text == f"{ARTICLE}\nComments\n{ARTICLE}"


def test_a_heading_without_a_count_hides_none_with_one(comments: Callable[[str], Cleaned]) -> None:
    assert comments(f"{ARTICLE}\nComments\n{ARTICLE}\n{THREADS['en, counted']}").text == f"{ARTICLE}\nComments\n{ARTICLE}"


def test_a_forum_stays(comments: Callable[[str], Cleaned]) -> None:
    posts = "\n".join(
        f"Ola\n3 May 2021\nThe engine of my boat will not start when it is cold, and I have tried for {n} days.\nReply"
        for n in "3456"
    )
    assert comments(posts).text == posts
