"""`preview`: the keys of the contract, and the figures of a second reading of the design."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.by_hand import (
    monday_of,
    newest_instant,
    qualified_by_hand,
    read_instant,
    score_by_hand,
    text_by_hand,
)
from tests.cli.conftest import SHIPPED, Ran, Run, World, rows_of

FROM, TO = "2026-01-28", "2026-03-10"
WEEKS = ["2026-01-26", "2026-02-02", "2026-02-09", "2026-02-16", "2026-02-23", "2026-03-02", "2026-03-09"]

Qualified = dict[str, tuple[datetime, int]]


@pytest.fixture
def preview(run: Run, world: World, now: Callable[[datetime], None]) -> Callable[..., Ran]:
    now(datetime(2030, 1, 1, tzinfo=UTC))
    asked = ("preview", "--definition", world.definition, "--against", world.other, "--db", world.db)
    return lambda *more: run(*asked, "--from", FROM, "--to", TO, *more)


def in_window(qualified: Qualified) -> set[str]:
    start, end = read_instant(FROM), read_instant(TO)
    return {name for name, (at, _) in qualified.items() if start <= at < end}


def test_the_object_printed_has_the_keys_of_the_contract_and_then_what_follows(preview: Callable[..., Ran]) -> None:
    printed = preview("--json").json

    assert list(printed) == [
        "window", "threshold", "qualified", "by_week", "again", "against_again", "by_threshold", "against", "kept",
        "gained", "lost", "bands", "expected", "expected_sql", "expected_won", "recall", "against_recall", "stock",
        "load", "consequences",
    ]  # fmt: skip
    assert printed["window"] == {"from": FROM, "to": TO}
    assert printed["threshold"] == 30
    assert list(printed["against"]) == ["threshold", "qualified"]
    assert printed["against"]["threshold"] == 36
    assert {tuple(one) for one in printed["by_week"]} == {("week", "qualified", "against")}
    assert {tuple(one) for one in printed["by_threshold"]} == {("threshold", "qualified")}
    said = [
        "share", "low95", "high95", "leads", "not_observed_leads", "method", "calibrated", "today",
        "decided", "reached_by_decided",
    ]  # fmt: skip
    assert list(printed["expected"]) == list(printed["expected_sql"]) == said
    assert list(printed["expected_won"]) == [*said, "amount"]
    assert list(printed["recall"]) == list(printed["against_recall"]) == ["accepted", "sql", "won", "won_amount"]
    assert list(printed["load"]) == ["per_working_day", "capacity_per_working_day"]
    follows = printed["consequences"]
    assert list(follows) == ["in_time", "backlog_growth_per_week", "trade_off"]
    thresholds = [one["threshold"] for one in follows["trade_off"]]
    assert thresholds == list(range(1, len(thresholds) + 1))
    at_the_draft = next(one for one in follows["trade_off"] if one["threshold"] == printed["threshold"])
    assert [at_the_draft[name] for name in ("share", "low95", "high95")] == [
        printed["expected"][name] for name in ("share", "low95", "high95")
    ]


def test_the_counts_are_those_of_a_second_reading_of_the_design(preview: Callable[..., Ran], world: World) -> None:
    draft, other = qualified_by_hand(world.people, 9, 30), qualified_by_hand(world.people, 17, 36)
    ours, theirs = in_window(draft), in_window(other)

    printed = preview("--json").json

    assert printed["qualified"] == len(ours)
    assert printed["against"]["qualified"] == len(theirs)
    assert printed["kept"] == len(ours & theirs) > 0
    assert printed["gained"] == len(ours - theirs) > 0
    assert printed["lost"] == len(theirs - ours) > 0


def test_every_week_that_touches_the_window_counts_what_qualifies_in_it(
    preview: Callable[..., Ran], world: World
) -> None:
    def weekly(qualified: Qualified, week: str) -> int:
        return sum(monday_of(qualified[name][0]).isoformat() == week for name in in_window(qualified))

    draft, other = qualified_by_hand(world.people, 9, 30), qualified_by_hand(world.people, 17, 36)

    printed = preview("--json").json

    assert printed["by_week"] == [
        {"week": week, "qualified": weekly(draft, week), "against": weekly(other, week)} for week in WEEKS
    ]


def test_every_threshold_up_to_the_highest_score_of_anybody_ever_is_counted(
    preview: Callable[..., Ran], world: World
) -> None:
    newest = newest_instant(world.people)
    looked_at = [one for who in world.people if (one := score_by_hand(who, newest))]
    highest = max(score for one in looked_at for _, score, _ in one.looks)

    printed = preview("--json").json

    assert printed["by_threshold"] == [
        {"threshold": threshold, "qualified": len(in_window(qualified_by_hand(world.people, 9, threshold)))}
        for threshold in range(1, highest + 1)
    ]


def test_the_leads_listed_are_the_counts_one_by_one(preview: Callable[..., Ran], world: World, tmp_path: Path) -> None:
    draft, other = qualified_by_hand(world.people, 9, 30), qualified_by_hand(world.people, 17, 36)
    ours, theirs = in_window(draft), in_window(other)

    preview("--leads", tmp_path / "leads.csv")

    text = (tmp_path / "leads.csv").read_text()
    assert text.splitlines()[0] == "lead_id,qualified_at,score,against_qualified_at,change"
    assert rows_of(text) == [
        {
            "lead_id": name,
            "qualified_at": text_by_hand(draft.get(name)),
            "score": str(draft[name][1]) if name in draft else "",
            "against_qualified_at": text_by_hand(other.get(name)),
            "change": "kept" if name in ours & theirs else "gained" if name in ours else "lost",
        }
        for name in sorted(ours | theirs)
    ]


def test_the_sample_counts_the_same_in_the_preview_as_in_its_list_of_leads(
    run: Run, sample_database: Path, tmp_path: Path
) -> None:
    shipped, draft, listed = Path(SHIPPED).read_text(), tmp_path / "draft.yaml", tmp_path / "leads.csv"
    draft.write_text(shipped.replace("points: 15, when: {kind: webinar", "points: 3, when: {kind: webinar"))

    printed = run("preview", "--definition", draft, "--db", sample_database, "--json", "--leads", listed).json

    changes = [row["change"] for row in rows_of(listed.read_text())]
    assert [changes.count(one) for one in ("kept", "gained", "lost")] == [
        printed[one] for one in ("kept", "gained", "lost")
    ]
    assert min(printed["kept"], printed["lost"]) > 0
    assert printed["kept"] + printed["gained"] == printed["qualified"]
    assert printed["kept"] + printed["lost"] == printed["against"]["qualified"]
    assert sum(week["qualified"] for week in printed["by_week"]) == printed["qualified"]
    assert sum(week["against"] for week in printed["by_week"]) == printed["against"]["qualified"]
    assert printed["by_threshold"][printed["threshold"] - 1]["qualified"] == printed["qualified"]
    assert {tuple(band) for band in printed["bands"]} == {
        ("low", "high", "handed_over", "decided", "accepted", "rate", "low95", "high95")
    }


def test_the_default_window_is_the_last_26_whole_weeks(run: Run, world: World, now: Callable[[datetime], None]) -> None:
    # Sunday 22:30 in UTC is Monday in Madrid: that week has begun, and the one before it is whole.
    now(datetime(2026, 3, 29, 22, 30, tzinfo=UTC))

    printed = run("preview", "--definition", world.definition, "--db", world.db, "--json").json

    assert printed["window"] == {"from": "2025-09-29", "to": "2026-03-30"}
    assert len(printed["by_week"]) == 26


def test_a_window_may_have_one_end_given_and_the_other_by_default(
    run: Run, world: World, now: Callable[[datetime], None]
) -> None:
    now(datetime(2026, 3, 29, 22, 30, tzinfo=UTC))
    asked = ("preview", "--definition", world.definition, "--db", world.db, "--json")

    assert run(*asked, "--from", "2026-03-05").json["window"] == {"from": "2026-03-05", "to": "2026-03-30"}
    assert run(*asked, "--to", "2026-03-05").json["window"] == {"from": "2025-09-29", "to": "2026-03-05"}


def test_without_another_definition_the_draft_is_set_against_the_agreed_one(run: Run, world: World) -> None:
    asked = ("preview", "--db", world.db, "--from", FROM, "--to", TO, "--json", "--definition")

    printed, agreed = run(*asked, world.definition).json, run(*asked, SHIPPED).json

    assert printed["against"] == {"threshold": 60, "qualified": agreed["qualified"]}
    assert (agreed["kept"], agreed["gained"], agreed["lost"]) == (agreed["qualified"], 0, 0)


def test_a_preview_for_readers_says_the_same_figures(preview: Callable[..., Ran]) -> None:
    printed = preview("--json").json

    text = preview().out

    assert f"kept {printed['kept']}, gained {printed['gained']}, lost {printed['lost']}" in text
    for week in printed["by_week"]:
        assert re.search(rf"{week['week']} +{week['qualified']} +{week['against']}$", text, re.MULTILINE)
