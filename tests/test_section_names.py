"""Names of a site's sections go above a headline and in menus; titles, headings and lists of the text stay."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.match import as_set
from cleaner.model import RuleSet
from cleaner.pipeline import Cleaner
from tests.conftest import Only

Clean = Callable[[str], str]

PROSE = (
    "The council of Vellen voted for a second bridge on Monday, after nine years of talks and two reports.",
    "Work begins in the spring and will take three years, the engineer said, if the winters are mild.",
    "A small ferry will cross eight times a day until then, and people on foot will pay nothing at all.",
)
HEADLINE = "Council votes for a second bridge"
ARTICLE = "\n".join((HEADLINE, *PROSE))
TEXT = "\n".join(PROSE)

#: Kicker, headline and two paragraphs, in several languages and scripts.
HEADS = {
    "en": ("Local News", HEADLINE, *PROSE[:2]),
    "de": (
        "Wirtschaft",
        "Werft stellt hundert Leute ein",
        "Die Werft an der Mole stellt hundert Schlosser ein, wie ihr Leiter am Montag bei einem Rundgang sagte.",
        "Im Herbst läuft das erste von vier Fährschiffen vom Stapel, die eine Reederei im Norden bestellt hat.",
    ),
    "fr": (
        "Faits divers",
        "Un bateau coule dans le vieux port",
        "Un bateau de pêche a coulé lundi dans le vieux port sans faire de blessés, a indiqué le capitaine.",
        "La coque avait été réparée au printemps, mais le moteur était vieux de trente ans, selon le mécanicien.",
    ),
    "pl": (
        "Wiadomości",
        "Prom wraca na wyspy po dwóch tygodniach",
        "Prom na wyspy wypłynął w poniedziałek o czasie po raz pierwszy od dwóch tygodni, podał kapitan portu.",
        "Do końca lata będzie kursował dwa razy dziennie, jeśli tylko wiatr osłabnie, zapowiada spółka.",
    ),
    "ru": (
        "Происшествия",
        "Паром сел на мель у островов",
        "Паром с сорока пассажирами сел на мель у островов в понедельник утром, сообщил капитан порта.",
        "Никто не пострадал, а груз молока и почту за две недели перевезли на берег рыбацкие лодки.",
    ),
    "tr": (
        "Gündem",
        "Adalara vapur iki hafta sonra yeniden kalktı",
        "Adalara giden vapur pazartesi günü iki hafta sonra ilk kez tam zamanında kalktı, dedi liman müdürü.",
        "Rüzgâr dinerse yaz sonuna kadar iki sefer yapılacak ve yolculardan ek ücret alınmayacak.",
    ),
    "el": (
        "Κοινωνία",
        "Το πλοίο γύρισε στα νησιά μετά από μέρες",
        "Το πλοίο για τα νησιά έφυγε τη Δευτέρα στην ώρα του για πρώτη φορά μετά από δύο εβδομάδες.",
        "Μέχρι το τέλος του καλοκαιριού θα φεύγει δύο φορές την ημέρα, αν πέσει ο άνεμος, λέει ο πλοίαρχος.",
    ),
    "ar": (
        "اقتصاد",
        "الميناء يفتح رصيفا جديدا للسفن",
        "فتح الميناء يوم الاثنين رصيفا جديدا لسفن الجزر كما قالت رئيسة البلدية في حديث مع الصحفيين.",
        "دامت الأعمال ثلاث سنوات وكلفت ضعف ما كان مقررا لها كما اعترف بعد ذلك كبير المهندسين.",
    ),
    "he": (
        "בארץ",
        "המעבורת חזרה לאיים אחרי שבועיים",
        "המעבורת לאיים יצאה ביום שני בזמן לראשונה זה שבועיים, כך אמר מנהל הנמל בשיחה עם עיתונאים.",
        "עד סוף הקיץ היא תצא פעמיים ביום, אם הרוח תיחלש, והנוסעים לא ישלמו תוספת, מסרה החברה.",
    ),
    "hi": (
        "राष्ट्रीय",
        "द्वीपों की नाव फिर चल पड़ी",
        "द्वीपों को जाने वाली नाव सोमवार को दो हफ्ते बाद पहली बार समय पर निकली, बंदरगाह के अधिकारी ने कहा।",
        "गर्मियों के अंत तक वह दिन में दो बार चलेगी और यात्रियों से कोई अधिक किराया नहीं लिया जाएगा।",
    ),
    "ja": (
        "社会",
        "橋の工事が春に始まる",
        "港町の新しい橋の工事が来年の春に始まることになったと、町長が月曜日の会見で明らかにした。",
        "工事は三年かかる見通しで、その間は小さな渡し船が一日に八回、両岸を結ぶことになるという。",
    ),
    "zh": (
        "财经",
        "港口开放第二个码头",
        "港口星期一开放了第二个码头供往来海岛的船只停靠，市长在接受记者采访时这样说道。",
        "工程历时三年，费用是原定的两倍，总工程师后来承认，但船只从此不必再在外海等候。",
    ),
    "ko": (
        "정치",
        "섬으로 가는 배가 다시 떠났다",
        "섬으로 가는 배가 월요일에 두 주 만에 처음으로 제시간에 항구를 떠났다고 선장이 말했다.",
        "여름이 끝날 때까지 배는 하루에 두 번 떠나며 승객은 돈을 더 내지 않아도 된다고 회사가 밝혔다.",
    ),
    "xh": (
        "Iindaba",
        "Isikhephe sibuyele kwiziqithi emva kweeveki",
        "Isikhephe esiya kwiziqithi sihambe ngoMvulo ngexesha okokuqala emva kweeveki ezimbini, utshilo umphathi.",
        "Siza kuhamba kabini ngemini kude kube sekupheleni kwehlobo, ukuba umoya uyathoba, itshilo inkampani.",
    ),
}


@pytest.fixture(scope="module")
def kicker(only: Only) -> Clean:
    return only("navigation/any/kicker")


@pytest.fixture(scope="module")
def run(only: Only) -> Clean:
    return only("navigation/any/section-run")


@pytest.fixture(scope="module")
def tags(only: Only) -> Clean:
    return only("tags/any/tag-tail")


# ---------------------------------------------------------------- kickers


@pytest.mark.parametrize("lines", HEADS.values(), ids=HEADS.keys())
@pytest.mark.parametrize("gap", ["\n", "\n\n"], ids=["next line", "blank lines"])
def test_a_section_above_the_headline_goes(kicker: Clean, lines: tuple[str, ...], gap: str) -> None:
    assert kicker(gap.join(lines)) == gap.join(lines[1:])


@pytest.mark.parametrize(
    "above",
    [
        "POLITICS",
        "politics",
        "• News\n• City News\n• Vellen News",
        "1. Home\n2. Local News",
        "News | Politics",
        "News > Politics >",
        "Home / News / Politics",
        "News, Politics",
        "Local NewsPolitics",
        "VellenMarrowPier NewsQuay",
        "News\nCanada\nWorld",
        "Formula 1 2024\nF1",
        "Sport\nRugby\nCup of Vellen",
        "Main content",
        "Breadcrumb Trail Links\nNews",
    ],
)
def test_paths_and_labels_above_the_headline_go(kicker: Clean, above: str) -> None:
    topic = "Cup of Vellen\n" if "Cup" in above else ""
    assert kicker(f"{above}\n{ARTICLE}") == topic + ARTICLE


@pytest.mark.parametrize("filed", ["in News", "In News, Politics", "News | Politics", "News › Politics"])
def test_where_an_article_is_filed_goes_below_its_headline(kicker: Clean, filed: str) -> None:
    assert kicker(f"{HEADLINE}\n{filed}\n{TEXT}") == ARTICLE
    assert kicker(f"14 views\n{HEADLINE}\n{filed}\n{TEXT}") == f"14 views\n{ARTICLE}"


@pytest.mark.parametrize("heading", ["In politics", "Politics", "News, Politics", "Politics / Business", "In Vellen"])
def test_a_heading_below_the_headline_stays(kicker: Clean, heading: str) -> None:
    text = f"{HEADLINE}\n{heading}\n{TEXT}"
    assert kicker(text) == text


OTHER = "Herring comes back to the bay\nThe herring is back in the bay after forty years, the fishermen of Vellen say with some surprise."

STAYS = {
    "above prose": f"Politics\n{TEXT}",
    "above a short line": f"Politics\nSecond bridge\n{TEXT}",
    "above a title of three words": f"Politics\nThe second bridge\n{TEXT}",
    "with a colon": f"Politics:\n{ARTICLE}",
    "underlined": f"Politics\n========\n{ARTICLE}",
    "Markdown": f"# Politics\n{ARTICLE}",
    "above the author": f"Politics\nBy Mira Tollen and Jan Quist\n{TEXT}",
    "above a sentence": f"Politics\nA second bridge will be built.\n{TEXT}",
    "above a list": "Food\nFlour and two eggs for each guest\nButter\nA pinch of salt\nMilk",
    "above verse": "Travel\nThe road was long and full of stones\nThe night was cold and low\nWe had no home but our old bones\nAnd nowhere else to go",
    "above code": f"Games\nplay = new Game(board, two, players);\n{TEXT}",
    "above one short paragraph": f"Politics\n{HEADLINE}\n{PROSE[0]}",
    "title": f"Bridges and politics\n{ARTICLE}",
    "spoken of in the headline": f"Politics\nWhat politics does to a small town\n{TEXT}",
    "spoken of below": f"Business\n{HEADLINE}\n{PROSE[0]}\nWhoever has a business on the quay will lose it, the mayor said, but nobody will lose his house.\n{PROSE[1]}",
    "begins a word below": f"Fashion\n{HEADLINE}\n{PROSE[0]}\nFashionable people will come to see it, the mayor said, and every one of them will pay the toll.",
    "short and spoken of": f"TV\nHow a small town came on\n{PROSE[0]}\nNobody in Vellen had seen the place on TV before, and many of them did not like what they saw.",
    "spoken of, without spaces": "政治\n町の橋の工事が春に始まる\n町の政治は橋の話ばかりだと、長く市場で魚を売る女性が月曜日の朝に笑いながら話した。\n工事は三年かかる見通しで、その間は小さな渡し船が一日に八回、両岸を結ぶことになるという。",
    "one of two sections": f"Politics\n{ARTICLE}\nSport\n{OTHER}",
    "first of several headings": f"Politics\n{ARTICLE}\nBay watch\n{OTHER}",
    "a section heads prose below": f"Politics\n{ARTICLE}\nCulture\n{PROSE[0]}",
    "place": f"Canada\n{ARTICLE}",
    "two places": f"Canada\nAfrica\n{ARTICLE}",
    "news of a town alone": f"Vellen News\n{ARTICLE}",
    "two commas": f"Bridges, Politics\n{ARTICLE}",
    "headline far above the text": "\n".join(["Politics", HEADLINE, *(f"Pier {n}" for n in range(30)), TEXT]),
    "above teasers": f"Politics\n{HEADLINE}\n{PROSE[0]}\n{OTHER}\nTen walks that start at the new bridge\n{PROSE[1]}",
    "above teasers with dates": "\n".join(["News", *(f"{HEADLINE}\n{n}/05/2025 | Vellen Post\n{PROSE[0]}\n{PROSE[1]}" for n in (1, 2, 3))]),
    "alone": "Politics",
    "two lines": f"Politics\n{HEADLINE}",
}


@pytest.mark.parametrize("text", STAYS.values(), ids=STAYS.keys())
def test_titles_and_headings_stay(kicker: Clean, text: str) -> None:
    assert kicker(text) == text


def test_one_long_paragraph_makes_an_article(kicker: Clean) -> None:
    text = f"{HEADLINE}\n{' '.join(PROSE)}"
    assert kicker(f"Politics\n{text}") == text


def test_the_topic_below_a_lone_section_keeps_it(kicker: Clean) -> None:
    text = f"Sport\nCup of Vellen\n{ARTICLE}"
    assert kicker(text) == text


FURTHER = f"Culture\n{OTHER}"


def test_several_headings_further_down_keep_no_path(kicker: Clean) -> None:
    text = f"{ARTICLE}\n{FURTHER}"
    assert kicker(f"News\nPolitics\n{text}") == text
    assert kicker(f"News | Politics\n{text}") == f"News | Politics\n{text}"
    for other in (f"News\n{text}", f"Politics\nBusiness\n{text}", f"Politics\nNews\n{text}"):
        assert kicker(other) == other


@pytest.mark.parametrize(("topic", "goes"), [("Rowing", False), ("Rowing cup", True), ("Cup of Vellen", True)])
def test_a_topic_has_two_words_or_three(kicker: Clean, topic: str, goes: bool) -> None:
    text = f"{topic}\n{ARTICLE}"
    assert kicker(f"Sport\nRugby\n{text}") == (text if goes else f"Sport\nRugby\n{text}")


@pytest.mark.parametrize("text", [f"Sport\nRugby\n{topic}" for topic in ("Cup of Vellen", "Two words")])
def test_nothing_below_a_topic_keeps_all(kicker: Clean, text: str) -> None:
    assert kicker(text) == text


def test_four_lines_of_a_path_go_and_a_topic_below_them_stays(kicker: Clean) -> None:
    path = "News\nSport\nRugby\nCricket"
    assert kicker(f"{path}\nCup of Vellen\n{ARTICLE}") == f"Cup of Vellen\n{ARTICLE}"
    assert kicker(f"{path}\n{ARTICLE}") == ARTICLE


def test_a_headline_of_four_words_is_one(kicker: Clean) -> None:
    assert kicker(f"Politics\nCouncil wants second bridge\n{TEXT}") == f"Council wants second bridge\n{TEXT}"


def test_two_short_names_that_are_glued_need_both(kicker: Clean) -> None:
    text = f"QuayPolitics\n{ARTICLE}"
    assert kicker(text) == text


@pytest.mark.parametrize(
    ("name", "word", "stays"),
    [
        ("Beauty", "beautiful", True),
        ("Beauty", "beaten", False),
        ("Politics", "politically", True),
        ("Politics", "polite", False),
        ("Food", "foodless", True),
        ("Food", "foolish", False),
        ("TV", "tvless", False),
    ],
)
def test_how_much_of_a_name_makes_it_spoken_of(kicker: Clean, name: str, word: str, stays: bool) -> None:
    text = f"{ARTICLE}\nOn the old quay of Vellen nobody has seen anything that was so {word} for a very long time.\n{PROSE[0]}"
    text = "\n".join([HEADLINE, *text.split("\n")[4:]])
    assert kicker(f"{name}\n{text}") == (f"{name}\n{text}" if stays else text)


# ---------------------------------------------------------------- runs

MENUS = {
    "en": "Sign In|News|Sports|Quay Side|Business|A&E|Obits|Cars",
    "de": "Startseite|Politik|Wirtschaft|Kultur",
    "fr": "Accueil|Politique|Économie|Culture|Faits divers",
    "es": "Portada|Política|Economía|Deportes",
    "pl": "Wiadomości|Kraj|Świat|Gospodarka",
    "ru": "Новости|Политика|Экономика|Культура",
    "tr": "- Haberler -|- Spor|- Futbol",
    "ar": "الرئيسية|سياسة|اقتصاد|رياضة",
    "ja": "ニュース|政治|経済|スポーツ",
    "zh": "首页|时政|财经|体育",
    "numbered": "1. Main content|2. Politics|3. Business",
    "two unknown": "News|Quay Side|Tide tables|Sport|Business|Culture",
}


@pytest.mark.parametrize("menu", MENUS.values(), ids=MENUS.keys())
def test_a_menu_goes_above_and_below(run: Clean, menu: str) -> None:
    rows = menu.replace("|", "\n")
    assert run(f"{rows}\n{ARTICLE}") == ARTICLE
    assert run(f"{ARTICLE}\n{rows}").rstrip() == ARTICLE
    assert run(f"{rows}\n\n{ARTICLE}\n\n{rows}\nJan Quist").split() == f"{ARTICLE}\nJan Quist".split()


LISTS = {
    "subjects": f"{TEXT}\nMusic\nScience\nDance\nSport",
    "announced": f"{TEXT}\nThe paper has four parts:\nNews\nPolitics\nSport\nCulture",
    "asked": f"{TEXT}\nWhat do you read first?\nNews\nPolitics\nSport\nCulture",
    "right above prose": f"News\nPolitics\nSport\n{TEXT}",
    "amid the text": f"{PROSE[0]}\nNews\nPolitics\nSport\n{PROSE[1]}\n{PROSE[2]}",
    "below the headline": f"{HEADLINE}\nNews\nPolitics\nSport\nWhat is in the paper today\n{TEXT}",
    "two": f"News\nSport\n{ARTICLE}",
    "one twice": f"News\nSport\nNews\n{ARTICLE}",
    "more unknown than known": f"News\nPier\nQuay\nSport\nMole\nDock\nCulture\n{ARTICLE}",
    "sentences between": f"{TEXT}\nNews\nNothing much.\nSport\nNothing at all.\nCulture\nNothing, too.",
    "figures between": f"{TEXT}\nNews\n34 %\nSport\n28 %\nCulture\n12 %",
    "places": f"{TEXT}\nNews\nCanada\nAfrica\nChina",
    "no article": "News\nPolitics\nSport\nCulture",
    "one paragraph": f"News\nPolitics\nSport\n{HEADLINE}\n{PROSE[0]}",
}


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS.keys())
def test_lists_and_headings_of_the_text_stay(run: Clean, text: str) -> None:
    assert run(text) == text


def test_the_title_of_a_sections_page_stays_below_its_menu(run: Clean) -> None:
    menu = MENUS["en"].replace("|", "\n")
    assert run(f"{menu}\nNews\n{ARTICLE}") == f"News\n{ARTICLE}"


TEASERS = "Food\nTen walks that start at the new bridge\nTravel\nWhy the herring came back to us\nFood\nWhat the island eats in the winter\nCulture\nThe quiet men of the last ferry"


def test_names_between_teasers_go_and_the_headlines_stay(run: Clean) -> None:
    kept = "\n".join(TEASERS.split("\n")[1::2])
    assert run(f"{ARTICLE}\n{TEASERS}") == f"{ARTICLE}\n{kept}"


@pytest.mark.parametrize(
    "tail",
    [
        TEASERS.replace("Food\nWhat", "Sport\nWhat"),
        "\n".join(TEASERS.split("\n")[:6]),
        "Food\nMira Tollen\nTravel\nJan Quist\nFood\nIda Marrow\nCulture\nOle Brand",
        "Best film\nTen walks that start at the bridge\nBest book\nWhy the herring came back\nBest film\nWhat the island eats now\nBest song\nThe quiet men of Vellen",
    ],
    ids=["none twice", "three", "prizes", "unknown names"],
)
def test_prizes_and_results_stay(run: Clean, tail: str) -> None:
    text = f"{ARTICLE}\n{tail}"
    assert run(text) == text


def test_a_newspapers_name_goes_where_it_is_the_first_line_and_stands_between_teasers(run: Clean) -> None:
    tail = ["Ten walks that start at the new bridge", "Why the herring came back to us"]
    text = "\n".join(["Vellen Times", ARTICLE, "Vellen Times", tail[0], "Vellen Times", tail[1], "Vellen Times"])
    assert run(text).rstrip() == "\n".join([ARTICLE, *tail])


@pytest.mark.parametrize(
    "lines",
    [
        [ARTICLE, "References", "Ten walks that start at the new bridge", "Vellen Times", "Why the herring came back", "Vellen Times"],
        ["Vellen Times", ARTICLE, "Vellen Times"],
        ["Vellen Harbour", ARTICLE, "Vellen Harbour", "Ten walks that start at the new bridge", "Vellen Harbour", "Why the herring came back"],
        ["Vellen Times", ARTICLE, "Vellen Times", "Mira Tollen", "Vellen Times", "Jan Quist"],
    ],
    ids=["references", "once", "no newspaper", "beside names"],
)
def test_other_names_that_come_again_stay(run: Clean, lines: list[str]) -> None:
    text = "\n".join(lines)
    assert run(text) == text


# ---------------------------------------------------------------- tags


@pytest.mark.parametrize(
    "tail",
    [
        "Tags",
        "Tags:",
        "- Etiketler :",
        "Etiquetas\npuerto\nislas",
        "Schlagwörter\nHafen\nFähre\nSturm auf See",
        "Filed under\nharbour\n,\nferries\n,\nstorm",
        "Метки\nпорт\nпаром",
        "タグ\n港\n時計台",
        "الوسوم\nميناء\nعاصفة",
        "Tags\nharbour, ferries of the north, storm, sea rescue",
        "Tags: Harbour",
        "Filed under: Sea Rescue |",
    ],
)
def test_tags_at_the_end_go(tags: Clean, tail: str) -> None:
    assert tags(f"{ARTICLE}\n{tail}").rstrip() == ARTICLE


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADLINE}\nTags\n{TEXT}",
        f"{PROSE[0]}\n{PROSE[1]}\nTags\nHarbour",
        f"{ARTICLE}\nTags\nEvery crate on the quay wears one, with its weight.",
        f"{ARTICLE}\nTags\nThe green ones are for fish.",
        f"{ARTICLE}\nTags\n<b>\n<i>",
        f"{ARTICLE}\ntags: harbour",
        f"{ARTICLE}\nLabels: Harbour",
        f"{ARTICLE}\nTags: they name the boat and the hour.",
        f"{ARTICLE}\nTopics:\nFerries\nBridges",
        "\n".join([ARTICLE, "Tags", *(f"Pier {n}" for n in range(17))]),
        f"{ARTICLE}\nTags\nred, green and a third one that nobody here has ever seen, blue",
    ],
    ids=[
        "heading", "two paragraphs", "sentence below", "short sentence below", "code below", "data", "other label",
        "sentence behind", "topics", "too many", "long part",
    ],
)  # fmt: skip
def test_headings_and_sentences_about_tags_stay(tags: Clean, text: str) -> None:
    assert tags(text) == text


def test_a_label_with_a_colon_goes_as_first_line(tags: Clean) -> None:
    assert tags(f"Filed under:\n{ARTICLE}") == ARTICLE


@pytest.mark.parametrize("head", ["tags:", "Tags", "Tags:\n- harbour\n- ferries", "Topics:"])
def test_other_first_lines_stay(tags: Clean, head: str) -> None:
    text = f"{head}\n{ARTICLE}"
    assert tags(text) == text


# ---------------------------------------------------------------- all of them


@pytest.fixture(scope="module")
def sections(ruleset: RuleSet) -> Cleaner:
    return Cleaner(ruleset, families=["navigation", "tags"])


_LINES = st.sampled_from(
    ["Home", "News", "Sport", "Politics", "Canada", "Vellen Times", "Quay Side", "Tags", "Filed under:", "harbour", "", HEADLINE, *PROSE, *TEASERS.split("\n")]
)


@given(st.lists(_LINES, max_size=16))
def test_no_sentence_and_no_headline_goes_and_twice_is_once(sections: Cleaner, lines: list[str]) -> None:
    text = "\n".join(lines)
    clean = sections.clean_text(text)
    for line in {HEADLINE, *PROSE, *TEASERS.split("\n")[1::2]}:
        assert clean.split("\n").count(line) == lines.count(line)
    assert sections.clean_text(clean) == clean


def test_the_lists_of_names_are_in_small_letters_and_say_nothing_twice(ruleset: RuleSet) -> None:
    for name in ("navigation/section_names", "navigation/section_places", "navigation/site_names", "tags/labels"):
        words = ruleset.words[name]
        assert len(as_set(words)) == len(words)
        assert all(word == word.lower().strip() for word in words)
