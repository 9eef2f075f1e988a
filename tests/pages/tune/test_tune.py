"""The Tune page: what is moved is what is counted, and nothing anybody does there is lost."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from lib.__main__ import main
from lib.app import outlook
from lib.config.definition import read_definition
from lib.core.definition.criteria import ActivityMatch, Category, Definition, Per
from lib.core.definition.drafting import is_unnamed
from lib.core.definition.earning import hits_on
from lib.core.leads.history import lead_at
from lib.core.replay.preview import Move
from lib.core.time.window import Window
from lib.ui.frame.elements import rate
from lib.ui.now import present
from lib.ui.now.drafts import shared
from lib.ui.tune import movers, widgets
from tests.conftest import OpenPage
from tests.pages.conftest import CONFIG, THREE_LEADS, counted, figures, move, movers_of, press, shows

TUNE = "decide/tune.py"


@pytest.fixture
def tune(open_page: OpenPage, sample_database: Path) -> AppTest:
    """The page on 1,500 invented leads."""
    return open_page(TUNE, sample_database)


@pytest.fixture
def own_tune(open_page: OpenPage, database_copy: Path) -> AppTest:
    """The same, on a copy where drafts may be saved."""
    return open_page(TUNE, database_copy)


def draft_of(at: AppTest) -> Definition:
    draft: Definition = at.session_state["tuning"].draft
    return draft


def sentence(at: AppTest) -> str:
    return str(next(one.value for one in at.markdown if one.value.startswith("####")))


def texts(at: AppTest) -> str:
    return "\n".join(one.value for one in [*at.markdown, *at.caption, *at.warning, *at.error])


def toasts(at: AppTest) -> list[str]:
    return [one.value for one in at.toast]


# What it opens on


def test_an_empty_database_says_what_is_missing_and_how_to_mend_it(open_page: OpenPage, empty_database: Path) -> None:
    at = open_page(TUNE, empty_database)

    assert not at.exception
    assert "There are no leads yet" in texts(at)
    assert "import" in texts(at)
    assert not at.metric


def test_the_page_opens_on_the_agreed_definition_where_nobody_changes_sides(tune: AppTest) -> None:
    assert not tune.exception
    assert shows(tune, counted(present.snapshot().definition))
    assert (figures(tune).gained, figures(tune).lost) == (0, 0)
    assert figures(tune).in_window == figures(tune).agreed > 100
    assert "the same leads as the agreed definition" in sentence(tune)


def test_three_leads_are_enough_to_tune(open_page: OpenPage, tiny_database: Path) -> None:
    at = open_page(TUNE, tiny_database, **{"from": "2026-03-02", "to": "2026-03-23"})

    assert figures(at).in_window == 1
    assert move(at, "threshold", 40).in_window == 1
    assert move(at, "threshold", 85).in_window == 0
    assert move(at, "threshold", 1).in_window == 2


# Moving


@pytest.mark.parametrize("threshold", [1, 45, 59, 61, 100, 130])
def test_moving_the_threshold_shows_what_a_replay_at_it_counts(tune: AppTest, threshold: int) -> None:
    move(tune, "threshold", threshold)

    assert draft_of(tune) == present.snapshot().definition.with_threshold(threshold)
    assert shows(tune, counted(draft_of(tune)))
    assert f"At **{threshold} points**" in sentence(tune)


@pytest.mark.parametrize(
    ("criterion", "points"), [("decides", 0), ("demo", 50), ("webinar_registered", 3), ("free_mail", -50)]
)
def test_moving_a_criterions_slider_shows_what_a_replay_with_its_points_counts(
    tune: AppTest, criterion: str, points: int
) -> None:
    before = figures(tune)

    after = move(tune, f"points:{criterion}", points)

    assert draft_of(tune) == present.snapshot().definition.with_points(criterion, points)
    assert shows(tune, counted(draft_of(tune)))
    assert after != before


def test_points_can_be_typed_and_the_slider_follows(tune: AppTest) -> None:
    tune.session_state["more:demo"] = True
    tune.run()

    tune.number_input(key="typed:demo").set_value(77).run()

    assert not tune.exception
    assert tune.slider(key="points:demo").value == 77
    assert draft_of(tune).criterion("demo").points == 77
    assert shows(tune, counted(draft_of(tune)))


@pytest.mark.parametrize(
    ("key", "value", "changed"),
    [
        ("cap:profile", 20, lambda d: d.with_cap(Category.PROFILE, 20)),
        ("cap:actions", None, lambda d: d.with_cap(Category.ACTIONS, None)),
        ("cap:channel", 0, lambda d: d.with_cap(Category.CHANNEL, 0)),
        ("half_life", 7.0, lambda d: d.with_half_life(7.0)),
        ("half_life", None, lambda d: d.with_half_life(None)),
        ("minimum:profile", 30.0, lambda d: d.with_minimum(Category.PROFILE, 30.0)),
        ("minimum:undesirables", -10.0, lambda d: d.with_minimum(Category.UNDESIRABLES, -10.0)),
    ],
    ids=["cap", "no cap", "cap of nothing", "half-life", "no half-life", "minimum", "negative minimum"],
)
def test_caps_half_life_and_minimums_count_as_a_replay_with_them_does(
    tune: AppTest, key: str, value: float | None, changed: Any
) -> None:
    before = figures(tune)

    tune.number_input(key=key).set_value(value).run()

    assert not tune.exception
    assert draft_of(tune) == changed(present.snapshot().definition)
    assert shows(tune, counted(draft_of(tune)))
    assert figures(tune) != before


def test_everything_at_once_still_counts_as_a_replay_does(tune: AppTest) -> None:
    move(tune, "points:demo", 12)
    move(tune, "threshold", 48)
    tune.number_input(key="half_life").set_value(12.0).run()
    move(tune, "points:free_mail", -2)

    assert shows(tune, counted(draft_of(tune)))
    assert draft_of(tune).threshold == 48
    assert figures(tune).gained > 0


# Criteria


def test_a_criterion_switched_off_counts_for_nothing_until_it_is_switched_on(tune: AppTest) -> None:
    agreed = figures(tune)
    tune.session_state["more:demo"] = True
    tune.run()

    press(tune, "switch:demo")

    assert draft_of(tune).criterion("demo").off
    assert shows(tune, counted(present.snapshot().definition.without_criterion("demo")))
    assert "~~Asked for a demo~~" in texts(tune)
    assert figures(tune).lost > 0
    press(tune, "switch:demo")
    assert figures(tune) == agreed


def test_a_criterion_removed_is_gone_and_undo_brings_it_back(tune: AppTest) -> None:
    tune.session_state["more:demo"] = True
    tune.run()

    press(tune, "remove:demo")

    assert shows(tune, counted(present.snapshot().definition.without_criterion("demo")))
    assert any("Removed “Asked for a demo”" in toast for toast in toasts(tune))
    press(tune, "undo")
    assert draft_of(tune) == present.snapshot().definition
    assert tune.slider(key="points:demo").value == 30


def test_each_criterion_says_how_many_leads_ever_earn_it(tune: AppTest) -> None:
    history, demo = present.snapshot().leads.history, present.snapshot().definition.criterion("demo")

    earn_it = sum(bool(hits_on(demo, lead_at(history, row))) for row in range(history.leads))

    assert f"[{earn_it:,} leads]" in tune.slider(key="points:demo").label
    assert earn_it > 50


def in_dialog(at: AppTest, asked: tuple[Category, object]) -> None:
    """Have the criterion's dialog drawn again in the next run, as the browser keeps it open."""
    at.session_state["editing"] = asked
    at.session_state["editing_round"] = at.session_state["editing_round"] - 1


