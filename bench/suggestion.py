"""A definition that past decisions support better, from hand-offs and history in memory, and how soon it lets go."""

from itertools import pairwise
from time import perf_counter
from zoneinfo import ZoneInfo

import numpy as np

from bench.tools.invented import END, ROOT, ZONE, database_of
from bench.tools.measured import Measured, Row, timed
from lib.config.folder import read_folder
from lib.core.handoffs.customers import no_customers
from lib.core.handoffs.handoffs import Decision
from lib.core.replay.hits import HitIndex
from lib.core.suggestion.suggestion import suggest
from lib.core.time.clock import default_window
from lib.core.time.window import Window
from lib.store.database import opened
from lib.store.handoffs.handoffs import load_handoffs
from lib.store.leads.history import load_history

SIZES = (20_000, 1_000_000)
TARGET_SECONDS = 60
LOOK_TARGET_MS = 1_000
"""Cancelling takes effect at the next look at the cancel flag."""


def run(leads: int | None = None) -> Measured:
    """Seconds of a suggestion that nothing was worked out for before; `leads` instead of the sizes promised."""
    sizes = SIZES if leads is None else (leads,)
    return Measured(tuple(row for size in sizes for row in _of_size(size)))


def _of_size(leads: int) -> list[Row]:
    config = read_folder(ROOT / "config")
    with database_of(leads) as path, opened(path, first_definition=config.definition_text, clock=END) as database:
        history, handoffs = load_history(database), load_handoffs(database, END)
    window = Window(*default_window(END, ZoneInfo(ZONE)), ZONE)
    decisions = int(np.count_nonzero(handoffs.decision != Decision.OPEN))
    looks: list[tuple[float, str]] = []
    took, found = timed(
        lambda: suggest(
            HitIndex(history),
            config.definition,
            handoffs,
            window,
            customer_since=no_customers(leads),
            progress=lambda doing, _share: looks.append((perf_counter(), doing)),
        )
    )
    waits = [(1000 * (after[0] - before[0]), before[1]) for before, after in pairwise(looks)]
    longest, doing = max(waits)
    size = f"{leads:,} leads, {decisions:,} decisions"
    return [
        Row(f"{size}: {found.finding.value}, a front of {len(found.front)}", took / 1000, TARGET_SECONDS, "s"),
        Row(f"… longest without a look at the cancel flag, {doing[0].lower()}{doing[1:]}", longest, LOOK_TARGET_MS),
    ]
