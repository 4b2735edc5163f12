"""Make the original corpus again, from the clean one and its sidecars."""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from cleaner.batch import csvtext, jsontext, sources
from cleaner.batch.formats import Format, Input, arrow, compress, format_of, stem, zstandard
from cleaner.batch.journal import PartFile
from cleaner.batch.plan import walk
from cleaner.batch.problems import BadRecord, BatchError, ShardError, UsageError, explain_os_error
from cleaner.batch.warctext import WarcRecord
from cleaner.batch.work import TOO_LONG, chosen, text_column
from cleaner.edits import restore

#: Bytes of one gzip member of what is written, and of the longest line that is held.
MEMBER, LONGEST = 1 << 20, 1 << 28

Entry = dict[str, Any]


@dataclass
class Restored:
    """How it went."""

    shards: int = 0
    """Shards that were made again."""
    records: int = 0
    """Documents that were put back."""
    notes: list[str] = field(default_factory=list)
    """What is good to know."""
    problems: list[str] = field(default_factory=list)
    """What went wrong, as sentences."""

    @property
    def status(self) -> int:
        """Exit status."""
        return 1 if self.problems else 0


def is_corpus(edits: Path) -> bool:
    """Whether ``edits`` is what ``cleaner batch`` wrote: an account folder or one of its sidecars."""
    return (edits / "edits").is_dir() or edits.name.endswith(".edits.jsonl.gz")


def restore_corpus(clean: str | Path, edits: str | Path, output: str | Path, *, overwrite: bool = False) -> Restored:
    """Make the original of a corpus that ``cleaner batch`` cleaned, and write it to ``output``.

    ``clean``: the folder or file with the clean shards. ``edits``: the account folder, or the sidecar of
    one shard. ``output``: a folder, or a file where one shard is restored. JSON lines, CSV, WET and
    texts come back byte for byte (compressed ones: their content does); Parquet with the same rows,
    types and metadata. Raises UsageError where the places don't fit together; what goes wrong with
    one shard is told in the result, and the others go on.
    """
    clean, edits, output = Path(clean), Path(edits), Path(output)
    sidecars = sorted((edits / "edits").rglob("*.edits.jsonl.gz")) if edits.is_dir() else [edits]
    if edits.is_dir() and not sidecars:
        raise UsageError(f"{edits} holds no edits: the corpus was cleaned with --edits field or none")
    for path in (clean, *sidecars):
        if not path.exists():
            raise UsageError(f"there is no {path}")
    as_file = len(sidecars) == 1 and format_of(output.name) is not None and not output.is_dir()
    done = Restored()
    for path in sidecars:
        try:
            _one(path, clean, output, as_file, overwrite, done)
            done.shards += 1
        except UsageError:
            raise
        except (BatchError, ShardError, BadRecord, ValueError) as error:
            done.problems.append(f"{path}: {error}")
        except (EOFError, gzip.BadGzipFile) as error:
            done.problems.append(f"{path}: is damaged: {error}")
        except OSError as error:
            raise BatchError(explain_os_error(error)) from None
    return done


def _one(path: Path, clean: Path, output: Path, as_file: bool, overwrite: bool, done: Restored) -> None:
    entries = Entries(path)
    header = entries.header
    source, made = _format(header["from"]), _format(header["to"])
    if source.kind != made.kind:
        raise ShardError(
            f"the shard was converted from {header['from']} to {header['to']}: its edits restore each text, but not the file"
        )
    if source.kind == "files":
        _files(entries, clean, output, as_file, overwrite, done)
        return
    name = header["shard"]
    given = clean if clean.is_file() else clean / name
    if not given.exists():
        raise ShardError(f"there is no {given}")
    target = output if as_file else output / (name if source == made else stem(name) + source.suffix)
    if target.exists() and not overwrite:
        raise UsageError(f"{target} is already there; write over it with --overwrite")
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.kind == "parquet":
        _parquet(entries, given, target, done)
        return
    part = PartFile(target)
    try:
        with _Output(part, source) as out:
            stream = Input(given, made.compression)
            try:
                pages = _WAYS[source.kind](entries, stream, out, done)
            finally:
                stream.close()
        end = entries.end or {}
        if "crc32" in end and not pages and (out.size, out.crc) != (end["bytes"], end["crc32"]):
            raise ShardError(
                f"{target}: what came out is not the original (its checksum differs): {given} has been changed since it "
                "was cleaned"
            )
        part.finish(empty=True)
    finally:
        part.close()


