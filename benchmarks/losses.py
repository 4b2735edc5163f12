#!/usr/bin/env python3
"""Every word of content that rules took from the labelled pages, and whether it is known why.

    python benchmarks/losses.py DIR                                  articles and news
    python benchmarks/losses.py DIR --files pages --type article     the articles among whole sites
    python benchmarks/losses.py DIR --print-known                    entries for the list, reasons to be filled in

DIR is what ``benchmarks/quality.py`` reads, and words are counted as there: what a rule took from lines that are
labelled as content, in every view and in each page's gold text. What normalising does is not in it: a word that a
soft hyphen parted is whole afterwards, and nothing is lost.

KNOWN lists what is a fault of the label or of the gold text, each with its reason. It holds other people's text as a
hash alone, as ``cleaner rules budget --known`` reads it, too. Exit status 1 where something went that is not in it.
"""

from __future__ import annotations

import argparse
import collections
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from quality import FILES, WORD, View, views

from cleaner.cli.rules.budget import fingerprint
from cleaner.model import NORMALISE, TIDY
from cleaner.pipeline import Cleaner

KNOWN = Path(__file__).resolve().with_name("known_losses.yaml")


@dataclass(frozen=True)
class Loss:
    """What one removal took from the lines of content of one text."""

    page: str
    """The page's id."""
    view: str
    """How its text was had: an extractor's name, ``dump``, or ``gold``."""
    line: int
    """The first of the lines, counted from 1."""
    rule: str
    """The id of the rule that took it."""
    words: int
    """How many words of content went."""
    text: str
    """What went."""

    @property
    def key(self) -> tuple[str, str, str]:
        """What the list of known faults tells losses apart by: the page, the rule, and a hash of what went."""
        return self.page, self.rule, fingerprint(self.text)


def losses(view: View, cleaner: Cleaner) -> Iterator[Loss]:
    """What rules took from the lines of a text that are labelled as content."""
    cleaned = cleaner.clean("\n".join(line for line, _ in view.lines))
    for edit in cleaned.edits:
        if edit.replacement or edit.cause.startswith((NORMALISE, TIDY)):
            continue
        parts, first, start = [], 0, 0
        for number, (line, label) in enumerate(view.lines, 1):
            part = line[max(0, edit.start - start) : max(0, edit.end - start)]
            start += len(line) + 1
            if label == "c" and WORD.search(part.casefold()):
                parts.append(part.strip())
                first = first or number
        if parts:
            text = "\n".join(parts)
            yield Loss(view.page, view.name, first, edit.cause, len(WORD.findall(text.casefold())), text)


def read_known(path: Path) -> dict[tuple[str, str, str], dict[str, Any]]:
    """The list: what tells a loss apart -> its entry. Raises ValueError for an entry without a reason."""
    entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    for entry in entries:
        if not entry.get("reason"):
            raise ValueError(f"{path}: {entry.get('rule')} on {entry.get('page')} has no reason")
    return {(entry["page"], entry["rule"], entry["text"]): entry for entry in entries}


def find(
    folder: Path, files: Iterable[str], kind: str = "", only: Iterable[str] = ()
) -> tuple[list[Loss], collections.Counter[str]]:
    """All losses in the profile ``standard``, and the words of content by view. ``only``: these views alone."""
    cleaner, found = Cleaner(), []
    content: collections.Counter[str] = collections.Counter()
    wanted = frozenset(only)
    for file in files:
        for view in views(folder, file):
            if (kind and view.type != kind) or (wanted and view.name not in wanted):
                continue
            content[view.name] += sum(len(WORD.findall(line.casefold())) for line, label in view.lines if label == "c")
            found += losses(view, cleaner)
    return found, content


def as_entries(found: Iterable[Loss]) -> Iterator[str]:
    """Entries of the list, one for each removal however many views show it; no text of the page is in them."""
    for (page, rule, text), same in _by_key(found).items():
        yield f"- rule: {rule}\n  page: {page}\n  text: {text}\n  words: {same[0].words}\n  reason: "


def _by_key(found: Iterable[Loss]) -> dict[tuple[str, str, str], list[Loss]]:
    by: dict[tuple[str, str, str], list[Loss]] = {}
    for loss in sorted(found, key=lambda loss: (loss.rule, loss.page, loss.line)):
        by.setdefault(loss.key, []).append(loss)
    return by


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder of the labelled pages")
    parser.add_argument("--files", nargs="+", default=list(FILES), metavar="NAME", help="articles, news, pages")
    parser.add_argument("--type", default="", help="only pages of this kind: article, forum, product …")
    parser.add_argument("--view", action="append", default=[], help="only this view; may be repeated")
    parser.add_argument("--known", type=Path, default=KNOWN, metavar="FILE", help="the list of known faults")
    parser.add_argument("--print-known", action="store_true", help="print what is not in the list as entries for it")
    parser.add_argument("--text", action="store_true", help="also print what went")
    args = parser.parse_args(arguments)
    known = read_known(args.known)
    found, content = find(args.data, args.files, args.type, args.view)
    new = [loss for loss in found if loss.key not in known]
    if args.print_known:
        print("\n".join(as_entries(new)))
        return 1 if new else 0
    for (page, rule, text), same in _by_key(found).items():
        entry = known.get((page, rule, text))
        places = ", ".join(f"{loss.view}:{loss.line}" for loss in same)
        print(f"{'known' if entry else 'NEW':5} {sum(loss.words for loss in same):4} words  {rule}  {page}  {places}")
        print(f"             {entry['reason'] if entry else 'not in the list'}")
        if args.text:
            print(f"             {' ⏎ '.join(same[0].text.splitlines())[:200]}")
    lost: collections.Counter[str] = collections.Counter()
    for loss in found:
        lost[loss.view] += loss.words
    for view, words in [*sorted(content.items()), ("all", content.total())]:
        gone = lost.total() if view == "all" else lost[view]
        print(f"{view:16} {gone:5} of {words:9,} words of content: {1e5 * gone / max(1, words):.1f} in 100,000")
    print(f"{len(new)} of {len(found)} removals are not in {args.known.name}", file=sys.stderr)
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main())
