"""Phrases: literal words with slots, turned into regular expressions and cues.

The small language of ``phrases:`` in a rule file:

* words stand for themselves, in any case; a space matches any run of spaces;
* quotes, dashes, dots and full-width punctuation match their typographic forms;
* letters of the Arabic script and of Devanagari match the other ways in which sites write them, the
  zero-width non-joiner a space or nothing; vowel signs, the doubling sign and the nukta may be absent in the
  text (so a phrase is best written with them, and in Persian with its own yeh and kaf);
* ``{slot}`` is what ``rules/slots.yaml`` says;
* ``(a|b)`` is one of several, ``(a|b)?`` one of several or nothing (the space beside it goes too);
* a backslash makes the next character literal.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import regex

_FORMS = [
    "'’‘ʼ‛`´＇׳",
    '"“”„‟＂״',
    "-‐‑‒–—―−－־",
    ":：",
    "!！",
    "?？؟",
    ",，،",
    "(（",
    ")）",
    "/／",
    "|｜",
    ".．",
]
# Letters that one site writes so and another otherwise: alef with or without its hamza, yeh and kaf as an
# Arabic or a Persian keyboard has them, the two signs of a nasal vowel in Hindi.
_LETTERS = ["اأإآ", "يىی", "كک", "ंँ"]
_FORM = {c: "[" + regex.escape(forms, special_only=False) + "]" for forms in _FORMS for c in forms}
_FORM |= {c: f"[{forms}]" for forms in _LETTERS for c in forms}
_SPACE = r"[^\S\n]+"
# Signs that most writers leave out: vowels and doubling in Arabic, the nukta of Devanagari.
_MARKS = "\u064b-\u0652\u0670\u093c"
_MARK = regex.compile(f"[{_MARKS}]")
_TANWIN = "\u064b"
_JOINER = "\u200c"
_JOINED = rf"(?:{_JOINER}|[^\S\n]+)?"


class PhraseError(ValueError):
    """A phrase that can't be read; the message says why, in a maintainer's words."""


@dataclass(frozen=True)
class Literal:
    text: str


@dataclass(frozen=True)
class Slot:
    name: str


@dataclass(frozen=True)
class Group:
    options: tuple[tuple[Node, ...], ...]
    optional: bool


Node = Literal | Slot | Group


#: How the names of slots are spelt, as a regular expression.
SLOT_NAME = "[a-z][a-z_]*"


def parse(phrase: str) -> tuple[Node, ...]:
    """The parts of a phrase. Raises PhraseError.

    >>> parse("follow {outlet}")
    (Literal(text='follow '), Slot(name='outlet'))
    """
    phrase = unicodedata.normalize("NFC", phrase)
    nodes, pos = _sequence(phrase, 0, depth=0)
    if pos != len(phrase):
        raise PhraseError(f"unexpected {phrase[pos]!r} at character {pos + 1}; write \\{phrase[pos]} for the sign itself")
    return nodes


def _sequence(phrase: str, pos: int, depth: int) -> tuple[tuple[Node, ...], int]:
    nodes: list[Node] = []
    literal: list[str] = []

    def flush() -> None:
        if literal:
            nodes.append(Literal("".join(literal)))
            literal.clear()

    while pos < len(phrase):
        c = phrase[pos]
        if c == "\\":
            if pos + 1 == len(phrase):
                raise PhraseError("a backslash at the end stands before nothing")
            literal.append(phrase[pos + 1])
            pos += 2
        elif c == "{":
            end = phrase.find("}", pos)
            if end < 0:
                raise PhraseError("'{' without '}'")
            name = phrase[pos + 1 : end]
            if not regex.fullmatch(SLOT_NAME, name):
                raise PhraseError(
                    f"{{{name}}} is no slot: a slot's name is made of small letters and _; repeats and signs are for 'regex'"
                )
            flush()
            nodes.append(Slot(name))
            pos = end + 1
        elif c == "(":
            flush()
            options = []
            pos += 1
            while True:
                option, pos = _sequence(phrase, pos, depth + 1)
                if not option:
                    raise PhraseError("an empty choice in (…|…); write (…)? for what may be absent")
                options.append(option)
                if pos == len(phrase):
                    raise PhraseError("'(' without ')'")
                pos += 1
                if phrase[pos - 1] == ")":
                    break
            optional = phrase[pos : pos + 1] == "?"
            nodes.append(Group(tuple(options), optional))
            pos += optional
        elif depth and c in "|)":
            break
        elif c in ")}":
            raise PhraseError(f"{c!r} without its opening partner; write \\{c} for the sign itself")
        else:
            literal.append(c)
            pos += 1
    flush()
    return tuple(nodes), pos


def literal_regex(text: str) -> str:
    """A regular expression for literal words in any typographic form."""
    # Both أيضًا and أيضاً are written: the sign may stand on either side of its alef.
    text = regex.sub(f"{_TANWIN}?ا{_TANWIN}|{_TANWIN}ا", f"{_TANWIN}ا{_TANWIN}", text)
    out = []
    i = 0
    while i < len(text):
        c = text[i]
        if c.isspace():
            while i < len(text) and text[i].isspace():
                i += 1
            out.append(_SPACE)
            continue
        if text.startswith("...", i) or c == "…":
            out.append(r"(?:\.{3}|…)")
            i += 1 if c == "…" else 3
            continue
        if c == _JOINER:
            out.append(_JOINED)
        elif _MARK.match(c):
            out.append(c + "?")
        else:
            out.append(_FORM.get(c) or regex.escape(c, special_only=True))
        i += 1
    return "".join(out)


def alternatives(words: Iterable[str]) -> str:
    """A regular expression for any of ``words``, common beginnings shared, the longest tried first.

    Shared beginnings make a list of hundreds four times as fast to try.
    """
    root: dict[str, Any] = {}
    for word in words:
        node = root
        for part in _PARTS.findall(literal_regex(unicodedata.normalize("NFC", word))):
            node = node.setdefault(part.lower() if len(part) == 1 else part, {})
        node[""] = {}
    return _branches(root)


# Parts of what literal_regex writes: a class, a group, an escaped or a plain character.
_PARTS = regex.compile(
    rf"[{_MARKS}]\?|{regex.escape(_JOINED)}|" r"\[\^\\S\\n\]\+|\(\?:\\\.\{3\}\|…\)|\[(?:\\.|[^\]\\])+\]|\\.|.", regex.S
)


def _branches(node: dict[str, Any]) -> str:
    options = [part + _branches(after) for part, after in node.items() if part]
    if not options:
        return ""
    inner = options[0] if len(options) == 1 and "" not in node else "(?:" + "|".join(options) + ")"
    return inner + ("?" if "" in node else "")


def to_regex(nodes: Sequence[Node]) -> str:
    """The regular expression of a phrase, slots still as ``{name}``."""
    out: list[str] = []
    leading = True  # nothing but optional groups so far: these take the space after them
    swallow = False
    for i, node in enumerate(nodes):
        if isinstance(node, Literal):
            text = node.text
            if swallow:
                text, swallow = text.lstrip(), False
            leading = leading and not text
            after = nodes[i + 1] if i + 1 < len(nodes) else None
            if isinstance(after, Group) and after.optional and text[-1:].isspace():
                text = text.rstrip()
            out.append(literal_regex(text))
        elif isinstance(node, Slot):
            out.append("{" + node.name + "}")
            leading = False
        else:
            inner = "(?:" + "|".join(to_regex(o) for o in node.options) + ")"
            if not node.optional:
                out.append(inner)
                leading = False
                continue
            before = nodes[i - 1] if i else None
            following = nodes[i + 1] if i + 1 < len(nodes) else None
            if leading and isinstance(following, Literal) and following.text[:1].isspace():
                out.append(f"(?:{inner}{_SPACE})?")
                swallow = True
            elif not leading and isinstance(before, Literal) and before.text[-1:].isspace():
                # The space before goes with the group; the one after, if any, stays.
                out.append(f"(?:{_SPACE}{inner})?")
            else:
                out.append(f"{inner}?")
    return "".join(out)


def cues(nodes: Sequence[Node], slot_words: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Lower-case literals of which one stands in every match; the rarest set that can be told.

    Empty where nothing literal is certain to be there.
    """
    return _rarest(nodes, slot_words, _literal_cue)


