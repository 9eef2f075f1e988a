"""A callback that a newer request stops is done all the same, and the request is not lost."""

from types import SimpleNamespace

import pytest
from streamlit.runtime.scriptrunner import RerunException
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests

from lib.ui.frame import uninterrupted


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> ScriptRequests:
    """What this session's runner is asked for."""
    asked = ScriptRequests()
    monkeypatch.setattr(uninterrupted, "get_script_run_ctx", lambda: SimpleNamespace(script_requests=asked))
    return asked


def stopped_by(newer: list[RerunData]) -> None:
    """A look into the session: raises what has come in meanwhile."""
    if newer:
        raise RerunException(newer.pop(0))


def test_what_a_newer_request_stops_is_done_once_and_the_request_waits_for_it(requests: ScriptRequests) -> None:
    newer, done = [RerunData(page_name="one"), RerunData(fragment_id_queue=["live"], page_name="two")], []

    @uninterrupted.uninterrupted
    def moved(points: int) -> str:
        stopped_by(newer)
        done.append(points)
        return "moved"

    assert moved(20) == "moved"
    assert done == [20]
    request = requests.on_scriptrunner_yield()
    assert request is not None
    # Both at once: a run of everything holds the fragment too.
    assert (request.rerun_data.page_name, request.rerun_data.fragment_id_queue) == ("two", [])


def test_what_nothing_stops_asks_for_nothing(requests: ScriptRequests) -> None:
    assert uninterrupted.uninterrupted(lambda: "moved")() == "moved"
    assert requests.on_scriptrunner_yield() is None


def test_a_fault_is_a_fault(requests: ScriptRequests) -> None:
    @uninterrupted.uninterrupted
    def moved() -> None:
        raise ValueError("no such points")

    with pytest.raises(ValueError, match="no such points"):
        moved()
