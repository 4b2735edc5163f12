"""Take the residue out of scraped text, lose nothing, say why.

>>> import cleaner
>>> cleaner.clean_text("The vote is on Monday.\\nFollow Paste BN on WhatsApp")
'The vote is on Monday.'
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cleaner.edits import restore
from cleaner.model import Cleaned, Edit, Removal

if TYPE_CHECKING:
    from cleaner.pipeline import Cleaner, Reason
    from cleaner.problems import RulesError

__version__ = "0.1.0"
__all__ = [
    "Cleaned",
    "Cleaner",
    "Edit",
    "Reason",
    "Removal",
    "RulesError",
    "clean",
    "clean_html",
    "clean_text",
    "explain",
    "restore",
]


def __getattr__(name: str) -> Any:
    # What needs the rule machinery is imported when first used: `cleaner --help` does not.
    if name in ("Cleaner", "Reason"):
        from cleaner import pipeline

        return getattr(pipeline, name)
    if name == "RulesError":
        from cleaner.problems import RulesError

        return RulesError
    raise AttributeError(f"module 'cleaner' has no attribute {name!r}")


@lru_cache(maxsize=1)
def _default() -> Cleaner:
    from cleaner.pipeline import Cleaner

    return Cleaner()


def clean(text: str) -> Cleaned:
    """Clean ``text`` with the bundled rules, profile ``standard``."""
    return _default().clean(text)


def clean_text(text: str) -> str:
    """The clean text alone, with the bundled rules, profile ``standard``."""
    return _default().clean_text(text)


def clean_html(html: str | bytes, url: str | None = None) -> Cleaned:
    """Extract the main text of a page and clean it; ``url`` helps the extraction."""
    return _default().clean_html(html, url)


def explain(text: str) -> list[Reason]:
    """For every stretch that goes from ``text``: where, by which rule, why."""
    return _default().explain(text)
