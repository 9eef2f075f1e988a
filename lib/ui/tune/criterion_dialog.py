"""The dialog that adds or edits a criterion, its fields and values chosen from what the data holds."""

from typing import Any, Literal

import streamlit as st

from lib.app import leads
from lib.app.snapshot import Leads
from lib.config.definition import read_definition, write_definition
from lib.core.definition.counted import can_be_a_machines
from lib.core.definition.criteria import (
    HAS_ITEM,
    TEXT_OPERATORS,
    ActivityCondition,
    ActivityMatch,
    Category,
    Criterion,
    Definition,
    FieldCondition,
    FieldMatch,
    FrequencyMatch,
    KnownTest,
    Match,
    NumberTest,
    Per,
    SequenceMatch,
    Test,
    TextTest,
)
from lib.core.definition.words import CATEGORY_TITLES, OPERATOR_WORDS, criterion_in_words
from lib.core.errors import Refused
from lib.core.folding import items
from lib.ui.frame import elements
from lib.ui.now import present
from lib.ui.tune import machines, tuning, widgets

CONDITIONS_AT_MOST = 5

FIELD, ACTIVITY, FREQUENCY, SEQUENCE = "a field", "an activity", "activities, often", "two activities in order"

WAYS = {
    Category.PROFILE: (FIELD,),
    Category.CHANNEL: (FIELD,),
    Category.ACTIONS: (ACTIVITY, FREQUENCY, SEQUENCE),
    Category.UNDESIRABLES: (FIELD, ACTIVITY, FREQUENCY, SEQUENCE),
}

AT_LEAST, AT_MOST, BETWEEN, IS_KNOWN, IS_UNKNOWN = "at_least", "at_most", "between", "known", "unknown"
MATCHES, LIST = "matches", "_list"

NUMBER_WORDS = {AT_LEAST: "is at least", AT_MOST: "is at most", BETWEEN: "is between"}
KNOWN_WORDS = {IS_KNOWN: "is known", IS_UNKNOWN: "is unknown"}


def begin_new(category: Category) -> None:
    """Open the dialog on a new criterion of the category."""
    st.session_state["editing"] = (category, None)


def begin_edit(criterion_id: str) -> None:
    """Open the dialog on a criterion of the draft."""
    criterion = tuning.tuning().draft.criterion(criterion_id)
    # The popover the button stands in would lie over the dialog.
    st.session_state[widgets.more_key(criterion_id)] = False
    st.session_state["editing"] = (criterion.category, criterion)


def show() -> None:
    """The dialog when it was asked for; called once by the page, outside every container."""
    asked = st.session_state.pop("editing", None)
    if asked is None:
        return
    category, criterion = asked
    tuning.in_dialog()
    st.session_state["editing_round"] = st.session_state.get("editing_round", 0) + 1
    title = f"{CATEGORY_TITLES[category]}: {'new criterion' if criterion is None else elements.plain(criterion.label)}"
    if criterion is not None and not can_be_shown(criterion.match):
        st.dialog(title, on_dismiss="rerun")(_only_as_text)(criterion)
        return
    st.dialog(title, width="large", on_dismiss="rerun")(_form)(category, criterion)


def can_be_shown(match: Match) -> bool:
    """The form has one test a line; what needs more is edited as YAML."""
    if isinstance(match, FieldMatch):
        return len(match.conditions) <= CONDITIONS_AT_MOST and all(len(c.tests) == 1 for c in match.conditions)
    conditions = (match.first, match.second) if isinstance(match, SequenceMatch) else (match.condition,)
    return all(len(c.subject) <= 1 and len(c.amount) <= 1 for c in conditions)


def _only_as_text(criterion: Criterion) -> None:
    st.markdown(f"This criterion asks: {elements.plain(criterion_in_words(criterion))}.")
    st.markdown("It combines more tests than the form has room for. Edit it under **YAML**.")


