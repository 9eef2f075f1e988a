"""people.yaml: who is on which side of the agreement, who may what, and which owners are nobody."""

import re
from collections.abc import Iterable

from lib.config.names import DOMAIN
from lib.config.yaml_tree import YamlEntry, optional, read_yaml
from lib.core.access.people import Identity, Others, People, Person, Place, Side
from lib.core.access.rights import Role
from lib.core.errors import ConfigRefused
from lib.core.folding import fold

EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
OF_A_SIDE = frozenset({Role.MEMBER, Role.LEAD})


def read_people(text: str, file: str) -> People:
    """The people a YAML text names, whom else it lets in, and its queues; `file` is its name in messages.

    Raises ConfigRefused with every fault found, in the order of the lines.
    """
    return read_yaml(text, file, ConfigRefused, _people)


def _people(root: YamlEntry) -> People:
    entries = root.keys(("people", "others", "queues"), required=("people",))
    listed = optional(entries, "people", lambda entry: entry.listed("person", "name")) or []
    people = tuple(map(_person, listed))
    others = optional(entries, "others", lambda entry: tuple(map(_others, entry.items(1)))) or ()
    _refuse_twice(listed, people)
    return People(people, others, optional(entries, "queues", YamlEntry.texts) or ())


def _person(entry: YamlEntry) -> Person:
    keys = entry.keys(("name", "side", "role", "email", "identity", "rep"), required=("name",))
    place = _place(entry, keys)
    return Person(
        name=optional(keys, "name", YamlEntry.text) or "",
        side=place.side,
        email=optional(keys, "email", _email),
        roles=place.roles,
        identities=optional(keys, "identity", _identities) or (),
        rep=optional(keys, "rep", YamlEntry.text),
    )


def _others(entry: YamlEntry) -> Others:
    keys = entry.keys(("group", "domain", "side", "role"))
    if entry.is_mapping and ("group" in keys) == ("domain" in keys):
        entry.refuse("it names not exactly one of group and domain", "Write who is meant: group or domain.")
    return Others(_place(entry, keys), optional(keys, "group", YamlEntry.text), optional(keys, "domain", _domain))


def _place(entry: YamlEntry, keys: dict[str, YamlEntry]) -> Place:
    roles = frozenset(optional(keys, "role", _roles) or (Role.LEAD,))
    side = optional(keys, "side", _side)
    if entry.is_mapping and "side" not in keys and roles & OF_A_SIDE:
        entry.refuse("'side' is missing", "Add it." if "role" not in keys else "A member or lead is of a side.")
    return Place(None if side is None else Side(side), roles)


def _roles(entry: YamlEntry) -> tuple[Role, ...]:
    named = [one.choice(tuple(Role), "role") for one in entry.one_or_more()]
    return tuple(Role(one) for one in named if one is not None)


def _side(entry: YamlEntry) -> str | None:
    return entry.choice(tuple(Side), "side")


def _identities(entry: YamlEntry) -> tuple[Identity, ...]:
    return tuple(map(_identity, entry.one_or_more()))


def _identity(entry: YamlEntry) -> Identity:
    keys = entry.keys(("issuer", "subject"), required=("issuer", "subject"))
    return Identity(optional(keys, "issuer", YamlEntry.text) or "", optional(keys, "subject", YamlEntry.text) or "")


def _email(entry: YamlEntry) -> str | None:
    text = entry.text()
    if text is not None and not EMAIL.fullmatch(text):
        entry.refuse(f"'{text}' is no e-mail address", "Write one like ana@example.com, or leave it out.")
    return text


def _domain(entry: YamlEntry) -> str | None:
    text = entry.text()
    if text is not None and not DOMAIN.fullmatch(text):
        entry.refuse(f"'{text}' is no domain of e-mail addresses", "Write one like example.com.")
    return text


def _refuse_twice(listed: Iterable[YamlEntry], people: Iterable[Person]) -> None:
    """One who signs in is one person, on one side."""
    known: dict[object, str] = {}
    for entry, person in zip(listed, people, strict=True):
        for by in (*person.identities, *((fold(person.email),) if person.email else ())):
            if by in known:
                said = by.subject if isinstance(by, Identity) else by
                entry.refuse(f"'{said}' is {known[by]} already", "One who signs in is one person.")
            known.setdefault(by, person.name)
