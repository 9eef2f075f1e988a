"""The product in the worlds, and what a simulation of so many redraws can say for sure."""

from functools import cache, partial

from scipy.stats import binom

from bench.truth.answers import Answer
from bench.truth.product import product
from bench.truth.running import HISTORIES, answers
from bench.truth.worlds import named
from lib.core.consequences.known import Stage

SURE = 0.01
"""With a chance below this a simulation comes so far from a bound that is kept."""


@cache
def in_world(name: str, redraws: int, stage: Stage = Stage.ACCEPTED) -> tuple[Answer, ...]:
    """What the product says in a world after so many redraws on each of HISTORIES histories."""
    told = partial(product, stage=stage)
    return tuple(one for seed in range(HISTORIES) for one in answers(named(name).on(seed), seed, redraws, told, stage))


def surely_below(share: float, draws: int, least: float) -> bool:
    """Is the share below the least by more than so many draws' own error?"""
    return bool(binom.cdf(round(share * draws), draws, least) < SURE)


def surely_above(share: float, draws: int, most: float) -> bool:
    return bool(binom.sf(round(share * draws) - 1, draws, most) < SURE)


def redraws_of(found: tuple[Answer, ...] | list[Answer]) -> int:
    """How many redraws are behind some answers; the drafts of one redraw share its decisions, and count once."""
    return len({(one.world, one.history, one.redraw) for one in found})
