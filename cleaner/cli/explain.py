"""``cleaner explain``: what would go, and which rule takes it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.inputs import fail, inputs, read
from cleaner.cli.options import cleaner_options, open_cleaner

if TYPE_CHECKING:
    from cleaner.pipeline import Reason


@click.command()
@click.argument("paths", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--html", is_flag=True, help="The inputs are HTML pages: take their main text with trafilatura first.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object an input, with offsets into the original in code points.")
@click.option("--strict", is_flag=True, help="Fail on input that is not UTF-8 instead of guessing its encoding.")
@cleaner_options
def explain(paths: tuple[Path, ...], html: bool, as_json: bool, strict: bool, settings: dict[str, Any]) -> None:
    """Show a text with what would go from it, and which rule takes it and why.

    \b
    Examples:
      cleaner explain article.txt
      cleaner explain --json article.txt | jq '.removals[].rule'
    """
    cleaner = open_cleaner(settings)
    failed = 0
    for given in inputs(paths):
        try:
            text = read(given, strict=strict).text
            if html or given.is_html:
                text = cleaner.clean_html(text).original
            reasons = cleaner.explain(text)
        except (OSError, ValueError) as error:
            failed += 1
            fail(given.name, error)
            continue
        if as_json:
            _print_json(given.name, cleaner.ruleset.version, reasons)
        else:
            _print_coloured(text, reasons)
    sys.exit(1 if failed else 0)


def _print_json(name: str, version: str, reasons: list[Reason]) -> None:
    removals = [
        {"start": r.start, "end": r.end, "text": r.text, "rule": r.rule, "why": r.why, "pattern": r.pattern, "cues": list(r.cues)}
        for r in reasons
    ]
    click.echo(json.dumps({"file": name, "rules": version, "removals": removals}, ensure_ascii=False))


def _print_coloured(text: str, reasons: list[Reason]) -> None:
    """The text with what goes struck through in red, or between ``[-`` and ``-]`` without colours."""
    from rich.console import Console
    from rich.text import Text

    console = Console(soft_wrap=True, highlight=False)
    shown = Text()
    pos = 0
    for r in reasons:
        shown.append(text[pos : r.start])
        went = r.text.strip("\n")
        before, after = r.text[: len(r.text) - len(r.text.lstrip("\n"))], r.text[len(r.text.rstrip("\n")) :] if went else ""
        shown.append(before)
        if went:
            shown.append(went if console.is_terminal else f"[-{went}-]", style="red strike")
            shown.append(f"  ← {r.rule}", style="dim cyan")
        shown.append(after)
        pos = r.end
    shown.append(text[pos:])
    console.print(shown)
    if not reasons:
        console.print(Text("Nothing goes.", style="green"))
        return
    console.print()
    for rule, why in dict.fromkeys((r.rule, r.why) for r in reasons):
        console.print(Text.assemble((rule, "cyan"), f"  {why}"))
