"""The command `preview`: acceptance by score, what to expect and the load, from files to what scripts read."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lib.__main__ import DONE, main
from lib.app import outlook
from lib.app.snapshot import take
from lib.config.definition import read_definition
from lib.config.folder import read_folder
from lib.core.consequences.expected import Consequences
from lib.core.consequences.known import Stage
from lib.core.time.clock import parse_instant
from lib.core.time.window import Window
from lib.store.database import opened
from tests.cli.conftest import done

ROOT = Path(__file__).parents[3]
OLIST = ROOT / ".." / "shared" / "data" / "olist"

Run = Callable[..., Any]

DRAFT = """
name: By rank and size
mql: {threshold: 20}
profile:
  criteria:
    - {id: boss, label: Boss, points: 20, when: {field: title, is: Director}}
    - {id: size, label: Large, points: 15, when: {field: employees, at_least: 200}}
actions:
  criteria:
    - {id: demo, label: Demo, points: 30, when: {kind: form_submit}}
"""

# Created on weekdays of March: fifteen directors, of whom the last three are large, and five without a title.
LEADS = "lead_id,created_at,title,employees\n" + "".join(
    f"L{n:02},2026-03-{n + 2:02}T09:00:00Z,{'Director' if n < 15 else ''},{'500' if 12 <= n < 15 else '20'}\n"
    for n in range(20)
)
EVENTS = "event_id,lead_id,occurred_at,kind,reason\n" + "".join(
    [f"m{n},L{n:02},2026-03-25T09:00:00Z,mql,\n" for n in [*range(11), 15]]
    + [f"a{n},L{n:02},2026-03-26T09:00:00Z,accepted,\n" for n in range(4)]
    + [f"r{n},L{n:02},2026-03-26T10:00:00Z,rejected,no_budget\n" for n in range(4, 10)]
)
ACTIVITIES = "activity_id,lead_id,occurred_at,kind\nlate,L04,2026-03-25T09:00:01Z,form_submit\n"
REPS = "rep_id,name,capacity_per_day\nolga,Olga,1.5\npablo,Pablo,2\nquirin,Quirin,\n"

MARCH = ("--from", "2026-03-01", "--to", "2026-04-01")


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on the test's own database; what it printed, as JSON where that was asked for."""
    return done(tmp_path / "h.duckdb", capsys)


@pytest.fixture
def small(tmp_path: Path, run: Run) -> Run:
    """Twenty leads of March and twelve hand-offs: four accepted, six rejected, two open."""
    kinds = {"lead": LEADS, "activity": ACTIVITIES, "handoff_event": EVENTS, "rep": REPS}
    for kind, text in kinds.items():
        (tmp_path / f"{kind}.csv").write_text(text, encoding="utf-8")
        run("import", str(tmp_path / f"{kind}.csv"), "--as", kind)
    (tmp_path / "draft.yaml").write_text(DRAFT, encoding="utf-8")
    return run


def previewed(run: Run, tmp_path: Path) -> Any:
    draft = str(tmp_path / "draft.yaml")
    return run("preview", "--definition", draft, "--against", draft, *MARCH, "--json")


def test_bands_hold_the_hand_offs_by_their_score_at_hand_over(small: Run, tmp_path: Path) -> None:
    bands = previewed(small, tmp_path)["bands"]

    # The demo of L04 came a second after its hand-over; L15 has no title, and so no point.
    assert [list(band.values()) for band in bands] == [
        [0, 10, 1, 0, 0, None, None, None],
        [10, 20, 0, 0, 0, None, None, None],
        [20, 30, 11, 10, 4, 0.4, pytest.approx(0.1682, abs=1e-4), pytest.approx(0.6873, abs=1e-4)],
        [30, 40, 0, 0, 0, None, None, None],
        [40, 50, 0, 0, 0, None, None, None],
        [50, 60, 0, 0, 0, None, None, None],
    ]
    assert list(bands[0]) == ["low", "high", "handed_over", "decided", "accepted", "rate", "low95", "high95"]


def test_ten_decisions_are_too_few_to_expect_anything_and_stand_as_counts(small: Run, tmp_path: Path) -> None:
    expected = previewed(small, tmp_path)["expected"]

    # L10 is open and L15 does not qualify; that three leads are large no decision tells of.
    assert expected == {
        "share": None,
        "low95": None,
        "high95": None,
        "leads": 15,
        "not_observed_leads": expected["not_observed_leads"],
        "method": "too_few",
        "calibrated": None,
        "today": None,
        "decided": 10,
        "reached_by_decided": 4,
    }


def test_the_load_is_a_working_day_of_the_default_calendar_against_all_reps(small: Run, tmp_path: Path) -> None:
    load = previewed(small, tmp_path)["load"]

    # 22 weekdays of March 2026 in Madrid, none of them a holiday there.
    assert load == {"per_working_day": pytest.approx(15 / 22), "capacity_per_working_day": 3.5}


def test_in_words_it_says_the_same(small: Run, tmp_path: Path) -> None:
    draft = str(tmp_path / "draft.yaml")

    said = small("preview", "--definition", draft, "--against", draft, *MARCH)

    assert "20 to 29             11        10  4 (40%)\n" in said
    assert "30 to 39              0         0  not observed\n" in said
    assert "Too few decisions to give a figure: they rest on 10 first hand-offs decided, 4 of them accepted." in said
    assert "0.7 leads a working day, 19 % of the 3.5 that sales can answer." in said


