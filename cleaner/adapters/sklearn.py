"""scikit-learn: a transformer that cleans texts, to stand before a vectorizer.

Needs scikit-learn, the extra ``sklearn``.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cleaner.adapters.common import missing, outcome, warn_of
from cleaner.model import Profile

try:
    import numpy as np
    from sklearn.base import BaseEstimator, TransformerMixin
except ImportError as error:
    raise missing("sklearn", error) from error

if TYPE_CHECKING:
    from sklearn.utils import Tags

    from cleaner.pipeline import Cleaner


class TextCleaner(TransformerMixin, BaseEstimator):
    """Cleans each text. Learns nothing: ``transform`` works without ``fit``.

    The parameters are those of :class:`cleaner.Cleaner`; ``rules`` are folders.

    >>> from sklearn.feature_extraction.text import CountVectorizer
    >>> from sklearn.pipeline import make_pipeline
    >>> counts = make_pipeline(TextCleaner(), CountVectorizer()).fit(["Share this article\\nThe ferry is back."])
    >>> sorted(counts[-1].vocabulary_)
    ['back', 'ferry', 'is', 'the']
    """

    def __init__(
        self,
        rules: str | Sequence[str | os.PathLike[str]] | None = None,
        *,
        profile: Profile = "standard",
        families: Sequence[str] | None = None,
        exclude: Sequence[str] = (),
        languages: Sequence[str] | None = None,
        skip: Sequence[str] = (),
        keep: float | None = None,
    ) -> None:
        self.rules = rules
        self.profile = profile
        self.families = families
        self.exclude = exclude
        self.languages = languages
        self.skip = skip
        self.keep = keep

    def fit(self, X: Any, y: Any = None) -> TextCleaner:
        """Check the parameters. Raises ValueError or RulesError for those that can't be used, ValueError for ``X`` of one text."""
        _no_single_text(X)
        self._made()
        return self

    def transform(self, X: Any) -> Any:
        """The clean texts, in the form of ``X``: a list, a NumPy array (of any shape), or a pandas or polars series.

        Missing values stay. What is no text, or can't be cleaned, stays with a
        :class:`~cleaner.adapters.CleaningWarning`. Raises ValueError for one text alone.
        """
        _no_single_text(X)
        cleaner = self._made()
        if hasattr(X, "columns") and hasattr(X, "to_numpy"):
            X = X.to_numpy()
        given = X.ravel().tolist() if isinstance(X, np.ndarray) else list(X)
        errors: list[str | None] = []
        texts = []
        for value in given:
            # NaN is the only value that is not equal to itself.
            if value is None or value != value or type(value).__name__ == "NAType":
                texts.append(value)
                continue
            done = outcome(cleaner, value, ())
            errors.append(done.error)
            texts.append(done.text)
        warn_of(errors, "Cleaner.clean()")
        return _like(X, texts)

    def _made(self) -> Cleaner:
        """The cleaner of these parameters; made anew when they were set anew."""
        from cleaner.pipeline import Cleaner

        given = self.get_params()
        made: tuple[dict[str, Any], Cleaner] | None = vars(self).get("_cleaner")
        if made is None or made[0] != given:
            made = self._cleaner = (given, Cleaner(**given))
        return made[1]

    def __getstate__(self) -> dict[str, Any]:
        # What a cleaner has compiled can't be pickled; it is made again from the parameters.
        return {k: v for k, v in super().__getstate__().items() if k != "_cleaner"}

    def get_feature_names_out(self, input_features: Sequence[str] | None = None) -> Any:
        """The names as given: one text in, one text out."""
        return np.asarray(["text"] if input_features is None else input_features, dtype=object)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.input_tags.allow_nan = True
        tags.requires_fit = False
        return tags


def _no_single_text(X: Any) -> None:
    if isinstance(X, (str, bytes)):
        raise ValueError("X is one text; give a list of texts")


def _like(X: Any, texts: list[Any]) -> Any:
    """``texts`` in the form of ``X``."""
    if isinstance(X, np.ndarray):
        fresh = np.empty(len(texts), dtype=object)
        fresh[:] = texts
        return fresh.reshape(X.shape)
    library = type(X).__module__.partition(".")[0]
    if library == "pandas":
        return type(X)(texts, index=X.index, name=X.name)
    if library == "polars":
        return type(X)(X.name, texts)
    return texts
