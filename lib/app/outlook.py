"""What a draft comes to: volume and who changes sides, what sales would make of it, load and backlog, and what it says
when it is proposed. Every figure that a draft is decided by is put together here, and nowhere else."""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.app.known import evidence
from lib.app.remembered import remembered
from lib.app.snapshot import Leads, Sales, Snapshot
from lib.config.agreement import read_agreement
from lib.core.agreement.outcome import Prediction, predict
from lib.core.agreement.versions import Version
from lib.core.arrays import Instants
from lib.core.consequences.expected import Beyond, Consequences, Expected, TradeOff
from lib.core.consequences.expected import consequences as consequences_of
from lib.core.consequences.known import Stage
from lib.core.consequences.scenario import Scenario
from lib.core.definition.criteria import Definition
from lib.core.definition.words import differences
from lib.core.funnel.goals import goal_per_week as goal_per_week_of
from lib.core.handoffs.customers import Customers
from lib.core.replay import preview as replayed
from lib.core.replay.preview import Move, Movers, Preview, ReplayedSide, ScoreBin, Volume, score_distribution
from lib.core.replay.replay import last_looks, scores
from lib.core.sla import answering as answering_of
from lib.core.sla import capacity
from lib.core.sla.answering import Answering
from lib.core.sla.capacity import Load
from lib.core.sla.clocks import promised_by_lead, respond
from lib.core.sla.promises import Policy
from lib.core.sla.queueing import Pace, observed_pace
from lib.core.sla.working_time import Microseconds
from lib.core.time.window import Window

REPLAYS_REMEMBERED = 16
"""Each holds 17 bytes a lead: 270 MB for a million leads."""

SIDES_REMEMBERED = 4

SCORE_BIN_POINTS = 5


@dataclass(frozen=True)
class Outlook:
    """What a draft comes to at its own threshold in a window, beside another definition, mostly the agreed one."""

    draft: Definition
    preview: Preview
    consequences: Consequences
    load: Load
    answering: Answering

    @property
    def volume(self) -> Volume:
        return self.preview.volume(self.draft.threshold)

    @property
    def accepted(self) -> Expected:
        return self.consequences.expected(self.draft.threshold)

    @property
    def further(self) -> tuple[Expected, Expected]:
        """How many would become SQLs, and be won."""
        threshold = self.draft.threshold
        return self.consequences.expected(threshold, Stage.SQL), self.consequences.expected(threshold, Stage.WON)

    @property
    def beyond(self) -> Beyond:
        """Where it leaves what was ever observed."""
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
    )


# Volume.


def preview(snapshot: Snapshot, draft: Definition, window: Window) -> Preview:
    """The draft against the agreed definition; the same one, a look-up, when only the threshold differs."""
    return _preview(snapshot.leads, draft.with_threshold(1), snapshot.definition, window, _known(snapshot))


def preview_at_threshold(snapshot: Snapshot, draft: Definition, window: Window) -> Preview:
    """The draft replayed at its own threshold, as who changes sides needs it."""
    return _preview(snapshot.leads, draft, snapshot.definition, window, _known(snapshot))


@dataclass(frozen=True, slots=True)
class _Known:
    """What replays of the leads depend on besides: until when they are looked at, and what sales has done with them."""

    as_of: int
    customers: Customers

    def last_looks(self, definition: Definition) -> Instants:
        return last_looks(definition, self.customers.since, self.as_of)


def _known(snapshot: Snapshot) -> _Known:
    return _Known(snapshot.as_of, snapshot.customers)


@remembered(REPLAYS_REMEMBERED)
def _preview(leads: Leads, draft: Definition, agreed: Definition, window: Window, known: _Known) -> Preview:
    side, until = _side(leads, agreed, window, known), known.last_looks(draft)
    return replayed.preview(leads.index.hits(draft), draft, side, window, until)


@remembered(SIDES_REMEMBERED)
def _side(leads: Leads, agreed: Definition, window: Window, known: _Known) -> ReplayedSide:
    return replayed.side(leads.index.hits(agreed), agreed, window, known.last_looks(agreed))


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
    """Some of those who change sides, by id, and why each does."""

    movers: Movers
    lead_ids: Sequence[str]
    because: Sequence[str]


@remembered(REPLAYS_REMEMBERED)
def moved(snapshot: Snapshot, draft: Definition, window: Window, change: Move, most: int) -> Moved:
    """The newest leads with one kind of change."""
    compared = preview_at_threshold(snapshot, draft, window)
    some = replayed.movers(compared).of(change, most)
    ids = snapshot.leads.history.lead_id.take(some.rows).to_pylist()
    return Moved(some, ids, replayed.causes(compared, some))


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
    return consequences_of(snapshot.leads.index.hits(draft), draft, evidence(snapshot), window)


def agreed_expected(snapshot: Snapshot, window: Window) -> Expected:
    """What is to be expected of the agreed definition's own leads."""
    return consequences(snapshot, snapshot.definition, window).expected(snapshot.definition.threshold)


def load(snapshot: Snapshot, draft: Definition, window: Window) -> Load:
    """The draft's leads a working day against what the reps can answer."""
    return _load(snapshot.sales, preview(snapshot, draft, window).volume(draft.threshold), window)


def _load(sales: Sales, volume: Volume, window: Window) -> Load:
    return capacity.load(volume.qualified, sales.reps, sales.policy, window)


@remembered(64)
def answering(snapshot: Snapshot, draft: Definition, window: Window) -> Answering:
    """How sales would keep its promise under the draft, and what would become of the backlog."""
    side = preview_at_threshold(snapshot, draft, window).draft
    arriving = answering_of.would_be_handoffs(side)
    return answering_of.answering(
        draft.threshold,
        side.replayed.qualified_at[arriving],
        promised_of(snapshot)[arriving],
        snapshot.reps,
        snapshot.policy,
        pace_of(snapshot),
        window,
        snapshot.as_of,
    )


def promised_of(snapshot: Snapshot) -> Microseconds:
    """The working time in which sales promises to decide on each lead, shape (n,)."""
    return _promised(snapshot.leads, snapshot.policy)


def pace_of(snapshot: Snapshot) -> Pace:
    """How fast sales was seen to answer."""
    return _pace(snapshot.sales)


@remembered(1)
def _promised(leads: Leads, policy: Policy) -> Microseconds:
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
        window,
        snapshot.as_of,
        against.number,
    )
