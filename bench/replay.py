"""The replay at the sizes of section 8: a million leads and some ten million activities, no database and no screen."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TypeVar
from zoneinfo import ZoneInfo

from lib.config.folder import read_folder
from lib.core import whatif
from lib.core.clock import default_window, parse_instant
from lib.core.definition import ActivityMatch
from lib.core.replay import HitIndex, warm_up
from lib.sample import invent
from lib.store.database import opened
from lib.store.history import load_history
from lib.store.tables import append_tables

ROOT = Path(__file__).parents[1]
END = parse_instant("2026-11-23", ZoneInfo("Europe/Madrid"))
LEADS = 1_000_000

Result = TypeVar("Result")

RUNS = 9


def run(leads: int = LEADS) -> list[tuple[str, float, float | None]]:
    """Medians in milliseconds, with the targets of the design where they are for this size."""
    config = read_folder(ROOT / "config")
    zone = ZoneInfo(config.policy.time_zone)
    warm_up()
    with (
        TemporaryDirectory() as folder,
        opened(Path(folder) / "bench.duckdb", first_definition=config.definition_text, clock=END) as database,
    ):
        append_tables(database, invent(leads, 1, END, config.definition, zone))
        loaded, history = _timed(lambda: load_history(database))
    index = HitIndex(history)
    agreed = config.definition
    found, hits = _timed(lambda: index.hits(agreed))
    pricing = agreed.criterion("pricing")
    assert isinstance(pricing.match, ActivityMatch)
    edited = agreed.with_criterion(replace(pricing, match=replace(pricing.match, limit=2)))
    edit, _ = _timed(lambda: index.hits(edited))
    window = whatif.Window(*default_window(END, zone), config.policy.time_zone)
    side = whatif.side(hits, agreed, window, END)
    drafts = [agreed.with_points("pricing", points) for points in range(RUNS)]
    weights = [_timed(lambda d=draft: whatif.preview(hits, d, side, window, END)) for draft in drafts]
    compared = weights[-1][1]
    thresholds = [_timed(lambda t=threshold: compared.volume(t))[0] for threshold in range(40, 40 + RUNS)]
    sizes = f"{leads:,} leads, {history.activities:,} activities"
    return [
        (f"{sizes}: database to memory", loaded, None),
        ("all hits of a definition, memory to sorted", found, None),
        ("all hits of a definition from the database", loaded + found, 3000),
        ("one condition edited", edit, 500),
        ("a weight changed: every lead's instant and the whole surface", median(ms for ms, _ in weights), 50),
        ("a threshold changed", median(thresholds), 1),
    ]


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    started = time.perf_counter()
    result = work()
    return 1000 * (time.perf_counter() - started), result
