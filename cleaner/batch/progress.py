"""How a run shows how far it is: a live bar on a terminal, a line now and then in a log. On stderr, never on stdout."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

    from cleaner.batch.runner import Tick

#: Seconds between two lines in a log.
LOG_EACH = 30.0

_MB = 1_000_000


class Show:
    """Shows the progress of a run while it is entered as a context."""

    def __init__(self, *, quiet: bool = False, verbose: bool = False, log_each: float = LOG_EACH) -> None:
        self.quiet, self.verbose, self.log_each = quiet, verbose, log_each
        self.begun = self.logged = time.monotonic()
        self.first: int | None = None
        self.shard = ""
        self.bar: Progress | None = None

    def __enter__(self) -> Callable[[Tick], None]:
        if not self.quiet and sys.stderr.isatty():
            self.bar = _bar()
            self.task = self.bar.add_task("", total=None, shard="", said="")
            self.bar.start()
        return self.tick

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()

    def tick(self, tick: Tick) -> None:
        """Take note of what has been done."""
        if self.quiet:
            return
        if self.first is None:
            self.first = tick.read
        if self.bar is not None:
            self.bar.update(self.task, completed=tick.read, total=tick.total or None, shard=tick.shard, said=self._said(tick))
            return
        if self.verbose and tick.shard != self.shard:
            self.shard = tick.shard
            print(f"cleaner: {tick.shard}", file=sys.stderr, flush=True)
        now = time.monotonic()
        if now - self.logged >= self.log_each:
            self.logged = now
            print(f"cleaner: {self._share(tick)}{self._said(tick)}{self._left(tick, now)}", file=sys.stderr, flush=True)

    def _said(self, tick: Tick) -> str:
        s = tick.stats
        seconds = max(1e-3, time.monotonic() - self.begun)
        removed = 100 * s.removed / s.chars if s.chars else 0.0
        said = f"{s.read:,} documents, {s.bytes / seconds / _MB:.1f} MB/s, {removed:.1f} % removed"
        return said + (f", {s.failed:,} errors" if s.failed else "")

    def _share(self, tick: Tick) -> str:
        return f"{100 * tick.read / tick.total:.0f} %, " if tick.total else ""

    def _left(self, tick: Tick, now: float) -> str:
        done = tick.read - (self.first or 0)
        if not tick.total or done <= 0:
            return ""
        seconds = (now - self.begun) * (tick.total - tick.read) / done
        return f", {duration(seconds)} left"


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.fields[shard]}", style="bold", table_column=None),
        BarColumn(bar_width=24),
        TaskProgressColumn(),
        TextColumn("{task.fields[said]}"),
        TimeRemainingColumn(compact=True),
        console=Console(stderr=True),
        transient=True,
    )


def duration(seconds: float) -> str:
    """Seconds as people say them.

    >>> duration(3725)
    '1 h 02 min'
    """
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s" if seconds >= 10 else f"{seconds:.1f} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"
