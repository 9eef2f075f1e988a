"""Conditions on leads and activities, as a definition and the promises of the SLA write them."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Literal, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from lib.config.yaml_tree import YamlEntry, optional
from lib.core.definition.criteria import (
    EXTRA_PREFIX,
    HAS_ITEM,
    LEAD_FIELDS,
    TEXT_OPERATORS,
    ActivityCondition,
    FieldCondition,
    FieldMatch,
    KnownTest,
    NumberTest,
    Test,
    TextTest,
)
from lib.core.errors import did_you_mean
from lib.core.folding import ITEM_SIGN, items

Lists: TypeAlias = Mapping[str, tuple[str, ...]]
"""The named lists operators may refer to."""

FORMS = ("field", "all", "any", "kind")
ACTIVITY_KEYS = ("kind", "subject", "amount")
BESIDE_ACTIVITY = ("limit", "human", "count", "within_days")


def form_of(when: YamlEntry) -> str | None:
    """Which one of the forms a condition has; with none or several of them it is refused, and None."""
    forms = [form for form in FORMS if form in when.peek()]
    if len(forms) == 1:
        return forms[0]
    if forms:
        when.refuse(f"when has both '{forms[0]}' and '{forms[1]}'", "Keep one of them.")
    else:
        _refuse_formless(when, "when names neither a field nor a kind", FORMS)
    return None


def read_field(entry: YamlEntry) -> str | None:
    """The name of a lead field, `extra.<name>` included."""
    text = entry.text()
    if text is not None and text.startswith(EXTRA_PREFIX) and text.removeprefix(EXTRA_PREFIX).strip():
        return text
    return entry.choice((*LEAD_FIELDS, f"{EXTRA_PREFIX}<name>"), "field") if text is not None else None


def read_field_match(when: YamlEntry, lists: Lists) -> FieldMatch:
    """A condition whose form is field, all or any."""
    if "field" in when.peek():
        return FieldMatch("one", _present([_field_condition(when, lists)]))
    mode: Literal["all", "any"] = "all" if "all" in when.peek() else "any"
    items = when.keys((mode,))[mode].items(least=1)
    return FieldMatch(mode, _present([_nested(item, lists) for item in items]))


def _nested(entry: YamlEntry, lists: Lists) -> FieldCondition | None:
    for key in ("all", "any", "kind"):
        if key in entry.peek():
            entry.refuse(f"'{key}' stands inside all or any", "Write conditions on fields there, one level deep.")
            return None
    return _field_condition(entry, lists)


def _field_condition(entry: YamlEntry, lists: Lists) -> FieldCondition | None:
    keys = entry.keys(("field", *TESTS), required=("field",))
    if "field" not in keys:
        return None
    field = read_field(keys.pop("field"))
    tests = _tests(entry, keys, f"field '{field}'", lists)
    return None if field is None else FieldCondition(field, tests)


def read_sequence(entry: YamlEntry, lists: Lists) -> tuple[ActivityCondition, ActivityCondition] | None:
    """The two activities of a sequence."""
    steps = entry.items()
    if entry.is_list and len(steps) != 2:
        entry.refuse(f"a sequence has two activities, not {len(steps)}", "Write [{kind: …}, {kind: …}].")
    for step in steps:
        if "kind" not in step.peek():
            _refuse_formless(step, "a step of the sequence names no kind", ("kind",))
            return None
    return (read_activity(steps[0], lists), read_activity(steps[1], lists)) if len(steps) == 2 else None


def read_activity(entry: YamlEntry, lists: Lists) -> ActivityCondition:
    """A condition whose form is kind."""
    keys = entry.keys(ACTIVITY_KEYS, beside=BESIDE_ACTIVITY)
    subject, amount = keys.get("subject"), keys.get("amount")
    return ActivityCondition(
        kinds=optional(keys, "kind", YamlEntry.texts) or (),
        subject=_tests(subject, subject.keys(TESTS), "subject", lists) if subject else (),
        amount=_tests(amount, _amount_keys(amount), "amount", lists) if amount else (),
    )


def _amount_keys(entry: YamlEntry) -> dict[str, YamlEntry]:
    keys = entry.keys(TESTS)
    for key in [key for key in keys if key not in AMOUNT_TESTS]:
        keys[key].refuse(f"amount is a number and takes no '{key}'", f"Write one of {', '.join(AMOUNT_TESTS)}.")
    return keys


def _present(conditions: Iterable[FieldCondition | None]) -> tuple[FieldCondition, ...]:
    return tuple(condition for condition in conditions if condition is not None)


def _refuse_formless(entry: YamlEntry, what: str, forms: Collection[str]) -> None:
    unknown = [key for key in entry.peek() if key not in (*FORMS, *ACTIVITY_KEYS, *TESTS)]
    meant = [question for key in unknown if (question := did_you_mean(key, forms))]
    entry.refuse(what, meant[0] if meant else f"Write {' or '.join(f'{{{form}: …}}' for form in forms)}.")


def _tests(entry: YamlEntry, keys: Mapping[str, YamlEntry], of: str, lists: Lists) -> tuple[Test, ...]:
    """The operators written in one condition, in their order; at least one."""
    if set(entry.peek()) <= {"field"} and (entry.is_mapping or entry.is_blank):
        entry.refuse(f"{of} has no operator", "Add one, like 'known: true'.")
    tests = [test for key in keys.values() if (test := TESTS[key.name](key, lists)) is not None]
    ranges = [test for test in tests if isinstance(test, NumberTest)]
    low = max((test.low for test in ranges if test.low is not None), default=-math.inf)
    high = min((test.high for test in ranges if test.high is not None), default=math.inf)
    if low > high:
        entry.refuse(f"no number is at least {low:.15g} and at most {high:.15g}", "Swap the two numbers.")
    return tuple(tests)


def _text_test(entry: YamlEntry, lists: Lists) -> TextTest:
    texts = entry.texts()
    _refuse_several(entry, entry.name, texts)
    return TextTest(entry.name, texts)


def _list_test(entry: YamlEntry, lists: Lists) -> TextTest | None:
    name = entry.choice(lists, "list")
    if name is None:
        return None
    operator = entry.name.removesuffix(LIST_SUFFIX)
    _refuse_several(entry, operator, lists[name])
    return TextTest(operator, lists[name], name)


def _refuse_several(entry: YamlEntry, operator: str, texts: Iterable[str]) -> None:
    """A choice is one of what semicolons part, so that none holds a semicolon."""
    if operator == HAS_ITEM and (several := [text for text in texts if ITEM_SIGN in text]):
        remedy = f"Write choices as a list: [{', '.join(items(several[0])) or '…'}]."
        entry.refuse(f"'{several[0]}' is no one choice", remedy)


def _pattern_test(entry: YamlEntry, lists: Lists) -> TextTest | None:
    pattern = entry.text()
    if pattern is None:
        return None
    try:
        pc.match_substring_regex(pa.array([""]), pattern, ignore_case=True)
    except pa.ArrowInvalid as error:
        why = str(error).removeprefix("Invalid regular expression: ")
        entry.refuse(f"the expression '{pattern}' does not compile ({why})", "Write it as RE2 understands it.")
    return TextTest(entry.name, (pattern,))


def _at_least(entry: YamlEntry, lists: Lists) -> NumberTest:
    return NumberTest(low=entry.number())


def _at_most(entry: YamlEntry, lists: Lists) -> NumberTest:
    return NumberTest(high=entry.number())


def _between(entry: YamlEntry, lists: Lists) -> NumberTest | None:
    items = entry.items() if entry.is_list else []
    if len(items) != 2:
        entry.refuse("between takes two numbers", "Write [lowest, highest].")
        return None
    return NumberTest(items[0].number(), items[1].number())


def _known(entry: YamlEntry, lists: Lists) -> KnownTest | None:
    known = entry.truth()
    return None if known is None else KnownTest(known)


LIST_SUFFIX = "_list"

TESTS: Mapping[str, Callable[[YamlEntry, Lists], Test | None]] = {
    **dict.fromkeys(TEXT_OPERATORS, _text_test),
    **{f"{operator}{LIST_SUFFIX}": _list_test for operator in TEXT_OPERATORS},
    "matches": _pattern_test,
    "at_least": _at_least,
    "at_most": _at_most,
    "between": _between,
    "known": _known,
}
"""What each operator may be, by its key."""

AMOUNT_TESTS = ("at_least", "at_most", "between", "known")
