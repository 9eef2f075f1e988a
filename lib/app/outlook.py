"""What a draft comes to: volume and who changes sides, what sales would make of it, load and backlog, and what it says
when it is proposed. Every figure that a draft is decided by is put together here, and nowhere else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from lib.app.known import evidence, learned
from lib.app.remembered import remembered
from lib.app.snapshot import Leads, Sales, Snapshot
from lib.config.agreement import read_agreement
from lib.core.agreement.outcome import CHECKED_AFTER_WEEKS, Prediction, predict
from lib.core.agreement.versions import Version
from lib.core.arrays import Instants
from lib.core.consequences.expected import Amount, Consequences, Expected, TradeOff
from lib.core.consequences.foreseen import judged_by
from lib.core.consequences.known import Stage
from lib.core.consequences.known_when import KnownWhen
from lib.core.consequences.known_when import known_when as known_when_of
from lib.core.consequences.scenario import Scenario
from lib.core.definition.counted import without_machines
from lib.core.definition.criteria import Definition
from lib.core.definition.words import differences
from lib.core.funnel.goals import goal_per_week as goal_per_week_of
from lib.core.handoffs.customers import Customers
from lib.core.handoffs.recall import Furthest, Made, Recall, Worth, handed_over_by, made_of
from lib.core.replay import preview as replayed
from lib.core.replay.afresh import Afresh, Returns
from lib.core.replay.preview import Move, Movers, Preview, ReplayedSide, ScoreBin, Volume, score_distribution
from lib.core.replay.replay import last_looks, scores
from lib.core.sla import answering as answering_of
from lib.core.sla import capacity
from lib.core.sla.answering import Answering
from lib.core.sla.capacity import Load
from lib.core.sla.clocks import Promised, promised_by_lead, respond
from lib.core.sla.promises import Policy
from lib.core.sla.queueing import Pace, observed_pace
from lib.core.time.window import Window

REPLAYS_REMEMBERED = 16
"""Each holds 17 bytes a lead: 270 MB for a million leads."""

SIDES_REMEMBERED = 4

SCORE_BIN_POINTS = 5

WEEKS_A_YEAR = 52
"""Whole weeks, so that the same weekdays are compared."""


@dataclass(frozen=True)
class Outlook:
    """What a draft comes to at its own threshold in a window, beside another definition, mostly the agreed one."""

    draft: Definition
    preview: Preview
    consequences: Consequences
    load: Load
    answering: Answering
    made: Made

    @property
    def volume(self) -> Volume:
        return self.preview.volume(self.draft.threshold)

    @property
    def recall(self) -> Recall:
        """How much of what sales accepted and won in the window the draft would have handed over."""
        return self.made.recall(handed_over_by(self.preview.draft))

    @property
    def against_recall(self) -> Recall:
        return self.made.recall(handed_over_by(self.preview.agreed))

    @property
    def accepted(self) -> Expected:
        return self.consequences.expected(self.draft.threshold)

    @property
    def further(self) -> tuple[Expected, Expected]:
        """How many would become SQLs, and be won, within 90 days of hand-over."""
        threshold = self.draft.threshold
        return self.consequences.expected(threshold, Stage.SQL), self.consequences.expected(threshold, Stage.WON)

    @property
    def amount(self) -> Amount:
        """What those expected to be won are worth."""
        return self.consequences.amount(self.draft.threshold)

    @property
    def beyond(self) -> int:
        """How many of its leads are not handed over as agreed."""
        return self.consequences.beyond(self.draft.threshold)

    @property
    def trade_off(self) -> TradeOff:
        return self.consequences.trade_off()


def outlook(snapshot: Snapshot, draft: Definition, window: Window, against: Definition | None = None) -> Outlook:
    """All of it; `against` None: set beside the agreed definition."""
    beside = snapshot.definition if against is None else against
    compared = _preview(snapshot.leads, draft, beside, window, _known(snapshot))
    return Outlook(
        draft,
        compared,
        consequences(snapshot, draft, window),
        _load(snapshot.sales, compared.volume(draft.threshold), window),
        answering(snapshot, draft, window),
        made(snapshot, window),
    )


# Volume.


def preview(snapshot: Snapshot, draft: Definition, window: Window) -> Preview:
    """The draft against the agreed definition; the same one, a look-up, when only the threshold differs."""
    return _preview(snapshot.leads, draft.with_threshold(1), snapshot.definition, window, _known(snapshot))


def volume_by_people(snapshot: Snapshot, draft: Definition, window: Window) -> Volume | None:
    """The draft's volume if no criterion counted what a machine did; None where that makes no difference."""
    people = without_machines(draft)
    if people == draft or not snapshot.leads.index.by_machine.any():
        return None
    return preview(snapshot, people, window).volume(draft.threshold)


def preview_at_threshold(snapshot: Snapshot, draft: Definition, window: Window) -> Preview:
    """The draft replayed at its own threshold, as who changes sides needs it."""
    return _preview(snapshot.leads, draft, snapshot.definition, window, _known(snapshot))


