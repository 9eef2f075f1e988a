"""What the Evidence page shows, as tables and as files."""

import io

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.app.snapshot import Snapshot
from lib.core.definition.words import points_in_words
from lib.core.evidence.criteria import Contrast, CriterionEvidence
from lib.core.evidence.deals import Trait
from lib.core.evidence.findings import Findings
from lib.core.evidence.surprises import owed_to
from lib.core.statistics.rates import Difference, Rate
from lib.ui.frame import lead_tables
from lib.ui.frame.csv_file import csv_file


def against_score(snapshot: Snapshot, found: Findings, rows: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Some hand-offs with their lead, the score the definition gives them, and what they owe it to."""
    of = found.judged
    shown = lead_tables.leads_behind(snapshot, of.handoffs.take(rows))
    shown["score"] = of.score[rows].astype(int)
    shown["because"] = owed_to(of, rows)
    return shown


def criteria_csv(found: Findings) -> io.BytesIO:
    """Every criterion with its counts and differences, in shares."""
    return _csv(
        [
            {
                "id": one.criterion.id,
                "label": one.criterion.label,
                "category": one.criterion.category.value,
                "points": points_in_words(one.criterion),
                "leads": one.leads,
                "handoffs": one.handoffs,
                **_contrast(one),
                "p_value": one.p_value,
                "verdict": one.verdict.value,
            }
            for one in found.criteria.criteria
        ]
    )


def _contrast(one: CriterionEvidence) -> dict[str, object]:
    columns: dict[str, object] = {}
    for name, contrast in zip(("accepted", "sql", "won"), one.stages, strict=True):
        columns |= _columns(name, contrast)
    return columns


def _columns(name: str, contrast: Contrast) -> dict[str, object]:
    return {
        "decided_with": contrast.having.trials,
        f"{name}_with": contrast.having.successes,
        "decided_without": contrast.lacking.trials,
        f"{name}_without": contrast.lacking.successes,
        **_difference(f"{name}_difference", contrast.difference),
        **_difference(f"{name}_left", contrast.left),
    }


def unused_csv(found: Findings) -> io.BytesIO:
    """Every pattern that no criterion uses, as the criterion it would be."""
    return _csv(
        [
            {
                "id": one.criterion.id,
                "label": one.criterion.label,
                "category": one.criterion.category.value,
                "points": one.criterion.points,
                **_columns("accepted", one.acceptance),
                "p_value": one.p_value,
            }
            for one in found.mined.finds
        ]
    )


def months_csv(found: Findings) -> io.BytesIO:
    """The months with their scores and how they fared."""
    quartiles = ("score_quarter", "score_median", "score_three_quarters")
    return _csv(
        [
            {
                "month": month.month.isoformat(),
                "handoffs": month.handoffs,
                **dict(zip(quartiles, month.score_quartiles or (None, None, None), strict=True)),
                **_rate("accepted", month.accepted),
                "expected_rate": month.expected,
            }
            for month in found.drift.months
        ]
    )


def deals_csv(found: Findings) -> io.BytesIO:
    """Every deed, channel and source with the won and the lost deals that have it."""
    kinds = {"deed": found.deals.deeds, "channel": found.deals.channels, "source": found.deals.sources}
    return _csv([{"kind": kind, **_trait(one)} for kind, traits in kinds.items() for one in traits])


def _trait(one: Trait) -> dict[str, object]:
    return {
        "label": one.label,
        **_rate("won", one.comparison.rate),
        **_rate("lost", one.comparison.other),
        "p_value": one.comparison.p_value,
        "verdict": one.comparison.verdict.value,
    }


def _rate(name: str, rate: Rate) -> dict[str, object]:
    return {
        name: rate.successes,
        f"{name}_of": rate.trials,
        f"{name}_rate": rate.share,
        f"{name}_low95": rate.low95,
        f"{name}_high95": rate.high95,
    }


def _difference(name: str, difference: Difference | None) -> dict[str, object]:
    bounds = (None, None, None) if difference is None else (difference.value, difference.low95, difference.high95)
    return dict(zip((name, f"{name}_low95", f"{name}_high95"), bounds, strict=True))


def _csv(rows: list[dict[str, object]]) -> io.BytesIO:
    return csv_file(pd.DataFrame(rows))
