"""How the promises of a window were kept, as the command line prints it: one JSON object, or tables for a reader."""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.core.definition.words import match_in_words
from lib.core.handoffs.handoffs import Handoffs
from lib.core.handoffs.reps import Rep
from lib.core.leads.history import History
from lib.core.sla.attainment import (
    Aging,
    Attainment,
    ResponseBand,
    SlaGroup,
    Waiting,
    aging,
    attainment,
    group_of,
    handed_over_in,
    response_bands,
)
from lib.core.sla.clocks import Answer, promises_for, respond
from lib.core.sla.promises import Policy, Promise
from lib.core.time.clock import instant_text
from lib.core.time.window import Window

BLANK_GROUP = "(blank)"

DECIMALS = 4
"""Hours are written to about a third of a second."""

TOUCHES_ARE_DECISIONS = "Nobody recorded a first touch: every touch here is a decision, which counts as one."

LONGEST_SHOWN = 20
"""So many of those who wait are shown to a reader; JSON has them all."""


@dataclass(frozen=True)
class SlaReport:
    """Both promises by group, who waits, and what became of the hand-offs by the time to their first touch."""

    as_of: int
    window: Window
    policy: Policy
    group: SlaGroup | None
    kept: dict[Answer, tuple[Attainment, ...]]
    aging: Aging
    bands: tuple[ResponseBand, ...]
    touches_are_decisions: bool
    owners_without_rep: tuple[str, ...]
    reps_without_calendar: tuple[Rep, ...]

    def as_json(self) -> dict[str, object]:
        """The object `sla --json` prints."""
        return {
            "as_of": instant_text(self.as_of),
            "policy": {
                "time_zone": self.policy.time_zone,
                **{answer.value: [_promise(one) for one in promises_for(self.policy, answer)] for answer in Answer},
                "owners_without_rep": list(self.owners_without_rep),
                "reps_without_calendar": [rep.rep_id for rep in self.reps_without_calendar],
            },
            **{answer.value: [self._kept(one) for one in self.kept[answer]] for answer in Answer},
            "aging": [_waiting(one) for one in self.aging.waiting],
            "response_bands": [
                {"band": one.band, "handoffs": one.handoffs, "accepted": one.accepted, "sql": one.sql, "won": one.won}
                for one in self.bands
            ],
        }

    def _kept(self, one: Attainment) -> dict[str, object]:
        return {
            **({"group": one.group} if self.group else {}),
            "handoffs": one.handoffs,
            "met": one.met,
            "breached": one.breached,
            "due": one.due,
            "overdue": one.overdue,
            "by_day_only": one.by_day_only,
            "paused_hours": 0.0,
            "attainment": one.share,
            "median_hours": _hours(one.velocity.median_hours),
            "naive_median_hours": _hours(one.velocity.naive_median_hours),
            "p90_hours": _hours(one.velocity.p90_hours),
        }

    def as_text(self) -> str:
        """The same for a reader: hours are working hours."""
        lines = [f"Handed over from {self.window.start} to {self.window.end}, as of {instant_text(self.as_of)}"]
        for answer in Answer:
            promises = "; ".join(map(_promise_in_words, promises_for(self.policy, answer))) or "nothing is promised"
            lines += ["", f"{answer.value.replace('_', ' ').capitalize()}: {promises}"]
            lines.append(
                f"{self.group or '':<20} handed over     met  breached     due  overdue  by day   kept  median  naive"
                "    90 %"
            )
            lines += [_row(one, self.group) for one in self.kept[answer]]
        lines += ["", "First touch after    handed over  accepted      SQL      won"]
        lines += [
            f"{one.band:<20}{one.handoffs:>12,}{one.accepted:>10,}{one.sql:>9,}{one.won:>9,}" for one in self.bands
        ]
        if self.touches_are_decisions:
            lines += ["", TOUCHES_ARE_DECISIONS]
        if self.aging.waiting:
            lines += ["", f"Open: {len(self.aging.waiting):,}, the longest first"]
            lines += [_waiting_row(one) for one in self.aging.waiting[:LONGEST_SHOWN]]
            if len(self.aging.waiting) > LONGEST_SHOWN:
                lines.append(f"and {len(self.aging.waiting) - LONGEST_SHOWN:,} more")
        if self.owners_without_rep:
            lines += ["", f"No rep, so on the default calendar: {', '.join(self.owners_without_rep)}"]
        lines += [
            f"{rep.rep_id}: sla.yaml has no calendar '{rep.calendar}', so the default one is used"
            for rep in self.reps_without_calendar
        ]
        return "\n".join(lines)


def report(
    handoffs: Handoffs,
    leads: History,
    reps: Sequence[Rep],
    policy: Policy,
    window: Window,
    group: SlaGroup | None = None,
) -> SlaReport:
    """How the promises were kept for what was handed over in the window."""
    responses = respond(handed_over_in(handoffs, window), leads, reps, policy)
    # An owner answers for the time since the hand-off was theirs.
    kept = responses.by_rep_time() if group is SlaGroup.OWNER else responses
    column = group_of(responses, group) if group else None
    return SlaReport(
        as_of=handoffs.as_of,
        window=window,
        policy=policy,
        group=group,
        kept={answer: attainment(kept, answer, column) for answer in Answer},
        aging=aging(responses),
        bands=response_bands(responses),
        touches_are_decisions=responses.touches_are_decisions,
        owners_without_rep=responses.owners_without_rep,
        reps_without_calendar=responses.reps_without_calendar,
    )


def _promise(promise: Promise) -> dict[str, object]:
    return {
        "within_minutes": promise.within_minutes,
        "when": None if promise.when is None else match_in_words(promise.when),
    }


def _promise_in_words(promise: Promise) -> str:
    minutes = promise.within_minutes
    within = f"{minutes} min" if minutes % 60 else f"{minutes // 60} h"
    return f"{within} where {match_in_words(promise.when)}" if promise.when else within


def _waiting(one: Waiting) -> dict[str, object]:
    return {
        "handoff_id": one.handoff_id,
        "lead_id": one.lead_id,
        "owner": one.owner,
        "waited_hours": _hours(one.waited_hours),
        "due_at": None if one.due_at is None else instant_text(one.due_at),
        "state": one.state.word,
    }


def _hours(hours: float | None) -> float | None:
    return None if hours is None else round(hours, DECIMALS)


def _row(one: Attainment, group: SlaGroup | None) -> str:
    name = (one.group or BLANK_GROUP) if group else "all"
    kept = "–" if one.share is None else f"{one.share:.0%}"
    hours = [one.velocity.median_hours, one.velocity.naive_median_hours, one.velocity.p90_hours]
    said = "".join(
        f"{'–' if value is None else f'{value:,.1f}':>{width}}" for value, width in zip(hours, (8, 7, 8), strict=True)
    )
    states = f"{one.met:>8,}{one.breached:>10,}{one.due:>8,}{one.overdue:>9,}{one.by_day_only:>8,}"
    return f"{name:<20}{one.handoffs:>12,}{states}{kept:>7}{said}"


def _waiting_row(one: Waiting) -> str:
    due = "nothing promised" if one.due_at is None else f"{one.state.word}, {instant_text(one.due_at)}"
    return f"  {one.handoff_id:<20}{one.owner or BLANK_GROUP:<20}{one.waited_hours:>9,.1f} h  {due}"