@dataclass(frozen=True, slots=True)
class _Known:
    """What replays of the leads depend on besides: until when they are looked at, and what sales has done with them."""

    as_of: int
    customers: Customers
    returns: Returns

    def last_looks(self, definition: Definition) -> Instants:
        return last_looks(definition, self.customers.since, self.as_of)


def _known(snapshot: Snapshot) -> _Known:
    return _Known(snapshot.as_of, snapshot.customers, snapshot.returns)


@remembered(REPLAYS_REMEMBERED)
def _preview(leads: Leads, draft: Definition, agreed: Definition, window: Window, known: _Known) -> Preview:
    side, until = _side(leads, agreed, window, known), known.last_looks(draft)
    return replayed.preview(leads.index.hits(draft), _afresh(leads, known.returns), draft, side, window, until)


@remembered(SIDES_REMEMBERED)
def _side(leads: Leads, agreed: Definition, window: Window, known: _Known) -> ReplayedSide:
    until = known.last_looks(agreed)
    return replayed.side(leads.index.hits(agreed), _afresh(leads, known.returns), agreed, window.edges(), until)


@remembered(2)
def _afresh(leads: Leads, returns: Returns) -> Afresh:
    return Afresh(leads.history, returns)


def agreed_top_score(snapshot: Snapshot) -> int:
    """The highest score any lead ever had under the agreed definition."""
    return preview(snapshot, snapshot.definition, snapshot.default_window).agreed.replayed.surface.top


def drawn_per_week(snapshot: Snapshot, draft: Definition, window: Window) -> float:
    """About how many leads a week the draft would draw below its threshold: those that come so far and no further."""
    return replayed.drawn_per_week(preview(snapshot, draft, window), draft)


def goal_per_week(snapshot: Snapshot, window: Window) -> float | None:
    """The months' MQL goals a week of the window; None unless every month has one."""
    return goal_per_week_of(snapshot.goals["mql"], window)


def score_bins(snapshot: Snapshot, draft: Definition) -> list[ScoreBin]:
    """Every lead by its score as of now, with where the points come from."""
    return _score_bins(snapshot.leads, draft.with_threshold(1), snapshot.as_of)


@remembered(32)
def _score_bins(leads: Leads, draft: Definition, as_of: int) -> list[ScoreBin]:
    return score_distribution(scores(leads.index.hits(draft), draft, as_of), SCORE_BIN_POINTS)


# Who changes sides.


@dataclass(frozen=True, eq=False)
class Moved:
    """Some of those who change sides: ids, why each does, and what sales made of its hand-offs of the window."""

    movers: Movers
    lead_ids: Sequence[str]
    because: Sequence[str]
    furthest: Sequence[Furthest]
    won_amount: Sequence[float]


@remembered(REPLAYS_REMEMBERED)
def moved(snapshot: Snapshot, draft: Definition, window: Window, change: Move, most: int) -> Moved:
    """The newest leads with one kind of change."""
    compared = preview_at_threshold(snapshot, draft, window)
    some = replayed.movers(compared).of(change, most)
    ids = snapshot.leads.history.lead_id.take(some.rows).to_pylist()
    became = made(snapshot, window)
    return Moved(
        some,
        ids,
        replayed.causes(compared, some),
        [Furthest(code) for code in became.furthest[some.rows].tolist()],
        became.won_amount[some.rows].tolist(),
    )


@dataclass(frozen=True, slots=True)
class Missed:
    """What sales made of the leads of a window: of all, and of those the agreed definition hands over and a draft not.

    `recall` is the draft's, `against_recall` the agreed definition's.
    """

    of_all: Worth
    missed: Worth
    recall: Recall
    against_recall: Recall


def missed(snapshot: Snapshot, draft: Definition, window: Window) -> Missed:
    """What the draft would lose of what sales accepted and won in the window."""
    compared, became = preview_at_threshold(snapshot, draft, window), made(snapshot, window)
    drafted, agreed = handed_over_by(compared.draft), handed_over_by(compared.agreed)
    everybody = np.ones(len(drafted), dtype=np.bool_)
    return Missed(
        became.worth(everybody), became.worth(agreed & ~drafted), became.recall(drafted), became.recall(agreed)
    )


def worth_of(snapshot: Snapshot, draft: Definition, window: Window, change: Move) -> Worth:
    """What sales made of all leads with one kind of change."""
    compared = preview_at_threshold(snapshot, draft, window)
    among = np.zeros(len(snapshot.leads), dtype=np.bool_)
    among[replayed.movers(compared).of(change).rows] = True
    return made(snapshot, window).worth(among)


@remembered(4)
def made(snapshot: Snapshot, window: Window) -> Made:
    """What sales made of every lead by its hand-offs of the window."""
    return made_of(snapshot.handoffs, snapshot.leads.history, snapshot.customers.since, window)


