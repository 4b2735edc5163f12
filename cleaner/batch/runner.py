"""Runs a batch: shards in, shards out, in order, stopped and gone on with at any point.

Chunks are read here, cleaned by the workers, and written here in the order in which they were read.
Now and then what was written is brought to the disk, and the shard's journal says how far it is.
"""

from __future__ import annotations

import contextlib
import pickle
import shutil
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import IO, TYPE_CHECKING, Any, cast

from cleaner.batch import sources
from cleaner.batch.assemble import Assembly
from cleaner.batch.formats import Format, compress
from cleaner.batch.journal import Journal, PartFile
from cleaner.batch.jsontext import dumps
from cleaner.batch.options import Options, cleaner_digest
from cleaner.batch.plan import STDIN, Plan, Shard
from cleaner.batch.pool import BrokenProcessPool, Here, Pool, Processes
from cleaner.batch.problems import BatchError, ShardError, UsageError, explain_os_error
from cleaner.batch.sources import Chunk
from cleaner.batch.stats import Stats
from cleaner.batch.work import Result, Task, parquet_schema

if TYPE_CHECKING:
    from cleaner.pipeline import Cleaner

INTERRUPTED = 130


@dataclass(frozen=True)
class Manner:
    """How a run goes about its work; none of it changes what is written."""

    workers: int = 1
    resume: bool = False
    force: bool = False
    """Resume although rules, options or inputs have changed."""
    overwrite: bool = False
    """Start again where outputs or journals are there."""
    max_errors: int | None = None
    checkpoint: float = 5.0
    """Seconds between two checkpoints."""
    dry: bool = False
    """Write nothing."""


@dataclass
class Outcome:
    """How a run ended."""

    stats: Stats = field(default_factory=Stats)
    status: int = 0
    """Exit status."""
    problems: list[str] = field(default_factory=list)
    """Sentences for stderr."""
    seconds: float = 0.0
    rule_seconds: dict[str, float] = field(default_factory=dict)
    """Rule -> seconds, measured on a few documents."""
    finished: int = 0
    """Shards whose output is in its place."""
    skipped: int = 0
    """Shards that an earlier run had finished."""


@dataclass(frozen=True)
class Tick:
    """What a progress display is told after each chunk."""

    shard: str
    read: int
    """Bytes on disk that have been dealt with."""
    total: int
    """Bytes on disk of all shards; 0 where unknown."""
    stats: Stats
    """Figures of this session of the run."""


