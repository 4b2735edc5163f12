"""Find what the rules take from a text: gate, candidate lines, ``regex``.

The definition, which the plain matcher in ``tests/`` repeats word for word: a pattern matches
when one of its cues is in the folded text that it is tried on (:func:`cleaner.phrases.fold`) *and*
its regular expression matches. Tried on: the stripped line, a segment of it, or for spans its
first or last characters. How long the tried text may be is the pattern's ``longest``: what a
phrase can fill, twelve characters for each word of the rule's limit, 300 for a span. The gate finds
all cues in one pass over the text; it only skips work.

One round goes down the lines. On each line that is not protected, and through which no sentence
runs (:mod:`cleaner.sentences`: it may lose its end, not all of it):

1. a *block* whose opening line matches takes that line and what hangs on it;
2. else a *line* rule that matches the whole stripped line takes it;
3. else, where the line falls into segments (``a | b``, sentences) and a line rule matches each,
   they all go;
4. else the longest matching *span* goes from the start and from the end.

Detectors look at the whole text before that; what overlaps goes to whoever comes first.
Rounds repeat, in :mod:`cleaner.pipeline`, until nothing more matches.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from threading import Lock
from typing import Any, NamedTuple

import regex

from cleaner import edges, index, kept, phrases
from cleaner.index import NOTHING, SEGMENT_BREAK, Candidates, Drawers, Filed, FoldedLines, Index, Needs, Read, first_segment
from cleaner.model import Pattern, Rule, RuleSet
from cleaner.prefilter import Test, Untranslatable, opening, translate, twin
from cleaner.recent import Recent
from cleaner.rules import expand, source_regex
from cleaner.sentences import runs_through
from cleaner.shapes import is_bullet, is_headline, is_prose, word_count

#: A line that falls into more segments than this is not taken piece by piece.
MOST_SEGMENTS = 12
# So few patterns are filed faster than what is kept of all is read.
_FEW_ENTRIES = 100
# What tells where a pattern is filed.
_MAKES_INDEX = ("index.py", "edges.py", "phrases.py", "rules.py")
# Outcomes that are remembered: so many, on lines up to so many characters.
_MOST_REMEMBERED, _LONGEST_REMEMBERED = 20_000, 80
#: Seconds one pattern may spend on one line; past them the line stays and a flag says so.
PATTERN_SECONDS = 1.0

# What may stand around the words of a line rule: bullets, arrows, emoji, end marks; no quotes, for
# a line in quotes is somebody's words.
_DECOR = r"[\s\p{So}\p{Sm}\p{Sk}\p{Cf}\p{Pd}\ufe0f*•·◦▪|:：.…!！,;、。#_/\\()\[\]（）【】]"
_LINE_HEAD = rf"(?:{_DECOR}|[»›>]){{0,200}}"
_LINE_TAIL = rf"(?:{_DECOR}|[»›>])*"
# What goes with a span: the separator or bracket that set it off, and end marks after it.
# Few spaces each: with * a run of spaces could be shared out in too many ways.
_SPAN_LEAD = r"(?:[^\S\n]{0,3}[|/·•–—‐-])?[^\S\n]{0,3}[(\[（［【]?[^\S\n]{0,3}"
_SPAN_TRAIL = r"[^\S\n]{0,3}[.。]?[^\S\n]{0,3}[)\]）］】]?[^\S\n]{0,3}[.。]?"
# The signs in the former, besides spaces; so many of them stand before the pattern itself at most, and so many characters are
# what a look-behind there sees.
_LEAD_SIGNS = "|/·•–—‐-([（［【"
_LONGEST_LEAD, _LONGEST_OPENING = 12, 60
_START_LEAD = r"[(\[（［【]?[^\S\n]{0,3}"
_START_TRAIL = r"[^\S\n]{0,3}[)\]）］】]?(?:[^\S\n]{0,3}[|/·•–—:：])?[^\S\n]{0,3}"
# A span that begins or ends with a letter begins or ends a word, where words have spaces.
_LETTER = r"[\p{L}\p{N}_]"
_SPACELESS = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
_WORD_START = rf"(?:(?<!{_LETTER})|(?!{_LETTER})|(?<={_SPACELESS})|(?={_SPACELESS}))"
_WORD_END = rf"(?:(?!{_LETTER})|(?<!{_LETTER})|(?<={_SPACELESS})|(?={_SPACELESS}))"

class Found(NamedTuple):
    """Something that a rule would take: ``text[start:end]`` of the text that was searched."""

    start: int
    end: int
    rule: int
    """Index into the matcher's rules."""
    pattern: int
    """Index into the rule's patterns; -1 for detectors and the tail of a block."""
    doubtful: bool
    """No pattern matched these very words: a block's tail, a detector that is not ``careful``, a ``thorough`` rule."""


