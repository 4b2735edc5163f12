"""Small corpora for the tests of the batch: made up, the same each time, with all that can be in a record."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RULES = Path(__file__).parent / "batch_rules"
#: Options that make a run independent of the bundled rules and of settings on this machine.
FROZEN = ("--rules", str(RULES), "--only-rules")

_WORDS = [
    "harbour",
    "council",
    "vote",
    "market",
    "river",
    "school",
    "bridge",
    "budget",
    "winter",
    "ferry",
    "museum",
    "garden",
    "engineer",
    "hospital",
    "farmer",
    "library",
]
_RESIDUE = ("Follow us on WhatsApp", "Share this article", "Share this story", "Follow the Harbour Post on Telegram")


def texts(count: int, seed: int = 7) -> Iterator[str]:
    """Texts of a few lines; some with residue, mojibake, emoji, CRLF, or nothing to mend."""
    draw = random.Random(seed)
    for i in range(count):
        lines = []
        for _ in range(draw.randint(2, 8)):
            lines.append(" ".join(draw.choice(_WORDS) for _ in range(draw.randint(5, 30))).capitalize() + ".")
            if draw.random() < 0.2:
                lines.append(draw.choice(_RESIDUE))
            if draw.random() < 0.1:
                lines.append("Le cafÃ© est fermÃ© — “vraiment” \U0001f600, \u2028, 漢字.")
            if draw.random() < 0.1:
                lines.append("The crane at dawn. (Photo: Ann Example)")
        yield ("\r\n" if i % 11 == 0 else "\n").join(lines)


def records(count: int, seed: int = 7) -> Iterator[dict[str, Any]]:
    """Documents with other fields of many types."""
    for i, text in enumerate(texts(count, seed)):
        yield {
            "id": f"doc-{i}", "url": f"https://www.site{i % 7}.example/{i}", "text": text,
            "score": i / 3, "tags": ["a", None, "ü"], "meta": {"n": i, "deep": {"ok": True}}, "when": None,
        }  # fmt: skip


def json_lines(count: int, seed: int = 7) -> bytes:
    """JSON lines in many hands: escapes, spaces, numbers that don't survive a parser, keys that come twice, blank lines."""
    out = io.BytesIO()
    for i, record in enumerate(records(count, seed)):
        if i % 5 == 1:
            line = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        elif i % 5 == 2:
            line = json.dumps(record).replace("/", "\\/")
        elif i % 5 == 3:
            body = json.dumps(record)[1:-1]
            line = '{"big": 123456789012345678901234567890, "f": 1.0E5, "text": "first", "dup": 1, "dup": 2 ,' + body + " } "
        elif i % 5 == 4:
            # An escape that no style uses: the literal itself must be kept.
            line = json.dumps(record).replace("harbour", "h\\u0061rbour")
        else:
            line = json.dumps(record)
        if i % 17 == 0:
            line = line.replace('"text": "', '"text": "\\ud83d half ')
        out.write(line.encode() + (b"\r\n" if i % 13 == 0 else b"\n"))
        if i % 29 == 0:
            out.write(b"\n")
    out.write(b'{"text": null}\n{"text": "no line end. \\nShare this article"}')
    return out.getvalue()


#: One of each kind of bad record, as bytes of a line.
BAD_LINES: tuple[bytes, ...] = (
    b'{"text": "cut off',
    b'{"text": "bad \xff byte"}',
    b'{"id": "no text"}',
    b'{"text": 5}',
    b'{"text": ["a", "list"]}',
    b'["no", "object"]',
    b'{"text": "raw control \x01 character"}',
    b'{"text": "more after it"} x',
    b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b', "text": "deep"}',
    b"not json at all",
    b'{"text" "no colon"}',
    b"\x00\x00\x00",
)


def csv_lines(count: int, delimiter: str = ",", seed: int = 7) -> bytes:
    """CSV with quotes, line breaks in fields, stray quotes, fields in quotes that need none."""
    out = ["id", "text", "note"]
    rows = [delimiter.join(out) + "\r\n"]
    for i, text in enumerate(texts(count, seed)):
        quoted = '"' + text.replace('"', '""') + (' ""x"""' if i % 3 == 0 else '"')
        single = text.replace("\r", " ").replace("\n", " ").replace(delimiter, " ")
        body = quoted if i % 4 else single
        rows.append(f'{i}{delimiter}{body}{delimiter}a 5" pipe\r\n' if i % 2 else f'"{i}"{delimiter}{body}{delimiter}"x"\n')
    rows.append(f'last{delimiter}"Share this article\nNo line end."{delimiter}')
    return "".join(rows).encode()


