"""The profile ``page``: what it may take, what it says of it, and that it comes to rest."""

from __future__ import annotations

import gzip
import json
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

np = pytest.importorskip("numpy", reason="the profile page needs numpy")

from cleaner.cli import main  # noqa: E402
from cleaner.edits import apply, restore  # noqa: E402
from cleaner.model import PAGE  # noqa: E402
from cleaner.page import chardata  # noqa: E402
from cleaner.page.features import Words  # noqa: E402
from cleaner.page.model import KEEPS, load  # noqa: E402
from cleaner.page.trees import Trees  # noqa: E402
from cleaner.pipeline import Cleaner  # noqa: E402
from cleaner.rules import load as load_rules  # noqa: E402
from tests.strategies import paragraphs, prose_texts  # noqa: E402
from tests.webpages import web_page  # noqa: E402

DATA = Path(__file__).parent / "data"
BENCH = Path(__file__).resolve().parents[2] / "shared" / "bench"
LEVELS = (None, *KEEPS)


@cache
def page_cleaner(keep: float | None = None) -> Cleaner:
    return Cleaner(load_rules(), profile="page", keep=keep)


def check_promises(text: str, keep: float | None) -> None:
    """Edits make the text, can be undone, point where they say; cleaning twice is cleaning once."""
    cleaned = page_cleaner(keep).clean(text)
    assert apply(text, cleaned.edits) == cleaned.text
    assert restore(cleaned.text, json.loads(json.dumps(cleaned.to_json()))) == text
    for i in range(0, len(cleaned.text), 7):
        there = cleaned.to_original(i)
        assert 0 <= there < len(text)
    again = page_cleaner(keep).clean(cleaned.text)
    assert again.text == cleaned.text, [e.cause for e in again.edits]


# -- what goes


def test_menus_and_footers_go_and_the_article_stays() -> None:
    lost = kept = content = rest = 0
    for seed in range(12):
        page = web_page(seed)
        left = page_cleaner().clean(page.text).text.split("\n")
        for line, label in page.lines:
            if label == "c":
                content += len(line)
                lost += line not in left and len(line)
            else:
                rest += len(line)
                kept += line in left and len(line)
    assert lost <= 0.05 * content
    assert kept <= 0.35 * rest


def test_every_removal_of_the_model_is_whole_lines_and_names_model_version_and_probability() -> None:
    text = web_page(3).text
    edits = [e for e in page_cleaner().clean(text).edits if e.cause.startswith(PAGE)]
    assert edits
    for e in edits:
        name, version, probability = e.cause.split("/")
        assert (name, version) == ("page", load().version)
        assert 0 <= float(probability) <= 1
        assert e.replacement == ""
        assert e.start == 0 or text[e.start - 1] == "\n"
        # Its own break, or where it was the last line left, the one that tidying took.
        assert e.end == len(text) or "\n" in text[e.end - 1 : e.end + 1]


def test_what_stays_is_lines_of_the_original_in_their_order() -> None:
    text = web_page(5).text
    lines = iter(text.split("\n"))
    assert all(line in lines for line in page_cleaner().clean(text).text.split("\n"))


def test_a_higher_keep_takes_no_line_that_a_lower_one_leaves() -> None:
    model = load()
    for seed in range(10):
        look = model.look(web_page(seed).text)
        went = [model.goes(look, keep) for keep in (*sorted(KEEPS, reverse=True), None)]
        for careful, bolder in pairwise(went):
            assert not (careful & ~bolder).any()


def test_profiles_without_the_model_never_use_it() -> None:
    for profile in ("careful", "standard", "thorough"):
        cleaner = Cleaner(load_rules(), profile=profile)
        assert not any(e.cause.startswith(PAGE) for e in cleaner.clean(web_page(1).text).edits)


def test_blank_lines_and_indents_change_nothing() -> None:
    page = web_page(8)
    spread = "\n\n".join(f"   {line} " for line, _ in page.lines) + "\n"
    plain = page_cleaner().clean(page.text).text.split("\n")
    assert [line.strip() for line in page_cleaner().clean(spread).text.split("\n") if line.strip()] == [p for p in plain if p]


# -- what is left alone

