"""How a pattern's matches begin and end: most lines are told apart from a rule by their first or last letters.

A key is the first eight characters of a text from its first letter or figure on, folded, with figures as
``0`` and everything that is neither letter nor figure as one space; the key of an end is the same of the
text read backwards. From a regular expression is read which keys its matches may have; where that can't
be told it is None, and the pattern has to be looked for in another way. More keys than occur may be named,
never fewer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

from cleaner import phrases
from cleaner.rules import SLOT

#: Characters of a key.
SIZE = 8
# A key is looked for in so many characters first, so that a long text need not be turned round.
_WINDOW = 64
#: What a pattern asks for before a match is no further away.
BESIDE = 40
# Characters in which most keys are found whole.
_FEW = 12
#: So many keys of one pattern are told apart; where there are more, the longest are cut shorter.
_MOST = 120
#: A longer list of literals tells too little to be looked for.
_MOST_LITERALS = 200
#: Keys are not cut shorter than this where it can be helped: shorter ones tell nothing apart.
_SHORT = 3

_FIRST = re.compile(r"[^\W_]")
_PARTS = re.compile(r"[^\W_]|[\W_]+")


class Edges(NamedTuple):
    """What a pattern's matches begin with, end with and hold."""

    heads: frozenset[str] | None
    """Keys of beginnings; None where any is possible."""
    tails: frozenset[str] | None
    """Keys of ends; None where any is possible."""
    needs: tuple[frozenset[str], ...]
    """Sets of literals, folded by :func:`fold`, the rarest first: of each set one stands in every match, or beside
    it in the same text, no further than :data:`BESIDE` before it. None where nothing certain can be told."""

    @property
    def literals(self) -> frozenset[str]:
        """The rarest of those sets; empty where there is none."""
        return self.needs[0] if self.needs else frozenset()


class _Unreadable(Exception):
    """Something that this reader does not know."""


def _key_char(c: str) -> str:
    if not c.isalnum():
        return " "
    if c.isdecimal():
        return "0"
    # regex takes these for i, whatever the language.
    if c in "Iiİı":
        return "i"
    folded = c.casefold()
    return folded if len(folded) == 1 else c.lower()[:1]


class _KeyChars(dict[int, str]):
    """For ``str.translate``, filled as characters come."""

    def __missing__(self, code: int) -> str:
        found = self[code] = _key_char(chr(code))
        return found


_KEY_CHARS = _KeyChars()


def key(text: str) -> str:
    """The key of ``text``'s beginning: shorter than eight characters where the text ends before.

    >>> key("• Follow — us"), key("Ad."), key("…")
    ('follow u', 'ad ', '')
    """
    # Most lines begin with plain words.
    plain = text[:_FEW].translate(_KEY_CHARS).lstrip(" ")[:SIZE]
    if "  " not in plain and (len(plain) == SIZE or len(text) <= _FEW):
        return plain
    out = []
    first = _FIRST.search(text)
    for part in _PARTS.finditer(text, first.start()) if first else ():
        out.append(_KEY_CHARS[ord(part[0][0])])
        if len(out) == SIZE:
            break
    return "".join(out)


def tail_key(text: str) -> str:
    """The key of ``text``'s end, backwards.

    >>> tail_key("Photo: Reuters)")
    'sretuer '
    """
    found = key(text[: -_WINDOW - 1 : -1])
    return found if len(found) == SIZE or len(text) <= _WINDOW else key(text[::-1])


# ---------------------------------------------------------------- reading a regular expression


@dataclass
class _Char:
    """One character: those it may be, as in keys; None where it may be any."""

    chars: frozenset[str] | None
    letter: bool = False
    """Whether it is a letter or figure for certain, though any."""
    raw: frozenset[str] = frozenset()
    """The characters themselves, folded, where they are few; empty where they are not known."""