class Line(NamedTuple):
    """A line without its break: ``text[start:end]``."""

    start: int
    end: int
    text: str


class Lines(Sequence[Line]):
    """The lines of a text with their offsets; the only breaks are ``\\n``."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.parts = text.split("\n")

    @cached_property
    def starts(self) -> list[int]:
        return list(accumulate(map((1).__add__, map(len, self.parts)), initial=0))[:-1]

    @cached_property
    def low(self) -> str:
        """The text folded for the search of cues; offsets are the same."""
        return phrases.fold(self.text)

    def __len__(self) -> int:
        return len(self.parts)

    def __getitem__(self, i: Any) -> Any:
        start = self.starts[i]
        return Line(start, start + len(self.parts[i]), self.parts[i])

    def index_at(self, offset: int) -> int:
        """Number of the line that holds the character at ``offset``."""
        return bisect_right(self.starts, offset) - 1

    def beside(self, first: int, last: int) -> tuple[str, str]:
        """The lines right above line ``first`` and right below line ``last``; empty where there is none."""
        return "".join(self.parts[max(0, first - 1) : first]), "".join(self.parts[last + 1 : last + 2])

    def whole(self, i: int) -> tuple[int, int]:
        """Start and end of line ``i`` with its break."""
        start = self.starts[i]
        return start, min(start + len(self.parts[i]) + 1, len(self.text))


#: A detector takes the lines, its options and the word lists, and yields ranges of the text.
Detector = Callable[[Lines, dict[str, Any], dict[str, tuple[str, ...]]], Iterable[tuple[int, int]]]


def as_set(words: tuple[str, ...]) -> frozenset[str]:
    """A detector's word list for look-ups, made once; known by identity, for hashing thousands of words costs more than a page."""
    known = _sets.get(id(words))
    if known is None or known[0] is not words:
        if len(_sets) >= _MOST_SETS:
            _sets.clear()
        known = _sets[id(words)] = words, frozenset(words)
    return known[1]


_sets: dict[int, tuple[tuple[str, ...], frozenset[str]]] = {}
_MOST_SETS = 64


@dataclass(frozen=True)
class _Entry:
    """One pattern of one rule, compiled when it is first needed."""

    number: int
    """Its place among all entries: rule order."""
    rule: int
    index: int
    source: Pattern
    kind: str
    at: str
    slots: _Slots

    @cached_property
    def _words(self) -> _Words:
        return _Words(source_regex(self.source), self.kind, self.at, self.slots)

    @property
    def compiled(self) -> regex.Pattern[str]:
        """The pattern, slots filled in, with what may stand around it."""
        return _compiled[self._words]

    @cached_property
    def needs(self) -> Needs:
        """Literals that every match holds."""
        return index.needs(self.read())

    def may_match(self, text: str, data: bytes) -> bool:
        """False where the pattern does not match ``text`` (``data``: in UTF-8), for its wider twin finds nothing."""
        return _twins[self._words](text, data)

    @cached_property
    def edges(self) -> edges.Edges:
        """Keys of the beginnings and ends of the texts that the pattern may match."""
        return edges.edges(source_regex(self.source), self.slots.edges)

    def starts_in(self, text: str, start: int, end: int) -> Iterable[int] | None:
        """For a span at the end: where a match in ``text[start:end]`` can begin; None where it can anywhere."""
        if self._opening is None:
            return None
        found: set[int] = set()
        for m in self._opening.finditer(text, max(0, start - _LONGEST_OPENING), end, overlapped=True):
            first = m.start()
            while first > start and m.start() - first < _LONGEST_LEAD and (text[first - 1] in _LEAD_SIGNS or text[first - 1].isspace()):
                first -= 1
            found.update(range(max(start, first), m.end() + 1))
        return sorted(found)

    @cached_property
    def _opening(self) -> regex.Pattern[str] | None:
        source = opening(source_regex(self.source))
        return None if source is None else _kept(source)

    @property
    def has_whole_words(self) -> bool:
        """Whether a cue is no part of a longer word in any match."""
        return phrases.has_whole_words(self.source.source) if self.source.phrase else self.source.whole

    @property
    def filed(self) -> Filed:
        """What the index knows of it without reading it."""
        return Filed(self.number, self.kind, self.at, self.source.longest)

    def read(self) -> Read:
        """What tells under which keys it is filed."""
        return Read(self.edges, self.source.cues, self.has_whole_words)

    def has_cue(self, low: str) -> bool:
        """Whether one of the pattern's cues is in the folded text."""
        return any(cue in low for cue in self.source.cues)


