"""HTML to text, by trafilatura (Barbaresi, ACL 2021 demo)."""

from __future__ import annotations


def extract(html: str | bytes, url: str | None = None) -> str | None:
    """Main text of a page, or None where trafilatura finds none.

    Tables are kept, readers' comments and links' targets are not. ``url`` helps it to read dates
    and relative links.
    """
    import trafilatura

    text = trafilatura.extract(html, url=url, include_comments=False, include_tables=True)
    return str(text) if text else None
