"""Which language a text is in, by langdetect: seeded, on a sample, only when asked for.

langdetect (Nakatani, 2010; Python port by Danilak) is a naive Bayes classifier over character
n-grams for 55 languages. It draws random numbers, so without a seed it gives different answers
to one question (langdetect issue 120).
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import chain, repeat
from threading import Lock
from typing import Any

import regex

from cleaner.lazy import lazily

#: Characters of running text that are looked at; more does not help and costs time.
SAMPLE = 600
#: A language counts as the document's where it is at least so likely.
LIKELY = 0.2
#: Fewer letters than this tell nothing.
FEWEST_LETTERS = 20

_LETTER = lazily(r"\p{L}")
_LOCK = Lock()
# Names of langdetect that are not ISO 639-1 or too fine for rule files.
_CODES = {"no": "nb", "zh-cn": "zh", "zh-tw": "zh"}
#: A sample of fewer words is left to langdetect.
_FEWEST_WORDS = 30
# Written so alike that one sample does not tell them apart.
_ALIKE = {"nb": ("da",), "da": ("nb",)}


@lru_cache(maxsize=256)
def _probabilities(sample: str) -> tuple[tuple[str, float], ...]:
    from langdetect.lang_detect_exception import LangDetectException

    with _LOCK:
        detector = _factory().create()
    detector.seed = 0
    detector.append(sample)
    try:
        found = detector.get_probabilities()
    except LangDetectException:
        return ()
    return tuple((_CODES.get(r.lang, r.lang), r.prob) for r in found)


@lru_cache(maxsize=1)
def _factory() -> Any:
    """langdetect's profiles: a third of a second to load, so not at import. Call under the lock."""
    from langdetect import detector_factory

    detector_factory.init_factory()
    return detector_factory._factory


def sample(text: str) -> str:
    """The part of ``text`` that its language is told by: its longer lines, from the top."""
    head = text[: 20 * SAMPLE]
    lines = [line for line in head.split("\n") if len(line) >= 40] or head.split("\n")
    out: list[str] = []
    size = 0
    for line in lines:
        out.append(line[: SAMPLE - size])
        size += len(line) + 1
        if size >= SAMPLE:
            break
    return "\n".join(out)


def probabilities(text: str) -> tuple[tuple[str, float], ...]:
    """Languages of ``text`` with how likely each is, most likely first; empty where nothing tells."""
    part = sample(text)
    if len(_LETTER.findall(part)) < FEWEST_LETTERS:
        return ()
    return _probabilities(part)


def detect(text: str) -> str | None:
    """ISO 639-1 code of the most likely language (``nb`` for Norwegian), or None."""
    found = probabilities(text)
    return found[0][0] if found else None


def document_languages(text: str) -> frozenset[str]:
    """Languages whose rules may be used on ``text``: the likely ones, and those written alike.

    A language counts only where :func:`possible` names it, so that most texts need no detection at all.
    """
    found = possible(text)
    if not found or _clear(sample(text)):
        return found
    return found & _with_those_alike({code for code, p in probabilities(text) if p >= LIKELY})


def _with_those_alike(codes: set[str]) -> set[str]:
    return codes | {twin for code in codes for twin in _ALIKE.get(code, ())}


