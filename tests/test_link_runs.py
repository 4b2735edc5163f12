"""Menus, footers and other articles' headlines go in ``thorough``; the article's headline and its own lists stay."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cleaner.model import Cleaned, RuleSet
from cleaner.pipeline import Cleaner

HEADLINE = "Ferries are back after two weeks"
ARTICLE = """\
The ferry to the outer islands left on time on Monday, for the first time in two weeks.
On board were forty passengers, a cargo of milk and the post of a fortnight.
The company will sail twice a day again until the end of the summer, it said."""

LONG = "\n".join([ARTICLE] * 4)

MENUS = {
    "en": "Home|News|Sport|Business|Culture|Tide tables|Fish market|Podcasts|Contact us|About us",
    "de": "Startseite|Politik|Wirtschaft|Kultur|Hafenblick|Fährplan|Wetter|Abo|Kontakt|Impressum",
    "fr": "Accueil|Politique|Économie|Culture|Le port|Les marées|Météo|Abonnement|Mentions légales|Contact",
    "pl": "Strona główna|Wiadomości|Sport|Kultura|Port|Rejsy|Pogoda|Kontakt|Reklama|Regulamin",
    "ru": "Главная|Новости|Политика|Экономика|Порт|Паромы|Погода|Контакты|Реклама|О нас",
    "ja": "ホーム|ニュース|政治|経済|港だより|船の時刻|天気|お問い合わせ|会社概要|利用規約",
    "ar": "الرئيسية|أخبار|اقتصاد|رياضة|الميناء|العبارات|الطقس|اتصل بنا|من نحن|سياسة الخصوصية",
    "hyphens": "- Home\n- News\n- Sport\n- Business\n- Culture\n- Tides\n- Fish\n- Contact us".replace("\n", "|"),
    "small letters": "home|news|sport|money|tides|fish market|harbour|contact|jobs",
}


@pytest.fixture(scope="module")
def links(ruleset: RuleSet) -> Callable[[str], Cleaned]:
    return Cleaner(ruleset, families=["link_lists"], profile="thorough").clean


@pytest.mark.parametrize("menu", MENUS.values(), ids=MENUS.keys())
def test_a_menu_above_goes_and_a_footer_below_goes(links: Callable[[str], Cleaned], menu: str) -> None:
    rows = menu.replace("|", "\n")
    cleaned = links(f"{rows}\n{HEADLINE}\n{ARTICLE}\n{rows}")
    assert cleaned.text == f"{HEADLINE}\n{ARTICLE}"
    assert {r.cause for r in cleaned.removals} == {"link_lists/any/menu-run"}


@pytest.mark.parametrize(
    "head",
    [
        "Ferries back",
        "Ferries back\nBy Mira Tollen\n12 May 2024",
        "Two weeks without a ferry: passengers tell\nFacebook\nTwitter\nEmail\nCopy link\nPrint\nListen\nSave\nAn empty quay in May",
        "OUTER ISLANDS\nFerries are back after two weeks\nShips sail twice a day",
    ],
    ids=["two words", "with author and date", "above a row of buttons", "with kicker and standfirst"],
)
def test_the_headline_between_menu_and_article_stays(links: Callable[[str], Cleaned], head: str) -> None:
    rows = MENUS["en"].replace("|", "\n")
    assert links(f"{rows}\n{head}\n{ARTICLE}").text == f"{head}\n{ARTICLE}"


@pytest.mark.parametrize(
    "own",
    [
        "What the island school teaches:\nMusic\nSport\nLatin\nGreek\nDance\nDrawing\nPhysics\nChemistry\nBiology",
        "Flour\nButter\nTwo eggs\nA pinch of salt\nMilk\nSugar\nLemon peel\nVanilla\nRaisins",
        "Monday\nTide tables\n06:10\n18:40\nTuesday\n07:00\n19:20\nWednesday\n08:05\n20:15",
        "The sea was grey\nThe sky was low\nAnd no one came\nTo see us go\nThe sea was home\nThe news was old\nThe boats came back\nThe nights were cold",
        "News\nSport\nBusiness",
        "Home (Harbour Road)\nAway (Mill Lane)\nDraw\nHome\nAway\nAway\nHome\nDraw\nHome\nAway\nHome\nHome\nDraw\nAway",
        "Home\nNews\nSport\nTide tables\nFish market\nPodcasts\nAbout us",
    ],
    ids=["subjects", "ingredients", "table", "verse", "three headings", "results", "seven lines"],
)
def test_a_list_of_the_article_stays(links: Callable[[str], Cleaned], own: str) -> None:
    for text in (f"{ARTICLE}\n{own}", f"{ARTICLE}\n{own}\n{ARTICLE}", f"{HEADLINE}\n{own}\n{ARTICLE}"):
        assert links(text).text == text


def test_three_names_in_eight_lines_make_a_menu(links: Callable[[str], Cleaned]) -> None:
    rows = "Home\nOld pier\nNews\nNet loft\nHarbour bell\nThe crew\nQuay office\nSport"
    for text in (f"{rows}\n{HEADLINE}\n{LONG}", f"{rows.replace(chr(10), chr(10) * 2)}\n\n{HEADLINE}\n{LONG}"):
        assert links(text).text == f"{HEADLINE}\n{LONG}"


def test_a_long_line_parts_two_menus_and_stays(links: Callable[[str], Cleaned]) -> None:
    rows = MENUS["hyphens"].replace("|", "\n")
    line = " · ".join(["Vellen", "Marrow", "Tollen", "Quist"] * 6)
    assert links(f"{LONG}\n{rows}\n{line}\n{rows}").text == f"{LONG}\n{line}"


def test_a_menu_is_one_of_a_text_with_three_paragraphs(links: Callable[[str], Cleaned]) -> None:
    rows = MENUS["en"].replace("|", "\n")
    text = "\n".join([rows, *ARTICLE.split("\n")[:2], "Mayor opens bridge after long delay", "Twenty walks for a rainy day", "Why the herring came back"])
    assert links(text).text == text


def test_a_name_at_the_end_of_the_text_is_no_part_of_the_menu_above(links: Callable[[str], Cleaned]) -> None:
    rows = MENUS["en"].replace("|", "\n")
    assert links(f"{rows}\n{HEADLINE}\n{LONG}\nHome").text == f"{HEADLINE}\n{LONG}\nHome"


def test_the_title_of_a_page_stays_among_the_first_lines_of_its_menu(links: Callable[[str], Cleaned]) -> None:
    rows = MENUS["en"].split("|")
    title, below = "Ferries and boats of the coast", f"{HEADLINE}\n{LONG}"
    for n, stays in ((1, True), (3, True), (4, False)):
        menu = "\n".join([*rows[:n], title, *rows[n:]])
        assert links(f"{menu}\n{below}").text == (f"{title}\n{below}" if stays else below)
        first = ARTICLE.split("\n")[0]
        assert links(f"{first}\n{menu}\n{below}").text == f"{first}\n{below}"


@pytest.mark.parametrize(
    ("lines", "stay"),
    [
        (["Outer islands wait", "Culture", "By Mira"], 3),
        ([*[f"Quay {n}" for n in range(25)], "Ferries are back again"], 2),
        (["Sport", "Ferries are back again", "Culture"], 2),
        (["Old quay", "Ferries are back again", "Culture"], 3),
    ],
    ids=["shares two words", "far below the last name", "right below a name", "below a kicker"],
)
def test_of_a_menu_the_last_lines_may_belong_to_the_article(links: Callable[[str], Cleaned], lines: list[str], stay: int) -> None:
    rows = ["Home", "Outer islands", "News", "Sport", "Business", "Culture", "Ferry and bus times", "Podcasts", "Contact us"]
    rows[4:4] = [f"Boat {n}" for n in range(10)]
    assert links("\n".join([*rows, *lines, LONG])).text == "\n".join([*lines[-stay:], LONG])


def test_four_lines_stay_above_an_article_without_a_headline(links: Callable[[str], Cleaned]) -> None:
    quays = [f"Quay {n}" for n in range(25)]
    assert links("\n".join([*MENUS["en"].split("|"), *quays, LONG])).text == "\n".join([*quays[-4:], LONG])


def test_a_list_of_the_article_above_the_footer_stays(links: Callable[[str], Cleaned]) -> None:
    own = "The first ships\nOla of Vellen\nBea of Marrow\nThe Lindqvist\nOld Tollen"
    footer = "Contact us\nTide tables\nAdvertise\nJobs\nPrivacy policy\nTerms of use\nThe crew\nSitemap\nFish market"
    assert links(f"{ARTICLE}\n{own}\n{footer}").text == f"{ARTICLE}\n{own}"


def test_the_headline_above_the_menu_stays(links: Callable[[str], Cleaned]) -> None:
    rows = MENUS["en"].replace("|", "\n")
    assert (
        links(f"Harbour\n{HEADLINE}\n{rows}\nOuter islands\n{ARTICLE}").text == f"Harbour\n{HEADLINE}\nOuter islands\n{ARTICLE}"
    )


def test_headlines_behind_the_last_paragraph_go(links: Callable[[str], Cleaned]) -> None:
    others = "Mayor opens bridge after long delay\nTwenty walks for a rainy day\nWhy the herring came back"
    assert links(f"{ARTICLE}\n{others}").text == ARTICLE


@pytest.mark.parametrize(
    ("headlines", "others", "go"),
    [(2, 0, False), (3, 0, True), (3, 2, False), (4, 2, True)],
    ids=["two", "three", "three of five lines", "four of six lines"],
)
def test_headlines_go_where_they_are_nearly_all_there_is(links: Callable[[str], Cleaned], headlines: int, others: int, go: bool) -> None:
    lines = ["Mayor opens bridge after long delay", "Twenty walks for a rainy day", "Why the herring came back", "Nine boats race round Vellen"]
    other = ["Fish hall", "Old quay"][:others]
    text = "\n".join([ARTICLE, *other, *lines[:headlines]])
    assert links(text).text == ("\n".join([ARTICLE, *other]) if go else text)


def test_headlines_that_share_a_common_word_go(links: Callable[[str], Cleaned]) -> None:
    others = """\
