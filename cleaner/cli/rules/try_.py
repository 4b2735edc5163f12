"""``cleaner rules try``."""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.options import rules_options
from cleaner.cli.rules.corpora import corpus_argument, docs, one_line

if TYPE_CHECKING:
    from cleaner.model import RuleSet

_NAME = "try-out"


@dataclass
class _Group:
    """What the pattern takes that reads alike."""

    text: str
    count: int = 0
    sites: set[str] = field(default_factory=set)
    labels: Counter[str] = field(default_factory=Counter)
    contexts: list[dict[str, str]] = field(default_factory=list)


@click.command("try")
@click.argument("pattern")
@corpus_argument
@click.option("--remove", type=click.Choice(["line", "span", "block"]), default="line", show_default=True, help="What goes.")
@click.option(
    "--at",
    type=click.Choice(["start", "end"]),
    default="end",
    show_default=True,
    help="With --remove span: the side of the line.",
)
@click.option(
    "--while",
    "shape",
    type=click.Choice(["headline", "bullet", "any"]),
    help="With --remove block: what the lines under it look like.",
)
@click.option(
    "--regex",
    "cues",
    multiple=True,
    metavar="CUE",
    help="PATTERN is a regular expression; CUE is a word of which one is in every match.",
)
@click.option("--unless", multiple=True, metavar="REGEX", help="Leave lines alone in which this is found.")
@click.option("--new", is_flag=True, help="Only what no rule takes yet.")
@click.option("--most", default=20, show_default=True, help="Groups to print.")
@click.option("--context", default=2, show_default=True, help="Sightings to print of each group, with the lines around them.")
@click.option("--limit", default=0, help="Only so many texts.")
@click.option("--json", "as_json", is_flag=True, help="Print all groups as JSON.")
@rules_options
def try_(
    pattern: str, corpus: tuple[Path, ...], remove: str, at: str, shape: str | None, cues: tuple[str, ...], unless: tuple[str, ...],
    new: bool, most: int, context: int, limit: int, as_json: bool, settings: dict[str, Any],
) -> None:  # fmt: skip
    """See what a pattern would take from CORPUS before it is a rule: grouped, counted, with context.

    PATTERN is a phrase as in a rule file: words, {slots}, (a|b), (a|b)?. CORPUS is a text file, a folder of
    them, or JSON Lines with 'text' (or labelled pages, whose labels are then counted too).

    \b
    Examples:
      cleaner rules try 'partilhe (isto)? (no|na|em) {platform}' corpus/
      cleaner rules try 'photo: {person}' --remove span pages.jsonl.gz --new
      cleaner rules try '\\d+ shares?' --regex share pages.jsonl.gz
    """
    from cleaner.corpus import label_of
    from cleaner.pipeline import Cleaner

    rule = {"remove": remove, "level": "standard"}
    rule |= {"at": at} if remove == "span" else {}
    rule |= {"while": shape} if remove == "block" and shape else {}
    ruleset = _with_pattern(pattern, rule, cues, unless, settings)
    alone = Cleaner(replace(ruleset, rules=tuple(r for r in ruleset if r.family == _NAME)), profile="thorough")
    others = Cleaner(replace(ruleset, rules=tuple(r for r in ruleset if r.family != _NAME))) if new else None
    groups: dict[str, _Group] = {}
    texts = hits = 0
    for doc in docs(corpus, limit=limit):
        texts += 1
        text = others.clean_text(doc.text) if others else doc.text
        removals = alone.clean(text).removals
        lines = text.split("\n") if removals else []
        for went in removals:
            hits += 1
            number = text.count("\n", 0, went.start + len(went.text) - len(went.text.lstrip()))
            group = groups.setdefault(" ".join(went.text.lower().split()), _Group(went.text.strip()))
            group.count += 1
            group.sites.add(doc.site)
            if not others and (label := label_of(doc, number)):
                group.labels[label] += 1
            if len(group.contexts) < context:
                before = next((x for x in reversed(lines[:number]) if x.strip()), "")
                last = number + went.text.strip().count("\n")
                after = next((x for x in lines[last + 1 :] if x.strip()), "")
                group.contexts.append(
                    {"doc": doc.id, "before": before, "line": "\n".join(lines[number : last + 1]), "after": after}
                )
    ordered = sorted(groups.values(), key=lambda g: (-g.count, g.text))
    if as_json:
        found = [
            {"text": g.text, "count": g.count, "sites": len(g.sites), "labels": dict(g.labels), "contexts": g.contexts}
            for g in ordered
        ]
        click.echo(
            json.dumps({"rules": ruleset.version, "texts": texts, "hits": hits, "groups": found}, ensure_ascii=False, indent=1)
        )
        return
    for g in ordered[:most]:
        labels = "  " + " ".join(f"{n}×{label}" for label, n in sorted(g.labels.items())) if g.labels else ""
        click.secho(f"{g.count:6}×  {len(g.sites)} site{'s' * (len(g.sites) > 1)}{labels}  ", nl=False)
        click.secho(one_line(g.text), fg="red")
        for c in g.contexts:
            click.secho(f"           {c['doc']}", dim=True)
            click.secho(f"           │ {one_line(c['before'])}", dim=True)
            click.echo(f"           │ {one_line(c['line'])}")
            click.secho(f"           │ {one_line(c['after'])}", dim=True)
    if len(ordered) > most:
        click.echo(f"… and {len(ordered) - most} more groups (--most, --json)")
    sites = len({s for g in ordered for s in g.sites})
    click.echo(
        f"{hits} hits in {texts:,} texts, {len(ordered)} different, on {sites} sites; rules version {ruleset.version}", err=True
    )


def _with_pattern(
    pattern: str, rule: dict[str, str], cues: tuple[str, ...], unless: tuple[str, ...], settings: dict[str, Any]
) -> RuleSet:
    """All rules and one of the pattern, read as any rule is so that its faults are told alike."""
    import yaml

    from cleaner.config import load_rules
    from cleaner.problems import RulesError

    entry: dict[str, Any] = {"id": _NAME, "why": "A pattern that is tried out.", **rule}
    if cues:
        entry |= {"regex": [pattern], "cues": [c.lower() for c in cues]}
    else:
        entry["phrases"] = [pattern]
    entry |= {"unless": list(unless)} if unless else {}
    entry |= {"removes": ["[[x]]"], "keeps": ["x"]}
    with tempfile.TemporaryDirectory() as folder:
        family = Path(folder, _NAME)
        family.mkdir()
        sentence = "What the pattern that is tried out takes."
        family.joinpath("family.yaml").write_text(yaml.safe_dump({"removes": sentence, "keeps": sentence}), encoding="utf-8")
        family.joinpath("any.yaml").write_text(
            yaml.safe_dump([entry], allow_unicode=True, sort_keys=False, width=10_000), encoding="utf-8"
        )
        try:
            return load_rules(**{**settings, "rules": (*settings["rules"], Path(folder))}, cache=False)
        except RulesError as error:
            own = [p for p in error.problems if p.rule == _NAME]
            if not own:
                click.echo(str(error), err=True)
                sys.exit(2)
            raise click.UsageError("\n".join(f"{p.message}{'; ' * bool(p.mend)}{p.mend}" for p in own)) from None
