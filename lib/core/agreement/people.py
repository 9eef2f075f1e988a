"""Who is on which side of the agreement."""

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """The two sides that sign a definition."""

    SALES = "sales"
    MARKETING = "marketing"


@dataclass(frozen=True, slots=True)
class Person:
    """One person, known by a unique name; the e-mail, where known, is what they sign in with."""

    name: str
    side: Side
    email: str | None = None