def _format(name: str) -> Format:
    kind, _, compression = name.partition(".")
    return Format(kind, compression)


class Entries:
    """A sidecar: its header, its lines in order, its last line."""

    def __init__(self, path: Path) -> None:
        """Raises ShardError where ``path`` is no sidecar."""
        self._lines = self._read(path)
        try:
            self.header: Entry = next(self._lines)
            if self.header["edits_format"] != 1:
                raise ShardError("was written by another version of cleaner")
        except (StopIteration, KeyError, ValueError):
            raise ShardError("is no sidecar of cleaner batch") from None
        self.end: Entry | None = None
        self.next: Entry | None = None
        self.advance()

    @staticmethod
    def _read(path: Path) -> Iterator[Entry]:
        with gzip.open(path, "rb") as f:
            for line in f:
                yield json.loads(line)

    def advance(self) -> None:
        """Go to the next line."""
        entry = next(self._lines, None)
        if entry is not None and entry.get("end"):
            self.end, entry = entry, None
        self.next = entry

    def at(self, number: int) -> Entry | None:
        """The line of record ``number``, where it has one."""
        entry = self.next
        if entry is not None and entry["record"] == number:
            self.advance()
            return entry
        return None

    def rest(self) -> Iterator[Entry]:
        """All lines that are left."""
        while self.next is not None:
            entry = self.next
            self.advance()
            yield entry


def _original(entry: Entry) -> bytes:
    if "original" in entry:
        return str(entry["original"]).encode("utf-8")
    return base64.b64decode(entry.get("original_base64", ""))


class _Output:
    """Takes content and compresses it; counts bytes and CRC-32 of the content."""

    def __init__(self, part: PartFile, format_: Format) -> None:
        self.part, self.format = part, format_
        self.size = self.crc = 0
        self._held: list[bytes] = []
        self._held_size = 0
        self._writer: Any = None

    def __enter__(self) -> _Output:
        self.part.make()
        if self.format.compression == "zst":
            self._writer = zstandard().ZstdCompressor(level=3).stream_writer(cast("IO[bytes]", _Into(self.part)), closefd=False)
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._flush()
            if self._writer is not None:
                self._writer.close()

    def write(self, data: bytes) -> None:
        from zlib import crc32

        self.size += len(data)
        self.crc = crc32(data, self.crc)
        if self._writer is not None:
            self._writer.write(data)
        elif self.format.kind == "warc":
            self.part.write(compress(data, self.format.compression))
        else:
            self._held.append(data)
            self._held_size += len(data)
            if self._held_size >= MEMBER:
                self._flush()

    def _flush(self) -> None:
        self.part.write(compress(b"".join(self._held), self.format.compression))
        self._held, self._held_size = [], 0


class _Into:
    """A part file as zstandard wants it."""

    def __init__(self, part: PartFile) -> None:
        self.part = part

    def write(self, data: bytes) -> int:
        self.part.write(bytes(data))
        return len(data)


def _records(
    entries: Entries, read: Callable[[], bytes], out: _Output, undo: Callable[[bytes, Entry | None], bytes], done: Restored
) -> None:
    """Go through the clean records, undo each, and put back those that were set aside."""
    header = entries.header
    number = 0
    while True:
        entry = entries.at(number)
        if entry is not None and "error" in entry:
            out.write(_original(entry))
            number += 1
            continue
        if entry is None and not chosen(header["shard"], number, header["sample"]):
            number += 1
            # Records that were not drawn have neither a line here nor one there; past the last one both are at an end.
            if entries.next is None and number > (entries.end or {}).get("read", number):
                break
            continue
        record = read()
        if not record:
            if entry is not None:
                raise ShardError(f"the clean shard ends before record {number}, for which there are edits")
            break
        out.write(undo(record, entry))
        done.records += 1
        number += 1
    for entry in entries.rest():
        if "error" not in entry:
            raise ShardError(f"the clean shard ends before record {entry['record']}, for which there are edits")
        out.write(_original(entry))


