"""What the commands that read texts have in common: which inputs, how to read them, how to fail."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import click

from cleaner.files import Decoded, decode


@dataclass(frozen=True)
class Input:
    """A file to read, or stdin."""

    path: Path | None
    """None for stdin."""

    @property
    def name(self) -> str:
        return "<stdin>" if self.path is None else str(self.path)

    @property
    def is_html(self) -> bool:
        return self.path is not None and self.path.suffix.lower() in (".html", ".htm", ".xhtml")


def inputs(paths: Iterable[Path]) -> list[Input]:
    """The inputs that were named; stdin where none was."""
    chosen = [Input(None if str(p) == "-" else p) for p in paths] or [Input(None)]
    if any(i.path is None for i in chosen) and sys.stdin.isatty():
        click.echo("cleaner: reading from the terminal; end with Ctrl-D", err=True)
    return chosen


def read(given: Input, *, strict: bool = False) -> Decoded:
    """The text of one input. A guessed encoding and an empty file are mentioned on stderr.

    Raises OSError or NotText.
    """
    if given.path is not None and given.path.is_dir():
        raise IsADirectoryError(0, "is a folder; name its files, or use `cleaner batch` for a folder")
    data = sys.stdin.buffer.read() if given.path is None else given.path.read_bytes()
    decoded = decode(data, strict=strict)
    if decoded.note:
        click.echo(f"cleaner: {given.name}: {decoded.note}", err=True)
    if not data:
        click.echo(f"cleaner: {given.name}: is empty", err=True)
    return decoded


def fail(name: str, error: Exception) -> None:
    """Say on stderr what went wrong with one input."""
    if isinstance(error, FileNotFoundError) and error.errno:
        reason = "there is no such file" if str(error.filename) == name else f"there is no {error.filename}"
    elif isinstance(error, OSError) and error.strerror:
        reason = error.strerror
    else:
        reason = str(error)
    click.echo(f"cleaner: {name}: {reason}", err=True)
