"""Signing in and out: whom a provider's word makes whom here, for how long, and the grant each session has now."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Lock

from lib.app.access import granting
from lib.app.access.afresh import Afresh, Pending
from lib.app.access.sessions import Session, Sessions
from lib.config.sign_in import SignIn
from lib.core.access.claims import NotLetIn, signed_in
from lib.core.access.grants import NOBODY, Grant
from lib.core.access.people import Others, People, Person, SignedIn
from lib.core.access.rights import EVERY, Right
from lib.core.errors import ConfigRefused, Fault
from lib.core.folding import fold
from lib.core.time.clock import MICROSECONDS
from lib.store.access.people import bound_emails, note_coming, note_people
from lib.store.database import Database

SOON_SECONDS = 600
"""An ID token is of a sign-in just now; an older one was kept by somebody."""

Reps = Iterable[tuple[str, str | None]]


class SignIns:
    """Who is in. Without `settings` nobody signs in, and everybody is who they say."""

    def __init__(
        self,
        database: Database,
        settings: SignIn | None,
        people: Sequence[Person],
        others: Sequence[Others],
        now: Callable[[], int],
    ) -> None:
        self.settings = settings
        self.sessions = Sessions(now)
        self.afresh = Afresh(now)
        self._database, self._people, self._now = database, People(tuple(people), tuple(others)), now
        self._bound = bound_emails(database)
        self._binding = Lock()

    def begin(self) -> None:
        """Notes who may what by now, where people.yaml says otherwise than the last time; for the app, at its start.

        Raises ConfigRefused where nobody could say so any more.
        """
        if not self._people.has_operator:
            remedy = "Write role: operator behind one; a lead may be one too: role: [lead, operator]."
            raise ConfigRefused(Fault("people.yaml", "people sign in, and nobody is an operator", remedy))
        note_people(self._database, granting.by_itself("people.yaml"), self._now(), self._people.in_words)

    def sign_in(self, provider: str, claims: Mapping[str, object]) -> str:
        """Opens a session for whom a provider's ID token names, and notes it; the secret their browser comes back with.

        Raises NotLetIn where the token is not of just now, or nothing lets them in.
        """
        assert self.settings is not None  # noqa: S101  (nobody calls back who was not sent)
        who = signed_in(self.settings.providers[provider], claims)
        issued = claims.get("iat")
        if not isinstance(issued, int) or abs(self._now() / MICROSECONDS - issued) > SOON_SECONDS:
            raise NotLetIn(Fault("sign-in", "the provider's word is not of just now", "Sign in again."))
        return self.let_in(who, provider)

    def let_in(self, who: SignedIn, provider: str | None = None) -> str:
        """The same for somebody whose identity is known: by a proxy, say."""
        assert self.settings is not None  # noqa: S101
        with self._binding:
            person = self._person(who)
            now = self._now()
            if person is None:
                self._note_refused(who, now)
                raise NotLetIn(
                    Fault("sign-in", f"nothing lets {_called(who)} in", "Ask an operator: people.yaml says who.")
                )
            binds = self._binds(person, who)
            by = granting.signed_in(person, who.identity)
            note_coming(self._database, by, now, "signed in", {}, email=binds)
            if binds is not None:
                self._bound[binds] = who.identity
        secret, _ = self.sessions.begin(self.settings.hours * 3_600, who, provider)
        return secret

    def sign_out(self, session: Session) -> None:
        """Ends every session of whose this is, in all their browsers."""
        if session.signed_in is None:
            self.sessions.end(session.number)
            return
        ended = self.sessions.end_all_of(session.signed_in.identity)
        person = self._person(session.signed_in)
        if person is not None:
            by = granting.signed_in(person, session.signed_in.identity)
            note_coming(self._database, by, self._now(), "signed out", {"sessions": ended}, email=None)

    def person(self, session: Session) -> Person | None:
        """Who signed in there, as people.yaml says now; None where nothing lets them in any more, or nobody did."""
        return None if session.signed_in is None else self._person(session.signed_in)

    def grant(self, session: Session, reps: Reps) -> Grant:
        """What who signed in there may do now; nothing where nothing lets them in.

        A signature takes more where there is a provider to ask: `grant_afresh`.
        """
        by = self._grant(session, reps)
        return by if session.provider is None else by.limited_to(EVERY - {Right.SIGN})

    def grant_afresh(
        self, session: Session, provider: str, claims: Mapping[str, object], reps: Reps
    ) -> tuple[Pending, Grant]:
        """The signature that waits in a session, and a grant that may give it: who signed in has proved anew that it
        is they. SignatureRefused as `Afresh.take` says; the signature is gone either way."""
        assert self.settings is not None  # noqa: S101
        waits = self.afresh.take(session, self.settings.providers[provider], claims)
        return waits, self._grant(session, reps)

    def _grant(self, session: Session, reps: Reps) -> Grant:
        person = self.person(session)
        if person is None or session.signed_in is None:
            return NOBODY
        return granting.signed_in(person, session.signed_in.identity, rep=granting.rep_of(person, reps))

    def _person(self, who: SignedIn) -> Person | None:
        return self._people.of(who, self._bound)

    def _binds(self, person: Person, who: SignedIn) -> str | None:
        """The e-mail by which they are that person from now on, where it is by their e-mail alone that they are."""
        email = fold(who.email or "")
        by_email = person in self._people.people and who.identity not in person.identities
        return email if by_email and email and email not in self._bound else None

    def _note_refused(self, who: SignedIn, now: int) -> None:
        by = granting.refused(_called(who), who.identity)
        note_coming(self._database, by, now, "refused", {}, email=None)


def _called(who: SignedIn) -> str:
    if who.email:
        return who.email
    # Anybody can call themself anything.
    return f"somebody who calls themself {who.name}" if who.name else who.identity.subject
