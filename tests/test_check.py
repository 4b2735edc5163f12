"""What is wrong with a rule file is said with its place, its rule and what follows; all of it in one run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from cleaner.check import check
from cleaner.pipeline import Cleaner
from cleaner.problems import Problem, RulesError
from cleaner.rules import load

SLOTS = """\
place:
  about: Places on this earth.
  words: [Halden, Brisa]
"""
FAMILY = """\
removes: Invitations to come to the fair.
keeps: News about the fair.
"""
RULE = """\
- id: come-along
  why: Invitation to come to the fair.
  remove: line
  phrases: ["come to the fair in {place}"]
  level: standard
  removes: ["[[Come to the fair in Halden]]"]
  keeps: ["Come to the fair in Halden, she said, and bring the goat."]
"""

Write = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Write:
    """Writes a rule folder that is right but for ``rules`` and further files, and returns it."""

    def write(rules: str = RULE, **files: str | bytes | None) -> Path:
        contents: dict[str, str | bytes | None] = {
            "slots.yaml": SLOTS,
            "protected.yaml": "[]\n",
            "fairs/family.yaml": FAMILY,
            "fairs/en.yaml": rules,
            **{name.replace("__", "/").replace("_yaml", ".yaml").replace("_yml", ".yml"): data for name, data in files.items()},
        }
        for name, data in contents.items():
            if data is None:
                continue
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data if isinstance(data, bytes) else dedent(data).encode())
        return tmp_path

    return write


def changed(old: str, new: str) -> str:
    assert old in RULE
    return RULE.replace(old, new)


def test_right_rules_have_no_problem(folder: Write) -> None:
    assert check([folder()]) == []


def test_right_rules_work(folder: Write) -> None:
    cleaner = Cleaner(folder())
    assert cleaner.clean_text("The goat won.\nCome to the fair in Brisa!") == "The goat won."


# Name -> the rule file, the line that is meant, the rule, words of the message.
FAULTS: dict[str, tuple[str, int, str, str]] = {
    "unknown key": (changed("  level:", "  lvel:"), 5, "come-along", "did you mean 'level'"),
    "missing why": (changed("  why: Invitation to come to the fair.\n", ""), 1, "come-along", "'why' is missing"),
    "no removes": (changed('  removes: ["[[Come to the fair in Halden]]"]\n', ""), 1, "come-along", "'removes' is missing"),
    "no keeps": (
        changed('  keeps: ["Come to the fair in Halden, she said, and bring the goat."]\n', "  keeps: []\n"),
        7,
        "come-along",
        "'keeps' is empty",
    ),
    "level by another name": (changed("standard", "strict"), 5, "come-along", "'strict'"),
    "unknown slot": (changed("in {place}", "in {plaice}"), 4, "come-along", "did you mean {place}"),
    "example that nothing takes": (
        changed("[[Come to the fair in Halden]]", "[[Come to the fair in Oslo]]"),
        6,
        "come-along",
        "nothing goes",
    ),
    "example that loses more": (
        changed("[[Come to the fair in Halden]]", "Come to the fair[[ in Halden]]"),
        6,
        "come-along",
        "wanted",
    ),
    "near miss that goes": (changed(", she said, and bring the goat.", "!"), 7, "come-along", "'keeps' example loses"),
    "marks that do not pair": (
        changed("[[Come to the fair in Halden]]", "[[Come to the fair in Halden"),
        6,
        "come-along",
        "]]",
    ),
    "no marks": (changed("[[Come to the fair in Halden]]", "Come to the fair in Halden"), 6, "come-along", "'removes' example"),
    "bare boolean": (changed('["[[Come to the fair in Halden]]"]', "[no]"), 6, "come-along", "true or false"),
    "span without a side": (changed("remove: line", "remove: span"), 3, "come-along", "'at'"),
    "key without effect": (changed("  level:", "  at: end\n  level:"), 5, "come-along", "no effect"),
    "regex without cues": (changed("  level:", "  regex: ['a fair']\n  level:"), 5, "come-along", "cues"),
    "invalid regex": (
        changed("  level:", "  regex: ['a (fair']\n  cues: [fair]\n  level:"),
        5,
        "come-along",
        "regular expression",
    ),
    "empty match": (changed("  level:", "  regex: ['(?:fair)?']\n  cues: [fair]\n  level:"), 5, "come-along", "empty"),
    "cue in capitals": (changed("  level:", "  regex: ['a fair']\n  cues: [Fair]\n  level:"), 6, "come-along", "lower case"),
    "detector that is not there": (
        changed('  remove: line\n  phrases: ["come to the fair in {place}"]', "  remove: detector\n  detector: fair-finder"),
        1,
        "come-along",
        "no detector 'fair-finder'",
    ),
    "id twice": (RULE + RULE, 8, "come-along", "taken"),
    "key twice": (changed("  level:", "  why: Another sentence.\n  level:"), 5, "come-along", "twice"),
    "id in capitals": (changed("come-along", "Come Along"), 1, "Come Along", "lower-case"),
    "tab": (changed("  level:", "\tlevel:"), 5, "", "tab"),
    "not a list": ("id: come-along\n", 1, "", "list"),
    "broken YAML": ('- id: "come-along\n', 0, "", "not valid YAML"),
}


@pytest.mark.parametrize(("rules", "line", "rule", "words"), FAULTS.values(), ids=FAULTS)
def test_fault_is_told_with_its_place(folder: Write, rules: str, line: int, rule: str, words: str) -> None:
    root = folder(rules)
    problems = check([root])
    assert problems, "no fault was found"
    place = (root / "fairs/en.yaml").as_posix()
    fitting = [p for p in problems if p.path == place and p.rule == rule and words in p.message and (not line or p.line == line)]
    assert fitting, "\n".join(map(str, problems))


def test_near_miss_of_another_rule_counts(folder: Write) -> None:
    """What one rule keeps, no rule may take, and the message names the culprit."""
    greedy = (
        RULE.replace("come-along", "goats")
        .replace('"come to the fair in {place}"', '"the goat of {place}"')
        .replace("[[Come to the fair in Halden]]", "[[The goat of Halden]]")
    )
    first = RULE.replace("Come to the fair in Halden, she said, and bring the goat.", "The goat of Brisa")
    root = folder(first + greedy)
    [problem] = check([root])
    assert problem.rule == "come-along"
    assert problem.line == 7
    assert problem.message == "'keeps' example loses 'The goat of Brisa' to fairs/en/goats"


FILES: dict[str, tuple[dict[str, str | bytes | None], str, str]] = {
    "wrong suffix": ({"fairs__de_yml": RULE}, "fairs/de.yml", ".yml"),
    "wrong language": ({"fairs__english_yaml": RULE}, "fairs/english.yaml", "language"),
    "no family file": ({"fairs/family.yaml": None}, "fairs/family.yaml", "is missing"),
    "not UTF-8": ({"fairs__de_yaml": b"- id: \xff\n"}, "fairs/de.yaml", "is not UTF-8"),
    "byte-order mark": ({"fairs__de_yaml": "\ufeff" + RULE}, "fairs/de.yaml", "byte-order mark"),
    "empty file": ({"fairs__de_yaml": ""}, "fairs/de.yaml", "is empty"),
    "invalid slot": ({"slots_yaml": SLOTS + "thing:\n  about: Things that are there.\n"}, "slots.yaml", "matches nothing"),
    "invalid protection": (
        {"protected_yaml": "- why: A reason that is long enough.\n  regex: ['(']\n  keeps: [x]\n"},
        "protected.yaml",
        "regular expression",
    ),
}


@pytest.mark.parametrize(("files", "path", "words"), FILES.values(), ids=FILES)
def test_fault_of_a_file_is_told(folder: Write, files: dict[str, str | bytes | None], path: str, words: str) -> None:
    root = folder(**files)
    problems = check([root])
    assert any(p.path == (root / path).as_posix() and words in p.message for p in problems), "\n".join(map(str, problems))


def test_all_faults_are_told_in_one_run(folder: Write) -> None:
    rules = RULE.replace("level: standard", "level: strict") + RULE.replace("come-along", "again").replace("{place}", "{plaice}")
    root = folder(rules, slots_yaml=SLOTS + "thing:\n  about: Things that are there.\n")
    problems = check([root])
    assert {(p.path.rsplit("/", 1)[-1], p.rule) for p in problems} >= {
        ("en.yaml", "come-along"),
        ("en.yaml", "again"),
        ("slots.yaml", "thing"),
    }
    assert problems == sorted(problems)


def test_loading_faulty_rules_raises_with_every_fault(folder: Write) -> None:
    root = folder(changed("{place}", "{plaice}") + RULE.replace("come-along", "again").replace("level:", "lvel:"))
    with pytest.raises(RulesError) as caught:
        load([root])
    assert {p.rule for p in caught.value.problems} == {"come-along", "again"}
    place = (root / "fairs/en.yaml").as_posix()
    for problem in caught.value.problems:
        assert f"{place}:{problem.line}: {problem.rule}: {problem.message}" in str(caught.value)
    with pytest.raises(RulesError):
        Cleaner(root)


def test_problem_reads_as_path_line_rule_what() -> None:
    assert str(Problem("rules/ads/en.yaml", 14, "label", "is wrong")) == "rules/ads/en.yaml:14: label: is wrong"
    assert str(Problem("rules/ads/en.yml", 0, "", "is not read")) == "rules/ads/en.yml: is not read"


def test_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="there is no rule folder"):
        load([tmp_path / "absent"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"families": ["share_prompt"]}, "share_prompts"),
        ({"exclude": ["duplicate"]}, "duplicates"),
        ({"profile": "strict"}, "careful"),
        ({"skip": ["mojibak"]}, "mojibake"),
    ],
    ids=["family", "exclude", "profile", "fix"],
)
def test_name_that_does_not_exist_is_refused_with_a_hint(options: dict[str, str | list[str]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Cleaner(**options)  # type: ignore[arg-type]  # wrong on purpose
