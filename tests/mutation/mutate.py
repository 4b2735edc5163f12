"""Mutation testing: change one thing of a module, and see that a test of it fails. How to run it: README.md.

The changes are those of cosmic-ray. Its own runner starts a process a mutant and changes the file on
disk; here a mutant is a fork in which the module is imported changed, which takes a fifth of the time.
"""

from __future__ import annotations

import argparse
import ast
import gc
import importlib.abc
import importlib.util
import os
import random
import re
import shlex
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

try:
    from cosmic_ray.ast import get_ast
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator
except ImportError:  # the list of survivors is checked without it
    get_ast = mutate_code = get_operator = None

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).with_name("mutants.yaml")

#: One change a place, next to what stands there: `<` becomes `<=`, not each of the other seven.
OPERATORS = [
    "NumberReplacer", "AddNot", "ReplaceUnaryOperator_Delete_Not", "ReplaceUnaryOperator_USub_UAdd",
    "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "ExceptionReplacer", "ZeroIterationForLoop",
    *(f"ReplaceComparisonOperator_{pair}" for pair in (
        "Eq_NotEq", "NotEq_Eq", "Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt", "Is_IsNot", "IsNot_Is",
    )),
    *(f"ReplaceBinaryOperator_{pair}" for pair in (
        "Add_Sub", "Sub_Add", "Mul_FloorDiv", "FloorDiv_Mul", "Mod_Add", "BitOr_BitAnd", "BitAnd_BitOr", "LShift_RShift",
    )),
]  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where an operator changes something."""

    operator: str
    occurrence: int
    line: int
    """From 1."""


@dataclass(frozen=True)
class Mutant:
    """A module with one change."""

    line: int
    """The changed line, from 1."""
    was: str
    """What stood there, without the space around it."""
    now: str
    """What became of it."""
    inside: str
    """The function around it; empty where there is none."""
    source: str
    """The whole changed module."""


def places(source: str) -> Iterator[Place]:
    """Every place that can be changed, operator by operator."""
    nodes = list(_walk(get_ast(source)))
    for name in OPERATORS:
        operator = get_operator(f"core/{name}")()
        positions = (start for node in nodes for start, _ in operator.mutation_positions(node))
        yield from (Place(name, n, line) for n, (line, _) in enumerate(positions))


def _walk(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", ()):
        yield from _walk(child)


def changed(source: str, place: Place) -> Mutant | None:
    """The module changed in one place; None where that says nothing else, as in an annotation."""
    new = mutate_code(source, get_operator(f"core/{place.operator}")(), place.occurrence)
    if new is None or _without_annotations(new) == _without_annotations(source):
        return None
    pairs = zip(source.split("\n"), new.split("\n"), strict=False)
    line, was, now = next((n, a, b) for n, (a, b) in enumerate(pairs, 1) if a != b)
    return Mutant(line, was.strip(), now.strip(), _function_at(source, line), new)


def _function_at(source: str, line: int) -> str:
    around = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or line)
    ]
    return max(around, key=lambda node: node.lineno).name if around else ""


@lru_cache(maxsize=2)
def _without_annotations(source: str) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
    return ast.dump(tree)


# ---------------------------------------------------------------- one mutant


class Changed(importlib.abc.MetaPathFinder):
    """Finds one module with another source than its file's."""

    def __init__(self, path: Path, source: str) -> None:
        self._path = path
        self._name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        self._source = source

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name != self._name:
            return None
        return importlib.util.spec_from_file_location(name, self._path, loader=_Loader(name, str(self._path), self._source))


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._source = source

    def get_code(self, fullname: str) -> Any:
        # Neither from the file of compiled code nor into it.
        return compile(self._source, self.path, "exec", dont_inherit=True)


# Nobody reads the failures; and to collect garbage costs more than most tests.
QUICK = "-x -q --assert=plain -p no:cacheprovider -p no:unraisableexception -p no:threadexception".split()


