"""Grants, made of what is known of somebody: a session, a claim, or that nobody but the app itself acts."""

from collections.abc import Iterable

from lib.core.access.grants import Grant, Proof, granted
from lib.core.access.people import Identity, Person, Side
from lib.core.access.rights import RIGHTS, Right, Role, rights_of

SOMEBODY = "somebody"

AT_THE_MACHINE = RIGHTS[Role.OPERATOR] | {Right.DRAFT}
"""Whoever sits where the database file lies can do so anyway; a claim says only in whose name."""

ITSELF = frozenset({Right.HAND_OVER, Right.OPERATE})


def claimed(person: Person | None = None, *, rep: str | None = None, name: str = SOMEBODY) -> Grant:
    """For whoever says they are that person, or the rep of that id, where nobody signs in; marked as claimed.

    Without either, for somebody at the machine, by the name given.
    """
    if person is None:
        rights = AT_THE_MACHINE | ({Right.ANSWER} if rep is not None else frozenset())
        return granted(name, Proof.CLAIMED, rights, actor=rep or name, side=Side.SALES if rep is not None else None)
    return granted(
        person.name,
        Proof.CLAIMED,
        AT_THE_MACHINE | _rights(person, rep),
        actor=rep or person.rep or person.name,
        side=person.side,
    )


def signed_in(person: Person, identity: Identity, *, rep: str | None = None) -> Grant:
    """For a person of people.yaml, or of those it lets in, whose sign-in proves who they are."""
    return granted(
        person.name,
        Proof.SIGNED_IN,
        _rights(person, rep),
        actor=rep or person.rep or person.name,
        side=person.side,
        identity=identity,
    )


def refused(name: str, identity: Identity) -> Grant:
    """For whoever is not let in: what the audit calls them."""
    return granted(name, Proof.SIGNED_IN, frozenset(), identity=identity)


def of_terminal() -> Grant:
    """For a command beside an app in which people sign in: it looks and changes nothing, for nobody signed in there."""
    return granted("a terminal beside the app", Proof.CLAIMED, frozenset())


def by_itself(name: str) -> Grant:
    """For what the app does in its rhythm."""
    return granted(name, Proof.BY_ITSELF, ITSELF)


def of_sender(name: str) -> Grant:
    """For another system whose signed events come in."""
    return granted(name, Proof.TOKEN, frozenset({Right.IMPORT}))


def rep_of(person: Person, reps: Iterable[tuple[str, str | None]]) -> str | None:
    """The rep a person is, of (id, name): the one people.yaml says, else the only one of their name; None for none."""
    known = list(reps)
    if person.rep is not None:
        return next((rep_id for rep_id, _ in known if rep_id == person.rep), None)
    named = [rep_id for rep_id, name in known if (name or rep_id) == person.name]
    return named[0] if len(named) == 1 else None


def _rights(person: Person, rep: str | None) -> frozenset[Right]:
    answers = person.side is Side.SALES or rep is not None
    return rights_of(person.roles, answers=answers, has_side=person.side is not None)
