"""Read YAML with the place of every value, and say what YAML itself would let pass in silence.

YAML is full of small traps for people who write text in it, and most of them lose something without a
word: of two equal keys the last stays, a bare ``no`` is false, ``"\\b"`` is a backspace, ``&`` and ``*`` and
``!`` at the start of a word are taken for anchors, aliases and tags, `` #`` begins a comment. Each of
them is reported here, with how to write what was meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import regex
import yaml

from cleaner.problems import Problem

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Path = tuple[str | int, ...]

#: Lines of a long value that a message shows.
_MOST_LINES = 4


class Place(NamedTuple):
    """Where a part stands: lines and columns counted from 1, the end being one past the last character."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass
class Document:
    """A file's data with the place of each part."""

    path: str
    """For messages."""
    source: list[str]
    """The file's lines."""
    data: Any = None
    values: dict[Path, Place] = field(default_factory=dict)
    """Path of keys and list positions -> where the value stands."""
    keys: dict[Path, Place] = field(default_factory=dict)
    """Path -> where its last part stands as a key."""
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of ``path``, of the nearest part around it where it has none."""
        return self.place(path).line

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Where ``path`` stands; its key where ``key``; the nearest part around it where it stands nowhere."""
        while path and path not in self.values:
            path, key = path[:-1], True
        if key and path in self.keys:
            return self.keys[path]
        return self.values.get(path) or self.keys.get(path) or Place(1, 1, 1, 2)

    def problem(
        self,
        where: Path | Place,
        rule: str,
        message: str,
        *,
        follows: str = "",
        mend: str = "",
        key: bool = False,
        part: str = "",
    ) -> Problem:
        """A Problem at ``where``; ``part`` is the text inside it that is meant, where it is not all of it."""
        place = where if isinstance(where, Place) else self.place(where, key=key)
        line, column, last, end = place
        # The end of a block value is the start of the next: go back to where there is text.
        while last > line and (end == 1 or not self._text(last)[: end - 1].strip()):
            last -= 1
            end = len(self._text(last)) + 1
        if last > line and self._text(line)[column - 1 : column] in ("|", ">"):
            # A text over several lines begins under its sign.
            line += 1
            column = len(self._text(line)) - len(self._text(line).lstrip()) + 1
        if part:
            for number in range(line, last + 1):
                at = self._text(number).find(part, column - 1 if number == line else 0)
                if at >= 0:
                    line = last = number
                    column, end = at + 1, at + 1 + len(part)
                    break
        shown = min(last, line + _MOST_LINES - 1)
        width = (end if last == line else len(self._text(line).rstrip()) + 1) - column
        excerpt = tuple(self._text(n) for n in range(line, shown + 1))
        return Problem(self.path, line, rule, message, follows, mend, excerpt, column, width)

    def _text(self, number: int) -> str:
        return self.source[number - 1] if number <= len(self.source) else ""


