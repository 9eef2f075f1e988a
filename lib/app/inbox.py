"""What sales answers in the Inbox, written; and what was answered, read back."""

from collections.abc import Mapping

from lib.app.deployment import Deployment
from lib.core.access.grants import Grant
from lib.core.handoffs.answered import Given, LeadNote, Press, Written
from lib.store.handoffs import decisions


def accept(deployment: Deployment, by: Grant, press: Press, given: Mapping[str, bool]) -> Written:
    """Sales accepts the lead: every question answered with yes, by its id. Refused as the store refuses it."""
    return decisions.accept(deployment.database, by, press, deployment.config.answers, given)


def reject(deployment: Deployment, by: Grant, press: Press, reason: str) -> Written:
    """Sales rejects the lead for a coded reason."""
    return decisions.reject(deployment.database, by, press, deployment.config.answers, reason)


def call_sql(deployment: Deployment, by: Grant, press: Press, given: Mapping[str, bool]) -> Written:
    """Sales calls an accepted lead an SQL."""
    return decisions.call_sql(deployment.database, by, press, deployment.config.answers, given)


def assign(deployment: Deployment, by: Grant, press: Press, to: str) -> Written:
    """An undecided hand-off becomes another rep's."""
    return decisions.assign(deployment.database, by, press, to)


def touch(deployment: Deployment, by: Grant, press: Press, *, contact: bool) -> Written:
    """Sales tried to reach the lead, and did (`contact`) or did not."""
    return decisions.touch(deployment.database, by, press, contact=contact)


def note(deployment: Deployment, by: Grant, press: Press) -> Written:
    """A note by itself."""
    return decisions.note(deployment.database, by, press)


def undo(deployment: Deployment, by: Grant, event_id: str) -> Written:
    """Takes an action back within a minute."""
    return decisions.undo(deployment.database, by, event_id, deployment.now())


def notes_of(deployment: Deployment, lead_id: str) -> tuple[LeadNote, ...]:
    """The notes on a lead that were not taken back, the newest first."""
    return decisions.notes_of(deployment.database, lead_id)


def given(deployment: Deployment, start: int, end: int) -> tuple[Given, ...]:
    """What was answered from `start` up to, not including, `end` (microseconds) and counts now."""
    as_of = max(deployment.now(), deployment.snapshot().as_of)
    return decisions.answers_given(deployment.database, start, end, as_of)
