"""What meetings decide, and who does what by when."""

from datetime import date

from lib.app.deployment import Deployment
from lib.core.access.grants import Grant
from lib.core.agreement.meetings import Note, NoteKind, NoteState
from lib.core.time.clock import day_of
from lib.store.agreement import meetings


def today(deployment: Deployment) -> date:
    """The day it is, in the reporting time zone."""
    return day_of(deployment.now(), deployment.zone)


def notes(deployment: Deployment) -> tuple[Note, ...]:
    """Every note there is; never from memory, for others write meanwhile."""
    return meetings.load_notes(deployment.database)


def decide(deployment: Deployment, text: str, by: Grant) -> Note:
    """Keep a decision of today's meeting; NoteRefused where it says nothing."""
    now = deployment.now()
    return meetings.add_note(deployment.database, NoteKind.DECISION, text, by, now, met_on=today(deployment))


def act(deployment: Deployment, text: str, owner: str | None, due: date | None, by: Grant) -> Note:
    """Keep an action of today's meeting; NoteRefused where its owner or day is missing."""
    return meetings.add_note(
        deployment.database,
        NoteKind.ACTION,
        text,
        by,
        deployment.now(),
        met_on=today(deployment),
        owner=owner,
        due=due,
    )


def mark(deployment: Deployment, number: int, state: NoteState, by: Grant) -> Note:
    """Say what became of a note."""
    return meetings.mark_note(deployment.database, number, state, by, deployment.now())
