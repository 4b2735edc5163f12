"""Residue that no pattern can tell: runs of icon names, lines that say something twice.

A detector takes the lines of a text, its rule's options and the word lists of the rule folder, and
yields ranges of the text to remove. Rule files name it (``detector: icon-runs``), so that what it
removes has an id, examples and near misses like all else.

Every detector begins with a test over the whole text that costs a few plain searches, and looks
closer only at the lines that it points to; all of them are linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, compress, islice
from operator import eq
from typing import Any

import regex

from cleaner.article_heads import head_lines
from cleaner.button_rows import button_rows
from cleaner.comment_threads import comment_threads
from cleaner.credit_lines import credits_round_caption, lone_credits
from cleaner.form_notes import note_titles
from cleaner.gates import LineGate, line_gate
from cleaner.lazy import lazily
from cleaner.link_cards import link_cards
from cleaner.link_runs import menu_runs, trailing_headlines
from cleaner.match import Detector, Lines
from cleaner.section_names import kickers, section_runs, tag_tails
from cleaner.shapes import is_bullet, is_prose, is_structured, word_count

Words = dict[str, tuple[str, ...]]


def _set(words: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(words.split())


#: What the detectors of icons look for, by the name under which they ask; all in one pass over the text.
_ICON_CUES: dict[str, tuple[str, ...]] = {
    "runs": (
        "icon", "chevron", "caret", "arrow-", "arrow_", "arrow ", "fa-", "bi-", "mdi-", "ion-", "_circle", "_outline", "_border",
        "more_", "expand_", "_cart", "account_", "navigate_", "shopping_", "play_", "-square", "-o ",
    ),
    "ligatures": (
        "arrow_", "chevron_", "navigate_", "expand_", "unfold_", "open_in_new", "more_", "account_circle", "shopping_", "play_",
        "favorite_border", "bookmark_border", "_circle", "_outline", "location_on", "format_quote",
    ),
    "files": (".jpg", ".jpeg", ".png", ".gif", ".svg", ".webp", ".avif", ".heic", ".bmp", ".tif"),
}  # fmt: skip


@lru_cache(maxsize=1)
def _icon_gate() -> tuple[LineGate, tuple[frozenset[str], ...]]:
    """The gate over all those cues, and for each cue the names of those who asked."""
    cues = sorted({cue for wanted in _ICON_CUES.values() for cue in wanted})
    return line_gate(cues), tuple(frozenset(n for n, wanted in _ICON_CUES.items() if cue in wanted) for cue in cues)


def _icon_lines(lines: Lines, name: str) -> list[int]:
    """Numbers of the lines that hold a cue of ``name``, in order; found once for all who ask about a text."""
    memo: dict[str, Any] = vars(lines)
    if "_icon_lines" not in memo:
        gate, askers = _icon_gate()
        found: dict[str, set[int]] = {n: set() for n in _ICON_CUES}
        for cue, i in dict.fromkeys(gate(lines.text)):
            for asker in askers[cue]:
                found[asker].add(i)
        memo["_icon_lines"] = {n: sorted(numbers) for n, numbers in found.items()}
    result: list[int] = memo["_icon_lines"][name]
    return result


# ---------------------------------------------------------------- icon runs

#: A longer line is no run of icon names: sprites have a few hundred names.
_LONGEST_RUN = 20_000
_LONGEST_TOKEN = 1_000
#: An unknown stretch that is glued to "icon" is a name of the site's own up to this length.
_LONGEST_OWN = 14
#: Of so many tokens of a long run one may be unknown.
_TOKENS_PER_UNKNOWN = 10

# Letters, figures, hyphens and the separators of menus; dates and times. No comma, quote, bracket or
# full stop: those are prose, code, a table.
_RUN = lazily(r"(?:[\w\s|•·›»>+-]|(?<=\d)[./:](?=\d))*+")
_DATE = lazily(r"\d{1,4}(?:[-./:]\d{1,4}){0,2}")


def icon_runs(lines: Lines, options: dict[str, Any], words: Words) -> Iterator[tuple[int, int]]:
    """Whole lines that are a run of icon names: spaced, hyphenated or glued (``closeicon``).

    ``fewest`` (3 where absent) names that could be nothing else make a run. With ``fewest: 2`` the
    line must hold nothing but such names. Prose, code, tables and lists of ordinary words stay, and
    so does a line where a run is followed by text.
    """
    fewest = int(options.get("fewest", 3))
    candidates = [i for i in _icon_lines(lines, "runs") if 8 <= len(lines.parts[i]) <= _LONGEST_RUN]
    if not candidates:
        return
    names = _icon_names(words.get("icons/names", ()), words.get("icons/sprites", ()))
    for i in candidates:
        if names.is_run(lines.parts[i], fewest):
            yield lines.whole(i)


class _IconNames:
    """The word lists, cut up for lookups."""

    # Words that no run holds; any of them makes a line prose.
    _FUNCTION = _set(
        "the a an of and that is are was were be been to with which who for his her their its this these it he she they we "
        "you your our by as at from but or not have has had will can der die das und ist mit le les des est une et el los "
        "del que y con il di che per"
    )
    _PREFIX = lazily(
        r"^(?:fa[brsltd]?|bi|mdi?|ion(?:-(?:md|ios|logo))?|glyphicons?|dashicons?(?:-admin)?|icons?|ico|icn|svg|sprite|octicon|oi|feather|"
        r"ti|ri|bx[sl]?|lni|la[brs]?|uil|ph|pi|si|el|et|wi|zmdi|typcn|genericon|entypo|icofont|socicon|ic|i)-(?=.)"
    )
    # Words that stand before a name of their family: "fa fa-bars", "bi bi-house".
    _FAMILIES = _set(
        "fa fab fas far fal fat fad bi mdi glyphicon dashicons icofont octicon bx bxs bxl ti ri la las lab lar ph "
        "feather zmdi"
    )
    #: Hardly met outside icon names; a compound with one of them is a name.
    _JARGON = _set("chevron caret ellipsis hamburger kebab meatballs meatball angle arrow dropdown searchbar")
    _POINTING = _set("chevron chevrons caret")
    _DIRECTIONS = _set("left right up down top bottom back forward next prev previous")
    _VARIANTS = _set("fill filled outline outlined sharp rounded alt circle square o off simple thin sm lg svg")
    # Ordinary words with "icon" in them; the stretch beside it must not be read as a name.
    _ORDINARY = lazily(
        r"(?:lex|sil|emot|rub|hel|cat|pan|sub|dais|ep|un|con|mon|bas|hypocat)?icon(?:s|ic|ics|ically|icity|e|es|ed|ing|ography|ographic|"
        r"oclas\w*|oscope|ostasis|ium|valley|graph\w*)?|r?iconosc\w*|riconf\w*|siliconi\w*"
    )

    def __init__(self, names: tuple[str, ...], sprites: tuple[str, ...]) -> None:
        self.full = frozenset(n.replace("_", "-") for n in names + sprites)
        parts = {p for n in self.full for p in n.split("-")}
        self.words = frozenset(p for p in parts if len(p) > 1) - self._FUNCTION
        #: What glued names are made of; two letters only where a sprite is called so.
        self.pieces = frozenset(p for p in parts if len(p) > 2) | frozenset(s for s in sprites if len(s) == 2)
        lengths: dict[str, set[int]] = {}
        for piece in self.pieces:
            lengths.setdefault(piece[:2], set()).add(len(piece))
        #: Sprites repeat their names, and tokens come again from line to line.
        self.is_glued = lru_cache(maxsize=4096)(self._is_glued)
        self.lengths = {head: tuple(sorted(found)) for head, found in lengths.items()}

    def is_run(self, line: str, fewest: int) -> bool:
        """Whether ``line`` is nothing but icon names, with ``fewest`` that are beyond doubt."""
        if _RUN.fullmatch(line) is None:
            return False
        tokens = [t for t in (t.strip("|•·›»>+-:") for t in line.lower().split()) if t]
        spare = len(tokens) // _TOKENS_PER_UNKNOWN if fewest > 2 else 0
        sure = likely = 0
        plain = False
        for k, token in enumerate(tokens):
            if len(token) > _LONGEST_TOKEN or token in self._FUNCTION:
                return False
            if token in self._FAMILIES or token in self._DIRECTIONS or token in ("icon", "icons"):
                continue
            if (token in self._POINTING or token == "arrow") and self._points(tokens, k):
                sure += token != "arrow"
                likely += token == "arrow"
                continue
            found = self._certain(token)
            if found is None and spare == 0:
                return False
            if found is None:
                spare -= 1
            elif found:
                sure += found
            elif self._is_compound(token):
                likely += 1
            elif token in self.words or token.isdigit() or _DATE.fullmatch(token) or self._splits(token):
                plain = True
            elif "icon" in token and fewest > 2:
                continue  # a name of the site's own, glued to "icon": neither proof nor unknown
            elif spare == 0:
                return False
            else:
                spare -= 1
        if sure >= fewest and (not plain or fewest > 2):
            return 3 * (sure + likely) >= len(tokens) - tokens.count("icon")
        if 2 <= sure < fewest <= sure + likely:
            return not plain
        if fewest > 2 and not plain and sure + likely == len(tokens) > fewest:
            return True
        return fewest > 2 and not sure and not likely and self._is_named_icons(tokens, fewest)

    def _points(self, tokens: Sequence[str], k: int) -> bool:
        """Whether a direction stands beside the word at ``k``: "chevron left", "left chevron"."""
        return any(t in self._DIRECTIONS for t in tokens[max(0, k - 1) : k + 2])

    def _is_named_icons(self, tokens: Sequence[str], fewest: int) -> bool:
        """"Facebook icon Search icon Menu icon": one to three known words before each "icon"."""
        if tokens.count("icon") < fewest or tokens[-1] != "icon":
            return False
        run = 0
        for token in tokens:
            if token != "icon":
                run += 1
            elif not 1 <= run <= 3:
                return False
            else:
                run = 0
        return True

    def _certain(self, token: str) -> int | None:
        """How many names beyond doubt a token holds; None where it must not be read as a name at all."""
        name = token.replace("_", "-").strip("-")
        if "icon" in name:
            if self._ORDINARY.fullmatch(name):
                return None
            bare = self._PREFIX.sub("", name)
            pieces = [p.strip("-") for p in bare.split("icon")]
            known = [self._splits(p) for p in pieces if p and p != "s"]
            if known and all(known):
                return name.count("icon")
            return 0 if known and all(len(p) <= _LONGEST_OWN for p in pieces) else None
        if "-" in name:
            bare = self._PREFIX.sub("", name)
            if bare != name:
                return int(bare in self.full or self._splits(bare))
            if "_" in token:
                return int(self._bare(name) in self.full)
            parts = name.split("-")
            return int(not self._JARGON.isdisjoint(parts) and all(p in self.words or len(p) == 1 for p in parts))
        if any(p in name for p in self._POINTING) and name not in self._POINTING and self._splits(name):
            return sum(name.count(p) for p in ("chevron", "caret"))
        return 0

    def _is_compound(self, token: str) -> bool:
        name = token.replace("_", "-")
        return "-" in name and (name in self.full or self._bare(name) in self.full)

    def _bare(self, name: str) -> str:
        """``name`` without the marks of a variant: ``user-circle-o`` is a ``user``."""
        while "-" in name and (last := name.rsplit("-", 1))[1] in self._VARIANTS:
            name = last[0]
        return name

    def _splits(self, token: str) -> bool:
        """Whether a token is known names glued together.

        Dynamic programming over the places that known names lead to; a single letter counts where a
        hyphen sets it off (``bookmark-b``).
        """
        found = False
        for part in token.replace("_", "-").split("-"):
            if len(part) > 1:
                if not self.is_glued(part):
                    return False
                found = True
        return found

    def _is_glued(self, part: str) -> bool:
        if part in self.words or part in self.pieces or part.isdigit():
            return True
        size = len(part)
        reached = bytearray(size)
        reached[0] = 1
        for start in range(size):
            if reached[start]:
                for length in self.lengths.get(part[start : start + 2], ()):
                    if part[start : start + length] in self.pieces:
                        if start + length == size:
                            return True
                        reached[start + length] = 1
        return False


_latest: list[tuple[tuple[str, ...], tuple[str, ...], _IconNames]] = []


def _icon_names(names: tuple[str, ...], sprites: tuple[str, ...]) -> _IconNames:
    """The lists cut up; kept by identity, for hashing thousands of names costs more than a page."""
    for known_names, known_sprites, made in _latest:
        if known_names is names and known_sprites is sprites:
            return made
    made = _IconNames(names, sprites)
    _latest[:] = [(names, sprites, made)]
    return made


# ---------------------------------------------------------------- ligatures

# Names that Google's icon font turns into arrows; no word of any language and hardly of a program.
_LIGATURE = (
    r"(?:keyboard_(?:double_)?arrow_(?:down|up|left|right)|chevron_(?:left|right|backward|forward)|navigate_(?:next|before)|"
    r"arrow_(?:drop_(?:down|up)(?:_circle)?|(?:back|forward)(?:_ios)?(?:_new)?|right(?:_alt)?|left(?:_alt)?|upward|downward|outward|"
    r"circle_(?:up|down|left|right))|expand_(?:more|less)|unfold_(?:more|less)|open_in_new|more_(?:vert|horiz)|account_circle|"
    r"shopping_(?:cart|bag|basket)|play_(?:arrow|circle(?:_filled|_outline)?)|favorite_border|bookmark_border|check_circle(?:_outline)?|"
    r"add_circle(?:_outline)?|remove_circle(?:_outline)?|error_outline|help_outline|info_outline|location_on|format_quote)"
)
_LIGATURE_HEAD = re.compile(rf"\s*(?:{_LIGATURE}\s*)+(?=[A-ZÀ-ÖØ-Þ0-9]|$|(?<=\s)[^\W_])")
_LIGATURE_TAIL = re.compile(rf"(?:(?:^|\s+){_LIGATURE})+\s*$|(?<=[a-zà-öø-ÿ])(?:{_LIGATURE}\s*)+$")
_CODE_SIGN = re.compile(r"[{}()<>=;\"'`$\\/#@\[\]]")


def ligatures(lines: Lines, options: dict[str, Any], words: Words) -> Iterator[tuple[int, int]]:
    """Names of arrows and signs of Google's icon font at a line's start or end, spaced or glued.

    ``chevron_leftBack`` loses its first word, ``Our shops expand_more`` its last; a line of nothing else goes.
    Lines with signs of code, and names that only stand in the middle, stay.
    """
    for i in _icon_lines(lines, "ligatures"):
        part = lines.parts[i]
        if len(part) > 400 or _CODE_SIGN.search(part):
            continue
        head = _LIGATURE_HEAD.match(part)
        start = lines.starts[i]
        if head is not None and head.end() == len(part):
            yield lines.whole(i)
            continue
        tail = _LIGATURE_TAIL.search(part, head.end() if head else 0)
        if head is not None:
            yield start, start + head.end()
        if tail is not None:
            yield start + tail.start(), start + len(part)


# ---------------------------------------------------------------- glyphs of icon fonts

_GLYPH = re.compile("[\ue000-\uf8fe\U000f0000-\U000ffffd]")
_GLYPHS_ONLY = re.compile("[ \t]*(?:[\ue000-\uf8fe\U000f0000-\U000ffffd][ \t]*){1,24}")
# The first bytes of the private use areas in UTF-8.
_GLYPH_BYTES = (b"\xee", b"\xef", b"\xf3")


def icon_glyphs(lines: Lines, options: dict[str, Any], words: Words) -> Iterator[tuple[int, int]]:
    """Lines of nothing but private use characters, which icon fonts draw their icons at.

    Not in a text where such characters stand among words: there they are letters or signs of a font of
    the document's own (rare Chinese characters, the Symbol font's formulas and bullets).
    """
    if lines.text.isascii():
        return
    data = lines.text.encode("utf-8", "surrogatepass")
    if not any(first in data for first in _GLYPH_BYTES):
        return
    found: dict[int, None] = {}
    at = _GLYPH.search(lines.text)
    while at is not None:
        i = lines.index_at(at.start())
        if _GLYPHS_ONLY.fullmatch(lines.parts[i]) is None:
            return
        found[i] = None
        at = _GLYPH.search(lines.text, lines.starts[i] + len(lines.parts[i]))
    for i in found:
        yield lines.whole(i)


# ---------------------------------------------------------------- names of image files

_ONE_FILE = r"[\p{L}\p{N}_(%][\p{L}\p{M}\p{N}_().,@%&+~×'’-]*\.(?:jpe?g|png|gif|svg|webp|avif|heic|bmp|tiff?)"
# Names that cameras, phones and editors give to files hold spaces; others may where a figure shows that it is a name.
_SPACED_FILE = (
    r"(?:screen ?shot|screenshot|bildschirmfoto|capture d['’]écran|captura de pantalla|schermafbeelding|whatsapp image|"
    r"untitled|unnamed|image|img|photo|picture|pic|foto|bild)\b[\p{L}\p{M}\p{N}_().,@%&+~×'’ -]{0,60}"
    r"\.(?:jpe?g|png|gif|svg|webp|avif|heic|bmp|tiff?)"
)
_IMAGE_FILE = lazily(rf"\s*(?:[-•*] )?(?:{_ONE_FILE}|{_SPACED_FILE})\s*", regex.I)
_TWO_WORD_FILE = lazily(
    r"\s*(\p{L}[\p{L}\p{M}'’-]*)(?: [\p{L}\p{N}][\p{L}\p{M}\p{N}'’_()-]*){1,3}\.(?:jpe?g|png|gif|webp|heic)\s*", regex.I
)
# First words that make "add hero.png" an order to somebody, not a name.
_ORDERS = _set(
    "see open add replace use using edit save saved delete remove update rename copy move upload download view click drag load "
    "import export create insert select choose example figure file compress convert optimise optimize attach run read check fix "
    "put place set show display write the a an this that your my our in from to for with and or of on as is called named siehe "
    "öffne öffnen datei voir ouvrir fichier ver abrir archivo fájl plik soubor apri vedi"
)
#: More names than this in one text are what it is about.
_MOST_FILES = 300
#: A listing shows within so many lines.
_FILE_REACH = 5
# A neighbour that shows a listing of files or a piece of code.
_OTHER_FILE = lazily(
    r"[├└│`$>{}=<]|(?:^|[\s/\\])[\w.-]+\.(?:css|s[ac]ss|js|mjs|jsx|tsx?|html?|php|py|rb|go|rs|java|c|cpp|h|md|txt|json|ya?ml|"
    r"toml|xml|csv|sh|zip|gz|pdf|docx?|xlsx?|psd|ai|eps|mp[34]|mov|wav|ttf|woff2?)\b|/\s*$",
    regex.I,
)


def image_files(lines: Lines, options: dict[str, Any], words: Words) -> Iterator[tuple[int, int]]:
    """Lines that are nothing but the name of an image file: ``IMG_2034.JPG``, ``ruby top.jpeg``.

    Not beside a line that names a file of another kind or draws a tree: that is a listing. Addresses,
    paths and sentences that name a file stay.
    """
    named = [i for i in _icon_lines(lines, "files") if _is_image_name(lines.parts[i])]
    if len(named) > _MOST_FILES:
        return
    for i in named:
        if not any(len(other) < 400 and _OTHER_FILE.search(other) for other in _neighbours(lines, i)):
            yield lines.whole(i)


def _is_image_name(part: str) -> bool:
    if len(part) > 160:
        return False
    if _IMAGE_FILE.fullmatch(part):
        return True
    m = _TWO_WORD_FILE.fullmatch(part)
    return m is not None and m[1].lower() not in _ORDERS


def _neighbours(lines: Lines, i: int) -> Iterator[str]:
    """The nearest line with something in it on either side of line ``i``, a few lines away at most."""
    for side in (lines.parts[max(0, i - _FILE_REACH) : i][::-1], lines.parts[i + 1 : i + 1 + _FILE_REACH]):
        yield from islice(filter(str.strip, side), 1)


# ---------------------------------------------------------------- twins

_NOT_WORD = lazily(r"[^\p{L}\p{M}\p{N}]+")
#: Lines with something in them that may stand between a labelled caption and its twin.
_NEAR = 4
#: The same, blank lines counted.
_TWIN_REACH = 12
#: More labelled lines than this are a table of data.
_MOST_LABELLED = 500
_LONGEST_LABELLED = 2_000
#: A caption and its twin differ by a credit at most.
_LONGEST_TAIL = 120
#: The headline stands among the first lines, its twin at most so many lines below.
_HEAD = 4
_BELOW = 5
#: Below them a paragraph is looked for among so many lines.
_ARTICLE_REACH = 24
#: What a list of contents names stands within so many lines.
_CONTENTS_REACH = 400
_LONGEST_HEADLINE = 300


def _folded(line: str) -> str:
    """A line with quotes, dashes, spaces, punctuation and case out of the way."""
    return _NOT_WORD.sub(" ", line.lower()).strip()


_CREDIT_WORD = (
    r"(?:©|\(c\)|photo|picture|pic|image|credit|courtesy|foto|bild|quelle|source|crédit|getty|reuters|afp|ap|pa|dpa|epa|efe|"
    r"ansa|tass|alamy|shutterstock|imago|keystone|фото|写真|＝|=)"
)
# What the unlabelled caption may go on with: it stays, so nothing is lost.
_ANY_TAIL = lazily(
    r"""[\s.…"”»]*(?:[(\[（［【][^()\[\]（）［］【】]{2,80}[)\]）］】]|[|｜/／–—].{2,60}|"""
    rf"{_CREDIT_WORD}(?!\p{{L}}).{{0,80}})\s*",
    regex.I,
)
# The labelled one goes with its tail, so that must be a credit.
_CREDIT_TAIL = lazily(r"""[\s.…"”»]*[(\[（［【|｜/／–—-]?\s*""" + _CREDIT_WORD + r"(?!\p{L}).{0,80}\s*", regex.I)


