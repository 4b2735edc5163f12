"""``cleaner rules list``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from cleaner.cli.options import Names, open_rules, rules_options
from cleaner.model import LEVELS


@click.command("list")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--family", "families", multiple=True, type=Names(), help="Only these families.")
@click.option("--language", "languages", multiple=True, type=Names(), help="Only these languages.")
@click.option("--level", "levels", multiple=True, type=click.Choice(LEVELS), help="Only these levels.")
@click.option(
    "--status", "statuses", multiple=True, type=click.Choice(["trial", "stable", "retired"]), help="Only rules of this status."
)
@click.option("--origin", "origins", multiple=True, help="Only rules from here: 'bundled', 'own', or a folder.")
@click.option("--json", "as_json", is_flag=True, help="Print the rules with all their fields as JSON.")
@rules_options
def list_(
    ids: tuple[str, ...], families: tuple[tuple[str, ...], ...], languages: tuple[tuple[str, ...], ...], levels: tuple[str, ...],
    statuses: tuple[str, ...], origins: tuple[str, ...], as_json: bool, settings: dict[str, Any],
) -> None:  # fmt: skip
    """List the rules that count here: id, level, status, what they remove, examples, where they come from.

    ID is a whole id or its beginning. Filters add up.

    \b
    Examples:
      cleaner rules list share_prompts/en
      cleaner rules list --level thorough --language de,fr
      cleaner rules list --origin own
    """
    from cleaner.config import origin

    ruleset = open_rules(settings)
    wanted_families = {n for group in families for n in group}
    wanted_languages = {n for group in languages for n in group}
    rows = []
    for r in ruleset:
        place = origin(r.path)
        if (
            (not ids or any(r.id == i or r.id.startswith(i.rstrip("/") + "/") for i in ids))
            and (not wanted_families or r.family in wanted_families)
            and (not wanted_languages or r.language in wanted_languages)
            and (not levels or r.level in levels)
            and (not statuses or r.status in statuses)
            and (not origins or place in origins or ("own" in origins and place != "bundled"))
        ):
            rows.append((r, place))
    if as_json:
        found = [{**asdict(r), "origin": place} for r, place in rows]
        click.echo(json.dumps({"rules": ruleset.version, "list": found}, ensure_ascii=False, indent=1))
        return
    width = max((len(r.id) for r, _ in rows), default=0)
    whence = max((len(place) for _, place in rows), default=0)
    for r, place in rows:
        count = f"{len(r.removes)}+{len(r.keeps)}"
        status = "" if r.status == "stable" else r.status
        click.echo(f"{r.id:{width}}  {r.level:8}  {status:7}  {r.kind:8}  {count:>5}  {place:{whence}}  {r.why}")
    click.echo(f"{len(rows)} of {len(ruleset)} rules, version {ruleset.version}", err=True)
