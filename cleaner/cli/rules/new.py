"""``cleaner rules new``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.options import rules_options

if TYPE_CHECKING:
    from cleaner.model import RuleSet


@click.command()
@click.option("--sighting", help="The line as it stood on a page; [[…]] around what goes, where that is not all of it.")
@click.option("--family", help="The kind of residue: a folder of the rule folder.")
@click.option("--language", help="Code of the wording's language, or any.")
@click.option("--id", "name", help="Short name of the idea: lower-case words joined by hyphens.")
@click.option("--why", help="One sentence for the reader who wonders why a line went.")
@click.option(
    "--phrase",
    "phrases",
    multiple=True,
    help="Words to look for, with {slots}; may be repeated. Made of the sighting where absent.",
)
@click.option("--remove", type=click.Choice(["line", "span", "block"]), help="What goes; told by the sighting where absent.")
@click.option("--at", type=click.Choice(["start", "end"]), help="With --remove span: the side of the line.")
@click.option(
    "--level", type=click.Choice(["careful", "standard", "thorough"]), help="The most careful profile that uses the rule."
)
@click.option(
    "--status", type=click.Choice(["trial", "stable"]), default="stable", show_default=True, help="trial: reported, not cut."
)
@click.option("--keeps", multiple=True, help="A line that shares words with the rule and must stay; may be repeated.")
@click.option("--seen", help="Where the wording was met.")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="The rule folder to write into; ./rules where absent.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
@rules_options
def new(
    sighting: str | None, family: str | None, language: str | None, name: str | None, why: str | None, phrases: tuple[str, ...],
    remove: str | None, at: str | None, level: str | None, status: str, keeps: tuple[str, ...], seen: str | None, folder: Path | None,
    as_json: bool, settings: dict[str, Any],
) -> None:  # fmt: skip
    """Write a new rule into the right file, with the sighting as its first example.

    Asks for what is not given as an option. Near misses that are not given are left to be filled in;
    `cleaner rules check` fails until they are. Needs the extra `maintain`.

    \b
    Examples:
      cleaner rules new
      cleaner rules new --sighting 'Partilhe no Facebook' --family share_prompts --language pt
      cleaner rules new --to house-rules --sighting 'Story. [[Read us in print.]]'
    """
    from cleaner.config import current_config, rule_folders
    from cleaner.extras import MissingExtra
    from cleaner.reader import PLACEHOLDER
    from cleaner.rules import load_sound, shown_path
    from cleaner.schema import LANGUAGES

    folder = folder or Path("rules")
    if not folder.is_dir() and folder == Path("rules"):
        raise click.UsageError("there is no folder ./rules here; say with --to which rule folder to write into, or to make")
    config = current_config(settings["config"])
    own = (*settings["rules"], *([folder] if folder.is_dir() else []))
    # Rules that are not right yet are no reason not to begin another.
    ruleset, _ = load_sound(rule_folders(config, own, only=settings["only_rules"]), changes=config.changes, cache=True)
    known = {f.name: f for f in ruleset.families}
    sighting = _ask(sighting, "The line as it stood on the page ([[…]] around what goes, if not all of it)").strip()
    family = _ask(family, f"Family ({', '.join(sorted(known))}, or a new one)")
    language = _one_of(_ask(language, "Language of the wording (en, de, pt, …, or any)"), LANGUAGES, "language")
    given, marked, found_remove, found_at = _parts(sighting)
    remove, at = remove or found_remove, at or found_at
    phrases = phrases or (_ask(None, "Words to look for", _suggest(marked, ruleset)),)
    name = _ask(name, "Short name of the idea", _slug(phrases[0]))
    why = _ask(why, "One sentence: why does such a line go?")
    level = _one_of(
        _ask(level, "Level (careful: nobody could doubt; standard; thorough)", "standard"),
        ["careful", "standard", "thorough"],
        "level",
    )
    if not keeps and is_interactive():
        line = click.prompt(
            "A line with these words that must stay (empty: fill in later)", default="", show_default=False, err=True
        )
        keeps = (line,) if line else ()
    entry: dict[str, Any] = {"id": name, "why": why, "remove": remove}
    entry |= {"at": at or "end"} if remove == "span" else {}
    entry |= {"phrases": list(phrases), "level": level}
    entry |= {"status": status} if status != "stable" else {}
    entry |= {
        "removes": [given],
        "keeps": list(keeps) or [PLACEHOLDER + "a line with these words that is part of an article and must stay"],
    }
    entry |= {"seen": seen} if seen else {}
    path = folder / family / f"{language}.yaml"
    try:
        line_number = _append(folder, path, entry, None if family in known else _family_entry(family))
    except MissingExtra as error:
        raise click.ClickException(str(error)) from None
    shown = shown_path(path)
    if as_json:
        click.echo(
            json.dumps(
                {"path": shown, "line": line_number, "id": f"{family}/{language}/{name}", "rule": entry},
                ensure_ascii=False,
                indent=1,
            )
        )
        return
    click.echo(f"{shown}:{line_number}: written: {family}/{language}/{name}")
    if not keeps:
        click.echo("Now put a near miss into 'keeps': a line that shares words with the rule and must stay.", err=True)
    where = "" if folder == Path("rules") else f" {folder}"
    click.echo(f"Then run: cleaner rules check{where} --family {family} --language {language}", err=True)


def _ask(value: str | None, question: str, default: str | None = None) -> str:
    """``value``, or what the user answers; without a terminal and a default, the end."""
    if value:
        return value
    if not is_interactive():
        if default:
            return default
        raise click.UsageError(f"not given, and nobody to ask: {question}; see `cleaner rules new --help`")
    return str(click.prompt(question, default=default, err=True))


def _one_of(value: str, known: list[str], what: str) -> str:
    if value not in known:
        raise click.UsageError(f"there is no {what} {value!r}: choose one of {', '.join(known[:40])}")
    return value


def _parts(sighting: str) -> tuple[str, str, str, str | None]:
    """The example with its marks, what goes of it, and what that makes the rule: a line, or a span at a side."""
    if "[[" not in sighting:
        return f"[[{sighting}]]", sighting, "line", None
    before, _, rest = sighting.partition("[[")
    went, closed, after = rest.partition("]]")
    if not closed or not went.strip():
        raise click.UsageError("the sighting has [[ without ]] after it: put both around what goes")
    if before.strip() and after.strip():
        raise click.UsageError("what goes stands in the middle of a line: rules take whole lines, or their start or end")
    if not before.strip() and not after.strip():
        return sighting, went, "line", None
    return sighting, went, "span", "end" if before.strip() else "start"


def _suggest(text: str, ruleset: RuleSet) -> str:
    """The sighting as a phrase: lower case, signs of the phrase language escaped, platforms and agencies as slots."""
    import regex

    from cleaner import phrases

    phrase = regex.sub(r"([\\(){}|])", r"\\\1", " ".join(text.split()).strip(" .!:•·–—-"))
    for slot in ("platform", "agency", "app_store"):
        if slot in ruleset.slots:
            phrase = regex.sub(
                rf"(?<![\p{{L}}\p{{N}}{{]){ruleset.slots[slot]}(?![\p{{L}}\p{{N}}}}])",
                f"{{{slot}}}",
                phrase,
                flags=regex.I | regex.V0,
            )
    words = regex.split(r"(\{[a-z_]+\})", phrase)
    return "".join(w if w.startswith("{") else phrases.fold(w) for w in words)


def _slug(phrase: str) -> str:
    import unicodedata

    import regex

    plain = "".join(c for c in unicodedata.normalize("NFKD", phrase.lower()) if not unicodedata.combining(c))
    words = regex.findall(r"[a-z0-9]+", plain.replace("{", " ").replace("}", " "))
    return "-".join(words[:4]) or "rule"


def _family_entry(family: str) -> dict[str, str]:
    from cleaner.reader import PLACEHOLDER

    if not is_interactive():
        return {
            "removes": f"{PLACEHOLDER}what {family} removes, in one sentence.",
            "keeps": f"{PLACEHOLDER}what looks like it and stays.",
        }
    return {
        "removes": click.prompt(f"{family} is new. One sentence: what does it remove?", err=True),
        "keeps": click.prompt("One sentence: what looks like it and stays?", err=True),
    }


def _append(folder: Path, path: Path, entry: dict[str, Any], family: dict[str, str] | None) -> int:
    """Write the entry at the end of the file, and family.yaml for a new family; the line of its id."""
    from cleaner.canon import canonical, schemas_of, write_entry

    path.parent.mkdir(parents=True, exist_ok=True)
    parts = path.relative_to(folder).parts
    old = path.read_text(encoding="utf-8") if path.is_file() else ""
    text = old.rstrip("\n") + "\n" + write_entry(entry) if old.strip() else write_entry(entry)
    # Other entries stay as their authors left them.
    if not old.strip():
        text = canonical(text, "rules", schemas_of(folder, parts))
    path.write_text(text, encoding="utf-8", newline="\n")
    if family is not None and not (path.parent / "family.yaml").exists():
        from cleaner.canon import write_mapping

        told = canonical(write_mapping(family), "family", schemas_of(folder, parts))
        (path.parent / "family.yaml").write_text(told, encoding="utf-8", newline="\n")
    return text[: text.rindex(f"- id: {entry['id']}")].count("\n") + 1


def is_interactive() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty()