def labelled_twins(lines: Lines, options: dict[str, Any], words: Words) -> Iterator[tuple[int, int]]:
    """A caption that stands again behind a label: ``Image: …`` next to the same words without it.

    ``labels`` are the words before the colon. Only the labelled line goes, and only where its twin is one
    of the few lines around it; a credit at the end of one of the two does not part them.
    """
    labels = frozenset(options["labels"])
    labelled = [
        (i, m.end())
        for colon in (":", "：")
        if colon in lines.text
        for i, part in enumerate(lines.parts)
        if colon in part  # most lines have none, and need not be cut
        if colon in part[:_LABEL_REACH] and len(part) <= _LONGEST_LABELLED and (m := _LABEL.match(part)) and m[1].lower() in labels
    ]
    if len(labelled) > _MOST_LABELLED:
        return
    gone: set[int] = set()
    for i, behind in labelled:
        caption = lines.parts[i][behind:]
        if word_count(caption) < 3:
            continue
        if any(j not in gone and _same_caption(caption, lines.parts[j]) for j in _around(lines, i)):
            gone.add(i)
            yield lines.whole(i)


_LABEL_REACH = 32
_LABEL = lazily(r"\s*[(\[]?([^\s:：](?:[^:：\n]{0,28}[^\s:：])?)\s*[:：]\s*")


