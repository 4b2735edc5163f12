#!/usr/bin/env python3
"""Measure the rules on real pages whose lines are labelled, and write ``docs/quality.md``.

    python benchmarks/quality.py DIR                        a table on the terminal
    python benchmarks/quality.py DIR --write docs/quality.md
    python benchmarks/quality.py DIR --rules                what each rule took, content first: for tuning

DIR holds pages, a page a line of ``*.jsonl.gz``: ``{id, url, lang, type, gold, views: {name: [[line, label], …]}}``.
A view is one way in which the page's text was had; a label is ``c`` content, ``b`` boilerplate or ``u`` unsure,
which counts neither way. ``articles`` and ``news`` are what figures are for; ``pages`` holds whole sites of seven
kinds. ``residue.jsonl`` beside them names the family of single boilerplate lines.

The pages' text is other people's and is not part of this project; SOURCES says whose.
"""

from __future__ import annotations

import argparse
import collections
import gzip
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cleaner.language import detect
from cleaner.model import NORMALISE, TIDY, Edit
from cleaner.pipeline import Cleaner

SOURCES = """\
| file | pages | from | licence |
|---|--:|---|---|
| `articles` | 91 | news and blog articles of 2019 out of [scrapinghub/article-extraction-benchmark](https://github.com/scrapinghub/article-extraction-benchmark), with the output of the extractors compared there | MIT |
| `news` | 134 | test pages of [flairNLP/fundus](https://github.com/flairNLP/fundus), 2023–2026, mostly German and English | MIT |
| `pages` | 1,497 | [WCXB](https://github.com/Murrough-Foley/web-content-extraction-benchmark), seven kinds of pages, English | CC BY 4.0 |"""

HONEST = """\
How far to trust this:

- The labels were made by a program: each line was aligned with the page's gold text, the main text as a person marked
  it. In the views of extractors 2–5 % of the boilerplate labels are wrong, and about 0.5 % of the content labels. Captions
  count neither way. The gold itself keeps some residue: a credit under a photo, a note about affiliate links. Where a
  rule takes such a line it counts as lost content here, and the list of rules below shows it.
- Rules were written by people who had seen what goes and what stays on these very pages, as well as on others. No
  sentence of theirs is in a rule or an example, but other pages will do a little worse.
- The families of single lines were labelled by hand, by one person, on a sample; small families say little."""

MEANING = """\
*removed*: share of the boilerplate's words that went. *lost*: words that rules took from lines of content, in
100,000 words of content; the gold text of every page was cleaned as well and counts as one more view. *F1*: overlap
in words of the text with the page's gold text, the mean over pages; *before* as it was given, *oracle* when all that
is labelled boilerplate goes and nothing else. *gap closed*: (F1 - before) / (oracle - before). A Chinese or Japanese
character counts as a word."""

WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")
PROFILES = ("careful", "standard", "thorough")
FILES = ("articles", "news")
#: Views in which a page's text was had by an extractor, and the dump, which has everything.
GOLD = "gold"


@dataclass(frozen=True)
class View:
    """One text of one page, with the labels of its lines."""

    page: str
    """The page's id."""
    name: str
    """How the text was had: an extractor's name, ``dump``, or ``gold``."""
    language: str
    """Two letters, or ``?``."""
    type: str
    """The kind of page: article, forum, product …"""
    gold: collections.Counter[str]
    """The words of the page's gold text."""
    lines: tuple[tuple[str, str], ...]
    """Each line with its label."""


@dataclass
class Figures:
    """Sums over texts; the means and shares come from them."""

    words: collections.Counter[str] = field(default_factory=collections.Counter)
    """Words by label."""
    gone: collections.Counter[str] = field(default_factory=collections.Counter)
    """Words that rules took, by label."""
    f1: list[tuple[float, float, float]] = field(default_factory=list)
    """Of each text: F1 before, after, and of the oracle."""

    def row(self) -> list[str]:
        before, after, oracle = (sum(f) / len(self.f1) for f in zip(*self.f1, strict=True))
        gap = (after - before) / (oracle - before) if oracle > before else None
        return [
            f"{len(self.f1):,}",
            percent(self.gone["b"], self.words["b"]),
            f"{1e5 * self.gone['c'] / max(1, self.words['c']):.1f}",
            f"{before:.4f}",
            f"{after:.4f}",
            f"{oracle:.4f}",
            "–" if gap is None else f"{100 * gap:.0f} %",
        ]


@dataclass
class Taken:
    """What one rule took, by the label of the line."""

    words: collections.Counter[str] = field(default_factory=collections.Counter)
    samples: dict[str, collections.Counter[str]] = field(default_factory=lambda: collections.defaultdict(collections.Counter))


