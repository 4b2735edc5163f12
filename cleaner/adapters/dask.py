"""Dask: clean a column of a DataFrame, partition by partition.

Needs dask, pandas and pyarrow, the extra ``dask``. Rules travel with the tasks; the workers need this package.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cleaner.adapters.common import CHEAP, Added, Columns, Portable, missing

try:
    import dask.dataframe as dd
    import pandas as pd

    from cleaner.adapters.pandas import clean_frame
except ImportError as error:
    raise missing("dask", error) from error

if TYPE_CHECKING:
    from cleaner.pipeline import Cleaner


class CleanPartition:
    """:func:`cleaner.adapters.pandas.clean_frame` with a cleaner that travels."""

    def __init__(self, columns: Columns, portable: Portable) -> None:
        self.columns = columns
        self.portable = portable

    def __call__(self, frame: pd.DataFrame) -> pd.DataFrame:
        c = self.columns
        return clean_frame(frame, c.text, cleaner=self.portable(), add=c.add, prefix=c.prefix)

    def __dask_tokenize__(self) -> object:
        from cleaner.batch.options import cleaner_digest

        return type(self).__qualname__, cleaner_digest(self.portable()), self.columns.text, self.columns.add, self.columns.prefix


def clean_dataframe(
    frame: dd.DataFrame,
    text: str = "text",
    *,
    cleaner: Cleaner | None = None,
    add: Sequence[Added] = CHEAP,
    prefix: str = "",
) -> dd.DataFrame:
    """``frame`` with the column ``text`` cleaned; lazy, like all of Dask.

    The arguments and the columns are those of :func:`cleaner.adapters.pandas.clean_frame`. Take the scheduler
    ``processes`` or ``distributed``: cleaning is Python, and threads take turns.

    >>> frame = dd.from_pandas(pd.DataFrame({"text": ["Share this article\\nThe ferry is back."]}), npartitions=1)
    >>> clean_dataframe(frame)["text"].compute(scheduler="synchronous").tolist()
    ['The ferry is back.']
    """
    partition = CleanPartition(Columns(text, tuple(add), prefix), Portable(cleaner))
    return frame.map_partitions(partition, meta=partition(frame._meta), enforce_metadata=False)
