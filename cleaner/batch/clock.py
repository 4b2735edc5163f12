"""How long the rules take: measured on a few documents, for the report."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cleaner.model import Cleaned
    from cleaner.pipeline import Cleaner

#: One document in so many is cleaned under the clock.
EACH = 64


class _Timed:
    """A compiled pattern that says how long it takes."""

    def __init__(self, pattern: Any, rule: str, seconds: dict[str, float]) -> None:
        self._pattern, self._rule, self._seconds = pattern, rule, seconds

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._pattern, name)
        return _timed(call, self._rule, self._seconds) if callable(call) else call


class _TimedEntry:
    """A pattern of a rule, as the matcher has it, that says how long it takes once it is compiled."""

    def __init__(self, entry: Any, rule: str, seconds: dict[str, float]) -> None:
        self._entry, self._rule, self._seconds = entry, rule, seconds

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._entry, name)
        return _Timed(value, self._rule, self._seconds) if name == "compiled" else value


def _timed(call: Callable[..., Any], rule: str, seconds: dict[str, float]) -> Callable[..., Any]:
    def timed(*args: Any, **kwargs: Any) -> Any:
        begin = perf_counter()
        try:
            return call(*args, **kwargs)
        finally:
            seconds[rule] = seconds.get(rule, 0.0) + perf_counter() - begin

    return timed


class RuleClock:
    """Cleans for a :class:`Cleaner`; one document in :data:`EACH` with a clock on every rule.

    The clock hangs on the patterns and detectors of a second matcher, which the documents outside
    the sample never meet; all else the two share. It changes nothing in what is found.
    """

    def __init__(self, cleaner: Cleaner) -> None:
        self.cleaner = cleaner
        self.seconds: dict[str, float] = {}
        self._timed: Cleaner | None = None

    def clean(self, text: str, number: int) -> Cleaned:
        """Clean ``text``, the document with this number."""
        if number % EACH:
            return self.cleaner.clean(text)
        if self._timed is None:
            self._timed = self._with_clocks()
        try:
            return self._timed.clean(text)
        except Exception:
            # Whatever the clock has broken, the document must not suffer for it.
            return self.cleaner.clean(text)

    def take(self) -> dict[str, float]:
        """Seconds by rule since last asked."""
        taken = dict(self.seconds)
        self.seconds.clear()
        return taken

    def _with_clocks(self) -> Cleaner:
        plain: Any = self.cleaner.matcher
        matcher = copy(plain)
        names = [rule.id for rule in plain.rules]
        matcher._entries = [_TimedEntry(e, names[e.rule], self.seconds) for e in plain._entries]
        # A detector may be a generator: its time is that of going through it.
        matcher._detectors = [
            (rule, _timed(lambda *given, find=find: list(find(*given)), names[rule], self.seconds), options)
            for rule, find, options in plain._detectors
        ]
        timed = copy(self.cleaner)
        vars(timed)["matcher"] = matcher
        return timed
