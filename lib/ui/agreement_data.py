"""What pages ask about the agreement: its versions as they stand now, what they predict, and what may be done."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from lib.config.definition import frozen_text, read_definition
from lib.core import agreement, outcome
from lib.core.agreement import State, Version
from lib.core.clock import from_microseconds
from lib.core.consequences import evidence
from lib.core.definition import Definition
from lib.core.document import METRICS, Document, published
from lib.core.outcome import Prediction
from lib.core.people import Person
from lib.core.whatif import Window
from lib.paper import agreement_pdf
from lib.store import goals, versions
from lib.store.database import Database
from lib.ui import data, promises, visitor

SECONDS_BETWEEN_LOOKS = 2.0
"""What somebody else signs is seen within so long."""


def now() -> int:
    """The instant a signature is given: the clock's, whatever the data's last instant is."""
    return promises.now()


def load() -> list[Version]:
    """Every version as it stands now, by number; never from memory, for others sign meanwhile."""
    return versions.load_versions(data.database(), now())


def definition(version: Version) -> Definition:
    """What a version's text says."""
    return _definition(version.text)


@lru_cache(maxsize=64)
def _definition(text: str) -> Definition:
    return read_definition(text, "version")


def in_force(every: list[Version], at: int | None = None) -> Version:
    """The version both sides work by, now or at an instant: there is always one."""
    found = agreement.in_force(every, now() if at is None else at)
    assert found is not None  # noqa: S101  (every database begins with one)
    return found


def waiting_for_start(every: list[Version]) -> list[Version]:
    """The agreed versions whose start is still to come, the next one first."""
    at = now()
    waiting = [(one.starts_at, one) for one in every if one.state is State.AGREED and (one.starts_at or 0) > at]
    return [one for _, one in sorted(waiting, key=lambda pair: pair[0] or 0)]


def document(every: list[Version], version: Version) -> Document:
    """The version as it is published."""
    config = data.config()
    return published(every, version, now(), definition, policy=config.policy, answers=config.answers, goals=_goals())


def _goals() -> Mapping[str, Mapping[date, float]]:
    return {metric: goals.targets(data.database(), metric) for metric in METRICS}


def paper(every: list[Version], version: Version) -> bytes:
    """The version as a PDF."""
    return agreement_pdf(document(every, version), from_microseconds(now()))


def predicted(proposed: Definition, against: Version) -> Prediction:
    """What a proposal would bring in place of that version, by all data up to now."""
    return _predicted(
        data.database(),
        data.database().generation,
        proposed,
        definition(against),
        against.number,
        data.default_window(),
        data.as_of(),
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
    known = evidence(data.handoffs(), data.history())
    return outcome.predict(data.hit_index(), proposed, replaced, known, window, against)


def signer() -> Person | None:
    """The visitor as somebody who can propose and sign: only people.yaml says who stands for which side."""
    asking = visitor.who()
    return None if asking is None else person(asking.name)


def person(name: str) -> Person | None:
    """Who people.yaml knows by that name."""
    return next((one for one in data.config().people if one.name == name), None)


def propose(proposed: Definition, by: Person, *, reason: str, starts_at: int | None, replaces: int | None) -> Version:
    """Put a definition to both sides, with its reason and what it predicts; Refused as the store refuses it."""
    every = load()
    against = in_force(every, max(now(), starts_at or 0))
    prediction = outcome.prediction_text(predicted(proposed, against)) if data.history().leads else None
    return versions.propose(
        data.database(),
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
    return versions.sign(data.database(), version.number, version.sha256, by, now())


def withdraw(version: Version, by: Person, reason: str) -> Version:
    """Take a proposal back."""
    return versions.withdraw(data.database(), version.number, by, now(), reason=reason)
