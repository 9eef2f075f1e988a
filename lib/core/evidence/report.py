"""What the decisions of a window say, as the command line prints it: one JSON object, or tables for a reader."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lib.core.consequences.known import Stage
from lib.core.definition.criteria import Criterion
from lib.core.definition.words import criterion_in_words, points_in_words
from lib.core.evidence.criteria import Contrast, CriterionEvidence
from lib.core.evidence.deals import Trait
from lib.core.evidence.drift import Month, drift_in_words
from lib.core.evidence.findings import Findings, criteria_in_words
from lib.core.statistics.rates import Difference, Rate, Verdict
from lib.core.time.clock import instant_text

LISTED = 100
"""So many hand-offs that were answered against their score are listed; the page has them all."""


@dataclass(frozen=True)
class EvidenceReport:
    """What was found, and how a criterion is written in a definition's file."""

    found: Findings
    written: Callable[[Criterion], str]

    def as_json(self) -> dict[str, object]:
        """The object `evidence --json` prints."""
        told, mined, window = self.found.criteria, self.found.mined, self.found.criteria.window
        return {
            "as_of": instant_text(told.as_of),
            "window": {"from": window.start.isoformat(), "to": window.end.isoformat()},
            "handoffs": told.handoffs,
            "decided": told.decided,
            "accepted": told.accepted,
            "criteria": [_criterion_evidence(one) for one in told.criteria],
            "together": [[criterion.id for criterion in some] for some in told.together],
            "unused": [
                {
                    **_criterion(find.criterion),
                    "asks": criterion_in_words(find.criterion),
                    "yaml": self.written(find.criterion),
                    **_contrast(find.acceptance, Stage.ACCEPTED),
                    "p_value": find.p_value,
                }
                for find in mined.finds
            ],
            "unused_tested": mined.tested,
            "unused_alike": mined.others,
            "rejected_high": self._against_score(self.found.surprises.high, self.found.surprises.rejected.tolist()),
            "accepted_low": self._against_score(self.found.surprises.low, self.found.surprises.accepted.tolist()),
            "drift": {
                "months": [_month(month) for month in self.found.drift.months],
                "score_change": _difference("", self.found.drift.scores),
                "change_at_equal_score": _difference("", self.found.drift.at_equal_score),
                "sentence": drift_in_words(self.found.drift),
            },
            "deals": {
                "won": self.found.deals.won,
                "lost": self.found.deals.lost,
                "won_median_days": self.found.deals.won_days,
                "lost_median_days": self.found.deals.lost_days,
                "deeds": [_trait(one) for one in self.found.deals.deeds],
                "channels": [_trait(one) for one in self.found.deals.channels],
                "sources": [_trait(one) for one in self.found.deals.sources],
            },
        }

    def _against_score(self, bound: int | None, rows: Sequence[int]) -> dict[str, object]:
        of = self.found.judged
        return {
            "score": bound,
            "handoffs": len(rows),
            "listed": [
                {
                    "handoff_id": of.handoffs.handoff_id(row),
                    "lead_id": of.handoffs.lead_id[row].as_py(),
                    "score": int(of.score[row]),
                    "reason": of.handoffs.reason.text(row),
                }
                for row in rows[:LISTED]
            ],
        }

    def as_text(self) -> str:
        """The same for a reader, without the lists of leads."""
        told, found = self.found.criteria, self.found
        rows = [
            ["criterion", "points", "leads", "hand-offs", "with it", "without", "difference", "left", ""],
            *(
                [
                    one.criterion.label,
                    points_in_words(one.criterion),
                    f"{one.leads:,}",
                    f"{one.handoffs:,}",
                    _rate(one.acceptance.having),
                    _rate(one.acceptance.lacking),
                    _points(one.acceptance.difference),
                    _points(one.acceptance.left),
                    one.verdict.value,
                ]
                for one in told.criteria
            ),
        ]
        parts = [
            f"{told.window.start} to {told.window.end}: {told.handoffs:,} hand-offs, {told.decided:,} decided, "
            f"{told.accepted:,} accepted",
            criteria_in_words(told),
            "",
            _columns(rows),
            "left: of those that had it, how many in 100 more were accepted than would have been without, "
            "all else held fixed (95 % interval)",
        ]
        parts += [f"always met together: {', '.join(criterion.label for criterion in some)}" for some in told.together]
        parts += ["", *self._unused_in_words(), "", drift_in_words(found.drift)]
        parts += ["", f"{found.deals.won:,} deals were won, {found.deals.lost:,} lost."]
        real = [
            one
            for one in (*found.deals.deeds, *found.deals.channels, *found.deals.sources)
            if one.comparison.verdict in (Verdict.HIGHER, Verdict.LOWER)
        ]
        parts += [
            f"{one.label}: {_rate(one.comparison.rate)} of the won, {_rate(one.comparison.other)} of the lost"
            for one in real
        ]
        if not (found.deals.won and found.deals.lost):
            parts.append("What came before a deal shows once some were won and some lost.")
        elif not real:
            parts.append("Nothing they did, and no channel or source, differs by more than noise.")
        return "\n".join(parts)

    def _unused_in_words(self) -> list[str]:
        mined = self.found.mined
        if not mined.tested:
            return ["What no criterion uses: too few are accepted or rejected to look for it."]
        heading = f"What no criterion uses, of {mined.tested:,} patterns tested:"
        if not mined.finds:
            return [heading, "nothing that chance could not make"]
        rows = [
            [
                find.criterion.label,
                _rate(find.acceptance.having),
                _points(find.acceptance.left),
                self.written(find.criterion),
            ]
            for find in mined.finds
        ]
        others = [f"{mined.others:,} others say the same"] * bool(mined.others)
        return [heading, _columns([["", "with it", "left", "as a criterion"], *rows]), *others]


