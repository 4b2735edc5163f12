"""Ray Data: clean a column of a dataset; each actor makes one cleaner and keeps it.

Needs ray and pyarrow, the extra ``ray``. Rules travel with the job; the workers need this package.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cleaner.adapters.common import CHEAP, Added, Columns, missing

try:
    import pyarrow as pa
    import ray.data

    from cleaner.adapters.arrow import CleanBatches
except ImportError as error:
    raise missing("ray", error) from error

if TYPE_CHECKING:
    from cleaner.pipeline import Cleaner

#: Rows that an actor is given at a time, unless told otherwise.
BATCH_SIZE = 1024


class CleanActor:
    """What an actor runs: takes Arrow tables, gives them back clean."""

    def __init__(self, batches: CleanBatches) -> None:
        self.batches = batches
        # Now, not with the first batch: Ray counts an actor as ready when it is made.
        self.batches.portable().matcher  # noqa: B018

    def __call__(self, table: pa.Table) -> pa.Table:
        return self.batches.table(table)


def clean_dataset(
    dataset: ray.data.Dataset,
    text: str = "text",
    *,
    cleaner: Cleaner | None = None,
    add: Sequence[Added] = CHEAP,
    prefix: str = "",
    concurrency: int | tuple[int, int] = 1,
    **options: Any,
) -> ray.data.Dataset:
    """``dataset`` with the column ``text`` cleaned; lazy, like all of Ray Data.

    ``concurrency``: actors, or the fewest and the most of them; each takes a core. ``options`` go to
    ``Dataset.map_batches`` (``batch_size``, ``num_cpus``, ``runtime_env`` …). The other arguments are those of
    :func:`cleaner.adapters.arrow.clean_batch`, but the language is only added where ``add`` names it.
    A document that can't be cleaned stays as it is and the column ``error`` says why; an actor that dies is
    started again by Ray, and its batch is cleaned again.

    >>> import ray
    >>> dataset = ray.data.from_items([{"text": "Share this article\\nThe ferry is back."}])
    >>> clean_dataset(dataset, add=[]).take_all()
    [{'text': 'The ferry is back.'}]
    >>> ray.shutdown()
    """
    columns = Columns(text, tuple(add), prefix)
    given: dict[str, Any] = {"batch_size": BATCH_SIZE, "udf_modifying_row_count": False, **options}
    return dataset.map_batches(
        CleanActor,
        fn_constructor_args=(CleanBatches(text, cleaner=cleaner, add=columns.add, prefix=prefix),),
        batch_format="pyarrow",
        compute=_pool(concurrency),
        **given,
    )


def _pool(concurrency: int | tuple[int, int]) -> ray.data.ActorPoolStrategy:
    if isinstance(concurrency, tuple):
        return ray.data.ActorPoolStrategy(min_size=concurrency[0], max_size=concurrency[1])
    return ray.data.ActorPoolStrategy(size=concurrency)