class ShardWriter:
    """The outputs of one shard, and its journal."""

    def __init__(self, plan: Plan, shard: Shard, journal: Journal, options: Options, stdout: IO[bytes] | None) -> None:
        self.plan, self.shard, self.journal, self.options, self.stdout = plan, shard, journal, options, stdout
        self.stats = Stats.from_json(journal.stats) if journal.stats else Stats()
        account = plan.account
        whole = journal.state == "whole"

        def part(name: str, final: Path) -> PartFile:
            file = self.parts[name] = PartFile(final, journal.sizes.get(name, 0), placed=whole)
            return file

        self.out: PartFile | None = None
        self.edits: PartFile | None = None
        self.attributes: PartFile | None = None
        self.errors: PartFile | None = None
        self.parts: dict[str, PartFile] = {}
        if stdout is None and shard.out_format.kind != "files":
            self.out = part("out", plan.path(shard))
        if account is not None:
            if options.edits == "sidecar":
                self.edits = part("edits", sidecar_path(account, shard.name))
            if options.attributes:
                self.attributes = part("attributes", account / "attributes" / f"{shard.name}.jsonl.gz")
            self.errors = part("errors", errors_path(account, shard.name))
        self.dirty = False

    def begin(self, header: dict[str, Any]) -> None:
        """Write what stands before the first record, and the first journal."""
        if self.edits:
            self.edits.write(compress(dumps(header).encode() + b"\n", "gz"))
        self.dirty = True
        self.checkpoint()

    def write(self, chunk: Chunk, result: Result) -> None:
        """Add what came of a chunk."""
        if self.stdout is not None:
            self.stdout.write(result.out)
            self.stdout.flush()
        elif self.out:
            self.out.write(result.out)
        if self.edits:
            self.edits.write(result.edits)
        if self.attributes:
            self.attributes.write(result.attributes)
        if self.errors:
            self.errors.write(result.errors)
        elif result.errors:
            reason = next(iter(result.stats.failures.values()))[0]
            raise BatchError(f"record {reason[1]}: {reason[2]}; name a folder where such records are put aside with --account")
        self.stats.add(result.stats)
        for rule, seconds in result.seconds.items():
            self.journal.seconds[rule] = self.journal.seconds.get(rule, 0.0) + seconds
        if chunk.whole:
            self.journal.position = chunk.position
            self._note()

    def _note(self) -> None:
        """Take what has been written into the journal."""
        self.journal.stats = self.stats.to_json()
        self.journal.sizes = {name: part.size for name, part in self.parts.items()}
        self.dirty = True

    def checkpoint(self) -> None:
        """Bring everything to the disk, then say so in the journal."""
        if not self.dirty or self.plan.account is None:
            return
        for part in self.parts.values():
            part.sync()
        self.journal.write(journal_path(self.plan.account, self.shard.name))
        self.dirty = False

    def complete(self, *, cut_short: bool) -> None:
        """All records are written. ``cut_short``: not all of the input was wanted."""
        if self.edits:
            position = self.journal.position or {}
            end: dict[str, Any] = {"end": True, "read": self.stats.read, "written": self.stats.written}
            if not cut_short and self.shard.format.kind in ("jsonl", "csv", "tsv", "warc") and not self.shard.replay:
                end |= {"bytes": position.get("offset", 0), "crc32": position.get("crc", 0)}
            self.edits.write(compress(dumps(end).encode() + b"\n", "gz"))
        self.journal.state = "whole"
        self._note()
        self.checkpoint()

    def place(self) -> None:
        """Put the outputs in their places; the documents last, so that they appear when all else is there."""
        for name in ("edits", "attributes"):
            if name in self.parts:
                self.parts[name].finish(empty=True)
        if self.errors:
            self.errors.finish(empty=False)
        if self.out and not self.shard.assembled:
            self.out.finish(empty=True)

    def done(self) -> None:
        """Say in the journal that the outputs are in their places."""
        self.journal.state = "done"
        self.dirty = True
        if self.plan.account is not None:
            self.journal.write(journal_path(self.plan.account, self.shard.name))

    def close(self) -> None:
        """Let go of the files; what is not in the journal is done again."""
        for part in self.parts.values():
            part.close()


def journal_path(account: Path, name: str) -> Path:
    """Where the journal of a shard is."""
    return account / "journal" / f"{name}.json"


def errors_path(account: Path, name: str) -> Path:
    """Where the records of a shard that were set aside are, until they are gathered in ``errors.jsonl``."""
    return account / "journal" / f"{name}.errors.jsonl"


def sidecar_path(account: Path, name: str) -> Path:
    """Where the edits of a shard are."""
    return account / "edits" / f"{name}.edits.jsonl.gz"


