"""Mutation testing: change one thing of a module, and see that a test of it fails. How to run it: README.md.

The changes are those of cosmic-ray. Its own runner starts a process a mutant and changes the file on
disk; here a mutant is a fork. Most change the body of a function: the fork begins where all tests are collected,
and the function gets its new code. For the others, a module's constants above all, it imports the module changed.
"""

from __future__ import annotations

import argparse
import ast
import gc
import importlib.abc
import importlib.util
import io
import os
import random
import re
import resource
import shlex
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from copy import copy, deepcopy
from dataclasses import dataclass
from functools import lru_cache
from importlib.machinery import ModuleSpec, SourceFileLoader
from itertools import pairwise
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest
import yaml

try:
    from cosmic_ray.ast import get_ast
    from cosmic_ray.plugins import get_operator
except ImportError:  # the list of survivors is checked without it
    get_ast = get_operator = None

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

    operator: Any
    node: Any
    """Of the module's tree."""
    index: int
    """Which of the operator's changes to the node."""
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
        for node in nodes:
            yield from (Place(operator, node, n, line) for n, ((line, _), _) in enumerate(operator.mutation_positions(node)))


def _walk(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", ()):
        yield from _walk(child)


def changed(source: str, place: Place) -> Mutant | None:
    """The module changed in one place; None in an annotation, which says nothing."""
    node = place.node
    if any(begin <= node.start_pos < end for begin, end in _annotations(source)):
        return None
    lines = source.split("\n")
    begin, end = (
        sum(len(line) + 1 for line in lines[: n - 1]) + column for n, column in (node.get_start_pos_of_prefix(), node.end_pos)
    )
    # The tree is that of all places: a copy of the node is changed, and of nothing above it.
    parent, node.parent = node.parent, None
    copied = deepcopy(node)
    node.parent = copied.parent = parent
    new = source[:begin] + place.operator.mutate(copied, place.index).get_code() + source[end:]
    pairs = zip(lines, new.split("\n"), strict=False)
    line, was, now = next((n, a, b) for n, (a, b) in enumerate(pairs, 1) if a != b)
    return Mutant(line, was.strip(), now.strip(), _function_at(source, line), new)


def _function_at(source: str, line: int) -> str:
    around = [f for f in _functions(source) if f.lineno <= line <= (f.end_lineno or line)]
    return max(around, key=lambda node: node.lineno).name if around else ""


@lru_cache(maxsize=1)
def _functions(source: str) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]


@lru_cache(maxsize=1)
def _annotations(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Begin and end of all annotations, each as line and column."""
    found: list[ast.expr | None] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            found.append(node.returns)
        elif isinstance(node, ast.arg | ast.AnnAssign):
            found.append(node.annotation)
    return [((e.lineno, e.col_offset), (e.end_lineno or 0, e.end_col_offset or 0)) for e in found if e is not None]


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
QUICK = "-x -q --assert=plain --capture=no -p no:cacheprovider -p no:unraisableexception -p no:threadexception".split()


def fails_imported(path: Path, source: str, runs: Sequence[str], seconds: float) -> bool:
    """Whether a test fails, or does not end, when the module at ``path`` is imported with this source."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            signal.alarm(int(seconds))
            _begin_mutant()
            sys.meta_path.insert(0, Changed(path, source))
            code = next((c for run in runs if (c := pytest.main([*QUICK, *shlex.split(run)]))), 0)
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1] != 0


def _begin_mutant() -> None:
    """In a fork: print nothing, take no more memory than there is, and leave nothing behind of what a mutant makes of the rules."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(1, 2)
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    from cleaner import kept

    kept.write = lambda name, data: None
    kept.Patterns._write = lambda self: None  # type: ignore[method-assign]


_MOST_MEMORY = 6 << 30


# ---------------------------------------------------------------- mutants of a function's body


def functions_of(path: Path) -> dict[tuple[str, int], list[FunctionType]]:
    """The functions that were made of a module's code, by name and by which of that name it is."""
    code = compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True)
    by_line = {(c.co_qualname, c.co_firstlineno): name for name, c in codes(code).items()}
    found: dict[tuple[str, int], list[FunctionType]] = {}
    for f in gc.get_objects():
        # Functions that were made in another one are made anew when that one runs.
        if isinstance(f, FunctionType) and f.__code__.co_filename == str(path) and "<locals>" not in f.__qualname__:
            found.setdefault(by_line[f.__code__.co_qualname, f.__code__.co_firstlineno], []).append(f)
    return found


def codes(code: CodeType) -> dict[tuple[str, int], CodeType]:
    """The code of all functions in a module's code."""
    found: dict[tuple[str, int], CodeType] = {}
    counts: Counter[str] = Counter()

    def visit(inside: CodeType) -> None:
        for c in inside.co_consts:
            if isinstance(c, CodeType):
                found[c.co_qualname, counts[c.co_qualname]] = c
                counts[c.co_qualname] += 1
                visit(c)

    visit(code)
    return found


