"""What is made of the rules once is kept: to make it anew takes a hundred times as long.

A wheel brings what is made of the bundled rules in the package's folder ``_kept``; the rest goes into the
user's cache folder. Nothing depends on it. What is absent, damaged or of another version is made again,
and where nothing can be written every start is as slow as the first.
"""

from __future__ import annotations

import atexit
import hashlib
import io
import json
import os
import pickle
import platform
import tempfile
import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import regex

if TYPE_CHECKING:
    from sqlite3 import Connection

# Patterns are written so many at once, or after so many seconds, or at the end: a write waits for the disk.
_AT_ONCE = 100
_SECONDS = 2.0
# A file of patterns that is larger was made by many versions of the rules; it begins anew.
_MOST_BYTES = 100_000_000
#: Seconds to wait for another process that writes.
_PATIENCE = 2.0


#: What came with the package.
BUNDLED = Path(__file__).parent / "_kept"


_chosen: list[Path] = []


def use(folder: Path) -> None:
    """Keep everything in this folder from now on."""
    _chosen[:] = [folder]


def folder() -> Path:
    """The folder of everything that is kept: the user's, or the one in use."""
    if not _chosen:
        import platformdirs

        use(Path(platformdirs.user_cache_dir("boilerplate-cleaner", appauthor=False)))
    return _chosen[0]


def file_name(kind: str, version: str, modules: Iterable[str], *more: str) -> str:
    """A name for something that is made of the rules with this hash, and of ``more``; another name once its ``modules`` change."""
    digest = hashlib.sha256("\n".join(more).encode())
    for module in modules:
        digest.update((Path(__file__).parent / module).read_bytes())
    return f"{kind}-{version}-{digest.hexdigest()[:8]}.json"


def read(name: str) -> Any:
    """What was kept under ``name``; None where nothing was, or where it is damaged."""
    for place in (BUNDLED, folder()):
        try:
            return json.loads((place / name).read_bytes())
        except (OSError, ValueError):
            pass
    return None


def write(name: str, data: Any) -> None:
    """Keep ``data``, as JSON, under ``name``."""
    path = folder() / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Two processes may write at once: each writes a file of its own and renames it.
        handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as f:
            json.dump(data, f, ensure_ascii=False)
        Path(part).replace(path)
    except OSError:
        pass


# ---------------------------------------------------------------- compiled patterns


def compiled(source: str, flags: int) -> regex.Pattern[str]:
    """``regex.compile(source, flags)``, from the file of compiled patterns where it is there."""
    return _patterns().compiled(source, flags)


class Patterns:
    """Compiled patterns in a file that any number of threads and processes may use at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._new: dict[bytes, bytes] = {}
        self._written = time.monotonic()
        self._open: Connection | None = None
        self._process = 0
        self._is_usable = True
        # A connection must not be used, nor closed, in a process that was forked off.
        self._left_alone: list[Connection] = []

    def compiled(self, source: str, flags: int) -> regex.Pattern[str]:
        """The pattern; read from the file, or compiled and put into it."""
        key = hashlib.sha256(b"%d:" % flags + source.encode("utf-8", "surrogatepass")).digest()[:16]
        with self._lock:
            found = self._read(key)
        # The pattern tells its own source: what has another one was not kept under this key.
        if found is not None and found.pattern == source:
            return found
        made = regex.compile(source, flags)
        with self._lock:
            self._new[key] = pickle.dumps(made, pickle.HIGHEST_PROTOCOL)
            if len(self._new) >= _AT_ONCE or time.monotonic() - self._written > _SECONDS:
                self._write()
        return made

    def write(self) -> None:
        """Put what is new into the file."""
        with self._lock:
            self._write()

    def _read(self, key: bytes) -> regex.Pattern[str] | None:
        database = self._connection()
        if database is None:
            return None
        import sqlite3

        try:
            row = database.execute("SELECT compiled FROM patterns WHERE key = ?", (key,)).fetchone()
            return None if row is None else _PatternReader(io.BytesIO(row[0])).load()
        except sqlite3.DatabaseError as e:
            self._give_up(e)
        except Exception:  # damaged bytes may raise anything
            pass
        return None

    def _write(self) -> None:
        self._written = time.monotonic()
        new, self._new = self._new, {}
        database = self._connection()
        if database is None or not new:
            return
        import sqlite3

        try:
            with database:
                database.execute("BEGIN IMMEDIATE")
                if self._path.stat().st_size > _MOST_BYTES:
                    database.execute("DELETE FROM patterns")
                database.executemany("INSERT OR REPLACE INTO patterns VALUES (?, ?)", new.items())
        except (sqlite3.DatabaseError, OSError) as e:
            self._give_up(e)

    def _connection(self) -> Connection | None:
        if self._process != os.getpid():
            if self._open is not None:
                self._left_alone.append(self._open)
                self._open = None
            self._process = os.getpid()
            try:
                import sqlite3
            except ImportError:  # Python can be built without it
                self._is_usable = False
                return None
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._open = sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
                self._open.execute("CREATE TABLE IF NOT EXISTS patterns (key BLOB PRIMARY KEY, compiled BLOB) WITHOUT ROWID")
            except (sqlite3.DatabaseError, OSError) as e:
                self._give_up(e)
        return self._open if self._is_usable else None

    def _give_up(self, error: Exception) -> None:
        """Do without the file; where it is damaged, the next process begins a new one."""
        import sqlite3

        if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
            return  # others write; it is there again soon
        self._is_usable = False
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
            self._path.unlink(missing_ok=True)


class _PatternReader(pickle.Unpickler):
    """Reads compiled patterns and nothing else: a pickle of another kind could run code."""

    def find_class(self, module: str, name: str) -> Any:
        if name == "compile" and module.rpartition(".")[2] == "_regex":
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no compiled pattern")


@cache
def _patterns() -> Patterns:
    # How regex writes a pattern down is its own affair and may change with each version.
    version = f"{regex.__version__}-{platform.python_implementation()}-{platform.python_version()}"
    patterns = Patterns(folder() / f"patterns-{version}.sqlite")
    atexit.register(patterns.write)
    return patterns
