"""Find patterns that a hostile or an unlucky line can make slow.

Every pattern is timed on lines made from itself: its own words repeated so that they nearly match, and
long runs of the signs that it skips, as long as a line may be that it is tried on, and a quarter of that.
A pattern whose time grows much faster than the line, or that takes longer than a set time, fails. Time is the process's own, so that other work on the
machine does not count, and what looks slow is measured again before it is called so.

Slots that are lists are cut down to a few words for this: a list is tried in the same time whatever
its length, and with hundreds of words compiling it takes longer than everything else. Patterns that
passed are remembered in the user's cache folder.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

import regex

from cleaner import phrases, yamlfile
from cleaner.match import Matcher
from cleaner.model import Pattern, Rule, RuleSet
from cleaner.passed import Passed, key_of
from cleaner.rules import SLOT, expand, source_regex

#: A pattern that takes more time than this on one line fails; 1 is what a plain quadratic pattern takes on
#: 600 characters (3 ms where this was written), so that the outcome is the same on a slow machine.
MOST_TIME = 15.0
#: Four times the length may take so many times the time; sixteen would be quadratic.
MOST_GROWTH = 9.0
#: Growth is not looked at below this time: it would be the clock's own noise.
_NOISE = 3.0

#: Raise when the attack changes, so that what passed an older one is tried again.
_FORMAT = 1
_SLOT_WORDS = 6


@dataclass(frozen=True)
class Slow:
    """A pattern that failed."""

    rule: Rule
    pattern: Pattern
    seconds: float
    length: int
    """Characters of the line."""
    line: str
    """What the line was made of."""

    FOLLOWS: ClassVar[str] = "lines like this one would hold up a crawl"
    MEND: ClassVar[str] = (
        "let each part match in one way only: no two neighbouring (…)? or {slots} or .* that can match the same words; give repeats an end"
    )

    @property
    def where(self) -> tuple[str, str]:
        """The key and the text of the pattern in its file."""
        return ("phrases" if self.pattern.phrase else "regex"), self.pattern.source

    @property
    def message(self) -> str:
        return f"is slow: {self.seconds:.2f} s on a line of {self.length} characters like {self.line!r}"


def slow_patterns(ruleset: RuleSet, rules: Iterable[Rule], *, remember: bool = True) -> list[Slow]:
    """The patterns of ``rules`` that fail; ``remember``: skip what passed before."""
    rules = [r for r in rules if r.kind != "detector"]
    thin = replace(ruleset, slots=_thin_slots(ruleset, rules))
    passed = Passed(f"timed-{_FORMAT}-{regex.__version__}") if remember else None
    found = []
    for rule in rules:
        keys = [key_of(rule.kind, rule.at, expand(source_regex(p), thin.slots)) for p in rule.patterns]
        if passed is not None and all(key in passed for key in keys):
            continue
        matcher = Matcher(thin, [rule], {})
        for n, (pattern, key) in enumerate(zip(rule.patterns, keys, strict=True)):
            if passed is not None and key in passed:
                continue
            slow = _attack(matcher.entry(n).compiled, rule, pattern, thin)
            if slow is not None:
                found.append(slow)
            elif passed is not None:
                passed.add(key)
    if passed is not None:
        passed.write()
    return found


def _attack(compiled: regex.Pattern[str], rule: Rule, pattern: Pattern, ruleset: RuleSet) -> Slow | None:
    for unit, make in _lines(rule, pattern, ruleset):
        line = make(pattern.longest)
        seconds = _seconds(compiled, rule, line)
        if seconds < _NOISE * _unit():
            continue
        # Again, for a garbage collection or a page fault may have been in it.
        seconds = min(seconds, *(_seconds(compiled, rule, line) for _ in range(2)))
        before = min(_seconds(compiled, rule, make(pattern.longest // 4)) for _ in range(3))
        if seconds > MOST_TIME * _unit() or (seconds > _NOISE * _unit() and seconds > MOST_GROWTH * before):
            return Slow(rule, pattern, seconds, len(line), unit)
    return None


@lru_cache(maxsize=1)
def _unit() -> float:
    """Seconds that a plain quadratic pattern takes on 600 characters, on this machine."""
    reference = regex.compile("(?:a|b)+(?:c|d)")
    times = []
    for _ in range(7):
        start = time.process_time()
        reference.search("ab" * 300)
        times.append(time.process_time() - start)
    return max(min(times), 1e-4)


def _seconds(compiled: regex.Pattern[str], rule: Rule, line: str) -> float:
    """Seconds that one try takes; at least half a second counts as half a second."""
    start = time.process_time()
    try:
        if rule.kind != "span":
            compiled.fullmatch(line, timeout=0.5)
        elif rule.at == "start":
            compiled.match(line, timeout=0.5)
        else:
            compiled.search(line, timeout=0.5)
    except TimeoutError:
        return 0.5
    return time.process_time() - start


#: Ends a line that nearly matches: no pattern, and nothing that may stand around one, takes it.
_END = "¤"
_RUNS = (" ", "a", "1", ".", "-", "(", "A", " a", " Ab", " A.", ", Ab", " - ", "1 ", "/a", "日", "\u200b|")


def _lines(rule: Rule, pattern: Pattern, ruleset: RuleSet) -> Iterator[tuple[str, _Make]]:
    """Lines to try: what they are made of, and how to make one of a length."""
    seeds = [*_samples(pattern, ruleset), *(part for e in rule.removes[:1] for part in regex.findall(r"\[\[(.*?)\]\]", e)[:1])]
    seeds = list(dict.fromkeys(" ".join(s.split()) for s in seeds if s.strip()))[:3]
    for seed in seeds:
        words = seed.split(" ")
        parts = {seed, " ".join(words[:-1]), " ".join(words[1:]), *words[:3], *words[-2:]} - {""}
        for part in sorted(parts):
            yield f"{part} {part} …", _Make("", part + " ", _END)
        for run in _RUNS:
            yield f"{seed}{run}{run}…", _Make(seed, run, _END)
            yield f"{run}{run}…{seed}", _Make("", run, seed + _END)
            yield f"{' '.join(words[:-1])}{run}{run}…", _Make(" ".join(words[:-1]), run, " " + words[-1] + _END)


@dataclass(frozen=True)
class _Make:
    """Makes a line of a length: ``before``, ``unit`` as often as needed, ``after``."""

    before: str
    unit: str
    after: str

    def __call__(self, size: int) -> str:
        times = max(1, (size - len(self.before) - len(self.after)) // len(self.unit))
        return self.before + self.unit * times + self.after


def _samples(pattern: Pattern, ruleset: RuleSet) -> list[str]:
    """Texts that a phrase matches, with all that is optional and with none of it; for a regular expression its cues."""
    if not pattern.phrase:
        return [" ".join(pattern.cues[:2])]
    nodes = phrases.parse(pattern.source)
    return [_say(nodes, ruleset, full) for full in (True, False)]


def _say(nodes: Sequence[phrases.Node], ruleset: RuleSet, full: bool) -> str:
    out = []
    for node in nodes:
        if isinstance(node, phrases.Literal):
            out.append(node.text)
        elif isinstance(node, phrases.Slot):
            out.append(_slot_sample(ruleset.slots[node.name]))
        elif full or not node.optional:
            out.append(_say(node.options[0], ruleset, full))
    return "".join(out)


def _slot_sample(pattern: str) -> str:
    """Some word that a slot knows, or a name, where it is a pattern that takes names."""
    for guess in ("Abc Def", "Abc", "12", "12.5"):
        if regex.fullmatch(pattern, guess, regex.I | regex.V0):
            return guess
    literal = regex.search(r"\p{L}{3,}", pattern)
    return literal[0] if literal else "abc"


# ---------------------------------------------------------------- slots cut down


def _thin_slots(ruleset: RuleSet, rules: Sequence[Rule]) -> dict[str, str]:
    """The slots with a few words each; those that no file tells about as they are."""
    words: dict[str, list[str]] = {}
    patterns: dict[str, list[str]] = {}
    for folder in sorted({Path(r.path).parent.parent for r in rules if r.path}):
        path = folder / "slots.yaml"
        data = yamlfile.read(path.read_text(encoding="utf-8"), "").data if path.is_file() else None
        for name, entry in (data or {}).items():
            words.setdefault(name, []).extend(entry.get("words") or ())
            patterns.setdefault(name, []).extend(entry.get("regex") or ())
    thin: dict[str, str] = {}
    for name, full in ruleset.slots.items():
        few = _few(words.get(name, []))
        options = [phrases.alternatives(few)] if few else []
        sources = [p for p in patterns.get(name, []) if all(s in thin for s in SLOT.findall(p))]
        options += [expand(p, thin) for p in sources]
        thin[name] = f"(?:{'|'.join(options)})" if options else full
    return thin


def _few(words: Sequence[str]) -> list[str]:
    """The shortest, the longest, and some between."""
    ordered = sorted(set(words), key=lambda w: (len(w), w))
    if len(ordered) <= _SLOT_WORDS:
        return ordered
    step = (len(ordered) - 1) / (_SLOT_WORDS - 1)
    return [ordered[round(i * step)] for i in range(_SLOT_WORDS)]
