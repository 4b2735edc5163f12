"""Exchange the text of a WARC record (ISO 28500) and leave the rest of it as it is."""

from __future__ import annotations

import base64
import hashlib
import io

import regex

from cleaner.batch.formats import fastwarc
from cleaner.batch.problems import BadRecord

_LENGTH = regex.compile(rb"(?im)^(content-length[ \t]*:[ \t]*)(\d+)")
_DIGEST = regex.compile(rb"(?im)^(warc-(?:block|payload)-digest[ \t]*:[ \t]*)(\S+)")


class WarcRecord:
    """A record as it stands in the file, with the empty lines after it."""

    def __init__(self, raw: bytes) -> None:
        """Raises BadRecord where ``raw`` is no record."""
        self.raw = raw
        end = raw.find(b"\r\n\r\n")
        self.body = end + 4
        if not raw.startswith(b"WARC/"):
            raise BadRecord("warc", "is no WARC record: it does not begin with WARC/")
        length = _LENGTH.search(raw, 0, max(0, end))
        if end < 0 or length is None:
            raise BadRecord("warc", "is no whole WARC record: its header has no end or no Content-Length")
        self.end = self.body + int(length[2])
        if self.end > len(raw):
            raise BadRecord("warc", f"is cut off: {len(raw) - self.body} of {int(length[2])} bytes are there")
        self.headers = {
            name.strip().lower().decode("latin-1"): value.strip().decode("utf-8", "replace")
            for name, colon, value in (line.partition(b":") for line in raw[:end].split(b"\r\n")[1:])
            if colon
        }

    @property
    def type(self) -> str:
        """``response``, ``conversion``, ``warcinfo`` …"""
        return self.headers.get("warc-type", "")

    @property
    def header(self) -> bytes:
        """Its header with the empty line."""
        return self.raw[: self.body]

    def text(self) -> str | None:
        """The plain text of a ``conversion`` record; None for every other."""
        if self.type != "conversion" or not self.headers.get("content-type", "text/plain").startswith("text/plain"):
            return None
        try:
            return self.raw[self.body : self.end].decode("utf-8")
        except UnicodeDecodeError as error:
            raise BadRecord(
                "encoding", f"its text is not UTF-8: byte {error.start} is {self.raw[self.body + error.start]:#04x}"
            ) from None

    def page(self) -> bytes | None:
        """The HTML of a ``response`` record, unpacked; None for every other."""
        if self.type != "response":
            return None
        module = fastwarc()
        for record in module.ArchiveIterator(io.BytesIO(self.raw), parse_http=True, auto_decode="all"):
            kind = (record.http_content_type or "").lower()
            if record.is_http and ("html" in kind or not kind):
                return bytes(record.reader.read())
        return None

    def with_body(self, body: bytes) -> bytes:
        """The record with another body: length and block digest follow."""
        digest = b"sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest())
        header = _LENGTH.sub(lambda m: m[1] + str(len(body)).encode(), self.header, count=1)
        header = _DIGEST.sub(lambda m: m[1] + digest, header)
        return header + body + self.raw[self.end :]


def conversion(fields: dict[str, object]) -> bytes:
    """A ``conversion`` record with a document's text, as in Common Crawl's WET files."""
    body = str(fields.get("text") or "").encode("utf-8", "replace")
    name = str(fields.get("id") or "")
    uid = name if name.startswith("<urn:") else f"<urn:uuid:{_uuid(name, body)}>"
    head = ["WARC/1.0", "WARC-Type: conversion"]
    if fields.get("url"):
        head.append(f"WARC-Target-URI: {' '.join(str(fields['url']).split())}")
    head += [
        f"WARC-Date: {_date(fields.get('date'))}",
        f"WARC-Record-ID: {uid}",
        "WARC-Block-Digest: sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode(),
        "Content-Type: text/plain",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body + b"\r\n\r\n"


def _uuid(name: str, body: bytes) -> str:
    import uuid

    # From the content, not by chance: the same input gives the same output.
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name + hashlib.sha1(body, usedforsecurity=False).hexdigest()))


def _date(value: object) -> str:
    text = str(value or "")
    return text if regex.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z", text) else "1970-01-01T00:00:00Z"
