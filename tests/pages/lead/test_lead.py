"""The Lead page: found by words or by address, and everything it says adds up."""

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.__main__ import main
from lib.app import leads
from lib.core.time import clock
from lib.ui.now import present
from tests.conftest import ROOT, OpenPage
from tests.pages.conftest import CONFIG

LEAD, TUNE = "work/lead.py", "decide/tune.py"


def texts(at: AppTest) -> str:
    return "\n".join(one.value for one in [*at.markdown, *at.caption, *at.warning, *at.error])


def warning(at: AppTest) -> str:
    return str(at.warning[0].value).replace("\\", "")


def found(at: AppTest) -> Any:
    """The leads the search offers."""
    return next(one.value for one in at.dataframe if "E-mail" in one.value)


def a_qualified_lead() -> str:
    """An id of the sample's that qualifies under the agreed definition and did several things."""
    for lead_id in present.snapshot().leads.history.lead_id.to_pylist():
        lead = leads.lead(present.snapshot().leads, lead_id)
        assert lead is not None
        if (
            len(lead.activities) > 4
            and leads.explanation(present.snapshot(), present.snapshot().definition, lead).qualification
        ):
            return str(lead_id)
    raise AssertionError("nobody qualifies")


def test_an_empty_database_says_what_is_missing_and_how_to_mend_it(open_page: OpenPage, empty_database: Path) -> None:
    at = open_page(LEAD, empty_database)

    assert not at.exception
    assert "There are no leads yet" in texts(at)
    assert not at.text_input


def test_without_a_lead_in_the_address_the_newest_are_offered(open_page: OpenPage, tiny_database: Path) -> None:
    at = open_page(LEAD, tiny_database)

    assert not at.exception
    assert list(found(at)["Name"]) == ["Cy Twombly", "Bo Diddley", "Ada Lovelace"]
    assert "The newest leads" in texts(at)


@pytest.mark.parametrize("words", ["lovelace", "ENGINE", "ada@engine", "love ada", "  director "])
def test_a_lead_is_found_by_words_of_its_name_company_title_or_address(
    open_page: OpenPage, tiny_database: Path, words: str
) -> None:
    at = open_page(LEAD, tiny_database)

    at.text_input(key="lead-words").set_value(words).run()

    assert list(found(at)["Name"]) == ["Ada Lovelace"]
    assert "1 found" in texts(at)


def test_words_that_nobody_has_are_said_as_they_were_typed(open_page: OpenPage, tiny_database: Path) -> None:
    at = open_page(LEAD, tiny_database)

    at.text_input(key="lead-words").set_value("*no*body_").run()

    assert not at.exception
    assert not at.dataframe
    assert "“*no*body_”" in texts(at).replace("\\", "")


def test_an_address_opens_its_lead_with_the_verdict(open_page: OpenPage, tiny_database: Path) -> None:
    at = open_page(LEAD, tiny_database, id="ada")

    assert not at.exception
    assert "### Ada Lovelace :gray[Director at Engine]" in texts(at)
    assert "Qualified on **4 Mar 2026** at 13:00 with 75 points" in texts(at)


def test_what_was_known_when_is_listed_with_what_each_change_did_to_the_score(
    open_page: OpenPage, database_with_histories: Path
) -> None:
    at = open_page(LEAD, database_with_histories, id="ada")

    history = next(one.value for one in at.dataframe if "Became" in one.value)
    assert history[["Field", "Was", "Became", "Score", "Dated by"]].values.tolist() == [
        ["employees", "250", "300", "", "its source"],
        ["title", "Clerk", "Director", "+ Director or above", "its source"],
        ["title", "", "Clerk", "", "its source"],
    ]
    # A clerk who came to us from a company of 300 and asked for a demo has 55 points: too few until the title came.
    assert "Qualified on **10 Mar 2026** at 11:00 with 71 points" in texts(at)


def test_a_lead_of_which_no_change_is_known_has_no_history(open_page: OpenPage, tiny_database: Path) -> None:
    at = open_page(LEAD, tiny_database, id="ada")

    assert "What was known when" not in texts(at)


def test_a_lead_that_has_not_qualified_says_why_not(open_page: OpenPage, tiny_database: Path) -> None:
    at = open_page(LEAD, tiny_database, id="cy")

    said = texts(at)
    assert "Has not qualified" in said
    assert "the gate “not disqualified" in said
    assert "Works for a competitor" in said
    assert "points are missing" in said


