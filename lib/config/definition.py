"""The MQL definition as YAML: read with every fault named, written so that it can be signed."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeAlias

from lib.config.conditions import LIST_SUFFIX, Lists, read_field
from lib.config.matches import days, read_match, whole_from_1
from lib.config.yaml_tree import YamlEntry, optional, read_yaml
from lib.core.definition.criteria import (
    MOST_DRAWN,
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
    SequenceMatch,
    Test,
    TextTest,
)
from lib.core.errors import DefinitionRefused

DEFAULT_NAME = "MQL definition"


def read_definition(text: str, file: str) -> Definition:
    """The definition a YAML text says; `file` is its name in messages.

    Raises DefinitionRefused with every fault found, in the order of the lines.
    """
    return read_yaml(text, file, DefinitionRefused, _definition)


DEFINITION_KEYS = ("name", "mql", "lists", *Category)


def _definition(root: YamlEntry) -> Definition:
    return definition_of(root.keys(DEFINITION_KEYS, required=("mql",)))


def definition_of(entries: Mapping[str, YamlEntry]) -> Definition:
    """The definition that entries under DEFINITION_KEYS say; faults are noted on them."""
    lists = optional(entries, "lists", _lists) or {}
    categories = {c: _category(entries[c].inside(c), c) for c in Category if c in entries}
    written = {c: keys["criteria"].items() if "criteria" in keys else [] for c, keys in categories.items()}
    caps = {c: optional(keys, "cap", _whole_from_0) for c, keys in categories.items()}
    mql = optional(entries, "mql", _mql) or {}
    threshold = optional(mql, "threshold", whole_from_1)
    return Definition(
        name=optional(entries, "name", YamlEntry.text) or DEFAULT_NAME,
        threshold=threshold or 1,
        criteria=tuple(_criteria(written, lists)),
        require=optional(mql, "require", _require) or (),
        minimums=tuple(_minimums(mql["minimum"], written)) if "minimum" in mql else (),
        caps=tuple((c, cap) for c, cap in caps.items() if cap is not None),
        half_life_days=optional(categories.get(Category.ACTIONS, {}), "half_life_days", days),
        lists=tuple(lists.items()),
        below_line=_below_line(mql["below_line"], threshold) if "below_line" in mql else None,
        customers=optional(mql, "customers", YamlEntry.truth) or False,
    )


def _mql(entry: YamlEntry) -> dict[str, YamlEntry]:
    known = ("threshold", "require", "minimum", "below_line", "customers")
    return entry.inside("mql").keys(known, required=("threshold",))


def _below_line(entry: YamlEntry, threshold: int | None) -> BelowLine | None:
    keys = entry.inside("below_line").keys(("share", "from"), required=("share", "from"))
    share = optional(keys, "share", _share_drawn)
    start = optional(keys, "from", whole_from_1)
    if start is not None and threshold is not None and start >= threshold:
        what = f"'from' is {start}, and the threshold {threshold}"
        keys["from"].refuse(what, "Write fewer points than the threshold, or remove below_line.")
    return None if share is None or start is None else BelowLine(share, start)


def _share_drawn(entry: YamlEntry) -> float | None:
    share = entry.number()
    if share is not None and not 0 < share <= MOST_DRAWN:
        entry.refuse(f"'{entry.name}' is {entry.text()}", f"Write a share above 0, at most {MOST_DRAWN}: 0.05 is 5 %.")
    return share


def _category(entry: YamlEntry, category: Category) -> dict[str, YamlEntry]:
    keys = entry.keys(("cap", "half_life_days", "criteria"))
    if "cap" in keys and category is Category.UNDESIRABLES:
        keys.pop("cap").refuse("undesirables have no cap", "Remove it: what speaks against a lead counts in full.")
    if "half_life_days" in keys and category is not Category.ACTIONS:
        keys.pop("half_life_days").refuse(f"only actions fade, not {category}", "Move it under actions.")
    return keys


def _lists(entry: YamlEntry) -> Lists:
    return {name: texts.texts() for name, texts in entry.inside("lists").entries().items()}


def _require(entry: YamlEntry) -> tuple[str, ...]:
    fields = [read_field(item) for item in entry.one_or_more()]
    return tuple(field for field in fields if field is not None)


def _minimums(entry: YamlEntry, written: Mapping[Category, Collection[YamlEntry]]) -> Iterator[tuple[Category, float]]:
    keys = entry.inside("minimum").keys(tuple(Category))
    for category in Category:
        minimum = optional(keys, category, YamlEntry.number)
        if category in keys and not written.get(category):
            keys[category].refuse(f"{category} has a minimum and no criteria", "Add a criterion or remove the minimum.")
        if minimum is not None:
            yield category, minimum


def _whole_from_0(entry: YamlEntry) -> int | None:
    return entry.whole(least=0)


CRITERION_KEYS = (
    *("id", "label", "points", "disqualify", "off"),
    *("limit", "human", "count", "within_days", "when", "sequence"),
)


def _criteria(written: Mapping[Category, Sequence[YamlEntry]], lists: Lists) -> Iterator[Criterion]:
    first_of_id: dict[str, str] = {}
    for category, items in written.items():
        for number, item in enumerate(items, start=1):
            written_id = item.peek().get("id")
            place = f"criterion {number} ({written_id})" if written_id else f"criterion {number}"
            entry = item.inside(place)
            keys = entry.keys(CRITERION_KEYS, required=("id",))
            criterion_id = optional(keys, "id", YamlEntry.text) or ""
            if criterion_id in first_of_id:
                first = first_of_id[criterion_id]
                keys["id"].refuse(f"the id is already that of {first}", "Give one of them another id.")
            elif criterion_id:
                first_of_id[criterion_id] = f"{category}, {place}, in line {entry.line}"
            points, disqualify = _award(entry, keys, category)
            label = optional(keys, "label", YamlEntry.text) or criterion_id.replace("_", " ")
            off = optional(keys, "off", YamlEntry.truth) or False
            match = read_match(entry, keys, category, lists)
            if match is not None:
                yield Criterion(criterion_id, label, category, points, match, disqualify, off)


def _award(entry: YamlEntry, keys: Mapping[str, YamlEntry], category: Category) -> tuple[int, bool]:
    """The points a criterion gives, and whether it disqualifies instead."""
    points = optional(keys, "points", YamlEntry.whole) or 0
    disqualify = optional(keys, "disqualify", YamlEntry.truth) or False
    speaks_against = category is Category.UNDESIRABLES
    if disqualify and not speaks_against:
        keys["disqualify"].refuse(f"{category} cannot disqualify", "Move the criterion under undesirables.")
    elif disqualify and "points" in keys:
        keys["points"].refuse("it both gives points and disqualifies", "Keep one of points and disqualify.")
    elif not disqualify and "points" not in keys:
        remedy = "Add points or disqualify: true." if speaks_against else "Add points, a whole number."
        entry.refuse("it gives no points", remedy)
    if points > 0 and speaks_against:
        keys["points"].refuse(f"points in {category} are 0 or less, not {points}", f"Write -{points}.")
    elif points < 0 and not speaks_against:
        keys["points"].refuse(
            f"points in {category} are 0 or more, not {points}", "Move the criterion under undesirables."
        )
    return points, disqualify


# Writing

Plain: TypeAlias = "str | int | float | Sequence[Plain] | Mapping[str, Plain]"

READABLE_UNQUOTED = re.compile(r"\w([\w .@/+%&()'-]*[\w.@/+%&()'-])?")
ESCAPED = re.compile("[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]")
"""What JSON leaves as it is, but YAML takes for a line's end, refuses, or nobody can see."""


