"""Outputs that can't grow at their end: made in one go from the pieces that were collected."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from cleaner.batch.formats import arrow, zstandard
from cleaner.batch.journal import sync_folder
from cleaner.batch.options import Options
from cleaner.batch.plan import Shard
from cleaner.batch.problems import BatchError

#: Bytes of a row group before compression: what is held in memory, and what readers take at a time.
GROUP_BYTES = 32 << 20
GROUP_ROWS = 1 << 20


@dataclass(frozen=True)
class Assembly:
    """An output to be made."""

    shard: Shard
    pieces: Path
    """The collected pieces."""
    final: Path
    """Where the output goes."""
    options: Options


def assemble(job: Assembly) -> None:
    """Make the output and put it in its place; it appears only when whole. The same pieces give the same bytes."""
    part = job.final.with_name(job.final.name + ".whole.part")
    with part.open("wb") as out:
        if job.shard.out_format.kind == "parquet":
            _parquet(job, out)
        else:
            _one_frame(job.pieces, out)
        out.flush()
        os.fsync(out.fileno())
    part.replace(job.final)
    sync_folder(job.final.parent)
    job.pieces.unlink()


def _one_frame(pieces: Path, out: IO[bytes]) -> None:
    """All frames as one: many readers stop after the first."""
    module = zstandard()
    with pieces.open("rb") as f, module.ZstdCompressor(level=3).stream_writer(out, closefd=False) as writer:
        reader = module.ZstdDecompressor().stream_reader(f, read_across_frames=True)
        while data := reader.read(1 << 20):
            writer.write(data)


def _parquet(job: Assembly, out: IO[bytes]) -> None:
    pa = arrow()
    schema, settings = _target(job)
    with pa.parquet.ParquetWriter(out, schema, **settings) as writer:
        held: list[Any] = []
        size = rows = 0
        for table in tables(job.pieces):
            fitted = table if table.schema.equals(schema, check_metadata=True) else _fitted(table, schema, job.shard)
            held.append(fitted)
            size += fitted.nbytes
            rows += fitted.num_rows
            if size >= GROUP_BYTES or rows >= GROUP_ROWS:
                writer.write_table(pa.concat_tables(held), row_group_size=rows)
                held, size, rows = [], 0, 0
        if rows:
            writer.write_table(pa.concat_tables(held), row_group_size=rows)


def tables(pieces: Path) -> Iterator[Any]:
    """The tables in a file of pieces."""
    pa = arrow()
    with pieces.open("rb") as f:
        while head := f.read(8):
            yield pa.ipc.open_stream(f.read(int.from_bytes(head, "little"))).read_all()


def _target(job: Assembly) -> tuple[Any, dict[str, Any]]:
    """The schema of the output, and how it is written."""
    pa = arrow()
    if not job.shard.converts:
        from cleaner.batch.work import parquet_schema

        with pa.parquet.ParquetFile(job.shard.source) as source:
            return parquet_schema(source.schema_arrow, job.options), {"compression": codecs(source.metadata)}
    schema = pa.schema([])
    for table in tables(job.pieces):
        try:
            schema = pa.unify_schemas([schema, table.schema], promote_options="permissive")
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise BatchError(
                f"{job.shard.source}: a field's values are of several kinds and don't fit one Parquet column ({error}); "
                "use --to jsonl"
            ) from None
    if not len(schema):
        schema = pa.schema([(job.options.text_key, pa.string())])
    # A column that is null everywhere has a type that some readers don't know.
    schema = pa.schema([pa.field(f.name, pa.string()) if pa.types.is_null(f.type) else f for f in schema])
    return schema, {"compression": "zstd"}


def codecs(metadata: Any) -> str:
    """The compression of a Parquet file, by its first column."""
    known = {
        "SNAPPY": "snappy",
        "GZIP": "gzip",
        "ZSTD": "zstd",
        "BROTLI": "brotli",
        "LZ4": "lz4",
        "LZ4_RAW": "lz4",
        "UNCOMPRESSED": "none",
    }
    if metadata.num_row_groups and metadata.num_columns:
        return known.get(metadata.row_group(0).column(0).compression, "snappy")
    return "snappy"


def _fitted(table: Any, schema: Any, shard: Shard) -> Any:
    pa = arrow()
    try:
        both = pa.concat_tables([schema.empty_table(), table], promote_options="permissive")
        return both.select(schema.names).cast(schema)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        raise BatchError(f"{shard.source}: its records don't fit one Parquet schema ({error}); use --to jsonl") from None
