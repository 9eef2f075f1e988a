"""What pages ask about the agreement: its versions as they stand now, what they predict, and what may be done."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import pandas as pd

from lib.config.definition import frozen_text, read_definition
from lib.core.agreement import outcome
from lib.core.agreement import versions as agreement_versions
from lib.core.agreement.document import METRICS, Document, published
from lib.core.agreement.outcome import Outcome, Prediction
from lib.core.agreement.people import Person
from lib.core.agreement.versions import State, Version
from lib.core.consequences.known import evidence
from lib.core.definition.criteria import Definition
from lib.core.time.clock import from_microseconds
from lib.core.time.window import Window
from lib.paper import agreement_pdf
from lib.store.agreement import versions
from lib.store.agreement.audit import load_entries, verify
from lib.store.database import Database
from lib.store.funnel import goals
from lib.store.handoffs.handoffs import load_handoffs
from lib.ui.frame import jobs, visitor
from lib.ui.now import asked, promised

SECONDS_BETWEEN_LOOKS = 2.0
"""What somebody else signs is seen within so long."""


def now() -> int:
    """The instant a signature is given: the clock's, whatever the data's last instant is."""
    return promised.now()


def load() -> list[Version]:
    """Every version as it stands now, by number; never from memory, for others sign meanwhile."""
    return versions.load_versions(asked.database(), now())


def definition(version: Version) -> Definition:
    """What a version's text says."""
    return _definition(version.text)


@lru_cache(maxsize=64)
def _definition(text: str) -> Definition:
    return read_definition(text, "version")


def in_force(every: list[Version], at: int | None = None) -> Version:
    """The version both sides work by, now or at an instant: there is always one."""
    found = agreement_versions.in_force(every, now() if at is None else at)
    assert found is not None  # noqa: S101  (every database begins with one)
    return found


def waiting_for_start(every: list[Version]) -> list[Version]:
    """The agreed versions whose start is still to come, the next one first."""
    at = now()
    waiting = [(one.starts_at, one) for one in every if one.state is State.AGREED and (one.starts_at or 0) > at]
    return [one for _, one in sorted(waiting, key=lambda pair: pair[0] or 0)]


def document(every: list[Version], version: Version) -> Document:
    """The version as it is published."""
    config = asked.config()
    return published(every, version, now(), definition, policy=config.policy, answers=config.answers, goals=_goals())


def _goals() -> Mapping[str, Mapping[date, float]]:
    return {metric: goals.targets(asked.database(), metric) for metric in METRICS}


def paper(every: list[Version], version: Version) -> bytes:
    """The version as a PDF."""
    return agreement_pdf(document(every, version), from_microseconds(now()))


def predicted(proposed: Definition, against: Version) -> Prediction:
    """What a proposal would bring in place of that version, by all data up to now."""
    return _predicted(
        asked.database(),
        asked.database().generation,
        proposed,
        definition(against),
        against.number,
        asked.default_window(),
        asked.as_of(),
    )


@lru_cache(maxsize=8)
def _predicted(
    database: Database,
    generation: int,
    proposed: Definition,
    replaced: Definition,
    against: int,
    window: Window,
    at: int,
) -> Prediction:
    known = evidence(asked.handoffs(), asked.history())
    return outcome.predict(asked.hit_index(), proposed, replaced, known, window, against)


@dataclass(frozen=True)
class Check:
    """The outcome after so many weeks, due at `due_at` (microseconds); None while it cannot be looked at.

    `overtaken`: another version had taken the place of this one by then, so it never can.
    """

    weeks: int
    due_at: int
    overtaken: bool
    outcome: Outcome | None


