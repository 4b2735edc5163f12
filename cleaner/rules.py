"""Find and read rule files: YAML in, :class:`RuleSet` out, every fault as ``path:line: rule: …``.

A rule folder holds ``slots.yaml``, ``protected.yaml`` and a folder a family with ``family.yaml``,
``<language>.yaml`` and, for detectors, word lists ``*.txt``. Reading and checking a thousand rules
takes a second, so the outcome is kept in the user's cache folder under a hash of the files.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import regex

from cleaner import kept, phrases
from cleaner.model import Family, Level, Pattern, Rule, RuleSet
from cleaner.problems import Problem, RulesError

#: Raise when the compiled form changes, so that no older one is read.
CACHE_FORMAT = 1

#: ``{slot}`` in a pattern; ``\\p{…}`` is none.
SLOT = regex.compile(rf"(?<!\\[pPN])\{{({phrases.SLOT_NAME})\}}")


def bundled_rules() -> Path:
    """The folder of the rules that come with the package: in a wheel, or in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "_rules"
    return inside if inside.is_dir() else package.parent / "rules"


@dataclass(frozen=True)
class Changes:
    """What somebody's settings change in rules that others keep."""

    place: str = ""
    """The settings file, for messages."""
    slots: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Words added to slots; a name that no folder has makes a new slot."""
    protected: tuple[str, ...] = ()
    """Regular expressions; a line in which one is found is never touched."""
    levels: tuple[tuple[str, Level], ...] = ()
    """Rule or family -> level; what stands later counts."""
    enable: tuple[str, ...] = ()
    """Trial rules, or families of them, that cut."""

    def __bool__(self) -> bool:
        return bool(self.slots or self.protected or self.levels or self.enable)


def load(
    folders: Iterable[str | os.PathLike[str]] | None = None, *, changes: Changes | None = None, cache: bool = True
) -> RuleSet:
    """Read ``folders`` (the bundled rules where None), later ones adding to earlier ones.

    A rule whose id an earlier folder has too takes that rule's place. Slot words, protected patterns
    and word lists add up. ``changes`` come last.

    Raises RulesError with every fault that was found, or FileNotFoundError for a missing folder.
    """
    changes = changes or Changes()
    roots = _roots(folders)
    contents = _contents(roots)
    version = _hash(contents, changes)
    if not cache:
        return _read(contents, version, changes)
    # A script that makes a cleaner for each document shall not wait for each.
    key = version, tuple(root.resolve() for root in roots)
    found = _loaded.get(key)
    if found is None:
        found = _read_cache(roots, version)
        if found is None:
            found = _read(contents, version, changes)
            _write_cache(roots, found)
        while len(_loaded) >= _MOST_LOADED:
            _loaded.pop(next(iter(_loaded), key), None)
        _loaded[key] = found
    return found


_loaded: dict[tuple[str, tuple[Path, ...]], RuleSet] = {}
_MOST_LOADED = 4


def _read(contents: Sequence[tuple[Path, Path, bytes]], version: str, changes: Changes) -> RuleSet:
    from cleaner import reader

    ruleset, problems = reader.read(contents, version, changes)
    if problems:
        raise RulesError(problems)
    return ruleset


def load_sound(
    folders: Iterable[str | os.PathLike[str]] | None = None, *, changes: Changes | None = None, cache: bool = False
) -> tuple[RuleSet, list[Problem]]:
    """The rules without fault in ``folders``, and all faults of the others: what a check works on.

    ``cache``: rules that were read without a fault before need not be read again.
    Raises FileNotFoundError for a missing folder.
    """
    from cleaner import reader

    changes = changes or Changes()
    roots = _roots(folders)
    contents = _contents(roots)
    version = _hash(contents, changes)
    if cache and (found := _read_cache(roots, version)):
        return found, []
    ruleset, problems = reader.read(contents, version, changes)
    if cache and not problems:
        _write_cache(roots, ruleset)
    return ruleset, problems


def _roots(folders: Iterable[str | os.PathLike[str]] | None) -> list[Path]:
    roots = [Path(f) for f in folders] if folders is not None else [bundled_rules()]
    for root in roots:
        if not root.is_dir():
            raise FileNotFoundError(f"there is no rule folder {root}")
    return roots


def _contents(roots: Sequence[Path]) -> list[tuple[Path, Path, bytes]]:
    return [(root, path, path.read_bytes()) for root in roots for path in _files(root)]


def _files(root: Path) -> list[Path]:
    """Every file of a rule folder, in one order everywhere; hidden ones and caches left out."""
    found = (p for p in root.rglob("*") if p.is_file())
    shown = (p for p in found if not any(part.startswith((".", "__")) for part in p.relative_to(root).parts))
    return sorted(shown, key=lambda p: p.relative_to(root).parts)


def _hash(contents: Sequence[tuple[Path, Path, bytes]], changes: Changes) -> str:
    digest = hashlib.sha256(str(CACHE_FORMAT).encode())
    if changes:
        digest.update(repr(replace(changes, place="")).encode())
    roots = list(dict.fromkeys(root for root, _, _ in contents))
    for root, path, data in contents:
        if path.suffix not in (".yaml", ".txt", ".yml"):
            continue
        # What stands in a second folder may count for less or more than the same in the first.
        name = (f"{roots.index(root)}/" * (root != roots[0]) + path.relative_to(root).as_posix()).encode()
        digest.update(b"%d:%s:%d:" % (len(name), name, len(data)) + data)
    return digest.hexdigest()[:16]


def expand(pattern: str, slots: Mapping[str, str]) -> str:
    """``pattern`` with every ``{slot}`` replaced by its regular expression."""
    return SLOT.sub(lambda m: slots[m.group(1)], pattern)


def source_regex(pattern: Pattern) -> str:
    """The regular expression of a rule's phrase or regex, slots still in place."""
    return phrases.to_regex(phrases.parse(pattern.source)) if pattern.phrase else pattern.source


