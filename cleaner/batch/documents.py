"""Records as documents: where the text is in each format, and how the record is put together again.

Where input and output have one format, all of a record but its text stays as it was, byte for byte
(value for value in Parquet). Where they differ, the record's fields go over as values.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from cleaner.batch import csvtext, jsontext
from cleaner.batch.formats import arrow
from cleaner.batch.options import Options
from cleaner.batch.plan import Shard
from cleaner.batch.problems import BadRecord
from cleaner.batch.sources import Chunk
from cleaner.batch.warctext import WarcRecord

Fields = dict[str, Any]


class Document(ABC):
    """One record."""

    def __init__(self, number: int, raw: bytes, offset: int) -> None:
        self.number = number
        """Place in the shard, from 0."""
        self.raw = raw
        """As it came."""
        self.offset = offset
        """Where it stands in the shard."""

    file = ""
    """``files``: its relative path."""

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.raw)

    @abstractmethod
    def parse(self, options: Options) -> None:
        """Find its parts. Raises BadRecord where that can't be done."""

    text: str | None = None
    """The text to be cleaned; None where there is nothing to clean. Set by :meth:`parse`."""
    page: str | bytes | None = None
    """The HTML to be extracted; None where the text stands in the record."""
    id: str | None = None
    url: str | None = None

    @abstractmethod
    def rewritten(self, clean: str | None, added: Fields, memo: Fields) -> Any:
        """The record with the clean text (None: as it was) and added fields.

        What is needed to undo that and is not in the edits goes into ``memo``.
        """

    @abstractmethod
    def fields(self, clean: str | None) -> Fields:
        """All of its fields, the text replaced, for another format."""


class JsonDocument(Document):
    """A line of JSON."""

    def parse(self, options: Options) -> None:
        self.key = options.text_key
        self.line = jsontext.Line(self.raw)
        self.id = self.line.short(options.id_key)
        self.url = self.line.short(options.url_key)
        if options.html_key is not None:
            self.page = self.line.text(options.html_key)
            if self.line.find(self.key) is not None:
                raise BadRecord(
                    "field", f"already has a field {self.key!r}; say with --text-key where the text of the page should go"
                )
            self.member = None
        else:
            self.text = self.line.text(self.key)
            self.member = self.line.find(self.key)
        for name in options.added:
            if self.line.find(name) is not None:
                raise BadRecord("field", f"already has a field {name!r}; choose other names for added fields with --prefix")

    def rewritten(self, clean: str | None, added: Fields, memo: Fields) -> bytes:
        extra = "".join(f",{jsontext.encode(k)}:{jsontext.dumps(v)}" for k, v in added.items())
        if self.member is None:
            extra = f",{jsontext.encode(self.key)}:{jsontext.encode(clean) if clean is not None else 'null'}" + extra
            return self.line.with_changes(None, "", extra)
        if clean is None or clean == self.text:
            return self.line.with_changes(None, "", extra) if extra else self.raw
        before = self.line.literal(self.member)
        style = jsontext.style_of(before, self.text or "")
        if style is None:
            memo["literal"] = before
        elif style != jsontext.STYLES[0]:
            memo["style"] = style
        return self.line.with_changes(self.member, jsontext.encode(clean, style or "utf8"), extra)

    def fields(self, clean: str | None) -> Fields:
        data: Fields = json.loads(self.line.source.lstrip("\ufeff"))
        data[self.key] = clean
        return data


