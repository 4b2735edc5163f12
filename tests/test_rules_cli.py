"""``cleaner rules …`` as people use it: real files in, what is printed and written out."""

from __future__ import annotations

import gzip
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner, Result

from cleaner.cli import main
from cleaner.rules import bundled_rules

RULES = """\
# yaml-language-server: $schema=../.schemas/rules.json
# Rules of the fair.
- id: come-along
  why: Invitation to come to the fair.
  remove: line
  phrases:
    - "come to the fair in {place}"
    - "the fair is on in {place}"  # since the spring
  unless: ['\\bgoats?\\b']
  level: standard
  removes:
    - "[[Come to the fair in Halden]]"
  keeps:
    - "Come to the fair in Halden, she said, and bring the sheep."
- id: fair-credit
  why: The fair's own picture credit.
  remove: span
  at: end
  phrases: ["picture: fair office"]
  level: careful
  removes: ["The big wheel. [[Picture: fair office]]"]
  keeps: ["The picture: fair office workers at dawn."]
- id: soon
  why: Announcement of the next fair.
  remove: line
  phrases: ["next fair in {place}"]
  level: standard
  status: trial
  removes: ["[[Next fair in Brisa]]"]
  keeps: ["The next fair in Brisa was cancelled."]
- id: old
  why: The sign of a fair that is no more.
  remove: line
  phrases: ["fair of {place} for ever"]
  level: standard
  status: retired
  removes: ["[[Fair of Brisa for ever]]"]
  keeps: ["The fair of Brisa for ever lost its wheel."]
"""
SLOTS = """\
place:
  about: Places on this earth.
  words: [Halden, Brisa]
"""
FAMILY = "removes: Invitations to come to the fair.\nkeeps: News about the fair.\n"

Run = Callable[..., Result]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with rules of its own in ``rules`` and nothing that leads elsewhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CLEANER_RULES", raising=False)
    write(tmp_path, {"rules/fairs/en.yaml": RULES, "rules/slots.yaml": SLOTS, "rules/fairs/family.yaml": FAMILY})
    return tmp_path


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture
def run(here: Path) -> Run:
    """Runs ``cleaner rules …`` with the rules in ``rules`` alone."""

    def call(*words: str, bundled: bool = False, stdin: str | None = None) -> Result:
        own = () if bundled or words[0] in ("diff", "fmt", "schema", "check") else ("--rules", "rules", "--only-rules")
        return CliRunner().invoke(main, ["rules", *words, *own], input=stdin, catch_exceptions=False)

    return call


# ---------------------------------------------------------------- list, show, test


def test_list_shows_level_status_and_counts(run: Run) -> None:
    result = run("list")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["fairs/en/come-along", "fairs/en/fair-credit", "fairs/en/soon", "fairs/en/old"]
    assert "trial" in lines[2]
    assert "retired" in lines[3]
    assert "1+1" in lines[0]
    assert "4 of 4 rules" in result.stderr


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        (["--level", "careful"], ["fair-credit"]),
        (["--status", "trial"], ["soon"]),
        (["--status", "trial", "--status", "retired"], ["soon", "old"]),
        (["--language", "de"], []),
        (["--family", "fairs", "--level", "careful"], ["fair-credit"]),
        (["fairs/en/soon"], ["soon"]),
        (["fairs/en"], ["come-along", "fair-credit", "soon", "old"]),
        (["--origin", "bundled"], []),
        (["--origin", "own", "--level", "careful"], ["fair-credit"]),
    ],
)
def test_list_filters_by_any(run: Run, filters: list[str], names: list[str]) -> None:
    found = json.loads(run("list", "--json", *filters).stdout)
    assert [r["id"].rsplit("/", 1)[-1] for r in found["list"]] == names
    assert found["rules"]


def test_list_says_where_rules_come_from(here: Path) -> None:
    result = CliRunner().invoke(main, ["rules", "list", "--rules", "rules", "--json"])
    origins = {r["id"]: r["origin"] for r in json.loads(result.stdout)["list"]}
    assert origins["fairs/en/come-along"] == "rules"
    assert origins["share_prompts/en/follow-on-platform"] == "bundled"


