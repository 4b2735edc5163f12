"""Read shards as chunks: pieces of about one size whose bounds depend on the input alone.

The chunks of a shard are the same in every run, whatever the number of workers and wherever an
earlier run stopped; that is what makes the outputs the same. A chunk is cheap to cut, so that one
process can feed many: the records in it are parsed where they are cleaned.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

from cleaner.batch.csvtext import opens, still_open
from cleaner.batch.formats import Input, arrow
from cleaner.batch.options import Options
from cleaner.batch.plan import STDIN, FilesMark, Shard, text_files
from cleaner.batch.problems import ShardError

#: Bytes of one piece of a record that is too long to be held; a multiple of 3, so that pieces of base64 fit together.
PIECE = 3 << 18
#: Most files in one chunk, and most rows in one batch of Parquet.
MOST_FILES = 256
MOST_ROWS = 8192


@dataclass
class Chunk:
    """Some records of a shard, as they came."""

    shard: Shard
    kind: Literal["records", "long"]
    """``long``: a piece of one record that is too long to be held in memory."""
    payload: Any
    """jsonl: bytes of whole lines. csv, warc: a list of bytes. files: a list of names. parquet: an Arrow stream."""
    first: int
    """Number of its first record in the shard, from 0."""
    count: int
    """Records in it."""
    offset: int
    """Where it begins in the content: bytes, or rows for Parquet, files for ``files``."""
    position: dict[str, Any] = field(default_factory=dict)
    """What :func:`read` needs to go on after it."""
    whole: bool = True
    """False where the next chunk goes on with the same record."""
    begins: bool = True
    """``long``: the first piece of its record."""
    header: bytes = b""
    """csv: the header line."""
    read: int = 0
    """How far the input on disk has been read, in bytes."""
    take: int | None = None
    """Only so many records of it are wanted."""


def read(
    shard: Shard, options: Options, position: dict[str, Any] | None = None, stdin: IO[bytes] | None = None
) -> Iterator[Chunk]:
    """The chunks of ``shard``, from ``position`` on. Raises ShardError where it can't be read to its end."""
    start = dict(position or {"offset": 0, "crc": 0, "records": 0})
    if shard.replay:
        from cleaner.batch.replay import read_errors

        yield from read_errors(shard, start)
        return
    try:
        yield from _READERS[shard.format.kind](shard, options, start, stdin)
    except FileNotFoundError:
        raise ShardError("has vanished") from None
    except PermissionError:
        raise ShardError("can't be read: permission is denied") from None


def _open(shard: Shard, start: dict[str, Any], stdin: IO[bytes] | None) -> Input:
    source = Input(None if shard.source == STDIN else Path(shard.source), shard.format.compression, stdin)
    if start["offset"]:
        source.go_to(start["offset"], start["crc"])
    return source


def _position(source: Input, records: int) -> dict[str, Any]:
    return {"offset": source.offset, "crc": source.crc, "records": records}


def _read_lines(shard: Shard, options: Options, start: dict[str, Any], stdin: IO[bytes] | None) -> Iterator[Chunk]:
    source = _open(shard, start, stdin)
    number = start["records"]
    try:
        while True:
            at, crc = source.offset, source.crc
            data = source.read(options.chunk)
            if not data:
                return
            cut = data.rfind(b"\n") + 1
            rest: bytes | None = None
            if cut < len(data):
                room = max(1, options.max_record + 1 - (len(data) - cut))
                more = source.readline(room)
                if len(more) < room or more.endswith(b"\n"):
                    data += more
                else:
                    rest = data[cut:] + more
                    data = data[:cut]
            if data:
                count = data.count(b"\n") + (not data.endswith(b"\n"))
                position = _position(source, number + count)
                if rest is not None:
                    from zlib import crc32

                    position.update(offset=at + len(data), crc=crc32(data, crc))
                yield Chunk(shard, "records", data, number, count, at, position, read=source.position())
                number += count
            if rest is not None:
                yield from _long(shard, source, rest, number, at + len(data))
                number += 1
    finally:
        source.close()


