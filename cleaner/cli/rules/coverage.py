"""``cleaner rules coverage``."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import click

from cleaner.cli.options import open_rules, rules_options
from cleaner.cli.rules.corpora import corpus_argument, docs, one_line
from cleaner.model import LEVELS


@click.command()
@corpus_argument
@click.option("--profile", type=click.Choice(LEVELS), default="thorough", show_default=True, help="Rules up to this level.")
@click.option("--words", default=8, show_default=True, help="Longest line that counts as short, in words.")
@click.option("--most", default=40, show_default=True, help="Unknown short lines to print.")
@click.option("--limit", default=0, help="Only so many texts.")
@click.option("--workers", type=int, help="Processes; as many as there are cores where nothing is said.")
@click.option("--json", "as_json", is_flag=True, help="Print all figures as JSON.")
@rules_options
def coverage(
    corpus: tuple[Path, ...],
    profile: str,
    words: int,
    most: int,
    limit: int,
    workers: int | None,
    as_json: bool,
    settings: dict[str, Any],
) -> None:
    """How often each rule cuts in CORPUS, which never do, and which frequent short lines no rule knows.

    Rules on trial are counted as if they cut, so that one sees what they would take.

    \b
    Examples:
      cleaner rules coverage corpus/
      cleaner rules coverage pages.jsonl.gz --json > coverage.json
    """
    from cleaner.shapes import word_count
    from cleaner.survey import survey

    ruleset = open_rules(settings)
    hits: Counter[str] = Counter()
    in_texts: Counter[str] = Counter()
    on_sites: dict[str, set[str]] = defaultdict(set)
    unknown: Counter[str] = Counter()
    unknown_sites: dict[str, set[str]] = defaultdict(set)
    spelling: dict[str, str] = {}
    texts = 0
    for doc, (removals,) in survey(docs(corpus, limit=limit), [(ruleset, {"profile": profile, "trials": True})], workers=workers):
        texts += 1
        hits.update(r.cause for r in removals)
        for cause in {r.cause for r in removals}:
            in_texts[cause] += 1
            on_sites[cause].add(doc.site)
        pos = 0
        for line in doc.text.split("\n"):
            start, pos = pos, pos + len(line) + 1
            shown = line.strip()
            if not shown or any(r.start < pos - 1 and r.end > start for r in removals) or not 0 < word_count(shown) <= words:
                continue
            key = " ".join(shown.lower().split())
            unknown[key] += 1
            unknown_sites[key].add(doc.site)
            spelling.setdefault(key, shown)
    used = [r for r in ruleset if r.status != "retired" and LEVELS.index(r.level) <= LEVELS.index(profile)]
    never = [r.id for r in used if not hits[r.id]]
    # What stands on many sites is the web's, what stands often on one is that site's.
    frequent = sorted((k for k, n in unknown.items() if n > 1), key=lambda k: (-len(unknown_sites[k]), -unknown[k], k))
    if as_json:
        found = {
            "rules": ruleset.version,
            "texts": texts,
            "hits": {
                r.id: {"count": hits[r.id], "texts": in_texts[r.id], "sites": len(on_sites[r.id]), "status": r.status}
                for r in used
            },
            "never": never,
            "unknown": [{"text": spelling[k], "count": unknown[k], "sites": len(unknown_sites[k])} for k in frequent[:2000]],
        }
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    click.secho("  hits  texts  sites  rule", bold=True)
    for r in sorted(used, key=lambda r: (-hits[r.id], r.id)):
        if hits[r.id]:
            trial = "  (trial: it would take these)" if r.status == "trial" else ""
            click.echo(f"{hits[r.id]:6} {in_texts[r.id]:6} {len(on_sites[r.id]):6}  {r.id}{trial}")
    click.secho(f"\nnever: {len(never)} rules", bold=True)
    for id_ in never:
        click.echo(f"  {id_}")
    click.secho(f"\nshort lines that no rule knows ({words} words at most), on most sites first", bold=True)
    click.secho(" count  sites  line", bold=True)
    for k in frequent[:most]:
        click.echo(f"{unknown[k]:6} {len(unknown_sites[k]):6}  {one_line(spelling[k])}")
    click.echo(f"{hits.total()} hits in {texts:,} texts; rules version {ruleset.version}", err=True)
