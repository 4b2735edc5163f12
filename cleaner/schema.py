"""The rule format: what may stand in a file under ``rules/``, and what each field means.

The pydantic models below validate the files and make the JSON Schema for editors. They are
imported only when rule files are read anew, for pydantic costs more than a whole start.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1)]
Sentence = Annotated[str, StringConstraints(min_length=8, max_length=400)]

#: ISO 639-1 codes that a rule file may be named by.
LANGUAGES = (
    "any en de fr es it pt nl sv nb da fi pl cs sk hu ro bg el ru uk sr hr sl tr ar fa ur he hi bn ta te "
    "mr gu kn ml pa id ms vi th ja zh ko ca eu gl et lv lt is ga cy sq mk az ka hy kk uz sw zu af tl"
).split()


class Entry(BaseModel):
    """Common to all: unknown keys are errors, and nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


class RuleEntry(Entry):
    """One rule: what it matches, examples that go, near misses that stay."""

    id: Name = Field(description="Short name, unique in its file: lower-case words joined by hyphens. It never changes and is never reused.")
    why: Sentence = Field(description="One sentence for the reader who wonders why a line went.")
    remove: Literal["line", "span", "block", "detector"] = Field(
        description="line: the whole line must match. span: only the start or the end of a line. "
        "block: a line and the list that hangs on it. detector: an algorithm, see 'detector'."
    )
    phrases: list[Text] = Field(
        default_factory=list,
        description="Literal words with {slots}; (a|b) is a choice, (a|b)? may be absent. Case, kinds of quotes, dashes and spaces do not matter.",
    )
    regex: list[Text] = Field(
        default_factory=list,
        description="For what phrases can't say: the syntax of the Python package regex, {slots} allowed. Quote with single quotes. Needs 'cues'.",
    )
    cues: list[Text] = Field(
        default_factory=list,
        description="Lower-case words of which one is in every line that a regex may match; they make the search fast.",
    )
    at: Literal["start", "end"] | None = Field(default=None, description="span: which end of the line.")
    unless: list[Text] = Field(default_factory=list, description="Regular expressions; a line that holds one is left alone by this rule.")
    shape: Literal["headline", "bullet", "any"] | None = Field(
        default=None, alias="while", description="block: what the lines under the prompt look like; the first other line ends the block."
    )
    most: int | None = Field(default=None, ge=1, le=30, description="block: the longest list that may hang on the prompt, in lines.")
    words: int | None = Field(default=None, ge=1, le=200, description="line, block: a line with more words is never taken (40 where absent).")
    detector: Name | None = Field(default=None, description="Name of a detector in cleaner/detectors.py.")
    options: dict[str, Any] | None = Field(default=None, description="What the detector is told.")
    level: Literal["careful", "standard", "thorough"] = Field(
        description="The most careful profile that uses the rule: careful (no reader could doubt), standard, thorough."
    )
    status: Literal["trial", "stable", "retired"] = Field(
        default="stable", description="trial: reported, not cut. stable: cut. retired: does nothing, keeps its id from being reused."
    )
    since: Text | None = Field(default=None, description="Version of the rule base that first had the rule.")
    removes: list[Text] = Field(min_length=1, description="Examples of your own; [[…]] marks exactly what goes.")
    keeps: list[Text] = Field(min_length=1, description="Near misses: share words with the rule and stay as they are.")
    seen: Text | None = Field(default=None, description="Where the wording was met: a site or a kind of site.")

    @model_validator(mode="after")
    def _fits_together(self) -> RuleEntry:
        if self.remove == "detector":
            if not self.detector:
                raise ValueError("'remove: detector' needs 'detector', the name of one")
            if self.phrases or self.regex:
                raise ValueError("'phrases' and 'regex' have no effect with 'remove: detector'")
        else:
            if not (self.phrases or self.regex):
                raise ValueError("matches nothing: give 'phrases' or 'regex'")
            if self.detector or self.options:
                raise ValueError("'detector' and 'options' have no effect without 'remove: detector'")
            if self.regex and not self.cues:
                raise ValueError("'regex' needs 'cues': literal words, one of which is in every line that matches")
            if self.cues and not self.regex:
                raise ValueError("'cues' have no effect without 'regex': phrases find their own")
        if self.at and self.remove != "span":
            raise ValueError("'at' has no effect without 'remove: span'")
        if self.remove == "span" and not self.at:
            raise ValueError("'remove: span' needs 'at: start' or 'at: end'")
        if (self.shape or self.most) and self.remove != "block":
            raise ValueError("'while' and 'most' have no effect without 'remove: block'")
        if self.words and self.remove not in ("line", "block"):
            raise ValueError("'words' has no effect without 'remove: line' or 'remove: block'")
        return self


class FamilyEntry(Entry):
    """``family.yaml``: what a family is."""

    removes: Sentence = Field(description="One sentence: what goes.")
    keeps: Sentence = Field(description="One sentence: what looks like it and stays.")


class SlotEntry(Entry):
    """One slot of ``slots.yaml``."""

    about: Sentence = Field(description="What the slot stands for.")
    words: list[Text] = Field(default_factory=list, description="Literal alternatives, in any case.")
    regex: list[Text] = Field(default_factory=list, description="Patterns, for what a list can't say.")

    @model_validator(mode="after")
    def _not_empty(self) -> SlotEntry:
        if not (self.words or self.regex):
            raise ValueError("matches nothing: give 'words' or 'regex'")
        return self


class ProtectedEntry(Entry):
    """One entry of ``protected.yaml``: lines that no rule may touch."""

    why: Sentence = Field(description="Why such a line is content.")
    regex: list[Text] = Field(min_length=1, description="Found anywhere in a line, it protects the line.")
    keeps: list[Text] = Field(min_length=1, description="Lines that it protects.")