class Run:
    """One run over a plan."""

    def __init__(
        self,
        plan: Plan,
        cleaner: Cleaner,
        options: Options,
        manner: Manner | None = None,
        progress: Callable[[Tick], None] | None = None,
        stdin: IO[bytes] | None = None,
        stdout: IO[bytes] | None = None,
    ) -> None:
        self.plan = plan
        self.options = options
        self.manner = manner or Manner()
        self.progress = progress or (lambda tick: None)
        self.stdin = stdin or sys.stdin.buffer
        self.stdout = (stdout or sys.stdout.buffer) if plan.root is None else None
        # Before the matcher is made: that can't be pickled.
        self.packed = pickle.dumps(cleaner) if "matcher" not in vars(cleaner) else pickle.dumps(_bare(cleaner))
        self.rules = cleaner_digest(cleaner)
        self.header = {"rules": cleaner.ruleset.version, "profile": cleaner.profile}
        self.outcome = Outcome()
        self.interrupted = False
        self.pending: deque[tuple[ShardWriter, Chunk | str | bool, Future[Result] | None]] = deque()
        self.finishing: list[tuple[ShardWriter, Future[None]]] = []
        self.session = Stats()
        self.folded: dict[int, Stats] = {}
        self.next_fold = 0
        self.total = sum(s.size for s in plan.shards)
        self.before = 0
        self.saved = time.monotonic()
        self._lock: IO[bytes] | None = None

    def go(self) -> Outcome:
        """Do it. What goes wrong is in the outcome, as sentences and an exit status; nothing is raised."""
        begun = time.monotonic()
        try:
            with self._signals():
                self._go()
        except BatchError as error:
            self._end(str(error), error.status)
        except BrokenProcessPool:
            if not self.interrupted:
                self._end(
                    "a worker process was killed by the system, perhaps because memory ran "
                    f"out{self._resume_hint('; with fewer --workers')}",
                    1,
                )
        except BrokenPipeError as error:
            self._end(explain_os_error(error), 1)
        except OSError as error:
            self._end(explain_os_error(error) + self._resume_hint(), 1)
        except KeyboardInterrupt:
            self.interrupted = True
        if self.interrupted:
            self._end(f"interrupted{self._resume_hint()}", INTERRUPTED)
        self.outcome.seconds = time.monotonic() - begun
        if self._lock is not None:
            self._lock.close()
        return self.outcome

    # -- the way of a run

    def _go(self) -> None:
        journals = self._journals() if not self.manner.dry else {}
        if self.plan.root is not None and not self.manner.dry:
            self.plan.root.mkdir(parents=True, exist_ok=True)
        # The assembly of an output takes as long as its compression: worth a worker as well.
        pool: Pool = (
            Processes(self.manner.workers, self.packed, self.options)
            if self.manner.workers > 1
            else Here(self.packed, self.options)
        )
        whole = False
        try:
            left = self.options.limit
            for shard in self.plan.shards:
                if left is not None and left <= 0:
                    break
                left = self._shard(pool, shard, journals.get(shard.name), left)
            while self.pending:
                self._take(pool)
            self._finish(all_=True)
            whole = True
        finally:
            pool.close(wait=whole)
            self._save()
            self._gather_errors()

    def _shard(self, pool: Pool, shard: Shard, journal: Journal | None, left: int | None) -> int | None:
        """Read one shard and hand its chunks out; what of ``left`` is still wanted after it."""
        if journal is not None and journal.state == "done":
            before = Stats.from_json(journal.stats)
            self._fold(shard, before)
            self._add_seconds(journal)
            if before.failed:
                self.outcome.status = 1
            self.outcome.skipped += 1
            self.before += shard.size
            return None if left is None else left - before.read
        fresh = journal is None or journal.position is None
        kept = journal or Journal(shard.name, shard.fingerprint, self.options.digest(), self.rules)
        if journal is not None and journal.position is None:
            kept = replace(journal, sizes={}, stats={})
        try:
            columns = self._check(shard)
        except ShardError as error:
            self._fold(shard, Stats())
            self._fail_shard(shard, str(error))
            return left
        plan = self.plan if not self.manner.dry else replace(self.plan, account=None)
        stdout = self.stdout if not self.manner.dry else cast("IO[bytes]", _Nowhere())
        writer = ShardWriter(plan, shard, kept, self.options, stdout)
        if left is not None:
            left -= writer.stats.read
        if kept.state == "whole":
            self.pending.append((writer, True, None))
            return left
        if fresh:
            writer.begin(self._sidecar_header(shard))
        ending: str | bool = left is not None and left <= 0
        try:
            opening = fresh
            for chunk in self._chunks(shard, kept.position):
                if left is not None:
                    chunk.take = max(0, left)
                    left -= _documents_in(chunk)
                self._hand_out(pool, writer, Task(chunk, self.plan.root, columns, opening, not self.manner.dry))
                opening = False
                # A record that has begun is read to its end.
                if left is not None and left <= 0 and (chunk.whole or chunk.kind == "records"):
                    ending = True
                    break
        except ShardError as error:
            ending = str(error)
        self.pending.append((writer, ending, None))
        return left

    def _chunks(self, shard: Shard, position: dict[str, Any] | None) -> Iterator[Chunk]:
        any_ = False
        for chunk in sources.read(shard, self.options, position, self.stdin):
            any_ = True
            yield chunk
        if not any_ and position is None:
            # An empty input has an empty output, with a header where the format has one.
            empty: Any = b"" if shard.format.kind == "jsonl" else []
            if shard.format.kind != "parquet" or shard.converts:
                shard = replace(shard, format=Format("jsonl")) if shard.format.kind == "parquet" else shard
                yield Chunk(
                    shard,
                    "records",
                    b"" if shard.format.kind == "jsonl" else empty,
                    0,
                    0,
                    0,
                    {"offset": 0, "crc": 0, "records": 0},
                )

    def _hand_out(self, pool: Pool, writer: ShardWriter, task: Task) -> None:
        while len(self.pending) >= pool.most:
            self._take(pool)
        self._stop_if_asked()
        self.pending.append((writer, task.chunk, pool.clean(task)))

    def _take(self, pool: Pool) -> None:
        """Write the oldest chunk that was handed out; wait for it where it is not done."""
        writer, what, future = self.pending[0]
        if isinstance(what, Chunk):
            assert future is not None
            result = self._wait(future)
            writer.write(what, result)
            self.session.add(
                Stats(
                    read=result.stats.read,
                    bytes=result.stats.bytes,
                    chars=result.stats.chars,
                    removed=result.stats.removed,
                    failed=result.stats.failed,
                )
            )
            self.pending.popleft()
            self.progress(Tick(writer.shard.name, self.before + min(what.read, writer.shard.size), self.total, self.session))
            failed = self.outcome.stats.failed + sum(f.failed for f in self.folded.values()) + writer.stats.failed
            if self.manner.max_errors is not None and failed > self.manner.max_errors:
                raise BatchError(f"{failed} records failed, more than --max-errors {self.manner.max_errors}{self._errors_hint()}")
            if time.monotonic() - self.saved >= self.manner.checkpoint and what.whole:
                writer.checkpoint()
                self.saved = time.monotonic()
                self._finish()
            return
        self.before += writer.shard.size
        if isinstance(what, str):
            writer.checkpoint()
            writer.close()
            self.pending.popleft()
            self._fold(writer.shard, writer.stats)
            self._fail_shard(writer.shard, what)
            return
        self._complete(pool, writer, cut_short=what)
        self.pending.popleft()

    def _complete(self, pool: Pool, writer: ShardWriter, *, cut_short: bool) -> None:
        if self.manner.dry:
            self._count(writer)
            return
        if writer.journal.state != "whole":
            writer.complete(cut_short=cut_short or self.options.sample is not None)
        writer.place()
        if writer.out and writer.shard.assembled:
            if not writer.out.final.exists():
                writer.out.make()
            writer.close()
            if writer.out.path.exists():
                job = Assembly(writer.shard, writer.out.path, writer.out.final, self.options)
                self.finishing.append((writer, pool.assemble(job)))
                self._finish()
                return
        writer.done()
        self._count(writer)

    def _finish(self, *, all_: bool = False) -> None:
        """Deal with outputs that have been assembled; ``all_``: wait for those that are not."""
        for entry in list(self.finishing):
            writer, future = entry
            if all_ or future.done():
                self._wait(future)
                writer.done()
                self._count(writer)
                self.finishing.remove(entry)

    def _fold(self, shard: Shard, stats: Stats) -> None:
        """Add a shard's figures, in the order of the shards: outputs that are assembled may overtake each other."""
        self.folded[shard.number] = stats
        while self.next_fold in self.folded:
            self.outcome.stats.add(self.folded.pop(self.next_fold))
            self.next_fold += 1

    def _count(self, writer: ShardWriter) -> None:
        self._fold(writer.shard, writer.stats)
        self._add_seconds(writer.journal)
        self.outcome.finished += 1
        if writer.stats.failed:
            self.outcome.status = 1

    def _add_seconds(self, journal: Journal) -> None:
        for rule, seconds in journal.seconds.items():
            self.outcome.rule_seconds[rule] = self.outcome.rule_seconds.get(rule, 0.0) + seconds

    def _wait(self, future: Future[Any]) -> Any:
        """The outcome of a future, unless somebody stops the run meanwhile."""
        while True:
            self._stop_if_asked()
            try:
                return future.result(timeout=0.2)
            except NotYet:
                if future.done():
                    return future.result()

    def _stop_if_asked(self) -> None:
        if self.interrupted:
            raise KeyboardInterrupt

    # -- beginning and end

    def _journals(self) -> dict[str, Journal]:
        """Journals of an earlier run, where this one is to go on with it. Raises UsageError where it can't."""
        plan = self.plan
        if plan.account is None:
            return {}
        try:
            plan.account.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(plan.account / "lock")
        except OSError as error:
            raise BatchError(
                f"can't write to {plan.account}: {explain_os_error(error)}; name another folder with --account"
            ) from None
        found: dict[str, Journal] = {}
        for shard in plan.shards:
            journal = Journal.read(journal_path(plan.account, shard.name)) if not self.manner.overwrite else None
            if journal is not None:
                found[shard.name] = journal
            elif (
                plan.root is not None
                and not self.manner.overwrite
                and shard.out_format.kind != "files"
                and plan.path(shard).exists()
            ):
                raise UsageError(
                    f"{plan.path(shard)} is already there; write over it with --overwrite, or choose another place with -o"
                )
        if self.manner.overwrite:
            self._forget()
        elif found and not self.manner.resume:
            unfinished = sum(j.state != "done" for j in found.values()) + len(plan.shards) - len(found)
            state = f"{unfinished} of {len(plan.shards)} shards are unfinished" if unfinished else "it is finished"
            raise UsageError(
                f"{plan.account} is the account of an earlier run: {state}; go on with --resume, or start again with --overwrite"
            )
        for shard in plan.shards:
            if shard.name in found:
                self._check_journal(shard, found)
        return found

    def _check_journal(self, shard: Shard, found: dict[str, Journal]) -> None:
        journal = found[shard.name]
        changed = []
        if journal.rules != self.rules:
            changed.append("the rules, or how they are used, have changed")
        if journal.options != self.options.digest():
            changed.append("the options have changed")
        if shard.source == STDIN:
            raise UsageError("stdin can't be read again from where it was; start again with --overwrite")
        if journal.input != shard.fingerprint:
            changed.append(f"{shard.source} has changed")
            if self.manner.force:
                del found[shard.name]
        if changed and not self.manner.force:
            raise UsageError(
                f"this run can't be resumed, since {' and '.join(changed)} since it began. Start again with --overwrite; "
                "or go on all the same with "
                "--force, which gives an output made in two ways (an input that has changed is read from its start)"
            )
        if self.manner.force and shard.name in found:
            journal.rules, journal.options = self.rules, self.options.digest()

    def _forget(self) -> None:
        """Take away what an earlier run left, so that nothing of it is taken for this one's."""
        plan = self.plan
        assert plan.account is not None
        shutil.rmtree(plan.account / "journal", ignore_errors=True)
        for shard in plan.shards:
            finals = [sidecar_path(plan.account, shard.name), plan.account / "attributes" / f"{shard.name}.jsonl.gz"]
            if plan.root is not None and shard.out_format.kind != "files":
                finals.append(plan.path(shard))
            for final in finals:
                for suffix in (".part", ".whole.part"):
                    final.with_name(final.name + suffix).unlink(missing_ok=True)
        (plan.account / "errors.jsonl").unlink(missing_ok=True)

    def _check(self, shard: Shard) -> tuple[str, ...]:
        """Look whether a shard has the fields that were named; the columns, where it is to become CSV.

        Raises UsageError where the fields are not there: they are never guessed.
        """
        o = self.options
        wanted = o.html_key or o.text_key
        option = "--html-key" if o.html_key else "--text-key"
        if shard.source == STDIN:
            return ()
        kind = shard.format.kind
        if kind == "parquet" and not shard.replay:
            schema = _parquet_schema_of(shard)
            at = schema.get_field_index(wanted)
            if at < 0:
                raise UsageError(
                    f"{shard.source} has no column {wanted!r}; it has {', '.join(schema.names)}. Name the right one with {option}"
                )
            from cleaner.batch.formats import arrow

            types = arrow().types
            held = schema.field(at).type
            held = held.value_type if types.is_dictionary(held) else held
            if not (
                types.is_string(held)
                or types.is_large_string(held)
                or types.is_string_view(held)
                or (o.html_key and (types.is_binary(held) or types.is_large_binary(held)))
            ):
                raise UsageError(f"{shard.source}: column {wanted!r} holds {held}, not texts; name the right one with {option}")
            if not shard.converts:
                parquet_schema(schema, o)
        first = None
        if kind in ("jsonl", "csv", "tsv"):
            first = next(sources.read(shard, o), None)
            if first is not None and first.kind == "records":
                _check_fields(shard, first, wanted, option)
        if shard.converts and shard.out_format.kind in ("csv", "tsv"):
            return self._columns(shard)
        return ()

    def _columns(self, shard: Shard) -> tuple[str, ...]:
        """Columns for CSV: the fields of the first documents, and the added ones."""
        from cleaner.batch.documents import Document, documents
        from cleaner.batch.problems import BadRecord

        names: dict[str, None] = {}
        for i, chunk in enumerate(sources.read(shard, self.options)):
            for document in documents(chunk, self.options) if chunk.kind == "records" else ():
                assert isinstance(document, Document)
                with contextlib.suppress(BadRecord):
                    document.parse(self.options)
                    names.update(dict.fromkeys(document.fields("")))
            if i >= 1:
                break
        if shard.format.kind == "parquet":
            names = dict.fromkeys(_parquet_schema_of(shard).names) | names
        return (*(names or {self.options.text_key: None}), *self.options.added)

    def _sidecar_header(self, shard: Shard) -> dict[str, Any]:
        from cleaner import __version__

        o = self.options
        header: dict[str, Any] = {
            "cleaner": __version__,
            "edits_format": 1,
            "shard": shard.name,
            "from": ".".join(filter(None, shard.format)),
            "to": ".".join(filter(None, shard.out_format)),
            "text_key": o.text_key,
            "html_key": o.html_key,
            "added": list(o.added),
            "sample": o.sample,
            "place": shard.place,
            "only": shard.only,
            "members": list(shard.members),
            **self.header,
        }
        if shard.format.kind == "parquet" and not shard.replay:
            header["parquet"] = _parquet_layout(shard)
        return header

    def _save(self) -> None:
        """Bring what has been written to the disk, so that as little as possible is done again."""
        writers = {id(w): w for w, *_ in self.pending} | {id(w): w for w, _ in self.finishing}
        for writer in writers.values():
            with contextlib.suppress(OSError):
                if not self.manner.dry:
                    writer.checkpoint()
            writer.close()
        for writer in {id(w): w for w, *_ in self.pending}.values():
            self.folded.setdefault(writer.shard.number, writer.stats)
        for number in sorted(self.folded):
            self.outcome.stats.add(self.folded.pop(number))

    def _gather_errors(self) -> None:
        """All records that were set aside, in the order of the shards, as ``errors.jsonl``."""
        account = self.plan.account
        if account is None or self.manner.dry:
            return
        final = account / "errors.jsonl"
        part = final.with_name("errors.jsonl.part")
        with contextlib.suppress(OSError):
            with part.open("wb") as out:
                for shard in self.plan.shards:
                    path = errors_path(account, shard.name)
                    for source in (path, path.with_name(path.name + ".part")):
                        if source.exists():
                            with source.open("rb") as f:
                                shutil.copyfileobj(f, out, 1 << 20)
                size = out.tell()
            if size:
                part.replace(final)
            else:
                part.unlink()
                final.unlink(missing_ok=True)

    def _fail_shard(self, shard: Shard, reason: str) -> None:
        self.outcome.problems.append(
            f"{shard.source}: {reason}; what could be read of it is kept, its output is not put in its place"
        )
        self.outcome.status = 1

    def _end(self, message: str, status: int) -> None:
        self.outcome.problems.append(message)
        self.outcome.status = status

    def _resume_hint(self, more: str = "") -> str:
        if self.plan.account is None or any(s.source == STDIN for s in self.plan.shards):
            return ""
        return f". Nothing is lost: go on with --resume{more}"

    def _errors_hint(self) -> str:
        return f"; see {self.plan.account / 'errors.jsonl'}" if self.plan.account else ""

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """Stop at the next good place when asked to; at once when asked twice, or while stdin keeps us waiting."""

        def stop(number: int, frame: FrameType | None) -> None:
            if self.interrupted or any(s.source == STDIN for s in self.plan.shards):
                self.interrupted = True
                raise KeyboardInterrupt
            self.interrupted = True

        before = {}
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(ValueError):  # not in the main thread: the caller deals with signals
                before[number] = signal.signal(number, stop)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _documents_in(chunk: Chunk) -> int:
    """How many documents a chunk has; empty lines are none."""
    if chunk.kind == "long":
        return int(chunk.begins)
    if chunk.shard.format.kind == "jsonl":
        return sum(1 for line in chunk.payload.split(b"\n") if line.strip())
    if chunk.shard.format.kind in ("csv", "tsv"):
        return sum(1 for record in chunk.payload if record.strip())
    return chunk.count


