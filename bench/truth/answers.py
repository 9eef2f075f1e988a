"""What was said of each draft beside what is true, and how often it was right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby

import numpy as np

from bench.truth.drafts import Kind

TELLING = 0.03
"""Two drafts whose true shares differ by more than this must be told apart the right way round."""


@dataclass(frozen=True, slots=True)
class Said:
    """A share with its 95 % interval."""

    share: float
    low: float
    high: float

    def holds(self, truth: float) -> bool:
        return self.low <= truth <= self.high


@dataclass(frozen=True, slots=True)
class Told:
    """What an estimator says of one draft: a share of the leads it can say something about, or why there is none.

    `today` is what it says besides of sales as it judges now. `moved`: acceptance changed, it says.
    """

    leads: int
    not_observed: int
    said: Said | None
    refused: bool = False
    too_few: bool = False
    moved: bool = False
    today: Said | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One draft after one redraw: `truth` and `truth_today` of the leads that are observed, and what was told.

    `truth` is None where none of them is.
    """

    world: str
    history: int
    redraw: int
    draft: str
    kind: Kind
    leads: int
    not_observed: int
    truth: float | None
    truth_today: float | None
    told: Told

    @property
    def covers(self) -> bool | None:
        """Does the interval hold the truth? None where there is no figure."""
        if self.told.said is None or self.truth is None:
            return None
        return self.told.said.holds(self.truth)

    @property
    def covers_today(self) -> bool | None:
        """The same of what a proposal promises: the figure of today, where there is one."""
        said = self.told.today or self.told.said
        return None if said is None or self.truth_today is None else said.holds(self.truth_today)


Answers = Sequence[Answer]


def share(marks: Iterable[bool | None]) -> float:
    """The share of those that are marked at all; NaN where none is."""
    known = [mark for mark in marks if mark is not None]
    return sum(known) / len(known) if known else float("nan")


def mean(values: Iterable[float | None]) -> float:
    """The mean of the known ones; NaN where there is none."""
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else float("nan")


@dataclass(frozen=True, slots=True)
class Summary:
    """Some answers together; shares from 0 to 1, NaN where there is nothing to say."""

    answers: int
    truth: float
    said: float
    bias: float
    coverage: float
    coverage_today: float
    half_width: float
    refused: float
    too_few: float
    moved: float
    not_observed: float
    not_observed_said: float


def summary(answers: Answers) -> Summary:
    figures = [(one.told.said, one.truth) for one in answers if one.told.said is not None and one.truth is not None]
    return Summary(
        answers=len(answers),
        truth=mean(one.truth for one in answers),
        said=mean(said.share for said, _ in figures),
        bias=mean(said.share - truth for said, truth in figures),
        coverage=share(one.covers for one in answers),
        coverage_today=share(one.covers_today for one in answers),
        half_width=mean((said.high - said.low) / 2 for said, _ in figures),
        refused=share(one.told.refused for one in answers),
        too_few=share(one.told.too_few for one in answers),
        moved=share(one.told.moved for one in answers),
        not_observed=mean(one.not_observed / max(one.leads, 1) for one in answers),
        not_observed_said=mean(one.told.not_observed / max(one.told.leads, 1) for one in answers),
    )


def ranked(answers: Answers) -> tuple[int, int]:
    """Pairs of drafts of one redraw that truly differ by more than TELLING, and how many come out the right way round.

    Only pairs that both have a figure: what is not said is not wrong.
    """
    pairs = right = 0
    for _, together in groupby(answers, key=lambda one: (one.world, one.history, one.redraw)):
        shown = [(one.truth, one.told.said.share) for one in together if one.told.said and one.truth is not None]
        for (truth_a, said_a), (truth_b, said_b) in combinations(shown, 2):
            if abs(truth_a - truth_b) > TELLING:
                pairs += 1
                right += (truth_a > truth_b) == (said_a > said_b)
    return pairs, right
