"""Whether a sentence runs through a line: pages broken at their links have words of a sentence on lines of their own.

"You can help." / "Sign up" / "to take action in your state.": the middle line is all that a button says, and part of
a sentence. What tells is a word below it that no sentence begins with, in lower case, or above it one that no
sentence ends with, where the line itself begins in lower case. The words are prepositions, conjunctions, articles and the like of languages that have cases of
letters; bylines ("by"), alternatives ("or") and particles of verbs ("sign in", "melden Sie sich an") are left
out, for those stand around real buttons.
"""

from __future__ import annotations

import re

from cleaner.shapes import word_count

#: A line of more words says something by itself.
MOST_WORDS = 4
# A line that goes on has so many words: fewer may be a button as well.
_FEWEST_AFTER, _FEWEST_BEFORE = 3, 2

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
            "a an and can for from into must of or our please should that the their to which who with your",
            "das dem den der des die durch ein eine einen einem einer für gegen im oder ohne sowie um und vom von zum zur",
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
_FIRST_WORD = re.compile(r"[^\W\d_]+(?=\s)|[,;)](?=\s+[^\W\d_])")
_LAST_WORD = re.compile(r"(?<=\s)[^\W\d_]+\Z")


def runs_through(above: str, words: str, below: str) -> bool:
    """Whether ``words``, which are all that a line says, may be the middle of a sentence that its neighbours begin or end.

    ``above`` and ``below``: the lines right above and below; blank where there is none.

    >>> runs_through("You can help.", "Sign up", "to take action in your state.")
    True
    >>> runs_through("You can help.", "Sign up", "To take action is easy.")
    False
    >>> runs_through("We ask you to", "subscribe", "")
    True
    """
    if not (_goes_on(below.strip()) or (words.lstrip()[:1].islower() and _is_open(above.rstrip()))):
        return False
    return word_count(words) <= MOST_WORDS


def _goes_on(line: str) -> bool:
    first = _FIRST_WORD.match(line)
    if first is None:
        return False
    sign = first[0] in ",;)"
    return (sign or first[0] in _GOES_ON) and word_count(line) >= _FEWEST_AFTER


def _is_open(line: str) -> bool:
    last = _LAST_WORD.search(line[-40:]) if line else None
    return last is not None and last[0] in _NOT_ENDED and word_count(line) >= _FEWEST_BEFORE
