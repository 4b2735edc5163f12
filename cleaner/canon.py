"""The canonical form of rule files, with comments and order kept: behind ``rules fmt`` and ``rules new``.

Needs ruamel.yaml (the extra ``maintain``), which reads and writes YAML with its comments.
"""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path
from typing import Any

import regex

from cleaner import yamlfile
from cleaner.extras import MissingExtra
from cleaner.reader import kind_of
from cleaner.schema import Entry, FamilyEntry, ProtectedEntry, RuleEntry, SlotEntry

#: The models of the kinds of files; their fields stand in the order in which people read them.
_MODELS: dict[str, type[Entry]] = {"rules": RuleEntry, "protected": ProtectedEntry, "family": FamilyEntry, "slots": SlotEntry}

#: Texts are never broken: a phrase is easier to read, and to search for, on one line.
_WIDTH = 1_000_000


def schema_line(kind: str, schemas: str) -> str:
    """The comment by which editors find the schema of a file of this kind; ``schemas`` is the way to their folder."""
    return f"# yaml-language-server: $schema={schemas}/{kind}.json"


def schemas_of(root: Path, parts: tuple[str, ...]) -> str | None:
    """The way from a file of the rule folder ``root`` to the schemas' folder; None where there is none near.

    That is ``cleaner/schemas`` in this project's checkout, and ``.schemas`` in a folder of own rules, where
    ``cleaner rules schema`` puts them.
    """
    up = "../" * (len(parts) - 1)
    if (root.parent / "cleaner" / "schemas").is_dir():
        return f"{up}../cleaner/schemas"
    if (root / ".schemas").is_dir():
        return f"{up}.schemas"
    return None


def canonical(text: str, kind: str, schemas: str | None = None) -> str:
    """``text``, a rule file of this kind (``rules``, ``slots``, ``protected``, ``family``), in canonical form.

    Keys in one order, two spaces of indentation, lists indented under their key, no spaces at line
    ends, one line break at the end; the schema line first where ``schemas`` says where they are.
    Comments, quotes, the order of entries and the texts themselves stay. Raises MissingExtra without
    ruamel.yaml, and ValueError where ``text`` is not valid YAML.
    """
    yaml = _yaml()
    from ruamel.yaml.error import YAMLError

    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    # A list is indented under its key but not at the top. ruamel.yaml knows one way for both and keeps
    # comments in their columns: so a list at the top is moved in, written, and moved out again.
    shift = kind in ("rules", "protected")
    try:
        data = yaml.load(regex.sub(r"(?m)^(?=.)", "  ", text) if shift else text)
    except YAMLError as error:
        raise ValueError(str(error)) from None
    if data is None:
        return text
    entries = list(data.values()) if kind == "slots" else [data] if kind == "family" else data
    for entry in entries:
        _sort(entry, [f.alias or name for name, f in _MODELS[kind].model_fields.items()])
    out = io.StringIO()
    yaml.dump(data, out)
    written = regex.sub(r"(?m)^  ", "", out.getvalue()) if shift else out.getvalue()
    written = _escaped(written, text)
    lines = [line.rstrip() for line in written.split("\n")]
    if schemas is not None:
        lines = [schema_line(kind, schemas), *(x for x in lines if not x.startswith("# yaml-language-server:"))]
    form = regex.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip("\n") + "\n"
    _nothing_lost(text, form)
    return form


def canonical_file(root: Path, path: Path) -> tuple[str, str] | None:
    """The file's text as it is and in canonical form; None for a file that is no YAML of a rule folder."""
    parts = path.relative_to(root).parts
    kind = kind_of(parts)
    if kind is None or kind == "words":
        return None
    text = path.read_text(encoding="utf-8")
    return text, canonical(text, kind, schemas_of(root, parts))


def _escaped(written: str, text: str) -> str:
    """``written`` with the escapes (``\\uE001``) of characters that nobody can see, where ``text`` has them."""
    hidden = {c for c in written if unicodedata.category(c) in ("Co", "Cf", "Zl", "Zp", "Cn")} - set(text)
    return written.translate({ord(c): f"\\u{ord(c):04X}" if ord(c) < 0x10000 else f"\\U{ord(c):08X}" for c in hidden})


def _nothing_lost(text: str, form: str) -> None:
    """Raise ValueError where the canonical form says something else, or lacks a comment."""
    if yamlfile.read(text, "").data != yamlfile.read(form, "").data:
        raise ValueError("can't be formatted without a change of what it says")
    for line in text.split("\n"):
        comment = regex.search(r"(?:^|\s)(# ?[^'\"]*)$", line)
        if comment and comment[1].strip() not in form:
            raise ValueError(
                f"the comment {comment[1].strip()!r} would be lost: in a list in […] there is no place for one; write a text a line"
            )


def _sort(entry: Any, order: list[str]) -> None:
    """Put the keys of a mapping in order; comments travel with their keys."""
    from ruamel.yaml.comments import CommentedMap

    if not isinstance(entry, CommentedMap):
        return
    rank = {key: n for n, key in enumerate(order)}
    for key in sorted(entry, key=lambda k: rank.get(k, len(rank))):
        entry.move_to_end(key)


def _yaml() -> Any:
    try:
        from ruamel.yaml import YAML
    except ImportError:
        raise MissingExtra("formatting needs ruamel.yaml: pip install 'boilerplate-cleaner[maintain]'") from None
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.allow_unicode = True
    return yaml


def write_entry(entry: dict[str, Any]) -> str:
    """A new rule as YAML, an entry of a list; texts in double quotes, as in the other entries."""
    return canonical("- " + write_mapping(entry).replace("\n", "\n  ").rstrip() + "\n", "rules")


def write_mapping(entry: dict[str, Any]) -> str:
    """A mapping as YAML; names, numbers and sentences bare where YAML allows it, lists of texts in quotes."""
    from ruamel.yaml.comments import CommentedMap
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString, SingleQuotedScalarString

    yaml = _yaml()
    data = CommentedMap()
    for key, value in entry.items():
        quote = SingleQuotedScalarString if key in ("regex", "unless") else DoubleQuotedScalarString
        data[key] = [quote(v) for v in value] if isinstance(value, list) else value
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()