@dataclass(frozen=True, eq=False)
class _Slots:
    """The slots, as the readers of patterns want them."""

    sources: dict[str, str]
    twins: Callable[[str], str]
    edges: Callable[[str], Any]

    @staticmethod
    @lru_cache(maxsize=8)
    def of(items: frozenset[tuple[str, str]]) -> _Slots:
        """The same for the same slots, so that the matchers of all languages share what is made of them."""
        slots = dict(items)
        return _Slots(slots, lru_cache(maxsize=None)(lambda name: translate(slots[name], slots.__getitem__)), edges.slot_reader(slots))


class _Words(NamedTuple):
    """What an entry is compiled from: the same in the matchers of all profiles and languages."""

    regex: str
    """The pattern as a regular expression, slots still in place."""
    kind: str
    at: str
    slots: _Slots


@lru_cache(maxsize=20_000)
def _may_begin_with_sign(words: _Words) -> bool:
    """Remembered longer than what is compiled, for a pattern has to be read to tell."""
    return edges.may_begin_with_sign(words.regex, words.slots.edges)


def _compile(words: _Words) -> regex.Pattern[str]:
    core = f"(?:{expand(words.regex, words.slots.sources)})"
    if words.kind in ("line", "block"):
        # Where the core begins with a letter, what stands before it can be shared out in one way only.
        once = "" if _may_begin_with_sign(words) else "+"
        return _kept(f"{_LINE_HEAD}{once}{core}{_LINE_TAIL}")
    if words.at == "end":
        return _kept(rf"{_SPAN_LEAD}{_WORD_START}{core}{_SPAN_TRAIL}\Z")
    return _kept(rf"{_START_LEAD}{core}{_WORD_END}{_START_TRAIL}")


def _twin(words: _Words) -> Test:
    whole = words.kind in ("line", "block")
    begin, end = whole or words.at == "start", whole or words.at == "end"
    # Of the core alone: RE2 takes a hundred times as long over what may stand around it.
    return twin(words.regex, words.slots.twins, begin=begin, end=end) or (lambda text, data: True)


def _kept(pattern: str) -> regex.Pattern[str]:
    return kept.compiled(pattern, regex.I | regex.V0)


def _union(patterns: Iterable[str]) -> str:
    return "|".join(f"(?:{p})" for p in patterns)


def _twin_of_any(patterns: tuple[str, ...]) -> Test:
    """A test that is True for every text in which one of ``patterns``, slots filled in, is found."""
    return twin(_union(patterns), _filled_in, begin=False, end=False) or (lambda text, data: True)


def _filled_in(name: str) -> str:
    """For patterns whose slots are filled in: what looks like one is none."""
    raise Untranslatable(name)


def _has_any(patterns: tuple[str, ...], line: str) -> bool:
    """Whether one of the ``unless`` patterns is found in ``line``."""
    if not patterns or not _unless_twins[patterns](line, line.encode("utf-8", "replace")):
        return False
    return any(_unless[source].search(line) for source in patterns)


# Those of all rules would take half a gigabyte: a compiled pattern up to 70 kB, a twin 50. A text needs
# a few dozen; texts in twenty languages some hundreds.
_compiled = Recent(_compile, most=500)
_twins = Recent(_twin, most=900)
# One by one: of a union, regex (2026.11.19, flag I) misses what begins with a negated class of case under (?-i:…).
_unless = Recent(_kept, most=600)
_unless_twins = Recent(_twin_of_any, most=400)