@dataclass
class _Choice:
    """What is read of it is kept, for a slot stands in many patterns."""

    options: list[list[_Node]]

    @cached_property
    def backwards(self) -> _Choice:
        return _Choice([_backwards(option) for option in self.options])

    @cached_property
    def first(self) -> tuple[frozenset[str], frozenset[str]]:
        """What :func:`_extend` makes of nothing and of this choice."""
        open_, done = _choose({""}, self)
        return frozenset(open_), frozenset(done)

    @cached_property
    def literal_sets(self) -> list[frozenset[str]]:
        """As :func:`_literal_sets`."""
        if len(self.options) == 1:
            return _literal_sets(self.options[0])
        every: set[str] = set()
        for option in self.options:
            found = min(_literal_sets(option), key=share_with, default=frozenset())
            every |= found
            if not found or len(every) > _MOST_LITERALS:
                return []
        return [frozenset(every)]


@dataclass
class _Repeat:
    inner: _Node
    least: int
    most: int


@dataclass
class _Beside:
    """What a look ahead or behind asks for: no part of the match, but of the text that it stands in."""

    inner: list[_Node]
    ahead: bool


_Node = _Char | _Choice | _Repeat | _Beside
_SPACE = _Char(frozenset(" "))
_ANY = _Char(None)
_LETTER = _Char(None, letter=True)
_MANY = 1000


def edges(source: str, slot: Callable[[str], list[_Node]]) -> Edges:
    """Keys of the beginnings and ends that matches of the regular expression ``source`` may have.

    ``slot`` gives the nodes of ``{name}``; make one with :func:`slot_reader`.
    """
    try:
        nodes = _Reader(source, slot).read()
        plain: list[_Node] = [node for node in nodes if not isinstance(node, _Beside)]
        needs = tuple(sorted(set(_literal_sets(_shown(nodes))), key=lambda found: (share_with(found), sorted(found))))
        return Edges(_keys(plain), _keys(_backwards(plain)), needs)
    except (_Unreadable, RecursionError):
        return Edges(None, None, ())


def fold(text: str) -> str:
    """``text`` as literals are looked for in it: letters that ``regex`` takes for one are one. Same length.

    >>> fold("BAŞLIK ıſ")
    'başlik is'
    """
    low = phrases.fold(text)
    return low if low.isascii() else low.replace("ı", "i").replace("ſ", "s").replace("ς", "σ")


def _shown(nodes: list[_Node]) -> list[_Node]:
    """``nodes`` with what must stand beside them, outside of choices."""
    out: list[_Node] = []
    for node in nodes:
        if not isinstance(node, _Beside):
            out.append(node)
        elif node.ahead or _width(node.inner) <= BESIDE:
            out += [_ANY, *_shown(node.inner), _ANY]
    return out


def _width(nodes: list[_Node]) -> int:
    """Characters of the longest text that ``nodes`` may match."""
    total = 0
    for node in nodes:
        if isinstance(node, _Choice):
            total += max(map(_width, node.options), default=0)
        elif isinstance(node, _Repeat):
            total += node.most * _width([node.inner])
        elif isinstance(node, _Char):
            total += 1
    return total


def weigh(word: str) -> int:
    """Length in letters of an alphabet: a character of East Asia tells as much as three of them."""
    return len(word) if word.isascii() else len(word) + 2 * sum(c > "\u2e7f" for c in word)


# In how many lines of prose a stretch of so many letters stands, roughly, be it part of a word.
_BY_LENGTH = (1.0, 0.9, 0.4, 0.1, 0.02, 6e-3, 2e-3, 1e-3)
_USUAL_WORD = 0.3
_SIGN_SHARES = {
    "/": 0.04, "|": 0.02, ")": 0.15, "(": 0.15, "]": 0.02, "[": 0.02, "…": 0.02, "»": 0.04, "«": 0.04, "@": 0.02, ":": 0.15, ";": 0.05,
    "?": 0.05, "!": 0.05, "&": 0.02, "+": 0.02, "%": 0.04, "’": 0.3, "‘": 0.1, "“": 0.2, "”": 0.2, "„": 0.05, "–": 0.1, "—": 0.1, "©": 0.01,
}  # fmt: skip


def share_with(literals: Iterable[str]) -> float:
    """A rough guess at the share of lines of prose that hold one of ``literals`` (folded)."""
    return sum(map(_share_with, literals))


