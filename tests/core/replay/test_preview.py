"""A draft against the agreed definition: counts, sets and causes, as recomputing from scratch gives them."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.core.definition import scoring
from lib.core.definition.criteria import (
    ActivityCondition,
    ActivityMatch,
    Category,
    Criterion,
    Definition,
    FieldCondition,
    FieldMatch,
    KnownTest,
)
from lib.core.funnel.goals import goal_per_week
from lib.core.leads.history import Activity, Lead, history_of
from lib.core.replay import preview
from lib.core.replay.afresh import Afresh, Returns, nobody_returned
from lib.core.replay.hits import find_hits
from lib.core.replay.replay import scores
from lib.core.time import window as time_window
from lib.core.time.clock import MICROSECONDS_PER_DAY as DAY
from lib.core.time.window import Window
from tests.core.strategies import AS_OF, any_definitions, any_populations

# All instants drawn lie in the forty days from 1970-01-01, a Thursday.
WINDOW = time_window.Window(date(1970, 1, 3), date(1970, 1, 28), "UTC")


def compare(
    leads: list[Lead],
    draft: Definition,
    agreed: Definition,
    window: time_window.Window = WINDOW,
    returns: Returns | None = None,
) -> preview.Preview:
    history = history_of(leads)
    afresh = Afresh(history, returns or nobody_returned())
    side = preview.side(find_hits(history, agreed), afresh, agreed, window.edges(), AS_OF)
    return preview.preview(find_hits(history, draft), afresh, draft, side, window, AS_OF)


def in_window(definition: Definition, lead: Lead) -> bool:
    qualified = scoring.qualification(definition, lead, AS_OF)
    return qualified is not None and 2 * DAY <= qualified.at < 27 * DAY


@settings(max_examples=150)
@given(any_definitions, any_definitions, any_populations, st.integers(1, 60))
def test_volume_at_any_threshold_is_what_the_sets_of_leads_say(
    draft: Definition, agreed: Definition, leads: list[Lead], threshold: int
) -> None:
    compared = compare(leads, draft, agreed)

    volume = compared.volume(threshold)

    moved = draft.with_threshold(threshold)
    drafted = {lead.lead_id for lead in leads if in_window(moved, lead)}
    handed = {lead.lead_id for lead in leads if in_window(agreed, lead)}
    assert volume.qualified == sum(volume.by_week) == len(drafted)
    assert (volume.kept, volume.gained, volume.lost) == (
        len(drafted & handed),
        len(drafted - handed),
        len(handed - drafted),
    )
    assert compared.agreed_volume.qualified == len(handed)


def test_who_comes_again_is_counted_beside_who_qualifies_in_its_week_on_both_sides_and_at_every_threshold() -> None:
    once = Lead("once", 0, {}, (Activity(5 * DAY, "page_view"),))
    twice = Lead("twice", 0, {}, tuple(Activity(day * DAY, "page_view") for day in (5, 5, 10, 12)))
    draft, agreed = Definition("draft", 10, (VIEWED,)), Definition("agreed", 5, (VIEWED,))

    compared = compare([once, twice], draft, agreed, returns=Returns(np.array([1]), np.array([7 * DAY])))

    drafted, handed = compared.volume(10), compared.agreed_volume
    assert (drafted.qualified, drafted.again, drafted.mqls) == (1, 1, 2)
    assert (drafted.by_week, drafted.again_by_week) == ((0, 1, 0, 0, 0), (0, 0, 1, 0, 0))
    assert drafted.mqls_by_week == (0, 1, 1, 0, 0)
    assert (handed.qualified, handed.again, handed.again_by_week) == (2, 1, (0, 1, 0, 0, 0))
    # At 15 who came back would need three views since, and at 20 nobody is as high.
    assert [(one.qualified, one.again) for one in (compared.volume(t) for t in (5, 15, 20, 21))] == [
        (2, 1),
        (1, 0),
        (1, 0),
        (0, 0),
    ]
    thresholds, ours, theirs = compared.by_threshold()
    assert thresholds.tolist() == list(range(1, 21))
    assert ours.tolist() == theirs.tolist() == [3] * 5 + [2] * 5 + [1] * 10


@settings(max_examples=150)
@given(any_definitions, any_definitions, any_populations)
def test_movers_are_the_leads_of_either_side_each_with_a_cause(
    draft: Definition, agreed: Definition, leads: list[Lead]
) -> None:
    compared = compare(leads, draft, agreed)

    moved = preview.movers(compared)

    for change, drafted, handed in (("gained", True, False), ("lost", False, True), ("kept", True, True)):
        rows = moved.of(preview.Move(change)).rows.tolist()
        expected = [n for n, x in enumerate(leads) if (in_window(draft, x), in_window(agreed, x)) == (drafted, handed)]
        assert sorted(rows) == expected
    assert len(preview.causes(compared, moved)) == len(moved.rows)


def test_a_window_counts_whole_weeks_from_monday_and_parts_at_its_ends() -> None:
    assert WINDOW.weeks == [
        date(1969, 12, 29),
        date(1970, 1, 5),
        date(1970, 1, 12),
        date(1970, 1, 19),
        date(1970, 1, 26),
    ]
    assert [edge // DAY for edge in WINDOW.edges().tolist()] == [2, 4, 11, 18, 25, 27]


def test_weeks_begin_at_midnight_of_the_reporting_zone_across_a_clock_change() -> None:
    window = time_window.Window(date(2026, 3, 23), date(2026, 4, 6), "Europe/Madrid")

    hours = [
        (later - earlier) // 3_600_000_000 for earlier, later in zip(window.edges(), window.edges()[1:], strict=False)
    ]
    assert hours == [167, 168]


def test_a_window_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="must end after it starts"):
        time_window.Window(date(2026, 1, 2), date(2026, 1, 2), "UTC")


@pytest.mark.parametrize("missing", [3, 4, 5])
def test_a_goal_line_stands_only_where_every_month_of_the_window_has_a_goal(missing: int) -> None:
    # From 31 March to 1 May: one day of March, all of April, one day of May.
    window = Window(date(2026, 3, 31), date(2026, 5, 2), "UTC")
    goals = {date(2026, month, 1): 10.0 * days for month, days in ((3, 31), (4, 30), (5, 31))}

    without_one = {month: target for month, target in goals.items() if month.month != missing}

    assert goal_per_week(goals, window) == pytest.approx(70.0)
    assert goal_per_week(without_one, window) is None


def test_a_goal_line_asks_for_no_goal_of_the_month_that_begins_as_the_window_ends() -> None:
    march = {date(2026, 3, 1): 310.0}

    assert goal_per_week(march, Window(date(2026, 3, 2), date(2026, 4, 1), "UTC")) == pytest.approx(70.0)
    assert goal_per_week(march, Window(date(2026, 3, 2), date(2026, 4, 2), "UTC")) is None


VIEWED = Criterion("views", "Viewed", Category.ACTIONS, 5, ActivityMatch(ActivityCondition(("page_view",))))
KNOWN = Criterion(
    "title", "Title known", Category.PROFILE, 5, FieldMatch("one", (FieldCondition("title", (KnownTest(True),)),))
)


def cause(draft: Definition, agreed: Definition) -> tuple[str, str]:
    viewer = Lead("a", 5 * DAY, {"title": "x"}, (Activity(6 * DAY, "page_view"), Activity(7 * DAY, "page_view")))
    compared = compare([viewer], draft, agreed)
    moved = preview.movers(compared)
    return moved.change[0].value, preview.causes(compared, moved)[0]


def test_a_gained_lead_names_the_criterion_that_gave_it_most() -> None:
    agreed = Definition("agreed", 20, (VIEWED, KNOWN))

    assert cause(agreed.with_points("views", 8), agreed) == ("gained", "Viewed")


def test_a_lost_lead_names_the_criterion_that_took_most() -> None:
    agreed = Definition("agreed", 15, (VIEWED, KNOWN))

    assert cause(agreed.with_points("title", 0), agreed) == ("lost", "Title known")
    assert cause(agreed.without_criterion("views"), agreed) == ("lost", "Viewed")


def test_a_moved_threshold_a_cap_and_a_gate_are_named_as_such() -> None:
    agreed = Definition("agreed", 15, (VIEWED, KNOWN))

    assert cause(agreed.with_threshold(16), agreed) == ("lost", "the threshold")
    assert cause(agreed.with_cap(Category.ACTIONS, 4), agreed) == ("lost", "the cap on actions")
    assert cause(replace(agreed, require=("company",)), agreed) == (
        "lost",
        "a required field, minimum or disqualifier",
    )


def test_a_kept_lead_that_nothing_moved_names_nothing() -> None:
    agreed = Definition("agreed", 15, (VIEWED, KNOWN))

    assert cause(agreed, agreed) == ("kept", "")


def test_the_newest_movers_come_first() -> None:
    leads = [Lead(str(n), n * DAY, {}, (Activity((10 + n) * DAY, "page_view"),)) for n in range(3)]
    compared = compare(leads, Definition("d", 5, (VIEWED,)), Definition("a", 6, (VIEWED,)))

    newest = preview.movers(compared).of(preview.Move.GAINED, most=2)

    assert newest.rows.tolist() == [2, 1]


def test_a_distribution_counts_every_known_lead_once_and_its_means_add_up() -> None:
    leads = [Lead(str(n), 0, {"title": "x" if n else ""}, (Activity(1, "page_view"),) * n) for n in range(4)]
    rules = Definition("d", 5, (VIEWED, replace(KNOWN, points=2)))

    bins = preview.score_distribution(scores(find_hits(history_of(leads), rules), rules, AS_OF), width=5)

    assert [(b.low, b.high, b.leads) for b in bins] == [(0, 5, 1), (5, 10, 1), (10, 15, 1), (15, 20, 1)]
    assert sum(bins[3].mean.values()) == 17
    assert preview.score_distribution(scores(find_hits(history_of([]), rules), rules, AS_OF), width=5) == []