def test_without_reps_and_without_hand_offs_nothing_is_made_up(run: Run, tmp_path: Path) -> None:
    for name, text in (("leads.csv", LEADS), ("draft.yaml", DRAFT)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    run("import", str(tmp_path / "leads.csv"), "--as", "lead")

    found = previewed(run, tmp_path)

    assert {(band["handed_over"], band["rate"]) for band in found["bands"]} == {(0, None)}
    assert (found["expected"]["share"], found["expected"]["decided"], found["expected"]["leads"]) == (None, 0, 15)
    assert found["load"]["capacity_per_working_day"] is None


def as_of(path: Path, instant: str) -> Consequences:
    draft = read_definition(DRAFT, "draft.yaml")
    at = parse_instant(instant, ZoneInfo("Europe/Madrid"))
    with opened(path, first_definition=DRAFT, clock=0) as database:
        snapshot = take(database, read_folder(ROOT / "config"), at, as_of=at)
    return outlook.consequences(snapshot, draft, Window(date(2026, 3, 1), date(2026, 4, 1), "Europe/Madrid"))


def test_adding_any_event_or_activity_after_an_instant_changes_nothing_computed_as_of_it(
    small: Run, tmp_path: Path
) -> None:
    instant = "2026-03-27T00:00:00Z"
    before = as_of(tmp_path / "h.duckdb", instant)
    kinds = ["mql", "accepted", "rejected", "sql", "opportunity", "won", "lost", "recycled", "disqualified"]
    late = "event_id,lead_id,occurred_at,kind,reason,detail\n" + "".join(
        f"z{n}-{kind},L{n:02},2026-03-27T00:00:01Z,{kind},,\n" for n in range(20) for kind in kinds
    )
    retractions = "".join(
        f'z-r{n},L{n:02},2026-03-28T00:00:00Z,retracted,,"{{""event_id"": ""a{n}""}}"\n' for n in range(4)
    )
    acts = "activity_id,lead_id,occurred_at,kind\n" + "".join(
        f"z{n},L{n:02},2026-03-27T00:00:01Z,form_submit\n" for n in range(20)
    )

    for name, kind, text in (("e.csv", "handoff_event", late + retractions), ("a.csv", "activity", acts)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        small("import", str(tmp_path / name), "--as", kind)
    after = as_of(tmp_path / "h.duckdb", instant)

    assert after.bands == before.bands
    assert after.standing() == before.standing()
    for stage in Stage:
        assert [after.expected(t, stage) for t in range(1, 80)] == [before.expected(t, stage) for t in range(1, 80)]
    assert as_of(tmp_path / "h.duckdb", "2026-03-29T00:00:00Z").expected(20) != before.expected(20)


def test_mending_the_flaw_of_the_sample_brings_a_larger_share_that_sales_accepts(
    sample_database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """At about equal volume: webinars pay less, and the threshold comes down until as many qualify."""
    text = (ROOT / "config" / "definition.yaml").read_text(encoding="utf-8")
    (tmp_path / "agreed.yaml").write_text(text, encoding="utf-8")
    mended = text.replace("label: Registered for a webinar, points: 15", "label: Registered for a webinar, points: 2")
    mended = mended.replace("threshold: 60 ", "threshold: 50 ")
    (tmp_path / "mended.yaml").write_text(mended, encoding="utf-8")
    found = {}
    for name in ("agreed", "mended"):
        file = str(tmp_path / f"{name}.yaml")
        assert (
            main(["preview", "--definition", file, "--against", file, "--json", "--db", str(sample_database)]) == DONE
        )
        found[name] = json.loads(capsys.readouterr().out)

    assert found["mended"]["qualified"] > 0.85 * found["agreed"]["qualified"]
    assert found["mended"]["expected"]["share"] > found["agreed"]["expected"]["share"] + 0.05


@pytest.mark.skipif(not OLIST.is_dir(), reason="needs ../shared/data/olist")
def test_olist_where_every_decision_is_an_acceptance_and_no_rep_states_a_capacity(run: Run, tmp_path: Path) -> None:
    files = sorted(str(path) for path in OLIST.glob("*.csv"))
    (tmp_path / "draft.yaml").write_text(
        "name: Source\nmql: {threshold: 10}\nprofile: {criteria: "
        "[{id: paid, label: Paid search, points: 10, when: {field: source, is: paid_search}}]}\n",
        encoding="utf-8",
    )
    run("import", *files, "--source", "olist")

    draft = str(tmp_path / "draft.yaml")
    found = run(
        "preview", "--definition", draft, "--against", draft, "--from", "2017-06-01", "--to", "2018-07-01", "--json"
    )

    # Nobody was ever rejected: what sales would accept of others nobody can say.
    expected = found["expected"]
    assert (expected["share"], expected["method"], expected["leads"]) == (None, "too_few", found["qualified"])
    assert expected["reached_by_decided"] == expected["decided"] > 0
    assert sum(band["decided"] for band in found["bands"]) <= 842
    assert found["load"]["capacity_per_working_day"] is None
