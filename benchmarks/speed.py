#!/usr/bin/env python3
"""How fast cleaner is, side by side with what others do: everything in one run, as ratios with their spread.

    python benchmarks/speed.py --quick                      two minutes and more, to see where one is
    python benchmarks/speed.py DIR                          on the labelled pages that benchmarks/quality.py reads
    python benchmarks/speed.py DIR --only texts rules       some of it
    python benchmarks/speed.py DIR --write benchmarks       puts tables and plot into benchmarks/README.md and speed.svg

Without DIR, texts are made up from fixtures/ and the rules' own examples. In memory, one core, time of the processor. The
subjects take turns round by round, so that what else a machine does hits all alike; a ratio is made within a round, and what is
shown is the median and the quartiles over the rounds. benchmarks/README.md says what each line means.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import json
import os
import platform
import pstats
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from speed_plot import plot
from speed_rules import many_rules
from speed_subjects import INSTALL, Run, Subject, extractors, floors, others, ours
from speed_texts import KINDS, Maker, fixture_pages, from_pages, in_pieces, long_text

from cleaner import kept, language
from cleaner.gates import gates_are_fast
from cleaner.match import Matcher
from cleaner.pipeline import Cleaner
from cleaner.rules import load

README, PLOT = "README.md", "speed.svg"
BEGIN, END = "<!-- written by speed.py: begin -->", "<!-- written by speed.py: end -->"
WHOLE = "clean"
SECTIONS = ("texts", "work", "rules", "length", "residue", "batch", "profile")


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    size: int
    """Bytes of text of each kind."""
    rounds: int
    seconds: float
    """What one subject may take in one round, about; the slow ones get fewer texts."""
    pages: int
    """Pages with HTML."""
    times: tuple[int, ...]
    """How many times the rules."""
    lengths: tuple[int, ...]
    """Bytes of one document."""
    shares: tuple[float, ...]
    """Of lines that are residue."""
    corpus: int
    """Bytes of text in the corpus for ``cleaner batch``."""
    workers: tuple[int, ...]


FULL = Plan(
    size=2_000_000,
    rounds=9,
    seconds=3.0,
    pages=60,
    times=(1, 3, 10),
    lengths=(1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000),
    shares=(0.0, 0.05, 0.1, 0.2, 0.5),
    corpus=40_000_000,
    workers=(1, 2),
)
QUICK = Plan(
    size=400_000,
    rounds=3,
    seconds=0.5,
    pages=10,
    times=(1, 3),
    lengths=(1_000, 10_000, 100_000, 1_000_000),
    shares=(0.0, 0.1, 0.5),
    corpus=6_000_000,
    workers=(1, 2),
)


@dataclass(frozen=True)
class Spread:
    """The median of some figures, and the quartiles."""

    low: float
    mid: float
    high: float

    @staticmethod
    def of(figures: Sequence[float]) -> Spread:
        if len(figures) == 1:
            return Spread(figures[0], figures[0], figures[0])
        low, mid, high = statistics.quantiles(figures, n=4, method="inclusive")
        return Spread(low, mid, high)

    def __str__(self) -> str:
        return f"{_short(self.mid)} ({_short(self.low)}–{_short(self.high)})"

    @property
    def as_ratio(self) -> str:
        """The same, small ones as fractions: ``1/20``."""
        low, mid, high = (f"1/{_short(1 / v)}" if v < 0.5 else _short(v) for v in (self.low, self.mid, self.high))
        return f"{mid} ({low}–{high})"


@dataclass
class Table:
    """A table as Markdown, which a terminal shows well enough."""

    title: str
    note: str
    head: list[str]
    rows: list[list[str]]

    def __str__(self) -> str:
        widths = [max(map(len, column)) for column in zip(self.head, *self.rows, strict=True)]
        figures = [i > 0 and cell[:1].isdigit() for i, cell in enumerate(self.rows[0])]
        head, *rows = (
            "| " + " | ".join(c.rjust(w) if n else c.ljust(w) for c, w, n in zip(row, widths, figures, strict=True)) + " |"
            for row in [self.head, *self.rows]
        )
        line = "|" + "|".join("-" * (w + 1) + (":" if n else "-") for w, n in zip(widths, figures, strict=True)) + "|"
        return "\n".join([f"### {self.title}", "", self.note, "", head, line, *rows])


@dataclass
class Report:
    """What a run found."""

    tables: list[Table] = field(default_factory=list)
    ratios: dict[tuple[str, str, str], Spread] = field(default_factory=dict)
    """(section, what was measured on, subject) -> how it compares."""
    speeds: dict[str, dict[str, Spread]] = field(default_factory=dict)
    """Kind of text -> subject -> MB/s."""
    left_out: dict[str, str] = field(default_factory=dict)
    """Subject -> what is missing."""

    def add(self, table: Table) -> None:
        self.tables.append(table)
        print(f"\n{table}", flush=True)


# ---------------------------------------------------------------- measuring


def seconds_of(run: Run, texts: Sequence[str]) -> float:
    """The processor's time for all ``texts``."""
    _forget(run)
    began = time.process_time()
    for text in texts:
        run(text)
    return time.process_time() - began