def everybody_moved(snapshot: Snapshot, draft: Definition, window: Window) -> tuple[Movers, list[str]]:
    """Everybody kept, gained and lost, in the order of the leads, and their ids."""
    every = replayed.movers(preview_at_threshold(snapshot, draft, window))
    return every, snapshot.leads.history.lead_id.take(every.rows).to_pylist()


# What sales would make of it.


def consequences(snapshot: Snapshot, draft: Definition, window: Window) -> Consequences:
    """What sales would make of the draft's leads; the same one, a look-up, when only the threshold differs."""
    return _consequences(snapshot, draft.with_threshold(1), window)


@remembered(REPLAYS_REMEMBERED)
def _consequences(snapshot: Snapshot, draft: Definition, window: Window) -> Consequences:
    return judged_by(snapshot.leads.index, draft, learned(snapshot, draft), evidence(snapshot), window)


@remembered(REPLAYS_REMEMBERED)
def known_when(snapshot: Snapshot, draft: Definition, window: Window) -> KnownWhen:
    """How far what the draft hands over, as of when it would, rests on fields without a history."""
    lead, at = answering_of.would_be_handoffs(preview_at_threshold(snapshot, draft, window).draft)
    return known_when_of(snapshot.leads.history, snapshot.leads.index.hits(draft), draft, lead, at)


def agreed_expected(snapshot: Snapshot, window: Window) -> Expected:
    """What is to be expected of the agreed definition's own leads."""
    return consequences(snapshot, snapshot.definition, window).expected(snapshot.definition.threshold)


def load(snapshot: Snapshot, draft: Definition, window: Window) -> Load:
    """The draft's leads a working day against what the reps can answer."""
    return _load(snapshot.sales, preview(snapshot, draft, window).volume(draft.threshold), window)


def _load(sales: Sales, volume: Volume, window: Window) -> Load:
    return capacity.load(volume.qualified, volume.again, sales.reps, sales.policy, window)


@remembered(64)
def answering(snapshot: Snapshot, draft: Definition, window: Window) -> Answering:
    """How sales would keep its promise under the draft, and what would become of the backlog."""
    side = preview_at_threshold(snapshot, draft, window).draft
    arriving, at = answering_of.would_be_handoffs(side)
    return answering_of.answering(
        draft.threshold,
        at,
        promised_of(snapshot).at(arriving, at),
        snapshot.reps,
        snapshot.policy,
        pace_of(snapshot),
        window,
        snapshot.as_of,
    )


def promised_of(snapshot: Snapshot) -> Promised:
    """The working time in which sales promises to decide on leads."""
    return _promised(snapshot.leads, snapshot.policy)


def pace_of(snapshot: Snapshot) -> Pace:
    """How fast sales was seen to answer."""
    return _pace(snapshot.sales)


@remembered(1)
def _promised(leads: Leads, policy: Policy) -> Promised:
    return promised_by_lead(policy.decision, leads.history)


@remembered(1)
def _pace(sales: Sales) -> Pace:
    return observed_pace(respond(sales.handoffs, sales.history, sales.reps, sales.policy))


def scenario(snapshot: Snapshot, name: str | None, definition: Definition, window: Window) -> Scenario:
    """A definition and all that follows from it; without a name, the agreed one."""
    comes_to = outlook(snapshot, definition, window)
    return Scenario(
        name=name,
        definition=definition,
        volume=comes_to.volume,
        weeks=window.length_weeks,
        expected=comes_to.accepted,
        sql=comes_to.further[0],
        amount=comes_to.amount,
        load=comes_to.load,
        answering=comes_to.answering,
        differences=() if name is None else differences(snapshot.definition, definition),
    )


# What it says when it is proposed.


def prediction(snapshot: Snapshot, proposed: Definition, against: Version) -> Prediction | None:
    """What a proposal would bring in place of that version, by all data up to now; None where there is no lead."""
    if not len(snapshot.leads):
        return None
    window, replaced = snapshot.default_window, read_agreement(against.text, f"version {against.number}").definition
    compared = _preview(snapshot.leads, proposed.with_threshold(1), replaced, window, _known(snapshot))
    return predict(
        compared.volume(proposed.threshold),
        compared.agreed_volume,
        consequences(snapshot, proposed, window).expected(proposed.threshold),
        snapshot.handoffs,
        window,
        against=against.number,
        year_ago=_year_ago(snapshot.leads, proposed, window, _known(snapshot)),
    )


@remembered(SIDES_REMEMBERED)
def _year_ago(leads: Leads, proposed: Definition, window: Window, known: _Known) -> tuple[int, ...] | None:
    """The weeks from a year before the window on, past the longest horizon; None where the first lead came later."""
    year, longest = timedelta(weeks=WEEKS_A_YEAR), timedelta(weeks=max(CHECKED_AFTER_WEEKS))
    then = window.days(window.start - year, window.end - year + longest)
    if int(leads.history.created_at.min()) > int(then.edges()[0]):
        return None
    side = _side(leads, proposed, then, known)
    first, again = (of.surface.at(proposed.threshold) for of in (side.replayed, side.again))
    return tuple((first + again).tolist())
