"""The replay at the sizes of section 8, beside DuckDB, Polars, pandas and ClickHouse doing an easier job."""

import json
import resource
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import numpy as np

from bench.tools.invented import END, ROOT, ZONE, database_of
from bench.tools.measured import Measured, Row, timed
from bench.tools.peers import PEERS
from lib.config.definition import read_definition
from lib.core.definition.criteria import ActivityMatch, Category, Definition
from lib.core.leads.changes import NO_CHANGES
from lib.core.leads.history import History
from lib.core.replay import preview
from lib.core.replay.afresh import Afresh, nobody_returned
from lib.core.replay.hits import HitIndex, Hits
from lib.core.replay.replay import warm_up
from lib.core.time import window as time_window
from lib.core.time.clock import default_window
from lib.store.database import opened
from lib.store.leads.history import load_history

LEADS = 1_000_000
ACTIVITIES = 10_000_000
CHANGES_A_LEAD = 2
RUNS = 9


def run(leads: int = LEADS, activities: int = ACTIVITIES, ours: bool = False) -> Measured:
    """Medians of 9 runs, ours and the peers' in one run, after checking that all count the same leads a week.

    With `ours` the peers are left out.
    """
    text = (ROOT / "bench" / "definition.yaml").read_text(encoding="utf-8")
    agreed = read_definition(text, "bench/definition.yaml")
    window = time_window.Window(*default_window(END, ZoneInfo(ZONE)), ZONE)
    warm_up()
    with (
        database_of(leads, activities, CHANGES_A_LEAD * leads) as path,
        opened(path, first_definition=text, clock=END) as database,
    ):
        # Only the last one is kept: an app holds one history.
        loads = [timed(lambda: load_history(database))[0] for _ in range(2)]
        last, history = timed(lambda: load_history(database))
        loaded = median([*loads, last])
        dated = _replayed(history, agreed, window)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    undated = _replayed(replace(history, changes=NO_CHANGES), agreed, window)
    easier, peers, ways = (0.0, {}, {}) if ours else _side_by_side(undated.hits, undated.afresh, agreed, window)
    rows = _rows(history, loaded, dated, undated, peak_mb, peers)
    facts: dict[str, object] = {
        "leads": leads,
        "activities": history.activities,
        "changes": len(history.changes.at),
        "hits": len(dated.hits.at),
        "criteria": len(agreed.criteria),
        "replay_ms": round(median(dated.weights), 3),
        "replay_without_changes_ms": round(median(undated.weights), 3),
        "easier_job_ms": round(easier, 3),
        "extract_s": round((loaded + median(dated.finds)) / 1000, 3),
        "edit_condition_s": round(median(dated.edits) / 1000, 4),
        "threshold_ms": round(median(dated.thresholds), 4),
        "peak_mb": round(peak_mb, 1),
        "peers_ms": {name: round(ms, 3) for name, ms in peers.items()},
        "peers_ways_ms": ways,
    }
    return Measured(rows, facts)


@dataclass(frozen=True)
class _Replayed:
    """What was measured on one history, in milliseconds, and the hits it was measured on."""

    hits: Hits
    afresh: Afresh
    finds: list[float]
    edits: list[float]
    weights: list[float]
    thresholds: list[float]


def _replayed(history: History, agreed: Definition, window: time_window.Window) -> _Replayed:
    finds = [timed(lambda: HitIndex(history).hits(agreed))[0] for _ in range(RUNS)]
    index = HitIndex(history)
    hits = index.hits(agreed)
    edits = [timed(partial(index.hits, draft))[0] for draft in _edited(agreed)]
    # Nobody comes back in invented activities alone.
    afresh = Afresh(history, nobody_returned())
    side = preview.side(hits, afresh, agreed, window.edges(), END)
    return _Replayed(hits, afresh, finds, edits, *_tuned(hits, afresh, agreed, side, window))


def _edited(agreed: Definition) -> list[Definition]:
    """Drafts with one condition edited, each another than before."""
    pricing = agreed.criterion("pricing")
    assert isinstance(pricing.match, ActivityMatch)
    return [
        agreed.with_criterion(replace(pricing, match=replace(pricing.match, limit=limit)))
        for limit in range(4, 4 + RUNS)
    ]


def _tuned(
    hits: Hits, afresh: Afresh, agreed: Definition, side: preview.ReplayedSide, window: time_window.Window
) -> tuple[list[float], list[float]]:
    """Milliseconds of weights, caps, half-lives and minimums changed in turn, and of thresholds looked up."""
    drafts = [
        agreed.with_points("pricing", 7),
        agreed.with_points("decides", 25),
        agreed.with_cap(Category.ACTIONS, 50),
        agreed.with_half_life(21.0),
        agreed.with_minimum(Category.PROFILE, 8.0),
        agreed.with_points("free_mail", -20),
        agreed.with_cap(Category.PROFILE, 40),
        agreed.with_half_life(None),
        agreed.with_points("demo", 28),
    ]
    preview.preview(hits, afresh, agreed, side, window, END)
    weights = [timed(partial(preview.preview, hits, afresh, draft, side, window, END)) for draft in drafts]
    compared = weights[-1][1]
    return [ms for ms, _ in weights], [timed(partial(compared.volume, t))[0] for t in range(40, 40 + RUNS)]


