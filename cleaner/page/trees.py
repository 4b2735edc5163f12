"""Symmetric decision trees over small integers, evaluated with numpy.

All splits of one level of a symmetric tree ask the same question, so a tree of depth six is six
comparisons and one look-up (as in CatBoost: Prokhorenkova et al., NeurIPS 2018, which trains them).
Inputs are bytes, leaves are 16-bit integers and their sums 32-bit: the result is the same on every
platform, to the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

#: A leaf of this size adds one to the log odds.
UNIT = 2048
#: Lines that are evaluated together: what they need stays in the processor's cache.
BATCH = 512


@dataclass(frozen=True)
class Trees:
    """Trees of one depth."""

    feature: Array
    """Row of the input that a level asks about; (trees, depth)."""
    above: Array
    """A level's bit is set where the input is greater than this; (trees, depth), bytes."""
    leaf: Array
    """What a leaf adds, in units of ``1 / UNIT`` log odds; (trees, 2 ** depth), 16 bits."""
    bias: int
    """What every line begins with, in the same unit."""

    @classmethod
    def unpack(cls, packed: Mapping[str, Array], name: str) -> Trees:
        """From arrays ``name_feature`` …, as in the file of weights."""
        return cls(
            packed[f"{name}_feature"].astype(np.intp),
            packed[f"{name}_above"],
            packed[f"{name}_leaf"],
            int(packed[f"{name}_bias"][0]),
        )

    def renumbered(self, rows: Sequence[int]) -> Trees:
        """The same trees over an input whose rows stand elsewhere: row ``i`` of the old is ``rows[i]`` of the new."""
        return replace(self, feature=np.asarray(rows, np.intp)[self.feature])

    def score(self, x: Array) -> Array:
        """Log odds in units of ``1 / UNIT`` for every column of ``x`` (features, lines), bytes."""
        out = np.empty(x.shape[1], np.int32)
        for at in range(0, x.shape[1], BATCH):
            out[at : at + BATCH] = self._batch(x[:, at : at + BATCH])
        return out

    def _batch(self, x: Array) -> Array:
        trees, depth = self.feature.shape
        number = np.zeros((trees, x.shape[1]), np.uint8)
        asked = np.empty_like(number)
        above = np.empty(number.shape, bool)
        for level in range(depth - 1, -1, -1):
            np.add(number, number, out=number)  # numpy shifts bytes one by one, and adds many at once
            # The numbers of the rows are in range; "clip" saves numpy a copy that it makes to be able to raise.
            np.take(x, self.feature[:, level], axis=0, out=asked, mode="clip")
            np.greater(asked, self.above[:, level, None], out=above)
            np.bitwise_or(number, above.view(np.uint8), out=number)
        at = number.astype(np.intp)
        at += (np.arange(trees, dtype=np.intp) << depth)[:, None]
        return np.asarray(self.leaf.reshape(-1).take(at, mode="clip").sum(0, dtype=np.int32) + np.int32(self.bias))
