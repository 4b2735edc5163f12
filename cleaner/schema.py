"""The rule format: what may stand in a file under ``rules/``, and what each field means.

The pydantic models below validate the files and make the JSON Schema for editors. They are
imported only when rule files are read anew, for pydantic costs more than a whole start.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, StringConstraints

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

    model_config = ConfigDict(extra="forbid", strict=True)


def _needs(kind: str | list[str], *keys: str, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """For editors: where 'remove' is ``kind`` these keys belong to it, and those do not."""
    then: dict[str, Any] = {}
    if keys:
        then["required"] = list(keys)
    if without:
        then["properties"] = dict.fromkeys(without, False)
    return {
        "if": {"properties": {"remove": {"enum": [kind] if isinstance(kind, str) else kind}}, "required": ["remove"]},
        "then": then,
    }


_CONDITIONS: list[Any] = [
    _needs("detector", "detector", without=("phrases", "regex", "cues")),
    _needs("span", "at"),
    _needs(["line", "block", "detector"], without=("at",)),
    _needs(["line", "span", "detector"], without=("while", "most", "least")),
    _needs(["span", "detector"], without=("words",)),
    _needs(["line", "span", "block"], without=("detector", "options")),
    {"if": {"required": ["regex"]}, "then": {"required": ["cues"]}},
    {"if": {"required": ["cues"]}, "then": {"required": ["regex"]}},
]


class RuleEntry(Entry):
    """One rule: what it matches, examples that go, near misses that stay."""

    model_config = ConfigDict(json_schema_extra={"allOf": _CONDITIONS})

    id: Name = Field(
        description="Short name of the idea, unique in its file: lower-case words joined by hyphens. It never changes and is "
        "never used again for something else; its full form is family/language/id.",
        examples=["follow-on-platform"],
    )
    why: Sentence = Field(
        description="One sentence for the reader who wonders why a line went.",
        examples=["Invitation to follow the outlet on a social platform."],
    )
    remove: Literal["line", "span", "block", "detector"] = Field(
        description="What goes. line: the whole line, which must match from its first word to its last. span: only the start or "
        "the end of a line, see 'at'. block: a line and the list that hangs on it, see 'while'. detector: an algorithm decides."
    )
    at: Literal["start", "end"] | None = Field(default=None, description="For 'remove: span': the side of the line that goes.")
    shape: Literal["headline", "bullet", "any"] | None = Field(
        default=None,
        alias="while",
        description="For 'remove: block': what the lines under the first look like. The first line that looks otherwise, a blank "
        "line or a line of prose ends the block. headline where absent.",
    )
    most: int | None = Field(
        default=None,
        ge=1,
        le=30,
        description="For 'remove: block': how many lines may hang on the first at most; 6 where absent.",
    )
    least: int | None = Field(
        default=None,
        ge=1,
        le=30,
        description="For 'remove: block': how many lines must hang on the first for anything to go. For openings that could also be "
        "a heading of the text: above prose they stay. None need hang on it where absent.",
    )
    words: int | None = Field(
        default=None,
        ge=1,
        le=200,
        description="For 'remove: line' and 'block': a line with more words than this is never taken; 40 where absent.",
    )
    phrases: list[Text] = Field(
        default_factory=list,
        description="The words as they stand on pages. Case, spaces, kinds of quotes and dashes do not matter, nor do bullets, emoji "
        "and end marks around a line. {slot} stands for the words of slots.yaml, (a|b) for one of several, (a|b)? for one that may "
        "be absent. A backslash before a sign means the sign itself.",
        examples=[["follow {outlet} on {platform}", "(like|follow) us (now)? on {platform}"]],
    )
    regex: list[Text] = Field(
        default_factory=list,
        description="For what phrases can't say: regular expressions of the Python package 'regex', case ignored, {slots} allowed. "
        "Always in single quotes: in double quotes YAML eats the backslashes. Needs 'cues'.",
        examples=[[r"share \d+ times"]],
    )
    cues: list[Text] = Field(
        default_factory=list,
        description="For 'regex': lower-case words of which one stands in every line that may match. Only lines with one are "
        "looked at, which is what makes the search fast; rare words are better than common ones. A slot that is a list of words "
        "(\"{agency}\") stands for them as whole words.",
    )
    unless: list[Text] = Field(
        default_factory=list,
        description="Regular expressions in single quotes. A line in which one is found is left alone by this rule.",
        examples=[[r"\b(?:police|asked)\b"]],
    )
    detector: Name | None = Field(default=None, description="For 'remove: detector': the name of the algorithm.")
    options: dict[str, Any] | None = Field(default=None, description="For 'remove: detector': what the algorithm is told.")
    level: Literal["careful", "standard", "thorough"] = Field(
        description="The most careful profile that uses the rule. careful: no reader could doubt that it goes. standard: it is no "
        "part of what the author wrote. thorough: some readers want it kept (bylines, dates, tags)."
    )
    status: Literal["trial", "stable", "retired"] = Field(
        default="stable",
        description="stable: it cuts. trial: it reports what it would take and cuts nothing. retired: it does nothing and keeps its "
        "id, so that nobody uses the id for something else. stable where absent.",
    )
    since: Text | None = Field(default=None, description="The release that first had the rule.", examples=["0.1"])
    removes: list[Text] = Field(
        min_length=1,
        description="Examples in your own words (invented outlets and people): whole lines as they stand on a page, [[…]] around exactly what goes.",
        examples=[["[[Follow the Harbour Post on WhatsApp]]", "The quay at dawn. [[Photo: Jane Roe/Reuters]]"]],
    )
    keeps: list[Text] = Field(
        min_length=1,
        description="Near misses: lines that share words with the rule and must stay. They hold for all rules: none may touch them.",
        examples=[["Police asked residents to follow the council on WhatsApp for flood updates."]],
    )
    seen: Text | None = Field(default=None, description="Where the wording was met: a site or a kind of site.")


def misfits(entry: RuleEntry) -> Iterator[tuple[str, str, str]]:
    """Keys of a rule that don't fit together: the key that is meant, what is wrong, how to mend it."""
    kind = entry.remove
    if kind == "detector":
        if not entry.detector:
            yield (
                "remove",
                "'remove: detector' needs 'detector', the name of one",
                "add 'detector: …', or remove a line, a span or a block",
            )
        for key in ("phrases", "regex"):
            if getattr(entry, key):
                yield (
                    key,
                    f"'{key}' has no effect with 'remove: detector'",
                    f"take '{key}' out, or remove a line, a span or a block",
                )
    else:
        if not (entry.phrases or entry.regex):
            yield "id", "matches nothing: it has neither 'phrases' nor 'regex'", "add 'phrases:' with the words to look for"
        for key in ("detector", "options"):
            if getattr(entry, key):
                yield key, f"'{key}' has no effect without 'remove: detector'", f"take '{key}' out"
        if entry.regex and not entry.cues:
            yield (
                "regex",
                "'regex' needs 'cues'",
                "add 'cues: [word]': lower-case words, one of which is in every line that matches",
            )
        if entry.cues and not entry.regex:
            yield "cues", "'cues' has no effect without 'regex'", "take 'cues' out: phrases find their own"
    if kind == "span" and not entry.at:
        yield "remove", "'remove: span' needs 'at'", "add 'at: end' (or 'at: start'): the side of the line that goes"
    if entry.at and kind != "span":
        yield "at", "'at' has no effect without 'remove: span'", "take 'at' out, or write 'remove: span'"
    for key, name in (("shape", "while"), ("most", "most"), ("least", "least")):
        if getattr(entry, key) and kind != "block":
            yield name, f"'{name}' has no effect without 'remove: block'", f"take '{name}' out, or write 'remove: block'"
    if entry.words and kind not in ("line", "block"):
        yield "words", "'words' has no effect without 'remove: line' or 'remove: block'", "take 'words' out"


