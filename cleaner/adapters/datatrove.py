"""datatrove: a step that cleans documents, and can write what it took to a place of its own.

Needs datatrove, the extra ``datatrove``. Runs under its local and its Slurm executor.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cleaner.adapters.common import CHEAP, Added, Columns, Outcome, Portable, missing, outcome

try:
    from datatrove.data import Document
    from datatrove.pipeline.base import PipelineStep
    from datatrove.utils.typeshelper import StatHints
except ImportError as error:
    raise missing("datatrove", error) from error

if TYPE_CHECKING:
    from datatrove.data import DocumentsPipeline
    from datatrove.pipeline.writers.disk_base import DiskWriter

    from cleaner.pipeline import Cleaner


class CleanDocuments(PipelineStep):
    """Cleans each document and passes it on; none is ever dropped.

    ``exclusion_writer``: a datatrove writer; it gets each removed stretch as a document of its own: its text,
    the id ``<id of its document>/<number>``, and in ``metadata`` ``document_id``, ``start``, ``end`` (code points of
    the original text) and ``cause``.
    ``add``: what goes into ``metadata``, each under its name with ``prefix`` before it: ``flags`` and ``edits`` (plain data,
    enough for :func:`cleaner.restore`), ``language`` where asked for; ``error`` only where there is one, so
    that a document that can't be cleaned is passed on as it is.

    >>> from datatrove.data import Document
    >>> step = CleanDocuments()
    >>> [d.text for d in step.run([Document("Share this article\\nThe ferry is back.", "a")])]
    ['The ferry is back.']
    """

    name = "🧹 Cleaner"
    type = "✂️ - FORMAT"

    def __init__(
        self,
        exclusion_writer: DiskWriter | None = None,
        *,
        cleaner: Cleaner | None = None,
        add: Sequence[Added] = CHEAP,
        prefix: str = "",
    ) -> None:
        super().__init__()
        self.exclusion_writer = exclusion_writer
        self.columns = Columns("", tuple(add), prefix)
        self.portable = Portable(cleaner)

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        """Clean the documents of one task."""
        cleaner = self.portable()
        with self.exclusion_writer if self.exclusion_writer else contextlib.nullcontext() as writer:
            for document in data or ():
                self.stat_update(StatHints.total)
                with self.track_time():
                    original = document.text
                    done = outcome(cleaner, original, (*self.columns.add, "edits"))
                    self._put(document, done)
                if writer is not None:
                    for removed in _removals(document, original, done):
                        writer.write(removed, rank)
                self.stat_update(StatHints.forwarded)
                yield document

    def _put(self, document: Document, done: Outcome) -> None:
        document.text = done.text
        if done.error is not None:
            self.stat_update("failed")
        elif done.edits:
            self.stat_update("changed")
            self.stat_update("characters_removed", value=sum(e["end"] - e["start"] for e in done.edits if not e["replacement"]))
        document.metadata.update(self.columns.account(done))


def _removals(document: Document, original: str, done: Outcome) -> Iterator[Document]:
    """What went, one document a stretch."""
    for number, edit in enumerate(e for e in done.edits if not e["replacement"]):
        about = {"document_id": document.id, "start": edit["start"], "end": edit["end"], "cause": edit["cause"]}
        yield Document(original[edit["start"] : edit["end"]], f"{document.id}/{number}", metadata=about)
