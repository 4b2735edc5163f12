"""What is wrong with a rule file, where, what follows and how to mend it: the one form of such messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

#: Columns of a file's line that a message shows.
_WIDEST = 120


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong; its first line is ``path:line: rule: what is wrong``."""

    path: str
    line: int
    """Counted from 1; 0 where the whole file is meant."""
    rule: str
    """The rule's name, or an empty string where the fault lies outside any rule."""
    message: str
    """What is wrong."""
    follows: str = field(default="", compare=False)
    """What comes of it, where that is not plain."""
    mend: str = field(default="", compare=False)
    """What to write instead."""
    excerpt: tuple[str, ...] = field(default=(), compare=False, repr=False)
    """The lines of the file that are meant, as they stand there; ``line`` is the number of the first."""
    column: int = field(default=0, compare=False)
    """Where in the first of these lines the fault begins, counted from 1; 0 where the whole line is meant."""
    width: int = field(default=1, compare=False)
    """How many characters of that line are meant."""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.rule}: {self.message}" if self.rule else f"{place}: {self.message}"

    def show(self) -> str:
        """The message with the lines that are meant, a caret under the fault, and how to mend it."""
        out = [str(self)]
        gutter = len(str(self.line + len(self.excerpt)))
        # A long line is shown from shortly before the fault on.
        skip = max(0, self.column - 40) if self.excerpt and len(self.excerpt[0]) > _WIDEST else 0
        for number, text in enumerate(self.excerpt, self.line):
            first = number == self.line
            shown = _plain(text[skip:] if first else text)
            shown = ("…" + shown[1:]) if first and skip else shown
            out.append(f"  {number:>{gutter}} | {shown if len(shown) <= _WIDEST else shown[: _WIDEST - 1] + '…'}")
            if first and self.column:
                at = self.column - 1 - skip
                out.append(f"  {'':>{gutter}} | {' ' * at}{'^' * max(1, min(self.width, _WIDEST - at))}")
        if self.follows:
            out.append(f"  {'':>{gutter}} = {self.follows}")
        if self.mend:
            out.append(f"  {'':>{gutter}} > {self.mend}")
        return "\n".join(out)

    def to_json(self) -> dict[str, Any]:
        """As plain data, for programs."""
        return {
            "path": self.path,
            "line": self.line,
            "column": self.column,
            "rule": self.rule,
            "message": self.message,
            "follows": self.follows,
            "mend": self.mend,
        }


def _plain(text: str) -> str:
    """A line of a file with its control characters made visible, one sign for each."""
    return "".join("→" if c == "\t" else "�" if not c.isprintable() else c for c in text)


class RulesError(ValueError):
    """The rules can't be used. ``problems`` has all that was found, in order of place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(p.show() for p in self.problems))
