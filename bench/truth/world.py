"""One world on one history: who is handed over, what sales then decides, and the truth about any draft."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy.optimize import brentq

from bench.tools import exact
from bench.truth.drafts import AGENCY, AGREED, BEFORE, Draft, drafts
from bench.truth.people import AS_OF, DAY, HOUR, START, WEEK, WEEKS, WINDOW, People, Seen, invent
from lib.core.arrays import NEVER, UNKNOWN, Column, Instants, Mask, Real, Whole
from lib.core.consequences.known import Stage
from lib.core.definition.criteria import Definition
from lib.core.handoffs.handoffs import Decision, Handoffs
from lib.core.replay.hits import HitIndex
from lib.core.replay.replay import replay

HALF = START + WEEKS * WEEK // 2
"""When the second version took effect, in the worlds that have two."""

PROMISED = 3 * DAY

Judging = Callable[[Seen], Real]
"""How inclined sales is to accept some leads, each as it is then, on the scale of log odds."""


class Claim(StrEnum):
    """What the product must do in a world."""

    EXACT = "93 to 97 %"
    COVERS = "90 % or no figure"
    REFUSES = "refuses"
    TOO_FEW = "never a figure"


class Drift(StrEnum):
    """How sales became stricter, by 10 points in the last 26 weeks."""

    NONE = "none"
    LINEAR = "linear"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class World:
    """How leads are judged, and what is true of the hand-offs.

    `level` is the mean chance of those handed over in the window. `silent` are the shares of those that sales would
    reject, and of those it would accept, that it never answers. `last`: only the newest hand-offs are kept, so many
    decided ones of them. `again`: who is rejected may come again, with a worse chance. `filled_in`: of those accepted
    and of those rejected so many have `extra.budget` known, from then on. `more` makes the world's own drafts.
    """

    name: str
    says: str
    judging: Judging
    claim: Claim
    leads: int = 5_000
    level: float = 0.45
    drift: Drift = Drift.NONE
    silent: tuple[float, float] = (0.0, 0.0)
    last: int | None = None
    again: bool = False
    two_versions: bool = False
    closed_to_agencies: bool = False
    filled_in: tuple[float, float] | None = None
    more: Callable[[Definition], tuple[tuple[str, Definition], ...]] = lambda _: ()

    def on(self, seed: int) -> "Fixed":
        """The world on the history of this seed."""
        return Fixed(self, seed)


@dataclass(frozen=True, eq=False)
class Handed:
    """The real first hand-offs, by `at`: lead, score and version shown, when created; all shapes (h,)."""

    rows: Whole
    at: Instants
    score: Real
    version: npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Truth:
    """A draft's leads in the window (r,), and the chance of each at the instant it would be handed over.

    `today` is the chance if sales judged them as it does at the end; `sql` that of an accepted one to become an SQL.
    """

    rows: Whole
    at: Instants
    chance: Real
    today: Real
    sql: Real

    def coming_to(self, stage: Stage) -> tuple[Real, Real]:
        """The chances of coming so far within 90 days: each lead's at its instant, and as sales judges today."""
        further = np.ones(self.leads) if stage is Stage.ACCEPTED else self.sql * (WON if stage is Stage.WON else 1.0)
        return self.chance * further, self.today * further

    @property
    def share(self) -> float:
        return float(self.chance.mean())

    @property
    def leads(self) -> int:
        return len(self.rows)


