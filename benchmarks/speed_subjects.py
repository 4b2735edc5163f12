"""What is measured: the stages of cleaner, what others do, and what nobody can be faster than.

Others are imported when they are asked for: they are the extra ``bench``. What is not installed is left out, and named.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cleaner.normalise import FIXES, normalise
from cleaner.pipeline import Cleaner

#: What to install for the others.
INSTALL = 'pip install -e ".[bench]"'
Run = Callable[[str], object]


@dataclass(frozen=True)
class Subject:
    """Something that is done to a text."""

    name: str
    kind: Literal["cleaner", "floor", "other"]
    """A stage or the whole of cleaner; less than any cleaner must do; somebody else's work."""
    does: str
    """One line for the reader of the table."""
    make: Callable[[], Run]
    """Gets it ready. Raises ImportError where something is not installed."""


def ours(cleaner: Cleaner) -> list[Subject]:
    """The stages of ``cleaner`` one by one, and the whole."""
    rules_alone = Cleaner(cleaner.ruleset, profile=cleaner.profile, skip=FIXES)
    return [
        Subject("clean", "cleaner", "the whole: normalise and rules until nothing changes, with the account of every edit", lambda: cleaner.clean),
        Subject("clean_text", "cleaner", "the same, the text alone", lambda: cleaner.clean_text),
        Subject("normalise", "cleaner", "the normaliser alone, once", lambda: normalise),
        Subject("rules", "cleaner", "the rules alone: every fix of the normaliser switched off", lambda: rules_alone.clean),
    ]


def floors(cleaner: Cleaner) -> list[Subject]:
    """What reading costs: a cleaner that did nothing would still do some of it."""
    return [
        Subject("loop over the lines", "floor", "split into lines, look at each, keep a count: nothing else", lambda: _loop),
        Subject("lower()", "floor", "fold the case of the whole text", lambda: str.lower),
        Subject("one search for all cues", "floor", "fold the case, one pass of an automaton over all the cues of the rules", lambda: _all_cues(cleaner)),
    ]


def others(cleaner: Cleaner) -> list[Subject]:
    """Line filters and normalisers in use today, and our rules without anything that makes them fast."""
    return [
        Subject("ftfy.fix_text", "other", "normaliser: encoding, entities, controls", _ftfy),
        Subject("datatrove FTFYFormatter", "other", "ftfy with datatrove's settings", _ftfy_formatter),
        Subject("datatrove C4QualityFilter", "other", "C4's rules for lines and documents", _c4),
        Subject("datatrove FineWebQualityFilter", "other", "FineWeb's rules for documents", _fineweb),
        Subject("clean-text", "other", "normaliser: ftfy, ASCII, lower case", _clean_text),
        Subject("every rule on every line", "other", "our rules by the plain matcher that the tests compare with: no gate", lambda: _plain(cleaner)),
    ]


def extractors() -> list[Subject]:
    """Other work: what takes the main text out of HTML."""
    return [
        Subject("trafilatura", "other", "main text of a page", _trafilatura),
        Subject("resiliparse", "other", "main text of a page", _resiliparse),
        Subject("jusText", "other", "paragraphs of a page, each judged", _justext),
    ]


def _loop(text: str) -> int:
    count = 0
    for line in text.split("\n"):
        if line:
            count += 1
    return count


def _all_cues(cleaner: Cleaner) -> Run:
    from ahocorasick_rs import AhoCorasick, Implementation

    cues = sorted({cue for rule in cleaner.wanted for pattern in rule.patterns for cue in pattern.cues if cue})
    find = AhoCorasick(cues, store_patterns=False, implementation=Implementation.DFA).find_matches_as_indexes
    return lambda text: find(text.lower())


def _plain(cleaner: Cleaner) -> Run:
    from tests.reference import PlainCleaner

    return PlainCleaner(cleaner.ruleset, profile=cleaner.profile).clean


def _ftfy() -> Run:
    import ftfy

    return ftfy.fix_text


def _ftfy_formatter() -> Run:
    from datatrove.pipeline.formatters import FTFYFormatter

    return FTFYFormatter().format


def _c4() -> Run:
    from datatrove.data import Document
    from datatrove.pipeline.filters import C4QualityFilter

    keep = C4QualityFilter()
    keep.filter(Document(text="It rained. It rained.", id=""))  # loads what splits sentences
    return lambda text: keep.filter(Document(text=text, id=""))


def _fineweb() -> Run:
    from datatrove.data import Document
    from datatrove.pipeline.filters import FineWebQualityFilter

    keep = FineWebQualityFilter()
    keep.filter(Document(text="It rained. It rained.", id=""))
    return lambda text: keep.filter(Document(text=text, id=""))


def _clean_text() -> Run:
    import logging

    # It says at each start that a GPL library would do better.
    logging.getLogger().addFilter(lambda record: "unidecode" not in record.getMessage())
    from cleantext import clean

    return clean


def _trafilatura() -> Run:
    from trafilatura import extract

    return extract


def _resiliparse() -> Run:
    from resiliparse.extract.html2text import extract_plain_text

    return lambda html: extract_plain_text(html, main_content=True)


def _justext() -> Run:
    import justext

    words = justext.get_stoplist("English")
    return lambda html: justext.justext(html, words)
