"""Edits: apply, compose, invert, restore and the offset maps, on drawn edits and on real ones."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import Cleaned, Edit, restore
from cleaner.edits import apply, compose, invert
from cleaner.model import Level
from tests.conftest import MakeCleaner
from tests.strategies import hard_texts, texts

CAUSES = st.sampled_from(["ads/en/label", "share_prompts/en/follow", "normalise/spaces", "tidy/blank-lines"])


@st.composite
def edits_over(draw: st.DrawFn, text: str, most: int = 6) -> list[Edit]:
    """Edits that are valid over ``text``: sorted, apart, no two insertions at one place, none without effect."""
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=2 * most)))
    out: list[Edit] = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        replacement = draw(st.one_of(st.just(""), st.text("ab\n é", max_size=4)))
        touches = out and out[-1].end == start and (start == end or out[-1].start == out[-1].end)
        if (start < end or replacement) and not touches:
            out.append(Edit(start, end, replacement, draw(CAUSES)))
    return out


@st.composite
def two_layers(draw: st.DrawFn) -> tuple[str, list[Edit], list[Edit]]:
    text = draw(st.text("abcdef \n", max_size=30))
    first = draw(edits_over(text))
    return text, first, draw(edits_over(apply(text, first)))


@given(two_layers())
def test_composed_edits_do_both(layers: tuple[str, list[Edit], list[Edit]]) -> None:
    text, first, second = layers
    both = compose(first, second)
    assert apply(text, both) == apply(apply(text, first), second)


@given(two_layers())
def test_composed_edits_are_valid_and_blame_someone_who_acted(layers: tuple[str, list[Edit], list[Edit]]) -> None:
    _, first, second = layers
    both = compose(first, second)
    for one, other in pairwise(both):
        assert one.end <= other.start
        assert one.end < other.start or (one.start < one.end and other.start < other.end), "order would be open"
    assert {e.cause for e in both} <= {e.cause for e in first} | {e.cause for e in second}
    assert all(e.start < e.end or e.replacement for e in both)


@given(two_layers(), st.data())
def test_composition_is_associative_in_what_it_makes(layers: tuple[str, list[Edit], list[Edit]], data: st.DataObject) -> None:
    text, first, second = layers
    third = data.draw(edits_over(apply(apply(text, first), second)))
    left = compose(compose(first, second), third)
    right = compose(first, compose(second, third))
    assert apply(text, left) == apply(text, right)


@given(two_layers())
def test_inverse_gives_the_text_back(layers: tuple[str, list[Edit], list[Edit]]) -> None:
    text, first, _ = layers
    assert apply(apply(text, first), invert(text, first)) == text


def test_what_a_rule_took_stays_put_down_to_it() -> None:
    """A line that goes later, around a span that went earlier, does not inherit the span."""
    # Over "Share this (Photo: AP) now".
    first = [Edit(11, 22, "", "image_credits/en/label")]
    second = [Edit(0, 15, "", "share_prompts/en/share")]
    assert compose(first, second) == [
        Edit(0, 11, "", "share_prompts/en/share"),
        Edit(11, 22, "", "image_credits/en/label"),
        Edit(22, 26, "", "share_prompts/en/share"),
    ]


RULE, FIX = "image_credits/en/label", "normalise/spaces"


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        ([Edit(0, 2, "ab", FIX)], [Edit(0, 2, "", RULE)], [Edit(0, 2, "", RULE)]),
        ([Edit(3, 5, "", RULE)], [Edit(2, 3, "x", FIX)], [Edit(2, 3, "x", FIX), Edit(3, 5, "", RULE)]),
        ([Edit(1, 3, "", RULE)], [Edit(1, 2, "x", FIX)], [Edit(1, 3, "", RULE), Edit(3, 4, "x", FIX)]),
        (
            [Edit(0, 1, "", FIX), Edit(4, 6, "", RULE)],
            [Edit(3, 3, "x", FIX)],
            [Edit(0, 1, "", FIX), Edit(4, 6, "x", RULE)],
        ),
    ],
    ids=["over what was written", "before a removal", "behind a removal", "inserted where something went"],
)
def test_each_stretch_is_put_down_to_who_took_it(first: list[Edit], second: list[Edit], both: list[Edit]) -> None:
    assert compose(first, second) == both


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(0, 2, "", "x"), Edit(1, 3, "", "x")],
        [Edit(2, 3, "", "x"), Edit(0, 1, "", "x")],
        [Edit(3, 2, "", "x")],
        [Edit(-1, 0, "", "x")],
        [Edit(0, 9, "", "x")],
        [Edit(6, 6, "a", "x")],
    ],
    ids=["overlap", "order", "backwards", "before the text", "past the end", "insertion past the end"],
)
def test_invalid_edits_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="edit"):
        apply("hello", edits)


# ---------------------------------------------------------------- a cleaned text


@pytest.mark.parametrize("profile", ["careful", "standard", "thorough"])
@given(text=texts)
def test_edits_make_the_clean_text_and_give_the_original_back(text: str, profile: Level, cleaner_for: MakeCleaner) -> None:
    cleaned = cleaner_for(profile).clean(text)
    assert cleaned.original == text
    assert apply(text, cleaned.edits) == cleaned.text
    account = json.loads(json.dumps(cleaned.to_json()))
    assert restore(cleaned.text, account) == text
    assert restore(cleaned.text, account["edits"]) == text


@given(text=hard_texts)
def test_original_with_any_characters_comes_back(text: str, cleaner_for: MakeCleaner) -> None:
    cleaned = cleaner_for("thorough").clean(text)
    assert restore(cleaned.text, json.loads(json.dumps(cleaned.to_json()))) == text
    assert restore(cleaned.text, json.loads(json.dumps(cleaned.to_json(), ensure_ascii=False))) == text


@pytest.mark.parametrize("text", ["\ud83d\ude00", "a\ud800\udc00\udc00\ud800\udc00b", "\ud800\ud800\udc00", "Share this article \ud83d\udcf7"])
def test_surrogate_pairs_survive_json(text: str, cleaner_for: MakeCleaner) -> None:
    """JSON reads two escaped halves as one character: no string of the account may hold a pair."""
    cleaned = cleaner_for().clean(text)
    assert restore(cleaned.text, json.loads(json.dumps(cleaned.to_json()))) == text


def _check_maps(cleaned: Cleaned) -> None:
    original, text = cleaned.original, cleaned.text
    written = {i for e in _clean_ranges(cleaned) for i in range(*e)}
    gone = {i for e in cleaned.edits for i in range(e.start, e.end)}
    back = [cleaned.to_original(i) for i in range(len(text) + 1)]
    there = [cleaned.to_clean(i) for i in range(len(original) + 1)]
    assert back == sorted(back)
    assert [t for t in there if t is not None] == sorted(t for t in there if t is not None)
    for i, at in enumerate(back[:-1]):
        if i not in written:
            assert text[i] == original[at]
            assert there[at] == i
    for i, place in enumerate(there[:-1]):
        if i not in gone:
            assert place is not None
            assert text[place] == original[i]
            assert back[place] == i
    assert back[-1] == len(original)
    assert there[-1] == len(text)
    for e in cleaned.edits:
        if not e.replacement:
            assert there[e.start : e.end] == [None] * (e.end - e.start)


def _clean_ranges(cleaned: Cleaned) -> list[tuple[int, int]]:
    """Where the replacements stand in the clean text."""
    shift, out = 0, []
    for e in cleaned.edits:
        out.append((e.start + shift, e.start + shift + len(e.replacement)))
        shift += len(e.replacement) - (e.end - e.start)
    return out


@given(st.data())
def test_offsets_of_drawn_edits(data: st.DataObject) -> None:
    text = data.draw(st.text("abcdefghij\n", max_size=30))
    edits = data.draw(edits_over(text))
    _check_maps(Cleaned(text, apply(text, edits), tuple(edits)))


@given(text=texts)
def test_offsets_of_cleaned_text(text: str, cleaner_for: MakeCleaner) -> None:
    _check_maps(cleaner_for("thorough").clean(text))


def test_offsets_outside_the_text_are_refused() -> None:
    cleaned = Cleaned("abc", "ac", (Edit(1, 2, "", "x"),))
    for bad in (-1, 3):
        with pytest.raises(IndexError, match="outside the clean text"):
            cleaned.to_original(bad)
    for bad in (-1, 4):
        with pytest.raises(IndexError, match="outside the original"):
            cleaned.to_clean(bad)


def test_edits_of_another_text_are_refused(cleaner_for: MakeCleaner) -> None:
    cleaned = cleaner_for().clean("The  vote\u00a0is on Monday.\nThe ministers at the lake. Pics: Reuters")
    account = cleaned.to_json()
    assert account["edits"]
    with pytest.raises(ValueError, match="not the edits that made it"):
        restore("Something else", account)
    with pytest.raises(ValueError, match="not the edits that made it"):
        restore(cleaned.text[:3], account)


@pytest.mark.parametrize(
    "edits",
    [
        [{"start": 1, "end": 2, "replacement": "x", "original": "y"}],
        [{"start": 1, "end": 3, "replacement": "", "original": "y"}],
        [{"start": 2, "end": 3, "replacement": "", "original": "y"}, {"start": 0, "end": 1, "replacement": "", "original": "y"}],
    ],
    ids=["what was written is not there", "what stood there is not as long", "order"],
)
def test_edits_that_do_not_fit_a_text_are_refused(edits: list[dict[str, object]]) -> None:
    with pytest.raises(ValueError, match="does not fit this text"):
        restore("abc", edits)