Mayor opens the bridge after long delay
Twenty walks for the rainy day
Why the herring came back
Nine boats race round the cape
Fire in the net loft
Teachers ask for more pay
Lighthouse gets its old lamp again
New ferry named after Ola Quist
Bakers of Vellen raise their prices"""
    article = f"{ARTICLE}\n{ARTICLE}\n{ARTICLE}"
    assert links(f"{article}\n{others}").text == article


def test_headlines_with_teasers_between_bare_bullets_go(links: Callable[[str], Cleaned]) -> None:
    cards = "".join(
        f"- \n{headline}\n{teaser}\n"
        for headline, teaser in (
            (
                "Mayor opens bridge",
                "It took nine years and the patience of three councils to build it, and still it is not painted.",
            ),
            ("Herring returns", "Boats come home with full nets"),
            ("Walks for a rainy day", "Twenty of them, and each ends at a fireside"),
            ("New roof for fish hall", "The old one flew off in May"),
        )
    )
    article = f"{ARTICLE}\n{ARTICLE}\n{ARTICLE}"
    assert links(f"{article}\n{cards}").text.rstrip() == article
    answers = "-\nThe ferry sails at ten.\n-\nThe post goes with it.\n-\nThe baker stays.\n-\nThe mayor waits."
    assert links(f"{ARTICLE}\n{answers}").text == f"{ARTICLE}\n{answers}"


def cards(*headlines: str, teasers: int = 0) -> str:
    """Headlines with a teaser each; so many of the teasers are sentences."""
    said = "It took nine years and the patience of three councils to build it, and still it is not painted."
    return "\n".join(f"-\n{headline}\n{said if n < teasers else 'All about it'}" for n, headline in enumerate(headlines))


FOUR = ("Mayor opens bridge", "Herring returns", "Walks for a rainy day", "New roof for fish hall")


@pytest.mark.parametrize(
    ("above", "below", "goes"),
    [
        (LONG, cards(*FOUR[:3]), False),
        (LONG, cards(*FOUR), True),
        (LONG, cards(*FOUR, teasers=2), True),
        (LONG, cards(*FOUR, teasers=3), False),
        (LONG, cards("Bridge", "Herring", "Walks", "Roof"), False),
        (f"{HEADLINE}\n-\nFish hall\n{LONG}", cards(*FOUR), True),
        (f"{LONG}\n{cards('Fire in net loft')}\n-", cards(*FOUR), True),
    ],
    ids=["three", "four", "two sentences", "three sentences", "one word each", "a bullet in the article", "an empty card above"],
)
def test_four_cards_at_the_end_go(links: Callable[[str], Cleaned], above: str, below: str, goes: bool) -> None:
    assert links(f"{above}\n{below}").text.rstrip() == (above if goes else f"{above}\n{below}")


@pytest.mark.parametrize(
    ("headlines", "go"),
    [
        (["Ferry sails on time again", "Ferry stops at Marrow twice", "New name for the ferry", "Ferry crew gets a rise"], True),
        (["Ferry sails on time again", "Ferry stops at Marrow twice", "New name for the ferry", "Ferry crew gets a rise", "No ferry to Tollen yet"], False),
        (["20 walks for a rainy day", "9 boats race round Vellen", "Why the herring came back", "Fire in the net loft", "Mayor opens a bridge"], True),
        (["20 walks for a rainy day", "9 boats race round Vellen", "Why the herring came back", "Fire in the net loft"], False),
        (["Herring comes back early", "Mayor opens new bridge", "Fire destroys net loft"], True),
        (["and the herring came home", "and the boats lay still", "and the nets were torn"], False),
        (["- Herring comes back early", "- Mayor opens new bridge", "- Fire destroys net loft"], False),
    ],
    ids=["four share a word", "five share a word", "two of five with figures", "two of four with figures", "four words", "verse", "bullets"],
)
def test_headlines_that_are_made_alike_are_a_list(links: Callable[[str], Cleaned], headlines: list[str], go: bool) -> None:
    text = "\n".join([ARTICLE, *headlines])
    assert links(text).text == (ARTICLE if go else text)


@pytest.mark.parametrize(
    "own",
    [
        "Vellen (Group A): Tenth time\nMarrow (Group A): First time\nTollen (Group B): Fifth time\nQuist (Group B): Second time\nOla (Group C): Ninth time",
        "3 June, Old Pier at Vellen\n4 June, Fish Hall at Marrow\n9 June, Town Square at Quist",
    ],
    ids=["made alike", "dates"],
)
def test_results_and_dates_behind_the_last_paragraph_stay(links: Callable[[str], Cleaned], own: str) -> None:
    assert links(f"{ARTICLE}\n{own}").text == f"{ARTICLE}\n{own}"


def test_a_page_without_paragraphs_stays(links: Callable[[str], Cleaned]) -> None:
    rows = MENUS["en"].replace("|", "\n")
    assert links(rows).text == rows
