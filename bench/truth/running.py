"""Worlds run: on each fixed history decisions are drawn anew, and each draft's figure is set beside the truth."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from multiprocessing import get_context

import numpy as np

from bench.truth.answers import Answer, Told
from bench.truth.drafts import Draft
from bench.truth.people import AS_OF, DAY
from bench.truth.world import Fixed, Truth
from bench.truth.worlds import named
from lib.core.arrays import Instants, Mask, Whole
from lib.core.consequences.known import Stage
from lib.core.definition.criteria import Definition
from lib.core.handoffs.handoffs import Handoffs
from lib.core.replay.hits import HitIndex
from lib.core.replay.replay import contributions

HISTORIES = 20

COMING_DAYS = 90
"""SQLs and wins are learned from hand-offs older than that."""

ENOUGH = 10
"""What fewer decided leads had, or lacked, is not observed."""

Estimator = Callable[[Fixed, Handoffs], list[Told]]
"""Says what it expects of each of the world's drafts, in their order, knowing the history and the hand-offs alone."""


def answers(fixed: Fixed, seed: int, redraws: int, estimator: Estimator, stage: Stage = Stage.ACCEPTED) -> list[Answer]:
    """What is said after each of so many redraws of one history, draft by draft; the same numbers for the same seed."""
    compared = [_Compared(fixed, draft, stage) for draft in fixed.drafts]
    old_enough = stage is Stage.ACCEPTED or fixed.handed.at <= AS_OF - COMING_DAYS * DAY
    found = []
    for redraw in range(redraws):
        handoffs = fixed.redraw(np.random.default_rng([seed, redraw]))
        decided = fixed.decided(handoffs) & old_enough
        for draft, told in zip(compared, estimator(fixed, handoffs), strict=True):
            found.append(draft.answer(seed, redraw, decided, told))
    return found


def run(
    worlds: Sequence[str],
    histories: Sequence[int],
    redraws: int,
    estimator: Estimator,
    stage: Stage = Stage.ACCEPTED,
    processes: int = 2,
) -> Iterator[tuple[str, list[Answer]]]:
    """Each world as soon as it is through with all its histories, which are shared among the processes."""
    began = time.monotonic()
    # A process that is forked has the threads' locks and not the threads.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for world in worlds:
            tasks = [pool.submit(_on_one_history, world, seed, redraws, estimator, stage) for seed in histories]
            for number, _ in enumerate(as_completed(tasks), 1):
                passed = time.monotonic() - began
                print(f"{passed:6.0f} s  {world}: {number} of {len(tasks)} histories", file=sys.stderr, flush=True)
            yield world, [answer for task in tasks for answer in task.result()]


def _on_one_history(world: str, seed: int, redraws: int, estimator: Estimator, stage: Stage) -> list[Answer]:
    return answers(named(world).on(seed), seed, redraws, estimator, stage)


class _Compared:
    """A draft whose truth is known, and which criteria its leads and those really handed over had."""

    def __init__(self, fixed: Fixed, draft: Draft, stage: Stage) -> None:
        self.world, self.draft = fixed.world.name, draft
        self.truth: Truth = fixed.truth(draft.definition)
        self.chance, self.today = self.truth.coming_to(stage)
        asked = everything_asked(fixed.agreed, draft.definition)
        self.had = had(fixed.index, asked, self.truth.rows, self.truth.at)
        self.handed_had = had(fixed.index, asked, fixed.handed.rows, fixed.handed.at)

    def answer(self, history: int, redraw: int, decided: Mask, told: Told) -> Answer:
        """`decided` (h,) are the real first hand-offs of which sales' answer is known."""
        having = self.handed_had[decided].sum(axis=0)
        lacking = np.count_nonzero(decided) - having
        unknown = (self.had & (having < ENOUGH)).any(axis=1) | (~self.had & (lacking < ENOUGH)).any(axis=1)
        known = ~unknown
        return Answer(
            world=self.world,
            history=history,
            redraw=redraw,
            draft=self.draft.name,
            kind=self.draft.kind,
            leads=self.truth.leads,
            not_observed=int(np.count_nonzero(unknown)),
            truth=float(self.chance[known].mean()) if known.any() else None,
            truth_today=float(self.today[known].mean()) if known.any() else None,
            told=told,
        )


def everything_asked(*definitions: Definition) -> Definition:
    """Every criterion of some definitions, each worth a point and counted for ever."""
    criteria = {one.id: one for definition in definitions for one in definition.criteria}
    counted = tuple(replace(one, points=1, off=False, disqualify=False) for one in criteria.values())
    return Definition(name="asked", threshold=1, criteria=counted)


def had(index: HitIndex, asked: Definition, rows: Whole, at: Instants) -> Mask:
    """Which of the criteria some leads (r,) had by an instant each; shape (r, criteria)."""
    _, points = contributions(index.hits(asked), asked, rows, at)
    return np.asarray(points > 0)
