"""Make ahead what is made of the bundled rules, so that a fresh installation starts at once.

    python -m cleaner.prepare

Run when a wheel is built, also the one of an editable installation. What it writes is read only as
long as rules and code are the same.
"""

from __future__ import annotations

from cleaner import kept
from cleaner.model import LEVELS
from cleaner.pipeline import Cleaner
from cleaner.rules import kept_name, load


def main() -> None:
    """Write into the package's folder ``_kept`` what is made of the rules, for every profile."""
    kept.use(kept.BUNDLED)
    rules = load()
    matchers = [Cleaner(rules, profile=level).matcher for level in LEVELS]
    for matcher in matchers:
        _ = matcher.index
    current = {kept_name(rules.version), *(matcher.kept_name for matcher in matchers)}
    for path in kept.BUNDLED.glob("*.json"):
        if path.name in current:
            path.chmod(0o644)  # whoever installs it, others use it
        else:
            path.unlink()


if __name__ == "__main__":
    main()
