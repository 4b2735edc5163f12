"""``cleaner rules check``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from cleaner.cli.options import Names, rules_options


@click.command()
@click.argument("folders", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--family", "families", multiple=True, type=Names(), help="Only the rules of this family.")
@click.option("--language", "languages", multiple=True, type=Names(), help="Only the rules of this language.")
@click.option(
    "--timing/--no-timing", default=True, help="Look for slow patterns too; those that passed once are not timed again."
)
@click.option("--again", is_flag=True, help="Run all examples, those too that passed before and that nothing has touched since.")
@click.option("--workers", type=int, help="Processes; as many as there are cores where nothing is said.")
@click.option("--short", is_flag=True, help="One line a problem, without the lines of the file.")
@click.option("--json", "as_json", is_flag=True, help="Print the problems as JSON.")
@rules_options
def check(
    folders: tuple[Path, ...], families: tuple[tuple[str, ...], ...], languages: tuple[tuple[str, ...], ...], timing: bool, again: bool,
    workers: int | None, short: bool, as_json: bool, settings: dict[str, Any],
) -> None:  # fmt: skip
    """Find everything that is wrong with the rules in FOLDERS, in one run.

    Without FOLDERS the rules that count here are checked: the bundled ones and those that cleaner.toml
    and CLEANER_RULES name. FOLDERS are checked together with the bundled rules, so that every near
    miss holds for all; --only-rules checks them alone. A file stands for the rule folder it is in.

    Each problem begins with "path:line: rule: what is wrong". Exit status 2 where there is one.

    \b
    Examples:
      cleaner rules check
      cleaner rules check --family share_prompts --language pt
      cleaner rules check house-rules/
    """
    from cleaner.check import check_some
    from cleaner.config import current_config, rule_folders
    from cleaner.problems import RulesError

    own = dict.fromkeys(folder_of(f) for f in folders)
    only = settings["only_rules"]
    try:
        config = current_config(settings["config"])
        given = rule_folders(config, [*settings["rules"], *own], only=only)
        chosen = [n for group in families for n in group]
        codes = [n for group in languages for n in group]
        ruleset, problems = check_some(given, changes=config.changes, families=chosen, languages=codes, timing=timing, remember=not again, workers=workers)
    except RulesError as error:
        ruleset, problems = None, list(error.problems)
    except (ValueError, FileNotFoundError) as error:
        raise click.UsageError(str(error)) from None
    if ruleset is not None and not ruleset.rules and not problems and (chosen or codes):
        asked = [f"--family {n}" for n in chosen] + [f"--language {n}" for n in codes]
        raise click.UsageError(f"there is no rule of {' '.join(asked)}; `cleaner rules list` shows what there is")
    if as_json:
        version = ruleset.version if ruleset else ""
        click.echo(json.dumps({"rules": version, "problems": [p.to_json() for p in problems]}, ensure_ascii=False, indent=1))
    else:
        for p in problems:
            click.echo(str(p) if short else p.show())
        if problems or ruleset is None:
            click.echo(
                f"{len(problems)} problem{'s' * (len(problems) > 1)}: these rules can't be used until they are mended", err=True
            )
        else:
            click.echo(f"{len(ruleset)} rules, version {ruleset.version}: no problems", err=True)
    sys.exit(2 if problems else 0)


def folder_of(path: Path) -> Path:
    """The rule folder that a file is in; a folder is one itself, or a family of one."""
    if path.is_file():
        path = path.parent
    return path.parent if (path / "family.yaml").is_file() or (path.parent / "slots.yaml").is_file() else path