def _around(lines: Lines, i: int) -> Iterator[int]:
    """Lines near ``i`` with something in them, nearest first on each side."""
    above, below = range(i - 1, max(-1, i - _TWIN_REACH), -1), range(i + 1, min(len(lines.parts), i + _TWIN_REACH))
    for side in (above, below):
        yield from islice((j for j in side if lines.parts[j].strip()), _NEAR)


def _same_caption(one: str, other: str) -> bool:
    """Whether the caption ``one``, which would go, stands in ``other`` too.

    Quotes, dashes and case do not matter, nor a credit at the end of either.
    """
    a, b = _folded(one), _folded(other)
    if a == b:
        return True
    if abs(len(one) - len(other)) > _LONGEST_TAIL or word_count(one) < 4 or word_count(other) < 4:
        return False
    short, long, text, tail = (a, b, other, _ANY_TAIL) if len(a) < len(b) else (b, a, one, _CREDIT_TAIL)
    if not long.startswith(short):
        return False
    # Where in the longer text does the shorter one end? Behind so many letters and figures.
    letters = len(short.replace(" ", ""))
    counts = accumulate(len(_NOT_WORD.sub("", c.lower())) for c in text)
    end = next((at for at, count in enumerate(counts, 1) if count == letters), None)
    return end is not None and tail.fullmatch(text[end:]) is not None


