"""What invented leads do comes in an order that makes sense."""

import numpy as np
import pandas as pd

from tests.sample.conftest import Year


def preceded(activities: pd.DataFrame, later: str, earlier: str, *, same: list[str]) -> pd.Series:
    """For each activity of kind `later`, is there one of kind `earlier` before it that shares `same`?"""
    firsts = activities[activities["kind"] == earlier].groupby(same)["occurred_at"].min().rename("first")
    lasts = activities[activities["kind"] == later].join(firsts, on=same)
    return lasts["first"] < lasts["occurred_at"]


def test_activities_are_by_lead_and_instant(activities: pd.DataFrame) -> None:
    order = activities.sort_values(["lead_id", "occurred_at", "activity_id"]).index

    assert order.is_monotonic_increasing


def test_a_webinar_is_attended_only_after_registering_for_it(activities: pd.DataFrame) -> None:
    assert preceded(activities, "webinar_attended", "webinar_registered", same=["lead_id", "subject"]).all()


def test_a_mail_is_opened_before_it_is_clicked(activities: pd.DataFrame) -> None:
    assert preceded(activities, "email_click", "email_open", same=["lead_id", "subject"]).all()


def test_a_guide_is_downloaded_after_its_form(activities: pd.DataFrame) -> None:
    assert preceded(activities, "download", "form_submit", same=["lead_id"]).all()


def test_a_demo_call_comes_after_asking_for_one(activities: pd.DataFrame) -> None:
    relevant = activities[activities["subject"].isin(["demo", "Demo call"])]

    assert (relevant["kind"] == "conversation").sum() > 500
    assert preceded(relevant, "conversation", "form_submit", same=["lead_id"]).all()


def test_nobody_asks_for_a_demo_twice(activities: pd.DataFrame) -> None:
    demos = activities[(activities["kind"] == "form_submit") & (activities["subject"] == "demo")]

    assert not demos["lead_id"].duplicated().any()


def test_nobody_attends_two_webinars_at_once(activities: pd.DataFrame) -> None:
    attended = activities[activities["kind"] == "webinar_attended"]

    assert not attended.assign(day=attended["occurred_at"].dt.floor("D")).duplicated(["lead_id", "day"]).any()


def test_unsubscribing_is_about_the_last_thing_one_does(activities: pd.DataFrame) -> None:
    left = activities[activities["kind"] == "unsubscribe"].set_index("lead_id")["occurred_at"]
    later = activities[activities["occurred_at"] > activities["lead_id"].map(left)]

    assert not left.index.duplicated().any()
    assert set(later["kind"]) <= {"webinar_attended", "conversation"}


def test_before_they_are_known_people_only_look(activities: pd.DataFrame) -> None:
    before = activities[activities["occurred_at"] < activities["created_at"]]

    assert set(before["kind"]) == {"page_view"}
    assert 0.02 < len(before) / len(activities) < 0.2


def test_every_lead_arrives_by_something_it_did(activities: pd.DataFrame, year: Year) -> None:
    arrived = activities[activities["occurred_at"] == activities["created_at"]]

    assert arrived["lead_id"].nunique() == year.tables["lead"].num_rows
    assert {"form_submit", "webinar_registered", "event_attended", "conversation"} <= set(arrived["kind"])


def test_those_met_at_an_event_attended_that_event(activities: pd.DataFrame, year: Year) -> None:
    met = year.tables["lead"].to_pandas().query("channel == 'event'").set_index("lead_id")["source"].dropna()
    arrived = activities[
        (activities["occurred_at"] == activities["created_at"]) & (activities["kind"] == "event_attended")
    ]

    subjects = arrived.set_index("lead_id")["subject"]

    assert (subjects.loc[met.index] == met).all()


def test_minutes_are_known_where_one_stays_and_nowhere_else(activities: pd.DataFrame) -> None:
    stays = activities["kind"].isin(["webinar_attended", "conversation"])

    assert np.array_equal(activities["amount"].notna(), stays)
    assert activities["amount"].min() > 0
