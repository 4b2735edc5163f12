"""Without the extra ``fast``, without a C compiler: slower, but the same comes out."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from cleaner import Cleaner
from cleaner.gates import gates_are_fast
from tests.pages import ROOT

PAGES = sorted((ROOT / "fixtures/pages").iterdir())[::3]
SCRIPT = """
import json, sys
from pathlib import Path
for name in sys.argv[1].split():
    sys.modules[name] = None  # as if it were not installed
from cleaner import Cleaner
cleaner = Cleaner()
for page in sys.argv[2:]:
    found = cleaner.clean((Path(page) / "input.txt").read_text(encoding="utf-8"))
    print(json.dumps([found.text, [list(e) for e in found.edits]]))
"""


@pytest.mark.parametrize("absent", ["re2 ahocorasick_rs cleaner._scan", "cleaner._scan", "re2 ahocorasick_rs"])
def test_the_same_comes_out_without_what_makes_it_fast(absent: str) -> None:
    assert len(PAGES) > 10
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, absent, *map(str, PAGES)], capture_output=True, text=True, encoding="utf-8", cwd=ROOT, check=True
    )
    plain = [json.loads(line) for line in done.stdout.splitlines()]
    cleaner = Cleaner()
    fast = [cleaner.clean((page / "input.txt").read_text(encoding="utf-8")) for page in PAGES]
    assert gates_are_fast()
    assert plain == [[f.text, [list(e) for e in f.edits]] for f in fast]
    assert sum(bool(f.removals) for f in fast) > 10, "pages on which something goes"