#: The group of the rules that are used on any text: those of no language, and English ones.
COMMON = "common"


def group_of(language: str) -> str:
    """With which rules those of this language are filed: a text is looked up only in the groups that may concern it."""
    return COMMON if language in ("any", "en") else language


@dataclass(frozen=True)
class Filing:
    """How the patterns of one group of rules are filed: to read a thousand of them takes seconds, so it is kept."""

    drawers: Drawers
    needs: list[Needs]
    """For each pattern, in the order of the group's rules: see :attr:`_Entry.needs`."""
    places: dict[str, tuple[int, Rule]]
    """Rule -> number of its first pattern, and the rule itself."""

    def number(self, rule: Rule, pattern: int) -> int | None:
        """The number of a rule's pattern; None where the rule set has another rule of that name."""
        first, known = self.places.get(rule.id, (0, None))
        if known is None or (known is not rule and (known.patterns, known.kind, known.at) != (rule.patterns, rule.kind, rule.at)):
            return None
        return first + pattern


def kept_name(ruleset: RuleSet, group: str) -> str:
    """Under which name is kept how the patterns of a group of rules are filed."""
    return kept.file_name(f"index-{group}", ruleset.version, _MAKES_INDEX, *(r.id for r in ruleset.rules))


def groups(ruleset: RuleSet) -> list[str]:
    """The groups of a rule set's rules."""
    return sorted({group_of(r.language) for r in ruleset.rules})


def filing(ruleset: RuleSet, group: str) -> Filing:
    """How the patterns of a group's rules are filed, by whatever profile or family."""
    name = kept_name(ruleset, group)
    with _filing_lock:
        known = _filings.get(name)
        if known is None:
            while len(_filings) >= _MOST_FILINGS:
                _filings.pop(next(iter(_filings)))
            known = _filings[name] = _file(ruleset, group, name)
    return known


# Made once for the cleaners of all profiles and languages, however many threads make them.
_filings: dict[str, Filing] = {}
_MOST_FILINGS = 64
_filing_lock = Lock()


def _file(ruleset: RuleSet, group: str, name: str) -> Filing:
    rules = [r for r in ruleset.rules if group_of(r.language) == group]
    places: dict[str, tuple[int, Rule]] = {}
    number = 0
    for rule in rules:
        places[rule.id] = number, rule
        number += len(rule.patterns)
    found = kept.read(name)
    try:
        needs = [tuple(map(tuple, sets)) for sets in found["needs"]]
        if len(needs) == number:
            return Filing(Drawers(*found["drawers"]), needs, places)
    except (TypeError, ValueError, KeyError):  # absent or damaged
        pass
    entries = Matcher(ruleset, [r for r in rules if r.kind != "detector"], {})._entries
    drawers = index.empty()
    index.file(drawers, ((e.filed, e.read()) for e in entries))
    drawers = index.in_order(drawers)
    needs = [e.needs for e in entries]
    kept.write(name, {"drawers": drawers, "needs": needs})
    return Filing(drawers, needs, places)


class _Bounded(set[str]):
    """Lines that are remembered, all of them forgotten when there are too many."""

    def add(self, line: str) -> None:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        super().add(line)


