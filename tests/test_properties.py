"""What cleaning promises, whatever the text: content stays, results do not depend on company.

Three things are facts about a whole document by design, and are held still where a property is about
one line: the document's language (given, not detected), rules that look at the whole document
(detectors), and the guard that undoes doubtful removals where they would take too much.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise

from hypothesis import assume, event, given, seed, settings, target
from hypothesis import strategies as st

from cleaner.model import LEVELS, NORMALISE, TIDY, Cleaned
from cleaner.pipeline import Cleaner
from cleaner.rules import load
from cleaner.sentences import runs_through
from tests.conftest import MakeCleaner
from tests.strategies import (
    MUTATIONS,
    SCRIPTS,
    Residue,
    clean_documents,
    dirty_documents,
    joined,
    kind_of,
    mutated,
    paragraphs,
    residues,
    script_of,
    texts,
)

GUARD = "guard/share"
DETECTORS = tuple(r.id for r in load().rules if r.kind == "detector")
LANGUAGES = tuple(sorted({r.language for r in load().rules}))
FAMILIES = tuple(f.name for f in load().families)


# Few at a time: there are thousands of ways to draw languages.
@lru_cache(maxsize=16)
def cleaner(languages: tuple[str, ...], profile: str = "standard", exclude: tuple[str, ...] = ()) -> Cleaner:
    return Cleaner(load(), languages=languages, profile=profile, exclude=exclude)  # type: ignore[arg-type]  # a drawn name


def taken(cleaned: Cleaned) -> set[int]:
    """Offsets of the original's characters that rules took, white space aside."""
    return {
        i
        for e in cleaned.edits
        if not e.cause.startswith((NORMALISE, TIDY))
        for i in range(e.start, e.end)
        if not cleaned.original[i].isspace()
    }


def is_guarded(*cleaned: Cleaned) -> bool:
    hit = any(GUARD in c.flags for c in cleaned)
    event(f"guard: {hit}")
    return hit


# ---------------------------------------------------------------- cleaning twice


@given(text=texts)
def test_cleaning_twice_is_cleaning_once(text: str, cleaner_for: MakeCleaner) -> None:
    for profile in LEVELS:
        once = cleaner_for(profile).clean(text)
        twice = cleaner_for(profile).clean(once.text)
        assert twice.text == once.text
        assert not twice.edits
    target(float(len(once.removals)), label="removals")


# ---------------------------------------------------------------- residue in, clean text out


def put_between_lines(document: Sequence[str], residue: Sequence[tuple[int, Residue]]) -> str:
    """The document with each residue on lines of its own: inside paragraphs where it is one line, though not inside a sentence."""
    lines = joined(document).split("\n")
    for place, one in sorted(residue, key=lambda r: -r[0]):
        places = [(place + k) % (len(lines) + 1) for k in range(len(lines) + 1)]
        at = next((n for n in places if not is_amid(lines, n, one.text)), len(lines))
        lines[at:at] = [one.text] if stands_alone(one) and not is_amid(lines, at, one.text) else ["", *one.text.split("\n"), ""]
    return "\n".join(lines)


def is_amid(lines: Sequence[str], at: int, text: str) -> bool:
    """Whether a sentence would run through ``text`` if it stood above line ``at``: then it stays."""
    return runs_through("".join(lines[at - 1 : at]), text, "".join(lines[at : at + 1]))


@cache
def stands_alone(residue: Residue) -> bool:
    """Whether nothing below it may hang on it: a prompt with a list takes what looks like its list."""
    if "\n" in residue.text:
        return False
    by_id = {r.id: r for r in load().rules}
    removed = cleaner((residue.rule.language,), "thorough").clean(residue.text)
    return all(by_id[r.cause].kind != "block" for r in removed.removals)


def insertions(most: int = 4) -> st.SearchStrategy[list[tuple[int, Residue]]]:
    usable: dict[str, list[Residue]] = {}
    for r in residues():
        if r.rule.level != "thorough":
            usable.setdefault(r.rule.family, []).append(r)
    # The family first: some have hundreds of examples, others three.
    one = st.sampled_from(sorted(usable)).flatmap(lambda family: st.sampled_from(usable[family]))
    return st.lists(st.tuples(st.integers(0, 60), mutated(one)), min_size=1, max_size=most)


@given(document=clean_documents(), residue=insertions())
def test_residue_between_lines_goes_and_the_text_stays(document: list[str], residue: list[tuple[int, Residue]]) -> None:
    languages = tuple(sorted({r.rule.language for _, r in residue}))
    cleaned = cleaner(languages).clean(put_between_lines(document, residue))
    assume(not is_guarded(cleaned))
    for _, r in residue:
        event(f"family: {r.rule.family}")
        event(f"kind: {r.rule.kind}")
    target(float(len(residue)), label="residue lines")
    assert cleaned.text.rstrip("\n") == joined(document)


@given(document=clean_documents(), residue=insertions(), data=st.data())
def test_order_of_residue_does_not_matter(document: list[str], residue: list[tuple[int, Residue]], data: st.DataObject) -> None:
    languages = tuple(sorted({r.rule.language for _, r in residue}))
    other = list(zip([place for place, _ in data.draw(st.permutations(residue))], [r for _, r in residue], strict=True))
    one = cleaner(languages).clean(put_between_lines(document, residue))
    two = cleaner(languages).clean(put_between_lines(document, other))
    assume(not is_guarded(one, two))
    assert one.text.rstrip("\n") == two.text.rstrip("\n")


# ---------------------------------------------------------------- company