_ENGLISH = frozenset("the of and to in a is that for it on with as was at by be this have from or not are but".split())
# What may stand around a word between spaces, and hardly within one; figures as well: what is left of them is no word.
_AROUND_WORDS = ".,;:!?…‽\"“”„‟«»‹›‚()[]{}<>—–-/|•·*#+=%&$€£@_~`^0123456789¿¡。、！？「」『』（）"
_SCRIPTS = {
    code: lazily(rf"[{classes}]")
    for code, classes in {
        "ru": r"\p{Cyrl}", "uk": r"\p{Cyrl}", "bg": r"\p{Cyrl}", "sr": r"\p{Cyrl}", "mk": r"\p{Cyrl}", "kk": r"\p{Cyrl}",
        "el": r"\p{Grek}", "ar": r"\p{Arab}", "fa": r"\p{Arab}", "ur": r"\p{Arab}", "he": r"\p{Hebr}", "hi": r"\p{Deva}",
        "mr": r"\p{Deva}", "bn": r"\p{Beng}", "ta": r"\p{Taml}", "te": r"\p{Telu}", "gu": r"\p{Gujr}", "kn": r"\p{Knda}",
        "ml": r"\p{Mlym}", "pa": r"\p{Guru}", "th": r"\p{Thai}", "ja": r"\p{Hira}\p{Kana}\p{Hani}", "zh": r"\p{Hani}",
        "ko": r"\p{Hang}", "ka": r"\p{Geor}", "hy": r"\p{Armn}",
    }.items()
}  # fmt: skip
# Frequent words that are no words of English. One of them is a sign of the language, no more.
_SIGNS = {
    code: frozenset(words.split())
    for code, words in {
        "de": "der das und ist nicht mit von auf ein eine einen einer dem den zu für sich sie es wird bei als auch nach aus uns wir sind über im zum zur ihr ihre oder haben kann wie mehr vor noch nur um jetzt hier alle folgen foto",
        "fr": "les et est une des du que qui dans pas au aux avec ce cette vous nous il elle sont ont été mais ses leur vos votre notre lire suivez",
        "es": "los las es una que por para con se su al lo como más pero sus este esta también fue desde hasta nos tu síguenos",
        "it": "il lo gli è di che una con della dei delle al alla si da nel nella sono più anche come ma questo questa su ci tua",
        "pt": "os é um uma da dos das que não em na para com por se ao mais como mas foi são tem pelo pela seu sua nos nas está também você",
        "nl": "het een van niet op te met voor zijn er aan door ook bij naar uit maar nog wordt deze dit je ons wij hebben heeft meer",
        "sv": "och att det som på är av för med till den har inte ett jag vi från så när också eller mer din oss här",
        "nb": "og det som på er av med til den har ikke et jeg vi fra så når også eller mer din oss å ble",
        "da": "og det som på er af med til den har ikke et jeg vi fra så når også eller mere din os blev",
        "fi": "ja ei se että hän oli ovat mutta kun myös niin tai joka jos kuin sekä ole mukaan vuonna tämä mitä nyt lue jaa meitä sen",
        "pl": "w na z się nie że jest jak za od po co dla przez ale są był oraz już tym także który tego czy ze nas",
        "cs": "v na se je že s z za pro ale po jako jsou od který také byl už více jsme si při nebo ve nás",
        "sk": "v na sa je že s z aj za pre ale po ako sú od ktorý tiež bol už viac sme si pri alebo vo nás",
        "hu": "az és hogy nem egy ez meg van csak már volt mint ki még vagy azt lehet sem minden után több kell itt minket",
        "ro": "și în pe cu nu că este din să mai pentru care au fost ce sau ca dar prin după sunt s-a lui ale noi",
        "tr": "ve bir bu için ile da daha olarak çok gibi olan ama sonra kadar değil ise biz şu veya bizi haber",
        "id": "yang di ini dengan untuk dari itu dalam tidak pada akan juga ke adalah oleh bisa ada kami kita atau sebagai telah karena baca",
        "ms": "yang di ini dengan untuk dari itu dalam tidak pada akan juga ke adalah oleh boleh ada kami kita atau sebagai telah kerana",
        "vi": "và của là có các cho trong không được một với này những người khi để đã về tại từ theo như đến ra trên vào",
        "sl": "je na se da v za ki z s ni tudi po bi od kot ali še bo pri",
        "hr": "je na se da u za su koji s nije od te kao što ili bi će iz po",
        "ca": "els les és una que amb es més com però al dels aquest",
        "eu": "eta da ez du bat ere dira zen egin izan baina hau den dute gehiago",
        "gl": "os é unha da que para con por se máis como",
        "et": "ja ei et see oli ka mis aga kui ning oma või tema selle nii",
        "lv": "ir ka uz ar tas bet kas arī nav vai kā pie",
        "lt": "ir yra kad į iš su tai bet kaip buvo ar jo apie",
        "sw": "na ya wa kwa ni katika za kuwa hii cha huo lakini",
    }.items()
}  # fmt: skip