class FamilyEntry(Entry):
    """``family.yaml``: what a family is."""

    removes: Sentence = Field(description="One sentence: what goes.")
    keeps: Sentence = Field(description="One sentence: what looks like it and stays.")
    unless: list[Text] = Field(
        default_factory=list,
        description="Regular expressions; a line in which one is found is taken by none of the family's rules of the kinds 'line' and "
        "'block', as if each rule said so under its own 'unless'.",
    )


class SlotEntry(Entry):
    """What one {slot} of phrases and regular expressions stands for. It needs words, regex, or both."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["words"]}, {"required": ["regex"]}]})

    about: Sentence = Field(description="What the slot stands for, in a sentence.")
    words: list[Text] = Field(
        default_factory=list,
        description="The words themselves; case, kinds of quotes and dashes do not matter. A slot that is nothing but words can serve "
        "as the word by which lines are found.",
    )
    regex: list[Text] = Field(
        default_factory=list,
        description="Regular expressions for what a list can't say (names, figures), in single quotes; {slots} that stand before this one "
        "are allowed.",
    )


class ProtectedEntry(Entry):
    """One entry of ``protected.yaml``: lines that no rule may touch."""

    why: Sentence = Field(description="Why such a line is content.")
    regex: list[Text] = Field(min_length=1, description="Found anywhere in a line, it protects the line.")
    keeps: list[Text] = Field(min_length=1, description="Lines that it protects.")


# ---------------------------------------------------------------- for editors


class _RuleFile(RootModel[list[RuleEntry]]):
    """A rule file, ``<family>/<language>.yaml``: a list of rules."""


class _SlotFile(RootModel[dict[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]*$")], SlotEntry]]):
    """``slots.yaml``: what the {slots} of phrases stand for. A slot may use slots that stand before it."""


class _ProtectedFile(RootModel[list[ProtectedEntry]]):
    """``protected.yaml``: lines that no rule may touch, whatever else is in them."""


def json_schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schema (draft 2020-12) of each kind of file, by the name of the file it is shipped in."""
    models: dict[str, type[BaseModel]] = {"rules": _RuleFile, "slots": _SlotFile, "protected": _ProtectedFile, "family": FamilyEntry}
    out = {}
    for name, model in models.items():
        found = model.model_json_schema(by_alias=True)
        head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"cleaner: {name}"}
        out[name] = {**head, **{k: v for k, v in _for_editors(found).items() if k not in head}}
    out["slots"]["additionalProperties"] = False
    return out


def _for_editors(schema: Any) -> Any:
    """Without what only says that Python has None there and how Python names it: editors would offer null."""
    if isinstance(schema, list):
        return [_for_editors(s) for s in schema]
    if not isinstance(schema, dict):
        return schema
    out = {k: _for_editors(v) for k, v in schema.items() if not (k == "default" and v in (None, []))}
    if "type" in out or "anyOf" in out or "enum" in out:
        out.pop("title", None)
    if "anyOf" in out:
        options = [o for o in out["anyOf"] if o != {"type": "null"}]
        if len(options) == 1:
            del out["anyOf"]
            out = {**options[0], **out}
    return out