def wet(count: int, seed: int = 7, *, packed: bool = True) -> bytes:
    """A WET file: a warcinfo record, then texts."""
    out = io.BytesIO()

    def put(head: str, body: bytes) -> None:
        raw = f"WARC/1.0\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body + b"\r\n\r\n"
        out.write(gzip.compress(raw, mtime=0) if packed else raw)

    put("WARC-Type: warcinfo\r\nContent-Type: application/warc-fields\r\n", b"software: none\r\n")
    for i, text in enumerate(texts(count, seed)):
        put(
            f"WARC-Type: conversion\r\nWARC-Target-URI: https://site{i % 5}.example/{i}\r\nWARC-Date: "
            f"2024-05-0{1 + i % 9}T00:00:00Z\r\n"
            f"WARC-Record-ID: <urn:uuid:{i:08d}>\r\nWARC-Block-Digest: sha1:AAAA\r\nContent-Type: text/plain\r\n",
            text.encode(),
        )
    return out.getvalue()


def warc(count: int, seed: int = 7) -> bytes:
    """A WARC file: requests and responses with pages."""
    out = io.BytesIO()
    for i, text in enumerate(texts(count, seed)):
        paragraphs = "".join(f"<p>{line}</p>" for line in text.splitlines())
        page = (
            f"<html><head><title>Page {i}</title></head><body><article><h1>Page {i}</h1>{paragraphs}</article></body>"
            "</html>"
        ).encode()
        http = (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: "
            + str(len(page)).encode()
            + b"\r\n\r\n"
            + page
        )
        for kind, body in (("request", b"GET / HTTP/1.1\r\nHost: x.example\r\n\r\n"), ("response", http)):
            head = (
                f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://site{i % 5}.example/{i}\r\nWARC-Date: "
                "2024-05-01T00:00:00Z\r\n"
                f"WARC-Record-ID: <urn:uuid:{kind}-{i}>\r\nContent-Type: application/http; msgtype={kind}\r\n"
                f"Content-Length: {len(body)}\r\n\r\n"
            )
            out.write(gzip.compress(head.encode() + body + b"\r\n\r\n", mtime=0))
    return out.getvalue()


def parquet_table(count: int, seed: int = 7) -> Any:
    """A table with nested columns, nulls, dates and metadata."""
    import datetime

    import pyarrow as pa

    rows = []
    for i, record in enumerate(records(count, seed)):
        day = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(hours=i)
        rows.append({**record, "text": None if i % 10 == 9 else record["text"], "when": day, "raw": b"\x00\xff"})
    deep = pa.struct([("n", pa.int16()), ("deep", pa.struct([("ok", pa.bool_())]))])
    schema = pa.schema(
        [
            ("id", pa.string()),
            ("url", pa.large_string()),
            ("text", pa.large_string()),
            ("score", pa.float32()),
            ("tags", pa.list_(pa.string())),
            ("meta", deep),
            ("when", pa.timestamp("ms", "UTC")),
            ("raw", pa.binary()),
        ],
        metadata={"origin": "made up"},
    )
    return pa.Table.from_pylist(rows, schema=schema)


def command(*arguments: str | Path) -> list[str]:
    """The command line of ``cleaner`` in this environment."""
    return [sys.executable, "-m", "cleaner", *map(str, arguments)]


@dataclass
class Done:
    """How a command ended."""

    returncode: int
    stdout: bytes
    stderr: bytes


def run(*arguments: str | Path, status: int = 0, stdin: bytes = b"", cwd: Path | None = None) -> Done:
    """Run ``cleaner`` in this process; it must end with ``status`` and without a traceback."""
    from click.testing import CliRunner

    from cleaner.cli import main

    with contextlib.chdir(cwd or Path.cwd()):
        result = CliRunner().invoke(main, [str(a) for a in arguments], input=stdin)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == status, (result.exit_code, result.stderr)
    return Done(result.exit_code, result.stdout_bytes, result.stderr_bytes)


def environment() -> dict[str, str]:
    """The environment for runs: nothing of this machine's settings."""
    return {k: v for k, v in os.environ.items() if k != "CLEANER_RULES"}


def batch(*arguments: str | Path, status: int = 0, stdin: bytes = b"", cwd: Path | None = None) -> Done:
    """Run ``cleaner batch`` with the frozen rules."""
    return run("batch", *arguments, *FROZEN, status=status, stdin=stdin, cwd=cwd)


def content(path: Path) -> bytes:
    """A file's content, decompressed."""
    data = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(data)
    if path.suffix == ".zst":
        import zstandard

        # As careless readers do it: the first frame must be all there is.
        return zstandard.ZstdDecompressor().decompressobj().decompress(data)
    return data


def packed(data: bytes, suffix: str) -> bytes:
    """``data`` compressed as ``suffix`` says."""
    if suffix == ".gz":
        return gzip.compress(data, mtime=0)
    if suffix == ".zst":
        import zstandard

        half = len(data) // 2
        # Two frames: readers must not stop after the first.
        return bytes(zstandard.compress(data[:half]) + zstandard.compress(data[half:]))
    return data


def tree(folder: Path) -> dict[str, bytes]:
    """All files below ``folder`` with their content, without lock and journal."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name != "lock" and "journal" not in p.relative_to(folder).parts
    }