def test_show_has_the_pattern_in_full_and_the_examples_as_they_run(run: Run) -> None:
    result = run("show", "come-along")
    assert "come to the fair in {place}" in result.stdout
    assert "(?:halden|brisa)" in result.stdout.lower()
    assert "✓ removes [-Come to the fair in Halden-]" in result.stdout
    assert "✓ keeps   Come to the fair in Halden, she said" in result.stdout
    [data] = json.loads(run("show", "fairs/en/come-along", "--json").stdout)["list"]
    assert data["patterns"][0]["source"] == "come to the fair in {place}"
    assert data["patterns"][0]["cues"]
    assert [e["right"] for e in data["examples"]] == [True, True]


def test_show_names_the_nearest_rule(run: Run) -> None:
    result = CliRunner().invoke(main, ["rules", "show", "come-alone", "--rules", "rules", "--only-rules"])
    assert result.exit_code == 2
    assert "did you mean 'come-along'" in result.stderr


def test_test_passes_right_examples(run: Run) -> None:
    result = run("test")
    assert result.exit_code == 0
    assert "6 examples of 3 rules, 0 wrong" in result.stderr


def test_test_shows_a_diff_of_what_went_and_what_should_have(run: Run, here: Path) -> None:
    write(here, {"rules/fairs/en.yaml": RULES.replace("The big wheel. [[Picture: fair office]]", "The big [[wheel. Picture: fair office]]")})
    result = run("test", "rules/fairs/en.yaml")
    assert result.exit_code == 1
    assert "✗ removes The big wheel.[- Picture: fair office-]" in result.stdout
    assert "should be left  The big" in result.stdout
    assert "is left         The big wheel." in result.stdout
    assert "removed by      fairs/en/fair-credit" in result.stdout
    wrong = [e for e in json.loads(run("test", "--json").stdout)["examples"] if not e["right"]]
    assert [(e["rule"], e["wanted"], e["left"]) for e in wrong] == [("fairs/en/fair-credit", "The big", "The big wheel.")]


def test_test_takes_own_folders_without_being_told_where_rules_are(here: Path) -> None:
    result = CliRunner().invoke(main, ["rules", "test", "rules/fairs/en.yaml", "-v"])
    assert result.exit_code == 0
    assert "fairs/en/come-along" in result.stdout


# ---------------------------------------------------------------- check


def test_check_counts_sound_rules(run: Run) -> None:
    result = run("check", "rules", "--only-rules")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "4 rules, version" in result.stderr


def test_check_holds_own_rules_against_the_bundled_ones(here: Path) -> None:
    """A near miss of one's own that a bundled rule takes is told."""
    own = RULES.replace("Come to the fair in Halden, she said, and bring the sheep.", "Follow the Harbour Post on WhatsApp")
    write(here, {"rules/fairs/en.yaml": own})
    result = CliRunner().invoke(main, ["rules", "check", "rules", "--family", "fairs", "--no-timing"])
    assert result.exit_code == 2
    assert "'keeps' example loses 'Follow the Harbour Post on WhatsApp' to share_prompts/en/follow-on-platform" in result.stdout


def test_check_json_has_place_and_advice(run: Run, here: Path) -> None:
    write(here, {"rules/fairs/en.yaml": RULES.replace("at: end", "att: end")})
    found = json.loads(run("check", "rules", "--only-rules", "--json").stdout)
    first = found["problems"][0]
    assert (first["path"], first["line"], first["column"], first["rule"]) == ("rules/fairs/en.yaml", 18, 3, "fair-credit")
    assert first["message"] == "unknown key 'att'; did you mean 'at'?"
    assert first["follows"] == "it would have no effect"


