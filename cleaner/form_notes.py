"""The title of a form's note of failure: "Sorry!" above "There was an error processing your tide letter."

A detector, as :mod:`cleaner.detectors` describes them. Alone such a word is somebody's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cleaner.match import Lines
from cleaner.phrases import fold

#: A longer line says more than that something failed.
_LONGEST_NOTE, _LONGEST_TITLE = 80, 30
_TRIM = " \t\u00a0!！.。…:：¡*"


def note_titles(lines: Lines, options: dict[str, Any], words: dict[str, tuple[str, ...]]) -> Iterator[tuple[int, int]]:
    """Lines that are a title of such notes, right above a note.

    ``options`` has two lists: ``notes``, of which a note holds one, and ``titles``, both in small letters.
    """
    titles, parts = options["titles"], lines.parts
    # Few texts have a short line that is such a word.
    for i in [i for i, part in enumerate(parts) if 0 < len(part) <= _LONGEST_TITLE and part.strip(_TRIM).lower() in titles]:
        below = next((part for part in parts[i + 1 : i + 3] if part.strip()), "")
        if len(below) <= _LONGEST_NOTE and any(note in fold(below) for note in options["notes"]):
            yield lines.whole(i)
