"""polars: the namespace ``cleaner`` of series and expressions, and a function for frames.

Needs polars and pyarrow, the extra ``polars``. Importing this module registers the namespaces.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cleaner.adapters.common import ADDED, CHEAP, Added, Columns, Outcome, default_cleaner, missing, outcome, warn_of

try:
    import polars as pl
except ImportError as error:
    raise missing("polars", error) from error

if TYPE_CHECKING:
    from cleaner.pipeline import Cleaner

#: The type of the edits; offsets are code points of the original text.
EDITS = pl.List(pl.Struct({"start": pl.Int64, "end": pl.Int64, "original": pl.String, "replacement": pl.String, "cause": pl.String}))
#: Added thing -> its type.
TYPES: dict[Added, Any] = {"language": pl.String, "flags": pl.List(pl.String), "edits": EDITS, "error": pl.String}


def clean_series(series: pl.Series, *, cleaner: Cleaner | None = None) -> pl.Series:
    """The clean texts, under the same name, of the same type; null stays null.

    A document that can't be cleaned stays as it is, with a :class:`~cleaner.adapters.CleaningWarning`. Raises
    TypeError for a series that holds no strings.

    >>> clean_series(pl.Series(["Share this article\\nThe ferry is back."])).to_list()
    ['The ferry is back.']
    """
    outcomes = _clean(series, cleaner, ())
    warn_of((o.error for o in outcomes), "clean_frame()")
    return pl.Series(series.name, [o.text for o in outcomes], pl.String).cast(_kept(series.dtype))


def clean_frame(
    frame: pl.DataFrame,
    text: str = "text",
    *,
    cleaner: Cleaner | None = None,
    add: Sequence[Added] = CHEAP,
    prefix: str = "",
) -> pl.DataFrame:
    """``frame`` with the column ``text`` cleaned and columns added.

    The arguments are those of :func:`cleaner.adapters.arrow.clean_batch`, but the language is only added where
    ``add`` names it. A document that can't be cleaned stays as it is and the column ``error`` says why. Raises
    ValueError for a column that is not there, TypeError for one that holds no strings.

    >>> frame = clean_frame(pl.DataFrame({"text": ["Share this article\\nThe ferry is back."]}))
    >>> frame.columns, frame["text"].to_list()
    (['text', 'flags', 'edits', 'error'], ['The ferry is back.'])
    """
    columns = Columns(text, tuple(add), prefix)
    columns.check(frame.columns)
    outcomes = _clean(frame[text], cleaner, columns.add)
    fresh = [pl.Series(text, [o.text for o in outcomes], pl.String).cast(_kept(frame.schema[text]))]
    fresh += [pl.Series(column, [o.plain(name) for o in outcomes], TYPES[name]) for name, column in columns.names.items()]
    return frame.with_columns(fresh)


@pl.api.register_series_namespace("cleaner")
class CleanerSeries:
    """``series.cleaner``, where this module was imported.

    >>> pl.Series(["Share this article\\nThe ferry is back."]).cleaner.text().to_list()
    ['The ferry is back.']
    """

    def __init__(self, series: pl.Series) -> None:
        self._series = series

    def text(self, cleaner: Cleaner | None = None) -> pl.Series:
        """The clean texts; see :func:`clean_series`."""
        return clean_series(self._series, cleaner=cleaner)

    def struct(self, cleaner: Cleaner | None = None, *, add: Sequence[Added] = CHEAP) -> pl.Series:
        """Structs of the clean text and what ``add`` names."""
        return clean_frame(self._series.to_frame("text"), cleaner=cleaner, add=add).to_struct(self._series.name)


@pl.api.register_expr_namespace("cleaner")
class CleanerExpr:
    """``pl.col(…).cleaner``, where this module was imported; works in lazy frames too.

    >>> frame = pl.LazyFrame({"text": ["Share this article\\nThe ferry is back."]})
    >>> frame.select(pl.col("text").cleaner.text()).collect().rows()
    [('The ferry is back.',)]
    """

    def __init__(self, expr: pl.Expr) -> None:
        self._expr = expr

    def text(self, cleaner: Cleaner | None = None) -> pl.Expr:
        """The clean texts; see :func:`clean_series`."""
        return self._expr.map_batches(_Text(cleaner), return_dtype=pl.self_dtype(), is_elementwise=True)

    def struct(self, cleaner: Cleaner | None = None, *, add: Sequence[Added] = CHEAP) -> pl.Expr:
        """Structs of the clean text and what ``add`` names: ``.struct.unnest()`` makes columns of them."""
        kinds: dict[str, Any] = {name: TYPES[name] for name in ADDED if name in Columns(add=tuple(add)).add}
        return self._expr.map_batches(
            _Struct(cleaner, add), return_dtype=pl.Struct({"text": pl.String, **kinds}), is_elementwise=True
        )


class _Text:
    def __init__(self, cleaner: Cleaner | None) -> None:
        self.cleaner = cleaner

    def __call__(self, series: pl.Series) -> pl.Series:
        return clean_series(series, cleaner=self.cleaner)


class _Struct(_Text):
    def __init__(self, cleaner: Cleaner | None, add: Sequence[Added]) -> None:
        super().__init__(cleaner)
        self.add = add

    def __call__(self, series: pl.Series) -> pl.Series:
        frame = clean_frame(series.cast(pl.String).to_frame("text"), cleaner=self.cleaner, add=self.add)
        return frame.to_struct(series.name)


def _clean(series: pl.Series, cleaner: Cleaner | None, add: Sequence[Added]) -> list[Outcome]:
    if series.dtype not in (pl.String, pl.Categorical, pl.Enum, pl.Null):
        raise TypeError(f"{series.name!r} has the type {series.dtype}; it must hold strings")
    cleaner = cleaner or default_cleaner()
    return [Outcome(None) if value is None else outcome(cleaner, value, add) for value in series.to_list()]


def _kept(kind: pl.DataType) -> Any:
    """The type of the clean column: an enumeration does not know the clean texts."""
    return pl.String if isinstance(kind, pl.Enum) else kind