def test_check_keeps_to_the_family_that_was_asked_for(run: Run, here: Path) -> None:
    write(here, {"rules/markets/en.yaml": "- id: x\n", "rules/markets/family.yaml": FAMILY})
    assert run("check", "rules", "--only-rules", "--family", "fairs").exit_code == 0
    assert run("check", "rules", "--only-rules", "--family", "markets").exit_code == 2


def test_check_of_a_family_that_does_not_exist_is_wrong_usage(run: Run) -> None:
    result = run("check", "rules", "--only-rules", "--family", "fayres")
    assert result.exit_code == 2
    assert "--family fayres" in result.stderr


@pytest.mark.parametrize(
    "pattern",
    [
        r"fair (?:[\w ]+,? ?)+town",
        r"fair [\w ]*[\w ,]*[\w .]*town",
    ],
)
def test_check_finds_slow_patterns(run: Run, here: Path, pattern: str) -> None:
    rule = f"""\
- id: slow
  why: A pattern that tries everything.
  remove: line
  words: 120
  regex:
    - '{pattern}'
  cues: [fair]
  level: standard
  removes: ["[[fair of the old town]]"]
  keeps: ["The fair of the old town is open."]
"""
    write(here, {"rules/fairs/en.yaml": rule})
    result = run("check", "rules", "--only-rules")
    assert result.exit_code == 2
    assert "rules/fairs/en.yaml:6: slow: is slow: " in result.stdout
    assert "let each part match in one way only" in result.stdout


@pytest.fixture
def own_cache(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder that nobody else writes into."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(here / ".cache"))
    return here / ".cache"


def messages(run: Run, *words: str) -> list[str]:
    found = json.loads(run("check", "rules", "--only-rules", "--no-timing", "--json", *words).stdout)
    return [f"{p['rule']}: {p['message']}" for p in found["problems"]]


GREEDY = """\
- id: greedy
  why: A rule that takes too much.
  remove: line
  phrases: ["{place} she said and bring the sheep", "come to the fair in {place} she said and bring the sheep"]
  level: standard
  removes: ["[[Halden she said and bring the sheep]]"]
  keeps: ["She said and bring the sheep of Halden."]
"""


@pytest.mark.usefixtures("own_cache")
def test_check_runs_again_what_another_rule_may_have_changed(run: Run, here: Path) -> None:
    """An example that passed is skipped only while nothing that could take it has changed."""
    write(here, {"rules/fairs/en.yaml": RULES.replace("she said, and bring", "she said and bring").replace("sheep.", "sheep")})
    assert messages(run) == messages(run) == []
    write(here, {"rules/fairs/de.yaml": GREEDY})
    assert messages(run) == [], "no rule of another language takes it"
    write(here, {"rules/fairs/any.yaml": GREEDY})
    lost = "come-along: 'keeps' example loses 'Come to the fair in Halden, she said and bring the sheep' to fairs/any/greedy"
    assert messages(run) == messages(run) == []
    write(here, {"rules/fairs/any.yaml": GREEDY.replace("{place} she", "{place}, she")})
    assert lost in messages(run)
    assert lost in messages(run), "what failed is not taken for passed"


@pytest.mark.usefixtures("own_cache")
@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("slots.yaml", "Halden", "Haldern", "come-along: 'removes' example: nothing goes"),
        ("fairs/en.yaml", "\\bgoats?\\b", "\\bfair\\b", "come-along: 'removes' example: nothing goes"),
    ],
    ids=["a slot's words", "unless"],
)
def test_check_runs_again_what_a_change_elsewhere_decides(
    run: Run, here: Path, file: str, old: str, new: str, message: str
) -> None:
    assert messages(run) == []
    path = here / "rules" / file
    write(here, {f"rules/{file}": path.read_text(encoding="utf-8").replace(old, new)})
    assert message in messages(run)


