"""Regular expressions that are compiled when they are first used: a start needs few of them."""

from __future__ import annotations

from typing import Any, cast

import regex


class _Lazy:
    """Stands for a compiled pattern; once it is asked for a method, its methods are the pattern's own."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._of = pattern, flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked for by copy and pickle, which need no pattern
            raise AttributeError(name)
        made = regex.compile(*self._of)
        # Found in the instance from now on, without a detour.
        vars(self).update({m: getattr(made, m) for m in ("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "pattern")})
        return getattr(made, name)


def lazily(pattern: str, flags: int = 0) -> regex.Pattern[str]:
    """``regex.compile(pattern, flags)``, later. Errors show at first use, so a test has to use it.

    >>> words = lazily(r"\\p{L}+")
    >>> words.findall("to be")
    ['to', 'be']
    """
    return cast("regex.Pattern[str]", _Lazy(pattern, flags))
