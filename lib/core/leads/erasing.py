"""A person erased: what of them stays, by which words others' texts name them, and what came of it."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lib.core.errors import Refused

ERASED_PREFIX = "erased-"
"""How the ids begin that erased people are counted under; the rest is drawn by lot."""

BLANK = "erased"
"""What stands where a text of others named the person: a word that any text and any YAML can hold."""

COUNTED_BY = ("channel", "source", "owner", "cost")
"""The fields by which sections 5 and 6 of the design count leads and hand-offs, beside when the lead was created."""

NAMING = frozenset({"first_name", "last_name", "email", "phone", "landing_page"})
"""The fields that say who somebody is: these go whatever a promise asks for."""

SHORTEST_ID, SHORTEST_NUMBER = 6, 7
"""In others' texts `7` or `L-12` may be anything: of ids this many characters, one a digit, of phone numbers digits."""


class EraseRefused(Refused):
    """Nobody was erased, and why."""


def fields_kept(asked_by_promises: Iterable[str]) -> tuple[str, ...]:
    """The fields that stay known of somebody erased: what is counted by, and what promises ask for."""
    return (*COUNTED_BY, *sorted(set(asked_by_promises) - NAMING - set(COUNTED_BY) - {"created_at"}))


@dataclass(frozen=True)
class Known:
    """What names a person: all ids of theirs, e-mail addresses, phone numbers, and names as (first, last)."""

    ids: frozenset[str]
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    names: frozenset[tuple[str, str]] = frozenset()

    @cached_property
    def words(self) -> tuple[str, ...]:
        """By which a text names the person, the longest first; a first name alone, or a short id, names nobody."""
        orders = [
            name
            for first, last in ((first.strip(), last.strip()) for first, last in self.names)
            if len(first) > 1 and len(last) > 1
            for name in (f"{first} {last}", f"{last} {first}", f"{last}, {first}")
        ]
        ids = [one for one in self.ids if len(one) >= SHORTEST_ID and any(letter.isdigit() for letter in one)]
        phones = [one for one in self.phones if sum(letter.isdigit() for letter in one) >= SHORTEST_NUMBER]
        emails = [one for one in self.emails if "@" in one.strip("@")]
        found = {one.strip() for one in (*emails, *orders, *phones, *ids)}
        return tuple(sorted(found, key=lambda word: (-len(word), word)))

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        if not self.words:
            return None
        words = "|".join(re.escape(word) for word in self.words)
        return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)

    def blanked(self, text: str) -> str:
        """A text without the words that name the person; as it is where it has none."""
        return text if self._pattern is None else self._pattern.sub(BLANK, text)


# What stays of an event.

_NUMBERS = ("version", "score", "contact", "below_line", "deleted")
"""Numbers, and yes or no, that figures and clocks are made of."""

_WORDS = ("by", "then", "way", "rule", "currency")
"""Whose answer, what follows from a reason, how a lead came to be handed over: words of ours, or a person of ours."""

_NUMBER = re.compile(r"[+-]?\d{1,9}(\.\d+)?")


def detail_kept(detail: str | None, events: Mapping[str, str], leads: Mapping[str, str]) -> str | None:
    """What stays of an event's detail (JSON) when its lead is erased: what figures and clocks are made of.

    Ids of events and hand-offs stand under their new ones. Notes go, and all else that was typed or imported.
    """
    if detail is None:
        return None
    said = json.loads(detail)
    kept = {
        name: value
        for name, value in said.items()
        if (name in _NUMBERS and _is_plain(value)) or (name in _WORDS and isinstance(value, str))
    }
    if "event_id" in said:
        kept["event_id"] = events.get(said["event_id"], BLANK)
    if isinstance(said.get("handoff"), str):
        lead, _, cycle = said["handoff"].rpartition(":")
        kept["handoff"] = f"{leads.get(lead, BLANK)}:{cycle}"
    if isinstance(said.get("answers"), dict):
        kept["answers"] = {question: answer for question, answer in said["answers"].items() if _is_plain(answer)}
    return json.dumps(kept, ensure_ascii=False) if kept else None


def _is_plain(value: object) -> bool:
    """A number, yes or no, also written as a text."""
    if isinstance(value, str):
        text = value.strip()
        return text.lower() in ("true", "false") or bool(_NUMBER.fullmatch(text))
    return isinstance(value, bool | int | float)


_RULE = re.compile(r"\w+ unless \w+ else \w+")


def fact_kept(fact: str | None, detail: str | None, token: str) -> str | None:
    """What an event is a statement of, under a `token` drawn by lot; the rule its kind depends on goes on to end it."""
    if fact is None:
        return None
    rule = json.loads(detail).get("rule") if detail else None
    ruled = isinstance(rule, str) and _RULE.fullmatch(rule) and fact.endswith(f" {rule}")
    return f"{ERASED_PREFIX}{token} {rule}" if ruled else f"{ERASED_PREFIX}{token}"


def new_event_ids(old: Iterable[str], token: str, answered: str, undone: str) -> dict[str, str]:
    """An id for each event of a person that nothing leads back from, in the same order among themselves.

    Events at one instant go by their ids, and some ids say something: how those of answers begin (`answered`), and how
    those end (`undone`) that take another one back.
    """
    new: dict[str, str] = {}
    for number, one in enumerate(sorted(old)):
        if one.endswith(undone) and one.removesuffix(undone) in new:
            new[one] = new[one.removesuffix(undone)] + undone
        else:
            # `erased-` sorts before `inbox-`, and `once-erased-` after it.
            begins = answered if one.startswith(answered) else "" if one < answered else "once-"
            new[one] = f"{begins}{ERASED_PREFIX}{token}-{number:06}"
    return new


# What came of it.


@dataclass(frozen=True, slots=True)
class Copy:
    """A file made before, that still holds the person. `goes_at` (microseconds) is when newer ones take its place, None
    where nothing removes it."""

    path: Path
    goes_at: int | None


@dataclass(frozen=True, slots=True)
class Erasure:
    """What became of a person's data: under which id their hand-offs are counted on, what went, what is left to do.

    They were known under so many `ids`. `rejected` are kept rows of imports, `texts` others' texts that named them,
    `entries` those of the audit of which something was taken. `still_named` are sentences on what stays, `alike` other
    leads with an e-mail address of theirs. Until it is `written_anew` the file still holds what was taken; `not_yet`
    says why it was not.
    """

    erased: str
    ids: int
    hand_offs: int
    open_hand_offs: int
    events: int
    activities: int
    changes: int
    rejected: int
    texts: int
    entries: int
    still_named: tuple[str, ...]
    alike: tuple[str, ...]
    written_anew: bool = False
    not_yet: str = ""
