"""Read ``errors.jsonl`` again: the records that were set aside, as they came or as they have been mended."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleaner.batch.formats import Format, arrow
from cleaner.batch.jsontext import dumps
from cleaner.batch.problems import UsageError

if TYPE_CHECKING:
    from cleaner.batch.plan import Shard
    from cleaner.batch.sources import Chunk


def error_line(
    shard: Shard, number: int, offset: int, kind: str, reason: str, original: bytes, header: bytes = b"", name: str = ""
) -> bytes:
    """A line of ``errors.jsonl``: what was wrong, and the record's original bytes."""
    entry: dict[str, Any] = {
        "shard": shard.name,
        "input": shard.source,
        "record": number,
        "offset": offset,
        "format": ".".join(filter(None, shard.format)),
    }
    if name:
        entry["file"] = name
    entry |= {"kind": kind, "reason": reason}
    if header:
        entry["header"] = header.decode("utf-8", "replace")
    if shard.format.kind != "parquet":
        try:
            entry["original"] = original.decode("utf-8")
            return dumps(entry).encode() + b"\n"
        except UnicodeDecodeError:
            pass
    entry["original_base64"] = base64.b64encode(original).decode()
    return dumps(entry).encode() + b"\n"


def original_of(entry: dict[str, Any]) -> bytes:
    """The record's bytes in a line of ``errors.jsonl``."""
    if "original" in entry:
        return str(entry["original"]).encode("utf-8")
    return base64.b64decode(entry["original_base64"])


def _entries(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as f:
        for number, line in enumerate(f, 1):
            try:
                entry = json.loads(line)
                shard, kind = entry["shard"], entry["format"]
                if not (isinstance(shard, str) and isinstance(kind, str) and ("original" in entry or "original_base64" in entry)):
                    raise ValueError
            except (ValueError, KeyError, TypeError):
                raise UsageError(f"{path}:{number}: is no line of an errors.jsonl") from None
            yield entry


def shards_of(path: Path) -> list[tuple[str, Format]]:
    """Name and format of each shard that has records in ``path``, in order."""
    found: dict[str, Format] = {}
    for entry in _entries(path):
        kind, _, compression = entry["format"].partition(".")
        found.setdefault(entry["shard"], Format(kind, compression))
    return list(found.items())


def read_errors(shard: Shard, start: dict[str, Any]) -> Iterator[Chunk]:
    """The records of one shard that stand in its ``errors.jsonl``, a chunk each few."""
    from cleaner.batch.sources import Chunk

    batch: list[tuple[bytes, str]] = []
    header = b""
    number = 0

    def chunk() -> Chunk:
        first = number - len(batch)
        position = {"offset": number, "crc": 0, "records": number}
        kind = shard.format.kind
        payload: Any = [b for b, _ in batch]
        if kind == "jsonl":
            payload = b"".join(b if b.endswith(b"\n") else b + b"\n" for b in payload)
        elif kind in ("csv", "tsv"):
            payload = [b if b.endswith(b"\n") else b + b"\n" for b in payload]
        elif kind == "files":
            payload = [(name, b) for b, name in batch]
        elif kind == "parquet":
            pa = arrow()
            tables = [pa.ipc.open_stream(b).read_all() for b in payload]
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, tables[0].schema) as writer:
                for table in tables:
                    writer.write_table(table)
            payload = sink.getvalue().to_pybytes()
        return Chunk(shard, "records", payload, first, len(batch), first, position, header=header)

    for entry in _entries(Path(shard.source)):
        if entry["shard"] != shard.replay:
            continue
        number += 1
        if number <= start["records"]:
            continue
        if entry.get("header"):
            header = entry["header"].encode("utf-8")
        batch.append((original_of(entry), entry.get("file", "")))
        if len(batch) >= 200 or sum(len(b) for b, _ in batch) > 1 << 20:
            yield chunk()
            batch.clear()
    if batch:
        yield chunk()
