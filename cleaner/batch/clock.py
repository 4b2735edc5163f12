"""How long the rules take: measured on a few documents, for the report."""

from __future__ import annotations

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
        if not callable(call):
            return call

        def timed(*args: Any, **kwargs: Any) -> Any:
            begin = perf_counter()
            try:
                return call(*args, **kwargs)
            finally:
                self._seconds[self._rule] = self._seconds.get(self._rule, 0.0) + perf_counter() - begin

        return timed


class RuleClock:
    """Cleans for a :class:`Cleaner`; one document in :data:`EACH` with a clock on every rule.

    The clock hangs on the compiled patterns of a second matcher, which the documents outside the
    sample never meet. It changes nothing in what is found.
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
        import copy

        timed = copy.copy(self.cleaner)
        timed.__dict__.pop("matcher", None)
        matcher = timed.matcher
        for entry in getattr(matcher, "_entries", ()):
            rule = matcher.rules[entry.rule].id
            # Compiled when first asked for, and then kept in the entry: so the clock goes in the same way.
            vars(entry)["compiled"] = _Lazy(entry, rule, self.seconds)
        return timed


class _Lazy(_Timed):
    """A timed pattern that is compiled at its first use."""

    def __init__(self, entry: Any, rule: str, seconds: dict[str, float]) -> None:
        self._entry, self._rule, self._seconds = entry, rule, seconds

    def __getattr__(self, name: str) -> Any:
        if name == "_pattern":
            self._pattern = type(self._entry).compiled.func(self._entry)
            return self._pattern
        return super().__getattr__(name)
