"""What all adapters share: the outcome of one document, names of added columns, a cleaner that travels."""

from __future__ import annotations

import copy
import pickle
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from cleaner.extras import MissingExtra

if TYPE_CHECKING:
    from cleaner.pipeline import Cleaner

Added = Literal["language", "flags", "edits", "error"]
#: All that can be added to a document besides its clean text.
ADDED: tuple[Added, ...] = get_args(Added)
#: The same without the language: finding one costs several times what cleaning costs.
CHEAP: tuple[Added, ...] = ("flags", "edits", "error")


class CleaningWarning(UserWarning):
    """Some documents could not be cleaned and were left as they came, where no column can say so."""


def missing(extra: str, error: ImportError) -> MissingExtra:
    """The error for an adapter whose library can't be imported."""
    return MissingExtra(f"cleaner.adapters.{extra} needs a library ({error}): pip install 'boilerplate-cleaner[{extra}]'")


class Outcome(NamedTuple):
    """What became of one document."""

    text: Any
    """The clean text; what was given, where it could not be cleaned."""
    language: str | None = None
    """ISO 639-1 code; None where it can't be told or was not asked for."""
    flags: Sequence[str] = ()
    edits: Sequence[dict[str, Any]] = ()
    """As :meth:`cleaner.Cleaned.to_json` has them: enough to restore the original."""
    error: str | None = None
    """Why it could not be cleaned."""

    def plain(self, name: Added) -> Any:
        """What is added under this name, as plain data: lists for sequences."""
        value = getattr(self, name)
        return list(value) if name in ("flags", "edits") else value


def outcome(cleaner: Cleaner, document: Any, add: Sequence[Added] = ADDED) -> Outcome:
    """Clean one document. Never raises: whatever goes wrong with it is told in ``error``, and it stays as it is.

    >>> from cleaner import Cleaner
    >>> outcome(Cleaner(), 5).error
    'TypeError: a document must be a text, not int'
    """
    try:
        if not isinstance(document, str):
            raise TypeError(f"a document must be a text, not {type(document).__name__}")
        cleaned = cleaner.clean(document)
        edits = cleaned.to_json()["edits"] if "edits" in add and cleaned.edits else ()
        return Outcome(cleaned.text, cleaned.language if "language" in add else None, cleaned.flags, edits)
    except Exception as error:
        # One page in a billion must not end the job: it is passed on, and a column says so.
        return Outcome(document, error=f"{type(error).__name__}: {error}")


def warn_of(errors: Iterable[str | None], where: str) -> None:
    """Warn where documents failed and the result has no place to say so; ``where`` has one."""
    failed = [e for e in errors if e is not None]
    if failed:
        message = f"{len(failed)} documents could not be cleaned and stay as they were (first: {failed[0]}); {where} says which"
        warnings.warn(message, CleaningWarning, stacklevel=3)


def default_cleaner() -> Cleaner:
    """The bundled rules, profile ``standard``: the cleaner that :func:`cleaner.clean` uses."""
    from cleaner import _default

    return _default()


class Portable:
    """A cleaner in a form that can be sent to other processes, rules and all.

    ``cleaner``: the one to send; the default one where None. Calling it gives the cleaner, which is made
    once in each process. So the workers use the rules of the process that started the job, whatever
    rules or settings they have themselves.

    >>> portable = pickle.loads(pickle.dumps(Portable()))
    >>> portable().clean_text("The vote is on Monday.\\nFollow Paste BN on WhatsApp")
    'The vote is on Monday.'
    """

    def __init__(self, cleaner: Cleaner | None = None) -> None:
        bare = copy.copy(cleaner or default_cleaner())
        # What it has compiled can't be pickled and is made again where it is needed.
        vars(bare).pop("matcher", None)
        self._packed = pickle.dumps(bare)

    def __call__(self) -> Cleaner:
        return _unpacked(self._packed)


@lru_cache(maxsize=4)
def _unpacked(packed: bytes) -> Cleaner:
    # A memo by content, no state: engines unpack the function anew for every task, and compiling the rules each time would cost.
    cleaner: Cleaner = pickle.loads(packed)
    return cleaner


@dataclass(frozen=True)
class Columns:
    """Which column is cleaned, and which are added."""

    text: str = "text"
    """Column with the texts; the clean ones take their place."""
    add: tuple[Added, ...] = ADDED
    """What is added; a column that has the name of an added one is replaced."""
    prefix: str = ""
    """Put before the names of added columns."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "add", tuple(self.add))
        for name in self.add:
            if name not in ADDED:
                raise ValueError(f"there is no {name!r} to add; choose from {', '.join(ADDED)}")
            if self.prefix + name == self.text:
                raise ValueError(f"the added column {self.text!r} would replace the text; choose another prefix")

    @property
    def names(self) -> dict[Added, str]:
        """Added thing -> name of its column, in the order of :data:`ADDED`."""
        return {name: self.prefix + name for name in ADDED if name in self.add}

    def account(self, done: Outcome) -> dict[str, Any]:
        """What is added to the metadata of one document, as plain data; an error only where there is one."""
        return {column: done.plain(name) for name, column in self.names.items() if name != "error" or done.error is not None}

    def check(self, columns: Sequence[str]) -> None:
        """Raise ValueError where there is no column with the texts, or more than one."""
        if list(columns).count(self.text) != 1:
            known = ", ".join(map(repr, columns)) or "none"
            many = "more than one" if self.text in columns else "no"
            raise ValueError(f"there is {many} column {self.text!r}; columns are: {known}; text= names the one with the texts")