_OUTLET_TAIL = lazily(r"(.*\S)\s+[|–—-]\s+([\p{Lu}\p{N}][^|–—]{1,40})")
_TAIL_WORDS = 5


def headline_twins(lines: Lines, options: dict[str, Any], words: Words) -> Iterator[tuple[int, int]]:
    """The headline again, near the top: the same words with other quotes, dashes or case.

    The headline is one of the first four lines and has four words; its twin is looked for among the next
    five, both above the first paragraph, and may end in `` - Outlet`` or `` | Outlet``; so may the headline,
    as in a page's title, and then it goes itself. Only above an article: a paragraph must follow before
    more than two short lines do, so that a poem's title and its first line, or a list of contents, stay.
    So do all lines where the words stand a third time near the top: that is a refrain, a form, a menu.
    """
    top = _first_lines(lines, _HEAD + _BELOW)
    begins = [_begin(lines.parts[i]) for i in top]
    if len(set(begins)) == len(begins):
        return
    for k, first in enumerate(top[:_HEAD]):
        for j in range(k + 1, min(k + 1 + _BELOW, len(top))):
            if len(lines.parts[top[j]]) > _LONGEST_HEADLINE:
                break  # a paragraph: what stands below it is a heading of its own
            if begins[j] == begins[k]:
                goes = _headline_twin(lines, first, top[j])
                if goes is not None and not any(is_prose(lines.parts[i]) for i in top[:j]):
                    if not _is_third(lines, top, k, j):
                        yield lines.whole(goes)
                    return


