"""Exchange one field of a CSV record and leave every other byte of it as it is (RFC 4180)."""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.batch.problems import BadRecord


def still_open(line: bytes, delimiter: int, open_: bool) -> bool:
    """Whether a quoted field is open at the end of ``line``; ``open_``: whether one was at its start.

    A quote counts only where a field begins with it, so that a stray one does no harm.
    """
    if not open_ and 34 not in line:
        return False
    i, end = 0, len(line)
    while True:
        if open_:
            i = line.find(b'"', i)
            if i < 0:
                return True
            if line[i + 1 : i + 2] == b'"':
                i += 2
                continue
            open_ = False
        i = line.find(delimiter, i)
        if i < 0:
            return False
        i += 1
        if i < end and line[i] == 34:
            open_ = True
            i += 1


def opens(line: bytes, delimiter: int) -> bool:
    """Whether a record that begins with ``line`` goes on after it."""
    if line[:1] == b'"':
        rest = line[1:]
        return still_open(rest, delimiter, True)
    return still_open(line, delimiter, False)


def fields(record: str, delimiter: str) -> Iterator[tuple[int, int]]:
    """Start and end of each field of a record without its line end (offsets in code points)."""
    i, end = 0, len(record)
    while True:
        start = i
        if record[i : i + 1] == '"':
            i += 1
            while True:
                i = record.find('"', i)
                if i < 0:
                    raise BadRecord("csv", "has a quote that never closes")
                if record[i + 1 : i + 2] != '"':
                    break
                i += 2
            i += 1
            if i < end and record[i] != delimiter:
                raise BadRecord("csv", f"has {record[i]!r} after a closing quote (character {i + 1})")
        else:
            i = record.find(delimiter, i)
            i = end if i < 0 else i
        yield start, i
        if i >= end:
            return
        i += 1


def decode(literal: str) -> str:
    """The value of a field as it stands in the file."""
    return literal[1:-1].replace('""', '"') if literal[:1] == '"' else literal


def encode(value: str, delimiter: str, quoted: bool = False) -> str:
    """``value`` as a field; in quotes where it must be, or ``quoted``."""
    if quoted or value[:1] == '"' or any(c in value for c in (delimiter, "\n", "\r")):
        return '"' + value.replace('"', '""') + '"'
    return value
