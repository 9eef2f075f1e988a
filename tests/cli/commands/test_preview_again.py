"""The command `preview` on who comes again, on customers and on recall, from files to what scripts read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import done

Run = Callable[..., Any]

DRAFT = """
name: A demo
mql: {threshold: 30}
actions:
  criteria:
    - {id: demo, label: Demo, points: 30, limit: 1, when: {kind: form_submit}}
"""

AGREED = DRAFT.replace("threshold: 30", "threshold: 20").replace("criteria:", "half_life_days: 30\n  criteria:")

LEADS = "lead_id,created_at\n" + "".join(f"{name},2026-02-20\n" for name in ("ana", "bea", "cleo", "dora", "eva"))
"""Ana comes back and asks again; Bea is a customer; Cleo comes back and stays quiet; Dora was won; Eva is out."""

ACTIVITIES = """activity_id,lead_id,occurred_at,kind
1,ana,2026-03-02T10:00:00Z,form_submit
2,ana,2026-03-12T10:00:00Z,form_submit
3,ana,2026-03-20T10:00:00Z,form_submit
4,bea,2026-03-09T10:00:00Z,form_submit
5,cleo,2026-03-03T10:00:00Z,form_submit
6,dora,2026-03-04T10:00:00Z,form_submit
7,eva,2026-03-05T10:00:00Z,form_submit
8,eva,2026-03-17T10:00:00Z,form_submit
"""

EVENTS = """event_id,lead_id,occurred_at,kind,reason,amount
a1,ana,2026-03-02T11:00:00Z,mql,,
a2,ana,2026-03-03T11:00:00Z,rejected,no_reply,
a3,ana,2026-03-10T11:00:00Z,recycled,,
a4,ana,2026-03-12T11:00:00Z,mql,,
a5,ana,2026-03-13T11:00:00Z,accepted,,
b1,bea,2026-03-01T11:00:00Z,won,,900
b2,bea,2026-03-10T11:00:00Z,mql,,
b3,bea,2026-03-11T11:00:00Z,accepted,,
c1,cleo,2026-03-03T11:00:00Z,mql,,
c2,cleo,2026-03-04T11:00:00Z,rejected,no_budget,
d1,dora,2026-03-04T11:00:00Z,mql,,
d2,dora,2026-03-20T11:00:00Z,won,,500
e1,eva,2026-03-05T11:00:00Z,mql,,
e2,eva,2026-03-06T11:00:00Z,rejected,too_small,
"""

MARCH = ("--from", "2026-03-01", "--to", "2026-04-01")


@pytest.fixture
def preview(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """`preview --json` of a draft's text against the agreed one's, in March."""
    run = done(tmp_path / "h.duckdb", capsys)
    for kind, text in {"lead": LEADS, "activity": ACTIVITIES, "handoff_event": EVENTS}.items():
        (tmp_path / f"{kind}.csv").write_text(text, encoding="utf-8")
        run("import", str(tmp_path / f"{kind}.csv"), "--as", kind)

    def previewed(draft: str, *form: str) -> Any:
        for name, text in (("draft", draft), ("agreed", AGREED)):
            (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        files = ("--definition", str(tmp_path / "draft.yaml"), "--against", str(tmp_path / "agreed.yaml"))
        return run("preview", *files, *MARCH, *form)

    return previewed


def test_who_came_back_and_asked_again_is_again_once_a_return(preview: Run) -> None:
    said = preview(DRAFT, "--json")

    # Ana asks twice after the one return that was; Eva's reason does not recycle; Bea was a customer when she asked.
    assert (said["qualified"], said["again"]) == (4, 1)
    assert (said["against"]["qualified"], said["against_again"]) == (4, 1)
    assert sum(week["qualified"] for week in said["by_week"]) == 4
    assert said["by_threshold"] == [{"threshold": n, "qualified": 4} for n in range(1, 31)]
    # 22 working days of March in Madrid, none of them a holiday.
    assert said["load"]["per_working_day"] == pytest.approx(5 / 22)


def test_customers_are_looked_at_only_where_the_definition_says_so(preview: Run) -> None:
    said = preview(DRAFT.replace("threshold: 30", "threshold: 30, customers: true"), "--json")

    assert (said["qualified"], said["against"]["qualified"], said["gained"], said["lost"]) == (5, 4, 1, 0)


def test_recall_is_of_the_leads_accepted_and_won_whoever_was_a_customer_before_left_out(preview: Run) -> None:
    handing_over_all, nobody = (
        preview(DRAFT, "--json"),
        preview(DRAFT.replace("threshold: 30", "threshold: 31"), "--json"),
    )

    # Ana was accepted when she came again, Dora was won.
    assert handing_over_all["recall"] == {"accepted": 1.0, "sql": 1.0, "won": 1.0, "won_amount": 1.0}
    assert nobody["recall"] == {"accepted": 0.0, "sql": 0.0, "won": 0.0, "won_amount": 0.0}
    assert nobody["against_recall"] == handing_over_all["recall"]


def test_where_nobody_was_accepted_recall_is_unknown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = done(tmp_path / "h.duckdb", capsys)
    (tmp_path / "lead.csv").write_text(LEADS, encoding="utf-8")
    (tmp_path / "draft.yaml").write_text(DRAFT, encoding="utf-8")
    run("import", str(tmp_path / "lead.csv"), "--as", "lead")

    said = run("preview", "--definition", str(tmp_path / "draft.yaml"), *MARCH, "--json")

    assert said["recall"] == said["against_recall"] == dict.fromkeys(("accepted", "sql", "won", "won_amount"))
    assert (said["again"], said["against_again"]) == (0, 0)


def test_the_text_says_how_many_are_again_and_what_would_be_lost(preview: Run) -> None:
    said = preview(DRAFT)

    assert "4 qualified        1 again        1.1 a week" in said
    assert "of the qualified kept 4, gained 0, lost 0" in said
    assert "the draft hands over 100 % of the leads it accepted (against 100 %)" in said