def _begin(line: str) -> str:
    """The first letters and figures of a line: twins share them, other lines seldom do."""
    return "".join(filter(str.isalnum, line[:24].lower()))[:10]


def _headline_twin(lines: Lines, first: int, twin: int) -> int | None:
    """Which of two lines that begin alike goes as the other's twin, where they are twins above an article."""
    head, part = lines.parts[first], lines.parts[twin]
    if len(head) > _LONGEST_HEADLINE or not _may_be_headline(head) or is_bullet(part):
        return None
    key, twin_key = _folded(head), _folded(part)
    if key == twin_key or _is_titled(part, key):
        goes = twin
    elif _is_titled(head, twin_key):
        goes = first
    else:
        return None
    return goes if _is_above_article(lines, twin) and not _is_contents(lines, first, twin) else None


def _is_third(lines: Lines, top: Sequence[int], k: int, j: int) -> bool:
    """Whether the words of lines ``k`` and ``j`` of ``top`` are those of another of these lines."""
    keys = {_folded(lines.parts[top[k]]), _folded(lines.parts[top[j]])}
    return any(_folded(lines.parts[i]) in keys for n, i in enumerate(top) if n not in (k, j))


_FIGURES = lazily(r"\S*\d\S*")


def _may_be_headline(line: str) -> bool:
    """Four words that are no figures, and no end of a sentence or question: those head sections of their own."""
    if word_count(_FIGURES.sub("", line)) < 4 or line.rstrip()[-1] in ".,;:?，、。？":
        return False
    titled = _OUTLET_TAIL.fullmatch(line.strip())
    return not is_bullet(line) and not is_structured(_HEAD_LEAD.sub("", titled[1] if titled else line))


