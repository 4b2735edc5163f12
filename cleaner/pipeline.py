"""The pipeline: normalise, match until nothing more matches, tidy. Wiring only."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cleaner import language, normalise
from cleaner.detectors import DETECTORS
from cleaner.edits import apply, compose
from cleaner.extract import extract
from cleaner.guards import spare
from cleaner.index import Candidates
from cleaner.match import Found, Matcher
from cleaner.model import LEVELS, PAGE, PROFILES, TIDY, Cleaned, Edit, Level, Profile, Rule, RuleSet
from cleaner.rules import load

if TYPE_CHECKING:
    from cleaner.explain import NearMiss
    from cleaner.page import PageModel

#: A text that still changes after so many rounds is left as it is then, with a flag.
MOST_ROUNDS = 50
#: Looks of the page model at one text; where it still changes its mind after them, it takes nothing.
MOST_LOOKS = 10
#: The rules that go before the page model; and the share of kept content from which on only the careful ones go:
#: the others alone lose more of a dump than such a promise allows.
PAGE_LEVEL: Level = "standard"
CAREFUL_FROM = 0.999


@dataclass(frozen=True)
class Reason:
    """Why a stretch of the original went."""

    start: int
    """Offset into the original."""
    end: int
    """Offset into the original."""
    text: str
    """What stood there."""
    rule: str
    """Full id of the rule that took it."""
    why: str
    """The rule's own sentence."""
    pattern: str
    """The phrase or regular expression that matched, or the detector's name; empty for the tail of a block."""
    cues: tuple[str, ...]
    """The literals that led to the pattern."""


class Cleaner:
    """Cleans texts. Make one and use it for all: making it costs more than cleaning a page.

    ``rules``: a folder of rules, several, or a loaded :class:`RuleSet`; the bundled rules where None.
    ``families``: only these; ``exclude``: all but these families or rule ids.
    ``profile``: ``careful``, ``standard`` or ``thorough``; or ``page``, for the text of whole pages:
    rules, then a model that finds the main content (needs the extra ``page``, see ``docs/page.md``).
    ``keep``: with ``page``, the share of content words that stays on pages like those the model was
    measured on: 0.9995, 0.999, 0.99 or 0.95; where None, the lines with the best expected F1 stay.
    ``page_model``: with ``page``, a model of one's own instead of the bundled one.
    ``languages``: codes whose rules are used; where None, each document's own are found when it matters.
    English rules and rules for any language are always used.
    ``skip``: fixes of the normaliser to leave out, see :data:`cleaner.normalise.FIXES`.
    ``trials``: let rules on trial cut as well, to see what they would take.

    Raises ValueError for a name that does not exist, RulesError for rules that can't be used.
    Safe to share between threads; the same text always gives the same result.
    """

    def __init__(
        self,
        rules: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | RuleSet | None = None,
        *,
        families: Iterable[str] | None = None,
        exclude: Iterable[str] = (),
        profile: Profile = "standard",
        languages: Iterable[str] | None = None,
        skip: Iterable[str] = (),
        trials: bool = False,
        keep: float | None = None,
        page_model: PageModel | None = None,
    ) -> None:
        if profile not in PROFILES:
            raise ValueError(f"there is no profile {profile!r}; choose one of {', '.join(PROFILES)}")
        if keep is not None and profile != "page":
            raise ValueError(f"keep={keep} means something for the profile 'page' alone, not for {profile!r}")
        if isinstance(rules, (str, os.PathLike)):
            rules = [rules]
        self.ruleset = rules if isinstance(rules, RuleSet) else load(rules)
        self.profile = profile
        #: The most far-reaching level whose rules are used.
        self.level: Level = profile if profile != "page" else "careful" if (keep or 0) >= CAREFUL_FROM else PAGE_LEVEL
        self.keep = keep
        self.page: PageModel | None = None
        if profile == "page":
            from cleaner.page import load_model

            self.page = page_model or load_model()
            self.page.check_keep(keep)
        self.languages = None if languages is None else frozenset(languages)
        self.skip = tuple(skip)
        _known("fix", self.skip, normalise.FIXES)
        self._wanted = _choose(self.ruleset, families, frozenset(exclude), self.level, trials)

    @property
    def wanted(self) -> tuple[Rule, ...]:
        """The rules that families, exclusions and profile leave, of all languages."""
        return tuple(self._wanted)

    @cached_property
    def matcher(self) -> Matcher:
        rules = self._wanted
        if self.languages is not None:
            rules = [r for r in rules if r.language in ("any", "en") or r.language in self.languages]
        return Matcher(self.ruleset, rules, DETECTORS)

    def clean(self, text: str) -> Cleaned:
        """Clean ``text`` and account for every change. The document itself is never dropped."""
        run = _Run(self, text)
        run.to_the_end()
        return Cleaned(
            original=text,
            text=run.text,
            edits=tuple(run.edits),
            flags=tuple(sorted(run.flags)),
            rules_version=self.ruleset.version,
            detect=language.detect,
        )

    def clean_text(self, text: str) -> str:
        """The clean text alone."""
        return self.clean(text).text

    def clean_html(self, html: str | bytes, url: str | None = None) -> Cleaned:
        """Extract the main text of a page with trafilatura and clean it.

        ``original`` is the extracted text. Where nothing can be extracted it is empty and
        ``flags`` has ``extract/empty``.
        """
        text = extract(html, url)
        if text is None:
            return Cleaned("", "", (), ("extract/empty",), self.ruleset.version, language.detect)
        return self.clean(text)

    def explain(self, text: str) -> list[Reason]:
        """For every stretch that a rule takes from ``text``: which rule, why, and by which pattern."""
        run = _Run(self, text)
        run.looked = {}
        run.to_the_end()
        by_id = {r.id: r for r in self.ruleset.rules}
        out = []
        for e in run.edits:
            if e.cause.startswith(PAGE):
                out.append(run.page_reason(e))
            rule = by_id.get(e.cause)
            if rule is None:
                continue
            went = text[e.start : e.end]
            source, cues = run.pattern_of(rule, went)
            out.append(Reason(e.start, e.end, went, rule.id, rule.why, source, cues))
        return out

    def near_misses(self, text: str, line: int | None = None) -> list[NearMiss]:
        """For lines that nearly went: which rule, and why they stayed; ``line`` (from 1): this one alone, in full."""
        from cleaner.explain import near_misses

        return near_misses(self, text, line)


