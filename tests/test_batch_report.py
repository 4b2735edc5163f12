"""The report: figures that are right, and a page that a browser shows, with no network, in light and dark."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cleaner import Cleaner
from tests.corpora import RULES, batch, records

CHROMIUM = next((p for name in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(name))), None)


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The account of a run over documents with markup in their text, one that is too long and a bad record."""
    folder = tmp_path_factory.mktemp("report")
    lines = [json.dumps({**r, "text": r["text"] + "\n<script>alert(1)</script> & <b>bold</b>"}) for r in records(200)]
    long = json.dumps({"id": "long", "text": "The harbour was closed. " * 5000})
    (folder / "in.jsonl").write_text("\n".join([*lines, "{broken", long]) + "\n")
    batch(folder / "in.jsonl", "-o", folder / "out/", "--max-record", "100000", status=1)
    return folder / "out.account"


def test_figures_are_those_of_the_cleaner(account: Path) -> None:
    cleaner = Cleaner(RULES)
    cleaned = [cleaner.clean(r["text"] + "\n<script>alert(1)</script> & <b>bold</b>") for r in records(200)]
    data = json.loads((account / "report.json").read_text())
    removals = [r for c in cleaned for r in c.removals]
    assert (data["read"], data["written"], data["failed"]) == (202, 201, 1)
    assert data["chars"] == sum(len(c.original) for c in cleaned)
    assert data["removed"] == sum(len(r.text) for r in removals)
    assert data["left"] == sum(len(c.text) for c in cleaned)
    assert data["changed"] == sum(bool(c.removals) for c in cleaned)
    for rule, (times, chars, documents) in data["rules"].items():
        mine = [r for r in removals if r.cause == rule]
        assert (times, chars) == (len(mine), sum(len(r.text) for r in mine))
        assert documents == sum(any(r.cause == rule for r in c.removals) for c in cleaned)
    assert data["families"] == {"prompts": [len(removals), data["removed"]]}
    assert sum(b["documents"] for b in data["shares"]) == 200
    assert sum(n for n, _, _ in data["sites"].values()) == 200
    lost = sorted((sum(len(r.text) for r in c.removals) for c in cleaned), reverse=True)
    assert [row[0] for row in data["losers"]] == lost[:20]
    assert data["errors"] == {"json": 1}
    assert data["flags"] == {"batch/too-long": 1}
    for rule, samples in data["samples"].items():
        assert samples
        for _, _, record, _, before, went, after in samples:
            assert before + went + after in cleaned[record].original
            assert went in [r.text for r in cleaned[record].removals if r.cause == rule]


class _Outside(HTMLParser):
    """Gathers what a page would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.found += [
            v for k, v in attrs if k in ("src", "href", "xlink:href", "data", "srcset") and v and not v.startswith("#")
        ]


def test_page_stands_alone_and_shows_markup_as_text(account: Path) -> None:
    page = (account / "report.html").read_text()
    parser = _Outside()
    parser.feed(page)
    assert parser.found == []
    assert "script" not in parser.tags
    assert "b" in parser.tags
    assert not re.search(r"url\(|@import", page)
    assert "&lt;script&gt;" in page
    assert parser.tags.count("svg") >= 2
    assert "prefers-color-scheme:dark" in page


def _browse(page: Path, profile: Path, *more: str) -> bytes:
    assert CHROMIUM
    flags = (
        "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking "
        "--disable-component-update --disable-sync"
    )
    done = subprocess.run(
        [CHROMIUM, *flags.split(), f"--user-data-dir={profile}", "--window-size=1100,2600", *more, page.as_uri()],
        capture_output=True, check=False, timeout=180,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_browser_shows_all_sections(account: Path, tmp_path: Path) -> None:
    # The page asks the browser itself: where things are, and whether charts and bars have a size.
    probe = """<script>addEventListener('load',()=>{const r=[];
      for(const s of document.querySelectorAll('section')){
        const b=s.getBoundingClientRect();r.push([s.id,b.width>300&&b.height>60])}
      const bars=[...document.querySelectorAll('figure svg .bar rect')].filter(e=>e.getBoundingClientRect().width>0).length;
      const wide=document.documentElement.scrollWidth<=innerWidth;
      const first=document.querySelector('#losers details');first.querySelector('summary').click();
      const text=first.querySelector('pre').getBoundingClientRect();const opened=first.open&&text.width>300&&text.height>20;
      document.title=JSON.stringify({sections:r,bars,wide,opened,mark:getComputedStyle(document.querySelector('mark')).backgroundColor})})</script>"""
    page = tmp_path / "probe.html"
    page.write_text((account / "report.html").read_text().replace("</body>", probe + "</body>"))
    said = re.search(r"<title>(.*?)</title>", _browse(page, tmp_path / "profile", "--dump-dom").decode())
    assert said
    seen = json.loads(said[1])
    assert [i for i, shown in seen["sections"]] == [
        "families", "shares", "rules", "losers", "languages", "sites", "flagged", "errors", "fixes", "slow", "samples",
    ]  # fmt: skip
    assert all(shown for _, shown in seen["sections"])
    assert seen["bars"] > 5
    assert seen["wide"]
    assert seen["opened"]
    assert seen["mark"] != "rgba(0, 0, 0, 0)"


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_light_and_dark_differ_and_both_paint(account: Path, tmp_path: Path) -> None:
    shots = {}
    for scheme, more in (("light", ()), ("dark", ("--blink-settings=preferredColorScheme=0",))):
        shot = tmp_path / f"{scheme}.png"
        _browse(account / "report.html", tmp_path / scheme, f"--screenshot={shot}", *more)
        shots[scheme] = _first_pixel(shot)
    assert sum(shots["light"]) > 700
    assert sum(shots["dark"]) < 120


def _first_pixel(path: Path) -> tuple[int, ...]:
    """Red, green, blue of a PNG's top left corner: the first line has no line above it to depend on."""
    import struct
    import zlib

    data, at, packed = path.read_bytes(), 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind == b"IDAT":
            packed += data[at + 8 : at + 8 + size]
        at += 12 + size
    return tuple(zlib.decompressobj().decompress(packed, 4)[1:4])
