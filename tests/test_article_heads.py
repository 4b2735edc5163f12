"""Dates and authors above an article's first paragraph go in ``thorough``, in any language; headlines and diaries stay."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cleaner.model import Cleaned, RuleSet
from cleaner.pipeline import Cleaner

HEADLINE = "Ferries are back after two weeks"
ARTICLE = """\
The ferry to the outer islands left on time on Monday, for the first time in two weeks.
On board were forty passengers, a cargo of milk and the post of a fortnight."""

DATES = {
    "en": "12 May 2024, 10:14",
    "en, place": "Vellen, May 12, 2024, 10:14 am",
    "fr": "Publié le 12 mai 2024 à 10h14, mis à jour le 13 mai 2024",
    "pt": "segunda-feira, 22 de janeiro de 2018 às 0:13",
    "nl": "Gepubliceerd op 12 mei 2024 om 10:14 uur",
    "sv": "Publicerad 12 maj 2024 kl. 10.14",
    "fi": "Julkaistu 12.5.2024 klo 10.14",
    "pl": "12 maja 2024, 10:14",
    "cs": "12. května 2024 v 10:14",
    "hu": "2024. május 12. 10:14",
    "ro": "Publicat: 12 mai 2024, ora 10:14",
    "ru": "12 мая 2024 г. в 10:14",
    "uk": "12 травня 2024, 10:14",
    "tr": "Güncelleme: 12 Mayıs 2024 10:14",
    "el": "12 Μαΐου 2024, 10:14",
    "ar": "12 مايو 2024 10:14",
    "vi": "Thứ tư, 12/5/2024, 10:14 (GMT+7)",
    "id": "Senin, 12 Mei 2024 | 10:14 WIB",
    "ja": "2024年5月12日 10時14分",
    "zh": "2024年5月12日 10:14",
    "ko": "입력 2024.05.12 10:14",
}


@pytest.fixture(scope="module")
def heads(ruleset: RuleSet) -> Callable[[str], Cleaned]:
    others = [r.id for r in ruleset.rules if r.family == "bylines" and r.kind != "detector"]
    return Cleaner(ruleset, families=["bylines"], exclude=others, profile="thorough").clean


@pytest.mark.parametrize("date", DATES.values(), ids=DATES.keys())
def test_the_date_above_an_article_goes_with_its_author(heads: Callable[[str], Cleaned], date: str) -> None:
    for head in (date, f"Mira Tollen\n{date}", f"{date}\nMira Tollen and Ola Quist"):
        assert heads(f"{HEADLINE}\n{head}\n{ARTICLE}").text == f"{HEADLINE}\n{ARTICLE}"


@pytest.mark.parametrize("head", ["10:14", "Published on\n12 May 2024, 10:14", "Published\n12 May 2024, 10:14", "12 May 2024\nUpdated:\n13 May 2024"])
def test_times_and_labels_of_dates_go(heads: Callable[[str], Cleaned], head: str) -> None:
    assert heads(f"{HEADLINE}\n{head}\n{ARTICLE}").text == f"{HEADLINE}\n{ARTICLE}"


STANDFIRST = "The company has mended its ship, and the islands have their post again."


@pytest.mark.parametrize("date", ["12 May 2024, 10:14", "Mira Tollen\n12 May 2024, 10:14"])
def test_the_date_between_standfirst_and_article_goes(heads: Callable[[str], Cleaned], date: str) -> None:
    for gap in ("\n", "\n\n"):
        text = gap.join([HEADLINE, STANDFIRST, date, ARTICLE])
        assert heads(text).text == gap.join([HEADLINE, STANDFIRST, ARTICLE])


def test_of_a_diary_with_an_introduction_only_the_date_above_that_goes(heads: Callable[[str], Cleaned]) -> None:
    top = f"{HEADLINE}\n\nShips sail twice a day"
    diary = f"{STANDFIRST}\n\n12 May 2024\n\n{ARTICLE}\n\n13 May 2024\n\n{ARTICLE}"
    assert heads(f"{top}\n\n11 May 2024, 10:14\n\n{diary}").text == f"{top}\n\n{diary}"


@pytest.mark.parametrize(
    "text",
    [
        f"{STANDFIRST}\n12 May 2024, 10:14\n{ARTICLE}",
        f"{HEADLINE}\n{STANDFIRST}\n12 May 2024\n{ARTICLE}\n13 May 2024\n{ARTICLE}",
        f"{HEADLINE}\n2024\n{ARTICLE}",
        f"{HEADLINE}\nPublished Monday\n{ARTICLE}",
        f"{HEADLINE}\nFerries of 12 May 2024\n{ARTICLE}",
        f"{HEADLINE}\n…\n{ARTICLE}",
        f"{HEADLINE}\nLast updated\n{ARTICLE}",
        f"12 May 2024\n{HEADLINE}\nMira Tollen\n{ARTICLE}",
    ],
    ids=["below a first paragraph", "diary with an introduction", "year", "weekday", "date in a subheading", "no words", "label that ends with a date's", "date above a headline"],
)
def test_dates_that_may_be_content_stay(heads: Callable[[str], Cleaned], text: str) -> None:
    assert heads(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADLINE}\nMira Tollen\n{ARTICLE}",
        f"12 May 2024\n{ARTICLE}",
        f"Mira Tollen\n{ARTICLE}",
        f"{ARTICLE}\n3 ottobre 2021\n{ARTICLE}\n4 ottobre 2021\n{ARTICLE}",
        f"{HEADLINE}\nMay days\n{ARTICLE}",
        f"{HEADLINE}\nThe winter of 1947\n{ARTICLE}",
        f"{HEADLINE}\n- 12 May 2024\n- 13 May 2024\n{ARTICLE}",
        "Opening hours\nMira Tollen\n10:00",
        f"{HEADLINE}\nMira Tollen\n12 May 2024\n{ARTICLE.splitlines()[0]}",
    ],
    ids=[
        "name without date",
        "date first",
        "name first",
        "diary",
        "month in a subheading",
        "year in a subheading",
        "list",
        "no article",
        "one paragraph",
    ],
)
def test_what_only_looks_like_a_byline_stays(heads: Callable[[str], Cleaned], text: str) -> None:
    assert heads(text).text == text


def test_a_headline_that_is_a_name_stays(heads: Callable[[str], Cleaned]) -> None:
    assert heads(f"Mira Tollen\n12 May 2024, 10:14\n{ARTICLE}").text == f"Mira Tollen\n{ARTICLE}"


@pytest.mark.parametrize(
    ("above", "goes"),
    [
        ("Ferries are back\n", "Mira Tollen\n"),
        (f"{HEADLINE}\nShips sail twice a day\n", "Mira Tollen\n"),
        ("Ferries back\nMira Tollen\n", ""),
        ("Mira de Tollen\nOla Quist\n", ""),
        ("11 May 2024, 10:14\nMira Tollen\n", ""),
    ],
    ids=["headline of three words", "below a standfirst", "no headline", "a name as headline", "a date as headline"],
)
def test_names_beside_a_date_go_below_a_headline(heads: Callable[[str], Cleaned], above: str, goes: str) -> None:
    assert heads(f"{above}{goes}12 May 2024, 10:14\n{ARTICLE}").text == f"{above}{ARTICLE}"


@pytest.mark.parametrize(("between", "goes"), [(["Harbour desk"], True), (["Harbour desk", "Outer islands"], False)], ids=["two", "three"])
def test_a_name_is_at_most_two_lines_from_the_date(heads: Callable[[str], Cleaned], between: list[str], goes: bool) -> None:
    name, date = "Mira Tollen", "12 May 2024, 10:14"
    for lines in ([name, *between, date], [date, *between, name]):
        left = [line for line in lines if line in between or (line == name and not goes)]
        assert heads("\n".join([HEADLINE, *lines, ARTICLE])).text == "\n".join([HEADLINE, *left, ARTICLE])
