"""The agreement as a document both teams can publish: Markdown, with the definition in plain sentences."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from lib.core.agreement import State, Version
from lib.core.answers import Answers, Fate
from lib.core.clock import instant_text
from lib.core.definition import Category, Definition
from lib.core.people import Side
from lib.core.sla import Policy, Promise
from lib.core.words import CATEGORY_TITLES, definition_in_words, differences, gates_in_words, match_in_words

MARKS = re.compile(r"([\\`*_{}\[\]<>|~#])")
"""What Markdown would take for something else than the letter it is."""


def agreement_markdown(
    version: Version,
    definition: Definition,
    *,
    policy: Policy,
    answers: Answers,
    goals: Mapping[date, float],
    before: Definition | None = None,
) -> str:
    """The version as it is published: definition, gates, promises, questions, reasons, goals, signatures.

    `definition` is what the version's text says; `before` what the version before
    it says, whose differences are then listed. `goals` are MQLs by the first day of
    the month. The text ends with the hash that was signed.
    """
    return "\n".join(_lines(version, definition, policy, answers, goals, before)) + "\n"


def _lines(
    version: Version,
    definition: Definition,
    policy: Policy,
    answers: Answers,
    goals: Mapping[date, float],
    before: Definition | None,
) -> Iterator[str]:
    yield f"# {_plain(definition.name)}, version {version.number}"
    yield ""
    yield _standing(version)
    yield ""
    yield f"Why: {_plain(version.reason)}"
    if before is not None:
        changed = differences(before, definition)
        yield from _section("What changes", changed or ("Nothing but the order or the wording of its text.",))
    yield from _section("When a lead is handed over", gates_in_words(definition))
    for category, sentences in definition_in_words(definition).items():
        yield from _section(CATEGORY_TITLES[Category(category)], sentences or ("Nothing is asked here.",))
    if definition.lists:
        yield from _section("Lists", [f"{name}: {', '.join(texts)}" for name, texts in definition.lists])
    yield from _section("What sales promises", _promises(policy))
    yield from _section("Sales accepts a lead when all of this is answered yes", [one.text for one in answers.accept])
    yield from _section("A lead is sales qualified when all of this is answered yes", [one.text for one in answers.sql])
    yield from _section("Sales may reject a lead because", [_reason(one.label, one.fate) for one in answers.reasons])
    if goals:
        monthly = [f"{month:%Y-%m}: {target:,.0f} MQLs" for month, target in sorted(goals.items())]
        yield from _section("Goals", monthly)
    yield from _section("Signatures", _signatures(version))
    yield ""
    yield f"SHA-256 of the definition's text: `{version.sha256}`"


def _section(title: str, sentences: Sequence[str]) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""
    for sentence in sentences:
        yield f"- {_plain(sentence)}"


def _standing(version: Version) -> str:
    proposed = f"Proposed by {_plain(version.proposed_by)} at {instant_text(version.proposed_at)}"
    if version.withdrawal is not None:
        taken_back = f"{_plain(version.withdrawal.who)} at {instant_text(version.withdrawal.at)}"
        return f"{proposed}, withdrawn by {taken_back}: {_plain(version.withdrawal.reason)}"
    if version.state is State.PROPOSED:
        start = f"from {instant_text(version.stated_start)}" if version.stated_start is not None else "at once"
        return f"{proposed}. It waits for {' and '.join(version.missing)}; signed by both, it is in force {start}."
    since = instant_text(version.starts_at) if version.starts_at is not None else "its signatures"
    if version.side is None:
        return "What the configuration brought along: in force until both sides agree otherwise."
    return f"{proposed}, agreed by both sides, in force from {since}."


def _signatures(version: Version) -> list[str]:
    if version.side is None:
        return ["None was needed."]
    signed = {side: version.signature(side) for side in Side}
    return [
        f"For {side}: {one.who}, {instant_text(one.at)}" if one else f"For {side}: not signed"
        for side, one in signed.items()
    ]


def _promises(policy: Policy) -> list[str]:
    promised = [("decides", policy.decision), ("gets in touch", policy.first_touch)]
    said = [f"Sales {does} within {_promise(one)}." for does, promises in promised for one in promises]
    return said or ["Nothing is promised."]


def _promise(promise: Promise) -> str:
    hours, minutes = divmod(promise.within_minutes, 60)
    time = " ".join([f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes))
    if promise.when is None:
        return f"{time} of working time, any lead no earlier line names"
    return f"{time} of working time, when {match_in_words(promise.when)}"


def _reason(label: str, fate: Fate) -> str:
    return f"{label} ({'it goes back to nurturing' if fate is Fate.RECYCLE else 'it is not handed over again'})"


def _plain(text: str) -> str:
    """The text on one line, every letter of it meant as it is."""
    return MARKS.sub(r"\\\1", " ".join(text.split()))
