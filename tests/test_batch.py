"""``cleaner batch``: what goes in comes out, cleaned, in order, and all else as it was."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from cleaner import Cleaner
from cleaner.batch import csvtext, jsontext
from cleaner.batch.options import Options
from cleaner.batch.plan import make_plan
from cleaner.batch.runner import Run
from tests.corpora import (
    BAD_LINES,
    RULES,
    batch,
    content,
    csv_lines,
    json_lines,
    packed,
    parquet_table,
    records,
    run,
    texts,
    tree,
    warc,
    wet,
)


@pytest.fixture(scope="session")
def cleaner() -> Cleaner:
    return Cleaner(RULES)


def sidecar(account: Path, name: str) -> list[dict[str, Any]]:
    return [
        json.loads(line) for line in gzip.decompress((account / "edits" / f"{name}.edits.jsonl.gz").read_bytes()).splitlines()
    ]


# ---------------------------------------------------------------- lines of JSON


def test_only_the_text_of_a_line_changes(tmp_path: Path, cleaner: Cleaner) -> None:
    source = json_lines(120)
    (tmp_path / "in.jsonl").write_bytes(source)
    batch(tmp_path / "in.jsonl", "-o", tmp_path / "out/")
    before, after = source.split(b"\n"), (tmp_path / "out/in.jsonl").read_bytes().split(b"\n")
    assert len(before) == len(after)
    changed = 0
    for old, new in zip(before, after, strict=True):
        if not old.strip():
            assert old == new
            continue
        text = json.loads(old)["text"]
        wanted = cleaner.clean_text(text) if text is not None else None
        assert json.loads(new)["text"] == wanted
        if text == wanted:
            assert old == new
            continue
        changed += 1
        a, b = jsontext.Line(old), jsontext.Line(new)
        ma, mb = a.find("text"), b.find("text")
        assert ma
        assert mb
        assert (a.source[: ma.start], a.source[ma.end :]) == (b.source[: mb.start], b.source[mb.end :])
    assert changed > 30


def test_result_is_that_of_the_cleaner_whatever_the_number_of_workers(tmp_path: Path) -> None:
    for i in range(3):
        (tmp_path / f"in{i}.jsonl").write_bytes(json_lines(400, seed=i))
    for workers in (1, 2, 3):
        batch(
            *sorted(tmp_path.glob("in*.jsonl")),
            "-o",
            tmp_path / f"out{workers}/",
            "--workers",
            str(workers),
            "--add",
            "language,flags,counts",
        )
    one = tree(tmp_path / "out1")
    assert len(one) == 3
    assert tree(tmp_path / "out2") == one
    assert tree(tmp_path / "out3") == one
    accounts = [tree(tmp_path / f"out{w}.account") for w in (1, 2, 3)]
    for name in ("report.json", "edits/in0.jsonl.edits.jsonl.gz", "edits/in1.jsonl.edits.jsonl.gz"):
        assert accounts[0][name] == accounts[1][name] == accounts[2][name]


def test_added_fields(tmp_path: Path, cleaner: Cleaner) -> None:
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records(60)))
    batch(
        tmp_path / "in.jsonl",
        "-o",
        tmp_path / "out.jsonl",
        "--add",
        "language,flags,counts",
        "--edits",
        "field",
        "--prefix",
        "c_",
    )
    for line, record in zip((tmp_path / "out.jsonl").read_text().split("\n")[:-1], records(60), strict=True):
        made = json.loads(line)
        cleaned = cleaner.clean(record["text"])
        assert made == {
            **record, "text": cleaned.text, "c_language": cleaned.language, "c_flags": list(cleaned.flags),
            "c_chars_removed": sum(len(r.text) for r in cleaned.removals), "c_edits": cleaned.to_json()["edits"],
        }  # fmt: skip
    assert not (tmp_path / "out.jsonl.account/edits").exists()


def test_a_field_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"text": "a"}\n{"text": "b", "language": "en"}\n')
    batch(tmp_path / "in.jsonl", "-o", tmp_path / "out/", "--add", "language", status=1)
    assert len((tmp_path / "out/in.jsonl").read_text().splitlines()) == 1
    error = json.loads((tmp_path / "out.account/errors.jsonl").read_text())
    assert "already has a field 'language'" in error["reason"]
    assert error["original"] == '{"text": "b", "language": "en"}\n'


def test_sidecar_lines_restore_each_text(tmp_path: Path, cleaner: Cleaner) -> None:
    from cleaner import restore

    (tmp_path / "in.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records(60)))
    batch(tmp_path / "in.jsonl", "-o", tmp_path / "out/")
    lines = sidecar(tmp_path / "out.account", "in.jsonl")
    assert lines[0]["rules"] == cleaner.ruleset.version
    assert lines[-1]["end"]
    made = [json.loads(line)["text"] for line in (tmp_path / "out/in.jsonl").read_text().split("\n")[:-1]]
    given = [r["text"] for r in records(60)]
    for line in lines[1:-1]:
        assert line["id"] == f"doc-{line['record']}"
        assert restore(made[line["record"]], line) == given[line["record"]]
    assert {line["record"] for line in lines[1:-1]} == {i for i in range(60) if made[i] != given[i]}


def test_dolma_attributes(tmp_path: Path, cleaner: Cleaner) -> None:
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records(40)))
    batch(tmp_path / "in.jsonl", "-o", tmp_path / "out/", "--attributes")
    lines = gzip.decompress((tmp_path / "out.account/attributes/in.jsonl.jsonl.gz").read_bytes()).splitlines()
    spans = 0
    for line, record in zip(lines, records(40), strict=True):
        made = json.loads(line)
        assert made["id"] == record["id"]
        wanted = [[r.start, r.end, 1.0] for r in cleaner.clean(record["text"]).removals]
        assert made["attributes"].get("cleaner__prompts", []) == wanted
        spans += len(wanted)
    assert spans


def test_html_field_becomes_a_text_field(tmp_path: Path, cleaner: Cleaner) -> None:
    page = (
        "<html><body><article>" + "".join(f"<p>{t}</p>" for t in texts(3)) + "<p>Share this article</p></article></body></html>"
    )
    (tmp_path / "in.jsonl").write_text(json.dumps({"id": 1, "html": page}) + "\n")
    batch(tmp_path / "in.jsonl", "-o", tmp_path / "out/", "--html-key", "html")
    made = json.loads((tmp_path / "out/in.jsonl").read_text())
    assert made["html"] == page
    assert made["text"] == cleaner.clean_html(page).text
    assert "Share this article" not in made["text"]
    run("restore", tmp_path / "out", "--edits", tmp_path / "out.account", "-o", tmp_path / "again/")
    assert (tmp_path / "again/in.jsonl").read_bytes() == (tmp_path / "in.jsonl").read_bytes()


# ---------------------------------------------------------------- round trips

CORPORA = {
    "in.jsonl": json_lines(150),
    "in.jsonl.gz": json_lines(150),
    "in.jsonl.zst": json_lines(150),
    "in.csv": csv_lines(150),
    "in.tsv": csv_lines(150, "\t"),
    "in.csv.gz": csv_lines(150),
    "in.csv.zst": csv_lines(150),
    "in.wet": wet(80, packed=False),
    "in.wet.gz": wet(80, packed=False),
}


@pytest.mark.parametrize("name", CORPORA)
@pytest.mark.parametrize("add", [(), ("--add", "language,flags,counts")], ids=["plain", "added"])
def test_round_trip(tmp_path: Path, name: str, add: tuple[str, ...]) -> None:
    source = CORPORA[name]
    (tmp_path / name).write_bytes(wet(80) if name == "in.wet.gz" else packed(source, Path(name).suffix))
    batch(tmp_path / name, "-o", tmp_path / "out/", *add)
    made = content(tmp_path / "out" / name)
    assert made.count(b"Follow us on WhatsApp") < source.count(b"Follow us on WhatsApp")
    run("restore", tmp_path / "out", "--edits", tmp_path / "out.account", "-o", tmp_path / "again/")
    assert content(tmp_path / "again" / name) == source


def test_round_trip_of_bad_records(tmp_path: Path) -> None:
    good = json_lines(60).split(b"\n")
    lines = [line for pair in zip(good, (BAD_LINES * 10)[: len(good)], strict=True) for line in pair]
    (tmp_path / "in.jsonl").write_bytes(b"\n".join(lines))
    batch(tmp_path / "in.jsonl", "-o", tmp_path / "out/", status=1)
    run("restore", tmp_path / "out", "--edits", tmp_path / "out.account", "-o", tmp_path / "again/")
    assert (tmp_path / "again/in.jsonl").read_bytes() == (tmp_path / "in.jsonl").read_bytes()


@pytest.mark.parametrize("metadata", [True, False], ids=["metadata", "bare"])
@pytest.mark.parametrize("compression", ["snappy", "zstd", "none"])
def test_round_trip_of_parquet_is_the_same_file(tmp_path: Path, compression: str, metadata: bool) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    table = parquet_table(300)
    if not metadata:
        table = table.replace_schema_metadata(None)
    pq.write_table(table, tmp_path / "in.parquet", row_group_size=90, compression=compression)
    batch(tmp_path / "in.parquet", "-o", tmp_path / "out/", "--add", "flags,counts")
    made = pq.read_table(tmp_path / "out/in.parquet")
    assert made.schema.names == [*table.schema.names, "flags", "chars_removed"]
    assert made.drop_columns(["text", "flags", "chars_removed"]).equals(table.drop_columns(["text"]))
    assert made.schema.field("text").type == table.schema.field("text").type
    assert made.column("text").null_count == table.column("text").null_count
    run("restore", tmp_path / "out", "--edits", tmp_path / "out.account", "-o", tmp_path / "again/")
    assert (tmp_path / "again/in.parquet").read_bytes() == (tmp_path / "in.parquet").read_bytes()


def test_round_trip_of_parquet_by_another_writer_keeps_rows_and_types(tmp_path: Path) -> None:
    pl = pytest.importorskip("polars")
    pq = pytest.importorskip("pyarrow.parquet")
    pl.from_arrow(parquet_table(50)).write_parquet(tmp_path / "in.parquet")
    batch(tmp_path / "in.parquet", "-o", tmp_path / "out/")
    done = run("restore", tmp_path / "out", "--edits", tmp_path / "out.account", "-o", tmp_path / "again/")
    assert pq.read_table(tmp_path / "again/in.parquet").equals(pq.read_table(tmp_path / "in.parquet"), check_metadata=True)
    assert b"Polars" in done.stderr


def test_parquet_dictionary_column_and_bad_rows(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    texts_ = pa.array(["Share this article\nOne.", "Two.", None, "Two."] * 5).dictionary_encode()
    pq.write_table(pa.table({"text": texts_, "n": list(range(20))}), tmp_path / "in.parquet")
    batch(tmp_path / "in.parquet", "-o", tmp_path / "out/")
    made = pq.read_table(tmp_path / "out/in.parquet")
    assert pa.types.is_dictionary(made.schema.field("text").type)
    assert made.column("text").to_pylist() == ["One.", "Two.", None, "Two."] * 5
    assert made.column("n").to_pylist() == list(range(20))


def test_round_trip_of_a_folder_of_texts(tmp_path: Path) -> None:
    for i, text in enumerate(texts(30)):
        path = tmp_path / "in" / f"part{i % 3}" / f"{i}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    (tmp_path / "in/part0/bad.txt").write_bytes(b"caf\xe9")
    (tmp_path / "in/.hidden.txt").write_text("hidden")
    (tmp_path / "in/picture.png").write_bytes(b"png")
    done = batch(tmp_path / "in", "-o", tmp_path / "out", status=1)
    assert b"1 files are left alone" in done.stderr
    assert set(tree(tmp_path / "out")) == {n for n in tree(tmp_path / "in") if n.startswith("part") and "bad" not in n}
    assert not any(b"Share this" in data for data in tree(tmp_path / "out").values())
    run("restore", tmp_path / "out", "--edits", tmp_path / "out.account", "-o", tmp_path / "again")
    assert tree(tmp_path / "again") == {n: d for n, d in tree(tmp_path / "in").items() if n.startswith("part")}


def test_restore_notices_that_a_clean_shard_was_changed(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(json_lines(20))
    batch(tmp_path / "in.jsonl", "-o", tmp_path / "out/")
    made = tmp_path / "out/in.jsonl"
    made.write_bytes(made.read_bytes().replace(b"harbour", b"marbour", 1))
    done = run("restore", tmp_path / "out", "--edits", tmp_path / "out.account", "-o", tmp_path / "again/", status=1)
    assert b"checksum" in done.stderr
    assert not (tmp_path / "again/in.jsonl").exists()


# ---------------------------------------------------------------- formats


@pytest.mark.parametrize("target", ["jsonl", "jsonl.gz", "jsonl.zst", "parquet", "csv", "tsv.gz", "wet.gz"])
@pytest.mark.parametrize("source", ["jsonl", "csv", "parquet", "wet.gz", "files"])
def test_convert(tmp_path: Path, source: str, target: str, cleaner: Cleaner) -> None:
    given = [t.replace("\r\n", "\n") for t in texts(25)]
    path = tmp_path / f"in.{source}"
    if source == "jsonl":
        path.write_text("".join(json.dumps({"id": str(i), "text": t, "n": i}) + "\n" for i, t in enumerate(given)))
    elif source == "csv":
        import csv

        with path.open("w", newline="") as f:
            csv.writer(f).writerows([("id", "text"), *((str(i), t) for i, t in enumerate(given))])
    elif source == "parquet":
        pa = pytest.importorskip("pyarrow")
        pytest.importorskip("pyarrow.parquet")
        pa.parquet.write_table(pa.table({"id": [str(i) for i in range(25)], "text": given}), path)
    elif source == "wet.gz":
        path.write_bytes(wet(25))
        given = list(texts(25))
    else:
        path.mkdir()
        for i, t in enumerate(given):
            (path / f"{i:02}.txt").write_text(t)
    batch(path, "-o", tmp_path / "out/", "--to", target)
    (made,) = (tmp_path / "out").iterdir()
    assert made.name.endswith("." + target)
    assert _read_texts(made) == [cleaner.clean_text(t) for t in given]


def _read_texts(path: Path) -> list[str]:
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        return list(pq.read_table(path).column("text").to_pylist())
    data = content(path)
    if ".jsonl" in path.name:
        return [json.loads(line)["text"] for line in data.splitlines()]
    if ".wet" in path.name:
        from cleaner.batch.formats import Input
        from cleaner.batch.sources import _warc_record
        from cleaner.batch.warctext import WarcRecord

        stream = Input(path, "gz")
        out = []
        while (raw := _warc_record(stream, 1 << 20)[0]) != b"":
            record = WarcRecord(raw)
            if record.type == "conversion":
                out.append(record.text() or "")
        stream.close()
        return out
    import csv
    import io

    rows = list(csv.reader(io.StringIO(data.decode(), newline=""), delimiter="\t" if ".tsv" in path.name else ","))
    at = rows[0].index("text")
    return [row[at] for row in rows[1:]]


def test_warc_pages_become_texts(tmp_path: Path) -> None:
    (tmp_path / "crawl.warc.gz").write_bytes(warc(6))
    batch(tmp_path / "crawl.warc.gz", "-o", tmp_path / "out/", "--to", "jsonl")
    made = [json.loads(line) for line in (tmp_path / "out/crawl.jsonl").read_bytes().splitlines()]
    assert [m["url"] for m in made] == [f"https://site{i % 5}.example/{i}" for i in range(6)]
    assert all(m["text"] and "Share this article" not in m["text"] for m in made)
    batch(tmp_path / "crawl.warc.gz", "-o", tmp_path / "wet/")
    assert list(_read_texts(tmp_path / "wet/crawl.warc.wet.gz")) == [m["text"] for m in made]


def test_wet_written_is_read_by_fastwarc_with_right_digests(tmp_path: Path) -> None:
    module = pytest.importorskip("fastwarc.warc")
    (tmp_path / "in.wet.gz").write_bytes(wet(20))
    batch(tmp_path / "in.wet.gz", "-o", tmp_path / "out/")
    with (tmp_path / "out/in.wet.gz").open("rb") as f:
        found = [
            (r.record_type == module.WarcRecordType.conversion, r.headers.get("WARC-Block-Digest"), r.verify_block_digest())
            for r in module.ArchiveIterator(f)
        ]
    assert len(found) == 21
    changed = [ok for is_text, digest, ok in found if is_text and digest != "sha1:AAAA"]
    assert changed
    assert all(changed)


def test_pages_in_a_folder_become_texts_and_none_takes_anothers_place(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    body = "".join(f"<p>{t}</p>" for t in texts(2))
    (folder / "a.html").write_text(f"<html><body><article>{body}</article></body></html>")
    (folder / "a.txt").write_text("A text.")
    (folder / "b.htm").write_text(f"<html><body><article>{body}</article></body></html>")
    batch(folder, "-o", tmp_path / "out")
    made = tree(tmp_path / "out")
    assert set(made) == {"a.html.txt", "a.txt", "b.txt"}
    assert made["a.txt"] == b"A text."


def test_stdin_to_stdout(cleaner: Cleaner) -> None:
    source = json_lines(50)
    done = batch("-", "-o", "-", stdin=source)
    assert [json.loads(line)["text"] for line in done.stdout.split(b"\n") if line.strip()] == [
        None if (t := json.loads(line)["text"]) is None else cleaner.clean_text(t) for line in source.split(b"\n") if line.strip()
    ]


def test_bad_record_on_stdin_stops_the_run_unless_there_is_a_place_for_it(tmp_path: Path) -> None:
    done = batch("-", "-o", "-", stdin=b'{"text": "a"}\n{"text": 5}\n', status=1)
    assert b"--account" in done.stderr
    done = batch("-", "-o", "-", "--account", tmp_path / "acc", stdin=b'{"text": "a"}\n{"text": 5}\n', status=1)
    assert done.stdout == b'{"text": "a"}\n'
    assert json.loads((tmp_path / "acc/errors.jsonl").read_text())["original"] == '{"text": 5}\n'


def test_empty_inputs_have_empty_outputs(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.jsonl").write_bytes(b"")
    (folder / "b.jsonl.gz").write_bytes(gzip.compress(b""))
    (folder / "c.jsonl.zst").write_bytes(packed(b"", ".zst"))
    (folder / "d.csv").write_bytes(b"id,text\n")
    pa.parquet.write_table(pa.table({"text": pa.array([], pa.string())}), folder / "e.parquet")
    batch(folder, "-o", tmp_path / "out")
    assert {n: content(tmp_path / "out" / n) for n in ("a.jsonl", "b.jsonl.gz", "c.jsonl.zst", "d.csv")} == {
        "a.jsonl": b"", "b.jsonl.gz": b"", "c.jsonl.zst": b"", "d.csv": b"id,text\n",
    }  # fmt: skip
    assert pa.parquet.read_table(tmp_path / "out/e.parquet").schema.names == ["text"]


# ---------------------------------------------------------------- bad records, long records


def test_one_percent_of_every_kind_of_bad_record(tmp_path: Path, cleaner: Cleaner) -> None:
    good = [json.dumps(r).encode() for r in records(1200)]
    lines: list[bytes] = []
    bad: list[bytes] = []
    for i, line in enumerate(good):
        lines.append(line)
        if i % (100 // len(BAD_LINES)) == 0:
            bad.append(BAD_LINES[i % len(BAD_LINES)] if i % 2 else BAD_LINES[(i // 8) % len(BAD_LINES)])
            lines.append(bad[-1])
    assert set(bad) == set(BAD_LINES)
    (tmp_path / "in.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    batch(tmp_path / "in.jsonl", "-o", tmp_path / "out/", "--workers", "2", status=1)
    made = (tmp_path / "out/in.jsonl").read_bytes().splitlines()
    assert [json.loads(m)["id"] for m in made] == [json.loads(g)["id"] for g in good]
    assert [json.loads(m)["text"] for m in made] == [cleaner.clean_text(json.loads(g)["text"]) for g in good]
    errors = [json.loads(line) for line in (tmp_path / "out.account/errors.jsonl").read_bytes().splitlines()]
    originals = [e["original"].encode() if "original" in e else base64.b64decode(e["original_base64"]) for e in errors]
    assert originals == [b + b"\n" for b in bad]
    source = b"\n".join(lines) + b"\n"
    for e, original in zip(errors, originals, strict=True):
        assert source[e["offset"] :].startswith(original)


def test_errors_can_be_mended_and_replayed(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(
        b'{"text": "One.\\nShare this article"}\n{"text": "Two.\\nShare this article"\n{"text": 3}\n'
    )
    batch(tmp_path / "in.jsonl", "-o", tmp_path / "out/", status=1)
    errors = (tmp_path / "out.account/errors.jsonl").read_text().replace('article\\"\\n', 'article\\"}\\n')
    (tmp_path / "mended.jsonl").write_text(errors)
    batch(tmp_path / "mended.jsonl", "--replay", "-o", tmp_path / "again/", status=1)
    assert json.loads((tmp_path / "again/in.jsonl").read_bytes()) == {"text": "Two."}
    assert len((tmp_path / "again.account/errors.jsonl").read_text().splitlines()) == 1


def test_bad_rows_of_csv(tmp_path: Path) -> None:
    rows = b'id,text\n1,"One.\nShare this article"\n2,too,many\n3,caf\xe9\n4,Four.\n5,"never closed\n6,Six.\n'
    (tmp_path / "in.csv").write_bytes(rows)
    batch(tmp_path / "in.csv", "-o", tmp_path / "out/", status=1)
    assert (tmp_path / "out/in.csv").read_bytes() == b'id,text\n1,"One."\n4,Four.\n6,Six.\n'
    kinds = [json.loads(line)["kind"] for line in (tmp_path / "out.account/errors.jsonl").read_bytes().splitlines()]
    assert kinds == ["csv", "encoding", "csv"]
    run("restore", tmp_path / "out", "--edits", tmp_path / "out.account", "-o", tmp_path / "again/")
    assert (tmp_path / "again/in.csv").read_bytes() == rows


def test_bad_records_of_warc(tmp_path: Path) -> None:
    good = wet(3, packed=False)
    (tmp_path / "in.wet").write_bytes(b"junk before\r\n" + good + b"WARC/1.0\r\nContent-Length: 99\r\n\r\ncut off")
    batch(tmp_path / "in.wet", "-o", tmp_path / "out/", status=1)
    originals = [json.loads(line)["original"] for line in (tmp_path / "out.account/errors.jsonl").read_bytes().splitlines()]
    assert originals == ["junk before\r\n", "WARC/1.0\r\nContent-Length: 99\r\n\r\ncut off"]
    assert len(_read_texts_plain(tmp_path / "out/in.wet")) == 3


def _read_texts_plain(path: Path) -> list[str]:
    return list(path.read_bytes().decode().split("WARC-Type: conversion")[1:])


@pytest.mark.parametrize("limit", ["3000", "400000"], ids=["within a chunk", "over many chunks"])
def test_long_documents_pass_through_and_are_named(tmp_path: Path, limit: str) -> None:
    long = json.dumps({"id": "long", "text": "Share this article\n" + "x" * (int(limit) * 3)}).encode()
    lines = [b'{"id": "a", "text": "One.\\nShare this article"}', long, b'{"id": "b", "text": "Two.\\nShare this article"}']
    (tmp_path / "in.jsonl").write_bytes(b"\n".join(lines))
    batch(tmp_path / "in.jsonl", "-o", tmp_path / "out/", "--max-record", limit)
    made = (tmp_path / "out/in.jsonl").read_bytes().split(b"\n")
    assert made == [b'{"id": "a", "text": "One."}', long, b'{"id": "b", "text": "Two."}']
    report = json.loads((tmp_path / "out.account/report.json").read_text())
    assert report["flags"] == {"batch/too-long": 1}
    run("restore", tmp_path / "out", "--edits", tmp_path / "out.account", "-o", tmp_path / "again/")
    assert (tmp_path / "again/in.jsonl").read_bytes() == b"\n".join(lines)
    batch(tmp_path / "in.jsonl", "-o", tmp_path / "csv/", "--to", "csv", "--max-record", limit, status=1)
    error = json.loads((tmp_path / "csv.account/errors.jsonl").read_bytes())
    original = error.get("original", "").encode() or base64.b64decode(error["original_base64"])
    assert original.rstrip(b"\n") == long


# ---------------------------------------------------------------- choosing, dry runs


def test_limit_and_sample(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records(100)))
    inputs = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    batch(*inputs, "-o", tmp_path / "limit/", "--limit", "130")
    assert [len((tmp_path / f"limit/{n}.jsonl").read_text().splitlines()) for n in ("a", "b")] == [100, 30]
    drawn = []
    for attempt in ("one", "two"):
        batch(*inputs, "-o", tmp_path / f"{attempt}/", "--sample", "0.25")
        drawn.append(tree(tmp_path / attempt))
    assert drawn[0] == drawn[1]
    assert 10 < len(drawn[0]["a.jsonl"].splitlines()) < 45
    run("restore", tmp_path / "one", "--edits", tmp_path / "one.account", "-o", tmp_path / "again/")
    given = set((tmp_path / "a.jsonl").read_bytes().splitlines())
    assert set((tmp_path / "again/a.jsonl").read_bytes().splitlines()) <= given
    assert len((tmp_path / "again/a.jsonl").read_bytes().splitlines()) == len(drawn[0]["a.jsonl"].splitlines())


@pytest.mark.parametrize("length", [100_000, 3_000_000], ids=["within a chunk", "in pieces"])
def test_limit_counts_documents_and_ends_none_halfway(tmp_path: Path, length: int) -> None:
    long = json.dumps({"text": "x" * length}).encode()
    lines = [b'{"text": "One."}', b"", b"", long, b'{"text": "Three."}', b'{"text": "Four."}']
    (tmp_path / "in.jsonl").write_bytes(b"\n".join(lines))
    for limit, wanted in ((2, lines[:4]), (3, lines[:5])):
        out = tmp_path / f"out{limit}"
        batch(tmp_path / "in.jsonl", "-o", f"{out}/", "--limit", str(limit), "--max-record", "50000")
        assert (out / "in.jsonl").read_bytes() == b"\n".join(wanted) + b"\n"
        report = json.loads((tmp_path / f"out{limit}.account/report.json").read_text())
        assert (report["read"], report["written"], report["flags"]) == (limit, limit, {"batch/too-long": 1})


def test_sample_leaves_long_documents_out_as_others(tmp_path: Path) -> None:
    long = json.dumps({"text": "x" * 1_000_000}).encode()
    (tmp_path / "in.jsonl").write_bytes((long + b"\n") * 40)
    batch(tmp_path / "in.jsonl", "-o", tmp_path / "out/", "--sample", "0.2", "--max-record", "50000")
    kept = (tmp_path / "out/in.jsonl").read_bytes().splitlines()
    assert 0 < len(kept) < 25
    assert set(kept) == {long}


def test_dry_run_writes_nothing_and_says_what_would_go(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(json_lines(80))
    done = batch(tmp_path / "in.jsonl", "-o", tmp_path / "out/", "--dry-run")
    assert b"prompts/en/share-this" in done.stderr
    assert b"would be removed" in done.stderr
    assert {p.name for p in tmp_path.iterdir()} == {"in.jsonl"}


def test_quiet_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(json_lines(20))
    done = batch(tmp_path / "in.jsonl", "-o", tmp_path / "out/", "--quiet")
    assert (done.stdout, done.stderr) == (b"", b"")


# ---------------------------------------------------------------- wrong usage


def _write(tmp_path: Path, name: str, data: bytes) -> Path:
    (tmp_path / name).write_bytes(data)
    return tmp_path / name


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("missing.jsonl",), "there is no missing.jsonl"),
        (("in.jsonl", "--text-key", "body"), "'body'; they have id, text"),
        (("in.csv", "--text-key", "body"), "no column 'body'; it has id, text"),
        (("in.parquet", "--text-key", "body"), "no column 'body'; it has id, text"),
        (("in.parquet", "--text-key", "id"), "holds int64, not texts"),
        (("in.jsonl", "--to", "docx"), "--to knows jsonl"),
        (("in.unknown",), "suffix says nothing"),
        (("in.json",), "name it .jsonl"),
        (("in.jsonl", "sub/in.jsonl"), "would both be written to in.jsonl"),
        (("in.jsonl", "--sample", "7"), "--sample is 7.0"),
        (("in.jsonl", "--force"), "it goes with --resume"),
        (("in.jsonl", "--resume", "--overwrite"), "choose one"),
        (("in.jsonl", "--families", "promts"), "did you mean 'prompts'"),
        (("in.jsonl", "--add", "colour"), "not 'colour'"),
        (("in.parquet", "--add", "counts", "--prefix", "x"), None),
    ],
)
def test_wrong_usage_is_said_clearly(tmp_path: Path, arguments: tuple[str, ...], said: str | None) -> None:
    pa = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet")
    _write(tmp_path, "in.jsonl", b'{"id": 1, "text": "a"}\n')
    (tmp_path / "sub").mkdir()
    _write(tmp_path, "sub/in.jsonl", b'{"id": 1, "text": "a"}\n')
    _write(tmp_path, "in.csv", b"id,text\n1,a\n")
    _write(tmp_path, "in.unknown", b"")
    _write(tmp_path, "in.json", b"{}")
    pa.parquet.write_table(pa.table({"id": [1], "text": ["a"]}), tmp_path / "in.parquet")
    done = batch(*arguments, "-o", "out/", status=0 if said is None else 2, cwd=tmp_path)
    if said is not None:
        assert said in done.stderr.decode()
        assert not (tmp_path / "out").exists() or not tree(tmp_path / "out")


def test_input_is_never_written_over(tmp_path: Path) -> None:
    path = _write(tmp_path, "in.jsonl", b'{"text": "Share this article"}\n')
    batch(path, "-o", tmp_path, status=2)
    batch(path, "-o", path, status=2)
    assert path.read_bytes() == b'{"text": "Share this article"}\n'


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("-o", "in/clean"), b"choose a place outside it with -o"),
        (("-o", "out", "--account", "in/deep/account"), b"choose a place outside it with --account"),
        (("-o", "in/_clean"), None),
        (("-o", "input"), None),
    ],
    ids=["output", "account", "passed over", "beside"],
)
def test_nothing_is_written_where_it_would_be_read(tmp_path: Path, more: tuple[str, ...], said: bytes | None) -> None:
    (tmp_path / "in").mkdir()
    _write(tmp_path, "in/a.jsonl", b'{"text": "Share this article"}\n')
    _write(tmp_path, "in/b.txt", b"One.\nShare this article\n")
    given = tree(tmp_path / "in")
    done = batch("in", *more, cwd=tmp_path, status=2 if said else 0)
    if said:
        assert said in done.stderr
        assert tree(tmp_path) == {f"in/{name}": data for name, data in given.items()}
    else:
        batch("in", *more, "--resume", cwd=tmp_path)


@pytest.mark.parametrize("change", ["vanishes", "comes", "grows"])
def test_folder_that_changes_while_it_is_read_is_named(tmp_path: Path, cleaner: Cleaner, change: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for i in range(3):
        _write(folder, f"{i}.txt", b"One.\nShare this article\n")
    plan = make_plan([str(folder)], str(tmp_path / "out"), None, None)
    if change == "vanishes":
        (folder / "1.txt").unlink()
    else:
        _write(folder, "3.txt" if change == "comes" else "2.txt", b"Two.\nAnd more.\n")
    outcome = Run(plan, cleaner, Options()).go()
    assert outcome.status == 1
    assert "has changed while it was read" in outcome.problems[0]
    assert (tmp_path / "out/0.txt").read_bytes() == b"One.\n"


def test_what_is_there_is_not_written_over_unless_told(tmp_path: Path) -> None:
    path = _write(tmp_path, "in.jsonl", json_lines(20))
    (tmp_path / "out").mkdir()
    (tmp_path / "out/in.jsonl").write_text("precious")
    done = batch(path, "-o", tmp_path / "out", status=2)
    assert b"--overwrite" in done.stderr
    assert (tmp_path / "out/in.jsonl").read_text() == "precious"
    batch(path, "-o", tmp_path / "out", "--overwrite")
    done = batch(path, "-o", tmp_path / "out", status=2)
    assert b"it is finished" in done.stderr


def test_damaged_input_ends_its_shard_and_no_other(tmp_path: Path) -> None:
    whole = gzip.compress(json_lines(300))
    _write(tmp_path, "a.jsonl.gz", whole[: len(whole) // 2])
    _write(tmp_path, "b.jsonl", json_lines(10))
    done = batch(tmp_path / "a.jsonl.gz", tmp_path / "b.jsonl", "-o", tmp_path / "out/", status=1)
    assert b"a.jsonl.gz: is damaged" in done.stderr
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"b.jsonl"}


def test_missing_library_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from cleaner.batch.formats import Format, check_libraries
    from cleaner.batch.problems import UsageError

    for module, extra, format_ in (
        ("zstandard", "zstd", Format("jsonl", "zst")),
        ("pyarrow", "parquet", Format("parquet")),
        ("fastwarc.warc", "warc", Format("warc", "gz")),
    ):
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(UsageError, match=rf"boilerplate-cleaner\[{extra}\]"):
            check_libraries(format_)


def test_help_teaches(tmp_path: Path) -> None:
    said = run("batch", "--help").stdout.decode()
    assert "Examples:" in said
    assert "--resume" in said
    assert "Exit status" in said


# ---------------------------------------------------------------- small parts


@pytest.mark.parametrize("style", jsontext.STYLES)
def test_every_style_is_known_again(style: str) -> None:
    text = 'é "quoted" </p> \\ \t \u2028 \U0001f600 \ud83d'
    literal = jsontext.encode(text, style)
    assert json.loads(literal) == text
    assert jsontext.style_of(literal, text) == style


def test_csv_fields() -> None:
    record = 'a,"b ""c"", d",,"","e\nf",5" pipe'
    found = [csvtext.decode(record[a:b]) for a, b in csvtext.fields(record, ",")]
    assert found == ["a", 'b "c", d', "", "", "e\nf", '5" pipe']