class Remembered:
    """What a module has remembered of its work, apart from what others hold: forgotten before a mutant begins."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        module = next(m for m in list(sys.modules.values()) if getattr(m, "__file__", None) == self._path)
        self._values = [
            (v, copy(v)) for name, v in vars(module).items() if isinstance(v, list | dict | set) and name[0:2] != "__"
        ]

    def forget(self) -> None:
        for value, before in self._values:
            value.clear()
            if isinstance(value, list):
                value.extend(before)
            else:
                value.update(before)
        for cache in gc.get_objects():
            if isinstance(cache, _Memory) and getattr(_code_of(cache), "co_filename", None) == self._path:
                cache.cache_clear()


_Memory: Any = type(lru_cache(lambda: None))


def _code_of(cache: Any) -> CodeType | None:
    """The code of what a memory remembers; None where that is no Python."""
    function = cache.__wrapped__
    return getattr(getattr(function, "__func__", function), "__code__", None)


def is_in_body(source: str, line: int) -> bool:
    """Whether a line stands in a function's body, and so leaves all that is done at the import as it is."""
    return any(f.body[0].lineno <= line <= (f.end_lineno or 0) for f in _functions(source))


class Collector:
    """Plugin that only notes which tests there are, in the order of the runs."""

    def __init__(self) -> None:
        self.order: list[str] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.order += (item.nodeid for item in session.items)


def collected(runs: Sequence[str]) -> list[str]:
    """The ids of the tests of these runs."""
    plugin = Collector()
    for run in runs:
        pytest.main([*QUICK, "--collect-only", "-qq", *shlex.split(run)], plugins=[plugin])
    return list(dict.fromkeys(plugin.order))


class Session:
    """Plugin of a pytest session that collects the tests once and runs them in a fork for each mutant."""

    def __init__(self, path: Path, order: Sequence[str], mutants: Sequence[Mutant], tell: Tell, is_warm: bool) -> None:
        self.is_sound = False
        """Whether the tests pass on the module as it is."""
        self._is_warm = is_warm
        self._path, self._order, self._mutants, self._tell = path, order, mutants, tell
        self._pipe = 0
        self._seconds: dict[str, float] = {}
        # Tests that killed the mutants before are likely to kill the next one, of the same function.
        self._latest: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        items = {item.nodeid: item for item in session.items}
        functions = functions_of(self._path)
        if self._is_warm:
            remembered = Remembered(self._path)
            tests = [items[name] for name in self._order]
            # After the last one comes the first: what is made for the whole session stays.
            for test, after in pairwise([*tests, tests[0]]):
                test.ihook.pytest_runtest_protocol(item=test, nextitem=after)
            remembered.forget()
        gc.collect()
        gc.freeze()
        for mutant in [None, *self._mutants]:
            reader, self._pipe = os.pipe()
            child = os.fork()
            if child == 0:
                _begin_mutant()
                if mutant is not None:
                    new = codes(compile(mutant.source, str(self._path), "exec", dont_inherit=True))
                    for name, made in functions.items():
                        for function in made:
                            function.__code__ = new[name]
                session.items[:] = [items[name] for name in dict.fromkeys([*reversed(self._latest), *self._order])]
                return None  # as any session: the tests, one by one
            os.close(self._pipe)
            with os.fdopen(reader, encoding="utf-8") as told:
                begun = [line.split("\t") for line in told.read().splitlines()]
            failed = os.waitpid(child, 0)[1] != 0
            if not begun:
                raise RuntimeError("a fork could not begin")
            if mutant is not None:
                self._tell(mutant, failed)
                if failed:
                    self._latest = [*(name for name in self._latest if name != begun[-1][1]), begun[-1][1]][-8:]
            elif failed:
                break
            else:
                self.is_sound = True
                self._seconds = {name: float(end) - float(begin) for (begin, name), (end, _) in pairwise([*begun, begun[-1]])}
        return True

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        if self._pipe:
            os.write(self._pipe, f"{time.monotonic()}\t{nodeid}\n".encode())
            signal.alarm(int(10 + 5 * self._seconds[nodeid]) if self._seconds else 600)


#: Told of each mutant whether a test failed.
Tell = Callable[[Mutant, bool], None]


def try_bodies(path: Path, mutants: Sequence[Mutant], data: dict[str, Any], tell: Tell) -> bool:
    """Tell of mutants of functions' bodies whether a test fails, or does not end; False where one fails on the module as it is."""
    here = os.getpid()
    code = 1
    try:
        with redirect_stdout(io.StringIO()):
            order = collected(data["tests"])
            session = Session(path, order, mutants, tell, data.get("warm", False))
            code = pytest.main([*QUICK, *order], plugins=[session])
    finally:
        if os.getpid() != here:
            os._exit(code)
    return session.is_sound


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
    if fails_imported(path, source, data["tests"], 600):
        print("the tests fail on the module as it is")
        return 2
    patience = 10 + 3 * (time.monotonic() - begun)
    known = Known(data)
    counts: Counter[str] = Counter()
    at_import: list[Mutant] = []
    in_body: list[Mutant] = []
    for mutant in filter(None, (changed(source, place) for place in chosen)):
        outcome = known.reason(mutant)
        if outcome is not None:
            counts[outcome] += 1
        else:
            (in_body if is_in_body(source, mutant.line) else at_import).append(mutant)

    out = sys.stdout

    def tell(mutant: Mutant, is_killed: bool) -> None:
        counts["killed" if is_killed else "survive"] += 1
        if not is_killed:
            print(f"{given.module}:{mutant.line}: survives\n  - {mutant.was}\n  + {mutant.now}", file=out, flush=True)

    for mutant in at_import:
        tell(mutant, fails_imported(path, mutant.source, data["tests"], patience))
    if not try_bodies(path, in_body, data, tell):
        print("the tests fail on the module as it is")
        return 2
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
