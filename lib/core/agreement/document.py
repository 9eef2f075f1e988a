"""The agreement as a document both teams can publish: the definition, what goes with it, and both signatures."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum
from zoneinfo import ZoneInfo

from lib.core.access.people import Side
from lib.core.agreement.agreement import Agreement, differences
from lib.core.agreement.audit import Head
from lib.core.agreement.versions import Signature, Version, VersionState, replaced_by
from lib.core.definition.words import CATEGORY_TITLES, definition_in_words, gates_in_words, match_in_words
from lib.core.handoffs.answers import Answers, Fate
from lib.core.handoffs.start_plan import plan_in_words
from lib.core.sla.promises import Calendar, Policy, Promise
from lib.core.time.clock import day_of, said_at

Goals = Mapping[str, Mapping[date, float]]
"""Targets by metric (`mql`, `sal`, `sql`) and the first day of the month."""

METRICS = {"mql": "MQLs", "sal": "SALs", "sql": "SQLs"}

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

MARKS = re.compile(r"([\\`*_{}\[\]<>|~#])")
"""What Markdown would take for something else than the letter it is."""


class TextMark(StrEnum):
    """How a sentence stands to the version before: it stayed, is new, or is gone."""

    KEPT = "kept"
    ADDED = "added"
    STRUCK = "struck"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the document, as plain text."""

    text: str
    mark: TextMark = TextMark.KEPT


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it."""

    title: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A line for a side's signature: who signed, and when with how it is known that it was they; None while empty."""

    side: Side
    who: str | None = None
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One version as it is published; instants are said in the reporting zone, texts are plain.

    `changes` are the differences to version `before`, both None where there is nothing before
    it. `definition` holds the sentences of the signed text, struck ones of the version before included;
    `kept_beside` what is agreed beside it and is no part of the text that was signed. There are no
    `lines` where nobody had to sign. `head` is where the audit chain ended when this copy was made.
    """

    title: str
    standing: str
    reason: str
    before: int | None
    changes: tuple[str, ...] | None
    definition: tuple[Section, ...]
    kept_beside: tuple[Section, ...]
    lines: tuple[DocumentLine, ...]
    sha256: str
    zone: str
    head: Head

    @property
    def signed_text(self) -> str:
        """What the signatures are under, as a sentence."""
        return f"The signatures are under the text of definition and start, whose SHA-256 is {self.sha256}."


def agreement_document(
    version: Version,
    agreement: Agreement,
    *,
    policy: Policy,
    answers: Answers,
    goals: Goals,
    head: Head,
    before: tuple[int, Agreement] | None = None,
) -> Document:
    """The version as it is published.

    `agreement` is what the version's text says; `before` the number of the version it takes the place of, and what
    that one says. Goals of months before the version's begin are left out.
    """
    definition, zone = agreement.definition, ZoneInfo(policy.time_zone)
    earlier = _signed_sections(before[1]) if before is not None else None
    since = max(version.proposed_at, version.starts_at or version.stated_start or 0)
    return Document(
        title=f"{definition.name}, version {version.number}",
        standing=_standing(version, zone),
        reason=version.reason,
        before=before[0] if before is not None else None,
        changes=differences(before[1], agreement) if before is not None else None,
        definition=tuple(
            Section(title, _marked(earlier.get(title, ()) if earlier is not None else sentences, sentences))
            for title, sentences in _signed_sections(agreement, also=earlier or {}).items()
        ),
        kept_beside=tuple(
            Section(title, tuple(map(Sentence, sentences)))
            for title, sentences in _beside(policy, answers, goals, day_of(since, zone).replace(day=1))
            if sentences
        ),
        lines=_lines(version, zone),
        sha256=version.sha256,
        zone=policy.time_zone,
        head=head,
    )


def published(
    versions: Iterable[Version],
    version: Version,
    now: int,
    says: Callable[[Version], Agreement],
    *,
    policy: Policy,
    answers: Answers,
    goals: Goals,
    head: Head,
) -> Document:
    """One of these versions as it is published, with its differences to the one whose place it takes.

    `says` reads what a version's text says, `now` is in microseconds.
    """
    replaced = replaced_by(versions, version, now)
    before = None if replaced is None else (replaced.number, says(replaced))
    return agreement_document(
        version, says(version), policy=policy, answers=answers, goals=goals, head=head, before=before
    )


def markdown(document: Document) -> str:
    """The document as Markdown: as it is now, what changed listed ahead. Ends with the hash that was signed."""
    return "\n".join(_markdown(document)) + "\n"


def _markdown(document: Document) -> Iterator[str]:
    yield f"# {_plain(document.title)}"
    yield ""
    yield _plain(document.standing)
    yield ""
    yield f"Why: {_plain(document.reason)}"
    if document.changes is not None:
        yield from _listed(f"What changes since version {document.before}", document.changes or (NOTHING_CHANGES,))
    for section in (*document.definition, *document.kept_beside):
        yield from _listed(
            section.title, [sentence.text for sentence in section.sentences if sentence.mark is not TextMark.STRUCK]
        )
    yield from _listed("Signatures", [line_in_words(line) for line in document.lines] or [NOBODY_HAD_TO_SIGN])
    yield ""
    yield f"{_plain(BESIDE_IS_NOT_SIGNED)} Times are those of {_plain(document.zone)}."
    yield ""
    yield f"SHA-256 of the text: `{document.sha256}`"
    yield ""
    yield document.head.sentence


NOTHING_CHANGES = "Nothing but the order or the wording of its text."

NOBODY_HAD_TO_SIGN = "None was needed: the configuration brought this version along."

BESIDE_IS_NOT_SIGNED = (
    "What is signed is the definition and how it begins. Promises, questions, reasons and goals are those kept on the "
    "day of this copy."
)


def proof_in_words(signature: Signature) -> str:
    """How it is known who signed, behind something else; nothing of one from before anybody was asked."""
    return "" if signature.proof is None else f", {signature.proof}"


def line_in_words(line: DocumentLine) -> str:
    """A signature as a sentence, or that it is missing."""
    return f"For {line.side}: {f'{line.who}, {line.at}' if line.who else 'not signed'}"


def _listed(title: str, sentences: Sequence[str]) -> Iterator[str]:
    yield ""
    yield f"## {_plain(title)}"
    yield ""
    for sentence in sentences:
        yield f"- {_plain(sentence)}"


def _signed_sections(agreement: Agreement, also: Collection[str] = ()) -> dict[str, tuple[str, ...]]:
    """The text's sentences by heading; a heading in `also` is there even without a sentence of this one."""
    definition = agreement.definition
    said = {
        "When a lead is handed over": gates_in_words(definition),
        **{
            CATEGORY_TITLES[category]: sentences or ("Nothing is asked here.",)
            for category, sentences in definition_in_words(definition).items()
        },
        "Lists": tuple(f"{name}: {', '.join(texts)}" for name, texts in definition.lists),
        "How it begins": plan_in_words(agreement.start),
    }
    return {title: sentences for title, sentences in said.items() if sentences or title in also}


