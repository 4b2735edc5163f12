"""From the inputs and the output that were named to a list of shards: what is read, and what is written for it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cleaner.batch.formats import Format, check_libraries, format_of, stem
from cleaner.batch.problems import UsageError

STDIN = "-"


@dataclass(frozen=True)
class Shard:
    """One input and the output that is made of it."""

    number: int
    """Place in the order of the run, from 0."""
    name: str
    """Relative path of the output in the output folder, with ``/``; also its name in journal, errors and report."""
    source: str
    """Path of the input; ``-`` for stdin. For ``files`` the folder."""
    format: Format
    out_format: Format
    size: int = 0
    """Bytes on disk."""
    fingerprint: str = ""
    """Changes when the input changes."""
    members: tuple[str, ...] = ()
    """``files``: the single file that is meant, where it is not the whole folder."""
    place: str = ""
    """``files``: folder below the output folder, where several folders are read."""
    only: str = ""
    """``files``: name of the output, where it is a single file."""
    replay: str = ""
    """Name of the shard in an ``errors.jsonl`` (``source``) whose records are to be taken."""

    @property
    def converts(self) -> bool:
        """Whether records change their format, not only their compression."""
        return self.format.kind != self.out_format.kind

    @property
    def assembled(self) -> bool:
        """Whether the output must be written in one go, so that its pieces are collected first.

        A Parquet file has its index at the end; Zstandard in several frames is cut off after the
        first by many readers.
        """
        return self.out_format.kind == "parquet" or self.out_format.compression == "zst"


@dataclass(frozen=True)
class Plan:
    """What a run reads and writes."""

    shards: tuple[Shard, ...]
    root: Path | None
    """Folder that the shards' names are relative to; None for stdout."""
    account: Path | None
    """Folder for journal, sidecars, errors and report."""
    left_alone: tuple[str, ...] = ()
    """Files in input folders whose suffix says nothing."""

    def path(self, shard: Shard) -> Path:
        """Where a shard's output goes."""
        assert self.root is not None
        return self.root / shard.name


def make_plan(inputs: Sequence[str], output: str, to: Format | None, account: Path | None, *, replay: bool = False) -> Plan:
    """Find the shards. Raises UsageError where inputs are missing, unknown, or would share an output."""
    to_stdout = output == STDIN
    if STDIN in inputs and len(inputs) > 1:
        raise UsageError("'-' is stdin and can't be mixed with other inputs")
    if to_stdout and account is None:
        where = None
    else:
        base = Path(output if not to_stdout else "stdout")
        where = account or base.with_name(base.name + ".account")
    left: list[str] = []
    found = _gathered(list(_replays(inputs)) if replay else [s for name in inputs for s in _shards(name, left)])
    if not found:
        hint = f" ({left[0]} and {len(left) - 1} other files have suffixes that say nothing)" if left else ""
        raise UsageError(f"there is nothing to read in {', '.join(inputs)}{hint}")
    single = len(found) == 1 and (inputs[0] == STDIN or replay or Path(inputs[0]).is_file())
    as_file = None if to_stdout else _as_file(output, single)
    if to_stdout and (len(found) > 1 or found[0].format.kind == "files"):
        raise UsageError("only one input with one document a line can go to stdout; name a folder with -o")
    shards = []
    for number, shard in enumerate(found):
        out_format = to or (as_file and format_of(as_file)) or (Format("jsonl") if to_stdout else _default_target(shard.format))
        name = as_file if as_file else _target_name(shard, out_format)
        place = only = ""
        if shard.format.kind == out_format.kind == "files":
            if as_file and len(shard.members) != 1:
                raise UsageError(f"-o {output} is one file, but there are several inputs; name a folder (with / at its end)")
            name, only = shard.name, as_file or ""
            place = shard.name if sum(s.format.kind == "files" for s in found) > 1 else ""
        shards.append(replace(shard, number=number, name=name, out_format=out_format, place=place, only=only))
    for shard in shards:
        check_libraries(shard.format)
        check_libraries(shard.out_format)
        if to_stdout and shard.assembled:
            raise UsageError(f"{shard.out_format.suffix[1:]} can't be written to stdout; name a file with -o")
    _no_collisions(shards)
    root = None if to_stdout else Path(output).parent if as_file else Path(output)
    plan = Plan(tuple(shards), root, where, tuple(left))
    _not_onto_inputs(plan)
    _not_among_inputs(plan, inputs)
    return plan


