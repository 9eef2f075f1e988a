"""What somebody may write with: who they are, how that is known, and what they may do."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import final

from lib.core.access.people import Identity, Side
from lib.core.access.rights import EVERY, Right
from lib.core.errors import Fault, Refused


class Proof(StrEnum):
    """How it is known who somebody is."""

    SIGNED_IN = "signed in"
    TOKEN = "token"  # noqa: S105  (a word, not one)
    CLAIMED = "claimed"
    BY_ITSELF = "by itself"


class NotAllowed(Refused):
    """Somebody may not do what they asked for; nothing was changed."""


@final
@dataclass(frozen=True, slots=True)
class Grant:
    """Every function that writes takes one, and only `lib.app.access` makes them (a test says so).

    `name` is what the audit says; `actor` what events name them by. The app itself
    and other systems have one too, without a side.
    """

    name: str
    proof: Proof
    rights: frozenset[Right]
    actor: str = ""
    side: Side | None = None
    identity: Identity | None = None

    def may(self, right: Right) -> bool:
        """Whether they may do that."""
        return right in self.rights

    def check(self, right: Right) -> None:
        """Nothing where they may do that; else raises NotAllowed."""
        if not self.may(right):
            what = f"{self.name} may not {right}"
            raise NotAllowed(Fault("who may what", what, "Ask an operator: people.yaml says who may."))

    def limited_to(self, rights: frozenset[Right]) -> "Grant":
        """The same with no other rights than these."""
        return replace(self, rights=self.rights & rights)

    @property
    def is_claimed(self) -> bool:
        """Whether nothing proves who they are."""
        return self.proof is Proof.CLAIMED

    @property
    def proved(self) -> dict[str, str]:
        """What an audit entry says of how it is known who they are."""
        said = {"proof": str(self.proof)}
        if self.identity is not None:
            said |= {"issuer": self.identity.issuer, "subject": self.identity.subject}
        return said


NOBODY = Grant("nobody", Proof.CLAIMED, frozenset())
"""May do nothing: for what is only rehearsed."""


def granted(
    name: str,
    proof: Proof,
    rights: frozenset[Right] = EVERY,
    *,
    actor: str = "",
    side: Side | None = None,
    identity: Identity | None = None,
) -> Grant:
    """Makes one."""
    return Grant(name, proof, rights, actor or name, side, identity)
