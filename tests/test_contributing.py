"""CONTRIBUTING.md as somebody follows it who has never seen the project: its commands, word for word."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest
import regex
import yaml
from click.testing import CliRunner, Result

from cleaner.cli import main
from cleaner.rules import bundled_rules

ROOT = Path(__file__).parents[1]
if not (ROOT / "CONTRIBUTING.md").is_file():
    pytest.skip("there is no CONTRIBUTING.md beside an installed package", allow_module_level=True)
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    found = regex.search(rf"(?ms)^## {regex.escape(title)}\n(.*?)(?=^## |\Z)", TEXT)
    assert found, f"CONTRIBUTING.md has no section {title!r}"
    return str(found[1])


def blocks(text: str, language: str) -> list[str]:
    found = regex.findall(rf"(?ms)^([ ]*)```{language}\n(.*?)^\1```", text)
    return [regex.sub(rf"(?m)^{indent}", "", block) for indent, block in found]


def commands(text: str) -> list[str]:
    return [c for block in blocks(text, "sh") for c in block.replace("\\\n", " ").strip().split("\n")]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout's rules, to be written into: the families that the page's examples are about."""
    (tmp_path / "rules").mkdir()
    for name in ("slots.yaml", "protected.yaml"):
        shutil.copy(bundled_rules() / name, tmp_path / "rules")
    for family in ("share_prompts", "image_credits"):
        shutil.copytree(bundled_rules() / family, tmp_path / "rules" / family)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CLEANER_RULES", raising=False)
    return tmp_path


def run(command: str, *more: str) -> Result:
    """Run one line of the page; what ``echo`` prints goes to stdin. ``more``: options that the test needs."""
    before, _, after = command.rpartition("|") if command.startswith("echo ") else ("", "", command)
    words = shlex.split(after)
    assert words[0] == "cleaner", command
    given = shlex.split(before)[1] + "\n" if before else None
    return CliRunner().invoke(main, [*words[1:], *more], input=given, catch_exceptions=False)


#: The rules of the copy stand for those of a checkout, which are the bundled ones.
OF_THE_COPY = ("--rules", "rules", "--only-rules")


def test_share_prompt_in_portuguese(checkout: Path) -> None:
    text = section("A line that should have gone")
    explain, new, check, try_, *last = commands(text)
    list_ = "cleaner rules list --language pt"
    assert f"`{list_}`" in text
    assert "Nothing goes" in run(explain, *OF_THE_COPY).stdout
    assert "share_prompts/pt/follow-us" in run(list_, *OF_THE_COPY).stdout
    written = run(new, *OF_THE_COPY)
    assert written.exit_code == 0, written.output
    path = checkout / "rules/share_prompts/pt.yaml"
    place = regex.match(r"rules/share_prompts/pt\.yaml:(\d+): written", written.stdout)
    assert place
    assert path.read_text(encoding="utf-8").split("\n")[int(place[1]) - 1] == "- id: spread-the-word"
    first = run(check, *OF_THE_COPY)
    assert first.exit_code == 2
    assert "still has the placeholder" in first.stdout
    [near_miss] = yaml.safe_load(blocks(text, "yaml")[0])["keeps"]
    filled = regex.sub(r'"FILL IN.*"', f'"{near_miss}"', path.read_text(encoding="utf-8"))
    path.write_text(filled, encoding="utf-8")
    second = run(check, *OF_THE_COPY)
    assert (second.exit_code, second.stdout) == (0, ""), second.stdout
    assert "no problems" in second.stderr
    assert "[-Gostou? Espalhe" in run("cleaner rules test rules/share_prompts/pt.yaml -v", *OF_THE_COPY).stdout
    (checkout / "my-texts").mkdir()
    (checkout / "my-texts/one.txt").write_text("Choveu.\nGostou? Espalhe o artigo no Telegram!\n", encoding="utf-8")
    assert "1 hits in 1 texts" in run(try_, *OF_THE_COPY).stderr
    assert [shlex.split(c)[:3] for c in last] == [["cleaner", "rules", c] for c in ("fmt", "docs", "check")]
    assert "[-Gostou? Espalhe" in run(explain, *OF_THE_COPY).stdout