class _Run:
    """One text on its way through the stages."""

    def __init__(self, cleaner: Cleaner, text: str) -> None:
        self.cleaner = cleaner
        self.original = text
        self.text = text
        self.edits: list[Edit] = []
        self.flags: set[str] = set()
        self.taken: list[tuple[Found, str]] = []
        self.final_break: bool | None = None
        #: What was looked up for each line, so that later rounds look up new lines alone.
        self.known: dict[str, dict[str, Candidates]] = {}
        #: With the page model: the text as first normalised, and the edits since then.
        self.first = ""
        self.since: list[Edit] = []
        #: Where somebody asks for reasons: original offset of a removed line -> the text that the model saw, its line's number.
        self.looked: dict[int, tuple[str, int]] | None = None

    def to_the_end(self) -> None:
        """Repeat the stages until none changes anything, so that cleaning twice is cleaning once."""
        self._rules()
        if self.cleaner.page is not None:
            by_rules = self.text, self.edits
            # The text that the rules left settles by itself, should it not settle from the page as it came:
            # so the outcome is the same when it is cleaned again.
            for first in (self.first, self.text):
                if self._page(self.cleaner.page, first):
                    break
                self.text, self.edits = by_rules
                self.since = []
                self.flags.add("page/unsettled")

    def _rules(self) -> None:
        for _ in range(MOST_ROUNDS):
            mended = self._take(normalise.normalise(self.text, self.cleaner.skip))
            if self.final_break is None:
                self.final_break = self.text.endswith("\n")
                self.first, self.since = self.text, []
            elif not mended:
                return
            if not self._until_nothing_matches():
                return
        self.flags.add("guard/rounds")

    def _page(self, model: PageModel, first: str) -> bool:
        """Take what the model takes until it takes nothing more; False where it does not come to rest.

        It looks at the page as it came, menus and all, for these tell where the content begins; then,
        until nothing changes, at what is left. So cleaning twice is cleaning once, whatever it says.
        """
        from cleaner.page import removals

        seen, since = first, self.since
        for number in range(MOST_LOOKS):
            found = removals(model, seen, self.text, since, self.cleaner.keep)
            if number == 0 and found.unknown:
                self.flags.add("page/unknown")
            if self.looked is not None:
                place = Cleaned(self.original, self.text, tuple(self.edits)).to_original
                self.looked |= {place(e.start): (seen, line) for e, line in zip(found.edits, found.lines, strict=True)}
            if not found.edits and seen == self.text:
                return True
            self._take(found.edits)
            self._until_nothing_matches()
            self._rules()
            seen, since = self.text, []
        return False

    def page_reason(self, e: Edit) -> Reason:
        """Why the page model took a line: what of it and around it weighed most."""
        assert self.cleaner.page is not None
        assert self.looked is not None
        # A rule may have cut the line in two before: the part behind the cut has no entry of its own.
        seen, line = self.looked[max(start for start in self.looked if start <= e.start)]
        features = self.cleaner.page.explain(seen, line)
        chance = e.cause.rsplit("/", 1)[1]
        why = f"The page's main content is elsewhere; the probability that this line is part of it is {chance}."
        weights = ", ".join(f"{name} ({effect:+.1f})" for name, effect in features)
        return Reason(e.start, e.end, self.original[e.start : e.end], e.cause, why, weights, tuple(name for name, _ in features))

    def pattern_of(self, rule: Rule, went: str) -> tuple[str, tuple[str, ...]]:
        """The pattern by which ``rule`` took ``went``, and its cues; empty for the tail of a block."""
        if rule.kind == "detector":
            return rule.detector, ()
        squeezed = "".join(went.split())
        for found, text in self.taken:
            if found.pattern >= 0 and self.cleaner.matcher.rules[found.rule].id == rule.id and "".join(text.split()) in squeezed:
                pattern = rule.patterns[found.pattern]
                return pattern.source, pattern.cues
        return "", ()

    def _until_nothing_matches(self) -> bool:
        changed = False
        while True:
            changed |= self._tidy()
            if not self._match():
                return changed
            changed = True

    def _take(self, edits: list[Edit]) -> bool:
        if edits:
            self.edits = compose(self.edits, edits)
            self.text = apply(self.text, edits)
            if self.cleaner.page is not None:
                self.since = compose(self.since, edits)
        return bool(edits)

    def _tidy(self) -> bool:
        if "blank-lines" in self.cleaner.skip:
            return False
        changes = normalise.blank_lines(self.text, bool(self.final_break))
        return self._take([Edit(a, b, r, TIDY + "blank-lines") for a, b, r in changes])

    def _match(self) -> bool:
        matcher = self.cleaner.matcher
        found = matcher.find(self.text, self._languages, self.flags, self._possible(), self.known)
        found = spare(self.text, found, self.flags)
        self.taken += ((f, self.text[f.start : f.end]) for f in found)
        return self._take([Edit(f.start, f.end, "", matcher.rules[f.rule].id) for f in found])

    def _possible(self) -> frozenset[str]:
        if self.cleaner.languages is not None:
            return self.cleaner.languages
        return language.possible(self.text)

    def _languages(self) -> frozenset[str]:
        if self.cleaner.languages is not None:
            return self.cleaner.languages
        return language.document_languages(self.text)


def _choose(
    ruleset: RuleSet, families: Iterable[str] | None, exclude: frozenset[str], profile: Level, trials: bool
) -> list[Rule]:
    known = {f.name for f in ruleset.families}
    wanted = known if families is None else set(families)
    _known("family", wanted, known)
    _known("family or rule", exclude, known | {r.id for r in ruleset.rules})
    rank = LEVELS.index(profile)
    # English first: where its rules match, nobody needs to know the document's language.
    in_order = sorted(ruleset.rules, key=lambda r: r.language not in ("any", "en"))
    return [
        r
        for r in in_order
        if r.family in wanted
        and r.family not in exclude
        and r.id not in exclude
        and (r.status == "stable" or (trials and r.status == "trial"))
        and LEVELS.index(r.level) <= rank
    ]


def _known(what: str, names: Iterable[str], known: Iterable[str]) -> None:
    from difflib import get_close_matches

    for name in names:
        if name not in set(known):
            near = get_close_matches(name, list(known), 1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(sorted(known)[:40])}"
            raise ValueError(f"there is no {what} {name!r}{hint}")
