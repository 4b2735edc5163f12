"""Documents a second through the API and each adapter, on one machine, for docs/scale.md.

    python benchmarks/adapters.py [ENGINE …] [--count 4000]

The texts are those of the tests, with more to mend than a crawl has. Starting the engine is part of the time.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from cleaner import Cleaner
from tests.engines import ENGINES, documents


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engines", nargs="*", help=f"of {', '.join(ENGINES)}; all where none is named")
    parser.add_argument("--count", type=int, default=4000)
    asked = parser.parse_args()
    given = documents(asked.count)
    size = sum(len(t.encode()) for t in given if t)
    cleaner = Cleaner()
    cleaner.matcher  # noqa: B018

    def say(name: str, began: float) -> None:
        took = time.perf_counter() - began
        print(f"{name:12} {took:7.1f} s {asked.count / took:8.0f} documents/s {size / took / 1e6:6.2f} MB/s", flush=True)

    began = time.perf_counter()
    for text in given:
        if text is not None:
            cleaner.clean(text)
    say("API", began)
    for name in asked.engines or ENGINES:
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            ENGINES[name](given, cleaner, Path(folder))
            say(name, began)


if __name__ == "__main__":
    main()