def test_an_id_that_nobody_has_is_said_and_others_are_found_from_there(
    open_page: OpenPage, tiny_database: Path
) -> None:
    at = open_page(LEAD, tiny_database, id="no_such*id")

    assert not at.exception
    assert "no lead with the id no_such*id" in warning(at)
    at.text_input(key="lead-words").set_value("bo").run()
    assert list(found(at)["Name"]) == ["Bo Diddley"]


def test_the_points_explained_are_the_leads_score(open_page: OpenPage, sample_database: Path) -> None:
    at = open_page(LEAD, sample_database)
    lead_id = a_qualified_lead()
    at.query_params["id"] = lead_id

    at.run()

    lead = leads.lead(present.snapshot().leads, lead_id)
    assert lead is not None
    explained = leads.explanation(present.snapshot(), present.snapshot().definition, lead)
    table = at.table[0].value
    given = [float(points.replace(",", "")) for points in table["Points"]]
    assert list(table.index) == [*(label for label, _ in explained.rows()), "Total"]
    assert abs(sum(given[:-1]) - given[-1]) <= 0.005 * len(given)
    assert f"**{explained.score}** of {explained.threshold} points now" in texts(at)


def test_everything_the_lead_did_is_listed_with_the_points_it_earned(
    open_page: OpenPage, sample_database: Path
) -> None:
    at = open_page(LEAD, sample_database)
    lead_id = a_qualified_lead()
    at.query_params["id"] = lead_id

    at.run()

    lead = leads.lead(present.snapshot().leads, lead_id)
    assert lead is not None
    scored = leads.scored_activities(present.snapshot(), present.snapshot().definition, lead)
    shown = next(one.value for one in at.dataframe if "Earned" in one.value)
    assert list(shown["Points"]) == [one.points for one in scored]
    assert list(shown["What"]) == [one.activity.kind.replace("_", " ") for one in scored]
    instants = [clock.to_microseconds(when.to_pydatetime()) for when in shown["When"]]
    assert instants == sorted(instants, reverse=True) == [one.activity.at for one in scored]


def test_what_looks_like_a_machines_is_said_on_what_the_lead_did(
    open_page: OpenPage, tiny_database: Path, tmp_path: Path
) -> None:
    clicks = tmp_path / "clicks.csv"
    rows = [f"cy,2026-03-18T09:0{minute}:00Z,email_click,link {n}" for minute, n in ((0, 1), (0, 2), (0, 3), (5, 1))]
    clicks.write_text("\n".join(["lead_id,occurred_at,kind,subject", *rows, ""]))
    assert main(["import", str(clicks), "--as", "activity", "--db", str(tiny_database), "--config", CONFIG]) == 0

    at = open_page(LEAD, tiny_database, id="cy")

    shown = next(one.value for one in at.dataframe if "Earned" in one.value)
    assert list(shown["Earned"]) == ["", *["looks like a machine's"] * 3]


def test_the_course_marks_the_instant_of_qualification(open_page: OpenPage, sample_database: Path) -> None:
    at = open_page(LEAD, sample_database)
    lead_id = a_qualified_lead()
    at.query_params["id"] = lead_id

    at.run()

    charts = at.get("plotly_chart")
    assert len(charts) >= 3
    assert all(chart.proto.alt for chart in charts)
    assert "qualif" in charts[0].proto.alt.lower()
    assert json.loads(charts[0].proto.spec)["data"]


def test_a_draft_being_tuned_scores_the_lead_and_the_agreed_definition_is_one_click_away(
    open_page: OpenPage, tiny_database: Path
) -> None:
    at = open_page(TUNE, tiny_database)
    at.slider(key="threshold").set_value(85).run()
    at.switch_page(LEAD)
    at.query_params["id"] = "ada"
    at.run()

    assert not at.exception
    assert "of 85 points now" in texts(at)
    assert "Has not qualified" in texts(at)
    at.segmented_control(key="scored-under").set_value("agreed").run()
    assert "of 60 points now" in texts(at)
    assert "Qualified on" in texts(at)


def test_texts_of_the_data_are_shown_as_they_are(open_page: OpenPage, tiny_database: Path, tmp_path: Path) -> None:
    from lib.__main__ import main

    odd = tmp_path / "odd.csv"
    odd.write_text("lead_id,created_at,first_name,company,title\na/b?c=1&d #é,2026-03-01,*Eve*,<b>B</b>,$x$ :red[y]\n")
    assert main(["import", str(odd), "--as", "lead", "--db", str(tiny_database)]) == 0

    at = open_page(LEAD, tiny_database, id="a/b?c=1&d #é")

    assert not at.exception
    heading = next(one.value for one in at.markdown if one.value.startswith("###"))
    assert heading == r"### \*Eve\* :gray[\$x\$ \::small[]red\[y\] at \<b\>B\</b\>]"


