"""Guards over a whole document: what the rules found is not taken where it would be too much."""

from __future__ import annotations

from collections.abc import Iterable, MutableSet

from cleaner.match import Found
from cleaner.shapes import is_prose, word_count

#: Doubtful removals may take this share of the words that the sure ones leave.
SHARE = 0.4
#: Where fewer words than this are left, the text is too short for a share to mean anything.
FEWEST_WORDS = 60
#: Where so many words of running text are left in any case, the rest may be menus and comments, however long.
PROSE = 150


def spare(text: str, found: list[Found], flags: MutableSet[str]) -> list[Found]:
    """``found`` (in order, none over another) without the doubtful ones where those would take too much of ``text``.

    Too much: more than a share of its words, and leaving little running text. The share is that of the words which the sure removals leave, so that it is the same when the
    cleaned text is cleaned again. Sets ``guard/share`` in ``flags``.
    """
    doubtful = [f for f in found if f.doubtful]
    if not doubtful:
        return found
    sure = [f for f in found if not f.doubtful]
    words = _words(text, doubtful)
    if words <= SHARE * FEWEST_WORDS:  # so few are no more than a share of any text that is long enough
        return found
    left = word_count(text) - _words(text, sure)
    if left < FEWEST_WORDS or words <= SHARE * left:
        return found
    if _prose(text, found) >= PROSE:
        return found
    flags.add("guard/share")
    return sure


def _prose(text: str, found: Iterable[Found]) -> int:
    """Words of running text that are left when all that was found goes."""
    left = []
    pos = 0
    for f in found:
        left.append(text[pos : f.start])
        pos = f.end
    left.append(text[pos:])
    return sum(word_count(line) for line in "".join(left).split("\n") if is_prose(line))


def _words(text: str, found: Iterable[Found]) -> int:
    return sum(word_count(text[f.start : f.end]) for f in found)
