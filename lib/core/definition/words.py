"""A definition in words: what a criterion asks for, as a sentence anybody in the meeting can read."""

from collections.abc import Iterator, Sequence

from lib.core.definition.criteria import (
    ActivityCondition,
    ActivityMatch,
    BelowLine,
    Category,
    Criterion,
    Definition,
    FieldCondition,
    FieldMatch,
    FrequencyMatch,
    KnownTest,
    NumberTest,
    Per,
    Test,
)
from lib.core.definition.drafting import Change, Part, PartKind, Value, changes

CATEGORY_TITLES = {
    Category.PROFILE: "Who they are",
    Category.CHANNEL: "Where we met",
    Category.ACTIONS: "What they did",
    Category.UNDESIRABLES: "What speaks against",
}

OPERATOR_WORDS = {
    "is": "is",
    "is_not": "is not",
    "one_of": "is one of",
    "contains": "contains",
    "starts_with": "starts with",
    "ends_with": "ends with",
    "has_word": "has the word",
    "has_item": "has the choice",
    "matches": "matches",
}

LIST_WORDS = {
    "is": "is one of",
    "is_not": "is none of",
    "one_of": "is one of",
    "contains": "contains one of",
    "starts_with": "starts with one of",
    "ends_with": "ends with one of",
    "has_word": "has a word of",
    "has_item": "has a choice of",
}
"""The same where the operands are a named list's."""


def labels(*definitions: Definition) -> dict[str, str]:
    """The labels of all their criteria, by id; the last definition's where they differ."""
    return {one.id: one.label for definition in definitions for one in definition.criteria}


def criterion_in_words(criterion: Criterion) -> str:
    """What a lead has to be or do to meet the criterion, without its points."""
    match = criterion.match
    if isinstance(match, FieldMatch):
        return match_in_words(match)
    if isinstance(match, ActivityMatch):
        return f"{_activity(match.condition)}{_human(match)}{_limit(match)}"
    if isinstance(match, FrequencyMatch):
        often = f"{match.count} times within {days(match.within_days)}"
        return f"{_activity(match.condition)}{_human(match)}, {often}"
    return f"{_activity(match.first)}, then {_activity(match.second)} within {days(match.within_days)}"


def match_in_words(match: FieldMatch) -> str:
    """What a lead has to be."""
    joined = " or " if match.mode == "any" else " and "
    return joined.join(_field(condition) for condition in match.conditions)


def points_in_words(criterion: Criterion) -> str:
    """The points with their sign, or that the criterion disqualifies."""
    return "disqualifies" if criterion.disqualify else f"{criterion.points:+d}".replace("-", "−")


def days(number: float) -> str:
    return f"{number:g} day" if number == 1 else f"{number:g} days"


def _field(condition: FieldCondition) -> str:
    return " and ".join(test_in_words(condition.field.removeprefix("extra."), test) for test in condition.tests)


def _activity(condition: ActivityCondition) -> str:
    kinds = " or ".join(kind.replace("_", " ") for kind in condition.kinds)
    subject = [test_in_words("subject", test) for test in condition.subject]
    amount = [test_in_words("amount", test) for test in condition.amount]
    asked = " and ".join([*subject, *amount])
    return f"{kinds} whose {asked}" if asked else kinds


def test_in_words(name: str, test: Test) -> str:
    named = name.replace("_", " ")
    if isinstance(test, KnownTest):
        return f"{named} is {'known' if test.known else 'unknown'}"
    if isinstance(test, NumberTest):
        if test.low is None:
            return f"{named} is at most {test.high:,g}"
        if test.high is None:
            return f"{named} is at least {test.low:,g}"
        return f"{named} is {test.low:,g} to {test.high:,g}"
    if test.list_name:
        return f"{named} {LIST_WORDS[test.operator]} the list {test.list_name}"
    return f"{named} {OPERATOR_WORDS[test.operator]} {' or '.join(test.operands)}"


# A whole definition, and what differs between two, in sentences.


def definition_in_words(definition: Definition) -> dict[Category, tuple[str, ...]]:
    """Every criterion as one sentence, by category; what the category's cap and fading do comes last."""
    return {
        category: (
            *(_criterion_sentence(criterion) for criterion in definition.of(category)),
            *_limits_in_words(definition, category),
        )
        for category in Category
    }


def gates_in_words(definition: Definition) -> tuple[str, ...]:
    """What has to hold for a lead to be handed over, as sentences."""
    reach = f"A lead is handed over at the first instant its score reaches {definition.threshold} points."
    drawn = definition.below_line
    return (
        reach,
        *(
            (f"Known must be its {_listed([_named(field) for field in definition.require])}.",)
            * bool(definition.require)
        ),
        *(
            f"{CATEGORY_TITLES[category]} must bring {value:g} points or more."
            for category, value in definition.minimums
        ),
        *(
            ()
            if drawn is None
            else (
                f"Of the leads that reach {drawn.start} points with all this and not {definition.threshold}, "
                f"{_per_cent(drawn.share)} are drawn at random and handed over all the same, to learn how sales "
                "answers them. They are marked, and count for neither team's targets.",
            )
        ),
        *(("Customers are handed over like anybody.",) * definition.customers),
    )


