"""Picture credits that are nothing but an agency's name: what stands around them decides.

Detectors, as :mod:`cleaner.detectors` describes them. The names come from the word list
``image_credits/alone.txt``; they count only as they are spelt there.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from typing import Any

from cleaner.match import Lines, as_set
from cleaner.shapes import is_bullet, word_count

#: A line of so many words is a caption or a paragraph, not a cell of a table or an item of a list.
_FEWEST_WORDS = 5
_BRACKETS = "()[]（）［］ \t"


def lone_credits(lines: Lines, options: dict[str, Any], words: dict[str, tuple[str, ...]]) -> Iterator[tuple[int, int]]:
    """Whole lines that are an agency's name, next to a caption or a paragraph.

    Left alone: items of a list, lines under a question or a colon, names beside other names or
    beside nothing but short lines, for there they may be the answer, the list or the table itself.
    """
    names = as_set(words["image_credits/alone"])
    parts = lines.parts
    for i in [i for i, part in enumerate(parts) if len(part) <= 60 and part.strip(_BRACKETS) in names]:
        part = parts[i]
        if is_bullet(part):
            continue
        name = part.strip(_BRACKETS)
        above, below = _next_shown(parts, i, -1), _next_shown(parts, i, 1)
        if above.endswith((":", "：", "?", "？")) or is_bullet(above) or is_bullet(below):
            continue
        if any(other != name and other in names for other in (above.strip(_BRACKETS), below.strip(_BRACKETS))):
            continue
        if max(word_count(above), word_count(below)) >= _FEWEST_WORDS:
            yield lines.whole(i)


def credits_round_caption(lines: Lines, options: dict[str, Any], words: dict[str, tuple[str, ...]]) -> Iterator[tuple[int, int]]:
    """An agency's name before a caption and the same name stuck to the caption's last letter.

    ``Reuters A boat in the harbourReuters``: the name was the credit and the end of the picture's
    alternative text. The caption between the two stays.
    """
    names = as_set(words["image_credits/alone"])
    ends = _ends(names)
    for i in [i for i, part in enumerate(lines.parts) if part.rstrip()[-2:] in ends]:
        part = lines.parts[i].rstrip()
        first = part.lstrip()
        for name in _names_at_start(first, names):
            head = len(part) - len(first) + len(name) + 1
            tail = len(part) - len(name)
            if part.endswith(name) and tail - head >= 3 and (part[tail - 1].isalnum() or part[tail - 1] in ".)\"”’"):
                start = lines.starts[i]
                yield start, start + head
                yield start + tail, start + len(part)
                break


@lru_cache(maxsize=8)
def _ends(names: frozenset[str]) -> frozenset[str]:
    """The last two characters of names, by which most lines are told from those that end with one."""
    return frozenset(name[-2:] for name in names)


def _names_at_start(line: str, names: frozenset[str]) -> Iterator[str]:
    """Names that the line begins with and goes on behind; four words at most."""
    begun = accumulate(line.split(" ", 4)[:-1], "{} {}".format)
    return filter(names.__contains__, begun)


def _next_shown(parts: list[str], i: int, step: int) -> str:
    """The next line in one direction that is not blank, or nothing."""
    i += step
    while 0 <= i < len(parts):
        if parts[i].strip():
            return parts[i].strip()
        i += step
    return ""