class Fixed:
    """A world on one history: nothing here changes but what `redraw` draws."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        rng = np.random.default_rng([seed, *world.name.encode()])
        self.people: People = invent(rng, world.leads)
        self.agreed = AGREED.with_criterion(AGENCY) if world.closed_to_agencies else AGREED
        index = HitIndex(self.people.history)
        delays = np.minimum(rng.lognormal(np.log(5 * HOUR), 0.7, world.leads), 3 * DAY).astype(np.int64)
        self.handed = self._handed(index, delays)
        self.delay = round(float(np.median(delays[self.handed.rows])))
        self._offset, self._strictness = self._fitted()
        self.filled = np.zeros(world.leads, dtype=np.bool_)
        if world.filled_in is not None:
            self._fill_in(rng, *world.filled_in)
            index = HitIndex(self.people.history)
        self.index = index
        self.thresholds = (
            {1: BEFORE.threshold, 2: self.agreed.threshold} if world.two_versions else {1: self.agreed.threshold}
        )

    @cached_property
    def drafts(self) -> list[Draft]:
        return drafts(self.agreed, self.index, self.world.more(self.agreed))

    def seen(self, rows: Whole, at: Instants, points: Real) -> Seen:
        """Some leads as sales sees them with these points; the queue of a day is what was really handed over."""
        return Seen(self.people, rows, at, points, self._queue[np.clip((at - START) // DAY, 0, len(self._queue) - 1)])

    def chance(self, seen: Seen, as_at: Instants | int | None = None) -> Real:
        """The chance that sales accepts, at each lead's instant or judging as it does at another."""
        stricter = self._strictness * self._passed(seen.at if as_at is None else as_at)
        return _logistic(self.world.judging(seen) + self._offset - stricter)

    @cached_property
    def _real(self) -> tuple[Seen, Real]:
        seen = self.seen(self.handed.rows, self.handed.at, self.handed.score)
        return seen, self.chance(seen)

    def truth(self, draft: Definition) -> Truth:
        """Who qualifies in the window under a draft, and the chance of each when it would be handed over."""
        found = replay(self.index.hits(draft), draft, as_of=AS_OF)
        first, last = WINDOW.edges()[[0, -1]]
        rows = np.flatnonzero((found.qualified_at >= first) & (found.qualified_at < last))
        at = found.qualified_at[rows] + self.delay
        # Sales is shown how far above the line a lead is: that is what it goes by, where it goes by points.
        points = found.score_at_qualification[rows] - draft.threshold + self.agreed.threshold
        seen = self.seen(rows, at, points.astype(np.float64))
        return Truth(rows, at, self.chance(seen), self.chance(seen, AS_OF), _becomes_sql(seen))

    def redraw(self, rng: np.random.Generator) -> Handoffs:
        """Every hand-off as of the end, with new decisions; and later cycles, SQLs and wins where there are any."""
        seen, chance = self._real
        if self.world.filled_in is not None:
            chance = self._given_the_field(chance)
        accepts = rng.random(len(chance)) < chance
        silent = rng.random(len(chance)) < np.where(accepts, self.world.silent[1], self.world.silent[0])
        drawn = self._drawn(rng, seen, self.handed.at, accepts, silent, cycle=1)
        if self.world.last is not None:
            first = np.flatnonzero(~drawn.open)[-self.world.last]
            drawn = drawn.take(np.arange(first, len(drawn)))
        if not self.world.again:
            return drawn
        return _together(drawn, self._later(rng, seen, drawn))

    def decided(self, handoffs: Handoffs) -> Mask:
        """Which of the real first hand-offs (h,) are decided in a redraw."""
        first = (handoffs.cycle == 1) & ~handoffs.open
        leads = pc.index_in(handoffs.lead_id.filter(pa.array(first)), self.people.history.lead_id)
        return np.isin(self.handed.rows, leads.to_numpy(zero_copy_only=False))

    def _handed(self, index: HitIndex, delays: Instants) -> Handed:
        """Who qualifies is handed over some hours later; who had by the day of a new version, and was not, never is."""
        agreed = replay(index.hits(self.agreed), self.agreed, as_of=AS_OF)
        at, score = agreed.qualified_at, agreed.score_at_qualification
        version = np.ones(len(at), dtype=np.int32)
        if self.world.two_versions:
            before = replay(index.hits(BEFORE), BEFORE, as_of=AS_OF)
            early = before.qualified_at < HALF
            version = np.where(early, 1, 2).astype(np.int32)
            at = np.where(early, before.qualified_at, np.where(at >= HALF, at, NEVER))
            score = np.where(early, before.score_at_qualification, score)
        handed_at = np.where(at == NEVER, NEVER, np.where(at == NEVER, 0, at) + delays)
        rows = np.flatnonzero(handed_at < AS_OF)
        rows = rows[np.lexsort((rows, handed_at[rows]))]
        self._queue = np.bincount((handed_at[rows] - START) // DAY, minlength=WEEKS * 7).astype(np.float64)
        return Handed(rows, handed_at[rows], score[rows].astype(np.float64), version[rows])

    def _fitted(self) -> tuple[float, float]:
        """The offset and the strictness at which the window's hand-offs have the level, and the drift is 10 points."""
        inside = self.handed.at >= WINDOW.edges()[0]
        rows, at = self.handed.rows[inside], self.handed.at[inside]
        inclined = self.world.judging(self.seen(rows, at, self.handed.score[inside]))
        passed = self._passed(at)

        def mean(offset: float, stricter: float | Real) -> float:
            return float(_logistic(inclined + offset - stricter).mean())

        def offset(strictness: float) -> float:
            return float(brentq(lambda o: mean(o, strictness * passed) - self.world.level, -20, 20))

        if self.world.drift is Drift.NONE:
            return offset(0.0), 0.0
        strictness = float(brentq(lambda s: mean(offset(s), 0.0) - mean(offset(s), s) - 0.10, 0.0, 5.0))
        return offset(strictness), strictness

    def _passed(self, at: Instants | int) -> Real:
        """How much of the drift has come by then: 0 as the window begins, 1 at its end; before it, less than none."""
        start = WINDOW.edges()[0]
        passed = (np.asarray(at) - start) / (AS_OF - start)
        return np.where(passed >= 0.5, 1.0, 0.0) if self.world.drift is Drift.STEP else np.asarray(passed, dtype=float)

    # A field that sales fills in once it has accepted: which leads have it is fixed, and the decisions are drawn
    # given that, so that over both the chance is what it is.

    def _fill_in(self, rng: np.random.Generator, accepted: float, rejected: float) -> None:
        _, chance = self._real
        has = rng.random(len(chance)) < chance * accepted + (1 - chance) * rejected
        self.filled[self.handed.rows[has]] = True
        budget = _texts(np.where(self.filled, 0, UNKNOWN), "yes")
        self.people = replace(
            self.people,
            history=replace(self.people.history, fields={**self.people.history.fields, "extra.budget": budget}),
            texts={**self.people.texts, "extra.budget": np.where(self.filled, "yes", "")},
        )

    def _given_the_field(self, chance: Real) -> Real:
        assert self.world.filled_in is not None
        accepted, rejected = self.world.filled_in
        has = self.filled[self.handed.rows]
        there = np.where(has, accepted, 1 - accepted) * chance
        return np.asarray(there / (there + np.where(has, rejected, 1 - rejected) * (1 - chance)))

    # From decisions to hand-offs.

    def _later(self, rng: np.random.Generator, seen: Seen, drawn: Handoffs) -> Handoffs:
        """Two in five of those rejected come again some weeks later, and find sales of a lower opinion."""
        chosen = drawn.rejected & (rng.random(len(drawn)) < 0.4)
        at = np.asarray(drawn.decided_at, dtype=np.int64) + rng.integers(14 * DAY, 60 * DAY, len(drawn))
        rows = np.flatnonzero(np.where(chosen, at < AS_OF, False))
        returned = self.seen(seen.rows[rows], at[rows], seen.points[rows])
        accepts = rng.random(len(rows)) < _logistic(_log_odds(self.chance(returned)) - 1.5)
        silent = np.zeros(len(rows), dtype=np.bool_)
        return self._drawn(rng, returned, at[rows], accepts, silent, cycle=2)

    def _drawn(
        self, rng: np.random.Generator, seen: Seen, at: Instants, accepts: Mask, silent: Mask, cycle: int
    ) -> Handoffs:
        """These hand-offs with what has become of them by the end."""
        count = len(at)
        decided_at = _by_the_end(at + rng.lognormal(np.log(20 * HOUR), 0.8, count).astype(np.int64), ~silent)
        decision = np.where(decided_at == NEVER, Decision.OPEN, np.where(accepts, Decision.ACCEPTED, Decision.REJECTED))
        accepted = decision == Decision.ACCEPTED
        becomes = accepted & (rng.random(count) < _becomes_sql(seen))
        sql_at = _by_the_end(decided_at, becomes, rng.integers(DAY, 40 * DAY, count))
        wins = (sql_at != NEVER) & (rng.random(count) < WON)
        won_at = _by_the_end(sql_at, wins, rng.integers(5 * DAY, 40 * DAY, count))
        never = np.full(count, NEVER, dtype=np.int64)
        unknown = Column(np.full(count, UNKNOWN, dtype=np.int32), pa.array([], pa.string()))
        version = np.ones(count, dtype=np.int32)
        if self.world.two_versions:
            version = np.where(at < HALF, 1, 2).astype(np.int32)
        if cycle == 1:
            version = self.handed.version.copy()
        handoffs = exact.handoffs(
            as_of=AS_OF,
            lead_id=self.people.history.lead_id.take(pa.array(seen.rows)),
            cycle=np.full(count, cycle, dtype=np.int32),
            mql_at=np.array(at, dtype=np.int64),
            assigned_at=np.array(at, dtype=np.int64),
            first_touch_at=decided_at.copy(),
            decided_at=decided_at,
            decision=decision.astype(np.int8),
            reason=_texts(np.where(decision == Decision.REJECTED, 0, UNKNOWN), "not_now"),
            sql_at=sql_at,
            opportunity_at=won_at.copy(),
            won_at=won_at,
            lost_at=never,
            amount=np.where(won_at == NEVER, np.nan, rng.lognormal(np.log(8_000), 0.5, count).round()),
            owner=_texts(rng.integers(0, 4, count), "Ana", "Ben", "Carla", "Dan"),
            channel=unknown,
            source=unknown,
            score=np.array(seen.points, dtype=np.float64),
            definition_version=version,
            lead_created_at=self.people.history.created_at[seen.rows],
            due_at=np.array(at + PROMISED, dtype=np.int64),
            below_line=np.zeros(count, dtype=np.bool_),
        )
        return handoffs.take(np.lexsort((seen.rows, at)))


WON = 0.35
"""The chance that an SQL is won."""


def _becomes_sql(seen: Seen) -> Real:
    """The chance that an accepted lead becomes an SQL; it does within 90 days of hand-over, and is won within those."""
    return _logistic(-0.3 + 0.9 * seen.did("form_submit") + 0.5 * seen.field("employees", "800"))


def _logistic(x: Real) -> Real:
    return np.asarray(1.0 / (1.0 + np.exp(-x)))


def _log_odds(chance: Real) -> Real:
    return np.asarray(np.log(chance / (1.0 - chance)))


def _by_the_end(since: Instants, happens: Mask, after: Instants | int = 0) -> Instants:
    """When it happened, NEVER where it does not or only after the instant looked at."""
    known = happens & (since < AS_OF)
    at = np.where(known, np.where(known, since, 0) + after, NEVER)
    return np.where(at < AS_OF, at, NEVER).astype(np.int64)


def _texts(codes: npt.NDArray[np.int64], *values: str) -> Column:
    return Column(codes.astype(np.int32), pa.array(values, pa.string()))


def _together(first: Handoffs, later: Handoffs) -> Handoffs:
    """The hand-offs of both, in order."""
    joined: dict[str, Any] = {}
    for name in (one.name for one in fields(Handoffs)):
        a, b = getattr(first, name), getattr(later, name)
        if isinstance(a, Column):
            # Both were made of the same texts in the same order.
            joined[name] = Column(np.concatenate([a.codes, b.codes]), a.values)
        elif isinstance(a, pa.Array):
            joined[name] = pa.concat_arrays([a, b])
        else:
            joined[name] = a if name in ("as_of", "currency") else np.concatenate([a, b])
    both = Handoffs(**joined)
    return both.take(np.lexsort((both.lead_id.to_numpy(zero_copy_only=False), both.mql_at)))
