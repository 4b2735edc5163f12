"""Texts to measure on: those of labelled pages where they are at hand, else made up from fixtures and the rules' own examples.

No text is the same as another, and no two lines of a long one are, so that nothing is found in a cache and no rule for
repeated lines has more to do than on real pages.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from cleaner.model import RuleSet
from cleaner.rules import marked

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
#: What is measured on, and the view of a labelled page that has it.
KINDS = {"clean prose": "gold", "extractor output": "trafilatura", "raw dump": "dump"}
#: The same of made-up texts: the share of their lines that is residue.
SHARES = {"clean prose": 0.0, "extractor output": 0.08, "raw dump": 0.6}
_DOCUMENT = 6_000


def from_pages(folder: Path, size: int) -> dict[str, list[str]]:
    """Texts of each kind from ``articles`` and ``news`` in ``folder``, about ``size`` bytes of each, pages drawn evenly."""
    pages = []
    for name in ("articles", "news"):
        with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
            pages += [json.loads(line) for line in file]
    random.Random(1).shuffle(pages)
    out = {}
    for kind, view in KINDS.items():
        texts = (page["gold"] if view == "gold" else "\n".join(line for line, _ in page["views"].get(view, ())) for page in pages)
        out[kind] = list(up_to(size, (text for text in texts if text.strip())))
    return out


def up_to(size: int, texts: Iterator[str]) -> Iterator[str]:
    """The first of ``texts`` until they have ``size`` bytes."""
    done = 0
    for text in texts:
        if done >= size:
            return
        done += len(text.encode("utf-8", "surrogatepass"))
        yield text


class Maker:
    """Makes texts up; the same seed gives the same."""

    def __init__(self, ruleset: RuleSet, seed: int = 1) -> None:
        self._draw = random.Random(seed)
        self._prose = {file.stem: _sentences(file.read_text(encoding="utf-8")) for file in sorted((FIXTURES / "prose").glob("*.txt"))}
        self._residue: dict[str, list[str]] = {}
        for rule in ruleset.rules:
            if rule.kind == "line" and rule.status == "stable":
                lines = [text for text, _ in map(marked, rule.removes) if "\n" not in text]
                self._residue.setdefault(rule.language, []).extend(lines)

    def kinds(self, size: int) -> dict[str, list[str]]:
        """Texts of each kind, about ``size`` bytes of each; half of them English."""
        return {kind: list(up_to(size, self._texts(share))) for kind, share in SHARES.items()}

    def with_residue(self, share: float, size: int) -> list[str]:
        """English texts in which that share of the lines is residue."""
        return list(up_to(size, self._texts(share, "en")))

    def pages(self, count: int) -> list[str]:
        """HTML of pages with menus, an article, teasers and a footer."""
        return [self._page() for _ in range(count)]

    def _texts(self, share: float, language: str = "") -> Iterator[str]:
        others = [code for code in self._prose if code != "en"]
        while True:
            code = language or ("en" if self._draw.random() < 0.5 else self._draw.choice(others))
            yield "\n".join(self._lines(code, share, self._draw.randint(_DOCUMENT // 2, 2 * _DOCUMENT)))

    def _lines(self, language: str, share: float, size: int) -> Iterator[str]:
        prose = self._prose[language]
        residue = [line for code in ("any", "en", language) for line in self._residue.get(code, ())]
        done = 0
        while done < size:
            if residue and self._draw.random() < share:
                line = self._draw.choice(residue)
            else:
                line = varied(" ".join(self._draw.choices(prose, k=self._draw.randint(1, 4))), prose, self._draw)
            done += len(line.encode()) + 1
            yield line

    def _page(self) -> str:
        article = list(self._lines("en", 0.08, _DOCUMENT))
        others = [varied(self._draw.choice(self._prose["en"]), self._prose["en"], self._draw)[:70] for _ in range(40)]
        links = [f'<li class="item"><a href="/section/{i}/story-{i}.html" class="link link--{i % 5}">{text}</a></li>' for i, text in enumerate(others)]
        script = "window.state = " + json.dumps({f"key{i}": text for i, text in enumerate(others)}) + ";"
        paragraphs = "\n".join(f'<p class="paragraph">{line}</p>' for line in article)
        return (
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{others[0]}</title><script>{script}</script></head><body>'
            f'<header><nav><ul>{"".join(links[:20])}</ul></nav></header><main><article><h1>{others[0]}</h1>{paragraphs}</article>'
            f'<aside><h2>More stories</h2><ul>{"".join(links[20:])}</ul></aside></main><footer><ul>{"".join(links[:8])}</ul></footer></body></html>'
        )


def varied(line: str, pool: Sequence[str], draw: random.Random) -> str:
    """``line`` with one word put in another's place, so that hardly a line comes twice."""
    words = line.split(" ")
    others = draw.choice(pool).split(" ")
    words[draw.randrange(len(words))] = draw.choice(others) or "so"
    return " ".join(words)


def long_text(texts: Sequence[str], size: int) -> str:
    """One text of about ``size`` bytes out of the lines of ``texts``, in their order; past their end each has a word changed."""
    draw = random.Random(size)
    lines = [line for text in texts for line in text.split("\n")]
    out: list[str] = []
    done = number = 0
    while done < size:
        line = lines[number % len(lines)]
        if number >= len(lines) and " " in line:
            line = varied(line, lines, draw)
        line = line[: size - done]
        out.append(line)
        done += len(line.encode("utf-8", "surrogatepass")) + 1
        number += 1
    return "\n".join(out)


def in_pieces(text: str, size: int) -> list[str]:
    """``text`` cut between lines into pieces of about ``size`` bytes, and in a line where that alone is longer."""
    if size >= len(text):
        return [text]
    out: list[str] = []
    piece: list[str] = []
    room = size
    for line in text.split("\n"):
        while line:
            if room <= 0:
                out.append("\n".join(piece))
                piece, room = [], size
            piece.append(line[: 2 * size])
            room -= len(piece[-1].encode("utf-8", "surrogatepass")) + 1
            line = line[2 * size :]
    return [*out, "\n".join(piece)]


def fixture_pages() -> list[str]:
    """The HTML pages among the fixtures."""
    return [file.read_text(encoding="utf-8") for file in sorted(FIXTURES.glob("pages/*/input.html"))]


def _sentences(text: str) -> list[str]:
    found = [line.strip() for line in text.split("\n")]
    return [line for line in found if len(line.split()) > 8 or len(line) > 40]
