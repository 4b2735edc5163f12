"""The report of a run: ``report.json`` with the figures, ``report.html`` for people.

The page is one file that needs nothing from outside: style and charts are in it. The charts are SVG
by pygal; without pygal the page has tables alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from cleaner.batch.journal import write_whole
from cleaner.batch.jsontext import dumps
from cleaner.batch.options import Options
from cleaner.batch.progress import duration
from cleaner.batch.stats import MOST_SITES, SHARES, Stats

if TYPE_CHECKING:
    from cleaner.batch.plan import Plan
    from cleaner.batch.runner import Outcome
    from cleaner.pipeline import Cleaner

#: Rows of the longer tables.
MOST_ROWS = 50
MOST_BARS = 15


def figures(stats: Stats, cleaner: Cleaner) -> dict[str, Any]:
    """The figures of a run as plain data: the same for the same input, rules and options, however the run went."""
    families: dict[str, list[int]] = {}
    for rule, counts in stats.rules.items():
        mine = families.setdefault(rule.split("/")[0], [0, 0])
        mine[0] += counts[0]
        mine[1] += counts[1]
    out: dict[str, Any] = {
        name: getattr(stats, name)
        for name in ("read", "written", "failed", "empty", "changed", "mended", "bytes", "chars", "removed", "left")
    }
    out |= {
        "rules_version": cleaner.ruleset.version,
        "profile": cleaner.profile,
        "families": _by_size(families, 1),
        "rules": _by_size(stats.rules, 1),
        "fixes": _by_size(stats.fixes, 0),
        "languages": _by_size(stats.languages, 0),
        "sites": _by_size(stats.sites, 0),
        "shares": [{"most": most, "documents": n} for most, n in zip(SHARES, stats.shares, strict=True)],
        "flags": dict(sorted(stats.flags.items())),
        "errors": dict(sorted(stats.errors.items())),
        "losers": stats.losers,
        "flagged": dict(sorted(stats.flagged.items())),
        "failures": dict(sorted(stats.failures.items())),
        "samples": dict(sorted(stats.samples.items())),
    }
    return out


def write_report(plan: Plan, outcome: Outcome, cleaner: Cleaner, options: Options) -> str:
    """Write both files into the account folder; returns what is good to know, or nothing.

    Raises OSError where they can't be written.
    """
    assert plan.account is not None
    data = figures(outcome.stats, cleaner)
    write_whole(plan.account / "report.json", dumps(data).encode() + b"\n")
    try:
        import pygal  # noqa: F401
    except ImportError:
        note = "report.html has no charts: they need pygal, pip install 'boilerplate-cleaner[report]'"
    else:
        note = ""
    page = _Page(data, plan, outcome, cleaner, charts=not note).html()
    write_whole(plan.account / "report.html", page.encode("utf-8", "replace"))
    return note


def _by_size(counts: Mapping[str, list[int]], at: int) -> dict[str, list[int]]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1][at], item[0])))


def _percent(part: float, whole: float) -> str:
    if not whole:
        return "–"
    share = 100 * part / whole
    return f"{share:.2f} %" if share < 10 else f"{share:.1f} %"


class _Page:
    """Puts the page together."""

    def __init__(self, data: Mapping[str, Any], plan: Plan, outcome: Outcome, cleaner: Cleaner, *, charts: bool) -> None:
        self.data, self.plan, self.outcome, self.charts = data, plan, outcome, charts
        self.why = {rule.id: rule.why for rule in cleaner.ruleset}
        self.removes = {family.name: family.removes for family in cleaner.ruleset.families}

    def html(self) -> str:
        sections = [
            self._tiles(),
            self._section("families", "What went, by family", self._families()),
            self._section("shares", "How much of a document went", self._shares()),
            self._section("rules", "What went, by rule", self._rules()),
            self._section("losers", "Documents that lost most", self._losers()),
            self._section("languages", "By language", self._groups("languages", "language")),
            self._section("sites", "By site", self._groups("sites", "site")),
            self._section("flagged", "Flagged documents", self._flagged()),
            self._section("errors", "Records that failed", self._errors()),
            self._section("fixes", "What the normaliser mended", self._fixes()),
            self._section("slow", "Slowest rules", self._slow()),
            self._section("samples", "Samples of what went, by rule", self._samples()),
        ]
        shown = [s for s in sections if s]
        links = "".join(f'<a href="#{i}">{escape(t)}</a>' for i, t in self.links)
        style = files("cleaner.batch").joinpath("report.css").read_text(encoding="utf-8")
        name = escape(self.plan.root.name or "corpus") if self.plan.root else "stdout"
        return (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
            'content="width=device-width,initial-scale=1">'
            f'<meta name="color-scheme" content="light dark"><title>Cleaning report: {name}</title><style>'
            f"{style}</style></head><body>"
            f"<header><h1>Cleaning report <span>{name}</span></h1><p>{self._about()}</p><nav>{links}</nav></header>"
            f"<main>{''.join(shown)}</main>"
            "</body></html>\n"
        )

    def _about(self) -> str:
        d = self.data
        shards = len(self.plan.shards)
        return (
            f"{shards:,} shard{'s' * (shards != 1)} · profile <b>{escape(d['profile'])}</b> · rules <code>"
            f"{escape(d['rules_version'])}</code> · "
            f"this session took {escape(duration(self.outcome.seconds))}"
        )

    links: list[tuple[str, str]]

    def _section(self, id_: str, title: str, body: str) -> str:
        if not body:
            return ""
        self.links = [*getattr(self, "links", []), (id_, title)]
        return f'<section id="{id_}"><h2>{escape(title)}</h2>{body}</section>'

    def _tiles(self) -> str:
        d = self.data
        tiles = [
            (f"{d['read']:,}", "documents read", ""),
            (_percent(d["removed"], d["chars"]), "of all characters removed", f"{d['removed']:,} of {d['chars']:,}"),
            (_percent(d["changed"], d["read"]), "of documents lost something", f"{d['changed']:,}"),
            (f"{sum(d['flags'].values()):,}", "flags", "worth a look" if d["flags"] else ""),
            (f"{d['failed']:,}", "records failed", "see errors.jsonl" if d["failed"] else ""),
        ]
        return (
            '<div class="tiles">'
            + "".join(
                f"<div><strong>{escape(a)}</strong><span>{escape(b)}</span><small>{escape(c)}</small></div>" for a, b, c in tiles
            )
            + "</div>"
        )

    def _families(self) -> str:
        rows = [
            (
                f"<b>{escape(name)}</b><small>{escape(self.removes.get(name, ''))}</small>",
                f"{chars:,}",
                _percent(chars, self.data["removed"]),
                f"{times:,}",
            )
            for name, (times, chars) in self.data["families"].items()
        ]
        if not rows:
            return "<p>No rule took anything.</p>"
        chart = self._bars("Characters removed", [(n, c) for n, (_, c) in list(self.data["families"].items())[:MOST_BARS]])
        return chart + _table(("family", "characters", "share of what went", "places"), rows)

    def _rules(self) -> str:
        rows = [
            (
                f"<b>{escape(name)}</b><small>{escape(self.why.get(name, ''))}</small>",
                f"{chars:,}",
                f"{times:,}",
                f"{documents:,}",
            )
            for name, (times, chars, documents) in self.data["rules"].items()
        ]
        chart = self._bars("Characters removed", [(n, c) for n, (_, c, _) in list(self.data["rules"].items())[:MOST_BARS]])
        return (rows and chart + _table(("rule", "characters", "places", "documents"), rows, MOST_ROWS)) or ""

    def _shares(self) -> str:
        bins = self.data["shares"]
        labels, before = [], 0.0
        for b in bins:
            labels.append("nothing" if b["most"] == 0 else f"{100 * before:g}–{100 * b['most']:g} %")
            before = b["most"]
        counts = [b["documents"] for b in bins]
        chart = self._columns("Documents", labels, counts)
        if chart:
            return f"{chart}<p class=note>Share of a document's characters that rules took.</p>"
        return _table(("share that went", "documents"), [(escape(a), f"{n:,}") for a, n in zip(labels, counts, strict=True)])

    def _groups(self, key: str, what: str) -> str:
        found = self.data[key]
        if not found:
            return ""
        rows = [
            (escape(name), f"{documents:,}", f"{removed:,}", _meter(removed, chars))
            for name, (documents, chars, removed) in list(found.items())[:MOST_ROWS]
        ]
        note = ""
        if key == "languages":
            note = (
                "<p class=note>Looked at for a sample of the documents (the first of each shard and some after them), "
                "unless it is written for all.</p>"
            )
        elif len(found) >= MOST_SITES:
            note = f"<p class=note>The largest sites; of more than {MOST_SITES:,}, small ones are not counted to the end.</p>"
        return _table((what, "documents", "characters removed", "share"), rows) + note

    def _losers(self) -> str:
        items = []
        for removed, shard, record, name, chars, parts in self.data["losers"]:
            title = f"{escape(str(name or ''))} <small>{escape(shard)}, record {record}</small>"
            text = "".join(f'<mark title="{escape(cause)}">{escape(t)}</mark>' if cause else escape(t) for t, cause in parts)
            causes = ", ".join(sorted({escape(c) for _, c in parts if c}))
            items.append(
                f"<details><summary><span>{title}</span><span>{removed:,} of {chars:,} characters, "
                f"{_percent(removed, chars)}</span></summary>"
                f"<pre>{text}</pre><p class=note>{causes}</p></details>"
            )
        return (
            items
            and "<p class=note>What went is highlighted; the rule is in its tooltip. Long stretches are shortened.</p>"
            + "".join(items)
        ) or ""

    def _flagged(self) -> str:
        rows = []
        for flag, documents in self.data["flags"].items():
            shown = "<br>".join(
                f"{escape(str(name or ''))} <small>{escape(shard)}, record {record}</small>"
                for _, shard, record, name in self.data["flagged"].get(flag, [])
            )
            rows.append((f"<b>{escape(flag)}</b>", f"{documents:,}", shown))
        return (rows and _table(("flag", "documents", "some of them"), rows, numbers=(1,))) or ""

    def _errors(self) -> str:
        rows = []
        for kind, records in self.data["errors"].items():
            shown = "<br>".join(
                f"{escape(reason)} <small>{escape(shard)}, record {record}</small>"
                for shard, record, reason in self.data["failures"].get(kind, [])
            )
            rows.append((f"<b>{escape(kind)}</b>", f"{records:,}", shown))
        return (rows and _table(("kind", "records", "the first of them"), rows, numbers=(1,))) or ""

    def _fixes(self) -> str:
        rows = [(escape(name), f"{edits:,}", f"{documents:,}") for name, (edits, documents) in self.data["fixes"].items()]
        return (rows and _table(("fix", "changes", "documents"), rows)) or ""

    def _slow(self) -> str:
        found = sorted(self.outcome.rule_seconds.items(), key=lambda item: (-item[1], item[0]))[:MOST_BARS]
        total = sum(self.outcome.rule_seconds.values())
        rows = [(escape(rule), f"{1000 * seconds:,.2f} ms", _meter(seconds, total)) for rule, seconds in found]
        note = (
            "<p class=note>Measured on one document in 64; the share is that of the time spent in patterns and detectors. These times "
            "differ from run to run.</p>"
        )
        return (rows and _table(("rule", "time", "share"), rows) + note) or ""

    def _samples(self) -> str:
        items = []
        for rule, samples in self.data["samples"].items():
            times = self.data["rules"].get(rule, [0])[0]
            shown = "".join(
                f"<li><pre>{escape(before)}<mark>{escape(went)}</mark>{escape(after)}</pre><small>"
                f"{escape(str(name or ''))} {escape(shard)}, record {record}</small></li>"
                for _, shard, record, name, before, went, after in samples
            )
            items.append(
                f"<details><summary><span>{escape(rule)} <small>{escape(self.why.get(rule, ''))}</small></span><span>"
                f"{times:,} places</span></summary><ul>{shown}</ul></details>"
            )
        return (items and "<p class=note>A fair draw from each rule's removals: is it residue?</p>" + "".join(items)) or ""

    # -- charts

    def _bars(self, title: str, values: Sequence[tuple[str, int]]) -> str:
        if not self.charts or not values:
            return ""
        import pygal

        rows = list(reversed(values))
        chart = pygal.HorizontalBar(**_chart_settings(title, height=60 + 28 * len(rows)) | {"print_values": False})
        chart.x_labels = [name for name, _ in rows]
        chart.add(title, [n for _, n in rows])
        return _svg(chart, f"bars-{values[0][0]}")

    def _columns(self, title: str, labels: Sequence[str], values: Sequence[int]) -> str:
        if not self.charts or not any(values):
            return ""
        import pygal

        chart = pygal.Bar(**_chart_settings(title, height=300))
        chart.x_labels = list(labels)
        chart.add(title, list(values))
        return _svg(chart, "columns")


# Colours that stand for others: in the page they are the variables of the style sheet, which know light and dark.
_COLOURS = {"#a1b2c1": "var(--accent)", "#a1b2c2": "var(--text)", "#a1b2c3": "var(--quiet)"}


def _chart_settings(title: str, height: int) -> dict[str, Any]:
    from pygal.style import Style

    style = Style(
        background="transparent",
        plot_background="transparent",
        foreground="#a1b2c2",
        foreground_strong="#a1b2c2",
        foreground_subtle="#a1b2c3",
        colors=("#a1b2c1",),
        value_colors=("#a1b2c2",),
        opacity="1",
        opacity_hover=".8",
        font_family="system-ui, sans-serif",
        label_font_size=12,
        major_label_font_size=12,
        value_font_size=12,
        guide_stroke_color="#a1b2c3",
        major_guide_stroke_color="#a1b2c3",
        guide_stroke_dasharray="2,4",
        major_guide_stroke_dasharray="2,4",
    )
    return {
        "style": style,
        "js": (),
        "width": 960,
        "height": height,
        "margin": 12,
        "show_legend": False,
        "disable_xml_declaration": True,
        "pretty_print": False,
        "formatter": lambda n: f"{n:,.0f}" if n else "",
        "print_values": True,
        "print_values_position": "top",
        "truncate_label": 60,
        "no_data_text": "nothing",
        "rounded_bars": 2,
    }


def _svg(chart: Any, name: str) -> str:
    # Otherwise by chance, and the page would differ each time.
    chart.uuid = "".join(c if c.isalnum() else "-" for c in name)
    svg = str(chart.render(is_unicode=True))
    # pygal's settings, for a script of its own that the page does not use.
    svg = re.sub(r"<script.*?</script>", "", svg, flags=re.S)
    for stand_in, real in _COLOURS.items():
        svg = svg.replace(stand_in, real)
    return f'<figure role="img" aria-label="{escape(name)}">{svg}</figure>'


# ---------------------------------------------------------------- pieces


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], most: int = 10**9, numbers: Sequence[int] | None = None) -> str:
    """A table; all columns but the first hold numbers, where ``numbers`` says nothing. Cells are HTML."""
    rows = list(rows)
    right = range(1, len(head)) if numbers is None else numbers

    def line(tag: str, cells: Sequence[str]) -> str:
        return (
            "<tr>" + "".join(f"<{tag}{' class=n' if i in right else ''}>{cell}</{tag}>" for i, cell in enumerate(cells)) + "</tr>"
        )

    body = "".join(line("td", row) for row in rows[:most])
    more = f"<p class=note>and {len(rows) - most:,} more, in report.json</p>" if len(rows) > most else ""
    top = line("th", [escape(h) for h in head])
    return f'<div class="wide"><table><thead>{top}</thead><tbody>{body}</tbody></table></div>{more}'


def _meter(part: float, whole: float) -> str:
    share = part / whole if whole else 0.0
    return f'<span class="meter"><i style="width:{100 * share:.1f}%"></i></span>{_percent(part, whole)}'
