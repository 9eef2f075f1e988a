"""What a criterion looks at and how often it counts, as a definition writes it."""

from collections.abc import Mapping
from dataclasses import dataclass

from lib.config.conditions import Lists, form_of, read_activity, read_field_match, read_sequence
from lib.config.yaml_tree import YamlEntry, optional
from lib.core.definition.criteria import ActivityMatch, Category, FrequencyMatch, Match, Per, SequenceMatch

MOST_DAYS = 1_000_000
"""A longer time does not fit the microseconds it is counted in."""


@dataclass(frozen=True)
class MatchWay:
    """One of the four ways a criterion matches: which of limit, human, count and within_days it needs and may have."""

    name: str
    needs: tuple[str, ...] = ()
    may_have: tuple[str, ...] = ()
    why_no_other: str = ""
    why_no_human: str = ""


FIELD = MatchWay(
    "a field",
    why_no_other="a field counts once, when the lead is created",
    why_no_human="only e-mail clicks and opens are told apart by who did them",
)
ACTIVITY = MatchWay("an activity", may_have=("limit", "human"))
FREQUENCY = MatchWay(
    "a frequency", needs=("count", "within_days"), may_have=("human",), why_no_other="it already counts once a lead"
)
SEQUENCE = MatchWay(
    "a sequence",
    needs=("within_days",),
    why_no_other="it already counts once a lead",
    why_no_human="a sequence takes whatever was done",
)

WAYS_OF = {
    Category.PROFILE: (FIELD,),
    Category.CHANNEL: (FIELD,),
    Category.ACTIONS: (ACTIVITY, FREQUENCY, SEQUENCE),
    Category.UNDESIRABLES: (FIELD, ACTIVITY, FREQUENCY, SEQUENCE),
}


def read_match(entry: YamlEntry, keys: Mapping[str, YamlEntry], category: Category, lists: Lists) -> Match | None:
    """What a criterion looks at, None when it does not say so."""
    way = _way(entry, keys)
    if way is None:
        return None
    if way not in WAYS_OF[category]:
        other = "activities" if way is FIELD else "fields of the lead"
        entry.refuse(
            f"no criterion of {category} looks at {way.name}", f"They look at {other}; move it to another category."
        )
    limit, per = optional(keys, "limit", _limit) or (None, Per.LEAD)
    human = optional(keys, "human", YamlEntry.truth) or False
    count = optional(keys, "count", whole_from_1) or 1
    within_days = optional(keys, "within_days", days) or 1.0
    for key in ("limit", "human", "count", "within_days"):
        if key in keys and key not in (*way.needs, *way.may_have):
            why = way.why_no_human if key == "human" else way.why_no_other
            keys[key].refuse(f"'{key}' does not go with {way.name}", f"Remove it: {why}.")
        elif key not in keys and key in way.needs:
            entry.refuse(f"{way.name} needs '{key}'", "Add it.")
    if way is FIELD:
        return read_field_match(keys["when"], lists)
    if way is SEQUENCE:
        steps = read_sequence(keys["sequence"], lists)
        return SequenceMatch(*steps, within_days) if steps else None
    condition = read_activity(keys["when"], lists)
    if way is FREQUENCY:
        return FrequencyMatch(condition, count, within_days, human)
    return ActivityMatch(condition, limit, per, human)


def _way(entry: YamlEntry, keys: Mapping[str, YamlEntry]) -> MatchWay | None:
    """Which of the four ways a criterion was meant to match."""
    if ("when" in keys) == ("sequence" in keys):
        what = "it has both when and sequence" if "when" in keys else "it does not say what it looks at"
        entry.refuse(what, "Write one of when and sequence.")
        return None
    if "sequence" in keys:
        return SEQUENCE
    form = form_of(keys["when"])
    if form == "kind":
        return FREQUENCY if "count" in keys or "within_days" in keys else ACTIVITY
    return FIELD if form else None


def _limit(entry: YamlEntry) -> tuple[int | None, Per]:
    """How many of the earliest count, and of what: of a lead where a number stands alone."""
    if not entry.is_mapping:
        return whole_from_1(entry), Per.LEAD
    keys = entry.inside("limit").keys(("times", "per"), required=("times", "per"))
    per = optional(keys, "per", lambda of: of.choice([one.value for one in Per], "kind of limit"))
    return optional(keys, "times", whole_from_1), Per(per) if per in list(Per) else Per.LEAD


def whole_from_1(entry: YamlEntry) -> int | None:
    return entry.whole(least=1)


def days(entry: YamlEntry) -> float | None:
    """A length of time in days, above 0."""
    number = entry.number()
    if number is not None and not 0 < number <= MOST_DAYS:
        entry.refuse(f"'{entry.name}' is {entry.text()}", f"Write a number of days above 0, at most {MOST_DAYS:,}.")
    return number
