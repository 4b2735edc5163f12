"""``cleaner rules …``: what a maintainer of rules needs."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from cleaner.cli import LazyGroup


@click.group(
    cls=LazyGroup,
    lazy={
        "check": ("cleaner.cli.rules:check", "Find everything that is wrong with rule files."),
        "list": ("cleaner.cli.rules:list_", "List the rules."),
    },
)
def rules() -> None:
    """Check, list and try the rules."""


@click.command()
@click.argument("folders", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--family", "families", multiple=True, help="Only run the examples of this family (the format is always checked).")
@click.option("--language", "languages", multiple=True, help="Only run the examples of this language.")
@click.option("--json", "as_json", is_flag=True, help="Print the problems as JSON.")
def check(folders: tuple[Path, ...], families: tuple[str, ...], languages: tuple[str, ...], as_json: bool) -> None:
    """Find everything that is wrong with the rules in FOLDERS, in one run.

    Without FOLDERS the bundled rules are checked. Each problem is printed as
    "path:line: rule: what is wrong". Exit status 2 where there is one.

    \b
    Examples:
      cleaner rules check
      cleaner rules check rules/ --family share_prompts
    """
    from cleaner.check import check_ruleset
    from cleaner.problems import RulesError
    from cleaner.rules import load

    try:
        ruleset = load(folders or None, cache=False)
    except RulesError as error:
        problems = list(error.problems)
        count = None
    else:
        chosen = [
            r for r in ruleset if (not families or r.family in families) and (not languages or r.language in languages)
        ]
        problems = check_ruleset(ruleset, chosen)
        count = len(chosen)
    if as_json:
        click.echo(json.dumps([vars(p) for p in problems], ensure_ascii=False, indent=1))
    else:
        for p in problems:
            click.echo(str(p))
        if problems:
            click.echo(f"{len(problems)} problem{'s' * (len(problems) > 1)}", err=True)
        else:
            click.echo(f"{count} rules: no problems", err=True)
    sys.exit(2 if problems else 0)


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the rules as JSON.")
def list_(as_json: bool) -> None:
    """List the rules: id, level, how much they remove, and why."""
    from dataclasses import asdict

    from cleaner.rules import load

    ruleset = load()
    if as_json:
        click.echo(json.dumps([asdict(r) for r in ruleset], ensure_ascii=False, indent=1))
        return
    width = max(len(r.id) for r in ruleset)
    for r in ruleset:
        click.echo(f"{r.id:{width}}  {r.level:8}  {r.kind:8}  {r.why}")
