"""The command line: one module a command, each imported only when it runs."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping

import click

from cleaner import __version__


class LazyGroup(click.Group):
    """A group whose commands are ``module:attribute`` until they are asked for.

    The help texts stand here in short form, so that ``--help`` imports none of the modules.
    """

    def __init__(self, *args: object, lazy: Mapping[str, tuple[str, str]] | None = None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # click's own signature, passed through
        self.lazy = dict(lazy or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.lazy:
            return None
        module, _, name = self.lazy[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in self.lazy and not name.startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(name, self.lazy, 1)
            hint = f" Did you mean '{near[0]}'?" if near else f" There are: {', '.join(self.lazy)}."
            ctx.fail(f"There is no command '{name}'.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, short) for name, (_, short) in self.lazy.items()])


@click.group(
    cls=LazyGroup,
    lazy={
        "clean": ("cleaner.cli.clean:clean", "Clean texts or pages; the clean text goes to stdout or a folder."),
        "batch": ("cleaner.cli.batch:batch", "Clean a corpus: shards in, shards out; killed and resumed without loss."),
        "explain": ("cleaner.cli.explain:explain", "Show what would go from a text, and which rule takes it."),
        "restore": ("cleaner.cli.restore:restore", "Make the original again from a clean text and its edits."),
        "rules": ("cleaner.cli.rules:rules", "Check, list and try the rules."),
    },
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit status: 0 done, 1 some inputs failed, 2 wrong usage or invalid rules, 130 interrupted.",
)
@click.version_option(__version__, prog_name="cleaner")
def main() -> None:
    """Take the residue out of scraped text: icon names, share prompts, image credits, app
    promos, "Read more" lists and their like. Content is never dropped, and every change can be
    explained and undone.

    \b
    Examples:
      cleaner clean article.txt               clean text on stdout
      cleaner clean *.txt -o clean/           one file an input, in clean/
      curl -s URL | cleaner clean --html      a page, through trafilatura
      cleaner explain article.txt             what goes, and why
    """


def run() -> None:
    """Entry point: runs the command line and turns what may happen into an exit status."""
    try:
        status = main.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except click.exceptions.Exit as stop:
        status = stop.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("cleaner: interrupted", err=True)
        status = 130
    except BrokenPipeError:
        # The reader of our output went away (`| head`): nothing more to say, and nothing to flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status if isinstance(status, int) else 0)