def is_killed(path: Path, source: str, runs: Sequence[str], seconds: float) -> bool:
    """Whether a test fails, or does not end, when the module at ``path`` has this source."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            signal.alarm(int(seconds))
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.dup2(1, 2)
            sys.meta_path.insert(0, Changed(path, source))
            _keep_nothing()
            code = next((c for run in runs if (c := pytest.main([*QUICK, *shlex.split(run)]))), 0)
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return status != 0


def _keep_nothing() -> None:
    """What a mutant makes of the rules must not stay behind for others."""
    from cleaner import kept

    kept.write = lambda name, data: None
    kept.Patterns._write = lambda self: None  # type: ignore[method-assign]


# ---------------------------------------------------------------- all of them


def warm_up() -> None:
    """Import what every fork needs, so that it is left with what depends on the mutant."""
    import hypothesis.strategies  # noqa: F401
    import langdetect

    import cleaner.pipeline  # noqa: F401

    langdetect.detect("The ferry left on time.")
    # What stays of these is what their libraries remember: patterns compiled, files read.
    for name in [n for n in sys.modules if n.partition(".")[0] == "cleaner"]:
        del sys.modules[name]
    gc.collect()
    gc.freeze()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("module", help="the module's path: cleaner/edits.py")
    parser.add_argument("--sample", type=int, metavar="N", help="test N of its mutants only, drawn at random")
    parser.add_argument("--seed", type=int, default=1, help="of the sample (1)")
    parser.add_argument("--lines", nargs="+", metavar="A-B", default=[], help="only changes to these lines")
    given = parser.parse_args()

    os.environ |= {"HYPOTHESIS_PROFILE": "mutation", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    path = ROOT / given.module
    source = path.read_text(encoding="utf-8")
    data = yaml.safe_load(DATA.read_text(encoding="utf-8"))[given.module]
    wanted = {n for lines in given.lines for n in range(int(lines.split("-")[0]), int(lines.split("-")[-1]) + 1)}
    chosen = [p for p in places(source) if not wanted or p.line in wanted]
    number = len(chosen)
    if given.sample is not None and given.sample < number:
        chosen = random.Random(given.seed).sample(chosen, given.sample)
    chosen.sort(key=lambda p: p.line)

    warm_up()
    begun = time.monotonic()
    if is_killed(path, source, data["tests"], 600):
        print("the tests fail on the module as it is")
        return 2
    patience = 10 + 3 * (time.monotonic() - begun)
    known = Known(data)
    counts: Counter[str] = Counter()
    for place in chosen:
        mutant = changed(source, place)
        if mutant is None:
            continue
        outcome = known.reason(mutant)
        if outcome is None:
            outcome = "killed" if is_killed(path, mutant.source, data["tests"], patience) else "survive"
        if outcome == "survive":
            print(f"{given.module}:{mutant.line}: survives\n  - {mutant.was}\n  + {mutant.now}", flush=True)
        counts[outcome] += 1
    stale = [] if given.lines or given.sample else known.unused()
    for entry in stale:
        print(f"{given.module}: {DATA.name} explains what does not occur: {entry}")
    print(f"{given.module}: {counts.total()} of {number} mutants:", ", ".join(f"{n} {outcome}" for outcome, n in counts.items()))
    return 1 if counts["survive"] or stale else 0


def _but_for_numbers(line: str) -> str:
    return re.sub(r"[\d<>=+-]|\s|_(?=\d)", "", line)


class Known:
    """What the data file says of a module's survivors."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._entries: list[dict[str, str]] = [
            *({"line": line, "counts as": "bounds"} for line in data.get("bounds", [])),
            *({**entry, "counts as": "equal"} for entry in data.get("survivors", [])),
        ]
        self._used: set[int] = set()

    def reason(self, mutant: Mutant) -> str | None:
        """What this mutant counts as where it is explained; None where it is to be killed."""
        for n, entry in enumerate(self._entries):
            wanted = entry["line"], entry.get("mutant", mutant.now), entry.get("in", mutant.inside)
            if entry["counts as"] == "bounds" and _but_for_numbers(mutant.was) != _but_for_numbers(mutant.now):
                continue
            if wanted == (mutant.was, mutant.now, mutant.inside):
                self._used.add(n)
                return entry["counts as"]
        return None

    def unused(self) -> list[dict[str, str]]:
        """Entries that no mutant was found for: the line was rewritten."""
        return [entry for n, entry in enumerate(self._entries) if n not in self._used]


if __name__ == "__main__":
    sys.exit(main())
