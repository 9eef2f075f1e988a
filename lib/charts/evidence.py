"""Evidence: what the decisions say of each criterion, whether scores drift, and what was ahead of won deals."""

from collections.abc import Sequence
from typing import Any

from lib.charts.language import (
    ACCEPTED,
    AGREED,
    GAINED,
    LOST,
    OBSERVED,
    REJECTED,
    TALL,
    Chart,
    Mark,
    chart,
    count,
    period_name,
    safe,
)
from lib.charts.rates import (
    ROWS_PERCENT,
    on_the_right,
    over_time,
    per_cents,
    rows_layout,
    said,
    said_with_interval,
    shares_axis,
    whiskers,
    whiskers_of,
)
from lib.core.definition.words import points_in_words
from lib.core.evidence.criteria import Contrast, CriterionEvidence, SignVerdict
from lib.core.evidence.deals import Deals, Trait
from lib.core.evidence.drift import Drift, drift_in_words
from lib.core.statistics.rates import Difference
from lib.core.statistics.rates import Verdict as Real
from lib.core.time.periods import By

# Shape and word tell them apart where the colour does not.
LOOKS = {
    SignVerdict.SUPPORTED: ("supported", GAINED, "circle"),
    SignVerdict.AGAINST: ("against its sign", LOST, "x"),
    SignVerdict.NOISE: ("no more than noise", AGREED, "circle"),
    SignVerdict.IDLE: ("gives nothing", AGREED, "diamond-open"),
}
"""By verdict: those whose rest is drawn."""

LITTLE = 160
"""The height, in pixels, of a chart that only says that there is nothing to draw yet."""

DIFFERENCE_AXIS = "more (+) or fewer (−) of 100 accepted"

BEFORE = "before anything is held fixed"

APART = 0.13
"""Of a row: two dots stand so far above and below its middle, so that each keeps its whisker."""

TRAITS_SHOWN = 12


def said_difference(difference: Difference | None) -> str:
    """Of 100 hand-offs: "+12 (+5 to +18)", "–" where it cannot be said."""
    if difference is None:
        return "–"
    value, low, high = (_signed(100 * one) for one in (difference.value, difference.low95, difference.high95))
    return f"{value} ({low} to {high})"


def difference_in_words(difference: Difference | None) -> str:
    """Of 100 hand-offs: "16 fewer of 100 (8 to 24)", "2 more of 100 (from 3 fewer to 7 more)"."""
    if difference is None:
        return "too few to say how many of 100"
    value, low, high = (100 * one for one in (difference.value, difference.low95, difference.high95))
    if low <= 0 <= high:
        within = f"from {_amount(low)} to {_amount(high)}"
    else:
        nearer, farther = sorted((abs(low), abs(high)))
        within = f"{nearer:.0f} to {farther:.0f}"
    return f"{_amount(value)} of 100 ({within})"


def _amount(number: float) -> str:
    return f"{abs(number):.0f} {'more' if number > 0 else 'fewer'}"


def _signed(number: float) -> str:
    whole = round(number)
    return f"{whole:+d}".replace("-", "−") if whole else "0"


def criteria_supported(criteria: Sequence[CriterionEvidence]) -> Chart:
    """What is left of each criterion's difference in acceptance, beside the raw one; rows in the order given."""
    title = "Which weights do the decisions support?"
    shown = [one for one in criteria if one.acceptance.difference is not None]
    if not shown:
        nothing = "Too few hand-offs are decided"
        return chart(title, [], f"{nothing}.", height=LITTLE, nothing=nothing)
    against = [one for one in shown if one.verdict is SignVerdict.AGAINST]
    supported = [one for one in shown if one.verdict is SignVerdict.SUPPORTED]
    verb = "is" if len(supported) == 1 else "are"
    alt = f"Of {count(len(shown), 'criterion', 'criteria')} with enough decisions {len(supported)} {verb} supported. "
    alt += (
        "Against their sign: "
        + "; ".join(f"{one.criterion.label} {said_difference(one.acceptance.left)} of 100" for one in against)
        + "."
        if against
        else "None pulls against its sign."
    )
    labels, contrasts = [one.criterion.label for one in shown], [one.acceptance for one in shown]
    traces = [on_the_right(), _raw(contrasts)]
    for verdict, look in LOOKS.items():
        traces += _left(look, [n for n, one in enumerate(shown) if one.verdict is verdict], labels, contrasts)
    return _rows(title, traces, alt, labels, [points_in_words(one.criterion) for one in shown], contrasts)