def write_definition(definition: Definition) -> str:
    """The one text of a definition, a criterion a line; reading it gives the definition back."""
    return "".join(f"{line}\n" for line in _lines(definition))


def write_criterion(criterion: Criterion) -> str:
    """One criterion as it stands in a definition's text, on one line."""
    return _flow(_criterion_entries(criterion))


def _lines(definition: Definition) -> Iterator[str]:
    yield f"name: {_flow(definition.name)}"
    yield "mql:"
    yield f"  threshold: {definition.threshold}"
    if definition.require:
        yield f"  require: {_flow(definition.require)}"
    if definition.minimums:
        yield f"  minimum: {_flow(dict(definition.minimums))}"
    if definition.below_line:
        drawn: dict[str, Plain] = {"share": definition.below_line.share, "from": definition.below_line.start}
        yield f"  below_line: {_flow(drawn)}"
    if definition.customers:
        yield "  customers: true"
    if definition.lists:
        yield "lists:"
    for name, texts in definition.lists:
        yield f"  {_flow(name)}: {_flow(texts)}"
    for category in Category:
        cap, criteria = definition.cap(category), definition.of(category)
        half_life_days = definition.half_life_days if category is Category.ACTIONS else None
        if criteria or cap is not None or half_life_days is not None:
            yield f"{category}:"
        if cap is not None:
            yield f"  cap: {cap}"
        if half_life_days is not None:
            yield f"  half_life_days: {_number(half_life_days)}"
        if criteria:
            yield "  criteria:"
        for criterion in criteria:
            yield f"    - {write_criterion(criterion)}"