def test_a_criterion_is_added_from_what_the_data_hold(tune: AppTest) -> None:
    asked = (Category.PROFILE, None)
    press(tune, "add:profile")
    tune.text_input(key="edit:1:label").set_value("Knows logistics")
    tune.number_input(key="edit:1:points").set_value(25)
    tune.selectbox(key="edit:1:field:0").select("industry")
    in_dialog(tune, asked)
    tune.run()
    tune.multiselect(key="edit:1:value:0:industry:is").select("Logistics")
    in_dialog(tune, asked)
    tune.run()
    touched = next(
        re.search(r"\*\*([\d,]+)\*\* of", one.value) for one in tune.markdown if "leads earn it" in one.value
    )
    in_dialog(tune, asked)

    press(tune, "Add to the draft")

    added = draft_of(tune).criterion("knows_logistics")
    assert (added.label, added.points, added.category) == ("Knows logistics", 25, Category.PROFILE)
    assert touched is not None
    assert int(touched[1].replace(",", "")) == present.snapshot().leads.index.leads_touched(added) > 0
    assert shows(tune, counted(draft_of(tune)))
    assert figures(tune).gained > 0
    tune.run()
    assert tune.slider(key="points:knows_logistics").value == 25


def test_the_choices_of_a_field_that_allows_several_are_offered_one_by_one(
    open_page: OpenPage, database_copy: Path
) -> None:
    with duckdb.connect(str(database_copy)) as made:
        made.execute("update lead set industry = 'Retail; ' || industry")
    asked = (Category.PROFILE, None)
    at = open_page(TUNE, database_copy)
    press(at, "add:profile")
    at.selectbox(key="edit:1:field:0").select("industry")
    in_dialog(at, asked)
    at.run()
    at.selectbox(key="edit:1:operator:0:industry").select("has_item")
    in_dialog(at, asked)
    at.run()

    offered = at.multiselect(key="edit:1:value:0:industry:has_item").options

    assert {"Retail", "Logistics"} <= set(offered)
    assert not [one for one in offered if ";" in one]


