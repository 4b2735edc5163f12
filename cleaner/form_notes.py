"""The title of a form's note of failure: "Sorry!" above "There was an error processing your subscription."

A detector, as :mod:`cleaner.detectors` describes them. Alone such a word is somebody's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cleaner.match import Lines

#: A longer line says more than that something failed.
_LONGEST_NOTE, _LONGEST_TITLE = 80, 30
_TRIM = " \t\u00a0!！.。…:：¡*"


def note_titles(lines: Lines, options: dict[str, Any], words: dict[str, tuple[str, ...]]) -> Iterator[tuple[int, int]]:
    """Lines that are a title of such notes, right above a note.

    ``options`` has two lists: ``notes``, of which a note holds one, and ``titles``, both in small letters.
    """
    for note in options["notes"]:
        at = lines.low.find(note)
        while at >= 0:
            i = lines.index_at(at)
            title = next((k for k in (i - 1, i - 2) if k >= 0 and lines.parts[k].strip()), -1)
            if title >= 0 and len(lines.parts[i]) <= _LONGEST_NOTE and _is_title(lines.parts[title], options["titles"]):
                yield lines.whole(title)
            at = lines.low.find(note, at + len(note))


def _is_title(line: str, titles: Sequence[str]) -> bool:
    return len(line) <= _LONGEST_TITLE and line.strip(_TRIM).lower() in titles
