"""What a line looks like: headline, prose, list item, code. No words of any language.

Used by blocks (what may hang on a prompt), detectors and guards. Each test says what it is unsure
about: unsure means that the line stays.
"""

from __future__ import annotations

import regex

_WORD = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}]{1,2}|[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]{1,4}|[\p{L}\p{N}][\p{L}\p{M}\p{N}'’_]*"
)
_SENTENCE_END = regex.compile(r"""[.!?…。！？؟।۔][\s"'”’»“)\]」』）]*$""")
_FULL_STOP = regex.compile(r"""[.…。।۔;:：,，؛،、][\s"'”’»“)\]」』）]*$""")
_BULLET = regex.compile(r"^\s*(?:[-*•·▪◦‣►▶→»›–—]|\d{1,2}[.)])\s+")
_START = regex.compile(r"""^[\s"'“”‘’«»„‹›「『(\[¿¡#@]*[\p{Lu}\p{Lt}\p{Lo}\p{N}]""")
_CODE = regex.compile(r"[{}<>=;\\]|\(\)|::|^\s{4,}|^\s*(?:#|//|/\*)|\w\(\w*\)|\w+\.\w+\(")
_TABLE = regex.compile(r"\t|\s\|\s|;.*;|(?:[^,]*,){3,}[^\s,]|\S {3,}\S")
_DIALOGUE = regex.compile(r"""^\s*(?:[-–—]\s|["“„«‘「『]|[\p{Lu}][\p{L} .]{0,30}:\s|\[?\d{1,2}[:.]\d{2})""")


def word_count(line: str) -> int:
    """Words; in scripts without spaces two characters count as one, four where vowels and tones are
    characters of their own (Thai, Lao, Khmer, Burmese)."""
    return len(_WORD.findall(line))


def ends_sentence(line: str) -> bool:
    """Whether the line ends as a sentence does, in any script."""
    return _SENTENCE_END.search(line) is not None


def is_bullet(line: str) -> bool:
    """Whether the line begins with a list mark."""
    return _BULLET.match(line) is not None


def is_prose(line: str) -> bool:
    """A sentence or more of running text: eight words and a sentence's end, or a long line."""
    n = word_count(line)
    return n >= 25 or (n >= 8 and ends_sentence(line))


def is_headline(line: str) -> bool:
    """Could be another article's headline: 3 to 22 words, a capital or a figure first, no full stop.

    A subheading looks the same; what tells them apart is where they stand.
    """
    bare = _BULLET.sub("", line).strip()
    if len(bare) > 180 or not _START.match(bare) or _FULL_STOP.search(bare):
        return False
    return 3 <= word_count(bare) <= 22


def is_structured(line: str) -> bool:
    """Code, a table row or a turn of dialogue: places where a repeat means something."""
    return bool(_CODE.search(line) or _TABLE.search(line) or _DIALOGUE.match(line))
