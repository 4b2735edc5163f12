"""YAML in, rules out: reads the files of rule folders and says all that is wrong with them in one run.

Only loaded when rule files are read anew; what it makes is kept in a cache by :mod:`cleaner.rules`.
Faults of one rule are looked for whatever is wrong with the others, and a rule without a fault is
returned even where others have some, so that its examples can be run too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import regex
from pydantic import BaseModel, ValidationError

from cleaner import phrases, yamlfile
from cleaner.model import CHARACTERS_A_WORD, MOST_WORDS, SPAN_REACH, Family, Pattern, Rule, RuleSet
from cleaner.problems import Problem
from cleaner.rules import SLOT, Changes, expand, shown_path
from cleaner.schema import LANGUAGES, Entry, FamilyEntry, ProtectedEntry, RuleEntry, SlotEntry, misfits
from cleaner.yamlfile import Document, Place

#: One file: its rule folder, its path, its bytes.
File = tuple[Path, Path, bytes]

_NOT_CODES = {
    "no": "Norwegian is nb (Bokmål)",
    "jp": "Japanese is ja",
    "cn": "Chinese is zh",
    "kr": "Korean is ko",
    "se": "Swedish is sv",
    "dk": "Danish is da",
    "gr": "Greek is el",
    "cz": "Czech is cs",
    "ua": "Ukrainian is uk",
    "br": "Portuguese is pt",
    "iw": "Hebrew is he",
    "in": "Indonesian is id",
}


def read(files: Sequence[File], version: str, changes: Changes) -> tuple[RuleSet, list[Problem]]:
    """The rules without fault in ``files``, and every fault, in order of place."""
    reader = _Reader(version, changes)
    ruleset = reader.read(files)
    return ruleset, sorted(set(reader.problems))


class _Reader:
    def __init__(self, version: str, changes: Changes) -> None:
        self.version = version
        self.changes = changes
        self.problems: list[Problem] = []
        self.rules: dict[str, Rule] = {}
        self.families: dict[str, Family] = {}
        self.words: dict[str, tuple[str, ...]] = {}
        self.protected: list[str] = []
        self.slots: dict[str, str] = {}
        self.slot_words: dict[str, list[str]] = {}
        self.slot_regex: dict[str, list[tuple[str, Document, yamlfile.Path]]] = {}
        self.plain_slots: dict[str, list[str]] = {}
        self.broken_slots: set[str] = set()
        self.broken_families: set[str] = set()
        self.ids: dict[tuple[Path, str], tuple[str, int]] = {}

    def read(self, files: Sequence[File]) -> RuleSet:
        documents = [d for file in files if (d := self._open(*file)) is not None]
        for kind, _, document in documents:
            if kind == "slots":
                self._slots(document)
        for name, words in self.changes.slots:
            self.slot_words.setdefault(name, []).extend(words)
            self.slot_regex.setdefault(name, [])
        self._expand_slots()
        # Slots that are nothing but a list: only their words can serve as cues.
        self.plain_slots = {n: w for n, w in self.slot_words.items() if w and not self.slot_regex.get(n)}
        for kind, path, document in documents:
            if kind == "protected":
                self._protect(document)
            elif kind == "family":
                self._family(path.parent.name, document)
            elif kind == "rules":
                self._rules(path, document)
        self._families_are_there()
        self._change()
        return RuleSet(
            rules=tuple(self.rules.values()),
            families=tuple(self.families.values()),
            slots=self.slots,
            protected=tuple(self.protected),
            words=self.words,
            version=self.version,
        )

    # -- files

    def _open(self, root: Path, path: Path, data: bytes) -> tuple[str, Path, Document] | None:
        parts, shown = path.relative_to(root).parts, shown_path(path)
        kind = kind_of(parts)
        if kind is None:
            self.problems.append(_misplaced(parts, shown))
            return None
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            self.problems.append(Problem(shown, line, "", "is not UTF-8", mend="save the file as UTF-8"))
            return None
        if kind == "words":
            lines = (line.strip() for line in text.removeprefix("\ufeff").split("\n"))
            name = f"{path.parent.name}/{path.stem}"
            self.words[name] = (*self.words.get(name, ()), *(w for w in lines if w and not w.startswith("#")))
            return None
        document = yamlfile.read(text, shown)
        self.problems += document.problems
        if document.data is None:
            if not document.problems:
                self.problems.append(Problem(shown, 0, "", "is empty", mend="write something into it, or delete it"))
            if kind == "family":
                self.broken_families.add(path.parent.name)
            return None
        return kind, path, document

    def _families_are_there(self) -> None:
        for rule in {r.family: r for r in self.rules.values()}.values():
            if rule.family not in self.families and rule.family not in self.broken_families:
                self.problems.append(
                    Problem(
                        shown_path(Path(rule.path).parent / "family.yaml"),
                        0,
                        "",
                        "is missing",
                        mend="write two sentences into it: 'removes: …' says what the family takes, 'keeps: …' what looks like it and stays",
                    )
                )
            # The rules can be tried all the same.
            self.families.setdefault(rule.family, Family(rule.family, "", ""))

    # -- slots

    def _slots(self, document: Document) -> None:
        if not isinstance(document.data, dict):
            self.problems.append(
                document.problem(
                    (), "", f"is {_kind_name(document.data)}", mend="write slots as 'name:' with 'about:' and 'words:' under it"
                )
            )
            return
        for name, data in document.data.items():
            if not regex.fullmatch(r"[a-z][a-z_]*", name):
                self.problems.append(
                    document.problem(
                        (name,), name, f"'{name}' is no name for a slot", mend="use lower-case letters and _", key=True
                    )
                )
                continue
            entry = self._validate(SlotEntry, data, (name,), document, name)
            if entry is None:
                self.broken_slots.add(name)
                continue
            if not (entry.words or entry.regex):
                self._say(
                    document,
                    (name,),
                    name,
                    "matches nothing: it has neither 'words' nor 'regex'",
                    mend="add 'words:' with a list",
                    key=True,
                )
            self.slot_words.setdefault(name, []).extend(entry.words)
            self.slot_regex.setdefault(name, []).extend((p, document, (name, "regex", j)) for j, p in enumerate(entry.regex))

    def _expand_slots(self) -> None:
        """Slot name -> regular expression; slots may use slots that stand before them."""
        for name, words in self.slot_words.items():
            options = [phrases.alternatives(words)] if words else []
            for pattern, document, at in self.slot_regex[name]:
                unknown = next((s for s in SLOT.findall(pattern) if s not in self.slots), None)
                if unknown:
                    later = unknown in self.slot_words
                    message = f"uses {{{unknown}}}, which does not stand before it" if later else self._no_slot(unknown)
                    mend = f"move '{unknown}:' above '{name}:'" if later else ""
                    self._say(document, at, name, message, mend=mend, part=f"{{{unknown}}}")
                elif self._regex_is_sound(pattern, document, at, name, "the slot's pattern"):
                    options.append(expand(pattern, self.slots))
            if options:
                self.slots[name] = "(?:" + "|".join(options) + ")"
            else:
                self.broken_slots.add(name)

    # -- protected lines and families

    def _protect(self, document: Document) -> None:
        if not isinstance(document.data, list):
            self._say(
                document, (), "", f"is {_kind_name(document.data)} where a list belongs", mend="begin each entry with '- why:'"
            )
            return
        for i, data in enumerate(document.data):
            name = f"entry {i + 1}"
            entry = self._validate(ProtectedEntry, data, (i,), document, name)
            if entry is None:
                continue
            sound = [
                expand(p, self.slots)
                for j, p in enumerate(entry.regex)
                if self._slots_exist(p, document, (i, "regex", j), name)
                and self._regex_is_sound(p, document, (i, "regex", j), name, "the pattern")
            ]
            self.protected += sound
            for j, line in enumerate(entry.keeps):
                if len(sound) == len(entry.regex) and not any(regex.search(p, line, regex.I | regex.V0) for p in sound):
                    self._say(
                        document,
                        (i, "keeps", j),
                        name,
                        "'keeps' has a line that the entry does not protect",
                        mend="mend the pattern or the line",
                    )

    def _family(self, name: str, document: Document) -> None:
        entry = self._validate(FamilyEntry, document.data, (), document, "")
        if entry is not None:
            before = self.families[name].unless if name in self.families else ()
            unless = self._unless(entry.unless, (), document, "")
            self.families[name] = Family(name, entry.removes, entry.keeps, (*before, *unless))
            for key in ("removes", "keeps"):
                if getattr(entry, key).startswith(PLACEHOLDER):
                    self._say(document, (key,), "", f"'{key}' still has the placeholder", mend="say it in a sentence of your own")
        else:
            self.broken_families.add(name)

    # -- rules

    def _rules(self, path: Path, document: Document) -> None:
        family, language = path.parent.name, path.stem
        if not isinstance(document.data, list):
            self._say(
                document,
                (),
                "",
                f"is {_kind_name(document.data)} where a list of rules belongs",
                mend="begin each rule with '- id:'",
            )
            return
        for i, data in enumerate(document.data):
            name = str(data.get("id") or "") if isinstance(data, dict) else ""
            name = name or f"rule {i + 1}"
            before = len(self.problems)
            place = document.place((i,))
            misread = any(place.line <= p.line < max(place.end_line, place.line + 1) for p in document.problems)
            entry = self._validate(RuleEntry, data, (i,), document, name)
            line = document.place((i, "id"), key=True).line
            full_id = f"{family}/{language}/{name}"
            if entry is None:
                continue
            folder = path.parent.parent
            if (folder, full_id) in self.ids:
                where, first = self.ids[folder, full_id]
                self._say(
                    document, (i, "id"), name, f"the id is taken by {where}:{first}",
                    follows="an id means one rule for ever; results and reports refer to it", mend="choose another",
                )  # fmt: skip
                continue
            self.ids[folder, full_id] = (document.path, line)
            for key, message, mend in misfits(entry):
                self._say(document, (i, key), name, message, mend=mend, key=True)
            patterns = self._patterns(entry, i, document, name)
            unless = self._unless(entry.unless, (i,), document, name)
            self._examples(entry, i, document, name)
            used = {s for p in (*entry.phrases, *entry.regex, *entry.unless) for s in SLOT.findall(p)}
            if misread or used & self.broken_slots or len(self.problems) > before:
                continue  # what is wrong is told already: its examples would only tell it again
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
                least=entry.least or 0,
                words=entry.words or MOST_WORDS,
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

    def _patterns(self, entry: RuleEntry, i: int, document: Document, name: str) -> list[Pattern]:
        patterns = []
        limit = SPAN_REACH if entry.remove == "span" else CHARACTERS_A_WORD * (entry.words or MOST_WORDS)
        for j, phrase in enumerate(entry.phrases):
            at = (i, "phrases", j)
            try:
                nodes = phrases.parse(phrase)
            except phrases.PhraseError as error:
                self._say(document, at, name, f"phrase {phrase!r}: {error}", mend=_phrase_advice(str(error)))
                continue
            source = phrases.to_regex(nodes)
            if not self._slots_exist(source, document, at, name):
                continue
            cues = phrases.cues(nodes, self.plain_slots)
            if not cues:
                self._say(
                    document, at, name, f"phrase {phrase!r} has no literal word that must be there",
                    follows="nothing could tell which lines are worth a look", mend="add a word outside of {…} and (…)?",
                )  # fmt: skip
            else:
                patterns.append(Pattern(phrase, True, cues, min(limit, phrases.longest(nodes, self.plain_slots) + phrases.AROUND)))
        for j, pattern in enumerate(entry.regex):
            at = (i, "regex", j)
            if (
                self._slots_exist(pattern, document, at, name)
                and self._regex_is_sound(pattern, document, at, name, "the pattern")
                and self._matches_something(pattern, document, at, name)
            ):
                cues = tuple(c for cue in entry.cues for c in self._cues_of(cue))
                whole = all(SLOT.fullmatch(cue) for cue in entry.cues)
                patterns.append(Pattern(pattern, False, cues, limit, whole))
        for j, cue in enumerate(entry.cues):
            if SLOT.fullmatch(cue):
                if not self._cues_of(cue):
                    self._say(
                        document, (i, "cues", j), name, f"cue {cue!r} is not a slot that is a list of words",
                        follows="nothing could tell which lines are worth a look", mend="name a slot without 'regex', or write words",
                    )  # fmt: skip
                continue
            # A space at an end is meant: it keeps "app " out of "apple".
            wanted = regex.sub(r"\s+", " ", phrases.fold(cue))
            if cue != wanted:
                self._say(
                    document, (i, "cues", j), name, f"cue {cue!r} is not in lower case with single spaces",
                    follows="it would be found in no line, and the rule would match nothing", mend=f"write {wanted!r}",
                )  # fmt: skip
        return patterns

    def _cues_of(self, cue: str) -> tuple[str, ...]:
        """A cue as it stands, or the words of a slot; none where the slot is no list."""
        slot = SLOT.fullmatch(cue)
        return phrases.cues(phrases.parse(cue), self.plain_slots) if slot else (cue,)

    def _unless(self, patterns: Sequence[str], place: tuple[int, ...], document: Document, name: str) -> list[str]:
        out = []
        for j, pattern in enumerate(patterns):
            at: yamlfile.Path = (*place, "unless", j)
            if not (
                self._slots_exist(pattern, document, at, name) and self._regex_is_sound(pattern, document, at, name, "'unless'")
            ):
                continue
            if regex.search(_stub(pattern), "", regex.I | regex.V0):
                self._say(
                    document,
                    at,
                    name,
                    "'unless' is found in every line",
                    follows="the rule would match nothing",
                    mend="make it say one word at least",
                )
            out.append(expand(pattern, self.slots))
        return out

    def _examples(self, entry: RuleEntry, i: int, document: Document, name: str) -> None:
        for j, example in enumerate(entry.removes):
            at = (i, "removes", j)
            opens, closes = example.count("[["), example.count("]]")
            if opens != closes or len(regex.findall(r"\[\[.*?\]\]", example, regex.S)) != opens:
                part = "[[" if opens > closes else "]]"
                missing = "]]" if opens > closes else "[["
                self._say(
                    document,
                    at,
                    name,
                    f"a 'removes' example has '{part}' without '{missing}'",
                    mend="put [[ before and ]] after what goes",
                    part=part,
                )
            elif not opens:
                self._say(
                    document, at, name, "a 'removes' example does not say what goes", mend="put [[ before and ]] after what goes"
                )
            elif "[[]]" in example:
                self._say(
                    document,
                    at,
                    name,
                    "a 'removes' example has nothing between [[ and ]]",
                    mend="put [[ before and ]] after what goes",
                    part="[[]]",
                )
        for j, example in enumerate(entry.keeps):
            at = (i, "keeps", j)
            if "[[" in example or "]]" in example:
                part = "[[" if "[[" in example else "]]"
                self._say(
                    document,
                    at,
                    name,
                    f"a 'keeps' example has '{part}'",
                    mend="nothing of it goes: take the marks out",
                    part=part,
                )
            if example.startswith(PLACEHOLDER):
                self._say(
                    document, at, name, "'keeps' still has the placeholder",
                    mend="write a line that shares words with the rule, is part of an article and must stay",
                )  # fmt: skip

    # -- patterns

    def _slots_exist(self, pattern: str, document: Document, at: yamlfile.Path, name: str) -> bool:
        known = True
        for slot in dict.fromkeys(SLOT.findall(pattern)):
            if slot not in self.slots:
                known = False
                if slot not in self.broken_slots:
                    self._say(
                        document,
                        at,
                        name,
                        self._no_slot(slot),
                        mend="add it to slots.yaml, or use one of those there",
                        part=f"{{{slot}}}",
                    )
        return known

    def _no_slot(self, slot: str) -> str:
        near = _nearest(slot, {*self.slots, *self.slot_words})
        return f"there is no slot {{{slot}}} in slots.yaml" + (f"; did you mean {{{near}}}?" if near else "")

    def _regex_is_sound(self, pattern: str, document: Document, at: yamlfile.Path, name: str, what: str) -> bool:
        fault = _regex_fault(pattern)
        if fault is None:
            return True
        message, position = fault
        place = document.place(at)
        text = document.source[place.line - 1]
        start = text.find(pattern)
        if start >= 0 and position is not None:
            place = Place(place.line, start + position + 1, place.line, start + position + 2)
        self.problems.append(
            document.problem(place, name, f"{what} is not a valid regular expression: {message}", mend=_regex_advice(message))
        )
        return False

    def _matches_something(self, source: str, document: Document, at: yamlfile.Path, name: str) -> bool:
        if regex.fullmatch(_stub(source), "", regex.I | regex.V0):
            self._say(
                document,
                at,
                name,
                "the pattern matches the empty text",
                follows="it would match anywhere",
                mend="make one of its parts obligatory",
            )
            return False
        return True

    # -- settings

    def _change(self) -> None:
        """Carry out what the settings change, once all rules are there."""
        place, changes = self.changes.place, self.changes
        known = {*self.families, *self.rules}
        for name in (*(n for n, _ in changes.levels), *changes.enable):
            if name not in known and not self.problems:
                near = _nearest(name, known)
                self.problems.append(
                    Problem(place, 0, "", f"there is no family or rule '{name}'" + (f"; did you mean '{near}'?" if near else ""))
                )
        for id_, rule in self.rules.items():
            for name, level in changes.levels:
                if name in (rule.family, id_):
                    rule = replace(rule, level=level)
            if rule.status == "trial" and {rule.family, id_} & set(changes.enable):
                rule = replace(rule, status="stable")
            self.rules[id_] = rule
        for pattern in changes.protected:
            unknown = next((s for s in SLOT.findall(pattern) if s not in self.slots), None)
            fault = None if unknown else _regex_fault(pattern)
            if unknown:
                self.problems.append(Problem(place, 0, "protected", self._no_slot(unknown)))
            elif fault:
                self.problems.append(Problem(place, 0, "protected", f"{pattern!r} is not a valid regular expression: {fault[0]}"))
            else:
                self.protected.append(expand(pattern, self.slots))

    # -- messages

    def _say(
        self,
        document: Document,
        at: yamlfile.Path,
        rule: str,
        message: str,
        *,
        follows: str = "",
        mend: str = "",
        key: bool = False,
        part: str = "",
    ) -> None:
        self.problems.append(document.problem(at, rule, message, follows=follows, mend=mend, key=key, part=part))

    def _validate(self, model: type[_E], data: Any, at: yamlfile.Path, document: Document, rule: str) -> _E | None:
        if not isinstance(data, dict):
            self._say(
                document,
                at,
                rule,
                f"is {_kind_name(data)} where an entry of 'key: value' lines belongs",
                mend=_entry_advice(data),
            )
            return None
        try:
            return model.model_validate(data)
        except ValidationError as error:
            for place, message, follows, mend, key in _validation_messages(error, model):
                where = (*at, *place)
                if key and where == at and at not in document.keys:
                    # Something is missing: show where the entry begins.
                    where = (*at, next(iter(data), ""))
                self._say(document, where, rule, message, follows=follows, mend=mend, key=key)
            return None


#: What ``cleaner rules new`` writes where a near miss belongs.
PLACEHOLDER = "FILL IN: "


def kind_of(parts: Sequence[str]) -> str | None:
    """What a file of a rule folder is by its path there: slots, protected, family, rules, words, or None."""
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


def _misplaced(parts: Sequence[str], shown: str) -> Problem:
    path = Path(parts[-1])
    follows = "nothing in it is used"
    if path.suffix == ".yml":
        return Problem(shown, 0, "", "is not read: its name ends in .yml", follows, f"name it {path.stem}.yaml")
    if path.suffix == ".yaml" and len(parts) == 2:
        hint = _NOT_CODES.get(path.stem.lower())
        near = path.stem.lower().split("-")[0].split("_")[0]
        mend = (
            f"{hint}"
            if hint
            else f"name it {near}.yaml"
            if near in LANGUAGES
            else "name it by a language (en, de, …) or any.yaml"
        )
        return Problem(shown, 0, "", f"is not read: '{path.stem}' is no language code", follows, mend)
    place = "a rule folder holds slots.yaml, protected.yaml and <family>/<language>.yaml"
    return Problem(shown, 0, "", "is not read: it is none of the files that belong here", follows, place)


_AT = regex.compile(r" at position (\d+).*", regex.S)


def _stub(pattern: str) -> str:
    """``pattern`` with a stand-in for each slot, of the slot's own length so that places stay right.

    Slots are checked on their own: compiling them again in each of a thousand patterns would take minutes.
    """
    return SLOT.sub(lambda m: f"(?:{'x' * (len(m[0]) - 4)})" if len(m[0]) > 4 else f"[{'x' * (len(m[0]) - 2)}]", pattern)


def _regex_fault(pattern: str) -> tuple[str, int | None] | None:
    """What is wrong with a regular expression with slots in it, and at which character of it."""
    try:
        regex.compile(_stub(pattern), regex.I | regex.V0)
    except regex.error as error:
        found = _AT.search(str(error))
        return (str(error)[: found.start()], int(found[1])) if found else (str(error), None)
    return None


def _phrase_advice(message: str) -> str:
    opened = next((sign for sign in "{(" if message.startswith(f"'{sign}' without")), "")
    return f"close it; for the sign itself write \\{opened}" if opened else ""


def _regex_advice(message: str) -> str:
    if "missing )" in message:
        return "an opening ( has no ); for the sign itself write \\("
    if "unbalanced parenthesis" in message or "trailing characters" in message:
        return "a ) has no opening (; for the sign itself write \\)"
    if "nothing to repeat" in message or "multiple repeat" in message:
        return "*, + and ? repeat what stands before them; for the sign itself write \\*, \\+, \\?"
    if "unterminated character set" in message or "bad set" in message:
        return "an opening [ has no ]; for the sign itself write \\["
    if "bad escape" in message:
        return "a backslash at the end stands before nothing"
    return "a backslash before a sign takes it literally; 'phrases' need no such care"


def _kind_name(data: Any) -> str:
    if data is None or data == "":
        return "empty"
    if isinstance(data, bool):
        return "true or false"
    if isinstance(data, (int, float)):
        return "a number"
    return next(
        (name for kind, name in ((str, "a text"), (list, "a list"), (dict, "a mapping")) if isinstance(data, kind)),
        "something else",
    )


def _entry_advice(data: Any) -> str:
    if data is None:
        return "take out the '-' that stands alone"
    return "write '- id: name', and the other keys under 'id'"


def _nearest(word: str, known: Iterable[str]) -> str | None:
    return next(iter(get_close_matches(word, sorted(known), 1)), None)


_ELSEWHERE = {
    "language": "the language of a rule is the name of its file",
    "lang": "the language of a rule is the name of its file",
    "family": "the family of a rule is the folder of its file",
    "pattern": "write 'phrases:' (words) or 'regex:' (regular expressions)",
    "patterns": "write 'phrases:' (words) or 'regex:' (regular expressions)",
    "examples": "write 'removes:' (what goes) and 'keeps:' (what stays)",
    "description": "write 'why:'",
    "name": "write 'id:'",
    "shape": "write 'while:'",
}

_E = TypeVar("_E", bound=Entry)
_Message = tuple[yamlfile.Path, str, str, str, bool]


def _validation_messages(error: ValidationError, model: type[BaseModel]) -> Iterator[_Message]:
    """pydantic's errors in a maintainer's words: path, what is wrong, what follows, how to mend it, whether the key is meant."""
    names = [f.alias or n for n, f in model.model_fields.items()]
    for e in error.errors():
        place: yamlfile.Path = tuple(e["loc"])
        key = ".".join(str(p) for p in place if not isinstance(p, int))
        kind, given = e["type"], e["input"]
        context: Mapping[str, Any] = e.get("ctx", {})
        if kind == "extra_forbidden":
            last = str(place[-1])
            near = None if last in _ELSEWHERE else _nearest(last, names)
            mend = _ELSEWHERE.get(last) or ("" if near else f"known keys: {', '.join(names)}")
            yield (
                place,
                f"unknown key '{key}'" + (f"; did you mean '{near}'?" if near else ""),
                "it would have no effect",
                mend,
                True,
            )
        elif kind == "missing":
            family = model is FamilyEntry
            follows = "" if family else _FOLLOWS.get(key, "")
            mend = f"add '{key}:' and one sentence" if family else _MISSING.get(key, f"add '{key}:'")
            yield place[:-1], f"'{key}' is missing", follows, mend, True
        elif kind == "literal_error":
            wanted = str(context["expected"]).replace("'", "")
            yield place, f"'{key}' is {given!r}; it must be {wanted}", "", "", False
        elif kind.endswith("_type"):
            yield (
                place,
                f"'{key}' is {_shown_value(given)} where {_wanted(kind)} belongs",
                "",
                _type_advice(kind, given, key),
                False,
            )
        elif kind == "too_short" or (kind == "string_too_short" and not given):
            yield place, f"'{key}' is empty: at least one is needed", _FOLLOWS.get(key, ""), _MISSING.get(key, ""), True
        elif kind == "string_too_short":
            yield place, f"'{key}' is too short to say anything", "", "write a sentence", False
        elif kind == "string_too_long":
            yield place, f"'{key}' is longer than {context['max_length']} characters", "", "say it in fewer words", False
        elif kind == "string_pattern_mismatch":
            near = regex.sub(r"[^a-z0-9]+", "-", str(given).lower()).strip("-")
            yield (
                place,
                f"'{key}' is {given!r}; it must be lower-case words joined by hyphens",
                "",
                f"write '{near}'" if near else "",
                False,
            )
        elif kind in ("greater_than_equal", "less_than_equal"):
            bound = "at least" if kind.startswith("greater") else "at most"
            yield place, f"'{key}' is {given!r}; it must be {bound} {context.get('ge', context.get('le'))}", "", "", False
        else:
            yield place, f"'{key}': {e['msg']}", "", "", False


_MISSING = {
    "id": "add 'id: short-name', lower-case words joined by hyphens",
    "why": "add 'why:' and one sentence for the reader who wonders why a line went",
    "remove": "add 'remove: line' (or span, block, detector)",
    "level": "add 'level: standard' (or careful, thorough)",
    "removes": "add 'removes:' and a line with [[…]] around what goes",
    "keeps": "add 'keeps:' and a line that shares words with the rule and must stay",
    "about": "add 'about:' and a sentence that says what the slot stands for",
}
_FOLLOWS = {
    "removes": "nobody could tell whether the rule still works",
    "keeps": "nobody could tell whether the rule takes too much",
}


def _shown_value(value: Any) -> str:
    name = _kind_name(value)
    if value is None or isinstance(value, (list, dict)):
        return name
    shown = str(value).lower() if isinstance(value, bool) else repr(value)
    return f"{name} ({shown})"


def _type_advice(kind: str, given: Any, key: str) -> str:
    if kind == "string_type":
        if isinstance(given, bool):
            return "YAML reads a bare yes, no, on, off, true and false so: put the text in quotes"
        if isinstance(given, dict):
            return "': ' in a text makes it a key: put the whole text in quotes"
        if isinstance(given, list):
            return "[ at the start of a text makes it a list: put the whole text in quotes"
        if given is None:
            return "what begins with # is a comment: put the text in quotes, or take out the empty entry"
        return "put the text in quotes"
    if kind == "list_type":
        return f"write each text on a line of its own under '{key}:', with '- ' before it"
    if kind == "int_type":
        return "write a number without quotes"
    return ""


def _wanted(kind: str) -> str:
    return {"string_type": "a text", "list_type": "a list", "int_type": "a number", "dict_type": "a mapping"}.get(kind, kind)