@dataclass
class Measured:
    """One profile over one set of pages."""

    by: dict[str, dict[str, Figures]] = field(
        default_factory=lambda: collections.defaultdict(lambda: collections.defaultdict(Figures))
    )
    """Figures by view, language and type."""
    rules: dict[str, Taken] = field(default_factory=lambda: collections.defaultdict(Taken))
    families: dict[str, list[bool]] = field(default_factory=lambda: collections.defaultdict(list))
    """Of the lines labelled by hand: did most of it go?"""
    missed: dict[str, list[str]] = field(default_factory=lambda: collections.defaultdict(list))


def percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def views(folder: Path, file: str, *, gold: bool = True) -> Iterator[View]:
    """All texts of a file's pages; ``gold``: each page's gold text, too, every line of it content."""
    with gzip.open(folder / f"{file}.jsonl.gz", "rt", encoding="utf-8") as records:
        for record in records:
            page = json.loads(record)
            counted = collections.Counter(WORD.findall(page["gold"].casefold()))
            texts = {name: [(line, label) for line, label in lines] for name, lines in page["views"].items() if lines}
            if gold:
                texts[GOLD] = [(line.strip(), "c") for line in page["gold"].split("\n") if line.strip()]
            language = (page.get("lang") or detect(page["gold"]) or "?")[:2]
            for name, lines in texts.items():
                yield View(page["id"], name, language, page.get("type") or "?", counted, tuple(lines))


def labelled_by_hand(folder: Path) -> dict[tuple[str, str, str], str]:
    """(page, view, line) -> family, of the lines of which the text alone tells that they can go."""
    path = folder / "residue.jsonl"
    if not path.exists():
        return {}
    records = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {(r["doc"], r["view"], r["text"]): r["label"] for r in records if r["text_only"]}


def f1(words: Iterable[str], gold: collections.Counter[str]) -> float:
    found = collections.Counter(words)
    both = found.total() + gold.total()
    return 2 * (found & gold).total() / both if both else 1.0


def measure(measured: Measured, view: View, cleaner: Cleaner, known: dict[tuple[str, str, str], str]) -> None:
    """Clean one text and add what came of it."""
    text = "\n".join(line for line, _ in view.lines)
    cleaned = cleaner.clean(text)
    removals = [e for e in cleaned.edits if not e.replacement and not e.cause.startswith((NORMALISE, TIDY))]
    figures = [
        measured.by["view"][view.name],
        *([measured.by["language"][view.language], measured.by["type"][view.type]] if view.name != GOLD else []),
        measured.by["all"]["all"],
    ]
    start = 0
    all_words: list[str] = []
    wanted: list[str] = []
    for line, label in view.lines:
        words = WORD.findall(line.casefold())
        all_words += words
        if label != "b":
            wanted += words
        gone = sum(take(measured, view, line, label, start, removals))
        for one in figures:
            one.words[label] += len(words)
            one.gone[label] += gone
        family = known.get((view.page, view.name, line))
        if family:
            measured.families[family].append(2 * gone > len(words))
            if 2 * gone <= len(words):
                measured.missed[family].append(line)
        start += len(line) + 1
    scores = f1(all_words, view.gold), f1(WORD.findall(cleaned.text.casefold()), view.gold), f1(wanted, view.gold)
    for one in figures:
        one.f1.append(scores)


def take(measured: Measured, view: View, line: str, label: str, start: int, removals: list[Edit]) -> Iterator[int]:
    """Words that each removal took from a line that starts at ``start``; noted under its rule."""
    for removal in removals:
        if removal.start >= start + len(line) or removal.end <= start:
            continue
        part = line[max(0, removal.start - start) : removal.end - start]
        gone = len(WORD.findall(part))
        taken = measured.rules[removal.cause]
        kind = GOLD if view.name == GOLD else label
        taken.words[kind] += gone
        taken.samples[kind][part if len(part) >= len(line.strip()) else f"{line[:60]} … [[{part}]]"] += gone
        yield gone


def run(folder: Path, file_names: Iterable[str], profile: str, kind: str = "") -> Measured:
    """One profile over some of the files; ``kind``: over pages of this kind alone."""
    measured, known, cleaner = Measured(), labelled_by_hand(folder), Cleaner(profile=profile)  # type: ignore[arg-type]
    for name in file_names:
        for view in (v for v in views(folder, name) if not kind or v.type == kind):
            measure(measured, view, cleaner, known)
    return measured


HEAD = ["texts", "removed", "lost", "before", "F1", "oracle", "gap closed"]


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join(["---"] + ["--:"] * (len(head) - 1)) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def figures_by(measured: Measured, key: str, few: int = 0) -> str:
    """The table by view, language or type; what has fewer texts than ``few`` is left out."""
    rows = sorted(measured.by[key].items(), key=lambda kv: -len(kv[1].f1))
    return table([key, *HEAD], ([name, *f.row()] for name, f in rows if len(f.f1) >= few))


