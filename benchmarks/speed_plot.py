"""A plot of speeds as SVG, written by hand: a few kB, and nothing to install."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Protocol
from xml.sax.saxutils import escape


class Spread(Protocol):
    """Median and quartiles."""

    @property
    def low(self) -> float: ...
    @property
    def mid(self) -> float: ...
    @property
    def high(self) -> float: ...


_COLOURS = ("#3b6ea8", "#d9902f", "#8a8f98")
_LABELS, _WIDTH, _BAR, _GAP, _TOP = 210, 520, 9, 12, 46


def plot(speeds: Mapping[str, Mapping[str, Spread]]) -> str:
    """Bars on a logarithmic scale: a group for each subject, a bar for each kind of text, a whisker for the quartiles."""
    kinds = list(speeds)
    names = list(dict.fromkeys(name for each in speeds.values() for name in each))
    values = [edge for each in speeds.values() for s in each.values() for edge in (s.low, s.high)]
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))

    def x(value: float) -> float:
        return _LABELS + _WIDTH * (math.log10(value) - first) / max(1, last - first)

    group = _BAR * len(kinds) + _GAP
    bottom = _TOP + group * len(names)
    width, height = _LABELS + _WIDTH + 70, bottom + 34
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="system-ui, sans-serif" font-size="11">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for i, kind in enumerate(kinds):
        out.append(f'<rect x="{_LABELS + 150 * i}" y="12" width="10" height="10" fill="{_COLOURS[i % len(_COLOURS)]}"/>')
        out.append(f'<text x="{_LABELS + 150 * i + 15}" y="21">{escape(kind)}</text>')
    for power in range(first, last + 1):
        at = x(10**power)
        out.append(f'<path d="M{at:.0f} {_TOP - 8}V{bottom}" stroke="#ddd"/>')
        out.append(f'<text x="{at:.0f}" y="{bottom + 14}" text-anchor="middle" fill="#555">{10**power:g}</text>')
    out.append(f'<text x="{_LABELS + _WIDTH}" y="{bottom + 28}" text-anchor="end" fill="#555">MB/s of one core, logarithmic</text>')
    for n, name in enumerate(names):
        top = _TOP + group * n
        middle = top + _BAR * len(kinds) / 2 + 4
        out.append(f'<text x="{_LABELS - 8}" y="{middle:.0f}" text-anchor="end">{escape(name)}</text>')
        for i, kind in enumerate(kinds):
            found = speeds[kind].get(name)
            if found is None:
                continue
            y = top + _BAR * i
            out.append(
                f'<rect x="{_LABELS}" y="{y}" width="{max(1, x(found.mid) - _LABELS):.1f}" height="{_BAR - 1}" fill="{_COLOURS[i % len(_COLOURS)]}"/>'
                f'<path d="M{x(found.low):.1f} {y + 4}H{x(found.high):.1f}" stroke="#222"/>'
                f'<text x="{x(found.high) + 4:.1f}" y="{y + 8}" font-size="8">{found.mid:,.3g}</text>'
            )
    return "\n".join([*out, "</svg>"]) + "\n"