def _key(name: str) -> str:
    # A round of its own for every opening, so that no widget remembers an earlier criterion.
    return f"edit:{st.session_state['editing_round']}:{name}"


def _form(category: Category, criterion: Criterion | None) -> None:
    snapshot = present.snapshot()
    draft = tuning.tuning().draft
    label = st.text_input(
        "What is it called in the meeting?", value=criterion.label if criterion else "", key=_key("label")
    )
    points, disqualify = _points(category, criterion)
    ways = WAYS[category]
    way = ways[0]
    if len(ways) > 1:
        way = st.segmented_control(
            "What does it look at?", ways, default=_way(criterion) or ways[0], key=_key("way"), required=True
        )
    match = _match(snapshot.leads, way, criterion.match if criterion and _way(criterion) == way else None, draft)
    if match is None:
        st.caption("Choose what it looks at to see how many leads it touches.")
        return
    candidate = Criterion(
        id=criterion.id if criterion else _new_id(label, draft),
        label=label.strip(),
        category=category,
        points=points,
        match=match,
        disqualify=disqualify,
        off=criterion.off if criterion else False,
    )
    try:
        changed = read_definition(write_definition(draft.with_criterion(candidate)), "draft")
    except Refused as refused:
        elements.fault_box(refused, "This cannot mean anything yet:")
        return
    touched = leads.touched(snapshot.leads, candidate)
    st.markdown(
        f"**{touched:,}** of {snapshot.leads.history.leads:,} leads earn it: "
        f"{elements.plain(criterion_in_words(candidate))}."
    )
    if st.button(
        "Add to the draft" if criterion is None else "Change the draft", type="primary", disabled=not label.strip()
    ):
        tuning.change(changed)
        st.rerun()


def _points(category: Category, criterion: Criterion | None) -> tuple[int, bool]:
    against = category is Category.UNDESIRABLES
    disqualify = against and st.toggle(
        "Disqualifies: such a lead is never handed over",
        value=bool(criterion and criterion.disqualify),
        key=_key("disqualify"),
    )
    if disqualify:
        return 0, True
    points = st.number_input(
        "Points",
        min_value=None if against else 0,
        max_value=0 if against else None,
        value=criterion.points if criterion else (-10 if against else 10),
        step=1,
        key=_key("points"),
    )
    return int(points or 0), False


def _way(criterion: Criterion | None) -> str | None:
    if criterion is None:
        return None
    return {FieldMatch: FIELD, ActivityMatch: ACTIVITY, FrequencyMatch: FREQUENCY, SequenceMatch: SEQUENCE}[
        type(criterion.match)
    ]


def _new_id(label: str, draft: Definition) -> str:
    """An id made of the label that no other criterion has."""
    word = "".join(c if c.isalnum() else "_" for c in label.strip().lower()).strip("_") or "criterion"
    taken = {criterion.id for criterion in draft.criteria}
    return next(name for n in range(1, len(taken) + 2) if (name := word if n == 1 else f"{word}_{n}") not in taken)


def _match(every: Leads, way: str, before: Match | None, draft: Definition) -> Match | None:
    if way == FIELD:
        return _field_match(every, before if isinstance(before, FieldMatch) else None, draft)
    if way == SEQUENCE:
        was = before if isinstance(before, SequenceMatch) else None
        st.markdown("**First**")
        first = _activity(every, "first", was.first if was else None, draft)
        st.markdown("**Later**")
        second = _activity(every, "second", was.second if was else None, draft)
        within = _days(was.within_days if was else 7.0)
        return SequenceMatch(first, second, within) if first and second else None
    if way == FREQUENCY:
        often = before if isinstance(before, FrequencyMatch) else None
        condition = _activity(every, "often", often.condition if often else None, draft)
        count = st.number_input("How many times", 1, None, often.count if often else 3, step=1, key=_key("count"))
        within = _days(often.within_days if often else 7.0)
        return FrequencyMatch(condition, int(count), within, _human(condition, often)) if condition else None
    each = before if isinstance(before, ActivityMatch) else None
    condition = _activity(every, "each", each.condition if each else None, draft)
    limit, per = _limit(each)
    return ActivityMatch(condition, limit, per, _human(condition, each)) if condition else None


