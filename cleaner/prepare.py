"""Make ahead what is made of the bundled rules, so that a fresh installation starts at once.

    python -m cleaner.prepare

Run when a wheel is built, also the one of an editable installation. What it writes is read only as
long as rules and code are the same.
"""

from __future__ import annotations

from cleaner import gates, kept, match, rules
from cleaner.rules import load


def main() -> None:
    """Write into the package's folder ``_kept`` what is made of the rules."""
    kept.use(kept.BUNDLED)
    ruleset = load()
    current = {rules.kept_name(ruleset.version)}
    for group in match.groups(ruleset):
        match.filing(ruleset, group)
        current.add(match.kept_name(ruleset, group))
    gates.badness_for_re2()
    current.add(gates.badness_name())
    for path in kept.BUNDLED.glob("*.json"):
        if path.name in current:
            path.chmod(0o644)  # whoever installs it, others use it
        else:
            path.unlink()


if __name__ == "__main__":
    main()