@given(
    pieces=st.lists(dirty_documents(most=3, breaks=("\n", "\n\n")), min_size=2, max_size=4),
    languages=st.sampled_from([("en",), ("de",), ("fr", "es"), ("ru", "ja")]),
)
def test_cleaning_pieces_and_joining_is_joining_and_cleaning(pieces: list[str], languages: tuple[str, ...]) -> None:
    lone = cleaner(languages, exclude=DETECTORS)
    whole = lone.clean("\n\n".join(pieces))
    parts = [lone.clean(p) for p in pieces]
    assume(not is_guarded(whole, *parts))
    event(f"removals: {min(len(whole.removals), 5)}")
    assert whole.text.strip("\n") == "\n\n".join(p.text.strip("\n") for p in parts if p.text.strip("\n"))


@given(
    text=dirty_documents(breaks=("\n", "\n\n")),
    before=clean_documents(most=3),
    after=clean_documents(most=3),
    languages=st.sampled_from([("en",), ("de",), ("pl", "tr")]),
)
def test_longer_document_never_loses_more(text: str, before: list[str], after: list[str], languages: tuple[str, ...]) -> None:
    short = cleaner(languages, exclude=DETECTORS).clean(text)
    lead = joined(before) + "\n\n"
    long = cleaner(languages, exclude=DETECTORS).clean(lead + text + "\n\n" + joined(after))
    assume(not is_guarded(short, long))
    event(f"something goes: {bool(short.removals)}")
    assert {i - len(lead) for i in taken(long)} <= taken(short)


@given(before=clean_documents(most=5), text=dirty_documents(breaks=("\n\n",)))
def test_prose_is_never_lost_to_its_neighbours(before: list[str], text: str) -> None:
    """With detectors and all: what stands above stays whole."""
    whole = cleaner(("en",)).clean(joined(before) + "\n\n\n" + text)
    assume(not any(p in text for p in before))
    assert whole.text.startswith(joined(before))


# ---------------------------------------------------------------- less is less


@given(text=dirty_documents(breaks=("\n", "\n\n")), family=st.sampled_from(FAMILIES))
def test_family_switched_off_only_keeps_more(text: str, family: str) -> None:
    everything = cleaner(("en", "de"), "thorough").clean(text)
    fewer = cleaner(("en", "de"), "thorough", (family,)).clean(text)
    assume(not is_guarded(everything, fewer))
    event(f"family matters: {everything.edits != fewer.edits}")
    assert taken(fewer) <= taken(everything)


@given(text=dirty_documents(breaks=("\n", "\n\n")))
def test_profiles_grow(text: str) -> None:
    results = [cleaner(("en", "de"), profile).clean(text) for profile in LEVELS]
    assume(not is_guarded(*results))
    event(f"profiles differ: {len({r.text for r in results})}")
    for milder, stronger in pairwise(results):
        assert taken(milder) <= taken(stronger)


# ---------------------------------------------------------------- the interesting cases occur


def test_drawn_documents_hold_the_interesting_cases() -> None:
    """One fixed run over the strategies: every script, kind of paragraph, mutation and kind of removal is in it."""
    seen: Counter[str] = Counter()
    by_id = {r.id: r for r in load().rules}
    blocks = [r for r in residues() if r.rule.kind == "block"]
    bold = [r for r in residues() if r.rule.level == "thorough" and r.rule.language == "en"]

    @seed(20240229)
    @settings(max_examples=300, database=None, derandomize=False)
    @given(
        document=clean_documents(), residue=insertions(), dirty=dirty_documents(),
        doubtful=st.lists(st.sampled_from(bold), min_size=4), block=st.sampled_from(blocks),
    )  # fmt: skip
    def run(document: list[str], residue: list[tuple[int, Residue]], dirty: str, doubtful: list[Residue], block: Residue) -> None:
        seen.update(f"script {script_of(p)}" for p in document)
        seen.update(f"paragraph {kind_of(p)}" for p in document)
        seen.update(f"family {r.rule.family}" for _, r in residue)
        mixed = put_between_lines(document, residue)
        seen["within a paragraph"] += any(part not in mixed for part in document)
        texts = (f"{mixed}\n\n{block.text}", "standard"), (dirty, "thorough"), ("\n\n".join(r.text for r in doubtful), "thorough")
        for cleaned in (cleaner(LANGUAGES, profile).clean(given_text) for given_text, profile in texts):
            kinds = {by_id[r.cause].kind for r in cleaned.removals}
            seen.update(f"removal {kind}" for kind in kinds)
            seen.update(f"flag {flag.split('/')[0]}" for flag in cleaned.flags)
            seen["several rules"] += len({r.cause for r in cleaned.removals}) > 1
            seen["two rules in a line"] += any(
                a.cause != b.cause and "\n" not in cleaned.original[a.start : b.end].strip("\n")
                for a, b in pairwise(cleaned.removals)
            )
            seen["normalised and removed"] += any(e.cause.startswith(NORMALISE) for e in cleaned.edits) and bool(kinds)
            seen["untouched"] += not cleaned.edits
            seen["all gone"] += not cleaned.text

    run()
    wanted = (
        {f"script {s}" for s in SCRIPTS if any(script_of(p) == s for p in paragraphs())}
        | {f"paragraph {kind_of(p)}" for p in paragraphs()}
        | {f"removal {kind}" for kind in ("line", "span", "block", "detector")}
        | {"flag guard", "several rules", "two rules in a line", "normalised and removed", "within a paragraph", "all gone"}
    )
    missing = {w for w in wanted if not seen[w]}
    assert not missing, f"{missing} never occur; seen: {seen.most_common()}"
    assert len({k for k in seen if k.startswith("family ")}) >= len({r.rule.family for r in residues() if r.rule.level != "thorough"}) * 0.9


def test_every_mutation_changes_a_line() -> None:
    line = "Don't miss ‘it’ - sign up"
    changed = {name for name, change in MUTATIONS.items() if change(line) != line}
    assert changed == set(MUTATIONS) - {"none"}
