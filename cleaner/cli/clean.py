"""``cleaner clean``: texts or pages in, clean text out."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.inputs import Input, fail, inputs, read
from cleaner.cli.options import cleaner_options, open_cleaner
from cleaner.files import write_whole

if TYPE_CHECKING:
    from cleaner.model import Cleaned
    from cleaner.pipeline import Cleaner


@click.command()
@click.argument("paths", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path, allow_dash=True))
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="DIR", help="Write one file an input into DIR instead of stdout.")
@click.option("--edits", is_flag=True, help="With -o: also write NAME.edits.json, from which `cleaner restore` makes the original again.")
@click.option("--html", is_flag=True, help="The inputs are HTML pages: take their main text with trafilatura first (names in .html or .htm always are).")
@click.option("--url", help="With HTML: the page's address, which helps the extraction.")
@click.option("--strict", is_flag=True, help="Fail on input that is not UTF-8 instead of guessing its encoding.")
@click.option("-v", "--verbose", is_flag=True, help="Say on stderr how much each family of rules took.")
@cleaner_options
def clean(
    paths: tuple[Path, ...], output: Path | None, edits: bool, html: bool, url: str | None, strict: bool, verbose: bool,
    settings: dict[str, Any],
) -> None:
    """Clean texts or pages. Without FILE, or for -, stdin is read.

    The clean text goes to stdout as UTF-8. Content is never dropped: in doubt a line stays.

    \b
    Examples:
      cleaner clean article.txt
      cleaner clean news/*.txt -o clean/ --edits
      curl -s https://example.org/story | cleaner clean --html
      cleaner clean article.txt --exclude read_more --profile careful

    See what would go, and why, with `cleaner explain`. For whole corpora use `cleaner batch`.
    """
    if edits and output is None:
        raise click.UsageError("--edits needs -o DIR: the edits are written beside the clean files")
    chosen = inputs(paths)
    targets = _targets(chosen, output) if output is not None else []
    cleaner = open_cleaner(settings)
    failed = 0
    for n, given in enumerate(chosen):
        try:
            result, account = _clean_one(cleaner, given, html=html, url=url, strict=strict)
            for flag in result.flags:
                click.echo(f"cleaner: {given.name}: {_flag_in_words(flag)}", err=True)
            if verbose:
                click.echo(f"cleaner: {given.name}: {_summary(result)}", err=True)
            data = encode(result.text)
            if output is None:
                sys.stdout.buffer.write(data)
                sys.stdout.buffer.flush()
            else:
                write_whole(targets[n], data)
                if edits:
                    account["final_newline_added"] = data != result.text.encode("utf-8", "surrogatepass")
                    write_whole(
                        targets[n].with_name(targets[n].name + ".edits.json"),
                        json.dumps(account, ensure_ascii=True, indent=1).encode() + b"\n",
                    )
        except BrokenPipeError:
            raise
        except (OSError, ValueError) as error:
            failed += 1
            fail(given.name, error)
    sys.exit(1 if failed else 0)


def encode(text: str) -> bytes:
    """A text as the bytes of a file: UTF-8, ending in a line break unless it is empty."""
    if text and not text.endswith("\n"):
        text += "\n"
    return text.encode("utf-8", "surrogatepass")


def _clean_one(cleaner: Cleaner, given: Input, *, html: bool, url: str | None, strict: bool) -> tuple[Cleaned, dict[str, Any]]:
    """The result for one input, and the account that is written beside it."""
    decoded = read(given, strict=strict)
    if html or given.is_html:
        result = cleaner.clean_html(decoded.text, url=url)
        encoding, errors = "utf-8", "surrogatepass"
    else:
        result = cleaner.clean(decoded.text)
        encoding, errors = decoded.encoding, decoded.errors
    return result, {**result.to_json(), "encoding": encoding, "errors": errors}


def _targets(chosen: list[Input], output: Path) -> list[Path]:
    """Where each input's clean text goes; two inputs may not meet in one file."""
    targets = []
    seen: dict[Path, str] = {}
    for given in chosen:
        name = "stdin.txt" if given.path is None else given.path.name
        if given.is_html:
            name = Path(name).stem + ".txt"
        target = output / name
        if target in seen:
            raise click.UsageError(f"{seen[target]} and {given.name} would both be written to {target}; clean them into two folders")
        if given.path is not None and target.exists() and given.path.exists() and target.samefile(given.path):
            raise click.UsageError(f"{given.name} would be overwritten by its clean text; choose another folder than {output}")
        seen[target] = given.name
        targets.append(target)
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.UsageError(f"can't make the folder {output}: {error.strerror}") from error
    return targets


def _summary(result: Cleaned) -> str:
    by_family = Counter(r.cause.split("/")[0] for r in result.removals)
    went = sum(len(r.text) for r in result.removals)
    parts = ", ".join(f"{family} {n}" for family, n in by_family.most_common())
    return f"{len(result.removals)} removals, {went} of {len(result.original)} characters" + (f": {parts}" if parts else "")


_FLAGS = {
    "guard/share": "rules would have taken a large part of the text; the doubtful removals were undone",
    "guard/rounds": "still changing after many rounds; left as it is",
    "page/unknown": "no page that the model knows (too short, a table, code, verse, another script …); it took nothing",
    "page/unsettled": "the page model did not come to rest; it took nothing",
    "extract/empty": "no main text found in the page",
}


def _flag_in_words(flag: str) -> str:
    if flag.startswith("timeout/"):
        return f"rule {flag.removeprefix('timeout/')} took too long on a line, which stays"
    return _FLAGS.get(flag, flag)