def _marked(before: Sequence[str], after: Sequence[str]) -> tuple[Sentence, ...]:
    """The sentences of `after`, new ones marked, with those of `before` that are gone where they stood."""
    stayed = set(before) & set(after)
    marked: list[Sentence] = []
    for _, first, last, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        # What only moved stays as it is, at its new place.
        struck = [Sentence(text, TextMark.STRUCK) for text in before[first:last] if text not in stayed]
        there = [Sentence(text, TextMark.KEPT if text in stayed else TextMark.ADDED) for text in after[start:end]]
        # A sentence beside the one that takes its place, where there are as many.
        pairs = [one for pair in zip(struck, there, strict=False) for one in pair]
        marked += pairs if len(struck) == len(there) else [*struck, *there]
    return tuple(marked)


def _beside(policy: Policy, answers: Answers, goals: Goals, month: date) -> Iterator[tuple[str, list[str]]]:
    yield "What sales promises", _promises(policy)
    yield "When the teams work", [_calendar(one) for one in policy.calendars]
    yield "Sales accepts a lead when all of this is answered yes", [one.text for one in answers.accept]
    yield "A lead is sales qualified when all of this is answered yes", [one.text for one in answers.sql]
    yield "Sales may reject a lead because", [_reason(one.label, one.fate) for one in answers.reasons]
    yield "Goals", _goals(goals, month)


