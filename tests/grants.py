"""Grants for what tests write with: everything, or what one person's place allows."""

from lib.core.access.grants import Grant, Proof, granted
from lib.core.access.people import Identity, Person, Side
from lib.core.access.rights import Right

BY_TEST = granted("test", Proof.CLAIMED)
"""May do everything."""

ANYTHING = (BY_TEST, Right.IMPORT)
"""Who writes and with which right, where a test writes past our own functions."""


def somebody(name: str, side: Side | None = None, *, actor: str = "", identity: Identity | None = None) -> Grant:
    """A grant of that name with every right."""
    proof = Proof.CLAIMED if identity is None else Proof.SIGNED_IN
    return granted(name, proof, actor=actor, side=side, identity=identity)


def of(person: Person) -> Grant:
    """A grant for that person with every right."""
    return somebody(person.name, person.side)
