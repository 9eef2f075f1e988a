"""What was drawn below the line: marked wherever it is answered, and in no figure of either team."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.__main__ import main
from lib.app import outlook
from lib.core.definition.criteria import BelowLine, Definition
from lib.ui.evidence import view
from lib.ui.now import present
from lib.ui.tune import below_line, widgets
from lib.ui.tune import tuning as tune_tuning
from tests.conftest import OpenPage
from tests.pages.conftest import press
from tests.pages.desk import CONFIG, Wall, desk
from tests.pages.handed_over import hand_over

GOALS = "month,metric,target\n2026-03-01,mql,155\n"

DRAWN = '"{""version"": 1, ""score"": 45, ""below_line"": true}"'


def hand_over_drawn(db: Path, lead_id: str, at: str) -> None:
    """Hands over one more lead, drawn below the line."""
    for kind, rows in {
        "lead": f"lead_id,created_at,first_name,channel,owner\n{lead_id},2026-02-20T09:00:00Z,Dina,inbound,ana\n",
        "handoff_event": f"event_id,lead_id,occurred_at,kind,detail\nbelow-{lead_id},{lead_id},{at},mql,{DRAWN}\n",
    }.items():
        path = db.with_name(f"below-{kind}.csv")
        path.write_text(rows)
        assert main(["import", str(path), "--as", kind, "--db", str(db), "--config", CONFIG]) == 0


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    return Wall(monkeypatch)


@pytest.fixture
def drawn_desk(wall: Wall, tmp_path: Path) -> Path:
    """Ana's desk with one more lead, drawn below the line."""
    db = desk(tmp_path)
    hand_over_drawn(db, "dina", "2026-03-02T08:00:00Z")
    return db


def badges(at: AppTest) -> list[str]:
    return [one.value for one in at.markdown if below_line.MARK in one.value]


def figures(at: AppTest) -> list[tuple[str, str, str]]:
    return [(one.label, one.value, one.delta) for one in at.metric]


def test_the_inbox_marks_who_was_drawn_and_nobody_else(open_page: OpenPage, drawn_desk: Path) -> None:
    of_dina = open_page("work/inbox.py", drawn_desk, inbox="Ana Ames (ana)", lead="dina:1")
    marked = badges(of_dina)
    of_dina.query_params["lead"] = "late:1"
    of_another = of_dina.run()

    assert len(marked) == 1
    assert badges(of_another) == []


def test_the_sla_page_says_which_of_those_who_wait_was_drawn(open_page: OpenPage, drawn_desk: Path) -> None:
    at = open_page("monitor/sla.py", drawn_desk)

    waiting = next(one.value for one in at.dataframe if "below_line" in one.value.columns)
    assert waiting.loc[waiting["below_line"] == "drawn, to learn", "name"].tolist() == ["Dina"]


def test_the_lead_page_marks_who_was_drawn(open_page: OpenPage, drawn_desk: Path) -> None:
    assert len(badges(open_page("work/lead.py", drawn_desk, id="dina"))) == 1
    assert badges(open_page("work/lead.py", drawn_desk, id="late")) == []


@pytest.mark.parametrize("page", ["monitor/review.py", "monitor/acceptance.py"])
def test_no_figure_changes_by_who_was_drawn_and_the_page_says_how_many(
    open_page: OpenPage, tmp_path: Path, page: str
) -> None:
    db = hand_over(tmp_path, goal=GOALS)
    before = figures(open_page(page, db))
    opened = open_page(page, db)
    said = [one.value for one in opened.markdown]
    assert not any("below the line" in one.value for one in opened.caption)

    hand_over_drawn(db, "dina", "2026-03-13T08:00:00Z")
    at = open_page(page, db)

    assert figures(at) == before
    assert [one.value for one in at.markdown] == said
    assert any("1 lead so far was handed over below the line" in one.value for one in at.caption)


# Tuning it.


@pytest.fixture
def tune(open_page: OpenPage, sample_database: Path) -> AppTest:
    """The Tune page."""
    return open_page("decide/tune.py", sample_database)


def opened(at: AppTest) -> AppTest:
    """The page with the button beside the threshold opened: a test cannot press it."""
    at.session_state["below-line"] = True
    return at.run()


def draft_of(at: AppTest) -> Definition:
    tuning: tune_tuning.Tuning = at.session_state["tuning"]
    return tuning.draft


def enter(at: AppTest, key: str, value: float | None) -> None:
    opened(at)
    at.number_input(key=key).set_value(value).run()
    assert not at.exception


def test_a_share_is_set_beside_the_threshold_and_no_figure_changes(tune: AppTest) -> None:
    before = figures(tune)

    enter(tune, widgets.BELOW_SHARE, 5.0)
    enter(tune, widgets.BELOW_START, 45)

    assert draft_of(tune) == present.snapshot().definition.with_below_line(BelowLine(0.05, 45))
    assert figures(tune) == before
    assert any("leads a week would be handed over besides" in one.value for one in tune.caption)


def test_an_empty_share_draws_nobody_and_undo_brings_it_back(tune: AppTest) -> None:
    enter(tune, widgets.BELOW_SHARE, 5.0)
    drawn = draft_of(tune).below_line
    enter(tune, widgets.BELOW_SHARE, None)

    assert draft_of(tune) == present.snapshot().definition
    press(tune, "undo")
    assert draft_of(tune).below_line == drawn
    assert opened(tune).number_input(key=widgets.BELOW_SHARE).value == 5.0


def test_a_threshold_moved_below_takes_the_start_along(tune: AppTest) -> None:
    enter(tune, widgets.BELOW_SHARE, 5.0)

    tune.slider(key="threshold").set_value(10).run()

    assert not tune.exception
    assert draft_of(tune).below_line == BelowLine(0.05, 9)
    assert opened(tune).number_input(key=widgets.BELOW_START).value == 9


def test_where_a_draft_leaves_what_was_observed_stands_beside_it(tune: AppTest) -> None:
    tune.slider(key="threshold").set_value(45).run()
    tune.run()

    (said,) = (one.value for one in tune.caption if "handed over as agreed" in one.value)
    assert "leads are not handed over as agreed; they are judged by what their criteria meant to sales" in said


# What it says, on the Evidence page.


def evidence_of(open_page: OpenPage, db: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(view, "PATIENCE_SECONDS", 60.0)
    at = open_page("decide/evidence.py", db, **{"from": "2026-03-02", "to": "2026-03-16"})
    assert not at.exception
    return "\n".join(one.value for one in [*at.markdown, *at.caption])


def test_before_anybody_is_drawn_the_evidence_says_how_to_begin(
    open_page: OpenPage, handed_over_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = evidence_of(open_page, handed_over_database, monkeypatch)

    assert "The agreed definition draws nobody below the line" in said
    assert "Until then nobody knows how sales would answer leads below the line" in said


def test_the_evidence_says_how_sales_answers_those_drawn(
    open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = hand_over(tmp_path)
    hand_over_drawn(db, "dina", "2026-03-13T08:00:00Z")

    said = evidence_of(open_page, db, monkeypatch)

    assert "**1 lead** was drawn below the line and handed over; sales has decided on none yet." in said
    bands = outlook.consequences(
        present.snapshot(), present.snapshot().definition, present.snapshot().default_window
    ).bands_drawn
    header, *rows = below_line._csv(bands).read().decode().splitlines()
    assert header == "low,high,handed_over,decided,accepted,rate,low95,high95"
    assert len(rows) == len(bands) > 0