def _forget(run: Run) -> None:
    """Empty what is remembered of texts and of lines: a crawl does not bring the same text again.

    It does bring many of the same lines again, so this is harder on the cleaner than a crawl is.
    """
    cleaner = getattr(run, "__self__", None)
    # The plain matcher of the tests, which is measured as well, remembers nothing.
    if isinstance(cleaner, Cleaner) and isinstance(cleaner.matcher, Matcher):
        cleaner.matcher.forget()
    for value in vars(language).values():
        if hasattr(value, "cache_parameters") and (value.cache_parameters()["maxsize"] or 0) > 1:
            value.cache_clear()


@dataclass
class Runner:
    """One subject with the texts that it gets in each round."""

    run: Run
    texts: Sequence[str]
    repeats: int

    @staticmethod
    def warm(run: Run, texts: Sequence[str], seconds: float, *, whole: bool) -> Runner:
        """Run it once, so that what is loaded lazily is there, and give it no more texts than it manages in ``seconds``.

        ``whole``: all of them. What is quick runs several times in a round, for a clock is no better than its ticks.
        """
        began = time.process_time()
        done = 0
        for text in texts:
            run(text)
            done += 1
            if not whole and time.process_time() - began > seconds:
                break
        given = texts[:done]
        took = time.process_time() - began
        if took < 1:  # how long it takes without what the first time loads
            took = seconds_of(run, given)
        return Runner(run, given, max(1, min(500, round(min(0.1, seconds / 5) / max(took, 1e-6)))))

    def measure(self) -> float:
        """Bytes of text a second."""
        took = sum(seconds_of(self.run, self.texts) for _ in range(self.repeats))
        return self.repeats * size_of(self.texts) / max(took, 1e-9)


def size_of(texts: Iterable[str]) -> int:
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)


def in_turns(runners: dict[str, Runner], rounds: int) -> dict[str, list[float]]:
    """Bytes a second of each, round by round; who begins changes with each round."""
    found: dict[str, list[float]] = {name: [] for name in runners}
    names = list(runners)
    # What all of them have loaded is no garbage: nobody shall pay for others' by each collection.
    gc.collect()
    gc.freeze()
    for number in range(rounds):
        first = number % max(1, len(names))
        for name in names[first:] + names[:first]:
            gc.collect()
            found[name].append(runners[name].measure())
    gc.unfreeze()
    return found


def compare(found: dict[str, list[float]], with_name: str) -> dict[str, Spread]:
    """How many times as fast as each the subject ``with_name`` is, within each round."""
    return {name: Spread.of([ours / theirs for ours, theirs in zip(found[with_name], each, strict=True)]) for name, each in found.items()}


def ready(subjects: Iterable[Subject], report: Report) -> Iterator[tuple[Subject, Run]]:
    """Those that are installed; the others are noted."""
    for subject in subjects:
        if subject.name not in report.left_out:
            try:
                yield subject, subject.make()
            except ImportError as e:
                report.left_out[subject.name] = f"{e.name or e} is not installed"


