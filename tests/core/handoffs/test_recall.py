"""How much of what sales accepted and won a definition would have handed over: all at once as lead by lead."""

from dataclasses import replace
from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.core.arrays import NEVER
from lib.core.definition.criteria import ActivityCondition, ActivityMatch, Category, Criterion, Definition
from lib.core.handoffs.handoffs import Handoffs
from lib.core.handoffs.recall import Furthest, Recall, Worth, handed_over_by, made_of, recall_in_words
from lib.core.leads.history import Activity, Lead, history_of
from lib.core.replay.afresh import Afresh, Returns
from lib.core.replay.hits import find_hits
from lib.core.replay.preview import side
from lib.core.time.window import Window
from tests.core.handing_over import Handed, handoffs
from tests.core.strategies import AS_OF

DAY = 86_400_000_000
WINDOW = Window(date(1970, 1, 5), date(1970, 1, 19), "UTC")
START, END = 4 * DAY, 18 * DAY

LEADS = 4
HISTORY = history_of([Lead(str(n), 0, {}, ()) for n in range(LEADS)])

handed = st.builds(
    Handed,
    st.sampled_from([str(n) for n in range(LEADS)]),
    st.one_of(st.sampled_from((START - 1, START, END - 1, END)), st.integers(0, AS_OF)),
    st.sampled_from((None, "rejected", "accepted", "sql", "won")),
)


def paid(rows: list[Handed], amounts: list[float]) -> tuple[Handoffs, list[float]]:
    """Hand-offs with an amount each, in their order."""
    known = handoffs(*rows)
    amount = np.array(amounts[: len(known)], dtype=np.float64)
    return replace(known, amount=amount), amount.tolist()


def worth_plainly(known: Handoffs, amounts: list[float], since: list[int], among: list[bool]) -> Worth:
    """Lead by lead."""
    accepted = sql = won = 0
    total = 0.0
    for row in range(LEADS):
        of = [
            n
            for n in range(len(known))
            if known.lead_id[n].as_py() == str(row) and START <= known.mql_at[n] < END and known.mql_at[n] < since[row]
        ]
        if among[row]:
            accepted += any(known.accepted[n] for n in of)
            sql += any(known.sql_at[n] != NEVER for n in of)
            won += any(known.won_at[n] != NEVER for n in of)
            total += sum(amounts[n] for n in of if known.won_at[n] != NEVER and not np.isnan(amounts[n]))
    return Worth(accepted, sql, won, total)


@settings(max_examples=200)
@given(
    st.lists(handed, max_size=9),
    st.lists(st.sampled_from((np.nan, 10.0, 25.5)), min_size=9, max_size=9),
    st.lists(st.one_of(st.just(NEVER), st.integers(0, AS_OF)), min_size=LEADS, max_size=LEADS),
    st.lists(st.booleans(), min_size=LEADS, max_size=LEADS),
)
def test_what_was_made_of_some_leads_and_their_share_of_it_all_is_what_each_lead_alone_says(
    rows: list[Handed], amounts: list[float], since: list[int], among: list[bool]
) -> None:
    known, of_each = paid(rows, amounts)

    made = made_of(known, HISTORY, np.array(since), WINDOW)

    some = worth_plainly(known, of_each, since, among)
    everybody = worth_plainly(known, of_each, since, [True] * LEADS)
    assert made.worth(np.array(among)) == some
    recall = made.recall(np.array(among))
    for name in ("accepted", "sql", "won", "won_amount"):
        part, whole = getattr(some, name), getattr(everybody, name)
        assert getattr(recall, name) == (part / whole if whole else None)


def test_the_hand_off_of_who_was_a_customer_already_is_left_out_and_the_one_before_counts() -> None:
    known = handoffs(Handed("0", START, "won"), Handed("0", START + 5 * DAY, "accepted"))

    def furthest(since: int) -> Furthest:
        made = made_of(known, HISTORY, np.array([since, NEVER, NEVER, NEVER]), WINDOW)
        return Furthest(made.furthest[0])

    assert furthest(START + DAY) is Furthest.WON
    assert furthest(START) is Furthest.NOT_HANDED_OVER


def test_who_is_handed_over_again_within_the_window_is_handed_over() -> None:
    demo = Criterion("demo", "Demo", Category.ACTIONS, 30, ActivityMatch(ActivityCondition(("form",)), 1))
    leads = [
        Lead("again", 0, {}, (Activity(1 * DAY, "form"), Activity(7 * DAY, "form"))),
        Lead("earlier", 0, {}, (Activity(1 * DAY, "form"),)),
        Lead("first", 0, {}, (Activity(6 * DAY, "form"),)),
    ]
    history, rules = history_of(leads), Definition("rules", 30, (demo,))
    afresh = Afresh(history, Returns(np.array([0]), np.array([3 * DAY])))

    brought = side(find_hits(history, rules), afresh, rules, WINDOW.edges(), AS_OF)

    assert handed_over_by(brought).tolist() == [True, False, True]


def test_recall_is_said_beside_the_other_and_only_of_what_there_was() -> None:
    draft, agreed = Recall(0.88, 0.9, None, None), Recall(0.99, 1.0, None, None)

    assert recall_in_words(draft, agreed) == (
        "Of what sales really made of the window's hand-offs the draft hands over 88 % of the leads it accepted "
        "(against 99 %), 90 % of those that became SQLs (against 100 %)."
    )
    nothing = Recall(None, None, None, None)
    assert recall_in_words(nothing, nothing) == "Sales accepted nobody who was handed over in the window."


def test_a_lead_that_ended_before_sales_decided_is_closed_and_not_open() -> None:
    known = handoffs(Handed("0", START), Handed("1", START))
    known = replace(known, closed_at=np.where(np.arange(2) == 0, START + DAY, NEVER))

    made = made_of(known, HISTORY, np.full(LEADS, NEVER), WINDOW)

    assert [Furthest(code) for code in made.furthest[:2]] == [Furthest.CLOSED, Furthest.OPEN]
