"""A definition in words: what a criterion asks for, as a sentence anybody in the meeting can read."""

from lib.core.definition import (
    ActivityCondition,
    ActivityMatch,
    Category,
    Criterion,
    FieldCondition,
    FieldMatch,
    FrequencyMatch,
    KnownTest,
    NumberTest,
    Test,
)

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
    "matches": "matches",
}


def criterion_in_words(criterion: Criterion) -> str:
    """What a lead has to be or do to meet the criterion, without its points."""
    match = criterion.match
    if isinstance(match, FieldMatch):
        return match_in_words(match)
    if isinstance(match, ActivityMatch):
        times = "" if match.limit is None else ", once" if match.limit == 1 else f", at most {match.limit} times"
        return f"{_activity(match.condition)}{times}"
    if isinstance(match, FrequencyMatch):
        return f"{_activity(match.condition)}, {match.count} times within {days(match.within_days)}"
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
    operands = f"the list {test.list_name}" if test.list_name else " or ".join(test.operands)
    return f"{named} {OPERATOR_WORDS[test.operator]} {operands}"