# ---------------------------------------------------------------- sections


def texts_section(plan: Plan, report: Report, cleaner: Cleaner, kinds: dict[str, list[str]]) -> None:
    """All subjects on all kinds of text."""
    subjects = [*ours(cleaner), *floors(cleaner), *others(cleaner)]
    for kind, texts in kinds.items():
        # The slow ones get the first of the texts: these must be like the rest.
        mixed = random.Random(2).sample(texts, len(texts))
        runners = {s.name: Runner.warm(run, mixed, plan.seconds, whole=s.kind == "cleaner") for s, run in ready(subjects, report)}
        found = in_turns(runners, plan.rounds)
        ratios = compare(found, WHOLE)
        report.speeds[kind] = {name: Spread.of([v / 1e6 for v in each]) for name, each in found.items()}
        report.ratios |= {("texts", kind, name): ratio for name, ratio in ratios.items()}
        does = {s.name: s.does for s in subjects}
        report.add(
            Table(
                f"{kind.capitalize()}: {len(texts)} texts, {size_of(texts) / 1e6:.1f} MB",
                f"MB/s, and how many times as fast `{WHOLE}` is: medians, quartiles in brackets.",
                ["", "MB/s", f"{WHOLE} is × as fast", "what it does"],
                [[name, str(report.speeds[kind][name]), ratios[name].as_ratio, does[name]] for name in found],
            )
        )


def work_section(plan: Plan, report: Report, cleaner: Cleaner, maker: Maker) -> None:
    """Extractors, in documents a second, beside cleaning of what one of them extracts."""
    from trafilatura import extract

    for kind, pages in (("fixtures' pages", fixture_pages()), ("made-up pages", maker.pages(plan.pages))):
        extracted = [text for page in pages if (text := extract(page))]
        subjects = list(ready(extractors(), report))
        runners = {s.name: Runner.warm(run, pages, plan.seconds, whole=False) for s, run in subjects}
        runners["clean of trafilatura's text"] = Runner.warm(cleaner.clean, extracted, plan.seconds, whole=True)
        found = {name: [v * len(runners[name].texts) / size_of(runners[name].texts) for v in each] for name, each in in_turns(runners, plan.rounds).items()}
        ratios = compare(found, "clean of trafilatura's text")
        report.ratios |= {("work", kind, name): ratio for name, ratio in ratios.items()}
        report.add(
            Table(
                f"Other work, {kind}: {len(pages)} pages, {size_of(pages) / len(pages) / 1000:.0f} kB of HTML each",
                "Extractors do what cleaner does not, and it is run after them: the ratio says what it adds.",
                ["", "documents/s", "clean is × as fast"],
                [[name, str(Spread.of(each)), ratios[name].as_ratio] for name, each in found.items()],
            )
        )


def rules_section(plan: Plan, report: Report, cleaner: Cleaner, kinds: dict[str, list[str]]) -> None:
    """Growth with the number of rules."""
    with own_cache():
        cleaners = {times: Cleaner(many_rules(cleaner.ruleset, times), profile=cleaner.profile) for times in plan.times}
        rows = []
        for kind, texts in kinds.items():
            runners = {str(t): Runner.warm(c.clean, texts, plan.seconds, whole=True) for t, c in cleaners.items()}
            found = in_turns(runners, plan.rounds)
            costs = compare(found, str(plan.times[0]))
            report.ratios |= {("rules", kind, f"×{name}"): cost for name, cost in costs.items()}
            rows.append([kind, *(f"{costs[str(t)]}" for t in plan.times)])
    counts = [f"×{t}: {len(c.wanted):,} rules" for t, c in cleaners.items()]
    report.add(
        Table(
            "Growth with the number of rules",
            "Time of `clean`, with as many rules as there are: 1. The others are made up, see `speed_rules.py`.",
            ["", *counts],
            rows,
        )
    )


