"""Every mistake that people make in rule files gives a message that tells where it is and how to mend it.

A case is a folder of ``tests/invalid_rules``: files that are laid over ``base``, and ``expected.txt``, what
``cleaner rules check`` prints. ``python -m tests.test_invalid_rules`` writes the expected texts anew; read
the difference before you commit it.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from cleaner.cli import main

CASES = Path(__file__).parent / "invalid_rules"
NAMES = sorted(p.name for p in CASES.iterdir() if p.is_dir() and p.name != "base")


def check(case: str, into: Path) -> tuple[int, str]:
    """Exit status and stdout of ``rules check`` on a case, run where its folder is called ``rules``."""
    rules = into / "rules"
    shutil.copytree(CASES / "base", rules)
    shutil.copytree(CASES / case, rules, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected.txt"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(into)
        patch.delenv("CLEANER_RULES", raising=False)
        result = CliRunner().invoke(main, ["rules", "check", "rules", "--only-rules", "--no-timing"])
    return result.exit_code, result.stdout


@pytest.mark.parametrize("case", NAMES)
def test_message(case: str, tmp_path: Path) -> None:
    status, printed = check(case, tmp_path)
    assert printed == (CASES / case / "expected.txt").read_text(encoding="utf-8")
    assert status == 2
    first = printed.split("\n", 1)[0]
    assert first.startswith("rules/"), "the first line of a message begins with the path"


def test_there_are_at_least_forty() -> None:
    assert len(NAMES) >= 40


if __name__ == "__main__":
    for name in NAMES:
        with tempfile.TemporaryDirectory() as folder:
            status, printed = check(name, Path(folder))
        (CASES / name / "expected.txt").write_text(printed, encoding="utf-8")
        if status != 2:
            sys.exit(f"{name}: is not invalid (exit status {status})")
