"""What a draft comes to is one thing: Tune, Scenarios, the command and what a proposal records say the same numbers."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.__main__ import DONE, main
from lib.app import outlook
from lib.app.agreed import load
from lib.app.deployment import Deployment
from lib.app.snapshot import Snapshot
from lib.config.definition import write_definition
from lib.config.folder import read_folder
from lib.core.arrays import NEVER
from lib.core.consequences.expected import Interval
from lib.core.definition.criteria import Definition
from lib.core.replay.replay import replay
from lib.core.time.clock import parse_instant
from lib.core.time.window import Window
from lib.store.database import open_database
from tests.conftest import ROOT
from tests.grants import ANYTHING

CONFIG = read_folder(ROOT / "config")
NOW = parse_instant("2026-11-24T12:00:00Z", ZoneInfo("UTC"))
DRAWN, ACCEPTED_OF_TEN = 120, 4

CLOSE = 40
"""Points from which a lead is close to the line."""

HOUR, DAY = 3_600_000_000, 86_400_000_000


@pytest.fixture(scope="module")
def drawn_below_the_line(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented leads, and 120 more handed over below the line, of whom sales accepted four in ten."""
    path = tmp_path_factory.mktemp("drawn") / "drawn.duckdb"
    path.write_bytes(sample_database.read_bytes())
    database = open_database(path, first_definition=None, clock=NOW)
    snapshot = Deployment(CONFIG, database, lambda: NOW).snapshot()
    hits, agreed = snapshot.leads.index.hits(snapshot.definition), snapshot.definition
    close, reached = (
        replay(hits, agreed.with_threshold(points), as_of=NOW).qualified_at for points in (CLOSE, agreed.threshold)
    )
    handed_over = set(snapshot.handoffs.lead_id.to_pylist())
    ids = snapshot.leads.history.lead_id.to_pylist()
    short = [(ids[n], int(close[n])) for n in range(len(ids)) if close[n] < NOW - DAY and reached[n] > NOW]
    short = [(lead_id, at) for lead_id, at in short if lead_id not in handed_over][:DRAWN]
    assert len(short) == DRAWN
    with database.write(*ANYTHING) as cursor:
        for number, (lead_id, came_close_at) in enumerate(short):
            answer = "accepted" if number % 10 < ACCEPTED_OF_TEN else "rejected"
            detail = json.dumps({"version": 1, "score": CLOSE, "below_line": True})
            for kind, after, told in (("mql", 0, detail), (answer, HOUR, "{}")):
                cursor.execute(
                    "insert into handoff_event (event_id, lead_id, occurred_at, kind, reason, detail) "
                    "values ($id, $lead, make_timestamp($at), $kind, $reason, $detail)",
                    {
                        "id": f"{kind}-{lead_id}-drawn",
                        "lead": lead_id,
                        "at": came_close_at + after,
                        "kind": kind,
                        "reason": "no_budget" if kind == "rejected" else None,
                        "detail": told,
                    },
                )
    database.close()
    return path


@pytest.fixture
def deployment(drawn_below_the_line: Path, tmp_path: Path) -> Iterator[Deployment]:
    copy = tmp_path / "copy.duckdb"
    copy.write_bytes(drawn_below_the_line.read_bytes())
    database = open_database(copy, first_definition=None, clock=NOW)
    yield Deployment(CONFIG, database, lambda: NOW)
    database.close()


@st.composite
def drafts(draw: st.DrawFn) -> Definition:
    """The shipped definition with another threshold and other points."""
    made = CONFIG.definition.with_threshold(draw(st.integers(35, 75)))
    for criterion in draw(st.lists(st.sampled_from(made.active()), max_size=3, unique_by=lambda one: one.id)):
        if not criterion.disqualify:
            sign = -1 if criterion.points < 0 else 1
            made = made.with_points(criterion.id, sign * draw(st.integers(0, 30)))
    return made


