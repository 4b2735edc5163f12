"""Gates: one fast pass over a text that tells what can be skipped.

A gate may only skip work, never decide: where it says no, the slow way would have found nothing.
Both gates use compiled automata where the extra ``fast`` is installed, and give the same answers
without it, slower.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from importlib.util import find_spec
from operator import itemgetter
from pathlib import Path

import regex

from cleaner import kept
from cleaner.edges import fold
from cleaner.lazy import lazily

try:
    from cleaner._scan import Finder
    from cleaner._scan import Scanner as Scanner
except ImportError:  # built without a C compiler: the same answers, slower
    Finder = Scanner = None  # type: ignore[assignment, misc]

Hit = tuple[int, int, int]
"""Number of a cue, and the start and end of one place where it stands."""
CueGate = Callable[[str], Iterable[Hit]]


def cue_gate(cues: Sequence[str]) -> CueGate:
    """A function from folded text to every place where one of ``cues`` stands, overlaps too.

    By the Aho-Corasick algorithm ("Efficient string matching", CACM 18, 1975): time grows with the
    text and the hits, not with the number of cues.
    """
    if not cues:
        return lambda low: ()
    plain = _plain_cue_gate(cues)
    try:
        from ahocorasick_rs import AhoCorasick, Implementation
    except ImportError:
        return plain
    automaton = AhoCorasick(list(cues), store_patterns=False, implementation=Implementation.DFA)  # twice as fast as the others

    def gate(low: str) -> Iterable[Hit]:
        try:
            hits: list[Hit] = automaton.find_matches_as_indexes(low, overlapping=True)
        except UnicodeEncodeError:  # a lone surrogate has no UTF-8 form
            return plain(low)
        return hits

    return gate


LineGate = Callable[[str], Iterable[tuple[int, int]]]
"""Number of a cue, and number of a line that holds it."""


def line_gate(cues: Sequence[str]) -> LineGate:
    """A function from a text to the lines on which ``cues`` stand, in whatever case."""
    if Finder is not None:
        found: LineGate = Finder(cues).lines
        return found
    gate = cue_gate(cues)

    def lines(text: str) -> Iterator[tuple[int, int]]:
        low = fold(text)
        line = seen = 0
        for cue, start, _ in sorted(gate(low), key=itemgetter(1)):
            line += low.count("\n", seen, start)
            seen = start
            yield cue, line

    return lines


def _plain_cue_gate(cues: Sequence[str]) -> CueGate:
    def gate(low: str) -> Iterator[Hit]:
        for number, cue in enumerate(cues):
            at = low.find(cue)
            while at >= 0:
                yield number, at, at + len(cue)
                at = low.find(cue, at + 1)

    return gate


# ---------------------------------------------------------------- sound text

# Code points that some fix of the normaliser may change, wherever they stand.
_ODD = (
    "\x00-\x08\x0b\x0e-\x1f\x7f-\xa0\xad\u0132\u0133\u0149\u01c4-\u01cc\u01f1-\u01f3\u061c\u1680"
    "\u2000-\u200f\u2028-\u202f\u205f-\u206f\ufb00-\ufb06\ufeff\ufff9-\ufffc"
)
_ODD_CHARACTER = lazily(f"[{_ODD}\ud800-\udfff]")
# Two spaces or a tab after a word, any blank before a line's end, a character reference.
_ODD_PLACE = lazily(r"&#?[0-9A-Za-z]{1,24};|[ \t\u3000]$|[ \t]{2}|\r", regex.M)


def may_need_mending() -> Callable[[str], bool]:
    """A test whether any fix but NFC might change a text; False only where none would."""
    return _fast_test() or _plain_test


def _plain_test(text: str) -> bool:
    if _ODD_PLACE.search(text) or _ODD_CHARACTER.search(text):
        return True
    if text.isascii():
        return False
    from ftfy.badness import is_bad

    return any(is_bad(line) for line in text.split("\n") if not line.isascii())


@lru_cache(maxsize=1)
def _fast_test() -> Callable[[str], bool] | None:
    try:
        import re2
    except ImportError:
        return None
    options = re2.Options()
    options.max_mem = 1 << 26
    options.log_errors = False
    pattern = re2.compile(
        f"(?m)[{_ODD}]|&#?[0-9A-Za-z]{{1,24}};|[ \\t\u3000]$|[ \\t]{{2}}|\\r|{badness_for_re2()}", options=options
    )

    def test(text: str) -> bool:
        try:
            return pattern.search(text) is not None
        except UnicodeEncodeError:  # a lone surrogate: to be mended
            return True

    return test


def badness_for_re2() -> str:
    """ftfy's pattern of what looks like mojibake, for RE2; kept, since to import ftfy costs more than the rest of a start."""
    name = badness_name()
    found = kept.read(name)
    if isinstance(found, str):
        return found
    made = _badness_for_re2()
    kept.write(name, made)
    return made


def badness_name() -> str:
    """Under which name that is kept: another one once ftfy's code or ours changes."""
    ftfy = find_spec("ftfy")
    place = next(iter(ftfy.submodule_search_locations or ()), "") if ftfy else ""
    return kept.file_name("badness", sha256(Path(place, "badness.py").read_bytes()).hexdigest()[:16], ["gates.py"])


def _badness_for_re2() -> str:
    r"""ftfy's own pattern of what looks like mojibake, in RE2's syntax and no narrower.

    RE2 knows no verbose mode, so white space and comments are taken out; its ``\s`` and ``\w`` are
    ASCII, so they are widened to Python's.
    """
    from ftfy.badness import BADNESS_RE

    out: list[str] = []
    source = BADNESS_RE.pattern
    in_class = False
    i = 0
    while i < len(source):
        c = source[i]
        if c == "\\":
            wide = _WIDE.get(source[i : i + 2])
            out.append((wide if in_class else f"[{wide}]") if wide else source[i : i + 2])
            i += 2
            continue
        if in_class:
            in_class = c != "]"
            out.append(c)
        elif c == "[":
            in_class = True
            out.append(c)
        elif c == "#":
            i = source.index("\n", i)
        elif not c.isspace():
            out.append(c)
        i += 1
    return "(?:" + "".join(out) + ")"


_WIDE = {
    r"\s": "\\s\x0b\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000",
    r"\w": r"\w\pL\pN",
}


def scanner_is_compiled() -> bool:
    """Whether the scanner of this package was compiled when it was built."""
    return Scanner is not None


def gates_are_fast() -> bool:
    """Whether both compiled automata are there (the extra ``fast``)."""
    return all(find_spec(name) is not None for name in ("re2", "ahocorasick_rs"))