def _jsonl(entries: Entries, stream: Input, out: _Output, done: Restored) -> bool:
    header = entries.header
    key = header["text_key"]
    added = ([key] if header["html_key"] else []) + header["added"]

    def undo(raw: bytes, entry: Entry | None) -> bytes:
        if not raw.strip() or (entry and TOO_LONG in entry["flags"]) or (entry is None and not added):
            return raw
        line = jsontext.Line(raw)
        s = line.source
        first = line.find(added[0]) if added else None
        # The added fields were put, with a comma each, right before the closing brace.
        body, rest = (s[: first.at - 1], s[line.close :]) if first else (s, "")
        if entry and entry["edits"] and not header["html_key"]:
            member = line.find(key)
            if member is None:
                raise ShardError(f"record {entry['record']} has no field {key!r}")
            original = restore(str(line.value(member)), entry["edits"])
            literal = entry.get("literal") or jsontext.encode(original, entry.get("style", "utf8"))
            body = body[: member.start] + literal + body[member.end :]
        return (body + rest).encode("utf-8")

    def read() -> bytes:
        return stream.readline(LONGEST)

    _records(entries, read, out, undo, done)
    return False


def _csv(entries: Entries, stream: Input, out: _Output, done: Restored) -> bool:
    from cleaner.batch.documents import header_of

    header = entries.header
    delimiter = "\t" if header["from"].startswith("tsv") else ","
    more = len(header["added"]) + bool(header["html_key"])

    def without_added(body: str, places: list[tuple[int, int]]) -> str:
        return body[: places[-more][0] - 1] if more else body

    def read() -> bytes:
        return sources._csv_record(stream, ord(delimiter), LONGEST)[0]

    head = read()
    if not head:
        return False
    columns = header_of(head, delimiter)
    text = head.decode("utf-8", "surrogateescape")
    body = text.rstrip("\r\n")
    # A header that begins with a BOM has a first column whose quotes don't count as such; offsets are what matters here.
    out.write((without_added(body, list(csvtext.fields(body, delimiter))) + text[len(body) :]).encode("utf-8", "surrogateescape"))
    at = columns.index(header["text_key"])

    def undo(raw: bytes, entry: Entry | None) -> bytes:
        if not raw.strip() or (not more and entry is None):
            return raw
        text = raw.decode("utf-8")
        body = text.rstrip("\r\n")
        places = list(csvtext.fields(body, delimiter))
        new = without_added(body, places)
        if entry and entry["edits"] and not header["html_key"]:
            start, end = places[at]
            original = restore(csvtext.decode(body[start:end]), entry["edits"])
            literal = entry.get("literal")
            if literal is None:
                literal = csvtext.encode(original, delimiter, entry.get("style") == "quoted")
            new = new[:start] + literal + new[end:]
        return (new + text[len(body) :]).encode("utf-8")

    _records(entries, read, out, undo, done)
    return False


def _warc(entries: Entries, stream: Input, out: _Output, done: Restored) -> bool:
    pages = False

    def read() -> bytes:
        return sources._warc_record(stream, LONGEST)[0]

    def undo(raw: bytes, entry: Entry | None) -> bytes:
        nonlocal pages
        if entry is None or not entry["edits"]:
            return raw
        record = WarcRecord(raw)
        original = restore(raw[record.body : record.end].decode("utf-8"), entry["edits"]).encode("utf-8")
        if "header" not in entry:
            pages = True
            return record.with_body(original)
        return str(entry["header"]).encode("latin-1") + original + raw[record.end :]

    _records(entries, read, out, undo, done)
    if pages:
        done.notes.append(
            f"{entries.header['shard']}: its texts were extracted from pages; what is restored is the extracted text"
        )
    return pages


_WAYS: dict[str, Callable[[Entries, Input, _Output, Restored], bool]] = {"jsonl": _jsonl, "csv": _csv, "tsv": _csv, "warc": _warc}


