"""The list of mutants that may survive is about the code as it is."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
import yaml

from tests.mutation.mutate import DATA, ROOT

MODULES: dict[str, dict[str, Any]] = yaml.safe_load(DATA.read_text(encoding="utf-8"))


@pytest.mark.parametrize("module", MODULES)
def test_explained_mutants_are_of_lines_that_are_there(module: str) -> None:
    data = MODULES[module]
    lines = {line.strip() for line in (ROOT / module).read_text(encoding="utf-8").split("\n")}
    assert not [line for line in data.get("bounds", []) if line not in lines]
    for entry in data.get("survivors", []):
        assert entry["line"] in lines
        assert entry["why"]
        assert entry["line"] not in ("break", "continue", "return False", "return True") or entry["in"]


@pytest.mark.parametrize("module", MODULES)
def test_tests_of_a_module_are_there(module: str) -> None:
    for run in MODULES[module]["tests"]:
        assert (ROOT / shlex.split(run)[0]).is_file()