def test_a_proposal_records_the_acceptance_that_tune_shows_where_leads_were_drawn_below_the_line(
    deployment: Deployment,
) -> None:
    snapshot, draft = deployment.snapshot(), CONFIG.definition.with_threshold(52)
    shown = outlook.consequences(snapshot, draft, snapshot.default_window).expected(52)

    recorded = outlook.prediction(snapshot, draft, load(deployment)[0])

    assert recorded is not None
    assert shown.promised is not None
    assert (recorded.acceptance, recorded.acceptance_low95, recorded.acceptance_high95) == (
        shown.promised.share,
        shown.promised.low95,
        shown.promised.high95,
    )
    # Who was drawn speaks for the leads below the line: without them it would be another number.
    follows = outlook.consequences(snapshot, draft, snapshot.default_window)
    assert follows.beyond(52) > 0
    check = follows.standing().drawn_check
    assert check is not None
    assert (check.sales.successes, check.sales.trials) == (DRAWN * ACCEPTED_OF_TEN // 10, DRAWN)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drafts(), st.integers(4, 40), st.integers(0, 8))
def test_tune_scenarios_the_command_and_the_prediction_say_the_same(
    deployment: Deployment, tmp_path: Path, capsys: pytest.CaptureFixture[str], draft: Definition, weeks: int, ago: int
) -> None:
    snapshot = deployment.snapshot()
    end = snapshot.default_window.end - timedelta(weeks=ago)
    window = Window(end - timedelta(weeks=weeks), end, snapshot.policy.time_zone)

    on_tune = tune(snapshot, draft, window)

    assert scenario(snapshot, draft, window) == on_tune
    assert command(deployment, tmp_path, capsys, draft, window) == on_tune
    recorded = outlook.prediction(snapshot, draft, load(deployment)[0])
    by_default = tune(snapshot, draft, snapshot.default_window)
    assert recorded is not None
    weeks_by_default = snapshot.default_window.length_weeks
    assert recorded.mqls_per_week == pytest.approx((by_default["qualified"] + by_default["again"]) / weeks_by_default)
    assert recorded.again_per_week == pytest.approx(by_default["again"] / weeks_by_default)
    promised = by_default["accepted" if by_default["today"][0] is None else "today"]
    assert [recorded.acceptance, recorded.acceptance_low95, recorded.acceptance_high95] == promised
    assert recorded.known == by_default["known"]


def ends(of: Interval | None) -> tuple[float | None, float | None, float | None]:
    """A share and its interval."""
    return (None, None, None) if of is None else (of.share, of.low95, of.high95)


def test_who_becomes_a_customer_leaves_every_figure_of_drafts_from_then_on_also_those_remembered(
    deployment: Deployment,
) -> None:
    before, draft = deployment.snapshot(), CONFIG.definition.with_threshold(52)
    window = before.default_window
    was = outlook.outlook(before, draft, window)
    qualified_at = was.preview.agreed.replayed.qualified_at
    over = before.handoffs.take((before.handoffs.won_at != NEVER) | (before.handoffs.lost_at != NEVER))
    open_still = ~np.isin(before.leads.history.lead_id.to_numpy(False), over.lead_id.to_numpy(False))
    row = int(np.flatnonzero(was.preview.agreed.in_window & was.preview.draft.in_window & open_still)[0])
    lead_id = before.leads.history.lead_id[row].as_py()
    with deployment.database.write(*ANYTHING, history=False) as cursor:
        cursor.execute(
            "insert into handoff_event (event_id, lead_id, occurred_at, kind) "
            "values ('early', $lead, make_timestamp($at), 'won')",
            {"lead": lead_id, "at": int(before.leads.history.created_at[row])},
        )

    after = deployment.snapshot()
    now = outlook.outlook(after, draft, window)

    assert after.leads is before.leads
    assert qualified_at[row] != NEVER
    assert now.preview.agreed.replayed.qualified_at[row] == NEVER
    assert now.preview.agreed_volume.qualified == was.preview.agreed_volume.qualified - 1
    assert now.volume.qualified == now.accepted.leads == was.volume.qualified - 1
    as_before = outlook.outlook(after, draft.with_customers(True), window)
    assert as_before.volume.qualified >= was.volume.qualified


def tune(snapshot: Snapshot, draft: Definition, window: Window) -> dict[str, Any]:
    """What the figures and charts of the Tune page are drawn from."""
    compared = outlook.preview(snapshot, draft, window)
    volume = compared.volume(draft.threshold)
    follows = outlook.consequences(snapshot, draft, window)
    expected = follows.expected(draft.threshold)
    load = outlook.load(snapshot, draft, window)
    answering = outlook.answering(snapshot, draft, window)
    return {
        "qualified": volume.qualified,
        "again": volume.again,
        "by_week": list(volume.by_week),
        "moved": [volume.kept, volume.gained, volume.lost],
        "known": expected.known,
        "accepted": list(ends(expected.said)),
        "today": list(ends(expected.today)),
        "not_observed": expected.not_observed,
        "load": load.per_working_day,
        "in_time": [answering.attainment, answering.low95, answering.high95],
        "growth": answering.growth_per_week,
    }


def scenario(snapshot: Snapshot, draft: Definition, window: Window) -> dict[str, Any]:
    one = outlook.scenario(snapshot, "draft", draft, window)
    return {
        "qualified": one.volume.qualified,
        "again": one.volume.again,
        "by_week": list(one.volume.by_week),
        "moved": [one.volume.kept, one.volume.gained, one.volume.lost],
        "known": one.expected.known,
        "accepted": list(ends(one.expected.said)),
        "today": list(ends(one.expected.today)),
        "not_observed": one.expected.not_observed,
        "load": one.load.per_working_day,
        "in_time": [one.answering.attainment, one.answering.low95, one.answering.high95],
        "growth": one.answering.growth_per_week,
    }


def command(
    deployment: Deployment, folder: Path, capsys: pytest.CaptureFixture[str], draft: Definition, window: Window
) -> dict[str, Any]:
    """The same out of `preview --json`, on a copy of the database."""
    file, copy = folder / "draft.yaml", folder / "of-the-command.duckdb"
    file.write_text(write_definition(draft), encoding="utf-8")
    copy.unlink(missing_ok=True)
    deployment.database.copy_to(copy)
    days = ("--from", window.start.isoformat(), "--to", window.end.isoformat())
    at = {"db": str(copy), "config": str(ROOT / "config")}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("lib.cli.shell.context.now", lambda: NOW)
        told = ["preview", "--definition", str(file), "--json", "--db", at["db"], "--config", at["config"], *days]
        assert main(told) == DONE
    said = json.loads(capsys.readouterr().out)
    accepted = said["expected"]
    today = accepted["today"] or {"share": None, "low95": None, "high95": None}
    in_time = said["consequences"]["in_time"]
    return {
        "qualified": said["qualified"],
        "again": said["again"],
        "by_week": [week["qualified"] for week in said["by_week"]],
        "moved": [said["kept"], said["gained"], said["lost"]],
        "known": accepted["leads"] - accepted["not_observed_leads"],
        "accepted": [accepted["share"], accepted["low95"], accepted["high95"]],
        "today": [today["share"], today["low95"], today["high95"]],
        "not_observed": accepted["not_observed_leads"],
        "load": said["load"]["per_working_day"],
        "in_time": [in_time["share"], in_time["low95"], in_time["high95"]],
        "growth": said["consequences"]["backlog_growth_per_week"],
    }
