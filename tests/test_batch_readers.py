"""Files that ``cleaner batch`` writes are read, whole, by the tools that people read corpora with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cleaner import Cleaner
from tests.corpora import RULES, batch, json_lines, packed, records

FORMATS = ("jsonl", "jsonl.gz", "jsonl.zst", "csv", "csv.gz", "parquet")
COUNT = 700


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One corpus in every format, written in many chunks."""
    folder = tmp_path_factory.mktemp("readers")
    flat = ({k: r[k] for k in ("id", "url", "text", "score")} for r in records(COUNT))
    (folder / "in.jsonl").write_text("".join(json.dumps(r) + "\n" for r in flat))
    for name in FORMATS:
        batch(folder / "in.jsonl", "-o", folder / f"{name}/", "--to", name, "--chunk", "30000", "--add", "counts")
    return folder


@pytest.fixture(scope="module")
def wanted() -> list[str]:
    cleaner = Cleaner(RULES)
    return [cleaner.clean_text(r["text"]) for r in records(COUNT)]


def _file(folder: Path, name: str) -> str:
    return str(folder / name / f"in.{name}")


def _pandas(folder: Path, name: str) -> Iterator[Any]:
    pd = pytest.importorskip("pandas")
    path = _file(folder, name)
    if "jsonl" in name:
        return iter(pd.read_json(path, lines=True, dtype=False)["text"])
    return iter(pd.read_csv(path)["text"] if "csv" in name else pd.read_parquet(path)["text"])


def _polars(folder: Path, name: str) -> Iterator[Any]:
    pl = pytest.importorskip("polars")
    path = _file(folder, name)
    if "jsonl" in name:
        return iter(pl.read_ndjson(path)["text"].to_list())
    return iter((pl.read_csv(path) if "csv" in name else pl.read_parquet(path))["text"].to_list())


def _pyarrow(folder: Path, name: str) -> Iterator[Any]:
    pytest.importorskip("pyarrow")
    import pyarrow.csv
    import pyarrow.json
    import pyarrow.parquet

    path = _file(folder, name)
    if name == "parquet":
        return iter(pyarrow.parquet.read_table(path)["text"].to_pylist())
    with pyarrow.input_stream(path) as stream:
        if "jsonl" in name:
            return iter(pyarrow.json.read_json(stream)["text"].to_pylist())
        options = pyarrow.csv.ParseOptions(newlines_in_values=True)
        return iter(pyarrow.csv.read_csv(stream, parse_options=options)["text"].to_pylist())


def _duckdb(folder: Path, name: str) -> Iterator[Any]:
    duckdb = pytest.importorskip("duckdb")
    path = _file(folder, name)
    reader = "read_json" if "jsonl" in name else "read_csv" if "csv" in name else "read_parquet"
    more = ", format='newline_delimited'" if "jsonl" in name else ""
    connection = duckdb.connect(config={"threads": 1})
    return iter([row[0] for row in connection.execute(f"select text from {reader}('{path}'{more})").fetchall()])


def _datasets(folder: Path, name: str) -> Iterator[Any]:
    datasets = pytest.importorskip("datasets")
    kind = "json" if "jsonl" in name else "csv" if "csv" in name else "parquet"
    found = datasets.load_dataset(kind, data_files=_file(folder, name), split="train", cache_dir=str(folder / f"cache-{name}"))
    return iter(found["text"])


def _datatrove(folder: Path, name: str) -> Iterator[Any]:
    pytest.importorskip("datatrove")
    from datatrove.pipeline.readers import JsonlReader, ParquetReader
    from datatrove.pipeline.readers.csv import CsvReader

    kind = JsonlReader if "jsonl" in name else CsvReader if "csv" in name else ParquetReader
    # The whole folder, as people name it: nothing but data may be in it.
    return (document.text for document in kind(str(folder / name))())


READERS: dict[str, Callable[[Path, str], Iterator[Any]]] = {
    "pandas": _pandas, "polars": _polars, "pyarrow": _pyarrow, "duckdb": _duckdb, "datasets": _datasets, "datatrove": _datatrove,
}  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("reader", READERS)
def test_read_by(made: Path, wanted: list[str], reader: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    found = list(READERS[reader](made, name))
    if "csv" in name:  # readers differ in how they give a line break inside a field
        assert [t.replace("\r\n", "\n") for t in found] == [t.replace("\r\n", "\n") for t in wanted]
    else:
        assert found == wanted


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_lines_in_many_hands_are_still_lines(tmp_path: Path, suffix: str) -> None:
    orjson = pytest.importorskip("orjson")
    path = tmp_path / f"in.jsonl{suffix}"
    path.write_bytes(packed(json_lines(100), suffix))
    batch(path, "-o", tmp_path / "out/", "--chunk", "9000", "--to", "jsonl")
    lines = [line for line in (tmp_path / "out/in.jsonl").read_bytes().split(b"\n") if line.strip()]
    assert len(lines) == 102
    # orjson is strict where json is not; half a surrogate pair, which JSON allows, it refuses.
    assert sum("text" in orjson.loads(line) for line in lines if b"\\ud83d " not in line) > 90
