"""Answers against the score, and what was ahead of won deals: counted by hand."""

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from lib.core.arrays import NEVER, Column
from lib.core.definition.criteria import (
    ActivityCondition,
    ActivityMatch,
    Category,
    Criterion,
    Definition,
    FieldCondition,
    FieldMatch,
    TextTest,
)
from lib.core.evidence.criteria import Judged, judged
from lib.core.evidence.deals import Deals, deals
from lib.core.evidence.surprises import owed_to, surprises
from lib.core.leads.history import Activity, Lead, history_of
from lib.core.replay.hits import HitIndex
from lib.core.statistics.rates import Verdict, rate
from lib.core.time.window import Window
from tests.core.handing_over import Handed, handoffs

DAY = 86_400_000_000
EVER = Window(date(1970, 1, 1), date(1970, 2, 12), "UTC")

DRAFT = Definition(
    "draft",
    10,
    (
        Criterion("visit", "Visited", Category.ACTIONS, 10, ActivityMatch(ActivityCondition(("page_view",)))),
        Criterion(
            "free",
            "Free address",
            Category.UNDESIRABLES,
            -15,
            FieldMatch("one", (FieldCondition("email", (TextTest("ends_with", ("@free.example",)),)),)),
        ),
    ),
    half_life_days=1.0,
)


def visitor(name: str, visits: int, email: str = "a@own.example") -> Lead:
    return Lead(name, 0, {"email": email}, tuple(Activity(DAY, "page_view") for _ in range(visits)))


def seen(leads: list[Lead], *rows: Handed) -> tuple[HitIndex, Judged]:
    index = HitIndex(history_of(leads))
    return index, judged(index, DRAFT, handoffs(*rows), EVER)


def ids(of: Judged, rows: list[int]) -> list[str]:
    return [of.handoffs.lead_id[row].as_py() for row in rows]


# Answers against the score.


def test_those_rejected_from_the_upper_quartile_on_and_accepted_up_to_the_lower_are_listed() -> None:
    leads = [visitor(f"{n}", n) for n in range(1, 9)]
    answers = ["accepted", "rejected", "accepted", "rejected", "accepted", "rejected", "rejected", "accepted"]

    _, of = seen(leads, *(Handed(f"{n}", DAY, answer) for n, answer in enumerate(answers, start=1)))
    found = surprises(of)

    # Scores are 10 to 80; a quarter of eight are two.
    assert (found.low, found.high) == (30, 60)
    assert ids(of, found.rejected.tolist()) == ["7", "6"]
    assert ids(of, found.accepted.tolist()) == ["1", "3"]


def test_of_equal_scores_the_newest_comes_first() -> None:
    leads = [visitor(f"{n}", 1) for n in range(4)]

    _, of = seen(leads, *(Handed(f"{n}", DAY + n, "rejected") for n in range(4)))

    assert ids(of, surprises(of).rejected.tolist()) == ["3", "2", "1", "0"]


def test_open_hand_offs_and_those_without_a_score_surprise_nobody() -> None:
    leads = [visitor("open", 9), Lead("later", 5 * DAY, {}, ())]

    _, of = seen(leads, Handed("open", DAY), Handed("later", DAY, "accepted"))

    assert (surprises(of).low, len(surprises(of).rejected), len(surprises(of).accepted)) == (None, 0, 0)


def test_what_a_score_is_owed_to_is_faded_to_the_hand_over_and_has_its_sign() -> None:
    _, of = seen([visitor("a", 2, "a@free.example")], Handed("a", 2 * DAY, "rejected"))

    # Two visits a day old give half of 20 points.
    assert owed_to(of, surprises(of).rejected) == ["Free address −15, Visited +10"]


# What was ahead of won deals.


def two_kinds(won: int, lost: int) -> Deals:
    """Won deals came by referral and had a call after the hand-over; of the lost every tenth had."""
    leads, rows = [], []
    for n in range(won + lost):
        is_won = n < won
        calls = is_won or n % 10 == 0
        acts = [Activity(DAY, "page_view", "/pricing" if n % 2 else "/blog")]
        acts += [Activity(3 * DAY, "conversation", "Call")] * calls
        # What comes after the end was not ahead of it.
        acts.append(Activity(9 * DAY, "download", "guide"))
        leads.append(Lead(f"{n:04}", 0, {}, tuple(acts)))
        rows.append(Handed(f"{n:04}", 2 * DAY, "accepted"))
    ended = np.where(np.arange(won + lost) < won, 7 * DAY, NEVER)
    closed = replace(
        handoffs(*rows),
        won_at=ended,
        lost_at=np.where(ended == NEVER, 7 * DAY, NEVER),
        channel=Column.of(pa.array(["referral" if n < won else "cold" for n in range(won + lost)], pa.string())),
    )
    index = HitIndex(history_of(leads))
    return deals(index.history, judged(index, DRAFT, closed, EVER))


def test_what_won_deals_have_more_often_comes_first_with_its_verdict() -> None:
    found = two_kinds(40, 200)

    assert (found.won, found.lost) == (40, 200)
    first, *others = found.deeds
    assert first.label == "Conversation"
    assert (first.comparison.rate, first.comparison.other) == (rate(40, 40), rate(20, 200))
    assert first.comparison.verdict is Verdict.HIGHER
    assert {one.comparison.verdict for one in others} == {Verdict.NOISE}
    assert "Download" not in {one.label for one in found.deeds}
    assert [(one.label, one.comparison.verdict) for one in found.channels] == [
        ("referral", Verdict.HIGHER),
        ("cold", Verdict.LOWER),
    ]
    assert found.sources == ()


def test_the_days_from_creation_to_the_end_are_medians() -> None:
    found = two_kinds(40, 200)

    assert (found.won_days, found.lost_days) == (7.0, 7.0)


@pytest.mark.parametrize(("won", "lost"), [(0, 0), (1, 2), (0, 30)])
def test_few_deals_or_only_lost_ones_say_nothing(won: int, lost: int) -> None:
    found = two_kinds(won, lost)

    assert (found.won, found.lost) == (won, lost)
    assert all(one.comparison.verdict is Verdict.TOO_FEW for one in found.deeds)
