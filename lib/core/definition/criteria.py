"""What a lead score is: criteria, categories, gates, threshold."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal, TypeVar

from lib.core.time.clock import MICROSECONDS_PER_DAY

Number = TypeVar("Number", int, float)


class Category(StrEnum):
    """The four categories both teams discuss, in the order they are shown."""

    PROFILE = "profile"
    CHANNEL = "channel"
    ACTIONS = "actions"
    UNDESIRABLES = "undesirables"


LEAD_FIELDS = (
    "created_at",
    "first_name",
    "last_name",
    "title",
    "email",
    "phone",
    "company",
    "employees",
    "industry",
    "country",
    "channel",
    "source",
    "landing_page",
    "owner",
    "cost",
)
"""The columns of `lead` a criterion may look at; `extra.<name>` is allowed besides."""

EXTRA_PREFIX = "extra."

HAS_ITEM = "has_item"
"""One of the choices of a field that allows several is the operand."""

TEXT_OPERATORS = ("is", "is_not", "one_of", "contains", "starts_with", "ends_with", "has_word", HAS_ITEM)
"""Operators that take one text or a list, and, as `<operator>_list`, the name of a list."""


@dataclass(frozen=True, slots=True)
class TextTest:
    """A text operator and its operands as written; both sides are compared folded (`lib.core.folding`).

    `list_name` says which named list the operands came from, so that the
    definition can be written back as it was. `matches` has one operand, an RE2
    pattern that is composed only, and searched with case ignored.
    """

    operator: str
    operands: tuple[str, ...]
    list_name: str | None = None


@dataclass(frozen=True, slots=True)
class NumberTest:
    """A closed range of numbers; None is no bound on that side."""

    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class KnownTest:
    """Is the value known (True) or missing or blank (False)?"""

    known: bool


Test = TextTest | NumberTest | KnownTest


@dataclass(frozen=True, slots=True)
class FieldCondition:
    """Tests on one field of the lead, all of which must hold; at least one test."""

    field: str
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class FieldMatch:
    """One condition (`mode` is "one"), or several of which all or any must hold."""

    mode: Literal["one", "all", "any"]
    conditions: tuple[FieldCondition, ...]


@dataclass(frozen=True, slots=True)
class ActivityCondition:
    """Activities of one of these kinds whose subject and amount pass every test; no test passes all."""

    kinds: tuple[str, ...]
    subject: tuple[Test, ...] = ()
    amount: tuple[Test, ...] = ()


class Per(StrEnum):
    """What a limit is of: the earliest ones of each lead, of each of its days, or of each subject."""

    LEAD = "lead"
    DAY = "day"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class ActivityMatch:
    """Every matching activity, or only the earliest `limit` of each lead, day or subject.

    Days are those of the reporting time zone; without a limit `per` is LEAD. `human` leaves out what a machine did
    (`lib.core.definition.counted`).
    """

    condition: ActivityCondition
    limit: int | None = None
    per: Per = Per.LEAD
    human: bool = False

    @property
    def is_once(self) -> bool:
        """Can a lead earn it one time at most?"""
        return self.limit == 1 and self.per is Per.LEAD


@dataclass(frozen=True, slots=True)
class FrequencyMatch:
    """Once a lead: the earliest activity that is the `count`-th matching one within `within_days` × 24 h.

    `human` leaves out what a machine did.
    """

    condition: ActivityCondition
    count: int
    within_days: float
    human: bool = False


@dataclass(frozen=True, slots=True)
class SequenceMatch:
    """Once a lead: the earliest `second` with a `first` strictly before it, no more than `within_days` × 24 h."""

    first: ActivityCondition
    second: ActivityCondition
    within_days: float


Match = FieldMatch | ActivityMatch | FrequencyMatch | SequenceMatch


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the definition: when it matches it gives `points`, or disqualifies the lead.

    `off` keeps the criterion in the text of a draft without letting it count.
    """

    id: str
    label: str
    category: Category
    points: int
    match: Match
    disqualify: bool = False
    off: bool = False


MOST_DRAWN = 0.2
"""The largest share of the leads below the threshold that may be drawn; more would be no sample any more."""


@dataclass(frozen=True, slots=True)
class BelowLine:
    """Of the leads that reach `start` points and not the threshold, the share drawn at random and handed over.

    `share` is above 0 and at most MOST_DRAWN, `start` is 1 or more and below the threshold.
    """

    share: float
    start: int


