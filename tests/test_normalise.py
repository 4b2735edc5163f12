"""The normaliser: equal to ftfy where it must be, and silent on sound text.

ftfy is called as the project uses it: curly quotes stay curly, full-width characters stay wide.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from itertools import pairwise

import ftfy
import pytest
import regex
from hypothesis import assume, event, given
from hypothesis import strategies as st

from cleaner import normalise as module
from cleaner.edits import apply
from cleaner.model import Edit
from cleaner.normalise import FIXES, LINE_FIXES, blank_lines, normalise
from cleaner.pipeline import Cleaner
from cleaner.rules import load
from tests.conftest import MakeCleaner
from tests.strategies import HARD_CHARACTERS, hard_texts, paragraphs, prose_texts, texts

#: Our own fixes, which ftfy does not have.
OURS = ("invisible", "spaces")


def mend(text: str, skip: tuple[str, ...] = ()) -> str:
    return apply(text, normalise(text, skip))


def by_ftfy(text: str) -> str:
    return str(ftfy.fix_text(text, uncurl_quotes=False, fix_character_width=False))


# ---------------------------------------------------------------- as ftfy does

# The examples of ftfy's own documentation.
DOCUMENTED = [
    "âœ” No problems",
    "&macr;\\_(ã\x83\x84)_/&macr;",
    "Broken text&hellip; it&#x2019;s ﬂubberiﬁc!",
    "ＬＯＵＤ　ＮＯＩＳＥＳ",
    "sÃ³",
    "voilÃ  le travail",
    "voilÃ\xa0le travail",
    "&ATILDE;&SUP3;",
    "schÃ¶n",
    "&lt;tag&gt;",
    "&Jscr;ohn &HilbertSpace;ancock",
    "&checkmark;",
    "P&eacute;rez",
    "P&EACUTE;REZ",
    "BUNDESSTRA&SZLIG;E",
    "&ntilde; &Ntilde; &NTILDE; &nTILDE;",
    "\033[36;44mI'm blue, da ba dee da ba doo...\033[0m",
    "\u201chere\u2019s a test\u201d",
    "ﬂuﬃeﬆ",
    "Ｕﾀｰﾝ",
    "This string is made of two things:\u20291. Unicode\u20282. Spite",
    "Content-type: text/plain\r\n\r\nHi.",
    "This is how Microsoft \r trolls Mac users",
    chr(0xD83D) + chr(0xDCA9),
    chr(0xDCA9) + chr(0xD83D),
    "\ufeffWhere do you want to go today?",
    "\\u20a1 is the currency symbol for the colón.",
    "(╯°□°)╯︵ ┻━┻",
]
# More of what scraping does, made for this.
MADE = [
    "The mayorâ€™s â€œplanâ€\x9d â€“ a draft",
    "Ð\x9fÑ€Ð¸Ð²ÐµÑ‚",
    "Pâté â€” Ã©tÃ©",
    "CafÃ© &amp; Bar &#8211; ouvert jusquâ€™Ã\xa0 minuit",
    "one\x93quoted\x94 word, an \x85 and a \x80 sign",
    "a lone half \ud83d stays marked",
    "e\u0301te\u0301 and A\u030a",
    "&amp;amp; twice, &amp;lt;b&amp;gt; once more",
    "it&#39;s &quot;fine&quot;, &nosuchname; &amp &copy2024",
    "R&D, AT&T; &#0; &#x110000; &#1234567890123456789012345;",
    "Ĳsselmeer ŉ ǆ Ǉ",
    "naïve façade, 100 % ½ № ① ™",
    "\x00\x01NUL\x7f and \u206abad\u206f and \ufff9an\ufffanot\ufffb",
    "ä½\xa0å¥½",
    "ã\x81\x93ã‚“ã\x81«ã\x81¡ã\x81¯",
]


@pytest.mark.parametrize("text", DOCUMENTED + MADE)
def test_line_comes_out_as_ftfy_has_it(text: str) -> None:
    assert mend(text, OURS) == by_ftfy(text)


@pytest.mark.parametrize("text", ["one\r\ntwo\rthree\nfour", "\r\r\n\n", "a\u2028b\u2029c", "end\r\n"])
def test_line_breaks_come_out_as_ftfy_has_them(text: str) -> None:
    assert mend(text, OURS) == by_ftfy(text)


ENCODINGS = ["latin-1", "sloppy-windows-1252", "sloppy-windows-1251", "iso-8859-2", "sloppy-windows-1250", "macroman", "cp437"]


@given(st.sampled_from([line for p in paragraphs() for line in p.split("\n")]), st.sampled_from(ENCODINGS), st.integers(1, 2))
def test_misread_line_comes_out_as_ftfy_has_it(line: str, encoding: str, times: int) -> None:
    misread = line
    for _ in range(times):
        misread = misread.encode("utf-8").decode(encoding, "replace")
    assume("<" not in misread)
    event(f"{encoding} mended: {by_ftfy(misread) == line}")
    if not regex.search("[\n\r\x85\u2028\u2029]", misread):
        assert mend(misread, OURS) == by_ftfy(misread)


@given(st.lists(HARD_CHARACTERS, max_size=40).map("".join))
def test_drawn_line_comes_out_as_ftfy_has_it(line: str) -> None:
    # What differs by design (see the module's docstring): mark-up, and \x85 as a line break.
    assume(not regex.search("[<\n\r\x85\u2028\u2029]|&lt;?", line))
    event(f"changed: {by_ftfy(line) != line}")
    assert mend(line, OURS) == by_ftfy(line)


@pytest.mark.parametrize("language", sorted(prose_texts()))
def test_misread_prose_comes_back(language: str) -> None:
    """UTF-8 read as Windows-1252, line by line, as a whole document."""
    prose = prose_texts()[language]
    misread = "\n".join(line.encode("utf-8").decode("sloppy-windows-1252") for line in prose.split("\n"))
    if not prose.isascii():
        assert misread != prose
    assert mend(misread, OURS) == by_ftfy(misread)


# ---------------------------------------------------------------- where we differ from ftfy


def test_entities_on_lines_with_markup_stay_and_those_after_do_not() -> None:
    text = "AT&amp;T\n<b>R&amp;D</b>\nQ&amp;A"
    assert mend(text) == "AT&T\n<b>R&amp;D</b>\nQ&A"
    assert by_ftfy(text) == "AT&T\n<b>R&amp;D</b>\nQ&amp;A"


def test_line_is_read_the_same_whatever_stands_above() -> None:
    lines = ["<p>&eacute;</p>", "caf&eacute;", "voilÃ\xa0", "\x93quote\x94", "plain"]
    alone = [mend(line) for line in lines]
    assert mend("\n".join(lines)) == "\n".join(alone)
    assert mend("\n".join(reversed(lines))) == "\n".join(reversed(alone))


def test_next_line_character_breaks_lines_only_where_nothing_else_does() -> None:
    assert mend("one\x85two\x85three") == "one\ntwo\nthree"
    assert mend("wait\x85\nwhat") == "wait…\nwhat"
    assert mend("\x93wait\x85\x94 he said") == "“wait…” he said"
    assert mend("Ã\x85ngstrÃ¶m") == "Ångström"


def test_entity_needs_its_semicolon() -> None:
    assert mend("this&not that, x&copy y, R&D") == "this&not that, x&copy y, R&D"


def test_tag_that_entities_spell_is_decoded_once_and_for_all() -> None:
    assert mend("&lt;b&gt; R&amp;amp;D") == "<b> R&D"


# ---------------------------------------------------------------- sound text

SOUND = {
    "curly quotes": "“It’s ‘fine’,” she said – twice — and… left.",
    "guillemets and low quotes": "« Oui », „ja“, ‹so›, »nein«",
    "Chinese punctuation": "他说：“好！”——（然后）他走了。《书》、「引」……",
    "Japanese width": "「ＡＢＣ」と『１２３』は、全角です。ｶﾅもある！？",
    "ideographic space": "　全角の字下げは残る。名前　一覧",
    "words with f and i": "The official finished his coffee in a fjord of fluff.",
    "combining marks without a composed form": "r̃ m̂ ḥ̱ ɛ̃ ŋ́",
    "combining marks of Indic script": "क्षत्रिय, ज्ञान, শ্রী, தமிழ், తెలుగు",
    "Thai": "กำลังน้ำท่วม ไม่เป็นไร",
    "break marks in Thai": "ภาษา\u200bไทย\u200bง่าย",
    "emoji family": "👩‍👩‍👧‍👦 went out",
    "emoji with skin and hair": "👩🏽‍🦰 and 🧑🏿‍🚀",
    "emoji flags": "🏳️‍🌈 🇳🇴 🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "emoji keycaps and hearts": "1️⃣ ❤️ ❤️‍🔥 ☂️",
    "Persian with non-joiners": "می‌خواهم کتاب‌ها را بخوانم",
    "Devanagari with joiners": "क्‍ष और श्री‌मती",
    "Sinhala with joiner": "ශ්‍රී ලංකා",
    "Malayalam": "അവന്‍ വന്നു",
    "Hebrew with direction marks": "הפרק \u200fC++\u200e נגמר",
    "Arabic with isolates": "قال \u2068Jane Doe\u2069 نعم",
    "Hebrew points": "שָׁלוֹם עֲלֵיכֶם",
    "Arabic vowels": "السَّلَامُ عَلَيْكُمْ",
    "Vietnamese": "Tiếng Việt có nhiều dấu: ậ, ễ, ữ",
    "Turkish": "İstanbul'da ılık bir gün, ŞİŞLİ",
    "German": "Straße, Maß, GROẞ, ﬀ sagt niemand".replace("ﬀ", "ff"),
    "sharp currencies": "€5, £6, ¥7, ₹8, ₽9, ₿1",
    "maths": "x² + y₂ ≠ √z · ½ ± 3 × 4 ÷ 5 − 1",
    "code": "if (a && b) { return x<y ? &z : w; }",
    "table in columns": "Name      Goals     Games",
    "tab-separated": "a\tb\tc",
    "indented": "    return 60",
    "a URL": "https://example.org/?a=1&b=2&copy=3#x",
    "ellipsis of dots": "Well ... no. And so on...",
    "soft sign and hard sign": "съезд, объём, вьюга",
    "Korean": "한국어 문장입니다. 괄호(예)와 “인용”",
    "Armenian and Georgian": "Բարև աշխարհ։ გამარჯობა",
    "Lithuanian accents": "Ąžuolas, ėjo, ų̃",
    "Greek, old accents": "ἐν ἀρχῇ ἦν ὁ λόγος",
    "music and cards": "♩ ♪ ♭ ♯ ♠ ♥",
}


@pytest.mark.parametrize("text", [unicodedata.normalize("NFC", t) for t in SOUND.values()], ids=SOUND)
def test_sound_text_has_no_edit(text: str) -> None:
    assert normalise(text) == []
    assert normalise(f"Above.\n{text}\nBelow.") == []


@pytest.mark.parametrize("language", sorted(prose_texts()))
def test_prose_has_no_edit(language: str) -> None:
    assert normalise(prose_texts()[language]) == []


@given(st.lists(st.sampled_from(paragraphs()), min_size=1, max_size=4), hard_texts)
def test_sound_line_beside_broken_ones_is_not_touched(sound: list[str], broken: str) -> None:
    """What is wrong with one line says nothing about another."""
    assume("\x85" not in broken)  # alone in a text it breaks lines
    text = "\n\n".join(sound)
    mended = mend(f"{broken}\n{text}\n{broken}")
    assert f"\n{text}\n" in mended


# ---------------------------------------------------------------- each fix

# Fix -> text that only it changes, and what becomes of it.
ONE_EACH = {
    "line-breaks": ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
    "entities": ("Q&amp;A &#8211; caf&eacute;", "Q&A – café"),
    "mojibake": ("the mayorâ€™s cafÃ©", "the mayor’s café"),
    "c1-controls": ("\x80 5", "€ 5"),
    "ligatures": ("ﬁne eﬀort", "fine effort"),
    "surrogates": ("\ud83d\ude00 and \ud83d", "😀 and \ufffd"),
    "terminal-escapes": ("\x1b[31mred\x1b[0m", "red"),
    "control-characters": ("a\x00b\ufeffc\ufffcd", "abcd"),
    "nfc": ("cafe\u0301", "café"),
    "invisible": ("zero\u200bwidth soft\xadhyphen", "zerowidth softhyphen"),
    "spaces": ("one\xa0two  three ", "one two three"),
    "blank-lines": ("\n\none\n\n\n\ntwo\n\n", "one\n\ntwo\n"),
}


def test_every_fix_is_shown() -> None:
    assert set(ONE_EACH) == set(FIXES)


def mended_by_cleaner(text: str, skip: tuple[str, ...]) -> tuple[str, set[str]]:
    cleaned = Cleaner(replace(load(), rules=()), skip=skip).clean(text)
    return cleaned.text, {e.cause.split("/", 1)[1] for e in cleaned.edits}


@pytest.mark.parametrize("fix", FIXES)
def test_fix_mends_what_it_is_for(fix: str) -> None:
    broken, sound = ONE_EACH[fix]
    # ftfy's repair of mojibake mends these too, and comes first.
    text, causes = mended_by_cleaner(broken, ("mojibake",) if fix == "c1-controls" else ())
    assert text == sound
    assert fix in causes


@pytest.mark.parametrize("fix", FIXES)
def test_fix_can_be_switched_off(fix: str) -> None:
    broken, _ = ONE_EACH[fix]
    _, causes = mended_by_cleaner(broken, (fix,))
    assert fix not in causes
    text, _ = mended_by_cleaner(broken, tuple(FIXES))
    assert text == broken


@given(texts, st.sets(st.sampled_from(FIXES)))
def test_fix_that_is_off_never_acts(text: str, off: set[str]) -> None:
    _, causes = mended_by_cleaner(text, tuple(off))
    assert not causes & off


REMOVED = {
    "zero-width space": ("mi\u200bddle", "middle"),
    "word joiner": ("mid\u2060dle", "middle"),
    "soft hyphen": ("Donau\xaddampf\xadschiff", "Donaudampfschiff"),
    "byte-order mark": ("\ufeffstart and mid\ufeffdle", "start and middle"),
    "stray joiner in Latin": ("cof\u200dfee and te\u200ca", "coffee and tea"),
    "direction marks in Latin": ("left\u200e to \u200fright\u202a embed\u202c \u2066iso\u2069", "left to right embed iso"),
    "joiner after nothing": ("\u200dstart", "start"),
    "joiner after a digit": ("5\u200d000", "5000"),
    "object replacement": ("picture \ufffc here", "picture here"),
}


@pytest.mark.parametrize(("broken", "sound"), REMOVED.values(), ids=REMOVED)
def test_invisible_character_goes(broken: str, sound: str) -> None:
    assert mend(broken) == sound


SPACES = {
    "no-break space": ("10\xa0000\xa0km", "10 000 km"),
    "narrow no-break space": ("dit\u202f: « non\u202f»", "dit : « non »"),
    "thin and hair spaces": ("a\u2009b\u200ac", "a b c"),
    "run of spaces": ("one   two", "one two"),
    "mixed run": ("one \xa0 two", "one two"),
    "trailing": ("end  \t", "end"),
    "only blanks": (" \t\xa0", ""),
    "leading stays": ("    indented", "    indented"),
    "leading no-break": ("\xa0\xa0indented", "  indented"),
    "tab between words stays": ("a\tb", "a\tb"),
    "columns stay": ("Ole      12      3", "Ole      12      3"),
    "run of no-break spaces": ("Ole\xa0\xa0\xa0\xa012", "Ole 12"),
    "ideographic space stays": ("東京　大阪", "東京　大阪"),
}


@pytest.mark.parametrize(("broken", "sound"), SPACES.values(), ids=SPACES)
def test_spaces(broken: str, sound: str) -> None:
    assert mend(broken) == sound


BLANK = {
    "run becomes one": ("a\n\n\n\nb", "a\n\nb"),
    "one stays": ("a\n\nb", "a\n\nb"),
    "none stays none": ("a\nb", "a\nb"),
    "at the start": ("\n\na", "a"),
    "at the end": ("a\n\n\n", "a\n"),
    "no final break is made": ("a", "a"),
    "nothing but breaks": ("\n\n\n", ""),
    "empty": ("", ""),
}


@pytest.mark.parametrize(("given_", "wanted"), BLANK.values(), ids=BLANK)
def test_blank_lines(given_: str, wanted: str, cleaner_for: MakeCleaner) -> None:
    final = given_.endswith("\n")
    assert apply(given_, [Edit(a, b, r, "tidy/blank-lines") for a, b, r in blank_lines(given_, final)]) == wanted
    assert cleaner_for().clean_text(given_) == wanted


def test_blank_line_of_blanks_counts_as_blank(cleaner_for: MakeCleaner) -> None:
    assert cleaner_for().clean_text("a\n \t\n\xa0\n\u3000\nb") == "a\n\nb"


# ---------------------------------------------------------------- all together


@given(texts)
def test_normalising_is_stable(text: str) -> None:
    once = mend(text)
    assert normalise(once) == []


@given(texts)
def test_gate_only_skips_work(text: str) -> None:
    """With the gate wide open, nothing more is found."""
    gated = normalise(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_suspect", lambda text: True)
        assert normalise(text) == gated


@given(texts)
def test_edits_are_small_and_say_who(text: str) -> None:
    for e in normalise(text):
        assert e.cause.removeprefix("normalise/") in (*LINE_FIXES, "line-breaks")
        assert text[e.start : e.end] != e.replacement
    assert all(a.end <= b.start for a, b in pairwise(normalise(text)))


def test_one_bad_line_costs_only_itself() -> None:
    """Offsets of a repair in the middle of a long text point at the very characters."""
    text = "Sound line.\n" * 500 + "the mayorâ€™s plan\n" + "Sound line.\n" * 500
    [edit] = normalise(text)
    assert text[edit.start : edit.end] == "â€™"
    assert edit.replacement == "’"


def test_long_line_is_mended_in_pieces_that_fit_together() -> None:
    line = "word " * 450_000 + "cafÃ©"
    mended = mend(line)
    assert mended == "word " * 450_000 + "café"


def test_text_that_is_decomposed_throughout_keeps_its_form() -> None:
    prose = "Die Bäume stehen am Südufer, und die Vögel hören früh auf zu tönen, wenn es kühl wird."
    decomposed = unicodedata.normalize("NFD", "\n".join([prose] * 5))
    assert mend(decomposed) == decomposed
    slips = f"{prose}\n" * 5 + decomposed[:60]
    assert mend(slips) == unicodedata.normalize("NFC", slips)
