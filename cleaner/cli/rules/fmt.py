"""``cleaner rules fmt``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(exists=True, path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit status 1 where a file is not in canonical form.")
@click.option("--diff", "show_diff", is_flag=True, help="Write nothing; print what would change.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def fmt(paths: tuple[Path, ...], only_check: bool, show_diff: bool, as_json: bool) -> None:
    """Bring rule files into their canonical form; comments, order and texts stay.

    PATH is a rule file or a rule folder; ./rules where none is given. Needs the extra `maintain`.

    \b
    Examples:
      cleaner rules fmt
      cleaner rules fmt house-rules/ --diff
      cleaner rules fmt --check
    """
    from difflib import unified_diff

    from cleaner.canon import canonical_file
    from cleaner.extras import MissingExtra
    from cleaner.rules import shown_path

    outcome: dict[str, list[str]] = {"changed": [], "unchanged": [], "failed": []}
    for root, path in _files(paths or (_default(),)):
        shown = shown_path(path)
        try:
            forms = canonical_file(root, path)
        except MissingExtra as error:
            raise click.ClickException(str(error)) from None
        except (ValueError, OSError) as error:
            outcome["failed"].append(shown)
            click.echo(f"{shown}: {str(error).splitlines()[0]}", err=True)
            continue
        if forms is None:
            continue
        before, after = forms
        outcome["unchanged" if before == after else "changed"].append(shown)
        if before == after:
            continue
        if show_diff and not as_json:
            changes = unified_diff(before.splitlines(), after.splitlines(), shown, shown, lineterm="")
            click.echo("\n".join(changes))
        if not (only_check or show_diff):
            path.write_text(after, encoding="utf-8", newline="\n")
    if as_json:
        click.echo(json.dumps(outcome, ensure_ascii=False, indent=1))
    else:
        verb = "would change" if only_check or show_diff else "changed"
        for shown in outcome["changed"]:
            if not show_diff:
                click.echo(f"{verb}: {shown}")
        total = sum(map(len, outcome.values()))
        click.echo(f"{len(outcome['changed'])} of {total} files {verb}", err=True)
    sys.exit(2 if outcome["failed"] else 1 if only_check and outcome["changed"] else 0)


def _default() -> Path:
    here = Path("rules")
    if not here.is_dir():
        raise click.UsageError("there is no folder ./rules here; name a rule file or folder")
    return here


def _files(paths: tuple[Path, ...]) -> list[tuple[Path, Path]]:
    """Rule folder and file of each YAML file that ``paths`` name."""
    from cleaner.cli.rules.check import folder_of

    found = []
    for path in paths:
        root = folder_of(path)
        files = (
            [path] if path.is_file() else sorted(p for p in path.rglob("*.yaml") if not any(q.startswith(".") for q in p.parts))
        )
        found += [(root, f) for f in files]
    return found
