"""Formats by suffix, and how the streams under them are opened and written."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path, PurePosixPath
from typing import IO, Any, NamedTuple, cast

from cleaner.batch.problems import ShardError, UsageError, need


class Format(NamedTuple):
    """A kind of file."""

    kind: str
    """``jsonl``, ``csv``, ``tsv``, ``parquet``, ``warc`` or ``files``."""
    compression: str = ""
    """``gz``, ``zst`` or nothing."""

    @property
    def suffix(self) -> str:
        """How the names of such files end."""
        kind = {"warc": "wet", "files": "txt"}.get(self.kind, self.kind)
        return f".{kind}.{self.compression}" if self.compression else f".{kind}"


_KINDS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".warc": "warc",
    ".wet": "warc",
    ".txt": "files",
    ".html": "files",
    ".htm": "files",
}
_COMPRESSIONS = {".gz": "gz", ".zst": "zst", ".zstd": "zst"}
#: What ``--to`` takes.
TARGETS = ("jsonl", "jsonl.gz", "jsonl.zst", "parquet", "csv", "csv.gz", "tsv", "tsv.gz", "wet.gz")


def format_of(name: str) -> Format | None:
    """The format of a file by its name, or None where it is none that is known."""
    suffixes = [s.lower() for s in PurePosixPath(name).suffixes]
    compression = _COMPRESSIONS.get(suffixes[-1], "") if suffixes else ""
    if compression:
        suffixes.pop()
    # A bare .json holds one document over many lines more often than one a line: not ours to guess.
    kind = _KINDS.get(suffixes[-1]) if suffixes and suffixes[-1] != ".json" else None
    if kind is None or (compression and kind in ("parquet", "files")):
        return None
    return Format(kind, compression)


def target(name: str) -> Format:
    """The format that ``--to NAME`` asks for. Raises UsageError for one that is not known."""
    name = name.lstrip(".")
    if name not in TARGETS:
        raise UsageError(f"--to knows {', '.join(TARGETS)}, not {name!r}")
    kind, _, compression = name.partition(".")
    return Format("warc" if kind == "wet" else kind, compression)


def stem(name: str) -> str:
    """``name`` without the suffixes of its format."""
    path = PurePosixPath(name)
    drop = 0
    suffixes = path.suffixes
    if suffixes and suffixes[-1].lower() in _COMPRESSIONS:
        drop += len(suffixes.pop())
    if suffixes and suffixes[-1].lower() in _KINDS:
        drop += len(suffixes.pop())
    return name[: len(name) - drop] if drop else name


def check_libraries(format_: Format) -> None:
    """Raise UsageError, naming the extra, where a format's library is not installed."""
    if format_.compression == "zst":
        zstandard()
    if format_.kind == "parquet":
        arrow()
    if format_.kind == "warc":
        fastwarc()


def zstandard() -> Any:
    """The module, or an error that names the extra."""
    try:
        import zstandard as module
    except ImportError:
        raise need("zstandard", "zstd", "Zstandard") from None
    return module


def arrow() -> Any:
    """The module ``pyarrow`` with ``pyarrow.parquet``, or an error that names the extra."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise need("pyarrow", "parquet", "Parquet") from None
    return pyarrow


def fastwarc() -> Any:
    """The module ``fastwarc.warc``, or an error that names the extra."""
    try:
        import fastwarc.warc as module
    except ImportError:
        raise need("FastWARC", "warc", "WARC") from None
    return module


class Input:
    """A file's content, decompressed, with how far the file itself has been read."""

    def __init__(self, path: Path | None, compression: str, stdin: IO[bytes] | None = None) -> None:
        """``path`` None: read ``stdin``. Raises OSError where the file can't be opened."""
        self.raw: IO[bytes] = path.open("rb") if path else cast("IO[bytes]", stdin)
        self.crc = 0
        """CRC-32 of all that was read so far."""
        self.offset = 0
        """Bytes of content read so far."""
        self._pushed: list[bytes] = []
        if compression == "gz":
            self.stream: IO[bytes] = cast("IO[bytes]", gzip.GzipFile(fileobj=self.raw, mode="rb"))
        elif compression == "zst":
            reader = (
                zstandard()
                .ZstdDecompressor(max_window_size=1 << 31)
                .stream_reader(self.raw, read_across_frames=True, closefd=False)
            )
            self.stream = io.BufferedReader(reader, 1 << 20)
        else:
            self.stream = self.raw
        self.compressed = bool(compression)

    def go_to(self, offset: int, crc: int) -> None:
        """Move to ``offset`` in the content, whose CRC-32 up to there is ``crc``."""
        if self.compressed:
            while self.offset < offset:
                if not self.read(min(1 << 20, offset - self.offset)):
                    raise ShardError("is shorter than it was when the run began")
            if self.crc != crc:
                raise ShardError("is not what it was when the run began")
        else:
            self.raw.seek(offset)
        self.offset, self.crc = offset, crc

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes; fewer only at the end. Raises ShardError where the file is damaged."""
        if self._pushed:
            data = self._pushed.pop()
            if len(data) > size:
                self._pushed.append(data[size:])
                data = data[:size]
            return self._count(data)
        return self._count(self._guard(lambda: self.stream.read(size)))

    def readline(self, limit: int) -> bytes:
        """A line with its end, or its first ``limit`` bytes. Raises ShardError where the file is damaged."""
        if self._pushed:
            data = self._pushed.pop()
            cut = data.find(b"\n") + 1
            if cut and cut < len(data):
                self._pushed.append(data[cut:])
                data = data[:cut]
            elif not cut:
                data += self._guard(lambda: self.stream.readline(max(1, limit - len(data))))
            return self._count(data)
        return self._count(self._guard(lambda: self.stream.readline(limit)))

    def push_back(self, data: bytes, crc: int) -> None:
        """Take back the last bytes that were read; ``crc`` is the CRC-32 up to there."""
        if data:
            self._pushed.append(data)
        self.offset -= len(data)
        self.crc = crc

    def position(self) -> int:
        """How far the file on disk has been read, in bytes."""
        try:
            return self.raw.tell()
        except (OSError, ValueError):
            return self.offset

    def close(self) -> None:
        """Close the file."""
        if self.stream is not self.raw:
            self.stream.close()
        self.raw.close()

    def _count(self, data: bytes) -> bytes:
        self.offset += len(data)
        self.crc = zlib.crc32(data, self.crc)
        return data

    def _guard(self, read: Any) -> bytes:
        try:
            data: bytes = read()
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ShardError(f"is damaged: {str(error).lower().rstrip('.')}") from None
        except OSError as error:
            raise ShardError(f"can't be read: {error.strerror or error}") from None
        except Exception as error:
            if type(error).__name__ != "ZstdError":
                raise
            raise ShardError(f"is damaged: {error}") from None
        return data


def compress(data: bytes, compression: str) -> bytes:
    """``data`` as one gzip member or Zstandard frame that is the same whenever it is made."""
    if not data or not compression:
        return data
    if compression == "gz":
        return gzip.compress(data, 6, mtime=0)
    return cast(bytes, _zstd_compressor().compress(data))


_COMPRESSOR: Any = None


def _zstd_compressor() -> Any:
    global _COMPRESSOR
    if _COMPRESSOR is None:
        _COMPRESSOR = zstandard().ZstdCompressor(level=3, write_content_size=False)
    return _COMPRESSOR
