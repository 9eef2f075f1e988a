"""Where all owners answer alike, SLA names one of them in at most 5 of 100 pages."""

from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from lib.core.arrays import NEVER
from lib.core.sla.fairness import Traces, adjusted_attainment, bursts, silences
from lib.core.sla.working_time import HOUR
from lib.core.statistics.rates import Verdict
from lib.core.time.clock import day_start
from tests.core.sla.test_sla import answered

OWNERS = 8
FIRST = day_start(date(2026, 2, 2), ZoneInfo("UTC"))


def names_somebody(seed: int, handed_over: int = 400) -> bool:
    """Eight weeks; every owner's answer takes as long as any other's, and as often nothing follows."""
    random = np.random.default_rng(seed)
    days = random.integers(0, 8, handed_over) * 7 + random.integers(0, 5, handed_over)
    at = FIRST + days * 24 * HOUR + (random.uniform(8, 16, handed_over) * HOUR).astype(np.int64)
    took = (random.exponential(1.8, handed_over) * HOUR).astype(np.int64)
    owners = random.choice(OWNERS, handed_over, p=[0.3, 0.2, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05])
    rows = [
        {"mql_at": int(begun), "accepted_at": int(begun + waited), "owner": f"owner {owner}"}
        for begun, waited, owner in zip(at, took, owners, strict=True)
    ]
    responses = answered(*rows, as_of=FIRST + 90 * 24 * HOUR)
    nothing_came = random.random(handed_over) < 0.2
    next_at = np.where(nothing_came, NEVER, FIRST + 60 * 24 * HOUR)
    never = np.full(handed_over, NEVER)
    signs = [
        *(one.verdict in (Verdict.HIGHER, Verdict.LOWER) for one in adjusted_attainment(responses)),
        *(one.verdict is Verdict.HIGHER for one in bursts(responses)),
        *(
            one.compared.verdict in (Verdict.HIGHER, Verdict.LOWER)
            for one in silences(responses, Traces(never, np.zeros(handed_over, dtype=np.int64), next_at))
        ),
    ]
    return any(signs)


@pytest.mark.slow
def test_where_all_owners_answer_alike_at_most_5_pages_in_100_name_one() -> None:
    named = np.mean([names_somebody(seed) for seed in range(300)])

    assert named <= 0.05