_TABLE = "\n".join(f"Station {i}\t{i * 37 % 90}.{i}\t{i * 11 % 40}\t{i % 7}" for i in range(40))
_CODE = "\n".join(f"def step_{i}(x, y={i}):\n    return {{'a': x[{i}], 'b': (y + {i}) / 2}};" for i in range(25))
_VERSE = """The tide came in before the day
had found its boots, its coat, its hat,
and took the smallest boats away,
and left a rope to show for that.

We counted what the water took:
a crate, a lamp, a painted oar,
a page or two out of a book
that nobody had read before.

The gulls sat down along the wall
as if a play was to begin,
and no one spoke a word at all
until the tide went out again."""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("table", _TABLE),
        ("code", _CODE),
        ("verse", _VERSE),
        ("short", "Menu\nHome\nA short note."),
        ("empty", ""),
        ("blank lines", "\n\n \n"),
        ("Arabic", prose_texts()["ar"]),
        ("Hebrew", prose_texts()["he"]),
        ("Hindi", prose_texts()["hi"]),
        ("Thai", prose_texts()["th"]),
        ("Korean", prose_texts()["ko"]),
        ("Georgian", prose_texts()["ka"]),
    ],
)
@pytest.mark.parametrize("keep", [None, 0.95])
def test_what_the_model_does_not_know_is_left_alone_and_flagged(name: str, text: str, keep: float | None) -> None:
    cleaned = page_cleaner(keep).clean(text)
    assert not any(e.cause.startswith(PAGE) for e in cleaned.edits)
    assert "page/unknown" in cleaned.flags


@pytest.mark.parametrize("language", sorted(prose_texts()))
def test_prose_without_residue_stays(language: str) -> None:
    text = prose_texts()[language]
    cleaned = page_cleaner(0.999).clean(text)
    assert [r.text for r in cleaned.removals if r.cause.startswith(PAGE)] == []


def test_a_page_in_japanese_loses_its_menu_and_keeps_its_prose() -> None:
    menu = ["ホーム", "ニュース", "スポーツ", "天気", "ログイン", "お問い合わせ", "会員登録", "検索"]
    prose = [line.strip() for line in prose_texts()["ja"].split("\n") if len(line) > 40] * 2
    foot = ["利用規約", "プライバシー", "会社概要", "サイトマップ", "広告掲載", "© 2021 北浜新報"]
    cleaned = page_cleaner().clean("\n".join(menu + prose + foot))
    left = cleaned.text.split("\n")
    assert set(prose) <= set(left)
    assert len(set(menu + foot) & set(left)) <= len(menu + foot) // 2


# -- promises, whatever the text

_LINES = st.one_of(
    st.sampled_from(["Home", "Menu", "Log in", "12 March 2019", "3 comments", "Reply", "* * *", "A | B | C", "Read more", "€ 12.50", ""]),
    st.sampled_from(paragraphs()),
    st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=60),
)


@given(st.lists(_LINES, max_size=60), st.sampled_from(LEVELS))
def test_promises_on_any_lines(lines: list[str], keep: float | None) -> None:
    check_promises("\n".join(lines), keep)


@given(st.integers(0, 10**6), st.integers(0, 40), st.integers(0, 200), st.sampled_from(LEVELS))
@settings(max_examples=40)
def test_promises_on_parts_of_pages(seed: int, start: int, stop: int, keep: float | None) -> None:
    page = web_page(seed, ("en", "de", "fr", "ru", "zh", "ar"))
    check_promises("\n".join(line for line, _ in page.lines[start : start + stop]), keep)


@given(st.text(max_size=300))
def test_promises_on_any_text(text: str) -> None:
    check_promises(text, None)