def _criterion_entries(criterion: Criterion) -> dict[str, Plain]:
    entries: dict[str, Plain] = {"id": criterion.id, "label": criterion.label}
    entries |= {"disqualify": True} if criterion.disqualify else {"points": criterion.points}
    if criterion.off:
        entries["off"] = True
    match criterion.match:
        case FieldMatch("one", (condition,)):
            entries["when"] = _condition_entries(condition)
        case FieldMatch(mode, conditions):
            entries["when"] = {mode: [_condition_entries(condition) for condition in conditions]}
        case ActivityMatch(activity, limit, per, human):
            if limit is not None:
                entries["limit"] = limit if per is Per.LEAD else {"times": limit, "per": per.value}
            entries |= {"human": True} if human else {}
            entries["when"] = _activity_entries(activity)
        case FrequencyMatch(activity, count, within_days, human):
            entries |= {"human": True} if human else {}
            entries |= {"count": count, "within_days": within_days, "when": _activity_entries(activity)}
        case SequenceMatch(first, second, within_days):
            entries |= {"within_days": within_days, "sequence": [_activity_entries(first), _activity_entries(second)]}
    return entries


def _condition_entries(condition: FieldCondition) -> Plain:
    return {"field": condition.field, **_test_entries(condition.tests)}


def _activity_entries(activity: ActivityCondition) -> Plain:
    entries: dict[str, Plain] = {"kind": _one_or_list(activity.kinds)}
    if activity.subject:
        entries["subject"] = _test_entries(activity.subject)
    if activity.amount:
        entries["amount"] = _test_entries(activity.amount)
    return entries


def _test_entries(tests: Sequence[Test]) -> dict[str, Plain]:
    return dict(_test_entry(test) for test in tests)


def _test_entry(test: Test) -> tuple[str, Plain]:
    match test:
        case TextTest(operator, operands, None):
            return operator, _one_or_list(operands)
        case TextTest(operator, _, str(list_name)):
            return f"{operator}{LIST_SUFFIX}", list_name
        case NumberTest(None, high) if high is not None:
            return "at_most", high
        case NumberTest(low, None) if low is not None:
            return "at_least", low
        case NumberTest(low, high) if low is not None and high is not None:
            return "between", [low, high]
        case KnownTest(known):
            return "known", known
    raise ValueError(test)


def _one_or_list(texts: Sequence[str]) -> Plain:
    return texts[0] if len(texts) == 1 else texts


def _flow(value: Plain) -> str:
    """YAML in flow style, on one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number(value)
        case str():
            return _text(value)
        case Mapping():
            return "{" + ", ".join(f"{_flow(key)}: {_flow(entry)}" for key, entry in value.items()) + "}"
        case _:
            return "[" + ", ".join(_flow(item) for item in value) + "]"


def _number(number: float) -> str:
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)


def _text(text: str) -> str:
    if READABLE_UNQUOTED.fullmatch(text):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)
