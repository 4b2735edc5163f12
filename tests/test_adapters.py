"""Tables and pipelines: types, nulls, order and columns stay; what is asked for is added; errors say what to do."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cleaner import Cleaner, clean, restore
from cleaner.adapters import CleaningWarning, MissingExtra, original_span
from cleaner.adapters.common import Columns
from cleaner.rules import load
from tests.corpora import RULES
from tests.engines import BREAKS, make_cleaner

PAGE = "Share this article\nThe ferry is back."
CLEAN = "The ferry is back."

MODULES = {
    "arrow": "pyarrow", "spark": "pyspark", "ray": "ray", "datatrove": "datatrove", "dask": "dask", "pandas": "pandas",
    "polars": "polars", "duckdb": "duckdb", "datasets": "datasets", "spacy": "spacy", "sklearn": "sklearn",
    "haystack": "haystack", "langchain": "langchain_core",
}  # fmt: skip


@pytest.mark.parametrize(("extra", "library"), MODULES.items())
def test_a_missing_library_is_named_with_its_extra(extra: str, library: str) -> None:
    program = (
        f"import sys; sys.modules[{library!r}] = None\n"
        "from cleaner.adapters import MissingExtra\n"
        f"try: import cleaner.adapters.{extra}\n"
        "except MissingExtra as error: print(error)"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert f"boilerplate-cleaner[{extra}]" in said
    assert library in said


def test_the_package_alone_imports_none_of_the_libraries() -> None:
    program = f"import sys, cleaner.adapters; print([m for m in {list(MODULES.values())} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"
    assert issubclass(MissingExtra, ImportError)


def test_what_can_be_added_is_said() -> None:
    with pytest.raises(ValueError, match="there is no 'speed' to add; choose from language, flags, edits, error"):
        Columns(add=("speed",))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="would replace the text"):
        Columns("flags")


# -- Arrow


def _kinds() -> dict[str, Any]:
    pa = pytest.importorskip("pyarrow", reason="needs the extra arrow")
    return {
        "string": pa.string(),
        "large": pa.large_string(),
        "view": pa.string_view(),
        "dictionary": pa.dictionary(pa.int8(), pa.string()),
        "large dictionary": pa.dictionary(pa.int32(), pa.large_string()),
        "unsigned dictionary": pa.dictionary(pa.uint16(), pa.string()),
    }


KINDS = ["string", "large", "view", "dictionary", "large dictionary", "unsigned dictionary"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sliced", [False, True])
def test_arrow_types_stay(kind: str, sliced: bool) -> None:
    import pyarrow as pa

    from cleaner.adapters.arrow import clean_batch

    wanted = _kinds()[kind]
    texts = [None, PAGE, "", "plain", PAGE, "Le cafÃ© est fermÃ©", "😀\nShare this article"]
    batch = pa.RecordBatch.from_arrays([pa.array(range(7)), pa.array(texts, wanted)], names=["id", "body"])
    batch = batch.slice(1, 5) if sliced else batch
    done = clean_batch(batch, "body", add=["edits"])
    done.validate(full=True)
    assert done.schema.field("body").type == wanted
    assert done["id"].equals(batch["id"])
    given = batch["body"].to_pylist()
    assert done["body"].to_pylist() == [None if t is None else clean(t).text for t in given]
    assert done["edits"].to_pylist() == [[] if t is None else clean(t).to_json()["edits"] for t in given]


def test_arrow_columns_are_added_or_replaced_where_they_stand() -> None:
    pa = pytest.importorskip("pyarrow", reason="needs the extra arrow")
    from cleaner.adapters.arrow import clean_batch, clean_table, output_schema

    schema = pa.schema([("flags", pa.int64()), ("text", pa.string()), ("n", pa.int8())], metadata={"made": "up"})
    batch = pa.RecordBatch.from_pylist([{"flags": 1, "text": PAGE, "n": 2}], schema)
    once = clean_batch(batch)
    assert once.schema.names == ["flags", "text", "n", "language", "edits", "error"]
    assert once.schema.metadata == {b"made": b"up"}
    assert once.schema == output_schema(schema)
    assert once.to_pylist()[0]["flags"] == []
    assert clean_batch(batch, prefix="c_", add=["flags"]).to_pylist() == [{"flags": 1, "text": CLEAN, "n": 2, "c_flags": []}]
    assert clean_table(pa.Table.from_batches([], schema)).schema == output_schema(schema)
    assert clean_batch(batch.slice(1)).num_rows == 0


def test_arrow_language_is_found_where_asked_for() -> None:
    pa = pytest.importorskip("pyarrow", reason="needs the extra arrow")
    from cleaner.adapters.arrow import clean_batch

    text = "Die Fähre nach Süden fährt seit gestern wieder jede Stunde, sagte die Leiterin des Hafens am Abend."
    batch = pa.RecordBatch.from_pydict({"text": [text, None]})
    assert clean_batch(batch)["language"].to_pylist() == ["de", None]


def test_arrow_chunks_stay_in_order() -> None:
    pa = pytest.importorskip("pyarrow", reason="needs the extra arrow")
    from cleaner.adapters.arrow import clean_table

    texts = [f"Line {i} of the log.\nShare this article" for i in range(50)]
    column = pa.chunked_array([texts[:7], [], texts[7:31], texts[31:]])
    other = pa.chunked_array([range(20), range(20, 50)])
    done = clean_table(pa.table({"text": column, "n": other}), add=[])
    assert done["text"].to_pylist() == [f"Line {i} of the log." for i in range(50)]
    assert done["n"].to_pylist() == list(range(50))


def test_arrow_bytes_that_are_no_utf8_pass_through() -> None:
    pa = pytest.importorskip("pyarrow", reason="needs the extra arrow")
    from cleaner.adapters.arrow import clean_batch

    for kind, raw in ((pa.string(), pa.binary()), (pa.large_string(), pa.large_binary())):
        column = pa.array([PAGE.encode(), b"half \xff a text", None], raw).view(kind)
        done = clean_batch(pa.RecordBatch.from_arrays([column], names=["text"]))
        assert done["text"].cast(raw).to_pylist() == [CLEAN.encode(), b"half \xff a text", None]
        assert [e and e.split(":")[0] for e in done["error"].to_pylist()] == [None, "UnicodeDecodeError", None]


def test_arrow_columns_that_cannot_be_cleaned_are_named() -> None:
    pa = pytest.importorskip("pyarrow", reason="needs the extra arrow")
    from cleaner.adapters.arrow import clean_batch

    batch = pa.RecordBatch.from_pydict({"id": [1], "none": pa.nulls(1)})
    with pytest.raises(ValueError, match="there is no column 'text'; columns are: 'id', 'none'"):
        clean_batch(batch)
    with pytest.raises(TypeError, match="column 'id' has the type int64; it must hold strings"):
        clean_batch(batch, "id")
    assert clean_batch(batch, "none", add=["edits"])["edits"].to_pylist() == [[]]


# -- clusters


def test_datatrove_writes_what_went(tmp_path: Path) -> None:
    pytest.importorskip("datatrove", reason="needs the extra datatrove")
    import json

    from datatrove.data import Document
    from datatrove.pipeline.writers import JsonlWriter

    from cleaner.adapters.datatrove import CleanDocuments

    step = CleanDocuments(JsonlWriter(str(tmp_path), compression=None), cleaner=Cleaner(RULES))
    step = pickle.loads(pickle.dumps(step))
    documents = [Document(PAGE, "a", metadata={"k": 1}), Document("Nothing to take.", "b")]
    done = list(step.run(iter(documents)))
    assert [d.text for d in done] == [CLEAN, "Nothing to take."]
    assert done[0].metadata["k"] == 1
    assert restore(CLEAN, {"version": 1, "length": len(CLEAN), "edits": done[0].metadata["edits"]}) == PAGE
    assert "error" not in done[0].metadata
    removed = [json.loads(line) for line in (tmp_path / "00000.jsonl").read_text().splitlines()]
    about = removed[0]["metadata"]
    assert "".join(PAGE[r["metadata"]["start"] : r["metadata"]["end"]] for r in removed) == "Share this article\n"
    assert (removed[0]["id"], about["document_id"], about["cause"]) == ("a/0", "a", "prompts/en/share-this")
    assert step.stats["changed"].total == 1


# -- tables


def test_pandas_keeps_index_name_type_and_what_is_missing() -> None:
    pd = pytest.importorskip("pandas", reason="needs the extra pandas")
    import cleaner.adapters.pandas  # noqa: F401

    for kind in ("object", "string", "str", "category"):
        series = pd.Series([PAGE, None, "plain"], index=[3, 1, 2], name="body", dtype=kind)
        done = series.cleaner.text()
        assert done.index.tolist() == [3, 1, 2]
        assert done.name == "body"
        assert done.dtype.name == series.dtype.name
        assert [None if pd.isna(t) else t for t in done] == [CLEAN, None, "plain"]
    frame = pd.Series([PAGE], index=["x"]).cleaner.frame(add=["language", "edits"])
    assert frame.columns.tolist() == ["text", "language", "edits"]
    assert frame.loc["x", "edits"][0]["cause"] == "share_prompts/en/share-this"


def test_pandas_reports_what_is_no_text_and_leaves_the_frame_alone() -> None:
    pd = pytest.importorskip("pandas", reason="needs the extra pandas")
    from cleaner.adapters.pandas import clean_frame, clean_series

    given = pd.DataFrame({"text": [PAGE, 5, None]}, dtype=object)
    done = clean_frame(given)
    assert done["text"].tolist() == [CLEAN, 5, None]
    assert done["error"].iloc[1] == "TypeError: a document must be a text, not int"
    assert given["text"].tolist() == [PAGE, 5, None]
    with pytest.warns(CleaningWarning, match="1 documents could not be cleaned"):
        assert clean_series(given["text"]).tolist() == [CLEAN, 5, None]


def test_pandas_added_columns_are_written_as_what_they_are(tmp_path: Path) -> None:
    pd = pytest.importorskip("pandas", reason="needs the extra pandas")
    import pyarrow.parquet

    from cleaner.adapters.arrow import TYPES
    from cleaner.adapters.pandas import clean_frame

    clean_frame(pd.DataFrame({"text": ["nothing to take"]})).to_parquet(tmp_path / "x.parquet")
    schema = pyarrow.parquet.read_schema(tmp_path / "x.parquet")
    for name in ("flags", "edits", "error"):
        # Parquet calls the items of a list otherwise.
        assert str(schema.field(name).type).replace("element: ", "item: ") == str(TYPES[name])


def test_polars_namespaces() -> None:
    pl = pytest.importorskip("polars", reason="needs the extra polars")
    from cleaner.adapters.polars import clean_frame, clean_series

    series = pl.Series("body", [PAGE, None])
    assert series.cleaner.text().to_list() == [CLEAN, None]
    assert clean_series(series.cast(pl.Categorical)).dtype == pl.Categorical
    lazy = pl.LazyFrame({"body": [PAGE, None], "n": [1, 2]})
    done = lazy.with_columns(pl.col("body").cleaner.text()).collect()
    assert done.rows() == [(CLEAN, 1), (None, 2)]
    wide = lazy.select(pl.col("body").cleaner.struct(add=["flags", "error"]).struct.unnest())
    assert wide.collect_schema() == wide.collect().schema
    with pytest.raises(TypeError, match="it must hold strings"):
        clean_frame(pl.DataFrame({"text": [1]}))
    with pytest.warns(CleaningWarning, match="broken on purpose"):
        assert clean_series(pl.Series([f"x\n{BREAKS}"]), cleaner=make_cleaner()).to_list() == [f"x\n{BREAKS}"]


def test_duckdb_functions() -> None:
    duckdb = pytest.importorskip("duckdb", reason="needs the extra duckdb")
    from cleaner.adapters.duckdb import register

    connection = duckdb.connect()
    register(connection, prefix="tidy")
    connection.execute("create table pages as select * from (values (1, ?), (2, null)) as t(id, text)", [PAGE])
    assert connection.sql("select id, tidy_text(text) from pages order by id").fetchall() == [(1, CLEAN), (2, None)]
    query = "select tidy_document(text).edits[1].cause from pages order by id"
    assert connection.sql(query).fetchall() == [("share_prompts/en/share-this",), (None,)]
    assert connection.sql("select tidy_document(text) is null from pages order by id").fetchall() == [(False,), (True,)]


def test_datasets_cache_follows_the_rules(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="needs the extra datasets")
    from cleaner.adapters.datasets import clean_dataset

    datasets.Dataset.from_dict({"text": [PAGE], "n": [1]}).save_to_disk(tmp_path / "in")
    given = datasets.load_from_disk(tmp_path / "in")
    first = clean_dataset(given, cleaner=Cleaner(RULES))
    again = clean_dataset(given, cleaner=Cleaner(RULES))
    assert first._fingerprint == again._fingerprint
    assert first.cache_files == again.cache_files != []
    others = [
        clean_dataset(given, cleaner=Cleaner([RULES, *_one_more_rule(tmp_path)])),
        clean_dataset(given, cleaner=Cleaner(RULES, skip=["blank-lines"])),
        clean_dataset(given, cleaner=Cleaner(RULES), add=["flags"]),
    ]
    assert len({d._fingerprint for d in (first, *others)}) == 4
    assert first[0]["text"] == CLEAN
    assert first.column_names == ["text", "n", "flags", "edits", "error"]


def _one_more_rule(folder: Path) -> list[Path]:
    """A folder with one rule more than the others have."""
    place = folder / "more/prompts"
    place.mkdir(parents=True)
    (place / "family.yaml").write_text((RULES / "prompts/family.yaml").read_text())
    rule = (
        "- id: ring-the-desk\n  why: An invitation to ring.\n  remove: line\n  phrases: [\"ring the harbour desk\"]\n"
        "  level: standard\n  status: stable\n  removes: [\"[[Ring the harbour desk]]\"]\n"
        "  keeps: [\"They ring the harbour desk every morning.\"]\n"
    )
    (place / "en.yaml").write_text(rule)
    return [folder / "more"]


def test_datasets_streamed_and_formatted() -> None:
    datasets = pytest.importorskip("datasets", reason="needs the extra datasets")
    from cleaner.adapters.datasets import clean_dataset

    given = datasets.Dataset.from_dict({"text": [PAGE, "plain"], "n": [1, 2]})
    assert [row["text"] for row in clean_dataset(given.to_iterable_dataset())] == [CLEAN, "plain"]
    shown = clean_dataset(given.with_format("numpy", columns=["n"]), add=["flags"])
    assert shown.format["type"] == "numpy"
    assert shown.format["columns"] == ["n", "flags"]


def test_a_cleaner_travels_with_its_rules() -> None:
    from cleaner.adapters import Portable

    made = Cleaner(RULES)
    assert made.clean_text(PAGE) == CLEAN
    back = pickle.loads(pickle.dumps(Portable(made)))
    assert back().ruleset.version == load(RULES if isinstance(RULES, list) else [RULES]).version
    assert back() is back()
    assert back().clean_text(PAGE) == CLEAN


# -- offsets


@pytest.mark.parametrize(
    ("original", "part", "wanted"),
    [
        (PAGE, "ferry", "ferry"),
        (PAGE, CLEAN, CLEAN),
        ("The ferry is back.\nShare this article", CLEAN, CLEAN),
        ("The ferry is back.\nShare this article\nIt is late.", "back.\nIt is", "back.\nShare this article\nIt is"),
        ("The cafÃ© is shut.", "café", "cafÃ©"),
        ("The cafÃ© is shut.", "é is", "Ã© is"),
    ],
)
def test_a_stretch_of_clean_text_is_found_in_the_original(original: str, part: str, wanted: str) -> None:
    cleaned = clean(original)
    start = cleaned.text.index(part)
    begin, end = original_span(cleaned, start, start + len(part))
    assert original[begin:end] == wanted


def test_stretches_outside_the_text_are_refused() -> None:
    cleaned = clean(PAGE)
    assert original_span(cleaned, 0, 0) == (19, 19)
    for start, end in ((0, 19), (3, 2), (-1, 2)):
        with pytest.raises(IndexError):
            original_span(cleaned, start, end)
