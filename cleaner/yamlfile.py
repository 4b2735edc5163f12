"""Read YAML with the line of every value, and say what YAML itself would let pass in silence.

PyYAML keeps the last of two equal keys and reads a bare ``no`` as false; both have broken rule
files elsewhere, so both are reported here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from cleaner.problems import Problem

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Path = tuple[str | int, ...]


@dataclass
class Document:
    """A file's data with the place of each part."""

    data: Any
    lines: dict[Path, int] = field(default_factory=dict)
    """Path of keys and list positions -> line, counted from 1."""
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of ``path``, or of the nearest part around it that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(text: str, path: str) -> Document:
    """Parse ``text``; ``path`` is only for messages. Never raises: faults are in ``problems``."""
    doc = Document(None)
    if text.startswith("\ufeff"):
        doc.problems.append(Problem(path, 1, "", "begins with a byte-order mark; save the file as UTF-8 without BOM"))
        text = text[1:]
    for number, line in enumerate(text.split("\n"), 1):
        if "\t" in line[: len(line) - len(line.lstrip())]:
            doc.problems.append(Problem(path, number, "", "is indented with a tab; YAML allows spaces only"))
    if doc.problems:
        return doc
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or str(error)
        doc.problems.append(Problem(path, mark.line + 1 if mark else 0, "", f"is not valid YAML: {said}"))
        return doc
    if node is not None:
        doc.data = _build(node, (), doc, path)
    return doc


def _build(node: yaml.Node, at: Path, doc: Document, path: str) -> Any:
    doc.lines[at] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        out: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in out:
                doc.problems.append(
                    Problem(path, key_node.start_mark.line + 1, "", f"'{key}' stands twice in one entry; YAML would keep only the last")
                )
            out[key] = _build(value_node, (*at, key), doc, path)
            doc.lines[(*at, key)] = key_node.start_mark.line + 1
        return out
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, (*at, i), doc, path) for i, item in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: yaml.Node) -> Any:
    kind = node.tag.rsplit(":", 1)[-1]
    value = str(node.value)
    if kind == "null":
        return None
    if kind == "bool":
        return value.lower() in ("true", "yes", "on")
    if kind == "int" and value.lstrip("+-").isdigit():
        return int(value)
    if kind in ("int", "float"):
        return float(value) if kind == "float" and value.replace(".", "", 1).isdigit() else value
    return value
