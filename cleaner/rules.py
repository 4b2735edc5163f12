"""Find and read rule files: YAML in, :class:`RuleSet` out, every fault as ``path:line: rule: …``.

A rule folder holds ``slots.yaml``, ``protected.yaml`` and a folder a family with ``family.yaml``,
``<language>.yaml`` and, for detectors, word lists ``*.txt``. Reading and checking a thousand rules
takes a second, so the outcome is kept in the user's cache folder under a hash of the files.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import regex

from cleaner import phrases
from cleaner.model import Family, Level, Pattern, Rule, RuleSet
from cleaner.problems import Problem, RulesError

if TYPE_CHECKING:
    from pydantic import ValidationError

    from cleaner.yamlfile import Document

#: Raise when the compiled form changes, so that no older one is read.
CACHE_FORMAT = 1

_SLOT = regex.compile(r"(?<!\\[pPN])\{([a-z][a-z_]*)\}")


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
    roots = [Path(f) for f in folders] if folders is not None else [bundled_rules()]
    for root in roots:
        if not root.is_dir():
            raise FileNotFoundError(f"there is no rule folder {root}")
    contents = [(root, path, path.read_bytes()) for root in roots for path in _files(root)]
    version = _hash(contents, changes)
    # Rules carry their paths, so a copy of the same rules elsewhere is kept apart.
    kept = _cache_file(version, [root.resolve() for root in roots])
    if cache and (found := _read_cache(kept, version)):
        return found
    ruleset = _Reader(contents, version, changes).ruleset()
    if cache:
        _write_cache(kept, ruleset)
    return ruleset


def _files(root: Path) -> list[Path]:
    """Every file of a rule folder, in one order everywhere; hidden ones and caches left out."""
    found = (p for p in root.rglob("*") if p.is_file())
    shown = (p for p in found if not any(part.startswith((".", "__")) for part in p.relative_to(root).parts))
    return sorted(shown, key=lambda p: p.relative_to(root).parts)


def _hash(contents: Sequence[tuple[Path, Path, bytes]], changes: Changes) -> str:
    digest = hashlib.sha256(str(CACHE_FORMAT).encode())
    if changes:
        digest.update(repr(replace(changes, place="")).encode())
    for root, path, data in contents:
        if path.suffix not in (".yaml", ".txt", ".yml"):
            continue
        name = path.relative_to(root).as_posix().encode()
        digest.update(b"%d:%s:%d:" % (len(name), name, len(data)) + data)
    return digest.hexdigest()[:16]


# ---------------------------------------------------------------- reading


class _Reader:
    """Reads all files, collecting faults, so that one run shows them all."""

    def __init__(self, contents: Sequence[tuple[Path, Path, bytes]], version: str, changes: Changes) -> None:
        self.contents = contents
        self.version = version
        self.changes = changes
        self.problems: list[Problem] = []
        self.rules: dict[str, Rule] = {}
        self.families: dict[str, Family] = {}
        self.words: dict[str, tuple[str, ...]] = {}
        self.protected: list[str] = []
        self.slot_words: dict[str, list[str]] = {}
        self.slot_regex: dict[str, list[str]] = {}
        self.slot_place: dict[str, tuple[str, int]] = {}
        self.ids: dict[tuple[Path, str], tuple[str, int]] = {}

    def ruleset(self) -> RuleSet:
        documents = []
        for root, path, data in self.contents:
            kind = self._kind(path.relative_to(root).parts)
            shown = shown_path(path)
            if kind is None:
                self._say(shown, 0, "", _misplaced(path.relative_to(root)))
                continue
            try:
                text = data.decode("utf-8")
            except UnicodeDecodeError as error:
                self._say(shown, data[: error.start].count(b"\n") + 1, "", "is not UTF-8")
                continue
            if kind == "words":
                name = f"{path.parent.name}/{path.stem}"
                lines = (line.strip() for line in text.split("\n"))
                self.words[name] = tuple(w for w in lines if w and not w.startswith("#"))
                continue
            from cleaner import yamlfile

            document = yamlfile.read(text, shown)
            self.problems += document.problems
            if document.data is not None:
                documents.append((kind, path, shown, document))
            elif not document.problems:
                self._say(shown, 0, "", "is empty")
        for kind, _, shown, document in documents:
            if kind == "slots":
                self._slots(shown, document)
        for name, words in self.changes.slots:
            self.slot_place.setdefault(name, (self.changes.place, 0))
            self.slot_words.setdefault(name, []).extend(words)
            self.slot_regex.setdefault(name, [])
        self.slots = self._expand_slots()
        for kind, path, shown, document in documents:
            if kind == "protected":
                self._protect(shown, document)
            elif kind == "family":
                self._family(path.parent.name, shown, document)
            elif kind == "rules":
                self._rules(path, shown, document)
        self._change()
        for family in {r.family: r for r in self.rules.values()}.values():
            if family.family not in self.families:
                self._say(shown_path(Path(family.path).parent / "family.yaml"), 0, "", "is missing: it says what the family removes and what it keeps")
        if self.problems:
            raise RulesError(self.problems)
        return RuleSet(
            rules=tuple(self.rules.values()),
            families=tuple(self.families.values()),
            slots=self.slots,
            protected=tuple(self.protected),
            words=self.words,
            version=self.version,
        )

    def _say(self, path: str, line: int, rule: str, message: str) -> None:
        self.problems.append(Problem(path, line, rule, message))

    @staticmethod
    def _kind(parts: Sequence[str]) -> str | None:
        from cleaner.schema import LANGUAGES

        name = parts[-1]
        if len(parts) == 1 and name in ("slots.yaml", "protected.yaml"):
            return name.removesuffix(".yaml")
        if len(parts) == 2 and name == "family.yaml":
            return "family"
        if len(parts) == 2 and name.endswith(".txt"):
            return "words"
        if len(parts) == 2 and name.endswith(".yaml") and name.removesuffix(".yaml") in LANGUAGES:
            return "rules"
        return None

    def _validate(self, model: Any, data: Any, at: tuple[str | int, ...], shown: str, document: Document, rule: str) -> Any:
        from pydantic import ValidationError

        if not isinstance(data, dict):
            self._say(shown, document.line(at), rule, f"is {_kind_name(data)} where a mapping of keys belongs")
            return None
        try:
            return model.model_validate(data)
        except ValidationError as error:
            for place, message in _validation_messages(error, model):
                self._say(shown, document.line((*at, *place)), rule, message)
            return None

    def _slots(self, shown: str, document: Document) -> None:
        from cleaner.schema import SlotEntry

        if not isinstance(document.data, dict):
            self._say(shown, 1, "", "must be a mapping of slot names")
            return
        for name, data in document.data.items():
            if not regex.fullmatch(r"[a-z][a-z_]*", name):
                self._say(shown, document.line((name,)), name, "is no slot name: use lower-case letters and _")
            entry = self._validate(SlotEntry, data, (name,), shown, document, name)
            if entry is None:
                continue
            self.slot_place[name] = (shown, document.line((name,)))
            self.slot_words.setdefault(name, []).extend(entry.words)
            self.slot_regex.setdefault(name, []).extend(entry.regex)

    def _expand_slots(self) -> dict[str, str]:
        """Slot name -> regular expression; slots may use slots that stand before them."""
        slots: dict[str, str] = {}
        for name, words in self.slot_words.items():
            shown, line = self.slot_place[name]
            options = [phrases.literal_regex(w) for w in sorted(dict.fromkeys(words), key=lambda w: (-len(w), w))]
            for pattern in self.slot_regex[name]:
                unknown = [s for s in _SLOT.findall(pattern) if s not in slots]
                if unknown:
                    self._say(shown, line, name, f"uses {{{unknown[0]}}}, which does not stand before it")
                    continue
                options.append(expand(pattern, slots))
            slots[name] = "(?:" + "|".join(options) + ")"
            if fault := _regex_fault(slots[name]):
                self._say(shown, line, name, f"is not a valid pattern: {fault}")
        return slots

    def _protect(self, shown: str, document: Document) -> None:
        from cleaner.schema import ProtectedEntry

        if not isinstance(document.data, list):
            self._say(shown, 1, "", "must be a list")
            return
        for i, data in enumerate(document.data):
            entry = self._validate(ProtectedEntry, data, (i,), shown, document, f"entry {i + 1}")
            if entry is None:
                continue
            for j, pattern in enumerate(entry.regex):
                if self._known_slots(pattern, shown, document.line((i, "regex", j)), f"entry {i + 1}"):
                    full = expand(pattern, self.slots)
                    if fault := _regex_fault(full):
                        self._say(shown, document.line((i, "regex", j)), f"entry {i + 1}", f"is not a valid pattern: {fault}")
                    else:
                        self.protected.append(full)

    def _family(self, name: str, shown: str, document: Document) -> None:
        from cleaner.schema import FamilyEntry

        entry = self._validate(FamilyEntry, document.data, (), shown, document, "")
        if entry is not None:
            self.families[name] = Family(name, entry.removes, entry.keeps)

    def _rules(self, path: Path, shown: str, document: Document) -> None:
        from cleaner.schema import RuleEntry

        family, language = path.parent.name, path.stem

        if not isinstance(document.data, list):
            self._say(shown, 1, "", "must be a list of rules, each beginning with '- id:'")
            return
        for i, data in enumerate(document.data):
            name = str(data.get("id", "")) if isinstance(data, dict) else ""
            name = name or f"rule {i + 1}"
            entry = self._validate(RuleEntry, data, (i,), shown, document, name)
            if entry is None:
                continue
            line = document.line((i, "id"))
            full_id = f"{family}/{language}/{entry.id}"
            folder = path.parent.parent
            if (folder, full_id) in self.ids:
                where, first = self.ids[folder, full_id]
                self._say(shown, line, name, f"the id is taken by {where}:{first}; ids are unique for ever")
                continue
            self.ids[folder, full_id] = (shown, line)
            patterns = self._patterns(entry, i, shown, document, name)
            unless = []
            for j, pattern in enumerate(entry.unless):
                at = document.line((i, "unless", j))
                if self._known_slots(pattern, shown, at, name):
                    full = expand(pattern, self.slots)
                    if fault := _regex_fault(full):
                        self._say(shown, at, name, f"'unless' is not a valid pattern: {fault}")
                    unless.append(full)
            for key in ("removes", "keeps"):
                for j, example in enumerate(getattr(entry, key)):
                    if fault := _marks_fault(example, key):
                        self._say(shown, document.line((i, key, j)), name, fault)
            # The same id in an earlier folder: this one takes its place.
            self.rules[full_id] = Rule(
                id=full_id,
                family=family,
                language=language,
                why=entry.why,
                kind=entry.remove,
                patterns=tuple(patterns),
                unless=tuple(unless),
                at=entry.at or "end",
                shape=entry.shape or "headline",
                most=entry.most or 6,
                words=entry.words or 40,
                detector=entry.detector or "",
                options=tuple(sorted((entry.options or {}).items())),
                level=entry.level,
                status=entry.status,
                since=entry.since or "",
                seen=entry.seen or "",
                removes=tuple(entry.removes),
                keeps=tuple(entry.keeps),
                path=str(path.resolve()),
                line=line,
            )

    def _change(self) -> None:
        """Carry out what the settings change, once all rules are there."""
        place, changes = self.changes.place, self.changes
        known = {*self.families, *self.rules}
        for name in (*(n for n, _ in changes.levels), *changes.enable):
            if name not in known and not self.problems:
                near = _nearest(name, known)
                self._say(place, 0, "", f"there is no family or rule '{name}'" + (f"; did you mean '{near}'?" if near else ""))
        for id_, rule in self.rules.items():
            for name, level in changes.levels:
                if name in (rule.family, id_):
                    rule = replace(rule, level=level)
            if rule.status == "trial" and {rule.family, id_} & set(changes.enable):
                rule = replace(rule, status="stable")
            self.rules[id_] = rule
        for pattern in changes.protected:
            if not self._known_slots(pattern, place, 0, "protected"):
                continue
            full = expand(pattern, self.slots)
            if fault := _regex_fault(full):
                self._say(place, 0, "protected", f"{pattern!r} is not a valid pattern: {fault}")
            else:
                self.protected.append(full)

    def _patterns(self, entry: Any, i: int, shown: str, document: Document, name: str) -> list[Pattern]:
        patterns = []
        for j, phrase in enumerate(entry.phrases):
            at = document.line((i, "phrases", j))
            try:
                nodes = phrases.parse(phrase)
            except phrases.PhraseError as error:
                self._say(shown, at, name, f"phrase {phrase!r}: {error}")
                continue
            source = phrases.to_regex(nodes)
            if not self._known_slots(source, shown, at, name):
                continue
            cues = phrases.cues(nodes, self.slot_words_only())
            if not cues:
                self._say(shown, at, name, f"phrase {phrase!r} has no literal word that must be there; use a longer one")
                continue
            patterns.append(Pattern(phrase, True, cues))
            self._compiles(source, shown, at, name)
        for j, pattern in enumerate(entry.regex):
            at = document.line((i, "regex", j))
            if self._known_slots(pattern, shown, at, name) and self._compiles(pattern, shown, at, name):
                patterns.append(Pattern(pattern, False, tuple(entry.cues)))
        for j, cue in enumerate(entry.cues):
            if cue != phrases.fold(cue) or cue != " ".join(cue.split()):
                self._say(shown, document.line((i, "cues", j)), name, f"cue {cue!r} must be lower case, single spaces")
        return patterns

    def slot_words_only(self) -> dict[str, list[str]]:
        """Slots that are nothing but a list: only their words can serve as cues."""
        return {n: w for n, w in self.slot_words.items() if w and not self.slot_regex.get(n)}

    def _known_slots(self, pattern: str, shown: str, line: int, name: str) -> bool:
        unknown = [s for s in _SLOT.findall(pattern) if s not in self.slots]
        for slot in unknown:
            near = _nearest(slot, self.slots)
            self._say(shown, line, name, f"there is no slot {{{slot}}} in slots.yaml" + (f"; did you mean {{{near}}}?" if near else ""))
        return not unknown

    def _compiles(self, source: str, shown: str, line: int, name: str) -> bool:
        full = expand(source, self.slots)
        fault = _regex_fault(full)
        if fault is None and regex.compile(full, regex.I | regex.V0).fullmatch(""):
            fault = "it matches the empty text"
        if fault:
            self._say(shown, line, name, f"pattern is not usable: {fault}")
        return fault is None


def expand(pattern: str, slots: Mapping[str, str]) -> str:
    """``pattern`` with every ``{slot}`` replaced by its regular expression."""
    return _SLOT.sub(lambda m: slots[m.group(1)], pattern)


def source_regex(pattern: Pattern) -> str:
    """The regular expression of a rule's phrase or regex, slots still in place."""
    return phrases.to_regex(phrases.parse(pattern.source)) if pattern.phrase else pattern.source


