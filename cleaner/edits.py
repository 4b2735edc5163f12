"""Apply, compose and invert edits: the only code that changes text.

A list of edits is valid over a text when it is sorted, no two overlap, and no two
insertions stand at the same place. Everything here is linear in the number of edits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cleaner.model import NORMALISE, TIDY, Edit


def apply(text: str, edits: Sequence[Edit]) -> str:
    """Return ``text`` with ``edits`` (offsets into ``text``) carried out.

    Raises ValueError where the edits overlap or leave the text.

    >>> apply("Hello. Pics: Reuters", [Edit(6, 20, "", "image_credits/en/credit")])
    'Hello.'
    """
    if not edits:
        return text
    parts = []
    pos = 0
    for start, end, replacement, _ in edits:
        if not pos <= start <= end:
            raise ValueError(f"edit {start}..{end} overlaps the one before it, which ends at {pos}")
        parts.append(text[pos:start])
        parts.append(replacement)
        pos = end
    if pos > len(text):
        raise ValueError(f"edit ends at {pos}, past the end of the text at {len(text)}")
    parts.append(text[pos:])
    return "".join(parts)


def invert(text: str, edits: Sequence[Edit]) -> list[Edit]:
    """Edits over ``apply(text, edits)`` that give ``text`` back."""
    inverse = []
    shift = 0
    for start, end, replacement, cause in edits:
        at = start + shift
        inverse.append(Edit(at, at + len(replacement), text[start:end], cause))
        shift += len(replacement) - (end - start)
    return inverse


def restore(text: str, edits: Iterable[Mapping[str, Any]] | Mapping[str, Any]) -> str:
    """Return the original of a clean text.

    ``edits`` is what :meth:`Cleaned.to_json` gave (or its ``edits`` list), perhaps after a trip
    through JSON: each has ``start`` and ``end`` (offsets into the original), ``replacement``, and
    ``original``, the text that stood there. Raises ValueError where they do not fit the text, or are no edits.
    """
    try:
        return _restore(text, edits)
    except (TypeError, LookupError, AttributeError) as error:
        raise ValueError(f"this is no account of edits ({error!r}): it is what `to_json()` gave, or its list `edits`") from error


def _restore(text: str, edits: Iterable[Mapping[str, Any]] | Mapping[str, Any]) -> str:
    records: Iterable[Mapping[str, Any]] = edits["edits"] if isinstance(edits, Mapping) else edits
    parts = []
    pos = shift = 0  # pos is an offset into the clean text; shift leads from the original to it
    for e in records:
        at = e["start"] + shift
        after = at + len(e["replacement"])
        if at < pos or text[at:after] != e["replacement"] or len(e["original"]) != e["end"] - e["start"]:
            raise ValueError(
                f"the edit at {e['start']} ({e.get('cause', '?')}) does not fit this text: "
                "these are not the edits that made it"
            )
        parts.append(text[pos:at])
        parts.append(e["original"])
        pos = after
        shift += len(e["replacement"]) - len(e["original"])
    if pos > len(text):
        raise ValueError("the edits reach past the end of this text: they are not the edits that made it")
    parts.append(text[pos:])
    return "".join(parts)


def compose(first: Sequence[Edit], second: Sequence[Edit]) -> list[Edit]:
    """One list of edits over the original that does ``first``, then ``second``.

    ``first`` is over the original, ``second`` over the text that ``first`` makes. Where a later
    edit touches what an earlier one wrote, the later cause stands; but a rule's removal that
    lies inside a later removal keeps its own cause, so that every character that went is put
    down to the rule that took it.

    The text between is never built: it is a piece table, pieces of the original and what was
    written over them (Crowley, "Data Structures for Text Sequences", 1998).

    >>> compose([Edit(0, 2, "ab", "normalise/x")], [Edit(1, 4, "", "rule")])
    [Edit(start=0, end=2, replacement='a', cause='normalise/x'), Edit(start=2, end=4, replacement='', cause='rule')]
    """
    if not first or not second:
        return list(first or second)
    pieces = _pieces(first)
    out: list[Edit] = []
    piece = next(pieces)
    pos = 0  # where `piece` begins in the middle text

    def advance_to(place: int, sink: list[_Piece]) -> None:
        """Move pieces that end at or before ``place`` into ``sink``, splitting the last."""
        nonlocal piece, pos
        # A removal has no width: the one that stands exactly at `place` stays to the right of it.
        while pos + piece.width <= place and not (pos == place and piece.width == 0):
            pos += piece.width
            sink.append(piece)
            piece = next(pieces)
        if pos < place:
            left, piece = piece.split(place - pos)
            pos = place
            sink.append(left)

    kept: list[_Piece] = []
    for start, end, replacement, cause in second:
        advance_to(start, kept)
        out.extend(p.edit() for p in kept if p.text is not None)
        kept.clear()
        covered: list[_Piece] = []
        if start < end:
            # Removals that stand right at the start lie outside this edit, to its left.
            while piece.width == 0:
                out.append(piece.edit())
                piece = next(pieces)
            advance_to(end, covered)
        if replacement:
            a, b = (covered[0].start, covered[-1].end) if covered else (piece.start, piece.start)
            out.append(Edit(a, b, replacement, cause))
        else:
            run = len(out)
            for p in covered:
                own = p.text == "" and not p.cause.startswith((NORMALISE, TIDY))
                whose = p.cause if own else cause
                if len(out) > run and out[-1].cause == whose:
                    out[-1] = out[-1]._replace(end=p.end)
                else:
                    out.append(Edit(p.start, p.end, "", whose))
    while piece.end < _REST:
        if piece.text is not None:
            out.append(piece.edit())
        piece = next(pieces)
    return _join_touching(out)


#: End of the piece that stands for the rest of the original, whose length nobody told us.
_REST = 1 << 62


class _Piece(NamedTuple):
    """Part of the middle text: ``original[start:end]``, or ``text`` written in its place."""

    start: int
    end: int
    text: str | None
    cause: str

    @property
    def width(self) -> int:
        """Its length in the middle text."""
        return self.end - self.start if self.text is None else len(self.text)

    def split(self, at: int) -> tuple[_Piece, _Piece]:
        if self.text is None:
            middle = self.start + at
            return self._replace(end=middle), self._replace(start=middle)
        # What was written can't be told apart in the original: the left part stands for all of it.
        return self._replace(text=self.text[:at]), self._replace(start=self.end, text=self.text[at:])

    def edit(self) -> Edit:
        return Edit(self.start, self.end, self.text or "", self.cause)


def _pieces(edits: Sequence[Edit]) -> Iterator[_Piece]:
    pos = 0
    for start, end, replacement, cause in edits:
        if pos < start:
            yield _Piece(pos, start, None, "")
        yield _Piece(start, end, replacement, cause)
        pos = end
    yield _Piece(pos, _REST, None, "")


def _join_touching(edits: list[Edit]) -> list[Edit]:
    """Drop edits that do nothing; make one of two that touch where an insertion is among them.

    Two edits at one place would leave their order open.
    """
    out: list[Edit] = []
    for e in edits:
        if e.start == e.end and not e.replacement:
            continue
        if out and out[-1].end == e.start and (out[-1].start == out[-1].end or e.start == e.end):
            out[-1] = Edit(out[-1].start, e.end, out[-1].replacement + e.replacement, e.cause)
            continue
        out.append(e)
    return out
