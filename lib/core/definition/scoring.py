"""Score and explain one lead, plainly; the reference every faster path must match."""

import math
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from lib.core.arrays import NEVER
from lib.core.definition.counted import by_people, earliest
from lib.core.definition.criteria import (
    ActivityCondition,
    ActivityMatch,
    Category,
    Criterion,
    Definition,
    FieldCondition,
    FieldMatch,
    FrequencyMatch,
    KnownTest,
    NumberTest,
    SequenceMatch,
    Test,
    within_microseconds,
)
from lib.core.folding import composed, fold, items, plain
from lib.core.leads.history import Activity, Lead
from lib.core.numbers import NUMBER, TOLERANCE
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
    """What one criterion gave: its hits up to the instant, in full points, before fading and caps."""

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


def known(text: str | None) -> str | None:
    """The text composed and trimmed, None when it is missing or blank."""
    return plain(text or "") or None


def number(text: str) -> float | None:
    """The number a trimmed text is, None when it is none."""
    return float(text) if NUMBER.fullmatch(text) else None


def passes(test: Test, text: str | None) -> bool:
    """Does a text pass one test? Unknown passes nothing but `known: false`."""
    value = known(text)
    if isinstance(test, KnownTest):
        return (value is not None) == test.known
    if value is None:
        return False
    if isinstance(test, NumberTest):
        return _in_range(test, number(value))
    if test.operator == "matches":
        pattern = composed(test.operands[0])
        found = pc.match_substring_regex(pa.array([value]), pattern, ignore_case=True)
        return bool(found[0].as_py())
    folded = fold(value)
    holds = (_text_holds(test.operator, folded, fold(operand)) for operand in test.operands)
    return not any(holds) if test.operator == "is_not" else any(holds)


def _in_range(test: NumberTest, value: float | None) -> bool:
    if value is None:
        return False
    return (test.low is None or value >= test.low) and (test.high is None or value <= test.high)


def _text_holds(operator: str, text: str, operand: str) -> bool:
    match operator:
        case "is" | "is_not" | "one_of":
            return text == operand
        case "contains":
            return operand in text
        case "starts_with":
            return text.startswith(operand)
        case "ends_with":
            return text.endswith(operand)
        case "has_word":
            return _has_word(text, operand)
        case "has_item":
            return operand in items(text)
    raise ValueError(operator)


def _has_word(text: str, word: str) -> bool:
    start = text.find(word)
    while start >= 0:
        before = text[start - 1 : start]
        after = text[start + len(word) : start + len(word) + 1]
        if not _is_word_character(before) and not _is_word_character(after):
            return True
        start = text.find(word, start + 1)
    return False


def _is_word_character(character: str) -> bool:
    # Marks belong to the letter they stand on: é may be written as e and an accent.
    return bool(character) and (character == "_" or unicodedata.category(character)[0] in "LMN")


def field_holds(condition: FieldCondition, lead: Lead) -> bool:
    return all(passes(test, lead.fields.get(condition.field)) for test in condition.tests)


def lead_matches(match: FieldMatch, lead: Lead) -> bool:
    holds = (field_holds(condition, lead) for condition in match.conditions)
    return any(holds) if match.mode == "any" else all(holds)


def activity_holds(condition: ActivityCondition, activity: Activity) -> bool:
    kinds = {fold(kind) for kind in condition.kinds}
    return (
        fold(activity.kind) in kinds
        and all(passes(test, activity.subject) for test in condition.subject)
        and all(_amount_passes(test, activity.amount) for test in condition.amount)
    )


def _amount_passes(test: Test, amount: float | None) -> bool:
    if isinstance(test, KnownTest):
        return (amount is not None) == test.known
    if isinstance(test, NumberTest):
        return _in_range(test, amount)
    raise TypeError(f"an amount has no text operator, got {test.operator}")


def hit_instants(criterion: Criterion, lead: Lead, since: int = -NEVER) -> tuple[int, ...]:
    """The instants, ascending, at which the lead earns the criterion, by activities later than `since` alone."""
    if isinstance(criterion.match, FieldMatch):
        return (lead.created_at,) if lead_matches(criterion.match, lead) else ()
    return tuple(activity.at for activity in activities_hitting(criterion.match, lead, since))


