"""The fuzz targets hold for what fuzzing begins with, and for what it once found."""

from __future__ import annotations

from itertools import islice

import pytest

from tests.fuzz.fuzz import TARGETS, seeds


@pytest.mark.parametrize("target", TARGETS)
def test_target_holds_for_its_seeds(target: str) -> None:
    for data in islice(seeds(target), 25):
        TARGETS[target](data)


@pytest.mark.parametrize(
    ("target", "data"),
    [
        ("restore", b"text\0[1]"),
        ("restore", b'text\0{"edits": null}'),
        ("restore", b'text\0[{"start": 0, "end": 1, "replacement": "t"}]'),
        ("restore", b'text\0[{"start": "0", "end": 1, "replacement": "t", "original": "x"}]'),
        ("restore", b'text\0[{"start": -4, "end": -3, "replacement": "t", "original": "x"}]'),
        ("restore", b'text\0[{"start": 0.5, "end": 1.5, "replacement": "t", "original": "x"}]'),
    ],
)
def test_target_holds_for_what_was_found(target: str, data: bytes) -> None:
    TARGETS[target](data)
