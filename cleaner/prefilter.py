"""A cheap look before a pattern is compiled: its wider twin in RE2.

The package ``regex`` takes ten to a hundred milliseconds to compile a pattern with long lists in
it, RE2 takes one, and RE2 matches in linear time. So each pattern gets a twin that matches at least
all that the pattern matches: assertions are dropped, and classes of Unicode take every character
beyond ASCII. Where the twin finds nothing, neither would the pattern; where it finds something, the
pattern itself decides. Without RE2, or for a construct that is not known here, there is no twin.
"""

from __future__ import annotations

from collections.abc import Callable

import regex

#: Takes a text and its UTF-8 form, which the caller keeps for many tests of the same text.
Test = Callable[[str, bytes], bool]

# Unicode classes are dear in RE2, so all of them take every character beyond ASCII.
_BEYOND = r"\x{80}-\x{10ffff}"
_SPACE = r" \t\r\f\v\x{1c}-\x{1f}" + _BEYOND
_WIDE = {"s": _SPACE + r"\n", "d": "0-9" + _BEYOND, "w": "0-9A-Za-z_" + _BEYOND, "S": r"\S", "D": r"\D", "W": r"\W"}
_ASCII_OF = {"L": "A-Za-z", "Lu": "A-Z", "Lt": "", "Lo": "", "Ll": "a-z", "M": "", "N": "0-9", "Nd": "0-9"}
_ANY = r"\x{0}-\x{7f}"
_PROPERTY = regex.compile(r"[pP](?:\{\^?(\w+)(?:=\w+)?\}|[A-Z])")
_SLOT = regex.compile(r"\{([a-z][a-z_]*)\}")
_REPEAT = regex.compile(r"\{(\d*)(?:,(\d*))?\}")
_GROUP = regex.compile(r"\((?:\?(?:P?<(?![=!])[^>]+>|>|:|-?i:|i-:))?")
_ASSERTION = ("(?=", "(?!", "(?<=", "(?<!")
_DOTLESS = str.maketrans("İı", "ii")


class Untranslatable(ValueError):
    """A construct that has no twin."""


#: What may stand before or after a pattern that must begin or end where the text does: nothing
#: that is a letter or digit of ASCII.
_AROUND = "[^0-9A-Za-z]*"


def twin(pattern: str, slots: Callable[[str], str], *, begin: bool, end: bool) -> Test | None:
    """A test that is True for every text in which ``pattern``, ignoring case, is found; or None.

    ``begin``, ``end``: it must stand at the text's beginning or end, signs around it aside.
    ``slots`` gives the translated form of a slot that stands in the pattern as ``{name}``.
    """
    try:
        import re2
    except ImportError:
        return None
    try:
        source = (
            (rf"\A{_AROUND}" if begin else "")
            + f"(?:{translate(pattern, slots, behind=not begin)})"
            + (rf"{_AROUND}\z" if end else "")
        )
    except Untranslatable:
        return None
    options = re2.Options()
    options.case_sensitive = False
    options.never_capture = True
    options.log_errors = False
    options.max_mem = 1 << 25
    # A set of one: no Python stands between the call and the automaton.
    compiled = re2.Set.SearchSet(options)
    try:
        compiled.Add(source)
        compiled.Compile()
    except re2.error:
        return None

    def test(text: str, data: bytes) -> bool:
        # regex takes the four Turkish and plain i for one letter; RE2 does not.
        if "İ" in text or "ı" in text:
            data = text.translate(_DOTLESS).encode("utf-8", "replace")
        return bool(compiled.Match(data))

    return test


def translate(pattern: str, slots: Callable[[str], str], *, behind: bool = False) -> str:
    """``pattern`` in RE2's syntax, wider where it can't be the same. Raises Untranslatable.

    ``behind``: text may stand before the match, so an assertion about it can be kept.
    """
    out: list[str] = []
    i = 0
    if behind and pattern.startswith("(?<="):
        # What must stand before the match stands in the text.
        i = _closing(pattern, 0)
        out.append(f"(?:{translate(pattern[4 : i - 1], slots)})")
    while i < len(pattern):
        c = pattern[i]
        if c == "\\":
            text, i = _escape(pattern, i, in_class=False)
            out.append(text)
        elif c == "[":
            text, i = _class(pattern, i)
            out.append(text)
        elif c == "{" and (m := _SLOT.match(pattern, i)):
            out.append(slots(m.group(1)))
            i = m.end()
        elif c == "(":
            if pattern.startswith(_ASSERTION, i):
                i = _closing(pattern, i)
                out.append("(?:)")
                continue
            m = _GROUP.match(pattern, i)
            if m is None or (pattern.startswith("(?", i) and m.end() == i + 1):
                raise Untranslatable
            group = m.group()
            out.append(group if group in ("(?i:", "(?-i:") else "(?:")
            i = m.end()
        elif c in "*+?" or (c == "{" and _REPEAT.match(pattern, i)):
            m = _REPEAT.match(pattern, i)
            text = _repeat(m) if c == "{" and m else c
            i += len(m.group() if c == "{" and m else c)
            if pattern[i : i + 1] == "?":
                text += "?"
                i += 1
            elif pattern[i : i + 1] == "+":
                i += 1  # possessive: takes no more than the plain one
            out.append(text)
        else:
            out.append("\\{" if c == "{" else c.translate(_DOTLESS))
            i += 1
    return "".join(out)


