"""Events that a system sends one by one: how they are read, in whose name they are, and what became of them."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WEBHOOK = "webhook"
"""In whose name events are that a sender without a name of its own sends."""

MOST_DIGITS = 40
"""Of a number: no amount has more, and reading one takes the square of their number."""


class NotJson(ValueError):
    """What was sent is no JSON, or none of which there is something to load."""


@dataclass(frozen=True)
class Unreadable:
    """In place of an object, or a number, that JSON allows and that means nothing: why."""

    why: str


def name_of(sender: str) -> str:
    """In whose name the events of a sender are, by its own name."""
    return f"{WEBHOOK}:{sender}"


def name_space(who: str) -> str:
    """How the ids begin that are of this name's: `crm:` of `webhook:crm`; empty where any may be."""
    name = who.removeprefix(f"{WEBHOOK}:")
    return f"{name}:" if name != who else ""


def decoded(body: bytes) -> list[Any]:
    """The events of a body: a JSON object, or a list with something in it.

    What one of them says twice under one key, and a number that is none, is `Unreadable` in its place, so that the
    others load. Raises NotJson.
    """
    try:
        found = json.loads(
            body, object_pairs_hook=_object, parse_constant=_no_number, parse_float=_fraction, parse_int=_whole
        )
    except (ValueError, RecursionError) as error:
        raise NotJson("the body is not JSON") from error
    if isinstance(found, Unreadable) and not body.lstrip().startswith(b"{"):
        raise NotJson("the body is not JSON")
    events = found if isinstance(found, list) else [found]
    if not events:
        raise NotJson("the list is empty")
    return events


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any] | Unreadable:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            return Unreadable("says one key twice")
        if unreadable := _unreadable_in(value):
            return unreadable
        found[key] = value
    return found


def _unreadable_in(value: Any) -> Unreadable | None:
    """What of a value, or of the lists in it, is unreadable; objects in it have been looked through."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Unreadable):
            return one
        waiting += one if isinstance(one, list) else ()
    return None


def _no_number(name: str) -> Unreadable:
    return Unreadable(f"holds {name}, which is no number")


def _fraction(text: str) -> float | Unreadable:
    number = float(text) if len(text) <= 10 * MOST_DIGITS else math.inf
    return number if math.isfinite(number) else Unreadable("holds a number that is too large, or too long")


def _whole(text: str) -> int | Unreadable:
    return int(text) if len(text) <= MOST_DIGITS else Unreadable("holds a number that is too large, or too long")


@dataclass(frozen=True)
class Remark:
    """Something about one event, counted from 1 in the order given: why it was not loaded, say."""

    event: int
    reason: str


@dataclass(frozen=True)
class Received:
    """What became of a list of events: each is new, known already, waits for its lead, or is rejected with a reason.

    `unknown` are values that are not of their column's type and were left out of
    events that did load.
    """

    events: int
    new: int
    waiting: tuple[Remark, ...]
    rejected: tuple[Remark, ...]
    unknown: tuple[Remark, ...]

    @property
    def known(self) -> int:
        """How many were there already, with the same content."""
        return self.events - self.new - len(self.waiting) - len(self.rejected)
