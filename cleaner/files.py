"""Read texts from files as they come, and write files that are never half there."""

from __future__ import annotations

import codecs
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import regex

#: How much of a file is looked at to tell its encoding, in bytes.
SAMPLE = 1 << 20
#: A file is taken for binary where more than this share of its first 8 KB are control characters.
MOST_CONTROL = 0.02

_MAGIC = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive (or an Office document)",
    b"\x1f\x8b": "gzip-compressed",
    b"\x28\xb5\x2f\xfd": "zstd-compressed",
    b"\x7fELF": "a program",
    b"MZ\x90": "a program",
    b"PAR1": "a Parquet file",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = regex.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


class NotText(ValueError):
    """The bytes are no text; the message says what they seem to be."""


@dataclass(frozen=True)
class Decoded:
    """A text and how it was had from bytes."""

    text: str
    encoding: str
    """A Python codec name; ``utf-8`` with ``errors`` where nothing else fits."""
    errors: str
    """``strict``, or ``surrogateescape`` where bad bytes were carried over as lone surrogates."""
    note: str
    """What a person should know about it; empty where the bytes were sound UTF-8."""


def decode(data: bytes, *, strict: bool = False) -> Decoded:
    """Text of ``data``: UTF-8, what its byte-order mark says, or a guess that is named in ``note``.

    No line end is changed, and ``text.encode(encoding, errors)`` is ``data`` again. Raises NotText
    for binary data and, where ``strict``, for anything but UTF-8.
    """
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            raise NotText(f"looks like {what}, not text")
    bom = next((name for mark, name in _BOMS if data.startswith(mark)), None)
    head = data[:8192]
    if bom in (None, "utf-8-sig") and len(_CONTROL.findall(head)) > max(3, MOST_CONTROL * len(head)):
        raise NotText("looks like a binary file, not text")
    try:
        return Decoded(data.decode("utf-8"), "utf-8", "strict", "")
    except UnicodeDecodeError as error:
        bad = f"byte 0x{data[error.start]:02x} at offset {error.start} is not UTF-8"
    if strict:
        raise NotText(bad)
    candidates = [bom] if bom else _guesses(data)
    for encoding in candidates:
        try:
            text = data.decode(encoding)
            if text.encode(encoding) == data:
                return Decoded(text, encoding, "strict", f"{bad}; read as {encoding}" + ("" if bom else " (a guess)"))
        except (UnicodeError, LookupError):
            continue
    text = data.decode("utf-8", "surrogateescape")
    return Decoded(text, "utf-8", "surrogateescape", f"{bad}, and no other encoding fits; its bad bytes are shown as \ufffd")


def _guesses(data: bytes) -> list[str]:
    """Encodings to try, the likeliest first."""
    from charset_normalizer import from_bytes

    high = sum(b >= 0x80 for b in data[:SAMPLE])
    broken = data[:SAMPLE].decode("utf-8", "replace").count("\ufffd")
    if broken * 10 < high:
        return []  # UTF-8 with a few broken bytes: another encoding would garble all the rest
    best = from_bytes(data[:SAMPLE]).best()
    guess = [best.encoding] if best is not None and best.encoding != "utf_8" else []
    # A few accents among Latin letters tell the Windows code pages apart by chance alone: take the commonest.
    few = high < 32 and high * 4 < sum(map(str.isalpha, data[:SAMPLE].decode("latin-1")))
    return ["cp1252", *guess, "latin-1"] if few else [*guess, "cp1252", "latin-1"]


def write_whole(path: Path, data: bytes) -> None:
    """Write ``path`` so that it is there whole or not at all. Raises OSError."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as f:
            f.write(data)
            f.flush()
            os.fsync(f.fileno())
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
