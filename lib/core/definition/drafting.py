"""Tuning one draft together: what each edit changed, and two edits of one state joined into one."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from lib.core.definition.criteria import (
    ActivityCondition,
    BelowLine,
    Category,
    Criterion,
    Definition,
    FieldMatch,
    SequenceMatch,
    Test,
    TextTest,
)
from lib.core.time.clock import MICROSECONDS


class PartKind(StrEnum):
    """What a definition is made of, in the order it is read."""

    NAME = "name"
    THRESHOLD = "threshold"
    REQUIRE = "require"
    MINIMUM = "minimum"
    BELOW_LINE = "below_line"
    CUSTOMERS = "customers"
    CAP = "cap"
    HALF_LIFE = "half_life"
    CRITERION = "criterion"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that two people cannot change at once; `name` is a category, a criterion's id or a list's name."""

    kind: PartKind
    name: str = ""


Value = str | int | float | tuple[str, ...] | BelowLine | Criterion | None
"""What a part holds; None where there is no such criterion, cap, minimum, list or half-life, and nobody is drawn."""


@dataclass(frozen=True, slots=True)
class Change:
    """One part that differs: what it was and what it is."""

    part: Part
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Conflict:
    """One part that both changed, differently: what it was, and what each made of it."""

    part: Part
    base: Value
    theirs: Value
    mine: Value


@dataclass(frozen=True, slots=True)
class Merged:
    """Two edits of one state joined; where they conflict, `definition` has what is theirs."""

    definition: Definition
    conflicts: tuple[Conflict, ...]


def parts(definition: Definition) -> dict[Part, Value]:
    """What a definition is made of, part by part, in the order it is read."""
    return {
        Part(PartKind.NAME): definition.name,
        Part(PartKind.THRESHOLD): definition.threshold,
        Part(PartKind.REQUIRE): definition.require,
        **{Part(PartKind.MINIMUM, category): value for category, value in definition.minimums},
        Part(PartKind.BELOW_LINE): definition.below_line,
        Part(PartKind.CUSTOMERS): definition.customers,
        **{Part(PartKind.CAP, category): value for category, value in definition.caps},
        Part(PartKind.HALF_LIFE): definition.half_life_days,
        **{Part(PartKind.CRITERION, criterion.id): _as_written(criterion) for criterion in definition.criteria},
        **{Part(PartKind.LIST, name): texts for name, texts in definition.lists},
    }


def changes(before: Definition, after: Definition) -> tuple[Change, ...]:
    """Every part in which two definitions differ; the order in which criteria are written is no difference."""
    old, new = parts(before), parts(after)
    return tuple(
        Change(part, old.get(part), new.get(part)) for part in {**old, **new} if old.get(part) != new.get(part)
    )


def merge(base: Definition, theirs: Definition, mine: Definition) -> Merged:
    """What `mine` changed since `base`, done to `theirs`, which was changed since `base` too.

    A part that only one of them changed, or both alike, is as that one made it. A
    part that both changed differently is a conflict. What comes of two valid
    definitions may be invalid (a list one of them removed and the other's new
    criterion uses): read it again before it is kept.
    """
    if theirs == base:
        # Part by part a criterion that was removed and comes back would stand last.
        return Merged(mine, ())
    was, others = parts(base), parts(theirs)
    merged = theirs
    conflicts: list[Conflict] = []
    for change in changes(base, mine):
        part = change.part
        if others.get(part) == change.after:
            continue
        if others.get(part) != was.get(part):
            conflicts.append(Conflict(part, change.before, others.get(part), change.after))
        else:
            merged = _with(merged, part, change.after)
    return Merged(_with_lists_told(merged), tuple(conflicts))


def with_part(definition: Definition, part: Part, value: Value) -> Definition:
    """The definition with one part as given; None takes it out."""
    return _with_lists_told(_with(definition, part, value))


def _with(definition: Definition, part: Part, value: Value) -> Definition:
    match part.kind, value:
        case PartKind.NAME, str(name):
            return replace(definition, name=name)
        case PartKind.THRESHOLD, int(threshold):
            # Not `with_threshold`: from how many points leads are drawn is a part of its own.
            return replace(definition, threshold=threshold)
        case PartKind.REQUIRE, tuple(require):
            return replace(definition, require=require)
        case PartKind.MINIMUM, (int() | float() | None) as minimum:
            return definition.with_minimum(Category(part.name), minimum)
        case PartKind.BELOW_LINE, (BelowLine() | None) as drawn:
            return definition.with_below_line(drawn)
        case PartKind.CUSTOMERS, bool(customers):
            return definition.with_customers(customers)
        case PartKind.CAP, (int() | None) as cap:
            return definition.with_cap(Category(part.name), cap)
        case PartKind.HALF_LIFE, (int() | float() | None) as days:
            return definition.with_half_life(days)
        case PartKind.CRITERION, Criterion() as criterion:
            return _with_criterion(definition, criterion)
        case PartKind.CRITERION, None:
            return definition.without_criterion(part.name)
        case PartKind.LIST, (tuple() | None) as texts:
            lists = {**dict(definition.lists), part.name: texts}
            return replace(definition, lists=tuple((name, one) for name, one in lists.items() if one is not None))
    raise ValueError(part)