def test_a_criterion_is_edited_and_keeps_its_place(tune: AppTest) -> None:
    order = [criterion.id for criterion in draft_of(tune).criteria]
    asked = (Category.ACTIONS, draft_of(tune).criterion("demo"))
    tune.session_state["more:demo"] = True
    tune.run()
    press(tune, "edit:demo")
    tune.number_input(key="edit:1:limit").set_value(3)
    tune.number_input(key="edit:1:points").set_value(5)
    in_dialog(tune, asked)
    tune.run()
    in_dialog(tune, asked)

    press(tune, "Change the draft")

    edited = draft_of(tune).criterion("demo")
    assert (edited.points, edited.match.limit) == (5, 3)
    assert [criterion.id for criterion in draft_of(tune).criteria] == order
    assert shows(tune, counted(draft_of(tune)))


def test_who_rests_on_fields_without_a_history_and_whose_changed_since_is_said(
    open_page: OpenPage, database_with_histories: Path
) -> None:
    at = open_page(TUNE, database_with_histories, **{"from": "2026-03-02", "to": "2026-03-23", "threshold": "50"})

    said = texts(at).replace("\\", "")
    assert (
        "1 of 1 lead reaches the threshold only by fields without a history (channel, company, email, 2 more)" in said
    )
    assert "changed after they would be handed over in 1 of 1 lead: it counts as it was then" in said


def test_what_machines_did_is_said_until_it_is_left_out(
    open_page: OpenPage, tiny_database: Path, tmp_path: Path
) -> None:
    clicks = [f"dan,2026-03-18T09:00:0{n}Z,email_click,link {n}" for n in range(4)]
    header, ada, *_ = THREE_LEADS.splitlines()
    for kind, rows in (
        ("lead", [header, ada.replace("ada,", "dan,").replace("ada@", "dan@")]),
        ("activity", ["lead_id,occurred_at,kind,subject", *clicks]),
    ):
        file = tmp_path / f"{kind}.csv"
        file.write_text("\n".join([*rows, ""]))
        assert main(["import", str(file), "--as", kind, "--db", str(tiny_database), "--config", CONFIG]) == 0
    at = open_page(TUNE, tiny_database, **{"from": "2026-03-02", "to": "2026-03-23"})
    asked: tuple[Category, object] = (Category.ACTIONS, None)
    press(at, "add:actions")
    at.text_input(key="edit:1:label").set_value("Clicked")
    at.number_input(key="edit:1:points").set_value(15)
    at.multiselect(key="edit:1:kinds:each").select("email_click")
    in_dialog(at, asked)
    at.run()
    in_dialog(at, asked)
    press(at, "Add to the draft")

    assert "**0.3 of 0.7 MQLs a week** lean on clicks" in texts(at)

    asked = (Category.ACTIONS, draft_of(at).criterion("clicked"))
    at.session_state["more:clicked"] = True
    at.run()
    press(at, "edit:clicked")
    at.number_input(key="edit:2:limit").set_value(2)
    in_dialog(at, asked)
    at.run()
    at.segmented_control(key="edit:2:per").set_value(Per.DAY)
    at.toggle(key="edit:2:human").set_value(True)
    in_dialog(at, asked)
    at.run()
    in_dialog(at, asked)
    press(at, "Change the draft")

    match = draft_of(at).criterion("clicked").match
    assert isinstance(match, ActivityMatch)
    assert (match.limit, match.per, match.human) == (2, Per.DAY, True)
    assert "lean on clicks" not in texts(at)


