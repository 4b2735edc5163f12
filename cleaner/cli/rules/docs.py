"""``cleaner rules docs``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from cleaner.cli.options import open_rules, rules_options


@click.command()
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead of stdout.")
@click.option("--check", "only_check", is_flag=True, help="With -o: write nothing; exit status 1 where the file is not current.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome of -o as JSON.")
@rules_options
def docs(output: Path | None, only_check: bool, as_json: bool, settings: dict[str, Any]) -> None:
    """Write the reference of all families and rules, as Markdown.

    \b
    Examples:
      cleaner rules docs -o docs/rules.md
      cleaner rules docs -o docs/rules.md --check
      cleaner rules docs --rules house-rules/ --only-rules -o house-rules/README.md
    """
    from cleaner.reference import reference

    ruleset = open_rules(settings)
    text = reference(ruleset)
    if output is None:
        click.echo(text, nl=False)
        return
    current = output.is_file() and output.read_text(encoding="utf-8") == text
    if not current and not only_check:
        output.write_text(text, encoding="utf-8", newline="\n")
    if as_json:
        click.echo(json.dumps({"rules": ruleset.version, "file": output.as_posix(), "current": current}))
    elif not current:
        again = f"is not current: run `cleaner rules docs -o {output}`" if only_check else "written"
        click.echo(f"{output}: {again}", err=True)
    sys.exit(1 if only_check and not current else 0)
