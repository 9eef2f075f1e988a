"""The command `sla`: what scripts and people read, on files made here; and the touches behind the SLA page."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lib.__main__ import DONE, REFUSED, USAGE, main
from lib.core.arrays import NEVER
from lib.core.time.clock import from_microseconds, instant_text
from lib.store.database import opened
from lib.store.handoffs.handoffs import load_handoffs
from lib.store.sla.responses import load_traces

ROOT = Path(__file__).parents[3]

Run = Callable[..., Any]

GROUP_KEYS = [
    "handoffs", "met", "breached", "due", "overdue", "by_day_only", "paused_hours", "attainment",
    "median_hours", "naive_median_hours", "p90_hours",
]  # fmt: skip

POLICY = """
time_zone: Europe/Madrid
calendars:
  default: {time_zone: Europe/Madrid, hours: {mon-fri: ["09:00-17:00"]}}
promises:
  decision:
    - {within: 2h, when: {field: channel, is: inbound}}
    - {within: 90m, when: {field: extra.plan, is: gold}}
  first_touch:
    - {within: 1h}
"""

LEADS = """lead_id,created_at,channel,owner,plan
a,2026-02-01,inbound,ann,
b,2026-02-01,inbound,ann,
c,2026-02-01,inbound,zoe,
d,2026-02-01,event,zoe,gold
e,2026-02-01,event,,
f,2026-02-01,inbound,ann,
"""

REPS = "rep_id,name,team,calendar\nann,Ann,East,\nbob,Bob,West,mars\n"

# Madrid is an hour ahead of UTC: its Monday, 2 March 2026, begins work at 08:00Z.
EVENTS = """event_id,lead_id,occurred_at,kind,actor,reason,detail
1,a,2026-03-01T10:30:00Z,mql,,,
2,a,2026-03-02T10:00:00Z,accepted,ann,,
3,b,2026-03-02T08:00:00Z,mql,,,
4,b,2026-03-02T09:00:00Z,assigned,bob,,
5,b,2026-03-02T09:05:00Z,first_touch,bob,,"{""contact"": false}"
6,b,2026-03-02T10:05:00Z,first_touch,bob,,"{""contact"": true}"
7,b,2026-03-02T11:00:00.000001Z,rejected,bob,no_budget,
8,c,2026-03-02T10:00:00Z,mql,,,
9,d,2026-03-02T10:00:00Z,mql,,,
10,e,2026-03-02T10:00:00Z,mql,,,
11,f,2026-03-09T08:00:00Z,mql,,,
12,a,2026-03-02T14:00:00Z,sql,ann,,
"""

NOON = "2026-03-02T12:00:00Z"
WEEK = ("--from", "2026-03-01", "--to", "2026-03-08", "--as-of", NOON)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sla.yaml").write_text(POLICY, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on the test's own database and promises; what it printed, as JSON where that was asked for."""

    def ran(*arguments: str) -> Any:
        status = main([*arguments, "--db", str(folder / "h.duckdb"), "--config", str(folder)])
        printed = capsys.readouterr()
        assert status == DONE, printed.err
        return json.loads(printed.out) if "--json" in arguments else printed.out

    return ran


@pytest.fixture
def small(folder: Path, run: Run) -> Run:
    """Six hand-offs, five of them in the week from 1 March."""
    for kind, text in (("lead", LEADS), ("rep", REPS), ("handoff_event", EVENTS)):
        (folder / f"{kind}.csv").write_text(text, encoding="utf-8")
        run("import", str(folder / f"{kind}.csv"), "--as", kind)
    return run


def counts(group: dict[str, Any]) -> list[int]:
    return [group[name] for name in ("handoffs", "met", "breached", "due", "overdue")]


def test_the_object_has_the_keys_of_the_design_and_no_others(small: Run) -> None:
    told = small("sla", *WEEK, "--json")

    assert list(told) == ["as_of", "policy", "decision", "first_touch", "aging", "response_bands"]
    for answer in ("decision", "first_touch"):
        (together,) = told[answer]
        assert list(together) == GROUP_KEYS
    assert {tuple(one) for one in told["aging"]} == {
        ("handoff_id", "lead_id", "owner", "waited_hours", "due_at", "state")
    }
    assert {tuple(one) for one in told["response_bands"]} == {("band", "handoffs", "accepted", "sql", "won")}


