"""The commands `funnel` and `problems`: what scripts read, on files made here and on Olist's real ones."""

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lib.__main__ import DONE, REFUSED, USAGE, main
from tests.cli.conftest import done

ROOT = Path(__file__).parents[3]
OLIST = ROOT / ".." / "shared" / "data" / "olist"

Run = Callable[..., Any]

COHORT_KEYS = [
    "period", "handoffs", "accepted", "rejected", "open", "closed", "open_past_due", "acceptance_rate", "low95",
    "high95", "decided_rate", "sql_30", "sql_60", "sql_90", "sql", "won", "lost", "won_amount", "mature_30",
    "mature_60", "mature_90",
]  # fmt: skip

LEADS = "lead_id,created_at,channel,source,owner\n" + "".join(
    f"L{n:02},2026-03-01,{'web' if n % 2 else ''},ads,olga\n" for n in range(20)
)
EVENTS = "event_id,lead_id,occurred_at,kind,reason,amount\n" + "".join(
    [f"m{n},L{n:02},2026-03-{n % 28 + 1:02}T09:00:00Z,mql,,\n" for n in range(20)]
    + [f"a{n},L{n:02},2026-04-01T09:00:00Z,accepted,,\n" for n in range(8)]
    + [f"r{n},L{n:02},2026-04-01T10:00:00Z,rejected,{'no_budget' if n < 12 else 'whatever'},\n" for n in range(8, 14)]
    + ["s0,L00,2026-03-31T09:00:00Z,sql,,\n", "w1,L01,2026-04-20T09:00:00Z,won,,1500.5\n"]
    + ["x1,L19,2026-02-01T09:00:00Z,won,,\n", "y1,L18,2026-03-28T09:00:00Z,mql,,\n"]
)


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on the test's own database; what it printed, as JSON where that was asked for."""
    return done(tmp_path / "h.duckdb", capsys)


