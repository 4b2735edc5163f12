"""``cleaner batch``: a corpus in, a corpus out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.options import Names, cleaner_options, open_cleaner

if TYPE_CHECKING:
    from cleaner.batch.plan import Plan
    from cleaner.batch.runner import Outcome

#: Documents that a dry run looks at, where --limit says nothing.
DRY_LIMIT = 1000


@click.command(
    epilog="Exit status: 0 done, 1 some records failed or the run ended early, 2 wrong usage or invalid rules, 130 interrupted."
)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT…")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="OUT",
    help="Folder for the clean shards; a file where there is one input; - for stdout.",
)
@click.option(
    "--to", "target", metavar="FORMAT", help="Convert: jsonl, jsonl.gz, jsonl.zst, parquet, csv, csv.gz, tsv, tsv.gz or wet.gz."
)
@click.option("--text-key", default="text", show_default=True, help="Field or column with the text.")
@click.option("--html-key", help="Field or column with a page's HTML; its main text goes, clean, to --text-key.")
@click.option("--id-key", default="id", show_default=True, help="Field that names a document; may be absent.")
@click.option("--url-key", default="url", show_default=True, help="Field with the address, for figures by site; may be absent.")
@click.option(
    "--edits",
    type=click.Choice(["sidecar", "field", "none"]),
    help="Account of the changes: a file beside, a field, or none. [default: sidecar]",
)
@click.option("--add", multiple=True, type=Names(), help="Add fields: language, flags, counts (chars_removed).")
@click.option("--prefix", default="", help="Put before the names of added fields.")
@click.option("--attributes", is_flag=True, help="Also write what went as dolma attributes.")
@click.option(
    "--account",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder for journal, edits, errors and report. [default: OUT.account]",
)
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes that clean.")
@click.option("--resume", is_flag=True, help="Go on with a run that was stopped.")
@click.option("--force", is_flag=True, help="With --resume: although rules, options or inputs have changed.")
@click.option("--overwrite", is_flag=True, help="Start again, over what is there.")
@click.option("--max-errors", type=click.IntRange(0), metavar="N", help="Stop when more than N records have failed.")
@click.option("--replay", is_flag=True, help="INPUT is the errors.jsonl of a run: clean what it holds.")
@click.option(
    "--dry-run",
    is_flag=True,
    help=f"Write nothing; say what would go, from the first {DRY_LIMIT:,} documents (or --limit, --sample).",
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the first N documents.")
@click.option(
    "--sample", type=float, metavar="SHARE", help="Only this share of the documents, such as 0.01; always the same ones."
)
@click.option(
    "--max-record", type=click.IntRange(1), metavar="BYTES", help="Longer documents are passed on as they are. [default: 4 MiB]"
)
@click.option(
    "--checkpoint",
    type=click.FloatRange(0),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="Time between two checkpoints.",
)
@click.option("--chunk", type=click.IntRange(1), hidden=True, help="Bytes of input that a worker is given at a time.")
@click.option("--report/--no-report", default=True, help="Write report.html.  [default: report]")
@click.option("-q", "--quiet", is_flag=True, help="No progress and no summary; problems only.")
@click.option("-v", "--verbose", is_flag=True, help="Name each shard, and more lines of progress.")
@cleaner_options
def batch(inputs: tuple[str, ...], output: str, settings: dict[str, Any], **given: Any) -> None:
    """Clean a corpus: shards in, shards out, in the same order.

    INPUT is .jsonl, .csv, .tsv, .warc or .wet (also .gz, .zst), .parquet, .txt, .html, a folder of
    them, or - for JSON lines on stdin. Each shard becomes one of the same name and format; all
    fields but the text stay as they are. Beside OUT, in OUT.account/, go the edits (enough to
    restore the original), errors.jsonl with the records that could not be read, and report.html.

    A run that was stopped, by whatever, goes on with --resume and gives the same bytes.

    \b
    Examples:
      cleaner batch crawl.jsonl.gz -o clean.jsonl.gz      one shard
      cleaner batch crawl/ -o clean/ --workers 8          a folder, eight processes
      cleaner batch crawl/ -o clean/ --workers 8 --resume go on where it stopped
      cleaner batch crawl/ -o clean/ --dry-run            what would go?
      cleaner batch pages.parquet -o clean/ --text-key body --add language,counts
      cleaner batch CC-MAIN.warc.gz -o texts/ --to jsonl.zst   pages through trafilatura
      zcat crawl.jsonl.gz | cleaner batch - -o - | wc -l  in a pipe
      cleaner batch clean.account/errors.jsonl --replay -o mended/
      cleaner restore clean/ --edits clean.account/ -o original/
    """
    sys.exit(_run(inputs, output, settings, given))


def _run(inputs: tuple[str, ...], output: str, settings: dict[str, Any], o: dict[str, Any]) -> int:
    from cleaner.batch.formats import target
    from cleaner.batch.options import EditsForm, Options
    from cleaner.batch.plan import make_plan
    from cleaner.batch.pool import collect_seldom
    from cleaner.batch.problems import BatchError, UsageError, explain_os_error
    from cleaner.batch.progress import Show
    from cleaner.batch.runner import Manner, Run

    try:
        if o["force"] and not o["resume"]:
            raise UsageError("--force says how to resume; it goes with --resume")
        if o["resume"] and o["overwrite"]:
            raise UsageError("--resume goes on and --overwrite starts again: choose one")
        plan = make_plan(inputs, output, target(o["target"]) if o["target"] else None, o["account"], replay=o["replay"])
        edits: EditsForm = o["edits"] or ("sidecar" if plan.account is not None else "none")
        if plan.account is None and (edits == "sidecar" or o["attributes"] or o["resume"]):
            raise UsageError("with the clean documents on stdout, name a folder for the rest with --account")
        limit = o["limit"] if o["limit"] or not o["dry_run"] or o["sample"] else DRY_LIMIT
        more = {key: o[key] for key in ("max_record", "chunk") if o[key]}
        options = Options(
            text_key=o["text_key"], html_key=o["html_key"], id_key=o["id_key"], url_key=o["url_key"], edits=edits,
            add=tuple(n for group in o["add"] for n in group), prefix=o["prefix"], attributes=o["attributes"],
            limit=limit, sample=o["sample"], **more,
        )  # fmt: skip
        manner = Manner(
            workers=o["workers"], resume=o["resume"], force=o["force"], overwrite=o["overwrite"],
            max_errors=o["max_errors"], checkpoint=o["checkpoint"], dry=o["dry_run"],
        )  # fmt: skip
    except BatchError as error:
        click.echo(f"cleaner: {error}", err=True)
        return error.status
    except ValueError as error:
        click.echo(f"cleaner: {error}", err=True)
        return 2
    except OSError as error:
        click.echo(f"cleaner: {explain_os_error(error)}", err=True)
        return 1
    cleaner = open_cleaner(settings)
    collect_seldom()
    if plan.left_alone and not o["quiet"]:
        shown = ", ".join(plan.left_alone[:3]) + (" …" if len(plan.left_alone) > 3 else "")
        click.echo(f"cleaner: {len(plan.left_alone)} files are left alone, their suffixes say nothing: {shown}", err=True)
    with Show(quiet=o["quiet"], verbose=o["verbose"], log_each=5.0 if o["verbose"] else 30.0) as tick:
        run = Run(plan, cleaner, options, manner, tick)
        outcome = run.go()
    for problem in outcome.problems:
        click.echo(f"cleaner: {problem}", err=True)
    if (
        plan.account is not None
        and not manner.dry
        and o["report"]
        and outcome.status in (0, 1)
        and outcome.finished + outcome.skipped
    ):
        from cleaner.batch.report import write_report

        try:
            note = write_report(plan, outcome, cleaner, options)
        except OSError as error:
            click.echo(f"cleaner: no report: {explain_os_error(error)}", err=True)
            return outcome.status or 1
        if note and not o["quiet"]:
            click.echo(f"cleaner: {note}", err=True)
    if not o["quiet"] and (outcome.stats.read or outcome.status == 0):
        click.echo(_summary(plan, outcome, dry=manner.dry), err=True)
    return outcome.status


def _summary(plan: Plan, outcome: Outcome, *, dry: bool) -> str:
    from cleaner.batch.progress import duration

    s = outcome.stats
    share = 100 * s.removed / s.chars if s.chars else 0.0
    would = "would be " if dry else ""
    lines = [
        f"{s.read:,} documents read, {s.written:,} {would}written, {s.failed:,} failed; {duration(outcome.seconds)}",
        f"{s.removed:,} of {s.chars:,} characters {would}removed ({share:.2f} %), from {s.changed:,} documents",
    ]
    top = sorted(s.rules.items(), key=lambda item: (-item[1][1], item[0]))[: 12 if dry else 5]
    width = max((len(rule) for rule, _ in top), default=0)
    lines += [f"  {rule:{width}}  {chars:>10,} characters in {times:,} places" for rule, (times, chars, _) in top]
    if outcome.skipped:
        lines.append(f"{outcome.skipped:,} of {len(plan.shards):,} shards had been finished before")
    if s.failed and plan.account is not None and not dry:
        lines.append(f"failed records: {plan.account / 'errors.jsonl'}")
    if plan.account is not None and not dry and (plan.account / "report.html").exists():
        lines.append(f"report: {plan.account / 'report.html'}")
    return "\n".join(lines)