def _rarest(
    nodes: Sequence[Node], slot_words: Mapping[str, Iterable[str]], of: Callable[[str], tuple[str, ...]]
) -> tuple[str, ...]:
    found = [c for i in range(len(nodes)) if (c := _cues_of(nodes, i, slot_words, of))]
    return min(found, key=_frequency, default=())


def needs(nodes: Sequence[Node]) -> list[tuple[str, ...]]:
    """Every set of lower-case literals of which one stands in each match, slots left out, rarest first."""
    found = [c for i, n in enumerate(nodes) if not isinstance(n, Slot) and (c := _cues_of(nodes, i, {}, _certain))]
    return sorted(found, key=_frequency)


def _cues_of(
    nodes: Sequence[Node], i: int, slot_words: Mapping[str, Iterable[str]], of: Callable[[str], tuple[str, ...]]
) -> tuple[str, ...]:
    """Literals of which one stands where ``nodes[i]`` matches; empty where none is certain. ``of`` reads them from words."""
    node = nodes[i]
    if isinstance(node, Literal):
        # Spaces at its ends make a short word rare ("on" is in "only"); beside what may be absent,
        # and at the ends of the phrase, there may be none.
        before, after = nodes[i - 1 : i] if i else (), nodes[i + 1 : i + 2]
        text = node.text if before and not _is_optional(before[0]) else node.text.lstrip()
        text = text if after and not _is_optional(after[0]) else text.rstrip()
        return of(text)
    if isinstance(node, Slot):
        words = [of(w) for w in slot_words.get(node.name, ())]
        return tuple(sorted({c for w in words for c in w})) if words and all(words) else ()
    if node.optional:
        return ()
    options = [_rarest(o, slot_words, of) for o in node.options]
    return tuple(sorted({c for o in options for c in o})) if all(options) else ()