def _share_with(literal: str) -> float:
    words = literal.split()
    if len(words) != 1:
        # Several words in a row, or none at all.
        return 1e-3 if words else 1.0
    word = words[0]
    if not word.isalnum():
        return _SIGN_SHARES.get(word, 1.0 if word.isascii() and len(word) == 1 else 2e-3)
    length = weigh(word)
    share = _BY_LENGTH[min(length, len(_BY_LENGTH) - 1)]
    if literal != word:
        share *= 0.2  # a space beside it: an end of a word
    return max(share, _USUAL_WORD if phrases.is_common(word) else 0.0)


def _literal_sets(nodes: list[_Node]) -> list[frozenset[str]]:
    found: list[frozenset[str]] = []
    run = ""
    for node in [*nodes, _ANY]:
        raw = node.raw if isinstance(node, _Char) else frozenset()
        if len(raw) == 1:
            run += next(iter(raw))
            continue
        if (len(run) > 1 and run.strip()) or (run and _is_sign(run)):
            found.append(frozenset([fold(run)]))
        run = ""
        if raw and all(map(_is_sign, raw)):
            found.append(raw)
        if isinstance(node, _Repeat) and node.least:
            found += _literal_sets([node.inner])
        elif isinstance(node, _Choice):
            found += node.literal_sets
    return found


def _is_sign(c: str) -> bool:
    return not c.isalnum() and not c.isspace() and c != "_"


def _keys(nodes: list[_Node]) -> frozenset[str] | None:
    open_, done = _extend({""}, set(), nodes)
    found = open_ | done
    if "" in found:
        return None
    # What begins with another key is told by that.
    return frozenset(k for k in found if not any(k[:n] in found for n in range(1, len(k))))


def _backwards(nodes: list[_Node]) -> list[_Node]:
    out: list[_Node] = []
    for node in reversed(nodes):
        if isinstance(node, _Beside):
            continue
        if isinstance(node, _Choice):
            out.append(node.backwards)
        elif isinstance(node, _Repeat):
            out += [_Repeat(inner, node.least, node.most) for inner in _backwards([node.inner])]
        else:
            out.append(node)
    return out


def may_begin_with_sign(source: str, slot: Callable[[str], list[_Node]]) -> bool:
    """Whether a match of ``source`` may have to begin with something that is neither letter nor figure."""
    try:
        return _needs_sign(_Reader(source, slot).read())[0]
    except (_Unreadable, RecursionError):
        return True


def _needs_sign(nodes: list[_Node]) -> tuple[bool, bool]:
    """Whether a sign may be needed first, and whether nothing at all is needed."""
    for node in nodes:
        if isinstance(node, _Char):
            return not node.letter and (node.chars is None or " " in node.chars), False
        if isinstance(node, _Choice):
            found = [_needs_sign(option) for option in node.options]
            needed, empty = any(f[0] for f in found), any(f[1] for f in found)
        elif isinstance(node, _Beside):
            needed, empty = False, True
        else:
            needed, empty = _needs_sign([node.inner])
            if node.least == 0:
                # What may be any sign, or absent, can as well begin with the first letter.
                needed, empty = needed and not (isinstance(node.inner, _Char) and node.inner.chars is None), True
        if needed or not empty:
            return needed, False
    return False, True


def slot_reader(slots: dict[str, str]) -> Callable[[str], list[_Node]]:
    """Reads each slot once."""

    @cache
    def read(name: str) -> list[_Node]:
        if name not in slots:
            raise _Unreadable(name)
        return _Reader(slots[name], read).read()

    return read


def _extend(open_: set[str], done: set[str], nodes: list[_Node]) -> tuple[set[str], set[str]]:
    """What beginnings become with these nodes after them: those that go on, and those that are told."""
    for node in nodes:
        if not open_:
            break
        if isinstance(node, _Char):
            if node.chars is None:
                return set(), done | open_
            grown: set[str] = set()
            for p in open_:
                for c in node.chars:
                    q = p if c == " " and (not p or p[-1] == " ") else p + c
                    (done if len(q) == SIZE else grown).add(q)
            open_ = grown
        elif isinstance(node, _Choice):
            more, ended = node.first if open_ == {""} else _choose(open_, node)
            open_, done = set(more), done | ended
        elif isinstance(node, _Repeat):
            open_, done = _repeated(open_, done, node)
        if len(open_) + len(done) > _MOST:
            open_, done = _cut(open_, done)
    return open_, done


