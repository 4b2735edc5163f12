"""Prepares the rules when a wheel is built: see ``cleaner/prepare.py``."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Prepare(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's own form of it
    """Without what this makes, the package works the same; only its first start takes longer."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it collects the files."""
        made = subprocess.run(
            [sys.executable, "-m", "cleaner.prepare"],
            cwd=self.root,
            # What the build asks for is on this process's path, and need not be on another's.
            env={**os.environ, "PYTHONPATH": os.pathsep.join([self.root, *filter(None, sys.path)])},
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode != 0:
            self.app.display_warning(f"The rules could not be prepared; the first start will take longer.\n{made.stderr}")
