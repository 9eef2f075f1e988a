"""Who is on which side of the agreement, in which role, and by what they are known when they sign in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from lib.core.access.rights import Role
from lib.core.folding import fold


class Side(StrEnum):
    """The two sides that sign a definition."""

    SALES = "sales"
    MARKETING = "marketing"


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """Who a provider says signed in: a person is issuer and subject, whatever their e-mail is."""

    issuer: str
    subject: str


@dataclass(frozen=True, slots=True)
class Place:
    """What somebody is here: on which side, None on neither, and in which roles."""

    side: Side | None
    roles: frozenset[Role] = frozenset({Role.LEAD})


@dataclass(frozen=True, slots=True)
class Person:
    """One person, known by a unique name.

    They sign in as one of `identities`; the first time an e-mail that the issuer
    vouches for will do. `rep` is what hand-offs name them by, where that is not their name.
    """

    name: str
    side: Side | None
    email: str | None = None
    roles: frozenset[Role] = frozenset({Role.LEAD})
    identities: tuple[Identity, ...] = ()
    rep: str | None = None

    @property
    def place(self) -> Place:
        return Place(self.side, self.roles)


@dataclass(frozen=True, slots=True)
class Others:
    """What those are whom nobody names: who is of a group, or whose e-mail is of a domain, by the issuer's word."""

    place: Place
    group: str | None = None
    domain: str | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a provider said of who signed in: `email` only where it vouches for it and may, `groups` as it names them.

    `name` is what they call themselves and proves nothing.
    """

    identity: Identity
    name: str
    email: str | None = None
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class People:
    """Everybody who is named, who else is let in, and the ids of `queues`: a lead assigned to one is nobody's."""

    people: tuple[Person, ...] = ()
    others: tuple[Others, ...] = ()
    queues: tuple[str, ...] = ()
    _by_identity: Mapping[Identity, Person] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        known = {identity: one for one in self.people for identity in one.identities}
        object.__setattr__(self, "_by_identity", known)

    @property
    def has_operator(self) -> bool:
        """Whether anybody could say who may what, once people sign in."""
        places = [*(one.place for one in self.people), *(one.place for one in self.others)]
        return any(Role.OPERATOR in place.roles for place in places)

    @property
    def in_words(self) -> dict[str, str]:
        """Who everybody is, by name, and what those are whom nobody names: what the audit keeps of people.yaml."""
        named = {one.name: _in_words(one.place, one.identities, one.email) for one in self.people}
        others = {f"whoever is of {one.group or one.domain}": _in_words(one.place, (), None) for one in self.others}
        return named | others

    def of(self, signed_in: SignedIn, bound: Mapping[str, Identity]) -> Person | None:
        """Who somebody is that has signed in, None where nothing lets them in.

        The identities of the file come first. By their e-mail they are a person of the file only
        where nobody else has been that person by it before (`bound`, by the e-mail folded).
        Whom no entry names is what their group, else their domain, is, under the name the provider
        gives, with the e-mail behind it where a person of the file is called so.
        """
        there = self._by_identity.get(signed_in.identity)
        if there is not None:
            return there
        email = fold(signed_in.email or "")
        if email:
            named = next((one for one in self.people if one.email and fold(one.email) == email), None)
            if named is not None and not named.identities:
                return named if bound.get(email, signed_in.identity) == signed_in.identity else None
        place = self._place(signed_in.groups, email)
        if place is None:
            return None
        return Person(self._free_name(signed_in), place.side, signed_in.email, place.roles, (signed_in.identity,))

    def _place(self, groups: Sequence[str], email: str) -> Place | None:
        _, _, domain = email.rpartition("@")
        for one in self.others:
            if one.group is not None and one.group in groups:
                return one.place
        return next((one.place for one in self.others if one.domain and fold(one.domain) == domain), None)

    def _free_name(self, signed_in: SignedIn) -> str:
        name = signed_in.name.strip() or signed_in.email or signed_in.identity.subject
        if all(fold(one.name) != fold(name) for one in self.people):
            return name
        # Whoever calls themself like a person of the file is not taken for that person.
        return f"{name} ({signed_in.email or signed_in.identity.subject})"


def _in_words(place: Place, identities: Iterable[Identity], email: str | None) -> str:
    roles = " and ".join(sorted(place.roles))
    known = [*([email] if email else []), *(f"{one.subject} of {one.issuer}" for one in identities)]
    return ", ".join([f"{roles} of {place.side}" if place.side else roles, *known])
