"""Phrases in scripts of which sites write one word in several ways: a rule names one of them, and all are found."""

from __future__ import annotations

import unicodedata

import pytest
import regex

from cleaner.phrases import alternatives, cues, fold, needs, parse, to_regex


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("اقرأ أيضًا", "اقرأ أيضاً"),
        ("اقرأ أيضًا", "اقرا أيضا"),
        ("اقرأ أيضاً", "اقرأ ايضًا"),
        ("تابعونا على", "تابعونا علي"),
        ("حمّل التطبيق", "حمل التطبيق"),
        ("بیشتر بخوانید", "بيشتر بخوانيد"),
        ("کپی لینک", "كپي لينك"),
        ("هم‌رسانی کنید", "هم رسانی کنید"),
        ("هم‌رسانی کنید", "همرسانی کنید"),
        ("نظر شما؟", "نظر شما?"),
        ("लेटेस्ट न्यूज़", "लेटेस्ट न्यूज"),
        ("फ़ोटो देखें", "फोटो देखें"),
        ("यहाँ पढ़ें", "यहां पढ़ें"),
        ('דובר צה"ל', "דובר צה״ל"),
        ("גטי אימג'ס", "גטי אימג׳ס"),
    ],
)
def test_phrase_is_found_in_other_spellings(phrase: str, text: str) -> None:
    nodes = parse(phrase)
    text = unicodedata.normalize("NFC", text)
    assert regex.fullmatch(to_regex(nodes), text)
    assert any(cue in fold(text) for cue in cues(nodes, {}))
    # What is asked for before the pattern is tried must be in every spelling.
    assert all(any(cue in fold(text) for cue in some) for some in needs(nodes))


@pytest.mark.parametrize(("phrase", "text"), [("حمّل", "حجل"), ("می‌خوانید", "می-خوانید"), ("पढ़ें", "पड़ें"), ("تابعنا", "تابعن")])
def test_other_words_are_not_found(phrase: str, text: str) -> None:
    assert not regex.fullmatch(to_regex(parse(phrase)), unicodedata.normalize("NFC", text))


def test_list_of_words_is_found_in_other_spellings() -> None:
    pattern = alternatives(["واتس‌اپ", "واتس‌آپ", "فیس‌بوک", "یوتیوب", "फ़ेसबुक", "हाँ", "أيضًا"])
    for text in ("واتساپ", "واتس اپ", "واتس‌آپ", "فيسبوك", "يوتيوب", "फेसबुक", "हां", "ايضاً"):
        assert regex.fullmatch(pattern, unicodedata.normalize("NFC", text)), text
    assert not regex.fullmatch(pattern, "یوتیو")