_SIGNS_AND_ENGLISH = {**_SIGNS, "en": _ENGLISH}
_LANGUAGES_OF_WORD: dict[str, tuple[str, ...]] = {
    word: tuple(code for code, signs in _SIGNS_AND_ENGLISH.items() if word in signs) for word in frozenset().union(*_SIGNS_AND_ENGLISH.values())
}
# Scripts that one language writes, and letters that tell apart those that share one.
_OWN_SCRIPT = {code: lazily(rf"[{cls}]") for code, cls in {"ko": r"\p{Hang}", "th": r"\p{Thai}", "el": r"\p{Grek}", "he": r"\p{Hebr}"}.items()}
_KANA, _HAN = lazily(r"[\p{Hira}\p{Kana}]"), lazily(r"\p{Hani}")
_SHARED_SCRIPT = {
    lazily(r"\p{Cyrl}"): {"ru": lazily("[ыэё]", regex.I), "uk": lazily("[іїєґ]", regex.I)},
    lazily(r"\p{Arab}"): {"ar": lazily("[ةيك]"), "fa": lazily("[پچژگکی]"), "ur": lazily("[ٹڈڑںے]")},
}
#: Share of a sample's letters, and of its words, from which a script or a language's frequent words leave no doubt.
_MOST_LETTERS, _MANY_WORDS = 0.5, 0.15
#: Another language's frequent words may be so many of those.
_OTHERS = 0.6
#: Fewer are enough where another language has hardly any: so many, so large a share, another's so many of those. On 4,940 texts in
#: Latin letters both together tell 96 in a hundred, one of them otherwise than langdetect.
_SOME, _SOME_WORDS, _FEW_OTHERS = 5, 0.06, 0.3


@lru_cache(maxsize=1)
def _beyond_latin() -> re.Pattern[str]:
    """Finds a letter of another script. Compiled by re: regex is five times as slow over so many ranges."""
    return re.compile(r"[\u0370-\u1dff\u1f00-\u1fff\u2c80-\u2dff\u2e80-\ua71f\ua800-\uab2f\uabc0-\ufaff\ufb10-\ufdff\ufe70-\ufeff\uff66-\uffdc]")


def _is_beyond_latin(part: str) -> bool:
    """Whether letters of another script than Latin stand in a sample."""
    return not part.isascii() and _beyond_latin().search(part) is not None


@lru_cache(maxsize=256)
def _clear(part: str) -> str | None:
    """The language of a sample where its script or its frequent words leave no doubt; else None: langdetect is asked."""
    if _is_beyond_latin(part):
        enough = _MOST_LETTERS * len(_LETTER.findall(part))
        for code, script in _OWN_SCRIPT.items():
            if len(script.findall(part)) > enough:
                return code
        kana = len(_KANA.findall(part))
        if kana + len(_HAN.findall(part)) > enough:
            return "ja" if kana > enough / 5 else "zh" if not kana else None
        for script, own in _SHARED_SCRIPT.items():
            if len(script.findall(part)) > enough:
                held = [code for code, letters in own.items() if len(letters.findall(part)) > enough / 50]
                return held[0] if len(held) == 1 else None
    words, tally = _tally(part)
    if words < _FEWEST_WORDS or not tally:
        return None
    counts = sorted(((n, code) for code, n in tally.items()), reverse=True)
    (most, code), others = counts[0], counts[1:]
    second = next((n for n, other in others if other not in _ALIKE.get(code, ())), 0)
    many = most > _MANY_WORDS * words and second < _OTHERS * most
    few = most >= _SOME and most > _SOME_WORDS * words and second < _FEW_OTHERS * most
    return code if many or few else None


@lru_cache(maxsize=256)
def _tally(part: str) -> tuple[int, Counter[str]]:
    """How many words a sample has, and how many of them are frequent ones of each language."""
    words = [word for token in part.lower().split() if (word := token.strip(_AROUND_WORDS))]
    return len(words), Counter(chain.from_iterable(map(_LANGUAGES_OF_WORD.get, words, repeat(()))))


@lru_cache(maxsize=256)
def _possible(part: str) -> frozenset[str]:
    clear = _clear(part)
    found = set(_tally(part)[1]) - {"en"}
    if not part.isascii():
        found.add("sr")  # written in Latin letters too
        if _is_beyond_latin(part):
            found |= {code for code, pattern in _SCRIPTS.items() if pattern.search(part)}
    return frozenset(found & _with_those_alike({clear}) if clear else found)


def possible(text: str) -> frozenset[str]:
    """Languages of which ``text`` shows any sign: a frequent word, or their script. Cheap.

    Where script or frequent words leave no doubt, that language and those written alike. English words are
    no sign, so that an English text gives the empty set.
    """
    return _possible(sample(text))