@pytest.fixture
def small(tmp_path: Path, run: Run) -> Run:
    """Twenty hand-offs of March: 8 accepted, 6 rejected, the others open."""
    for name, text in (("leads.csv", LEADS), ("events.csv", EVENTS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    run("import", str(tmp_path / "leads.csv"), "--as", "lead")
    run("import", str(tmp_path / "events.csv"), "--as", "handoff_event")
    return run


MARCH = ("--from", "2026-03-01", "--to", "2026-04-01", "--as-of", "2026-05-01T00:00:00Z")


def test_a_month_has_every_figure_by_its_name(small: Run) -> None:
    said = small("funnel", *MARCH, "--json")

    assert list(said) == ["as_of", "cohorts", "period_conversion", "rejections"]
    assert said["as_of"] == "2026-05-01T00:00:00Z"
    (march,) = said["cohorts"]
    assert list(march) == COHORT_KEYS
    assert (march["period"], march["handoffs"], march["accepted"], march["rejected"]) == ("2026-03-01", 20, 8, 6)
    assert (march["open"], march["sql"], march["won"], march["lost"], march["won_amount"]) == (6, 2, 1, 0, 1500.5)
    # L00 was handed over on the 1st and an SQL on the 31st, 30 days later; L01 49 days after the 2nd.
    assert (march["sql_30"], march["sql_60"], march["sql_90"]) == (1, 2, 2)
    assert march["acceptance_rate"] == 0.4
    assert march["decided_rate"] == pytest.approx(8 / 14)
    assert (march["low95"], march["high95"]) == (pytest.approx(0.2188, abs=5e-5), pytest.approx(0.6134, abs=5e-5))
    # March ends on the 31st at 22:00 UTC; thirty days later it is 30 April, 22:00.
    assert (march["mature_30"], march["mature_60"]) == (True, False)
    assert said["period_conversion"] == [{"period": "2026-03-01", "mql": 20, "sal": 1, "sql": 1, "won": 0}]
    assert said["rejections"] == [{"reason": "no_budget", "handoffs": 4}, {"reason": "whatever", "handoffs": 2}]


def test_as_of_an_earlier_instant_what_came_later_is_unknown(small: Run) -> None:
    said = small("funnel", *MARCH[:4], "--as-of", "2026-04-01T09:00:00Z", "--json")

    (march,) = said["cohorts"]
    assert (march["accepted"], march["rejected"], march["won"]) == (8, 0, 0)
    assert march["acceptance_rate"] is None
    assert said["rejections"] == []


@pytest.mark.parametrize("group", ["channel", "source", "owner", "reason"])
def test_every_grouping_adds_up_to_the_whole(small: Run, group: str) -> None:
    (whole,) = small("funnel", *MARCH, "--json")["cohorts"]

    parts = small("funnel", *MARCH, "--group", group, "--json")["cohorts"]

    assert [list(part) for part in parts] == [["period", "group", *COHORT_KEYS[1:]]] * len(parts)
    for key in ("handoffs", "accepted", "rejected", "open", "sql", "won"):
        assert sum(part[key] for part in parts) == whole[key]


def test_a_blank_group_is_null_and_comes_last(small: Run) -> None:
    parts = small("funnel", *MARCH, "--group", "channel", "--json")["cohorts"]

    assert [(part["group"], part["handoffs"]) for part in parts] == [("web", 10), (None, 10)]


def test_weeks_begin_on_monday_and_are_listed_also_when_empty(small: Run) -> None:
    said = small("funnel", *MARCH, "--by", "week", "--json")

    assert [(one["period"], one["handoffs"]) for one in said["cohorts"]] == [
        ("2026-02-23", 1),
        ("2026-03-02", 7),
        ("2026-03-09", 7),
        ("2026-03-16", 5),
        ("2026-03-23", 0),
        ("2026-03-30", 0),
    ]


def test_the_default_window_is_the_last_26_whole_weeks_by_month(small: Run) -> None:
    said = small("funnel", "--as-of", "2026-03-18T12:00:00Z", "--json")

    months = [one["period"] for one in said["cohorts"]]
    # From Monday 15 September 2025 to Monday 16 March 2026, not included: hand-offs of 1 to 15 March.
    assert (months[0], months[-1]) == ("2025-09-01", "2026-03-01")
    assert said["cohorts"][-1]["handoffs"] == 15


def test_the_table_names_what_is_not_yet_known(small: Run) -> None:
    table = small("funnel", *MARCH, "--group", "reason")

    assert "no_budget" in table
    assert "(blank)" in table
    assert "* this horizon has not passed for every lead" in table


def test_problems_are_grouped_by_kind_and_cause_with_an_example_and_the_remedy(small: Run) -> None:
    said = small("problems", "--json")

    assert [
        (one["kind"], one["count"], one["example"]["lead_id"], one["example"]["event_id"]) for one in said["groups"]
    ] == [
        ("unknown reason", 2, "L12", "r12"),
        ("orphan", 1, "L19", "x1"),
        ("repeat", 1, "L18", "y1"),
    ]
    assert all(one["cause"] and one["remedy"] and one["example"]["sentence"] for one in said["groups"])
    assert said["groups"][0]["example"]["occurred_at"] == "2026-04-01T10:00:00Z"
    assert said["count"] == 4
    assert "problems" not in said
    assert small("problems").splitlines()[-1] == f"4 problems as of {said['as_of']}"


def test_the_cases_of_one_kind_are_bounded_and_say_how_many_more_there_are(small: Run) -> None:
    said = small("problems", "--kind", "unknown-reason", "--most", "1", "--json")

    assert [(one["kind"], one["lead_id"], one["event_id"]) for one in said["problems"]] == [
        ("unknown reason", "L12", "r12")
    ]
    assert (said["count"], said["more"]) == (2, 1)
    assert "and 1 more; --most 2 shows them all" in small("problems", "--kind", "unknown-reason", "--most", "1")


def test_every_problem_can_be_written_as_a_file(small: Run, tmp_path: Path) -> None:
    small("problems", "--out", str(tmp_path / "problems.csv"))

    with (tmp_path / "problems.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(one["kind"], one["lead_id"]) for one in rows] == [
        ("orphan", "L19"),
        ("repeat", "L18"),
        ("unknown reason", "L12"),
        ("unknown reason", "L13"),
    ]
    assert all(one["cause"] and one["remedy"] and one["sentence"] for one in rows)


def test_a_kind_that_there_is_not_is_wrong_usage_and_names_those_there_are(small: Run, capsys: Any) -> None:
    assert main(["problems", "--kind", "mess"]) == USAGE
    assert "'mess' is no kind of problem; there are rejected-row" in capsys.readouterr().err


def test_a_window_that_ends_before_it_begins_is_refused(small: Run, tmp_path: Path, capsys: Any) -> None:
    arguments = ["funnel", "--from", "2026-03-02", "--to", "2026-03-02", "--db", str(tmp_path / "h.duckdb")]

    assert main([*arguments, "--config", str(ROOT / "config")]) == REFUSED
    assert "2026-03-02 is not after 2026-03-02" in capsys.readouterr().err


# Olist, as anybody who counts correctly finds it.

olist = pytest.mark.skipif(not OLIST.is_dir(), reason="the Olist files are not here")
EVERYTHING = ("--from", "2017-06-01", "--to", "2018-06-01", "--as-of", "2019-01-01")


@pytest.fixture(scope="module")
def olist_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("olist") / "olist.duckdb"
    files = [str(OLIST / f"olist_{name}_dataset.csv") for name in ("marketing_qualified_leads", "closed_deals")]
    loaded = main(["import", *files, "--source", "olist", "--db", str(path), "--config", str(ROOT / "config")])
    assert loaded == DONE
    return path


@pytest.fixture
def on_olist(olist_database: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def ran(*arguments: str) -> Any:
        capsys.readouterr()
        assert main([*arguments, "--json", "--db", str(olist_database), "--config", str(ROOT / "config")]) == DONE
        return json.loads(capsys.readouterr().out)

    return ran


@olist
def test_olist_by_month_of_first_contact(on_olist: Run) -> None:
    cohorts = on_olist("funnel", *EVERYTHING)["cohorts"]

    assert [(one["won"], one["handoffs"]) for one in cohorts] == [
        (0, 4), (2, 239), (9, 386), (7, 312), (14, 416), (18, 445), (11, 200), (152, 1141), (149, 1028), (166, 1174),
        (183, 1352), (130, 1303),
    ]  # fmt: skip
    assert cohorts[0]["period"] == "2017-06-01"
    assert all(one["accepted"] == one["sql"] == one["won"] for one in cohorts)


@olist
def test_olist_by_origin(on_olist: Run) -> None:
    cohorts = on_olist("funnel", *EVERYTHING, "--group", "source")["cohorts"]

    totals: dict[str | None, tuple[int, int]] = {}
    for one in cohorts:
        won, handoffs = totals.get(one["group"], (0, 0))
        totals[one["group"]] = (won + one["won"], handoffs + one["handoffs"])
    # One deal precedes its hand-over and is nobody's.
    early = won_before_contact()
    expected = {
        "organic_search": (271, 2296), "paid_search": (195, 1586), "social": (75, 1350), "unknown": (179, 1099),
        "direct_traffic": (56, 499), "email": (15, 493), "referral": (24, 284), "other": (4, 150), "display": (6, 118),
        "other_publicities": (3, 65), None: (14, 60),
    }  # fmt: skip
    expected[early] = (expected[early][0] - 1, expected[early][1])
    assert totals == expected
    assert sum(won for won, _ in totals.values()) == 841


def won_before_contact() -> str | None:
    """The origin of the one lead won before its first contact, by the files alone."""
    with (OLIST / "olist_marketing_qualified_leads_dataset.csv").open(encoding="utf-8") as file:
        contacts = {one["mql_id"]: one for one in csv.DictReader(file)}
    with (OLIST / "olist_closed_deals_dataset.csv").open(encoding="utf-8") as file:
        deals = {one["mql_id"]: one["won_date"] for one in csv.DictReader(file)}
    (early,) = [
        contacts[mql_id]["origin"]
        for mql_id, won in deals.items()
        if date.fromisoformat(won[:10]) < date.fromisoformat(contacts[mql_id]["first_contact_date"])
    ]
    return early or None


@olist
def test_the_olist_deal_before_its_first_contact_is_a_problem(on_olist: Run) -> None:
    groups = on_olist("problems")["groups"]

    assert [(one["kind"], one["count"]) for one in groups] == [("orphan", 1)]
    assert "'won' at" in groups[0]["example"]["sentence"]
