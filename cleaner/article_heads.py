"""Names and dates between an article's headline and its first paragraph, in any language.

A detector, as :mod:`cleaner.detectors` describes them. A date alone on its line may head an entry of a
diary, a name alone a section about somebody; right above the first paragraph of an article, a date is
that of publication and the name beside it the author's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cleaner.lazy import lazily
from cleaner.match import Lines, as_set
from cleaner.shapes import is_prose, word_count

Words = dict[str, tuple[str, ...]]

#: So many lines above the first paragraph are looked at.
_REACH = 12
#: Below a date or above it the name stands within so many lines.
_NEAR = 2
_FEWEST_PARAGRAPHS = 2
_LONGEST = 110
#: A second paragraph is looked for among so many lines, the paragraph below a standfirst among these.
_MORE_REACH = 200
_STANDFIRST_REACH = 9
_MOST_TOKENS = 22
#: A first paragraph that is no standfirst.
_FIRST_WORDS = 15
_TOKEN = lazily(r"\d+|[\p{Han}\p{Hiragana}\p{Katakana}]+|(?:(?![\p{Han}\p{Hiragana}\p{Katakana}\d_])[\w\p{M}\u200c])+")
_FULL = lazily(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{1,2}[:.]\d\d(?!\d)|\d{1,2}\s?[h時时시]\s?\d{0,2}|\d{4}\s?[年년]|(?<!\d)(?:19|20|25)\d\d(?!\d)"
)
_PLACE = lazily(r"\s*(?:\p{Lu}[\p{L}\p{M}.’'-]+ ?){1,3}[,–—-]\s*")
_NAME = r"\p{Lu}[\p{L}\p{M}.’'-]*\p{L}\.?"
_PARTICLE = r"(?:de|da|do|dos|del|della|di|du|la|le|van|von|der|den|ten|ter|el|al|bin|ben|y|e|zu)"
_PERSON = rf"{_NAME}(?: (?:{_PARTICLE} )?{_NAME}){{1,3}}"
_PEOPLE = lazily(
    rf"(?:{_PERSON})(?:(?:\s?[,/|&·]\s?|\s(?:and|und|et|y|e|en|och|og|ja|i|a|és|și|и|і|та|ve|και)\s)(?:{_PERSON})){{0,4}}|"
    r"\p{Han}{2,4}(?:[・、\s]\p{Han}{2,4})?|[\p{Hangul}]{2,4}(?:\s?기자)?|[\p{Arabic}]{2,}(?: [\p{Arabic}]{2,}){1,3}"
)


def head_lines(lines: Lines, options: dict[str, Any], words: Words) -> Iterator[tuple[int, int]]:
    """Lines that are a date and time, labels of a date, or the names beside them, right above the first paragraph.

    ``options`` names two lists: ``dates`` (months and weekdays) and ``labels`` (what may stand around them).
    Left alone: the first line of the text, names without a date near them or without a headline above
    them, dates in the rest of the text, and texts of less than two paragraphs.
    """
    parts = lines.parts
    first = next((i for i, part in enumerate(parts) if len(part) > _FIRST_WORDS and is_prose(part)), -1)
    if first < 1 or not _has_more_prose(parts, first):
        return
    shown = [i for i in range(first) if parts[i].strip()][-_REACH - 1 :]
    # A standfirst may stand between the headline and the date; then there is a second run of short lines.
    below = _below_standfirst(parts, first)
    shown += below
    if len(shown) < 2 or not any(len(parts[i]) <= _LONGEST for i in shown[1:]):
        return
    dates, labels = as_set(words[options["dates"]]), as_set(words[options["labels"]])
    kinds = {i: _is_date(parts[i], dates, labels) for i in shown}
    if not any(kinds.values()):
        return
    if below and any(_is_date(part, dates, labels) for part in parts[below[-1] + 1 :]):
        # Dates further down, too: they head the entries of a diary.
        shown = shown[: -len(below)]
    for k, i in enumerate(shown):
        if k == 0:
            continue
        near = any(kinds.get(j) for j in shown[max(1, k - _NEAR) : k + _NEAR + 1])
        if kinds[i] or (near and _is_author(parts, shown[:k], i, kinds)):
            yield lines.whole(i)


def _has_more_prose(parts: Sequence[str], first: int) -> bool:
    n = 0
    for part in parts[first : first + _MORE_REACH]:
        n += is_prose(part)
        if n >= _FEWEST_PARAGRAPHS:
            return True
    return False


def _below_standfirst(parts: Sequence[str], first: int) -> list[int]:
    """Short lines under a standfirst, where a paragraph follows them."""
    out: list[int] = []
    for j in range(first + 1, min(first + _STANDFIRST_REACH, len(parts))):
        if not parts[j].strip():
            continue
        if is_prose(parts[j]):
            return [first, *out] if out else []
        out.append(j)
    return []


def _is_date(part: str, dates: frozenset[str], labels: frozenset[str]) -> bool:
    """Whether a line is nothing but a date or a time with what may stand around it, or labels of one."""
    if len(part) > _LONGEST or not part.strip() or part.strip()[0] in "-–—•*\"“„«'":
        return False
    low = part.lower()
    full = _FULL.search(low) is not None
    if full and (m := _PLACE.match(part)) and not _tokens_are(low[: m.end()], dates, labels):
        low = low[m.end() :]
        full = _FULL.search(low) is not None
    tokens = _TOKEN.findall(low)
    if not 1 <= len(tokens) <= _MOST_TOKENS or not _tokens_are(low, dates, labels):
        return False
    figures = sum(t.isdigit() for t in tokens)
    named = any(t in dates for t in tokens)
    if full and (figures >= 2 or named):
        return True
    # "Published", "Updated:" - what is left of a date that was an element of its own.
    return figures == 0 and not named and tokens[0] in _LABELS


#: Labels that say that a date follows, where they stand alone.
_LABELS = frozenset(
    "published updated posted publié publiée publicado publicada actualizado actualizada atualizado atualizada pubblicato "
    "pubblicata aggiornato aggiornata gepubliceerd bijgewerkt publicerad uppdaterad publisert oppdatert publiceret opdateret "
    "julkaistu päivitetty opublikowano aktualizacja publikováno aktualizováno megjelent frissítve publicat actualizat "
    "опубликовано обновлено опубліковано оновлено güncelleme yayınlanma δημοσίευση ενημέρωση 公開日 更新日 公開 更新 입력 수정 "
    "发布时间 更新时间 發布時間 更新時間 veröffentlicht aktualisiert erstellt".split()
)


def _tokens_are(low: str, dates: frozenset[str], labels: frozenset[str]) -> bool:
    return all(t.isdigit() or t in dates or t in labels for t in _TOKEN.findall(low))


def _is_author(parts: Sequence[str], above: Sequence[int], i: int, kinds: dict[int, bool]) -> bool:
    """Names under a headline: a line of three words or more that is no date stands above them."""
    if len(parts[i]) > _LONGEST or _PEOPLE.fullmatch(parts[i].strip()) is None:
        return False
    return any(word_count(parts[j]) >= 3 and not kinds.get(j) and _PEOPLE.fullmatch(parts[j].strip()) is None for j in above)