def unused_patterns(labels: Sequence[str], contrasts: Sequence[Contrast], points: Sequence[str]) -> Chart:
    """What is left of the difference of each pattern that no criterion uses; shapes (patterns,)."""
    title = "What else does sales go by?"
    if not labels:
        return chart(title, [], "Nothing else separates.", nothing="Nothing else separates accepted from rejected")
    alt = f"{count(len(labels), 'pattern')} that no criterion uses: " + "; ".join(
        f"{label} {said_difference(one.left)} of 100" for label, one in zip(labels, contrasts, strict=True)
    )
    traces = [on_the_right(), _raw(contrasts)]
    for look, sign in ((("accepted more often", GAINED, "circle"), 1), (("accepted less often", LOST, "x"), -1)):
        rows = [n for n, one in enumerate(contrasts) if one.left is not None and one.left.value * sign > 0]
        traces += _left(look, rows, labels, contrasts)
    return _rows(title, traces, f"{alt}.", labels, points, contrasts)


def _raw(contrasts: Sequence[Contrast]) -> dict[str, Any]:
    differences = [one.difference for one in contrasts]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": BEFORE,
        "x": per_cents([None if one is None else one.value for one in differences]),
        "y": list(range(len(contrasts))),
        "marker": {"color": AGREED, "symbol": "line-ns", "size": 13, "line": {"color": AGREED, "width": 2}},
        "customdata": [[said_difference(one.difference), said(one.having), said(one.lacking)] for one in contrasts],
        "hovertemplate": (
            "%{customdata[0]} of 100 accepted, before anything is held fixed"
            "<br>with it %{customdata[1]}<br>without %{customdata[2]}<extra></extra>"
        ),
    }


def _left(
    look: tuple[str, str, str], rows: Sequence[int], labels: Sequence[str], contrasts: Sequence[Contrast]
) -> list[dict[str, Any]]:
    """What is left in some rows, drawn one way: name, colour, symbol."""
    name, colour, symbol = look
    left = [(n, rest) for n in rows if (rest := contrasts[n].left) is not None]
    if not left:
        return []
    values = [rest.value for _, rest in left]
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "x": per_cents(values),
            "y": [n for n, _ in left],
            "error_x": whiskers(values, [rest.low95 for _, rest in left], [rest.high95 for _, rest in left], colour),
            "marker": {"color": colour, "symbol": symbol, "size": 10, "line": {"color": colour, "width": 1}},
            "customdata": [[safe(labels[n]), said_difference(rest)] for n, rest in left],
            "hovertemplate": (
                "%{customdata[0]}<br>%{customdata[1]} of 100 accepted, all else held fixed"
                f"<br>{name}<extra></extra>"
            ),
        }
    ]


def _rows(
    title: str,
    traces: Sequence[dict[str, Any]],
    alt: str,
    labels: Sequence[str],
    notes: Sequence[str],
    contrasts: Sequence[Contrast],
) -> Chart:
    # Where everything lies to the left of the line there is no room for its label to the right of it.
    highest = max(one.left.high95 if one.left else one.difference.value if one.difference else 0.0 for one in contrasts)
    return chart(
        title,
        traces,
        alt,
        marks=[Mark("x", 0, "no difference", side="left" if highest < 0.05 else "right")],
        xaxis={"showgrid": True, "fixedrange": True, "nticks": 7, "tickangle": 0, "title": DIFFERENCE_AXIS},
        **rows_layout(labels, notes),
    )