@dataclass(frozen=True, slots=True)
class Definition:
    """The written MQL definition. Valid by construction of the reader in `lib.config.definition`.

    `caps` and `minimums` hold at most one pair a category; `undesirables` has no
    cap; `half_life_days` fades actions only; `lists` are the named lists.
    `below_line` changes no score and no qualification: it only adds leads to what is handed over. `customers` says
    that who is a customer is handed over like anybody.
    """

    name: str
    threshold: int
    criteria: tuple[Criterion, ...]
    require: tuple[str, ...] = ()
    minimums: tuple[tuple[Category, float], ...] = ()
    caps: tuple[tuple[Category, int], ...] = ()
    half_life_days: float | None = None
    lists: tuple[tuple[str, tuple[str, ...]], ...] = ()
    below_line: BelowLine | None = None
    customers: bool = False

    def of(self, category: Category) -> tuple[Criterion, ...]:
        """The criteria of one category, in the order written."""
        return tuple(criterion for criterion in self.criteria if criterion.category is category)

    def active(self) -> tuple[Criterion, ...]:
        """The criteria that count, that is all but those switched off."""
        return tuple(criterion for criterion in self.criteria if not criterion.off)

    def criterion(self, criterion_id: str) -> Criterion:
        """The criterion of that id; KeyError when there is none."""
        for criterion in self.criteria:
            if criterion.id == criterion_id:
                return criterion
        raise KeyError(criterion_id)

    def cap(self, category: Category) -> int | None:
        return dict(self.caps).get(category)

    def minimum(self, category: Category) -> float | None:
        return dict(self.minimums).get(category)

    def with_threshold(self, threshold: int) -> "Definition":
        """With another threshold; where leads were drawn from there on only, they are from the point below it."""
        drawn = self.below_line
        if drawn is not None and drawn.start >= threshold:
            drawn = replace(drawn, start=threshold - 1) if threshold > 1 else None
        return replace(self, threshold=threshold, below_line=drawn)

    def with_below_line(self, below_line: BelowLine | None) -> "Definition":
        return replace(self, below_line=below_line)

    def with_customers(self, customers: bool) -> "Definition":
        return replace(self, customers=customers)

    def with_criterion(self, changed: Criterion) -> "Definition":
        """With `changed` in the place of the criterion of its id, or added as the last of its category."""
        if all(criterion.id != changed.id for criterion in self.criteria):
            order = list(Category)
            # As a definition is written: category by category.
            added = sorted((*self.criteria, changed), key=lambda criterion: order.index(criterion.category))
            return replace(self, criteria=tuple(added))
        return replace(
            self, criteria=tuple(changed if criterion.id == changed.id else criterion for criterion in self.criteria)
        )

    def with_points(self, criterion_id: str, points: int) -> "Definition":
        return self.with_criterion(replace(self.criterion(criterion_id), points=points))

    def without_criterion(self, criterion_id: str) -> "Definition":
        return replace(self, criteria=tuple(c for c in self.criteria if c.id != criterion_id))

    def with_cap(self, category: Category, cap: int | None) -> "Definition":
        return replace(self, caps=_with_pair(self.caps, category, cap))

    def with_minimum(self, category: Category, minimum: float | None) -> "Definition":
        return replace(self, minimums=_with_pair(self.minimums, category, minimum))

    def with_half_life(self, half_life_days: float | None) -> "Definition":
        return replace(self, half_life_days=half_life_days)


def _with_pair(
    pairs: Iterable[tuple[Category, Number]], category: Category, value: Number | None
) -> tuple[tuple[Category, Number], ...]:
    values = dict(pairs)
    values.pop(category, None)
    if value is not None:
        values[category] = value
    return tuple((c, values[c]) for c in Category if c in values)


def fields_used(definition: Definition) -> Iterator[str]:
    """Every lead field that a gate or a criterion looks at, in order, repeats included."""
    yield from definition.require
    for criterion in definition.criteria:
        if isinstance(criterion.match, FieldMatch):
            for condition in criterion.match.conditions:
                yield condition.field


def within_microseconds(within_days: float) -> int:
    """`within_days` × 24 h in whole microseconds."""
    return round(within_days * MICROSECONDS_PER_DAY)
