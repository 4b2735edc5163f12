"""The journal of a shard: how far it has come, in one small file that is always whole.

It is written anew at each checkpoint and renamed into place, after the outputs that it speaks of
have reached the disk. So whatever is in it is true, and what is not in it is done again.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

from cleaner.batch.jsontext import dumps
from cleaner.batch.problems import BatchError

VERSION = 1

State = Literal["running", "whole", "done"]


@dataclass
class Journal:
    """How far a shard has come."""

    shard: str
    input: str
    """Fingerprint of the input."""
    options: str
    """Digest of the options."""
    rules: str
    """Digest of the cleaner."""
    state: State = "running"
    """``whole``: all is written, the output is not yet in its place; ``done``: it is."""
    position: dict[str, Any] | None = None
    """Where reading goes on."""
    sizes: dict[str, int] = field(default_factory=dict)
    """Bytes of each output that belong to what has been read."""
    stats: dict[str, Any] = field(default_factory=dict)
    """Figures so far."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Measured times; no figures, for they differ from run to run."""
    version: int = VERSION

    def write(self, path: Path) -> None:
        """Put it on disk, whole or not at all."""
        write_whole(path, dumps(asdict(self)).encode() + b"\n")

    @classmethod
    def read(cls, path: Path) -> Journal | None:
        """The journal at ``path``, or None where there is none. Raises BatchError where it is damaged."""
        try:
            data = json.loads(path.read_bytes())
            if data.get("version") != VERSION:
                raise BatchError(f"{path} was written by another version of cleaner: start again with --overwrite")
            return cls(**data)
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, AttributeError):
            raise BatchError(f"{path} is damaged: start again with --overwrite") from None


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it appears only when whole, and survives a crash of the machine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with part.open("wb") as f:
        f.write(data)
        f.flush()
        os.fsync(f.fileno())
    part.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make sure that renames in ``folder`` survive a crash of the machine, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class PartFile:
    """An output on its way: grows at its end, can be cut back to where it was."""

    def __init__(self, final: Path, size: int = 0, *, placed: bool = False) -> None:
        """Open ``final`` + ``.part``, cut to ``size`` bytes. Raises BatchError where it has fewer.

        ``placed``: it is whole, and may have been put in its place already.
        """
        self.final = final
        self.path = final.with_name(final.name + ".part")
        self.size = size
        self._file: IO[bytes] | None = None
        if self.path.exists() or (size and not placed):
            self._open()

    def write(self, data: bytes) -> None:
        """Add ``data`` at the end."""
        if not data:
            return
        (self._file or self._open()).write(data)
        self.size += len(data)

    def make(self) -> None:
        """Make the file, where it is not yet there."""
        if self._file is None:
            self._open()

    def sync(self) -> None:
        """Bring all that was written to the disk."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file, where it is; what could not be written any more is left out."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None

    def finish(self, *, empty: bool) -> None:
        """Rename it into its place. ``empty``: make the file even where nothing was written."""
        if self._file is None and empty and not self.path.exists() and not self.final.exists():
            self._open()
        if self._file is not None:
            self.sync()
            self._file.close()
            self._file = None
        if self.path.exists():
            self.path.replace(self.final)
            sync_folder(self.final.parent)

    def _open(self) -> IO[bytes]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = self.path.open("r+b" if self.path.exists() else "w+b")
        there = file.seek(0, os.SEEK_END)
        if there < self.size:
            file.close()
            raise BatchError(f"{self.path} is shorter than the journal says; it was changed: start again with --overwrite")
        file.truncate(self.size)
        file.seek(self.size)
        self._file = file
        return file