_MARK = regex.compile(r"\[\[(.*?)\]\]", regex.S)


def marked(example: str) -> tuple[str, str]:
    """An example's input, and what is left of it once the ``[[…]]`` parts are gone."""
    return _MARK.sub(r"\1", example), _MARK.sub("", example)


def shown_path(path: Path) -> str:
    """A path as people want to read it: relative to where they are, where that is shorter."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


# ---------------------------------------------------------------- cache


# What makes the compiled form, and what finds faults: rules in the cache have none.
_MODULES = ("phrases.py", "rules.py", "model.py", "reader.py", "schema.py", "yamlfile.py")


def kept_name(version: str) -> str:
    """Under which name rules with this hash are kept."""
    return kept.file_name("rules", version, _MODULES)


def _read_cache(roots: Sequence[Path], version: str) -> RuleSet | None:
    data = kept.read(kept_name(version))
    places = [str(root.resolve()) for root in roots]
    try:
        if data["version"] != version:
            return None
        rules = tuple(
            Rule(
                **{
                    **r,
                    **_tuples(r),
                    "patterns": tuple(Pattern(s, p, tuple(c), n, w) for s, p, c, n, w in r["patterns"]),
                    "path": os.path.join(places[r["path"][0]], *r["path"][1:]),  # noqa: PTH118 - pathlib is slow for a thousand
                }
            )
            for r in data["rules"]
        )
        return RuleSet(
            rules=rules,
            families=tuple(Family(**{**f, "unless": tuple(f["unless"])}) for f in data["families"]),
            slots=data["slots"],
            protected=tuple(data["protected"]),
            words={k: tuple(v) for k, v in data["words"].items()},
            version=version,
        )
    except (LookupError, ValueError, TypeError):
        return None  # absent, of another format, or damaged: read the YAML


def _tuples(rule: Mapping[str, Any]) -> dict[str, Any]:
    """JSON has lists where a Rule has tuples."""
    out: dict[str, Any] = {k: tuple(rule[k]) for k in ("unless", "removes", "keeps")}
    out["options"] = tuple((k, v) for k, v in rule["options"])
    return out


def _write_cache(roots: Sequence[Path], ruleset: RuleSet) -> None:
    places = [root.resolve() for root in roots]

    def plain(rule: Rule) -> dict[str, Any]:
        patterns = [(p.source, p.phrase, p.cues, p.longest, p.whole) for p in rule.patterns]
        # The same rules may lie somewhere else the next time: which folder, and the way from there.
        path = Path(rule.path)
        number = max(i for i, place in enumerate(places) if path.is_relative_to(place))
        return {**asdict(rule), "patterns": patterns, "path": (number, *path.relative_to(places[number]).parts)}

    data = {f.name: getattr(ruleset, f.name) for f in fields(ruleset)}
    data["rules"] = [plain(r) for r in ruleset.rules]
    data["families"] = [asdict(f) for f in ruleset.families]
    kept.write(kept_name(ruleset.version), data)
