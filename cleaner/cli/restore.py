"""``cleaner restore``: the original again, from a clean text and its edits."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from cleaner.cli.inputs import fail
from cleaner.edits import restore as restore_text
from cleaner.files import write_whole


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="CLEAN...", type=click.Path(path_type=Path))
@click.option(
    "--edits",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The edits; CLEAN.edits.json where nothing is said. Of a corpus: its account folder or a sidecar.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write one file a text into DIR instead of stdout; of a corpus: the folder (or file) that it goes to.",
)
@click.option("--overwrite", is_flag=True, help="A corpus: write over files that are there.")
def restore(paths: tuple[Path, ...], edits: Path | None, output: Path | None, overwrite: bool) -> None:
    """Make the original again, byte for byte, from clean texts and their edits.

    \b
    Examples:
      cleaner clean story.txt -o clean/ --edits
      cleaner restore clean/story.txt > story-again.txt
      cleaner restore clean/ --edits clean.account/ -o original/      a corpus of `cleaner batch`
    """
    if edits is not None and len(paths) == 1:
        from cleaner.batch.restore import is_corpus

        if is_corpus(edits):
            sys.exit(_restore_corpus(paths[0], edits, output, overwrite))
    if edits is not None and len(paths) > 1:
        raise click.UsageError("--edits names the edits of one text; without it each text's own CLEAN.edits.json is used")
    failed = 0
    for path in paths:
        try:
            data = _restore_one(path, edits or path.with_name(path.name + ".edits.json"))
            if output is None:
                sys.stdout.buffer.write(data)
            else:
                output.mkdir(parents=True, exist_ok=True)
                write_whole(output / path.name, data)
        except BrokenPipeError:
            raise
        except (OSError, ValueError) as error:
            failed += 1
            fail(str(path), error)
    sys.exit(1 if failed else 0)


def _restore_corpus(clean: Path, edits: Path, output: Path | None, overwrite: bool) -> int:
    """Restore what `cleaner batch` has cleaned; the exit status."""
    from cleaner.batch.problems import BatchError
    from cleaner.batch.restore import restore_corpus

    if output is None:
        raise click.UsageError("a corpus is restored into a folder or file: name it with -o")
    try:
        done = restore_corpus(clean, edits, output, overwrite=overwrite)
    except BatchError as error:
        click.echo(f"cleaner: {error}", err=True)
        return error.status
    for said in (*done.notes, *done.problems):
        click.echo(f"cleaner: {said}", err=True)
    click.echo(f"{done.records:,} documents restored, {done.shards:,} shards", err=True)
    return done.status


def _restore_one(clean: Path, edits: Path) -> bytes:
    """The original's bytes. Raises OSError, or ValueError where text and edits do not belong together."""
    text = clean.read_bytes().decode("utf-8", "surrogatepass")
    try:
        account = json.loads(edits.read_bytes())
        if account["final_newline_added"]:
            text = text.removesuffix("\n")
        if len(text) != account["length"]:
            raise ValueError("the text was changed after it was cleaned: these edits no longer fit it")
        return restore_text(text, account).encode(account["encoding"], account["errors"])
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise ValueError(f"{edits} is not a file of edits as `cleaner clean --edits` writes it ({error})") from error
