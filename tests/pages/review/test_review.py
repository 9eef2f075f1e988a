"""The Review page: what it says is what the hand-offs are, and each way on leads somewhere."""

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from streamlit.proto.Metric_pb2 import Metric
from streamlit.testing.v1 import AppTest

from lib.__main__ import main
from lib.app import funnel
from lib.app.snapshot import Snapshot
from lib.core.funnel import cohorts as funnel_cohorts
from lib.core.handoffs.choosing import Filter
from lib.core.statistics.rates import Verdict
from lib.core.time.periods import By
from lib.ui.frame import elements
from lib.ui.now import present
from lib.ui.review import moved as moved_part
from tests.conftest import OpenPage
from tests.pages.handed_over import CONFIG, hand_over

REVIEW = "monitor/review.py"

GOALS = "month,metric,target\n2026-03-01,mql,155\n2026-03-01,sql,3\n"
SPEND = "month,channel,source,amount\n2026-03-01,event,,3100\n"


@pytest.fixture(scope="session")
def planned_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two weeks of hand-offs, with goals and spend; read only."""
    return hand_over(tmp_path_factory.mktemp("planned"), goal=GOALS, spend=SPEND)


@pytest.fixture
def review(open_page: OpenPage, planned_database: Path) -> AppTest:
    """The page on them."""
    return open_page(REVIEW, planned_database, **{"from": "2026-02-16", "to": "2026-03-16"})


@pytest.fixture(scope="session")
def older_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The two weeks, and nine more before them of 30 hand-offs of inbound leads each; read only."""
    folder = tmp_path_factory.mktemp("older")
    db = hand_over(folder)
    begun = [(week, n, date(2026, 3, 2) - timedelta(weeks=week)) for week in range(1, 10) for n in range(30)]
    leads = [f"o{week}-{n},{day}T08:00:00Z,inbound" for week, n, day in begun]
    events = [f"m-o{week}-{n},o{week}-{n},{day}T09:00:00Z,mql" for week, n, day in begun]
    for kind, rows in (
        ("lead", ["lead_id,created_at,channel", *leads]),
        ("handoff_event", ["event_id,lead_id,occurred_at,kind", *events]),
    ):
        path = folder / f"older-{kind}.csv"
        path.write_text("\n".join(rows))
        assert main(["import", str(path), "--as", kind, "--db", str(db), "--config", CONFIG]) == 0
    return db


def texts(at: AppTest) -> str:
    return "\n".join(one.value for one in [*at.markdown, *at.caption, *at.warning, *at.subheader])


def sentence(at: AppTest) -> str:
    return str(next(one.value for one in at.markdown if one.value.startswith("####")))


def shown(at: AppTest) -> dict[str, tuple[str, str]]:
    """Each figure's value and what stands beside it."""
    return {metric.label: (metric.value, metric.delta) for metric in at.metric}


def table(at: AppTest, first_column: str, second_column: str) -> list[tuple[object, ...]]:
    """The rows of the one table that begins with these columns."""
    (found,) = (one.value for one in at.dataframe if list(one.value.columns[:2]) == [first_column, second_column])
    return [tuple(row) for row in found.itertuples(index=False)]


# What it opens on


def test_an_empty_database_says_what_is_missing_and_how_to_mend_it(open_page: OpenPage, empty_database: Path) -> None:
    at = open_page(REVIEW, empty_database)

    assert not at.exception
    assert "There are no leads yet" in texts(at)
    assert not at.metric


def test_leads_of_whom_none_was_handed_over_say_how_to_load_hand_offs(open_page: OpenPage, tiny_database: Path) -> None:
    at = open_page(REVIEW, tiny_database)

    assert not at.exception
    assert "Nothing has been handed over yet" in texts(at)
    assert "--as handoff_event" in texts(at)


def test_one_sentence_says_what_last_week_was(review: AppTest) -> None:
    assert not review.exception
    assert sentence(review) == (
        "#### Last week marketing handed over **80 MQLs** (goal pace 35); "
        "sales accepted **8 of 80** decided; **0** are overdue."
    )


