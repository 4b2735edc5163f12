"""One way through each engine for the same documents: what a user would write, and the texts that come out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cleaner import Cleaner
from cleaner.model import Cleaned
from tests.corpora import RULES, texts

#: A document that has this in it fails in :class:`Brittle`.
BREAKS = "this one breaks"


class Brittle(Cleaner):
    """A cleaner that fails at some documents, as no cleaner should."""

    def clean(self, text: str) -> Cleaned:
        if BREAKS in text:
            raise RuntimeError("broken on purpose")
        return super().clean(text)


def documents(count: int) -> list[str | None]:
    """Texts of many kinds, with nulls and empty ones between them; none that an engine can't hold."""
    return [None if i % 50 == 49 else "" if i % 50 == 48 else text for i, text in enumerate(texts(count))]


@contextmanager
def spark_session(cores: str = "local[2]") -> Iterator[Any]:
    """A Spark of one machine; skips where there is none, or no Java."""
    import os
    import shutil
    import sys

    sql = pytest.importorskip("pyspark.sql", reason="needs the extra spark")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java 17")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYTHONPATH"] = str(Path(__file__).parent.parent)
    settings = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2", "spark.log.level": "FATAL"}
    builder = sql.SparkSession.builder.master(cores)
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    try:
        yield session
    finally:
        session.stop()


@contextmanager
def ray_session(cpus: int = 2) -> Iterator[Any]:
    """A Ray of one machine; skips where there is none."""
    ray = pytest.importorskip("ray", reason="needs the extra ray")
    pytest.importorskip("ray.data", reason="needs the extra ray")
    root = str(Path(__file__).parent.parent)
    ray.init(num_cpus=cpus, include_dashboard=False, log_to_driver=False, runtime_env={"env_vars": {"PYTHONPATH": root}})
    try:
        yield ray
    finally:
        ray.shutdown()


def rows(given: list[str | None]) -> list[dict[str, Any]]:
    return [{"id": i, "text": text} for i, text in enumerate(given)]


Found = list[dict[str, Any]]
"""Rows with ``id``, ``text``, ``edits`` and ``error``, by id."""


def by_id(found: Any) -> Found:
    return sorted(([*found]), key=lambda r: r["id"])


def through_arrow(given: list[str | None], cleaner: Cleaner, folder: Path) -> Found:
    pa = pytest.importorskip("pyarrow", reason="needs the extra arrow")
    from cleaner.adapters import CHEAP
    from cleaner.adapters.arrow import clean_table

    table = pa.Table.from_pylist(rows(given))
    table = pa.concat_tables([table.slice(0, 100), table.slice(100)])
    return by_id(clean_table(table, cleaner=cleaner, add=CHEAP).to_pylist())


def through_spark(given: list[str | None], cleaner: Cleaner, folder: Path) -> Found:
    with spark_session() as spark:
        from cleaner.adapters.spark import clean_dataframe

        frame = spark.createDataFrame([(r["id"], r["text"]) for r in rows(given)], "id long, text string")
        done = clean_dataframe(frame.repartition(3), cleaner=cleaner).collect()
        return by_id(r.asDict(recursive=True) for r in done)


def through_ray(given: list[str | None], cleaner: Cleaner, folder: Path) -> Found:
    with ray_session() as ray:
        import pyarrow as pa

        from cleaner.adapters.ray import clean_dataset

        dataset = ray.data.from_arrow([pa.Table.from_pylist(rows(given)[n::2]) for n in range(2)])
        done = clean_dataset(dataset, cleaner=cleaner, concurrency=1, batch_size=64)
        return by_id(row for batch in done.iter_batches(batch_format="pyarrow", batch_size=None) for row in batch.to_pylist())


def through_datatrove(given: list[str | None], cleaner: Cleaner, folder: Path) -> Found:
    pytest.importorskip("datatrove", reason="needs the extra datatrove")
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    from cleaner.adapters.datatrove import CleanDocuments

    (folder / "in").mkdir()
    for n in range(2):
        # datatrove's readers pass over documents without text.
        lines = [json.dumps({**r, "id": str(r["id"])}) for r in rows(given)[n::2] if r["text"]]
        (folder / f"in/{n}.jsonl").write_text("\n".join(lines))
    LocalPipelineExecutor(
        [
            JsonlReader(str(folder / "in")),
            CleanDocuments(JsonlWriter(str(folder / "removed"), compression=None), cleaner=cleaner),
            JsonlWriter(str(folder / "out"), compression=None),
        ],
        tasks=2,
        workers=1,
        logging_dir=str(folder / "logs"),
    ).run()
    read = [json.loads(line) for path in (folder / "out").glob("*.jsonl") for line in path.read_text().split("\n") if line]
    found = {int(r["id"]): r for r in read}
    empty: dict[str, Any] = {"edits": [], "error": None}
    return [
        {"id": i, "text": text, **empty} if not text
        else {"error": None, **found[i]["metadata"], "id": i, "text": found[i].get("text", "")}
        for i, text in enumerate(given)
    ]  # fmt: skip


