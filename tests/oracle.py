"""A second opinion on every removal, by other means than the matcher's.

``Oracle(rules folder).doubts(cleaned, …)`` takes an original with its edits and confirms each edit
that names a rule: that this rule, as its YAML stands, takes these words on this line, in a language of
the document, not protected, within its limits. It reads the YAML by itself and matches with ``regex``
alone: no gate, no cues, no rounds. It shares with the cleaner only the account that it checks, the
normaliser (whose work is tested elsewhere) and language detection.

It may be laxer than the matcher, never stricter: it asks whether a removal is sound, not whether it
was the only one possible.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import regex
import yaml

from cleaner.edits import apply
from cleaner.language import document_languages
from cleaner.model import Cleaned, Edit
from cleaner.normalise import normalise

LEVELS = ("careful", "standard", "thorough")
FORMS = ["'’‘ʼ‛`´＇׳", '"“”„‟＂״', "-‐‑‒–—―−－־", ":：", "!！", "?？؟", ",，،", "(（", ")）", "/／", "|｜", ".．"]
SLOT = regex.compile(r"(?<!\\[pPN])\{([a-z][a-z_]*)\}")
LETTERS = ["اأإآ", "يىی", "كک", "ंँ"]  # written in several ways
MARKS = "\u064b-\u0652\u0670\u093c"  # mostly left out
# What may go with a match: space, marks, brackets, emoji; no letter, no digit, no quotation mark.
AROUND = r"[^\p{L}\p{N}\"“”„«]*"
WORD = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}]{1,2}|[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]{1,4}|[\p{L}\p{N}][\p{L}\p{M}\p{N}'’_]*"
)
SPACE = r"[^\S\n]+"


KNOWN = {"...": r"(?:\.\.\.|…)", "…": r"(?:\.\.\.|…)", **{c: f"[{regex.escape(f)}]" for f in FORMS for c in f}}
KNOWN |= {"\u200c": rf"(?:\u200c|{SPACE})?", **{c: f"[{f}][{MARKS}]*" for f in LETTERS for c in f}}


def literal(text: str) -> str:
    """Words in any typographic form."""
    parts = regex.findall(rf"\s+|\.\.\.|[^{MARKS}]", unicodedata.normalize("NFC", text), regex.S)
    return "".join(
        SPACE if p.isspace() else KNOWN.get(p, regex.escape(p) + (f"[{MARKS}]*" if p.isalpha() else "")) for p in parts
    )


def phrase(text: str) -> str:
    """A phrase as a regular expression; beside what may be absent, space may be absent too."""
    space = r"[^\S\n]*" if ")?" in text else SPACE
    out = ""
    for part in regex.findall(r"\\.|\{\w+\}|\)\?|[()|]|[^\\{}()|\s]+|\s+", text):
        if part in ("(", ")", "|", ")?") or part.startswith("{"):
            out += "(?:" if part == "(" else part
        else:
            out += space if part.isspace() else literal(part.removeprefix("\\"))
    return out


def words(text: str) -> int:
    return len(WORD.findall(text))


class Oracle:
    """The rules as their files say."""

    def __init__(self, folder: Path) -> None:
        self.slots: dict[str, str] = {}
        for name, slot in self._read(folder / "slots.yaml").items():
            options = [literal(w) for w in sorted(slot.get("words", []), key=len, reverse=True)]
            self.slots[name] = "(?:" + "|".join(options + [self._expand(r) for r in slot.get("regex", [])]) + ")"
        self.protected = [self._compile(r) for entry in self._read(folder / "protected.yaml") for r in entry["regex"]]
        self.rules: dict[str, dict[str, Any]] = {}
        for path in folder.glob("*/*.yaml"):
            if path.name != "family.yaml":
                of_family = self._read(path.parent / "family.yaml").get("unless", [])
                for rule in self._read(path):
                    if rule["remove"] in ("line", "block"):
                        rule["unless"] = [*rule.get("unless", []), *of_family]
                    self.rules[f"{path.parent.name}/{path.stem}/{rule['id']}"] = rule
        self._patterns = cache(self._patterns_of)

    @staticmethod
    def _read(path: Path) -> Any:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))

    def _expand(self, pattern: str) -> str:
        return SLOT.sub(lambda m: self.slots[m[1]], pattern)

    def _compile(self, pattern: str) -> regex.Pattern[str]:
        return regex.compile(self._expand(pattern), regex.I)

    def _patterns_of(self, rule_id: str) -> list[regex.Pattern[str]]:
        rule = self.rules[rule_id]
        sources = [phrase(p) for p in rule.get("phrases", [])] + rule.get("regex", [])
        return [self._compile(f"{AROUND}(?:{s})") for s in sources] + [self._compile(f"{AROUND}(?:{s}){AROUND}") for s in sources]

    def doubts(self, cleaned: Cleaned, profile: str = "standard", languages: Sequence[str] | None = None) -> Iterator[str]:
        """What can't be confirmed, one sentence each; nothing where every removal is sound."""
        mended = normalise(cleaned.original)
        text = apply(cleaned.original, mended)
        removals = [_moved(e, mended) for e in cleaned.edits if not e.cause.startswith(("normalise/", "tidy/"))]
        spoken = {"any", "en", *(languages or ())}
        if languages is None:
            spoken |= document_languages(cleaned.original) | document_languages(text) | document_languages(cleaned.text)
        for n, (start, end, replacement, cause) in enumerate(removals):
            went = text[start:end]
            rule = self.rules.get(cause)
            if replacement:
                yield f"{cause} writes {replacement!r}"
            elif rule is None:
                yield f"no rule is called {cause}"
            elif rule.get("status", "stable") != "stable":
                yield f"{cause} is not in use"
            elif LEVELS.index(rule["level"]) > LEVELS.index(profile):
                yield f"{cause} is no rule of {profile}"
            elif cause.split("/")[1] not in spoken:
                yield f"{cause} is not of {sorted(spoken)}: {went!r}"
            elif went.strip():
                yield from (f"{cause}: {why}: {went!r}" for why in self._faults(text, n, removals, rule))

    def _faults(self, text: str, n: int, removals: Sequence[Edit], rule: dict[str, Any]) -> Iterator[str]:
        start, end, _, cause = removals[n]
        went = text[start:end]
        start, end = start + len(went) - len(went.lstrip()), end - len(went) + len(went.rstrip())
        line_start = text.rfind("\n", 0, start) + 1
        line_end = text.find("\n", end) if "\n" in text[end:] else len(text)
        # What the rule saw at least: the lines without what other rules took, perhaps before it.
        others = [r for r in removals if r.cause != cause]
        before, after = _without(text, line_start, start, others), _without(text, end, line_end, others)
        seen = before + text[start:end] + after
        if any(p.search(line) for p in self.protected for line in text[line_start:line_end].split("\n")):
            yield "on a protected line"
        if rule["remove"] == "block":
            yield from self._block_faults(text, n, removals, rule)
            return
        # Others may have taken their parts of the line after this rule looked at it.
        views = seen, text[line_start:line_end]
        if all(any(self._compile(u).search(view) for u in rule.get("unless", [])) for view in views):
            yield "kept by 'unless'"
        if rule["remove"] == "detector":
            yield from _detector_faults(went, rule, text[:start], _without(text, 0, len(text), removals))
            return
        kept_before, kept_after = _without(text, line_start, start, removals), _without(text, end, line_end, removals)
        if rule["remove"] == "span":
            if (kept_before if rule["at"] == "start" else kept_after).strip():
                yield f"not at the {rule['at']} of the line"
        elif (kept_before + kept_after).strip():
            yield "not the whole line"
        elif any(words(line) > rule.get("words", 40) for line in went.split("\n")):
            yield "too many words"
        lines = [line.strip() for line in went.split("\n") if line.strip()]  # lines that touch, taken one by one
        in_context = self._matches(cause, text, start, end) or self._matches(cause, seen, len(before), len(seen) - len(after))
        if not (in_context or all(self._matches(cause, line) or self._matches_twice(cause, line) for line in lines)):
            yield "no pattern matches"

    def _matches(self, cause: str, text: str, start: int = 0, end: int | None = None) -> bool:
        """Whether a pattern takes ``text[start:end]`` but for marks around it; it may look at what stands beside."""
        end = len(text) if end is None else end
        first, last = len(text[:start].rstrip(" ")), len(text) - len(text[end:].lstrip(" "))
        for pattern in self._patterns(cause):
            for m in (pattern.match(text, start), pattern.fullmatch(text, start, end), pattern.fullmatch(text, first, end)):
                if m and m.end() <= last and regex.fullmatch(AROUND, text[m.end() : last]):
                    return True
        return False

    def _matches_twice(self, cause: str, line: str) -> bool:
        """Two spans that touch, one taken after the other."""
        return any(self._matches(cause, line[:i].strip()) and self._matches(cause, line[i:].strip()) for i in range(1, len(line)))

    def _block_faults(self, text: str, n: int, removals: Sequence[Edit], rule: dict[str, Any]) -> Iterator[str]:
        """The removals of a block touch, but for what others took; the first begins with the opening line."""
        cause = removals[n].cause
        joined = [text[r.end : s.start] for r, s in pairwise(removals)]
        if n and removals[n - 1].cause == cause and not joined[n - 1].strip():
            return  # looked at together with the one before
        group = [n]
        while group[-1] + 1 < len(removals) and not joined[group[-1]].strip():
            group.append(group[-1] + 1)
        whole = "".join(text[removals[i].start : removals[i].end] for i in group if removals[i].cause == cause)
        lines = [line for line in whole.split("\n") if line.strip()]
        openings = [i for i, line in enumerate(lines) if self._matches(cause, line.strip())]
        if not openings or openings[0]:
            yield "no opening line matches"
            return
        for opening, following in zip(openings, [*openings[1:], len(lines)], strict=True):
            tail = lines[opening + 1 : following]
            if any(self._compile(u).search(lines[opening]) for u in rule.get("unless", [])):
                yield "kept by 'unless'"
            # What hangs on it may itself be an opening line, or be taken by another rule at the same time.
            hanging = sum(bool(text[removals[i].start : removals[i].end].strip()) for i in group) - 1
            if len(tail) > rule.get("most", 6) or max(hanging, len(lines) - opening - 1) < rule.get("least", 0):
                yield f"{len(tail)} lines hang on it"
            if any(words(line) >= 25 or (words(line) >= 8 and regex.search(r"[.。।]\W*$", line)) for line in tail):
                yield "prose hangs on it"


