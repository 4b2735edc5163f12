"""Pages as they were scraped, and what is left of them: adding a case is adding a folder."""

from __future__ import annotations

import pytest

from cleaner.edits import apply, restore
from tests.conftest import MakeCleaner
from tests.pages import Page, as_file, pages

PAGES = pages()
KNOWN_FAILURES = pages("known-failures")


def _slug(page: Page) -> str:
    return page.slug


@pytest.mark.parametrize("page", PAGES, ids=_slug)
def test_page_comes_out_as_expected(page: Page, cleaner_for: MakeCleaner) -> None:
    assert as_file(page.clean(cleaner_for("standard")).text) == page.expected


@pytest.mark.parametrize("page", PAGES, ids=_slug)
def test_clean_page_stays_as_it_is(page: Page, cleaner_for: MakeCleaner) -> None:
    """What is expected is clean: no rule finds anything more in it."""
    assert cleaner_for("standard").clean_text(page.expected) == page.expected


@pytest.mark.parametrize("page", PAGES + KNOWN_FAILURES, ids=_slug)
def test_original_can_be_had_back(page: Page, cleaner_for: MakeCleaner) -> None:
    cleaned = page.clean(cleaner_for("thorough"))
    assert apply(cleaned.original, cleaned.edits) == cleaned.text
    assert restore(cleaned.text, cleaned.to_json()) == cleaned.original


@pytest.mark.parametrize("page", KNOWN_FAILURES, ids=_slug)
@pytest.mark.xfail(reason="a wish that no rule meets yet; move the folder to pages/ when one does", strict=True)
def test_known_failure(page: Page, cleaner_for: MakeCleaner) -> None:
    assert as_file(page.clean(cleaner_for("standard")).text) == page.expected


@pytest.mark.parametrize("page", KNOWN_FAILURES, ids=_slug)
def test_known_failure_loses_nothing(page: Page, cleaner_for: MakeCleaner) -> None:
    """What is left of a page may hold residue still, but every line that should stay does, in order."""
    left = iter(page.clean(cleaner_for("standard")).text.split("\n"))
    for line in filter(None, page.expected.split("\n")):
        assert any(there.startswith(line) for there in left), f"{line!r} is gone, or out of order"


def test_pages_are_many_and_varied() -> None:
    assert len(PAGES) >= 24
    assert sum(p.is_html for p in PAGES) >= 4
    languages = {p.slug.split("-")[0] for p in PAGES} - {"seed"}
    assert len(languages) >= 6
