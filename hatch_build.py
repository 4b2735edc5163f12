"""What is made ahead when a wheel is built: the scanner is compiled, the rules are read."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Prepare(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's own form of it
    """Without what this makes, the package works the same; it is slower, and its first start takes longer."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it collects the files."""
        scanner = Path(self.root, "cleaner", f"_scan{EXTENSION_SUFFIXES[0]}")
        scanner.unlink(missing_ok=True)  # an older one must not pass for this source's
        self._run("compile_scanner.py", "The scanner could not be compiled; cleaning will take twice as long.")
        if scanner.is_file():
            build_data["pure_python"] = False
            build_data["infer_tag"] = True
            build_data["artifacts"].append(f"/cleaner/{scanner.name}")
        self._run("-m cleaner.prepare", "The rules could not be prepared; the first start will take longer.")

    def _run(self, what: str, otherwise: str) -> None:
        made = subprocess.run(
            [sys.executable, *what.split()],
            cwd=self.root,
            # What the build asks for is on this process's path, and need not be on another's.
            env={**os.environ, "PYTHONPATH": os.pathsep.join([self.root, *filter(None, sys.path)])},
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode != 0:
            self.app.display_warning(f"{otherwise}\n{made.stderr}")