def checks(every: list[Version], version: Version) -> tuple[Check, ...]:
    """What came of an agreed version's prediction after 2, 4 and 8 weeks; none where nothing was predicted."""
    if version.starts_at is None or version.prediction is None:
        return ()
    predicted = outcome.read_prediction(version.prediction)
    against = next((one for one in every if one.number == predicted.against), None)
    replaced = against or agreement_versions.replaced_by(every, version, version.starts_at)
    ends = agreement_versions.followed_at(every, version)
    due = dict(outcome.checks_due(version.starts_at, asked.as_of()))
    found = []
    for weeks in outcome.CHECKED_AFTER_WEEKS:
        due_at = version.starts_at + weeks * outcome.WEEK
        overtaken = ends is not None and ends < due_at
        came = None
        if weeks in due and not overtaken and replaced is not None:
            texts = (version.text, replaced.text)
            came = _outcome(asked.database(), asked.database().generation, texts, predicted, version.starts_at, weeks)
        found.append(Check(weeks, due_at, overtaken, came))
    return tuple(found)


@lru_cache(maxsize=32)
def _outcome(
    database: Database, generation: int, texts: tuple[str, str], predicted: Prediction, starts_at: int, weeks: int
) -> Outcome:
    agreed, replaced = map(_definition, texts)
    handoffs = load_handoffs(database, starts_at + weeks * outcome.WEEK)
    return outcome.outcome(asked.hit_index(), agreed, replaced, predicted, starts_at, weeks, handoffs)


DECISIONS = {"proposed": "proposed", "signed": "signed", "withdrawn": "withdrew"}
"""What the decision log lists, by the audit chain's word for it."""


def decision_log() -> pd.DataFrame:
    """Every proposal, signature and withdrawal in the audit chain, the newest first, with its reason."""
    entries = [entry for what in DECISIONS for entry in load_entries(asked.database(), what)]
    entries.sort(key=lambda entry: entry.number, reverse=True)
    details = [json.loads(entry.detail) for entry in entries]
    return pd.DataFrame(
        {
            "page": [f"/agreement?version={detail['version']}" for detail in details],
            "when": [pd.Timestamp(from_microseconds(entry.at)).tz_convert(str(asked.zone())) for entry in entries],
            "who": [entry.who for entry in entries],
            "what": [
                f"{DECISIONS[entry.what]} version {detail['version']}"
                + (f" for {detail['side']}" if detail.get("side") else "")
                for entry, detail in zip(entries, details, strict=True)
            ],
            "reason": [detail.get("reason", "") for detail in details],
            "entry": [entry.number for entry in entries],
            "sha256": [entry.sha256 for entry in entries],
        }
    )


def begin_verifying() -> None:
    """Walk the whole chain in the background, and set every record against it."""
    database = asked.database()

    def work(tell: jobs.Progress) -> tuple[int, int]:
        tell("Walking the chain, setting every record and cycle against it", 0.1)
        return verify(database), now()

    jobs.start(VERIFYING, "Verify", work)


VERIFYING = "verify"


def signer() -> Person | None:
    """The visitor as somebody who can propose and sign: only people.yaml says who stands for which side."""
    asking = visitor.who()
    return None if asking is None else person(asking.name)


def person(name: str) -> Person | None:
    """Who people.yaml knows by that name."""
    return next((one for one in asked.config().people if one.name == name), None)


def propose(proposed: Definition, by: Person, *, reason: str, starts_at: int | None, replaces: int | None) -> Version:
    """Put a definition to both sides, with its reason and what it predicts; Refused as the store refuses it."""
    every = load()
    against = in_force(every, max(now(), starts_at or 0))
    prediction = outcome.prediction_text(predicted(proposed, against)) if asked.history().leads else None
    return versions.propose(
        asked.database(),
        frozen_text(proposed, [one.text for one in every]),
        by,
        now(),
        reason=reason,
        starts_at=starts_at,
        prediction=prediction,
        replaces=replaces,
    )


def sign(version: Version, by: Person) -> Version:
    """Sign the text that is shown, for the person's own side."""
    return versions.sign(asked.database(), version.number, version.sha256, by, now())


def withdraw(version: Version, by: Person, reason: str) -> Version:
    """Take a proposal back."""
    return versions.withdraw(asked.database(), version.number, by, now(), reason=reason)