def activities_hitting(
    match: ActivityMatch | FrequencyMatch | SequenceMatch, lead: Lead, since: int = -NEVER
) -> tuple[Activity, ...]:
    """The activities, in order, that earn the match; of those later than `since` alone."""
    ordered = sorted(lead.activities, key=lambda activity: (activity.at, activity.activity_id))
    # What a machine did it did whenever one begins to count.
    ordered = by_people(ordered) if not isinstance(match, SequenceMatch) and match.human else ordered
    ordered = [a for a in ordered if a.at > since]
    if isinstance(match, ActivityMatch):
        return earliest((a for a in ordered if activity_holds(match.condition, a)), match, lead.zone)
    within = within_microseconds(match.within_days)
    if isinstance(match, FrequencyMatch):
        met = [a for a in ordered if activity_holds(match.condition, a)]
        needed = match.count - 1
        enough = (met[i] for i in range(needed, len(met)) if met[i].at - met[i - needed].at <= within)
        return tuple(enough)[:1]
    firsts = [a.at for a in ordered if activity_holds(match.first, a)]
    followed = (
        a
        for a in ordered
        if activity_holds(match.second, a) and any(first < a.at and a.at - first <= within for first in firsts)
    )
    return tuple(followed)[:1]


Hits = tuple[tuple[Criterion, tuple[int, ...]], ...]
"""Each active criterion with the instants it was earned at."""


def hits_of(definition: Definition, lead: Lead) -> Hits:
    return tuple((criterion, hit_instants(criterion, lead)) for criterion in definition.active())


def score_at(definition: Definition, hits: Hits, at: int) -> Score:
    """The score as of an instant: hits earned at or before it, actions faded to it."""
    sums = dict.fromkeys(Category, 0.0)
    disqualified = False
    for criterion, instants in hits:
        earned = [instant for instant in instants if instant <= at]
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


def looks(lead: Lead, hits: Hits, as_of: int) -> list[int]:
    """The instants up to `as_of` at which the lead is looked at: its creation and every later hit."""
    if lead.created_at > as_of:
        return []
    later = {instant for _, instants in hits for instant in instants if lead.created_at < instant <= as_of}
    return [lead.created_at, *sorted(later)]


def gates_open(definition: Definition, lead: Lead, score: Score) -> bool:
    """Every required field known, every minimum met, not disqualified."""
    return all(gate.is_open for gate in _gates(definition, lead, score, ()))


def qualification(definition: Definition, lead: Lead, as_of: int) -> Qualification | None:
    """The first look up to `as_of` at which the lead qualifies, None when there is none."""
    hits = hits_of(definition, lead)
    for at in looks(lead, hits, as_of):
        score = score_at(definition, hits, at)
        if score.score >= definition.threshold and gates_open(definition, lead, score):
            return Qualification(at, score.score)
    return None


def explain(definition: Definition, lead: Lead, as_of: int) -> Explanation:
    """Where the lead's total as of an instant comes from, which gates are open, when it qualified.

    A lead created later than `as_of` is refused (ValueError): nobody knew it.
    """
    if lead.created_at > as_of:
        raise ValueError(f"{lead.lead_id} did not exist yet")
    hits = tuple(
        (criterion, tuple(instant for instant in instants if instant <= as_of))
        for criterion, instants in hits_of(definition, lead)
    )
    score = score_at(definition, hits, as_of)
    return Explanation(
        lead_id=lead.lead_id,
        as_of=as_of,
        categories=tuple(_explain_category(category, definition, hits, score, as_of) for category in Category),
        score=score.score,
        threshold=definition.threshold,
        gates=_gates(definition, lead, score, hits),
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
        Contribution(criterion, instants)
        for criterion, instants in hits
        if criterion.category is category and instants and not criterion.disqualify
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


def _gates(definition: Definition, lead: Lead, score: Score, hits: Hits) -> tuple[Gate, ...]:
    required = (Gate(f"{field} is known", known(lead.fields.get(field)) is not None) for field in definition.require)
    minimums = (
        Gate(f"{category} is at least {least:g}", score.value(category) + TOLERANCE >= least)
        for category, least in definition.minimums
    )
    by = ", ".join(criterion.label for criterion, instants in hits if criterion.disqualify and instants)
    return (*required, *minimums, Gate(f"not disqualified{f' ({by})' if by else ''}", not score.disqualified))


def score_course(
    definition: Definition, lead: Lead, as_of: int, between: Iterable[int] = ()
) -> list[tuple[int, Score]]:
    """The score at every look up to `as_of`, and at the extra instants `between`, ascending."""
    hits = hits_of(definition, lead)
    instants = {*looks(lead, hits, as_of), *(at for at in between if lead.created_at <= at <= as_of)}
    return [(at, score_at(definition, hits, at)) for at in sorted(instants)]
