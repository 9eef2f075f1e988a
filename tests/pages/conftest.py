"""Small databases for pages, and short ways to read and move what stands on them."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.__main__ import main
from lib.core.definition.criteria import Definition
from lib.core.replay import hits, preview
from lib.core.replay.afresh import Afresh
from lib.core.replay.preview import Move, Preview, Volume
from lib.core.replay.replay import last_looks
from lib.core.time.window import Window
from lib.ui.now import present
from tests.pages.handed_over import hand_over

ROOT = Path(__file__).parents[2]
CONFIG = str(ROOT / "config")

THREE_LEADS = """lead_id,created_at,first_name,last_name,title,email,company,employees,channel
ada,2026-03-02T10:00:00Z,Ada,Lovelace,Director,ada@engine.example,Engine,300,inbound
bo,2026-03-10T10:00:00Z,Bo,Diddley,Guitarist,bo@gmail.com,Chess,3,event
cy,2026-03-17T10:00:00Z,Cy,Twombly,Manager,cy@atelier.example,Funnelia,250,inbound
"""
THREE_ACTIVITIES = """activity_id,lead_id,occurred_at,kind,subject
1,ada,2026-03-04T12:00:00Z,form_submit,demo
2,bo,2026-03-11T12:00:00Z,conversation,
"""


@pytest.fixture
def empty_database(tmp_path: Path) -> Path:
    """Where no database is yet: the app makes one without a lead."""
    return tmp_path / "empty.duckdb"


@pytest.fixture(scope="session")
def tiny_imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `tiny_database` copies; read only."""
    folder = tmp_path_factory.mktemp("tiny")
    db = folder / "tiny.duckdb"
    for kind, rows in (("lead", THREE_LEADS), ("activity", THREE_ACTIVITIES)):
        (folder / f"{kind}.csv").write_text(rows)
        assert main(["import", str(folder / f"{kind}.csv"), "--as", kind, "--db", str(db), "--config", CONFIG]) == 0
    return db


@pytest.fixture
def tiny_database(tiny_imported: Path, tmp_path: Path) -> Path:
    """Three leads: Ada asked for a demo, Bo has a free address, Cy works for a competitor."""
    copy = tmp_path / "tiny.duckdb"
    copy.write_bytes(tiny_imported.read_bytes())
    return copy


@pytest.fixture
def database_with_histories(tiny_database: Path, tmp_path: Path) -> Path:
    """The same, and Ada became a director on 10 March, after she qualified as a clerk at a large company."""
    changes = tmp_path / "changes.csv"
    changes.write_text(
        "lead_id,field,old_value,value,changed_at\n"
        "ada,title,,Clerk,2026-03-03T10:00:00Z\n"
        "ada,title,,Director,2026-03-10T10:00:00Z\n"
        "ada,employees,250,300,2026-03-11T10:00:00Z\n"
    )
    assert main(["import", str(changes), "--as", "lead_change", "--db", str(tiny_database), "--config", CONFIG]) == 0
    return tiny_database


@pytest.fixture(scope="session")
def handed_over_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two weeks of hand-offs that can be counted by hand; read only."""
    return hand_over(tmp_path_factory.mktemp("handed-over"))


@pytest.fixture
def closed_database(handed_over_database: Path, tmp_path: Path) -> Path:
    """The same, and the one that waited was lost before anybody decided."""
    copy, lost = tmp_path / "closed.duckdb", tmp_path / "lost.csv"
    copy.write_bytes(handed_over_database.read_bytes())
    lost.write_text("event_id,lead_id,occurred_at,kind\nlost,l110,2026-03-16T09:30:00Z,lost\n")
    assert main(["import", str(lost), "--as", "handoff_event", "--db", str(copy), "--config", CONFIG]) == 0
    return copy


@dataclass(frozen=True)
class Figures:
    """What the row of figures shows of the volume."""

    in_window: int
    gained: int
    lost: int
    a_week: str
    agreed: int


def figures(at: AppTest) -> Figures:
    shown = {metric.label: metric for metric in at.metric}

    def whole(label: str) -> int:
        return int(shown[label].value.replace(",", ""))

    agreed = re.search(r"agreed ([\d,]+)", shown["In the window"].delta)
    assert agreed is not None
    return Figures(
        in_window=whole("In the window"),
        gained=whole("Gained"),
        lost=whole("Lost"),
        a_week=shown["MQLs a week"].value,
        agreed=int(agreed[1].replace(",", "")),
    )


def compared(draft: Definition, window: Window | None = None) -> Preview:
    """The draft against the agreed definition, computed anew, past every cache of the pages."""
    window = window or present.snapshot().default_window
    index = hits.HitIndex(present.snapshot().leads.history)
    snapshot = present.snapshot()
    afresh, since = Afresh(snapshot.leads.history, snapshot.returns), snapshot.customers.since
    until, until_agreed = (last_looks(one, since, snapshot.as_of) for one in (draft, snapshot.definition))
    agreed = preview.side(index.hits(snapshot.definition), afresh, snapshot.definition, window.edges(), until_agreed)
    return preview.preview(index.hits(draft), afresh, draft, agreed, window, until)


def counted(draft: Definition, window: Window | None = None) -> Volume:
    """What the core counts for a draft."""
    return compared(draft, window).volume(draft.threshold)


def movers_of(draft: Definition, change: Move) -> list[str]:
    """The ids of the leads with one kind of change, the newest first."""
    rows = preview.movers(compared(draft)).of(change).rows
    return [str(lead_id) for lead_id in present.snapshot().leads.history.lead_id.take(rows).to_pylist()]


def shows(at: AppTest, volume: Volume) -> bool:
    """Do the figures say this volume?"""
    shown = figures(at)
    return (shown.in_window, shown.gained, shown.lost) == (volume.mqls, volume.gained, volume.lost)


def move(at: AppTest, slider: str, value: int) -> Figures:
    """Move a slider; the figures as redrawn at once. What stays as it was is drawn again after it."""
    at.slider(key=slider).set_value(value).run()
    assert not at.exception
    at_once = figures(at)
    # The tree holds only what was redrawn; a full run brings the rest back.
    at.run()
    assert not at.exception
    assert figures(at) == at_once
    return at_once


def press(at: AppTest, button: str) -> None:
    """Press the button of this key, else the one with this label."""
    found = [one for one in at.button if button in (one.key, one.label)]
    assert found, f"no button {button}: {[(one.key, one.label) for one in at.button]}"
    found[0].click().run()
    assert not at.exception
