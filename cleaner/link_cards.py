"""The address of a page beside its title: what is left of a card that linked to it.

A detector, as :mod:`cleaner.detectors` describes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from cleaner.match import Lines

_ADDRESS = re.compile(r"\s*https?://[^\s/]+/(\S{12,300})\s*")
# News systems number their pages; what people quote as a source mostly has no such number.
_NUMBER = re.compile(r"\d{5,}")
_WORD = re.compile(r"[^\W\d_]{2,}")
_FEWEST_WORDS = 4
#: Share of the address's words that the title must have, since addresses are cut short and lose their accents.
_SHARE = 0.75


def link_cards(lines: Lines, options: dict[str, Any], words: dict[str, tuple[str, ...]]) -> Iterator[tuple[int, int]]:
    """Lines that are an address alone, spelling out the line above or below; the title stays.

    Addresses without a page's number, in lists and below a colon stay, for they are references.
    """
    if "://" not in lines.text:
        return
    for i, part in enumerate(lines.parts):
        address = _ADDRESS.fullmatch(part) if "://" in part else None
        if address is None:
            continue
        slug = max(unquote(address[1]).split("/"), key=len)
        spelt = [w.lower() for w in _WORD.findall(slug.removesuffix(".html").removesuffix(".php"))]
        if len(spelt) < _FEWEST_WORDS or not _NUMBER.search(slug):
            continue
        above = _shown(lines.parts, i, -1)
        if above.rstrip().endswith((":", "：")):
            continue
        if any(_same(spelt, title) for title in (above, _shown(lines.parts, i, 1))):
            yield lines.whole(i)


def _shown(parts: list[str], i: int, step: int) -> str:
    """The next line above (-1) or below (1) with something in it, a blank one at most between."""
    for j in (i + step, i + 2 * step):
        if 0 <= j < len(parts) and parts[j].strip():
            return parts[j]
    return ""


def _same(spelt: list[str], title: str) -> bool:
    """Whether a title has nearly all words of an address, and few besides."""
    said = {w.lower() for w in _WORD.findall(title)}
    return len(said) <= 3 * len(spelt) and sum(w in said for w in spelt) >= _SHARE * len(spelt)
