"""Workers: none (all is done in this process), or some processes that get chunks and give results."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import Connection, wait
from queue import SimpleQueue
from typing import Any, NamedTuple, Protocol

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
    """``count`` processes, each with a pipe of its own and a thread here that hands it work.

    They are spawned, not forked: the parent has threads (the progress bar, Arrow), and a fork of
    those can stand still for ever. No pipe is shared (as in ``concurrent.futures``): a worker that is
    killed in the middle of an answer would leave half of it, and whoever waits for the rest waits for ever.
    """

    def __init__(self, count: int, cleaner: bytes, options: Options) -> None:
        self.most = 2 * count + 1
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._is_broken = False
        context = multiprocessing.get_context("spawn")
        self._processes = []
        self._threads = []
        for _ in range(count):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, cleaner, options), daemon=True)
            process.start()
            theirs.close()  # with ours alone left, the end of the process is the end of the pipe
            self._processes.append(process)
            self._threads.append(threading.Thread(target=self._hand_over, args=(ours,), daemon=True))
            self._threads[-1].start()

    def clean(self, task: Task) -> Future[Result]:
        return self._submit(_clean, task)

    def assemble(self, job: Assembly) -> Future[None]:
        return self._submit(assemble, job)

    def close(self, *, wait: bool) -> None:
        if not wait:
            # What they are at is done again after --resume; waiting for it would only delay the end.
            self._is_broken = True
            for process in self._processes:
                process.kill()
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()
        for process in self._processes:
            process.join()

    def _submit(self, do: Callable[[Any], Any], what: Any) -> Future[Any]:
        job = _Job(do, what, Future())
        self._jobs.put(job)
        return job.future

    def _hand_over(self, pipe: Connection) -> None:
        """Give one process one job after the other, and pass its answers on."""
        with pipe:
            while (job := self._jobs.get()) is not None:
                if self._is_broken:
                    job.future.set_exception(BrokenProcessPool())
                    continue
                try:
                    pipe.send((job.do, job.what))
                    result, error = pipe.recv()
                except (EOFError, OSError):
                    self._is_broken = True
                    result, error = None, BrokenProcessPool()
                except Exception as unreadable:  # an answer that can't be packed or unpacked
                    result, error = None, unreadable
                if error is None:
                    job.future.set_result(result)
                else:
                    job.future.set_exception(error)


class _Job(NamedTuple):
    do: Callable[[Any], Any]
    what: Any
    future: Future[Any]


_worker: Worker | None = None


def _serve(pipe: Connection, cleaner: bytes, options: Options) -> None:
    """A worker's life: it takes a job, answers with its result or its error, and takes the next."""
    global _worker
    # Ctrl-C reaches the whole group; only the parent knows what to do about it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _worker = Worker(cleaner, options)
    collect_seldom()
    while True:
        try:
            do, what = pipe.recv()
        except EOFError:
            return
        answer: tuple[Any, Exception | None]
        try:
            answer = do(what), None
        except Exception as error:
            answer = None, error
        try:
            pipe.send(answer)
        except Exception as error:  # what has no packed form has a text
            pipe.send((None, RuntimeError(f"{error!r}, over {answer[1]!r}")))


def collect_seldom() -> None:
    """Let the search for unreachable cycles run less often, in a process of our own: cleaning makes many small objects and hardly
    a cycle, and by default a tenth of its time goes there."""
    gc.collect()
    gc.freeze()  # the rules are here to stay
    gc.set_threshold(_OBJECTS, 10, 10)


#: So many more objects between two searches; 700 by default.
_OBJECTS = 20_000


def _end_with_parent() -> None:
    """A killed parent can't end its workers, and they would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _clean(task: Task) -> Result:
    assert _worker is not None
    return _worker.process(task)
