"""The funnel of a window as the command line prints it: one JSON object, or a table for a reader."""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.core.funnel.cohorts import HORIZONS_DAYS, Cohort, Pulse, cohorts, period_conversion
from lib.core.funnel.money import left_out_in_words
from lib.core.funnel.rejections import Rejections, rejections
from lib.core.handoffs.choosing import Group, behind, group_of
from lib.core.handoffs.handoffs import Handoffs
from lib.core.statistics.rates import Rate
from lib.core.time.clock import instant_text
from lib.core.time.periods import By
from lib.core.time.window import Window

BLANK_GROUP = "(blank)"


@dataclass(frozen=True)
class FunnelReport:
    """Cohorts by period (and group), what happened in each period, and why hand-offs of the window were rejected.

    `left_out` hand-offs of the window were drawn below the line, and are in no other figure; amounts are in the
    `currency`, without `amounts_left_out` that are in others.
    """

    as_of: int
    by: By
    group: Group | None
    cohorts: tuple[Cohort, ...]
    pulses: tuple[Pulse, ...]
    rejections: tuple[Rejections, ...]
    left_out: int
    currency: str | None
    amounts_left_out: int

    def as_json(self) -> dict[str, object]:
        """The object `funnel --json` prints."""
        return {
            "as_of": instant_text(self.as_of),
            "cohorts": [self._cohort(cohort) for cohort in self.cohorts],
            "period_conversion": [
                {"period": one.period.isoformat(), "mql": one.mql, "sal": one.sal, "sql": one.sql, "won": one.won}
                for one in self.pulses
            ],
            "rejections": [{"reason": one.reason, "handoffs": one.handoffs} for one in self.rejections],
            **({"currency": self.currency, "amounts_left_out": self.amounts_left_out} if self.amounts_left_out else {}),
            **({"left_out_below_the_line": self.left_out} if self.left_out else {}),
        }

    def _cohort(self, cohort: Cohort) -> dict[str, object]:
        within, mature = cohort.sql_within, cohort.mature
        return {
            "period": cohort.period.isoformat(),
            **({"group": cohort.group} if self.group else {}),
            "handoffs": cohort.handoffs,
            "accepted": cohort.accepted,
            "rejected": cohort.rejected,
            "open": cohort.open,
            "closed": cohort.closed,
            "open_past_due": cohort.open_past_due,
            "acceptance_rate": cohort.acceptance.share,
            "low95": cohort.acceptance.low95,
            "high95": cohort.acceptance.high95,
            "decided_rate": cohort.of_decided.share,
            **{f"sql_{days}": rate.successes for days, rate in zip(HORIZONS_DAYS, within, strict=True)},
            "sql": cohort.sql,
            "won": cohort.won,
            "lost": cohort.lost,
            "won_amount": cohort.won_amount,
            **{f"mature_{days}": passed for days, passed in zip(HORIZONS_DAYS, mature, strict=True)},
        }

    def as_text(self) -> str:
        """The same for a reader; a star marks a horizon that has not passed, a plus a period the window cuts."""
        parts = [
            f"As of {instant_text(self.as_of)}, by {self.by} of the hand-over:",
            _columns(self._cohort_rows(), texts=2 if self.group else 1),
        ]
        if not all(all(cohort.mature) for cohort in self.cohorts):
            parts.append("* this horizon has not passed for every lead")
        if any(cohort.partial for cohort in self.cohorts):
            parts.append("+ cut by the window")
        if self.left_out:
            drawn = "1 hand-off" if self.left_out == 1 else f"{self.left_out:,} hand-offs"
            parts.append(f"{drawn} drawn below the line, to learn, left out of all this")
        if self.amounts_left_out:
            parts.append(left_out_in_words(self.amounts_left_out, self.currency))
        happened = [
            [str(self.by), "MQL", "SAL", "SQL", "won"],
            *([_period(one), *_counts(one.mql, one.sal, one.sql, one.won)] for one in self.pulses),
        ]
        parts += ["", f"What happened in each {self.by}, whenever it was handed over:", _columns(happened, texts=1)]
        if self.rejections:
            why = [[one.reason or BLANK_GROUP, *_counts(one.handoffs)] for one in self.rejections]
            parts += ["", _columns([["rejected because", "hand-offs"], *why], texts=1)]
        return "\n".join(parts)

    def _cohort_rows(self) -> list[list[str]]:
        heading = [
            str(self.by),
            *([str(self.group)] if self.group else []),
            *("handed over", "accepted", "rejected", "open", "closed", "past due", "acceptance"),
            *(f"SQL {days} d" for days in HORIZONS_DAYS),
            *("SQL", "won", "lost", f"won amount{f' {self.currency}' if self.currency else ''}"),
        ]
        return [heading, *(self._cohort_row(cohort) for cohort in self.cohorts)]

    def _cohort_row(self, one: Cohort) -> list[str]:
        within = zip(one.sql_within, one.mature, strict=True)
        return [
            _period(one),
            *([one.group or BLANK_GROUP] if self.group else []),
            *_counts(one.handoffs, one.accepted, one.rejected, one.open, one.closed, one.open_past_due),
            _percent(one.acceptance),
            *(f"{rate.successes:,}{'' if passed else '*'}" for rate, passed in within),
            *_counts(one.sql, one.won, one.lost),
            f"{one.won_amount:,.2f}",
        ]


def report(handoffs: Handoffs, window: Window, by: By, group: Group | None = None) -> FunnelReport:
    """The window's cohorts in the order of their periods, groups by name and the blank one last."""
    every, handoffs = handoffs, handoffs.mqls()
    found = cohorts(handoffs, window, by, group_of(handoffs, group) if group else None)
    return FunnelReport(
        as_of=handoffs.as_of,
        by=by,
        group=group,
        cohorts=tuple(sorted(found, key=lambda one: (one.period, one.group is None, one.group))),
        pulses=period_conversion(handoffs, window, by),
        rejections=rejections(handoffs, window),
        left_out=len(behind(every, window)) - len(behind(handoffs, window)),
        currency=handoffs.currency,
        amounts_left_out=int(behind(handoffs, window).left_out.sum()),
    )


def _counts(*counts: int) -> list[str]:
    return [f"{count:,}" for count in counts]


def _percent(rate: Rate) -> str:
    if rate.share is None or rate.low95 is None or rate.high95 is None:
        return "–"
    return f"{rate.share:.0%} ({rate.low95:.0%} to {rate.high95:.0%})"


def _period(one: Cohort | Pulse) -> str:
    return f"{one.period}{'+' if one.partial else ''}"


def _columns(rows: Sequence[Sequence[str]], texts: int) -> str:
    """The rows under one another, the first columns (`texts` of them) to the left and the others to the right."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            text.ljust(width) if n < texts else text.rjust(width)
            for n, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
