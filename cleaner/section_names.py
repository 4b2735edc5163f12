"""Names of a site's sections round an article: the kicker above its headline, menus, labels between teasers, tags below.

Detectors, as :mod:`cleaner.detectors` describes them. "Politics" may be the title of an essay or head a part
of a text, so a name of a section goes only where its place says that it is none: above a headline that is
followed by paragraphs, or in a run of names, before the first paragraph or after the last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import Any

import regex

from cleaner.match import Lines, as_set
from cleaner.shapes import ends_sentence, is_bullet, is_prose, is_structured, word_count

Words = dict[str, tuple[str, ...]]

#: A longer line is no name of a section.
_LONGEST = 60
_BULLET = regex.compile(r"^\s*(?:[-–—•·*›»|>]+|\d{1,2}[.)])\s+")
_TRIM = " \t\u00a0\u200b\u200e\u200f|•·*–—-›»>"
_PARTS = regex.compile(r"\s*[|>›»·•/]+\s*|,\s+")
_BAR = regex.compile(r"\S\s*[|>›»•·]\s*\S")
_GLUED = regex.compile(r"(?<=\p{Ll})(?=\p{Lu})")
_YEAR = regex.compile(r"\s+(?:19|20)\d\d(?:[/-]\d\d)?$")
_IN = regex.compile(r"(?:[Ii]n|[Ee]n|[Ee]m|[Dd]ans)\s+")


# ---------------------------------------------------------------- kickers

#: Of so many names that are glued to one another one that is known is enough.
_FEWEST_GLUED = 4
#: So many lines of names stand above a headline at most: a path from the home page.
_MOST_KICKERS = 4
_FEWEST_HEAD_WORDS, _MOST_HEAD_WORDS, _LONGEST_HEAD = 4, 30, 220
#: So many paragraphs among so many lines below the headline make it one of an article.
_FEWEST_PARAGRAPHS, _PARAGRAPH_WORDS, _ARTICLE_REACH = 2, 12, 24
#: One of so many words is enough.
_LONG_PARAGRAPH = 50
#: So many paragraphs or dates among so many lines, and so much of the paragraphs under headlines, are teasers.
_FEWEST_TEASERS, _LISTING_REACH, _TEASERS = 3, 60, 0.7
_DATE = regex.compile(r"(?<!\d)\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?!\d)")
#: So much of the text is read for the name itself.
_READ_PARAGRAPHS, _READ_CHARACTERS = 3, 600
_BYLINE = regex.compile(r"(?:by|von|par|por|di|door|av|af|skrevet|autor|автор|yazan|oleh|edited|translated|written)\b", regex.I)
_NO_HEAD = regex.compile(r"[.:;,。：；，،۔।][\s\"'”’»)]*$|[\t{}<>=\\]|\s\|\s|https?:")
_WORD = regex.compile(r"[\p{L}\p{M}]+")
_SPACELESS = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")


def kickers(lines: Lines, options: dict[str, Any], words: Words) -> Iterator[tuple[int, int]]:
    """Names of sections as the first lines of a text, above the headline of an article; ``In News`` right below one.

    ``options`` names three lists: ``names``, ``site`` (those that begin a path) and ``places`` that count
    beside a name alone. Left alone: a lone name that the headline or the first paragraphs speak of, for it
    may be the title; and all where another such name heads paragraphs further down, as in a round-up.
    """
    parts = lines.parts
    shown = list(islice((i for i, part in enumerate(parts) if part.strip()), _MOST_KICKERS + 2))
    if len(shown) < 3 or len(parts[shown[0]]) > _LONGEST_HEAD:
        return
    names, places, site = (as_set(words[options[key]]) for key in ("names", "places", "site"))
    kinds: list[str] = []
    found: list[int] = []
    for i in shown[:_MOST_KICKERS]:
        more = _kinds(parts[i], names, places)
        if not more:
            break
        found.append(i)
        kinds += more
    if not found:
        for above, i in pairwise(shown[:_MOST_KICKERS]):
            if _is_filed(parts[i], names, places) and _is_head(parts[above]) and _paragraphs(parts, i):
                yield lines.whole(i)
        return
    if "name" not in kinds:
        return
    below = shown[len(found) :]
    # A topic may stand between several names and the headline: "Sport", "Rowing", "Cup of Vellen".
    if len(below) > 1 and len(kinds) > 1 and 2 <= word_count(parts[below[0]]) < _FEWEST_HEAD_WORDS:
        below = below[1:]
    if not below or not _is_head(parts[below[0]]):
        return
    head = below[0]
    paragraphs = _paragraphs(parts, head)
    if not paragraphs or _is_listing(parts, head):
        return
    is_path = len(kinds) > 1 and _bare(parts[found[0]]).lower() in site
    if not is_path and _heads_further_down(parts, head, names - site):
        return
    if len(found) == 1 and not _BAR.search(parts[found[0]]) and _is_spoken_of(parts[found[0]], [parts[head], *(parts[i][:_READ_CHARACTERS] for i in paragraphs)]):
        return
    yield _from(lines, found[0], found[-1])


def _from(lines: Lines, first: int, last: int) -> tuple[int, int]:
    """These lines as one: they go together or not at all."""
    return lines.whole(first)[0], lines.whole(last)[1]


def _bare(line: str) -> str:
    """A line without bullet, figure and arrows around it."""
    return _BULLET.sub("", line).strip(_TRIM)


def _kinds(line: str, names: frozenset[str], places: frozenset[str]) -> list[str]:
    """For each part of a line whether it is a "name" or a "place"; empty where one is neither."""
    if len(line) > _LONGEST:
        return []
    bare = _bare(line)
    if not bare:
        return []
    kind = _kind(bare, names, places)
    if kind:
        return [kind]
    kinds = [_kind(part, names, places) for part in _PARTS.split(bare)]
    if len(kinds) == 1:
        glued = _GLUED.split(bare)
        if len(glued) > 1:
            kinds = [_kind(part, names, places) for part in glued]
            if len(glued) >= _FEWEST_GLUED and any(kinds):
                # "VellenQuay NewsNorth Pier": names of towns among them, and no space between.
                return ["name"] * len(glued)
    return kinds if all(kinds) else []


def _kind(part: str, names: frozenset[str], places: frozenset[str]) -> str:
    low = _YEAR.sub("", part.strip().lower())
    if low in names:
        return "name"
    # "Vellen News" below "News": the news of a town.
    return "place" if low in places or (low.endswith(" news") and low.count(" ") == 1) else ""


def _is_filed(line: str, names: frozenset[str], places: frozenset[str]) -> bool:
    """``in News``, ``In News, Sport``, ``News | Politics``: what no heading says, as "In Sport" or "Sport, Politics" may."""
    bare = line.strip()
    m = _IN.match(bare)
    kinds = _kinds(bare[m.end() :] if m else bare, names, places)
    if "name" not in kinds:
        return False
    return (bare[0].islower() or len(kinds) > 1) if m else _BAR.search(bare) is not None


def _is_head(line: str) -> bool:
    bare = _BULLET.sub("", line).strip()
    if len(bare) > _LONGEST_HEAD or _NO_HEAD.search(bare) or _BYLINE.match(bare):
        return False
    return _FEWEST_HEAD_WORDS <= word_count(bare) <= _MOST_HEAD_WORDS


def _paragraphs(parts: Sequence[str], head: int) -> list[int]:
    """The first paragraphs below a headline; none where they are too few or too far."""
    shown = islice((i for i in range(head + 1, len(parts)) if parts[i].strip()), _ARTICLE_REACH)
    found = list(islice((i for i in shown if _is_paragraph(parts[i])), _READ_PARAGRAPHS))
    return found if len(found) >= _FEWEST_PARAGRAPHS or any(word_count(parts[i]) >= _LONG_PARAGRAPH for i in found) else []


def _is_listing(parts: Sequence[str], head: int) -> bool:
    """Whether teasers stand below: nearly each paragraph right under a headline, or several dates. The first line is their title then."""
    shown = [parts[i] for i in range(head, len(parts)) if parts[i].strip()][:_LISTING_REACH]
    if sum(len(part) <= _LONGEST and _DATE.search(part) is not None for part in shown) >= _FEWEST_TEASERS:
        return True
    paragraphs = [k for k in range(1, len(shown)) if _is_paragraph(shown[k])]
    headed = sum(_is_head(shown[k - 1]) and not _is_paragraph(shown[k - 1]) for k in paragraphs)
    return len(paragraphs) >= _FEWEST_TEASERS and headed >= _TEASERS * len(paragraphs)


def _is_paragraph(part: str) -> bool:
    return is_prose(part) and word_count(part) >= _PARAGRAPH_WORDS and not is_bullet(part)


def _heads_further_down(parts: Sequence[str], head: int, names: frozenset[str]) -> bool:
    """Whether below ``head`` another name of a section stands right above a paragraph, or above a headline with one.

    And any other short line above a headline with a paragraph: then the first is one of several headings.
    """
    below = [i for i in range(head + 1, len(parts)) if parts[i].strip()]
    for k, i in enumerate(below[:-1]):
        if len(parts[i]) > _LONGEST:
            continue
        following = [parts[j] for j in below[k + 1 : k + 3]]
        if _bare_heading(parts[i]).lower() in names:
            if any(map(is_prose, following)):
                return True
        elif len(following) > 1 and _is_short(parts[i]) and _is_head(following[0]) and _is_paragraph(following[1]) and not is_prose(following[0]):
            return True
    return False


def _bare_heading(line: str) -> str:
    return line.strip(_TRIM + ":#=")


def _is_short(line: str) -> bool:
    """A heading of three words at most; names and dates of a byline look so, too."""
    return word_count(line) < _FEWEST_HEAD_WORDS and not _NO_LINK.search(line.strip()) and line.strip()[:1].isalpha()


def _is_spoken_of(name: str, texts: Sequence[str]) -> bool:
    """Whether the texts have a word of the name, or one that begins like it; a short one as it stands."""
    said = " ".join(texts).lower()
    tokens = set(_WORD.findall(said))
    for word in _WORD.findall(name.lower()):
        if _SPACELESS.search(word):
            if word in said:
                return True
        elif word in tokens or (len(word) > 3 and any(token.startswith(word[: max(5, len(word) - 2)]) for token in tokens)):
            return True
    return False


# ---------------------------------------------------------------- runs of names

_FEWEST_NAMES = 3
#: Above the first paragraph and below the last one, so many lines are looked at.
_REACH = 80
#: So many lines that are no known name may stand between two names.
_MOST_BETWEEN = 2
_MOST_LINK_WORDS = 4
#: So much of a run is names.
_SHARE = 0.6
#: A longer line is no name of anything, a shorter one no paragraph.
_SURELY_TEXT, _SURELY_NONE = 300, 15
_NO_LINK = regex.compile(r"[.,;:!?。、，；：！？،؛؟।]$|\d{2}|[\t{}<>=\\]")


def section_runs(lines: Lines, options: dict[str, Any], words: Words) -> Iterator[tuple[int, int]]:
    """Three names of sections or more, one below the other, before the first paragraph or after the last: a menu.

    ``options`` names three lists: ``names``, ``places``, and ``site``, of which one must be in the run; a
    list of subjects has none. Two lines between names go with them. Left alone: what a colon announces,
    a run right above a paragraph, texts of less than two paragraphs. After the last paragraph names go,
    too, that stand between the headlines of teasers, where one of them comes again.
    """
    parts = lines.parts
    if len(parts) < _FEWEST_NAMES + _FEWEST_PARAGRAPHS:
        return
    names, places, site = (as_set(words[options[key]]) for key in ("names", "places", "site"))
    zones = _top(parts), _tail(parts)
    if not (zones[0] or zones[1]):
        return
    yield from (lines.whole(i) for i in _outlet_labels(parts, zones[1]))
    known: dict[int, str] = {}
    for zone in zones:
        for i in zone:
            if len(parts[i]) <= _LONGEST:
                low = _bare(parts[i]).lower()
                if low in names or low in site or low in places:
                    known[i] = low
    if len(known) < _FEWEST_NAMES:
        return
    if sum(is_prose(part) for part in parts) < _FEWEST_PARAGRAPHS:
        return
    for zone in zones:
        taken: set[int] = set()
        for run in _runs(parts, zone, known):
            if _is_menu(parts, run, known, zone, places, site):
                taken.update(run)
                yield _from(lines, run[0], run[-1])
        if zone is zones[1]:
            yield from (lines.whole(i) for i in _labels(parts, zone, known) if i not in taken)


def _top(parts: Sequence[str]) -> list[int]:
    """The first lines, down to the first paragraph and with it."""
    out = []
    for i in (i for i, part in enumerate(parts) if part.strip()):
        out.append(i)
        if _is_text(parts[i]):
            return out if len(out) > _FEWEST_NAMES else []
        if len(out) > _REACH:
            break
    return []


def _is_text(part: str) -> bool:
    # Words are not counted where there can be no doubt.
    return len(part) > _SURELY_TEXT or (len(part) > _SURELY_NONE and is_prose(part))


def _tail(parts: Sequence[str]) -> list[int]:
    """The last lines, from the last paragraph on and with it."""
    out: list[int] = []
    for i in reversed(range(len(parts))):
        if not parts[i].strip():
            continue
        out.append(i)
        if _is_text(parts[i]):
            return out[::-1] if len(out) > _FEWEST_NAMES else []
        if len(out) > _REACH:
            break
    return []


def _runs(parts: Sequence[str], zone: Sequence[int], known: dict[int, str]) -> Iterator[list[int]]:
    """Lines from one known name to the last one that two other short lines at most part from those above."""
    run: list[int] = []
    between: list[int] = []
    for i in (*zone, -1):
        if i in known:
            run += [*between, i]
            between = []
        elif run:
            between.append(i)
            if i < 0 or len(between) > _MOST_BETWEEN or not _is_link(parts[i]):
                # Below a menu one of its names again is the title of that section's page.
                above = [known[k] for k in run if k in known]
                yield run[:-1] if run[-1] in known and above.count(above[-1]) > 1 else run
                run, between = [], []


def _is_link(part: str) -> bool:
    return word_count(part) <= _MOST_LINK_WORDS and not _NO_LINK.search(part.strip()) and not is_structured(_BULLET.sub("", part))


def _is_menu(
    parts: Sequence[str], run: Sequence[int], known: dict[int, str], zone: Sequence[int], places: frozenset[str], site: frozenset[str]
) -> bool:
    said = {known[i] for i in run if i in known}
    if len(said - places) < _FEWEST_NAMES or said.isdisjoint(site) or sum(i in known for i in run) < _SHARE * len(run):
        return False
    first, last = zone.index(run[0]), zone.index(run[-1])
    if not _is_text(parts[zone[0]]) and any(word_count(parts[i]) >= _FEWEST_HEAD_WORDS for i in zone[:first]):
        return False  # below the headline it may be a list of the text
    if first and parts[zone[first - 1]].rstrip().endswith((":", "：", "?", "？")):
        return False
    return last + 1 == len(zone) or not is_prose(parts[zone[last + 1]])


_FEWEST_LABELS = 3
_OUTLET = regex.compile(
    r"(?:\p{Lu}[\p{L}\p{M}'’.-]*\s){1,4}(?:Times|Post|Herald|Tribune|Gazette|Chronicle|Courier|Telegraph|Telegram|Guardian|Observer|"
    r"Mirror|Sun|Star|Standard|Express|Mail|Globe|Mercury|Bulletin|Dispatch|Examiner|Journal|News|Zeitung|Nachrichten|Anzeiger|"
    r"Rundschau|Kurier|Tagblatt|Tageblatt|Blatt|Diario|Heraldo|Jornal|Correio|Gazeta|Corriere|Giornale|Courrier|Gazzetta|"
    r"Dagblad|Courant|Tidning|Tidende|Avis|Sanomat|Noviny|Hírlap|Газета|Известия|Gazetesi)"
)


def _outlet_labels(parts: Sequence[str], zone: Sequence[int]) -> list[int]:
    """A newspaper's name as the first line, and twice at least above or below the headlines of its teasers at the end."""
    first = next((i for i, part in enumerate(parts) if part.strip()), -1)
    name = parts[first].strip() if first >= 0 else ""
    if len(zone) < _FEWEST_LABELS or len(name) > _LONGEST or not _OUTLET.fullmatch(name):
        return []
    found = [k for k, i in enumerate(zone) if parts[i].strip() == name]
    # The line above all of them is the last paragraph.
    beside = [parts[zone[j]] for k in found for j in (k - 1, k + 1) if 0 < j < len(zone)]
    if len(found) + 1 < _FEWEST_LABELS or any(map(is_prose, beside)) or 2 * sum(map(_is_head, beside)) < len(found):
        return []
    return [first, *(zone[k] for k in found)]


