"""The two scraped articles come out right, and so do the same texts of other outlets.

The variants change whatever a rule could have learned by heart: outlet, platform, agency, person
and the icon set.
"""

from __future__ import annotations

from itertools import product

import pytest

from cleaner.pipeline import Cleaner
from tests.conftest import MakeCleaner
from tests.pages import ROOT, Page, as_file, pages

SEEDS = {
    "seed-spymaster-call": "000_0199e798428d1445.txt",
    "seed-cia-meeting": "004_00f08f09e40c7a3d.txt",
}
BY_SLUG = {p.slug: p for p in pages()}

OUTLETS = (
    "Halden Herald",
    "The Morrow Post",
    "Channel 9",
    "NTV24",
    "Kestrel News",
    "Daily Ferrywoman",
    "Radio Lindqvist",
    "El Faro de Brisa",
    "Die Nordstern",
    "L'Écho du Lac",
    "Corvik.com",
    "The Bay & Valley Times",
)
PLATFORMS = (
    "WhatsApp", "Facebook", "Instagram", "Telegram", "Bluesky", "Threads",
    "X", "TikTok", "YouTube", "LinkedIn", "Google News", "Mastodon",
)  # fmt: skip
AGENCIES = (
    "Reuters", "AP", "AFP", "Getty Images", "EPA", "dpa",
    "ANSA", "Corvik Pictures", "Alamy", "PA", "Nordlys Press", "Halden Images",
)  # fmt: skip
PERSONS = (
    "Alexey Nikolsky", "Marit Solheim", "Jean-Luc Ferrand", "Ana de la Vega", "Bo Li", "Ngozi Adeyemi-Clarke",
    "Søren Ø. Kjær", "Zeynep Şahin", "J. R. Whitcombe", "Łukasz Żak", "Maeve O'Hara", "Kenji van der Berg",
)  # fmt: skip
ICON_LINES = (
    # Icon names of twelve common sets and habits: with a prefix, with hyphens, with underscores, glued, spaced.
    "chevron-left chevron-right chevron-down chevron-up arrow-left arrow-right",
    "keyboard_arrow_down keyboard_arrow_up expand_more expand_less chevron_right more_vert",
    "fa-twitter fa-facebook fa-linkedin fa-envelope fa-print fa-whatsapp",
    "icon-cart icon-user icon-search icon-menu icon-close",
    "icon menuicon searchicon closeicon chevron downicon cart",
    "glyphicon-search glyphicon-user glyphicon-home glyphicon-menu-hamburger",
    "bi-facebook bi-twitter bi-instagram bi-youtube bi-envelope",
    "ion-search ion-close ion-share ion-bookmark ion-arrow-down",
    "mdi-menu mdi-magnify mdi-close mdi-account mdi-cart",
    "dashicons-menu dashicons-search dashicons-facebook dashicons-twitter",
    "facebook-square twitter-square linkedin-square youtube-play envelope-o",
    "icon-facebook icon-twitter icon-mail icon-print date 2024-05-06 icon-share",
)


def variants() -> list[tuple[str, str, str, str, str]]:
    """Each dozen in three rotations against the others: 36 combinations, each value in three of them."""
    return [
        (
            OUTLETS[i],
            PLATFORMS[(i + k) % 12],
            AGENCIES[(i + 2 * k + 5) % 12],
            PERSONS[(i + 3 * k) % 12],
            ICON_LINES[(i + 5 * k) % 12],
        )
        for k, i in product(range(3), range(12))
    ]


def disguise(text: str, outlet: str, platform: str, agency: str, person: str, icons: str) -> str:
    """A seed, or its expected text, as another outlet would have had it."""
    lines = text.split("\n")
    if lines[0].startswith(" date 2023-01-17 icon"):
        lines[0] = icons
    text = "\n".join(lines)
    for old, new in (
        ("Follow Paste BN on WhatsApp", f"Follow Paste BN on {platform}"),
        ("Paste BN", outlet),
        ("Pics: Reuters", f"Pics: {agency}"),
        ("Pic: AP", f"Pic: {agency}"),
        ("Sputnik/Alexey Nikolsky", f"{agency}/{person}"),
    ):
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(("slug", "name"), SEEDS.items(), ids=SEEDS)
def test_golden_input_is_the_seed_byte_for_byte(slug: str, name: str) -> None:
    assert BY_SLUG[slug].source.read_bytes() == (ROOT / "seeds" / name).read_bytes()


@pytest.mark.parametrize("slug", SEEDS)
@pytest.mark.parametrize("languages", [None, ("en",)], ids=["detected", "english"])
def test_seed_comes_out_as_expected(slug: str, languages: tuple[str, ...] | None, cleaner_for: MakeCleaner) -> None:
    page = BY_SLUG[slug]
    assert as_file(page.clean(cleaner_for("standard", languages)).text) == page.expected


@pytest.mark.parametrize("slug", SEEDS)
@pytest.mark.parametrize("dress", variants(), ids=[" + ".join(v[:4]) for v in variants()])
def test_seed_of_another_outlet_comes_out_just_as_clean(
    slug: str, dress: tuple[str, str, str, str, str], cleaner_for: MakeCleaner
) -> None:
    page = BY_SLUG[slug]
    cleaner = cleaner_for("standard")
    assert as_file(cleaner.clean_text(disguise(page.given, *dress))) == disguise(page.expected, *dress)


LABELS = ("Pic", "Pics", "Photo", "Photos", "Picture", "Image", "Photograph", "Photo credit", "Image credit", "Credit")


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("slug", ["seed-spymaster-call"])
def test_credit_behind_another_label(slug: str, label: str, cleaner_for: MakeCleaner) -> None:
    page = BY_SLUG[slug]
    given = page.given.replace("Pics: Reuters", f"{label}: Reuters").replace("Pic: AP", f"{label}: AP")
    assert as_file(cleaner_for("standard").clean_text(given)) == page.expected


@pytest.mark.parametrize("label", ["Image", "Picture", "Photo"])
def test_caption_twin_behind_another_label(label: str, cleaner_for: MakeCleaner) -> None:
    page = BY_SLUG["seed-spymaster-call"]
    assert as_file(cleaner_for("standard").clean_text(page.given.replace("Image: ", f"{label}: "))) == page.expected


def test_variants_differ_from_the_seed_and_from_each_other() -> None:
    texts = {disguise(page.given, *dress) for dress in variants() for page in _seed_pages()}
    assert len(texts) == 2 * len(variants())
    assert not texts & {p.given for p in _seed_pages()}


def _seed_pages() -> list[Page]:
    return [BY_SLUG[slug] for slug in SEEDS]


def test_careful_profile_leaves_every_sentence(cleaner_for: MakeCleaner) -> None:
    """The careful profile may leave residue, but whatever standard keeps it keeps too."""
    careful: Cleaner = cleaner_for("careful")
    for page in _seed_pages():
        kept = set(page.clean(careful).text.split("\n"))
        assert {line for line in page.expected.split("\n") if line.endswith((".", "”", '"'))} <= kept
