"""Score and explain one lead, plainly; the reference every faster path must match."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from lib.core.definition.conditions import activity_holds, known
from lib.core.definition.counted import by_people
from lib.core.definition.criteria import (
    ActivityMatch,
    Category,
    Criterion,
    Definition,
    FrequencyMatch,
    fields_used,
)
from lib.core.definition.earning import Hits, hits_of
from lib.core.leads.history import Lead
from lib.core.numbers import TOLERANCE
from lib.core.time.clock import MICROSECONDS_PER_DAY


@dataclass(frozen=True, slots=True)
class Score:
    """The four categories' values at one instant; `score` is the total's whole points."""

    profile: float
    channel: float
    actions: float
    undesirables: float
    disqualified: bool

    @property
    def total(self) -> float:
        return self.profile + self.channel + self.actions + self.undesirables

    @property
    def score(self) -> int:
        return math.floor(self.total + TOLERANCE)

    def value(self, category: Category) -> float:
        return float(getattr(self, category.value))


@dataclass(frozen=True, slots=True)
class Qualification:
    """The instant a lead first reached the threshold with every gate open, and its score there."""

    at: int
    score: int


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one criterion gave: when what counts at the instant was earned, in full points, before fading and caps."""

    criterion: Criterion
    hits: tuple[int, ...]

    @property
    def points(self) -> int:
        return self.criterion.points * len(self.hits)


@dataclass(frozen=True, slots=True)
class CategoryExplanation:
    """A category's contributions, what fading and the cap took (0 or less), and its value.

    The contributions' points, `fading` and `capped` sum exactly to `value`.
    """

    category: Category
    contributions: tuple[Contribution, ...]
    fading: Decimal
    capped: Decimal

    @property
    def value(self) -> Decimal:
        return Decimal(sum(c.points for c in self.contributions)) + self.fading + self.capped


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition besides the threshold that must be open to qualify, said as a sentence."""

    sentence: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where a lead's total at an instant comes from; the categories' values sum exactly to `total`.

    Amounts are decimals with six places. `qualification` is the first one up to
    `as_of`, None when there was none. `left_out` counts the activities that some criterion would have taken, had they
    not been a machine's.
    """

    lead_id: str
    as_of: int
    categories: tuple[CategoryExplanation, ...]
    score: int
    threshold: int
    gates: tuple[Gate, ...]
    qualification: Qualification | None
    left_out: int

    @property
    def total(self) -> Decimal:
        return sum((category.value for category in self.categories), Decimal(0))

    def rows(self) -> list[tuple[str, Decimal]]:
        """Every contribution and deduction with its label, in the order of the categories; they sum to `total`."""
        rows: list[tuple[str, Decimal]] = []
        for category in self.categories:
            rows += [(one.criterion.label, Decimal(one.points)) for one in category.contributions]
            if category.fading:
                rows.append(("faded since", category.fading))
            if category.capped:
                rows.append((f"over the cap of {category.category}", category.capped))
        return rows


def score_at(definition: Definition, hits: Hits, at: int) -> Score:
    """The score as of an instant: hits earned at or before it and not taken back by then, actions faded to it."""
    sums = dict.fromkeys(Category, 0.0)
    disqualified = False
    for criterion, of in hits:
        earned = [hit.at for hit in of if hit.counts(at)]
        if criterion.disqualify:
            disqualified = disqualified or bool(earned)
        elif criterion.category is Category.ACTIONS:
            sums[Category.ACTIONS] += sum(criterion.points * fading(definition, at - instant) for instant in earned)
        else:
            sums[criterion.category] += criterion.points * len(earned)
    for category, cap in definition.caps:
        sums[category] = min(float(cap), sums[category])
    return Score(
        profile=sums[Category.PROFILE],
        channel=sums[Category.CHANNEL],
        actions=sums[Category.ACTIONS],
        undesirables=sums[Category.UNDESIRABLES],
        disqualified=disqualified,
    )


def fading(definition: Definition, age_microseconds: int) -> float:
    """The share of an action's points left at that age: 2^(−age / half-life), 1 without a half-life."""
    if definition.half_life_days is None:
        return 1.0
    return float(2.0 ** (-(age_microseconds / MICROSECONDS_PER_DAY) / definition.half_life_days))


