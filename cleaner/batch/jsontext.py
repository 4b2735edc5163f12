"""Exchange one value of a JSON line and leave every other byte of it as it is.

Reading a line and writing it again would change what nobody asked to change: ``1.0e5``, long
integers, escapes, the order of keys, keys that come twice. So the line is only walked over, with
the C scanner of the standard library, and the text's literal is replaced in place.
"""

from __future__ import annotations

import json
from json.decoder import scanstring  # type: ignore[attr-defined]  # C scanner, not in the stubs
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any, NamedTuple

import regex

from cleaner.batch.problems import BadRecord

# Numbers are not read: Python refuses integers of more than 4,300 digits, and values are not needed.
_SCAN = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str).scan_once  # type: ignore[attr-defined]
_SPACE = " \t\n\r"
_SURROGATE = regex.compile("[\ud800-\udfff]")

#: Ways in which writers put a string, most frequent first.
STYLES = ("utf8", "ascii", "utf8/", "ascii/")


class Member(NamedTuple):
    """One member of a JSON object: its key, and where the two stand in the line (offsets in code points)."""

    key: str
    at: int
    """Where the key's quote stands."""
    start: int
    """Where the value begins."""
    end: int
    """One past the value's last character."""
    text: str | None
    """The value, where it is a string."""


class Line:
    """A JSON object on one line, with the places of its top-level members."""

    def __init__(self, raw: bytes) -> None:
        """Raises BadRecord where ``raw`` is not UTF-8 or not a JSON object."""
        try:
            self.source = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BadRecord("encoding", f"is not UTF-8: byte {error.start} is {raw[error.start]:#04x}") from None
        try:
            self.members, self.close = _walk(self.source)
        except (ValueError, StopIteration) as error:
            raise BadRecord("json", f"is not valid JSON: {_reason(error)}") from None
        except RecursionError:
            raise BadRecord("json", "is nested too deeply") from None

    def find(self, key: str) -> Member | None:
        """The member named ``key``; the last one where there are several, as all readers do."""
        return next((m for m in reversed(self.members) if m.key == key), None)

    def literal(self, member: Member) -> str:
        """A member's value as it stands in the line."""
        return self.source[member.start : member.end]

    def value(self, member: Member) -> Any:
        """A member's value."""
        return member.text if member.text is not None else json.loads(self.literal(member))

    def text(self, key: str) -> str | None:
        """The string at ``key``; None for null. Raises BadRecord where it is absent or something else."""
        member = self.find(key)
        if member is None:
            shown = ", ".join(m.key for m in self.members[:20]) or "none"
            raise BadRecord("field", f"has no field {key!r}; its fields: {shown}")
        if member.text is not None:
            return member.text
        literal = self.source[member.start : member.start + 1]
        if self.literal(member) == "null":
            return None
        kind = {"{": "an object", "[": "a list", "t": "true or false", "f": "true or false"}.get(literal, "a number")
        raise BadRecord("type", f"field {key!r} is {kind}, not a text")

    def short(self, key: str) -> str | None:
        """A name or address at ``key``, or None where it is absent, null or no plain value."""
        member = self.find(key)
        if member is None or self.source[member.start] in "{[":
            return None
        if member.text is not None:
            return member.text
        literal = self.literal(member)
        return None if literal == "null" else literal

    def with_changes(self, member: Member | None, literal: str, added: str) -> bytes:
        """The line with ``member``'s value replaced by ``literal`` and ``added`` put before the closing brace."""
        s = self.source
        if member is None:
            out = s[: self.close] + added + s[self.close :]
        else:
            out = s[: member.start] + literal + s[member.end : self.close] + added + s[self.close :]
        return out.encode("utf-8")


def _walk(s: str) -> tuple[list[Member], int]:
    i = _skip(s, 1 if s[:1] == "\ufeff" else 0)
    if s[i : i + 1] != "{":
        raise ValueError("it is no object: a line must be {…}")
    members = []
    i = _skip(s, i + 1)
    if s[i : i + 1] != "}":
        while True:
            at = i
            if s[i : i + 1] != '"':
                raise json.JSONDecodeError("a key in double quotes belongs here", s, i)
            key, i = scanstring(s, i + 1)
            i = _skip(s, i)
            if s[i : i + 1] != ":":
                raise json.JSONDecodeError("a colon belongs here", s, i)
            start = _skip(s, i + 1)
            text = None
            if s[start : start + 1] == '"':
                text, i = scanstring(s, start + 1)
            else:
                _, i = _SCAN(s, start)
            members.append(Member(key, at, start, i, text))
            i = _skip(s, i)
            if s[i : i + 1] == "}":
                break
            if s[i : i + 1] != ",":
                raise json.JSONDecodeError("a comma or closing brace belongs here", s, i)
            i = _skip(s, i + 1)
    end = _skip(s, i + 1)
    if end != len(s):
        raise json.JSONDecodeError("there is more after the object's end", s, end)
    return members, i


def _skip(s: str, i: int) -> int:
    while s[i : i + 1] and s[i] in _SPACE:
        i += 1
    return i


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} (character {error.pos + 1})"
    if isinstance(error, StopIteration):
        return f"a value belongs at character {error.value + 1}"
    return str(error)


def encode(text: str, style: str = "utf8") -> str:
    """``text`` as a JSON string literal, in one of :data:`STYLES`.

    >>> encode("caf\\u00e9 </b>", "ascii/")
    '"caf\\\\u00e9 <\\\\/b>"'
    """
    literal = encode_basestring_ascii(text) if style.startswith("ascii") else encode_basestring(text)
    if style.endswith("/"):
        literal = literal.replace("/", "\\/")
    # Half a surrogate pair has no UTF-8 form: it can stand in JSON as an escape only.
    if not literal.isascii() and _SURROGATE.search(literal):
        literal = _SURROGATE.sub(lambda m: f"\\u{ord(m[0]):04x}", literal)
    return literal


def style_of(literal: str, text: str) -> str | None:
    """The style in which ``literal`` puts ``text``, or None where it is none that is known."""
    return next((style for style in STYLES if encode(text, style) == literal), None)


def dumps(value: Any) -> str:
    """``value`` as compact JSON that always has a UTF-8 form."""
    out = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if not out.isascii() and _SURROGATE.search(out):
        out = _SURROGATE.sub(lambda m: f"\\u{ord(m[0]):04x}", out)
    return out
