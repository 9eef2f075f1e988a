"""Why the MQLs moved from one period to another: what each cause did, one after the other."""

from collections.abc import Sequence
from typing import Any

from lib.charts.language import AGREED, GAINED, LOST, MINUS, OBSERVED, Chart, chart, count, safe
from lib.charts.rates import on_the_right, rows_layout
from lib.core.statistics.rates import Verdict

LOOKS = {
    Verdict.HIGHER: (GAINED, "real"),
    Verdict.LOWER: (LOST, "real"),
    Verdict.NOISE: (AGREED, "noise"),
    Verdict.TOO_FEW: (AGREED, "too few to say"),
}


def waterfall(
    periods: tuple[str, str], mqls: tuple[int, int], causes: Sequence[tuple[str, int, Verdict]], same: bool
) -> Chart:
    """From one period's MQLs to the other's by what each cause did, in the order given; they sum to the difference.

    `same`: the definition in force did not change, so that it did nothing rather than nothing real.
    """
    labels = [periods[0], *(name for name, _, _ in causes), periods[1]]
    starts, at = [0], mqls[0]
    for _, number, _ in causes:
        starts.append(at)
        at += number
    lengths = [mqls[0], *(number for _, number, _ in causes), mqls[1]]
    colours = [OBSERVED, *(LOOKS[one][0] for _, _, one in causes), OBSERVED]
    words = [_word(number, one) for _, number, one in causes]
    if same and causes:
        words[0] = "0, the same" if not causes[0][1] else words[0]
    notes = [count(mqls[0], "MQL"), *words, count(mqls[1], "MQL")]
    bars: dict[str, Any] = {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(labels))),
        "x": lengths,
        "base": [*starts, 0],
        "marker": {"color": colours},
        "customdata": [[safe(label), note] for label, note in zip(labels, notes, strict=True)],
        "hovertemplate": "%{customdata[0]}: %{customdata[1]}<extra></extra>",
        "showlegend": False,
    }
    difference = mqls[1] - mqls[0]
    alt = (
        f"From {count(mqls[0], 'MQL')} in {periods[0]} to {count(mqls[1])} in {periods[1]}: {_signed(difference)}. "
        + "; ".join(f"{name} {word}" for (name, _, _), word in zip(causes, words, strict=True))
        + "."
    )
    return chart(
        f"From {count(mqls[0])} to {count(mqls[1], 'MQL')}",
        [on_the_right(), bars],
        alt,
        xaxis={"title": "MQLs", "rangemode": "tozero", "showgrid": True, "fixedrange": True, "tickformat": ","},
        **rows_layout(labels, notes),
    )


def _word(number: int, verdict: Verdict) -> str:
    return f"{_signed(number)}, {LOOKS[verdict][1]}" if number else "0"


def _signed(number: int) -> str:
    return f"+{number:,}" if number > 0 else f"{MINUS}{abs(number):,}" if number else "0"