def _gathered(found: Sequence[Shard]) -> list[Shard]:
    """``found`` with the single texts of one folder put into one shard."""
    out: list[Shard] = []
    together: dict[str, list[str]] = {}
    for shard in found:
        if shard.members:
            if shard.source not in together:
                out.append(shard)
            together.setdefault(shard.source, []).extend(shard.members)
        else:
            out.append(shard)
    for i, shard in enumerate(out):
        if shard.members and len(set(together[shard.source])) > 1:
            names = tuple(sorted(set(together[shard.source])))
            size, mark = fingerprint_files(Path(shard.source), names)
            name = Path(shard.source).resolve().name or "files"
            out[i] = replace(shard, name=name, members=names, size=size, fingerprint=mark)
    return out


def _default_target(source: Format) -> Format:
    if source.kind == "warc":
        return Format("warc", source.compression)
    return source


def _as_file(output: str, single: bool) -> str | None:
    """The file name where ``output`` is a file and not a folder."""
    if output.endswith(("/", os.sep)) or Path(output).is_dir():
        return None
    known = format_of(output)
    if known is None:
        return None
    if not single:
        raise UsageError(f"-o {output} is one file, but there are several inputs; name a folder (with / at its end)")
    return Path(output).name


def _target_name(shard: Shard, out: Format) -> str:
    if shard.format == out and out.kind != "warc":
        return shard.name
    if out.kind == "warc":
        if ".wet" in Path(shard.name).suffixes:
            return shard.name if shard.format.compression == out.compression else stem(shard.name) + out.suffix
        # Common Crawl's way: x.warc.gz becomes x.warc.wet.gz
        return (stem(shard.name) + ".warc" if shard.format.kind == "warc" else stem(shard.name)) + out.suffix
    name = stem(shard.name) if shard.format.kind != "files" else shard.name
    return name + out.suffix


def _shards(name: str, left: list[str]) -> Iterator[Shard]:
    if name == STDIN:
        yield Shard(0, "stdin.jsonl", STDIN, Format("jsonl"), Format("jsonl"))
        return
    path = Path(name)
    if path.is_dir():
        yield from _in_folder(path, left)
    elif path.exists():
        yield _one(path, path.name)
    else:
        raise UsageError(f"there is no {name}")


def _one(path: Path, name: str) -> Shard:
    known = format_of(path.name)
    if known is None:
        if path.suffix == ".json":
            raise UsageError(f"{path}: .json may be one document or many; name it .jsonl where it has one document a line")
        raise UsageError(
            f"{path}: this suffix says nothing about the format; known are .jsonl .csv .tsv .parquet .txt .html .warc "
            ".wet, and .gz or .zst after them"
        )
    if known.kind == "files":
        size, mark = fingerprint_files(path.parent, [path.name])
        return Shard(0, path.stem, str(path.parent), known, known, size, mark, (path.name,))
    size, mark = fingerprint(path)
    return Shard(0, name, str(path), known, known, size, mark)


def _in_folder(folder: Path, left: list[str]) -> Iterator[Shard]:
    any_texts = False
    for relative in walk(folder):
        known = format_of(relative)
        if known is None:
            left.append(relative)
        elif known.kind == "files":
            any_texts = True
        else:
            yield _one(folder / relative, relative)
    if any_texts:
        size, mark = fingerprint_files(folder, text_files(folder))
        yield Shard(0, folder.resolve().name or "files", str(folder), Format("files"), Format("files"), size, mark)


