"""A suggestion in words, and as the command line prints it: one JSON object, or sentences for a reader."""

from dataclasses import dataclass

from lib.core.consequences.expected import Expected
from lib.core.statistics.rates import ENOUGH, Difference
from lib.core.suggestion.contest import Contest, Judgement
from lib.core.suggestion.suggestion import Point, Sides, Suggestion, SuggestionFinding
from lib.core.time.clock import instant_text

SELECTED = (
    "Only leads that were handed over have decisions. All that either hands over is judged by a model of the criteria "
    "that the later decisions made: of those that sales answers, as sales judges."
)


def finding_in_words(found: Suggestion) -> str:
    """What came of looking, in one or two sentences."""
    if found.finding is SuggestionFinding.TOO_FEW:
        return (
            f"Nothing is suggested: it takes {ENOUGH} accepted and {ENOUGH} rejected hand-offs to fit points to, and "
            f"as many later ones to judge them by. So far sales has accepted {found.decisions.successes:,} of "
            f"{found.decisions.trials:,} decided."
        )
    if found.finding is SuggestionFinding.NO_CHANGE:
        return "Nothing is suggested: no other points make sales' decisions likelier than chance could."
    if found.contest is None:
        return "Nothing is suggested: the best points found cannot be judged by the later decisions."
    if found.finding is SuggestionFinding.NOT_BETTER:
        worse = "Nothing is suggested: out of time the best points found are not better."
        return f"{worse} {_contest_in_words(found.contest)}"
    return f"Better out of time. {_contest_in_words(found.contest)}"


def _contest_in_words(contest: Contest) -> str:
    said = (
        f"At {contest.leads_a_week:,.0f} MQLs a week of either, sales would accept {contest.suggested_share * 100:.0f} "
        f"% instead of {contest.agreed_share * 100:.0f} % ({_points(contest.acceptance)})."
    )
    if not contest.is_at_own_volume:
        said += (
            " The agreed definition brings no more, so what the suggestion would hand over beyond that is compared "
            "with nothing."
        )
    return said


