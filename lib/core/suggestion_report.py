"""A suggestion in words, and as the command line prints it: one JSON object, or sentences for a reader."""

from lib.core.clock import instant_text
from lib.core.consequences import Expected
from lib.core.out_of_time import Contest, Judgement
from lib.core.statistics import ENOUGH, Difference
from lib.core.suggestion import Finding, Point, Sides, Suggestion

SELECTED = (
    "Only leads that were handed over have decisions. What else the suggestion would hand over is judged by hand-offs "
    "with scores like theirs, which may flatter it."
)


def finding_in_words(found: Suggestion) -> str:
    """What came of looking, in one or two sentences."""
    if found.finding is Finding.TOO_FEW:
        return (
            f"Nothing is suggested: it takes {ENOUGH} accepted and {ENOUGH} rejected hand-offs to fit points to, and "
            f"as many later ones to judge them by. So far sales has accepted {found.decisions.successes:,} of "
            f"{found.decisions.trials:,} decided."
        )
    if found.finding is Finding.NO_CHANGE:
        return "Nothing is suggested: no other points make sales' decisions likelier than chance could."
    if found.contest is None:
        return "Nothing is suggested: the best points found cannot be judged by the later decisions."
    if found.finding is Finding.NOT_BETTER:
        worse = "Nothing is suggested: out of time the best points found are not better."
        return f"{worse} {_contest_in_words(found.contest)}"
    return f"Better out of time. {_contest_in_words(found.contest)}"


def _contest_in_words(contest: Contest) -> str:
    return (
        f"At equal volume sales would accept {contest.suggested_share * 100:.0f} % instead of "
        f"{contest.agreed_share * 100:.0f} % ({_points(contest.acceptance)})."
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
        "at_equal_volume": None
        if found.contest is None
        else {
            "leads": found.contest.leads,
            "suggestion": found.contest.suggested_share,
            "agreed": found.contest.agreed_share,
            "acceptance": _difference(found.contest.acceptance),
            "separation": _difference(found.contest.separation),
            "brier": _difference(found.contest.brier),
        },
        "by_changes": [_point(found, point) for point in found.by_changes],
        "front": [_point(found, point) for point in found.front],
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
        "decided": one.observed,
        "accepted": one.observed_reached,
        "estimated_leads": one.estimated,
        "estimated_accepted": one.estimated_reached,
        "not_observed_leads": one.not_observed,
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
    said += [
        f"  {one.criterion.label}: the decisions would have it between {one.low95:.1f} and {one.high95:.1f} points"
        for one in found.points
        if one.low95 is not None and one.high95 is not None
    ]
    said += ["", f"{'':<12} {'threshold':>9} {'MQLs a week':>12} {'expected to be accepted':>32} {'ranks right':>12}"]
    for name, judged, threshold, per_week in (
        ("suggestion", later.suggested, found.tried.definition.threshold, found.tried.mqls_per_week),
        ("agreed", later.agreed, found.agreed.threshold, found.agreed_per_week),
    ):
        if judged is not None:
            ranked = "" if judged.separation is None else f"{judged.separation * 100:.0f} %"
            said.append(f"{name:<12} {threshold:>9} {per_week:>12,.1f} {_share(judged.expected):>32} {ranked:>12}")
    if found.front:
        said += ["", "Other trade-offs:"]
        said += [
            f"  {point.mqls_per_week:>8,.1f} MQLs a week at {point.definition.threshold:>3} points, "
            f"{point.changes} changed: {_share(point.later)}"
            for point in found.front
        ]
    return "\n".join([*said, "", SELECTED])


def _share(expected: Expected) -> str:
    if expected.share is None or expected.low95 is None or expected.high95 is None:
        return f"{expected.observed_reached:,} of {expected.observed:,} decided"
    return f"{expected.share * 100:.0f} % ({expected.low95 * 100:.0f} to {expected.high95 * 100:.0f} %)"
