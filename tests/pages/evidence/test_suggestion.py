"""The suggestion on the Evidence page: asked for within constraints, judged, and one click from the draft."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.core.suggestion.suggestion import Suggestion
from lib.ui.frame.jobs import Job
from tests.conftest import OpenPage
from tests.pages.conftest import press

EVIDENCE = "decide/evidence.py"


def suggested(at: AppTest) -> AppTest:
    next(one for one in at.button if one.label == "Suggest").click().run()
    job: Job[Suggestion] = at.session_state["job:suggestion"]
    job.result(60)
    return at.run()


@pytest.fixture
def evidence(open_page: OpenPage, larger_sample: Path) -> AppTest:
    at = open_page(EVIDENCE, larger_sample)
    while "job:evidence" in at.session_state:
        at.session_state["job:evidence"].result(60)
        at.run()
    return at


def texts(at: AppTest) -> str:
    said = "\n".join(one.value for one in [*at.markdown, *at.caption, *at.error])
    return said.replace("\\", "")


def test_a_suggestion_is_one_click_from_the_draft(evidence: AppTest) -> None:
    at = suggested(evidence)

    assert not at.exception
    said = texts(at)
    assert "Better out of time. At " in said
    assert " MQLs a week of either, sales would accept " in said
    compared = next(one.value for one in at.dataframe if "suggestion" in one.value.columns)
    assert any(what.startswith("… at ") for what in compared["what"])
    assert "Out of time: better at " in said
    assert "Registered for a webinar: 15 →" in texts(at)

    press(at, "take-suggestion")

    draft = at.session_state["tuning"].draft
    assert draft.criterion("webinar_registered").points < 15
    assert not at.exception


def test_what_is_kept_keeps_its_points(evidence: AppTest) -> None:
    evidence.multiselect(key="suggestion-frozen").set_value(["webinar_registered"])
    evidence.number_input(key="suggestion-changes").set_value(1)

    at = suggested(evidence)

    found: Suggestion = at.session_state["job:suggestion"].result()
    assert {point.definition.criterion("webinar_registered").points for point in found.front} <= {15}
    assert all(point.changes <= 1 for point in found.front)
    assert not at.exception
