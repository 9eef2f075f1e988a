"""The SLA page: who waits now, what was kept, and what would have been kept under another promise."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.app import sla as sla_of
from lib.core.sla import whatif
from lib.core.sla.attainment import SlaGroup
from lib.core.sla.clocks import Answer
from lib.core.time.window import Window
from lib.ui.now import present
from tests.conftest import OpenPage
from tests.pages.desk import Wall, desk

SLA = "monitor/sla.py"

FEBRUARY = {"from": "2026-02-02", "to": "2026-03-09"}


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    return Wall(monkeypatch)


@pytest.fixture
def sla(open_page: OpenPage, wall: Wall, tmp_path: Path) -> AppTest:
    """The page at noon, on five hand-offs that wait and one that was accepted."""
    return open_page(SLA, desk(tmp_path), **FEBRUARY)


@pytest.fixture
def year(open_page: OpenPage, sample_database: Path) -> AppTest:
    """The page on the invented year."""
    return open_page(SLA, sample_database)


def texts(at: AppTest) -> str:
    return "\n".join(one.value for one in [*at.markdown, *at.caption, *at.warning])


def sentence(at: AppTest) -> str:
    return str(next(one.value for one in at.markdown if one.value.startswith("####")))


def shown(at: AppTest) -> dict[str, tuple[str, str]]:
    """Each figure's value and what stands beside it."""
    return {metric.label: (metric.value, metric.delta) for metric in at.metric}


def column(at: AppTest, name: str, beside: str) -> list[object]:
    """A column of the one table that has both."""
    return next(list(one.value[name]) for one in at.dataframe if {name, beside} <= set(one.value.columns))


def test_who_waits_can_be_taken_along_as_a_file(sla: AppTest) -> None:
    waits = next(one.value for one in sla.dataframe if "waited" in one.value.columns)

    assert list(waits["lead_id"]) == [str(page).split("id=")[1] for page in waits["page"]]
    assert "csv:waiting-for-decision.csv" in [button.key for button in sla.download_button]


# What it opens on


def test_an_empty_database_says_what_is_missing(open_page: OpenPage, empty_database: Path) -> None:
    at = open_page(SLA, empty_database)

    assert not at.exception
    assert "There are no leads yet" in texts(at)
    assert not at.metric


def test_without_hand_offs_it_says_how_to_load_them(open_page: OpenPage, tiny_database: Path) -> None:
    at = open_page(SLA, tiny_database)

    assert not at.exception
    assert "Nothing has been handed over yet" in texts(at)


def test_days_in_which_nothing_was_handed_over_still_show_who_waits(
    open_page: OpenPage, wall: Wall, tmp_path: Path
) -> None:
    at = open_page(SLA, desk(tmp_path), **{"from": "2025-01-06", "to": "2025-02-03"})

    assert not at.exception
    assert "Nothing was handed over in these days" in texts(at)
    assert len(column(at, "waited", "bar")) == 5
    assert not at.metric


def test_the_sentence_says_who_waits_and_when_the_next_one_is_due(sla: AppTest) -> None:
    assert not sla.exception
    assert sentence(sla) == (
        "#### **5 MQLs** wait for a decision: **2** are overdue, and the next one is due in **1 h working**."
    )


def test_what_is_promised_is_said_in_working_time(sla: AppTest) -> None:
    assert "decision within 4 h where channel is inbound, else 16 h; first touch within 1 h" in texts(sla)


def test_when_all_are_overdue_it_says_so(sla: AppTest, wall: Wall) -> None:
    wall.later(minutes=5 * 24 * 60)
    sla.run()

    assert not sla.exception
    assert sentence(sla) == "#### **5 MQLs** wait for a decision: **all** are overdue."
    assert set(column(sla, "state", "bar")) == {"overdue"}
    assert set(column(sla, "bar", "state")) == {0.0}


# What was kept, and who waits


def test_attainment_is_counted_by_hand(sla: AppTest) -> None:
    # Dora in time, Lara and Bo overdue; Sam, Eva and Lou are due and left out.
    assert "1 of 3 kept" in texts(sla)
    assert ":small[:material/notification_important: 2 overdue]" in texts(sla)
    assert ":small[:material/hourglass_top: 3 due]" in texts(sla)


def test_the_first_touch_is_its_own_promise(sla: AppTest) -> None:
    # Dora was decided within the hour, which counts as a touch; nobody else was touched.
    sla.segmented_control(key="promise").set_value(Answer.FIRST_TOUCH).run()

    assert not sla.exception
    assert "1 of 6 kept" in texts(sla)


def test_who_waits_is_ordered_by_how_long(sla: AppTest) -> None:
    assert column(sla, "name", "bar")[:2] == ["Bo Bens", "Lara Late"]
    assert column(sla, "left", "bar") == [
        "5 h working over",
        "5 h working over",
        "13 h working",
        "1 h working",
        "1 h working",
    ]