#: What may stand around a phrase, in characters: bullets, brackets, arrows, spaces.
AROUND = 40
#: Longest text that a slot with a pattern of its own is reckoned to stand for.
LONGEST_SLOT = 60


def longest(nodes: Sequence[Node], slot_words: Mapping[str, Iterable[str]]) -> int:
    """Length in characters of the longest text that a phrase is tried on, without what is around it.

    A slot that is more than a list of words counts as sixty characters.
    """
    total = 0
    for node in nodes:
        if isinstance(node, Literal):
            total += len(node.text) + 2 * node.text.count("…")
        elif isinstance(node, Slot):
            total += max(map(len, slot_words.get(node.name, ())), default=LONGEST_SLOT)
        else:
            total += max(longest(o, slot_words) for o in node.options) + 1
    return total


_TOUCHES = regex.compile(r"[^\W_][{(\\]|[})?][^\W_]|[})]\??(?:\{|\((?:[^\W_]|\{))")


def has_whole_words(phrase: str) -> bool:
    """Whether every literal of ``phrase`` is made of whole words: no letter touches a slot or a group, nor these each other."""
    return _TOUCHES.search(phrase) is None


def is_spaced(cue: str) -> bool:
    """Whether words have spaces around them in the script of the cue's first and last letter."""
    return all(c < "\u0e00" or not c.isalnum() for c in (cue[0], cue[-1]))


def _is_optional(node: Node) -> bool:
    return isinstance(node, Group) and node.optional


# Words that are in most texts of some language: as cues they lead everywhere.
_COMMON = frozenset(
    "a about all also an and are as at be been best by can do for from get had has have he her his how i if in into is it its "
    "just like line log make me more my new news no not now of off on one or our out over read see she so than that the their "
    "them then there they this time to today up us use was we what when which who will with you your "
    "aber als am an auch auf aus bei das dem den der des die dir ein eine einem einen einer er es für hat ich ihr ihre im in "
    "ist jetzt kann man mehr mit nach nicht noch nur oder sich sie sind so über um und uns von vor war was wenn wie wir wird "
    "zu zum zur au aux avec ce ces cette dans de des du elle en est et il ils je la le les leur lui ne nous on ou par pas plus "
    "pour qu que qui sa se ses son sur un une vous al como con de del el en es esta este la las lo los más me no o para pero "
    "por que se si sin su sus te tu un una y ya che di e gli ha i il in non per più una com da do dos e em na não no nos o os "
    "ou para por que se um uma de het een van is dat die op te met voor zijn och att det som en på är av till den i w z na się "
    "nie do to jest o ve bir bu için de da и в не на я что он с как это по но из у за от о так".split()
)


