"""Make ``rules/icons/names.txt`` from the published names of icon sets.

The names come from npm packages, unpacked in a folder of your choice:

    npm install --ignore-scripts @fortawesome/fontawesome-free @material-symbols/metadata material-icons \\
        bootstrap-icons feather-icons ionicons @primer/octicons dashicons
    python benchmarks/icon_names.py node_modules > rules/icons/names.txt

Only the names are taken, no drawing and no code. Underscores become hyphens, and what marks a mere
variant of an icon (``-fill``, ``-outline``, ``-circle``, a size) is cut off, for the detector knows
those marks itself. Hand-written names live in ``rules/icons/sprites.txt``.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

#: Marks of a variant; :mod:`cleaner.detectors` takes them for granted behind any name.
VARIANTS = {
    "fill", "filled", "outline", "outlined", "sharp", "rounded", "alt", "circle", "square", "o", "off", "simple", "thin", "h",
    "v", "lg", "sm",
}  # fmt: skip

HEADER = """\
# Names of icons, as icon fonts and sprites leave them in a text; a line a name.
# Made by benchmarks/icon_names.py from the published names of:
#   Font Awesome Free {fa} (CC-BY-4.0, OFL-1.1, MIT), Material Symbols {ms} and Material Icons {mi}
#   (Apache-2.0), Bootstrap Icons {bs} (MIT), Feather {feather} (MIT), Ionicons {ion} (MIT),
#   Octicons {octicon} (MIT), Dashicons {dash} (GPL-2.0).
# Names only: no drawing and no code of theirs is in here.
# Variants (-fill, -outline, -circle, sizes) are left out: the detector knows them.
"""

PACKAGES = {
    "fa": "@fortawesome/fontawesome-free",
    "ms": "@material-symbols/metadata",
    "mi": "material-icons",
    "bs": "bootstrap-icons",
    "feather": "feather-icons",
    "ion": "ionicons",
    "octicon": "@primer/octicons",
    "dash": "dashicons",
}


def published(modules: Path) -> Iterator[str]:
    """Every name in the packages under ``modules``. Raises FileNotFoundError where one is missing."""
    for package, pattern in (
        ("fa", "svgs/*/*.svg"),
        ("bs", "icons/*.svg"),
        ("feather", "dist/icons/*.svg"),
        ("ion", "dist/svg/*.svg"),
    ):
        yield from (path.stem for path in (modules / PACKAGES[package]).glob(pattern))
    yield from json.loads((modules / PACKAGES["ms"] / "versions.json").read_text(encoding="utf-8"))
    yield from json.loads((modules / PACKAGES["mi"] / "_data" / "versions.json").read_text(encoding="utf-8"))
    yield from json.loads((modules / PACKAGES["octicon"] / "build" / "data.json").read_text(encoding="utf-8"))
    css = (modules / PACKAGES["dash"] / "dashicons.css").read_text(encoding="utf-8")
    yield from re.findall(r"\.dashicons-([a-z0-9-]+):before", css)


def bare(name: str) -> str:
    """``name`` with hyphens, without the marks of a variant.

    >>> bare("chevron_left"), bare("user-circle-o"), bare("circle")
    ('chevron-left', 'user', 'circle')
    """
    parts = name.lower().replace("_", "-").split("-")
    while len(parts) > 1 and (parts[-1] in VARIANTS or parts[-1].isdigit()):
        parts.pop()
    return "-".join(parts)


def main() -> None:
    """Write the list to standard output."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", type=Path, help="the folder node_modules")
    modules = parser.parse_args().modules
    versions = {
        key: json.loads((modules / package / "package.json").read_text(encoding="utf-8"))["version"]
        for key, package in PACKAGES.items()
    }
    names = {bare(name) for name in published(modules)}
    # One letter or mere figures name nothing that could be told from text; very long names are unique to one icon.
    kept = sorted(n for n in names if len(n) > 1 and not n.replace("-", "").isdigit() and len(n) <= 26)
    sys.stdout.write(HEADER.format(**versions) + "\n".join(kept) + "\n")


if __name__ == "__main__":
    main()
