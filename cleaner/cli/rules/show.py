"""``cleaner rules show``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.options import open_rules, rules_options

if TYPE_CHECKING:
    from rich.console import Console

    from cleaner.check import Outcome
    from cleaner.model import Rule


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--json", "as_json", is_flag=True, help="Print the rules as JSON.")
@rules_options
def show(ids: tuple[str, ...], as_json: bool, settings: dict[str, Any]) -> None:
    """Show rules: their patterns in full, their cues, their examples as they run.

    ID is family/language/name, or a part of it where no other rule has it.

    \b
    Examples:
      cleaner rules show share_prompts/en/follow-on-platform
      cleaner rules show follow-on-platform
    """
    from rich.console import Console

    from cleaner.check import Bench
    from cleaner.config import origin
    from cleaner.rules import expand, source_regex

    ruleset = open_rules(settings)
    bench = Bench(ruleset)
    out = []
    console = Console(soft_wrap=True, highlight=False)
    for rule in [r for i in ids for r in find_rules(ruleset.rules, i)]:
        patterns = [
            {"source": p.source, "expanded": expand(source_regex(p), ruleset.slots), "cues": list(p.cues)} for p in rule.patterns
        ]
        outcomes = [] if rule.status == "retired" else list(bench.outcomes(rule))
        if as_json:
            examples = [as_data(o) for o in outcomes]
            out.append({**asdict(rule), "origin": origin(rule.path), "patterns": patterns, "examples": examples})
            continue
        place = f"{shown_path_of(rule)}:{rule.line}"
        console.print(f"[bold]{rule.id}[/bold]  [dim]{place}[/dim]")
        console.print(rule.why, markup=False)
        facts = [f"removes: {rule.kind}", f"level: {rule.level}", f"status: {rule.status}", f"from: {origin(rule.path)}"]
        facts += [f"at: {rule.at}"] if rule.kind == "span" else []
        facts += [f"words: {rule.words}"] if rule.kind in ("line", "block") else []
        facts += [f"while: {rule.shape}", f"most: {rule.most}"] if rule.kind == "block" else []
        facts += [f"detector: {rule.detector}"] if rule.detector else []
        facts += [f"{k}: {v}" for k, v in (("since", rule.since), ("seen", rule.seen)) if v]
        console.print(" · ".join(facts), style="dim", markup=False)
        for p in patterns:
            console.print("\n[cyan]pattern[/cyan]", end="  ")
            console.print(p["source"], markup=False)
            console.print("[dim]  cues[/dim]", end="  ")
            console.print(", ".join(p["cues"]), style="dim", markup=False)
            console.print("[dim]  is[/dim]", end="    ")
            full = str(p["expanded"])
            console.print(
                full if len(full) < 600 else f"{full[:600]}… ({len(full)} characters; --json has all)", style="dim", markup=False
            )
        for u in ruleset.unless_of(rule):
            console.print("\n[cyan]unless[/cyan]", end="  ")
            console.print(u, markup=False)
        console.print()
        for o in outcomes:
            print_outcome(console, o)
        console.print()
    if as_json:
        click.echo(json.dumps({"rules": ruleset.version, "list": out}, ensure_ascii=False, indent=1))
    else:
        click.echo(f"rules version {ruleset.version}", err=True)


def shown_path_of(rule: Rule) -> str:
    """The path of a rule's file, for people."""
    from pathlib import Path

    from cleaner.rules import shown_path

    return shown_path(Path(rule.path))


def find_rules(rules: tuple[Rule, ...], wanted: str) -> list[Rule]:
    """The rule with this id, or the one whose id holds it; ends the command where there is none or several."""
    from difflib import get_close_matches

    exact = [r for r in rules if wanted in (r.id, r.id.rsplit("/", 1)[-1])]
    found = exact or [r for r in rules if wanted in r.id]
    if len(found) > 1 and not exact:
        raise click.UsageError(f"several rules have {wanted!r} in their id: {', '.join(r.id for r in found[:12])}")
    if not found:
        names = {r.id for r in rules} | {r.id.rsplit("/", 1)[-1] for r in rules}
        near = get_close_matches(wanted, sorted(names), 1)
        raise click.UsageError(f"there is no rule {wanted!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
    return found


def as_data(outcome: Outcome) -> dict[str, Any]:
    """An example's run as plain data."""
    bad = outcome.bad
    return {
        "rule": outcome.rule.id,
        "kind": outcome.key,
        "given": outcome.given,
        "wanted": outcome.wanted,
        "left": (bad or outcome.alone).text.rstrip("\n"),
        "removed_by": sorted({r.cause for r in (bad or outcome.alone).removals}),
        "right": bad is None,
    }


def print_outcome(console: Console, outcome: Outcome) -> None:
    """An example with what went from it, struck through, or between [- and -] without colours."""
    from rich.text import Text

    bad = outcome.bad
    cleaned = bad or outcome.alone
    line = Text.assemble(("✓ " if bad is None else "✗ ", "green" if bad is None else "bold red"), (f"{outcome.key:8}", "dim"))
    pos = 0
    for r in cleaned.removals:
        line.append(outcome.given[pos : r.start].replace("\n", " ⏎ "))
        went = r.text.strip("\n").replace("\n", " ⏎ ")
        line.append(went if console.is_terminal else f"[-{went}-]", style="red strike")
        if r.cause != outcome.rule.id:
            line.append(f" ({r.cause})", style="cyan")
        pos = r.end
    line.append(outcome.given[pos:].replace("\n", " ⏎ "))
    console.print(line)
