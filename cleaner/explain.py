"""Near misses: why a line that looks like residue stayed.

Looks at the lines that cleaning leaves, with all rules there are, also those that the profile, a
switch or their status keeps from cutting, and says for each pattern that matched or nearly matched
what kept it. Slow beside cleaning: it tries patterns that cleaning never gets to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import regex

from cleaner import language, phrases
from cleaner.match import Lines, Matcher, segments
from cleaner.model import LEVELS, Pattern, Rule
from cleaner.rules import SLOT, expand, source_regex
from cleaner.sentences import runs_through
from cleaner.shapes import word_count

if TYPE_CHECKING:
    from cleaner.match import _Entry
    from cleaner.pipeline import Cleaner

#: A phrase of which a smaller share of the words stands in a line is not worth a mention.
_SHARE = 0.6
#: What is less close than this is told only of a line that was asked for: 1 is a match.
_CLOSE = 0.4
#: The most near misses that are told of one line, unless that line was asked for.
_MOST = 2
#: A slot that does not fit is told where the phrase's own words are so large a share of the line.
_LITERAL = 0.3
#: The part of a line that a line rule does not match is told up to so many words.
_REST = 8


@dataclass(frozen=True)
class NearMiss:
    """A rule that nearly took a line, and why it did not."""

    line: int
    """Number of the line in the original, from 1."""
    start: int
    """Where the line starts, an offset into the original."""
    end: int
    """Where it ends."""
    text: str
    """The line as it is in the clean text."""
    rule: str
    """Full id of the rule."""
    pattern: str
    """The phrase or regular expression."""
    matched: bool
    """Whether the pattern matched; else only some of its words are there."""
    reasons: tuple[str, ...]
    """What kept the line."""

    def __str__(self) -> str:
        return f"{self.rule} {'matched; ' if self.matched else ''}{'; '.join(self.reasons)}"


def near_misses(cleaner: Cleaner, text: str, line: int | None = None) -> list[NearMiss]:
    """Near misses of the lines that stay when ``cleaner`` cleans ``text``.

    ``line``: only this line of ``text`` (from 1), but all that is known about it. In order of place,
    the nearest first.
    """
    cleaned = cleaner.clean(text)
    lines = Lines(cleaned.text)
    starts = Lines(text)
    search = _Search(cleaner, lines, cleaned.flags)
    out: list[NearMiss] = []
    for i, part in enumerate(lines.parts):
        if not part.strip():
            continue
        indent = len(part) - len(part.lstrip())
        start = cleaned.to_original(lines.starts[i] + indent)
        number = starts.index_at(start) + 1
        if line is not None and number != line:
            continue
        end = cleaned.to_original(lines.starts[i] + len(part.rstrip()) - 1) + 1
        found = sorted(search.of_line(i, part), key=lambda n: (not n.matched, -n.closeness))
        seen: set[str] = set()
        for near in found:
            if near.rule in seen or (line is None and (len(seen) == _MOST or near.closeness < _CLOSE)):
                continue
            seen.add(near.rule)
            end = max(start, end)
            out.append(NearMiss(number, start, end, part.strip(), near.rule, near.pattern, near.matched, near.reasons))
    return out


@dataclass(frozen=True)
class _Near:
    rule: str
    pattern: str
    matched: bool
    closeness: float
    reasons: tuple[str, ...]


class _Search:
    """All rules, asked about one text."""

    def __init__(self, cleaner: Cleaner, lines: Lines, flags: tuple[str, ...]) -> None:
        self.cleaner = cleaner
        self.flags = flags
        self.lines = lines
        self._loose_by_rule: dict[int, dict[int, regex.Pattern[str]]] = {}
        self.used = {r.id for r in cleaner.wanted}
        self.rules = [r for r in cleaner.ruleset if r.kind != "detector" and r.status != "retired"]
        self.matcher = Matcher(cleaner.ruleset, self.rules, {})

    @cached_property
    def languages(self) -> frozenset[str]:
        if self.cleaner.languages is not None:
            return self.cleaner.languages
        return language.document_languages(self.lines.text)

    @cached_property
    def entries(self) -> list[_Entry]:
        return [self.matcher.entry(n) for n in range(sum(len(r.patterns) for r in self.rules))]

    @cached_property
    def by_word(self) -> dict[str, list[int]]:
        """Word of a phrase -> the patterns that have it."""
        index: dict[str, list[int]] = {}
        for n, words in enumerate(self.words):
            for w in words:
                index.setdefault(w, []).append(n)
        return index

    @cached_property
    def words(self) -> list[frozenset[str]]:
        """The words that each phrase must have, optional ones and slots left out."""
        return [frozenset(_words_of(e.source)) for e in self.entries]

    @cached_property
    def needs(self) -> list[list[tuple[str, ...]]]:
        """Sets of literals of which each match of a phrase has one: compiling a pattern takes much longer than looking for them."""
        return [phrases.needs(phrases.parse(e.source.source)) if e.source.phrase else [] for e in self.entries]

    def of_line(self, i: int, line: str) -> Iterator[_Near]:
        low = phrases.fold(line)
        here = Counter(n for w in set(_tokens(low)) for n in self.by_word.get(w, ()))
        for n, entry in enumerate(self.entries):
            cued = any(cue in low for cue in entry.source.cues)
            enough = self.words[n] and here[n] >= _SHARE * len(self.words[n])
            if not (cued or enough):
                continue
            rule = self.rules[entry.rule]
            if cued and all(any(literal in low for literal in needed) for needed in self.needs[n]) and self._matches(entry, line):
                reasons = tuple(self._kept(rule, entry, i)) or ("kept for a reason that lies in other lines",)
                yield _Near(rule.id, entry.source.source, True, 1.0, reasons)
            elif self._language_fits(rule):
                yield from self._partly(entry, rule, n, line)

    def _matches(self, entry: _Entry, line: str) -> bool:
        stripped = line.strip()
        if entry.kind == "span":
            if entry.at == "start":
                m = entry.compiled.match(stripped, 0, entry.source.longest, timeout=1.0)
            else:
                m = entry.compiled.search(stripped, max(0, len(stripped) - entry.source.longest), timeout=1.0)
            return m is not None and m.end() > m.start()
        return entry.compiled.fullmatch(stripped, timeout=1.0) is not None

    def _kept(self, rule: Rule, entry: _Entry, i: int) -> Iterator[str]:
        """Why a rule whose pattern matched did not take line ``i``."""
        line = self.lines.parts[i]
        if rule.status == "trial":
            yield "trial rule: it reports and does not cut"
        if rule.id not in self.used:
            if LEVELS.index(rule.level) > LEVELS.index(self.cleaner.level):
                yield f"it is used from profile `{rule.level}` on, this is `{self.cleaner.profile}`"
            elif rule.status != "trial":
                yield "the rule or its family is switched off"
        if not self._language_fits(rule):
            told = ", ".join(f"`{code}`" for code in sorted(self.languages)) or "no language that can be told"
            yield f"the rule is for texts in `{rule.language}`, this one is in {told}"
        for protected in self.cleaner.ruleset.protected:
            if m := regex.search(protected, line, regex.I | regex.V0):
                yield f"kept by a protected pattern, which found {m[0]!r}"
                break
        for unless in self.cleaner.ruleset.unless_of(rule):
            if m := regex.search(unless, line, regex.I | regex.V0):
                yield f"kept by `unless: {m[0]}`"
                break
        above, below = self.lines.beside(i, i)
        if runs_through(above, line, below):
            yield "guard: it may be the middle of a sentence that the line above begins or the line below ends"
        words = word_count(line)
        if rule.kind in ("line", "block") and words > rule.words:
            yield f"guard: word limit ({words} words, the rule takes {rule.words} at most)"
        elif rule.kind in ("line", "block") and len(line.strip()) > entry.source.longest:
            yield f"guard: the line is longer than the {entry.source.longest} characters that the pattern is tried on"
        if "guard/share" in self.flags and rule.level == "thorough":
            yield "guard: doubtful removals would have taken too large a share of the text"

    def _language_fits(self, rule: Rule) -> bool:
        return rule.language in ("any", "en") or rule.language in self.languages

    def _partly(self, entry: _Entry, rule: Rule, n: int, line: str) -> Iterator[_Near]:
        source = entry.source
        if source.phrase and self.words[n] and not self.words[n] & set(_tokens(phrases.fold(line))):
            return
        loose = self._loose(entry)
        if source.phrase and (m := loose.fullmatch(line.strip(), timeout=1.0)):
            said = [(slot, text) for slot, text in zip(_slots(source), m.groups(), strict=True) if text]
            strange = [(slot, text) for slot, text in said if not self._slot(slot).fullmatch(text)]
            literal = 1 - sum(len(text) for _, text in said) / len(line.strip())
            if len(strange) == 1 and literal >= _LITERAL and len(strange[0][1]) > 1:
                slot, text = strange[0]
                reason = f"`{{{slot}}}` would be {_short(text)!r}, which the slot does not know"
                yield _Near(rule.id, source.source, False, 0.95 * (0.5 + literal / 2), (reason,))
                return
        m = self._core(entry).search(line, timeout=1.0) if loose.search(line, timeout=1.0) else None
        rest = " … ".join(part for part in (line[: m.start()].strip(), line[m.end() :].strip()) if part) if m else ""
        if m and word_count(rest) <= max(_REST, word_count(m[0])):
            if entry.kind == "span":
                where = "start" if entry.at == "start" else "end"
                reason = f"found {m[0].strip()!r}, but not at the line's {where}"
            else:
                kept = " and other sentences of the line match no rule" if len(segments(line)) > 1 else ""
                reason = f"the whole line must match; it also says {_short(rest)!r}{kept}"
            yield _Near(rule.id, source.source, False, 0.9 * word_count(m[0]) / max(1, word_count(line)), (reason,))
            return
        wanted = list(dict.fromkeys(_words_of(source)))
        if len(wanted) < 2 or m:
            return
        there = set(_tokens(phrases.fold(line)))
        missing = [w for w in wanted if w not in there]
        have = len(wanted) - len(missing)
        if have < _SHARE * len(wanted) or word_count(line) > 2 * len(wanted) + _REST:
            return
        reason = f"{have} of {len(wanted)} words of phrase `{source.source}`"
        reason += f"; missing: {', '.join(missing)}" if missing else "; in another order, or with other words between"
        closeness = 0.8 * have / len(wanted) * min(1.0, len(wanted) / max(1, word_count(line)))
        yield _Near(rule.id, source.source, False, closeness, (reason,))

    def _loose(self, entry: _Entry) -> regex.Pattern[str]:
        """The pattern with anything for a slot; each slot is a group."""
        if entry.index not in (cache := self._loose_by_rule.setdefault(entry.rule, {})):
            core = SLOT.sub(lambda m: r"(\S(?:.{0,60}?\S)??)", self._without_groups(source_regex(entry.source)))
            cache[entry.index] = regex.compile(rf"[^\p{{L}}\p{{N}}]*?(?:{core})[^\p{{L}}\p{{N}}]*", regex.I | regex.V0)
        return cache[entry.index]

    @staticmethod
    def _without_groups(source: str) -> str:
        """A pattern whose own groups don't count, so that only slots do."""
        return regex.sub(r"(?<!\\)\((?!\?)|\(\?P?<(?![=!])[^>]*>", "(?:", source)

    def _slot(self, name: str) -> regex.Pattern[str]:
        return regex.compile(self.cleaner.ruleset.slots[name], regex.I | regex.V0)

    def _core(self, entry: _Entry) -> regex.Pattern[str]:
        core = expand(source_regex(entry.source), self.cleaner.ruleset.slots)
        return regex.compile(rf"(?<![\p{{L}}\p{{N}}])(?:{core})(?![\p{{L}}\p{{N}}])", regex.I | regex.V0)


def _slots(source: Pattern) -> list[str]:
    """The slots of a pattern, in the order of their groups in its loose form."""
    return [m.group(1) for m in SLOT.finditer(source_regex(source))]


def _obligatory(nodes: tuple[phrases.Node, ...]) -> Iterator[str]:
    """The literal texts of a phrase that every match has; of a choice, the first option's where all share none."""
    for node in nodes:
        if isinstance(node, phrases.Literal):
            yield node.text
        elif isinstance(node, phrases.Group) and not node.optional and len(node.options) == 1:
            yield from _obligatory(node.options[0])


def _words_of(source: Pattern) -> list[str]:
    """The words that a phrase must have, optional ones and slots left out; none for a regular expression."""
    return _tokens(" ".join(_obligatory(phrases.parse(source.source)))) if source.phrase else []


_TOKEN = regex.compile(r"[\p{L}\p{M}\p{N}]+")


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(phrases.fold(text))


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
