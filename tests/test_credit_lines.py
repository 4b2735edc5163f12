"""Agencies' names that are a picture's credit go; in lists, tables, answers and sentences they stay."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Only

PROSE = "The ferry to the outer islands left on time on Monday, for the first time in two weeks."
CAPTION = "Two ministers on the steps"


@pytest.fixture(scope="module")
def lone(only: Only) -> Callable[[str], str]:
    return only("image_credits/any/lone-credit")


@pytest.fixture(scope="module")
def glued(only: Only) -> Callable[[str], str]:
    return only("image_credits/any/agency-round-caption")


@pytest.mark.parametrize("name", ["Reuters", "(Reuters)", "[Getty Images]"])
@pytest.mark.parametrize("beside", [CAPTION, PROSE], ids=["caption", "paragraph"])
def test_a_name_beside_a_caption_goes(lone: Callable[[str], str], name: str, beside: str) -> None:
    assert lone(f"{beside}\n{name}") == beside
    assert lone(f"{name}\n{beside}") == beside
    assert lone(f"{beside}\n\n{name}\n\nMonday") == f"{beside}\n\nMonday"
    assert lone(f"Monday\n\n{name}\n\n{beside}") == f"Monday\n\n{beside}"


@pytest.mark.parametrize(
    "text",
    [
        "Reuters",
        "Two ministers meet\nReuters\nFour boats sail",
        f"Who had the picture first of all?\nReuters\n{PROSE}",
        f"The picture is sold by:\n\nReuters\n{PROSE}",
        f"{PROSE}\nReuters\nAFP\n{PROSE}",
        f"- {CAPTION} of it\nReuters\n{PROSE}",
        f"{PROSE}\nReuters\n- {CAPTION} of it",
        f"{PROSE}\n- Reuters\n{PROSE}",
        f"{PROSE}\nReuters Building\n{PROSE}",
        f"{PROSE}\nreuters\n{PROSE}",
        f"Reuters\nMonday\n{PROSE}",
    ],
    ids=["alone", "table", "answer", "announced", "two names", "list above", "list below", "item", "longer name", "other spelling", "first line"],
)
def test_a_name_that_may_mean_more_stays(lone: Callable[[str], str], text: str) -> None:
    assert lone(text) == text


@pytest.mark.parametrize("stays", ["Who had the picture first of all?\nReuters", f"{PROSE}\nReuters\nAFP"])
def test_a_name_that_stays_spares_none_below(lone: Callable[[str], str], stays: str) -> None:
    assert lone(f"{stays}\n{PROSE}\n{CAPTION}\nEPA") == f"{stays}\n{PROSE}\n{CAPTION}"


def test_a_name_twice_is_one_credit(lone: Callable[[str], str]) -> None:
    assert lone(f"{PROSE}\nReuters\nReuters\n{PROSE}") == f"{PROSE}\n{PROSE}"


@pytest.mark.parametrize("name", ["Reuters", "AP", "Getty Images", "AP Photo", "Alamy Stock Photo", "AFP via Getty Images"])
@pytest.mark.parametrize("caption", ["A boat in the harbour", "A boat in the harbour.", "The “Gannet”", "Sea"])
def test_the_name_round_a_caption_goes(glued: Callable[[str], str], name: str, caption: str) -> None:
    line = f"{name} {caption}{name}"
    assert glued(line) == caption
    assert glued(f"{PROSE}\n{line}\n{PROSE}") == f"{PROSE}\n{caption}\n{PROSE}"


@pytest.mark.parametrize(
    "line",
    [
        "Reuters wrote about Reuters",
        "Reuters A boat in the harbour",
        "A boat in the harbourReuters",
        "Reuters A boat in the harbourAFP",
        "ReutersReuters",
        "AP atAP",
        "AP and UPI (formerly INS/AP",
    ],
)
def test_a_name_that_is_not_on_either_side_stays(glued: Callable[[str], str], line: str) -> None:
    assert glued(line) == line
