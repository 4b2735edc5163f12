"""DuckDB: the functions ``clean_text`` and ``clean_document`` in SQL.

Needs duckdb and pyarrow, the extra ``duckdb``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cleaner.adapters.common import CHEAP, default_cleaner, missing, warn_of

try:
    import duckdb
    import pyarrow as pa

    from cleaner.adapters.arrow import clean_array, clean_table
except ImportError as error:
    raise missing("duckdb", error) from error

if TYPE_CHECKING:
    from cleaner.pipeline import Cleaner

#: What ``clean_document`` gives.
DOCUMENT = (
    "STRUCT(text VARCHAR, flags VARCHAR[], edits STRUCT(start BIGINT, \"end\" BIGINT, original VARCHAR, "
    "replacement VARCHAR, cause VARCHAR)[], error VARCHAR)"
)


def register(connection: duckdb.DuckDBPyConnection, *, cleaner: Cleaner | None = None, prefix: str = "clean") -> None:
    """Make two functions known to ``connection``, under names that begin with ``prefix``.

    ``clean_text(VARCHAR) -> VARCHAR``: the clean text; a document that can't be cleaned stays as it is, with
    a :class:`~cleaner.adapters.CleaningWarning`. ``clean_document(VARCHAR) -> STRUCT(text, flags, edits, error)``: the same
    with its account. Null stays null. ``cleaner``: the bundled rules, profile ``standard``, where None. DuckDB runs Python
    functions on one core at a time.

    >>> connection = duckdb.connect()
    >>> register(connection)
    >>> connection.sql("select clean_text('Share this article' || chr(10) || 'The ferry is back.')").fetchall()
    [('The ferry is back.',)]
    """
    cleaner = cleaner or default_cleaner()
    functions: dict[str, tuple[Callable[[Any], Any], str]] = {
        "text": (_Text(cleaner), "VARCHAR"),
        "document": (_Document(cleaner), DOCUMENT),
    }
    for name, (function, kind) in functions.items():
        connection.create_function(f"{prefix}_{name}", function, ["VARCHAR"], kind, type="arrow", null_handling="special")


class _Text:
    def __init__(self, cleaner: Cleaner) -> None:
        self.cleaner = cleaner

    def __call__(self, texts: Any) -> Any:
        clean, errors = clean_array(texts, cleaner=self.cleaner)
        warn_of(errors, "clean_document()")
        return clean


class _Document:
    def __init__(self, cleaner: Cleaner) -> None:
        self.cleaner = cleaner

    def __call__(self, texts: Any) -> Any:
        table = clean_table(pa.table({"text": texts}), cleaner=self.cleaner, add=CHEAP)
        valid = table["text"].combine_chunks().is_valid()
        columns = [column.combine_chunks() for column in table.columns]
        return pa.StructArray.from_arrays(columns, names=table.column_names, mask=pa.compute.invert(valid))