# Its hand-offs


def brought(db: Path, case: str, source: str, *files: str) -> Path:
    """A database after files of a case were imported, one after another."""
    for name in files:
        path = str(ROOT / "tests" / "cases" / case / name)
        assert main(["import", path, "--source", source, "--db", str(db), "--config", CONFIG]) == 0
    return db


def steps(at: AppTest) -> list[str]:
    """The badges: each step with when it counts, or what the hand-off waits for."""
    return [one.value for one in at.markdown if "-badge[" in one.value]


def step_rows(at: AppTest) -> list[tuple[object, ...]]:
    return next([*one.value.itertuples(index=False, name=None)] for one in at.dataframe if "Said of it" in one.value)


def test_a_lead_that_was_never_handed_over_says_so(open_page: OpenPage, tiny_database: Path) -> None:
    at = open_page(LEAD, tiny_database, id="cy")

    assert "Never handed over" in texts(at)
    assert steps(at) == []


def test_a_step_that_nobody_stated_is_implied_and_says_by_what(open_page: OpenPage, empty_database: Path) -> None:
    brought(empty_database, "03-corrected-deal", "hubspot", "contacts.csv", "deals_april.csv")

    at = open_page(LEAD, empty_database, id="101")

    shown = [one for one in at.markdown if "implied ·" in one.value]
    assert [one.value.split("[")[1].split(" ·")[0] for one in shown] == ["Accepted, implied", "SQL, implied"]
    assert shown[0].help.startswith("Nobody stated “Accepted”. “Opportunity” on 20 Mar 2026, 11:00 implies it")
    assert [row[6] for row in step_rows(at) if "implied" in str(row[2])] == ["implied by “Opportunity”"] * 2
    assert [row[2] for row in step_rows(at)] == [
        "Handed over", "Accepted, implied", "SQL, implied", "Opportunity", "Won",
    ]  # fmt: skip


def test_a_corrected_amount_says_what_it_was_until_which_import(open_page: OpenPage, empty_database: Path) -> None:
    files = ("contacts.csv", "deals_april.csv", "deals_may.csv")
    brought(empty_database, "03-corrected-deal", "hubspot", *files)

    at = open_page(LEAD, empty_database, id="101")

    today = clock.from_microseconds(present.now()).astimezone(present.zone())
    was = f"was 1,000 until the import of {today.day} {today:%b %Y}, now 1,500"
    assert f":material/edit: Won on 10 Apr 2026, 12:00: {was}." in texts(at)
    assert step_rows(at)[-1][-1] == was
    assert "All as CSV" in [button.label for button in at.download_button]


def test_a_step_known_by_its_day_has_no_time(open_page: OpenPage, empty_database: Path) -> None:
    brought(empty_database, "02-same-day-date-only", "salesforce", "lead.csv", "opp.csv")

    at = open_page(LEAD, empty_database, id="00Q000000000001AAA")

    assert [row[1] for row in step_rows(at)] == [
        "3 Mar 2026, 10:15", "3 Mar 2026, by day", "3 Mar 2026, by day", "3 Mar 2026, 13:00", "3 Mar 2026, by day",
    ]  # fmt: skip
    assert any("SQL · 3 Mar 2026, by day" in one for one in steps(at))


def test_what_was_taken_back_says_by_whom_and_what_is_closed_that_nobody_decided(
    open_page: OpenPage, tiny_database: Path, tmp_path: Path
) -> None:
    events = tmp_path / "events.csv"
    events.write_text(
        "event_id,lead_id,occurred_at,kind,actor,reason,detail\n"
        "m,ada,2026-03-05T09:00:00Z,mql,,,\n"
        "r,ada,2026-03-06T09:00:00Z,rejected,Ben *B*,no_budget,\n"
        'x,ada,2026-03-06T10:00:00Z,retracted,Ann,,"{""event_id"": ""r""}"\n'
        "l,ada,2026-03-07T09:00:00Z,lost,,,\n"
    )
    arguments = ["--as", "handoff_event", "--db", str(tiny_database), "--config", CONFIG]
    assert main(["import", str(events), *arguments]) == 0

    at = open_page(LEAD, tiny_database, id="ada")

    assert not at.exception
    assert (
        ":material/undo: Rejected on 6 Mar 2026, 10:00: taken back by Ann on 6 Mar 2026, 11:00, and counts no more."
        in texts(at)
    )
    assert [row[2] for row in step_rows(at)] == ["Handed over", "Rejected", "Lost"]
    assert not any("Rejected" in one for one in steps(at))
    assert "Closed undecided" in steps(at)[-1]
