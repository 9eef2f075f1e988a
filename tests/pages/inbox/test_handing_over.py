"""Handing over from the app: by itself in its rhythm, or by a button that shows first who it would be."""

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from streamlit.testing.v1 import AppTest

from lib.__main__ import main
from lib.app import deployment
from lib.app import handing_over as handing
from lib.core.errors import Refused
from lib.core.time.clock import MICROSECONDS, parse_instant
from lib.store.agreement.audit import verify
from lib.store.handoffs.handoffs import load_handoffs
from lib.ui.inbox import handing_over, routing
from lib.ui.now import present
from tests.conftest import ROOT, OpenPage
from tests.pages.conftest import press

NOON = parse_instant("2026-03-20T11:00:00Z", ZoneInfo("UTC"))
"""Three days after the newest of the three leads."""

INBOX = "work/inbox.py"


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployment, "wall_clock", lambda: NOON)


@pytest.fixture
def tiny_database(tiny_database: Path) -> Path:
    """Handing over was switched on before anybody qualified."""
    route = ["route", "--as-of", "2026-01-01", "--db", str(tiny_database), "--config", str(ROOT / "config")]
    assert main(route) == 0
    return tiny_database


@pytest.fixture
def own(app_on: Callable[[Path], None], tiny_database: Path) -> Iterator[None]:
    """The app on three leads, of which Ada qualifies."""
    app_on(tiny_database)
    yield
    routing._record.cache_clear()


def handed_over() -> list[str]:
    return [str(lead_id) for lead_id in load_handoffs(present.deployment().database, NOON).lead_id.to_pylist()]


def texts(at: AppTest) -> str:
    return "\n".join(one.value for one in [*at.markdown, *at.caption, *at.error])


@pytest.mark.usefixtures("own")
def test_the_app_hands_over_by_itself_once_and_remembers_how_many() -> None:
    routing.by_itself()
    first, handed = routing.last_run(), handed_over()
    routing.by_itself()

    assert handed == handed_over() == ["ada"]
    assert first == routing.Last(NOON, "the app", 1)
    assert routing.last_run() == routing.Last(NOON, "the app", 0)
    assert handing.last_handed_over(present.deployment()) is not None
    verify(present.deployment().database)


@pytest.mark.usefixtures("own")
def test_old_data_is_not_handed_over_by_itself_and_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployment, "wall_clock", lambda: NOON + 30 * 86_400 * MICROSECONDS)

    with pytest.raises(Refused, match="the newest data is of 2026-03-17"):
        routing.by_itself()

    last = routing.last_run()
    assert handed_over() == []
    assert last is not None
    assert last.refused is not None


@pytest.mark.usefixtures("own")
def test_a_fault_of_ours_is_remembered_without_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("ada@engine.example")

    monkeypatch.setattr(handing, "hand_over", fail)

    with pytest.raises(KeyError):
        routing.by_itself()

    last = routing.last_run()
    assert last is not None
    assert last.refused is not None
    assert "KeyError" in str(last.refused)
    assert "ada" not in str(last.refused)


