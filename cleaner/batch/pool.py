"""Workers: none (all is done in this process), or some processes that get chunks and give results."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import Any, Protocol

from cleaner.batch.assemble import Assembly, assemble
from cleaner.batch.options import Options
from cleaner.batch.work import Result, Task, Worker

__all__ = ["BrokenProcessPool", "Here", "Pool", "Processes"]


class Pool(Protocol):
    """Takes work and gives it back done."""

    most: int
    """Chunks that may be under way at a time."""

    def clean(self, task: Task) -> Future[Result]:
        """Have a chunk cleaned."""

    def assemble(self, job: Assembly) -> Future[None]:
        """Have an output made of its pieces."""

    def close(self, *, wait: bool) -> None:
        """End the workers; at once, or after what they are at."""


class Here:
    """Does everything itself, when asked."""

    most = 1

    def __init__(self, cleaner: bytes, options: Options) -> None:
        self.worker = Worker(cleaner, options)

    def clean(self, task: Task) -> Future[Result]:
        return _now(lambda: self.worker.process(task))

    def assemble(self, job: Assembly) -> Future[None]:
        return _now(lambda: assemble(job))

    def close(self, *, wait: bool) -> None:
        pass


def _now(do: Callable[[], Any]) -> Future[Any]:
    future: Future[Any] = Future()
    try:
        future.set_result(do())
    except Exception as error:
        future.set_exception(error)
    return future


class Processes:
    """``count`` processes.

    They are spawned, not forked: the parent has threads (the progress bar, Arrow), and a fork of
    those can stand still for ever.
    """

    def __init__(self, count: int, cleaner: bytes, options: Options) -> None:
        self.most = 2 * count + 1
        context = multiprocessing.get_context("spawn")
        self._executor = ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=(cleaner, options))

    def clean(self, task: Task) -> Future[Result]:
        return self._executor.submit(_clean, task)

    def assemble(self, job: Assembly) -> Future[None]:
        return self._executor.submit(assemble, job)

    def close(self, *, wait: bool) -> None:
        if not wait:
            # What they are at is done again after --resume; waiting for it would only delay the end.
            for process in list((getattr(self._executor, "_processes", None) or {}).values()):
                with contextlib.suppress(OSError, ValueError):
                    process.kill()
        self._executor.shutdown(wait=wait, cancel_futures=True)


_worker: Worker | None = None


def _begin(cleaner: bytes, options: Options) -> None:
    global _worker
    # Ctrl-C reaches the whole group; only the parent knows what to do about it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _worker = Worker(cleaner, options)


def _end_with_parent() -> None:
    """A killed parent can't end its workers, and they would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _clean(task: Task) -> Result:
    assert _worker is not None
    return _worker.process(task)
