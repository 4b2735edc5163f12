"""``cleaner explain``: what would go, and which rule takes it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.inputs import fail, inputs, read
from cleaner.cli.options import cleaner_options, open_cleaner

if TYPE_CHECKING:
    from cleaner.explain import NearMiss
    from cleaner.pipeline import Reason


@click.command()
@click.argument("paths", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--html", is_flag=True, help="The inputs are HTML pages: take their main text with trafilatura first.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object an input, with offsets into the original in code points.")
@click.option("--line", type=click.IntRange(1), metavar="N", help="Tell of line N alone, and all that is known about it.")
@click.option("--near/--no-near", default=True, help="Also say why lines stayed that nearly went.")
@click.option("--strict", is_flag=True, help="Fail on input that is not UTF-8 instead of guessing its encoding.")
@cleaner_options
def explain(
    paths: tuple[Path, ...], html: bool, as_json: bool, line: int | None, near: bool, strict: bool, settings: dict[str, Any]
) -> None:
    """Show a text with what would go from it, which rule takes it and why, and why lines stayed that nearly went.

    \b
    Examples:
      cleaner explain article.txt
      cleaner explain article.txt --line 12
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
            misses = cleaner.near_misses(text, line) if near or line else []
        except (OSError, ValueError) as error:
            failed += 1
            fail(given.name, error)
            continue
        if line is not None:
            if line > text.count("\n") + 1:
                failed += 1
                fail(given.name, ValueError(f"has no line {line}: it has {text.count(chr(10)) + 1}"))
                continue
            start = sum(len(part) + 1 for part in text.split("\n")[: line - 1])
            end = start + len(text.split("\n")[line - 1])
            reasons = [r for r in reasons if r.start < end and r.end > start]
        if as_json:
            _print_json(given.name, cleaner.ruleset.version, reasons, misses)
        elif line is not None:
            _print_line(text.split("\n")[line - 1], line, reasons, misses)
        else:
            _print_coloured(text, reasons)
            _print_near(misses)
    sys.exit(1 if failed else 0)


def _print_json(name: str, version: str, reasons: list[Reason], misses: list[NearMiss]) -> None:
    removals = [
        {"start": r.start, "end": r.end, "text": r.text, "rule": r.rule, "why": r.why, "pattern": r.pattern, "cues": list(r.cues)}
        for r in reasons
    ]
    near = [asdict(m) for m in misses]
    click.echo(json.dumps({"file": name, "rules": version, "removals": removals, "near_misses": near}, ensure_ascii=False))


def _print_line(text: str, number: int, reasons: list[Reason], misses: list[NearMiss]) -> None:
    """All that is known about one line: what goes and by which pattern and cue, or what nearly took it."""
    click.echo(f"{number}: {text}")
    for r in reasons:
        click.echo(f"  goes: {r.text.strip()!r}")
        click.echo(f"    rule:    {r.rule}  {r.why}")
        click.echo(f"    pattern: {r.pattern or '(the tail of a block)'}")
        if r.cues:
            click.echo(f"    cue:     {', '.join(r.cues)}")
    for m in misses:
        click.echo(f"  stays: {m}")
        click.echo(f"    pattern: {m.pattern}")
    if not reasons and not misses:
        click.echo("  stays: no rule comes near it")


def _print_near(misses: list[NearMiss]) -> None:
    """Lines that nearly went, each with the rules that came near and what kept it."""
    if not misses:
        return
    click.secho("\nNearly went:", fg="yellow")
    last = 0
    for m in misses:
        if m.line != last:
            last = m.line
            click.echo(f"{m.line}: {m.text if len(m.text) <= 100 else m.text[:99] + '…'}")
        click.secho(f"    {m}", dim=True)


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
    for rule, why, pattern, cues in dict.fromkeys((r.rule, r.why, r.pattern, r.cues) for r in reasons):
        console.print(Text.assemble((rule, "cyan"), f"  {why}"))
        if pattern:
            console.print(Text(f"    pattern: {pattern}{'  cue: ' + ', '.join(cues[:6]) if cues else ''}", style="dim"))
