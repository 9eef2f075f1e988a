"""What is expected of a draft: cases by hand, plain recomputations, and when nothing is said."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from lib.core.consequences.calibration import FRESH_DEEDS, POINTS_SHOWN
from lib.core.consequences.columns import MONTH
from lib.core.consequences.decisions import criteria_of_both, first_handoffs
from lib.core.consequences.expected import Expected, Interval, Method
from lib.core.consequences.foreseen import judged_by
from lib.core.consequences.known import STAGES, Stage, evidence
from lib.core.consequences.learned import Learned, learned
from lib.core.definition import scoring
from lib.core.definition.criteria import ActivityCondition, ActivityMatch, Definition
from lib.core.handoffs.handoffs import Decision, Handoffs
from lib.core.leads.history import Activity, history_of
from lib.core.replay.hits import HitIndex
from lib.core.statistics.rates import rate
from tests.core.consequences.invented import (
    AGREED,
    AS_OF,
    DAY,
    HOUR,
    VISIT,
    WINDOW,
    Invented,
    additive,
    answered,
    handed_over,
    invent,
    switched_off,
    told,
    trait,
    with_points,
)
from tests.core.handing_over import everybody_above

PEOPLE = invent(1, 600)
ANSWERS = answered(PEOPLE, 2, additive)


def learned_of(of: Invented, handoffs: Handoffs, draft: Definition = AGREED) -> Learned:
    index = HitIndex(history_of(of.leads))
    return learned(first_handoffs(index, AGREED, criteria_of_both(AGREED, draft), handoffs), STAGES, {1: 5})


# A figure, and its interval.


@settings(max_examples=12)
@given(st.integers(0, 1_000), st.sampled_from((0, 3, 12, 25)), st.sampled_from((0, 1, 7)))
def test_every_threshold_equals_its_leads_asked_one_by_one(seed: int, points: int, visit: int) -> None:
    of = invent(seed, 260)
    handoffs = answered(of, seed, additive)
    draft = with_points(a=points, visit=visit)
    index = HitIndex(history_of(of.leads))
    by = learned(first_handoffs(index, AGREED, criteria_of_both(AGREED, draft), handoffs), STAGES, {1: 5})
    known = evidence(handoffs, index.history, everybody_above(index.history))

    found = judged_by(index, draft, by, known, WINDOW)

    columns, learnt = by.first.columns, by.stages[Stage.ACCEPTED]
    names = [one.id for one in columns.criteria]
    for threshold in range(1, found.top + 1):
        rows = []
        for lead in of.leads:
            reaches = scoring.qualification(draft.with_threshold(threshold), lead, AS_OF)
            if reaches is None or reaches.at >= 168 * DAY:
                continue
            at = min(reaches.at + by.first.delay, AS_OF)
            times = [
                min(sum(1 for one in lead.activities if one.at <= at), 4)
                if name == "visit"
                else int(lead.fields.get(f"extra.{name}") == "yes")
                for name in names
            ]
            rows.append((times, min((at - columns.start) // MONTH, columns.months - 2)))
        expected = found.expected(threshold)
        assert expected.leads == len(rows)
        if learnt.model is None or not rows:
            continue
        design = columns.matrix(
            np.array([times for times, _ in rows], dtype=np.uint8), np.array([max(month, 0) for _, month in rows])
        )
        chance = expit(design @ learnt.model.coefficients)
        gradient = (design * (chance * (1 - chance))[:, None]).mean(axis=0)
        variance = max(gradient @ learnt.model.inverse @ gradient, gradient @ learnt.model.robust @ gradient)
        variance += 0.05 * (chance * (1 - chance)).mean() / len(rows)
        share = chance.mean()
        reach = 1.959964 * np.sqrt(variance) / (share * (1 - share))
        low, high = expit(logit(share) - reach), expit(logit(share) + reach)
        if learnt.method is Method.MODEL and (high - low) / 2 <= 0.15:
            assert expected.said is not None
            assert expected.share == pytest.approx(share, abs=1e-9)
            assert [expected.low95, expected.high95] == pytest.approx([low, high], abs=1e-6)
        else:
            assert expected.said is None


@pytest.mark.parametrize("stage", list(Stage))
def test_the_trade_off_is_what_each_threshold_is_expected_to_bring(stage: Stage) -> None:
    found = told(PEOPLE, ANSWERS)

    curve = found.trade_off(stage)

    assert curve.thresholds.tolist() == list(range(1, found.top + 1))
    for n, threshold in enumerate(curve.thresholds.tolist()):
        expected = found.expected(threshold, stage)
        assert curve.mqls_per_week[n] == pytest.approx(expected.leads / 24)
        assert curve.not_observed[n] == pytest.approx(expected.not_observed / expected.leads)
        assert np.isnan(curve.share[n]) == (expected.share is None)
        if expected.said is not None:
            assert (curve.share[n], curve.low95[n], curve.high95[n]) == (
                expected.share,
                expected.low95,
                expected.high95,
            )


@settings(max_examples=10)
@given(st.lists(st.integers(1, 20 * DAY), min_size=1, max_size=5), st.integers(40, 160))
def test_what_comes_after_an_instant_changes_nothing_computed_as_of_it(later: list[int], day: int) -> None:
    as_of = day * DAY
    known = ANSWERS.take(ANSWERS.mql_at <= as_of)
    undecided = known.decided_at > as_of
    known = replace(known, as_of=as_of, decision=np.where(undecided, Decision.OPEN, known.decision).astype(np.int8))
    added = tuple(Activity(as_of + after, "page_view", activity_id=f"z{after}") for after in later)
    grown = replace(PEOPLE, leads=[replace(lead, activities=(*lead.activities, *added)) for lead in PEOPLE.leads])

    before, after = told(PEOPLE, known), told(grown, known)

    assert [after.expected(t, s) for t in range(1, 60) for s in Stage] == [
        before.expected(t, s) for t in range(1, 60) for s in Stage
    ]
    assert [after.standing(s) for s in Stage] == [before.standing(s) for s in Stage]


def test_a_lead_is_judged_as_sales_would_see_it_some_time_after_it_qualified() -> None:
    first = first_handoffs(HitIndex(history_of(PEOPLE.leads)), AGREED, criteria_of_both(AGREED, AGREED), ANSWERS)

    assert first.delay == HOUR


def test_a_moved_weight_asks_for_no_other_fit_and_a_condition_does() -> None:
    moved = with_points(a=3, visit=0).with_threshold(20).with_half_life(3.0)
    edited = AGREED.with_criterion(
        replace(VISIT, match=ActivityMatch(ActivityCondition(("page_view", "download"))), points=1)
    )

    assert criteria_of_both(AGREED, moved) == criteria_of_both(AGREED, AGREED)
    assert criteria_of_both(AGREED, switched_off(AGREED, "a")) == criteria_of_both(AGREED, AGREED)
    assert [one.id for one in criteria_of_both(AGREED, edited).criteria] == ["a", "b", "c", "visit", "visit′"]


def test_a_criterion_that_the_draft_switches_off_is_looked_at_all_the_same() -> None:
    draft = switched_off(AGREED, "a").with_threshold(10)

    share = told(PEOPLE, ANSWERS, draft).expected(10).share

    assert share is not None
    of = (PEOPLE.has[:, 1:].sum(axis=1) * 10 + PEOPLE.visits * 5) >= 10
    assert share == pytest.approx(additive(PEOPLE)[of].mean(), abs=0.05)


def test_leads_that_were_never_handed_over_are_expected_by_what_they_have_and_not_by_their_score() -> None:
    # Sales only ever saw leads with `a`, which it likes, and leads with `c`, which it does not.
    rows = np.flatnonzero(PEOPLE.has[:, 0] | PEOPLE.has[:, 2])
    came = np.random.default_rng(3).random(len(rows)) < additive(PEOPLE)[rows]
    draft = with_points(a=0, c=0)

    found = told(PEOPLE, handed_over(PEOPLE, rows, came), draft)

    expected, truth = found.expected(10), additive(PEOPLE)[(PEOPLE.has[:, 1] * 10 + PEOPLE.visits * 5) >= 10].mean()
    assert expected.said is not None
    assert expected.low95 <= truth <= expected.high95
    assert found.beyond(10) == 0


def test_how_many_leads_are_not_handed_over_as_agreed_is_a_look_up() -> None:
    found = told(PEOPLE, ANSWERS, agreed=AGREED.with_threshold(25))

    score = PEOPLE.has.sum(axis=1) * 10 + PEOPLE.visits * 5
    assert found.beyond(5) == int(((score >= 5) & (score < 25)).sum())
    assert found.beyond(25) == found.beyond(999) == 0


@given(st.floats(0.01, 0.99), st.floats(0, 0.3), st.integers(0, 50), st.integers(0, 5))
def test_a_figure_knows_its_margin_its_leads_and_what_a_proposal_promises(
    share: float, margin: float, leads: int, unknown: int
) -> None:
    said, today = Interval(share, share - margin, share + margin), Interval(share / 2, 0.0, share)
    still = Expected(5, Stage.SQL, leads + unknown, unknown, said, Method.MODEL, None, 300, 100)
    moved = replace(still, today=today)
    nothing = replace(still, said=None, method=Method.REFUSED)

    assert (still.known, still.share) == (leads, share)
    assert still.margin == pytest.approx(margin)
    assert still.reached == pytest.approx(share * leads)
    assert (still.promised, moved.promised, nothing.promised) == (said, today, None)
    assert (still.calibrated, nothing.calibrated) == (True, False)
    assert (nothing.share, nothing.low95, nothing.high95, nothing.margin, nothing.reached) == (*[None] * 4, 0.0)


# Where nothing is said.


@pytest.mark.parametrize(
    ("rows", "accepted", "method"),
    [(0, 0, Method.TOO_FEW), (40, 20, Method.TOO_FEW), (99, 40, Method.TOO_FEW), (300, 19, Method.TOO_FEW),
     (300, 281, Method.TOO_FEW), (300, 0, Method.TOO_FEW), (300, 300, Method.TOO_FEW), (500, 200, Method.MODEL)],
)  # fmt: skip
def test_under_100_decided_or_20_of_either_answer_there_are_counts_alone(
    rows: int, accepted: int, method: Method
) -> None:
    came = np.random.default_rng(1).permutation(np.arange(rows) < accepted)

    expected = told(PEOPLE, handed_over(PEOPLE, np.arange(rows), came)).expected(5)

    assert (expected.method, expected.said is None) == (method, method is not Method.MODEL)
    assert (expected.decided, expected.reached_by_decided) == (rows, accepted)
    assert expected.leads > 0


def test_without_any_lead_and_above_every_score_there_is_nobody() -> None:
    empty = Invented([], np.zeros((0, 3), bool), np.zeros(0, int), np.zeros(0, int))

    found = told(empty, handed_over(empty, np.arange(0), np.zeros(0, bool)))

    assert (found.top, len(found.trade_off().thresholds), found.bands) == (0, 0, ())
    assert found.expected(1).method is Method.NOBODY
    assert told(PEOPLE, ANSWERS).expected(999).method is Method.NOBODY


def test_a_criterion_that_fewer_than_ten_decided_leads_had_leaves_the_leads_that_have_it_unobserved() -> None:
    nine = np.flatnonzero(PEOPLE.has[:, 1])[:9]
    rows = np.union1d(np.flatnonzero(~PEOPLE.has[:, 1]), nine)
    came = np.random.default_rng(4).random(len(rows)) < additive(PEOPLE)[rows]

    found = told(PEOPLE, handed_over(PEOPLE, rows, came))

    score = PEOPLE.has.sum(axis=1) * 10 + PEOPLE.visits * 5
    expected = found.expected(5)
    assert found.standing().not_observed == ("b",)
    assert (expected.leads, expected.not_observed) == (
        int((score >= 5).sum()),
        int(((score >= 5) & PEOPLE.has[:, 1]).sum()),
    )
    assert expected.said is not None


def test_a_criterion_that_every_decided_lead_had_leaves_the_leads_that_lack_it_unobserved() -> None:
    rows = np.flatnonzero(PEOPLE.has[:, 0])
    came = np.random.default_rng(5).random(len(rows)) < additive(PEOPLE)[rows]

    expected = told(PEOPLE, handed_over(PEOPLE, rows, came)).expected(20)

    score = PEOPLE.has.sum(axis=1) * 10 + PEOPLE.visits * 5
    assert expected.not_observed == int(((score >= 20) & ~PEOPLE.has[:, 0]).sum())
    assert expected.method is Method.MODEL


def test_where_all_leads_are_alike_the_share_is_that_of_the_decided() -> None:
    of = invent(6, 300, share=1.1)
    of = replace(of, leads=[replace(lead, activities=()) for lead in of.leads], visits=np.zeros(300, int))
    came = np.arange(300) % 5 < 2

    found = told(of, handed_over(of, np.arange(300), came))

    expected = found.expected(30)
    assert expected.share == pytest.approx(0.4, abs=0.03)
    assert (expected.leads, expected.not_observed) == (300, 0)


def test_a_share_known_less_well_than_15_points_is_not_said() -> None:
    rows = np.arange(100)
    came = np.random.default_rng(7).random(100) < additive(PEOPLE)[:100]

    found = told(PEOPLE, handed_over(PEOPLE, rows, came))

    of = found.stages[Stage.ACCEPTED].said
    assert of is not None
    widths = (of.high95 - of.low95)[1:] / 2
    assert (widths > 0.15).any()
    assert [found.expected(t).method is Method.MODEL for t in range(1, found.top + 1)] == (widths <= 0.15).tolist()


# Who waits for an answer.


def waiting(of: Invented, share: float) -> Handoffs:
    """The poorest leads by the truth are never answered; there are so many."""
    rows = np.flatnonzero(of.has.any(axis=1) | (of.visits > 0))
    came = np.random.default_rng(8).random(len(rows)) < additive(of)[rows]
    return handed_over(of, rows, came, is_open=additive(of)[rows] <= np.quantile(additive(of)[rows], share))


def test_above_30_per_cent_overdue_there_is_no_figure() -> None:
    expected = told(PEOPLE, waiting(PEOPLE, 0.4)).expected(5)

    assert (expected.method, expected.said) == (Method.UNANSWERED, None)


def test_from_5_per_cent_overdue_on_the_lower_limit_falls_as_if_all_of_them_were_rejected() -> None:
    some = waiting(PEOPLE, 0.12)
    others = some.take(some.decision != Decision.OPEN)

    with_them, without = (told(PEOPLE, one).expected(5) for one in (some, others))

    assert with_them.share == pytest.approx(without.share, abs=1e-6)
    assert with_them.high95 == pytest.approx(without.high95, abs=1e-6)
    assert (with_them.low95 or 0.0) < (without.low95 or 0.0) - 0.03
    assert told(PEOPLE, some).standing().unanswered.poorer
    assert told(PEOPLE, some).standing().unanswered.share == pytest.approx(0.12, abs=0.05)


# What sales goes by.


def test_what_three_criteria_decide_together_is_refused_and_the_pattern_named() -> None:
    def parity(of: Invented) -> np.ndarray:
        return np.where(of.has.sum(axis=1) % 2 == 1, 0.85, 0.15)

    of = invent(9, 900)

    found = told(of, answered(of, 9, parity))

    expected = found.expected(5)
    assert (expected.method, expected.said, expected.calibrated) == (Method.REFUSED, None, False)
    assert found.standing().why[0].startswith("Sales goes by something that the criteria do not hold: of ")
    assert np.isnan(found.trade_off().share).all()


def test_where_answers_follow_the_points_shown_it_is_refused() -> None:
    of = invent(10, 1_200)
    shown = np.random.default_rng(10).integers(5, 60, 1_200).astype(float)
    rows = np.flatnonzero(of.has.any(axis=1) | (of.visits > 0))
    came = np.random.default_rng(11).random(len(rows)) < expit((shown[rows] - 30) / 12)

    found = told(of, handed_over(of, rows, came, score=shown[rows]))

    assert found.standing().why == (POINTS_SHOWN,)
    assert found.expected(5).method is Method.REFUSED


def test_where_sales_goes_by_how_fresh_deeds_are_it_is_refused() -> None:
    of = invent(22, 900)
    stale = np.random.default_rng(22).random(900) < 0.5
    leads = [
        replace(lead, activities=tuple(replace(one, at=one.at - 20 * DAY * int(old)) for one in lead.activities))
        for lead, old in zip(of.leads, stale, strict=True)
    ]

    def only_fresh(of: Invented) -> np.ndarray:
        return expit(-1.0 + 0.8 * np.minimum(of.visits, 3) * ~stale)

    found = told(replace(of, leads=leads), answered(of, 22, only_fresh))

    assert FRESH_DEEDS in found.standing().why
    assert found.expected(5).method is Method.REFUSED


def test_what_two_criteria_decide_together_enters_by_name_and_is_not_refused() -> None:
    def together(of: Invented) -> np.ndarray:
        return np.asarray(expit(-1.0 + 2.5 * (of.has[:, 0] == of.has[:, 1])))

    of = invent(12, 900)

    found = told(of, answered(of, 12, together))

    assert found.standing().pairs == ("a × b",)
    assert found.standing().why == ()
    assert found.expected(5).method is Method.MODEL


def test_where_acceptance_moved_todays_figure_stands_beside_and_is_what_is_promised() -> None:
    def stricter(of: Invented) -> np.ndarray:
        return np.where(of.created_at < 84 * DAY, 0.7, 0.3)

    of = invent(13, 900)

    found = told(of, answered(of, 13, stricter))

    expected = found.expected(5)
    assert found.standing().moved
    assert expected.today is not None
    assert expected.promised == expected.today
    assert expected.share == pytest.approx(0.5, abs=0.06)
    assert expected.today.low95 < 0.3 < expected.today.high95
    assert expected.today.share == pytest.approx(0.3, abs=0.06)
    curve = found.promised_trade_off()
    assert (curve.share[4], curve.low95[4], curve.high95[4]) == (
        expected.today.share,
        expected.today.low95,
        expected.today.high95,
    )
    assert found.trade_off().share[4] == expected.share
    still = told(PEOPLE, ANSWERS)
    assert still.expected(5).today is None
    assert np.array_equal(still.promised_trade_off().share, still.trade_off().share, equal_nan=True)


def test_owners_who_answer_otherwise_are_named() -> None:
    rows = np.flatnonzero(PEOPLE.has.any(axis=1))
    owner = np.arange(len(rows)) % 8
    came = np.random.default_rng(14).random(len(rows)) < np.where(owner == 2, 0.1, 0.6)

    assert told(PEOPLE, handed_over(PEOPLE, rows, came, owner=owner)).standing().owners_differ == ("rep-2",)


def test_leads_drawn_below_the_line_are_in_the_fit_and_a_fit_without_them_is_set_against_them() -> None:
    of = invent(15, 900)
    rows = np.flatnonzero(of.has.any(axis=1) | (of.visits > 0))
    score = of.has[rows].sum(axis=1) * 10 + of.visits[rows] * 5
    drawn = score <= 10
    came = np.random.default_rng(15).random(len(rows)) < additive(of)[rows]

    check = told(of, handed_over(of, rows, came, drawn=drawn)).standing().drawn_check

    assert check is not None
    assert check.sales == rate(int(came[drawn].sum()), int(drawn.sum()))
    alone = learned_of(of, handed_over(of, rows[~drawn], came[~drawn]))
    assert check.model == pytest.approx(float(additive(of)[rows[drawn]].mean()), abs=0.12)
    assert alone.stages[Stage.ACCEPTED].standing.drawn_check is None


def test_of_a_lead_only_the_first_hand_off_is_learned_from() -> None:
    # Every lead a second time, with the same rows: later, and accepted.
    twice = ANSWERS.take(np.tile(np.arange(len(ANSWERS)), 2))
    again = np.arange(len(twice)) >= len(ANSWERS)
    later = replace(
        twice,
        mql_at=twice.mql_at + DAY * again,
        decision=np.where(again, Decision.ACCEPTED, twice.decision).astype(np.int8),
    )

    found = told(PEOPLE, later.take(np.argsort(later.mql_at, kind="stable")))

    assert found.expected(5).said == told(PEOPLE, ANSWERS).expected(5).said


def test_a_hand_off_from_before_its_lead_was_created_teaches_nothing() -> None:
    early = replace(ANSWERS, mql_at=ANSWERS.mql_at - 2 * HOUR)

    found = told(PEOPLE, early)

    assert (found.expected(5).decided, found.unscored) == (0, len(early))


# SQLs, wins and what they are worth.


def winning(of: Invented, seed: int, chance: float, amount: float = 1_000.0) -> Handoffs:
    rows = np.flatnonzero(of.has.any(axis=1) | (of.visits > 0))
    rng = np.random.default_rng(seed)
    came = rng.random(len(rows)) < additive(of)[rows]
    return handed_over(of, rows, came, won=came & (rng.random(len(rows)) < chance), amount=amount)


def test_sqls_and_wins_are_learned_from_hand_offs_older_than_90_days_alone() -> None:
    handoffs = winning(invent(16, 1_200), 16, 0.5)
    old = handoffs.mql_at <= AS_OF - 90 * DAY

    found = told(invent(16, 1_200), handoffs)

    sql, won = found.expected(5, Stage.SQL), found.expected(5, Stage.WON)
    assert (sql.decided, sql.reached_by_decided) == (int(old.sum()), int(handoffs.accepted[old].sum()))
    assert won.reached_by_decided == int((handoffs.won_at[old] < AS_OF).sum())
    assert sql.method is won.method is Method.MODEL
    assert sql.share is not None
    assert won.share is not None
    assert sql.share == pytest.approx(additive(invent(16, 1_200)).mean(), abs=0.06)
    assert won.share == pytest.approx(sql.share / 2, abs=0.06)


def test_what_came_later_than_90_days_after_hand_over_is_no_win_of_these() -> None:
    of = invent(17, 1_200)
    handoffs = winning(of, 17, 0.5)
    late = replace(handoffs, won_at=np.where(handoffs.won_at < AS_OF, handoffs.mql_at + 90 * DAY + 1, handoffs.won_at))

    assert told(of, late).expected(5, Stage.WON).reached_by_decided == 0


def test_the_amount_is_the_expected_wins_times_the_mean_amount_won() -> None:
    of = invent(18, 1_200)

    found = told(of, winning(of, 18, 0.5, amount=2_500.0))

    amount, won = found.amount(5), found.expected(5, Stage.WON)
    assert amount.expected == pytest.approx(won.reached * 2_500.0)
    assert amount.low95 is not None
    assert amount.high95 is not None
    assert amount.low95 / (won.known * 2_500) == pytest.approx(won.low95, abs=0.02)
    assert amount.high95 / (won.known * 2_500) == pytest.approx(won.high95, abs=0.02)
    assert (amount.won, amount.won_amount) == (won.reached_by_decided, won.reached_by_decided * 2_500.0)


def test_with_fewer_than_30_wins_the_past_counts_alone() -> None:
    of = invent(19, 1_200)
    found = told(of, winning(of, 19, 0.05))

    amount = found.amount(5)
    assert 0 < amount.won < 30
    assert found.expected(5, Stage.WON).method is Method.TOO_FEW
    assert (amount.expected, amount.low95, amount.high95) == (None, None, None)
    assert amount.won_amount == amount.won * 1_000.0


# How sure it is.


@pytest.mark.slow
@pytest.mark.parametrize(
    "draft",
    [AGREED.with_threshold(20), with_points(a=0).with_threshold(15), with_points(visit=12).with_threshold(25),
     AGREED.with_criterion(trait("d")).with_threshold(10)],
    ids=["threshold", "without a", "visits", "one more"],
)  # fmt: skip
def test_where_nothing_moves_or_mixes_95_per_cent_intervals_hold_the_truth(draft: Definition) -> None:
    of = invent(20, 700)
    index = HitIndex(history_of(of.leads))
    points = {one.id: one.points for one in draft.criteria}
    score = of.has @ np.array([points["a"], points["b"], points["c"]]) + of.visits * points["visit"]
    truth = additive(of)[score >= draft.threshold].mean()
    rows = np.flatnonzero((of.has.sum(axis=1) * 10 + of.visits * 5) >= 15)
    rng = np.random.default_rng(21)
    known = evidence(handed_over(of, rows, rows > 0), index.history, everybody_above(index.history))

    held, off, refused = 0, [], 0
    for _ in range(200):
        handoffs = handed_over(of, rows, rng.random(len(rows)) < additive(of)[rows])
        first = first_handoffs(index, AGREED, criteria_of_both(AGREED, draft), handoffs)
        expected = judged_by(index, draft, learned(first, [Stage.ACCEPTED], {1: 5}), known, WINDOW).expected(
            draft.threshold
        )
        if expected.said is None:
            refused += 1
            continue
        held += expected.said.low95 <= truth <= expected.said.high95
        off.append(expected.said.share - truth)

    assert refused <= 10
    assert held / len(off) >= 0.91
    assert abs(np.mean(off)) < 0.012
