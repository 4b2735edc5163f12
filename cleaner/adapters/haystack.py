"""Haystack: a component that cleans documents.

Needs haystack-ai, the extra ``haystack``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cleaner.adapters.common import CHEAP, Added, Columns, missing, outcome
from cleaner.model import Profile

try:
    from haystack import Document, component, default_from_dict, default_to_dict
except ImportError as error:
    raise missing("haystack", error) from error


@component
class ResidueCleaner:
    """Cleans the content of documents; those without content pass as they are.

    ``profile``, ``rules`` (folders), ``families``, ``exclude``, ``languages``: as for :class:`cleaner.Cleaner`.
    ``add``: what goes into ``meta``, under names with ``prefix`` before them: ``cleaner_flags``, ``cleaner_edits`` (plain
    data, enough for :func:`cleaner.restore`), ``cleaner_language`` where asked for; ``cleaner_error`` only where
    a document can't be cleaned, which then passes as it is. A document store that takes flat values only wants ``add=()``.
    A pipeline from YAML has to trust this module: ``Pipeline.loads(…, allowed_modules=["cleaner.adapters.haystack"])``.
    ``keep_id``: a changed document keeps its id, instead of one that follows from its content.

    >>> from haystack import Document
    >>> done = ResidueCleaner().run(documents=[Document(content="Share this article\\nThe ferry is back.")])
    >>> done["documents"][0].content
    'The ferry is back.'
    """

    def __init__(
        self,
        profile: Profile = "standard",
        rules: list[str] | None = None,
        families: list[str] | None = None,
        exclude: list[str] | None = None,
        languages: list[str] | None = None,
        add: Sequence[Added] = CHEAP,
        prefix: str = "cleaner_",
        keep_id: bool = False,
    ) -> None:
        from cleaner.pipeline import Cleaner

        self.columns = Columns("", tuple(add), prefix)
        self.settings: dict[str, Any] = {
            "profile": profile,
            "rules": rules,
            "families": families,
            "exclude": exclude,
            "languages": languages,
            "add": list(add),
            "prefix": prefix,
            "keep_id": keep_id,
        }
        self.cleaner = Cleaner(rules, profile=profile, families=families, exclude=exclude or (), languages=languages)

    @component.output_types(documents=list[Document])
    def run(self, documents: list[Document]) -> dict[str, list[Document]]:
        """The documents, clean, in the same order."""
        return {"documents": [self._clean(d) for d in documents]}

    def _clean(self, document: Document) -> Document:
        if document.content is None:
            return document
        done = outcome(self.cleaner, document.content, self.columns.add)
        meta = {**document.meta, **self.columns.account(done)}
        same = self.settings["keep_id"] or done.text == document.content
        return replace(document, id=document.id if same else "", content=done.text, meta=meta)

    def to_dict(self) -> dict[str, Any]:
        """The component as plain data, for pipelines in YAML."""
        data: dict[str, Any] = default_to_dict(self, **self.settings)
        return data

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> ResidueCleaner:
        """The component from plain data."""
        made: ResidueCleaner = default_from_dict(cls, data)
        return made
