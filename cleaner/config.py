"""Settings of a project or a user: ``cleaner.toml``, ``[tool.cleaner]`` in ``pyproject.toml``, ``CLEANER_RULES``.

One order for everything, the later the stronger: the bundled rules, the folders of the settings file,
the folders of ``CLEANER_RULES``, the folders given on the command line. A rule whose id stands in
an earlier folder too takes its place; slot words, protected patterns and word lists add up.

The settings file is the nearest one, from the working folder upwards::

    # cleaner.toml; in pyproject.toml the same under [tool.cleaner]
    rules = ["house-rules"]            # folders, relative to this file; added to the bundled rules
    bundled = true                     # false: only the folders above
    profile = "standard"
    families = ["share_prompts"]       # only these
    exclude = ["read_more", "image_credits/en/credit-at-end"]
    enable = ["ads/en/new-label"]      # trial rules (or families) that cut here
    languages = ["de", "fr"]
    skip = ["entities"]
    protected = ['^\\s*In memoriam\\b']

    [slots]                            # words added to slots; new slots are allowed
    outlet = ["The Harbour Post"]

    [levels]                           # rule or family -> level
    "tags" = "standard"
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from cleaner.model import LEVELS, PROFILES, Level, Profile, RuleSet
from cleaner.pipeline import Cleaner
from cleaner.problems import Problem, RulesError
from cleaner.rules import Changes, bundled_rules, load, shown_path

#: Folders of rules, separated as in ``PATH``.
ENVIRONMENT = "CLEANER_RULES"

_LISTS = ("rules", "families", "exclude", "enable", "languages", "skip", "protected")
_KEYS = (*_LISTS, "bundled", "profile", "slots", "levels")


@dataclass(frozen=True)
class Config:
    """What a settings file says."""

    path: Path | None = None
    """The file; None where there is none."""
    rules: tuple[Path, ...] = ()
    """Folders of own rules, absolute."""
    bundled: bool = True
    """Whether the bundled rules are used as well."""
    profile: Profile | None = None
    families: tuple[str, ...] | None = None
    exclude: tuple[str, ...] = ()
    languages: tuple[str, ...] | None = None
    skip: tuple[str, ...] = ()
    changes: Changes = field(default_factory=Changes)
    """What it changes in the rules themselves."""


def find_config(start: Path | None = None) -> Path | None:
    """The settings file that counts in ``start`` (the working folder where None), or None.

    The nearest folder that has ``cleaner.toml``, or a ``pyproject.toml`` with ``[tool.cleaner]``; the
    search goes upwards and ends at the top of a repository.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        own, shared = folder / "cleaner.toml", folder / "pyproject.toml"
        if own.is_file():
            return own
        if shared.is_file() and re.search(r"^\s*\[\s*tool\s*\.\s*cleaner\b", _text(shared), re.M):
            return shared
        if (folder / ".git").exists():
            return None
    return None


def read_config(path: Path) -> Config:
    """Read a settings file. Raises RulesError with all that is wrong with it."""
    shown, text = shown_path(path), _text(path)
    try:
        data: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+)", str(error))
        raise RulesError([Problem(shown, int(found[1]) if found else 0, "", f"is not valid TOML: {error}")]) from None
    if path.name == "pyproject.toml":
        data = data.get("tool", {}).get("cleaner", {})
    problems = list(_faults(data, shown, text))
    if problems:
        raise RulesError(problems)
    return Config(
        path=path,
        rules=tuple((path.parent / Path(r).expanduser()).resolve() for r in data.get("rules", ())),
        bundled=data.get("bundled", True),
        profile=data.get("profile"),
        families=tuple(data["families"]) if "families" in data else None,
        exclude=tuple(data.get("exclude", ())),
        languages=tuple(data["languages"]) if "languages" in data else None,
        skip=tuple(data.get("skip", ())),
        changes=Changes(
            place=shown,
            slots=tuple((name, tuple(words)) for name, words in data.get("slots", {}).items()),
            protected=tuple(data.get("protected", ())),
            levels=tuple((name, cast(Level, level)) for name, level in data.get("levels", {}).items()),
            enable=tuple(data.get("enable", ())),
        ),
    )


def current_config(config: Path | None = None) -> Config:
    """``config`` read; where it is None, the settings file that counts in the working folder."""
    path = config or find_config()
    return read_config(path) if path else Config()


