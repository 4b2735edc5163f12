"""Which modules are left out where the libraries of an extra are not installed."""

from __future__ import annotations

import importlib
from pathlib import Path

from cleaner.extras import MissingExtra

ADAPTERS = Path(__file__).parent / "cleaner" / "adapters"


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Adapters can only be imported beside their libraries; any other error of an import is a failure."""
    if collection_path.parent != ADAPTERS or collection_path.suffix != ".py":
        return None
    try:
        importlib.import_module(f"cleaner.adapters.{collection_path.stem}")
    except MissingExtra:
        return True
    return None