@pytest.mark.slow
@pytest.mark.skipif(not BENCH.exists(), reason="needs the bench pages")
@pytest.mark.parametrize("keep", [None, 0.999])
def test_promises_on_dumps_of_real_pages(keep: float | None) -> None:
    for path in sorted(BENCH.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as f:
            for n, record in enumerate(f):
                if n % 5 == 0:
                    check_promises("\n".join(line for line, _ in json.loads(record)["views"]["dump"]), keep)


# -- the model itself


def test_trees_are_what_walking_them_one_by_one_gives() -> None:
    draw = np.random.RandomState(0)
    trees = Trees(
        draw.randint(0, 9, (30, 5)), draw.randint(0, 255, (30, 5)).astype(np.uint8), draw.randint(-999, 999, (30, 32)).astype(np.int16), 7
    )
    x = draw.randint(0, 256, (9, 1100)).astype(np.uint8)
    scores = trees.score(x)
    for column in (0, 511, 512, 1099):
        total = trees.bias
        for t in range(30):
            leaf = sum(int(x[trees.feature[t, d], column] > trees.above[t, d]) << d for d in range(5))
            total += int(trees.leaf[t, leaf])
        assert scores[column] == total


@given(st.text(st.one_of(st.sampled_from("ab Zé9.,|\n\t\u200b漢字かתß𝒳😀İ "), st.characters())))
def test_lines_and_words_are_what_reading_character_by_character_gives(text: str) -> None:
    tables = load().tables
    kinds = tables.classes[[ord(c) for c in text]].tolist() if text else []
    lines: list[tuple[int, int]] = []
    words: list[tuple[int, int]] = []
    spelt: list[tuple[int, ...]] = []
    start = 0
    for line in text.split("\n"):
        shown = [i for i in range(start, start + len(line)) if kinds[i] > chardata.SPACE]
        if shown:
            lines.append((shown[0], shown[-1] + 1))
        last = -1
        for i in range(start, start + len(line)):
            alone = kinds[i] in (chardata.HAN, chardata.KANA)
            if not chardata.LOWER <= kinds[i] <= chardata.MARK:
                continue
            if last == i and not alone and kinds[i - 1] not in (chardata.HAN, chardata.KANA):
                words[-1] = (words[-1][0], i + 1)
            else:
                words.append((i, i + 1))
            last = i + 1
        start += len(line) + 1
    for a, b in words:
        spelt.append(tuple(int(tables.lower[ord(c)]) if ord(c) < 0x10000 else ord(c) for c in text[a:b]))
    found = Words(tables, text)
    assert list(zip(found.start.tolist(), found.end.tolist(), strict=True)) == lines
    assert list(zip(found.word_start.tolist(), found.word_end.tolist(), strict=True)) == words
    assert [sum(a <= w < b for w, _ in words) for a, b in lines] == found.nwords.tolist()
    # Words that are spelt alike, and no others, are hashed alike.
    assert len(set(zip(spelt, found.hash.tolist(), strict=True))) == len(set(spelt)) == len(set(found.hash.tolist()))


def test_predictions_of_the_shipped_weights_are_pinned() -> None:
    """The same on every platform and Python. After training, ``benchmarks/page_model.py`` writes the file anew."""
    pins = json.loads((DATA / "page_pins.json").read_text(encoding="utf-8"))
    assert pins["version"] == load().version
    for pin in pins["pages"]:
        look = load().look(web_page(pin["seed"], pin["languages"]).text)
        assert look.score.tolist() == pin["scores"]
        assert look.chance.tolist() == pin["chances"]


def test_the_weights_are_small_and_plain() -> None:
    folder = Path(sys.modules["cleaner.page"].__file__ or "").parent
    assert (folder / "weights.npz").stat().st_size < 2_000_000
    with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind in "iub" for name in arrays.files)


def test_the_card_names_data_licences_figures_and_limits() -> None:
    card = load().card
    assert {"WCXB", "article-extraction-benchmark", "fundus"} <= {d["name"].split("/")[-1] for d in card["data"]}
    assert all(d["licence"] and d["attribution"] for d in card["data"])
    assert {float(k) for k in card["keep"]} == set(KEEPS)
    for level in map(str, KEEPS):
        assert card["figures"]["levels"][level]["all"]["lost"] <= 1e5 * (1 - float(level))
    assert card["limits"]


def test_explain_names_what_weighed_most_for_every_line_that_goes() -> None:
    text = web_page(3).text
    reasons = [r for r in page_cleaner().explain(text) if r.rule.startswith(PAGE)]
    removals = [r for r in page_cleaner().clean(text).removals if r.cause.startswith(PAGE)]
    assert [(r.start, r.end, r.rule) for r in reasons] == [(r.start, r.end, r.cause) for r in removals]
    assert all(r.cues and r.pattern and r.rule.rsplit("/", 1)[1] in r.why for r in reasons)


# -- how it is asked for


def test_wrong_levels_are_told() -> None:
    with pytest.raises(ValueError, match=r"keep=0\.5.*0\.9995"):
        Cleaner(load_rules(), profile="page", keep=0.5)
    with pytest.raises(ValueError, match="'page' alone"):
        Cleaner(load_rules(), keep=0.999)


def test_without_numpy_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cleaner.page.model", None)
    with pytest.raises(ImportError, match=r"boilerplate-cleaner\[page\]"):
        Cleaner(load_rules(), profile="page")


def test_on_the_command_line(tmp_path: Path) -> None:
    source = tmp_path / "page.txt"
    source.write_text(web_page(3).text, encoding="utf-8")
    run = CliRunner().invoke(main, ["clean", "--profile", "page", "--keep", "0.999", str(source)])
    assert run.exit_code == 0
    assert run.stdout == page_cleaner(0.999).clean(web_page(3).text).text + "\n"
    wrong = CliRunner().invoke(main, ["clean", "--profile", "page", "--keep", "0.4", str(source)])
    assert wrong.exit_code == 2
    assert "0.9995" in wrong.output