def _long(shard: Shard, source: Input, begun: bytes, number: int, at: int, size: int | None = None) -> Iterator[Chunk]:
    """Pieces of one long record: to the line's end, or ``size`` more bytes."""
    held = begun
    first, ended = True, False
    while not ended or held:
        while len(held) < PIECE and not ended:
            more = source.readline(PIECE) if size is None else source.read(min(PIECE, size))
            if size is None:
                ended = not more or more.endswith(b"\n")
            else:
                size -= len(more)
                ended = not more or size == 0
            held += more
        piece, held = held[:PIECE], held[PIECE:]
        last = ended and not held
        yield Chunk(
            shard, "long", piece, number, 1 if first else 0, at,
            _position(source, number + 1), whole=last, begins=first, read=source.position(),
        )  # fmt: skip
        first = False
        if last:
            return


def _read_csv(shard: Shard, options: Options, start: dict[str, Any], stdin: IO[bytes] | None) -> Iterator[Chunk]:
    delimiter = ord("\t" if shard.format.kind == "tsv" else ",")
    head = Input(Path(shard.source), shard.format.compression)
    try:
        header, _ = _csv_record(head, delimiter, options.max_record)
        begin, crc = head.offset, head.crc
    finally:
        head.close()
    if not start["offset"]:
        start.update(offset=begin, crc=crc)
    source = _open(shard, start, stdin)
    number = start["records"]
    try:
        if number == 0:
            # A file without records still has its header, and so has what is made of it.
            yield Chunk(shard, "records", [], 0, 0, begin, dict(start), header=header, read=source.position())
        while True:
            at = source.offset
            records: list[bytes] = []
            size = 0
            while size < options.chunk:
                record, fits = _csv_record(source, delimiter, options.max_record)
                if not record:
                    break
                if not fits:
                    if records:
                        yield Chunk(
                            shard,
                            "records",
                            records,
                            number,
                            len(records),
                            at,
                            _position(source, number + len(records)),
                            header=header,
                            whole=False,
                            read=source.position(),
                        )
                        number += len(records)
                    yield from _long(shard, source, record, number, at + size)
                    number += 1
                    records, size, at = [], 0, source.offset
                    continue
                records.append(record)
                size += len(record)
            if records:
                number += len(records)
                yield Chunk(
                    shard,
                    "records",
                    records,
                    number - len(records),
                    len(records),
                    at,
                    _position(source, number),
                    header=header,
                    read=source.position(),
                )
            elif not record:
                return
    finally:
        source.close()


def _csv_record(source: Input, delimiter: int, most: int) -> tuple[bytes, bool]:
    """A record with its line end; and whether it is whole, False where its first line alone is too long.

    A quote that is not closed within ``most`` bytes would swallow the rest of the file: then the
    first line counts as a record of its own, and what follows is read as if nothing had been.
    """
    crc = source.crc
    line = source.readline(most + 1)
    if len(line) > most and not line.endswith(b"\n"):
        return line, False
    if not opens(line, delimiter):
        return line, True
    first, first_crc = line, source.crc
    lines = [line]
    size = len(line)
    while True:
        line = source.readline(most + 1)
        size += len(line)
        if not line or size > most:
            break
        lines.append(line)
        if not still_open(line, delimiter, True):
            return b"".join(lines), True
    lines.append(line)
    for extra in reversed(lines[1:]):
        source.push_back(extra, crc)
    source.crc = first_crc
    return first, True


def _read_warc(shard: Shard, options: Options, start: dict[str, Any], stdin: IO[bytes] | None) -> Iterator[Chunk]:
    source = _open(shard, start, stdin)
    number = start["records"]
    try:
        while True:
            at = source.offset
            records: list[bytes] = []
            size = 0
            long: tuple[bytes, int] | None = None
            while size < options.chunk:
                record, missing = _warc_record(source, options.max_record)
                if not record:
                    break
                if missing:
                    long = record, missing
                    break
                records.append(record)
                size += len(record)
            if records:
                position = _position(source, number + len(records))
                yield Chunk(
                    shard, "records", records, number, len(records), at, position, whole=long is None, read=source.position()
                )
                number += len(records)
            if long is not None:
                yield from _long(shard, source, long[0], number, at + size, long[1])
                number += 1
            elif not records:
                return
    finally:
        source.close()