def _criterion(criterion: Criterion) -> dict[str, object]:
    return {
        "id": criterion.id,
        "label": criterion.label,
        "category": criterion.category.value,
        "points": criterion.points,
    }


def _criterion_evidence(one: CriterionEvidence) -> dict[str, object]:
    return {
        **_criterion(one.criterion),
        "disqualify": one.criterion.disqualify,
        "off": one.criterion.off,
        "leads": one.leads,
        "handoffs": one.handoffs,
        **_contrast(one.acceptance, Stage.ACCEPTED),
        **{stage.value: _contrast(one.of(stage), stage) for stage in (Stage.SQL, Stage.WON)},
        "p_value": one.p_value,
        "verdict": one.verdict.value,
    }


def _contrast(contrast: Contrast, stage: Stage) -> dict[str, object]:
    return {
        "with": _counts(contrast.having, stage.value),
        "without": _counts(contrast.lacking, stage.value),
        **_difference("difference", contrast.difference),
        **_difference("adjusted", contrast.left),
    }


def _counts(rate: Rate, reached: str) -> dict[str, object]:
    return {
        "decided": rate.trials,
        reached: rate.successes,
        "rate": rate.share,
        "low95": rate.low95,
        "high95": rate.high95,
    }


def _difference(name: str, difference: Difference | None) -> dict[str, object]:
    """A difference under its name and with the bounds of its interval; under `value` with its chance where unnamed."""
    bounds = (None, None, None) if difference is None else (difference.value, difference.low95, difference.high95)
    if name:
        return {name: bounds[0], f"{name}_low95": bounds[1], f"{name}_high95": bounds[2]}
    p_value = None if difference is None else difference.p_value
    return {"value": bounds[0], "low95": bounds[1], "high95": bounds[2], "p_value": p_value}


def _month(month: Month) -> dict[str, object]:
    low, middle, high = month.score_quartiles or (None, None, None)
    return {
        "month": month.month.isoformat(),
        "handoffs": month.handoffs,
        "score_quarter": low,
        "score_median": middle,
        "score_three_quarters": high,
        **_counts(month.accepted, Stage.ACCEPTED.value),
        "expected_rate": month.expected,
    }


def _trait(one: Trait) -> dict[str, object]:
    return {
        "label": one.label,
        "won": _share(one.comparison.rate),
        "lost": _share(one.comparison.other),
        "p_value": one.comparison.p_value,
        "verdict": one.comparison.verdict.value,
    }


def _share(rate: Rate) -> dict[str, object]:
    return {
        "deals": rate.trials,
        "with_it": rate.successes,
        "rate": rate.share,
        "low95": rate.low95,
        "high95": rate.high95,
    }


def _rate(rate: Rate) -> str:
    counts = f"{rate.successes:,} of {rate.trials:,}"
    return counts if rate.share is None else f"{rate.share:.0%} ({counts})"


def _points(difference: Difference | None) -> str:
    if difference is None:
        return "–"
    value, low, high = (f"{100 * one:+.0f}" for one in (difference.value, difference.low95, difference.high95))
    return f"{value} ({low} to {high})"


def _columns(rows: Sequence[Sequence[str]]) -> str:
    """The rows under one another, the first column and the last to the left and the others to the right."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    last = len(widths) - 1
    return "\n".join(
        "  ".join(
            text.ljust(width) if n in (0, last) else text.rjust(width)
            for n, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
