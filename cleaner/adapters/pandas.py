"""pandas: functions for frames and series, and the accessor ``series.cleaner``.

Needs pandas and pyarrow, the extra ``pandas``. Importing this module registers the accessor.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cleaner.adapters.common import CHEAP, Added, Columns, Outcome, default_cleaner, missing, outcome, warn_of

try:
    import pandas as pd

    from cleaner.adapters.arrow import TYPES
except ImportError as error:
    raise missing("pandas", error) from error

if TYPE_CHECKING:
    from cleaner.pipeline import Cleaner


def clean_series(series: pd.Series, *, cleaner: Cleaner | None = None) -> pd.Series:
    """The clean texts, with the index, the name and the type of ``series``; what is missing stays missing.

    A document that can't be cleaned stays as it is, with a :class:`~cleaner.adapters.CleaningWarning`.

    >>> clean_series(pd.Series(["Share this article\\nThe ferry is back."], name="text")).tolist()
    ['The ferry is back.']
    """
    texts, outcomes = _clean(series, cleaner, ())
    warn_of((o.error for o in outcomes), "clean_frame()")
    return texts


def clean_frame(
    frame: pd.DataFrame,
    text: str = "text",
    *,
    cleaner: Cleaner | None = None,
    add: Sequence[Added] = CHEAP,
    prefix: str = "",
) -> pd.DataFrame:
    """A copy of ``frame`` with the column ``text`` cleaned and columns added.

    The arguments are those of :func:`cleaner.adapters.arrow.clean_batch`, but the language is only added where
    ``add`` names it; added columns have Arrow types, so that empty lists are written as what they are.
    Rows keep their number, order and index. A document that can't be cleaned (or whose edits hold half a surrogate
    pair, which Arrow can't) stays as it is and the column ``error`` says why. Raises ValueError
    for a column that is not there.

    >>> frame = clean_frame(pd.DataFrame({"text": ["Share this article\\nThe ferry is back."]}))
    >>> frame.columns.tolist(), frame["text"].tolist()
    (['text', 'flags', 'edits', 'error'], ['The ferry is back.'])
    """
    columns = Columns(text, tuple(add), prefix)
    columns.check(list(frame.columns))
    texts, outcomes = _clean(frame[text], cleaner, columns.add)
    frame = frame.copy(deep=False)
    frame[text] = texts
    for name, column in columns.names.items():
        values = [o.plain(name) for o in outcomes]
        frame[column] = pd.Series(pd.array(values, dtype=pd.ArrowDtype(TYPES[name])), index=frame.index)
    return frame


@pd.api.extensions.register_series_accessor("cleaner")
class CleanerAccessor:
    """``series.cleaner``, where this module was imported.

    >>> pd.Series(["Share this article\\nThe ferry is back."]).cleaner.text().tolist()
    ['The ferry is back.']
    """

    def __init__(self, series: pd.Series) -> None:
        self._series = series

    def text(self, cleaner: Cleaner | None = None) -> pd.Series:
        """The clean texts; see :func:`clean_series`."""
        return clean_series(self._series, cleaner=cleaner)

    def frame(self, cleaner: Cleaner | None = None, *, add: Sequence[Added] = CHEAP) -> pd.DataFrame:
        """A frame with the clean texts in ``text`` and what ``add`` names beside them; see :func:`clean_frame`."""
        return clean_frame(self._series.to_frame("text"), cleaner=cleaner, add=add)


def _clean(series: pd.Series, cleaner: Cleaner | None, add: Sequence[Added]) -> tuple[pd.Series, list[Outcome]]:
    cleaner = cleaner or default_cleaner()
    outcomes = []
    for value in series:
        done = Outcome(value) if pd.api.types.is_scalar(value) and pd.isna(value) else outcome(cleaner, value, add)
        outcomes.append(_fitting(done, value) if done.edits else done)
    texts = [o.text for o in outcomes]
    if isinstance(series.dtype, pd.CategoricalDtype):
        fresh = pd.Series(pd.Categorical(texts, ordered=bool(series.dtype.ordered)), index=series.index, name=series.name)
    else:
        fresh = pd.Series(texts, index=series.index, name=series.name, dtype=series.dtype)
    return fresh, outcomes


def _fitting(done: Outcome, value: Any) -> Outcome:
    """``done`` where Arrow can hold its edits."""
    try:
        for edit in done.edits:
            (edit["original"] + edit["replacement"]).encode()
    except UnicodeEncodeError as error:
        return Outcome(value, error=f"UnicodeEncodeError: {error}")
    return done
