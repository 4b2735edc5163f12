"""Readers' comments behind an article: what the buttons and dates around them give away.

A detector, as :mod:`cleaner.detectors` describes them. A comment reads like any paragraph. What tells
is the heading above the first one, the button or the date beside each, the link behind the last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import regex

from cleaner.lazy import lazily
from cleaner.match import Lines, as_set
from cleaner.shapes import is_prose, word_count

Words = dict[str, tuple[str, ...]]

#: Comments stand behind an article, and an article has paragraphs.
_FEWEST_PARAGRAPHS = 3
#: So many buttons, or names with a date, make a thread.
_FEWEST_MARKS = 2
#: Farther from one another two buttons belong to different things.
_MOST_BETWEEN = 40
#: A heading and the closing link may have so many lines between them.
_MOST_BRACKETED = 120
_LONGEST_MARK = 70
_MOST_REPLY_WORDS = 8
_MOST_DATE_WORDS = 10
_TRIM = " \t\u00a0\u200b•·*–—-|/›»→>▸▾▼+:：…()[]「」0123456789.,"
_NUMBER = lazily(r"\(?\d[\d.,]*\)?")
_SAYS = lazily(
    r".{2,60}\s(?:says|said|wrote|writes|sagt|schreibt|schrieb|meint|dit|a dit|a écrit|écrit|dice|dijo|escribió|disse|diz|escreveu|"
    r"ha scritto|ha detto|scrive|schreef|zegt|skriver|skrev|säger|sier|siger|sanoo|kirjoitti|pisze|napisał(?:\(a\)|a)?|napsal|napsala|"
    r"píše|spune|a scris|írta|пишет|говорит|написал|написала|каже|пише|dedi ki|diyor ki|λέει|έγραψε)\s?[:：]\s*",
    regex.I,
)
_DATED = lazily(
    r"\d{1,2}[:.h]\d\d|\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|(?<!\d)(?:19|20)\d\d(?!\d)|"
    r"(?<!\p{L})(?:ago|vor|il y a|hace|há|fa|geleden|sedan|siden|sitten|temu|назад|тому|önce|πριν|منذ|qablo|前|전)(?!\p{Latin})"
)


def comment_threads(lines: Lines, options: dict[str, Any], words: Words) -> Iterator[tuple[int, int]]:
    """Readers' comments, from the heading above them to the last button, date or link that belongs to them.

    ``options`` names three lists: ``headings``, ``replies`` (buttons below each comment) and ``closings``
    (links to all comments). Under a heading two buttons make a thread, or a closing link; without one,
    two names that "say:" something and have a date below. Left alone: what stands above the third
    paragraph of the text, interviews, and posts of a forum, which has no such heading.
    """
    headings, replies, closings = (as_set(words[options[name]]) for name in ("headings", "replies", "closings"))
    parts = lines.parts
    bare = [_bare(part) if len(part) <= _LONGEST_MARK else "" for part in parts]
    marks = [i for i, b in enumerate(bare) if b and (_is_reply(b, replies) or _is_signed(parts, i))]
    ends = [i for i, b in enumerate(bare) if b in closings]
    heads = [i for i, b in enumerate(bare) if b in headings]
    if not heads and len(marks) < _FEWEST_MARKS:
        return
    paragraphs = list(islice((i for i, part in enumerate(parts) if is_prose(part)), _FEWEST_PARAGRAPHS))
    if len(paragraphs) < _FEWEST_PARAGRAPHS:
        return
    done = paragraphs[-1]
    heads = [i for i in heads if i > done]
    for start, end in sorted({*_bracketed(heads, ends), *_threads(parts, marks, heads), *_counted(parts, heads)}):
        for i in range(max(start, done + 1), end + 1):
            yield lines.whole(i)
        done = max(done, end)


def _bare(part: str) -> str:
    """A line in lower case without numbers, bullets and brackets: "Read all 12 comments" -> "read all comments"."""
    low = part.strip(_TRIM).lower()
    return " ".join(_NUMBER.sub(" ", low).split()) if _NUMBER.search(low) else low


def _is_reply(bare: str, replies: frozenset[str]) -> bool:
    if bare in replies:
        return True
    # "Reply to Mira", "Mira antworten"
    first, _, _ = bare.partition(" ")
    _, _, last = bare.rpartition(" ")
    return word_count(bare) <= _MOST_REPLY_WORDS and bare[-1:] not in "?!" and (first in _SURE or last in _SURE)


#: Buttons that may have the name of the person beside them; no word that begins a heading.
_SURE = frozenset({"antworten", "répondre", "rispondi", "svara", "ответить", "відповісти", "yanıtla", "odpowiedz", "vastaa"})


def _is_signed(parts: Sequence[str], i: int) -> bool:
    """A name that says something, with a date on the next line, or a blank one between."""
    if not parts[i].rstrip().endswith((":", "：")) or not _SAYS.fullmatch(parts[i].strip()):
        return False
    below = next((part for part in parts[i + 1 : i + 3] if part.strip()), "")
    return _is_dated(below)


def _is_dated(part: str) -> bool:
    """A line of few words with a date or a time among them."""
    return word_count(part) <= _MOST_DATE_WORDS and _DATED.search(part.lower()) is not None


def _bracketed(heads: Sequence[int], ends: Sequence[int]) -> Iterator[tuple[int, int]]:
    """From a heading to the next closing link."""
    for end in ends:
        above = [h for h in heads if end - _MOST_BRACKETED <= h < end]
        if above:
            yield above[-1], end


def _threads(parts: Sequence[str], marks: Sequence[int], heads: Sequence[int]) -> Iterator[tuple[int, int]]:
    """From a heading, or the first name that has a date, to the last mark."""
    groups: list[list[int]] = []
    for i in marks:
        if groups and i - groups[-1][-1] <= _MOST_BETWEEN:
            groups[-1].append(i)
        else:
            groups.append([i])
    for group in groups:
        signed = [i for i in group if _is_signed(parts, i)]
        above = [h for h in heads if group[0] - _MOST_BETWEEN <= h < group[0]]
        if len(group) < _FEWEST_MARKS or not (above or len(signed) >= _FEWEST_MARKS):
            continue
        start = above[0] if above else signed[0]
        yield start, _last_of_comment(parts, group[-1]) if group[-1] in signed else group[-1]


#: How a comment begins that has no button: "@Mira", a bullet or number from the list that the comments are.
_BEGIN = lazily(r"\s*(?:@\S|•\s|\d{1,3}\.\s)")
_FEWEST_BEGINS = 3


def _counted(parts: Sequence[str], heads: Sequence[int]) -> Iterator[tuple[int, int]]:
    """From a heading that counts the comments ("12 comments") to the end of the last that shows how it begins."""
    for head in heads:
        if not any(c in "123456789" for c in parts[head]):
            continue
        signs = 0
        last = previous = head
        for j in range(head + 1, len(parts)):
            if not parts[j].strip():
                continue
            is_dated = _is_dated(parts[j])
            is_sign = is_dated or _BEGIN.match(parts[j]) is not None
            is_other = not is_sign and len(parts[j]) < _LONGEST_MARK and not is_prose(parts[j])
            if j - previous > (_FAR if is_other else _MOST_BETWEEN):
                break
            if is_sign:
                signs += 1
                last = previous = j
        if signs >= _FEWEST_BEGINS:
            yield head, _last_of_comment(parts, last)


#: A short line so far below the last sign of a comment belongs to something else.
_FAR = 12


def _last_of_comment(parts: Sequence[str], i: int) -> int:
    """The last line of a comment whose name stands on line ``i``: its date and the sentences below that."""
    last = i
    for j in range(i + 1, len(parts)):
        if not parts[j].strip():
            continue
        is_date = last == i and _is_dated(parts[j])
        if not is_date and not is_prose(parts[j]) and not parts[j].rstrip().endswith((".", "!", "?", "…")):
            break
        last = j
    return last
