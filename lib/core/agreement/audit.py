"""The audit chain: every change of shared state is an entry that carries the hash of the entry before it."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lib.core.errors import Fault, Refused
from lib.core.time.clock import instant_text

Detail = Mapping[str, str | int | float | Mapping[str, str] | None]
"""What changed: its names and numbers, and hashes in the place of long texts."""

SALT = "salt"
"""What a detail calls what nobody can guess."""

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


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: the number of its last entry, 0 before the first, and that entry's hash (or the anchor).

    Whoever keeps one elsewhere can tell whether a chain still is the one it ended.
    """

    number: int
    sha256: str

    def __str__(self) -> str:
        return f"entry {self.number}, {self.sha256}"

    @property
    def sentence(self) -> str:
        """What papers say that others keep."""
        return f"Audit chain: {self}"


LEAST_OF_HASH = 12
"""So many characters of a hash, copied from paper, tell it from every other."""


def head_from(text: str) -> Head:
    """The head written as `38:9f86d0…`, its hash whole or its first 12 characters or more.

    Raises ValueError where that is not what stands there.
    """
    number, _, sha256 = text.partition(":")
    sha256 = sha256.strip().lower()
    is_hash = LEAST_OF_HASH <= len(sha256) <= 64 and set(sha256) <= set("0123456789abcdef")
    if not (number.strip().isascii() and number.strip().isdecimal() and is_hash):
        raise ValueError(text)
    return Head(int(number), sha256)


def not_in_chain(entries: Sequence[Entry], anchor: str, kept: Head) -> Fault | None:
    """Why a head that somebody kept does not stand in this chain, None where it does; its hash may be a beginning."""
    where = f"audit entry {kept.number}"
    if kept.number > len(entries):
        return Fault(where, f"is not in this chain, which ends at entry {len(entries)}", RESTORE)
    there = entries[kept.number - 1].sha256 if kept.number else anchor
    if not there.startswith(kept.sha256):
        what = f"is not the one that was kept: its hash is {there}, and {kept.sha256} was noted elsewhere"
        return Fault(where, what, RESTORE)
    return None


def last_common(one: Sequence[Head], other: Sequence[Head]) -> int:
    """The number of the last entry that two chains share, 0 where it is none; each as the heads it had, in order."""
    # An entry carries the hash of all before it: where one is the same, everything before is.
    shared = set(one) & set(other)
    return max((head.number for head in shared), default=0)


def detail_text(detail: Detail) -> str:
    """The one text of a detail: JSON, keys sorted, no white space, letters as they are."""
    return json.dumps(detail, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def salt() -> str:
    """What nobody can guess, in a detail that names a person: once it is taken away, its hash leads nowhere."""
    return secrets.token_hex(16)


def without_proof(detail: str) -> str:
    """A detail's text less how it is known who made the change and its salt: what the record of the change says."""
    said = json.loads(detail)
    for beside in (PROVED, SALT):
        said.pop(beside, None)
    return detail_text(said)


def sealed(number: int, at: int, who: str, what: str, detail: Detail, before: str) -> Entry:
    """The entry with its hash, as it follows the entry whose hash is `before`."""
    text = detail_text(detail)
    return Entry(number, at, who, what, text, before, _hash(number, at, who, what, text, before))


ERASED = "erased"
"""The change that erases a person: its detail names, under `entries`, earlier entries of which something was taken."""


def taken_from(entries: Mapping[int, Entry]) -> str:
    """What an erasure says of the entries it took something from, by number: each with the hash of what stayed."""
    return " ".join(f"{number}={_hash_of(entry)}" for number, entry in sorted(entries.items()))


def left_of(entry: Entry, detail: Detail) -> Entry:
    """What an erasure leaves of an entry: another detail in the same place.

    Its hash goes on being that of what was there, and holds the chain together; the erasure answers for what it says.
    """
    return replace(entry, detail=detail_text(detail))


def _left(entries: Sequence[Entry]) -> dict[int, str]:
    """The hash of what the last erasure left of each entry before it that it took something from."""
    left: dict[int, str] = {}
    for entry in entries:
        if entry.what == ERASED:
            said = json.loads(entry.detail).get("entries")
            pairs = (pair.partition("=") for pair in str(said or "").split())
            left |= {int(number): sha256 for number, _, sha256 in pairs if int(number) < entry.number}
    return left


def first_break(entries: Sequence[Entry], anchor: str) -> Fault | None:
    """The first entry that is missing, altered or out of place, None where the chain holds.

    `anchor` is what the first entry must carry as the hash before it. An entry of which a later erasure took something
    holds where it is what that one left. That the last entries are missing cannot be seen from the chain; the records
    they are about show it.
    """
    before, left = anchor, _left(entries)
    for number, entry in enumerate(entries, start=1):
        where = f"audit entry {number}"
        if entry.number != number:
            return Fault(where, f"is missing: entry {entry.number} stands in its place", RESTORE)
        said = f"({entry.what}, {entry.who}, {instant_text(entry.at)})"
        if entry.before != before:
            return Fault(where, f"{said} does not carry the hash of what came before it", RESTORE)
        if _hash_of(entry) not in (entry.sha256, left.get(number)):
            return Fault(where, f"{said} was altered: its hash is not that of its content", RESTORE)
        before = entry.sha256
    return None


RESTORE = "Restore a backup from before the change, and ask who had the database file in hand."


def _hash_of(entry: Entry) -> str:
    return _hash(entry.number, entry.at, entry.who, entry.what, entry.detail, entry.before)


def _hash(number: int, at: int, who: str, what: str, detail: str, before: str) -> str:
    sealed_text = json.dumps([number, at, who, what, detail, before], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(sealed_text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Routed:
    """One time leads were handed over under the agreed definition: when (microseconds), by whom, how many."""

    at: int
    who: str
    leads: int