# A headline may begin with a quotation, or with its subject and a colon; that alone makes no dialogue.
_HEAD_LEAD = lazily(r"""^[\s"'“”„‟‘’‚‹›«»「『]*(?:\p{Lu}[\p{L} .]{0,30}:\s+)?[\s"'“”„‟‘’‚‹›«»「『]*""")


def _is_titled(line: str, key: str) -> bool:
    """Whether ``line`` is the headline ``key`` with an outlet's name behind a bar or dash."""
    m = _OUTLET_TAIL.fullmatch(line.strip())
    return (
        m is not None
        and len(key) >= 20
        and word_count(m[1]) >= 5
        and word_count(m[2]) <= _TAIL_WORDS
        and _folded(m[1]) == key
    )


def _first_lines(lines: Lines, most: int) -> list[int]:
    """The first ``most`` lines with something in them."""
    return list(islice((i for i, part in enumerate(lines.parts) if part.strip()), most))


def _is_above_article(lines: Lines, i: int) -> bool:
    """Whether a paragraph follows line ``i`` with two short lines between them at most."""
    short = 0
    for part in lines.parts[i + 1 : i + _ARTICLE_REACH]:
        if not part.strip():
            continue
        n = word_count(part[:400])
        if n >= 20:
            return not is_structured(part[:400])
        short += n > 4
        if short > 2:
            return False
    return False


