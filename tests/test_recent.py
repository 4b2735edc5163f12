"""What is dear to make is kept for a while, and made again where it has been let go."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from cleaner import Cleaner, match
from cleaner.recent import Recent
from tests.corpora import records

TEXTS = [
    *(r["text"] for r in records(4)),
    "Der Hafen bleibt geschlossen.\nFolgen Sie uns auf WhatsApp\nFoto: Ann Example/dpa",
    "Le port reste fermé.\nPartager cet article\nBack to top",
]


def test_what_is_asked_for_again_stays_and_the_rest_goes() -> None:
    made: list[int] = []

    def make(n: int) -> int:
        made.append(n)
        return n

    kept = Recent(make, most=10)
    for n in range(1000):
        assert kept[n] == n
        assert kept[0] == 0
        assert len(kept) + len(kept._old) <= 20
    assert made == list(range(1000))
    assert kept[1] == 1
    assert made[-1] == 1


def test_a_text_is_cleaned_in_the_same_way_however_little_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = [Cleaner(profile="thorough").clean(text).edits for text in TEXTS]
    assert any(wanted)
    for name in ("_compiled", "_twins", "_unless", "_unless_twins"):
        monkeypatch.setattr(match, name, Recent(getattr(match, name)._make, most=2))
    cleaner = Cleaner(profile="thorough")
    with ThreadPoolExecutor(4) as pool:
        assert [c.edits for c in pool.map(cleaner.clean, TEXTS * 2)] == wanted * 2
