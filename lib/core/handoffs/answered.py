"""What sales answers: one press of a button, the event it becomes, and what cannot be answered."""

import hashlib
import json
from dataclasses import dataclass

from lib.core.errors import Fault, Refused
from lib.core.time.clock import MICROSECONDS, instant_text

ANSWER_PREFIX = "inbox-"
"""How the ids of events begin that were written in the Inbox."""


UNDO_SECONDS = 60
"""So long an action can be taken back."""


DONE_WORDS = {
    "accepted": "accepted",
    "rejected": "rejected",
    "sql": "called an SQL",
    "assigned": "assigned",
    "first_touch": "touched",
    "opportunity": "made an opportunity",
    "won": "won",
    "lost": "lost",
    "recycled": "sent back to nurturing",
    "disqualified": "disqualified",
}
"""What each kind of event says happened to a lead."""


class AlreadyAnswered(Refused):
    """Somebody has answered before, and the answer stands; `earlier` is theirs."""

    def __init__(self, faults: Fault, earlier: "Written") -> None:
        super().__init__(faults)
        self.earlier = earlier


class AnswerIncomplete(Refused):
    """A question or the reason is missing, or the answer is not one that can be given yet."""


class TooLateToUndo(Refused):
    """An action is older than a minute, or something has come of it."""


@dataclass(frozen=True, slots=True)
class Press:
    """One press of a button: on which cycle, when (microseconds), under the form's key, with a note if any."""

    lead_id: str
    cycle: int
    at: int
    key: str
    note: str = ""

    @property
    def handoff_id(self) -> str:
        return f"{self.lead_id}:{self.cycle}"

    @property
    def where(self) -> str:
        return f"hand-off {self.handoff_id}"

    def event_id(self, kind: str) -> str:
        """The id of the event this press writes: the same for every press of the same form."""
        pressed = json.dumps([self.lead_id, self.cycle, kind, self.key])
        return ANSWER_PREFIX + hashlib.sha256(pressed.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Written:
    """One action as it stands in the events; `repeated` when an earlier press of the same form wrote it."""

    event_id: str
    lead_id: str
    kind: str
    at: int
    actor: str | None
    reason: str | None
    repeated: bool = False

    @property
    def sentence(self) -> str:
        """What happened, when and by whom: "rejected on … by rep-03 (no_budget)"."""
        why = f" ({self.reason})" if self.reason else ""
        whose = f"to {self.actor or 'nobody'}" if self.kind == "assigned" else f"by {self.actor or 'somebody unnamed'}"
        return f"{DONE_WORDS.get(self.kind, self.kind)} {whose} at {instant_text(self.at)}{why}"

    def undo_left_seconds(self, now: int) -> float:
        """How long it can still be taken back."""
        return max(0.0, UNDO_SECONDS - (now - self.at) / MICROSECONDS)


@dataclass(frozen=True, slots=True)
class Given:
    """One answer given in the Inbox: the event, and what its detail says; `fate` is what follows from a reason."""

    event_id: str
    lead_id: str
    handoff_id: str
    at: int
    kind: str
    actor: str | None
    reason: str | None
    fate: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class LeadNote:
    """What somebody wrote along with an event of a kind, or by itself (`assigned`, said once more)."""

    event_id: str
    at: int
    kind: str
    actor: str | None
    text: str
