"""Icon names go however a site writes them; what says something twice goes once. Near misses stay as they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from cleaner.detectors import DETECTORS
from cleaner.match import Lines
from cleaner.model import Cleaned, RuleSet
from cleaner.pipeline import Cleaner

ABOVE = "The ferry to the outer islands left on time on Monday, for the first time in two weeks."
BELOW = "On board were forty passengers, a cargo of milk and the post of a fortnight."

Clean = Callable[[str], Cleaned]


@pytest.fixture(scope="module")
def careful_icons(ruleset: RuleSet) -> Clean:
    return Cleaner(ruleset, families=["icons"], profile="careful").clean


@pytest.fixture(scope="module")
def icons(ruleset: RuleSet) -> Clean:
    return Cleaner(ruleset, families=["icons"]).clean


@pytest.fixture(scope="module")
def twins(ruleset: RuleSet) -> Clean:
    return Cleaner(ruleset, families=["duplicates"]).clean


def between(line: str) -> str:
    return f"{ABOVE}\n{line}\n{BELOW}"


# ---------------------------------------------------------------- runs of icon names

RUNS = {
    "glued behind": "menuicon searchicon carticon closeicon usericon",
    "glued behind, spaced names between": "date 2024-11-05 icon arrow downicon flag deicon zoom inicon play-bicon fbicon fm",
    "glued before": "iconmenu iconsearch iconclose iconcart",
    "glued to one word": "menuiconsearchiconcloseiconcarticon",
    "glued and hyphenated": "chevron-lefticon chevron-righticon mute-onicon",
    "prefix icon-": "icon-home icon-search icon-basket icon-heart-o",
    "prefix icon_": "icon_home icon_search icon_basket",
    "suffix -icon": "home-icon search-icon basket-icon",
    "Font Awesome 4": "fa fa-bars fa fa-search fa fa-shopping-cart",
    "Font Awesome 6": "fas fa-house fab fa-mastodon far fa-envelope",
    "Font Awesome, names only": "fa-house fa-mastodon fa-envelope",
    "Bootstrap 3": "glyphicon glyphicon-home glyphicon glyphicon-cog glyphicon glyphicon-print",
    "Bootstrap Icons": "bi bi-list bi bi-house-door bi bi-chat-left-text-fill",
    "Material ligatures": "keyboard_arrow_left keyboard_arrow_right more_vert shopping_cart",
    "Material ligatures and plain ones": "menu search account_circle shopping_cart arrow_drop_down",
    "Material Design Icons": "mdi mdi-menu mdi mdi-magnify mdi mdi-account",
    "Ionicons": "ion-md-menu ion-md-search ion-ios-close",
    "Feather, hyphenated": "chevron-up chevron-down arrow-up-right share-2 external-link",
    "Feather, spaced": "chevron up chevron down arrow right",
    "Octicons": "octicon-repo octicon-star octicon-chevron-down",
    "Dashicons": "dashicons dashicons-menu dashicons dashicons-search dashicons dashicons-no",
    "React components": "ChevronLeft ChevronRight ChevronsUp CaretDown",
    "carets": "caret-down caret-up caret-left",
    "directions before": "left chevron right chevron down chevron",
    "alternative texts": "Facebook icon Instagram icon Search icon Shopping cart icon",
    "capitals": "CHEVRON-LEFT CHEVRON-RIGHT ICON-MENU",
    "bars between": "icon-home | icon-search | icon-cart",
    "bullets between": "• fa-house • fa-phone • fa-envelope",
    "a name of the site's own among them": "menuicon searchicon zztopicon carticon",
    "letters behind names": "fa-bookmark-b fa-search-b fa-menu-b",
    "several names glued together": "mapmenuicon closemapicon usersearchicon",
    "pointing to a side by a letter": "arrow-l arrow-r chevron-l",
    "variants": "shopping_cart_outlined more_vert_sharp account_circle_rounded",
    "two names and one that could be words": "chevron-left chevron-right external-link",
    "four that could be words": "plus-square minus-square external-link user-plus",
    "alternative texts of three words": "Facebook icon Play circle outline icon Search icon",
    "two unknown words among twenty": "menuicon carticon closeicon " * 6 + "harbour lamprey",
    "two words with icon in them among twenty": "menuicon carticon closeicon " * 6 + "lexicon silicon",
    "a time among names": "menuicon searchicon closeicon 10:30",
    "every third a name": "menuicon searchicon closeicon home user cart map star phone",
    "every third a name or a compound": "chevron-left chevron-right chevron-up external-link home user cart map star phone bell mail",
    "every third a name, and icon alone": "menuicon searchicon closeicon icon icon home user cart map star phone",
}


@pytest.mark.parametrize("line", RUNS.values(), ids=RUNS.keys())
def test_a_run_of_icon_names_goes_with_its_line(careful_icons: Clean, line: str) -> None:
    cleaned = careful_icons(between(line))
    assert cleaned.text == f"{ABOVE}\n{BELOW}"
    assert {r.cause for r in cleaned.removals} == {"icons/any/icon-run"}


@pytest.mark.parametrize("line", RUNS.values(), ids=RUNS.keys())
@pytest.mark.parametrize("change", [str.upper, str.title, lambda s: f"  {s}  "], ids=["upper", "title", "spaces around"])
def test_case_and_space_around_do_not_matter(careful_icons: Clean, line: str, change: Callable[[str], str]) -> None:
    assert careful_icons(between(change(line))).text == f"{ABOVE}\n{BELOW}"


NO_RUNS = {
    "prose about icons": "The new set has a menu icon, a search icon and a close icon, drawn by two sisters.",
    "prose without a full stop": "She drew the menu icon the search icon and the close icon",
    "changelog": "Added chevron-left, arrow-up and share-alt icons.",
    "changelog, one line": "Fixed: chevron-left chevron-right arrow-up",
    "enumeration": "chevron-left, chevron-right, arrow-up",
    "style sheet": ".icon-cart, .icon-user, .icon-menu { color: red }",
    "style sheet, selectors only": ".icon-cart .icon-user .icon-menu",
    "markup": '<i class="fa fa-bars"></i> <i class="fa fa-search"></i> <i class="fa fa-user"></i>',
    "call": "set(icon_menu, icon_search, icon_close)",
    "assignment": "icon_menu = icon_search = icon_close",
    "shell": "cp icon-menu.svg icon-search.svg icon-close.svg $OUT",
    "table row": "icon-cart,icon-user,icon-search,icon-menu",
    "table row with figures": "icon-cart;12;icon-user;14;icon-search;9",
    "menu of ordinary words": "Home News Sport Weather Travel",
    "menu with a search": "Home News Sport Search Menu Close",
    "ordinary nouns": "hammer saw screwdriver wrench drill",
    "animals and things": "fish bird cat dog horse house tree",
    "words with icon in them": "iconic silicon lexicon emoticon rubicon iconoclast",
    "Italian": "riconoscere riconoscimento riconosciuto riconoscenza",
    "table header": "Icon Name Icon Size Icon Color",
    "hyphenated words": "check-in sign-up log-out follow-up",
    "company": "Chevron Exxon Shell Texaco",
    "keys": "arrow up arrow down arrow left arrow right",
    "identifiers": "user_name order_date item_count",
    "run before text": "chevron-left chevron-right arrow-up The mayor spoke on Monday about the harbour",
    "run after text": "The mayor spoke on Monday about the harbour chevron-left chevron-right arrow-up",
    "question": "menuicon searchicon closeicon?",
    "style icons": "fashion icon",
    "names and two words": "menuicon searchicon closeicon harbour lamprey",
    "names and a letter": "menuicon searchicon closeicon x",
    "names and a word of its own with icon in it": "menuicon searchicon closeicon lexicon",
    "names and a long word with icon in it": "menuicon searchicon closeicon harbourmastersofficeicon",
    "words that begin with a name": "closefooicon menubazicon carquxicon",
    "two letters that are no sprite": "closemyicon menuphicon cartaricon",
    "turns": "arrow turn left turn right turn left",
    "word behind alternative texts": "Facebook icon Instagram icon Search icon Menu",
    "icon first": "Icon Search icon Menu icon",
    "mergers": "Chevron-Texaco Chevron-Exxon Chevron-Shell",
    "compounds of ordinary words": "arrow menu-search user-home home-book",
    "every fourth a name": "menuicon searchicon closeicon home user cart map star phone mail",
    "a name and two that could be words": "chevron-left external-link user-plus",
    "a small word among many names": "menuicon carticon closeicon " * 4 + "the",
    "three unknown words among twenty": "menuicon carticon closeicon " * 6 + "harbour lamprey gannet",
    "three words with icon in them among twenty": "menuicon carticon closeicon " * 6 + "lexicon silicon emoticon",
    "four words before icon": "Facebook icon Home user cart map icon Search icon",
    "a company among words": "Chevron home Chevron user Chevron search",
    "words that begin like a sign's name": "caretaker home caretaker user caretaker search",
}

# Two names go in ``standard`` only where nothing else stands beside them.
NO_PAIRS = {
    "an unknown name": "menuicon closeicon zztopicon",
    "an ordinary word": "menuicon closeicon home",
    "words before icon": "Shopping cart icon Play circle icon",
}


@pytest.mark.parametrize("line", [*NO_RUNS.values(), *NO_PAIRS.values()], ids=[*NO_RUNS, *NO_PAIRS])
def test_what_only_looks_like_icon_names_stays(icons: Clean, line: str) -> None:
    text = between(line)
    assert icons(text).text == text


@pytest.mark.parametrize(
    "line", ["chevron-left chevron-right", "left chevron chevron-right", "Chevron left Chevron right", "arrow_back arrow_forward", "menuicon closeicon"]
)
def test_two_names_go_in_the_standard_profile_only(icons: Clean, careful_icons: Clean, line: str) -> None:
    assert icons(between(line)).text == f"{ABOVE}\n{BELOW}"
    assert careful_icons(between(line)).text == between(line)


def test_lists_of_names_count_for_the_rules_that_they_came_with(ruleset: RuleSet) -> None:
    line = "lampreyicon searchicon closeicon"
    for kind, goes in (("names", True), ("", False), ("sprites", True), ("", False)):
        own = {f"icons/{kind}": (*ruleset.words[f"icons/{kind}"], "lamprey")} if kind else {}
        clean = Cleaner(replace(ruleset, words={**ruleset.words, **own}), families=["icons"], profile="careful").clean_text
        assert clean(between(line)) == (f"{ABOVE}\n{BELOW}" if goes else between(line))


def test_a_name_on_the_line_below_prose_goes(icons: Clean) -> None:
    """Each line is looked at for itself, also where the one above holds a name and stays."""
    prose = "The label is expand_more until the panel opens."
    assert icons(between(f"{prose}\nexpand_more")).text == between(prose)


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("keyboard_arrow_down", None),
        ("chevron_leftBack to the list", "Back to the list"),
        ("navigate_before Lamps navigate_next", "Lamps"),
        ("Opening hours expand_more", "Opening hours"),
        ("Our shopschevron_right", "Our shops"),
        ("button.append(chevron_right)", "button.append(chevron_right)"),
        ("Set `expand_more` as its label", "Set `expand_more` as its label"),
        ("The label is expand_more until the panel opens.", "The label is expand_more until the panel opens."),
        ("my_chevron_right", "my_chevron_right"),
        ("$icon = chevron_right", "$icon = chevron_right"),
        ("$icon = chevron_right\nexpand_more", "$icon = chevron_right"),
    ],
)
def test_ligatures_go_from_the_ends_of_a_line(icons: Clean, line: str, left: str | None) -> None:
    assert icons(between(line)).text == (between(left) if left else f"{ABOVE}\n{BELOW}")


def test_however_many_signs_stand_alone_all_of_them_go(icons: Clean) -> None:
    lamps = [f"Lamp number {n} is sold without its bulb." for n in range(60)]
    assert icons("\n".join(f"{lamp}\nexpand_more" for lamp in lamps)).text == "\n".join(lamps)


# ---------------------------------------------------------------- glyphs, signs, files


def test_a_line_of_icon_font_characters_goes(icons: Clean) -> None:
    assert icons(between("\uf09a \uf099 \uf16d")).text == f"{ABOVE}\n{BELOW}"


@pytest.mark.parametrize(
    "line",
    ["He signs with the rare sign \ue863 to this day", "\uf0b7 first point of the list", "a \uf03d b"],
    ids=["in a name", "bullet of the Symbol font", "formula"],
)
def test_private_characters_among_words_keep_all_of_them(icons: Clean, line: str) -> None:
    text = between(line) + "\n\uf03d\n" + BELOW
    assert icons(text).text == text


@pytest.mark.parametrize("line", ["×", "✕", "❯", "►", "☰", "‹ › ×"])
def test_signs_of_buttons_go(icons: Clean, line: str) -> None:
    assert icons(between(line)).text == f"{ABOVE}\n{BELOW}"


@pytest.mark.parametrize(
    "line",
    ["* * *", "***", "• • •", "—", "- - -", "…", "♪", "§", "→", "=", "✔", "★★★★★", "👍", "❤️", "| × |", "2 × 3", "|---|", "?"],
)
def test_breaks_rules_marks_and_answers_stay(icons: Clean, line: str) -> None:
    assert icons(between(line)).text == between(line)


@pytest.mark.parametrize(
    "line",
    ["DSC00431.JPG", "harbour-at-dawn-1200x800.webp", "logo.svg", "green boat.jpeg", "Screenshot 2022-11-02 at 08.15.01.png"],
)
def test_names_of_image_files_go(icons: Clean, line: str) -> None:
    assert icons(between(line)).text == f"{ABOVE}\n{BELOW}"


@pytest.mark.parametrize(
    "line",
    [
        "Replace logo.svg",
        "Replace logo.png",
        "Send us your photo as harbour.png.",
        "https://pictures.example.org/harbour.jpg",
        "images/harbour.jpg",
        "harbour.jpg: 2 MB",
        "index.html\nlogo.svg\nstyle.css",
        "index.html\nlogo.svg",
        "index.html\n\nlogo.svg",
        "logo.svg\nstyle.css",
        "logo.svg\n\nstyle.css",
        "├── logo.svg",
        "$ convert harbour.png\nharbour.jpg",
        f"{ABOVE} Whoever has a better picture of it may send it to the harbour office as harbour.jpg, not as harbour.bmp or harbour.png",
    ],
)
def test_files_that_the_text_speaks_of_stay(icons: Clean, line: str) -> None:
    assert icons(between(line)).text == between(line)
    assert icons(line).text == line


def test_a_file_beyond_a_paragraph_makes_no_listing(icons: Clean) -> None:
    text = f"index.html\n{ABOVE}\nharbour.jpg\n{BELOW}\nstyle.css"
    assert icons(text).text == text.replace("harbour.jpg\n", "")


def test_the_last_line_of_a_text_stands_not_above_its_first(icons: Clean) -> None:
    assert icons(f"harbour.jpg\n{ABOVE}\n{BELOW}\nstyle.css").text == f"{ABOVE}\n{BELOW}\nstyle.css"


def test_a_listing_of_hundreds_of_image_files_stays(icons: Clean) -> None:
    text = "\n".join(f"scan_{n:04}.png" for n in range(500))
    assert icons(text).text == text


# ---------------------------------------------------------------- twins

CAPTION = "Captain Ana Fjord on the bridge of the ferry in Northport"

LABELLED = {
    "same words": (CAPTION, f"Image: {CAPTION}"),
    "full stop": (CAPTION, f"Photo: {CAPTION}."),
    "quotes": ("The ferry ‘Gannet’ – home at last", "Picture: The ferry 'Gannet' - home at last"),
    "case": (CAPTION, f"IMAGE: {CAPTION.upper()}"),
    "space before the colon": (CAPTION, f"Image : {CAPTION}"),
    "one character": ("暴风雨后的港口清晨景色", "图：暴风雨后的港口清晨景色"),
    "full-width colon": ("暴风雨后的港口清晨景色", "图片：暴风雨后的港口清晨景色"),
    "German": ("Der Hafen am Morgen nach dem Sturm", "Bildunterschrift: Der Hafen am Morgen nach dem Sturm"),
    "French": ("Le port à l'aube après la tempête", "Légende : Le port à l’aube après la tempête"),
    "Spanish": ("El puerto al amanecer tras la tormenta", "Imagen: El puerto al amanecer tras la tormenta"),
    "Turkish": ("Fırtınadan sonra sabah liman", "Fotoğraf: Fırtınadan sonra sabah liman"),
    "Arabic": ("الميناء عند الفجر بعد العاصفة", "صورة: الميناء عند الفجر بعد العاصفة"),
    "credit on the one that stays": (f"{CAPTION} (Otto Lund, Coast Archive)", f"Image: {CAPTION}"),
    "three words": ("The old harbour", "Image: The old harbour"),
    "four words and a credit": ("The old harbour today", "Image: The old harbour today (Photo: Otto Lund)"),
    "credit on the one that stays, four words": ("The old harbour today (Photo: Otto Lund)", "Image: The old harbour today"),
    "credit without a space": (f"{CAPTION}(Otto Lund)", f"Image: {CAPTION}"),
    "credit on the one that goes": (CAPTION, f"Image: {CAPTION} (Photo: Otto Lund)"),
}


@pytest.mark.parametrize(("plain", "labelled"), LABELLED.values(), ids=LABELLED.keys())
@pytest.mark.parametrize("gap", ["\n", "\n\n"], ids=["next line", "blank line between"])
def test_of_two_captions_the_labelled_one_goes(twins: Clean, plain: str, labelled: str, gap: str) -> None:
    for first, second in ((plain, labelled), (labelled, plain)):
        cleaned = twins(between(first + gap + second))
        assert [r.text.strip() for r in cleaned.removals] == [labelled]


UNLABELLED = {
    "alone": f"Image: {CAPTION}",
    "another caption": f"Image: {CAPTION}\nImage: The same captain on the quay in Northport",
    "a sentence that begins alike": f"{CAPTION} tells of the worst storm in her thirty years at sea\nImage: {CAPTION}",
    "the labelled one says more": f"{CAPTION}\nImage: {CAPTION} (seen from the lighthouse)",
    "no label of a picture": f"Note: {CAPTION}\n{CAPTION}",
    "dialogue": "Ana: come in\ncome in",
    "two words": "Image: Ana Fjord\nAna Fjord",
    "three words, and a credit on the one that would stay": "The old harbour (Photo: Otto Lund)\nImage: The old harbour",
    "three words, and a credit on the one that would go": "The old harbour\nImage: The old harbour (Photo: Otto Lund)",
}


@pytest.mark.parametrize("lines", UNLABELLED.values(), ids=UNLABELLED.keys())
def test_labelled_lines_without_a_twin_stay(twins: Clean, lines: str) -> None:
    assert twins(between(lines)).text == between(lines)


@pytest.mark.parametrize("gap", ["\n", "\n\n"], ids=["next line", "blank lines between"])
@pytest.mark.parametrize(("others", "goes"), [(3, True), (4, False)])
def test_a_twin_stands_near(twins: Clean, others: int, goes: bool, gap: str) -> None:
    between_them = [f"Boat {n} at the quay" for n in range(others)]
    for lines in ([CAPTION, *between_them, f"Image: {CAPTION}"], [f"Image: {CAPTION}", *between_them, CAPTION]):
        assert [r.text.strip() for r in twins(gap.join(lines)).removals] == [f"Image: {CAPTION}"] * goes


def test_a_label_before_too_few_words_spares_no_other(twins: Clean) -> None:
    text = f"Image: Ana Fjord\n{CAPTION}\nImage: {CAPTION}"
    assert [r.text.strip() for r in twins(between(text)).removals] == [f"Image: {CAPTION}"]


ARTICLE = f"{ABOVE} {BELOW} Nobody was hurt, said the harbour master."

HEADLINES = {
    "same words": ("Ferry runs again after the storm", "Ferry runs again after the storm", 1),
    "quotes and dashes": ("Harbour ‘safe at last’ – ferry runs", "Harbour 'safe at last' - ferry runs", 1),
    "case": ("Ferry Runs Again After the Storm", "FERRY RUNS AGAIN AFTER THE STORM", 1),
    "outlet behind a bar": ("Ferry runs again after the storm", "Ferry runs again after the storm | Harbour Gazette", 1),
    "outlet behind a dash": ("Ferry runs again after the storm", "Ferry runs again after the storm – Gazette", 1),
    "page title first": ("Ferry runs again after the storm - Harbour Gazette", "Ferry runs again after the storm", 0),
    "four words": ("Ferry runs after storm", "FERRY RUNS AFTER STORM", 1),
    "kicker": ("Northport: ferry runs again after the storm", "Northport: Ferry runs again after the storm", 1),
}


@pytest.mark.parametrize(("first", "second", "goes"), HEADLINES.values(), ids=HEADLINES.keys())
@pytest.mark.parametrize(
    "middle", ["", "5 November 2021\n", "The islands waited two weeks for their post\n"], ids=["next", "date", "standfirst"]
)
def test_of_two_headlines_one_goes(twins: Clean, first: str, second: str, goes: int, middle: str) -> None:
    cleaned = twins(f"{first}\n{middle}{second}\n\n{ARTICLE}\n")
    assert [r.text.strip() for r in cleaned.removals] == [(first, second)[goes]]


def test_a_third_time_far_below_spares_no_second_headline(twins: Clean) -> None:
    head = "Ferry runs again after the storm"
    rest = "\n".join([ARTICLE, *(f"On day {n} the sea was calm, and the boats came home." for n in range(8)), head])
    assert twins(f"{head}\n5 November 2021\n{head}\n{rest}").text == f"{head}\n5 November 2021\n{rest}"


def test_a_word_that_stands_again_below_makes_no_contents(twins: Clean) -> None:
    head = "Ferry runs again after the storm"
    assert twins(f"{head}\nShare\n{head}\n{ARTICLE}\nShare\n{BELOW}").text == f"{head}\nShare\n{ARTICLE}\nShare\n{BELOW}"


def test_the_headline_may_stand_under_a_date(twins: Clean) -> None:
    assert twins(f"5 November 2021\nFerry runs again after storm\nFerry runs again after storm\n{ARTICLE}").text == (
        f"5 November 2021\nFerry runs again after storm\n{ARTICLE}"
    )


@pytest.mark.parametrize("gap", ["\n", "\n\n"], ids=["next line", "blank lines between"])
@pytest.mark.parametrize(("others", "goes"), [(4, 1), (5, 0)])
def test_a_second_headline_stands_near_the_first(twins: Clean, others: int, goes: int, gap: str) -> None:
    head = "Ferry runs again after storm"
    lines = [head, *(f"Boat {n}" for n in range(others)), head, ARTICLE]
    assert [r.text.strip() for r in twins(gap.join(lines)).removals] == [head] * goes


@pytest.mark.parametrize(
    ("below", "goes"),
    [
        (["The islands waited two weeks", "Forty passengers were on board"], 1),
        (["The islands waited two weeks", "Forty passengers were on board", "Nobody was hurt at sea"], 0),
        (["Two weeks without post", "By Otto Lund today", "Monday, 5 November 2021"], 1),
    ],
    ids=["two short lines", "three", "three of four words"],
)
def test_a_paragraph_follows_soon_below_a_second_headline(twins: Clean, below: list[str], goes: int) -> None:
    head = "Ferry runs again after the storm"
    assert [r.text.strip() for r in twins("\n".join([head, head, *below, ARTICLE])).removals] == [head] * goes


NO_HEADLINES = {
    "poem with its first line as title": "I walked the shore alone\n\nI walked the shore alone\nAnd counted every stone\n"
    "The tide came in at four\nAnd would not leave the shore",
    "list of contents": f"How to apply for a berth\nWhat it costs each year\nHow to apply for a berth\n{ARTICLE}\n"
    f"What it costs each year\n{BELOW}",
    "contents of two words each": f"How to apply for a berth\nYearly fees\nHow to apply for a berth\n{ARTICLE}\nYearly fees\n{BELOW}",
    "heading below an introduction": f"A boat of one's own\n{ARTICLE}\nA boat of one's own\n{ARTICLE}",
    "question as a heading": f"How do I rent a boat?\nAsk the harbour master\nHow do I rent a boat?\n{ARTICLE}",
    "part of a longer headline": f"Ferry runs again after storm\nFerry runs again after storm, but the post is lost\n{ARTICLE}",
    "another thing behind the dash": f"Ferry runs again today\nFerry runs again today - but only until the next storm\n{ARTICLE}",
    "no article below": "Ferry runs again after the storm\nFerry runs again after the storm",
    "list": f"- Ferry runs again after the storm\n- Ferry runs again after the storm\n{ARTICLE}",
    "three words": f"Storm is over\nStorm is over\n{ARTICLE}",
    "stamps": f"Posted March 5, 2019\nOtto\nPosted March 5, 2019\n{ARTICLE}",
    "code": f"x = load(a); run(x)\nx = load(a); run(x)\n{ARTICLE}",
    "code in a title": f"x = load(a); run(x) for all ships - Gazette\nx = load(a); run(x) for all ships\n{ARTICLE}",
    "table": f"port | boats | berths | depth\nport | boats | berths | depth\n{ARTICLE}",
}


@pytest.mark.parametrize("text", NO_HEADLINES.values(), ids=NO_HEADLINES.keys())
def test_lines_that_are_no_second_headline_stay(twins: Clean, text: str) -> None:
    assert twins(text).text == text


PARAGRAPH = "The council voted on Monday to close the swimming pool for the whole of next winter and to sell its bell."


@pytest.mark.parametrize("gap", ["\n", "\n\n"], ids=["next line", "blank line between"])
@pytest.mark.parametrize("second", [PARAGRAPH, PARAGRAPH.replace("Monday", "MONDAY")], ids=["same", "case"])
def test_of_two_paragraphs_the_second_goes(twins: Clean, gap: str, second: str) -> None:
    cleaned = twins(f"{ABOVE}\n{PARAGRAPH}{gap}{second}\n{BELOW}")
    assert [r.text.strip() for r in cleaned.removals] == [second]
    assert cleaned.removals[0].start > len(ABOVE) + len(PARAGRAPH)


@pytest.mark.parametrize("caption", [CAPTION, "Captain Ana Fjord leaves Northport"], ids=["ten words", "five"])
def test_a_short_caption_that_names_somebody_goes_between_paragraphs(twins: Clean, caption: str) -> None:
    assert twins(between(f"{caption}\n{caption}")).text == between(caption)


@pytest.mark.parametrize(("blank", "goes"), [(0, True), (1, True), (2, False)])
def test_two_blank_lines_part_twins_where_blank_lines_are_kept(ruleset: RuleSet, blank: int, goes: bool) -> None:
    clean = Cleaner(ruleset, families=["duplicates"], skip=["blank-lines"]).clean
    gap = "\n" * (blank + 1)
    assert [r.text.strip() for r in clean(between(f"{PARAGRAPH}{gap}{PARAGRAPH}")).removals] == [PARAGRAPH] * goes


@pytest.mark.parametrize(
    "text",
    [
        f"{PARAGRAPH}\n{CAPTION}\n{CAPTION}",
        f"{CAPTION}\n{CAPTION}",
        f"{CAPTION}\n{CAPTION}\n{ABOVE}\n{BELOW}",
        between(f"Monday\n{CAPTION}\n{CAPTION}"),
        between(f"The ferry left on time on Monday, and nobody was hurt at sea.\n{CAPTION}\n{CAPTION}"),
        f"{ABOVE}\n{BELOW}\n{CAPTION}\n{CAPTION}\nMonday\n{PARAGRAPH}",
    ],
    ids=["last", "alone", "first", "under a heading", "under a short sentence", "above a heading"],
)
def test_a_short_caption_that_is_not_between_paragraphs_stays(twins: Clean, text: str) -> None:
    assert twins(text).text == text


SAID_TWICE = {
    "refrain": "Oh bring the sailors safely home again tonight",
    "verse with a comma": "Row, row, row your boat, gently down the stream, gently down the stream, merrily merrily merrily,",
    "list": "- Two cups of flour, a pinch of salt, one egg, and as much milk as the dough will take in the end.",
    "numbered list": "1. Two cups of flour, a pinch of salt, one egg, and as much milk as the dough will take in the end.",
    "dialogue": "“I told you that the boat would never leave the harbour in such a storm as this one, did I not.”",
    "script": "ANA: I told you that the boat would never leave the harbour in such a storm as this one on Monday.",
    "minutes": "Mrs Fjord: I move that the harbour be closed for the winter and that the bell be sold to the museum.",
    "chat": "[10:42] ana: did you see that the boat left on time today for the first time in two whole weeks there.",
    "code": "result = transform(load(source), depth=3); store(result) and the rest of the words that make it long.",
    "table": "Northport | 12 boats | 40 berths | 3 metres | closed in winter from November until the end of March.",
    "figures": "12, 14, 19, 22, 31, 35, 44, 12, 14, 19, 22, 31, 35, 44, 12, 14, 19, 22, 31, 35, 44.",
    "question": "Did you hear the bell that rang all night long from the old tower above the harbour of Northport?",
    "short question": "Did Captain Ana Fjord ring the bell in Northport that night?",
    "indented": f"    {PARAGRAPH}",
    "indented a little": f"  {PARAGRAPH}",
    "a small letter first": PARAGRAPH.lower(),
    "name": "Ana Fjord",
    "four words": "Ana Fjord in Northport",
    "answer": "Yes, thank you very much indeed",
}


@pytest.mark.parametrize("line", SAID_TWICE.values(), ids=SAID_TWICE.keys())
def test_repeats_that_mean_something_stay(twins: Clean, line: str) -> None:
    text = between(f"{line}\n{line}")
    assert twins(text).text == text


def test_a_paragraph_may_begin_with_one_letter(twins: Clean) -> None:
    line = "A bell rang over the harbour on Monday until the last of the boats had come home from the sea."
    assert twins(between(f"{line}\n{line}")).text == between(line)


@pytest.mark.parametrize(
    "lines",
    [
        "Yes.\nNow!",
        "The bell rang all night long, he says.\nNobody on the islands ever heard of it",
        f"{CAPTION}\n{CAPTION}\n{CAPTION}",
        f"{PARAGRAPH}\n{PARAGRAPH.replace('Monday', 'Friday')}",
    ],
    ids=["short", "of one length", "three times", "nearly alike"],
)
def test_lines_that_are_no_twins_spare_none_below(twins: Clean, lines: str) -> None:
    below = f"{ABOVE} {BELOW}"
    assert twins(f"{lines}\n{ABOVE}\n{below}\n{below}\n{BELOW}").text == f"{lines}\n{ABOVE}\n{below}\n{BELOW}"


def test_paragraphs_of_one_length_that_differ_in_a_word_stay(twins: Clean) -> None:
    text = between(f"{PARAGRAPH}\n{PARAGRAPH.replace('Monday', 'Friday')}")
    assert twins(text).text == text


def test_apostrophes_of_two_paragraphs_may_differ(twins: Clean) -> None:
    line = f"It’s settled. {PARAGRAPH}"
    assert twins(between(f"{line}\n{line.replace('’', chr(39))}")).text == between(line)


def test_a_paragraph_with_a_comma_more_stays(twins: Clean) -> None:
    text = between(f"{PARAGRAPH}\n{PARAGRAPH.replace(' and', ', and')}")
    assert twins(text).text == text


def test_a_paragraph_that_stands_three_times_is_no_slip(twins: Clean) -> None:
    thrice = "\n".join([PARAGRAPH] * 3)
    for text in (between(thrice), f"{ABOVE}\n{thrice}"):
        assert twins(text).text == text


def test_a_song_of_long_lines_keeps_its_refrain(twins: Clean) -> None:
    verse = "Oh bring the sailors home again across the dark and stormy sea to those who wait on every shore."
    above, below = "the wind goes round the tower\n", "\nthe bell goes on till four"
    refrain = f"{verse}\n{verse}"
    for song in (f"{above}{refrain}{below}", f"{above}{refrain}", f"{refrain}{below}", between(f"{above * 2}{refrain}{below * 2}")):
        assert twins(song).text == song
    for text in (f"{ABOVE}\n{above}{refrain}", f"{refrain}{below}\n{BELOW}"):
        assert twins(text).text == text.replace(refrain, verse)


# ---------------------------------------------------------------- any text, however odd

HOSTILE = {
    "one character": "a" * 10_000_000,
    "one word": "icon" * 2_500_000,
    "underscores": "_" * 10_000_000,
    "glued names, no spaces": "chevronicon" * 900_000,
    "lines of a cue": "icon\n" * 300_000,
    "nearly glued": ("chevron" * 140 + "q ") * 2_000,
    "lines that nearly run": (("arrow" * 150 + " ") * 20 + "\n") * 100,
    "labels": "image: one two three\n" * 300_000,
    "file names": "a.jpg\n" * 300_000,
    "suffixes": ".jpg" * 1_000_000,
    "private characters": "\ue001" * 3_000_000,
    "the same line": "The same line of words again and again and again until it is long enough to count.\n" * 50_000,
    "spaces": " " * 10_000_000,
    "brackets": "Photo: one two three four" + " (" * 200_000,
    "lone surrogate": "chevron-left chevron-right \ud800 icon\n" * 1_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_odd_texts_are_finished_and_kept(ruleset: RuleSet, text: str) -> None:
    """Nothing here is residue; a detector that is worse than linear would need hours."""
    lines = Lines(text)
    for rule in ruleset:
        if rule.detector and rule.family in ("icons", "duplicates"):
            assert list(DETECTORS[rule.detector](lines, dict(rule.options), ruleset.words)) == [], rule.id


def test_the_whole_text_may_be_icons(careful_icons: Clean) -> None:
    assert careful_icons("menuicon searchicon closeicon").text == ""


@pytest.mark.parametrize("line", RUNS.values(), ids=RUNS.keys())
def test_cleaning_twice_is_cleaning_once(icons: Clean, line: str) -> None:
    once = icons(between(f"{line}\n{line}\nchevron_left Back")).text
    assert icons(once).text == once


def test_a_run_longer_than_the_article_goes_all_the_same(icons: Clean) -> None:
    run = " ".join(["menuicon searchicon closeicon carticon"] * 40)
    article = "\n".join([ABOVE, BELOW] * 3)
    assert icons(f"{run}\n{article}").text == article
