"""Options that all commands which clean have in common, and the Cleaner that they make."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleaner.model import PROFILES

if TYPE_CHECKING:
    from cleaner.model import RuleSet
    from cleaner.pipeline import Cleaner

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class Names(click.ParamType):  # type: ignore[type-arg]  # generic only since click 8.5
    """Names separated by commas; an option with it may also be given several times."""

    name = "NAME,…"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return value if isinstance(value, tuple) else tuple(n.strip() for n in value.split(",") if n.strip())


_RULES = (
    click.option(
        "--rules",
        multiple=True,
        type=_FOLDER,
        metavar="DIR",
        help="Folder of own rules, added to the bundled ones; may be repeated.",
    ),
    click.option("--only-rules", is_flag=True, help="Only the rules of --rules, not the bundled ones and the settings' folders."),
    click.option(
        "--config",
        type=_FILE,
        metavar="FILE",
        help="Settings, instead of the nearest cleaner.toml or [tool.cleaner] in pyproject.toml.",
    ),
)
_CHOICE = (
    click.option(
        "--profile",
        type=click.Choice(PROFILES),
        help="How much goes; standard where nothing is said. page: for whole pages, whose main content is to stay.",
    ),
    click.option(
        "--keep",
        type=float,
        metavar="SHARE",
        help="With --profile page: the share of the content that is sure to stay, 0.9995, 0.999, 0.99 or 0.95.",
    ),
    click.option("--families", multiple=True, type=Names(), help="Only these families of rules."),
    click.option("--exclude", multiple=True, type=Names(), help="All but these families or rule ids."),
    click.option("--languages", multiple=True, type=Names(), help="Use the rules of these languages, whatever the text's is."),
    click.option("--skip", multiple=True, type=Names(), help="Fixes of the normaliser to leave out."),
)


def cleaner_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that make a Cleaner.

    The command receives them as one argument, ``settings``, a plain dict (it can be pickled) to be
    passed on as ``make_cleaner(**settings)`` or to :func:`open_cleaner`.
    """
    names = ("profile", "keep", "families", "exclude", "languages", "skip", "rules", "only_rules", "config")
    return _gathered(command, (*_CHOICE, *_RULES), names)


def rules_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say which rules count, as one argument ``settings``.

    It is to be passed on as ``load_rules(**settings)`` or to :func:`open_rules`.
    """
    return _gathered(command, _RULES, ("rules", "only_rules", "config"))


def _gathered(
    command: Callable[..., Any], options: tuple[Callable[[Any], Any], ...], names: tuple[str, ...]
) -> Callable[..., Any]:
    @wraps(command)
    def gather(*args: Any, **given: Any) -> Any:
        settings = {n: given.pop(n) for n in names}
        for key in ("families", "exclude", "languages", "skip"):
            if key in settings:
                settings[key] = tuple(n for group in settings[key] for n in group)
        for key in ("families", "languages"):
            if key in settings:
                settings[key] = settings[key] or None
        return command(*args, settings=settings, **given)

    wrapped: Callable[..., Any] = gather
    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped


def open_cleaner(settings: Mapping[str, Any]) -> Cleaner:
    """The Cleaner that ``settings`` ask for; what is wrong with them goes to stderr, exit status 2."""
    from cleaner.config import make_cleaner

    cleaner: Cleaner = _or_exit(lambda: make_cleaner(**settings))
    return cleaner


def open_rules(settings: Mapping[str, Any]) -> RuleSet:
    """The RuleSet that ``settings`` ask for; what is wrong with them goes to stderr, exit status 2."""
    from cleaner.config import load_rules

    ruleset: RuleSet = _or_exit(lambda: load_rules(**settings))
    return ruleset


def _or_exit(make: Callable[[], Any]) -> Any:
    from cleaner.problems import RulesError

    try:
        return make()
    except RulesError as error:
        click.echo(str(error), err=True)
    except (ValueError, FileNotFoundError, ImportError) as error:
        click.echo(f"cleaner: {error}", err=True)
    sys.exit(2)