def _with_criterion(definition: Definition, criterion: Criterion) -> Definition:
    there = next((one for one in definition.criteria if one.id == criterion.id), None)
    if there is not None and there.category is not criterion.category:
        definition = definition.without_criterion(criterion.id)
    return definition.with_criterion(criterion)


# A criterion that uses a named list holds the list's texts too. They are the list's, not the criterion's.


def _as_written(criterion: Criterion) -> Criterion:
    return _with_texts(criterion, {})


def _with_lists_told(definition: Definition) -> Definition:
    lists = dict(definition.lists)
    return replace(definition, criteria=tuple(_with_texts(criterion, lists) for criterion in definition.criteria))


def _with_texts(criterion: Criterion, lists: Mapping[str, tuple[str, ...]]) -> Criterion:
    def told(tests: tuple[Test, ...]) -> tuple[Test, ...]:
        return tuple(
            replace(test, operands=lists.get(test.list_name, ()))
            if isinstance(test, TextTest) and test.list_name is not None
            else test
            for test in tests
        )

    def of_activity(condition: ActivityCondition) -> ActivityCondition:
        return replace(condition, subject=told(condition.subject), amount=told(condition.amount))

    match = criterion.match
    if isinstance(match, FieldMatch):
        conditions = tuple(replace(condition, tests=told(condition.tests)) for condition in match.conditions)
        return replace(criterion, match=replace(match, conditions=conditions))
    if isinstance(match, SequenceMatch):
        pair = replace(match, first=of_activity(match.first), second=of_activity(match.second))
        return replace(criterion, match=pair)
    return replace(criterion, match=replace(match, condition=of_activity(match.condition)))


@dataclass(frozen=True, slots=True)
class Step:
    """What one person did to a draft at one go, `at` in microseconds; `before` is None where they began it."""

    at: int
    who: str
    before: Definition | None
    after: Definition


HELD_SECONDS = 2.0
"""A control is still being moved so long after it moved last: many edits, and one step."""


def is_held(seconds: float) -> bool:
    """Is a control that moved again after so long still in the same hand?"""
    return seconds <= HELD_SECONDS


def steps(edits: Iterable[tuple[int, str, Definition]]) -> tuple[Step, ...]:
    """The edits (instant, author, draft after it), the oldest first, with those of one control being moved as one."""
    told: list[Step] = []
    for at, who, after in edits:
        last = told[-1] if told else None
        step = Step(at, who, last.after if last else None, after)
        if last is not None and _goes_on(last, step):
            told[-1] = replace(step, before=last.before)
        elif last is None or last.after != after:
            told.append(step)
    return tuple(told)


def _goes_on(last: Step, step: Step) -> bool:
    if last.before is None or step.before is None or step.who != last.who:
        return False
    if not is_held((step.at - last.at) / MICROSECONDS):
        return False
    return {one.part for one in changes(last.before, last.after)} == {
        one.part for one in changes(step.before, step.after)
    }


# A draft begins with the first change of the agreed definition, before anybody has named it.

SOMEBODY = "somebody"
"""Who made an edit, where they have not said who they are."""

_UNNAMED = re.compile(r"Draft of \d{1,2} \w{3} \d{4}, \d\d:\d\d( by .+)?( \(\d+\))?")


def name_for_unnamed(at: datetime, who: str, taken: Collection[str]) -> str:
    """What a draft is called until somebody names it: "Draft of 25 Nov 2026, 10:42 by Marta Vidal"."""
    by = "" if who == SOMEBODY else f" by {who}"
    return first_free(f"Draft of {at.day} {at:%b %Y, %H:%M}{by}", taken)


def is_unnamed(name: str) -> bool:
    """Has nobody named this draft yet?"""
    return _UNNAMED.fullmatch(name) is not None


def first_free(name: str, taken: Collection[str]) -> str:
    """The name, or the name with the first number that no other has: "less webinar (2)"."""
    numbered = (f"{name} ({n})" for n in range(2, len(taken) + 3))
    return name if name not in taken else next(one for one in numbered if one not in taken)