def test_what_cannot_mean_anything_yet_is_said_and_not_taken(tune: AppTest) -> None:
    asked = (Category.PROFILE, None)
    press(tune, "add:profile")
    tune.text_input(key="edit:1:label").set_value("Broken")
    tune.selectbox(key="edit:1:operator:0:title").select("matches")
    in_dialog(tune, asked)
    tune.run()
    tune.text_input(key="edit:1:value:0:title:matches").set_value("(unclosed")
    in_dialog(tune, asked)
    tune.run()

    assert not tune.exception
    assert "This cannot mean anything yet" in tune.error[0].value
    assert "Add to the draft" not in [button.label for button in tune.button]
    assert draft_of(tune) == present.snapshot().definition


def test_a_minimum_goes_with_the_last_criterion_of_its_category(own_tune: AppTest) -> None:
    own_tune.number_input(key="minimum:channel").set_value(5.0).run()
    for criterion in ("inbound", "met_at_event"):
        own_tune.session_state[f"more:{criterion}"] = True
        own_tune.run()
        press(own_tune, f"remove:{criterion}")

    save(own_tune, "no channel")

    # A minimum of a category without criteria is refused: such a draft could never be opened again.
    saved = shared().newest("no channel")
    assert saved is not None
    assert saved.definition == draft_of(own_tune) == read_definition(saved.text, "no channel")
    assert saved.definition.minimum(Category.CHANNEL) is None


# YAML


def with_text_dialog(at: AppTest) -> None:
    """Have the text's dialog drawn again in the next run, as the browser keeps it open."""
    at.session_state["editing_text"] = True


def take_text(at: AppTest, text: str) -> None:
    press(at, "as-yaml")
    at.text_area(key="yaml-text").set_value(text)
    with_text_dialog(at)
    press(at, "Take this as the draft")


def test_the_draft_can_be_edited_as_yaml(tune: AppTest) -> None:
    press(tune, "as-yaml")
    text = tune.text_area(key="yaml-text").value

    take_text(tune, text.replace("threshold: 60", "threshold: 52").replace("half_life_days: 30", "half_life_days: 45"))

    assert draft_of(tune) == present.snapshot().definition.with_threshold(52).with_half_life(45.0)
    assert shows(tune, counted(draft_of(tune)))
    tune.run()
    assert tune.slider(key="threshold").value == 52


def test_a_faulty_yaml_is_shown_with_its_line_and_the_draft_stays(tune: AppTest) -> None:
    press(tune, "as-yaml")
    lines = tune.text_area(key="yaml-text").value.splitlines()
    faulty = next(number for number, line in enumerate(lines, start=1) if "Asked for a demo" in line)
    lines[faulty - 1] = lines[faulty - 1].replace("points: 30", "points: -30")

    take_text(tune, "\n".join(lines))

    assert f"line {faulty}:" in tune.error[0].value
    assert "The draft was not changed" in tune.error[0].value
    assert [one.value for one in tune.code] == [f"{faulty:>4}  {lines[faulty - 1]}"]
    assert draft_of(tune) == present.snapshot().definition


def test_a_half_life_of_hours_can_be_shown_and_typed(tune: AppTest) -> None:
    press(tune, "as-yaml")
    text = tune.text_area(key="yaml-text").value

    take_text(tune, text.replace("half_life_days: 30", "half_life_days: 0.5"))
    tune.run()

    assert not tune.exception
    assert tune.number_input(key="half_life").value == 0.5
    assert shows(tune, counted(draft_of(tune)))