def _is_contents(lines: Lines, first: int, twin: int) -> bool:
    """Whether what stands between the two stands again further down, as in a list of contents."""
    between = {p.strip() for p in lines.parts[first + 1 : twin] if word_count(p) >= 2}
    return any(part.strip() in between for part in lines.parts[twin + 1 : twin + _CONTENTS_REACH])


#: Bounds of a paragraph or caption that may stand twice by mistake. Longer ones are quoted whole in forums.
_FEWEST_TWIN, _SURE_TWIN, _MOST_TWIN = 5, 15, 45
_TWIN_LETTERS, _LONGEST_TWIN = 20, 600
_NAMED = lazily(r"(?<=\S\s+)(?:[\"'“„«(]?\p{Lu}\p{Ll}|\d)")
# A word in small letters, or in letters that have no capitals: a heading in capitals has at most "the" and "of".
_SMALL = lazily(r"(?<![\p{L}\p{M}'’-])(?:\p{Ll}{4,}|\p{Lo}|(?!(?:a|an|and|as|at|by|for|in|of|on|or|the|to|vs?|with)\b)\p{Ll}{2,3}\b)")


def paragraph_twins(lines: Lines, options: dict[str, Any], words: Words) -> Iterator[tuple[int, int]]:
    """A caption or paragraph that stands twice, one right after the other: the second goes.

    They may differ in quotes and case, and a blank line may stand between. From fifteen words on it must be a
    sentence; a shorter one must name something or somebody and stand between two paragraphs of prose.
    Verse, lists, dialogue, tables, code, questions and headings (``Every Word in Capitals``) stay.
    """
    shown = [i for i, part in enumerate(lines.parts) if part]
    lengths = [len(lines.parts[i]) for i in shown]
    same = map(eq, lengths, lengths[1:])
    for k in compress(range(len(lengths)), same):
        if not _TWIN_LETTERS <= lengths[k] <= _LONGEST_TWIN:
            continue
        one, other = lines.parts[shown[k]], lines.parts[shown[k + 1]]
        third = lines.parts[shown[k + 2]] if k + 2 < len(shown) else ""
        if one in (third, lines.parts[shown[k - 1]] if k else ""):
            continue  # three times is a refrain or a form, not a slip
        if shown[k + 1] - shown[k] > 2 or (one != other and _folded(one) != _folded(other)) or not _may_be_twin(one):
            continue
        if word_count(one) >= _SURE_TWIN:
            sure = one.rstrip()[-1] in ".。．…”\"»)）" and not _in_verse(lines, shown, k)
        else:
            named = _NAMED.search(one) is not None and all(_SMALL.search(line) for line in (one, other))
            sure = named and _between_prose(lines, shown, k)
        if sure:
            yield lines.whole(shown[k + 1])


