"""Which language a text is in, by langdetect: seeded, on a sample, only when asked for.

langdetect (Nakatani, 2010; Python port by Danilak) is a naive Bayes classifier over character
n-grams for 55 languages. It draws random numbers, so without a seed it gives different answers
to one question (langdetect issue 120).
"""

from __future__ import annotations

from functools import lru_cache
from threading import Lock
from typing import Any

import regex

#: Characters of running text that are looked at; more does not help and costs time.
SAMPLE = 600
#: A language counts as the document's where it is at least so likely.
LIKELY = 0.2
#: Fewer letters than this tell nothing.
FEWEST_LETTERS = 20

_LETTER = regex.compile(r"\p{L}")
_LOCK = Lock()
# Names of langdetect that are not ISO 639-1 or too fine for rule files.
_CODES = {"no": "nb", "zh-cn": "zh", "zh-tw": "zh"}
# Written so alike that one sample does not tell them apart.
_ALIKE = {"nb": ("da",), "da": ("nb",)}


@lru_cache(maxsize=256)
def _probabilities(sample: str) -> tuple[tuple[str, float], ...]:
    from langdetect.lang_detect_exception import LangDetectException

    with _LOCK:
        detector = _factory().create()
    detector.seed = 0
    detector.append(sample)
    try:
        found = detector.get_probabilities()
    except LangDetectException:
        return ()
    return tuple((_CODES.get(r.lang, r.lang), r.prob) for r in found)


@lru_cache(maxsize=1)
def _factory() -> Any:
    """langdetect's profiles: a third of a second to load, so not at import. Call under the lock."""
    from langdetect import detector_factory

    detector_factory.init_factory()
    return detector_factory._factory


def sample(text: str) -> str:
    """The part of ``text`` that its language is told by: its longer lines, from the top."""
    head = text[: 20 * SAMPLE]
    lines = [line for line in head.split("\n") if len(line) >= 40] or head.split("\n")
    out: list[str] = []
    size = 0
    for line in lines:
        out.append(line[: SAMPLE - size])
        size += len(line) + 1
        if size >= SAMPLE:
            break
    return "\n".join(out)


def probabilities(text: str) -> tuple[tuple[str, float], ...]:
    """Languages of ``text`` with how likely each is, most likely first; empty where nothing tells."""
    part = sample(text)
    if len(_LETTER.findall(part)) < FEWEST_LETTERS:
        return ()
    return _probabilities(part)


def detect(text: str) -> str | None:
    """ISO 639-1 code of the most likely language (``nb`` for Norwegian), or None."""
    found = probabilities(text)
    return found[0][0] if found else None


def document_languages(text: str) -> frozenset[str]:
    """Languages whose rules may be used on ``text``: the likely ones, and those written alike."""
    likely = {code for code, p in probabilities(text) if p >= LIKELY}
    return frozenset(likely | {twin for code in likely for twin in _ALIKE.get(code, ())})
