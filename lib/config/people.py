"""people.yaml: who is on which side of the agreement, and which owners are nobody."""

import re
from dataclasses import dataclass

from lib.config.yaml_tree import YamlEntry, optional, read_yaml
from lib.core.agreement.people import Person, Side
from lib.core.errors import ConfigRefused

EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


@dataclass(frozen=True)
class People:
    """Who is on which side, and the ids of `queues`: a lead assigned to one is assigned to nobody."""

    people: tuple[Person, ...]
    queues: tuple[str, ...] = ()


def read_people(text: str, file: str) -> People:
    """The people and queues a YAML text names; `file` is its name in messages.

    Raises ConfigRefused with every fault found, in the order of the lines.
    """
    return read_yaml(text, file, ConfigRefused, _people)


def _people(root: YamlEntry) -> People:
    entries = root.keys(("people", "queues"), required=("people",))
    people = tuple(_person(item) for item in optional(entries, "people", _listed) or ())
    return People(people, optional(entries, "queues", YamlEntry.texts) or ())


def _listed(entry: YamlEntry) -> list[YamlEntry]:
    return entry.listed("person", "name")


def _person(entry: YamlEntry) -> Person:
    keys = entry.keys(("name", "side", "email"), required=("name", "side"))
    return Person(
        name=optional(keys, "name", YamlEntry.text) or "",
        side=Side(optional(keys, "side", _side) or Side.SALES),
        email=optional(keys, "email", _email),
    )


def _side(entry: YamlEntry) -> str | None:
    return entry.choice(tuple(Side), "side")


def _email(entry: YamlEntry) -> str | None:
    text = entry.text()
    if text is not None and not EMAIL.fullmatch(text):
        entry.refuse(f"'{text}' is no e-mail address", "Write one like ana@example.com, or leave it out.")
    return text