def test_the_policy_says_the_time_zone_the_promises_and_who_is_on_the_default_calendar(small: Run) -> None:
    told = small("sla", *WEEK, "--json")

    assert told["as_of"] == NOON
    assert told["policy"] == {
        "time_zone": "Europe/Madrid",
        "decision": [
            {"within_minutes": 120, "when": "channel is inbound"},
            {"within_minutes": 90, "when": "plan is gold"},
        ],
        "first_touch": [{"within_minutes": 60, "when": None}],
        "owners_without_rep": ["zoe"],
        "reps_without_calendar": ["bob"],
    }


def test_decisions_are_counted_as_by_hand(small: Run) -> None:
    (together,) = small("sla", *WEEK, "--json")["decision"]

    # a was decided at its deadline, b a microsecond after it; c is due now, d was at 11:30Z; e is promised nothing.
    assert counts(together) == [5, 1, 1, 1, 1]
    assert together["attainment"] == pytest.approx(1 / 3)
    # Undecided are 4 of 5 after 2 h, when three are lost from sight, and none after the microsecond more that b took.
    assert (together["median_hours"], together["naive_median_hours"], together["p90_hours"]) == (2.0, 2.0, 2.0)


def test_first_touches_are_counted_as_by_hand(small: Run) -> None:
    (together,) = small("sla", *WEEK, "--json")["first_touch"]

    # b met; a's decision is its touch, an hour late; the others are an hour over.
    assert counts(together) == [5, 1, 1, 0, 3]
    assert together["attainment"] == 0.2


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("owner", {"ann": [1, 1, 0, 0, 0], "bob": [1, 0, 1, 0, 0], "zoe": [2, 0, 0, 1, 1], None: [1, 0, 0, 0, 0]}),
        ("team", {"East": [1, 1, 0, 0, 0], "West": [1, 0, 1, 0, 0], None: [3, 0, 0, 1, 1]}),
        ("channel", {"event": [2, 0, 0, 0, 1], "inbound": [3, 1, 1, 1, 0]}),
    ],
)
def test_groups_come_by_name_the_blank_one_last(small: Run, group: str, expected: dict[str | None, list[int]]) -> None:
    told = small("sla", *WEEK, "--group", group, "--json")

    assert {one["group"]: counts(one) for one in told["decision"]} == expected
    assert [one["group"] for one in told["decision"]] == list(expected)
    assert [next(iter(one)) for one in told["first_touch"]] == ["group"] * len(expected)


def test_those_who_wait_are_listed_with_their_deadline(small: Run) -> None:
    waiting = small("sla", *WEEK, "--json")["aging"]

    assert waiting == [
        {
            "handoff_id": f"{lead}:1",
            "lead_id": lead,
            "owner": owner,
            "waited_hours": 2.0,
            "due_at": due_at,
            "state": state,
        }
        for lead, owner, due_at, state in (
            ("c", "zoe", NOON, "due"),
            ("d", "zoe", "2026-03-02T11:30:00Z", "overdue"),
            ("e", None, None, None),
        )
    ]


def test_response_times_are_the_customers(small: Run) -> None:
    bands = {one["band"]: one for one in small("sla", *WEEK, "--json")["response_bands"]}

    assert {name: one["handoffs"] for name, one in bands.items() if one["handoffs"]} == {
        "4 h": 1,
        "24 h": 1,
        "never": 3,
    }
    assert bands["24 h"] == {"band": "24 h", "handoffs": 1, "accepted": 1, "sql": 0, "won": 0}


def test_what_is_later_than_the_instant_counts_for_nothing(small: Run) -> None:
    early = small("sla", "--from", "2026-03-01", "--to", "2026-03-20", "--as-of", "2026-03-02T09:59:59Z", "--json")

    assert counts(early["decision"][0]) == [2, 0, 0, 2, 0]
    assert [one["state"] for one in early["aging"]] == ["due", "due"]


def test_a_window_begins_and_ends_at_midnight_of_the_reporting_zone(small: Run) -> None:
    def handed_over(start: str, end: str) -> int:
        return small("sla", "--from", start, "--to", end, "--as-of", "2026-04-01", "--json")["decision"][0]["handoffs"]

    assert handed_over("2026-03-09", "2026-03-10") == 1
    assert handed_over("2026-03-02", "2026-03-09") == 4


