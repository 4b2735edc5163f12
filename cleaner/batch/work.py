"""What a worker does: clean the records of a chunk and put them together again, as bytes ready to be written."""

from __future__ import annotations

import base64
import hashlib
import pickle
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cleaner.batch import csvtext, jsontext
from cleaner.batch.clock import RuleClock
from cleaner.batch.documents import Document, Fields, LongFile, flat, header_of
from cleaner.batch.documents import documents as documents_of
from cleaner.batch.formats import arrow, compress
from cleaner.batch.journal import PartFile
from cleaner.batch.options import Options
from cleaner.batch.problems import BadRecord, BatchError
from cleaner.batch.replay import error_line
from cleaner.batch.sources import Chunk
from cleaner.batch.stats import Stats
from cleaner.batch.warctext import conversion
from cleaner.model import Cleaned

TOO_LONG = "batch/too-long"
#: The language of so many first documents of a shard is looked at for the report, and of one in so many after that.
LANGUAGE_FIRST, LANGUAGE_EACH = 8, 256


@dataclass
class Result:
    """What came of a chunk."""

    out: bytes = b""
    edits: bytes = b""
    """Lines of the sidecar, compressed."""
    attributes: bytes = b""
    """Lines of dolma attributes, compressed."""
    errors: bytes = b""
    """Lines of errors.jsonl."""
    stats: Stats = field(default_factory=Stats)
    seconds: dict[str, float] = field(default_factory=dict)
    """Rule -> seconds, measured on a few documents."""


@dataclass(frozen=True)
class Task:
    """A chunk with what the run knows about its shard."""

    chunk: Chunk
    root: Path | None
    """The output folder; for ``files`` the worker writes there itself."""
    columns: tuple[str, ...] = ()
    """Converting to CSV: the columns."""
    opening: bool = False
    """Whether it is the first of its shard."""
    write: bool = True
    """False: only count."""


class Worker:
    """Cleans chunks. One a process; made from bytes, so that it can be sent to one."""

    def __init__(self, cleaner: bytes, options: Options) -> None:
        self.cleaner = pickle.loads(cleaner)
        self.options = options
        self.clock = RuleClock(self.cleaner)

    def process(self, task: Task) -> Result:
        """Clean a chunk. Only errors of the file system and of the set-up leave it; bad records are part of the result."""
        if task.chunk.kind == "long":
            return self._long(task)
        return _Chunk(self, task).result()

    def clean(self, document: Document) -> Cleaned | None:
        """Clean one document; None where there is nothing to clean. Raises BadRecord for whatever goes wrong."""
        try:
            if document.page is not None:
                return self.cleaner.clean_html(document.page, document.url)  # type: ignore[no-any-return]
            if document.text is None:
                return None
            return self.clock.clean(document.text, document.number)
        except (Exception, RecursionError, MemoryError) as error:
            raise BadRecord("failed", f"cleaning failed: {type(error).__name__}: {error}") from error

    def _long(self, task: Task) -> Result:
        chunk = task.chunk
        shard = chunk.shard
        result = Result()
        result.stats.read = int(chunk.begins)
        if not chosen(shard.name, chunk.first, self.options.sample):
            return result
        if shard.format.kind == "jsonl" and not shard.converts:
            result.out = compress(chunk.payload, shard.out_format.compression)
            if chunk.begins:
                count_too_long(result.stats, shard.name, chunk.first)
                if self.options.edits == "sidecar":
                    line = {"record": chunk.first, "id": None, "flags": [TOO_LONG], "edits": []}
                    result.edits = compress(jsontext.dumps(line).encode() + b"\n", "gz")
        else:
            reason = f"is longer than {self.options.max_record} bytes (--max-record)"
            frame = error_line(shard, chunk.first, chunk.offset, "too-long", reason, b"\xff", chunk.header)
            head, tail = frame.split(base64.b64encode(b"\xff"))
            piece = base64.b64encode(chunk.payload)
            result.errors = (head if chunk.begins else b"") + piece + (tail if chunk.whole else b"")
            if self.options.edits == "sidecar":
                head = jsontext.dumps({"record": chunk.first, "error": "too-long", "original_base64": ""}).encode()[:-2]
                result.edits = compress((head if chunk.begins else b"") + piece + (b'"}\n' if chunk.whole else b""), "gz")
            if chunk.begins:
                result.stats.fail(shard.name, chunk.first, "too-long", reason, 0)
        result.stats.bytes += len(chunk.payload)
        return result


