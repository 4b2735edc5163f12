"""LangChain: a document transformer that cleans.

Needs langchain-core, the extra ``langchain``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cleaner.adapters.common import CHEAP, Added, Columns, Portable, missing, outcome

try:
    from langchain_core.documents import BaseDocumentTransformer, Document
except ImportError as error:
    raise missing("langchain", error) from error

if TYPE_CHECKING:
    from cleaner.pipeline import Cleaner


class ResidueCleaner(BaseDocumentTransformer):
    """Cleans the content of documents; gives new ones, in the same order.

    ``cleaner``: the bundled rules, profile ``standard``, where None.
    ``add``: what goes into ``metadata``, under names with ``prefix`` before them: ``cleaner_flags``, ``cleaner_edits`` (plain
    data, enough for :func:`cleaner.restore`), ``cleaner_language`` where asked for; ``cleaner_error`` only where
    a document can't be cleaned, which then passes as it is. A vector store that takes flat values only wants ``add=()``.

    >>> from langchain_core.documents import Document
    >>> ResidueCleaner().transform_documents([Document("Share this article\\nThe ferry is back.")])[0].page_content
    'The ferry is back.'
    """

    def __init__(self, *, cleaner: Cleaner | None = None, add: Sequence[Added] = CHEAP, prefix: str = "cleaner_") -> None:
        self.columns = Columns("", tuple(add), prefix)
        self.portable = Portable(cleaner)

    def transform_documents(self, documents: Sequence[Document], **kwargs: Any) -> Sequence[Document]:
        """The documents, clean; ``atransform_documents`` does the same in a thread."""
        return [self._clean(d) for d in documents]

    def _clean(self, document: Document) -> Document:
        done = outcome(self.portable(), document.page_content, self.columns.add)
        metadata = {**document.metadata, **self.columns.account(done)}
        return document.model_copy(update={"page_content": done.text, "metadata": metadata})