def _may_be_twin(line: str) -> bool:
    if line[0].isspace() or line[0].islower() or line.rstrip()[-1] in ",;:?!，、；：？！":
        return False
    if word_count(_FIGURES.sub("", line)) < _FEWEST_TWIN:
        return False
    return word_count(line) <= _MOST_TWIN and not is_bullet(line) and not is_structured(line)


def _between_prose(lines: Lines, shown: Sequence[int], k: int) -> bool:
    """Whether prose stands right above the pair at ``k`` and right below it."""
    if not 1 <= k < len(shown) - 2:
        return False
    return all(word_count(p) >= 15 and is_prose(p) for p in (lines.parts[shown[k - 1]], lines.parts[shown[k + 2]]))


def _in_verse(lines: Lines, shown: Sequence[int], k: int) -> bool:
    """Whether the pair at ``k`` stands among lines that end without a sentence's end."""
    around = [lines.parts[j] for j in (*shown[max(0, k - 2) : k], *shown[k + 2 : k + 4])]
    return bool(around) and not any(is_prose(part) for part in around)


#: Name in rule files -> detector.
DETECTORS: dict[str, Detector] = {
    "head-lines": head_lines,
    "button-rows": button_rows,
    "comment-threads": comment_threads,
    "credits-round-caption": credits_round_caption,
    "lone-credits": lone_credits,
    "trailing-headlines": trailing_headlines,
    "link-cards": link_cards,
    "menu-runs": menu_runs,
    "kickers": kickers,
    "note-titles": note_titles,
    "section-runs": section_runs,
    "tag-tails": tag_tails,
    "icon-runs": icon_runs,
    "icon-glyphs": icon_glyphs,
    "ligatures": ligatures,
    "image-files": image_files,
    "labelled-twins": labelled_twins,
    "headline-twins": headline_twins,
    "paragraph-twins": paragraph_twins,
}
