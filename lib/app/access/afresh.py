"""Signatures that wait for whoever gives them to prove anew who they are: each once, for five minutes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock

from lib.app.access.sessions import Session
from lib.core.access.claims import NotLetIn, Provider, auth_time, signed_in
from lib.core.agreement.versions import SignatureRefused
from lib.core.errors import Fault
from lib.core.time.clock import MICROSECONDS

MINUTES = 5

AFRESH = "-afresh"
"""Behind a provider's name: they are to prove anew who they are."""


@dataclass(frozen=True, slots=True)
class Pending:
    """The signature somebody began: of which version and text, and when (microseconds)."""

    number: int
    sha256: str
    asked_at: int


class Afresh:
    """The signatures that wait, one a session. Threads share it."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._lock = Lock()
        self._waiting: dict[str, Pending] = {}

    def begin(self, session: Session, number: int, sha256: str) -> None:
        """Somebody presses Sign: the signature waits for them; one begun before is forgotten."""
        now = self._now()
        with self._lock:
            self._waiting = {one: waits for one, waits in self._waiting.items() if not _is_over(waits, now)}
            self._waiting[session.number] = Pending(number, sha256, now)

    def take(self, session: Session, provider: Provider, claims: Mapping[str, object]) -> Pending:
        """The signature that waits in a session, for whoever has just proved who they are; nobody gets it twice.

        Raises SignatureRefused where none waits (any more), or somebody else came back, or the provider does not say
        that they proved it after they had been asked.
        """
        with self._lock:
            waits = self._waiting.pop(session.number, None)
        where, again = "signing", "Press Sign again."
        if waits is None or _is_over(waits, self._now()):
            raise SignatureRefused(Fault(where, f"no signature of the last {MINUTES} minutes waits here", again))
        try:
            who = signed_in(provider, claims)
        except NotLetIn as refused:
            raise SignatureRefused(refused.faults) from refused
        if session.signed_in is None or who.identity != session.signed_in.identity:
            raise SignatureRefused(Fault(where, "somebody else has signed in meanwhile", "Each signs for themself."))
        proved_at = auth_time(claims)
        if proved_at is None:
            what = f"{provider.name} does not say when you proved who you are"
            raise SignatureRefused(Fault(where, what, "Ask whoever runs it for the claim 'auth_time'."))
        # In whole seconds, of a clock of its own.
        if proved_at < waits.asked_at // MICROSECONDS - CLOCKS_SECONDS:
            raise SignatureRefused(Fault(where, "you have not proved anew who you are", again))
        return waits


CLOCKS_SECONDS = 2
"""So far another machine's clock may be behind."""


def _is_over(waits: Pending, now: int) -> bool:
    return not 0 <= now - waits.asked_at <= MINUTES * 60 * MICROSECONDS
