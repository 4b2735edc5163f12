"""Whether a sentence runs through a line: pages broken at their links have words of a sentence on lines of their own,
and so has text that was wrapped at a width.

"You can help." / "Sign up" / "to take action in your state.": the middle line is all that a button says, and part of
a sentence; so is "shares." below "for some of the founder's". What tells is how the line itself begins and ends, and
what stands right above and below it: a letter in lower case, a full stop or comma, or a word in lower case that no
sentence begins or ends with. Those words are prepositions, conjunctions, articles and the like of languages that have
cases of letters; bylines ("by"), alternatives ("or") and particles of verbs ("sign in", "melden Sie sich an") are left
out, for those stand around real buttons.
"""

from __future__ import annotations

import re

from cleaner.shapes import ends_sentence, word_count

#: A line that begins in upper case and has more words says something by itself.
MOST_WORDS = 4
# Above what may be no continuation, it is part of a sentence only up to so many.
_FEW = 2
# What a sentence ends with on a line of its own has no more words: a longer one that a rule knows is no accident.
_MOST_LAST = 6
# Fewer words below, and fewer on either side, may be buttons as well.
_FEWEST_AFTER, _MANY = 3, 3

_GOES_ON = frozenset(
    " ".join(
        [
            "and at are as for from in into is of on our than that the their to was were which who with your a an",
            "am auf aus bei bis das dass dem den der des die durch ein eine einen einem einer für gegen im in ist mit nach oder "
            "ohne seit sind sowie um und unter vom vor während weil wie wird zu zum zur über",
            "au aux avec ce cette dans de des du en est et la le les leur pour qui que sans sont sur un une à",
            "al con de del desde el en es hasta la las los para que se sin sobre su un una y",
            "alla alle che con dal dalla dei del della delle di e gli il la le lo nel nella per un una è",
            "ao com da das de do dos e em na nas no nos os para que se sem uma à é",
            "aan bij dat de die een en het in met naar om op te tot uit van voor wordt zijn",
            "att av den det en ett för från i med och om på som till är",
            "af at de den det en er et for fra i med når og om på som til være",
            "ja joka jossa joita kun mutta on ovat että sekä",
            "aby dla do i jest które który na o od oraz po przez się w we z za ze że",
            "a aby do je k která které který na o od pro s se u v z za ze že",
            "az egy és hogy is mint vagy",
            "a ai ale care cu de din este în la pe pentru prin sau se și un",
            "в во для до за и из к как на не о от по при с со что чтобы это",
            "в від до з за зі і й на не о по при про та у що щоб як",
            "bir da de için ile kadar olarak ve",
            "από για είναι και με να ο η οι σε στην στη στο στον τα τη την της το του των ότι που",
            "dan dari dengan di ke oleh pada untuk yang",
            "bằng các cho của là trong từ và với để",
        ]
    ).split()
)
_NOT_ENDED = frozenset(
    " ".join(
        [
            "a an and are be can for from her his into is its must my of our please should that the their these this to was were which who will with your",
            "das dem den der des die durch ein eine einen einem einer für gegen im ohne sowie um und vom von zum zur",
            "au aux avec de des du et la le les leur pour que sans sur un une à",
            "al con de del el la las los para por que sin su un una y",
            "alla che con dal dalla dei del della delle di e gli il la le nel nella per un una",
            "ao com da das de do dos e em na nas para que uma à",
            "de een en het met om te tot van voor",
            "att av den ett för med och som till",
            "af at den et for med og som til",
            "ja joka että sekä",
            "dla do i na od oraz przez w z za że",
            "do na od pro s v z za že",
            "az egy és hogy",
            "care cu de din în la pe pentru și",
            "в для до за и из к на о от по с что",
            "в від до для з за і на про та у що",
            "bir ve",
            "για και με να σε στην στη στο στον τα τη την της το του των",
            "dan dari dengan di ke untuk yang",
            "các cho của để và với",
        ]
    ).split()
)
_FIRST_WORD = re.compile(r"[^\W\d_]+(?!\S)|[,;)](?=\s+[^\W\d_])")
_LAST_WORD = re.compile(r"(?<!\S)[^\W\d_]+\Z")
# French sets its quotation marks off by a space.
_CLOSING = frozenset("»”’\")]")
# What ends a sentence behind a link of several words.
_ENDING = _CLOSING | {"."}
# "le 03/05/2021", "on 3 May 2021": the date of what stands below or beside it.
_DATED = re.compile(r"\S+\s+\d{1,4}(?:[./:-]\d|\.?\s+[^\W\d_]+\.?,?\s+\d{4})|\S+\s+[^\W\d_]+\.?\s+\d{1,2},?\s+\d{4}")
# Signs of a date, an address or a list.
_ODD = re.compile(r"[\d/@_|]|\w\.\w")
_UNFINISHED = re.compile(r"[\w,]\Z")
_LAST_OF_SENTENCE = re.compile(r"""(?<!\.)[.,;]["'”’»“)\]]*\Z""")


def runs_through(above: str, words: str, below: str) -> bool:
    """Whether ``words``, which are all that a line says, may be part of a sentence that its neighbours begin or end.

    ``above`` and ``below``: the lines right above and below; blank where there is none.

    >>> runs_through("You can help.", "Sign up", "to take action in your state.")
    True
    >>> runs_through("You can help.", "Sign up", "To take action is easy.")
    False
    >>> runs_through("It may cost some of the founder's", "shares.", "")
    True
    """
    above, words, below = above.strip(), words.strip(), below.strip()
    if not words or not (above or below):
        return False
    if words in _CLOSING:
        return ends_sentence(above)
    goes_on = below[:1].islower()
    # Most lines begin with a capital, and so does what stands below them.
    if not (goes_on or words[0].islower() or words[0].isdecimal() or below[:1] in (",", ";", ")") or below in _ENDING):
        return False
    if goes_on and words.endswith((",", ";")):
        return True
    count = word_count(words)
    if words[0].islower():
        if below in _ENDING or _is_open(above) or _continues(below) or _is_end(above, words, count):
            return True
        return goes_on and _is_part(above, words, below)
    if words[0].isdecimal():
        return _is_end(above, words, count)
    if count > MOST_WORDS:
        return False
    if below in _ENDING:
        return _UNFINISHED.search(above) is not None
    if word_count(below) < _FEWEST_AFTER:
        return False
    return _continues(below) or (goes_on and count <= _FEW and _ODD.search(below) is None)


def _is_end(above: str, words: str, count: int) -> bool:
    """Whether they may end what is not finished above."""
    return count <= _MOST_LAST and _UNFINISHED.search(above) is not None and _LAST_OF_SENTENCE.search(words) is not None


def _is_part(above: str, words: str, below: str) -> bool:
    """Whether they may link what stands above with what stands below: of buttons in a row none has many words."""
    if _UNFINISHED.search(above) is None:
        return False
    return _is_open(words) or max(word_count(above), word_count(below)) >= _MANY


def _continues(line: str) -> bool:
    first = _FIRST_WORD.match(line)
    return first is not None and (first[0] in ",;)" or first[0] in _GOES_ON) and _DATED.match(line) is None


def _is_open(line: str) -> bool:
    last = _LAST_WORD.search(line[-40:])
    return last is not None and last[0] in _NOT_ENDED
