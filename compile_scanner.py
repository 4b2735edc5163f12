"""Compile ``cleaner/_scan.pyx`` beside its source: ``python compile_scanner.py``.

Run when the package is built (``hatch_build.py``), also for an editable installation; by hand after a change of
the source. Needs Cython, setuptools and a C compiler. Without what it makes, the package gives the same results, slower.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parent / "cleaner" / "_scan.pyx"


def main() -> None:
    """Leave the module beside its source, and nothing else."""
    from Cython.Build import cythonize
    from setuptools import Distribution, Extension

    with tempfile.TemporaryDirectory() as scratch:
        modules = cythonize(
            [Extension("cleaner._scan", [str(SOURCE)])], build_dir=scratch, language_level=3, quiet=True
        )
        command = Distribution({"name": "cleaner", "packages": ["cleaner"], "ext_modules": modules}).get_command_obj("build_ext")
        # Not "in place": that would look for the package by the working directory.
        command.build_lib, command.build_temp = str(SOURCE.parent.parent), scratch
        command.ensure_finalized()
        command.run()


if __name__ == "__main__":
    main()