def walk(folder: Path, inside: str = "") -> Iterator[str]:
    """Relative paths of the files in ``folder``, in one order everywhere; hidden ones and unfinished ones left out."""
    with os.scandir(folder / inside) as found:
        entries = sorted(found, key=lambda e: e.name)
    for e in entries:
        if _is_passed_over(e.name):
            continue
        relative = f"{inside}/{e.name}" if inside else e.name
        if e.is_dir():
            yield from walk(folder, relative)
        elif e.is_file():
            yield relative


def _is_passed_over(name: str) -> bool:
    return name.startswith((".", "_")) or name.endswith((".part", ".account"))


def text_files(folder: Path) -> Iterator[str]:
    """Relative paths of the texts and pages in ``folder``."""
    return (name for name in walk(folder) if (f := format_of(name)) is not None and f.kind == "files")


def fingerprint(path: Path) -> tuple[int, str]:
    """Size of a file, and a hash over size, time and samples of its content."""
    stat = path.stat()
    digest = hashlib.blake2b(f"{stat.st_size} {stat.st_mtime_ns}".encode(), digest_size=16)
    with path.open("rb") as f:
        for at in (0, stat.st_size // 2, max(0, stat.st_size - 65536)):
            f.seek(at)
            digest.update(f.read(65536))
    return stat.st_size, digest.hexdigest()


class FilesMark:
    """Size of some files, and a hash over their names, sizes and times."""

    def __init__(self) -> None:
        self.size = 0
        self._digest = hashlib.blake2b(digest_size=16)

    def add(self, folder: Path, name: str) -> int:
        """Take a file in; its size. Raises OSError where it is not there."""
        stat = (folder / name).stat()
        self._digest.update(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode("utf-8", "surrogateescape"))
        self.size += stat.st_size
        return stat.st_size

    def hexdigest(self) -> str:
        """The hash over those that were taken in."""
        return self._digest.hexdigest()


def fingerprint_files(folder: Path, names: Iterable[str]) -> tuple[int, str]:
    """Size of all the files, and a hash over their names, sizes and times."""
    mark = FilesMark()
    for name in names:
        mark.add(folder, name)
    return mark.size, mark.hexdigest()


def _replays(inputs: Sequence[str]) -> Iterator[Shard]:
    from cleaner.batch.replay import shards_of

    for name in inputs:
        if not Path(name).is_file():
            raise UsageError(f"there is no {name}; --replay takes the errors.jsonl of a run")
        size, mark = fingerprint(Path(name))
        for shard_name, known in shards_of(Path(name)):
            yield Shard(0, shard_name, name, known, known, size, mark, replay=shard_name)


def _no_collisions(shards: Sequence[Shard]) -> None:
    seen: dict[str, Shard] = {}
    for shard in shards:
        other = seen.setdefault(shard.name, shard)
        if other is not shard:
            raise UsageError(
                f"{other.source} and {shard.source} would both be written to {shard.name}; clean them in two runs, into "
                "two folders"
            )


def _not_onto_inputs(plan: Plan) -> None:
    if plan.root is None:
        return
    sources: dict[Path, Any] = {Path(s.source).resolve(): s.source for s in plan.shards if s.source != STDIN}
    for shard in plan.shards:
        place = plan.root.resolve() if shard.out_format.kind == "files" else plan.path(shard).resolve()
        if place in sources:
            raise UsageError(f"{shard.source} would be written over; choose another place with -o")


def _not_among_inputs(plan: Plan, inputs: Sequence[str]) -> None:
    """What is written into a folder that is read would be taken for input, at the latest when the run is resumed."""
    for folder in (Path(name) for name in inputs if name != STDIN and Path(name).is_dir()):
        for place, option in ((plan.root, "-o"), (plan.account, "--account")):
            if place is None or not place.resolve().is_relative_to(folder.resolve()):
                continue
            if not any(map(_is_passed_over, place.resolve().relative_to(folder.resolve()).parts)):
                raise UsageError(f"{place} lies in {folder}, which is read; choose a place outside it with {option}")
