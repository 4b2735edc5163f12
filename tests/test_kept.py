"""What is kept between starts: it saves time and changes nothing, whatever becomes of the files."""

from __future__ import annotations

import os
import pickle
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import regex

from cleaner import kept
from cleaner.kept import Patterns
from cleaner.rules import bundled_rules, load

FLAGS = regex.I | regex.V0
SOURCES = [rf"(?:follow|join)\s+(?:us|{word})(?:\s+on\s+\p{{L}}+)?" for word in ("me", "them", "İstanbul", "日本", "\ud800")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "patterns.sqlite"


def kept_in(path: Path) -> int:
    with sqlite3.connect(path) as database:
        return int(database.execute("SELECT count(*) FROM patterns").fetchone()[0])


def fill(path: Path) -> None:
    patterns = Patterns(path)
    for source in SOURCES:
        patterns.compiled(source, FLAGS)
    patterns.write()


def assert_sound(path: Path) -> None:
    patterns = Patterns(path)
    for source in SOURCES:
        found = patterns.compiled(source, FLAGS)
        assert (found.pattern, found.flags) == (source, regex.compile(source, FLAGS).flags)
        assert found.fullmatch("FOLLOW us on Threads")
        assert not found.match("We follow us")
    patterns.write()


def test_second_start_compiles_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(path)

    def compile_none(source: str, flags: int) -> None:
        pytest.fail(f"{source} was compiled again")

    monkeypatch.setattr(regex, "compile", compile_none)
    patterns = Patterns(path)
    for source in SOURCES:
        assert patterns.compiled(source, FLAGS).fullmatch("join us on WhatsApp")


def test_flags_tell_patterns_apart(path: Path) -> None:
    fill(path)
    exact = Patterns(path).compiled(SOURCES[0], regex.V0)
    assert not exact.match("FOLLOW us")


@pytest.mark.parametrize("damage", [b"", b"no database at all", None], ids=["empty", "of another kind", "cut off"])
def test_damaged_file_is_begun_anew(path: Path, damage: bytes | None) -> None:
    fill(path)
    path.write_bytes(path.read_bytes()[:5000] if damage is None else damage)
    assert_sound(path)  # finds the damage
    assert_sound(path)  # writes a new file
    assert_sound(path)
    assert kept_in(path) >= len(SOURCES)


def test_damaged_entries_are_compiled_again(path: Path) -> None:
    fill(path)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE patterns SET compiled = substr(compiled, 1, 40)")
    assert_sound(path)


def test_entry_of_another_pattern_is_not_used(path: Path) -> None:
    fill(path)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE patterns SET compiled = ?", (pickle.dumps(regex.compile("never this", FLAGS)),))
    assert_sound(path)


def test_entry_can_run_no_code(path: Path, tmp_path: Path) -> None:
    class Harmful:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (tmp_path / "harm",)

    fill(path)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE patterns SET compiled = ?", (pickle.dumps(Harmful()),))
    assert_sound(path)
    assert not (tmp_path / "harm").exists()


def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert_sound(tmp_path / "cache" / "patterns.sqlite")


def test_many_threads_and_processes_at_once(path: Path) -> None:
    patterns = Patterns(path)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: patterns.compiled(SOURCES[n % len(SOURCES)], FLAGS).pattern, range(80)))
    assert found == [SOURCES[n % len(SOURCES)] for n in range(80)]
    code = f"from pathlib import Path; from tests.test_kept import fill; fill(Path({str(path)!r}))"
    running = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(4)]
    assert [process.wait() for process in running] == [0] * 4
    assert kept_in(path) == len(SOURCES)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_forked_process_opens_its_own(path: Path) -> None:
    fill(path)
    patterns = Patterns(path)
    patterns.compiled(SOURCES[0], FLAGS)
    child = os.fork()
    if child == 0:
        found = patterns.compiled(SOURCES[1], FLAGS).fullmatch("join them")
        patterns.compiled("of the child", FLAGS)
        patterns.write()
        os._exit(0 if found else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert patterns.compiled(SOURCES[3], FLAGS).fullmatch("follow 日本")
    assert kept_in(path) == len(SOURCES) + 1


def test_file_does_not_grow_for_ever(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_MOST_BYTES", 1)
    fill(path)
    patterns = Patterns(path)
    patterns.compiled("another", FLAGS)
    patterns.write()
    assert kept_in(path) == 1


def test_rules_that_moved_tell_where_they_are_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_chosen", [tmp_path / "cache"])
    family = bundled_rules() / "donate"
    for name in ("here", "there"):
        shutil.copytree(family, tmp_path / name / "donate")
        shutil.copy(bundled_rules() / "slots.yaml", tmp_path / name)
        rules = load([tmp_path / name])
        assert rules.rules
        assert all(Path(rule.path).is_file() and Path(rule.path).is_relative_to(tmp_path / name) for rule in rules.rules)
    both = load([tmp_path / "here", tmp_path / "there"])
    assert all(Path(rule.path).is_relative_to(tmp_path / "there") for rule in both.rules)
    assert load([tmp_path / "here", tmp_path / "there"]) == both
