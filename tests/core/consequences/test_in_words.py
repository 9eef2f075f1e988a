"""What is expected of a draft, in sentences: each claims what stands behind it, and no more."""

from dataclasses import replace

import pytest

from lib.core.consequences.expected import Amount, DrawnCheck, Expected, Interval, Method, Standing, Unanswered
from lib.core.consequences.in_words import acceptance_in_words, beyond_in_words, further_in_words, why_none_in_words
from lib.core.consequences.known import Stage
from lib.core.statistics.rates import rate

FIGURE = Expected(
    threshold=49,
    stage=Stage.ACCEPTED,
    leads=3_004,
    not_observed=0,
    said=Interval(0.63, 0.60, 0.65),
    method=Method.MODEL,
    today=None,
    decided=5_570,
    reached_by_decided=2_930,
)
NONE = replace(FIGURE, said=None, method=Method.TOO_FEW, decided=43, reached_by_decided=20)
STANDING = Standing(
    decided=5_570,
    reached=2_930,
    why=(),
    moved=False,
    unanswered=Unanswered(5_000, 100, False),
    drawn_check=None,
    owners_differ=(),
    pairs=(),
    not_observed=(),
)
LABELS = {"letter": "Reads the newsletter"}


def test_a_figure_is_said_with_its_interval_its_condition_and_what_it_was_learned_from() -> None:
    assert acceptance_in_words(FIGURE, STANDING, LABELS) == (
        "Of 3,004 leads at 49 points sales would accept 63 % (95 % interval 60 to 65 %), of those that it answers and "
        "as it judges with the points it sees today. "
        "Learned from 5,570 first hand-offs decided, 2,930 of them accepted."
    )


def test_where_acceptance_moved_todays_figure_is_said_and_that_it_is_promised() -> None:
    moved = replace(FIGURE, today=Interval(0.55, 0.50, 0.60))

    said = acceptance_in_words(moved, STANDING, LABELS)

    assert (
        "as sales judges now it would be 55 % (95 % interval 50 to 60 %), and that is what a proposal predicts." in said
    )


def test_leads_that_are_not_observed_are_counted_and_what_they_have_is_named() -> None:
    said = acceptance_in_words(replace(FIGURE, not_observed=60), replace(STANDING, not_observed=("letter",)), LABELS)

    assert said.startswith("Of 2,944 leads at 49 points")
    assert (
        "60 leads are not observed (hardly any decision tells of: Reads the newsletter), and nothing is guessed."
        in said
    )


@pytest.mark.parametrize(("overdue", "is_said"), [(249, False), (250, True)])
def test_from_five_per_cent_overdue_on_it_is_said_that_the_lower_end_takes_them_for_rejected(
    overdue: int, is_said: bool
) -> None:
    said = acceptance_in_words(FIGURE, replace(STANDING, unanswered=Unanswered(5_000, overdue, True)), LABELS)

    assert ("takes them for rejected" in said) is is_said
    assert ("They are the poorer leads." in said) is is_said


def test_too_few_decisions_stand_as_counts_with_what_would_bring_a_figure() -> None:
    assert acceptance_in_words(NONE, STANDING, LABELS) == (
        "Too few decisions to give a figure: they rest on 43 first hand-offs decided, 20 of them accepted. "
        "Draw 100 leads below the line, or wait for more answers."
    )


def test_a_refusal_names_what_the_criteria_do_not_hold() -> None:
    why = ("Sales goes by something that no criterion asks for: leads with pricing and webinar.",)
    refused = replace(NONE, method=Method.REFUSED)

    assert why_none_in_words(refused, replace(STANDING, why=why)) == f"No figure is given: {why[0]}"


def test_too_many_unanswered_are_counted() -> None:
    unanswered = replace(STANDING, unanswered=Unanswered(1_000, 350, False))

    said = why_none_in_words(replace(NONE, method=Method.UNANSWERED), unanswered)

    assert said.startswith("No figure is given: 350 of 1,000 hand-offs wait longer")


def test_nobody_at_a_threshold_is_said_as_such() -> None:
    nobody = replace(NONE, leads=0, method=Method.NOBODY)

    assert acceptance_in_words(nobody, STANDING, LABELS) == "No lead qualifies at 49 points."


def test_sqls_and_wins_are_said_as_numbers_with_intervals_and_money() -> None:
    sql = replace(FIGURE, stage=Stage.SQL, said=Interval(0.2, 0.18, 0.22), leads=1_000)
    won = replace(FIGURE, stage=Stage.WON, said=Interval(0.05, 0.04, 0.06), leads=1_000)

    said = further_in_words(sql, won, Amount(49, 500_000.0, 400_000.0, 600_000.0, 5_000, 300, 3e6), "EUR")

    assert said == (
        "Within 90 days of hand-over about 200 SQLs (180 to 220); about 50 wins (40 to 60), "
        "worth 500,000 EUR (400,000 to 600,000)."
    )


def test_without_a_figure_the_past_counts_of_sqls_and_wins_stand_alone() -> None:
    sql = replace(NONE, stage=Stage.SQL, decided=400, reached_by_decided=30)
    won = replace(NONE, stage=Stage.WON, decided=400, reached_by_decided=7)

    said = further_in_words(sql, won, Amount(49, None, None, None, 400, 7, 70_000.0), None)

    assert said == (
        "Within 90 days of hand-over SQLs: 30 of 400 first hand-offs so far, nothing to expect from that yet; "
        "wins: 7 of 400 first hand-offs so far, nothing to expect from that yet; the past's 7 wins brought 70,000."
    )


def test_how_far_a_draft_leaves_what_is_agreed_is_said_with_the_check_by_those_drawn() -> None:
    check = DrawnCheck(0.31, rate(11, 40))

    said = beyond_in_words(FIGURE, 400, replace(STANDING, drawn_check=check))

    assert said == (
        "400 of its 3,004 leads are not handed over as agreed; they are judged by what their criteria meant to "
        "sales in others. Leads drawn below the line check that: by the others' decisions 31 % of them would be "
        "accepted, and sales accepted 11 of 40, 28 % (16 to 43 %)."
    )
    assert beyond_in_words(FIGURE, 0, STANDING) == "Each of its leads is handed over as agreed too."
