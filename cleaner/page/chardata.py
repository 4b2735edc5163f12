"""Tables over characters and words: classes of characters, lower case, function words.

The tables are computed once, by ``benchmarks/page_model.py``, and shipped with the weights: a
newer Unicode in another Python must not change what the model sees.
"""

from __future__ import annotations

import sys
import unicodedata
from typing import Any

import numpy as np

# Classes of characters. What counts as a letter of a word lies between LOWER and MARK.
(
    BREAK, SPACE, LOWER, UPPER, HAN, KANA, HANGUL, SPACELESS, RTL, OTHER_LETTER, DIGIT, MARK,
    STOP, COMMA, MARKS, COLON, SEMICOLON, QUOTE, BRACKET, DASH, SLASH, BAR, AT, CURRENCY, SYMBOL,
    ARROW, CODE, AMPERSAND, APOSTROPHE, ELLIPSIS, PUNCTUATION, OTHER,
) = range(32)  # fmt: skip
CLASSES = 32

_SINGLE = {
    STOP: ".۔।",
    COMMA: ",،、，",
    MARKS: "!?。！？؟‽．｡",
    COLON: ":：",
    SEMICOLON: ";；؛",
    QUOTE: "\"“”„‟«»「」『』‘‚‹›《》〈〉",
    BRACKET: "()[]（）【】［］〔〕",
    DASH: "-‐‑‒–—―",
    SLASH: "/\\／",
    BAR: "|¦│┃•·●○▪▫■□◦‣∙⋅｜",
    AT: "@#＠＃",
    ARROW: "→←↑↓↗↘▶►▸▾▼▲◀◄⟶➔➜➤⇒↵",
    CODE: "{}<>=_`^~$",
    AMPERSAND: "%&+*§¶",
    APOSTROPHE: "'’ʼ`´",
    ELLIPSIS: "…⋯",
}

_RANGES = (
    (HAN, (0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF)),
    (KANA, (0x3040, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F)),
    (HANGUL, (0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7AF)),
    (SPACELESS, (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF)),
    # Armenian, Georgian and Cherokee have small letters and capitals, but no page in them was there to learn from.
    (OTHER_LETTER, (0x0530, 0x058F), (0x10A0, 0x10FF), (0x13A0, 0x13FF), (0x1C90, 0x1CBF), (0x2D00, 0x2D2F), (0xAB70, 0xABBF)),
    (RTL, (0x0590, 0x08FF), (0xFB1D, 0xFDFF), (0xFE70, 0xFEFC)),
)


def char_class(code: int) -> int:
    """The class of one character, by its Unicode category, its script and the lists above."""
    char = chr(code)
    if char == "\n":
        return BREAK
    for number, chars in _SINGLE.items():
        if char in chars:
            return number
    category = unicodedata.category(char)
    if category[0] == "L":
        for number, *ranges in _RANGES:
            if any(a <= code <= b for a, b in ranges):
                return number
        return {"Ll": LOWER, "Lu": UPPER, "Lt": UPPER}.get(category, OTHER_LETTER)
    if category[0] in "ZC":
        return SPACE if category in ("Zs", "Zl", "Zp", "Cc", "Cf") else OTHER
    return {"N": DIGIT, "M": MARK, "P": PUNCTUATION}.get(category[0], CURRENCY if category == "Sc" else SYMBOL)


def char_tables() -> dict[str, np.ndarray[Any, Any]]:
    """Run-length coded tables over all code points: their classes, and what they are hashed as."""
    classes = np.fromiter((char_class(c) for c in range(sys.maxunicode + 1)), np.uint8, sys.maxunicode + 1)
    starts = np.flatnonzero(np.r_[True, classes[1:] != classes[:-1]])
    lower = np.arange(0x10000, dtype=np.int64)
    for code in range(0x10000):
        low = chr(code).lower()
        if classes[code] == DIGIT:
            lower[code] = ord("0")  # figures are all one: a date repeats itself, with other figures
        elif len(low) == 1:
            lower[code] = ord(low)
    changed = np.flatnonzero(lower != np.arange(0x10000))
    return {
        "class_starts": starts.astype(np.uint32),
        "class_values": classes[starts],
        "lower_from": changed.astype(np.uint16),
        "lower_to": lower[changed].astype(np.uint16),
    }


