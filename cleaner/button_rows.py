"""Labels of share and follow buttons, one a line: their neighbours tell them from headings.

A detector, as :mod:`cleaner.detectors` describes them. A line that is nothing but "Facebook" may be
a heading or an answer; three such lines under one another, or one under "Share this", are buttons.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import regex

from cleaner.lazy import lazily
from cleaner.match import Lines, as_set

#: Longer lines are not looked at: no label is so long, whatever counts and notes it carries.
_LONGEST = 60
#: A run without a line that speaks of sharing or following needs so many different labels.
_FEWEST = 3
#: Words that may stand between two buttons.
_BETWEEN = frozenset({"or", "and", "&"})
_TRIM = " \t\u00a0•·*–—-|/›»→:.…,!()[]"
#: What a label carries besides its name: a counter, the note on the window, what the picture is.
_EXTRAS = lazily(
    r"(?:\s*[(,]?\s*(?:link\s+)?opens?(?:\s+in)?(?:\s+a)?\s+new\s+(?:window|tab)\)?|\s+(?:icon|logo|share|link|button|page|channel|profile)|[\s(:]*\d[\d.,]*\s?[km]?\+?\)?)+$",
    regex.I,
)
# What an extra may end with.
_EXTRA_ENDS = ("window", "tab", "icon", "logo", "share", "link", "button", "page", "channel", "profile", "k", "m", "+", ")")


def button_rows(lines: Lines, options: dict[str, Any], words: dict[str, tuple[str, ...]]) -> Iterator[tuple[int, int]]:
    """Whole lines, each the label of a share or follow button, that stand under one another.

    ``options["buttons"]`` and ``options["heads"]`` name word lists: the labels, and the lines that
    speak of sharing or following ("Share this", "Follow us on"). A run goes when it holds three
    different labels, two at the end of the text or beside a head, or one under a head. Left alone: items of numbered lists,
    and a run without a head under a line that ends in a colon, for there it may be the list itself.
    """
    buttons, heads = as_set(words[options["buttons"]]), as_set(words[options["heads"]])
    parts = lines.parts
    last = next((k for k in reversed(range(len(parts))) if parts[k].strip()), -1)
    after = 0
    for i in _candidates(lines, buttons, heads):
        if i < after or _label(parts[i], buttons, heads) is None:
            continue
        run = _run(parts, i, buttons, heads)
        if _is_row(parts, run, heads, last):
            yield from (lines.whole(k) for k, _ in run)
        after = run[-1][0] + 1


def _candidates(lines: Lines, buttons: frozenset[str], heads: frozenset[str]) -> list[int]:
    """Numbers of the short lines that may be a label, in order."""
    by_label, more = _short(lines)
    known = by_label.keys()
    return sorted({i for labels in (buttons, heads) for label in known & labels for i in by_label[label]}.union(more))


def _short(lines: Lines) -> tuple[dict[str, list[int]], list[int]]:
    """What of each short line might be a label -> numbers of the lines, and those that may carry more; found once for all
    who ask about a text."""
    memo: dict[str, Any] = vars(lines)
    if "_short" not in memo:
        by_label: dict[str, list[int]] = {}
        more = []
        for i, part in enumerate(lines.parts):
            if 0 < len(part) <= _LONGEST:
                low = part.strip(_TRIM).lower()
                by_label.setdefault(low, []).append(i)
                if _may_carry_more(low):
                    more.append(i)
        memo["_short"] = by_label, more
    found: tuple[dict[str, list[int]], list[int]] = memo["_short"]
    return found


def _may_carry_more(low: str) -> bool:
    """Whether a label may have more behind it than its name; most lines end otherwise and need not be searched."""
    return low.endswith(_EXTRA_ENDS) or low[-1:].isdecimal()


def _run(parts: Sequence[str], first: int, buttons: frozenset[str], heads: frozenset[str]) -> list[tuple[int, str]]:
    """The numbers and labels of the buttons from line ``first`` on, and of the words between them; blank lines aside."""
    run: list[tuple[int, str]] = []
    between: list[tuple[int, str]] = []
    for k in range(first, len(parts)):
        if not parts[k].strip():
            continue
        label = _label(parts[k], buttons, heads)
        if label is None:
            if parts[k].strip().lower() not in _BETWEEN:
                break
            between.append((k, ""))
            continue
        run += [*between, (k, label)]
        between.clear()
    return run


def _is_row(parts: Sequence[str], run: Sequence[tuple[int, str]], heads: frozenset[str], last: int) -> bool:
    different = {label for _, label in run if label}
    labels = different - heads
    if run[0][1] in heads and len(different) > 1:
        return True
    if len(labels) < 2:
        return False  # a lone "OK" above "Share this article" is somebody's answer
    if different & heads:
        return True
    return (len(labels) >= _FEWEST or run[-1][0] == last) and not _above(parts, run[0][0]).endswith((":", "：", "?", "？"))


def _above(parts: Sequence[str], i: int) -> str:
    """The nearest line above line ``i`` that is not blank, without the space at its end."""
    return next((parts[k].rstrip() for k in reversed(range(i)) if parts[k].strip()), "")


def _label(part: str, buttons: frozenset[str], heads: frozenset[str]) -> str | None:
    """The label or head that ``part`` is, in lower case; None where it is something else."""
    if len(part) > _LONGEST:
        return None
    low = part.strip(_TRIM).lower()
    if low in buttons or low in heads:
        return low
    if not _may_carry_more(low):
        return None
    bare = _EXTRAS.sub("", low).strip(_TRIM)
    return bare if bare in buttons or bare in heads else None