class CsvDocument(Document):
    """A record of CSV or TSV."""

    def __init__(self, number: int, raw: bytes, offset: int, columns: list[str], delimiter: str) -> None:
        super().__init__(number, raw, offset)
        self.columns = columns
        self.delimiter = delimiter

    def parse(self, options: Options) -> None:
        try:
            source = self.raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BadRecord("encoding", f"is not UTF-8: byte {error.start} is {self.raw[error.start]:#04x}") from None
        body = source.rstrip("\r\n")
        self.line_end = source[len(body) :]
        self.source = body
        self.places = list(csvtext.fields(body, self.delimiter))
        if len(self.places) != len(self.columns):
            raise BadRecord("csv", f"has {len(self.places)} fields where the header has {len(self.columns)}")
        self.at = self._index(options.html_key or options.text_key)
        assert self.at is not None
        value = self._value(self.at)
        if options.html_key is not None:
            self.page = value
        else:
            self.text = value
        self.key = options.text_key
        self.replaces = options.html_key is None
        self.id = self._named(options.id_key)
        self.url = self._named(options.url_key)

    def _index(self, name: str) -> int | None:
        return self.columns.index(name) if name in self.columns else None

    def _value(self, i: int) -> str:
        start, end = self.places[i]
        return csvtext.decode(self.source[start:end])

    def _named(self, name: str) -> str | None:
        i = self._index(name)
        return None if i is None else self._value(i)

    def rewritten(self, clean: str | None, added: Fields, memo: Fields) -> bytes:
        s = self.source
        if self.replaces and clean is not None and clean != self.text:
            assert self.at is not None
            start, end = self.places[self.at]
            before = s[start:end]
            quoted = before.startswith('"')
            if before != csvtext.encode(self.text or "", self.delimiter, quoted):
                memo["literal"] = before
            elif quoted:
                memo["style"] = "quoted"
            s = s[:start] + csvtext.encode(clean, self.delimiter, quoted) + s[end:]
        values = [flat(v) for v in added.values()]
        if not self.replaces:
            values.insert(0, clean or "")
        s += "".join(self.delimiter + csvtext.encode(v, self.delimiter) for v in values)
        return (s + self.line_end).encode("utf-8")

    def fields(self, clean: str | None) -> Fields:
        data: Fields = {name: self._value(i) for i, name in enumerate(self.columns)}
        data[self.key] = clean
        return data


class WarcDocument(Document):
    """A record of a WARC or WET file."""

    def parse(self, options: Options) -> None:
        self.record = WarcRecord(self.raw)
        self.id = self.record.headers.get("warc-record-id")
        self.url = self.record.headers.get("warc-target-uri")
        self.text = self.record.text()
        self.page = self.record.page() if self.text is None else None

    def rewritten(self, clean: str | None, added: Fields, memo: Fields) -> bytes:
        if self.page is not None:
            from cleaner.batch.warctext import conversion

            return conversion(self.fields(clean))
        if clean is None or clean == self.text:
            return self.raw
        new = self.record.with_body(clean.encode("utf-8"))
        memo["header"] = self.record.header.decode("latin-1")
        return new

    def fields(self, clean: str | None) -> Fields:
        return {"id": self.id, "url": self.url, "date": self.record.headers.get("warc-date"), "text": clean}


class FileDocument(Document):
    """A text or a page in a file of its own."""

    def __init__(self, number: int, raw: bytes, relative: str, folder: Path) -> None:
        super().__init__(number, raw, number)
        self.file = relative
        self.folder = folder

    def parse(self, options: Options) -> None:
        self.id = self.file
        if self.is_page:
            self.page = self.raw
            return
        try:
            self.text = self.raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BadRecord("encoding", f"is not UTF-8: byte {error.start} is {self.raw[error.start]:#04x}") from None

    @property
    def is_page(self) -> bool:
        return self.file.lower().endswith((".html", ".htm"))

    @property
    def target(self) -> str:
        """Relative path of what is made of it; pages become texts."""
        if not self.is_page:
            return self.file
        path = PurePosixPath(self.file)
        taken = [".txt", ".html"] if path.suffix.lower() == ".htm" else [".txt"]
        if any((self.folder / path.with_suffix(s)).exists() for s in taken):
            return self.file + ".txt"
        return str(path.with_suffix(".txt"))

    def rewritten(self, clean: str | None, added: Fields, memo: Fields) -> bytes:
        memo["file"] = self.target
        return self.raw if clean is None else clean.encode("utf-8")

    def fields(self, clean: str | None) -> Fields:
        return {"id": self.file, "text": clean}


