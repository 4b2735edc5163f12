#!/usr/bin/env python3
"""Work counted, not timed: a check against slow drift that no noise can hide.

    python benchmarks/counts.py                 what a thousand characters of each text take
    python benchmarks/counts.py --check         exit status 1 where that grew by more than a tenth
    python benchmarks/counts.py --write         renew counts.json: after a change that is worth it, or one that saves
    python benchmarks/counts.py --callgrind     instructions of the processor as well, where valgrind is; a minute

Counted are calls, of Python's functions and of those written in C, and lines of Python that run, over a few
fixtures, in a process of its own with a fixed hash seed. That is the same on every machine, but not in every version of Python, nor
with and without the compiled gates, so counts are kept for each of those, and checked only where there are some. What C code does
within one call it does not see: a pattern that backtracks more is one call still. Instructions see that, too, but they
hang on the processor and on how Python was built, so they are kept by machine and not part of the check in CI.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleaner.pipeline import Cleaner

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

COUNTS = Path(__file__).resolve().with_name("counts.json")
#: Growth past which a check fails.
ALLOWED = 0.10
#: What is counted over: files of fixtures/, few and of many kinds.
TEXTS = {
    "prose": ("prose/en.txt", "prose/de.txt", "prose/ru.txt", "prose/ja.txt"),
    "near misses": ("prose/near_misses/en.txt", "prose/near_misses/es.txt", "prose/near_misses/en-minutes.txt"),
    "articles": ("pages/seed-spymaster-call/input.txt", "pages/seed-cia-meeting/input.txt", "pages/en-flood-local-paper/input.txt", "pages/de-stadtrat/input.txt"),
}
Counts = dict[str, dict[str, float]]


def circumstances() -> str:
    """What counts hang on: they are compared with those of the same alone."""
    from cleaner.gates import gates_are_fast, scanner_is_compiled

    python = f"{platform.python_implementation()} {'.'.join(platform.python_version_tuple()[:2])}"
    return f"{python}, {'compiled' if gates_are_fast() else 'plain'} gates, {'compiled' if scanner_is_compiled() else 'plain'} scanner"


def texts() -> dict[str, list[str]]:
    return {name: [(ROOT / "fixtures" / file).read_text(encoding="utf-8") for file in files] for name, files in TEXTS.items()}


def count(run: Callable[[], object]) -> dict[str, int]:
    """Calls and lines of Python while ``run`` runs."""
    calls = lines = 0

    def profile(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    def trace(frame: FrameType, event: str, argument: object) -> Callable[..., object]:
        nonlocal lines
        lines += event == "line"
        return trace

    sys.setprofile(profile)
    try:
        run()
    finally:
        sys.setprofile(None)
    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(None)
    return {"calls": calls, "lines": lines}


def measured() -> Counts:
    """Counts of each group of texts, for a thousand characters, in this process."""
    import gc

    from cleaner.pipeline import Cleaner

    cleaner = Cleaner()
    found: Counts = {}
    for name, given in texts().items():

        def run(given: list[str] = given) -> None:
            _forget(cleaner)
            for text in given:
                cleaner.clean(text)

        run()  # what is loaded and compiled when it is first needed does not count
        gc.collect()
        gc.disable()
        size = sum(map(len, given))
        found[name] = {what: round(1000 * n / size, 1) for what, n in count(run).items()}
        gc.enable()
    return found


def _forget(cleaner: Cleaner) -> None:
    """Empty what is remembered of texts and lines, so that a text is new each time."""
    from cleaner import language

    cleaner.matcher.forget()
    for value in vars(language).values():
        if hasattr(value, "cache_parameters") and (value.cache_parameters()["maxsize"] or 0) > 1:
            value.cache_clear()


def in_its_own_process() -> Counts:
    """Counts that do not hang on what this process did before, nor on the seed of hashes."""
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run([sys.executable, __file__, "--print"], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: Counts = json.loads(done.stdout)
    return found


# ---------------------------------------------------------------- instructions


def instructions() -> Counts:
    """Instructions of the processor for a thousand characters, by callgrind: start and warm-up left out."""
    with tempfile.TemporaryDirectory() as folder:
        started, told = Path(folder) / "started", Path(folder) / "told"
        command = ["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={folder}/out.%p"]
        environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONMALLOC": "malloc"}
        found: Counts = {}
        for name in TEXTS:
            for file in (started, told):
                file.unlink(missing_ok=True)
            process = subprocess.Popen(
                [*command, sys.executable, __file__, "--under-callgrind", name, str(started), str(told)],
                env=environment, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            while not started.exists():
                if process.poll() is not None:
                    raise SystemExit(f"valgrind ended with {process.returncode}")
                time.sleep(0.1)
            subprocess.run(["callgrind_control", "-i", "on", str(process.pid)], check=True, capture_output=True)
            told.touch()
            process.wait()
            total = 0
            for file in Path(folder).glob("out.*"):
                total += sum(int(line.split()[1]) for line in file.read_text().splitlines() if line.startswith(("summary:", "totals:")))
                file.unlink()
            size = sum(map(len, texts()[name]))
            found[name] = {"instructions": round(1000 * total / size)}
        return found


def _under_callgrind(name: str, started: Path, told: Path) -> None:
    import gc

    from cleaner.pipeline import Cleaner

    cleaner = Cleaner()
    given = texts()[name]
    for text in given:
        cleaner.clean(text)
    _forget(cleaner)
    gc.disable()
    started.touch()
    while not told.exists():
        time.sleep(0.05)
    for text in given:
        cleaner.clean(text)
    os._exit(0)  # what ends a process is not counted


# ---------------------------------------------------------------- command


def compare(old: Counts, new: Counts) -> tuple[list[str], list[str]]:
    """What grew by more than is allowed, and what shrank by as much: a line each."""
    grown, shrunk = [], []
    for name, counts in new.items():
        for what, n in counts.items():
            before = old.get(name, {}).get(what)
            if before is None:
                continue
            line = f"{name}: {before:,} {what} in a thousand characters before, {n:,} now ({n / before - 1:+.0%})"
            if n > before * (1 + ALLOWED):
                grown.append(line)
            elif n < before * (1 - ALLOWED):
                shrunk.append(line)
    return grown, shrunk


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with what is kept; exit status 1 where it grew")
    parser.add_argument("--write", action="store_true", help="keep these counts")
    parser.add_argument("--callgrind", action="store_true", help="instructions of the processor, too")
    parser.add_argument("--counts", type=Path, default=COUNTS, metavar="FILE", help="where they are kept")
    parser.add_argument("--print", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--under-callgrind", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args(arguments)
    if args.under_callgrind:
        name, started, told = args.under_callgrind
        _under_callgrind(name, Path(started), Path(told))
    if args.print:
        print(json.dumps(measured()))
        return 0
    found = {circumstances(): in_its_own_process()}
    if args.callgrind:
        if not (shutil.which("valgrind") and shutil.which("callgrind_control")):
            raise SystemExit("valgrind is not installed (a package of that name in most systems)")
        found[f"{circumstances()}, {platform.python_version()} on {platform.machine()}"] = instructions()
    for where, by_name in found.items():
        print(where)
        for name, counts in by_name.items():
            print(f"  {name:12} " + "  ".join(f"{n:12,} {what}" for what, n in counts.items()))
    kept = json.loads(args.counts.read_text(encoding="utf-8")) if args.counts.exists() else {}
    if args.write:
        args.counts.write_text(json.dumps({**kept, **found}, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        return 0
    status = 0
    for where, counts in found.items():
        if where not in kept:
            print(f"nothing is kept for {where}: nothing to compare with")
            continue
        grown, shrunk = compare(kept[where], counts)
        for line in grown:
            print(f"GREW   {line}")
        for line in shrunk:
            print(f"shrank {line}; keep it: python benchmarks/counts.py --write")
        if grown and args.check:
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
