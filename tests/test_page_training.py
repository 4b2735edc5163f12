"""Training the page model, on made-up pages: the pipeline of ``benchmarks/page_model.py`` from data to a model that works."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from types import ModuleType

import pytest

np = pytest.importorskip("numpy")
for needed in ("catboost", "scipy", "sklearn", "tld"):
    pytest.importorskip(needed, reason="needs the extra page-train")

from cleaner.page.model import PageModel  # noqa: E402
from cleaner.pipeline import Cleaner  # noqa: E402
from cleaner.rules import load as load_rules  # noqa: E402
from tests.benchmarks import benchmark  # noqa: E402
from tests.webpages import web_page  # noqa: E402


@pytest.fixture(scope="module")
def training() -> ModuleType:
    """``benchmarks/page_model.py`` as a module."""
    return benchmark("page_model")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ninety pages of six outlets that do not exist, as the benchmark stores pages."""
    folder = tmp_path_factory.mktemp("pages")
    with gzip.open(folder / "pages.jsonl.gz", "wt", encoding="utf-8") as f:
        for seed in range(90):
            page = web_page(seed)
            name = page.site.lower().replace(" ", "-")
            record = {
                "id": f"page/{seed}", "url": f"https://www.{name}.test/{seed}", "lang": "en",
                "type": "article" if seed % 3 else "forum", "gold": page.gold, "views": {"dump": page.lines},
            }  # fmt: skip
            f.write(json.dumps(record) + "\n")
    return folder


def test_no_site_is_in_two_folds(training: ModuleType, data: Path) -> None:
    samples = training.read(data)
    folds: dict[int, set[int]] = {}
    for s in samples:
        folds.setdefault(s.site, set()).add(s.fold)
    assert len(samples) == 90
    assert len(folds) == 6
    assert all(len(f) == 1 for f in folds.values())


def test_pages_made_of_pages_stay_in_their_fold_and_keep_their_labels(training: ModuleType, data: Path) -> None:
    samples = training.read(data)
    fold = {s.id: s.fold for s in samples}
    made = training.made_from(samples)
    assert {"cleaned", "Han"} <= {s.made for s in made}
    for s in made:
        assert s.fold == fold[s.id]
        assert len(s.wanted) == len(s.text.split("\n"))


def test_unsure_lines_count_as_far_as_the_gold_text_wants_their_words(training: ModuleType) -> None:
    wanted = training.soft_labels(
        ["The ferry sails at noon", "Ferry", "noon sharp", "Menu"], ["c", "u", "u", "b"], "The ferry sails at noon. Be there at noon sharp."
    )
    assert wanted.tolist() == [1, 0, 1, 0]


def test_training_gives_a_model_that_cleans_pages_of_sites_it_has_not_seen(
    training: ModuleType, data: Path, tmp_path: Path
) -> None:
    samples = training.read(data)
    settings = training.Settings(rows=3000, trees=30, sites=1, heading_rows=1500, jobs=1, say=lambda _: None)
    study = training.Study(samples, settings)
    study.learn()
    fold = samples[0].fold
    seen = [n for n, s in enumerate(samples) if s.fold != fold]
    unseen = [s for s in samples if s.fold == fold]

    assert (np.diff(study.calibration(fold).astype(np.int64)) >= 0).all()
    risk = training.Risk(
        [samples[n] for n in seen], [study.chances[n] for n in seen], [np.zeros(len(samples[n].lines), np.int64) for n in seen]
    )
    price = training.price_for(risk, 0.01)
    lost = risk.lost(price)
    assert lost.sum() / risk.words.sum() <= risk.bounds(lost) <= 0.01

    card = {"version": "test", "keep": {"0.99": price}, "columns": training.columns_card()}
    training.save(tmp_path / "weights.npz", study.packed(fold))
    with np.load(tmp_path / "weights.npz", allow_pickle=False) as packed:
        model = PageModel({name: packed[name] for name in packed.files}, card)
    first = next(n for n, s in enumerate(samples) if s.fold == fold)
    assert model.look(samples[first].text).score.tolist() == study.scores[first].tolist()

    for keep, gain in ((None, 0.12), (0.99, 0.05)):
        cleaner = Cleaner(load_rules(), profile="page", keep=keep, page_model=model)
        raw = [training.score_text(s, s.text).f1 for s in unseen]
        ours = [training.score_text(s, cleaner.clean(s.text).text).f1 for s in unseen]
        assert np.mean(ours) > np.mean(raw) + gain


def test_the_same_weights_give_the_same_file(training: ModuleType, tmp_path: Path) -> None:
    arrays = {"b": np.arange(5), "a": np.zeros((2, 2), np.int8)}
    training.save(tmp_path / "1.npz", arrays)
    training.save(tmp_path / "2.npz", dict(reversed(arrays.items())))
    assert (tmp_path / "1.npz").read_bytes() == (tmp_path / "2.npz").read_bytes()


def test_a_run_does_not_go_on_from_one_with_other_columns(training: ModuleType, data: Path, tmp_path: Path) -> None:
    samples = training.read(data)[:3]
    settings = training.Settings(jobs=1, say=lambda _: None)
    study = training.Study(samples, settings, tmp_path)
    study.once("something", 0, lambda: 1)
    assert training.Study(samples, settings, tmp_path).once("something", 0, lambda: 2) == 1
    study.done["columns", training.NONE] = {"first": ["words"], "second": []}
    study.once("something else", 0, lambda: 1)
    with pytest.raises(ValueError, match="other columns"):
        training.Study(samples, settings, tmp_path)