class RowDocument(Document):
    """A row of a Parquet file."""

    def __init__(self, number: int, row: Any, text: Any, offset: int) -> None:
        super().__init__(number, b"", offset)
        self.row = row
        """A record batch of one row."""
        self.cell = text

    @property
    def size(self) -> int:
        return len(self.cell.encode("utf-8", "surrogatepass")) if isinstance(self.cell, str) else len(self.cell or b"")

    def parse(self, options: Options) -> None:
        self.key = options.text_key
        if options.html_key is not None:
            self.page = self.cell
        elif self.cell is None or isinstance(self.cell, str):
            self.text = self.cell
        self.id = self._short(options.id_key)
        self.url = self._short(options.url_key)

    def _short(self, key: str) -> str | None:
        i = self.row.schema.get_field_index(key)
        if i < 0:
            return None
        value = self.row.column(i)[0].as_py()
        return None if value is None or isinstance(value, (dict, list)) else str(value)

    def rewritten(self, clean: str | None, added: Fields, memo: Fields) -> Any:
        return self.row, (self.cell if clean is None else clean), added

    def fields(self, clean: str | None) -> Fields:
        data: Fields = self.row.to_pylist()[0]
        data[self.key] = clean
        return data


def flat(value: Any) -> str:
    """A value as one field of CSV: texts as they are, lists of texts with spaces, the rest as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return " ".join(value)
    return jsontext.dumps(value)


def header_of(raw: bytes, delimiter: str) -> list[str]:
    """The names in a header line of CSV. Raises BadRecord where it can't be read."""
    text = raw.decode("utf-8-sig", "replace").rstrip("\r\n")
    return [csvtext.decode(text[a:b]) for a, b in csvtext.fields(text, delimiter)]


def documents(chunk: Chunk, options: Options) -> Iterator[Document | BadRecord]:
    """The records of a chunk, not yet parsed."""
    shard = chunk.shard
    kind = shard.format.kind
    if kind == "jsonl":
        yield from _lines(chunk)
    elif kind in ("csv", "tsv"):
        delimiter = "\t" if kind == "tsv" else ","
        columns = header_of(chunk.header, delimiter)
        at = chunk.offset
        for i, raw in enumerate(chunk.payload):
            yield CsvDocument(chunk.first + i, raw, at, columns, delimiter)
            at += len(raw)
    elif kind == "warc":
        at = chunk.offset
        for i, raw in enumerate(chunk.payload):
            yield WarcDocument(chunk.first + i, raw, at)
            at += len(raw)
    elif kind == "files":
        yield from _files(chunk, shard, options)
    else:
        yield from _rows(chunk, options)


def _lines(chunk: Chunk) -> Iterator[Document]:
    at = chunk.offset
    for i, raw in enumerate(chunk.payload.split(b"\n")[: chunk.count]):
        yield JsonDocument(chunk.first + i, raw, at)
        at += len(raw) + 1


class VanishedFile(FileDocument):
    """A file that could not be read."""

    reason = ""

    def parse(self, options: Options) -> None:
        raise BadRecord("file", self.reason)


class LongFile(FileDocument):
    """A file that is too long to be held; it is copied."""

    length = 0

    @property
    def size(self) -> int:
        return self.length


def _files(chunk: Chunk, shard: Shard, options: Options) -> Iterator[Document]:
    folder = Path(shard.source)
    for i, item in enumerate(chunk.payload):
        number = chunk.first + i
        if isinstance(item, tuple):
            yield FileDocument(number, item[1], item[0], folder.parent)
            continue
        try:
            length = (folder / item).stat().st_size
            if length > options.max_record:
                long = LongFile(number, b"", item, folder)
                long.length = length
                yield long
            else:
                yield FileDocument(number, (folder / item).read_bytes(), item, folder)
        except OSError as error:
            bad = VanishedFile(number, b"", item, folder)
            bad.reason = (
                "has vanished"
                if isinstance(error, FileNotFoundError)
                else f"can't be read: {(error.strerror or str(error)).lower()}"
            )
            yield bad


def _rows(chunk: Chunk, options: Options) -> Iterator[Document]:
    pa = arrow()
    table = pa.ipc.open_stream(chunk.payload).read_all()
    batch = table.combine_chunks().to_batches()[0]
    name = options.html_key or options.text_key
    cells = batch.column(batch.schema.get_field_index(name)).to_pylist()
    for i, cell in enumerate(cells):
        yield RowDocument(chunk.first + i, batch.slice(i, 1), cell, chunk.offset + i)
