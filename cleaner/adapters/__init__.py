"""Cleaning inside the tools that people work with: one kernel over Arrow batches, thin adapters over it.

Each module is named after its library and imports it; nothing here is imported before somebody asks for
one. Where the library is missing, the import raises :class:`MissingExtra`, which names the extra to install::

    from cleaner.adapters.spark import clean_dataframe      # pip install 'boilerplate-cleaner[spark]'

``docs/scale.md`` says which to take for what, and how.
"""

from __future__ import annotations

from cleaner.adapters.common import ADDED, CHEAP, Added, CleaningWarning, Portable
from cleaner.adapters.offsets import original_span
from cleaner.extras import MissingExtra

__all__ = ["ADDED", "CHEAP", "Added", "CleaningWarning", "MissingExtra", "Portable", "original_span"]