def opening(pattern: str) -> str | None:
    """What must stand before every match of ``pattern``: its first look-behind, a few characters long.

    None where there is none, where it is of one alternative alone, or where its length has no bound.
    """
    if not pattern.startswith("(?<="):
        return None
    try:
        end = _closing(pattern, 0)
        inner = pattern[4 : end - 1]
        i = end
        while i < len(pattern):
            if pattern[i] == "|":
                return None
            i = _closing(pattern, i) if pattern[i] in "([" else i + 1 + (pattern[i] == "\\")
    except Untranslatable:
        return None
    # A quantifier behind it would let it be left out; a slot may be long.
    return None if _QUANTIFIER.match(pattern, end) or _UNBOUNDED.search(inner) else inner


_QUANTIFIER = regex.compile(r"[*+?]|\{\d*,?\d*\}")
_UNBOUNDED = regex.compile(r"[*+]|\{\d*,\}|\{[a-z]")


def _repeat(m: regex.Match[str]) -> str:
    """A repeat that is no narrower; RE2 copies what is counted, so only small counts are kept."""
    least, most = m.group(1) or "0", m.group(2) if "," in m.group() else m.group(1)
    if most and int(most) <= 3:
        return f"{{{least},{most}}}"
    return "*" if int(least) == 0 else "+"


def _escape(pattern: str, i: int, *, in_class: bool) -> tuple[str, int]:
    """The twin of the escape at ``i`` and where it ends."""
    c = pattern[i + 1]
    if c in _WIDE:
        wide = _WIDE[c]
        return (wide if in_class else f"[{wide}]"), i + 2
    if c in "pP":
        m = _PROPERTY.match(pattern, i + 1)
        if m is None:
            raise Untranslatable
        known = c == "p" and not m.group().startswith("p{^")
        wide = (_ASCII_OF.get(m.group(1) or "", _ANY) if known else _ANY) + _BEYOND
        return (wide if in_class else f"[{wide}]"), m.end()
    if c in "bB" and not in_class:
        return "(?:)", i + 2
    if c == "A":
        return r"\A", i + 2
    if c in "Zz":
        return r"\z", i + 2
    if c in "ntrfv":
        return "\\" + c, i + 2
    for letter, length in (("x", 2), ("u", 4), ("U", 8)):
        if c == letter:
            return f"\\x{{{int(pattern[i + 2 : i + 2 + length], 16):x}}}", i + 2 + length
    if c.isascii() and c.isalnum():
        raise Untranslatable
    return ("\\" + c if c.isascii() else c.translate(_DOTLESS)), i + 2


def _class(pattern: str, i: int) -> tuple[str, int]:
    """The twin of the character class at ``i`` and where it ends."""
    if pattern.startswith(r"[^\S\n]", i):
        return f"[{_SPACE}]", i + 7
    start = i
    i += 1
    negated = pattern.startswith("^", i)
    i += negated
    out: list[str] = []
    while True:
        if i >= len(pattern):
            raise Untranslatable
        c = pattern[i]
        if c == "]" and out:
            break
        if c == "\\":
            letter = pattern[i + 1]
            if negated and letter in "swd":
                out.append("\\" + letter)  # narrower, so that its opposite is wider
                i += 2
                continue
            if negated and letter in "SWD":
                raise Untranslatable
            if negated and letter in "pP":
                m = _PROPERTY.match(pattern, i + 1)
                if m is None:
                    raise Untranslatable
                i = m.end()  # not excluded: wider
                out.append("\\x{0}")
                continue
            text, i = _escape(pattern, i, in_class=True)
            out.append(text)
        elif c == "[":
            if pattern.startswith("[:", i):
                raise Untranslatable
            out.append("\\[")
            i += 1
        else:
            out.append("\\]" if c == "]" else c.translate(_DOTLESS))
            i += 1
    if "".join(out).count("-") and pattern[start:i].translate(_DOTLESS) != pattern[start:i]:
        raise Untranslatable  # a range with a dotless i at its edge
    return "[" + ("^" if negated else "") + "".join(out) + "]", i + 1


def _closing(pattern: str, i: int) -> int:
    """Where the group that opens at ``i`` has ended."""
    depth = 0
    while i < len(pattern):
        c = pattern[i]
        if c == "\\":
            i += 2
            continue
        if c == "[":
            _, i = _class(pattern, i)
            if depth == 0:
                return i
            continue
        depth += (c == "(") - (c == ")")
        i += 1
        if depth == 0:
            return i
    raise Untranslatable