@pytest.mark.usefixtures("own_cache")
def test_check_again_and_by_several_processes_finds_the_same(run: Run, here: Path) -> None:
    wrong = "".join(
        RULES.split("- id: soon")[0].partition("- id:")[2].join(["- id:", ""]).replace("come-along", f"come-{n}").replace("fair-credit", f"credit-{n}")
        for n in range(40)
    ).replace("[[Come to the fair in Halden]]", "[[Come to the fair]] in Halden")
    write(here, {"rules/fairs/en.yaml": wrong})
    first = messages(run, "--workers", "2")
    assert len(first) == 40
    assert first == messages(run, "--workers", "1") == messages(run, "--again", "--workers", "2")


# ---------------------------------------------------------------- new


def test_new_writes_the_sighting_as_first_example_and_asks_for_a_near_miss(run: Run, here: Path) -> None:
    options = ["--sighting", "Visit the fair in Brisa!", "--family", "fairs", "--language", "en", "--why", "Invitation to the fair."]
    result = run("new", *options, "--phrase", "visit the fair in {place}", "--to", "rules")
    assert result.exit_code == 0
    text = (here / "rules/fairs/en.yaml").read_text(encoding="utf-8")
    assert text.startswith(RULES), "what stood there stays as it was"
    assert text[len(RULES) :] == (
        "- id: visit-the-fair-in\n"
        "  why: Invitation to the fair.\n"
        "  remove: line\n"
        "  phrases:\n"
        '    - "visit the fair in {place}"\n'
        "  level: standard\n"
        "  removes:\n"
        '    - "[[Visit the fair in Brisa!]]"\n'
        "  keeps:\n"
        '    - "FILL IN: a line with these words that is part of an article and must stay"\n'
    )
    line = RULES.count("\n") + 1
    assert f"rules/fairs/en.yaml:{line}: written: fairs/en/visit-the-fair-in" in result.stdout
    assert "'keeps' still has the placeholder" in run("check", "rules", "--only-rules", "--no-timing").stdout


def test_new_tells_a_span_by_its_marks(run: Run, here: Path) -> None:
    sighting = "The big wheel at dusk. [[Image by the fair guild]]"
    options = ["--family", "fairs", "--language", "de", "--why", "The guild's credit.", "--phrase", "image by the fair guild"]
    run("new", "--sighting", sighting, *options, "--keeps", "The image by the fair guild was sold.", "--to", "rules")
    [rule] = yaml.safe_load((here / "rules/fairs/de.yaml").read_text(encoding="utf-8"))
    assert (rule["remove"], rule["at"]) == ("span", "end")
    assert rule["removes"] == [sighting]
    assert run("check", "rules", "--only-rules", "--no-timing").exit_code == 0