def test_without_a_promise_nothing_is_said_to_be_overdue(
    open_page: OpenPage, handed_over_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(funnel, "something_is_promised", lambda _: False)

    at = open_page(REVIEW, handed_over_database)

    assert sentence(at).endswith("decided; **1** waits for an answer.")
    assert shown(at)["Waiting"] == ("1", "nothing is promised")


def test_the_figures_set_this_week_and_month_against_the_last(review: AppTest) -> None:
    figures = shown(review)

    assert figures["MQLs this week"] == ("1", "−15")
    assert figures["MQLs this month"] == ("111", "+111")
    assert figures["Accepted last week"] == ("10 %", "8 of 80")
    assert figures["SQLs this month"] == ("3", "+3")
    assert figures["Waiting"] == ("1", "0 overdue")


def test_twelve_months_are_the_month_of_now_and_the_eleven_before_it(review: AppTest) -> None:
    months = funnel.twelve_months(present.snapshot())

    pulses = funnel.ask(present.snapshot().sales, funnel_cohorts.period_conversion, Filter(), months, By.MONTH)
    assert (months.start, months.end) == (date(2025, 4, 1), date(2026, 4, 1))
    assert len(pulses) == 12
    assert (pulses[0].period, pulses[-1].period) == (date(2025, 4, 1), date(2026, 3, 1))


def test_a_goal_says_how_far_it_is_and_what_each_day_left_must_bring(review: AppTest) -> None:
    (mql,) = (one.value for one in review.markdown if one.value.startswith("**MQL:"))
    (sql,) = (one.value for one in review.markdown if one.value.startswith("**SQL:"))

    assert mql.startswith("**MQL: 111 of 155** (72 %): :gray[too few weeks to say]")
    assert "Needs 2.8 an average day" in mql
    assert sql == "**SQL: 3 of 3** (100 %): reached."


def test_without_a_goal_the_page_says_how_to_load_one(open_page: OpenPage, handed_over_database: Path) -> None:
    at = open_page(REVIEW, handed_over_database)

    assert not at.exception
    assert "This month has no goal" in texts(at)


# Cohorts and periods


def test_cohorts_and_periods_stand_side_by_side(review: AppTest) -> None:
    cohorts = {str(row[0]): row[1:8] for row in table(review, "Week", "MQLs")}
    periods = {str(row[0]): row[1:5] for row in table(review, "Week", "MQL")}

    assert cohorts["2026-03-02"] == (30, "24 (80 %)", 6, 0, 0, 0, "3 (10 %)")
    assert cohorts["2026-03-09"] == (80, "8 (10 %)", 72, 0, 0, 0, "0 (0 %)")
    assert periods["2026-03-02"] == (30, 24, 6, 0)
    assert periods["2026-03-09"] == (80, 8, 72, 3)


def test_what_was_closed_undecided_is_counted_beside_the_others(open_page: OpenPage, closed_database: Path) -> None:
    at = open_page(REVIEW, closed_database, **{"from": "2026-02-16", "to": "2026-03-17"})

    newest = table(at, "Week", "MQLs")[0]
    assert (newest[1], newest[2], *newest[3:7]) == (1, "0", 0, 0, 0, 1)
    assert shown(at)["Waiting"] == ("0", "0 overdue")


def test_a_horizon_that_has_not_passed_is_called_immature(review: AppTest) -> None:
    newest = table(review, "Week", "MQLs")[0]

    assert newest[9:12] == ("0 (0 %), immature",) * 3


@pytest.mark.parametrize(("channel", "handed_over"), [("inbound", {30}), ("event", {80}), (None, {30, 80})])
def test_a_filter_leaves_its_hand_offs_only(review: AppTest, channel: str | None, handed_over: set[int]) -> None:
    review.selectbox(key="channel").set_value(channel).run()

    assert not review.exception
    assert {row[1] for row in table(review, "Week", "MQLs")} - {0} == handed_over


def test_the_address_says_the_filter_and_the_period(open_page: OpenPage, handed_over_database: Path) -> None:
    days = {"from": "2026-02-16", "to": "2026-03-16"}

    at = open_page(REVIEW, handed_over_database, owner="Ann", by="month", **days)

    assert at.selectbox(key="owner").value == "rep-0"
    assert [row[1] for row in table(at, "Month", "MQLs")] == [55, 0]
    assert "The days chosen cut February 2026 and March 2026." in texts(at)


def test_days_without_meaning_are_named_and_the_default_ones_shown(open_page: OpenPage, sample_database: Path) -> None:
    at = open_page(REVIEW, sample_database, **{"from": "2026-03-02", "to": "yesterday"})

    assert not at.exception
    assert any("yesterday" in one.value for one in at.warning)
    assert present.snapshot().default_window.start.isoformat() in at.query_params["from"]


def test_days_in_which_nothing_happened_are_no_fault(open_page: OpenPage, sample_database: Path) -> None:
    at = open_page(REVIEW, sample_database, **{"from": "2020-03-02", "to": "2020-03-09"})

    assert not at.exception
    assert [row[1] for row in table(at, "Week", "MQLs")] == [0]


def test_days_that_have_not_begun_are_no_fault(open_page: OpenPage, sample_database: Path) -> None:
    at = open_page(REVIEW, sample_database, **{"from": "2100-03-01", "to": "2100-03-08"})

    assert not at.exception
    assert table(at, "Week", "MQLs") == []


# What changed, costs, what does not close


def test_a_change_says_whether_it_is_real_and_leads_to_its_chart(open_page: OpenPage, older_database: Path) -> None:
    said = texts(open_page(REVIEW, older_database))

    assert "[Handed over](#conversion): **80**, the week before 30 :blue-badge[:material/arrow_upward: real]" in said
    assert "[Accepted of those decided](#trend): **10 % (8 of 80)**, the week before 80 % (24 of 30)" in said
    assert "[Won](#conversion): **0**, the week before 0 :gray-badge[too few to say]" in said


def test_in_data_younger_than_eight_weeks_no_volume_is_called_real(review: AppTest) -> None:
    said = texts(review)

    assert "[Handed over](#conversion): **80**, the week before 30 :gray-badge[too few to say]" in said


def test_a_group_that_changed_leads_to_the_page_filtered_by_it(open_page: OpenPage, older_database: Path) -> None:
    said = texts(open_page(REVIEW, older_database))

    assert "[Channel event](/review?channel=event#conversion): handed over: **80**, the week before 0" in said


def test_a_figure_has_a_colour_and_an_arrow_only_where_the_difference_is_real(
    open_page: OpenPage, older_database: Path
) -> None:
    at = open_page(REVIEW, older_database)
    arrows = {one.label: (one.proto.color, one.proto.direction) for one in at.metric}

    # One so far against 16 by then is a Monday morning; 111 this month against 1 is none.
    assert funnel.paces(present.snapshot())[0].verdict is Verdict.NOISE
    assert arrows["MQLs this week"] == (Metric.MetricColor.GRAY, Metric.MetricDirection.NONE)
    assert arrows["Accepted last week"] == (Metric.MetricColor.ORANGE, Metric.MetricDirection.DOWN)


def test_every_link_in_the_page_leads_to_a_heading_of_it(review: AppTest) -> None:
    anchors = {heading.anchor for heading in review.subheader}
    links = {part.split(")")[0] for part in texts(review).split("](#")[1:]}

    assert links
    assert links <= anchors


def test_costs_are_the_months_spend_by_its_days_over_what_it_brought(review: AppTest) -> None:
    costs = {row[0]: row for row in table(review, "Channel", "Spent")}

    # 15 of March's 31 days lie in the window.
    assert costs["event"][1] == pytest.approx(1500)
    assert costs["event"][3] == pytest.approx(1500 / 80)
    assert costs["inbound"][1] == 0


def test_without_spend_the_page_says_how_to_load_it(open_page: OpenPage, handed_over_database: Path) -> None:
    at = open_page(REVIEW, handed_over_database)

    assert "Nothing was spent in the window" in texts(at)


def test_sqls_too_young_to_close_say_so(review: AppTest) -> None:
    assert "No SQL of these days is 90 days old yet." in texts(review)


# What is wrong with the data


def test_no_problem_is_said_to_be_none(review: AppTest) -> None:
    assert "No problem is known of in the data" in texts(review)


def test_problems_are_counted_by_kind_and_listed(open_page: OpenPage, tmp_path: Path) -> None:
    db = hand_over(tmp_path)
    path = tmp_path / "bad.csv"
    path.write_text(
        "event_id,lead_id,occurred_at,kind,reason\n"
        "a,l000,2026-03-12T09:00:00Z,rejected,no_budget\n"
        "b,l110,2026-03-16T08:00:00Z,accepted,\n"
        "c,l110,2026-03-16T09:00:00Z,rejected,who_knows\n"
    )
    from lib.__main__ import main

    assert main(["import", str(path), "--as", "handoff_event", "--db", str(db)]) == 0

    at = open_page(REVIEW, db)

    assert "3 problems in the data" in at.expander[-1].label
    at.selectbox(key="problem-kind").set_value("unknown reason").run()
    (rows,) = (one.value for one in at.dataframe if "sentence" in one.value.columns)
    assert list(rows["page"]) == ["/lead?id=l110"]
    assert "who_knows" in rows["sentence"][0]
    (causes,) = (one.value for one in at.dataframe if "remedy" in one.value.columns)
    assert list(causes["count"]) == [1, 1, 1]
    assert "'rejected' rejects for 'who_knows', which is no reason in reasons.yaml" in list(causes["cause"])


# On a year of invented leads


def test_on_the_sample_the_page_says_what_the_core_counts(open_page: OpenPage, sample_database: Path) -> None:
    at = open_page(REVIEW, sample_database)

    assert not at.exception
    (week,) = funnel_cohorts.period_conversion(
        present.snapshot().handoffs, funnel.last_week(present.snapshot()), By.WINDOW
    )
    assert f"**{week.mql:,} MQLs**" in sentence(at)
    assert f"**{week.sal:,} of {week.decided:,}** decided" in sentence(at)
    found = funnel_cohorts.cohorts(
        funnel.chosen(present.snapshot().sales, Filter()), present.snapshot().default_window, By.WEEK
    )
    assert [row[1] for row in table(at, "Week", "MQLs")] == [one.handoffs for one in reversed(found)]


# Why it moved


def test_why_mqls_moved_is_said_of_the_weeks_in_the_address(open_page: OpenPage, sample_database: Path) -> None:
    newest, *_, oldest = funnel.weeks_to_choose(snapshot_of(open_page, sample_database), 1)

    first, last = (f"week of {elements.day(monday)}" for monday in (oldest, newest))

    at = open_page(REVIEW, sample_database, moved_from=first, moved_to=last)

    assert not at.exception
    assert at.selectbox(key="moved_from").value == oldest.isoformat()
    why = funnel.why_moved(present.snapshot(), oldest, newest, 1)
    assert moved_part.sentence(why) in texts(at)


def snapshot_of(open_page: OpenPage, database: Path) -> Snapshot:
    open_page(REVIEW, database)
    return present.snapshot()


def test_the_weeks_are_the_last_two_unless_somebody_chose_and_four_can_be_taken_together(
    open_page: OpenPage, sample_database: Path
) -> None:
    at = open_page(REVIEW, sample_database)
    newest, before, *_ = funnel.weeks_to_choose(present.snapshot(), 1)
    assert (at.selectbox(key="moved_from").value, at.selectbox(key="moved_to").value) == (
        before.isoformat(),
        newest.isoformat(),
    )

    at.segmented_control(key="moved_weeks").set_value("4 weeks").run()

    assert not at.exception
    options = funnel.weeks_to_choose(present.snapshot(), 4)
    assert at.selectbox(key="moved_to").value == options[0].isoformat()


def test_the_parts_are_a_file_that_sums_to_the_change(open_page: OpenPage, sample_database: Path) -> None:
    snapshot = snapshot_of(open_page, sample_database)
    newest, before, *_ = funnel.weeks_to_choose(snapshot, 1)
    why = funnel.why_moved(snapshot, before, newest, 1)

    rows = list(csv.DictReader(io.StringIO(moved_part.csv(why, before, newest).read().decode())))

    assert sum(int(row["mqls"]) for row in rows) == why.after - why.before
    assert rows[0]["cause"] == "definition"


def test_one_week_of_hand_offs_is_compared_with_none(open_page: OpenPage, tiny_handed: Path) -> None:
    at = open_page(REVIEW, tiny_handed)

    assert not at.exception
    assert "It takes two whole periods of hand-offs to compare." in texts(at)


@pytest.fixture
def tiny_handed(tiny_database: Path, tmp_path: Path) -> Path:
    """Three leads, one of whom was handed over an hour ago."""
    path = tmp_path / "one.csv"
    path.write_text("event_id,lead_id,occurred_at,kind\nm,ada,2026-03-18T09:00:00Z,mql\n")
    assert main(["import", str(path), "--as", "handoff_event", "--db", str(tiny_database), "--config", CONFIG]) == 0
    return tiny_database


def test_by_quarter_the_page_has_quarters_and_no_fault(open_page: OpenPage, sample_database: Path) -> None:
    at = open_page(REVIEW, sample_database, by="quarter")

    assert not at.exception
    assert table(at, "Quarter", "MQLs")