def looks(definition: Definition, lead: Lead, hits: Hits, as_of: int) -> list[int]:
    """The instants up to `as_of` at which the lead is looked at: its creation, every later hit, and every change of a
    field that the definition asks for.
    """
    if lead.created_at > as_of:
        return []
    instants = {hit.at for _, of in hits for hit in of}.union(lead.changed_at({*fields_used(definition)}))
    later = {at for at in instants if lead.created_at < at <= as_of}
    return [lead.created_at, *sorted(later)]


def gates_open(definition: Definition, lead: Lead, score: Score, at: int) -> bool:
    """Every required field known at that instant, every minimum met, not disqualified."""
    return all(gate.is_open for gate in _gates(definition, lead, score, (), at))


def qualification(definition: Definition, lead: Lead, as_of: int) -> Qualification | None:
    """The first look up to `as_of` at which the lead qualifies, None when there is none."""
    hits = hits_of(definition, lead)
    for at in looks(definition, lead, hits, as_of):
        score = score_at(definition, hits, at)
        if score.score >= definition.threshold and gates_open(definition, lead, score, at):
            return Qualification(at, score.score)
    return None


def explain(definition: Definition, lead: Lead, as_of: int) -> Explanation:
    """Where the lead's total as of an instant comes from, which gates are open, when it qualified.

    A lead created later than `as_of` is refused (ValueError): nobody knew it.
    """
    if lead.created_at > as_of:
        raise ValueError(f"{lead.lead_id} did not exist yet")
    hits = tuple(
        (criterion, tuple(hit for hit in of if hit.counts(as_of))) for criterion, of in hits_of(definition, lead)
    )
    score = score_at(definition, hits, as_of)
    return Explanation(
        lead_id=lead.lead_id,
        as_of=as_of,
        categories=tuple(_explain_category(category, definition, hits, score, as_of) for category in Category),
        score=score.score,
        threshold=definition.threshold,
        gates=_gates(definition, lead, score, hits, as_of),
        qualification=qualification(definition, lead, as_of),
        left_out=_left_out(definition, lead, as_of),
    )


def _left_out(definition: Definition, lead: Lead, as_of: int) -> int:
    asked = [c.match for c in definition.active() if isinstance(c.match, ActivityMatch | FrequencyMatch)]
    conditions = [match.condition for match in asked if match.human]
    people = by_people(lead.activities) if conditions else lead.activities
    of_machine = [a for a in lead.activities if a.at <= as_of and a not in people]
    return sum(any(activity_holds(condition, a) for condition in conditions) for a in of_machine)


def _explain_category(
    category: Category, definition: Definition, hits: Hits, score: Score, as_of: int
) -> CategoryExplanation:
    contributions = tuple(
        Contribution(criterion, tuple(hit.at for hit in of))
        for criterion, of in hits
        if criterion.category is category and of and not criterion.disqualify
    )
    full = Decimal(sum(contribution.points for contribution in contributions))
    faded = full
    if category is Category.ACTIONS and definition.half_life_days is not None:
        faded = six_places(
            sum(c.criterion.points * fading(definition, as_of - instant) for c in contributions for instant in c.hits)
        )
    value = min(faded, Decimal(cap)) if (cap := definition.cap(category)) is not None else faded
    return CategoryExplanation(category, contributions, fading=faded - full, capped=value - faded)


def six_places(value: float) -> Decimal:
    """The value rounded to six places, never a negative nought."""
    return Decimal(f"{value:.6f}") + 0


def _gates(definition: Definition, lead: Lead, score: Score, hits: Hits, at: int) -> tuple[Gate, ...]:
    required = (Gate(f"{field} is known", known(lead.text_at(field, at)) is not None) for field in definition.require)
    minimums = (
        Gate(f"{category} is at least {least:g}", score.value(category) + TOLERANCE >= least)
        for category, least in definition.minimums
    )
    by = ", ".join(criterion.label for criterion, of in hits if criterion.disqualify and of)
    return (*required, *minimums, Gate(f"not disqualified{f' ({by})' if by else ''}", not score.disqualified))


def score_course(
    definition: Definition, lead: Lead, as_of: int, between: Iterable[int] = ()
) -> list[tuple[int, Score]]:
    """The score at every look up to `as_of`, and at the extra instants `between`, ascending."""
    hits = hits_of(definition, lead)
    instants = {*looks(definition, lead, hits, as_of), *(at for at in between if lead.created_at <= at <= as_of)}
    return [(at, score_at(definition, hits, at)) for at in sorted(instants)]
