"""What is wrong with a rule file, where, and what follows: the one form of every such message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, printed as ``path:line: rule: what is wrong``."""

    path: str
    line: int
    """Counted from 1; 0 where the whole file is meant."""
    rule: str
    """The rule's name, or an empty string where the fault lies outside any rule."""
    message: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.rule}: {self.message}" if self.rule else f"{place}: {self.message}"


class RulesError(ValueError):
    """The rules can't be used. ``problems`` has all that was found, in order of place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))