def rule_folders(config: Config, rules: Iterable[str | os.PathLike[str]] = (), *, only: bool = False) -> list[Path]:
    """All folders of rules in their order; ``only``: just ``rules``, without bundled ones and settings."""
    own = [Path(r) for r in rules]
    if only:
        return _once(own)
    named = [Path(part).expanduser() for part in os.environ.get(ENVIRONMENT, "").split(os.pathsep) if part]
    first = [bundled_rules()] if config.bundled else []
    return _once([*first, *config.rules, *named, *own])


def _once(folders: Iterable[Path]) -> list[Path]:
    """Each folder once, where it is named first."""
    seen: dict[Path, Path] = {}
    for folder in folders:
        seen.setdefault(folder.resolve(), folder)
    return list(seen.values())


def load_rules(
    rules: Sequence[str | os.PathLike[str]] = (), *, config: Path | None = None, only_rules: bool = False, cache: bool = True
) -> RuleSet:
    """The rules that count here: bundled and own ones, changed as the settings say.

    Raises RulesError for rules or settings that can't be used, FileNotFoundError for a missing folder.
    """
    settings = current_config(config)
    if only_rules and not rules:
        raise ValueError("only own rules are wanted, but no folder of them is given")
    return load(rule_folders(settings, rules, only=only_rules), changes=settings.changes, cache=cache)


def make_cleaner(
    rules: Sequence[str | os.PathLike[str]] = (),
    profile: Profile | None = None,
    families: Iterable[str] | None = None,
    exclude: Iterable[str] = (),
    languages: Iterable[str] | None = None,
    config: Path | None = None,
    *,
    only_rules: bool = False,
    skip: Iterable[str] = (),
    **more: Any,
) -> Cleaner:
    """The Cleaner that counts here: settings file, ``CLEANER_RULES``, then what is given.

    ``rules`` are folders added to the bundled ones (``only_rules``: used instead of them).
    ``profile``, ``families`` and ``languages`` stand in place of what the settings say where they are
    given; ``exclude`` and ``skip`` add to it. ``more`` goes to :class:`Cleaner` as it is.

    Raises RulesError for rules or settings that can't be used, ValueError for a name that does not
    exist, FileNotFoundError for a missing folder.
    """
    settings = current_config(config)
    ruleset = load_rules(rules, config=config, only_rules=only_rules)
    return Cleaner(
        ruleset,
        profile=profile or settings.profile or "standard",
        families=families if families is not None else settings.families,
        exclude=(*settings.exclude, *exclude),
        languages=languages if languages is not None else settings.languages,
        skip=(*settings.skip, *skip),
        **more,
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise RulesError([Problem(shown_path(path), 0, "", "is not UTF-8; save it as UTF-8")]) from None


def _faults(data: Any, shown: str, text: str) -> Iterable[Problem]:
    def say(key: str, message: str) -> Problem:
        return Problem(shown, _line_of(key, text), "", message)

    for key, value in data.items():
        if key not in _KEYS:
            from difflib import get_close_matches

            near = get_close_matches(key, _KEYS, 1)
            yield say(
                key, f"unknown setting '{key}'" + (f"; did you mean '{near[0]}'?" if near else f"; known are: {', '.join(_KEYS)}")
            )
        elif key in _LISTS and not _is_texts(value):
            yield say(key, f"'{key}' must be a list of texts, such as {key} = [\"…\"]")
        elif key == "bundled" and not isinstance(value, bool):
            yield say(key, "'bundled' must be true or false")
        elif key == "profile" and value not in PROFILES:
            yield say(key, f"'profile' is {value!r}; it must be one of {', '.join(PROFILES)}")
        elif key in ("slots", "levels") and not isinstance(value, dict):
            yield say(key, f"'{key}' must be a table: write [{key}] on a line of its own and its entries under it")
        elif key == "slots":
            yield from (say(k, f"slot '{k}' must be a list of words") for k, v in value.items() if not _is_texts(v) or not v)
        elif key == "levels":
            yield from (
                say(k, f"the level of '{k}' is {v!r}; it must be one of {', '.join(LEVELS)}")
                for k, v in value.items()
                if v not in LEVELS
            )


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


def _line_of(key: str, text: str) -> int:
    for number, line in enumerate(text.split("\n"), 1):
        if re.match(rf"""\s*\[?\s*(?:tool\.cleaner\.)?["']?{re.escape(key)}["']?\s*[\]=]""", line):
            return number
    return 0


def origin(path: str) -> str:
    """Where a rule file comes from, for people: ``bundled``, or its folder of own rules."""
    folder = Path(path).parent.parent
    return "bundled" if folder == bundled_rules().resolve() else shown_path(folder)