def length_section(plan: Plan, report: Report, cleaner: Cleaner, kinds: dict[str, list[str]]) -> None:
    """Growth with the length of a document."""
    rows = []
    # Of the lengths, the one that the others are compared with: neither short nor so long that there is one text of it.
    middle = _bytes(plan.lengths[min(2, len(plan.lengths) - 1)])
    for kind, texts in kinds.items():
        # Of one language: a long text of many would have the rules of the first.
        english = [text for text in texts if language.detect(text) == "en"] or texts
        runners = {}
        for length in plan.lengths:
            given = in_pieces(long_text(english, max(length, plan.size // 2)), length)
            runners[_bytes(length)] = Runner.warm(cleaner.clean, given, plan.seconds, whole=True)
        long = {name: runner for name, runner in runners.items() if size_of(runner.texts) > 5_000_000}
        found = in_turns({name: runner for name, runner in runners.items() if name not in long}, plan.rounds)
        found |= in_turns(long, min(plan.rounds, 3))
        base = statistics.median(found[middle])
        costs = {name: Spread.of([base / v for v in found[name]]) for name in runners}
        report.ratios |= {("length", kind, name): cost for name, cost in costs.items()}
        rows += [[f"{kind}, MB/s", *(_short(statistics.median(found[name]) / 1e6) for name in runners)], ["time a byte", *map(str, costs.values())]]
    report.add(
        Table(
            "Growth with the length of a document",
            f"Speed of `clean`, and time a byte where that of documents of {middle} is 1: linear is 1 all along. The same English text, "
            "cut into documents of each length.",
            ["", *map(_bytes, plan.lengths)],
            rows,
        )
    )


def residue_section(plan: Plan, report: Report, cleaner: Cleaner, maker: Maker) -> None:
    """Growth with the share of residue."""
    runners = {
        f"{share:.0%}": Runner.warm(cleaner.clean, maker.with_residue(share, plan.size // 4), plan.seconds, whole=True)
        for share in plan.shares
    }
    found = in_turns(runners, plan.rounds)
    costs = compare(found, next(iter(runners)))
    report.ratios |= {("residue", "made-up text", name): cost for name, cost in costs.items()}
    report.add(
        Table(
            "Growth with the share of lines that are residue",
            "Made-up English text, lines that go are the rules' own examples. Time a byte; without residue it is 1.",
            ["", "MB/s", "time"],
            [[name, str(Spread.of([v / 1e6 for v in each])), str(costs[name])] for name, each in found.items()],
        )
    )


def batch_section(plan: Plan, report: Report, cleaner: Cleaner, kinds: dict[str, list[str]], rules: Path | None) -> None:
    """``cleaner batch`` from JSONL.zst to JSONL.zst: against memory, and with more workers."""
    try:
        import zstandard
    except ImportError:
        report.left_out["cleaner batch, .jsonl.zst"] = "zstandard is not installed"
        return
    texts = kinds["extractor output"]
    each = size_of(texts)
    # So many passes that every worker has met all that the rules need compiled; what they cost is taken off.
    small = texts * max(plan.workers)
    large = small + texts * max(2, round(plan.corpus / each))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for label, given in (("small", small), ("large", large)):
            lines = (json.dumps({"id": str(i), "url": f"https://site{i % 50}.example/{i}", "text": text}) + "\n" for i, text in enumerate(given))
            (folder / f"{label}.jsonl.zst").write_bytes(zstandard.compress("".join(lines).encode()))
        ways: dict[str, tuple[int, list[str]]] = {f"{n} worker{'s' * (n > 1)}": (n, []) for n in plan.workers}
        ways["1 worker, no account, no report"] = (1, ["--edits", "none", "--no-report"])
        chosen = ["--rules", str(rules), "--only-rules"] if rules else []
        chosen += ["--profile", cleaner.profile]
        memory = Runner.warm(cleaner.clean, texts, plan.seconds, whole=True)
        processor: dict[str, list[float]] = {"in memory": [], **{way: [] for way in ways}}
        clock: dict[str, list[float]] = {way: [] for way in ways}
        # The first run compiles what the rules need and keeps it.
        _batch(folder, "large", 1, chosen)
        for _ in range(max(1, plan.rounds // 3)):
            speed = memory.measure()
            took = {}
            for way, (workers, more) in ways.items():
                (a, b), (c, d) = (_batch(folder, label, workers, [*more, *chosen]) for label in ("small", "large"))
                took[way] = _rate(size_of(small), size_of(large), a, c), _rate(size_of(small), size_of(large), b, d)
            processor["in memory"].append(speed)
            for way, (cpu, wall) in took.items():
                processor[way].append(cpu)
                clock[way].append(wall)
    shares = {way: Spread.of([v / m for v, m in zip(processor[way], processor["in memory"], strict=True)]) for way in processor}
    one = f"{plan.workers[0]} worker" + "s" * (plan.workers[0] > 1)
    gains = {way: Spread.of([v / o for v, o in zip(clock[way], clock[one], strict=True)]) for way in clock}
    report.ratios |= {("batch", "JSONL.zst, of memory's speed", way): share for way, share in shares.items()}
    report.ratios |= {("batch", "JSONL.zst, by the clock", way): gain for way, gain in gains.items()}
    report.add(
        Table(
            f"`cleaner batch`, JSONL.zst in and out: {len(large):,} documents, {size_of(large) / 1e6:.0f} MB of text",
            "What a start and the first passes cost is taken off. The processor's time of all processes, as a share of the speed in memory; and by the clock, against one worker. "
            "The latter needs as many free cores as there are workers.",
            ["", "MB/s of a core", "of memory's speed", "MB/s by the clock", "× one worker"],
            [
                [way, str(Spread.of([v / 1e6 for v in processor[way]])), str(shares[way])]
                + ([str(Spread.of([v / 1e6 for v in clock[way]])), str(gains[way])] if way in clock else ["", ""])
                for way in processor
            ],
        )
    )


def _rate(small: int, large: int, took_small: float, took_large: float) -> float:
    """Bytes a second past the start; with the start, where noise leaves nothing between a small corpus and a large one."""
    past = took_large - took_small
    return (large - small) / past if past > took_large / 5 else large / took_large


def _batch(folder: Path, label: str, workers: int, more: list[str]) -> tuple[float, float]:
    """Time of the processors and of the clock for one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    target = folder / "out"
    command = [sys.executable, "-m", "cleaner", "batch", str(folder / f"{label}.jsonl.zst"), "-o", f"{target}{os.sep}"]
    root = str(Path(__file__).resolve().parent.parent)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))}
    done = subprocess.run([*command, "--workers", str(workers), "--quiet", "--overwrite", *more], env=environment, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}")
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def profile_section(plan: Plan, report: Report, cleaner: Cleaner, kinds: dict[str, list[str]]) -> None:
    """Where the time goes, by cProfile."""
    for kind, texts in kinds.items():
        Runner.warm(cleaner.clean, texts, plan.seconds, whole=True)
        _forget(cleaner.clean)
        profile = cProfile.Profile()
        profile.enable()
        for text in texts:
            cleaner.clean(text)
        profile.disable()
        stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]  # typeshed leaves it out
        total = sum(own for _, _, own, _, _ in stats.values())
        most = sorted(stats.items(), key=lambda item: -item[1][2])[:12]
        report.add(
            Table(
                f"What is left, {kind}",
                "By cProfile, which makes short functions look dearer than they are: own time, and time with what it calls.",
                ["", "own", "with callees", "calls a kB"],
                [
                    [f"`{_place(place)}`", f"{own / total:.1%}", f"{whole / total:.1%}", f"{calls / size_of(texts) * 1000:.2f}"]
                    for place, (_, calls, own, whole, _) in most
                ],
            )
        )


def _place(place: tuple[str, int, str]) -> str:
    file, _, name = place
    if file == "~":
        return name.strip("<>").replace("method ", "").replace("built-in ", "").split(" at 0x")[0]
    return f"{Path(file).name}:{name}"


@contextmanager
def own_cache() -> Iterator[None]:
    """What is made of made-up rules is not kept among what is made of real ones."""
    before = kept.folder()
    with tempfile.TemporaryDirectory() as folder:
        kept.use(Path(folder))
        try:
            yield
        finally:
            kept.use(before)


# ---------------------------------------------------------------- the run


def run(
    plan: Plan, sections: Sequence[str] = SECTIONS, *, data: Path | None = None, rules: Path | None = None
) -> Report:
    """Measure and print; ``data``: folder of the labelled pages, ``rules``: a folder instead of the bundled rules."""
    report = Report()
    ruleset = load(None if rules is None else [rules])
    cleaner = Cleaner(ruleset)
    maker = Maker(ruleset)
    kinds = from_pages(data, plan.size) if data else maker.kinds(plan.size)
    assert list(kinds) == list(KINDS)
    print(f"{machine()}; {len(cleaner.wanted):,} rules; texts {'of the labelled pages' if data else 'made up'}", flush=True)
    todo: dict[str, Callable[[], None]] = {
        "texts": lambda: texts_section(plan, report, cleaner, kinds),
        "work": lambda: work_section(plan, report, cleaner, maker),
        "rules": lambda: rules_section(plan, report, cleaner, kinds),
        "length": lambda: length_section(plan, report, cleaner, kinds),
        "residue": lambda: residue_section(plan, report, cleaner, maker),
        "batch": lambda: batch_section(plan, report, cleaner, kinds, rules),
        "profile": lambda: profile_section(plan, report, cleaner, kinds),
    }
    for section in sections:
        todo[section]()
    if report.left_out:
        print("\nLeft out:")
        for name, why in report.left_out.items():
            print(f"- {name}: {why}")
        print(f"All of it: {INSTALL}", flush=True)
    return report


def machine() -> str:
    """What it runs on, as far as it matters for speed."""
    versions = []
    for name in ("ftfy", "datatrove", "clean-text", "trafilatura", "resiliparse", "justext"):
        try:
            versions.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    gates = "compiled gates" if gates_are_fast() else "no compiled gates (the extra `fast`)"
    return f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores, {gates}; {', '.join(versions)}"


def write(folder: Path, report: Report, facts: str) -> None:
    """Put tables and plot into ``folder``; what stands outside the markers of its README stays."""
    path = folder / README
    before, begin, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{path} has no {BEGIN} … {END}")
    out = [facts]
    if report.left_out:
        out.append("Left out: " + "; ".join(f"{name} ({why})" for name, why in report.left_out.items()) + ".")
    if report.speeds:
        (folder / PLOT).write_text(plot(report.speeds), encoding="utf-8")
        out.append(f"![Speed of each on three kinds of text]({PLOT})")
    out += map(str, report.tables)
    path.write_text(before + BEGIN + "\n" + "\n\n".join(out) + "\n" + END + after, encoding="utf-8")


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _bytes(size: int) -> str:
    return f"{size // 1_000_000} MB" if size >= 1_000_000 else f"{size // 1_000} kB" if size >= 1_000 else f"{size} B"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?", help="folder of the labelled pages; made-up texts without it")
    parser.add_argument("--quick", action="store_true", help="less of everything: minutes, and rough figures")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=SECTIONS, metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--rounds", type=int, help="how often each is measured")
    parser.add_argument("--times", type=int, nargs="+", help="for the section rules: how many times as many rules, 1 first")
    parser.add_argument("--rules", type=Path, metavar="FOLDER", help="these rules instead of the bundled ones")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help=f"put the tables into FOLDER/{README}, the plot beside it")
    args = parser.parse_args(arguments)
    changes = {"rounds": args.rounds, "times": args.times and tuple(args.times)}
    plan = QUICK if args.quick else FULL
    plan = Plan(**{**vars(plan), **{name: value for name, value in changes.items() if value}})
    began = time.monotonic()
    report = run(plan, args.only, data=args.data, rules=args.rules)
    print(f"\n{time.monotonic() - began:.0f} s in all", file=sys.stderr)
    if args.write:
        kind = "the labelled pages" if args.data else "made-up texts"
        facts = f"{'A quick run' if args.quick else 'A run'} of {plan.rounds} rounds on {kind}. {machine()}; {len(load(args.rules and [args.rules]).rules):,} rules."
        write(args.write, report, facts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
