"""Other articles' headlines behind the end of an article.

A detector, as :mod:`cleaner.detectors` describes them. It knows no words: that the lines are
headlines and that no prose comes after them is all there is to see, so it is for the thorough
profile, and whatever may be a list of the article itself stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from cleaner.match import Lines
from cleaner.shapes import is_bullet, is_headline, is_prose, is_structured, word_count

#: A text with fewer paragraphs has no end that could be told from its middle.
_FEWEST_PARAGRAPHS = 3
_FEWEST_WORDS = 4


def trailing_headlines(lines: Lines, options: dict[str, Any], words: dict[str, tuple[str, ...]]) -> Iterator[tuple[int, int]]:
    """Headlines of four words or more after the last paragraph, where they are nearly all there is.

    ``fewest`` (3 where absent) headlines make a list. Left alone: lists that a line with a colon
    announces, lists with bullets or figures, tables, code, verse, and texts of less than three
    paragraphs.
    """
    fewest = int(options.get("fewest", 3))
    # From the end: most texts are known to have an end after a few lines.
    paragraphs = list(islice((i for i in reversed(range(len(lines))) if is_prose(lines.parts[i])), _FEWEST_PARAGRAPHS))
    if len(paragraphs) < _FEWEST_PARAGRAPHS or paragraphs[0] + fewest >= len(lines):
        return
    last = paragraphs[0]
    shown = [i for i in range(last + 1, len(lines)) if lines.parts[i].strip()]
    if any(lines.parts[i].rstrip().endswith((":", "：", ",", ";")) or is_structured(lines.parts[i]) for i in shown):
        return
    headlines = [i for i in shown if _is_other_headline(lines.parts[i])]
    if len(headlines) >= fewest and 3 * len(headlines) >= 2 * len(shown):
        yield from (lines.whole(i) for i in headlines)


def _is_other_headline(line: str) -> bool:
    return not is_bullet(line) and is_headline(line) and word_count(line) >= _FEWEST_WORDS
