"""Mend encoding, line breaks, invisible characters and spaces; one function a fix.

Every fix takes a text and yields changes ``(start, end, replacement)`` over it. What belongs to
encoding is ftfy's knowledge (Speer, "ftfy", Zenodo, 2019) with two settings changed: curly
quotes stay curly, and full-width characters stay as they are. Text that is already sound comes
back without an edit: no letter and no digit of it changes.

Where this differs from ``ftfy.fix_text``:

* HTML entities are decoded line by line. A line that holds ``<`` is taken for mark-up and keeps
  its entities; the lines after it do not (ftfy stops decoding for the rest of the text).
* ``\\x85`` ends a line in a text that has no other line break and no other byte of Windows-1252;
  elsewhere it is the ellipsis of that encoding, as in ftfy.
* Zero-width and direction characters, no-break spaces, runs of spaces and spaces at a line's end
  are mended too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

import regex

from cleaner.edits import apply, compose
from cleaner.gates import may_need_mending
from cleaner.lazy import lazily
from cleaner.model import NORMALISE, Edit

Change = tuple[int, int, str]
Fix = Callable[[str], Iterable[Change]]

#: ftfy looks at no more than this many characters at once; so do we, to give the same result.
SEGMENT = 1_000_000


@lru_cache(maxsize=1)
def _ftfy() -> Any:
    """ftfy, imported when a text first needs it: it costs more than the rest of a start."""
    import ftfy
    import ftfy.badness
    import ftfy.chardata
    import ftfy.fixes

    return ftfy


# ---------------------------------------------------------------- line breaks

_LINE_BREAK = lazily("\r\n?|[\u2028\u2029]")
_NEXT_LINE = lazily("\x85")
# Signs that \x85 is a byte of something else: other characters of Windows-1252, or UTF-8 read as Latin-1.
_NO_NEXT_LINE = lazily("[\x80-\x84\x86-\x9f]|[\xc2-\xdf]\x85|[\xe0-\xef](?:[\xa0-\xbf]\x85|\x85[\xa0-\xbf])")


def line_breaks(text: str) -> Iterator[Change]:
    r"""``\r\n``, ``\r``, U+2028 and U+2029 become ``\n``; so does ``\x85`` in a text without others.

    >>> list(line_breaks("one\r\ntwo\u2028"))
    [(3, 5, '\n'), (8, 9, '\n')]
    """
    if not any(sign in text for sign in "\r\u2028\u2029\x85"):
        return iter(())
    pattern = _LINE_BREAK
    if "\x85" in text and "\n" not in text and not _LINE_BREAK.search(text) and not _NO_NEXT_LINE.search(text):
        pattern = _NEXT_LINE
    return ((m.start(), m.end(), "\n") for m in pattern.finditer(text))


# ---------------------------------------------------------------- fixes of one line

_ENTITY = lazily(r"&(?:(?:amp|#38|#x26);)*#?[0-9A-Za-z]{1,24};", regex.I)


def entities(line: str) -> Iterator[Change]:
    """HTML entities that survived scraping (``&amp;``, ``&#8217;``), where the line holds no ``<``.

    Only what ends in a semicolon is decoded, so ``this&not that`` stays. What was escaped twice is
    decoded twice, at once: the first time may bring a ``<`` to light.
    """
    if "<" in line:
        return
    unescape = _ftfy().fixes.unescape_html
    for m in _ENTITY.finditer(line):
        decoded, before = unescape(m.group()), ""
        while decoded != before:
            decoded, before = unescape(decoded), decoded
        if decoded != m.group():
            yield m.start(), m.end(), decoded


def mojibake(line: str) -> Iterator[Change]:
    """UTF-8 that was read as something else (``â€™`` for ``’``), by ftfy's detector and plans."""
    return difference(line, _ftfy().fix_encoding(line))


_C1 = lazily("[\x80-\x9f]")


def c1_controls(line: str) -> Iterator[Change]:
    """Control characters of Latin-1 become what Windows-1252, and every browser, makes of them."""
    for m in _C1.finditer(line):
        decoded = m.group().encode("latin-1").decode("sloppy-windows-1252")
        if decoded != m.group():  # five of them stand for nothing there either
            yield m.start(), m.end(), decoded


_LIGATURE = lazily("[\u0132\u0133\u0149\u01c4-\u01cc\u01f1-\u01f3\ufb00-\ufb06]")


def ligatures(line: str) -> Iterator[Change]:
    """Single characters for several Latin letters, such as ``ﬁ``; other scripts' are meant."""
    table = _ftfy().chardata.LIGATURES
    for m in _LIGATURE.finditer(line):
        if ord(m.group()) in table:
            yield m.start(), m.end(), table[ord(m.group())]


_SURROGATE = lazily("[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]")


def surrogates(line: str) -> Iterator[Change]:
    """Surrogate pairs become the character they stand for, lone ones U+FFFD."""
    for m in _SURROGATE.finditer(line):
        yield m.start(), m.end(), _ftfy().fixes.fix_surrogates(m.group())


_TERMINAL = lazily("\x1b\\[(?:[\\d;]*)[a-zA-Z]")


def terminal_escapes(line: str) -> Iterator[Change]:
    """The colour codes of a terminal."""
    return ((m.start(), m.end(), "") for m in _TERMINAL.finditer(line))


_CONTROL = lazily("[\x00-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufeff\ufff9-\ufffc]+")


def control_characters(line: str) -> Iterator[Change]:
    """NUL and the other control characters, the byte-order mark, U+FFFC and their like."""
    return ((m.start(), m.end(), "") for m in _CONTROL.finditer(line))


#: A text with so many decomposed letters, and fewer composed ones, is written so throughout.
MANY_DECOMPOSED = 20


def is_decomposed_throughout(text: str) -> bool:
    """Whether decomposed letters (NFD) are the form of ``text`` itself, and not slips in it.

    Such a text is sound, and canonically the same as its composed form: it stays as it is.
    """
    decomposed = len(text) - len(unicodedata.normalize("NFC", text))
    return decomposed >= MANY_DECOMPOSED and decomposed > len(unicodedata.normalize("NFD", text)) - len(text)


def nfc(line: str) -> Iterator[Change]:
    """Canonical composition (NFC): one code for one accented letter; looks stay the same.

    Not in a text that is decomposed throughout, see :func:`is_decomposed_throughout`.
    """
    if unicodedata.is_normalized("NFC", line):
        return iter(())
    return difference(line, unicodedata.normalize("NFC", line))


# Scripts whose words need joiners: cursive ones, and the Indic ones with their conjuncts.
_JOINING = (
    r"\p{Arab}\p{Syrc}\p{Mong}\p{Nkoo}\p{Mand}\p{Thaa}\p{Phag}\p{Adlm}"
    r"\p{Deva}\p{Beng}\p{Guru}\p{Gujr}\p{Orya}\p{Taml}\p{Telu}\p{Knda}\p{Mlym}\p{Sinh}"
    r"\p{Tibt}\p{Mymr}\p{Khmr}\p{Java}\p{Bali}\p{Sund}\p{Cakm}\p{Newa}"
)
# Scripts without spaces, in which a zero-width space marks where a line may break.
_SPACELESS = r"\p{Thai}\p{Laoo}\p{Khmr}\p{Mymr}\p{Tibt}\p{Java}\p{Bali}"
# Letters, that is: the two marks have the direction of letters but show nothing.
_RIGHT_TO_LEFT = lazily(r"(?![\u200f\u061c])[\p{Bidi_Class=R}\p{Bidi_Class=AL}]")
_INVISIBLE = lazily(
    rf"(?<![{_SPACELESS}])\u200b+"
    r"|\xad+|\u2060+"
    rf"|(?<![{_JOINING}])(?<!\p{{Extended_Pictographic}}[\ufe0f\U0001f3fb-\U0001f3ff]?)\u200d+"
    rf"|(?<![{_JOINING}])\u200c+"
)
_DIRECTION = lazily("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]+")


def invisible(line: str) -> Iterator[Change]:
    """Zero-width spaces, soft hyphens, word joiners, and joiners and direction marks gone astray.

    Left alone: joiners inside emoji and in words of Arabic-like or Indic script, break marks in
    scripts without spaces, direction marks in a line with right-to-left letters.
    """
    changes = [(m.start(), m.end(), "") for m in _INVISIBLE.finditer(line)]
    if _DIRECTION.search(line) and not _RIGHT_TO_LEFT.search(line):
        changes += [(m.start(), m.end(), "") for m in _DIRECTION.finditer(line)]
        changes.sort()
    return iter(changes)


_ODD_SPACE = "\xa0\u1680\u2000-\u200a\u202f\u205f"
_SPACES = lazily(rf"[ {_ODD_SPACE}\t]+")
_LAID_OUT = lazily(r"\S {3,}\S.*?\S {3,}\S|^[ \t]+\S.*?\S {2,}\S")


def spaces(line: str) -> Iterator[Change]:
    """No-break and other odd spaces become plain, runs become one, and none ends a line.

    Left alone: the indentation of a line, tabs between words, the ideographic space, and runs in a
    line that is laid out in columns (two gaps of three or more spaces, or indented with a gap).
    """
    if not line:
        return
    body = line.rstrip(" \t\u3000\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f")
    laid_out = "  " in body and _LAID_OUT.search(body) is not None
    for m in _SPACES.finditer(body):
        run = m.group()
        if run == " ":
            continue
        plain = "".join(c if c in " \t" else " " for c in run) if m.start() == 0 or laid_out or "\t" in run else " "
        if plain != run:
            yield m.start(), m.end(), plain
    if len(body) < len(line):
        yield len(body), len(line), ""


#: Name -> fix of one line, in the order in which they run (ftfy's own, then ours).
LINE_FIXES: dict[str, Fix] = {
    "entities": entities,
    "mojibake": mojibake,
    "c1-controls": c1_controls,
    "ligatures": ligatures,
    "surrogates": surrogates,
    "terminal-escapes": terminal_escapes,
    "control-characters": control_characters,
    "nfc": nfc,
    "invisible": invisible,
    "spaces": spaces,
}
# Fixes that find nothing in a line of ASCII: lines of code, indented, are many and need not be asked about them.
_BEYOND_ASCII = frozenset({"mojibake", "c1-controls", "ligatures", "surrogates", "nfc", "invisible"})
#: Every fix that can be switched off; ``blank-lines`` is the tidier's.
FIXES: tuple[str, ...] = ("line-breaks", *LINE_FIXES, "blank-lines")


# ---------------------------------------------------------------- blank lines

_BLANK_RUN = lazily(r"\n{3,}")
_NOT_BREAK = lazily(r"[^\n]")


def blank_lines(text: str, final_break: bool) -> Iterator[Change]:
    """Runs of blank lines become one; none stands at the start or the end.

    ``final_break``: whether the text may end in a line break (it may where the original did).
    """
    first = _NOT_BREAK.search(text)
    if first is None:
        if text:
            yield 0, len(text), ""
        return
    if first.start():
        yield 0, first.start(), ""
    body_end = len(text.rstrip("\n"))
    if "\n\n\n" in text:
        for m in _BLANK_RUN.finditer(text, first.start(), body_end):
            yield m.start() + 2, m.end(), ""
    keep = body_end + (1 if final_break else 0)
    if keep < len(text):
        yield keep, len(text), ""


# ---------------------------------------------------------------- all of them


def normalise(text: str, skip: Sequence[str] = ()) -> list[Edit]:
    """Edits over ``text`` that mend it; an empty list where it is sound.

    ``skip`` names fixes (see :data:`FIXES`) to leave out. The result is stable: normalising what
    the edits make gives no further edit.
    """
    edits: list[Edit] = []
    current = text
    for _ in range(8):  # decoding can uncover more; real text settles in two rounds
        new = _once(current, skip)
        if not new:
            break
        edits = compose(edits, new)
        current = apply(current, new)
    return edits


def _once(text: str, skip: Sequence[str]) -> list[Edit]:
    if "line-breaks" not in skip and not (text.isascii() and "\r" not in text):
        edits = [Edit(a, b, r, NORMALISE + "line-breaks") for a, b, r in line_breaks(text)]
        if edits:
            return edits  # the lines are new; the next round looks at them
    if not _suspect(text):
        return []
    if "nfc" not in skip and not unicodedata.is_normalized("NFC", text) and is_decomposed_throughout(text):
        skip = (*skip, "nfc")
    edits = []
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        for a in range(start, end, SEGMENT) if end - start > SEGMENT else (start,):
            segment = text[a : min(end, a + SEGMENT)]
            # A blank that only a segment's edge makes trailing is not the line's last.
            inner = min(end, a + SEGMENT) < end
            if _suspect(segment):
                edits += (
                    Edit(e.start + a, e.end + a, e.replacement, e.cause)
                    for e in _mend_line(segment, (*skip, "spaces") if inner else skip)
                )
        start = end + 1
    return edits


def _suspect(text: str) -> bool:
    """Whether any fix might change ``text``; False only where none would."""
    return may_need_mending()(text) or not unicodedata.is_normalized("NFC", text)


def _mend_line(line: str, skip: Sequence[str]) -> list[Edit]:
    edits: list[Edit] = []
    for name, fix in LINE_FIXES.items():
        if name in skip or (name in _BEYOND_ASCII and line.isascii()):
            continue
        new = [Edit(a, b, r, NORMALISE + name) for a, b, r in fix(line)]
        if new:
            edits = compose(edits, new)
            line = apply(line, new)
    return edits


_TOKEN = lazily(r"[\x00-\x7f]+|[^\x00-\x7f]+")
#: Longest stretch that is compared character by character; difflib is quadratic.
_FINE = 600


def difference(old: str, new: str) -> Iterator[Change]:
    """Changes over ``old`` that make it ``new``, as small as can be told cheaply."""
    if old == new:
        return
    start = 0
    limit = min(len(old), len(new))
    while start < limit and old[start] == new[start]:
        start += 1
    end = 0
    while end < limit - start and old[-1 - end] == new[-1 - end]:
        end += 1
    a, b = old[start : len(old) - end], new[start : len(new) - end]
    left, right = _TOKEN.findall(a), _TOKEN.findall(b)
    anchored = len(left) == len(right) > 1 and all(x == y for x, y in zip(left, right, strict=True) if x.isascii() or y.isascii())
    if anchored:
        # Repairs leave ASCII in place: it anchors what changed between.
        pos = start
        for x, y in zip(left, right, strict=True):
            if x != y:
                yield pos, pos + len(x), y
            pos += len(x)
    elif len(a) <= _FINE and len(b) <= _FINE:
        for tag, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
            if tag != "equal":
                yield start + i, start + j, b[k:m]
    else:
        yield start, len(old) - end, b
