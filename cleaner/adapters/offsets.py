"""From stretches of clean text back to the original."""

from __future__ import annotations

from cleaner.model import Cleaned


def original_span(cleaned: Cleaned, start: int, end: int) -> tuple[int, int]:
    """Where ``cleaned.text[start:end]`` stands in ``cleaned.original``: start and end, code points.

    The stretch begins with the first character's original and ends with the last one's; what was removed
    between them is inside, what was removed before or after is not. A character that the cleaner replaced
    stands for all that it replaced. An empty stretch gives an empty one. Raises IndexError outside the
    clean text.

    >>> from cleaner import clean
    >>> cleaned = clean("Share this article\\nThe cafÃ© in Harbour Street reopens.")
    >>> start = cleaned.text.index("café")
    >>> begin, end = original_span(cleaned, start, start + 4)
    >>> cleaned.original[begin:end]
    'cafÃ©'
    """
    if start > end:
        raise IndexError(f"the stretch ends ({end}) before it starts ({start})")
    begin = cleaned.to_original(start)
    if start == end:
        return begin, begin
    last = cleaned.to_original(end - 1) if end <= len(cleaned.text) else -1
    if last < 0:
        raise IndexError(f"offset {end} is outside the clean text (0..{len(cleaned.text)})")
    shift = 0
    for edit in cleaned.edits:
        clean_start = edit.start + shift
        if clean_start > end - 1:
            break
        shift += len(edit.replacement) - (edit.end - edit.start)
        if end - 1 < edit.end + shift:
            return begin, max(begin, edit.end)
    return begin, last + 1