class Matcher:
    """Rules made ready to search texts. Safe to share between threads."""

    def __init__(self, ruleset: RuleSet, rules: Sequence[Rule], detectors: dict[str, Detector]) -> None:
        self.rules = tuple(rules)
        self.words = ruleset.words
        self.slots = ruleset.slots
        self._protected_sources = ruleset.protected
        self._detectors = [(i, detectors[r.detector], dict(r.options)) for i, r in enumerate(self.rules) if r.kind == "detector"]
        self._ruleset = ruleset
        slots = _Slots.of(frozenset(ruleset.slots.items()))
        self._entries = [
            _Entry(number, i, j, pattern, rule.kind, rule.at, slots)
            for number, (i, rule, j, pattern) in enumerate(
                (i, rule, j, pattern) for i, rule in enumerate(self.rules) for j, pattern in enumerate(rule.patterns)
            )
        ]

        self._by_group: dict[str, list[_Entry]] = {}
        for e in self._entries:
            self._by_group.setdefault(group_of(self.rules[e.rule].language), []).append(e)
        self._indexes: dict[str, Index] = {}
        #: Short lines on which nothing of a group matched, so many at most.
        self._barren: dict[str, _Bounded] = defaultdict(_Bounded)

    def indexes(self, languages: frozenset[str] | None) -> dict[str, Index]:
        """Group -> its patterns filed, for the groups that are used on texts of these languages (None: any)."""
        wanted = self._by_group if languages is None else [COMMON, *sorted(languages)]
        return {g: self._indexes.get(g) or self._index(g) for g in wanted if g in self._by_group}

    def _index(self, group: str) -> Index:
        entries = self._by_group[group]
        filed = [e.filed for e in entries]
        numbers: dict[int, int] = {}
        unread = entries
        drawers, first_free = index.empty(), 0
        if len(self._entries) >= _FEW_ENTRIES:
            found = filing(self._ruleset, group)
            unread = []
            for e in entries:
                of_group = found.number(self.rules[e.rule], e.index)
                if of_group is None:
                    unread.append(e)
                else:
                    numbers[of_group] = e.number
                    vars(e)["needs"] = found.needs[of_group]
            drawers, first_free = found.drawers, len(found.needs)
        if unread:
            drawers = index.copied(drawers)
            numbers |= {first_free + e.number: e.number for e in unread}
            index.file(drawers, ((e.filed._replace(number=first_free + e.number), e.read()) for e in unread))
        made = self._indexes[group] = Index(filed, drawers, numbers, {e.number: e.needs for e in entries})
        return made

    def is_kept(self, rule: int, line: str) -> bool:
        """Whether an ``unless`` of the rule keeps ``line``."""
        which = self.rules[rule]
        return _has_any(which.unless, line) or _has_any(self._ruleset.unless_of_family(which), line)

    @cached_property
    def _protected(self) -> list[regex.Pattern[str]]:
        return [_kept(source) for source in self._protected_sources]

    @cached_property
    def _protected_twin(self) -> Test:
        return twin(_union(self._protected_sources), self.slots.__getitem__, begin=False, end=False) or (lambda text, data: True)

    def is_protected(self, line: str) -> bool:
        """Whether no rule may touch ``line``."""
        if not self._protected_sources or not self._protected_twin(line, line.encode("utf-8", "replace")):
            return False
        return any(pattern.search(line) for pattern in self._protected)

    def find(
        self,
        text: str,
        languages: Callable[[], frozenset[str]],
        flags: set[str] | None = None,
        possible: frozenset[str] | None = None,
        known: dict[str, dict[str, Candidates]] | None = None,
    ) -> list[Found]:
        """What one round takes from ``text``, in order, without overlaps.

        ``languages`` tells the document's languages; it is called only where a rule of a language
        other than English has matched. ``possible`` are those that it may name (None: any).
        ``flags`` receives what went wrong. ``known`` keeps what was looked up for each line: hand the same
        one in for the next round, so that only new lines are looked up.
        """
        flags = set() if flags is None else flags
        indexes = self.indexes(possible)
        round_ = _Round(self, Lines(text), languages, flags, list(indexes.values()))
        found = _first_come([], round_.by_detectors(self._detectors)) if self._detectors else []
        known = {} if known is None else known
        parts = round_.lines.parts
        lines: dict[int, Candidates] = {}
        folded: FoldedLines | None = None
        for group, filed in indexes.items():
            of_group = known.setdefault(group, {"": NOTHING})
            new = list(dict.fromkeys([part for part in parts if part not in of_group]))
            if new:
                folded = folded if folded is not None and folded.parts == new else FoldedLines(new)
                filed.look_up(folded, of_group)
            barren = self._barren[group]
            for i, c in [(i, c) for i, part in enumerate(parts) if (c := of_group[part]) is not NOTHING and part not in barren]:
                lines[i] = lines[i].with_(c) if i in lines else c
        by_rules = list(round_.by_rules(sorted(lines.items())))
        for part in {parts[i] for i in round_.barren}:
            for group in indexes:
                known[group][part] = NOTHING
                if len(part) <= _LONGEST_REMEMBERED:
                    self._barren[group].add(part)
        return _first_come(found, by_rules) if found else by_rules

    @cached_property
    def by_kind(self) -> Callable[[frozenset[int]], tuple[list[_Entry], list[_Entry], list[_Entry]]]:
        """Numbers of patterns -> those of blocks, of lines, of spans, each in rule order; remembered, for most come together often."""

        def of(numbers: frozenset[int]) -> tuple[list[_Entry], list[_Entry], list[_Entry]]:
            entries = [self._entries[n] for n in sorted(numbers)]
            blocks, lines, spans = ([e for e in entries if e.kind == kind] for kind in ("block", "line", "span"))
            return blocks, lines, spans

        return lru_cache(maxsize=_MOST_REMEMBERED)(of)

    def entry(self, number: int) -> _Entry:
        return self._entries[number]

    def tried(self, number: int, text: str) -> bool:
        """Whether a line or block pattern matches all of ``text``. Raises TimeoutError where it takes too long to tell."""
        e = self._entries[number]
        return (
            e.may_match(text, text.encode("utf-8", "replace"))
            and e.compiled.fullmatch(text, timeout=PATTERN_SECONDS) is not None
            and e.has_cue(phrases.fold(text))
            and word_count(text) <= self.rules[e.rule].words
        )

    def searched(self, number: int, text: str) -> tuple[int, int] | None:
        """Where a span pattern matches on its side of ``text``, a line. Raises TimeoutError where it takes too long to tell."""
        e = self._entries[number]
        head, tail, reach = len(text) - len(text.lstrip()), len(text.rstrip()), e.source.longest
        a, b = (head, min(tail, head + reach)) if e.at == "start" else (max(head, tail - reach), tail)
        seen = text[a:b]
        # A lone surrogate has no UTF-8 form; no pattern asks for one, so a sign in its place will do.
        if not e.may_match(seen, seen.encode("utf-8", "replace")):
            return None
        if e.at == "start":
            found = e.compiled.match(text, a, b, timeout=PATTERN_SECONDS)
        else:
            # A search tries the pattern at each character; but many have a sign that must stand before it.
            starts = e.starts_in(text, a, b)
            if starts is None:
                found = e.compiled.search(text, a, b, timeout=PATTERN_SECONDS)
            else:
                found = next((m for start in starts if (m := e.compiled.match(text, start, b, timeout=PATTERN_SECONDS))), None)
        return found.span() if found is not None and e.has_cue(phrases.fold(seen)) else None

    @cached_property
    def place(self) -> Callable[[int, str], tuple[int, int] | None]:
        """:meth:`searched`, remembered as :meth:`is_match` is."""
        return lru_cache(maxsize=_MOST_REMEMBERED)(self.searched)

    @cached_property
    def is_match(self) -> Callable[[int, str], bool]:
        """:meth:`tried`, remembered: the short lines of a site, and of most sites, come again and again."""
        return lru_cache(maxsize=_MOST_REMEMBERED)(self.tried)

    def forget(self) -> None:
        """Let go what is remembered of lines: who measures what new texts cost wants none of it."""
        for name in ("is_match", "place"):
            vars(self).pop(name, None)
        self._barren.clear()