def test_credit_of_a_new_agency(checkout: Path) -> None:
    text = section("An agency, a platform or an outlet that is missing")
    known, new = commands(text)
    assert "Nothing goes" in run('echo "Ana Lobo/Lusomar" | cleaner explain -', *OF_THE_COPY).stdout
    shown = run(known, *OF_THE_COPY).stdout
    named = regex.search(r"`(image_credits/any/[a-z-]+)`", text)
    assert named
    assert named[1] in shown
    add_after(checkout / "rules/slots.yaml", r"agency:\n.*\n  words:\n", "    - Lusomar\n")
    [example] = blocks(text, "yaml")
    rule = named[1].rsplit("/", 1)[-1]
    add_after(checkout / "rules/image_credits/any.yaml", rf"- id: {rule}\n(?:  .*\n)*?  removes:\n", example)
    written = run(new, *OF_THE_COPY)
    assert written.exit_code == 0, written.output
    checked = run("cleaner rules check --family image_credits --language any,en --no-timing", *OF_THE_COPY)
    assert (checked.exit_code, checked.stdout) == (0, ""), checked.stdout
    assert "[-Ana Lobo/Lusomar-]" in run('echo "Ana Lobo/Lusomar" | cleaner explain -', *OF_THE_COPY).stdout


def add_after(path: Path, pattern: str, text: str) -> None:
    old = path.read_text(encoding="utf-8")
    found = regex.search(pattern, old)
    assert found, pattern
    path.write_text(old[: found.end()] + text + old[found.end() :], encoding="utf-8")


def test_rule_of_an_own_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CLEANER_RULES", raising=False)
    text = section("A rule for your own site only")
    new, check, explain, list_ = commands(text)
    written = run(new)
    assert written.exit_code == 0, written.output
    [settings] = blocks(text, "toml")
    Path("cleaner.toml").write_text(settings, encoding="utf-8")
    unsaid = run(check, "--family", "house")
    assert unsaid.exit_code == 2
    assert "house-rules/house/family.yaml" in unsaid.stdout
    Path("house-rules/house/family.yaml").write_text("removes: Lines of our own site.\nkeeps: News of the house.\n", encoding="utf-8")
    checked = run(check, "--family", "house")
    assert (checked.exit_code, checked.stdout) == (0, ""), checked.stdout
    assert "[-Our house style guide is online-]" in run(explain).stdout
    assert "house/en/style-guide" in run(list_).stdout
    editor = regex.search(r"`(cleaner rules schema [^`&]*) && (cleaner rules fmt [^`]*)`", text)
    assert editor
    assert run(editor[1]).exit_code == run(editor[2]).exit_code == 0
    assert "yaml-language-server" in Path("house-rules/house/en.yaml").read_text(encoding="utf-8")


def test_hooks_are_commands_that_there_are() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    named = yaml.safe_load(blocks(section("A rule for your own site only"), "yaml")[0])["repos"][0]["hooks"]
    assert {h["id"] for h in named} == {h["id"] for h in hooks}
    for hook in hooks:
        assert run(hook["entry"], "--help").exit_code == 0
        assert not hook["pass_filenames"], "one file's change can break another's examples"


def test_links_of_the_page_lead_somewhere() -> None:
    for target in regex.findall(r"\]\(([^)#:]+)\)", TEXT):
        assert (ROOT / target).exists(), target
    anchors = {regex.sub(r"[^\w -]", "", t.lower()).replace(" ", "-") for t in regex.findall(r"(?m)^## (.*)", TEXT)}
    assert set(regex.findall(r"\]\(#([^)]+)\)", TEXT)) <= anchors