def is_common(word: str) -> bool:
    """Whether most texts of some language hold ``word`` (lower case)."""
    return word in _COMMON


def _frequency(candidate: Sequence[str]) -> float:
    """A rough guess how often one of the literals stands in a text, in times a million characters."""
    return sum(map(_frequency_of, candidate))


def _frequency_of(cue: str) -> float:
    words = cue.split()
    return min(map(_frequency_of_word, words)) * (0.05 if len(words) > 1 else 0.4 if cue != cue.strip() else 1.0)


# How often a word of so many letters stands in a hundred texts' characters, as part of others too.
_BY_LENGTH = (1.0, 5e-2, 1e-2, 1e-3, 3e-4, 1e-4, 5e-5, 3e-5, 2e-5)


def _frequency_of_word(word: str) -> float:
    length = len(word) + sum(c > "\u2e7f" for c in word)
    common = (1.0, 6e-2, 2e-2, 8e-3)[min(length, 3)] if word in _COMMON else 0.0
    return max(common, _BY_LENGTH[min(length, len(_BY_LENGTH) - 1)])


# Signs in several forms end a stretch; so does, for what must stand in every match, a letter in several forms.
_SIGNS = "".join(_FORMS) + "…" + _JOINER


def _stretches(signs: str) -> regex.Pattern[str]:
    plain = rf"[^\s{regex.escape(signs, special_only=False)}]+"
    return regex.compile(rf" ?{plain}(?: {plain})* ?")


_CUE = _stretches(_SIGNS)
_CERTAIN = _stretches(_SIGNS + "".join(_LETTERS) + "".join(map(chr, (*range(0x64B, 0x653), 0x670, 0x93C))))


def _literal_cue(text: str) -> tuple[str, ...]:
    """The rarest stretch of a literal without signs that have several forms, in the ways that sites write it."""
    stretches = _CUE.findall(fold(text))
    return _spellings(min(stretches, key=_frequency_of)) if stretches else ()


def _certain(text: str) -> tuple[str, ...]:
    """The rarest stretch of a literal that stands in all its matches."""
    stretches = _CERTAIN.findall(fold(text))
    return (min(stretches, key=_frequency_of),) if stretches else ()


_BARE_ALEF = str.maketrans("أإآ", "ااا")
_SPELLINGS: tuple[Callable[[str], str], ...] = (
    lambda cue: cue.translate(_BARE_ALEF),
    # Either may come from an Arabic keyboard without the other.
    lambda cue: cue.replace("ی", "ي"),
    lambda cue: cue.replace("ک", "ك"),
    lambda cue: cue.replace("ँ", "ं"),
    # Egypt writes every last yeh without dots; elsewhere some write على with them.
    lambda cue: regex.sub(r"ي\b", "ى", cue),
    lambda cue: regex.sub(r"ى\b", "ي", cue),
    lambda cue: cue.replace(f"ا{_TANWIN}", f"{_TANWIN}ا"),
    lambda cue: cue.replace(f"{_TANWIN}ا", f"ا{_TANWIN}"),
    lambda cue: _MARK.sub("", cue),
)


# A cue of many words is looked for in no more spellings.
_MOST_SPELLINGS = 24


def _spellings(cue: str) -> tuple[str, ...]:
    """The cue as sites write it, each word in one way or another.

    >>> _spellings("تابعونا على")
    ('تابعونا على', 'تابعونا علي')
    """
    if cue.isascii():
        return (cue,)
    words = [_spellings_of_word(word) for word in cue.split(" ")]
    if prod(map(len, words)) > _MOST_SPELLINGS:
        return _spellings_of_word(cue)  # all words in the same way
    return tuple(map(" ".join, product(*words)))


def _spellings_of_word(word: str) -> tuple[str, ...]:
    found: tuple[str, ...] = (word,)
    for change in _SPELLINGS:
        found = tuple(dict.fromkeys((*found, *map(change, found))))
    return found


def fold(text: str) -> str:
    """Lower case without a change of length: the form in which cues are looked for."""
    return text.replace("İ", "I").lower()
