"""``cleaner rules …``: what a maintainer of rules needs, one module a command."""

from __future__ import annotations

import click

from cleaner.cli import LazyGroup


@click.group(
    cls=LazyGroup,
    lazy={
        "check": ("cleaner.cli.rules.check:check", "Find everything that is wrong with rule files."),
        "list": ("cleaner.cli.rules.list:list_", "List the rules and where each comes from."),
        "show": ("cleaner.cli.rules.show:show", "One rule: its pattern in full, its cues, its examples as they run."),
        "test": ("cleaner.cli.rules.test:test", "Run the examples: what went, and what should have."),
        "new": ("cleaner.cli.rules.new:new", "Write a new rule into the right file."),
        "try": ("cleaner.cli.rules.try_:try_", "What a pattern would take from a corpus, before it is a rule."),
        "diff": ("cleaner.cli.rules.diff:diff", "What two states of the rules take differently from a corpus."),
        "coverage": ("cleaner.cli.rules.coverage:coverage", "How often each rule cuts in a corpus, and what no rule knows."),
        "budget": ("cleaner.cli.rules.budget:budget", "What the rules take from text that is known to be clean."),
        "fmt": ("cleaner.cli.rules.fmt:fmt", "Bring rule files into their canonical form."),
        "docs": ("cleaner.cli.rules.docs:docs", "Write the reference of all families and rules."),
        "schema": ("cleaner.cli.rules.schema:schema", "Write the JSON Schemas for editors."),
    },
)
def rules() -> None:
    """Check, list, try and write the rules.

    \b
    From a line that should have gone to a rule:
      cleaner rules try 'follow {outlet} on {platform}' corpus/
      cleaner rules new
      cleaner rules check
    """
