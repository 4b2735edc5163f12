"""The same text gives the same bytes and the same edits: in any order, thread, process and hash seed."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
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
    texts = [p.given for p in pages() if not p.is_html] + list(prose_texts().values())
    return [*texts, "\ud800 lone", "", "caf\u00c3\u00a9\r\nShare this article\r\n", "Ĳ\u200b\u202e"]


def account(cleaned: Cleaned) -> str:
    """All that cleaning says about a text, as one string."""
    return json.dumps([cleaned.text, cleaned.to_json(), cleaned.language])


def digest(accounts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(accounts).encode()).hexdigest()


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
    for text in documents()[::5]:
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


def _in_worker(texts: list[str]) -> list[str]:
    cleaner = Cleaner()
    return [account(cleaner.clean(text)) for text in texts]


@pytest.mark.parametrize("workers", [1, 2])
def test_number_of_workers_does_not_matter(workers: int, expected: dict[str, str]) -> None:
    texts = documents()
    shares = [texts[n::workers] for n in range(workers)]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        results = list(pool.map(_in_worker, shares))
    for share, accounts in zip(shares, results, strict=True):
        assert accounts == [expected[text] for text in share]


SCRIPT = """
import sys
from tests.test_determinism import account, digest, documents
from cleaner.pipeline import Cleaner
cleaner = Cleaner()
print(digest([account(cleaner.clean(text)) for text in documents()]))
"""


@pytest.mark.parametrize("hash_seed", ["0", "1", "4294967295"])
def test_hash_seed_does_not_matter(hash_seed: str, expected: dict[str, str]) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, cwd=ROOT, env=environment, check=True)
    assert done.stdout.strip() == digest([expected[text] for text in documents()])
