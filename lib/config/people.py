"""people.yaml: who is on which side of the agreement."""

import re

from lib.config.yaml_tree import YamlEntry, optional, read_yaml
from lib.core.agreement.people import Person, Side
from lib.core.errors import ConfigRefused

EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


def read_people(text: str, file: str) -> tuple[Person, ...]:
    """The people a YAML text names; `file` is its name in messages.

    Raises ConfigRefused with every fault found, in the order of the lines.
    """
    return read_yaml(text, file, ConfigRefused, _people)


def _people(root: YamlEntry) -> tuple[Person, ...]:
    entries = root.keys(("people",), required=("people",))
    return tuple(_person(item) for item in optional(entries, "people", _listed) or ())


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
