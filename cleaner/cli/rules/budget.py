"""``cleaner rules budget``."""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import click

from cleaner.cli.options import open_rules, rules_options
from cleaner.cli.rules.corpora import corpus_argument, docs, one_line
from cleaner.model import Level

#: Lines of clean text that may go: none in careful; in standard fewer than one in so many.
ONE_LINE_IN = {"careful": 0, "standard": 100_000}


@click.command()
@corpus_argument
@click.option(
    "--known",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Faults of the corpus itself, each with its reason.",
)
@click.option("--print-known", is_flag=True, help="Print what went as entries for --known, reasons to be filled in.")
@click.option("--limit", default=0, help="Only so many texts.")
@click.option("--workers", type=int, help="Processes; as many as there are cores where nothing is said.")
@click.option("--json", "as_json", is_flag=True, help="Print all that went as JSON.")
@rules_options
def budget(
    corpus: tuple[Path, ...], known: Path | None, print_known: bool, limit: int, workers: int | None, as_json: bool,
    settings: dict[str, Any],
) -> None:  # fmt: skip
    """Count what the rules take from text that is known to be clean; fail above the budget.

    The budget: nothing in `careful`, and in `standard` less than one line in 100,000. CORPUS is clean
    prose; of labelled pages the gold text is taken. Where the corpus itself is at fault (a share prompt
    in a gold text) the fault is listed in a file for --known: a list of entries with 'rule', 'text' (a hash
    of what went, as --print-known prints it) and 'reason'.

    Exit status 1 above the budget.

    \b
    Examples:
      cleaner rules budget fixtures/prose
      cleaner rules budget pages.jsonl.gz --known fixtures/known-gold-faults.yaml
    """
    from cleaner.survey import survey

    ruleset = open_rules(settings)
    excused = read_known(known) if known else {}
    profiles: tuple[Level, ...] = ("careful", "standard")
    went: dict[str, dict[str, Counter[str]]] = {p: defaultdict(Counter) for p in profiles}
    where: dict[tuple[str, str], str] = {}
    lines = texts = forgiven = 0
    used: set[tuple[str, str]] = set()
    options = [(ruleset, {"profile": p}) for p in profiles]
    for doc, taken in survey(docs(corpus, limit=limit, clean=True), options, workers=workers):
        texts += 1
        lines += sum(1 for line in doc.text.split("\n") if line.strip())
        for profile, removals in zip(profiles, taken, strict=True):
            for r in removals:
                key = r.cause, fingerprint(r.text)
                if key in excused:
                    used.add(key)
                    forgiven += profile == "standard"
                    continue
                went[profile][r.cause][r.text.strip()] += 1
                where.setdefault((r.cause, r.text.strip()), doc.id)
    counts = {p: sum(c.total() for c in went[p].values()) for p in profiles}
    allowed = {"careful": 0.0, "standard": lines / ONE_LINE_IN["standard"]}
    over = [p for p in profiles if counts[p] > 0 and counts[p] >= allowed[p]]
    if print_known:
        for cause, found in sorted(went["standard"].items()):
            for text in found:
                click.echo(
                    f"- rule: {cause}\n  text: {fingerprint(text)}\n  reason: FILL IN {where[cause, text]}"
                )
        sys.exit(1 if over else 0)
    if as_json:
        rows = {
            p: {i: [{"text": t, "count": n, "doc": where[i, t]} for t, n in c.most_common()] for i, c in sorted(went[p].items())}
            for p in profiles
        }
        found_all = {
            "rules": ruleset.version, "texts": texts, "lines": lines, "counts": counts, "allowed": allowed, "known": forgiven,
            "over_budget": over, "went": rows,
        }  # fmt: skip
        click.echo(json.dumps(found_all, ensure_ascii=False, indent=1))
        sys.exit(1 if over else 0)
    for p in profiles:
        for cause, found in sorted(went[p].items(), key=lambda kv: -kv[1].total()):
            click.echo(f"{p:8}  {found.total():5}  {cause}")
            for text, n in found.most_common():
                click.secho(f"{'':17}{n:4}×  {one_line(text)}  ", nl=False)
                click.secho(f"({where[cause, text]})", dim=True)
    for p in profiles:
        share = f"one in {lines // counts[p]:,}" if counts[p] else "none"
        bound = "none may go" if not ONE_LINE_IN[p] else f"fewer than one in {ONE_LINE_IN[p]:,} may go"
        click.secho(f"{p:8}  {counts[p]} of {lines:,} lines: {share} ({bound})", fg="red" if p in over else "green")
    click.echo(f"{texts:,} clean texts, {forgiven} known faults of theirs; rules version {ruleset.version}", err=True)
    stale = excused.keys() - used
    if stale and not limit:
        click.echo(
            f"{len(stale)} entries of {known} no longer happen here: {', '.join(sorted(r for r, _ in stale)[:5])} …", err=True
        )
    sys.exit(1 if over else 0)


def fingerprint(text: str) -> str:
    """A short hash of what went, white space aside: other people's text need not stand in this repository."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:16]


def read_known(path: Path) -> dict[tuple[str, str], str]:
    """The faults that a file lists: (rule, hash of what went) -> reason. Ends the command where it is not such a list."""
    import yaml

    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8")) or []
        return {(str(e["rule"]), str(e["text"])): str(e["reason"]) for e in data}
    except (yaml.YAMLError, UnicodeDecodeError, TypeError, KeyError) as error:
        raise click.UsageError(f"{path}: must be a list of entries with 'rule', 'text' and 'reason': {error}") from None