def count_too_long(stats: Stats, shard: str, record: int) -> None:
    """Count a record, read before, that is passed on without being cleaned."""
    more = Stats(written=1, flags={TOO_LONG: 1}, flagged={TOO_LONG: [["", shard, record, None]]})
    stats.add(more)


class _Chunk:
    """One chunk on its way through a worker."""

    def __init__(self, worker: Worker, task: Task) -> None:
        self.worker = worker
        self.options = worker.options
        self.task = task
        self.chunk = task.chunk
        self.shard = task.chunk.shard
        self.stats = Stats()
        self.out: list[bytes] = []
        self.rows: list[Any] = []
        self.edits: list[str] = []
        self.attributes: list[str] = []
        self.errors: list[bytes] = []

    def result(self) -> Result:
        """Clean all records."""
        if self.task.opening:
            self._open()
        left = self.task.chunk.take
        for document in documents_of(self.chunk, self.options):
            assert isinstance(document, Document)
            if self.shard.format.kind in ("jsonl", "csv", "tsv") and not document.raw.strip():
                self._blank(document)
                continue
            if left is not None:
                if left <= 0:
                    break
                left -= 1
            self.stats.read += 1
            if not chosen(self.shard.name, document.number, self.options.sample):
                continue
            try:
                self._one(document)
            except BadRecord as bad:
                self._fail(document, bad)
        return Result(
            out=self._bytes() if self.task.write else b"",
            edits=_lines(self.edits),
            attributes=_lines(self.attributes),
            errors=b"".join(self.errors),
            stats=self.stats,
            seconds=self.worker.clock.take(),
        )

    # -- one record

    def _one(self, document: Document) -> None:
        if document.size > self.options.max_record:
            self._too_long(document)
            return
        document.parse(self.options)
        cleaned = self.worker.clean(document)
        if self.options.attributes and document.id is None:
            raise BadRecord("field", f"has no {self.options.id_key!r}, which attributes need (--id-key)")
        memo: Fields = {}
        clean = cleaned.text if cleaned else None
        try:
            self._put(document, clean, self._added(cleaned), memo)
        except (ValueError, TypeError, RecursionError) as error:
            raise BadRecord("failed", f"can't be written: {error}") from error
        if cleaned is None:
            self.stats.empty += 1
            self.stats.written += self.shard.format.kind != "warc" or not self.shard.converts
            self.stats.bytes += document.size
        else:
            in_sample = "language" in self.options.add or document.number < LANGUAGE_FIRST or document.number % LANGUAGE_EACH == 0
            self.stats.observe(self.shard.name, document.number, document.id, document.url, cleaned, document.size, in_sample)
        self._account(document, cleaned, memo)

    def _added(self, cleaned: Cleaned | None) -> Fields:
        o = self.options
        added: Fields = {}
        if "language" in o.add:
            added[o.prefix + "language"] = cleaned.language if cleaned else None
        if "flags" in o.add:
            added[o.prefix + "flags"] = list(cleaned.flags) if cleaned else []
        if "counts" in o.add:
            added[o.prefix + "chars_removed"] = sum(r.end - r.start for r in cleaned.removals) if cleaned else 0
        if o.edits == "field":
            added[o.prefix + "edits"] = cleaned.to_json()["edits"] if cleaned else []
        return added

    def _put(self, document: Document, clean: str | None, added: Fields, memo: Fields) -> None:
        """Add the record to the output."""
        if self.shard.converts:
            self._convert(document, clean, added)
            return
        new = document.rewritten(clean, added, memo)
        kind = self.shard.format.kind
        if kind == "parquet":
            self.rows.append((document.number - self.chunk.first, *new[1:]))
        elif kind == "files":
            self._write_file(memo["file"], new)
        elif kind == "warc":
            self.out.append(compress(new, self.shard.out_format.compression))
        elif kind == "jsonl":
            self.out.append(new + self._line_end(document))
        else:
            self.out.append(new)

    def _convert(self, document: Document, clean: str | None, added: Fields) -> None:
        if self.shard.format.kind == "warc" and document.text is None and document.page is None:
            return  # requests, warcinfo and the like are no documents
        fields = document.fields(clean)
        clash = [name for name in added if name in fields]
        if clash:
            raise BadRecord("field", f"already has a field {clash[0]!r}; choose other names for added fields with --prefix")
        fields |= added
        kind = self.shard.out_format.kind
        if kind == "jsonl":
            self.out.append(jsontext.dumps(_plain(fields)).encode() + b"\n")
        elif kind in ("csv", "tsv"):
            unknown = [name for name in fields if name not in self.task.columns]
            if unknown:
                raise BadRecord(
                    "field",
                    f"has a field {unknown[0]!r}, for which there is no column: columns are taken from the first documents",
                )
            delimiter = "\t" if kind == "tsv" else ","
            values = [csvtext.encode(flat(_plain(fields.get(name))), delimiter) for name in self.task.columns]
            self.out.append((delimiter.join(values) + "\n").encode("utf-8"))
        elif kind == "parquet":
            self.rows.append(fields)
        else:
            named = {"id": document.id, "url": document.url, "date": fields.get("date"), "text": clean}
            self.out.append(compress(conversion(named), self.shard.out_format.compression))

    def _too_long(self, document: Document) -> None:
        kind = self.shard.format.kind
        if self.shard.converts or kind not in ("jsonl", "parquet", "files"):
            raise BadRecord("too-long", f"has {document.size} bytes, more than {self.options.max_record} (--max-record)")
        if kind == "jsonl":
            self.out.append(document.raw + self._line_end(document))
        elif kind == "parquet":
            self.rows.append((document.number - self.chunk.first, document.cell, self._added(None)))  # type: ignore[attr-defined]
        elif isinstance(document, LongFile):
            self._copy_file(document)
        else:
            self._write_file(document.file, document.raw)
        count_too_long(self.stats, self.shard.name, document.number)
        self.stats.bytes += document.size
        if self.options.edits == "sidecar":
            self.edits.append(jsontext.dumps({"record": document.number, "id": None, "flags": [TOO_LONG], "edits": []}))

    def _blank(self, document: Document) -> None:
        """An empty line between records stays where it is."""
        if not self.shard.converts and self.options.sample is None:
            self.out.append(document.raw + (self._line_end(document) if self.shard.format.kind == "jsonl" else b""))

    def _line_end(self, document: Document) -> bytes:
        last = document.number == self.chunk.first + self.chunk.count - 1
        return b"" if last and not self.chunk.payload.endswith(b"\n") else b"\n"

    # -- the account

    def _account(self, document: Document, cleaned: Cleaned | None, memo: Fields) -> None:
        if self.options.edits == "sidecar" and cleaned is not None and (cleaned.edits or cleaned.flags):
            data = cleaned.to_json()
            line = {
                "record": document.number,
                "id": document.id,
                "length": data["length"],
                "flags": data["flags"],
                "edits": data["edits"],
                **memo,
            }
            self.edits.append(jsontext.dumps(line))
        if self.options.attributes:
            spans: dict[str, list[list[float]]] = {}
            for r in cleaned.removals if cleaned else ():
                spans.setdefault("cleaner__" + r.cause.split("/")[0], []).append([r.start, r.end, 1.0])
            self.attributes.append(jsontext.dumps({"id": document.id, "attributes": spans}))

    def _fail(self, document: Document, bad: BadRecord) -> None:
        original = document.raw
        if self.shard.format.kind == "parquet":
            pa = arrow()
            sink = pa.BufferOutputStream()
            row = document.row  # type: ignore[attr-defined]
            with pa.ipc.new_stream(sink, row.schema) as writer:
                writer.write_batch(row)
            original = sink.getvalue().to_pybytes()
        elif self.shard.format.kind == "jsonl":
            original += self._line_end(document)
        self.errors.append(
            error_line(
                self.shard, document.number, document.offset, bad.kind, str(bad), original, self.chunk.header, document.file
            )
        )
        self.stats.fail(self.shard.name, document.number, bad.kind, str(bad), document.size)
        if self.options.edits == "sidecar":
            line: Fields = {"record": document.number, "error": bad.kind}
            if document.file:
                line["file"] = document.file
            try:
                line["original"] = original.decode("utf-8")
            except UnicodeDecodeError:
                line["original_base64"] = base64.b64encode(original).decode()
            self.edits.append(jsontext.dumps(line))

    # -- the output

    def _open(self) -> None:
        """What stands before the first record: the header of CSV."""
        out = self.shard.out_format.kind
        if out not in ("csv", "tsv"):
            return
        delimiter = "\t" if out == "tsv" else ","
        if self.shard.converts:
            names = list(self.task.columns)
            self.out.append((delimiter.join(csvtext.encode(n, delimiter) for n in names) + "\n").encode())
            return
        raw = self.chunk.header
        body = raw.rstrip(b"\r\n")
        if not body:
            self.out.append(raw)
            return
        columns = header_of(raw, delimiter)
        added = ([self.options.text_key] if self.options.html_key else []) + list(self.options.added)
        for name in added:
            if name in columns:
                raise BatchError(
                    f"{self.shard.source} already has a column {name!r}; choose other names for added fields with --prefix", 2
                )
        more = "".join(delimiter + csvtext.encode(n, delimiter) for n in added).encode()
        self.out.append(body + more + raw[len(body) :])

    def _bytes(self) -> bytes:
        out = self.shard.out_format
        if out.kind == "parquet":
            table = self._table()
            return b"" if table is None else _framed(table)
        data = b"".join(self.out)
        return data if out.kind == "warc" else compress(data, out.compression)

    def _table(self) -> Any:
        pa = arrow()
        if self.shard.converts:
            if not self.rows:
                return None
            try:
                return pa.Table.from_pylist(_all_keys(self.rows))
            except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
                raise BatchError(
                    f"{self.shard.source}: a field's values are of several kinds and don't fit one Parquet column ({error}); "
                    "use --to jsonl"
                ) from None
        source = pa.ipc.open_stream(self.chunk.payload).read_all()
        kept = source.take(pa.array([i for i, *_ in self.rows], pa.int64())) if len(self.rows) < source.num_rows else source
        texts = [text for _, text, _ in self.rows]
        schema = parquet_schema(source.schema, self.options)
        columns = list(kept.columns)
        at = schema.get_field_index(self.options.text_key)
        fresh = text_column(texts, schema.field(at).type)
        if at < len(columns):
            columns[at] = fresh
        else:
            columns.append(fresh)
        for name in self.options.added:
            columns.append(pa.array([added[name] for *_, added in self.rows], schema.field(name).type))
        return pa.Table.from_arrays(columns, schema=schema)

    def _write_file(self, relative: str, data: bytes) -> None:
        if not self.task.write or self.task.root is None:
            return
        part = PartFile(self._place(relative))
        try:
            part.write(data)
            part.finish(empty=True)
        finally:
            part.close()

    def _copy_file(self, document: LongFile) -> None:
        if not self.task.write or self.task.root is None:
            return
        # A page that is too long stays a page: it has not become a text.
        part = PartFile(self._place(document.file))
        try:
            with (document.folder / document.file).open("rb") as f:
                while piece := f.read(1 << 20):
                    part.write(piece)
            part.finish(empty=True)
        finally:
            part.close()

    def _place(self, relative: str) -> Path:
        assert self.task.root is not None
        return self.task.root / self.shard.place / (self.shard.only or relative)