def test_the_bar_is_the_share_of_the_promise_that_is_left(sla: AppTest, wall: Wall) -> None:
    assert column(sla, "bar", "state")[2:] == [13 / 16, 1 / 4, 1 / 4]

    wall.later(minutes=30)
    sla.run()

    assert column(sla, "bar", "state")[2:] == [12.5 / 16, 1 / 8, 1 / 8]


def test_without_a_name_the_overdue_have_no_buttons(sla: AppTest) -> None:
    tables = [one.value for one in sla.dataframe if "owner" in one.value.columns]

    assert all("Return" not in table.columns for table in tables)
    assert "Say who you are to do one of them." in texts(sla)


def test_sales_has_three_buttons_for_each_overdue_lead(sla: AppTest) -> None:
    sla.selectbox(key="visitor").set_value("Marta Vidal").run()

    assert not sla.exception
    assert column(sla, "Return", "Escalate") == ["Return", "Return"]
    assert column(sla, "name", "Escalate") == ["Lara Late", "Bo Bens"]


def test_the_overdue_of_one_owner_can_be_looked_at_alone(sla: AppTest) -> None:
    sla.selectbox(key="visitor").set_value("Marta Vidal").run()
    pills = next(one for one in sla.button_group if one.key == "overdue-owner")
    pills.set_value("ben").run()

    assert column(sla, "name", "Escalate") == ["Bo Bens"]


def test_marketing_has_none(sla: AppTest) -> None:
    sla.selectbox(key="visitor").set_value("Lucía Ferrer").run()

    assert all("Return" not in one.value.columns for one in sla.dataframe)


# The invented year


def test_the_invented_year_opens_without_a_fault(year: AppTest) -> None:
    assert not year.exception
    assert re.match(r"#### \*\*\d+ MQLs\*\* wait for a decision", sentence(year))
    assert {"Half are answered within", "Of those answered, half within", "Kept as it is"} <= set(shown(year))


def test_both_medians_stand_beside_each_other_and_their_difference_is_explained(year: AppTest) -> None:
    window = present.snapshot().default_window
    (overall,) = sla_of.attained(present.snapshot().sales, window, Answer.DECISION)
    medians = [one.value for one in year.metric if "half" in one.label.lower()]

    assert len(medians) == 2
    assert overall.velocity.waiting > 0
    assert any(f"{overall.velocity.waiting} that still wait" in one.value for one in year.caption)


def test_an_unchanged_promise_keeps_what_was_kept(year: AppTest) -> None:
    kept, beside = shown(year)["Would have been kept"]

    assert (kept, beside) == (shown(year)["Kept as it is"][0], "nothing is changed")


def test_a_longer_promise_is_restated_over_what_happened_and_nothing_is_saved(year: AppTest) -> None:
    policy = present.deployment().config.policy
    year.number_input(key="what-if:decision:0").set_value(40.0).run()
    (then,) = sla_of.restated(
        present.snapshot().sales,
        present.snapshot().default_window,
        Answer.DECISION,
        whatif.promising(policy, Answer.DECISION, [2400, 960]),
    )

    assert not year.exception
    assert shown(year)["Would have been kept"][0] == f"{then.share:.0%}".replace("%", " %")
    assert (
        then.met > sla_of.attained(present.snapshot().sales, present.snapshot().default_window, Answer.DECISION)[0].met
    )
    assert present.deployment().config.policy == policy


def test_a_week_without_a_day_changes_nothing_until_it_means_something(year: AppTest) -> None:
    year.toggle(key="what-if-week").set_value(True).run()
    next(one for one in year.button_group if one.key == "what-if-days").set_value([]).run()

    assert not year.exception
    assert "Choose a day at least" in texts(year)
    assert shown(year)["Would have been kept"][1] == "nothing is changed"


def test_more_reps_are_a_replay_set_beside_the_replay_of_the_team_as_it_is(year: AppTest) -> None:
    team = next(rep.team for rep in present.snapshot().reps if rep.team)
    box = year.number_input(key=f"what-if-reps:{team}")
    box.set_value(int(box.value) + 5).run()

    assert not year.exception
    assert "replayed now" in shown(year)["With other reps"][1]


def test_no_week_loses_a_hand_off_under_the_what_if(open_page: OpenPage, sample_database: Path) -> None:
    open_page(SLA, sample_database)
    window: Window = present.snapshot().default_window
    now = sla_of.attained(present.snapshot().sales, window, Answer.DECISION, SlaGroup.WEEK)
    then = sla_of.restated(
        present.snapshot().sales,
        window,
        Answer.DECISION,
        whatif.promising(present.deployment().config.policy, Answer.DECISION, [60, 60]),
        SlaGroup.WEEK,
    )

    assert [(one.group, one.handoffs) for one in now] == [(one.group, one.handoffs) for one in then]
    assert all(one.met <= other.met for one, other in zip(then, now, strict=True))
