"""Drafts as they are kept: under a name, edit by edit, also where they are gone."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Draft:
    """A draft as it is now: its YAML, its last edit's number, author and instant (microseconds since 1970 UTC)."""

    name: str
    text: str
    updated_at: int
    revision: int = 1
    who: str = "somebody"


@dataclass(frozen=True)
class StoredEdit:
    """One revision of a draft, numbered from 1 (0: from before the history was kept); `text` None: deleted then."""

    revision: int
    at: int
    who: str
    text: str | None


@dataclass(frozen=True)
class Gone:
    """A name whose draft was deleted (`renamed_to` None) or renamed, when and by whom, and what the draft was then."""

    name: str
    at: int
    who: str
    text: str
    renamed_to: str | None = None
