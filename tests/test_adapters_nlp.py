"""spaCy, scikit-learn, Haystack, LangChain: clean text goes in, and what is found can be shown in the original."""

from __future__ import annotations

import asyncio
import pickle
import warnings
from pathlib import Path
from typing import Any

import pytest

from cleaner import Cleaner, restore
from cleaner.adapters import CleaningWarning
from tests.corpora import RULES
from tests.engines import BREAKS, make_cleaner

PAGE = "Share this article\nThe ferry to Orsted is back."
CLEAN = "The ferry to Orsted is back."
FIXTURES = sorted((Path(__file__).parent.parent / "fixtures/pages").glob("*/input.txt"))


def _restored(text: str, edits: Any) -> str:
    return restore(text, {"version": 1, "length": len(text), "edits": edits})


# -- spaCy


@pytest.fixture(scope="module")
def spacy() -> Any:
    return pytest.importorskip("spacy", reason="needs the extra spacy")


def pipeline(spacy: Any) -> Any:
    """An English pipeline that takes runs of capitalised words for names."""
    from cleaner.adapters.spacy import CleaningTokenizer

    nlp = spacy.blank("en")
    nlp.tokenizer = CleaningTokenizer(nlp.tokenizer)
    ruler = nlp.add_pipe("entity_ruler")
    word = {"TEXT": {"REGEX": r"^[A-ZÀ-Þ]\w+$"}, "OP": "+"}
    ruler.add_patterns([{"label": "NAME", "pattern": [word]}])
    return nlp


def test_every_entity_of_the_fixtures_is_found_in_the_original(spacy: Any) -> None:
    from cleaner.adapters.spacy import cleaned_of, to_original

    nlp = pipeline(spacy)
    shared = Cleaner()
    found = moved = 0
    for path in FIXTURES:
        original = path.read_text(encoding="utf-8")
        doc = nlp(original)
        cleaned = cleaned_of(doc)
        assert (cleaned.text, cleaned.edits) == (shared.clean_text(original), shared.clean(original).edits)
        assert cleaned.original == original
        for entity in doc.ents:
            start, end = to_original(entity)
            inside = [e for e in cleaned.edits if e.start < end and e.end > start]
            if inside:
                # What was replaced or removed in the middle of it is shown with it.
                assert cleaned.to_original(entity.start_char) == start < end <= len(original)
            else:
                assert original[start:end] == entity.text
                found += 1
                moved += start != entity.start_char
    assert len(FIXTURES) > 10
    assert found > 300
    assert moved > 30


def test_spacy_docs_carry_their_account_through_bytes_and_processes(spacy: Any) -> None:
    from spacy.tokens import Doc

    from cleaner.adapters.spacy import cleaned_of, to_original

    nlp = pipeline(spacy)
    doc = Doc(nlp.vocab).from_bytes(nlp(PAGE).to_bytes())
    assert cleaned_of(doc).original == PAGE
    start, end = to_original(doc[3:4])
    assert PAGE[start:end] == "Orsted"
    assert [cleaned_of(d).original for d in nlp.pipe([PAGE, "plain"], n_process=2)] == [PAGE, "plain"]
    tokenizer = pickle.loads(pickle.dumps(nlp.tokenizer))
    assert tokenizer(PAGE).text == CLEAN
    with pytest.raises(ValueError, match="not made by a CleaningTokenizer"):
        cleaned_of(spacy.blank("en")("plain"))


def test_spacy_pipeline_from_a_configuration_is_saved_and_loaded(spacy: Any, tmp_path: Path) -> None:
    import cleaner.adapters.spacy  # noqa: F401

    tokenizer = {"@tokenizers": "cleaner.CleaningTokenizer.v1", "families": ["share_prompts"]}
    nlp = spacy.blank("en", config={"nlp": {"tokenizer": tokenizer}})
    nlp.tokenizer.add_special_case("Orsted", [{"ORTH": "Or"}, {"ORTH": "sted"}])
    nlp.to_disk(tmp_path / "model")
    loaded = spacy.load(tmp_path / "model")
    assert [t.text for t in loaded(PAGE)] == ["The", "ferry", "to", "Or", "sted", "is", "back", "."]


def test_spacy_reads_a_text_that_cannot_be_cleaned(spacy: Any) -> None:
    from cleaner.adapters.spacy import CleaningTokenizer

    tokenizer = CleaningTokenizer(spacy.blank("en").tokenizer, cleaner=make_cleaner())
    with pytest.warns(CleaningWarning, match="broken on purpose"):
        assert tokenizer(f"{PAGE}\n{BREAKS}").text == f"{PAGE}\n{BREAKS}"


# -- scikit-learn


@pytest.fixture(scope="module")
def sklearn() -> Any:
    return pytest.importorskip("sklearn", reason="needs the extra sklearn")


def test_sklearn_checks(sklearn: Any) -> None:
    from sklearn.utils import estimator_checks as checks

    from cleaner.adapters.sklearn import TextCleaner

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = checks.check_estimator(TextCleaner(), on_fail=None, on_skip=None)
    assert [r["check_name"] for r in results if r["status"] != "passed"] == []
    # The rest of check_estimator feeds numbers and is left out for estimators of texts; these need no input.
    for check in (
        checks.check_estimator_cloneable,
        checks.check_estimator_repr,
        checks.check_get_params_invariance,
        checks.check_mixin_order,
        checks.check_no_attributes_set_in_init,
        checks.check_parameters_default_constructible,
        checks.check_set_params,
        checks.check_valid_tag_types,
    ):
        check("TextCleaner", TextCleaner())