def point_in_words(point: Point) -> str:
    """Whether a trade-off was better out of time, and at which volume."""
    one = point.contest
    if not point.changes:
        return "the agreed points, at another threshold"
    if one is None:
        return "cannot be compared by the later decisions"
    at = f"at {one.leads_a_week:,.0f} MQLs a week of either"
    if not one.is_at_own_volume:
        return f"compared only {at} ({_points(one.acceptance)}), not with all it brings"
    if point.is_better:
        return f"better {at} ({_points(one.acceptance)})"
    return f"not shown to be better {at} ({_points(one.acceptance)})"


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of the comparison on the later decisions, as text; `explanation` says what the line measures."""

    what: str
    suggestion: str
    agreed: str
    difference: str
    explanation: str


def comparison(found: Suggestion) -> tuple[Compared, ...]:
    """How suggestion and agreed definition did on the later decisions; nothing where they cannot be compared."""
    tried, later, fought = found.tried, found.later, found.contest
    if tried is None or later is None or later.suggested is None or fought is None:
        return ()
    ours, theirs = later.suggested, later.agreed
    return (
        Compared(
            "Threshold",
            str(tried.definition.threshold),
            str(found.agreed.threshold),
            "",
            "Points from which a lead is handed over",
        ),
        Compared(
            "MQLs a week",
            f"{tried.mqls_per_week:,.1f}",
            f"{found.agreed_per_week:,.1f}",
            "",
            "Leads that qualify in the days chosen",
        ),
        Compared(
            "Expected to be accepted",
            _share(ours.expected),
            _share(theirs.expected),
            "",
            "Each at its own threshold, with its 95 % interval",
        ),
        Compared(
            f"… at {fought.leads_a_week:,.0f} MQLs a week of either",
            f"{fought.suggested_share * 100:.0f} %",
            f"{fought.agreed_share * 100:.0f} %",
            _points(fought.acceptance),
            "Equal volume, at most the agreed one's own: this decides on “better”",
        ),
        Compared(
            "Ranks accepted above rejected",
            _per_cent(ours.separation),
            _per_cent(theirs.separation),
            _points(fought.separation),
            "Of two decided, how often the accepted one scores higher; 50 % is chance",
        ),
        Compared(
            f"Predicted, where {_per_cent(later.decisions.share)} were accepted",
            _per_cent(ours.predicted),
            _per_cent(theirs.predicted),
            "",
            "Calibration: by what such scores meant in the earlier part",
        ),
        Compared(
            "Brier score",
            _three(ours.brier),
            _three(theirs.brier),
            f"{fought.brier.value:+.3f} ({fought.brier.low95:+.3f} to {fought.brier.high95:+.3f})".replace("-", "−"),
            "Mean square of how far that was off, one by one; 0 is perfect",
        ),
    )


def _per_cent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.0f} %"


def _three(number: float | None) -> str:
    return "–" if number is None else f"{number:.3f}"


def points_in_words(found: Suggestion) -> tuple[str, ...]:
    """Between which points the decisions would have each criterion changed, where they can say."""
    return tuple(
        f"{one.criterion.label}: the decisions would have it between {one.low95:.0f} and {one.high95:.0f} "
        "points".replace("-", "−")
        for one in found.points
        if one.low95 is not None and one.high95 is not None
    )


def _points(difference: Difference) -> str:
    low, high = (f"{100 * end:+.0f}".replace("-", "−") for end in (difference.low95, difference.high95))
    return f"{100 * difference.value:+.0f} points, 95 % interval {low} to {high}".replace("-", "−")


def as_json(found: Suggestion) -> dict[str, object]:
    """The object `suggest --json` prints."""
    tried = found.tried
    return {
        "as_of": instant_text(found.as_of),
        "window": _window(found.window.start.isoformat(), found.window.end.isoformat()),
        "constraints": {
            "mqls_per_week": found.target_per_week,
            "changes": found.constraints.changes,
            "frozen": list(found.constraints.frozen),
            "points_at_most": found.constraints.most_points,
        },
        "finding": found.finding.value,
        "better": found.offered is not None,
        "sentence": finding_in_words(found),
        "caveat": SELECTED,
        "differences": [] if tried is None else list(found.differences_of(tried)),
        "threshold": None if tried is None else tried.definition.threshold,
        "mqls_per_week": None if tried is None else tried.mqls_per_week,
        "points": [
            {
                "id": one.criterion.id,
                "label": one.criterion.label,
                "agreed": one.criterion.points,
                "points": one.points,
                "low95": one.low95,
                "high95": one.high95,
            }
            for one in found.points
        ],
        "agreed": {"threshold": found.agreed.threshold, "mqls_per_week": found.agreed_per_week},
        "in_time": _sides(found.earlier),
        "out_of_time": _sides(found.later),
        "at_equal_volume": _contest(found.contest),
        "by_changes": [_point(found, point) for point in found.by_changes],
        "front": [
            {**_point(found, point), "better": point.is_better, "at_equal_volume": _contest(point.contest)}
            for point in found.front
        ],
    }


def _contest(one: Contest | None) -> dict[str, object] | None:
    if one is None:
        return None
    return {
        "leads": one.leads,
        "mqls_per_week": one.leads_a_week,
        "all_of_the_suggestion": one.is_at_own_volume,
        "suggestion": one.suggested_share,
        "agreed": one.agreed_share,
        "acceptance": _difference(one.acceptance),
        "separation": _difference(one.separation),
        "brier": _difference(one.brier),
    }


def _window(start: str, end: str) -> dict[str, str]:
    return {"from": start, "to": end}


def _sides(sides: Sides | None) -> dict[str, object] | None:
    if sides is None:
        return None
    return {
        "window": _window(sides.window.start.isoformat(), sides.window.end.isoformat()),
        "decided": sides.decisions.trials,
        "accepted": sides.decisions.successes,
        "suggestion": None if sides.suggested is None else _judgement(sides.suggested),
        "agreed": _judgement(sides.agreed),
    }


def _judgement(one: Judgement) -> dict[str, object]:
    return {
        **_expected(one.expected),
        "separation": one.separation,
        "predicted": one.predicted,
        "brier": one.brier,
    }


def _expected(one: Expected) -> dict[str, object]:
    return {
        "leads": one.leads,
        "decided": one.decided,
        "accepted": one.reached_by_decided,
        "not_observed_leads": one.not_observed,
        "method": one.method.value,
        "share": one.share,
        "low95": one.low95,
        "high95": one.high95,
    }


def _difference(one: Difference) -> dict[str, float]:
    return {"value": one.value, "low95": one.low95, "high95": one.high95}


def _point(found: Suggestion, point: Point) -> dict[str, object]:
    return {
        "changes": point.changes,
        "threshold": point.definition.threshold,
        "mqls_per_week": point.mqls_per_week,
        "gain": point.gain,
        "in_time": _expected(point.earlier),
        "out_of_time": _expected(point.later),
        "differences": list(found.differences_of(point)),
    }


def as_text(found: Suggestion) -> str:
    """The same for a reader."""
    said = [finding_in_words(found)]
    if found.earlier is None or found.later is None:
        return said[0]
    earlier, later = found.earlier, found.later
    said += [
        f"Fitted to {earlier.decisions.trials:,} decisions on hand-offs of {earlier.window.start} to "
        f"{earlier.window.last_day}, judged by {later.decisions.trials:,} of {later.window.start} to "
        f"{later.window.last_day}.",
    ]
    if found.tried is None:
        return "\n".join(said)
    said += ["", *(f"  {sentence}" for sentence in found.differences_of(found.tried))]
    said += [f"  {sentence}" for sentence in points_in_words(found)]
    lines = comparison(found)
    if lines:
        said += ["", f"{'on the later decisions':<38}{'suggestion':>22}{'agreed':>22}  difference (95 %)"]
        said += [f"{one.what:<38}{one.suggestion:>22}{one.agreed:>22}  {one.difference}".rstrip() for one in lines]
    if found.front:
        said += ["", "Other trade-offs:"]
        said += [
            f"  {point.mqls_per_week:>8,.1f} MQLs a week at {point.definition.threshold:>3} points, "
            f"{point.changes} changed: {_share(point.later)}; {point_in_words(point)}"
            for point in found.front
        ]
    return "\n".join([*said, "", SELECTED])


def _share(expected: Expected) -> str:
    if expected.share is None or expected.low95 is None or expected.high95 is None:
        return f"{expected.reached_by_decided:,} of {expected.decided:,} decided"
    return f"{expected.share * 100:.0f} % ({expected.low95 * 100:.0f} to {expected.high95 * 100:.0f} %)"