class _Nowhere:
    """Takes what a dry run would write."""

    def write(self, data: bytes) -> int:
        return len(data)

    def flush(self) -> None:
        pass


def _bare(cleaner: Cleaner) -> Cleaner:
    import copy

    bare = copy.copy(cleaner)
    vars(bare).pop("matcher", None)
    return bare


def _locked(path: Path) -> IO[bytes] | None:
    """A lock that the system gives back whatever happens to us."""
    try:
        import fcntl
    except ImportError:  # not on Windows
        return None
    handle = path.open("wb")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        raise BatchError(f"another run is writing to {path.parent}; wait for it, or choose another place with -o") from None
    return handle


def _check_fields(shard: Shard, chunk: Chunk, wanted: str, option: str) -> None:
    from cleaner.batch import jsontext
    from cleaner.batch.documents import header_of
    from cleaner.batch.problems import BadRecord

    if shard.format.kind != "jsonl":
        if not chunk.header.strip():
            return
        try:
            names = header_of(chunk.header, "\t" if shard.format.kind == "tsv" else ",")
        except BadRecord as error:
            raise UsageError(f"{shard.source}: its header {error}") from None
        if wanted not in names:
            raise UsageError(
                f"{shard.source} has no column {wanted!r}; it has {', '.join(names)}. Name the right one with {option}"
            )
        return
    seen: dict[str, None] = {}
    looked = 0
    for raw in chunk.payload.split(b"\n")[:100]:
        with contextlib.suppress(BadRecord):
            if raw.strip():
                line = jsontext.Line(raw)
                looked += 1
                if line.find(wanted) is not None:
                    return
                seen.update(dict.fromkeys(m.key for m in line.members))
    if looked:
        raise UsageError(
            f"{shard.source}: none of the first {looked} documents has a field {wanted!r}; they have "
            f"{', '.join(list(seen)[:30])}. Name the right one with {option}"
        )


def _parquet_schema_of(shard: Shard) -> Any:
    from cleaner.batch.formats import arrow

    pa = arrow()
    try:
        return pa.parquet.read_schema(shard.source)
    except FileNotFoundError:
        raise ShardError("has vanished") from None
    except (pa.ArrowException, OSError) as error:
        raise ShardError(f"is no Parquet file that can be read: {str(error).splitlines()[0]}") from None


def _parquet_layout(shard: Shard) -> dict[str, Any]:
    """How a Parquet file is laid out, so that it can be written in the same way again."""
    import hashlib

    from cleaner.batch.assemble import codecs
    from cleaner.batch.formats import arrow

    meta = arrow().parquet.read_metadata(shard.source)
    with Path(shard.source).open("rb") as f:
        digest = hashlib.file_digest(f, "sha256").hexdigest()
    # What Arrow noted of its own types; the names of lists' elements are only there.
    noted = (meta.metadata or {}).get(b"ARROW:schema", b"").decode("ascii", "ignore")
    return {
        "schema": noted,
        "rows": [meta.row_group(i).num_rows for i in range(meta.num_row_groups)],
        "compression": codecs(meta),
        "version": meta.format_version,
        "created_by": meta.created_by,
        "sha256": digest,
    }
