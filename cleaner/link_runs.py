"""Menus, footers and lists of other articles, as whole-page text has them around an article.

Detectors, as :mod:`cleaner.detectors` describes them. All that there is to see is that many short
lines follow one another, that some are names of a site's sections, and where the paragraphs stand.
So they are for the thorough profile, and whatever may be a list of the article itself stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import Any

from cleaner.lazy import lazily
from cleaner.match import Lines, as_set
from cleaner.shapes import is_bullet, is_headline, is_prose, is_structured, word_count

#: A text with fewer paragraphs has no end that could be told from its middle.
_FEWEST_PARAGRAPHS = 3
_FEWEST_WORDS = 4

Words = dict[str, tuple[str, ...]]


# ---------------------------------------------------------------- headlines behind the last paragraph


def trailing_headlines(lines: Lines, options: dict[str, Any], words: Words) -> Iterator[tuple[int, int]]:
    """Headlines of four words or more after the last paragraph, where they are nearly all there is.

    ``fewest`` (3 where absent) headlines make a list. Left alone: lists that a line with a colon
    announces, lists with bullets or figures or whose items are made alike, tables, code, verse, and
    texts of less than three paragraphs. Headlines with a teaser each go where bullets alone on their
    lines part four of them.
    """
    fewest = int(options.get("fewest", 3))
    # From the end: most texts are known to have an end after a few lines.
    paragraphs = list(islice((i for i in reversed(range(len(lines))) if is_prose(lines.parts[i])), _FEWEST_PARAGRAPHS))
    if len(paragraphs) < _FEWEST_PARAGRAPHS or paragraphs[0] + fewest >= len(lines):
        return
    cards = _cards(lines.parts)
    if cards and cards[0] > paragraphs[-1]:
        yield from (lines.whole(i) for i in cards)
        return
    last = paragraphs[0]
    shown = [i for i in range(last + 1, len(lines)) if lines.parts[i].strip()]
    if any(lines.parts[i].rstrip().endswith((":", "：", ",", ";")) or is_structured(lines.parts[i]) for i in shown):
        return
    headlines = [i for i in shown if _is_other_headline(lines.parts[i])]
    if len(headlines) < fewest or 3 * len(headlines) < 2 * len(shown):
        return
    if not _are_alike([lines.parts[i] for i in headlines]):
        yield from (lines.whole(i) for i in headlines)


_FEWEST_CARDS = 4
_LONGEST_CARD_HEAD, _MOST_CARD_WORDS = 180, 22
_BARE_BULLET = frozenset({"-", "–", "—", "*", "•", "·"})


def _cards(parts: Sequence[str]) -> list[int]:
    """The lines of headlines with a teaser each, parted by bullets that stand alone, at the end of the text."""
    found: list[int] = []
    card: list[int] = []
    cards = 0
    for i in reversed(range(len(parts))):
        bare = parts[i].strip()
        if bare not in _BARE_BULLET:
            card += [i] if bare else []
            if len(card) > 3:
                break
            continue
        if not card or not _may_head_card(parts[card[-1]]):
            break
        found += [*card, i]
        card = []
        cards += 1
    return found[::-1] if cards >= _FEWEST_CARDS else []


def _may_head_card(line: str) -> bool:
    return len(line) <= _LONGEST_CARD_HEAD and 2 <= word_count(line) <= _MOST_CARD_WORDS and not _SENTENCE.search(line) and not is_structured(line)


def _is_other_headline(line: str) -> bool:
    return not is_bullet(line) and is_headline(line) and word_count(line) >= _FEWEST_WORDS


_TOKEN = lazily(r"\p{L}[\p{L}\p{M}'’]+|[(\[–—:,/+]|(?<=\s)-+(?=\s)")
#: So much of a list's items may share a word or a sign before they count as made alike.
_ALIKE = 0.7
#: Three headlines on the same thing are no wonder.
_FEWEST_ALIKE = 5


def _are_alike(items: Sequence[str]) -> bool:
    """Whether the items of a list share a word, a sign or a figure in front: results, dates, references."""
    if sum(item.lstrip()[:1].isdigit() for item in items) >= len(items) / 2:
        return True
    shared = Counter(token for item in items for token in set(_TOKEN.findall(item.lower())))
    return any(n >= max(_FEWEST_ALIKE, _ALIKE * len(items)) for n in shared.values())


# ---------------------------------------------------------------- menus

#: A run of short lines under this length is left alone.
_FEWEST_LINES = 8
#: So many different names of sections make a run a menu, where one in so many of its lines is one.
_FEWEST_NAMES = 3
_LINES_A_NAME = 10
#: Longer lines are no links.
_LONGEST_LINK = 150
#: A sentence of more words is no link, either.
_MOST_LINK_WORDS = 6
_LONGEST_NAME, _SHORTEST_PARAGRAPH = 40, 30
#: Above an article its headline is looked for among so many lines.
_HEAD_REACH = 40
#: So many lines stay above an article where none looks like its headline.
_HEAD_LINES = 4
#: So much of the article is read for words that its headline shares.
_READ_LINES, _READ_CHARACTERS = 16, 500
_SENTENCE = lazily(r"""[.。।۔;；,，،、][\s"'”’»“)\]」』）]*$""")
_TRIM = " \t\u00a0\u200b\u200e\u200f|•·*–—-/›»>→▸▾▼+:：…()[]"
# The beginnings of words, for endings change; in scripts without spaces pairs of signs.
_STEM = lazily(r"(\p{Han}{2}|[\p{Katakana}ー]{2,}+|\p{Hangul}{2}|[^\W\d_]{4,5}+)[^\W\d_\p{Han}\p{Katakana}]*+")