def families_of(by_profile: dict[str, Measured]) -> str:
    names = sorted({n for m in by_profile.values() for n in m.families})
    first = next(iter(by_profile.values()))
    rows = (
        [n, str(len(first.families[n])), *(percent(sum(m.families[n]), len(m.families[n])) for m in by_profile.values())]
        for n in names
    )
    return table(["family", "lines", *by_profile], rows)


def taken_by_rule(measured: Measured, most: int) -> str:
    """The rules that took most words of content."""
    lost = {rule: t.words["c"] + t.words[GOLD] for rule, t in measured.rules.items()}
    ranked = sorted((n, rule) for rule, n in lost.items() if n)[::-1][:most]
    rows = (
        [f"`{rule}`", str(n), str(measured.rules[rule].words["b"]), percent(n, n + measured.rules[rule].words["b"])]
        for n, rule in ranked
    )
    return table(["rule", "words of content", "of boilerplate", "content's share"], rows)


def report(folder: Path, say: Callable[[str], None]) -> str:
    """The page ``docs/quality.md``."""
    news = {}
    for profile in PROFILES:
        say(f"{' + '.join(FILES)}, {profile}")
        news[profile] = run(folder, FILES, profile)
    wide = {}
    for profile in ("standard",) if (folder / "pages.jsonl.gz").exists() else ():
        say(f"pages, {profile}")
        wide[profile] = run(folder, ["pages"], profile)
    parts = [
        "# Quality",
        "How much of the residue of real pages the rules take, and how much of the content with it. Made by `benchmarks/quality.py`, "
        "which anybody with the data can run.",
        "## The data",
        SOURCES,
        "No text of these pages is part of this project.",
        HONEST,
        "## News and articles",
        MEANING,
        *(f"### Profile `{p}`\n\n{figures_by(m, 'view')}" for p, m in news.items()),
        "### By language\n\nProfile `standard`, all views but the gold, languages of nine texts or more.\n\n"
        + figures_by(news["standard"], "language", few=9),
        "### By family\n\nLines labelled by hand of which the text alone tells that they can go: share that went. Bylines, "
        "authors' blurbs, other articles' headlines, captions, tags and readers' comments are kept by `standard` on purpose.\n\n"
        + families_of(news),
        "### Content lost, by rule\n\nProfile `standard`. A high share means that the gold text often keeps such lines.\n\n"
        + taken_by_rule(news["standard"], 25),
    ]
    if wide:
        parts += [
            "## Whole sites",
            "`pages`: seven kinds of pages, with a looser gold text than above.",
            *(f"### Profile `{p}`\n\n{figures_by(m, 'view')}\n\n{figures_by(m, 'type')}" for p, m in wide.items()),
        ]
    return "\n\n".join(parts) + "\n"


def for_tuning(measured: Measured, samples: int, only: str) -> Iterator[str]:
    """Every rule with what it took by label and some of it, most content first."""

    def lost(taken: Taken) -> int:
        return taken.words["c"] + taken.words[GOLD]

    for rule, taken in sorted(measured.rules.items(), key=lambda kv: (-lost(kv[1]), -kv[1].words["u"])):
        if only and only not in rule:
            continue
        yield f"{lost(taken):5} content {taken.words['b']:6} boilerplate {taken.words['u']:6} unsure  {rule}"
        for label in ("c", GOLD, "u", "b"):
            for text, words in taken.samples[label].most_common(samples):
                yield f"        {label[0]} {words:4}  {text[:220]!r}"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder of the labelled pages")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page of all figures")
    parser.add_argument("--rules", nargs="?", const="", metavar="PART", help="what each rule took, those with PART in their id")
    parser.add_argument("--missed", nargs="?", const="", metavar="FAMILY", help="lines labelled by hand that stayed")
    parser.add_argument("--profile", default="standard", choices=PROFILES)
    parser.add_argument("--files", nargs="+", default=list(FILES), metavar="NAME", help="articles, news, pages")
    parser.add_argument("--type", default="", help="only pages of this kind: article, forum, product …")
    parser.add_argument("--samples", type=int, default=3, help="samples a rule and label")
    args = parser.parse_args(arguments)
    if args.write:
        page = report(args.data, lambda step: print(step, file=sys.stderr))
        args.write.write_text(page, encoding="utf-8")
        return 0
    measured = run(args.data, args.files, args.profile, args.type)
    if args.rules is not None:
        print(figures_by(measured, "view"), end="\n\n")
        print("\n".join(for_tuning(measured, args.samples, args.rules)))
        return 0
    for key in ("view", "language", "type", "all"):
        print(figures_by(measured, key), end="\n\n")
    print(families_of({args.profile: measured}))
    if args.missed is not None:
        for family, lines in sorted(measured.missed.items()):
            if args.missed in family:
                print(f"\n{family}", *(f"  {line[:220]}" for line in lines), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