def _choose(open_: set[str], node: _Choice) -> tuple[set[str], set[str]]:
    grown: set[str] = set()
    done: set[str] = set()
    for option in node.options:
        more, ended = _extend(set(open_), set(), option)
        grown |= more
        done |= ended
    return grown, done


def _cut(open_: set[str], done: set[str]) -> tuple[set[str], set[str]]:
    """Fewer beginnings, which tell less: the longest are cut until they are few, and do not go on."""
    for length in range(SIZE - 1, 0, -1):
        if length < _SHORT <= min(map(len, open_ | done)) and len(open_) + len(done) <= 10 * _MOST:
            break
        done = {p[:length] for p in done} | {p[:length] for p in open_ if len(p) >= length}
        open_ = {p for p in open_ if len(p) < length}
        if len(open_) + len(done) <= _MOST:
            break
    return open_, done


def _repeated(open_: set[str], done: set[str], node: _Repeat) -> tuple[set[str], set[str]]:
    for _ in range(min(node.least, SIZE)):
        open_, done = _extend(open_, done, [node.inner])
    last = open_
    # Each turn adds a character or nothing; after these turns everything is told.
    for _ in range(min(node.most - node.least, SIZE + 1)):
        last, done = _extend(last, done, [node.inner])
        if last <= open_:
            break
        open_ = open_ | last
    return open_, done


_QUANTIFIER = re.compile(r"(?:[*+?]|\{(\d*)(,?)(\d*)\})[?+]?")
_GROUP = re.compile(r"\?(?::|>|[imsxu]*-?[imsxu]*:|P?<[A-Za-z_]\w*>)")
_FLAGS = re.compile(r"\(\?[imsxuaLV01-]+\)")
_LOOK = re.compile(r"\?<?[=!]")
_PROPERTY = re.compile(r"\\[pP]\{(\^?)([^}]*)\}")
_SIGN_PROPERTIES = frozenset("P Pd Ps Pe Po Pi Pf Pc S So Sm Sc Sk Z Zs Zl Zp Cf".split())
_HEX = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))")
_MOST_RANGE = 64
_MOST_RAW = 8
#: How a space of a phrase is written.
_BLANK = r"[^\S\n]"


def _one(c: str) -> _Char:
    return _Char(frozenset(_key_char(c)), raw=frozenset([fold(c)]))