def _regex_fault(pattern: str) -> str | None:
    try:
        regex.compile(pattern, regex.I | regex.V0)
    except regex.error as error:
        return str(error)
    return None


_MARK = regex.compile(r"\[\[(.*?)\]\]", regex.S)


def marked(example: str) -> tuple[str, str]:
    """An example's input, and what is left of it once the ``[[…]]`` parts are gone."""
    return _MARK.sub(r"\1", example), _MARK.sub("", example)


def _marks_fault(example: str, key: str) -> str | None:
    opens, closes = example.count("[["), example.count("]]")
    if key == "keeps":
        return "a 'keeps' example has [[…]]: nothing of it goes" if opens or closes else None
    if opens != closes or len(_MARK.findall(example)) != opens:
        return "'[[' and ']]' do not pair in a 'removes' example"
    if not opens:
        return "a 'removes' example has no [[…]] around what goes"
    return None


def _misplaced(path: Path) -> str:
    if path.suffix == ".yml":
        return "is not read: name it .yaml"
    if path.suffix == ".yaml" and len(path.parts) == 2:
        return f"is not read: '{path.stem}' is no language code (any, en, de, …)"
    return "is not read: a rule folder holds slots.yaml, protected.yaml and <family>/<language>.yaml"


def shown_path(path: Path) -> str:
    """A path as people want to read it: relative to where they are, where that is shorter."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


def _kind_name(data: Any) -> str:
    if data is None:
        return "empty"
    return {bool: "true or false", int: "a number", str: "a text", list: "a list"}.get(type(data), "something else")


def _nearest(word: str, known: Iterable[str]) -> str | None:
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, list(known), 1)), None)


def _validation_messages(error: ValidationError, model: Any) -> Iterable[tuple[tuple[str | int, ...], str]]:
    """pydantic's errors in a maintainer's words, each with the path of the part that is meant."""
    names = [f.alias or n for n, f in model.model_fields.items()]
    for e in error.errors():
        place = tuple(p for p in e["loc"])
        key = ".".join(str(p) for p in place if not isinstance(p, int))
        kind = e["type"]
        if kind == "extra_forbidden":
            near = _nearest(str(place[-1]), names)
            yield place, f"unknown key '{key}'" + (f"; did you mean '{near}'?" if near else f"; known keys: {', '.join(names)}")
        elif kind == "missing":
            yield place[:-1], f"'{key}' is missing"
        elif kind == "value_error":
            yield place, str(e["ctx"]["error"])
        elif kind == "literal_error":
            yield place, f"'{key}' is {e['input']!r}; it must be {e['ctx']['expected']}"
        elif kind.endswith("_type"):
            hint = "; quote it" if isinstance(e["input"], (bool, int, float)) and kind == "string_type" else ""
            yield place, f"'{key}' is {_kind_name(e['input'])} ({e['input']!r}) where {_wanted(kind)} belongs{hint}"
        elif kind == "too_short":
            yield place, f"'{key}' is empty: at least one is needed"
        elif kind == "string_pattern_mismatch":
            yield place, f"'{key}' is {e['input']!r}; use lower-case words joined by hyphens"
        else:
            yield place, f"'{key}': {e['msg']}"


def _wanted(kind: str) -> str:
    return {"string_type": "a text", "list_type": "a list", "int_type": "a number", "dict_type": "a mapping"}.get(kind, kind)


# ---------------------------------------------------------------- cache


def _cache_file(version: str, roots: Sequence[Path]) -> Path:
    import platformdirs

    place = hashlib.sha256("\n".join(map(str, roots)).encode()).hexdigest()[:8]
    return Path(platformdirs.user_cache_dir("boilerplate-cleaner", appauthor=False)) / f"rules-{version}-{place}.json"


def _read_cache(path: Path, version: str) -> RuleSet | None:
    try:
        data = json.loads(path.read_bytes())
        if data["version"] != version:
            return None
        rules = tuple(
            Rule(**{**r, "patterns": tuple(Pattern(s, p, tuple(c)) for s, p, c in r["patterns"]), **_tuples(r)}) for r in data["rules"]
        )
        return RuleSet(
            rules=rules,
            families=tuple(Family(**f) for f in data["families"]),
            slots=data["slots"],
            protected=tuple(data["protected"]),
            words={k: tuple(v) for k, v in data["words"].items()},
            version=version,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None  # absent, of another format, or damaged: read the YAML


def _tuples(rule: Mapping[str, Any]) -> dict[str, Any]:
    """JSON has lists where a Rule has tuples."""
    out: dict[str, Any] = {k: tuple(rule[k]) for k in ("unless", "removes", "keeps")}
    out["options"] = tuple((k, v) for k, v in rule["options"])
    return out


def _write_cache(path: Path, ruleset: RuleSet) -> None:
    data = {f.name: getattr(ruleset, f.name) for f in fields(ruleset)}
    data["rules"] = [
        {**asdict(r), "patterns": [(p.source, p.phrase, p.cues) for p in r.patterns]} for r in ruleset.rules
    ]
    data["families"] = [asdict(f) for f in ruleset.families]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Two processes may write at once: each writes a file of its own and renames it.
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as f:
            json.dump(data, f, ensure_ascii=False)
        os.replace(name, path)
    except OSError:
        pass  # a read-only home only means that the next start is slower
