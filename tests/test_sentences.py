"""Text broken at its links, as HTML's text nodes joined by line breaks are, or wrapped at a width: a sentence keeps its words."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from cleaner.model import LEVELS, Level
from cleaner.sentences import runs_through
from tests.conftest import MakeCleaner
from tests.pages import FIXTURES, read

#: Language, and a sentence of which one line alone is what a button says.
BROKEN = [
    ("en", "The school has no bus. Parents can\nsign up\nto drive the children on Fridays."),
    ("en", "Those who\nsubscribe\nto the theory have never met a goat."),
    ("en", "The judge asked both sides to\nfollow\nthe map that the surveyor drew in 1911."),
    ("en", "He wanted a\ncomment\nfrom the mayor, and got a shrug."),
    ("en", "They would rather\nshare\n, as the abbess put it, a stable than a table."),
    ("de", "Der Verein lässt seine Mitglieder den Schlüssel\nteilen\nund wundert sich über die Tür."),
    ("de", "Wer darf das Protokoll\ndrucken\nund wer nur lesen, blieb offen."),
    ("fr", "Les deux villages vont\npartager\nla source jusqu'à la fin de l'été."),
    ("fr", "Il suffit de\ns'abonner\nà la bibliothèque du village."),
    ("es", "Los pastores quieren\ncompartir\nla fuente con los vecinos del valle."),
    ("it", "I due fratelli devono\ncondividere\nla barca fino alla fine della pesca."),
    ("pt", "Os vizinhos vão\ncompartilhar\no poço até ao fim do verão."),
    ("nl", "De buren willen de schuur\ndelen\nmet de nieuwe bakker van het dorp."),
    ("pl", "Bracia chcą się łodzią\nudostępnij\ni z nikim innym o tym nie mówić."),
    ("en", "The ferry company will\nnot allow it, for dogs without a\nticket\nneed a muzzle."),
    ("en", "Nobody at the harbour in the north wanted to\nshare\ninformation about the seals."),
    ("en", "Reuters\ncould not independently confirm how many geese were in the car."),
    ("en", "In the old town hall they found a lamp\npowered by\nfish oil and good will."),
    ("en", "The curator opens the cupboard marked\nKeyboard Shortcuts\n.\nIt is empty."),
    ("en", "On the door of the mill stood “do not\nshare\n”\nin red chalk."),
    ("de", "Im dritten Jahr war das\nBild\nnoch deutlicher, sagte der Förster."),
    ("de", "Bei der Ernte ist in diesem Jahr noch Luft\nnach oben\ngeblieben, sagte er."),
    # Wrapped at a width: the end of a sentence, or its middle.
    ("en", "The widow would not part with her grandfather's\nshares.\n\nThe mill was sold."),
    ("en", "The tower is open on Sundays to\nsubscribers only.\n\nThe bell is not."),
    ("en", "Whoever has a map should\nread on.\n\nOthers may skip the chapter."),
    ("en", "Without a teacher the choir lost by\n6 points.\n\nNobody had counted."),
    ("en", "All of us who live by the river\nhelp us make this\nbridge a place to meet."),
    ("de", "Der Wirt wollte die Rechnung nicht\nakzeptieren.\n\nDer Gast blieb sitzen."),
    ("de", "Das Fest findet in der alten Mühle\nstatt.\n\nEs gibt Suppe."),
    ("de", "Wer umzieht, muss alle\nVerträge kündigen,\nwelche den Strom betreffen."),
    ("ru", "Соседи решили колодцем\nподелиться\nс новым пекарем из деревни."),
]


@pytest.mark.parametrize(
    ("above", "words", "below", "runs"),
    [
        # In lower case: after a word that ends no sentence, before one that begins none.
        ("We ask you to", "share", "", True),
        ("to", "share", "", True),
        ("We ask you, Tom", "share", "", False),
        ("", "share", "with all of them", True),
        ("", "share", "With all of them", False),
        ("facebook", "share", "twitter", False),
        ("The dog wants", "share", "bones", True),
        ("dog wants", "share", "bones", False),
        ("wants", "share", "bones and biscuits", True),
        ("The dog wants.", "share", "bones", False),
        ("The dog wants", "share", "Bones", False),
        ("The dog wants", "share", "-bones", False),
        ("dog", "will not", "share", False),
        ("dog", "share the", "bones", True),
        # The end of a sentence has six words at most, and one full stop.
        ("The dog wants", "no share.", "", True),
        ("The dog wants", "no share,", "", True),
        ("The dog wants", "no share.”", "", True),
        ("The dog wants", "no share...", "", False),
        ("The dog wants", "no share!", "", False),
        ("The dog wants", "one two three four five six.", "", True),
        ("The dog wants", "one two three four five six seven.", "", False),
        ("The dog wants.", "no share.", "", False),
        ("The dog wants", "6 shares.", "", True),
        ("The dog wants", "6 shares", "of the bone", False),
        # In upper case: four words above what goes on for certain, two above what may.
        ("", "Share", "to the end", True),
        ("", "Share", "to it", False),
        ("", "One Two Three Four", "to the end", True),
        ("", "One Two Three Four Five", "to the end", False),
        ("", "Share", "bones all day", True),
        ("", "Share", "bones today", False),
        ("", "One Two", "bones all day", True),
        ("", "One Two Three", "bones all day", False),
        ("", "Share", "bones all 7 days", False),
        ("", "Share", "see bones.example or so", False),
        ("", "Share", ", he said to him", True),
        ("", "Share", ", ", False),
        ("We ask you to", "Share", "", False),
        # A date is of what stands beside it.
        ("", "Share", "on 3 May 2019 in town", False),
        ("", "Share", "on May 3, 2019 in town", False),
        ("", "Share", "le 03/05/2021 par nous", False),
        ("", "Share", "on 3 dogs we met", True),
        # What ends with a comma, or stands above a lone full stop.
        ("", "One, two, three, four, five, six,", "then seven", True),
        ("", "One, two, three;", "then four", True),
        ("", "One, two, three,", "Then four", False),
        ("", "One, two, three", "Then four", False),
        ("Press", "Share", ".", True),
        ("He pressed.", "Share", ".", False),
        ("", "share", "”", True),
        ("Press", "One Two Three Four Five", ".", False),
        # A closing mark below the end of a sentence.
        ("He came.", "»", "", True),
        ("He came", "»", "", False),
        # Nothing beside it.
        ("", "share.", "", False),
        ("  ", "share.", " ", False),
        ("to", " ", "the end", False),
    ],
)
def test_what_runs_through(above: str, words: str, below: str, runs: bool) -> None:
    assert runs_through(above, words, below) is runs
    assert runs_through(f"{above} ", f" {words}\n", f" {below}") is runs


@pytest.mark.parametrize("profile", LEVELS)
@pytest.mark.parametrize(("language", "text"), BROKEN)
def test_a_broken_sentence_keeps_its_words(language: str, text: str, profile: Level, cleaner_for: MakeCleaner) -> None:
    for whole in (text, f"A first line that is of no help here.\n\n{text}\n\nShare this article"):
        kept = cleaner_for(profile, (language,)).clean_text(whole)
        assert text in kept


def test_some_of_these_lines_go_where_they_stand_alone(cleaner_for: MakeCleaner) -> None:
    """Else the test above would say nothing."""
    gone = {language for language, text in BROKEN if not cleaner_for("thorough", (language,)).clean_text(text.split("\n")[1]).strip()}
    assert gone >= {"en", "de", "fr", "es"}, gone


@pytest.mark.parametrize(
    "text",
    [
        # An upper-case beginning, a byline, another way in, a short placeholder: no sentence goes on.
        "The harbour stays shut until the ice is gone.\nSign up\nTo reach the island one takes the old ferry.",
        "The harbour stays shut until the ice is gone.\nShare\nby Karin Holm, 3 May 2019",
        "The harbour stays shut until the ice is gone.\nSubscribe\nenter your email",
        "The harbour stays shut until the ice is gone.\nShare\non 3 May 2019 in the north",
        "The harbour stays shut until the ice is gone.\nSubscribe\nat 10:16 on Monday",
        # A blank line ends a sentence, whatever stands below.
        "The harbour stays shut until the ice is gone.\nSign up\n\nto be continued in the next chapter",
        # A row of buttons in lower case.
        "The harbour stays shut until the ice is gone.\n\nfacebook\ntwitter\nsubscribe",
    ],
)
def test_a_button_goes_where_no_sentence_goes_on(text: str, cleaner_for: MakeCleaner) -> None:
    removed = cleaner_for("standard").clean(text).removals
    assert removed, text


@pytest.mark.parametrize("width", [28, 44, 60, 72])
@pytest.mark.parametrize("path", sorted((FIXTURES / "prose").glob("*.txt")), ids=lambda path: path.stem)
def test_wrapped_prose_stays(path: Path, width: int, cleaner_for: MakeCleaner) -> None:
    blocks = read(path).split("\n\n")
    text = "\n\n".join(textwrap.fill(b, width, break_long_words=False, break_on_hyphens=False) for b in blocks)
    removed = cleaner_for("standard", (path.stem,)).clean(text).removals
    assert not [(r.cause, r.text) for r in removed]


def test_more_than_a_few_words_say_something_by_themselves(cleaner_for: MakeCleaner) -> None:
    text = "The harbour is shut.\nSign up for our free newsletter today\nto be the first to know."
    assert "newsletter" not in cleaner_for("standard").clean_text(text)
