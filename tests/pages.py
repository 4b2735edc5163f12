"""Golden pages: a folder each under ``fixtures/pages``, input beside expected output."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cleaner.model import Cleaned
from cleaner.pipeline import Cleaner

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "fixtures"


@dataclass(frozen=True)
class Page:
    """One folder: ``input.txt`` or ``input.html``, and ``expected.txt``."""

    slug: str
    source: Path
    expected: str

    @property
    def is_html(self) -> bool:
        return self.source.suffix == ".html"

    @property
    def given(self) -> str:
        """The input as it stands in the file: no line break is converted."""
        return read(self.source)

    def clean(self, cleaner: Cleaner) -> Cleaned:
        return cleaner.clean_html(self.given) if self.is_html else cleaner.clean(self.given)


def read(path: Path) -> str:
    """A file's text with the line breaks that it has."""
    return path.read_bytes().decode("utf-8")


def pages(folder: str = "pages") -> list[Page]:
    """All pages under ``fixtures/<folder>``, by name."""
    found = []
    for place in sorted((FIXTURES / folder).glob("*/")):
        [source] = place.glob("input.*")
        found.append(Page(place.name, source, read(place / "expected.txt")))
    return found


def as_file(text: str) -> str:
    """What the command line writes for a clean text: it ends in a line break, unless it is empty."""
    return text if not text or text.endswith("\n") else text + "\n"