def chosen(shard: str, number: int, sample: float | None) -> bool:
    """Whether a record belongs to the sample: a draw that is always the same."""
    if sample is None:
        return True
    digest = hashlib.blake2b(f"{shard}\0{number}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") < sample * 2**64


def parquet_schema(schema: Any, options: Options) -> Any:
    """The schema of what is made of a Parquet file: its own, with the added columns."""
    pa = arrow()
    if options.html_key is not None:
        if schema.get_field_index(options.text_key) >= 0:
            raise BatchError(
                f"there already is a column {options.text_key!r}; say with --text-key where the text of the pages should go", 2
            )
        schema = schema.append(pa.field(options.text_key, pa.string()))
    from cleaner.adapters.arrow import TYPES

    types: dict[str, Any] = {options.prefix + name: kind for name, kind in TYPES.items()}
    types[options.prefix + "chars_removed"] = pa.int64()
    for name in options.added:
        if schema.get_field_index(name) >= 0:
            raise BatchError(f"there already is a column {name!r}; choose other names for added fields with --prefix", 2)
        schema = schema.append(pa.field(name, types[name]))
    return schema


def text_column(texts: list[str | None], wanted: Any) -> Any:
    """``texts`` as a column of the type ``wanted``, also where that is a dictionary."""
    pa = arrow()
    if pa.types.is_dictionary(wanted):
        return pa.array(texts, wanted.value_type).dictionary_encode().cast(wanted)
    return pa.array(texts, wanted)


def _all_keys(rows: list[Fields]) -> list[Fields]:
    """``from_pylist`` takes the columns from the first row: give it all of them."""
    keys = dict.fromkeys(k for row in rows for k in row)
    return [{**dict.fromkeys(keys), **rows[0]}, *rows[1:]]


def _framed(table: Any) -> bytes:
    """A table as an Arrow stream with its length before it."""
    pa = arrow()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_table(table)
    data: bytes = sink.getvalue().to_pybytes()
    return len(data).to_bytes(8, "little") + data


def _plain(value: Any) -> Any:
    """Values of other formats as JSON has them: dates as ISO 8601, bytes as base64, decimals as text."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    iso = getattr(value, "isoformat", None)
    return iso() if iso else str(value)


def _lines(lines: list[str]) -> bytes:
    return compress("".join(line + "\n" for line in lines).encode(), "gz") if lines else b""
