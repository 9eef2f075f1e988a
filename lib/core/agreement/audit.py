"""The audit chain: every change of shared state is an entry that carries the hash of the entry before it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lib.core.errors import Fault, Refused
from lib.core.time.clock import instant_text

Detail = Mapping[str, str | int | float | Mapping[str, str] | None]
"""What changed: its names and numbers, and hashes in the place of long texts."""

PROVED = "by"
"""What a detail calls how it is known who made the change; older entries say nothing of it."""


class AuditBroken(Refused):
    """A change was made, or unmade, other than through the agreement's own functions."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One change: `at` in microseconds since 1970 UTC, `detail` as canonical JSON.

    `before` is the `sha256` of the entry before; the first entry's is the
    chain's anchor. `number` counts from 1 without a gap.
    """

    number: int
    at: int
    who: str
    what: str
    detail: str
    before: str
    sha256: str


def detail_text(detail: Detail) -> str:
    """The one text of a detail: JSON, keys sorted, no white space, letters as they are."""
    return json.dumps(detail, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def without_proof(detail: str) -> str:
    """A detail's text less how it is known who made the change: what the record of the change says."""
    said = json.loads(detail)
    said.pop(PROVED, None)
    return detail_text(said)


def sealed(number: int, at: int, who: str, what: str, detail: Detail, before: str) -> Entry:
    """The entry with its hash, as it follows the entry whose hash is `before`."""
    text = detail_text(detail)
    return Entry(number, at, who, what, text, before, _hash(number, at, who, what, text, before))


def first_break(entries: Iterable[Entry], anchor: str) -> Fault | None:
    """The first entry that is missing, altered or out of place, None where the chain holds.

    `anchor` is what the first entry must carry as the hash before it. That the
    last entries are missing cannot be seen from the chain; the records they are
    about show it.
    """
    before = anchor
    for number, entry in enumerate(entries, start=1):
        where = f"audit entry {number}"
        if entry.number != number:
            return Fault(where, f"is missing: entry {entry.number} stands in its place", RESTORE)
        said = f"({entry.what}, {entry.who}, {instant_text(entry.at)})"
        if entry.before != before:
            return Fault(where, f"{said} does not carry the hash of what came before it", RESTORE)
        if entry.sha256 != _hash(entry.number, entry.at, entry.who, entry.what, entry.detail, entry.before):
            return Fault(where, f"{said} was altered: its hash is not that of its content", RESTORE)
        before = entry.sha256
    return None


RESTORE = "Restore a backup from before the change, and ask who had the database file in hand."


def _hash(number: int, at: int, who: str, what: str, detail: str, before: str) -> str:
    sealed_text = json.dumps([number, at, who, what, detail, before], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(sealed_text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Routed:
    """One time leads were handed over under the agreed definition: when (microseconds), by whom, how many."""

    at: int
    who: str
    leads: int