def menu_runs(lines: Lines, options: dict[str, Any], words: Words) -> Iterator[tuple[int, int]]:
    """Runs of short lines, some of them names of sections: menus above an article, footers and more links below.

    ``options["names"]`` is the list of those names. A run counts from its first name to its last line;
    above a paragraph the lines that may be the article's headline, standfirst or a subheading stay with
    all that stands below them. Left alone: runs of fewer than eight lines, lists with fewer than three
    different names or with one name in more than ten lines, and texts of less than three paragraphs.
    """
    parts = lines.parts
    if len(parts) < _FEWEST_LINES + _FEWEST_PARAGRAPHS:
        return
    names = as_set(words[options["names"]])
    known = [i for i, part in enumerate(parts) if len(part) <= _LONGEST_NAME and part.strip(_TRIM).lower() in names]
    if len(known) < _FEWEST_NAMES:
        return
    is_known = frozenset(known)
    paragraphs = [i for i, part in enumerate(parts) if len(part) > _SHORTEST_PARAGRAPH and is_prose(part)]
    if len(paragraphs) < _FEWEST_PARAGRAPHS:
        return
    borders = [-1, *paragraphs, len(parts)]
    for above, below in pairwise(borders):
        if below - above <= _FEWEST_LINES:
            continue
        for run in _runs(parts, above + 1, below):
            found = _menu(parts, run, is_known, below)
            # The page's title may stand above its menu.
            yield from (
                lines.whole(i)
                for i in found
                if above >= 0 or i >= run[0] + _HEAD_LINES or not _is_long(parts, i, is_known, _FEWEST_WORDS)
            )


def _runs(parts: Sequence[str], start: int, end: int) -> Iterator[list[int]]:
    """Numbers of the lines between two paragraphs, cut where a line looks like part of a text; blank ones left out."""
    run: list[int] = []
    for i in range(start, end):
        part = parts[i]
        if not part.strip():
            continue
        if len(part) > _LONGEST_LINK or (_SENTENCE.search(part) and word_count(part) > _MOST_LINK_WORDS):
            if len(run) >= _FEWEST_LINES:
                yield run
            run = []
            continue
        run.append(i)
    if len(run) >= _FEWEST_LINES:
        yield run


def _menu(parts: Sequence[str], run: list[int], known: frozenset[int], below: int) -> list[int]:
    """What of a run is menu: from its first name on, without what belongs to the paragraph ``below`` it."""
    run = run[next((k for k, i in enumerate(run) if i in known), len(run)) :]
    different = {parts[i].strip(_TRIM).lower() for i in run if i in known}
    if len(run) < _FEWEST_LINES or len(different) < max(_FEWEST_NAMES, len(run) / _LINES_A_NAME):
        return []
    if below < len(parts):
        run = run[: len(run) - _head_length(parts, run, known, below)]
    return run if len(run) >= _FEWEST_LINES else []


def _head_length(parts: Sequence[str], run: Sequence[int], known: frozenset[int], below: int) -> int:
    """How many of the last lines of ``run`` may belong to the text below it: its headline and what stands under that.

    The headline is the first line that shares two words with the text; and what stands behind the last
    name of a section stays in any case, or, where that tells nothing, from the last line of four words on.
    """
    from_end = range(1, min(len(run), _HEAD_REACH) + 1)
    told = _stems(" ".join(part[:_READ_CHARACTERS] for part in parts[below : below + _READ_LINES]))
    shares = [n for n in from_end if _is_long(parts, run[-n], known, 3) and len(told & _stems(parts[run[-n]])) >= 2]
    behind = next((n - 1 for n in from_end if run[-n] in known), len(run))
    if not 1 <= behind <= _HEAD_REACH // 2:
        behind = next((n for n in from_end if _is_long(parts, run[-n], known, _FEWEST_WORDS)), 0)
        # With the kicker above it; a run begins with a name, so there is a line above.
        behind = behind + (run[-behind - 1] not in known) if behind else _HEAD_LINES
    return max([behind, *shares])


def _is_long(parts: Sequence[str], i: int, known: frozenset[int], fewest: int) -> bool:
    return i not in known and word_count(parts[i]) >= fewest


def _stems(text: str) -> set[str]:
    return set(_STEM.findall(text.lower()))
