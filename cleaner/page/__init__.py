"""Main content from whole pages in plain text: the profile ``page``.

Needs numpy, the extra ``page``; nothing here is imported before somebody asks for the profile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleaner.model import PAGE, Cleaned, Edit

if TYPE_CHECKING:
    from cleaner.page.model import PageModel

__all__ = ["Found", "PageModel", "load_model", "removals"]


def load_model() -> PageModel:
    """The model that ships with the package. Raises ImportError, naming the extra, where numpy is missing."""
    try:
        from cleaner.page.model import load
    except ImportError as error:
        raise ImportError(
            f"the profile 'page' needs numpy ({error}); install it with: pip install 'boilerplate-cleaner[page]'"
        ) from error
    return load()


@dataclass(frozen=True)
class Found:
    """What the model takes from a text."""

    edits: list[Edit]
    """Whole lines of the text, with their breaks."""
    lines: list[int]
    """For each edit, the number of its line among the filled lines of the text that the model saw."""
    unknown: str
    """Why the model knows no such page; empty where it does."""


def removals(model: PageModel, seen: str, text: str, since: list[Edit], keep: float | None) -> Found:
    """The lines of ``text`` that go, by what the model says of ``seen``.

    ``since``: edits over ``seen`` that made ``text``. Lines that they took are gone already. Where
    nothing would be left, nothing goes.
    """
    look = model.look(seen)
    goes = model.goes(look, keep)
    if not goes.any():
        return Found([], [], look.unknown)
    place = Cleaned(seen, text, tuple(since)).to_original if since else None
    ends = look.end.tolist()
    number = 0
    edits, lines = [], []
    at = left = 0
    for part in text.split("\n"):
        bare = part.lstrip()
        if bare:
            start = at + len(part) - len(bare)
            if place is not None:
                start = place(start)
            while number < len(ends) and ends[number] <= start:
                number += 1
            if number < len(ends) and goes[number]:
                cause = f"{PAGE}{model.version}/{look.chance[number] / 100_000:.3f}"
                edits.append(Edit(at, min(at + len(part) + 1, len(text)), "", cause))
                lines.append(number)
            else:
                left += 1
        at += len(part) + 1
    if not left:
        return Found([], [], look.unknown or "no content")
    return Found(edits, lines, look.unknown)