def through_pandas(given: list[str | None], cleaner: Cleaner, folder: Path) -> Found:
    pd = pytest.importorskip("pandas", reason="needs the extra pandas")
    from cleaner.adapters.pandas import clean_frame

    return _of_frame(clean_frame(pd.DataFrame(rows(given)), cleaner=cleaner))


def through_dask(given: list[str | None], cleaner: Cleaner, folder: Path) -> Found:
    pd = pytest.importorskip("pandas", reason="needs the extra dask")
    dd = pytest.importorskip("dask.dataframe", reason="needs the extra dask")
    from cleaner.adapters.dask import clean_dataframe

    frame = dd.from_pandas(pd.DataFrame(rows(given)), npartitions=3)
    return _of_frame(clean_dataframe(frame, cleaner=cleaner).compute(scheduler="processes", num_workers=2))


def _of_frame(frame: Any) -> Found:
    import pyarrow as pa

    return by_id(pa.Table.from_pandas(frame, preserve_index=False).to_pylist())


def through_polars(given: list[str | None], cleaner: Cleaner, folder: Path) -> Found:
    pl = pytest.importorskip("polars", reason="needs the extra polars")
    from cleaner.adapters.polars import clean_frame

    return by_id(clean_frame(pl.DataFrame(rows(given)), cleaner=cleaner).to_dicts())


def through_polars_lazily(given: list[str | None], cleaner: Cleaner, folder: Path) -> Found:
    pl = pytest.importorskip("polars", reason="needs the extra polars")

    lazy = pl.LazyFrame(rows(given)).select("id", done=pl.col("text").cleaner.struct(cleaner)).unnest("done")
    return by_id(lazy.collect().to_dicts())


def through_duckdb(given: list[str | None], cleaner: Cleaner, folder: Path) -> Found:
    duckdb = pytest.importorskip("duckdb", reason="needs the extra duckdb")
    pa = pytest.importorskip("pyarrow", reason="needs the extra duckdb")
    from cleaner.adapters.duckdb import register

    connection = duckdb.connect(config={"threads": 2})
    register(connection, cleaner=cleaner)
    connection.register("pages", pa.Table.from_pylist(rows(given)))
    done = connection.execute("select id, clean_document(text) from pages").fetchall()
    return by_id({"edits": [], "error": None, "text": None, **(document or {}), "id": i} for i, document in done)


def through_datasets(given: list[str | None], cleaner: Cleaner, folder: Path) -> Found:
    datasets = pytest.importorskip("datasets", reason="needs the extra datasets")
    from cleaner.adapters.datasets import clean_dataset

    datasets.disable_progress_bars()
    return by_id(clean_dataset(datasets.Dataset.from_list(rows(given)), cleaner=cleaner, batch_size=64))


def through_batch(given: list[str | None], cleaner: Cleaner, folder: Path) -> Found:
    from tests.corpora import batch

    (folder / "in.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows(given)))
    batch(folder / "in.jsonl", "-o", folder / "out/", "--edits", "field", "--chunk", "30000")
    read = [json.loads(line) for line in (folder / "out/in.jsonl").read_text().split("\n") if line]
    return by_id({"error": None, **row} for row in read)


ENGINES: dict[str, Callable[[list[str | None], Cleaner, Path], Found]] = {
    "arrow": through_arrow,
    "spark": through_spark,
    "ray": through_ray,
    "datatrove": through_datatrove,
    "dask": through_dask,
    "pandas": through_pandas,
    "polars": through_polars,
    "polars-lazy": through_polars_lazily,
    "duckdb": through_duckdb,
    "datasets": through_datasets,
}


def make_cleaner() -> Cleaner:
    """A cleaner that breaks where it should, with the rules of the batch tests."""
    return Brittle(RULES)
