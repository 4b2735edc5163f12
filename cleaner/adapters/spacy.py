"""spaCy: a tokenizer that cleans before it tokenizes, so that what is found in the clean text can be shown in the original.

Needs spacy, the extra ``spacy``. Importing this module makes ``cleaner.CleaningTokenizer.v1`` known to spaCy's registry,
which pipelines that are loaded from disk need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleaner.adapters.common import Portable, missing, outcome, warn_of
from cleaner.adapters.offsets import original_span
from cleaner.model import Cleaned, Edit, Profile

try:
    import spacy
except ImportError as error:
    raise missing("spacy", error) from error

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

    from cleaner.pipeline import Cleaner

#: Key of ``Doc.user_data`` that has the original and the edits, as plain data: it goes where the Doc goes.
KEY = "cleaner"


class CleaningTokenizer:
    """Wraps a tokenizer: cleans the text, and lets ``tokenizer`` make a Doc of the clean one.

    ``tokenizer``: usually ``nlp.tokenizer``. ``cleaner``: the bundled rules, profile ``standard``, where None.
    A text that can't be cleaned is tokenized as it is, with a :class:`~cleaner.adapters.CleaningWarning`. Pickles,
    and is saved with its pipeline, rules excepted: a pipeline that is loaded has the rules that its configuration names.

    >>> nlp = spacy.blank("en")
    >>> nlp.tokenizer = CleaningTokenizer(nlp.tokenizer)
    >>> doc = nlp("Share this article\\nThe ferry to Orsted is back.")
    >>> doc.text
    'The ferry to Orsted is back.'
    >>> start, end = to_original(doc[3:4])
    >>> cleaned_of(doc).original[start:end]
    'Orsted'
    """

    def __init__(self, tokenizer: Callable[[str], Doc], *, cleaner: Cleaner | None = None) -> None:
        self.tokenizer = tokenizer
        self.portable = Portable(cleaner)

    def __call__(self, text: str) -> Doc:
        cleaner = self.portable()
        done = outcome(cleaner, text, ("edits",))
        warn_of([done.error], "the text")
        doc = self.tokenizer(done.text)
        edits = [(e["start"], e["end"], e["replacement"], e["cause"]) for e in done.edits]
        doc.user_data[KEY] = {"original": text, "edits": edits, "flags": list(done.flags), "rules": cleaner.ruleset.version}
        return doc

    def pipe(self, texts: Iterable[str], batch_size: int = 1000) -> Iterator[Doc]:
        """One Doc a text."""
        return map(self, texts)

    def __getattr__(self, name: str) -> Any:
        # Rules for special cases, explain() and the like are the wrapped tokenizer's own.
        if name.startswith("__") or name == "tokenizer":
            raise AttributeError(name)
        return getattr(self.tokenizer, name)

    def to_bytes(self, *, exclude: Sequence[str] = ()) -> bytes:
        """The wrapped tokenizer's settings."""
        data: bytes = self.tokenizer.to_bytes(exclude=exclude)  # type: ignore[attr-defined]
        return data

    def from_bytes(self, data: bytes, *, exclude: Sequence[str] = ()) -> CleaningTokenizer:
        """Take the wrapped tokenizer's settings."""
        self.tokenizer.from_bytes(data, exclude=exclude)  # type: ignore[attr-defined]
        return self

    def to_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> None:
        """Write the wrapped tokenizer's settings."""
        self.tokenizer.to_disk(path, exclude=exclude)  # type: ignore[attr-defined]

    def from_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> CleaningTokenizer:
        """Read the wrapped tokenizer's settings."""
        self.tokenizer.from_disk(path, exclude=exclude)  # type: ignore[attr-defined]
        return self


@spacy.registry.tokenizers("cleaner.CleaningTokenizer.v1")
def make_tokenizer(
    profile: Profile = "standard",
    rules: list[str] | None = None,
    families: list[str] | None = None,
    exclude: list[str] | None = None,
    languages: list[str] | None = None,
) -> Callable[[Language], CleaningTokenizer]:
    """For ``[nlp.tokenizer]`` in a configuration: spaCy's own tokenizer of the language, behind a cleaner.

    The arguments are those of :class:`cleaner.Cleaner`.

    >>> nlp = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "cleaner.CleaningTokenizer.v1"}}})
    >>> nlp("Share this article\\nThe ferry is back.").text
    'The ferry is back.'
    """
    from cleaner.pipeline import Cleaner

    def make(nlp: Language) -> CleaningTokenizer:
        cleaner = Cleaner(rules, profile=profile, families=families, exclude=exclude or (), languages=languages)
        return CleaningTokenizer(spacy.registry.tokenizers.get("spacy.Tokenizer.v1")()(nlp), cleaner=cleaner)

    return make


def cleaned_of(doc: Doc) -> Cleaned:
    """What cleaning gave for this Doc: the original, the edits, ``to_original`` and ``to_clean``.

    Raises ValueError for a Doc that no :class:`CleaningTokenizer` made.
    """
    account = doc.user_data.get(KEY)
    if account is None:
        raise ValueError("this Doc was not made by a CleaningTokenizer, or its user data was dropped")
    edits = tuple(Edit(*e) for e in account["edits"])
    return Cleaned(account["original"], doc.text, edits, tuple(account["flags"]), account["rules"])


def to_original(span: Span) -> tuple[int, int]:
    """Where a span (an entity, a sentence) stands in the original text: start and end, code points.

    What was removed inside the span is inside, see :func:`cleaner.adapters.original_span`.
    """
    return original_span(cleaned_of(span.doc), span.start_char, span.end_char)
