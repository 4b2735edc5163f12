"""``cleaner rules test``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.options import open_rules, rules_options

if TYPE_CHECKING:
    from rich.console import Console

    from cleaner.check import Outcome
    from cleaner.model import Rule


@click.command()
@click.argument("what", nargs=-1, metavar="[PATH|ID]...")
@click.option("-v", "--verbose", is_flag=True, help="Show the examples that are right as well.")
@click.option("--json", "as_json", is_flag=True, help="Print one object an example as JSON.")
@rules_options
def test(what: tuple[str, ...], verbose: bool, as_json: bool, settings: dict[str, Any]) -> None:
    """Run the examples of some rules: what went, and what should have, as a diff.

    PATH is a rule file, a family's folder or a rule folder; ID a rule or the beginning of its id.
    Without either all examples are run. Exit status 1 where one is wrong.

    \b
    Examples:
      cleaner rules test rules/share_prompts/pt.yaml
      cleaner rules test share_prompts/pt follow-on-platform -v
    """
    from rich.console import Console

    from cleaner.check import Bench
    from cleaner.cli.rules.show import as_data, print_outcome

    ruleset = open_rules(_with_own_folders(what, settings))
    rules = [r for r in ruleset if r.status != "retired" and (not what or any(_is_meant(r, w) for w in what))]
    if not rules:
        raise click.UsageError(f"no rule is meant by {' '.join(what)}")
    bench = Bench(ruleset)
    outcomes = [o for r in rules for o in bench.outcomes(r)]
    wrong = [o for o in outcomes if o.bad]
    if as_json:
        found = [as_data(o) for o in outcomes]
        click.echo(json.dumps({"rules": ruleset.version, "examples": found}, ensure_ascii=False, indent=1))
        sys.exit(1 if wrong else 0)
    console = Console(soft_wrap=True, highlight=False)
    last = ""
    for o in outcomes:
        if not (o.bad or verbose):
            continue
        if o.rule.id != last:
            last = o.rule.id
            console.print(f"[bold]{last}[/bold]")
        if o.bad:
            _print_diff(console, o)
        else:
            print_outcome(console, o)
    click.echo(f"{len(outcomes)} examples of {len(rules)} rules, {len(wrong)} wrong; rules version {ruleset.version}", err=True)
    sys.exit(1 if wrong else 0)


def _print_diff(console: Console, outcome: Outcome) -> None:
    """What is left of an example against what should be left, line by line."""
    from difflib import ndiff

    from rich.text import Text

    from cleaner.cli.rules.show import print_outcome

    assert outcome.bad is not None
    print_outcome(console, outcome)
    left, wanted = outcome.bad.text.rstrip("\n").split("\n"), outcome.wanted.split("\n")
    for line in ndiff(wanted, left):
        style = {"-": "green", "+": "red"}.get(line[0], "dim")
        label = {"-": "should be left  ", "+": "is left         "}.get(line[0])
        if line[0] != "?":
            console.print(Text.assemble("    ", (label or " " * 16, "dim"), (line[2:] or "(nothing)", style)))
    by = sorted({r.cause for r in outcome.bad.removals})
    console.print(Text(f"    removed by      {', '.join(by) or 'no rule'}", style="dim"))


def _is_meant(rule: Rule, what: str) -> bool:
    path = Path(what)
    if path.exists():
        file, here = Path(rule.path), path.resolve()
        return here == file or here in file.parents
    return what in (rule.id, rule.id.rsplit("/", 1)[-1]) or rule.id.startswith(what.rstrip("/") + "/")


def _with_own_folders(what: tuple[str, ...], settings: dict[str, Any]) -> dict[str, Any]:
    """``settings`` with the rule folders of paths that are named, so that own rules need no --rules."""
    from cleaner.cli.rules.check import folder_of

    folders = [folder_of(Path(w)) for w in what if Path(w).exists()]
    return {**settings, "rules": (*settings["rules"], *dict.fromkeys(folders))}
