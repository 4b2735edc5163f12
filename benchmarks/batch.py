"""What `cleaner batch` costs on top of cleaning, and how much memory it takes.

    python benchmarks/batch.py --megabytes 2000 --workers 1 2

Makes a JSONL corpus of invented documents, cleans it in one process with the plain API (read, parse,
clean, serialise, write), then with the command. Times are of the processors (user and system, all
processes), so that other work on the machine matters less; memory is the largest resident size of
any one process.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

WORDS = [
    "harbour",
    "council",
    "vote",
    "market",
    "river",
    "school",
    "bridge",
    "budget",
    "winter",
    "ferry",
    "museum",
    "garden",
    "engineer",
    "hospital",
    "farmer",
    "library",
    "train",
    "festival",
    "storm",
    "road",
    "report",
    "week",
    "people",
    "house",
    "money",
    "street",
    "water",
    "plan",
    "office",
    "group",
    "family",
    "office",
    "paper",
    "area",
    "night",
    "evening",
    "morning",
    "small",
    "large",
]
RESIDUE = ("Follow us on WhatsApp", "Share this article", "(Photo: Ann Example)", "Advertisement", "Sign up for our newsletter")


def documents(size: int) -> Iterator[str]:
    """Lines of JSON, about ``size`` bytes in all."""
    draw = random.Random(1)
    done = i = 0
    while done < size:
        lines = []
        for _ in range(draw.randint(5, 20)):
            lines.append(" ".join(draw.choice(WORDS) for _ in range(draw.randint(20, 90))).capitalize() + ".")
            if draw.random() < 0.1:
                lines.append(draw.choice(RESIDUE))
        line = json.dumps({"id": f"doc-{i}", "url": f"https://site{i % 50}.example/{i}", "text": "\n".join(lines)}) + "\n"
        done += len(line)
        i += 1
        yield line


PLAIN = """
import json, sys
from cleaner import Cleaner
source, target, *rules = sys.argv[1:]
cleaner = Cleaner(*rules)
with open(source, encoding="utf-8") as f, open(target, "w", encoding="utf-8") as out:
    for line in f:
        record = json.loads(line)
        record["text"] = cleaner.clean(record["text"]).text
        out.write(json.dumps(record) + "\\n")
"""


def measure(arguments: list[str]) -> dict[str, float]:
    """Run a command; its times in seconds and its largest process in MB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL)
    peaks: dict[int, int] = {}
    stop = threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, peaks, stop))
    watcher.start()
    status = process.wait()
    stop.set()
    watcher.join()
    if status:
        raise SystemExit(f"{arguments} ended with {status}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "wall": time.monotonic() - begun,
        "cpu": cpu,
        "peak_mb": max(peaks.values(), default=0) / 1024,
        "processes": len(peaks),
    }


def _watch(pid: int, peaks: dict[int, int], stop: threading.Event) -> None:
    while not stop.wait(0.1):
        for p in _family(pid):
            try:
                status = Path(f"/proc/{p}/status").read_text()
            except OSError:
                continue
            for line in status.splitlines():
                if line.startswith("VmHWM:"):
                    peaks[p] = int(line.split()[1])


def _family(pid: int) -> list[int]:
    found = [pid]
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):
                continue
            if parent == pid:
                found.append(int(entry.name))
    return found


def main() -> None:
    """Run it and print a line a way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=2000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rules", help="a folder of rules instead of the bundled ones")
    parser.add_argument("--folder", help="where the corpus and the outputs go")
    options = parser.parse_args()
    rules = ["--rules", options.rules, "--only-rules"] if options.rules else []
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        source = folder / "corpus.jsonl"
        with source.open("w", encoding="utf-8") as f:
            f.writelines(documents(options.megabytes * 1_000_000))
        size = source.stat().st_size / 1e6
        ways = {"plain API": [sys.executable, "-c", PLAIN, str(source), str(folder / "plain.jsonl"), *rules[1:2]]}
        for n in options.workers:
            more = ["-o", str(folder / f"out{n}") + os.sep, "--workers", str(n), "--quiet", *rules]
            ways[f"batch, {n} worker{'s' * (n > 1)}"] = [sys.executable, "-m", "cleaner", "batch", str(source), *more]
        first = None
        for way, arguments in ways.items():
            m = measure(arguments)
            first = first or m["cpu"]
            print(
                f"{way:18} {size:,.0f} MB  wall {m['wall']:7.1f} s  processor {m['cpu']:7.1f} s ({m['cpu'] / first - 1:+.0%})  "
                f"{size / m['cpu']:6.1f} MB/s of processor  largest process {m['peak_mb']:.0f} MB",
                flush=True,
            )


if __name__ == "__main__":
    main()
