"""How a pattern's matches may begin: most lines of prose are told apart from a rule by their first letters.

A key is the first three characters of a text from its first letter or figure on, folded, with figures as
``0`` and everything that is neither letter nor figure as one space. ``heads`` reads from a regular
expression which keys its matches may have; where it can't tell, it says None, and the pattern is tried
on every line. It may name more keys than occur, never fewer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

from cleaner.rules import SLOT

#: Characters of a key.
SIZE = 3
# A key is looked for in so many characters; where more signs stand between letters there is none.
_WINDOW = 24
#: More keys than this are cut to their first letters.
_MOST = 3000

_FIRST = re.compile(r"[^\W_]")
_SIGNS = re.compile(r"[\W_]+")


class _Unreadable(Exception):
    """Something that this reader does not know."""


@lru_cache(maxsize=65536)
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


def key(text: str) -> str | None:
    """The key of ``text``; None where it can't be told, so that every pattern is to be tried."""
    found = _FIRST.search(text)
    if found is None:
        return None
    window = text[found.start() : found.start() + _WINDOW]
    out = "".join(map(_key_char, window[:SIZE]))
    if " " in out:
        out = _SIGNS.sub(" ", "".join(map(_key_char, window)))[:SIZE]
        if len(out) < SIZE and len(window) == _WINDOW:
            return None
    return out


# ---------------------------------------------------------------- reading a regular expression


@dataclass
class _Char:
    """One character: those it may be, as in keys; None where it may be any."""

    chars: frozenset[str] | None
    letter: bool = False
    """Whether it is a letter or figure for certain, though any."""


@dataclass
class _Choice:
    options: list[list[_Node]]


@dataclass
class _Repeat:
    inner: _Node
    least: int
    most: int


_Node = _Char | _Choice | _Repeat
_SPACE = _Char(frozenset(" "))
_ANY = _Char(None)
_LETTER = _Char(None, letter=True)
_MANY = 1000


def heads(source: str, slot: Callable[[str], list[_Node]]) -> frozenset[str] | None:
    """Keys that the matches of ``source`` may have; None where that can't be told.

    ``slot`` gives the nodes of ``{name}``; make one with :func:`slot_reader`.
    """
    try:
        open_, done = _extend({""}, set(), _Reader(source, slot).read())
    except (_Unreadable, RecursionError):
        return None
    found = open_ | done
    if "" in found:
        return None
    return frozenset(found)


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
            grown = set()
            for option in node.options:
                more, ended = _extend(set(open_), set(), option)
                grown |= more
                done |= ended
            open_ = grown
        else:
            open_, done = _repeated(open_, done, node)
        if len(open_) + len(done) > _MOST:
            done = {p[:1] for p in done}
            open_, done = set(), done | {p[:1] for p in open_}
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
        return [_ANY] if c == "." else [_Char(frozenset(_key_char(c)))]

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
        return [] if look is not None else [_Choice([inner])]

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
            return [_Char(frozenset(_key_char(chr(int(found[1] or found[2] or found[3], 16)))))]
        c = self.source[self.at + 1 : self.at + 2]
        self.at += 2
        if c in "bBAZzmMG":
            return []
        if c in "sWnrtfv":
            return [_SPACE]
        if c == "d":
            return [_Char(frozenset("0"))]
        if c.isalnum():
            return [_LETTER if c == "w" else _ANY]
        return [_Char(frozenset(_key_char(c)))]

    def _set(self) -> _Char:
        self.at += 1
        negative = self._next("^")
        chars: set[str] = set()
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
            elif self.source.startswith("-", self.at) and not self.source.startswith("-]", self.at):
                self.at += 1
                high = self._set_char()
                if high is None or len(high) > 1:
                    raise _Unreadable("a range")
                if ord(high) - ord(low) > _MOST_RANGE:
                    unknown = True
                else:
                    chars.update(_key_char(chr(n)) for n in range(ord(low), ord(high) + 1))
            else:
                chars.add(_key_char(low))
        self.at += 1
        if not unknown:
            return _Char(frozenset(chars))
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
        only = next(iter(node.chars))
        return "space" if only == " " else "digit" if only == "0" else only
