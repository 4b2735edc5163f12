"""Whole pages made up: menus, an article, teasers, comments, a footer. The outlets and people do not exist."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from tests.strategies import prose_texts

_MENU = (
    "Home", "News", "Local", "Business", "Sport", "Weather", "Opinion", "Culture", "Travel", "Food", "Video", "Podcasts", "Jobs",
    "Puzzles", "Archive", "Subscribe", "Log in", "My account", "Contact us", "About us", "Advertise", "Search", "Menu", "Sections",
)  # fmt: skip
_FOOTER = (
    "Terms of use", "Privacy policy", "Cookie settings", "Accessibility", "Help centre", "Site map", "Newsletters", "RSS", "Imprint",
    "Back to top", "Follow us", "Work with us", "Corrections", "Press room",
)  # fmt: skip
_TEASERS = (
    "Harbour bridge to close for repairs in spring", "Bakers of Tellin share their oldest recipe",
    "Council of Marrow Bay votes on tram line", "What the new school year brings for Oldwick", "Five walks along the River Senn",
    "Museum of clocks finds a missing pendulum", "Farmers ask for rain as wells run low", "A choir that only sings at dawn",
    "Lighthouse keeper retires after forty winters", "Ferry strike ends after nine days",
)  # fmt: skip
_OUTLETS = ("Tellin Courier", "Marrow Bay Post", "Oldwick Echo", "The Senn Valley Star", "Nordhafen Bote", "Gazette of Lowmere")
_NAMES = ("Ines Karlow", "Tom Verrin", "Mara Oduya", "Piet Hollander", "Lena Brask", "Joon Adler")


@dataclass(frozen=True)
class WebPage:
    """The lines of a page as a dump shows them, each with ``c`` for content or ``b`` for the rest."""

    site: str
    lines: list[tuple[str, str]]

    @property
    def text(self) -> str:
        return "\n".join(line for line, _ in self.lines)

    @property
    def gold(self) -> str:
        return "\n".join(line for line, label in self.lines if label == "c")


def sentences(language: str) -> list[str]:
    """Lines of running text of the prose fixtures."""
    return [line.strip() for line in prose_texts()[language].split("\n") if len(line.split()) > 8 or len(line) > 60 or line.strip().endswith("。")]


def web_page(seed: int, languages: Sequence[str] = ("en", "de"), paragraphs: int = 8) -> WebPage:
    """One page; the same seed gives the same."""
    draw = random.Random(seed)
    outlet = draw.choice(_OUTLETS)
    lines: list[tuple[str, str]] = [("Skip to content", "b"), (outlet, "b")]
    lines += [(name, "b") for name in draw.sample(_MENU, draw.randint(6, 16))]
    lines += [(f"{draw.randint(1, 28)} March 20{draw.randint(10, 25)}", "b")]
    lines += [(draw.choice(_TEASERS) + f", says {draw.choice(_NAMES)}", "c"), (f"By {draw.choice(_NAMES)}", "b")]
    pool = sentences(draw.choice(list(languages)))
    for _ in range(draw.randint(2, paragraphs)):
        lines.append((" ".join(draw.choice(pool) for _ in range(draw.randint(1, 4))), "c"))
        if draw.random() < 0.15:
            lines.append(("Advertisement", "b"))
    lines += [("Share", "b"), ("Related stories", "b")]
    for teaser in draw.sample(_TEASERS, draw.randint(3, 7)):
        lines += [(teaser, "b"), (f"{draw.randint(1, 23)} hours ago", "b")]
    if draw.random() < 0.5:
        lines += [(f"{draw.randint(2, 40)} comments", "b")]
        for _ in range(draw.randint(1, 3)):
            lines += [(draw.choice(_NAMES), "b"), ("Reply", "b")]
    lines += [(name, "b") for name in draw.sample(_FOOTER, draw.randint(4, 10))]
    lines += [(f"© 20{draw.randint(10, 25)} {outlet}. All rights reserved.", "b")]
    return WebPage(outlet, lines)