class _Round:
    """One pass over one text; holds what the passes' steps share."""

    def __init__(
        self, matcher: Matcher, lines: Lines, languages: Callable[[], frozenset[str]], flags: set[str], indexes: Sequence[Index]
    ) -> None:
        self.matcher = matcher
        self.lines = lines
        self._tell_languages = languages
        self.flags = flags
        self.indexes = indexes
        self._has_matched = False
        #: Lines on which all that was worth trying did not match: nothing will, whatever stands around them.
        self.barren: list[int] = []

    def by_rules(self, candidates: Iterable[tuple[int, Candidates]]) -> Iterator[Found]:
        done = -1  # last line that a block has taken
        by_kind = self.matcher.by_kind
        for i, (whole, first) in candidates:
            if i <= done:
                continue
            blocks, lines, spans = by_kind(whole)
            found: list[Found] = []
            last = i
            self._has_matched = False
            if blocks:
                found, last = self._block(i, blocks)
            if lines and not found:
                found = self._line(i, lines)
            if first and not found:
                found = self._segments(i, sorted(first))
            if spans and not found:
                found = self._spans(i, spans)
            if not self._has_matched:
                self.barren.append(i)
            if found and not self._is_protected(i) and not self._is_amid(i, i, found):
                done = last
                yield from found

    def by_detectors(self, detectors: Sequence[tuple[int, Detector, dict[str, Any]]]) -> Iterator[Found]:
        for rule, detector, options in detectors:
            for start, end in detector(self.lines, options, self.matcher.words):
                first, last = self.lines.index_at(start), self.lines.index_at(max(start, end - 1))
                if any(self._is_protected(i) for i in range(first, last + 1)):
                    continue
                level = self.matcher.rules[rule].level
                # What no reader could doubt goes however much of the text it is.
                found = Found(start, end, rule, -1, level != "careful")
                # Threads and menus are known by all their lines together, not by the words of one.
                if self._allowed(rule, first) and (level == "thorough" or not self._is_amid(first, last, [found])):
                    yield found

    # -- the four ways

    def _block(self, i: int, entries: Sequence[_Entry]) -> tuple[list[Found], int]:
        """What a block takes from line ``i`` on, and the last line that it takes."""
        bare = self.lines.parts[i].strip()
        for e in entries:
            if self._takes(e, bare, i):
                rule = self.matcher.rules[e.rule]
                last = self._tail(i, rule)
                if last - i < rule.least:
                    continue
                start, end = self.lines.whole(i)
                found = [Found(start, end, e.rule, e.index, _is_doubtful(rule))]
                if last > i:
                    found.append(Found(end, self.lines.whole(last)[1], e.rule, -1, True))
                return found, last
        return [], i

    def _line(self, i: int, entries: Sequence[_Entry]) -> list[Found]:
        bare = self.lines.parts[i].strip()
        for e in entries:
            if self._takes(e, bare, i):
                start, end = self.lines.whole(i)
                return [Found(start, end, e.rule, e.index, _is_doubtful(self.matcher.rules[e.rule]))]
        return []

    def _segments(self, i: int, first: Sequence[int]) -> list[Found]:
        """Each segment of a line by a line rule of its own, or nothing; ``first``: what may match the first segment."""
        line = self.lines[i]
        # Most lines are prose: their first sentence is nothing that a rule knows.
        head = first_segment(line.text)
        if head and not any(self._takes(self.matcher.entry(n), head, i) for n in first):
            return []
        parts = segments(line.text)
        if not 2 <= len(parts) <= MOST_SEGMENTS:
            return []
        found = []
        for k, (a, b) in enumerate(parts):
            segment = line.text[a:b]
            numbers = first if k == 0 else sorted(n for filed in self.indexes for n in filed.of_text(segment))
            e = next((e for n in numbers if self._takes(e := self.matcher.entry(n), segment, i)), None)
            if e is None:
                return []
            # Each takes the separator after it, the last one the line's break.
            whole_start, whole_end = self.lines.whole(i)
            start = whole_start if k == 0 else line.start + a
            end = whole_end if k == len(parts) - 1 else line.start + parts[k + 1][0]
            found.append(Found(start, end, e.rule, e.index, _is_doubtful(self.matcher.rules[e.rule])))
        return found

    def _spans(self, i: int, entries: Sequence[_Entry]) -> list[Found]:
        line = self.lines[i]
        best: dict[str, tuple[int, Found]] = {}
        for e in entries:
            place = self._search(e, line.text)
            if place is None:
                continue
            self._has_matched = True
            start, end = place
            # Asking for the document's language is dear: only where the span would win.
            if end - start <= (best[e.at][0] if e.at in best else 0) or not self._allowed(e.rule, i):
                continue
            found = Found(line.start + start, line.start + end, e.rule, e.index, _is_doubtful(self.matcher.rules[e.rule]))
            best[e.at] = end - start, found
        if not best:
            return []
        out = sorted(f for _, f in best.values())
        if len(out) == 2 and out[0].end > out[1].start:
            out = [max(out, key=lambda f: f.end - f.start)]
        # Nothing but white space left: the line goes whole, with its break.
        left = "".join(line.text[a - line.start : b - line.start] for a, b in _gaps(line.start, line.end, out))
        if not left.strip():
            start, end = self.lines.whole(i)
            out[0] = out[0]._replace(start=start)
            out[-1] = out[-1]._replace(end=end)
            if len(out) == 2:
                out[0] = out[0]._replace(end=out[1].start)
        return out

    # -- tests of one line

    @cached_property
    def _languages(self) -> frozenset[str]:
        return self._tell_languages()

    def _is_protected(self, i: int) -> bool:
        return self.matcher.is_protected(self.lines.parts[i])

    def _is_amid(self, first: int, last: int, found: Sequence[Found]) -> bool:
        """Whether all that the lines from ``first`` to ``last`` say would go, and a sentence runs through it."""
        start, end = self.lines.starts[first], self.lines.whole(last)[1]
        if sum(f.end - f.start for f in found) < end - start:
            return False
        above, below = self.lines.beside(first, last)
        return runs_through(above, self.lines.text[start:end], below)

    def _allowed(self, rule: int, i: int) -> bool:
        """Not kept by ``unless``, and of a language that counts here."""
        if self.matcher.is_kept(rule, self.lines.parts[i]):
            return False
        language = self.matcher.rules[rule].language
        return language in ("any", "en") or language in self._languages

    def _takes(self, e: _Entry, text: str, i: int) -> bool:
        if len(text) > e.source.longest:
            return False
        try:
            matched = (self.matcher.is_match if len(text) <= _LONGEST_REMEMBERED else self.matcher.tried)(e.number, text)
        except TimeoutError:
            self.flags.add(f"timeout/{self.matcher.rules[e.rule].id}")
            self._has_matched = True  # for all that anybody knows
            return False
        self._has_matched |= matched
        return matched and self._allowed(e.rule, i)

    def _search(self, e: _Entry, text: str) -> tuple[int, int] | None:
        try:
            return (self.matcher.place if len(text) <= _LONGEST_REMEMBERED else self.matcher.searched)(e.number, text)
        except TimeoutError:
            self.flags.add(f"timeout/{self.matcher.rules[e.rule].id}")
            self._has_matched = True
            return None

    def _tail(self, i: int, rule: Rule) -> int:
        """The last line that hangs on the prompt at line ``i``; ``i`` where none does.

        The tail ends at a blank line, at prose, at a protected line. A last headline that stands
        right above prose, without a blank line or a bullet, may be its subheading: it stays.
        """
        last = i
        j = i + 1
        while j < len(self.lines) and j - i <= rule.most:
            text = self.lines.parts[j]
            if not text.strip() or not fits(rule.shape, text) or self._is_protected(j):
                break
            last = j
            j += 1
        below = self.lines.parts[last + 1] if last + 1 < len(self.lines) else ""
        if last > i and below.strip() and not is_bullet(self.lines.parts[last]) and (is_prose(below) or last - i == rule.most):
            last -= 1
        return last


