"""Groups however spelt: one of a kind in hand-offs, leads and bills, and their parts always sum to the whole."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.core.folding import fold
from lib.core.funnel.cohorts import cohorts
from lib.core.funnel.costs import ChannelCost, costs, lead_totals
from lib.core.funnel.rejections import rejections
from lib.core.handoffs.choosing import Filter, Group, chosen, group_of
from lib.core.time.periods import By
from lib.core.time.window import Window
from lib.store.database import Database
from lib.store.funnel.totals import spends
from lib.store.handoffs.handoffs import load_handoffs
from lib.store.handoffs.problems import load_problems
from lib.store.leads.history import load_history
from tests.grants import ANYTHING
from tests.store.conftest import NOW, Import

SPELT = Path(__file__).parents[1] / "cases" / "25-source-spelling"
MARCH = Window(date(2026, 3, 1), date(2026, 4, 1), "Europe/Madrid")

SPELLINGS = ("inbound", "Inbound", "INBOUND", "in\u00adbound", "inbound\u200b", " ", "Café", "Cafe\u0301", "ΝΕΟΣ")

spellings = st.one_of(st.none(), st.sampled_from(SPELLINGS))
leads = st.lists(st.tuples(spellings, spellings, spellings), min_size=1, max_size=12)


def put(db: Database, of_leads: list[tuple[str | None, str | None, str | None]]) -> None:
    """Leads of such a channel and source created and handed over in March, and rejected for such a reason."""
    with db.write(*ANYTHING) as cursor:
        for table in ("lead", "handoff_event", "kept_cycle", "kept_lead", "spend"):
            cursor.execute(f"delete from {table}")
        for n, (channel, source, reason) in enumerate(of_leads):
            lead = "insert into lead (lead_id, created_at, channel, source, cost) values (?, ?, ?, ?, 10)"
            cursor.execute(lead, [f"{n}", "2026-03-01 10:00", channel, source])
            event = "insert into handoff_event (event_id, lead_id, occurred_at, kind, reason) values (?, ?, ?, ?, ?)"
            cursor.execute(event, [f"{n}-mql", f"{n}", "2026-03-02 10:00", "mql", None])
            cursor.execute(event, [f"{n}-rejected", f"{n}", "2026-03-03 10:00", "rejected", reason])


def costs_of(db: Database) -> tuple[ChannelCost, ...]:
    created = lead_totals(load_history(db), MARCH, By.MONTH, NOW, None)
    return costs(load_handoffs(db, NOW), MARCH, spends(db), created)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(leads)
def test_in_every_grouping_there_is_a_group_a_text_and_they_sum_to_the_whole(db: Database, of_leads: Any) -> None:
    put(db, of_leads)
    some = load_handoffs(db, NOW)

    for place, grouping in enumerate((Group.CHANNEL, Group.SOURCE, Group.REASON)):
        parts = cohorts(some, MARCH, By.WINDOW, group_of(some, grouping))
        said = [fold(texts[place] or "") or None for texts in of_leads]
        assert {one.group and fold(one.group): one.handoffs for one in parts} == {one: said.count(one) for one in said}
        assert len(parts) == len(set(said))
    assert sum(one.handoffs for one in rejections(some, MARCH)) == len(of_leads)
    by_channel = costs_of(db)
    assert sum(one.cost for one in by_channel) == 10 * len(of_leads)
    assert sum(one.leads for one in by_channel) == sum(one.mql for one in by_channel) == len(of_leads)
    assert len(by_channel) == len({fold(channel or "") for channel, _, _ in of_leads})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(leads, spellings)
def test_a_filter_takes_what_is_spelt_alike(db: Database, of_leads: Any, wanted: str | None) -> None:
    put(db, of_leads)

    found = chosen(load_handoffs(db, NOW), Filter(channel=wanted))

    said = [fold(channel or "") for channel, _, _ in of_leads]
    assert len(found) == (len(said) if wanted is None else said.count(fold(wanted)))


@pytest.fixture
def billed(db: Database, load: Import) -> Callable[[], tuple[ChannelCost, ...]]:
    for name, kind in (("leads_cost", "lead"), ("events_cost", "handoff_event"), ("spend_cost", "spend")):
        load(SPELT / f"{name}.csv", kind=kind)
    return lambda: costs_of(db)


def test_a_channel_in_three_spellings_is_paid_once(billed: Callable[[], tuple[ChannelCost, ...]]) -> None:
    (inbound,) = billed()

    assert (inbound.cost, inbound.leads, inbound.mql, inbound.per("mql")) == (300.0, 3, 3, 100.0)
    assert fold(inbound.channel or "") == "inbound"


def test_bills_of_one_channel_in_two_spellings_are_one_sum(
    billed: Callable[[], tuple[ChannelCost, ...]], load: Import, write: Callable[..., Path]
) -> None:
    load(write("more.csv", "month,channel,source,amount\n2026-03,INBOUND,google,50\n"), kind="spend")

    assert [one.cost for one in billed()] == [350.0]


def test_a_reason_in_another_spelling_is_the_coded_one(db: Database) -> None:
    put(db, [(None, None, "No_Reply\u200b"), (None, None, "no_such")])

    unknown = [one for one in load_problems(db, NOW, ["no_reply"]) if one.kind == "unknown reason"]

    assert [one.lead_id for one in unknown] == ["1"]
