"""What passed a check before, so that only what changed since is checked again.

A key is a hash of everything that decides the outcome; a key that is known has passed. The keys are
in a file of the user's cache folder. Without one (a first run, CI) everything is checked.
"""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from pathlib import Path

from cleaner import kept

#: Keys that are kept, the newest ones.
MOST = 100_000


def key_of(*parts: object) -> str:
    """A hash of values whose ``repr`` tells all there is to tell about them."""
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:20]


@cache
def code() -> str:
    """A hash of the code that cleans and checks, and of the versions of what it stands on."""
    import ftfy
    import regex

    digest = hashlib.sha256(repr((sys.version_info, regex.__version__, ftfy.__version__)).encode())
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


class Passed:
    """Keys of what passed, kept under a name."""

    def __init__(self, name: str) -> None:
        self._name = f"{name}.json"
        self._old = self._read()
        self._known = frozenset(self._old)
        self._new: dict[str, None] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._known

    def add(self, key: str) -> None:
        self._new[key] = None

    def write(self) -> None:
        """Keep what was added."""
        if not self._new:
            return
        # Others may have written meanwhile: theirs are kept, and the file appears whole.
        keys = list({**dict.fromkeys(self._read()), **self._new})[-MOST:]
        kept.write(self._name, keys)

    def _read(self) -> list[str]:
        found = kept.read(self._name)
        return [str(key) for key in found] if isinstance(found, list) else []