def _warc_record(source: Input, most: int) -> tuple[bytes, int]:
    """A record with the empty lines after it; and how many bytes of it are still to be read, where it is too long.

    What is no record, up to the next line that begins one, counts as a record too, so that it can
    be set aside.
    """
    line = source.readline(most)
    if not line:
        return b"", 0
    if not line.startswith(b"WARC/"):
        junk = [line]
        size = len(line)
        while size < most:
            crc = source.crc
            line = source.readline(most)
            if line.startswith(b"WARC/"):
                source.push_back(line, crc)
                break
            if not line:
                break
            junk.append(line)
            size += len(line)
        return b"".join(junk), 0
    head = [line]
    length = -1
    size = len(line)
    while line not in (b"\r\n", b"\n", b"") and size < most:
        line = source.readline(most)
        head.append(line)
        size += len(line)
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            length = int(value)
    if length < 0:
        return b"".join(head), 0
    if length > most:
        return b"".join(head), length + 4
    head.append(source.read(length))
    head.append(source.read(4))
    return b"".join(head), 0


def _read_files(shard: Shard, options: Options, start: dict[str, Any], stdin: IO[bytes] | None) -> Iterator[Chunk]:
    folder = Path(shard.source)
    number, read_ = 0, start.get("read", 0)
    names: list[str] = []
    size = 0

    def chunk() -> Chunk:
        position = {"offset": number, "crc": 0, "records": number, "read": read_}
        return Chunk(shard, "records", list(names), number - len(names), len(names), number - len(names), position, read=read_)

    seen = FilesMark()
    for name in shard.members or text_files(folder):
        number += 1
        try:
            length = seen.add(folder, name)
        except OSError:
            length = 0  # vanished: said where it is read
        if number <= start["records"]:
            continue
        names.append(name)
        size += length
        read_ += length
        if size >= options.chunk or len(names) >= MOST_FILES:
            yield chunk()
            names.clear()
            size = 0
    if names:
        yield chunk()
    # Names are not held, for there may be millions: so a file that came or went since is found out only here.
    if seen.hexdigest() != shard.fingerprint:
        raise ShardError("has changed while it was read: files came, went or were written to")


def _read_parquet(shard: Shard, options: Options, start: dict[str, Any], stdin: IO[bytes] | None) -> Iterator[Chunk]:
    pa = arrow()
    try:
        file = pa.parquet.ParquetFile(shard.source, memory_map=False, pre_buffer=False)
    except (pa.ArrowInvalid, pa.ArrowException) as error:
        raise ShardError(f"is no Parquet file that can be read: {str(error).splitlines()[0]}") from None
    except OSError as error:
        if error.errno is not None:
            raise
        raise ShardError(f"is no Parquet file that can be read: {str(error).splitlines()[0]}") from None
    with file:
        number = start["records"]
        total = max(1, file.metadata.num_rows)
        for group in range(start.get("group", 0), file.metadata.num_row_groups):
            meta = file.metadata.row_group(group)
            if not meta.num_rows:
                continue
            rows = max(1, min(MOST_ROWS, meta.num_rows * options.chunk // max(1, meta.total_byte_size)))
            skip = start.get("batch", 0) if group == start.get("group", 0) else 0
            done = 0
            try:
                for i, batch in enumerate(file.iter_batches(batch_size=rows, row_groups=[group], use_threads=False)):
                    done += batch.num_rows
                    if i < skip:
                        continue
                    sink = pa.BufferOutputStream()
                    with pa.ipc.new_stream(sink, batch.schema) as writer:
                        writer.write_batch(batch)
                    last = done >= meta.num_rows
                    position = {"offset": number + batch.num_rows, "crc": 0, "records": number + batch.num_rows}
                    position |= {"group": group + 1, "batch": 0} if last else {"group": group, "batch": i + 1}
                    yield Chunk(
                        shard, "records", sink.getvalue().to_pybytes(), number, batch.num_rows, number,
                        position, read=shard.size * (number + batch.num_rows) // total,
                    )  # fmt: skip
                    number += batch.num_rows
            except (pa.ArrowException, OSError) as error:
                raise ShardError(f"is damaged in row group {group}: {str(error).splitlines()[0]}") from None


_READERS = {
    "jsonl": _read_lines,
    "csv": _read_csv,
    "tsv": _read_csv,
    "warc": _read_warc,
    "files": _read_files,
    "parquet": _read_parquet,
}
