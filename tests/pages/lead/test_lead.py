"""The Lead page: found by words or by address, and everything it says adds up."""

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.app import leads
from lib.core.time import clock
from lib.ui.now import present
from tests.conftest import OpenPage

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
    assert heading.replace("\\", "") == "### *Eve* :gray[$x$ :red[y] at <b>B</b>]"
    assert r"\*Eve\*" in heading
    assert r"\<b\>" in heading
    assert r"\:red\[y\]" in heading
