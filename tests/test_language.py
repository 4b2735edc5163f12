"""Languages by script and frequent words where these leave no doubt, by langdetect elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner import language

PROSE = Path(__file__).parent.parent / "fixtures" / "prose"
FILES = sorted(p for p in (*PROSE.glob("*.txt"), *(PROSE / "near_misses").glob("??.txt")) if p.stem != "ka")  # langdetect knows no Georgian


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_language_of_prose_is_among_those_whose_rules_are_used(path: Path) -> None:
    text, code = path.read_text(encoding="utf-8"), path.stem
    found = language.document_languages(text)
    assert "en" not in found
    assert code == "en" or code in found
    assert len(found) <= 2


def test_most_prose_needs_no_detection(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask(text: str) -> tuple[tuple[str, float], ...]:
        asked.append(text)
        return ()

    monkeypatch.setattr(language, "probabilities", ask)
    for path in FILES:
        language.document_languages(path.read_text(encoding="utf-8"))
    assert len(asked) <= len(FILES) / 2


@pytest.mark.parametrize(
    "text",
    [
        "Señor Pérez and Frau Müller met in São Paulo, the paper says, and it was not the first time that they had spoken there.",
        "The board of the Musée de la Ville voted for the plan, and the director was pleased with it.",
    ],
)
def test_foreign_names_do_not_make_a_text_foreign(text: str) -> None:
    assert not language.document_languages(f"{text} " * 4)


def test_a_few_words_tell_nothing() -> None:
    assert not language.document_languages("Der Hut\n")
    assert not language.document_languages("")
