"""Fuzz targets: what must hold for any bytes whatever. See the README beside this file."""

from __future__ import annotations

import importlib
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from functools import cache
from itertools import islice
from pathlib import Path

try:
    import atheris
except ImportError:  # the targets can be called without it
    atheris = None

with atheris.instrument_imports(include=["cleaner"]) if atheris else nullcontext():
    # What is imported here is followed by the fuzzer; this one would come later.
    importlib.import_module("cleaner.reader")
    from cleaner.edits import restore
    from cleaner.pipeline import Cleaner
    from cleaner.rules import bundled_rules, load, load_sound, marked


@cache
def _cleaner() -> Cleaner:
    return Cleaner(profile="thorough", languages=["en", "de"])


def clean(data: bytes) -> None:
    """Nothing raises, the original can be had back, and cleaning twice is cleaning once."""
    text = data.decode("utf-8", "surrogateescape")
    cleaned = _cleaner().clean(text)
    assert restore(cleaned.text, json.loads(json.dumps(cleaned.to_json()))) == text
    if "guard/rounds" not in cleaned.flags:
        assert _cleaner().clean(cleaned.text).text == cleaned.text


def clean_html(data: bytes) -> None:
    """No page raises, as bytes or as text; where nothing can be extracted a flag says so."""
    for page in (data, data.decode("utf-8", "replace")):
        cleaned = _cleaner().clean_html(page)
        assert cleaned.text or not cleaned.original.strip() or cleaned.edits


@cache
def _rule_folder() -> Path:
    folder = Path(tempfile.mkdtemp())
    for name in ("slots.yaml", "protected.yaml", "ads/family.yaml"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(bundled_rules() / name, folder / name)
    return folder


def rules(data: bytes) -> None:
    """A rule file is read, or refused with a message that names file and line."""
    file = _rule_folder() / "ads/en.yaml"
    file.write_bytes(data)
    problems = load_sound([_rule_folder()])[1]
    assert all(problem.path and problem.message for problem in problems)


def undo(data: bytes) -> None:
    """Any account of edits gives a text, or ValueError."""
    text, _, account = data.decode("utf-8", "replace").partition("\0")
    try:
        edits = json.loads(account)
    except (ValueError, RecursionError):
        return
    with suppress(ValueError):
        restore(text, edits)


TARGETS: dict[str, Callable[[bytes], None]] = {"clean": clean, "clean_html": clean_html, "rules": rules, "restore": undo}


def seeds(target: str) -> Iterator[bytes]:
    """Inputs to begin with: what a target takes when all is well."""
    examples = [marked(e)[0] for r in load().rules for e in r.removes if r.language in ("en", "de")]
    if target == "clean":
        yield from (e.encode() for e in examples)
    elif target == "clean_html":
        yield from (f"<html><body><article><p>{e}</p></article></body></html>".encode() for e in examples)
    elif target == "rules":
        files = (path.read_text(encoding="utf-8") for path in sorted(bundled_rules().glob("*/en.yaml")))
        yield from (f"- id:{rule}".encode() for file in files for rule in file.split("\n- id:")[1:] if len(rule) < 2000)
    else:
        for e in examples:
            cleaned = _cleaner().clean(e)
            yield f"{cleaned.text}\0{json.dumps(cleaned.to_json())}".encode()


def main() -> None:
    """``fuzz.py TARGET [libFuzzer's options]``"""
    target = sys.argv.pop(1) if len(sys.argv) > 1 else ""
    if target not in TARGETS:
        raise SystemExit(f"usage: fuzz.py {{{','.join(TARGETS)}}} [-max_total_time=SECONDS] [FOLDER]")
    if atheris is None:
        raise SystemExit("this needs atheris: pip install atheris")
    begin = Path(tempfile.mkdtemp())
    for number, data in enumerate(islice(seeds(target), 500)):
        (begin / str(number)).write_bytes(data)
    atheris.Setup([*sys.argv, str(begin)], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