def _detector_faults(went: str, rule: dict[str, Any], above: str, kept: str) -> Iterator[str]:
    """What no detector may do: take what a twin does not repeat, prose for icon names, an article for its comments, more than names."""
    if "twin" in rule["detector"]:
        there = set(WORD.findall(kept.lower()))
        said = WORD.findall(went.lower())
        if sum(w in there for w in said) < 0.7 * len(said):
            yield "not said elsewhere"
    elif rule["detector"] == "comment-threads":
        if sum(words(line) >= 8 for line in above.split("\n")) < 3:
            yield "no article stands above"
    elif rule["detector"] in ("kickers", "section-runs", "tag-tails"):
        if any(words(part) > 12 for line in went.split("\n") for part in line.split(",")):
            yield "longer than a name"
        if not any(words(line) >= 8 for line in kept.split("\n")):
            yield "no article is left"
    elif any(words(line) >= 12 and line.rstrip().endswith((".", "。")) for line in went.split("\n")):
        yield "prose"


def _moved(e: Edit, mended: Sequence[Edit]) -> Edit:
    """The edit over the text that ``mended`` makes; it covers whole replacements where it cuts into one."""

    def place(offset: int, right: bool) -> int:
        shift = 0
        for m in mended:
            if offset <= m.start:
                break
            if offset < m.end:
                return m.start + shift + (len(m.replacement) if right else 0)
            shift += len(m.replacement) - (m.end - m.start)
        return offset + shift

    return e._replace(start=place(e.start, False), end=place(e.end, True))


def _without(text: str, start: int, end: int, removals: Sequence[Edit]) -> str:
    """``text[start:end]`` without what the removals take of it."""
    out, pos = [], start
    for r in removals:
        if r.end > start and r.start < end:
            out.append(text[pos : max(pos, r.start)])
            pos = max(pos, r.end)
    return "".join([*out, text[pos:end]])
