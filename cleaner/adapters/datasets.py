"""Hugging Face datasets: clean a column with ``map``, with fingerprints that change when the rules change.

Needs datasets, the extra ``datasets``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from cleaner.adapters.common import CHEAP, Added, Columns, missing

try:
    from datasets import Dataset, IterableDataset
    from datasets.fingerprint import Hasher

    from cleaner.adapters.arrow import CleanBatches
except ImportError as error:
    raise missing("datasets", error) from error

if TYPE_CHECKING:
    from cleaner.pipeline import Cleaner


Data = TypeVar("Data", Dataset, IterableDataset)


def clean_dataset(
    dataset: Data,
    text: str = "text",
    *,
    cleaner: Cleaner | None = None,
    add: Sequence[Added] = CHEAP,
    prefix: str = "",
    **options: Any,
) -> Data:
    """A ``Dataset`` or ``IterableDataset`` with the column ``text`` cleaned.

    ``options`` go to ``map`` (``num_proc``, ``batch_size``, ``desc`` …). The other arguments are those of
    :func:`cleaner.adapters.arrow.clean_batch`, but the language is only added where ``add`` names it. The
    fingerprint, and with it the cache, follows the version of the rules and everything else that decides how the texts
    are cleaned: the same call finds its cache again, a call with newer rules does not. A document that can't be
    cleaned stays as it is and the column ``error`` says why.

    >>> from datasets import Dataset
    >>> clean_dataset(Dataset.from_dict({"text": ["Share this article\\nThe ferry is back."]}))["text"][0]
    'The ferry is back.'
    """
    columns = Columns(text, tuple(add), prefix)
    batches = CleanBatches(text, cleaner=cleaner, add=columns.add, prefix=prefix)
    if isinstance(dataset, IterableDataset):
        return dataset.with_format("arrow").map(batches.table, batched=True, **options).with_format(None)
    columns.check(dataset.column_names)
    options.setdefault("new_fingerprint", fingerprint(dataset, batches))
    options.setdefault("desc", "Cleaning")
    shown = dataset.format
    clean = dataset.with_format("arrow").map(batches.table, batched=True, **options)
    # The columns that were shown are shown again, the added ones with them.
    visible = [c for c in clean.column_names if c in shown["columns"] or c in columns.names.values()]
    return clean.with_format(shown["type"], columns=visible, output_all_columns=shown["output_all_columns"], **shown["format_kwargs"])


def fingerprint(dataset: Dataset, batches: CleanBatches) -> str:
    """The fingerprint of ``dataset`` after it has been cleaned so."""
    from cleaner.batch.options import cleaner_digest

    hasher = Hasher()
    c = batches.columns
    for part in (dataset._fingerprint, "cleaner.adapters.datasets", cleaner_digest(batches.portable()), c.text, c.add, c.prefix):
        hasher.update(part)
    return str(hasher.hexdigest())