def _limit(before: ActivityMatch | None) -> tuple[int | None, Per]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        limit = st.number_input(
            "Counted at most so many times (empty: every time)",
            min_value=1,
            value=before.limit if before else None,
            step=1,
            key=_key("limit"),
        )
        per = st.segmented_control(
            "Of each",
            list(Per),
            default=before.per if before else Per.LEAD,
            format_func=lambda one: f"a {one.value}",
            disabled=limit is None,
            required=True,
            key=_key("per"),
            help="The earliest so many count: of each lead, of each of its days, or of each subject, whatever its "
            "spelling.",
        )
    return (None, Per.LEAD) if limit is None else (int(limit), Per(per))


def _human(condition: ActivityCondition | None, before: ActivityMatch | FrequencyMatch | None) -> bool:
    """Whether only what people did counts; asked where a machine could have done it."""
    if condition is None or not can_be_a_machines(condition.kinds):
        return False
    return st.toggle(
        "Only what people did", value=bool(before and before.human), key=_key("human"), help=machines.LEFT_OUT
    )


def _days(value: float) -> float:
    return float(st.number_input("Within days", 0.01, None, float(value), step=1.0, format="%g", key=_key("within")))


def _field_match(every: Leads, before: FieldMatch | None, draft: Definition) -> FieldMatch | None:
    old = before.conditions if before else ()
    count = st.session_state.setdefault(_key("conditions"), max(len(old), 1))
    mode: Literal["one", "all", "any"] = "one"
    if count > 1:
        chosen = st.segmented_control(
            "Of these conditions",
            ["all", "any"],
            default="any" if before and before.mode == "any" else "all",
            format_func=lambda word: f"{word} must hold",
            key=_key("mode"),
            required=True,
        )
        mode = "any" if chosen == "any" else "all"
    conditions = [_field_condition(every, n, old[n] if n < len(old) else None, draft) for n in range(count)]
    with st.container(horizontal=True):
        if count < CONDITIONS_AT_MOST and st.button("Another condition", icon=":material/add:", key=_key("more")):
            st.session_state[_key("conditions")] = count + 1
            st.rerun(scope="fragment")
        if count > 1 and st.button("Without the last", icon=":material/remove:", key=_key("fewer")):
            st.session_state[_key("conditions")] = count - 1
            st.rerun(scope="fragment")
    whole = tuple(condition for condition in conditions if condition)
    return FieldMatch(mode, whole) if len(whole) == count else None


def _field_condition(every: Leads, n: int, before: FieldCondition | None, draft: Definition) -> FieldCondition | None:
    offered = leads.fields(every)
    if before and before.field not in offered:
        offered = [*offered, before.field]
    left, right = st.columns([1, 2])
    with left:
        field = st.selectbox(
            "Field",
            offered,
            index=offered.index(before.field if before else "title"),
            format_func=lambda name: name.removeprefix("extra.").replace("_", " "),
            key=_key(f"field:{n}"),
        )
    with right:
        test = _test(
            f"{n}:{field}",
            before.tests[0] if before and before.field == field else None,
            leads.field_values(every, str(field)),
            draft,
        )
    return FieldCondition(str(field), (test,)) if test else None