def test_without_a_window_it_is_the_last_26_whole_weeks(small: Run) -> None:
    told = small("sla", "--as-of", "2026-03-09T12:00:00Z", "--json")

    assert told["decision"][0]["handoffs"] == 5


def test_a_person_reads_the_same(small: Run) -> None:
    told = small("sla", *WEEK, "--group", "team")

    assert "Decision: 2 h where channel is inbound; 90 min where plan is gold" in told
    assert "East                           1       1" in told
    assert "c:1                 zoe                       2.0 h  due, 2026-03-02T12:00:00Z" in told
    assert "No rep, so on the default calendar: zoe" in told
    assert "bob: sla.yaml has no calendar 'mars', so the default one is used" in told


def test_an_empty_database_has_nothing_to_report(run: Run, folder: Path) -> None:
    (folder / "leads.csv").write_text(LEADS, encoding="utf-8")
    run("import", str(folder / "leads.csv"), "--as", "lead")

    told = run("sla", *WEEK, "--json")
    grouped = run("sla", *WEEK, "--group", "owner", "--json")

    assert counts(told["decision"][0]) == [0, 0, 0, 0, 0]
    assert told["decision"][0]["attainment"] is None
    assert told["aging"] == []
    assert grouped["decision"] == []


def test_where_nothing_is_promised_nothing_has_a_state(small: Run, folder: Path) -> None:
    (folder / "sla.yaml").write_text(POLICY.split("promises:")[0], encoding="utf-8")

    told = small("sla", *WEEK, "--json")

    assert counts(told["decision"][0]) == [5, 0, 0, 0, 0]
    assert told["decision"][0]["naive_median_hours"] == 2.0
    assert {one["state"] for one in told["aging"]} == {None}


def test_funnel_knows_what_is_past_due(small: Run) -> None:
    (march,) = small("funnel", *WEEK, "--json")["cohorts"]

    assert (march["open"], march["open_past_due"]) == (3, 1)


def test_it_is_the_same_twice(small: Run) -> None:
    assert small("sla", *WEEK, "--json") == small("sla", *WEEK, "--json")


def test_wrong_use_and_an_unknown_calendar_are_told_apart(
    small: Run, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = ["--db", str(folder / "h.duckdb"), "--config", str(folder)]

    assert main(["sla", "--group", "reason", *there]) == USAGE
    (folder / "sla.yaml").write_text(POLICY.replace("Europe/Madrid", "Europe/Madird"), encoding="utf-8")
    capsys.readouterr()
    assert main(["sla", *there]) == REFUSED
    assert "Did you mean 'Europe/Madrid'?" in capsys.readouterr().err


def test_a_window_that_ends_before_it_begins_is_refused(
    small: Run, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(
        ["sla", "--from", "2026-03-08", "--to", "2026-03-01", "--db", str(folder / "h.duckdb"), "--config", str(folder)]
    )

    assert status == REFUSED
    assert "2026-03-01 is not after 2026-03-08" in capsys.readouterr().err


def test_an_attempt_is_no_contact_and_what_follows_on_a_decision_is_seen(small: Run, folder: Path) -> None:
    with opened(folder / "h.duckdb", first_definition="", clock=0) as database:
        handoffs = load_handoffs(database, 1_800_000_000_000_000)
        traces = load_traces(database, handoffs)

    of = dict(zip(handoffs.lead_id.to_pylist(), range(len(handoffs)), strict=True))
    assert traces.attempts[[of["a"], of["b"], of["c"]]].tolist() == [0, 2, 0]
    assert instant_text(int(traces.contact_at[of["b"]])) == "2026-03-02T10:05:00Z"
    assert not traces.reached[of["a"]]
    assert from_microseconds(int(traces.next_at[of["a"]])).hour == 14
    assert traces.next_at[of["b"]] == NEVER


def test_sample_data_is_reported_whole(sample_database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = ["--config", str(ROOT / "config"), "--as-of", "2026-11-23", "--db", str(sample_database)]

    assert main(["sla", "--group", "owner", "--json", *config]) == DONE

    told = json.loads(capsys.readouterr().out)
    handed_over = sum(one["handoffs"] for one in told["decision"])
    assert handed_over > 100
    assert sum(one["handoffs"] for one in told["response_bands"]) == handed_over
    for one in told["decision"]:
        assert one["handoffs"] == one["met"] + one["breached"] + one["due"] + one["overdue"]
        assert one["median_hours"] <= one["p90_hours"]