def drift_by_month(found: Drift) -> Chart:
    """The scores at hand-over by month above, and below how many were accepted beside what their scores promised."""
    title = "Do scores inflate?"
    months = [month for month in found.months if month.handoffs]
    if not months:
        return chart(title, [], "No hand-off has a score.", height=TALL, nothing="No hand-off has a score")
    scored = [month for month in months if month.score_quartiles is not None]
    quartiles = [month.score_quartiles or (0.0, 0.0, 0.0) for month in scored]
    periods = [month.month for month in months]
    rates = [month.accepted for month in months]
    band: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [month.month for month in scored],
            "y": [one[edge] for one in quartiles],
            "yaxis": "y2",
            "line": {"width": 0},
            "fill": fill,
            "fillcolor": "rgba(0, 114, 178, 0.18)",
            "hoverinfo": "skip",
            "showlegend": False,
        }
        for edge, fill in ((0, "none"), (2, "tonexty"))
    ]
    middle = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "median score, and the middle half",
        "x": [month.month for month in scored],
        "y": [one[1] for one in quartiles],
        "yaxis": "y2",
        "line": {"color": OBSERVED, "width": 2},
        "marker": {"color": OBSERVED, "size": 6},
        "customdata": [
            [f"{low:.0f} to {high:.0f}", f"{month.handoffs:,}"]
            for month, (low, _, high) in zip(scored, quartiles, strict=True)
        ],
        "hovertemplate": (
            "median score %{y:.0f}, the middle half %{customdata[0]}, of %{customdata[1]} hand-offs<extra></extra>"
        ),
    }
    expected = [month for month in months if month.expected is not None]
    promised = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "as such scores fared over all months",
        "x": [month.month for month in expected],
        "y": per_cents([month.expected for month in expected]),
        "line": {"color": AGREED, "width": 2, "dash": "dot"},
        "marker": {"color": AGREED, "size": 6, "symbol": "circle-open"},
        "hovertemplate": "%{y:.0f} % as such scores fared over all months<extra></extra>",
    }
    return chart(
        title,
        [*band, middle, promised, *over_time("accepted of decided", periods, rates, [True] * len(months), ACCEPTED)],
        f"{drift_in_words(found)} The latest month, {period_name(periods[-1], By.MONTH)}: {said(rates[-1])} accepted.",
        height=TALL,
        xaxis={"type": "date", "dtick": "M1", "tickformat": "%b\n%Y", "hoverformat": "%B %Y", "anchor": "y"},
        yaxis={**shares_axis(rates), "domain": [0, 0.5], "title": "accepted"},
        yaxis2={"domain": [0.58, 1], "anchor": "x", "title": "score", "rangemode": "normal", "nticks": 4},
    )


def before_deals(found: Deals, traits: Sequence[Trait], what: str) -> Chart:
    """How many won and how many lost deals have each trait, the first twelve; `what` ends the title."""
    title = f"Which {what} came before won deals?"
    if not traits or not found.won or not found.lost:
        return chart(title, [], "Too few deals have ended.", height=LITTLE, nothing="Too few deals have ended")
    shown = most_apart(traits)
    real = [one for one in traits if one.comparison.verdict in (Real.HIGHER, Real.LOWER)]
    alt = f"{count(found.won, 'won deal')} and {count(found.lost, 'lost deal')}. " + (
        " ".join(
            f"{one.label}: {said(one.comparison.rate)} of the won, {said(one.comparison.other)} of the lost."
            for one in real
        )
        or f"None of {count(len(traits), 'thing')} differs by more than noise."
    )
    rows = range(len(shown))
    sides = (
        ("of won deals", [one.comparison.rate for one in shown], ACCEPTED, "circle", -APART),
        ("of lost deals", [one.comparison.other for one in shown], REJECTED, "triangle-down", APART),
    )
    dots = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "x": per_cents([rate.share for rate in rates]),
            "y": [n + lower for n in rows],
            "error_x": whiskers_of(rates, colour),
            "marker": {"color": colour, "symbol": symbol, "size": 9},
            "customdata": [[safe(one.label), said_with_interval(rate)] for one, rate in zip(shown, rates, strict=True)],
            "hovertemplate": f"%{{customdata[0]}}<br>%{{customdata[1]}} {name}<extra></extra>",
        }
        for name, rates, colour, symbol, lower in sides
    ]
    return chart(
        title,
        [on_the_right(), *dots],
        alt,
        xaxis={**ROWS_PERCENT, "nticks": 4, "title": "deals that have it"},
        **rows_layout([one.label for one in shown], [_how_sure(one) for one in shown]),
    )


def most_apart(traits: Sequence[Trait]) -> list[Trait]:
    """The traits that are drawn: real differences first, then the largest; as won deals have them more often."""
    verdicts = (Real.HIGHER, Real.LOWER)

    def apart(one: Trait) -> float:
        return abs((one.comparison.rate.share or 0.0) - (one.comparison.other.share or 0.0))

    ranked = sorted(traits, key=lambda one: (one.comparison.verdict not in verdicts, -apart(one)))
    kept = ranked[:TRAITS_SHOWN]
    return [one for one in traits if one in kept]


def _how_sure(one: Trait) -> str:
    words = {Real.HIGHER: "really more", Real.LOWER: "really fewer", Real.NOISE: "noise", Real.TOO_FEW: "too few"}
    share, other = one.comparison.rate.share, one.comparison.other.share
    apart = "" if share is None or other is None else f"{_signed(100 * (share - other))}, "
    return f"{apart}{words[one.comparison.verdict]}"
