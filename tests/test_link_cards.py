"""The address of a news page goes where its title stands beside it; addresses that somebody cites stay."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Only

PROSE = "The ferry to the outer islands left on time on Monday, for the first time in two weeks."
TITLE = "Lost cat walks home from the islands"
ADDRESS = "https://www.vellenpost.example/news/article/lost-cat-walks-home-from-the-islands-148481.php"


@pytest.fixture(scope="module")
def cards(only: Only) -> Callable[[str], str]:
    return only("navigation/any/link-card")


@pytest.mark.parametrize(
    ("title", "address"),
    [
        (TITLE, ADDRESS),
        (TITLE, ADDRESS.removesuffix(".php")),
        (TITLE, "https://vellenpost.example/148481-lost-cat-walks-home-from-islands"),
        ("Katze läuft über die Brücke heim", "https://vellenpost.example/katze-l%C3%A4uft-%C3%BCber-die-br%C3%BCcke-heim-148481.html"),
        ("Cat walks home again", "https://vellenpost.example/cat-walks-home-again-14848"),
        ("Lost cat walks back from the islands", ADDRESS),
        (f"{TITLE} after nine days and nine nights", ADDRESS),
    ],
    ids=["same words", "no ending", "word left out", "encoded", "four words", "another word", "longer title"],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"], ids=["next line", "blank line between"])
def test_the_address_goes_and_the_title_stays(cards: Callable[[str], str], title: str, address: str, gap: str) -> None:
    assert cards(f"{PROSE}\n{title}{gap}{address}\n{PROSE}").split() == f"{PROSE} {title} {PROSE}".split()
    assert cards(f"{PROSE}\n{address}{gap}{title}\n{PROSE}").split() == f"{PROSE} {title} {PROSE}".split()
    assert cards(f"{title}{gap}{address}") == title


@pytest.mark.parametrize(
    "text",
    [
        ADDRESS,
        f"{PROSE}\n{ADDRESS}\n{PROSE}",
        f"{TITLE}:\n{ADDRESS}\n{PROSE}",
        f"{TITLE}\n- {ADDRESS}",
        f"{TITLE}\nSee {ADDRESS}",
        f"{TITLE}\n{ADDRESS.replace('148481', '1484')}",
        f"{TITLE}\n{PROSE}\n{ADDRESS}",
        "Cat walks home\nhttps://vellenpost.example/cat-walks-home-148481",
        f"The cat of the islands is at last home again\n{ADDRESS}",
        f"{TITLE}, and {PROSE} On board were forty passengers with a cargo of milk.\n{ADDRESS}",
    ],
    ids=["alone", "in prose", "announced", "item", "in a sentence", "no number", "not beside", "three words", "other title", "paragraph"],
)
def test_an_address_that_is_cited_stays(cards: Callable[[str], str], text: str) -> None:
    assert cards(text).rstrip() == text.rstrip()


@pytest.mark.parametrize("cited", [f"The page is here:\n{ADDRESS}", "https://fish.example/where-the-fish-went-after-the-war/"])
def test_an_address_that_stays_spares_none_below(cards: Callable[[str], str], cited: str) -> None:
    assert cards(f"{cited}\n{PROSE}\n{TITLE}\n{ADDRESS}") == f"{cited}\n{PROSE}\n{TITLE}"
