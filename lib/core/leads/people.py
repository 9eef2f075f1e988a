"""Who a lead is, as a person is introduced."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Introduced:
    """A lead as a person is introduced; what is unknown is the empty text."""

    lead_id: str
    name: str
    company: str
    title: str
    email: str
