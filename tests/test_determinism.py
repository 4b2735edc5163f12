"""The same text gives the same bytes and the same edits: in any order, thread, process and hash seed."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from cleaner.model import Cleaned, RuleSet
from cleaner.pipeline import Cleaner
from cleaner.rules import marked
from tests.conftest import MakeCleaner
from tests.pages import ROOT, pages
from tests.strategies import prose_texts


def documents() -> list[str]:
    """Pages and prose in many languages, so that language detection is in play, and some hard characters."""
    texts = [p.given for p in pages() if not p.is_html][::3] + list(prose_texts().values())[::2]
    return [*texts, "\ud800 lone", "", "caf\u00c3\u00a9\r\nShare this article\r\n", "Ĳ\u200b\u202e"]


def account(cleaned: Cleaned) -> str:
    """All that cleaning says about a text, as one string."""
    return json.dumps([cleaned.text, cleaned.to_json(), cleaned.language])


@pytest.fixture(scope="module")
def expected(cleaner_for: MakeCleaner) -> dict[str, str]:
    return {text: account(cleaner_for("standard").clean(text)) for text in documents()}


def test_order_does_not_matter(expected: dict[str, str], cleaner_for: MakeCleaner) -> None:
    texts = documents()
    for n in range(3):
        random.Random(n).shuffle(texts)
        assert {text: account(cleaner_for("standard").clean(text)) for text in texts} == expected


def test_what_came_before_does_not_matter(expected: dict[str, str], ruleset: RuleSet, cleaner_for: MakeCleaner) -> None:
    """A cleaner that has seen thousands of other texts gives what a new one gives."""
    used = cleaner_for("standard")
    for rule in ruleset.rules:
        for example in (*rule.removes, *rule.keeps):
            used.clean(marked(example)[0] + f"\n{rule.id}")
    fresh = Cleaner(ruleset)
    for text in documents()[::2]:
        assert account(used.clean(text)) == account(fresh.clean(text)) == expected[text]


def test_threads_share_one_cleaner(ruleset: RuleSet, expected: dict[str, str]) -> None:
    """A new cleaner, met by eight threads at once while nothing of it is ready yet."""
    shared = Cleaner(ruleset)
    start = Barrier(8)
    texts = documents()

    def work(n: int) -> dict[str, str]:
        mine = texts * 2
        random.Random(n).shuffle(mine)
        start.wait()
        return {text: account(shared.clean(text)) for text in mine}

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(work, range(8)))
    assert all(result == expected for result in results)


SCRIPT = """
import json, sys
from tests.test_determinism import account, documents
from cleaner.pipeline import Cleaner
first, step = int(sys.argv[1]), int(sys.argv[2])
cleaner = Cleaner()
print(json.dumps([account(cleaner.clean(text)) for text in documents()[first::step]]))
"""


def started(first: int, step: int, hash_seed: str = "random") -> subprocess.Popen[str]:
    """A process that cleans every ``step``-th document from the ``first``."""
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", SCRIPT, str(first), str(step)]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)


def finished(process: subprocess.Popen[str]) -> list[str]:
    out, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    accounts: list[str] = json.loads(out)
    return accounts


@pytest.mark.parametrize("workers", [1, 3])
def test_number_of_workers_does_not_matter(workers: int, expected: dict[str, str]) -> None:
    processes = [started(n, workers) for n in range(workers)]
    for n, process in enumerate(processes):
        assert finished(process) == [expected[text] for text in documents()[n::workers]]


@pytest.mark.parametrize("hash_seed", ["0", "4294967295"])
def test_hash_seed_does_not_matter(hash_seed: str, expected: dict[str, str]) -> None:
    assert finished(started(0, 1, hash_seed)) == [expected[text] for text in documents()]
