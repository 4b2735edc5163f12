"""The kernel: clean the texts of an Arrow batch. What the engines exchange, the adapters pass through here.

Needs pyarrow, the extra ``arrow``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from cleaner.adapters.common import ADDED, Added, Columns, Outcome, Portable, default_cleaner, missing, outcome

try:
    import pyarrow as pa
except ImportError as error:
    raise missing("arrow", error) from error

if TYPE_CHECKING:
    from cleaner.pipeline import Cleaner

#: The type of the column with the edits; offsets are code points of the original text.
EDITS = pa.list_(
    pa.struct(
        [
            ("start", pa.int64()),
            ("end", pa.int64()),
            ("original", pa.string()),
            ("replacement", pa.string()),
            ("cause", pa.string()),
        ]
    )
)
#: Added column -> its type.
TYPES: dict[Added, Any] = {"language": pa.string(), "flags": pa.list_(pa.string()), "edits": EDITS, "error": pa.string()}


def clean_batch(
    batch: pa.RecordBatch,
    text: str = "text",
    *,
    cleaner: Cleaner | None = None,
    add: Sequence[Added] = ADDED,
    prefix: str = "",
) -> pa.RecordBatch:
    """Clean the column ``text`` of a batch; rows keep their number and order, other columns stay as they are.

    ``text``: a column of strings: plain, large, view, or a dictionary of one of them; it keeps its type.
    ``cleaner``: the bundled rules, profile ``standard``, where None.
    ``add``: columns that are added at the end, or replaced where they stand, each under its name with
    ``prefix`` before it: ``language`` (costs more than cleaning; leave it out where nobody needs it), ``flags``,
    ``edits`` (list of structs ``start, end, original, replacement, cause``: enough for :func:`cleaner.restore`),
    ``error``.

    A null stays null, with empty flags and edits. A document that can't be cleaned stays as it is, and
    ``error`` says why; it raises nothing. Raises ValueError for a column that is not there, TypeError for one that
    holds no strings.

    >>> batch = pa.RecordBatch.from_pydict({"id": [7], "text": ["The vote is on Monday.\\nShare this article"]})
    >>> clean_batch(batch, add=["edits"]).to_pylist()[0]["text"]
    'The vote is on Monday.'
    """
    columns = Columns(text, tuple(add), prefix)
    schema = output_schema(batch.schema, text, add=add, prefix=prefix)
    at = batch.schema.get_field_index(text)
    texts, outcomes = _clean_column(cleaner or default_cleaner(), batch.column(at), columns.add)
    arrays: list[Any] = list(batch.columns)
    arrays[at] = texts
    for name, column in columns.names.items():
        fresh = pa.array([o.plain(name) for o in outcomes], TYPES[name])
        place = batch.schema.get_field_index(column)
        if place < 0:
            arrays.append(fresh)
        else:
            arrays[place] = fresh
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def clean_table(
    table: pa.Table,
    text: str = "text",
    *,
    cleaner: Cleaner | None = None,
    add: Sequence[Added] = ADDED,
    prefix: str = "",
) -> pa.Table:
    """:func:`clean_batch` for all batches of a table.

    >>> table = pa.table({"text": ["Share this article\\nThe ferry is back.", None]})
    >>> clean_table(table, add=["flags"])["text"].to_pylist()
    ['The ferry is back.', None]
    """
    schema = output_schema(table.schema, text, add=add, prefix=prefix)
    batches = [clean_batch(b, text, cleaner=cleaner, add=add, prefix=prefix) for b in table.to_batches()]
    return pa.Table.from_batches(batches, schema=schema)


def output_schema(schema: pa.Schema, text: str = "text", *, add: Sequence[Added] = ADDED, prefix: str = "") -> pa.Schema:
    """The schema that :func:`clean_batch` makes of ``schema``; metadata stays.

    >>> output_schema(pa.schema([("text", pa.large_string())]), add=["error"]).names
    ['text', 'error']
    """
    columns = Columns(text, tuple(add), prefix)
    columns.check(schema.names)
    at = schema.get_field_index(text)
    kind = schema.field(at).type
    if not _is_text(kind):
        raise TypeError(f"column {text!r} has the type {kind}; it must hold strings")
    for name, column in columns.names.items():
        if schema.names.count(column) > 1:
            raise ValueError(f"there is more than one column {column!r}; choose other names for added columns with prefix=")
        place = schema.get_field_index(column)
        field = pa.field(column, TYPES[name])
        schema = schema.append(field) if place < 0 else schema.set(place, field)
    return schema


class CleanBatches:
    """:func:`clean_batch` over a stream of batches, with a cleaner that travels: what engines send to their workers.

    Takes the arguments of :func:`clean_batch`. Calling it with batches gives an iterator of batches.

    >>> import pickle
    >>> batch = pa.RecordBatch.from_pydict({"text": ["Share this article\\nThe ferry is back."]})
    >>> sent = pickle.loads(pickle.dumps(CleanBatches(add=[])))
    >>> [b.to_pylist() for b in sent([batch])]
    [[{'text': 'The ferry is back.'}]]
    """

    def __init__(
        self, text: str = "text", *, cleaner: Cleaner | None = None, add: Sequence[Added] = ADDED, prefix: str = ""
    ) -> None:
        self.columns = Columns(text, tuple(add), prefix)
        self.portable = Portable(cleaner)

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        cleaner = self.portable()
        c = self.columns
        for batch in batches:
            yield clean_batch(batch, c.text, cleaner=cleaner, add=c.add, prefix=c.prefix)

    def table(self, table: pa.Table) -> pa.Table:
        """:func:`clean_table` with the same settings."""
        c = self.columns
        return clean_table(table, c.text, cleaner=self.portable(), add=c.add, prefix=c.prefix)


def clean_array(array: Any, *, cleaner: Cleaner | None = None) -> tuple[Any, list[str | None]]:
    """The clean texts of an array or chunked array of strings, and for each why it could not be cleaned, or None.

    The result is one array of the same type.

    >>> clean_array(pa.array(["Share this article\\nThe ferry is back.", None]))[0].to_pylist()
    ['The ferry is back.', None]
    """
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
        if isinstance(array, pa.ChunkedArray):
            # Too much for one array of 32-bit offsets: only then is it still chunked.
            array = pa.concat_arrays([c.cast(pa.large_string()) for c in array.chunks])
    if not _is_text(array.type):
        raise TypeError(f"the array has the type {array.type}; it must hold strings")
    texts, outcomes = _clean_column(cleaner or default_cleaner(), array, ())
    return texts, [o.error for o in outcomes]


def _is_text(kind: Any) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    # The views came with pyarrow 16.
    is_view: Callable[[Any], bool] = getattr(pa.types, "is_string_view", lambda _: False)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind) or is_view(kind))


def _clean_column(cleaner: Cleaner, array: Any, add: Sequence[Added]) -> tuple[Any, list[Outcome]]:
    """The column with clean texts, of the type it had, and what became of each row."""
    kind = array.type
    if pa.types.is_null(kind):
        return array, [Outcome(None)] * len(array)
    values = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_dictionary(kind):
        indices = array.indices.to_pylist()
        # A value is cleaned once, and only where a row has it.
        raws, used = _bytes(array.dictionary), {i for i in indices if i is not None}
        done = {i: _clean_bytes(cleaner, raws[i], add) for i in used}
        rows = [(None, Outcome(None)) if i is None else done[i] for i in indices]
    else:
        rows = [_clean_bytes(cleaner, raw, add) for raw in _bytes(array)]
    outcomes = [o for _, o in rows]
    if not pa.types.is_dictionary(kind):
        return _strings([raw for raw, _ in rows], values), outcomes
    places: dict[bytes, int] = {}
    fresh = pa.array([None if raw is None else places.setdefault(raw, len(places)) for raw, _ in rows], kind.index_type)
    return pa.DictionaryArray.from_arrays(fresh, _strings(list(places), values), ordered=kind.ordered), outcomes


def _bytes(array: Any) -> list[bytes | None]:
    """The values as bytes: Arrow does not check that its strings are UTF-8, and a bad one must not end the batch."""
    kind = array.type
    target = pa.large_binary() if pa.types.is_large_string(kind) else pa.binary()
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        target = pa.binary_view()
    found: list[bytes | None] = array.cast(target).to_pylist()
    return found


def _strings(raws: list[bytes | None], kind: Any) -> Any:
    """The reverse of :func:`_bytes`, without a check: a bad value goes out as it came in."""
    if pa.types.is_string(kind):
        return pa.array(raws, pa.binary()).view(kind)
    if pa.types.is_large_string(kind):
        return pa.array(raws, pa.large_binary()).view(kind)
    return pa.array(raws, pa.binary_view()).view(kind)


def _clean_bytes(cleaner: Cleaner, raw: bytes | None, add: Sequence[Added]) -> tuple[bytes | None, Outcome]:
    if raw is None:
        return None, Outcome(None)
    try:
        done = outcome(cleaner, raw.decode(), add)
        return raw if done.error is not None else done.text.encode(), done
    except UnicodeError as error:
        return raw, Outcome(None, error=f"{type(error).__name__}: {error}")
