"""``cleaner rules diff``."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter, defaultdict
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cleaner.cli.rules.corpora import corpus_argument, docs, one_line
from cleaner.model import LEVELS

if TYPE_CHECKING:
    from cleaner.corpus import Doc
    from cleaner.model import RuleSet


@click.command()
@click.argument("old")
@click.argument("new")
@corpus_argument
@click.option("--path", default="rules", show_default=True, help="The rule folder in a git revision.")
@click.option("--profile", type=click.Choice(LEVELS), default="standard", show_default=True, help="How much goes.")
@click.option("--most-removed", type=int, metavar="N", help="Exit status 1 where more than N stretches are newly removed.")
@click.option("--most-kept", type=int, metavar="N", help="Exit status 1 where more than N stretches are newly kept.")
@click.option("--samples", default=5, show_default=True, help="Different texts to print of each rule.")
@click.option(
    "--sample", default=400, show_default=True, help="Clean at most so many of the texts that may differ; 0: all of them."
)
@click.option("--limit", default=0, help="Only so many texts.")
@click.option("--workers", type=int, help="Processes; as many as there are cores where nothing is said.")
@click.option("--json", "as_json", is_flag=True, help="Print the differences as JSON.")
def diff(
    old: str, new: str, corpus: tuple[Path, ...], path: str, profile: str, most_removed: int | None, most_kept: int | None, samples: int,
    sample: int, limit: int, workers: int | None, as_json: bool,
) -> None:  # fmt: skip
    """What two states of the rules take differently from CORPUS: newly removed, newly kept, by rule and site.

    OLD and NEW are rule folders or git revisions of the repository around the working folder; the code
    is this version's for both. Rules of a revision that this version can't read are left out and named.

    Every text is searched for what the rules that changed may match. Of the texts that have any, a sample
    is cleaned with both (--sample), always the same for the same corpus and rules, spread over all sites.

    \b
    Examples:
      cleaner rules diff HEAD~5 HEAD corpus/
      cleaner rules diff main rules/ pages.jsonl.gz --most-removed 100
    """
    from cleaner.survey import changed_rules, subtract, survey, touched

    with ExitStack() as stack:
        before, after = (_state(given, path, stack) for given in (old, new))
    added, gone, changed = changed_rules(before, after)
    texts = 0
    worth: list[Doc] = []
    for doc, differs in touched(docs(corpus, limit=limit), before, after, workers=workers):
        texts += 1
        if differs:
            worth.append(doc)
    chosen = sorted(worth, key=lambda d: hashlib.sha256(d.id.encode()).digest())[:sample] if sample else worth
    rules: dict[str, dict[str, Counter[str]]] = {"removed": defaultdict(Counter), "kept": defaultdict(Counter)}
    sites: dict[str, Counter[str]] = {"removed": Counter(), "kept": Counter()}
    labels: dict[str, Counter[str]] = {"removed": Counter(), "kept": Counter()}
    differing = 0
    options = {"profile": profile}
    for doc, (first, second) in survey(chosen, [(before, options), (after, options)], workers=workers):
        if first == second:
            continue
        found = [("removed", r) for r in subtract(second, first, doc.text)] + [
            ("kept", r) for r in subtract(first, second, doc.text)
        ]
        differing += bool(found)
        for side, r in found:
            rules[side][r.cause][r.text.strip()] += 1
            sites[side][doc.site] += 1
            if doc.labels:
                labels[side][doc.labels[doc.text.count("\n", 0, r.start + len(r.text) - len(r.text.lstrip()))]] += 1
    totals = {side: sum(c.total() for c in rules[side].values()) for side in rules}
    over = (most_removed is not None and totals["removed"] > most_removed) or (
        most_kept is not None and totals["kept"] > most_kept
    )
    if as_json:
        click.echo(
            json.dumps(
                {
                    "old": before.version, "new": after.version, "rules_added": sorted(added), "rules_gone": sorted(gone),
                    "rules_changed": sorted(changed), "texts": texts, "texts_touched": len(worth), "texts_cleaned": len(chosen), "texts_differing": differing, "over_limit": over,
                    **{
                        f"newly_{side}": {
                            "count": totals[side], "labels": dict(labels[side]), "sites": dict(sites[side].most_common()),
                            "rules": {i: dict(c.most_common()) for i, c in sorted(rules[side].items())},
                        }
                        for side in rules
                    },
                },
                ensure_ascii=False,
                indent=1,
            )
        )  # fmt: skip
        sys.exit(1 if over else 0)
    click.echo(f"{old} ({before.version}, {len(before)} rules) → {new} ({after.version}, {len(after)} rules)")
    click.echo(f"rules: {len(added)} new, {len(gone)} gone, {len(changed)} changed")
    part = "" if len(chosen) == len(worth) else f" (a sample of {len(chosen):,} was cleaned; --sample 0 for all)"
    click.echo(f"texts: {texts:,}, of which {len(worth):,} hold what changed rules may match{part}; {differing} differ")
    for side, colour in (("removed", "red"), ("kept", "green")):
        told = ", ".join(f"{n} {_LABELS.get(label, label)}" for label, n in labels[side].most_common())
        click.secho(f"\nnewly {side}: {totals[side]}{f' ({told})' if told else ''}", bold=True)
        for id_, found_texts in sorted(rules[side].items(), key=lambda kv: -kv[1].total()):
            mark = " (new rule)" if id_ in added else " (rule is gone)" if id_ in gone else " (changed)" if id_ in changed else ""
            click.echo(f"  {found_texts.total():6}  {id_}{mark}")
            for text, n in found_texts.most_common(samples):
                click.secho(f"            {n:5}× ", nl=False, dim=True)
                click.secho(one_line(text), fg=colour)
        if sites[side]:
            click.echo("  by site: " + ", ".join(f"{site} {n}" for site, n in sites[side].most_common(10)))
    if over:
        click.echo("more than the limit", err=True)
    sys.exit(1 if over else 0)


_LABELS = {"c": "content", "b": "boilerplate", "u": "unsure"}


def _state(given: str, path: str, stack: ExitStack) -> RuleSet:
    """The rules in a folder, or in a git revision."""
    from cleaner.detectors import DETECTORS
    from cleaner.rules import load_sound

    folder = Path(given)
    if not folder.is_dir():
        folder = _checkout(given, path, Path(stack.enter_context(tempfile.TemporaryDirectory())))
    ruleset, problems = load_sound([folder])
    left_out = sorted({f"{Path(p.path).parent.name}/{Path(p.path).stem}/{p.rule}" for p in problems})
    left_out += [r.id for r in ruleset if r.kind == "detector" and r.detector not in DETECTORS]
    if left_out:
        click.echo(f"{given}: left out, for this version can't read them: {', '.join(left_out)}", err=True)
    return replace(ruleset, rules=tuple(r for r in ruleset if r.kind != "detector" or r.detector in DETECTORS))


def _checkout(revision: str, path: str, into: Path) -> Path:
    """The rule folder as it was in a git revision, written under ``into``."""
    try:
        top = subprocess.run(["git", "rev-parse", "--show-toplevel"], capture_output=True, text=True, check=True).stdout.strip()
        archive = subprocess.run(["git", "archive", revision, "--", path], capture_output=True, check=True, cwd=top).stdout
    except FileNotFoundError:
        raise click.UsageError(f"{revision!r} is no folder, and git, which could know it, is not installed") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr if isinstance(error.stderr, str) else error.stderr.decode(errors="replace")
        raise click.UsageError(f"{revision!r} is neither a folder nor a git revision with {path}/: {said.strip()}") from None
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(into, filter="data")
    return into / path