@pytest.mark.usefixtures("own")
def test_it_is_off_until_app_yaml_says_how_often(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The server opens the database as soon as it is imported.
    app = importlib.import_module("app")
    assert [one.name for one in app.recurring()] == ["backup"]

    (tmp_path / "on").mkdir()
    (tmp_path / "on" / "app.yaml").write_text("route: {every: 15m}\n")
    monkeypatch.setenv("HANDSHAKE_CONFIG", str(tmp_path / "on"))
    present.close()

    (route,) = app.recurring()
    assert (route.name, route.every_seconds, route.first_seconds) == ("route", 900, 60)


def test_a_button_shows_who_it_would_be_before_anybody_is_handed_over(open_page: OpenPage, tiny_database: Path) -> None:
    at = open_page(INBOX, tiny_database)

    press(at, "hand-over")

    assert "The app does not hand over by itself" in texts(at)
    assert "Nobody was handed over from here yet" in texts(at)
    (listed,) = (one.value for one in at.dataframe if "owner" in one.value.columns)
    assert (listed["name"].tolist(), listed["owner"].tolist()) == (["Ada Lovelace"], ["Nobody"])
    assert "**1 lead** would be handed over now" in texts(at)
    assert next(one for one in at.button if one.key == "hand-over-now").disabled
    assert handed_over() == []


def test_whoever_said_who_they_are_hands_over_with_one_press(open_page: OpenPage, tiny_database: Path) -> None:
    at = open_page(INBOX, tiny_database)
    visitors = at.selectbox(key="visitor")
    visitors.set_value(present.deployment().config.people[0].name).run()
    press(at, "hand-over")

    at.session_state[handing_over.ASKED] = True
    press(at, "hand-over-now")
    press(at, "hand-over")

    assert handed_over() == ["ada"]
    assert f"1 lead by {present.deployment().config.people[0].name}" in texts(at)
    routing.by_itself()
    press(at, "hand-over")
    assert "by the app: nobody was to be handed over" in texts(at)
    assert f"1 lead by {present.deployment().config.people[0].name}" in texts(at)
    assert "Nobody waits to be handed over" in texts(at)


@pytest.mark.parametrize(
    ("seconds", "said"), [(60, "minute"), (900, "15 minutes"), (7_200, "2 hours"), (86_400, "day")]
)
def test_the_rhythm_is_said_as_people_say_it(
    open_page: OpenPage, tiny_database: Path, monkeypatch: pytest.MonkeyPatch, seconds: int, said: str
) -> None:
    monkeypatch.setattr(routing, "every_seconds", lambda: seconds)
    at = open_page(INBOX, tiny_database)

    press(at, "hand-over")

    assert f"The app hands over by itself every {said}." in texts(at)


# Before it was ever switched on, and when it is many.


def as_first_person(at: AppTest) -> AppTest:
    at.selectbox(key="visitor").set_value(present.deployment().config.people[0].name).run()
    return at


def test_the_first_press_begins_the_handing_over_and_names_the_stock(
    open_page: OpenPage, tiny_imported: Path, tmp_path: Path
) -> None:
    path = tmp_path / "never-on.duckdb"
    path.write_bytes(tiny_imported.read_bytes())
    at = as_first_person(open_page(INBOX, path))

    press(at, "hand-over")
    before = texts(at)
    at.session_state[handing_over.ASKED] = True
    press(at, "hand-over-now")

    assert "1 lead that reached the threshold before has never been handed over: that is the stock" in before
    assert handed_over() == []
    press(at, "hand-over")
    assert "Nobody waits to be handed over" in texts(at)


@pytest.fixture
def forty(tmp_path: Path) -> Path:
    """Forty leads that ask for a demo, one a day, after handing over was switched on; a rep who takes up ten a day."""
    db = tmp_path / "forty.duckdb"
    names = [f"l{n:02}" for n in range(40)]
    files = {
        "lead": "lead_id,created_at,first_name,last_name,title,email,channel\n"
        + "\n".join(f"{name},2026-01-05,A,B,Director,{name}@x.example,inbound" for name in names),
        "activity": "activity_id,lead_id,occurred_at,kind,subject\n"
        + "\n".join(f"{n},{name},2026-03-{1 + n % 17:02}T10:00:00Z,form_submit,demo" for n, name in enumerate(names)),
        "rep": "rep_id,name,capacity_per_day\nrep-0,Ann,10\n",
    }
    more = ["--db", str(db), "--config", str(ROOT / "config")]
    for kind, rows in files.items():
        (tmp_path / f"{kind}.csv").write_text(rows + "\n")
        assert main(["import", str(tmp_path / f"{kind}.csv"), "--as", kind, *more]) == 0
    assert main(["route", "--as-of", "2026-02-01", *more]) == 0
    return db


def now_button(at: AppTest) -> object:
    return next(one for one in at.button if one.key == "hand-over-now")


def test_more_than_a_days_capacity_is_asked_twice(open_page: OpenPage, forty: Path) -> None:
    at = as_first_person(open_page(INBOX, forty))

    press(at, "hand-over")
    once = now_button(at).disabled  # type: ignore[attr-defined]
    (sure,) = (one for one in at.checkbox if one.key.startswith("hand-over-sure"))
    at.session_state[handing_over.ASKED] = True
    sure.check().run()

    assert once
    assert sure.label.startswith("Yes, 40 at once: 4 working days of the 10 leads that sales can take up in one")
    assert not now_button(at).disabled  # type: ignore[attr-defined]


def test_the_newest_of_them_can_be_handed_over_alone(open_page: OpenPage, forty: Path) -> None:
    at = as_first_person(open_page(INBOX, forty))
    press(at, "hand-over")
    at.session_state[handing_over.ASKED] = True
    at.number_input(key="hand-over-newest").set_value(2).run()
    assert not [one for one in at.checkbox if one.key.startswith("hand-over-sure")]

    at.session_state[handing_over.ASKED] = True
    press(at, "hand-over-now")

    assert handed_over() == ["l16", "l33"]