def _standing(version: Version, zone: ZoneInfo) -> str:
    proposed = f"Proposed by {version.proposed_by} on {said_at(version.proposed_at, zone)}"
    if version.withdrawal is not None:
        taken_back = f"{version.withdrawal.who} on {said_at(version.withdrawal.at, zone)}"
        return f"{proposed}, withdrawn by {taken_back}: {version.withdrawal.reason}"
    if version.state is VersionState.PROPOSED:
        start = f"from {said_at(version.stated_start, zone)}" if version.stated_start is not None else "at once"
        return f"{proposed}. It waits for {' and '.join(version.missing)}; signed by both, it is in force {start}."
    over = ", until a later version took its place" if version.state is VersionState.SUPERSEDED else ""
    if version.side is None:
        return f"What the configuration brought along: in force{over or ' until both sides agree otherwise'}."
    since = f" from {said_at(version.starts_at, zone)}" if version.starts_at is not None else ""
    return f"{proposed}, agreed by both sides, in force{since}{over}."


def _lines(version: Version, zone: ZoneInfo) -> tuple[DocumentLine, ...]:
    if version.side is None:
        return ()
    signed = [(side, version.signature(side)) for side in Side]
    return tuple(
        DocumentLine(side, one.who, f"{said_at(one.at, zone)}{proof_in_words(one)}") if one else DocumentLine(side)
        for side, one in signed
    )


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


def _calendar(calendar: Calendar) -> str:
    """The working hours, days of equal hours together: "default, Europe/Madrid: Monday to Thursday 09:00–14:00 …"."""
    runs: list[list[int]] = []
    for day, hours in enumerate(calendar.hours):
        if runs and calendar.hours[runs[-1][0]] == hours:
            runs[-1].append(day)
        else:
            runs.append([day])
    said = [
        f"{_days(run)} {' and '.join(f'{_time(start)}–{_time(end)}' for start, end in calendar.hours[run[0]])}"
        for run in runs
        if calendar.hours[run[0]]
    ]
    holidays = calendar.holidays
    region = " ".join(filter(None, (holidays.country, holidays.subdivision)))
    free = f"; no work on the holidays of {region}" if region else ""
    return f"{calendar.name.replace('_', ' ')}, {calendar.time_zone}: {', '.join(said) or 'no hours'}{free}."


def _days(run: Sequence[int]) -> str:
    return WEEKDAYS[run[0]] if len(run) == 1 else f"{WEEKDAYS[run[0]]} to {WEEKDAYS[run[-1]]}"


def _time(minutes: int) -> str:
    hours, rest = divmod(minutes if minutes <= 24 * 60 else minutes - 24 * 60, 60)
    return f"{hours:02}:{rest:02}"


def _reason(label: str, fate: Fate) -> str:
    return f"{label} ({'it goes back to nurturing' if fate is Fate.RECYCLE else 'it is not handed over again'})"


def _goals(goals: Goals, since: date) -> list[str]:
    months = sorted({month for targets in goals.values() for month in targets if month >= since})
    return [f"{month:%B %Y}: {', '.join(_targets(goals, month))}" for month in months]


def _targets(goals: Goals, month: date) -> Iterator[str]:
    for metric, name in METRICS.items():
        target = goals.get(metric, {}).get(month)
        if target is not None:
            yield f"{target:,.0f} {name}"


def _plain(text: str) -> str:
    """The text on one line, every letter of it meant as it is."""
    return MARKS.sub(r"\\\1", " ".join(text.split()))
