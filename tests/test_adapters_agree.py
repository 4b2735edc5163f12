"""The same documents give the same bytes, whichever way they go; nothing ends a job, not even a killed worker."""

from __future__ import annotations

import os
import signal
import threading
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cleaner import Cleaner, restore
from tests.corpora import RULES
from tests.engines import BREAKS, ENGINES, documents, make_cleaner, ray_session, rows, spark_session, through_batch

SMALL = 230


@cache
def wanted(count: int) -> list[tuple[str | None, Any]]:
    """What the Python API makes of the documents."""
    cleaner = Cleaner(RULES)
    done = [None if text is None else cleaner.clean(text) for text in documents(count)]
    return [(None, []) if c is None else (c.text, c.to_json()["edits"]) for c in done]


def seen(found: list[dict[str, Any]]) -> list[tuple[str | None, Any]]:
    return [(row["text"], row["edits"]) for row in found]


@pytest.mark.parametrize("engine", ENGINES)
def test_same_as_the_api(engine: str, tmp_path: Path) -> None:
    found = ENGINES[engine](documents(SMALL), make_cleaner(), tmp_path)
    assert seen(found) == wanted(SMALL)
    assert any(edits for _, edits in wanted(SMALL))
    for given, row in zip(documents(SMALL), found, strict=True):
        assert given is None or restore(row["text"], {"version": 1, "length": len(row["text"]), "edits": row["edits"]}) == given


def test_batch_is_the_same_as_the_api(tmp_path: Path) -> None:
    assert seen(through_batch(documents(SMALL), Cleaner(RULES), tmp_path)) == wanted(SMALL)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_bad_document_is_reported_and_passed_on(engine: str, tmp_path: Path) -> None:
    bad = f"The lock gates stay shut.\nShare this article\n{BREAKS}"
    found = ENGINES[engine](["Share this article\nThe ferry is back.", bad, "The ferry is late."], make_cleaner(), tmp_path)
    assert [row["text"] for row in found] == ["The ferry is back.", bad, "The ferry is late."]
    assert [row["error"] for row in found] == [None, "RuntimeError: broken on purpose", None]


@pytest.mark.slow
@pytest.mark.parametrize("engine", [*ENGINES, "batch"])
def test_twenty_thousand_documents_are_the_same(engine: str, tmp_path: Path) -> None:
    run = {**ENGINES, "batch": through_batch}[engine]
    assert seen(run(documents(20_000), make_cleaner(), tmp_path)) == wanted(20_000)


class Marking(Cleaner):
    """Writes down which process cleans, and takes its time."""

    folder = ""

    def clean(self, text: str) -> Any:
        Path(self.folder, str(os.getpid())).touch()
        time.sleep(0.005)
        return super().clean(text)


def marking(folder: Path) -> Marking:
    made = Marking(RULES)
    made.folder = str(folder)
    return made


def kill_the_first(folder: Path, killed: list[int]) -> None:
    """Kill the first process that has begun to clean."""
    while not (found := sorted(folder.iterdir())):
        time.sleep(0.02)
    os.kill(int(found[0].name), signal.SIGKILL)
    killed.append(int(found[0].name))


@pytest.mark.slow
def test_spark_survives_a_killed_worker(tmp_path: Path) -> None:
    # Four attempts a task, as a cluster has them.
    with spark_session("local[2,4]") as spark:
        from cleaner.adapters.spark import clean_dataframe

        frame = spark.createDataFrame([(r["id"], r["text"]) for r in rows(documents(2000))], "id long, text string")
        killed: list[int] = []
        killer = threading.Thread(target=kill_the_first, args=(tmp_path, killed))
        killer.start()
        done = clean_dataframe(frame.repartition(4), cleaner=marking(tmp_path)).collect()
        killer.join()
    assert [r["text"] for r in sorted(done, key=lambda r: r["id"])] == [text for text, _ in wanted(2000)]
    assert len({p.name for p in tmp_path.iterdir()} - {str(killed[0])}) >= 1


@pytest.mark.slow
def test_ray_survives_a_killed_worker(tmp_path: Path) -> None:
    import pyarrow as pa

    with ray_session() as ray:
        from cleaner.adapters.ray import clean_dataset

        dataset = ray.data.from_arrow([pa.Table.from_pylist(rows(documents(2000))[n::4]) for n in range(4)])
        killed: list[int] = []
        killer = threading.Thread(target=kill_the_first, args=(tmp_path, killed))
        killer.start()
        clean = clean_dataset(dataset, cleaner=marking(tmp_path), concurrency=1, batch_size=100)
        done = [r for b in clean.iter_batches(batch_format="pyarrow", batch_size=None) for r in b.to_pylist()]
        killer.join()
    assert [r["text"] for r in sorted(done, key=lambda r: r["id"])] == [text for text, _ in wanted(2000)]
    assert len({p.name for p in tmp_path.iterdir()} - {str(killed[0])}) >= 1
