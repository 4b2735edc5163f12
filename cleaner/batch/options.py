"""What a batch run is asked to do."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cleaner.pipeline import Cleaner

EditsForm = Literal["sidecar", "field", "none"]
Extra = Literal["language", "flags", "counts"]
EXTRAS: tuple[Extra, ...] = ("language", "flags", "counts")

#: Raise when outputs, sidecars or journals change their form: older runs are not resumed then.
FORM = 1

_MIB = 1 << 20


@dataclass(frozen=True)
class Options:
    """Everything that decides what a run writes. What only decides how fast it goes is not here."""

    text_key: str = "text"
    """Field with the text; the clean text takes its place."""
    html_key: str | None = None
    """Field with a page's HTML; its main text is extracted, and the clean text goes to ``text_key``, a new field."""
    id_key: str = "id"
    """Field that names a document in sidecars, errors and the report; may be absent."""
    url_key: str = "url"
    """Field with a document's address, for the figures by site; may be absent."""
    edits: EditsForm = "sidecar"
    """Where the account of the changes goes."""
    add: tuple[Extra, ...] = ()
    """Fields added to each document: ``language``, ``flags``, ``chars_removed``."""
    prefix: str = ""
    """Put before the names of added fields."""
    attributes: bool = False
    """Also write what went as dolma attributes."""
    limit: int | None = None
    """Stop after so many documents of the whole corpus."""
    sample: float | None = None
    """Take this share of the documents (0–1), always the same ones."""
    max_record: int = 4 * _MIB
    """Bytes; a longer document is passed on as it is, with the flag ``batch/too-long``, or set aside where that can't be."""
    chunk: int = _MIB
    """Bytes of input that a worker is given at a time."""

    def __post_init__(self) -> None:
        if self.sample is not None and not 0 < self.sample <= 1:
            raise ValueError(f"--sample is {self.sample}; it must be a share above 0 and up to 1, such as 0.01")
        if self.limit is not None and self.limit < 1:
            raise ValueError(f"--limit is {self.limit}; it must be at least 1")
        for name in self.add:
            if name not in EXTRAS:
                raise ValueError(f"--add knows {', '.join(EXTRAS)}, not {name!r}")

    @property
    def added(self) -> tuple[str, ...]:
        """Names of the fields that are added, in order; the edits come last."""
        names = [self.prefix + {"counts": "chars_removed"}.get(e, e) for e in EXTRAS if e in self.add]
        if self.edits == "field":
            names.append(self.prefix + "edits")
        return tuple(names)

    def digest(self) -> str:
        """Hash over all of them: a run is resumed with the options it began with."""
        return hashlib.sha256(json.dumps([FORM, asdict(self)], sort_keys=True).encode()).hexdigest()[:16]


def cleaner_digest(cleaner: Cleaner) -> str:
    """Hash over what decides how ``cleaner`` cleans: rules, profile, languages, fixes, version."""
    from cleaner import __version__

    said = [
        __version__,
        cleaner.ruleset.version,
        cleaner.profile,
        cleaner.keep,
        cleaner.page.version if cleaner.page is not None else None,
        sorted(cleaner.languages) if cleaner.languages is not None else None,
        sorted(cleaner.skip),
        [rule.id for rule in cleaner.matcher.rules],
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]