def _files(entries: Entries, clean: Path, output: Path, as_file: bool, overwrite: bool, done: Restored) -> None:
    header = entries.header
    place = header["place"]
    base = clean / place if clean.is_dir() else clean.parent
    target = output if as_file else output / place
    names = [clean.name] if clean.is_file() else [n for n in walk(base) if (f := format_of(n)) is not None and f.kind == "files"]

    def goal(name: str) -> Path:
        return output if as_file else target / name

    for name in names:
        if goal(name).exists() and not overwrite:
            raise UsageError(f"{goal(name)} is already there; write over it with --overwrite")
        goal(name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(base / name, goal(name))
        done.records += 1
    pages = False
    for entry in entries.rest():
        if "error" in entry:
            data, name = _original(entry), entry["file"]
        elif entry["edits"]:
            name = header["only"] or entry["file"]
            name = clean.name if clean.is_file() else name
            data = restore((base / name).read_bytes().decode("utf-8"), entry["edits"]).encode("utf-8")
            pages = pages or str(entry["id"]).lower().endswith((".html", ".htm"))
        else:
            continue
        part = PartFile(goal(name))
        try:
            part.write(data)
            part.finish(empty=True)
        finally:
            part.close()
    if pages:
        done.notes.append(f"{header['shard']}: some texts were extracted from pages; what is restored is the extracted text")


def _parquet(entries: Entries, given: Path, target: Path, done: Restored) -> None:
    pa = arrow()
    header = entries.header
    layout = header.get("parquet") or {"rows": [], "compression": "snappy", "version": "2.6", "created_by": "", "sha256": ""}
    drop = ([header["text_key"]] if header["html_key"] else []) + header["added"]
    part = target.with_name(target.name + ".part")
    with pa.parquet.ParquetFile(given) as source:
        full = source.schema_arrow
        schema = pa.schema([f for f in full if f.name not in drop], metadata=full.metadata)
        if layout.get("schema"):
            noted = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(layout["schema"])))
            # No metadata and empty metadata are written differently.
            noted = noted.with_metadata(full.metadata) if full.metadata else noted.remove_metadata()
            schema = noted if noted.names == schema.names else schema
        version = layout["version"] if layout["version"] in ("1.0", "2.4", "2.6") else "2.6"
        with pa.parquet.ParquetWriter(part, schema, compression=layout["compression"], version=version) as writer:
            held: list[Any] = []
            rows = 0
            groups = iter(layout["rows"])
            wanted = next(groups, 1 << 20)
            for table in _restored_tables(entries, source, schema, header, done):
                rest = table
                while rows + rest.num_rows >= wanted:
                    held.append(rest.slice(0, wanted - rows))
                    rest = rest.slice(wanted - rows)
                    writer.write_table(pa.concat_tables(held).combine_chunks(), row_group_size=wanted)
                    held, rows = [], 0
                    wanted = next(groups, 1 << 20)
                held.append(rest)
                rows += rest.num_rows
            if rows:
                writer.write_table(pa.concat_tables(held).combine_chunks(), row_group_size=max(1, rows))
    part.replace(target)
    if layout["sha256"]:
        with target.open("rb") as f:
            same = hashlib.file_digest(f, "sha256").hexdigest() == layout["sha256"]
        if not same:
            done.notes.append(
                f"{target}: the rows, types and metadata are the original's; the file's bytes are not, for "
                f"{layout['created_by']} wrote it in a way of its own"
            )


def _restored_tables(entries: Entries, source: Any, schema: Any, header: Entry, done: Restored) -> Iterator[Any]:
    pa = arrow()
    key = header["text_key"]
    number = 0

    def set_aside() -> Iterator[Any]:
        nonlocal number
        while (entry := entries.next) is not None and entry["record"] == number and "error" in entry:
            entries.advance()
            number += 1
            yield pa.ipc.open_stream(_original(entry)).read_all().cast(schema)

    for batch in source.iter_batches(batch_size=1024, use_threads=False):
        table = pa.Table.from_batches([batch]).select(schema.names)
        table = table if table.schema.equals(schema) else table.cast(schema)
        at = schema.get_field_index(key)
        texts = table.column(at).to_pylist() if at >= 0 else []
        start = 0
        for i in range(table.num_rows):
            aside = list(set_aside())
            while not chosen(header["shard"], number, header["sample"]):
                number += 1
                aside += set_aside()
            if aside:
                yield _slice(table, texts, start, i, schema, at)
                yield from aside
                start = i
            entry = entries.at(number)
            if entry is not None and entry["edits"] and at >= 0 and not header["html_key"]:
                texts[i] = restore(texts[i], entry["edits"])
            number += 1
            done.records += 1
        yield _slice(table, texts, start, table.num_rows, schema, at)
    for entry in entries.rest():
        with contextlib.suppress(KeyError):
            yield pa.ipc.open_stream(_original(entry)).read_all().cast(schema)


def _slice(table: Any, texts: list[Any], start: int, end: int, schema: Any, at: int) -> Any:
    pa = arrow()
    columns = list(table.slice(start, end - start).columns)
    if at >= 0:
        columns[at] = text_column(texts[start:end], schema.field(at).type)
    return pa.Table.from_arrays(columns, schema=schema)
