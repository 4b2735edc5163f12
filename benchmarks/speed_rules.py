"""Rule sets that are several times as large as the one given, for measuring what more rules cost.

A made-up rule base must not be easier than a real one: rules that share no word with any text cost nothing. So a copy of
a rule says other things with *the same words*: each of its words changes places with another word of the rules of its family
and language, of about the same length, and every copy does it differently. Words that are a cue by themselves change places among
themselves, and so do those of longer cues, for rules are written with rare words as cues. So cues are met about as often as those of the real rules. What hangs on a
sign alone (``©``) is not copied: a sign needs one rule, however many there are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from cleaner.model import Pattern, RuleSet

#: A slot, a repeat or a property; an escape; a word. In this order: what an earlier one takes is no word.
_PART = re.compile(r"\{[^}]*\}|\\.|[^\W\d_]{3,}")


def many_rules(ruleset: RuleSet, times: int) -> RuleSet:
    """``times`` as many rules, the given ones first. Detectors are algorithms, not rules that somebody adds: each stays one."""
    if times == 1:
        return ruleset
    all_words: dict[tuple[str, str], set[str]] = defaultdict(set)
    of_cues: dict[tuple[str, str], set[str]] = defaultdict(set)
    alone: dict[tuple[str, str], set[str]] = defaultdict(set)
    for rule in ruleset.rules:
        place = rule.family, rule.language
        all_words[place] |= _words(p.source for p in rule.patterns)
        cues = {c for p in rule.patterns for c in p.cues}
        of_cues[place] |= _words(cues)
        alone[place] |= {c.strip() for c in cues} & of_cues[place]
    more = list(ruleset.rules)
    for number in range(1, times):
        others = {
            place: _shifted(all_words[place] - of_cues[place], number)
            | _shifted(of_cues[place] - alone[place], number)
            | _shifted(alone[place], number)
            for place in of_cues
        }
        for rule in ruleset.rules:
            patterns = [q for p in rule.patterns if (q := _reworded(p, others[rule.family, rule.language])).cues]
            if patterns:
                more.append(replace(rule, id=f"{rule.id}-{number}", patterns=tuple(patterns)))
    return replace(ruleset, rules=tuple(more), version=f"{ruleset.version}x{times}")


def _words(texts: Iterable[str]) -> set[str]:
    return {w for text in texts for w in _PART.findall(text.lower()) if w[0] not in "{\\"}


def _shifted(words: Iterable[str], number: int) -> dict[str, str]:
    in_order = sorted(words, key=lambda w: (len(w), w))
    if not in_order:
        return {}
    # A step that no other copy takes, and not so far that a short word becomes a long one.
    step = number * max(1, len(in_order) // 40) % len(in_order)
    return dict(zip(in_order, in_order[step:] + in_order[:step], strict=True))


def _reworded(pattern: Pattern, other: Mapping[str, str]) -> Pattern:
    def put(text: str) -> str:
        return _PART.sub(lambda m: other.get(m.group().lower(), m.group()), text)

    cues = tuple(new for cue in pattern.cues if (new := put(cue)) != cue)
    return replace(pattern, source=put(pattern.source), cues=cues)