def segments(line: str) -> list[tuple[int, int]]:
    """Ranges of ``line`` between separators and between sentences, without the space around them."""
    out = []
    start = 0
    for m in SEGMENT_BREAK.finditer(line):
        out.append((start, m.start()))
        start = m.end()
    out.append((start, len(line)))
    trimmed = []
    for a, b in out:
        part = line[a:b]
        a += len(part) - len(part.lstrip())
        b -= len(part) - len(part.rstrip())
        if a < b:
            trimmed.append((a, b))
    return trimmed


def fits(shape: str, line: str) -> bool:
    """Whether ``line`` may be part of a block's tail of this shape."""
    if shape == "bullet":
        return is_bullet(line) and not is_prose(line)
    if shape == "headline":
        return is_headline(line)
    return not is_prose(line)


def _is_doubtful(rule: Rule) -> bool:
    return rule.level == "thorough"


def _gaps(start: int, end: int, found: Sequence[Found]) -> Iterator[tuple[int, int]]:
    pos = start
    for f in found:
        yield pos, f.start
        pos = f.end
    yield pos, end


def _first_come(found: list[Found], more: Iterable[Found]) -> list[Found]:
    """``found`` and what of ``more`` overlaps none before it, in order of place."""
    out = list(found)
    for f in more:
        if all(f.end <= g.start or g.end <= f.start for g in out):
            out.append(f)
    return sorted(out)