def _activity(every: Leads, name: str, before: ActivityCondition | None, draft: Definition) -> ActivityCondition | None:
    offered = sorted({*leads.kinds(every), *(before.kinds if before else ())})
    kinds = st.multiselect(
        "Kind of activity",
        offered,
        default=list(before.kinds) if before else [],
        format_func=lambda kind: kind.replace("_", " "),
        accept_new_options=True,
        key=_key(f"kinds:{name}"),
    )
    subject: tuple[Test, ...] = ()
    amount: tuple[Test, ...] = ()
    if st.checkbox(
        "Only of some subjects (page, asset, form, event)",
        value=bool(before and before.subject),
        key=_key(f"with-subject:{name}"),
    ):
        test = _test(
            f"subject:{name}",
            before.subject[0] if before and before.subject else None,
            leads.subjects(every, tuple(kinds)),
            draft,
        )
        if test is None:
            return None
        subject = (test,)
    if st.checkbox(
        "Only of some amounts (minutes stayed, items)",
        value=bool(before and before.amount),
        key=_key(f"with-amount:{name}"),
    ):
        test = _test(f"amount:{name}", before.amount[0] if before and before.amount else None, None, draft)
        if test is None:
            return None
        amount = (test,)
    return ActivityCondition(tuple(kinds), subject, amount) if kinds else None


def _test(name: str, before: Test | None, values: list[str] | None, draft: Definition) -> Test | None:
    """One operator and its value; `values` are offered, None where only numbers make sense."""
    words = {**NUMBER_WORDS, **KNOWN_WORDS}
    if values is not None:
        lists = {f"{o}{LIST}": f"{OPERATOR_WORDS[o]} (a named list)" for o in TEXT_OPERATORS} if draft.lists else {}
        words = {**OPERATOR_WORDS, **words, **lists}
    was = _operator(before)
    operator = st.selectbox(
        "Operator",
        list(words),
        index=list(words).index(was) if was in words else 0,
        format_func=lambda one: words[one],
        key=_key(f"operator:{name}"),
    )
    same = before if was == operator else None
    key = _key(f"value:{name}:{operator}")
    if operator in KNOWN_WORDS:
        return KnownTest(operator == IS_KNOWN)
    if operator in NUMBER_WORDS:
        return _number_test(key, str(operator), same)
    was_text = same if isinstance(same, TextTest) else None
    if operator == MATCHES:
        pattern = st.text_input(
            "Regular expression (RE2)", value=was_text.operands[0] if was_text else "", key=key, help="Case is ignored."
        )
        return TextTest(MATCHES, (pattern,)) if pattern else None
    if str(operator).endswith(LIST):
        named = dict(draft.lists)
        chosen = st.selectbox(
            "List",
            list(named),
            index=list(named).index(was_text.list_name) if was_text and was_text.list_name in named else 0,
            key=key,
        )
        return TextTest(str(operator).removesuffix(LIST), named[str(chosen)], str(chosen))
    old = list(was_text.operands) if was_text else []
    if operator == HAS_ITEM:
        values = [item for value in values or [] for item in items(value)]
    texts = st.multiselect(
        "Value, one or several",
        list(dict.fromkeys([*old, *(values or [])])),
        default=old,
        accept_new_options=True,
        placeholder="Choose from the data or type",
        key=key,
    )
    return TextTest(str(operator), tuple(texts)) if texts else None


def _number_test(key: str, operator: str, before: Test | None) -> Test | None:
    was = before if isinstance(before, NumberTest) else NumberTest()
    low: Any = was.low
    high: Any = was.high
    with st.container(horizontal=True):
        if operator in (AT_LEAST, BETWEEN):
            low = st.number_input("From", value=low, format="%g", step=1.0, key=f"{key}:low")
        if operator in (AT_MOST, BETWEEN):
            high = st.number_input("To", value=high, format="%g", step=1.0, key=f"{key}:high")
    if operator == AT_LEAST:
        return None if low is None else NumberTest(low, None)
    if operator == AT_MOST:
        return None if high is None else NumberTest(None, high)
    return None if low is None or high is None else NumberTest(low, high)


def _operator(test: Test | None) -> str | None:
    if test is None:
        return None
    if isinstance(test, KnownTest):
        return IS_KNOWN if test.known else IS_UNKNOWN
    if isinstance(test, NumberTest):
        return BETWEEN if test.low is not None and test.high is not None else AT_MOST if test.low is None else AT_LEAST
    return f"{test.operator}{LIST}" if test.list_name else test.operator
