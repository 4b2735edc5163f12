"""``cleaner rules schema``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click


@click.command()
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), help="Write the schemas into this folder.")
@click.option(
    "--check", "only_check", is_flag=True, help="With -o: write nothing; exit status 1 where a schema is missing or not current."
)
@click.option("--json", "as_json", is_flag=True, help="Print the outcome of -o as JSON.")
def schema(output: Path | None, only_check: bool, as_json: bool) -> None:
    """Write the JSON Schemas of rule files, by which editors complete and check as one types.

    Without -o they go to stdout, as one object. A rule file names its schema in its first line; in a
    folder of own rules put the schemas into .schemas and run `cleaner rules fmt`, which writes that line.

    \b
    Examples:
      cleaner rules schema -o house-rules/.schemas
      cleaner rules schema -o cleaner/schemas --check
    """
    from cleaner.schema import json_schemas

    schemas = json_schemas()
    if output is None:
        click.echo(json.dumps(schemas, ensure_ascii=False, indent=2))
        return
    changed = []
    for name, data in schemas.items():
        path = output / f"{name}.json"
        text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        changed.append(path.as_posix())
        if not only_check:
            output.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    if as_json:
        click.echo(json.dumps({"changed": changed}))
    else:
        for shown in changed:
            click.echo(f"{'not current' if only_check else 'written'}: {shown}")
    sys.exit(1 if only_check and changed else 0)
