"""What the commands that read a corpus share."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from cleaner.corpus import Doc

T = TypeVar("T")

#: The argument CORPUS of a command.
corpus_argument = click.argument(
    "corpus", nargs=-1, required=True, metavar="CORPUS...", type=click.Path(exists=True, path_type=Path)
)


def docs(corpus: tuple[Path, ...], *, limit: int = 0, clean: bool = False) -> Iterator[Doc]:
    """The texts of a corpus, with progress on a terminal; what is wrong with it ends the command, exit status 2."""
    from cleaner.corpus import CorpusError, read_corpus

    try:
        for n, doc in enumerate(_progress(read_corpus(corpus, clean=clean)), 1):
            yield doc
            if n == limit:
                return
    except CorpusError as error:
        raise click.UsageError(str(error)) from None


def _progress(items: Iterable[T]) -> Iterator[T]:
    shown = 0.0
    n = 0
    for n, item in enumerate(items, 1):
        yield item
        if sys.stderr.isatty() and time.monotonic() - shown > 0.2:
            shown = time.monotonic()
            click.echo(f"\r{n:,} texts", nl=False, err=True)
    if shown:
        click.echo(f"\r{n:,} texts", err=True)


def one_line(text: str, most: int = 110) -> str:
    """A text on one line of moderate length, for a report."""
    flat = " ⏎ ".join(part.strip() for part in text.strip().split("\n") if part.strip())
    return flat if len(flat) <= most else flat[: most - 1] + "…"
