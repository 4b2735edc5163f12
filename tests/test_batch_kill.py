"""``cleaner batch`` is stopped by all that stops programs, goes on, and comes to the same bytes."""

from __future__ import annotations

import json
import os
import pickle
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from cleaner import Cleaner
from cleaner.batch.options import Options
from cleaner.batch.pool import BrokenProcessPool, Processes
from tests.corpora import (
    BAD_LINES,
    FROZEN,
    batch,
    command,
    csv_lines,
    environment,
    json_lines,
    packed,
    parquet_table,
    texts,
    tree,
    wet,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of POSIX")

#: Small chunks and a checkpoint after each: much can go wrong at many places.
OFTEN = ("--chunk", "15000", "--checkpoint", "0", "--add", "flags,counts", "--attributes")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shards of all formats, with bad records among them."""
    folder = tmp_path_factory.mktemp("corpus")
    lines = json_lines(160, 1).split(b"\n")
    for i, bad in enumerate(BAD_LINES):
        lines.insert(20 * i, bad)
    (folder / "a.jsonl").write_bytes(b"\n".join(lines))
    (folder / "b.jsonl.gz").write_bytes(packed(json_lines(120, 2), ".gz"))
    (folder / "c.jsonl.zst").write_bytes(packed(json_lines(120, 3), ".zst"))
    (folder / "d.csv").write_bytes(csv_lines(120))
    (folder / "e.wet.gz").write_bytes(wet(60))
    for i, text in enumerate(texts(60, 9)):
        (folder / "texts").mkdir(exist_ok=True)
        (folder / "texts" / f"{i:03}.txt").write_text(text)
    with suppress(ImportError):
        import pyarrow.parquet as pq

        pq.write_table(parquet_table(200), folder / "f.parquet", row_group_size=120)
    return folder


@pytest.fixture(scope="module")
def unbroken(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], float]:
    """What a run that nothing stops writes, and how long it takes."""
    out = tmp_path_factory.mktemp("unbroken") / "out"
    begun = time.monotonic()
    done = subprocess.run(_command(corpus, out), capture_output=True, check=False, env=environment())
    assert done.returncode == 1, done.stderr.decode()  # there are bad records
    return _all(out), time.monotonic() - begun


def _command(corpus: Path, out: Path, *more: str) -> list[str]:
    return command("batch", corpus, "-o", out, *OFTEN, *FROZEN, *more)


def _all(out: Path) -> dict[str, bytes]:
    """All that a run has written, but what holds measured times."""
    files = {f"out/{n}": d for n, d in tree(out).items()}
    account = out.with_name(out.name + ".account")
    return files | {f"account/{n}": d for n, d in tree(account).items() if n != "report.html"}


def _finish(corpus: Path, out: Path, *more: str) -> bytes:
    done = subprocess.run(_command(corpus, out, "--resume", *more), capture_output=True, check=False, env=environment())
    assert done.returncode == 1, done.stderr.decode()
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done.stderr


def _same(made: dict[str, bytes], wanted: dict[str, bytes]) -> None:
    assert made.keys() == wanted.keys()
    assert [n for n in made if made[n] != wanted[n]] == []


def _kill_and_resume(corpus: Path, out: Path, workers: int, seconds: float, seed: int) -> int:
    """Start, kill at a random moment, go on, perhaps kill again; the number of kills that met the run at work."""
    draw = random.Random(seed)
    kills = 0
    for attempt in range(draw.choice((1, 1, 2, 3))):
        more = ("--resume",) if attempt else ()
        process = subprocess.Popen(
            _command(corpus, out, "--workers", str(workers), *more),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment(),
        )
        try:
            process.wait(timeout=draw.uniform(0.1, 0.95) * seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
    _finish(corpus, out, "--workers", str(3 - workers))
    return kills


@pytest.mark.parametrize("seed", range(6))
def test_killed_at_a_random_moment(corpus: Path, unbroken: tuple[dict[str, bytes], float], tmp_path: Path, seed: int) -> None:
    wanted, seconds = unbroken
    _kill_and_resume(corpus, tmp_path / "out", 1 + seed % 2, seconds, seed)
    _same(_all(tmp_path / "out"), wanted)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_killed_at_thirty_random_moments(
    corpus: Path, unbroken: tuple[dict[str, bytes], float], tmp_path: Path, workers: int
) -> None:
    wanted, seconds = unbroken
    kills, seed = 0, 1000 * workers
    while kills < 30:
        seed += 1
        out = tmp_path / str(seed) / "out"
        kills += _kill_and_resume(corpus, out, workers, seconds, seed)
        _same(_all(out), wanted)
    assert kills >= 30


# ---------------------------------------------------------------- killed at every place that matters


@pytest.mark.parametrize("place", ["fsync", "replace", "truncate", "unlink"])
def test_killed_before_every_step_towards_the_disk(tmp_path: Path, place: str) -> None:
    """Count the calls of one system function in a run; then end the run hard at each of them."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.jsonl.zst").write_bytes(packed(json_lines(60), ".zst"))
    (folder / "b.jsonl.gz").write_bytes(packed(b"\n".join(BAD_LINES) + b"\n" + json_lines(40), ".gz"))
    arguments = ["batch", str(folder), "--chunk", "9000", "--checkpoint", "0", *FROZEN]
    calls = _ended_at(place, 0, [*arguments, "-o", str(tmp_path / "whole")])
    wanted = _all(tmp_path / "whole")
    assert calls or place == "truncate"
    for step in range(1, calls + 1, max(1, calls // 6)):
        out = tmp_path / f"out{step}"
        _ended_at(place, step, [*arguments, "-o", str(out)])
        batch(folder, "-o", out, "--chunk", "9000", "--checkpoint", "0", "--resume", status=1)
        _same(_all(out), wanted)


_ENDS = """
import os, pathlib, sys
place, step, counter = sys.argv[1], int(sys.argv[2]), [0]
def ending(call):
    def wrapped(*a, **k):
        counter[0] += 1
        if step and counter[0] == step:
            os._exit(9)
        return call(*a, **k)
    return wrapped
if place == "fsync":
    os.fsync = ending(os.fsync)
elif place == "replace":
    pathlib.Path.replace = ending(pathlib.Path.replace)
elif place == "unlink":
    pathlib.Path.unlink = ending(pathlib.Path.unlink)
else:
    from cleaner.batch.journal import PartFile
    PartFile._open = ending(PartFile._open)
from cleaner.cli import main
try:
    main.main(sys.argv[3:], standalone_mode=False)
except SystemExit:
    pass
print(counter[0])
"""


def _ended_at(place: str, step: int, arguments: list[str]) -> int:
    done = subprocess.run(
        [sys.executable, "-c", _ENDS, place, str(step), *arguments], capture_output=True, check=False, env=environment()
    )
    assert done.returncode == (9 if step else 0), done.stderr.decode()
    return int(done.stdout or 0)


# ---------------------------------------------------------------- asked to stop


@contextmanager
def _at_work(corpus: Path, out: Path, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A run that has written its first journal and goes on."""
    process = subprocess.Popen(_command(corpus, out, *more), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    journal = out.with_name(out.name + ".account") / "journal"
    until = time.monotonic() + 120
    while not (journal.exists() and any(journal.iterdir())) and process.poll() is None and time.monotonic() < until:
        time.sleep(0.002)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_asked_to_stop(corpus: Path, unbroken: tuple[dict[str, bytes], float], tmp_path: Path, number: int, workers: str) -> None:
    out = tmp_path / "out"
    with _at_work(corpus, out, "--workers", workers) as process:
        process.send_signal(number)
        said = process.communicate(timeout=120)[1].decode()
    assert process.returncode == 130, said
    assert "interrupted. Nothing is lost: go on with --resume" in said
    assert "Traceback" not in said
    _finish(corpus, out)
    _same(_all(out), unbroken[0])


def test_killed_worker_is_noticed(corpus: Path, unbroken: tuple[dict[str, bytes], float], tmp_path: Path) -> None:
    if not Path("/proc").is_dir():
        pytest.skip("looks for the workers in /proc")
    out = tmp_path / "out"
    with _at_work(corpus, out, "--workers", "2") as process:
        until = time.monotonic() + 60
        while not (workers := _workers_of(process.pid)) and time.monotonic() < until:
            time.sleep(0.01)
        os.kill(workers[0], signal.SIGKILL)
        said = process.communicate(timeout=120)[1].decode()
    assert process.returncode == 1, said
    assert "a worker process was killed by the system" in said
    assert "--resume" in said
    assert "Traceback" not in said
    _finish(corpus, out)
    _same(_all(out), unbroken[0])


def test_workers_end_with_a_killed_parent(corpus: Path, tmp_path: Path) -> None:
    if not Path("/proc").is_dir():
        pytest.skip("looks for the workers in /proc")
    with _at_work(corpus, tmp_path / "out", "--workers", "2") as process:
        until = time.monotonic() + 60
        while len(workers := _workers_of(process.pid)) < 2 and process.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        process.kill()
        process.wait()
    until = time.monotonic() + 60
    while any(_alive(pid) for pid in workers) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(_alive(pid) for pid in workers)


def _workers_of(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, IndexError, ValueError):
                if (
                    int(entry.joinpath("stat").read_text().rsplit(")", 1)[1].split()[1]) == parent
                    and b"spawn_main" in entry.joinpath("cmdline").read_bytes()
                ):
                    found.append(int(entry.name))
    return found


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


# ---------------------------------------------------------------- the disk


def _limited(size: int) -> Callable[[], None]:
    def limit() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


@pytest.mark.parametrize("size", [0, 3_000, 60_000])
def test_files_may_not_grow(corpus: Path, unbroken: tuple[dict[str, bytes], float], tmp_path: Path, size: int) -> None:
    out = tmp_path / "out"
    done = subprocess.run(_command(corpus, out), capture_output=True, check=False, env=environment(), preexec_fn=_limited(size))
    said = done.stderr.decode()
    assert done.returncode == 1, said
    assert "a file would grow past the largest size that is allowed" in said
    assert "Traceback" not in said
    _finish(corpus, out)
    _same(_all(out), unbroken[0])


@contextmanager
def _mounted(folder: Path, options: str) -> Iterator[None]:
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"no right to mount a small file system: {done.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize(("size", "workers"), [(40, "1"), (160, "2"), (480, "1")])
def test_full_disk(corpus: Path, unbroken: tuple[dict[str, bytes], float], tmp_path: Path, size: int, workers: str) -> None:
    with _mounted(tmp_path / "disk", f"size={size}k"):
        out = tmp_path / "disk/out"
        done = subprocess.run(_command(corpus, out, "--workers", workers), capture_output=True, check=False, env=environment())
        said = done.stderr.decode()
        assert done.returncode == 1, said
        assert "the disk is full" in said
        assert "go on with --resume" in said
        assert "Traceback" not in said
        subprocess.run(["mount", "-o", "remount,size=50m", str(tmp_path / "disk")], check=True)
        _finish(corpus, out)
        _same(_all(out), unbroken[0])


def test_read_only_folder(corpus: Path, unbroken: tuple[dict[str, bytes], float], tmp_path: Path) -> None:
    with _mounted(tmp_path / "disk", "size=50m"):
        out = tmp_path / "disk/out"
        subprocess.run(["mount", "-o", "remount,ro", str(tmp_path / "disk")], check=True)
        done = subprocess.run(_command(corpus, out), capture_output=True, check=False, env=environment())
        assert done.returncode == 1
        assert b"read-only" in done.stderr
        assert b"Traceback" not in done.stderr
        subprocess.run(["mount", "-o", "remount,rw", str(tmp_path / "disk")], check=True)
        _finish(corpus, out)
        _same(_all(out), unbroken[0])


def many_bytes(count: int) -> bytes:
    return bytes(count)


@pytest.mark.parametrize("moment", range(8))
def test_workers_can_be_ended_in_the_middle_of_an_answer(moment: int) -> None:
    cleaner = pickle.dumps(Cleaner(Path(__file__).parent / "batch_rules"))
    pool = Processes(2, cleaner, Options())
    answers = [pool._submit(many_bytes, 100_000_000) for _ in range(20)]
    answers[0].result()
    time.sleep(0.01 * moment)
    ending = threading.Thread(target=pool.close, kwargs={"wait": False}, daemon=True)
    ending.start()
    ending.join(30)
    assert not ending.is_alive(), "the pool waits for the rest of an answer"
    assert all(answer.done() for answer in answers)
    assert isinstance(answers[-1].exception(), BrokenProcessPool)


# ---------------------------------------------------------------- what has changed meanwhile


@pytest.fixture
def stopped(tmp_path: Path) -> Path:
    """A folder with ``in.jsonl`` and a run over it that stopped at an error."""
    (tmp_path / "in.jsonl").write_bytes(json_lines(60) + b"\n{broken\n" + json_lines(60, 3))
    batch(tmp_path / "in.jsonl", "-o", tmp_path / "out/", "--chunk", "9000", "--checkpoint", "0", "--max-errors", "0", status=1)
    return tmp_path


def test_too_many_errors_stop_the_run(stopped: Path) -> None:
    done = batch(stopped / "in.jsonl", "-o", stopped / "out/", "--chunk", "9000", "--max-errors", "0", "--resume", status=1)
    assert b"1 records failed, more than --max-errors 0" in done.stderr
    assert not (stopped / "out/in.jsonl").exists()
    batch(stopped / "in.jsonl", "-o", stopped / "out/", "--chunk", "9000", "--max-errors", "1", "--resume", status=1)
    assert (stopped / "out/in.jsonl").exists()


def test_another_run_must_say_what_it_wants(stopped: Path) -> None:
    done = batch(stopped / "in.jsonl", "-o", stopped / "out/", "--chunk", "9000", status=2)
    assert b"1 of 1 shards are unfinished; go on with --resume, or start again with --overwrite" in done.stderr
    batch(stopped / "in.jsonl", "-o", stopped / "out/", "--chunk", "9000", "--overwrite", status=1)
    assert len(json.loads((stopped / "out.account/errors.jsonl").read_text())) > 3


def test_changed_options_are_refused(stopped: Path) -> None:
    done = batch(stopped / "in.jsonl", "-o", stopped / "out/", "--chunk", "9000", "--resume", "--add", "flags", status=2)
    assert b"the options have changed" in done.stderr


def test_changed_rules_are_refused_unless_told(stopped: Path) -> None:
    done = batch(
        stopped / "in.jsonl",
        "-o",
        stopped / "out/",
        "--chunk",
        "9000",
        "--resume",
        "--exclude",
        "prompts/en/share-this",
        status=2,
    )
    assert b"the rules, or how they are used, have changed" in done.stderr
    batch(
        stopped / "in.jsonl",
        "-o",
        stopped / "out/",
        "--chunk",
        "9000",
        "--resume",
        "--force",
        "--exclude",
        "prompts/en/share-this",
        status=1,
    )


def test_changed_input_is_refused_and_read_anew_when_told(stopped: Path) -> None:
    (stopped / "in.jsonl").write_bytes(json_lines(50))
    done = batch(stopped / "in.jsonl", "-o", stopped / "out/", "--chunk", "9000", "--resume", status=2)
    assert b"in.jsonl has changed" in done.stderr
    batch(stopped / "in.jsonl", "-o", stopped / "out/", "--chunk", "9000", "--resume", "--force")
    batch(stopped / "in.jsonl", "-o", stopped / "fresh/", "--chunk", "9000")
    assert (stopped / "out/in.jsonl").read_bytes() == (stopped / "fresh/in.jsonl").read_bytes()


def test_resume_of_a_finished_run_changes_nothing(stopped: Path) -> None:
    arguments = (stopped / "in.jsonl", "-o", stopped / "out/", "--chunk", "9000", "--resume")
    batch(*arguments, status=1)
    before = _all(stopped / "out")
    batch(*arguments, status=1)
    _same(_all(stopped / "out"), before)


def test_two_runs_do_not_write_to_one_place(stopped: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    with (stopped / "out.account/lock").open("wb") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        done = batch(stopped / "in.jsonl", "-o", stopped / "out/", "--resume", status=1)
    assert b"another run is writing" in done.stderr


def test_part_files_that_were_cut_are_noticed(stopped: Path) -> None:
    part = stopped / "out/in.jsonl.part"
    part.write_bytes(part.read_bytes()[:100])
    done = batch(stopped / "in.jsonl", "-o", stopped / "out/", "--chunk", "9000", "--resume", status=1)
    assert b"shorter than the journal says" in done.stderr