def differences(before: Definition, after: Definition) -> tuple[str, ...]:
    """What `after` has changed, a sentence each: "Viewed pricing: 5 → 8 points"."""
    return tuple(sentence for change in changes(before, after) for sentence in change_in_words(change))


def change_in_words(change: Change) -> tuple[str, ...]:
    """What was done to one part, in sentences; a criterion can have several things changed."""
    before, after = change.before, change.after
    if isinstance(before, Criterion) and isinstance(after, Criterion):
        return tuple(_criterion_changes(before, after))
    if isinstance(after, Criterion):
        return (f"New under “{CATEGORY_TITLES[after.category]}”: {_criterion_sentence(after)}",)
    if isinstance(before, Criterion):
        return (f"Removed from “{CATEGORY_TITLES[before.category]}”: {_criterion_sentence(before)}",)
    subject = _part_in_words(change.part)
    if change.part.kind is PartKind.LIST:
        return (f"{subject}: {_texts_changed(before, after)}",)
    return (f"{subject}: {value_in_words(change.part, before)} → {value_in_words(change.part, after)}",)


def value_in_words(part: Part, value: Value) -> str:
    """What a part holds, as a few words."""
    if value is None:
        return "none"
    if isinstance(value, Criterion):
        return _criterion_sentence(value)
    if part.kind is PartKind.CUSTOMERS:
        return "handed over like anybody" if value else "never handed over"
    if isinstance(value, BelowLine):
        return f"{_per_cent(value.share)} of the leads from {value.start} points on"
    if part.kind is PartKind.HALF_LIFE and isinstance(value, int | float):
        return days(value)
    if isinstance(value, tuple):
        return _listed([_named(text) if part.kind is PartKind.REQUIRE else text for text in value]) or "none"
    return f"{value:g}" if isinstance(value, int | float) else value


def _per_cent(share: float) -> str:
    return f"{100 * share:.10g} %"


def _part_in_words(part: Part) -> str:
    match part.kind:
        case PartKind.NAME:
            return "Name"
        case PartKind.THRESHOLD:
            return "Threshold"
        case PartKind.REQUIRE:
            return "Must be known"
        case PartKind.MINIMUM:
            return f"Least that “{CATEGORY_TITLES[Category(part.name)]}” must bring"
        case PartKind.BELOW_LINE:
            return "Drawn at random below the threshold"
        case PartKind.CUSTOMERS:
            return "Customers"
        case PartKind.CAP:
            return f"Most that “{CATEGORY_TITLES[Category(part.name)]}” can bring"
        case PartKind.HALF_LIFE:
            return "What they did is worth half after"
        case PartKind.LIST:
            return f"List “{part.name}”"
        case PartKind.CRITERION:
            return f"Criterion “{part.name}”"


def _criterion_changes(before: Criterion, after: Criterion) -> Iterator[str]:
    label = after.label
    if before.label != after.label:
        yield f"{before.label}: now called “{after.label}”"
    if before.category is not after.category:
        yield f"{label}: “{CATEGORY_TITLES[before.category]}” → “{CATEGORY_TITLES[after.category]}”"
    if before.disqualify != after.disqualify:
        yield f"{label}: {points_in_words(before)} → {points_in_words(after)}"
    elif before.points != after.points:
        old, new = (str(criterion.points).replace("-", "−") for criterion in (before, after))
        yield f"{label}: {old} → {new} points"
    if criterion_in_words(before) != criterion_in_words(after):
        yield f"{label}: {criterion_in_words(before)} → {criterion_in_words(after)}"
    elif before.match != after.match:
        yield f"{label}: counts otherwise"
    if before.off != after.off:
        yield f"{label}: {'switched off' if after.off else 'counts again'}"


def _criterion_sentence(criterion: Criterion) -> str:
    points = "disqualifies" if criterion.disqualify else f"{points_in_words(criterion)} points"
    off = " (switched off)" if criterion.off else ""
    return f"{criterion.label}, {points}{off}: {criterion_in_words(criterion)}."


def _limits_in_words(definition: Definition, category: Category) -> Iterator[str]:
    cap = definition.cap(category)
    if cap is not None:
        yield f"Together never more than {cap} points."
    if category is Category.ACTIONS and definition.half_life_days is not None:
        yield f"After {days(definition.half_life_days)} an action is worth half."


def _human(match: ActivityMatch | FrequencyMatch) -> str:
    return ", not by a machine" if match.human else ""


def _limit(match: ActivityMatch) -> str:
    if match.limit is None:
        return ""
    times = "once" if match.limit == 1 else f"at most {match.limit} times"
    return f", {times}" if match.per is Per.LEAD else f", {times} a {match.per.value}"


def _texts_changed(before: Value, after: Value) -> str:
    old, new = (value if isinstance(value, tuple) else () for value in (before, after))
    added, removed = [text for text in new if text not in old], [text for text in old if text not in new]
    said = [f"with {_listed(added)}"] * bool(added) + [f"without {_listed(removed)}"] * bool(removed)
    return ", ".join(said) or "in another order"


def _named(field: str) -> str:
    return field.removeprefix("extra.").replace("_", " ")


def _listed(texts: Sequence[str]) -> str:
    return " and ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else "".join(texts)
