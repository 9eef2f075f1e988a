"""The agreement: versions of the definition that one side proposes and both sides sign."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from lib.core.access.grants import Grant, Proof
from lib.core.access.people import Identity, Person, Side
from lib.core.errors import Fault, NotFound, Refused, did_you_mean
from lib.core.folding import fold
from lib.core.time.clock import instant_text


class VersionState(StrEnum):
    """Where a version stands. A draft is no version yet; an agreed one may have its start before it."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class ProposalRefused(Refused):
    """A proposal that cannot be made, or cannot be taken back."""


class SignatureRefused(Refused):
    """A signature that would not mean what a signature means here."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Somebody's name under a version, for their side; `at` in microseconds since 1970 UTC.

    `proof` says how it was known who they are; None where nothing was asked yet, which proves no more than a claim.
    """

    side: Side
    who: str
    at: int
    proof: Proof | None = None
    identity: Identity | None = None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Who took a proposal back, when and why."""

    who: str
    at: int
    reason: str


@dataclass(frozen=True, slots=True)
class Version:
    """A definition as it was put to both sides; instants in microseconds since 1970 UTC.

    `sha256` is that of `text` in UTF-8, and what is signed. `side` is the
    proposer's, None for the definition the configuration brought along, which is
    agreed unsigned. `stated_start` is None for "as soon as both have signed";
    `starts_at`, known once both have, is the later of the two. `prediction` is
    JSON (`lib.core.agreement.outcome`), None where nothing was predicted.
    """

    number: int
    text: str
    sha256: str
    state: VersionState
    proposed_at: int
    proposed_by: str
    side: Side | None
    reason: str
    stated_start: int | None
    starts_at: int | None
    prediction: str | None
    signatures: tuple[Signature, ...] = ()
    withdrawal: Withdrawal | None = None

    @property
    def agreed_since(self) -> int:
        """From when somebody could act on it: later than its start for what the configuration brought along, since
        data from before are judged by it too."""
        return max(self.starts_at or self.proposed_at, self.proposed_at)

    def signature(self, side: Side) -> Signature | None:
        """The signature of one side, None while it is missing."""
        return next((signature for signature in self.signatures if signature.side is side), None)

    @property
    def missing(self) -> tuple[Side, ...]:
        """The sides whose signature a proposal waits for."""
        return tuple(side for side in Side if self.state is VersionState.PROPOSED and self.signature(side) is None)


def in_force(versions: Iterable[Version], at: int) -> Version | None:
    """The version by which both sides work at an instant (microseconds); before the first one started, the first.

    None only where there is no version that was ever agreed.
    """
    agreed = [(one.starts_at, one.number, one) for one in versions if one.starts_at is not None]
    started = [one for one in agreed if one[0] <= at]
    return max(started)[2] if started else min(agreed)[2] if agreed else None


def replaced_by(versions: Iterable[Version], version: Version, now: int) -> Version | None:
    """The version that this one takes the place of, or would; None where there was none before it.

    One that is not agreed would begin now, or at the start it states if that is to come.
    """
    start = version.starts_at if version.starts_at is not None else max(now, version.stated_start or now)
    before = [
        (one.starts_at, one.number, one)
        for one in versions
        if one.starts_at is not None and (one.starts_at, one.number) < (start, version.number)
    ]
    return max(before)[2] if before else None


def followed_at(versions: Iterable[Version], version: Version) -> int | None:
    """When the next agreed version took, or takes, this one's place (microseconds); None where none does."""
    if version.starts_at is None:
        return None
    after = [
        one.starts_at
        for one in versions
        if one.starts_at is not None and (one.starts_at, one.number) > (version.starts_at, version.number)
    ]
    return min(after, default=None)


def open_proposal(versions: Iterable[Version]) -> Version | None:
    """The version that waits for signatures, None where there is none: at most one does."""
    return next((one for one in versions if one.state is VersionState.PROPOSED), None)


def person_called(people: Iterable[Person], name: str) -> Person:
    """The person of that name in the configuration; NotFound where nobody is called so."""
    known = {person.name: person for person in people}
    if name not in known:
        remedy = did_you_mean(name, known) or "Add them to people.yaml, with their side."
        raise NotFound(Fault(f"people.yaml, {name}", "nobody is called so", remedy))
    return known[name]


def check_proposal(open_proposal: Version | None, reason: str, replaces: int | None) -> None:
    """Nothing, where a proposal may be made.

    Raises ProposalRefused without a reason, while another proposal is open and
    not the one replaced, and where the one to be replaced is not open any more.
    """
    if not reason.strip():
        raise ProposalRefused(Fault("proposal", "it says no reason", "Write why both sides should sign it."))
    number = open_proposal.number if open_proposal else None
    if number == replaces:
        return
    if replaces is not None:
        what = "it is signed or withdrawn, and cannot be replaced any more"
        raise ProposalRefused(Fault(f"version {replaces}", what, "Make a new proposal."))
    assert open_proposal is not None  # noqa: S101  (for mypy: the numbers differ)
    waiting = " and ".join(open_proposal.missing)
    raise ProposalRefused(
        Fault(
            f"version {open_proposal.number}",
            f"{open_proposal.proposed_by} has proposed it and it waits for {waiting}",
            "Sign it, withdraw it, or replace it: its signatures are then void.",
        )
    )


def check_withdrawal(version: Version, reason: str) -> None:
    """Nothing, where the version may be taken back; ProposalRefused without a reason, or once it is not open."""
    where = f"version {version.number}"
    if version.state is not VersionState.PROPOSED:
        remedy = "Propose an earlier version anew." if version.state is not VersionState.WITHDRAWN else ""
        raise ProposalRefused(Fault(where, f"it is {version.state}, not merely proposed", remedy))
    if not reason.strip():
        raise ProposalRefused(Fault(where, "its withdrawal says no reason", "Write why it is taken back."))


def check_signature(version: Version, by: Grant, sha256: str) -> None:
    """Nothing, where somebody may sign the version for their side, having read the text of that hash.

    Raises SignatureRefused where the version is not open, its text is another
    one, the side has signed, or the person has signed for the other side.
    """
    where = f"version {version.number}"
    if version.state is not VersionState.PROPOSED:
        raise SignatureRefused(Fault(where, f"it is {version.state} and takes no signature", "Make a new proposal."))
    if sha256 != version.sha256:
        what = f"what {by.name} has read is another text ({sha256[:12]}, not {version.sha256[:12]})"
        raise SignatureRefused(Fault(where, what, "Reload the page, read it again, and sign that."))
    if by.side is None:
        raise SignatureRefused(Fault(where, f"{by.name} stands for neither side", "People.yaml says who does."))
    there = version.signature(by.side)
    if there is not None:
        what = f"{there.who} has signed for {by.side} at {instant_text(there.at)}"
        raise SignatureRefused(Fault(where, what, "One signature a side is enough."))
    if any(_are_one(signature, by) for signature in version.signatures):
        what = f"{by.name} has signed for the other side"
        raise SignatureRefused(Fault(where, what, "Somebody else has to sign for this one: nobody signs for both."))


def _are_one(signature: Signature, by: Grant) -> bool:
    """By who proved to have signed, else by the name: whatever anybody is called later."""
    return (signature.identity is not None and signature.identity == by.identity) or _same(signature.who, by.name)


def _same(one: str, other: str) -> bool:
    return fold(" ".join(one.split())) == fold(" ".join(other.split()))