def read(text: str, path: str) -> Document:
    """Parse ``text``; ``path`` is only for messages. Never raises: faults are in ``problems``."""
    doc = Document(path, text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n"))
    if text.startswith("\ufeff"):
        doc.problems.append(
            doc.problem(Place(1, 1, 1, 2), "", "begins with a byte-order mark", mend="save the file as UTF-8 without BOM")
        )
        text = text[1:]
    for number, line in enumerate(doc.source, 1):
        indent = len(line) - len(line.lstrip())
        if "\t" in line[:indent] and line.strip():
            at = line.index("\t") + 1
            doc.problems.append(
                doc.problem(
                    Place(number, at, number, indent + 1),
                    "",
                    "is indented with a tab",
                    mend="YAML allows spaces only: put two spaces",
                )
            )
    if any(p.message != "begins with a byte-order mark" for p in doc.problems):
        return doc
    try:
        # All events first: nothing is half built when the syntax is at fault.
        events = list(yaml.parse(text, Loader=_Loader))
    except yaml.YAMLError:
        _in_pieces(doc, text)
        return doc
    _Builder(doc).run(iter(events))
    return doc


def _in_pieces(doc: Document, text: str) -> None:
    """Read a list whose syntax is at fault entry by entry, so that one fault does not hide the others."""
    starts = [i for i, line in enumerate(doc.source) if line.startswith("- ")]
    if len(starts) < 2 or any(line[:1] not in " -#\r" for line in doc.source[: starts[0]] if line):
        doc.problems.append(_syntax(doc, text))
        return
    builder, doc.data = _Builder(doc), []
    for start, end in zip(starts, [*starts[1:], len(doc.source)], strict=True):
        # The blank lines before it keep the numbers of the lines right.
        piece = "\n" * start + "\n".join(doc.source[start:end])
        try:
            events = list(yaml.parse(piece, Loader=_Loader))
        except yaml.YAMLError:
            doc.problems.append(_syntax(doc, piece))
        else:
            builder.entry(iter(events))


def _syntax(doc: Document, text: str) -> Problem:
    """What the parser stumbled over, in the words of the Python parser: libyaml's say less."""
    try:
        list(yaml.parse(text, Loader=yaml.SafeLoader))
        return doc.problem(Place(1, 1, 1, 2), "", "is not valid YAML")
    except yaml.reader.ReaderError as error:
        number = text[: error.position].count("\n") + 1
        column = error.position - (text.rfind("\n", 0, error.position) + 1) + 1
        return doc.problem(
            Place(number, column, number, column + 1),
            "",
            f"holds a control character (U+{ord(text[error.position]):04X})",
            mend="take it out",
        )
    except yaml.MarkedYAMLError as error:
        said, mark = error.problem or str(error), error.problem_mark
        quote = error.context == "while scanning a quoted scalar" and "escape" not in said
        if quote or mark is None:
            mark = error.context_mark or mark
    place = Place(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2) if mark else Place(1, 1, 1, 2)
    mend = "look at the indentation of this line and the one before: '- id:' at the margin, the other keys two spaces in"
    text = doc._text(place.line)
    begins = regex.match(r"""\s*(?:-\s+)?(?:[a-z]+:\s+)?(?P<sign>[*&!{@`%\['"])""", text)
    if quote:
        said, mend = "a quote that is opened is not closed", "close it; inside single quotes a ' is written ''"
    elif "escape" in said:
        mend = "a backslash in double quotes is YAML's own: put the pattern in single quotes"
    elif "expected ',' or" in said:
        said = "a list in […] is not closed, or lacks a comma"
        mend = "put commas between the texts and ] at the end; a text with [, ], { or a comma in it needs quotes"
    elif begins and begins["sign"] in "'\"" and (opened := _opened_before(doc, place.line, begins["sign"])):
        place = opened
        said, mend = "a quote that is opened is not closed", "close it; inside single quotes a ' is written ''"
    elif begins and begins["sign"] in "'\"":
        said = "the text goes on after its closing quote"
        mend = "inside single quotes a ' is written ''; inside double quotes a \" is written \\\""
    elif begins:
        said, mend = f"a text begins with {begins['sign']}, which means something else to YAML", "put the whole text in quotes"
    elif "mapping values" in said and regex.match(r"\s*(?:- +)?\S+: .*: ", text):
        said, mend = "a text has ': ' in it, which makes it a key", "put the whole text in quotes"
    elif "but found" in said or "mapping values" in said:
        said = "this line does not fit the ones above it"
    return doc.problem(place, "", f"is not valid YAML: {said}", mend=mend)


def _opened_before(doc: Document, line: int, sign: str) -> Place | None:
    """Where, in the entry before ``line``, a quote is opened that its own line does not close."""
    if doc.source[line - 1].replace("\\" + sign, "").count(sign) % 2:
        return None
    for number in range(line - 1, 0, -1):
        text = doc.source[number - 1]
        if text.replace("\\" + sign, "").count(sign) % 2:
            at = text.index(sign) + 1
            return Place(number, at, number, at + 1)
        if text.startswith("- "):
            return None
    return None


class _Builder:
    """Makes plain data of the parser's events, noting places and traps."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc

    def run(self, events: Iterator[yaml.Event]) -> None:
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._say(
                        _place(event),
                        "a second document begins with '---'",
                        follows="what comes after it would not be read",
                        mend="take the '---' out",
                    )
                    return
            elif isinstance(event, (yaml.ScalarEvent, yaml.SequenceStartEvent, yaml.MappingStartEvent, yaml.AliasEvent)):
                self.doc.data = self._node(event, events, ())

    def entry(self, events: Iterator[yaml.Event]) -> None:
        """Add the one entry of a list of one to the document's list."""
        for event in events:
            if isinstance(event, yaml.SequenceStartEvent):
                self.doc.data.append(self._node(next(events), events, (len(self.doc.data),)))
                return

    def _say(self, where: Place, message: str, *, follows: str = "", mend: str = "", rule: str = "") -> None:
        self.doc.problems.append(self.doc.problem(where, rule, message, follows=follows, mend=mend))

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], at: Path) -> Any:
        place = _place(event)
        self.doc.values[at] = place
        self._eaten(event, place)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(event, events, at, place)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            for item in events:
                if isinstance(item, yaml.SequenceEndEvent):
                    self._extend(at, place, item)
                    return items
                items.append(self._node(item, events, (*at, len(items))))
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, place)
        return f"*{getattr(event, 'anchor', '')}"  # an alias, which was reported

    def _mapping(self, event: yaml.Event, events: Iterator[yaml.Event], at: Path, place: Place) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for key_event in events:
            if isinstance(key_event, yaml.MappingEndEvent):
                self._extend(at, place, key_event)
                break
            key_place = _place(key_event)
            if not isinstance(key_event, yaml.ScalarEvent):
                self._say(
                    key_place,
                    "a list or a mapping stands where a key belongs",
                    mend="put a text that begins with [, { or ? in quotes",
                )
                self._node(key_event, events, (*at, "?"))
                self._node(next(events), events, (*at, "?"))
                continue
            self._eaten(key_event, key_place)
            key = str(key_event.value)
            if key in out:
                self._say(
                    key_place,
                    f"'{key}' stands twice in one entry",
                    follows="YAML would keep only the last and lose the first in silence",
                    mend="make one of the two, or begin the second rule with '- id:'",
                    rule=str(out.get("id", "")),
                )
            value = self._node(next(events), events, (*at, key))
            out[key] = value
            self.doc.keys[(*at, key)] = key_place
        return out

    def _extend(self, at: Path, place: Place, end: yaml.Event) -> None:
        after = _place(end)
        self.doc.values[at] = place._replace(end_line=after.end_line, end_column=after.end_column)

    def _eaten(self, event: yaml.Event, place: Place) -> None:
        """Anchors, aliases and tags: nobody needs them in rules, and texts that begin so lose their start."""
        if isinstance(event, yaml.AliasEvent):
            self._say(place, f"YAML reads '*{event.anchor}' as a reference to an anchor", mend="put the text in quotes")
            return
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if anchor:
            self._say(place, f"YAML reads '&{anchor}' as an anchor and drops it from the text", mend="put the text in quotes")
        if tag and tag.startswith("!"):
            self._say(place, f"YAML reads '{tag}' as a tag and drops it from the text", mend="put the text in quotes")

    def _scalar(self, event: yaml.ScalarEvent, place: Place) -> Any:
        value = str(event.value)
        control = next((c for c in value if (c < " " and c not in "\n\t") or c == "\x7f"), None)
        if control is not None:
            escape = {"\b": "\\b", "\a": "\\a", "\x0b": "\\v", "\x0c": "\\f", "\x1b": "\\e", "\0": "\\0", "\r": "\\r"}.get(
                control, "\\x…"
            )
            self._say(
                place,
                f"YAML has made a control character (U+{ord(control):04X}) of '{escape}'",
                follows="in double quotes a backslash is YAML's own; the pattern that was meant is lost",
                mend="put the pattern in single quotes",
            )
        if event.style is not None and event.style != "":
            return value
        if place.end_line == place.line:
            rest = self.doc.source[place.line - 1][place.end_column - 1 :]
            if rest.startswith(" #") and len(rest) > 2 and not rest[2].isspace():
                at = place.end_column + 1
                self._say(
                    Place(place.line, at, place.line, len(rest.rstrip()) + place.end_column),
                    f"YAML takes {rest.strip()!r} for a comment and drops it",
                    mend="put the whole text in quotes; a comment that is meant as one has a space after #",
                )
        return _plain_scalar(value)


def _place(event: yaml.Event) -> Place:
    a, b = event.start_mark, event.end_mark
    assert a is not None
    assert b is not None
    return Place(a.line + 1, a.column + 1, b.line + 1, b.column + 1)


def _plain_scalar(value: str) -> Any:
    """What YAML 1.1 makes of a text without quotes."""
    for tag, pattern in yaml.SafeLoader.yaml_implicit_resolvers.get(value[:1], []):
        if pattern.match(value):
            kind = tag.rsplit(":", 1)[-1]
            if kind == "null":
                return None
            if kind == "bool":
                return value.lower() in ("true", "yes", "on")
            if kind == "int" and value.lstrip("+-").isdigit():
                return int(value)
            if kind == "float" and value.lstrip("+-").replace(".", "", 1).isdigit():
                return float(value)
            return value
    return value
