"""The title of a form's note goes with the note; the same word elsewhere stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Only

PROSE = "The ferry to the outer islands left on time on Monday, for the first time in two weeks."
NOTE = "There was an error processing your tide letter."


@pytest.fixture(scope="module")
def notes(only: Only) -> Callable[[str], str]:
    return only("newsletters/en/note-title")


@pytest.mark.parametrize(
    ("title", "note"),
    [("Sorry!", NOTE), ("Oops", "There was a problem submitting your form."), ("Fehler:", "Fehler bei der Anmeldung."), ("エラー", "操作を実行できませんでした。")],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"], ids=["next line", "blank line between"])
def test_the_title_goes(notes: Callable[[str], str], title: str, note: str, gap: str) -> None:
    assert notes(f"{PROSE}\n{title}{gap}{note}").split() == f"{PROSE}\n{note}".split()
    assert notes(f"{title}{gap}{note}").strip() == note
    assert notes(f"{PROSE}\n{title}{gap}{note}\n{PROSE}\n{title}{gap}{note}").split() == f"{PROSE}\n{note}\n{PROSE}\n{note}".split()


@pytest.mark.parametrize(
    "text",
    [
        f"Sorry!\n{PROSE}",
        f"{NOTE}\nSorry!",
        f"Sorry!\n{PROSE}\n{NOTE}",
        f"Sorry, said the clerk\n{NOTE}",
        f"Sorry!\n{NOTE} The clerk had read this line eleven times on that morning, and he still could not say what it was that had failed.",
        NOTE,
    ],
    ids=["prose", "below", "not right above", "sentence", "long line", "alone"],
)
def test_the_word_stays(notes: Callable[[str], str], text: str) -> None:
    assert notes(text) == text
