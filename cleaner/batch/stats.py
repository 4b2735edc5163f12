"""Figures of a run: kept a shard, carried through the journal, added up at the end.

Everything here is whole numbers and ranked lists with a total order, put together in the order of
the records, so that a run that was stopped and resumed comes to the same figures.
"""

from __future__ import annotations

import hashlib
import heapq
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import regex

from cleaner.model import NORMALISE, TIDY, Cleaned, Removal

#: Upper bounds of the shares of a document that went, for the distribution; the first bin is "nothing".
SHARES = (0.0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0)
#: Documents that lost most, samples a rule, documents a flag, errors a kind, sites: how many are kept.
MOST_LOSERS, MOST_SAMPLES, MOST_FLAGGED, MOST_ERRORS, MOST_SITES = 20, 4, 10, 10, 500
#: Characters of a removed stretch, and of what stands around it, that are shown.
SHOWN, AROUND, SHOWN_DOCUMENT = 400, 80, 3000

Row = list[Any]


@dataclass
class Stats:
    """Figures over some documents. Characters are code points."""

    read: int = 0
    """Records that were read, bad ones too."""
    written: int = 0
    """Records in the output."""
    failed: int = 0
    """Records in errors.jsonl."""
    empty: int = 0
    """Records without a text (null)."""
    changed: int = 0
    """Documents from which a rule took something."""
    mended: int = 0
    """Documents in which the normaliser changed something."""
    bytes: int = 0
    """Bytes of the records as they came (decompressed)."""
    chars: int = 0
    """Characters of the originals."""
    removed: int = 0
    """Characters that rules took."""
    left: int = 0
    """Characters of the clean texts."""
    rules: dict[str, list[int]] = field(default_factory=dict)
    """Rule -> removals, characters, documents."""
    fixes: dict[str, list[int]] = field(default_factory=dict)
    """Fix of the normaliser -> edits, documents."""
    languages: dict[str, list[int]] = field(default_factory=dict)
    """Language -> documents, characters, removed; of a sample of the documents, unless it is written for all."""
    sites: dict[str, list[int]] = field(default_factory=dict)
    """Host -> documents, characters, removed; the largest ones (Metwally et al., "Space-Saving", 2005)."""
    shares: list[int] = field(default_factory=lambda: [0] * len(SHARES))
    """Documents by the share of them that went."""
    flags: dict[str, int] = field(default_factory=dict)
    """Flag -> documents."""
    errors: dict[str, int] = field(default_factory=dict)
    """Kind of error -> records."""
    losers: list[Row] = field(default_factory=list)
    """[removed, shard, record, id, chars, parts]: the documents that lost most."""
    samples: dict[str, list[Row]] = field(default_factory=dict)
    """Rule -> [rank, shard, record, id, before, removed, after], by rank: a fair draw."""
    flagged: dict[str, list[Row]] = field(default_factory=dict)
    """Flag -> [rank, shard, record, id]."""
    failures: dict[str, list[Row]] = field(default_factory=dict)
    """Kind of error -> [shard, record, reason], the first ones."""

    def observe(
        self, shard: str, record: int, name: str | None, url: str | None, cleaned: Cleaned, size: int, in_sample: bool
    ) -> None:
        """Count one document. ``size``: bytes of its record; ``in_sample``: look at its language."""
        removals = cleaned.removals
        removed = sum(r.end - r.start for r in removals)
        chars = len(cleaned.original)
        self.written += 1
        self.bytes += size
        self.chars += chars
        self.removed += removed
        self.left += len(cleaned.text)
        share = removed / chars if chars else 0.0
        self.shares[bisect_left(SHARES, share)] += 1
        if removals:
            self.changed += 1
            self._observe_removals(shard, record, name, cleaned, removals)
            self._observe_loss(shard, record, name, cleaned, removals, removed)
        if len(cleaned.edits) > len(removals):
            self.mended += 1
            fixes = [e.cause for e in cleaned.edits if e.cause.startswith((NORMALISE, TIDY))]
            _add_up(self.fixes, {cause: [fixes.count(cause), 1] for cause in sorted(set(fixes))})
        if in_sample:
            _add(self.languages, cleaned.language or "unknown", [1, chars, removed])
        if url and (host := host_of(url)):
            _add(self.sites, host, [1, chars, removed])
        for flag in cleaned.flags:
            self.flags[flag] = self.flags.get(flag, 0) + 1
            rank = _rank(shard, record, flag)
            self.flagged[flag] = _smallest(MOST_FLAGGED, self.flagged.get(flag, []), [[rank, shard, record, name]])

    def fail(self, shard: str, record: int, kind: str, reason: str, size: int) -> None:
        """Count a record that was set aside."""
        self.failed += 1
        self.bytes += size
        self.errors[kind] = self.errors.get(kind, 0) + 1
        first = self.failures.setdefault(kind, [])
        if len(first) < MOST_ERRORS:
            first.append([shard, record, reason[:300]])

    def add(self, other: Stats) -> None:
        """Add what comes after this in the order of the records."""
        for name in ("read", "written", "failed", "empty", "changed", "mended", "bytes", "chars", "removed", "left"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.shares = [a + b for a, b in zip(self.shares, other.shares, strict=True)]
        for name in ("rules", "fixes", "languages", "sites"):
            _add_up(getattr(self, name), getattr(other, name))
        _prune(self.sites, MOST_SITES)
        for name in ("flags", "errors"):
            mine = getattr(self, name)
            for key, n in getattr(other, name).items():
                mine[key] = mine.get(key, 0) + n
        self.losers = heapq.nsmallest(MOST_LOSERS, self.losers + other.losers, key=_loss_order)
        for rule, rows in other.samples.items():
            self.samples[rule] = _smallest(MOST_SAMPLES, self.samples.get(rule, []), rows)
        for flag, rows in other.flagged.items():
            self.flagged[flag] = _smallest(MOST_FLAGGED, self.flagged.get(flag, []), rows)
        for kind, rows in other.failures.items():
            self.failures[kind] = (self.failures.get(kind, []) + rows)[:MOST_ERRORS]

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return dict(vars(self))

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Stats:
        """From what :meth:`to_json` gave, also after a trip through JSON."""
        return cls(**data)

    def _observe_removals(self, shard: str, record: int, name: str | None, cleaned: Cleaned, removals: Iterable[Removal]) -> None:
        by_rule: dict[str, list[int]] = {}
        for r in removals:
            counts = by_rule.setdefault(r.cause, [0, 0, 1])
            counts[0] += 1
            counts[1] += r.end - r.start
            kept = self.samples.get(r.cause, [])
            rank = _rank(shard, record, f"{r.cause} {r.start}")
            if len(kept) < MOST_SAMPLES or rank < kept[-1][0]:
                text = cleaned.original
                row = [
                    rank, shard, record, name,
                    text[max(0, r.start - AROUND) : r.start], r.text[:SHOWN], text[r.end : r.end + AROUND],
                ]  # fmt: skip
                self.samples[r.cause] = _smallest(MOST_SAMPLES, kept, [row])
        _add_up(self.rules, by_rule)

    def _observe_loss(
        self, shard: str, record: int, name: str | None, cleaned: Cleaned, removals: Iterable[Removal], removed: int
    ) -> None:
        if len(self.losers) >= MOST_LOSERS and _loss_order(self.losers[-1]) <= (-removed, shard, record):
            return
        row = [removed, shard, record, name, len(cleaned.original), highlighted(cleaned.original, removals)]
        self.losers = heapq.nsmallest(MOST_LOSERS, [*self.losers, row], key=_loss_order)


def highlighted(text: str, removals: Iterable[Removal]) -> list[list[str]]:
    """``[text, cause]`` pieces of an original, cause empty for what stayed; long stretches are shortened."""
    parts: list[list[str]] = []
    pos = shown = 0
    for r in removals:
        stayed = text[pos : r.start]
        if stayed:
            parts.append([_shorten(stayed, AROUND), ""])
        parts.append([_shorten(r.text, SHOWN // 2), r.cause])
        shown += len(parts[-1][0]) + AROUND
        pos = r.end
        if shown > SHOWN_DOCUMENT:
            parts.append([" […] ", ""])
            return parts
    if pos < len(text):
        parts.append([_shorten(text[pos:], AROUND), ""])
    return parts


def _shorten(text: str, around: int) -> str:
    return text if len(text) <= 2 * around + 5 else f"{text[:around]} […] {text[-around:]}"


_HOST = regex.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://(?:[^/?#@]*@)?(?:www\.)?([^/?#:]{1,100})")


def host_of(url: str) -> str:
    """The host of an address, without ``www.``; empty where there is none.

    >>> host_of("https://www.Harbour.example:80/news?x=1")
    'harbour.example'
    """
    found = _HOST.match(url)
    return found[1].lower() if found else ""


def _rank(shard: str, record: int, what: str) -> str:
    return hashlib.blake2b(f"{shard}\0{record}\0{what}".encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _smallest(most: int, kept: list[Row], more: list[Row]) -> list[Row]:
    return heapq.nsmallest(most, kept + more, key=lambda row: tuple(row[:3]))


def _loss_order(row: Row) -> tuple[int, str, int]:
    return (-row[0], row[1], row[2])


def _add(into: dict[str, list[int]], key: str, counts: list[int]) -> None:
    mine = into.get(key)
    into[key] = [a + b for a, b in zip(mine, counts, strict=True)] if mine else counts


def _add_up(into: dict[str, list[int]], more: dict[str, list[int]]) -> None:
    for key, counts in more.items():
        _add(into, key, list(counts))


def _prune(sites: dict[str, list[int]], most: int) -> None:
    if len(sites) > 2 * most:
        kept = heapq.nsmallest(most, sites.items(), key=lambda item: (-item[1][0], item[0]))
        sites.clear()
        sites.update(kept)