def test_sklearn_parameters_clone_and_pickle(sklearn: Any) -> None:
    from cleaner.adapters.sklearn import TextCleaner

    made = TextCleaner(profile="thorough", exclude=["read_more"]).fit([PAGE])
    copy = sklearn.base.clone(made)
    assert copy.get_params() == made.get_params()
    assert copy.get_params()["profile"] == "thorough"
    assert pickle.loads(pickle.dumps(made)).transform([PAGE]) == [CLEAN]
    assert made.set_params(families=["app_promos"], exclude=()).transform([PAGE]) == [PAGE]
    with pytest.raises(ValueError, match="there is no profile 'bold'"):
        TextCleaner(profile="bold").fit([PAGE])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="give a list of texts"):
        TextCleaner().transform(PAGE)


def test_sklearn_gives_back_the_form_that_came(sklearn: Any) -> None:
    import numpy as np

    from cleaner.adapters.sklearn import TextCleaner

    clean = TextCleaner().transform
    assert clean([PAGE, None]) == [CLEAN, None]
    square = clean(np.array([[PAGE], ["plain"]]))
    assert square.shape == (2, 1)
    assert square.ravel().tolist() == [CLEAN, "plain"]
    with pytest.warns(CleaningWarning, match="must be a text, not int"):
        assert clean([PAGE, 3]) == [CLEAN, 3]
    pd = pytest.importorskip("pandas", reason="needs the extra pandas")
    series = clean(pd.Series([PAGE, None], index=[4, 2], name="body"))
    assert (series.index.tolist(), series.name, series[4]) == ([4, 2], "body", CLEAN)
    assert clean(pd.DataFrame({"a": [PAGE]})).tolist() == [[CLEAN]]


def test_sklearn_in_a_pipeline_and_a_grid_search(sklearn: Any) -> None:
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import Pipeline

    from cleaner.adapters.sklearn import TextCleaner

    steps = [("clean", TextCleaner()), ("count", CountVectorizer()), ("model", LogisticRegression())]
    texts = [f"The ferry number {i} is back.\nShare this article" for i in range(6)]
    texts += [f"The market stall {i} is open.\nShare this article" for i in range(6)]
    search = GridSearchCV(Pipeline(steps), {"clean__families": [["share_prompts"], ["app_promos"]]}, cv=2, n_jobs=2)
    search.fit(texts, [0] * 6 + [1] * 6)
    assert search.predict(["The ferry is late."]).tolist() == [0]
    vocabularies = {
        families: set(Pipeline(steps).set_params(clean__families=[families]).fit(texts, [0] * 6 + [1] * 6)[1].vocabulary_)
        for families in ("share_prompts", "app_promos")
    }
    assert vocabularies["app_promos"] - vocabularies["share_prompts"] == {"share", "this", "article"}


# -- documents


def test_haystack_component() -> None:
    haystack = pytest.importorskip("haystack", reason="needs the extra haystack")
    from cleaner.adapters.haystack import ResidueCleaner

    pipe = haystack.Pipeline()
    pipe.add_component("clean", ResidueCleaner(profile="thorough", rules=[str(RULES)]))
    pipe = haystack.Pipeline.loads(pipe.dumps(), allowed_modules=["cleaner.adapters.haystack"])
    given = [haystack.Document(content=PAGE, meta={"k": 1}), haystack.Document(content="plain"), haystack.Document(content=None)]
    done = pipe.run({"clean": {"documents": given}})["clean"]["documents"]
    assert [d.content for d in done] == [CLEAN, "plain", None]
    assert done[0].meta["k"] == 1
    assert _restored(CLEAN, done[0].meta["cleaner_edits"]) == PAGE
    assert [d.id == g.id for d, g in zip(done, given, strict=True)] == [False, True, True]
    assert given[0].content == PAGE
    kept = ResidueCleaner(keep_id=True, add=()).run(documents=given[:1])["documents"][0]
    assert (kept.id, kept.meta) == (given[0].id, {"k": 1})


def test_langchain_transformer() -> None:
    pytest.importorskip("langchain_core", reason="needs the extra langchain")
    from langchain_core.documents import Document

    from cleaner.adapters.langchain import ResidueCleaner

    transformer = pickle.loads(pickle.dumps(ResidueCleaner(cleaner=make_cleaner())))
    bad = f"{PAGE}\n{BREAKS}"
    given = [Document(PAGE, id="a", metadata={"k": 1}), Document(bad, id="b")]
    done = transformer.transform_documents(given)
    assert [d.page_content for d in done] == [CLEAN, bad]
    assert [d.id for d in done] == ["a", "b"]
    assert done[0].metadata["k"] == 1
    assert _restored(CLEAN, done[0].metadata["cleaner_edits"]) == PAGE
    assert "cleaner_error" not in done[0].metadata
    assert done[1].metadata["cleaner_error"] == "RuntimeError: broken on purpose"
    assert given[0].page_content == PAGE
    assert asyncio.run(transformer.atransform_documents(given)) == done
    assert ResidueCleaner(add=()).transform_documents(given)[0].metadata == {"k": 1}
