"""Spark: clean a column of a DataFrame, Arrow batch by Arrow batch, on the executors.

Needs pyspark and pyarrow, the extra ``spark``. Rules travel with the job; the executors need this package.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cleaner.adapters.common import CHEAP, Added, Columns, missing

try:
    from pyspark.sql import types

    from cleaner.adapters.arrow import CleanBatches
except ImportError as error:
    raise missing("spark", error) from error

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from cleaner.pipeline import Cleaner

_EDITS = types.ArrayType(
    types.StructType(
        [
            types.StructField("start", types.LongType()),
            types.StructField("end", types.LongType()),
            types.StructField("original", types.StringType()),
            types.StructField("replacement", types.StringType()),
            types.StructField("cause", types.StringType()),
        ]
    )
)
_TYPES: dict[Added, types.DataType] = {
    "language": types.StringType(),
    "flags": types.ArrayType(types.StringType()),
    "edits": _EDITS,
    "error": types.StringType(),
}


def clean_dataframe(
    frame: DataFrame,
    text: str = "text",
    *,
    cleaner: Cleaner | None = None,
    add: Sequence[Added] = CHEAP,
    prefix: str = "",
) -> DataFrame:
    """``frame`` with the column ``text`` cleaned; lazy, like all of Spark.

    The arguments are those of :func:`cleaner.adapters.arrow.clean_batch`, but the language is only added where
    ``add`` names it. A document that can't be cleaned stays as it is and the column ``error`` says why; no task
    fails for it. Raises ValueError for a column that is not there, TypeError for one that holds no strings.

    >>> import os, sys
    >>> from pyspark.sql import SparkSession
    >>> os.environ["PYSPARK_PYTHON"] = sys.executable
    >>> spark = SparkSession.builder.master("local[1]").getOrCreate()
    >>> frame = spark.createDataFrame([(1, "Share this article\\nThe ferry is back.")], ["id", "text"])
    >>> clean_dataframe(frame).select("id", "text").collect()
    [Row(id=1, text='The ferry is back.')]
    >>> spark.stop()
    """
    columns = Columns(text, tuple(add), prefix)
    columns.check(frame.columns)
    if not isinstance(frame.schema[text].dataType, types.StringType):
        raise TypeError(f"column {text!r} has the type {frame.schema[text].dataType.simpleString()}; it must hold strings")
    fields = list(frame.schema.fields)
    for name, column in columns.names.items():
        field = types.StructField(column, _TYPES[name])
        if column in frame.columns:
            fields[frame.columns.index(column)] = field
        else:
            fields.append(field)
    return frame.mapInArrow(CleanBatches(text, cleaner=cleaner, add=columns.add, prefix=prefix), types.StructType(fields))