def test_new_makes_folder_family_and_phrase(here: Path) -> None:
    """A house rule in a folder that does not exist yet, the phrase made of the sighting with slots."""
    result = CliRunner().invoke(
        main,
        ["rules", "new", "--to", "house", "--family", "house", "--language", "en", "--sighting", "Join the Harbour Post on Facebook",
         "--why", "The house's own prompt.", "--json"],
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    written = json.loads(result.stdout)
    assert written["id"] == "house/en/join-the-harbour-post"
    assert written["rule"]["phrases"] == ["join the harbour post on {platform}"]
    assert (here / "house/house/family.yaml").is_file()


def test_new_asks_for_what_is_missing(run: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.cli.rules.new.is_interactive", lambda: True)
    answers = "See you at the fair\nfairs\nen\n\n\nGoodbye of the fair.\n\nThey said: see you at the fair.\n"
    result = run("new", "--to", "rules", stdin=answers)
    assert result.exit_code == 0, result.output
    rule = yaml.safe_load((here / "rules/fairs/en.yaml").read_text(encoding="utf-8"))[-1]
    assert rule["phrases"] == ["see you at the fair"]
    assert rule["id"] == "see-you-at-the"
    assert rule["level"] == "standard"
    assert rule["keeps"] == ["They said: see you at the fair."]


@pytest.mark.parametrize(
    ("sighting", "words"),
    [("Come [[to the]] fair", "middle of a line"), ("Come [[to the fair", "[[ without ]]")],
)
def test_new_refuses_sightings_that_make_no_rule(here: Path, sighting: str, words: str) -> None:
    result = CliRunner().invoke(main, ["rules", "new", "--to", "rules", "--family", "fairs", "--language", "en", "--sighting", sighting])
    assert result.exit_code == 2
    assert words in result.stderr


# ---------------------------------------------------------------- fmt, schema, docs

UNTIDY = """\
# Rules of the fair.
- why: Invitation to come to the fair.
  id: come-along   # never changes
  removes: ["[[Come to the fair in Halden]]"]
  # Sheep are welcome.
  keeps:
  - 'Come to the fair in Halden, she said.'
  phrases:
      - "come to the fair in {place}"
  remove: line
  level: standard
"""
TIDY = """\
# Rules of the fair.
- id: come-along   # never changes
  why: Invitation to come to the fair.
  remove: line
  phrases:
    - "come to the fair in {place}"
  level: standard
  removes: ["[[Come to the fair in Halden]]"]
  # Sheep are welcome.
  keeps:
    - 'Come to the fair in Halden, she said.'
"""


def test_fmt_keeps_comments_order_and_quotes(run: Run, here: Path) -> None:
    write(here, {"rules/fairs/en.yaml": UNTIDY})
    assert run("fmt", "rules", "--check").exit_code == 1
    assert (here / "rules/fairs/en.yaml").read_text(encoding="utf-8") == UNTIDY
    diff = run("fmt", "rules", "--diff")
    assert '+  remove: line' in diff.stdout
    result = run("fmt", "rules/fairs/en.yaml")
    assert result.stdout == "changed: rules/fairs/en.yaml\n"
    assert (here / "rules/fairs/en.yaml").read_text(encoding="utf-8") == TIDY
    again = run("fmt", "rules", "--check")
    assert again.exit_code == 0


def test_fmt_loses_nothing_of_the_bundled_rules(tmp_path: Path) -> None:
    """Every bundled file says the same in canonical form, and that form is stable."""
    from cleaner import yamlfile
    from cleaner.canon import canonical
    from cleaner.reader import kind_of

    root = bundled_rules()
    for path in sorted(root.rglob("*.yaml")):
        kind = kind_of(path.relative_to(root).parts)
        assert kind is not None
        text = path.read_text(encoding="utf-8")
        try:
            form = canonical(text, kind)
        except ValueError as error:
            assert "would be lost" in str(error)  # noqa: PT017  # either outcome is right
            continue
        assert yamlfile.read(form, "").data == yamlfile.read(text, "").data, path
        assert canonical(form, kind) == form, path


def test_fmt_refuses_to_lose_a_comment(run: Run, here: Path) -> None:
    write(here, {"rules/fairs/en.yaml": RULES.replace('["picture: fair office"]', '[\n    # the office\n    "picture: fair office"]')})
    result = run("fmt", "rules")
    assert result.exit_code == 2
    assert "the comment '# the office' would be lost" in result.stderr


def test_schema_accepts_the_bundled_rules_and_flags_what_check_flags(run: Run) -> None:
    schemas = json.loads(run("schema").stdout)
    root = bundled_rules()
    for path in sorted(root.rglob("*.yaml")):
        name = path.stem if path.name in ("slots.yaml", "protected.yaml", "family.yaml") else "rules"
        jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), schemas[name])
    good = yaml.safe_load(RULES)
    jsonschema.validate(good, schemas["rules"])
    for change in ({"unles": ["x"]}, {"at": "end"}, {"level": "strict"}, {"cues": ["fair"]}, {"id": "Not A Name"}, {"keeps": [False]}, {"while": "any"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate([{**good[0], **change}], schemas["rules"])


def test_schema_teaches_every_key(run: Run) -> None:
    schemas = json.loads(run("schema").stdout)
    for name, entry in (("rules", "RuleEntry"), ("slots", "SlotEntry"), ("protected", "ProtectedEntry")):
        for key, told in schemas[name]["$defs"][entry]["properties"].items():
            assert len(told.get("description", "")) > 20, f"{name}: {key}"


def test_shipped_schemas_are_current() -> None:
    """Mend with: cleaner rules schema -o cleaner/schemas"""
    folder = Path(__file__).parents[1] / "cleaner" / "schemas"
    result = CliRunner().invoke(main, ["rules", "schema", "-o", str(folder), "--check"])
    assert result.exit_code == 0, result.stdout


def test_every_bundled_file_names_its_schema() -> None:
    root = bundled_rules()
    for path in sorted(root.rglob("*.yaml")):
        name = path.stem if path.name in ("slots.yaml", "protected.yaml", "family.yaml") else "rules"
        up = "../" * len(path.relative_to(root).parts)
        first = path.read_text(encoding="utf-8").split("\n", 1)[0]
        assert first == f"# yaml-language-server: $schema={up}cleaner/schemas/{name}.json", path


def test_schemas_of_own_rules_are_found_by_their_files(run: Run, here: Path) -> None:
    run("schema", "-o", "rules/.schemas")
    assert run("fmt", "rules").exit_code == 0
    for name, up in (("slots.yaml", ""), ("fairs/family.yaml", "../"), ("fairs/en.yaml", "../")):
        path = here / "rules" / name
        line = path.read_text(encoding="utf-8").split("\n", 1)[0]
        target = line.removeprefix("# yaml-language-server: $schema=")
        assert target.startswith(f"{up}.schemas/")
        assert (path.parent / target).is_file()
    assert run("check", "rules", "--only-rules", "--no-timing").exit_code == 0


def test_docs_tell_of_every_rule_with_an_example(run: Run, here: Path) -> None:
    assert run("docs", "-o", "out.md").exit_code == 0
    text = (here / "out.md").read_text(encoding="utf-8")
    assert "3 rules in 1 family and 1 language, with 3 examples that go and 3 near misses that stay." in text
    assert "**Removes:** Invitations to come to the fair." in text
    assert "- **fair-credit** (part of a line, careful). The fair's own picture credit." in text
    assert "`The big wheel. [[Picture: fair office]]`" in text
    assert "(whole line, standard, trial)" in text
    assert run("docs", "-o", "out.md", "--check").exit_code == 0
    write(here, {"rules/slots.yaml": SLOTS.replace("Brisa", "Brisa, Rovik")})
    stale = run("docs", "-o", "out.md", "--check")
    assert stale.exit_code == 1
    assert "is not current" in stale.stderr


# ---------------------------------------------------------------- corpora

PAGE_A = "The wheel stood still.\nCome to the fair in Halden\nCome to the fair in Halden\nNext fair in Brisa\nShop now"
PAGE_B = "The goats won.\nThe fair is on in Brisa!\nThe wheel. Picture: fair office\nShop now"


@pytest.fixture
def corpus(here: Path) -> Path:
    """Two sites as JSON Lines, and labelled pages with a gold text."""
    rows = [{"id": "a", "url": "https://www.a.example/1", "text": PAGE_A}, {"id": "b", "url": "https://b.example/2", "text": PAGE_B}]
    path = here / "corpus.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    return path


@pytest.fixture
def labelled(here: Path) -> Path:
    labels = ["c", "b", "b", "b", "u"]
    page = {
        "id": "p", "url": "https://c.example/3", "gold": "The wheel stood still.\nThe fair is on in Brisa\nThe end.",
        "views": {"dump": [list(pair) for pair in zip(PAGE_A.split("\n"), labels, strict=True)]},
    }  # fmt: skip
    path = here / "pages.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as f:
        f.write(json.dumps(page) + "\n")
    return path


def test_try_groups_counts_and_shows_context(run: Run, corpus: Path) -> None:
    result = run("try", "(come to the fair|the fair is on) in {place}", str(corpus))
    assert result.exit_code == 0
    assert "     2×  1 site  Come to the fair in Halden" in result.stdout
    assert "│ The wheel stood still." in result.stdout
    assert "3 hits in 2 texts, 2 different, on 2 sites" in result.stderr


def test_try_counts_labels_and_only_what_is_new(run: Run, labelled: Path) -> None:
    found = json.loads(run("try", "(come to|next) (the)? fair in {place}", str(labelled), "--json").stdout)
    assert {g["text"]: g["labels"] for g in found["groups"]} == {"Come to the fair in Halden": {"b": 2}, "Next fair in Brisa": {"b": 1}}
    new = json.loads(run("try", "(come to|next) (the)? fair in {place}", str(labelled), "--json", "--new").stdout)
    assert [g["text"] for g in new["groups"]] == ["Next fair in Brisa"]


def test_try_takes_regular_expressions_spans_and_folders(run: Run, here: Path) -> None:
    write(here, {"texts/x/one.txt": PAGE_B, "texts/two.md": PAGE_A})
    result = run("try", r"picture: \w+ office", "texts", "--regex", "picture", "--remove", "span")
    assert "     1×  1 site  Picture: fair office" in result.stdout
    assert "in 2 texts" in result.stderr


def test_try_tells_what_is_wrong_with_a_pattern(here: Path, corpus: Path) -> None:
    result = CliRunner().invoke(main, ["rules", "try", "come to {plaec}", str(corpus), "--rules", "rules", "--only-rules"])
    assert result.exit_code == 2
    assert "there is no slot {plaec} in slots.yaml; did you mean {place}?" in result.stderr


def test_coverage_counts_hits_trials_and_unknown_lines(run: Run, corpus: Path) -> None:
    found = json.loads(run("coverage", str(corpus), "--json", "--workers", "1").stdout)
    hits = {i: h["count"] for i, h in found["hits"].items()}
    assert hits == {"fairs/en/come-along": 3, "fairs/en/fair-credit": 1, "fairs/en/soon": 1}
    assert found["hits"]["fairs/en/come-along"]["sites"] == 2
    assert found["hits"]["fairs/en/soon"]["status"] == "trial"
    assert found["unknown"][0] == {"text": "Shop now", "count": 2, "sites": 2}
    shown = run("coverage", str(corpus), "--workers", "1").stdout
    assert "fairs/en/soon  (trial: it would take these)" in shown


def test_coverage_names_rules_that_never_fire(run: Run, here: Path) -> None:
    write(here, {"one.txt": "The goats won."})
    found = json.loads(run("coverage", "one.txt", "--json", "--workers", "1").stdout)
    assert found["never"] == ["fairs/en/come-along", "fairs/en/fair-credit", "fairs/en/soon"]


def test_budget_fails_on_clean_text_and_names_what_went(run: Run, labelled: Path) -> None:
    result = run("budget", str(labelled), "--workers", "1")
    assert result.exit_code == 1
    assert "standard      1  fairs/en/come-along" in result.stdout
    assert "The fair is on in Brisa" in result.stdout
    assert "(p/gold)" in result.stdout
    assert "careful   0 of 3 lines: none (none may go)" in result.stdout


def test_budget_forgives_known_faults_with_a_reason(run: Run, labelled: Path, here: Path) -> None:
    printed = run("budget", str(labelled), "--workers", "1", "--print-known").stdout
    [entry] = yaml.safe_load(printed)
    assert entry["rule"] == "fairs/en/come-along"
    assert "Brisa" not in entry["text"], "a hash, not the text"
    write(here, {"known.yaml": printed})
    result = run("budget", str(labelled), "--workers", "1", "--known", "known.yaml", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["known"] == 1


def test_budget_passes_clean_prose(run: Run, here: Path) -> None:
    write(here, {"prose/one.txt": "The goats won.\nThe wheel stood still.\n"})
    assert run("budget", "prose", "--workers", "1").exit_code == 0


@pytest.mark.parametrize("workers", ["1", "2"])
def test_diff_of_two_folders(run: Run, here: Path, corpus: Path, workers: str) -> None:
    write(
        here,
        {
            "new/fairs/en.yaml": RULES.replace("status: trial", "status: stable").replace('    - "the fair is on in {place}"  # since the spring\n', ""),
            "new/slots.yaml": SLOTS,
            "new/fairs/family.yaml": FAMILY,
        },
    )
    rows = corpus.read_text(encoding="utf-8") * 20
    corpus.write_text(rows, encoding="utf-8")
    result = run("diff", "rules", "new", str(corpus), "--json", "--workers", workers)
    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert found["newly_removed"]["rules"] == {"fairs/en/soon": {"Next fair in Brisa": 20}}
    assert found["newly_kept"]["rules"] == {"fairs/en/come-along": {"The fair is on in Brisa!": 20}}
    assert found["newly_kept"]["sites"] == {"b.example": 20}
    assert found["rules_changed"] == ["fairs/en/come-along", "fairs/en/soon"]
    assert (found["texts"], found["texts_differing"]) == (40, 40)
    assert run("diff", "rules", "new", str(corpus), "--workers", workers, "--most-removed", "19").exit_code == 1
    assert run("diff", "rules", "new", str(corpus), "--workers", workers, "--most-removed", "20", "--most-kept", "20").exit_code == 0


def test_diff_sees_what_only_protection_or_one_phrase_changes(run: Run, here: Path) -> None:
    """A rule that stays, a rule with one more phrase, and a line that is protected from now on."""
    write(here, {"new/slots.yaml": SLOTS, "new/fairs/family.yaml": FAMILY})
    longer = RULES.replace('"picture: fair office"', '"picture: fair office", "photo: fair office"')
    protected = "- why: The fair of Halden is news here.\n  regex: ['fair in Halden']\n  keeps: [Come to the fair in Halden]\n"
    write(here, {"new/fairs/en.yaml": longer, "new/protected.yaml": protected})
    texts = ["Come to the fair in Halden", "The sea. Picture: fair office", "The sea. Photo: fair office", "The goats won."] * 8
    write(here, {f"texts/{n}.txt": f"{t}\nThe end." for n, t in enumerate(texts)})
    for workers in ("1", "2"):
        found = json.loads(run("diff", "rules", "new", "texts", "--json", "--workers", workers).stdout)
        assert found["newly_removed"]["rules"] == {"fairs/en/fair-credit": {"Photo: fair office": 8}}
        assert found["newly_kept"]["rules"] == {"fairs/en/come-along": {"Come to the fair in Halden": 8}}
        assert (found["texts"], found["texts_touched"]) == (32, 16), "what both take alike is not cleaned twice"


def test_diff_of_git_revisions(run: Run, here: Path, corpus: Path) -> None:
    def git(*words: str) -> None:
        subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *words], check=True, capture_output=True, cwd=here)

    git("init", "-q")
    git("add", "rules")
    git("commit", "-qm", "one")
    write(here, {"rules/fairs/en.yaml": RULES.replace("status: trial", "status: stable")})
    git("commit", "-qam", "two")
    result = run("diff", "HEAD~1", "HEAD", str(corpus), "--workers", "1")
    assert "newly removed: 1" in result.stdout
    assert "fairs/en/soon (changed)" in result.stdout
    assert "newly kept: 0" in result.stdout
    unknown = CliRunner().invoke(main, ["rules", "diff", "HEAD~7", "HEAD", str(corpus)])
    assert unknown.exit_code == 2
    assert "neither a folder nor a git revision" in unknown.stderr


@pytest.mark.parametrize(("name", "text", "words"), [("bad.jsonl", "{\n", "is not JSON"), ("odd.jsonl", '{"body": "x"}\n', "'text'"), ("none/x.pdf", "x", "no texts")])
def test_corpora_that_cannot_be_read_are_named(here: Path, name: str, text: str, words: str) -> None:
    write(here, {name: text})
    target = name if name.endswith("jsonl") else "none"
    result = CliRunner().invoke(main, ["rules", "coverage", target, "--rules", "rules", "--only-rules"])
    assert result.exit_code == 2
    assert words in result.stderr
