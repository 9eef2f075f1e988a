"""What pages ask of the store and the core, remembered for as long as the data stays the same.

Everything here is shared by all visitors and read-only. Every cache is bounded,
and keyed on the database's generation, which grows with each change of the data; what
depends on leads and activities alone, on its `history_generation`, so that an answer
in the Inbox costs nobody the history.
"""

import io
import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar, cast
from urllib.parse import quote
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from lib.config.definition import read_definition
from lib.config.folder import Config, read_folder
from lib.core import arrays
from lib.core.arrays import UNKNOWN, Column, Instants
from lib.core.consequences import expected, known
from lib.core.consequences.expected import Consequences, Expected
from lib.core.consequences.known import Evidence
from lib.core.definition import scoring
from lib.core.definition.criteria import LEAD_FIELDS, Criterion, Definition
from lib.core.definition.scoring import Explanation, Score, ScoredActivity
from lib.core.funnel import cohorts, differences, rejections
from lib.core.funnel import costs as funnel_costs
from lib.core.funnel import goals as funnel_goals
from lib.core.funnel.costs import ChannelCost
from lib.core.funnel.differences import Standing
from lib.core.funnel.pace import month_by_day
from lib.core.handoffs import choosing
from lib.core.handoffs.below_line import line_of
from lib.core.handoffs.choosing import Filter
from lib.core.handoffs.cycles import ProblemKind
from lib.core.handoffs.handoffs import Decision, Handoffs
from lib.core.handoffs.problems import Problem
from lib.core.handoffs.reps import Rep
from lib.core.leads.history import History, Lead, frequent_subjects, frequent_values, lead_at
from lib.core.leads.people import Person
from lib.core.replay import preview as replay_preview
from lib.core.replay import replay
from lib.core.replay.hits import HitIndex
from lib.core.replay.preview import Change, Preview, ScoreBin
from lib.core.sla import answering as sla_answering
from lib.core.sla import capacity, queueing
from lib.core.sla.answering import Answering
from lib.core.sla.capacity import Load
from lib.core.sla.clocks import respond
from lib.core.sla.queueing import Pace
from lib.core.sla.working_time import Microseconds
from lib.core.statistics import rates
from lib.core.statistics.rates import ENOUGH, Rate
from lib.core.time import clock, periods
from lib.core.time.periods import By
from lib.core.time.window import Window
from lib.store.agreement import in_force
from lib.store.database import Database, open_database
from lib.store.funnel import goals
from lib.store.funnel import totals as funnel_totals
from lib.store.handoffs.problems import load_problems
from lib.store.leads import people as leads_people
from lib.store.leads.history import load_history, newest_instant
from lib.store.sla.responses import load_handoffs_due, load_reps
from lib.ui.frame.csv_file import csv_file
from lib.ui.now.remembering import found_once

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

REPLAYS_REMEMBERED = 16
"""Each holds 17 bytes a lead: 270 MB for a million leads."""

SCORE_BIN_POINTS = 5

VALUES_OFFERED = 200
"""A field's values offered to choose from; others can be typed."""

CHOICES_REMEMBERED = 4
"""Filtered hand-offs: each at most 20 MB for 150,000."""

ANSWERS_REMEMBERED = 128
"""What the core says about hand-offs: tens of rows each."""


@lru_cache(maxsize=1)
def config() -> Config:
    """The configuration folder, checked whole; it is read once, at the start."""
    return read_folder(Path(os.environ.get("HANDSHAKE_CONFIG", "config")))


@lru_cache(maxsize=1)
def database() -> Database:
    """The one database of this process."""
    path = Path(os.environ.get("HANDSHAKE_DB", "data/handshake.duckdb"))
    return open_database(path, first_definition=config().definition_text, clock=_now())


def zone() -> ZoneInfo:
    """The reporting time zone: days, weeks and months begin in it."""
    return ZoneInfo(config().policy.time_zone)


def warm_up() -> None:
    """Compile what is compiled and load what every page needs, before the first visitor comes."""
    with ThreadPoolExecutor(max_workers=1) as beside:
        # While the database reads history, which it does without the interpreter's lock.
        rest = beside.submit(_load_beside)
        leads = history().leads
        rest.result()
    if leads:
        consequences(agreed_definition(), default_window())
        preview(agreed_definition(), default_window())


def look_ahead() -> None:
    """What the first visitors will ask for after the figures, found while they look at those."""
    if history().leads:
        agreed, window = agreed_definition(), default_window()
        answering(agreed, window)
        score_distribution(agreed)
        standings(Filter(), window, Grouping.CHANNEL)