class _Reader:
    """Reads the part of ``regex``'s syntax that rules use."""

    def __init__(self, source: str, slot: Callable[[str], list[_Node]]) -> None:
        self.source = source
        self.slot = slot
        self.at = 0

    def read(self) -> list[_Node]:
        nodes = self._choice()
        if self.at < len(self.source):
            raise _Unreadable(self.source[self.at])
        return nodes

    def _choice(self) -> list[_Node]:
        options = [self._sequence()]
        while self._next("|"):
            options.append(self._sequence())
        return options[0] if len(options) == 1 else [_Choice(options)]

    def _next(self, sign: str) -> bool:
        if self.source.startswith(sign, self.at):
            self.at += len(sign)
            return True
        return False

    def _sequence(self) -> list[_Node]:
        nodes: list[_Node] = []
        while self.at < len(self.source) and self.source[self.at] not in "|)":
            item = self._item()
            found = _QUANTIFIER.match(self.source, self.at)
            if found is None:
                nodes.extend(item)
                continue
            self.at = found.end()
            if found[0][0] == "{":
                least = int(found[1] or 0)
                most = int(found[3]) if found[3] else (_MANY if found[2] else least)
            else:
                least, most = {"*": (0, _MANY), "+": (1, _MANY), "?": (0, 1)}[found[0][0]]
            if item:
                nodes.append(_Repeat(item[0] if len(item) == 1 else _Choice([item]), least, most))
        return nodes

    def _item(self) -> list[_Node]:
        c = self.source[self.at]
        if c == "(":
            return self._group()
        if self.source.startswith(_BLANK, self.at):
            self.at += len(_BLANK)
            return [_SPACE]
        if c == "[":
            return [self._set()]
        if c == "\\":
            return self._escape()
        if c == "{":
            found = SLOT.match(self.source, self.at)
            if found is None:
                raise _Unreadable(self.source[self.at :])
            self.at = found.end()
            return self.slot(found[1])
        self.at += 1
        if c in "^$":
            return []
        return [_ANY] if c == "." else [_one(c)]

    def _group(self) -> list[_Node]:
        flags = _FLAGS.match(self.source, self.at)
        if flags is not None:
            self.at = flags.end()
            return []
        self.at += 1
        look = _LOOK.match(self.source, self.at)
        known = look or _GROUP.match(self.source, self.at)
        if known is not None:
            self.at = known.end()
        elif self.source.startswith("?", self.at):
            raise _Unreadable(self.source[self.at :])
        inner = self._choice()
        if not self._next(")"):
            raise _Unreadable("no )")
        if look is not None:
            return [] if look[0].endswith("!") else [_Beside(inner, "<" not in look[0])]
        return [_Choice([inner])]

    def _escape(self) -> list[_Node]:
        found = _PROPERTY.match(self.source, self.at)
        if found is not None:
            self.at = found.end()
            if found[1] or found[0][1] == "P":
                return [_ANY]
            return [_SPACE if found[2] in _SIGN_PROPERTIES else _LETTER if found[2][:1] in "LN" else _ANY]
        found = _HEX.match(self.source, self.at)
        if found is not None:
            self.at = found.end()
            return [_one(chr(int(found[1] or found[2] or found[3], 16)))]
        c = self.source[self.at + 1 : self.at + 2]
        self.at += 2
        if c in "bBAZzmMG":
            return []
        if c in "sWnrtfv":
            return [_SPACE]
        if c == "d":
            return [_Char(frozenset("0"))]
        if c.isalnum() and c.isascii():
            return [_LETTER if c == "w" else _ANY]
        return [_one(c)]

    def _set(self) -> _Char:
        self.at += 1
        negative = self._next("^")
        chars: set[str] = set()
        raw: set[str] = set()
        unknown = negative
        letter = not negative
        first = True
        while first or not self.source.startswith("]", self.at):
            first = False
            if self.at >= len(self.source):
                raise _Unreadable("no ]")
            low = self._set_char()
            if low is None:
                unknown = True
                letter = False
            elif low == "letter":
                unknown = True
            elif len(low) > 1:
                chars.add(" " if low == "space" else "0")
                raw.update(map(str, range(_MOST_RAW + 1)))  # too many to name
            elif self.source.startswith("-", self.at) and not self.source.startswith("-]", self.at):
                self.at += 1
                high = self._set_char()
                if high is None or len(high) > 1:
                    raise _Unreadable("a range")
                if ord(high) - ord(low) > _MOST_RANGE:
                    unknown = True
                else:
                    chars.update(_key_char(chr(n)) for n in range(ord(low), ord(high) + 1))
                    raw.update(chr(n) for n in range(ord(low), ord(high) + 1))
            else:
                chars.add(_key_char(low))
                raw.add(low)
        self.at += 1
        if not unknown:
            return _Char(frozenset(chars), raw=frozenset(map(fold, raw)) if len(raw) <= _MOST_RAW else frozenset())
        return _LETTER if letter and " " not in chars else _ANY

    def _set_char(self) -> str | None:
        """One character of a set, ``space``, ``digit`` or ``letter`` for such a class, None for one that may be any."""
        c = self.source[self.at]
        if c != "\\":
            self.at += 1
            return c
        nodes = list(self._escape())
        if not nodes:
            return "space"  # \b in a set is a control character
        node = nodes[0]
        if not isinstance(node, _Char) or node.chars is None:
            return "letter" if isinstance(node, _Char) and node.letter else None
        if node.raw:
            return next(iter(node.raw))
        return "space" if " " in node.chars else "digit"
