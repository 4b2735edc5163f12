"""Read a corpus for the tools that try rules on one: plain files, JSON Lines, labelled pages.

Nothing here is meant for cleaning corpora: that is ``cleaner batch``, which streams, resumes and
writes. These are readers for looking at texts while writing rules.
"""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


class CorpusError(ValueError):
    """A corpus that can't be read; the message names the file and the line."""


@dataclass(frozen=True)
class Doc:
    """One text."""

    id: str
    """Where it is from: a path, a path with a line number, or the record's own id and view."""
    site: str
    """Host of its address, or its folder: what hits are grouped by."""
    text: str
    labels: tuple[str, ...] = ()
    """A label a line (``c`` content, ``b`` boilerplate, ``u`` unsure), where the corpus has them."""
    clean: bool = False
    """Whether the text is known to hold nothing but content: a page's gold text."""


def read_corpus(paths: Iterable[Path], *, clean: bool = False) -> Iterator[Doc]:
    """The texts in ``paths``: files or folders of them, in order of name.

    ``.txt`` and ``.md`` are a text a file. ``.jsonl`` and ``.jsonl.gz`` are a record a line: with ``text``, or
    a labelled page with ``views`` (name -> list of [line, label]) and ``gold``. ``clean``: take what is
    known to be clean, the gold text of labelled pages and everything else as it is.

    Raises CorpusError for a record that is neither, and for a corpus without texts.
    """
    empty = True
    for path in paths:
        for file in _files(path):
            for doc in _docs(file, path, clean):
                empty = False
                yield doc
    if empty:
        raise CorpusError(f"there are no texts in {', '.join(map(str, paths))}: .txt, .md, .jsonl and .jsonl.gz are read")


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    if not path.is_dir():
        raise CorpusError(f"there is no file or folder {path}")
    for file in sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith(".")):
        if file.suffix in (".txt", ".md") or file.name.endswith((".jsonl", ".jsonl.gz")):
            yield file


def _docs(file: Path, root: Path, clean: bool) -> Iterator[Doc]:
    if not file.name.endswith((".jsonl", ".jsonl.gz")):
        name = file.relative_to(root).as_posix() if file != root else file.name
        yield Doc(name, file.parent.name, _decode(file.read_bytes(), file), clean=clean)
        return
    # Closed by the with below.
    opened = gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8")  # noqa: SIM115
    with opened as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield from _record(line, f"{file.name}:{number}", clean)


def _record(line: str, place: str, clean: bool) -> Iterator[Doc]:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise CorpusError(f"{place}: is not JSON: {error}") from None
    if not isinstance(record, dict):
        raise CorpusError(f"{place}: is not a JSON object")
    id_ = str(record.get("id", place))
    site = urlsplit(str(record.get("url") or "")).netloc.removeprefix("www.") or place.split(":")[0]
    if isinstance(record.get("views"), dict):
        if clean:
            if isinstance(record.get("gold"), str) and record["gold"].strip():
                yield Doc(f"{id_}/gold", site, record["gold"], clean=True)
            return
        for view, pairs in record["views"].items():
            yield Doc(f"{id_}/{view}", site, "\n".join(p[0] for p in pairs), tuple(p[1] for p in pairs))
    elif isinstance(record.get("text"), str):
        yield Doc(id_, site, record["text"], clean=clean)
    else:
        raise CorpusError(f"{place}: has neither 'text' nor 'views'")


def _decode(data: bytes, file: Path) -> str:
    try:
        # Universal line ends, as the JSON readers have them.
        return io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig").read()
    except UnicodeDecodeError:
        raise CorpusError(f"{file}: is not UTF-8") from None


def label_of(doc: Doc, line: int) -> str:
    """The label of a line of a text, counted from 0; empty where the corpus has none."""
    return doc.labels[line] if line < len(doc.labels) else ""
