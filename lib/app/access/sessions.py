"""Who has signed in, or says who they are: one entry a browser, ended by time, by signing out, and by a restart.

Kept in memory alone: no copy of the database, and no backup, holds anything one could come in with.
"""

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock

from lib.core.access.people import Identity, SignedIn
from lib.core.time.clock import MICROSECONDS

MOST = 10_000
"""Entries remembered; beyond them the one that was begun first goes."""

CLAIMED_SECONDS = 30 * 86_400


@dataclass(frozen=True, slots=True)
class Session:
    """One browser: who signed in there and with which provider, or who is said to sit there (an actor's name).

    Instants in microseconds. `number` names it to our own code and opens nothing.
    """

    number: str
    began_at: int
    ends_at: int
    signed_in: SignedIn | None = None
    provider: str | None = None
    claimed: str | None = None


class Sessions:
    """The open entries of one process. Threads share it."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._lock = Lock()
        self._open: OrderedDict[str, Session] = OrderedDict()
        self._of_token: dict[str, str] = {}
        self._tokens: dict[str, str] = {}

    def begin(
        self, seconds: int, signed_in: SignedIn | None = None, provider: str | None = None
    ) -> tuple[str, Session]:
        """Opens an entry for so many seconds; the secret its browser comes back with, and the entry."""
        secret, at = secrets.token_urlsafe(32), self._now()
        session = Session(secrets.token_hex(8), at, at + seconds * MICROSECONDS, signed_in, provider)
        with self._lock:
            self._open[session.number] = session
            self._of_token[_hash(secret)] = session.number
            self._tokens[session.number] = _hash(secret)
            while len(self._open) > MOST:
                self._forget(next(iter(self._open)))
        return secret, session

    def of_secret(self, secret: str) -> Session | None:
        """The open entry of a browser, None where there is none (any more)."""
        with self._lock:
            number = self._of_token.get(_hash(secret))
        return None if number is None else self.numbered(number)

    def numbered(self, number: str) -> Session | None:
        """The open entry of that number, None where it has ended."""
        with self._lock:
            session = self._open.get(number)
            # A clock put back must not lengthen it.
            if session is not None and not session.began_at - MOST_BACK <= self._now() < session.ends_at:
                self._forget(number)
                return None
            return session

    def claim(self, number: str, actor: str | None) -> None:
        """Somebody says who sits there; nothing where the entry has ended, or somebody signed in there."""
        with self._lock:
            session = self._open.get(number)
            if session is not None and session.signed_in is None:
                self._open[number] = replace(session, claimed=actor)

    def end(self, number: str) -> None:
        """Ends one entry."""
        with self._lock:
            self._forget(number)

    def end_all_of(self, identity: Identity) -> int:
        """Ends every entry of somebody, in all their browsers; how many."""
        with self._lock:
            theirs = [
                number
                for number, one in self._open.items()
                if one.signed_in is not None and one.signed_in.identity == identity
            ]
            for number in theirs:
                self._forget(number)
        return len(theirs)

    def _forget(self, number: str) -> None:
        if self._open.pop(number, None) is not None:
            del self._of_token[self._tokens.pop(number)]


MOST_BACK = 300 * MICROSECONDS


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