def _load_beside() -> None:
    replay.warm_up()
    queueing.warm_up()
    rates.rate(ENOUGH, ENOUGH)  # The first interval loads the library that has it: a second.
    handoffs()


def history() -> History:
    return hit_index().history


def hit_index() -> HitIndex:
    return _hit_index(database().history_generation)


def history_is_read() -> bool:
    """Is the history in memory that of the data as they are now?"""
    return _hit_index.knows(database().history_generation)


@found_once
def _hit_index(generation: int) -> HitIndex:
    return HitIndex(load_history(database()))


def as_of() -> int:
    """The instant everything is looked at: now, or the newest instant of data more than a week old."""
    # Steady for ten minutes, so that what was computed can be used again; nothing lies between.
    return _as_of(database().generation, _now() // (600 * clock.MICROSECONDS))


@lru_cache(maxsize=2)
def _as_of(generation: int, ten_minutes: int) -> int:
    return clock.default_as_of(_now(), newest_instant(database()))


def _now() -> int:
    return time.time_ns() // 1_000


def now_in_words() -> str:
    """The instant everything is looked at, on the reporting zone's clock."""
    now = pd.Timestamp(clock.from_microseconds(as_of())).tz_convert(zone())
    return f"{now.day} {now:%b %Y, %H:%M}"


def default_window() -> Window:
    """The last 26 whole weeks."""
    return Window(*clock.default_window(as_of(), zone()), config().policy.time_zone)


def agreed_definition() -> Definition:
    """The agreed definition in force."""
    return _agreed(database().generation, as_of())


@lru_cache(maxsize=2)
def _agreed(generation: int, at: int) -> Definition:
    version = in_force.agreed_text(database(), at)
    return read_definition(version.text, f"agreed version {version.number}")


def preview(draft: Definition, window: Window) -> Preview:
    """The draft against the agreed definition; the same one, a look-up, when only the threshold differs."""
    return _preview(database().history_generation, draft.with_threshold(1), agreed_definition(), window, as_of())


def preview_at_threshold(draft: Definition, window: Window) -> Preview:
    """The draft replayed at its own threshold, as who changes sides needs it."""
    return _preview(database().history_generation, draft, agreed_definition(), window, as_of())


@lru_cache(maxsize=REPLAYS_REMEMBERED)
def _preview(generation: int, draft: Definition, agreed: Definition, window: Window, at: int) -> Preview:
    hits = hit_index().hits(draft)
    return replay_preview.preview(hits, draft, _agreed_side(generation, agreed, window, at), window, at)


@lru_cache(maxsize=4)
def _agreed_side(generation: int, agreed: Definition, window: Window, at: int) -> replay_preview.Side:
    return replay_preview.side(hit_index().hits(agreed), agreed, window, at)


def agreed_top_score() -> int:
    """The highest score any lead ever had under the agreed definition."""
    return preview(agreed_definition(), default_window()).agreed.replayed.surface.top


def score_distribution(draft: Definition) -> list[ScoreBin]:
    """Every lead by its score as of now, with where the points come from."""
    return _score_distribution(database().history_generation, draft.with_threshold(1), as_of())


@lru_cache(maxsize=32)
def _score_distribution(generation: int, draft: Definition, at: int) -> list[ScoreBin]:
    scores = replay.scores(hit_index().hits(draft), draft, at)
    return replay_preview.score_distribution(scores, SCORE_BIN_POINTS)


def leads_touched(criterion: Criterion) -> int:
    """How many leads ever earn the criterion."""
    return _leads_touched(database().history_generation, criterion.match, criterion)


@lru_cache(maxsize=512)
def _leads_touched(generation: int, match: object, criterion: Criterion) -> int:
    return hit_index().leads_touched(criterion)


def movers(draft: Definition, window: Window, change: Change, most: int, named: str | None) -> pd.DataFrame:
    """The newest leads with one kind of change: who they are, when they qualify, and why they moved.

    Their pages explain them under the draft of that name.
    """
    return _movers(database().history_generation, draft, agreed_definition(), window, as_of(), change, most, named)


@lru_cache(maxsize=16)
def _movers(
    generation: int,
    draft: Definition,
    agreed: Definition,
    window: Window,
    at: int,
    change: Change,
    most: int,
    named: str | None,
) -> pd.DataFrame:
    compared = _preview(generation, draft, agreed, window, at)
    moved = replay_preview.movers(compared).of(change, most)
    ids = history().lead_id.take(moved.rows).to_pylist()
    people = leads_people.leads_of(database(), ids)
    return pd.DataFrame(
        {
            "page": [lead_page(lead_id, named) for lead_id in ids],
            "name": [people[lead_id].name for lead_id in ids],
            "company": [people[lead_id].company for lead_id in ids],
            "title": [people[lead_id].title for lead_id in ids],
            "qualified": _local(moved.at),
            "agreed": _local(moved.agreed_at),
            "score": pd.array(
                [None if at == arrays.NEVER else int(n) for n, at in zip(moved.score, moved.at, strict=True)], "Int64"
            ),
            "because": replay_preview.causes(compared, moved),
        }
    )


def movers_csv(draft: Definition, window: Window) -> io.BytesIO:
    """Everybody kept, gained and lost, as `preview --leads` writes them."""
    compared = preview_at_threshold(draft, window)
    moved = replay_preview.movers(compared)
    return csv_file(
        pd.DataFrame(
            {
                "lead_id": history().lead_id.take(moved.rows).to_pylist(),
                "qualified_at": [clock.instant_text(at) if at != arrays.NEVER else None for at in moved.at.tolist()],
                "score": pd.array(moved.score, "Int64"),
                "against_qualified_at": [
                    clock.instant_text(at) if at != arrays.NEVER else None for at in moved.agreed_at.tolist()
                ],
                "change": [change.value for change in moved.change],
            }
        )
    )


def mql_goal_per_week(window: Window) -> float | None:
    """The months' MQL goals a week of the window; None unless every month has one."""
    return funnel_goals.goal_per_week(goals.targets(database(), "mql"), window)


def _local(instants: Instants) -> "pd.Series[pd.Timestamp]":
    """Instants in the reporting zone, missing for what never happened."""
    never = instants == arrays.NEVER
    stamps = pd.Series(pd.to_datetime(instants.clip(max=clock.to_microseconds(pd.Timestamp.max)), unit="us", utc=True))
    return stamps.mask(never).dt.tz_convert(str(zone()))


def find_leads(words: str, most: int = 50) -> list[Person]:
    return leads_people.find_leads(database(), words, most)


def lead(lead_id: str) -> Lead | None:
    """One lead with its activities, None when nobody has this id."""
    one = load_history(database(), lead_id=lead_id)
    return lead_at(one, 0) if one.leads else None


def explanation(draft: Definition, one: Lead) -> Explanation:
    return scoring.explain(draft, one, as_of())


def scored_activities(draft: Definition, one: Lead) -> list[ScoredActivity]:
    """What the lead did up to now, the newest first, with the criteria each activity earned."""
    now = as_of()
    return [scored for scored in scoring.scored_activities(draft, one) if scored.activity.at <= now]


def course(draft: Definition, one: Lead) -> list[tuple[int, Score]]:
    """The lead's score at every look and on every day between, up to now."""
    end = as_of()
    days = range(one.created_at, end, 86_400 * clock.MICROSECONDS)
    return scoring.score_course(draft, one, end, between=[*days, end])


def fields() -> list[str]:
    """Every field of the leads a criterion may look at."""
    custom = sorted(name for name in history().fields if name not in LEAD_FIELDS)
    return [*LEAD_FIELDS, *custom]


def field_values(field: str) -> list[str]:
    """The field's most frequent values, to choose from."""
    return _field_values(database().history_generation, field)


@lru_cache(maxsize=64)
def _field_values(generation: int, field: str) -> list[str]:
    return frequent_values(history().column(field), VALUES_OFFERED)


def kinds() -> list[str]:
    """The kinds of activity there are."""
    return sorted(set(history().what_kind.to_pylist()))


@lru_cache(maxsize=64)
def _subjects(generation: int, of_kinds: tuple[str, ...]) -> list[str]:
    return frequent_subjects(history(), of_kinds, VALUES_OFFERED)


def subjects(of_kinds: tuple[str, ...]) -> list[str]:
    """The most frequent subjects of these kinds of activity, to choose from."""
    return _subjects(database().history_generation, of_kinds)


# Hand-offs.


def handoffs() -> Handoffs:
    """Everything handed over as of now, with when its decision is due."""
    return _handoffs(database().generation, as_of())


@found_once
def _handoffs(generation: int, at: int) -> Handoffs:
    # Not the history: an answer in the Inbox would have everybody wait until it is loaded again.
    return load_handoffs_due(database(), at, config().policy)


def reps() -> tuple[Rep, ...]:
    """Everybody who answers hand-offs."""
    return _reps(database().generation)


@found_once
def _reps(generation: int) -> tuple[Rep, ...]:
    return load_reps(database())


def rep_name(rep_id: str) -> str:
    """A rep as people know them; an owner who is no rep, as written."""
    return _rep_names(database().generation).get(rep_id, rep_id)


@lru_cache(maxsize=1)
def _rep_names(generation: int) -> dict[str, str]:
    return {rep.rep_id: rep.name for rep in reps() if rep.name}


def chosen(only: Filter) -> Handoffs:
    """The hand-offs that pass a filter; those drawn below the line are in no team's figures."""
    return _chosen(database().generation, as_of(), only)


@lru_cache(maxsize=CHOICES_REMEMBERED)
def _chosen(generation: int, at: int, only: Filter) -> Handoffs:
    return choosing.chosen(handoffs().mqls(), only)


def asked(
    question: Callable[Concatenate[Handoffs, Asked], Answer], only: Filter, *given: Asked.args, **named: Asked.kwargs
) -> Answer:
    """What a function of the core says about the hand-offs that pass a filter; what it is given must be hashable."""
    answer = _asked(database().generation, as_of(), question, only, given, tuple(sorted(named.items())))
    return cast("Answer", answer)


@lru_cache(maxsize=ANSWERS_REMEMBERED)
def _asked(
    generation: int,
    at: int,
    question: Callable[..., object],
    only: Filter,
    given: tuple[object, ...],
    named: tuple[tuple[str, object], ...],
) -> object:
    return question(chosen(only), *given, **dict(named))


class Grouping(StrEnum):
    """What acceptance is looked at by."""

    CHANNEL = "channel"
    SOURCE = "source"
    OWNER = "owner"
    TITLE = "title"
    SCORE = "score"


def groups(only: Filter, by: Grouping) -> Column:
    """The group of each hand-off that passes a filter; title levels are the agreed definition's."""
    definition = agreed_definition() if by is Grouping.TITLE else None
    return _groups(database().generation, as_of(), only, by, definition)


@lru_cache(maxsize=CHOICES_REMEMBERED * len(Grouping))
def _groups(generation: int, at: int, only: Filter, by: Grouping, definition: Definition | None) -> Column:
    of = chosen(only)
    if definition is not None:
        return choosing.title_levels(history(), definition, choosing.lead_rows(of, history()))
    return choosing.score_bands(of) if by is Grouping.SCORE else cast("Column", getattr(of, by))


def standings(only: Filter, window: Window, by: Grouping) -> tuple[Standing, ...]:
    """How often sales accepts each group's leads, against all others together."""
    return asked(differences.standings, only, window, groups(only, by))


def leads_created(only: Filter, window: Window) -> int:
    """How many leads that pass a filter were created in a window."""
    return _leads_created(database().generation, as_of(), only, window)


@lru_cache(maxsize=32)
def _leads_created(generation: int, at: int, only: Filter, window: Window) -> int:
    totals = funnel_totals.lead_totals(database(), window, By.WINDOW, at, only.owner)
    asked_for = [
        (wanted, name) for wanted, name in ((only.channel, "channel"), (only.source, "source")) if wanted is not None
    ]
    return sum(one.leads for one in totals if all((getattr(one, name) or "") == wanted for wanted, name in asked_for))


def costs(window: Window) -> tuple[ChannelCost, ...]:
    """What each channel's MQL, SAL, SQL and win of a window cost."""
    return _costs(database().generation, as_of(), window)


@lru_cache(maxsize=8)
def _costs(generation: int, at: int, window: Window) -> tuple[ChannelCost, ...]:
    created = funnel_totals.lead_totals(database(), window, By.MONTH, at)
    return funnel_costs.costs(chosen(Filter()), window, funnel_totals.spends(database()), created)


def problems() -> tuple[Problem, ...]:
    """What is wrong with the data, as of now."""
    return _problems(database().generation, as_of())


@lru_cache(maxsize=1)
def _problems(generation: int, at: int) -> tuple[Problem, ...]:
    return load_problems(database(), at, [reason.code for reason in config().answers.reasons])


def problem_rows(kind: ProblemKind | None = None) -> pd.DataFrame:
    """The problems of one kind, or all of them, each with its lead's page."""
    rows = [one for one in problems() if kind is None or one.kind is kind]
    never = arrays.NEVER
    return pd.DataFrame(
        {
            "page": [None if one.lead_id is None else lead_page(one.lead_id) for one in rows],
            "kind": [one.kind.value for one in rows],
            "occurred": _local(
                np.array([never if one.occurred_at is None else one.occurred_at for one in rows], dtype=np.int64)
            ),
            "sentence": [one.sentence for one in rows],
            "event_id": [one.event_id for one in rows],
        }
    )


# What follows from a draft.


def consequences(draft: Definition, window: Window) -> Consequences:
    """What sales would make of the draft's leads; the same one, a look-up, when only the threshold differs."""
    return _consequences(database().generation, draft.with_threshold(1), window, as_of())


@lru_cache(maxsize=REPLAYS_REMEMBERED)
def _consequences(generation: int, draft: Definition, window: Window, at: int) -> Consequences:
    return expected.consequences(hit_index().hits(draft), draft, _evidence(generation, at, agreed_definition()), window)


def agreed_expected(window: Window) -> Expected:
    """What is to be expected of the agreed definition's own leads."""
    agreed = agreed_definition()
    return consequences(agreed, window).expected(agreed.threshold)


@found_once
def _evidence(generation: int, at: int, agreed: Definition) -> Evidence:
    return known.evidence(handoffs(), history(), line_of(hit_index(), agreed, handoffs()))


def drawn_per_week(draft: Definition, window: Window) -> float:
    """About how many leads a week the draft would draw below its threshold: those that come so far and no further."""
    return replay_preview.drawn_per_week(preview(draft, window), draft)


def load(draft: Definition, window: Window) -> Load:
    """The draft's leads a working day against what the reps can answer."""
    qualified = preview(draft, window).volume(draft.threshold).qualified
    return capacity.load(qualified, reps(), config().policy, window)


def answering(draft: Definition, window: Window) -> Answering:
    """How sales would keep its promise under the draft, and what would become of the backlog."""
    return _answering(database().generation, draft, window, as_of())


@lru_cache(maxsize=64)
def _answering(generation: int, draft: Definition, window: Window, at: int) -> Answering:
    side = preview_at_threshold(draft, window).draft
    arriving = sla_answering.would_be_handoffs(side)
    return sla_answering.answering(
        draft.threshold,
        side.replayed.qualified_at[arriving],
        _promised(database().history_generation)[arriving],
        reps(),
        config().policy,
        _observed_pace(generation, at),
        window,
        at,
    )


@found_once
def _promised(generation: int) -> Microseconds:
    return sla_answering.promised_by_lead(history(), config().policy)


@found_once
def _observed_pace(generation: int, at: int) -> Pace:
    return queueing.observed_pace(respond(handoffs(), history(), reps(), config().policy))


@dataclass(frozen=True, eq=False)
class Earned:
    """The hand-offs of a window, and the points (h, criteria) each criterion of the agreed definition gave them."""

    handoffs: Handoffs
    criteria: tuple[str, ...]
    points: npt.NDArray[np.float64]

    def by(self, criterion_id: str) -> Column:
        """Which hand-offs had points of a criterion: its id, else unknown."""
        earned = self.points[:, self.criteria.index(criterion_id)] != 0.0
        return Column(np.where(earned, 0, UNKNOWN).astype(np.int32), pa.array([criterion_id], pa.string()))


def earned(only: Filter, window: Window) -> Earned:
    """What each criterion had given at the instant of the hand-over."""
    return _earned(database().generation, as_of(), only, window, agreed_definition())


@lru_cache(maxsize=2)
def _earned(generation: int, at: int, only: Filter, window: Window, definition: Definition) -> Earned:
    of = chosen(only)
    inside = of.take(periods.periods(window, By.WINDOW, at).of(of.mql_at) >= 0)
    rows = choosing.lead_rows(inside, history())
    criteria, points = replay.contributions(hit_index().hits(definition), definition, rows, inside.mql_at)
    return Earned(inside, criteria, points)


def criteria_in_decisions(only: Filter, window: Window) -> tuple[rejections.CriterionInDecisions, ...]:
    """How often rejected leads, and how often accepted ones, had points of each criterion."""
    return _criteria_in_decisions(earned(only, window))


@lru_cache(maxsize=CHOICES_REMEMBERED)
def _criteria_in_decisions(of: Earned) -> tuple[rejections.CriterionInDecisions, ...]:
    return rejections.criteria_in_decisions(of.handoffs, of.criteria, of.points)


def criteria_by_reason(only: Filter, window: Window) -> Mapping[str | None, tuple[Rate, ...]]:
    """For each reason, how many of those rejected for it had points of each criterion, in the order of `earned`."""
    return _criteria_by_reason(earned(only, window))


@lru_cache(maxsize=CHOICES_REMEMBERED)
def _criteria_by_reason(of: Earned) -> Mapping[str | None, tuple[Rate, ...]]:
    return rejections.criteria_by_reason(of.handoffs, of.criteria, of.points)


def leads_behind(behind: Handoffs, most: int | None = None) -> pd.DataFrame:
    """The first so many hand-offs, each with its lead's page and name and with what became of it."""
    shown = behind.take(np.arange(min(len(behind), len(behind) if most is None else most)))
    ids = shown.lead_id.to_pylist()
    people = leads_people.leads_of(database(), ids)
    return pd.DataFrame(
        {
            "page": [lead_page(lead_id) for lead_id in ids],
            "lead_id": ids,
            "name": [people[lead_id].name for lead_id in ids],
            "company": [people[lead_id].company for lead_id in ids],
            "title": [people[lead_id].title for lead_id in ids],
            "handed_over": _local(shown.mql_at),
            "decision": [Decision(code).name.lower() for code in shown.decision.tolist()],
            "decided": _local(shown.decided_at),
            "reason": [
                reason_words(code) if rejected else None
                for code, rejected in zip(_texts(shown.reason), shown.rejected.tolist(), strict=True)
            ],
            "score": pd.array(shown.score, "Float64").astype("Int64"),
            "channel": _texts(shown.channel),
            "source": _texts(shown.source),
            "owner": [owner and rep_name(owner) for owner in _texts(shown.owner)],
            "sql": _local(shown.sql_at),
            "won": _local(shown.won_at),
        }
    )


def lead_page(lead_id: str, draft: str | None = None) -> str:
    """The address of a lead's page, which explains it under a draft where one is named."""
    under = "" if draft is None else f"draft={quote(draft, safe='')}&"
    # The id comes last: tables show what follows it.
    return f"/lead?{under}id={quote(lead_id)}"


def csv(rows: pd.DataFrame) -> io.BytesIO:
    """The rows as a file, without what only a page can show."""
    return csv_file(rows.drop(columns="page"))


def _texts(column: Column) -> list[str | None]:
    texts: list[str | None] = [*column.values.to_pylist(), None]
    return [texts[code] for code in column.codes.tolist()]


def reason_words(code: str | None) -> str:
    """A reason as reasons.yaml words it, or as it was written where that does not know it."""
    return next((reason.label for reason in config().answers.reasons if reason.code == code), code or "No reason given")


def something_is_promised() -> bool:
    """Is any hand-off due at all? Without a promise none can be overdue, and nothing should say that none is."""
    return bool((handoffs().due_at != arrays.NEVER).any())


def last_week() -> Window:
    """The last whole week."""
    end = default_window().end
    return Window(end - timedelta(weeks=1), end, config().policy.time_zone)


def twelve_months() -> Window:
    """The month of now and the eleven before it."""
    month = clock.day_of(as_of(), zone()).replace(day=1)
    after = (month + timedelta(days=32)).replace(day=1)
    return Window(after.replace(year=after.year - 1), after, config().policy.time_zone)


def changes_of_last_week() -> tuple[differences.Change, ...]:
    """The last whole week against the one before it."""
    week = last_week()
    before = Window(week.start - timedelta(weeks=1), week.start, week.zone)
    return asked(differences.changes, Filter(), before, week)


def waiting_by_week() -> tuple[cohorts.Waiting, ...]:
    """Who waited for sales' answer at the end of each week of the default window."""
    return tuple(asked(cohorts.waiting, Filter(), end) for end in default_window().edges()[1:].tolist())


def goal(metric: str) -> funnel_goals.GoalProgress | None:
    """This month's goal of a metric (`mql`, `sal`, `sql`) and how far it is; None where it has none."""
    return funnel_goals.goal_progress(handoffs(), metric, goals.targets(database(), metric), zone())


def goal_by_day(metric: str) -> tuple[tuple[date, ...], tuple[int, ...]]:
    """This month's days, and how many of a goal's metric it had had by the end of each up to now."""
    of = chosen(Filter())
    instants = {"mql": of.mql_at, "sal": of.decided_at[of.accepted], "sql": of.sql_at}[metric]
    return month_by_day(instants, as_of(), zone())