# Undo, back to agreed


def test_undo_takes_back_one_change_after_another(tune: AppTest) -> None:
    agreed = figures(tune)
    after_first = move(tune, "threshold", 50)
    move(tune, "points:demo", 5)
    tune.number_input(key="cap:actions").set_value(30).run()

    press(tune, "undo")
    press(tune, "undo")

    assert figures(tune) == after_first
    assert tune.slider(key="points:demo").value == 30
    press(tune, "undo")
    assert figures(tune) == agreed
    assert tune.slider(key="threshold").value == 60


def test_a_browser_that_has_not_heard_of_an_undo_moves_nothing_back_by_the_next_one(
    tune: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(widgets, "ECHO_SECONDS", 0)  # However slow the line is.
    move(tune, "points:demo", 5)
    move(tune, "threshold", 59)
    press(tune, "undo")

    # With each click the browser says what it shows.
    tune.slider(key="threshold").set_value(59)
    press(tune, "undo")
    tune.run()

    assert draft_of(tune).threshold == 60
    assert draft_of(tune) == present.snapshot().definition


def test_what_no_run_has_drawn_yet_no_browser_has_heard_of_however_long_ago_it_was_written(
    tune: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(widgets, "ECHO_SECONDS", 0)
    move(tune, "threshold", 58)
    with monkeypatch.context() as overtaken:
        overtaken.setattr(widgets, "drawn", lambda: None)
        press(tune, "undo")

    move(tune, "threshold", 58)

    assert draft_of(tune) == present.snapshot().definition


def test_what_was_drawn_long_ago_may_be_moved_back(tune: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(widgets, "ECHO_SECONDS", 0)
    move(tune, "threshold", 59)
    press(tune, "undo")

    move(tune, "threshold", 59)

    assert draft_of(tune).threshold == 59


def test_nothing_to_undo_is_said(tune: AppTest) -> None:
    press(tune, "undo")

    assert toasts(tune) == ["There is nothing of yours to undo."]
    assert draft_of(tune) == present.snapshot().definition


def test_back_to_agreed_makes_the_draft_the_agreed_one_and_can_be_undone(tune: AppTest) -> None:
    agreed = figures(tune)
    moved = move(tune, "points:demo", 5)

    press(tune, "back")

    assert figures(tune) == agreed
    assert tune.slider(key="points:demo").value == 30
    press(tune, "undo")
    assert figures(tune) == moved


# Saved drafts and addresses


def save(at: AppTest, name: str) -> None:
    next(one for one in at.text_input if one.label == "Name of the draft").set_value(name)
    press(at, "Save the draft")


def test_a_draft_is_saved_under_a_name_and_reopened_by_its_address(
    own_tune: AppTest, open_page: OpenPage, database_copy: Path
) -> None:
    move(own_tune, "points:demo", 7)
    save(own_tune, "less: demo & more?")
    saved, shown, address = draft_of(own_tune), figures(own_tune), dict(own_tune.query_params)

    present.deployment().database.close()
    reopened = open_page(TUNE, database_copy, **address)

    assert address["draft"] == "less: demo & more?"
    assert (draft_of(reopened), figures(reopened)) == (saved, shown)
    assert reopened.selectbox(key="draft-name").value == "less: demo & more?"


def test_an_address_carries_a_threshold_and_a_window_of_its_own(
    own_tune: AppTest, open_page: OpenPage, database_copy: Path
) -> None:
    save(own_tune, "base")
    present.deployment().database.close()

    at = open_page(
        TUNE, database_copy, **{"draft": "base", "threshold": "47", "from": "2026-03-02", "to": "2026-04-06"}
    )

    assert draft_of(at).threshold == 47
    assert shows(at, counted(draft_of(at), Window(date(2026, 3, 2), date(2026, 4, 6), "Europe/Madrid")))
    assert at.slider(key="threshold").value == 47
    press(at, "undo")
    assert draft_of(at).threshold == 60


def test_the_address_follows_what_is_tuned(tune: AppTest) -> None:
    window = present.snapshot().default_window

    move(tune, "threshold", 44)

    begun = tune.session_state["tuning"].name
    assert begun.startswith("Draft of ")
    expected = {"draft": begun, "from": window.start.isoformat(), "to": window.end.isoformat()}
    assert dict(tune.query_params) == expected


@pytest.mark.parametrize(
    "address",
    [
        {"draft": "never saved"},
        {"threshold": "high"},
        {"threshold": "0"},
        {"from": "2026-05-04", "to": "soon"},
        {"from": "2026-05-04", "to": "2026-05-04"},
        {"from": "2026-05-04"},
    ],
    ids=str,
)
def test_an_address_that_means_nothing_says_so_and_opens_what_is_agreed(
    open_page: OpenPage, sample_database: Path, address: dict[str, str]
) -> None:
    at = open_page(TUNE, sample_database, **address)

    assert not at.exception
    assert len(at.warning) == 1
    assert next(iter(address.values())) in at.warning[0].value.replace("\\", "")
    assert draft_of(at) == present.snapshot().definition
    assert shows(at, counted(present.snapshot().definition))
    at.run()
    assert not at.warning


def test_a_draft_opened_from_the_list_replaces_the_one_being_tuned(own_tune: AppTest) -> None:
    move(own_tune, "threshold", 40)
    save(own_tune, "low")
    low = figures(own_tune)

    own_tune.selectbox(key="draft-name").select("Agreed definition").run()

    assert draft_of(own_tune) == present.snapshot().definition
    own_tune.selectbox(key="draft-name").select("low").run()
    assert figures(own_tune) == low
    assert own_tune.slider(key="threshold").value == 40


def test_a_change_of_a_draft_is_kept_at_once_and_does_not_double_it(own_tune: AppTest) -> None:
    move(own_tune, "threshold", 40)
    save(own_tune, "low")
    move(own_tune, "threshold", 41)

    press(own_tune, "Rename")

    newest = shared().newest("low")
    assert newest is not None
    assert (shared().names(), newest.definition) == (["low"], draft_of(own_tune))
    assert draft_of(own_tune).threshold == 41


def test_a_deleted_draft_is_gone_and_the_agreed_one_is_shown(own_tune: AppTest) -> None:
    move(own_tune, "threshold", 40)
    save(own_tune, "low")

    press(own_tune, "delete")

    assert shared().names() == []
    own_tune.run()
    assert draft_of(own_tune) == present.snapshot().definition
    assert own_tune.selectbox(key="draft-name").options == ["Agreed definition"]


@pytest.mark.parametrize("name", ["", "   ", "Agreed definition", " agreed Definition "])
def test_a_name_that_is_none_or_taken_is_refused(own_tune: AppTest, name: str) -> None:
    move(own_tune, "threshold", 40)

    save(own_tune, name)

    assert "Nothing was saved" in own_tune.error[0].value
    assert all(is_unnamed(kept) for kept in shared().names())


# The window


def test_another_window_counts_its_own_weeks(tune: AppTest) -> None:
    end = present.snapshot().default_window.end

    press(tune, "weeks:4")

    assert shows(tune, counted(present.snapshot().definition, Window(end - timedelta(weeks=4), end, "Europe/Madrid")))
    assert tune.query_params["from"] == (end - timedelta(weeks=4)).isoformat()


def test_any_days_can_be_looked_at_the_last_one_included(tune: AppTest) -> None:
    tune.date_input[0].set_value((date(2026, 2, 3), date(2026, 3, 11)))

    press(tune, "Show these days")

    assert shows(
        tune, counted(present.snapshot().definition, Window(date(2026, 2, 3), date(2026, 3, 12), "Europe/Madrid"))
    )
    assert (tune.query_params["from"], tune.query_params["to"]) == ("2026-02-03", "2026-03-12")


# Who changes sides


def test_the_movers_are_those_the_core_names_each_with_a_link_and_a_reason(tune: AppTest) -> None:
    move(tune, "points:webinar_registered", 0)
    lost = tune.segmented_control(key="which-movers")
    expected = movers_of(draft_of(tune), Move.LOST)

    lost.set_value(Move.LOST).run()

    shown = next(one.value for one in tune.dataframe if "because" in one.value)
    draft = quote(tune.session_state["tuning"].name, safe="")
    assert list(shown["page"]) == [f"/lead?draft={draft}&id={lead_id}" for lead_id in expected[:200]]
    assert len(expected) == counted(draft_of(tune)).lost > 0
    assert (shown["because"] == "Registered for a webinar").mean() > 0.9


def test_the_movers_say_what_sales_made_of_each_and_of_all_of_them(tune: AppTest) -> None:
    move(tune, "threshold", 75)
    tune.segmented_control(key="which-movers").set_value(Move.LOST).run()
    snapshot, draft, window = present.snapshot(), draft_of(tune), present.snapshot().default_window

    missed, worth = outlook.missed(snapshot, draft, window), outlook.worth_of(snapshot, draft, window, Move.LOST)
    shown = next(one.value for one in tune.dataframe if "because" in one.value)

    became = outlook.made(snapshot, window)
    ids = snapshot.leads.history.lead_id.to_pylist()
    rows = [ids.index(page.rpartition("id=")[2]) for page in shown["page"]]
    assert shown["sales"].tolist() == [movers.SALES_WORDS[became.furthest[row]] for row in rows]
    assert (shown["worth"] != "").tolist() == [bool(became.won_amount[row]) for row in rows]
    assert missed.missed.accepted > 0
    assert movers.missed_in_words(missed, snapshot.handoffs.currency) in texts(tune)
    assert f"{missed.missed.accepted:,} of {missed.of_all.accepted:,} leads that sales accepted" in texts(tune)
    assert f"Of the {counted(draft).lost:,} lost: sales accepted {worth.accepted:,}" in texts(tune)


def test_how_many_come_again_is_said_with_the_volume(tune: AppTest) -> None:
    volume = counted(draft_of(tune))

    assert volume.again > 0
    weeks = present.snapshot().default_window.length_weeks
    assert f"MQLs a week**, {rate(volume.again / weeks)} of them again" in sentence(tune)
    assert f"In the window {volume.qualified:,} qualified and {volume.again:,} again." in texts(tune)


def test_customers_are_switched_on_in_the_draft_and_off_by_undo(tune: AppTest) -> None:
    before = figures(tune)

    tune.toggle(key=widgets.CUSTOMERS).set_value(True).run()
    switched, after = draft_of(tune).customers, figures(tune)
    press(tune, "undo")

    assert switched
    assert after.in_window >= before.in_window
    assert not draft_of(tune).customers
    assert not tune.toggle(key=widgets.CUSTOMERS).value


def test_who_is_kept_is_gained_and_is_lost_are_counted_beside_their_names(tune: AppTest) -> None:
    move(tune, "points:free_mail", 0)
    volume = counted(draft_of(tune))

    options = tune.segmented_control(key="which-movers").options

    assert options == [f"gained {volume.gained:,}", f"lost {volume.lost:,}", f"kept {volume.kept:,}"]


def test_nobody_gained_is_said_in_words(tune: AppTest) -> None:
    assert "No lead is handed over only under the draft." in texts(tune)


# The charts


def test_every_chart_says_its_finding_with_the_figures_of_the_draft(tune: AppTest) -> None:
    move(tune, "threshold", 50)
    volume = counted(draft_of(tune))

    alternatives = [chart.proto.alt for chart in tune.get("plotly_chart")]

    assert len(alternatives) >= 3
    assert all(alternatives)
    assert f"would have handed over {volume.mqls:,} MQLs" in alternatives[0]
    assert f"At 50 the draft brings {volume.mqls:,} MQLs" in alternatives[1]


def test_a_control_whose_first_run_was_overtaken_begins_with_the_draft_and_not_at_its_lowest(
    open_page: OpenPage, sample_database: Path
) -> None:
    at = open_page(TUNE, sample_database)

    at.run()

    # What the browser begins with, where the run that wrote the value never reached it.
    draft = draft_of(at)
    assert list(at.slider(key="threshold").proto.default) == [draft.threshold]
    points = {one.id: one.points for one in draft.criteria if not (one.off or one.disqualify)}
    assert {name: at.slider(key=f"points:{name}").proto.default[0] for name in points} == points