#: The commonest function words of some languages. A line of prose has them, a menu has not.
FUNCTION_WORDS = {
    "ar": "في من على إلى عن أن التي الذي هذا هذه كان كما بعد قد لا ما هو هي مع و بين كل",
    "bg": "и на в за от се да не са като по че с до е при си това ще му бе но или",
    "cs": "a v na je se že s z do o k ve pro za by ale jako po jsou od jeho které který však nebo",
    "da": "og i at er en til på det af for med den som de har ikke et der var om men blev fra han",
    "de": (
        "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er "
        "hat dass sie nach wird bei einer um am sind noch wie einem über"
    ),
    "el": "και το να της του η για με που τα από σε στην στο οι δεν ο την τους είναι των θα στη τον",
    "en": (
        "the of and to in a is that for it as was with be by on not he his but at are this have from or had an "
        "they which you were her all she there been their we has would more if when so no"
    ),
    "es": (
        "de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ha me si sin "
        "sobre este ya entre"
    ),
    "et": "ja on ei et see ka oli kui mis aga ta ning oma või mida nii siis selle pärast",
    "fa": "و در به از که این را با است برای آن یک خود تا بر هم نیز می شده بود او ما",
    "fi": "ja on ei että se oli hän mutta ovat myös kuin joka tai sen jos niin kun mukaan sekä vain",
    "fr": (
        "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont avec ou son "
        "aux mais comme cette ont"
    ),
    "he": "של את על לא הוא זה כי עם גם היא אל יש או אבל כל מה אם כמו היה אני",
    "hi": "के है में की को से का और ने पर हैं कि यह एक भी इस नहीं कर था लिए हो तो",
    "hr": "i u je se na da za od su s kao ne što o koji a koje to nije bi će iz po samo",
    "hu": "a az és hogy nem is egy meg de volt csak már ez még mint el van ki szerint vagy azt",
    "id": (
        "yang dan di ini dengan untuk dari dalam itu tidak pada akan juga ke karena ada bisa oleh adalah saya "
        "mereka telah sudah"
    ),
    "it": "di e il la che in a per è un del non una i le si con da sono al della come ma gli anche più nel alla lo su ha",
    "ja": "の に は を た が で て と し れ さ る い も な す ま",
    "ko": "이 그 수 것 및 등 있는 있다 했다 한 대한 위해 지난 더 할 또 이번 통해 그리고",
    "lt": "ir į kad iš su tai buvo bet yra ne kaip apie o už po jis savo dėl ar nuo jo prie",
    "lv": "un ir uz ar no kas par ka to arī bet kā nav tika pēc vai viņš šo tas",
    "nb": "og i det på som er en til å av for at med har de den ikke et om var han men fra vi",
    "nl": (
        "de van het een en in is dat op te zijn met voor niet aan er om ook als dan maar bij uit door hij ze naar "
        "wordt nog heeft"
    ),
    "pl": "i w na z się do nie że to jest o jak za od po co ale tym są jego przez przy oraz tak dla czy był",
    "pt": "de a o que e do da em um para com não uma os no se na por mais as dos como mas ao ele das à seu sua ou foi são",
    "ro": "de și în a la cu pe care nu din o un pentru că este ce mai sau prin au fost se sunt dar",
    "ru": "и в не на что с он по это как но к из у за от о так для же бы вы мы я его она они был также",
    "sk": "a v na sa je že s z do o pre ako po za ale aj by to od ktoré ktorý si sú bol",
    "sl": "in v je na se da za so z ki ne pa kot bi po od tudi s še ali to ga pri",
    "sv": "och i att en som på är av för med till den det har de inte om ett han var men från vi",
    "sw": "na ya wa kwa ni katika za la cha kuwa hiyo huo hii huyo yake lakini baada kama kwamba hata pia",
    "th": "ที่ และ ของ ใน เป็น การ ได้ ไม่ มี ให้",
    "tr": "ve bir bu da de için ile olarak çok daha o gibi en ne var olan kadar sonra ama ise her ki",
    "uk": "і в не на що з він по це як але до із у за від та так для його вона вони був також про",
    "vi": "và của là có không được trong cho với các một những người này đã khi để từ về tại đó",
    "xh": "kwaye ukuba kunye le lo kwi ngoko ke yi ba ka nge",
    "zh": "的 了 是 在 和 有 不 这 也 为 就 与 上 对 中 到 以",
    "zu": "ukuthi futhi kanye kodwa uma le lo ngoba kusho nge",
}
