"""Memory for what is dear to make, but too much to keep all of it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(dict[K, V]):
    """Makes what is asked for, and keeps what was asked for lately: at most twice ``most`` things.

    What has been made stands in the dict itself, so that it is found without a step of Python. Once
    it is full, all of it grows old; what is asked for again becomes young, and what has not been
    asked for when it is full the next time is let go. Safe to share between threads.

    >>> squares = Recent(lambda n: n * n, most=2)
    >>> [squares[n] for n in (1, 2, 3, 4)]
    [1, 4, 9, 16]
    >>> sorted(squares)
    [3, 4]
    """

    def __init__(self, make: Callable[[K], V], most: int) -> None:
        super().__init__()
        self._make = make
        self._most = most
        self._old: dict[K, V] = {}
        self._lock = Lock()

    def __missing__(self, key: K) -> V:
        found = self._old.get(key)
        value = self._make(key) if found is None else found
        with self._lock:
            if len(self) >= self._most:
                self._old = dict(self)
                self.clear()
            self[key] = value
        return value