def _side_by_side(
    hits: Hits, afresh: Afresh, agreed: Definition, window: time_window.Window
) -> tuple[float, dict[str, float], dict[str, float]]:
    """Everybody on the easier job: one threshold, no fading, no caps, no gates, from sorted hits; leads by week."""
    easier = replace(
        agreed,
        half_life_days=None,
        caps=(),
        minimums=(),
        require=(),
        criteria=tuple(replace(one, disqualify=False) for one in agreed.criteria),
    )
    plain = replace(hits, of_fields=replace(hits.of_fields, complete=np.ones_like(hits.of_fields.complete)))
    took = [timed(lambda: preview.side(plain, afresh, easier, window.edges(), END)) for _ in range(RUNS)]
    expected = [int(count) for count in took[-1][1].replayed.surface.at(easier.threshold)]
    peers: dict[str, float] = {}
    ways: dict[str, float] = {}
    with TemporaryDirectory() as folder:
        _write_hits(plain, easier, window, Path(folder))
        for name in PEERS:
            # Each in a process of its own: their allocators and threads do not disturb one another.
            command = [sys.executable, "-m", "bench.tools.peers", name, folder, str(RUNS)]
            done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
            answer = json.loads(done.stdout.splitlines()[-1])
            if answer["by_week"] != expected:
                raise AssertionError(f"{name} counts {answer['by_week']}, the replay {expected}")
            peers[name] = answer["ms"]
            ways |= {f"{name}, {way}": round(ms, 3) for way, ms in answer["ways_ms"].items()}
    return median(ms for ms, _ in took), peers, ways


def _write_hits(hits: Hits, easier: Definition, window: time_window.Window, folder: Path) -> None:
    """The hits as the peers take them: a row a lead, instant and criterion, sorted by lead and instant.

    At one instant what takes points away comes first: the sum then reaches a threshold
    within the instant only if it does after all of it, and a running sum is all a peer needs.
    """
    leads = len(hits.created_at)
    points = {criterion.id: criterion.points for criterion in easier.criteria if criterion.points}
    names = list(points)
    lead_of = np.repeat(np.arange(leads), np.diff(hits.start))
    # What was done before a lead was created counts from its creation on.
    at_of = np.maximum(hits.at, hits.created_at[lead_of])
    parts = []
    for lead, at, pattern, patterns, ids in (
        (np.arange(leads), hits.created_at, hits.of_fields.pattern, hits.of_fields.patterns, hits.lead_criteria),
        (lead_of, at_of, hits.pattern, hits.patterns, hits.criteria),
    ):
        for column, criterion_id in enumerate(ids):
            if criterion_id in points:
                rows = np.flatnonzero(patterns[pattern, column])
                code = np.full(len(rows), names.index(criterion_id), dtype=np.uint8)
                parts.append((lead[rows], at[rows], code))
    lead, at, criterion = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    in_window_or_before = at <= END
    lead, at, criterion = lead[in_window_or_before], at[in_window_or_before], criterion[in_window_or_before]
    weight = np.array([points[name] for name in names], dtype=np.int64)
    order = np.lexsort((weight[criterion], at, lead))
    np.save(folder / "lead.npy", lead[order].astype(np.int32))
    np.save(folder / "at.npy", at[order].astype(np.int64))
    np.save(folder / "criterion.npy", criterion[order])
    asked = {"points": weight.tolist(), "threshold": easier.threshold, "edges": window.edges().tolist()}
    (folder / "asked.json").write_text(json.dumps(asked))


def _rows(
    history: History,
    loaded: float,
    dated: _Replayed,
    undated: _Replayed,
    peak_mb: float,
    peers: dict[str, float],
) -> tuple[Row, ...]:
    ours, found, edited = median(dated.weights), median(dated.finds), median(dated.edits)
    beside = _beside(median(undated.weights), peers) if peers else ()
    changes = sum(len(of.change) for of in history.changes.fields.values())
    size = f"{history.leads:,} leads, {history.activities:,} activities, {changes:,} changes of fields"
    return (
        Row(f"{size}: database to memory", loaded),
        Row("all hits of a definition, memory to sorted", found),
        Row("all hits of a definition from the database, sorted and in memory", loaded + found, 3000),
        Row("one condition edited", edited, 500),
        Row("any weight, cap, half-life or minimum: per-lead instants and the whole surface", ours, 50),
        Row("… the slowest of them", max(dated.weights)),
        Row("… against the same without a change of a field", ours / median(undated.weights), 1.5, "times"),
        Row("a threshold changed", median(dated.thresholds), 1),
        Row("memory at its highest, database included", peak_mb, 2048, "MB"),
        *beside,
    )


def _beside(ours: float, peers: dict[str, float]) -> tuple[Row, ...]:
    in_memory = {name: ms for name, ms in peers.items() if name != "clickhouse"}
    fastest = min(in_memory, key=lambda name: in_memory[name])
    against = f"the replay against the fastest of DuckDB, Polars and pandas ({fastest})"
    return (
        *(Row(f"{name}, the easier job (no fading, caps or gates; one threshold)", ms) for name, ms in peers.items()),
        Row(against, peers[fastest] / ours, 20, "times", at_least=True),
        Row("the replay against ClickHouse", peers["clickhouse"] / ours, 8, "times", at_least=True),
    )
