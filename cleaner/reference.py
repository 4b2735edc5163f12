"""The reference of all families and rules as Markdown: behind ``rules docs`` and ``docs/rules.md``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from cleaner.model import LEVELS, Rule, RuleSet

_KINDS = {"line": "whole line", "span": "part of a line", "block": "line and list under it", "detector": "found by an algorithm"}


def reference(ruleset: RuleSet) -> str:
    """A Markdown page: what each family takes and keeps, how many rules it has, one example a rule."""
    return "\n".join(_lines(ruleset)) + "\n"


def _lines(ruleset: RuleSet) -> Iterator[str]:
    rules = [r for r in ruleset if r.status != "retired"]
    yield "# Rules"
    yield ""
    yield "Written by `cleaner rules docs` from the files in `rules/`; do not edit it by hand."
    yield ""
    yield (
        f"{_count(len(rules), 'rule')} in {_count(len({r.family for r in rules}), 'family', 'families')} and "
        f"{_count(len({r.language for r in rules} - {'any'}), 'language')}, with "
        f"{_count(sum(len(r.removes) for r in rules), 'example')} that go and {_count(sum(len(r.keeps) for r in rules), 'near miss', 'near misses')} "
        f"that stay. Version `{ruleset.version}`."
    )
    yield ""
    yield "A rule's level is the most careful profile that uses it: " + ", ".join(f"`{level}`" for level in LEVELS) + "."
    yield "In the examples `[[…]]` marks what goes."
    yield ""
    yield "| family | rules | careful | standard | thorough | trial | languages |"
    yield "|---|--:|--:|--:|--:|--:|---|"
    names = sorted({r.family for r in rules})
    for name in names:
        here = [r for r in rules if r.family == name]
        levels = Counter(r.level for r in here if r.status == "stable")
        trials = sum(r.status == "trial" for r in here)
        counts = " | ".join(str(n or "") for n in (*(levels[level] for level in LEVELS), trials))
        yield f"| [{name}](#{name}) | {len(here)} | {counts} | {' '.join(sorted({r.language for r in here}, key=_any_first))} |"
    families = {f.name: f for f in ruleset.families}
    for name in names:
        yield ""
        yield f"## {name}"
        yield ""
        yield f"**Removes:** {families[name].removes}"
        yield ""
        yield f"**Keeps:** {families[name].keeps}"
        here = [r for r in rules if r.family == name]
        for language in sorted({r.language for r in here}, key=_any_first):
            yield ""
            yield f"### {name}/{language}"
            yield ""
            for rule in (r for r in here if r.language == language):
                yield from _rule(rule)


def _rule(rule: Rule) -> Iterator[str]:
    facts = [_KINDS[rule.kind], rule.level, *([rule.status] if rule.status != "stable" else [])]
    name = rule.id.rsplit("/", 1)[-1]
    yield f"- **{name}** ({', '.join(facts)}). {rule.why}  "
    yield f"  goes: {_code(rule.removes[0])}  "
    yield f"  stays: {_code(rule.keeps[0])}"


def _code(text: str) -> str:
    """Text as Markdown code on one line, whatever backticks it has."""
    flat = " ⏎ ".join(part.strip() for part in text.strip("\n").split("\n"))
    flat = flat if len(flat) <= 160 else flat[:159] + "…"
    fence = "``" if "`" in flat else "`"
    space = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{space}{flat}{space}{fence}"


def _any_first(language: str) -> tuple[bool, str]:
    return language != "any", language


def _count(n: int, one: str, many: str = "") -> str:
    return f"{n:,} {one if n == 1 else many or one + 's'}"
