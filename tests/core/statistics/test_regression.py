"""What is left of a difference with other things held fixed: known answers, separation, and intervals that hold."""

import numpy as np
import numpy.typing as npt
import pytest

from lib.core.statistics import regression
from lib.core.statistics.regression import (
    Groups,
    NotConverged,
    distinguishable,
    effects,
    fit,
    grouped,
    independent,
)

Flags = npt.NDArray[np.bool_]


def share(log_odds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-log_odds)))


def once(flags: Flags) -> Groups:
    """Things that were had or not, whatever how often."""
    return grouped(flags.astype(np.uint8), np.zeros(flags.shape[1], dtype=np.bool_))


def test_hand_offs_with_the_same_things_as_often_are_one_group() -> None:
    times = np.array([[1, 2], [0, 0], [3, 2], [1, 9], [1, 4]], dtype=np.uint8)

    groups = grouped(times, np.array([False, True]))

    # The first counts once, the second up to four times: two hand-offs with it twice, two with it four times.
    assert sorted(zip(groups.design.tolist(), groups.trials.tolist(), strict=True)) == [
        ([1, 0, 0, 0], 1),
        ([1, 1, 1, 1], 2),
        ([1, 1, 1, 3], 2),
    ]
    assert groups.thing.tolist() == [-1, 0, 1, 1]
    assert groups.group[0] == groups.group[2]
    assert groups.successes(np.array([True, False, True, False, False])).sum() == 2


def test_one_flag_alone_gives_its_difference_drawn_a_little_towards_a_half() -> None:
    flags = np.repeat([[True], [False]], 200, axis=0)
    came = np.concatenate([np.arange(200) < 120, np.arange(200) < 60])

    (found,) = effects(once(flags), once(flags).successes(came))

    assert found is not None
    # Jeffreys' prior on either share is half a success and half a failure more.
    assert found.value == pytest.approx(120.5 / 201 - 60.5 / 201, abs=1e-6)
    assert found.low95 < 0.3 < found.high95


def test_a_difference_that_another_thing_explains_is_gone_once_that_is_held_fixed() -> None:
    rng = np.random.default_rng(5)
    cause = rng.random(4_000) < 0.5
    follower = np.where(rng.random(4_000) < 0.9, cause, ~cause)
    came = rng.random(4_000) < np.where(cause, 0.7, 0.3)
    groups = once(np.column_stack([cause, follower]))

    of_cause, of_follower = effects(groups, groups.successes(came))

    assert came[follower].mean() - came[~follower].mean() > 0.25
    assert of_cause is not None
    assert of_follower is not None
    assert of_cause.low95 > 0.3
    assert of_follower.low95 < 0 < of_follower.high95


def test_what_is_done_more_often_may_say_more() -> None:
    times = np.repeat(np.array([[0], [1], [4]], dtype=np.uint8), 500, axis=0)
    came = np.concatenate([np.arange(500) < 300, np.arange(500) < 300, np.arange(500) < 100])
    groups = grouped(times, np.array([True]))

    (found,) = effects(groups, groups.successes(came))

    # Of those that had it 400 of 1,000 came; without it 600 would have.
    assert found is not None
    assert found.value == pytest.approx(-0.2, abs=0.005)


def test_decisions_split_perfectly_still_have_an_answer() -> None:
    flags = np.repeat([[True], [False]], 15, axis=0)
    groups = once(flags)

    (found,) = effects(groups, groups.successes(flags[:, 0]))

    assert found is not None
    assert 0.7 < found.low95 < found.value < 1
    assert found.high95 == 1


def test_things_always_had_together_cannot_be_told_apart_and_others_still_can() -> None:
    rng = np.random.default_rng(6)
    one, other = rng.random(500) < 0.4, rng.random(500) < 0.5
    groups = once(np.column_stack([one, one, other, np.ones(500, dtype=np.bool_), np.zeros(500, dtype=np.bool_)]))

    found = effects(groups, groups.successes(rng.random(500) < np.where(other, 0.8, 0.2)))

    assert [effect is None for effect in found] == [True, True, False, True, True]