def _labels(parts: Sequence[str], zone: Sequence[int], known: dict[int, str]) -> list[int]:
    """Names above the headlines of teasers, where one comes again: prizes and results have each name once."""
    found = [i for k, i in enumerate(zone[:-1]) if i in known and zone[k + 1] not in known and not is_prose(parts[zone[k + 1]])]
    again = Counter(known[i] for i in found)
    heads = sum(word_count(parts[zone[zone.index(i) + 1]]) >= _FEWEST_HEAD_WORDS for i in found)
    if len(found) <= _FEWEST_LABELS or max(again.values()) < 2 or 2 * heads < len(found):
        return []
    return found


# ---------------------------------------------------------------- tags

_MOST_TAGS, _LONGEST_TAG, _MOST_TAG_WORDS = 16, 50, 5
_FEWEST_TAGS, _LONGEST_LINE, _FEWEST_ABOVE = 3, 800, 3
_COLON = regex.compile(r"[:：]\s*$")
_LABEL_END = " \t\u00a0:：-–—•·*›»|"
_NO_TAG = regex.compile(r"[.;:!?。；：！？؟।]$|[\t{}<>=\\()\[\]]|\d{2}[:.]\d\d|^\W*$(?<![,·•|/])")


def tag_tails(lines: Lines, options: dict[str, Any], words: Words) -> Iterator[tuple[int, int]]:
    """The label of an article's tags as the last line, or with nothing below it but short lines, which are the tags.

    ``options["labels"]`` is the list of labels. A label with a colon goes as the first line, too: what it names is gone or
    stands below as a line of its own. The tags may also stand in one line, with commas between or,
    where it is one tag, behind the label's colon. Left alone: texts of less than three paragraphs, and labels with
    anything else below them.
    """
    parts = lines.parts
    labels = as_set(words[options["labels"]])
    first = next((i for i, part in enumerate(parts) if part.strip()), -1)
    if first >= 0 and len(parts[first]) <= _LONGEST_TAG and _COLON.search(parts[first]) and _label(parts[first]) in labels:
        # In small letters or above a list it is data.
        below_it = next((part for part in parts[first + 1 :] if part.strip()), "-")
        if parts[first].strip()[0].isupper() and not is_bullet(below_it) and sum(map(_is_paragraph, parts)) >= _FEWEST_ABOVE:
            yield lines.whole(first)
    below: list[int] = []
    for i in reversed(range(len(parts))):
        bare = parts[i].strip()
        if not bare:
            continue
        if len(bare) <= _LONGEST_TAG and (_label(bare) in labels or (not below and _is_labelled(bare, labels))):
            break
        if len(below) == _MOST_TAGS or not (_is_tag(bare) or (not below and _are_tags(bare))):
            return
        below.append(i)
    else:
        return
    if sum(map(_is_paragraph, parts[:i])) >= _FEWEST_ABOVE:
        yield _from(lines, i, below[0] if below else i)


def _label(line: str) -> str:
    return line.strip(_LABEL_END).lower()


def _is_labelled(line: str, labels: frozenset[str]) -> bool:
    """``Tags: Harbour`` as a text's last line."""
    label, colon, tag = line.partition(":")
    return bool(colon) and line[0].isupper() and _label(label) in labels and _is_tag(tag.strip())


def _is_tag(line: str) -> bool:
    return len(line) <= _LONGEST_TAG and word_count(line) <= _MOST_TAG_WORDS and not _NO_TAG.search(line)


def _are_tags(line: str) -> bool:
    """Several in one line; a sentence ends in a full stop or has a part that is too long for a tag."""
    if len(line) > _LONGEST_LINE or ends_sentence(line):
        return False
    tags = line.rstrip(", ").split(",")
    return len(tags) >= _FEWEST_TAGS and all(tag.strip() and _is_tag(tag.strip()) for tag in tags)