def test_things_of_which_everybody_has_exactly_one_cannot_be_told_apart() -> None:
    channel = np.arange(300) % 3
    flags = np.column_stack([channel == 0, channel == 1, channel == 2, np.arange(300) % 2 == 0])

    assert distinguishable(once(flags).design, once(flags).trials).tolist() == [False, False, False, False, True]
    assert len(independent(once(flags).design, once(flags).trials)) == 4


def test_with_many_decisions_the_prior_counts_for_nothing() -> None:
    """The fit is statsmodels' maximum likelihood but for what half a decision more can do."""
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    rng = np.random.default_rng(7)
    flags = rng.random((20_000, 3)) < [0.5, 0.2, 0.1]
    came = rng.random(20_000) < share(-0.4 + flags @ np.array([0.7, -1.0, 0.3]))
    groups = once(flags)
    successes = groups.successes(came)

    found = fit(groups.design, successes, groups.trials)

    theirs = GLM(np.column_stack([successes, groups.trials - successes]), groups.design, family=Binomial()).fit()
    assert found.coefficients == pytest.approx(theirs.params, abs=2e-3)
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx(theirs.bse, rel=1e-2)


@pytest.mark.parametrize("hand_offs", [80, 400])
def test_95_per_cent_intervals_hold_the_true_effect_in_95_per_cent_of_a_thousand_repetitions(hand_offs: int) -> None:
    rng = np.random.default_rng(8)
    weights = np.array([0.8, -1.2, 0.0, 0.4])
    again = -0.3
    held = np.zeros(4)
    for _ in range(1000):
        times = (rng.random((hand_offs, 4)) < [0.5, 0.3, 0.25, 0.35]).astype(np.uint8)
        # Who has the first often has the last; the third is had up to four times.
        times[:, 3] |= times[:, 0] & (rng.random(hand_offs) < 0.4)
        times[:, 2] *= rng.integers(1, 5, hand_offs, dtype=np.uint8)
        worth = np.minimum(times, 1) * weights
        worth[:, 2] += again * (times[:, 2].astype(float) - 1).clip(0)
        log_odds = -0.2 + worth.sum(axis=1)
        groups = grouped(times, np.array([False, False, True, False]))

        found = effects(groups, groups.successes(rng.random(hand_offs) < share(log_odds)))

        for n, effect in enumerate(found):
            having = times[:, n] > 0
            truth = float((share(log_odds) - share(log_odds - worth[:, n]))[having].mean())
            assert effect is not None
            held[n] += effect.low95 <= truth <= effect.high95

    assert ((held / 1000 >= 0.93) & (held / 1000 <= 0.97)).all()


def test_a_fit_comes_to_rest_where_only_one_had_a_thing_and_was_rejected() -> None:
    """Whole steps go to and fro over the top there for ever."""
    rng = np.random.default_rng(0)
    flags = rng.random((800, 3)) < [0.5, 0.3, 0.0]
    came = rng.random(800) < share(-0.5 + flags[:, :2] @ np.array([0.7, -1.0]))
    flags[5, 2], came[5] = True, False
    groups = once(flags)

    found = fit(groups.design, groups.successes(came), groups.trials)

    assert found.coefficients[3] < 0
    assert all(effect is not None for effect in effects(groups, groups.successes(came)))


def test_a_fit_that_still_moves_when_it_has_to_stop_says_so_and_nothing_is_told_by_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    flags = np.random.default_rng(3).random((400, 2)) < 0.5
    came = np.random.default_rng(4).random(400) < share(-0.5 + flags @ np.array([2.0, -1.0]))
    groups = once(flags)
    monkeypatch.setattr(regression, "ROUNDS_AT_MOST", 2)

    with pytest.raises(NotConverged, match="after 2 rounds"):
        fit(groups.design, groups.successes(came), groups.trials)

    assert effects(groups, groups.successes(came)) == (None, None)
