"""Twenty people going through the pages while the app imports a million activities and new leads that sort first."""

import asyncio
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import duckdb

from bench.tools.client import visitor
from bench.tools.invented import END, ROOT, database_of
from bench.tools.measured import Measured, Row
from bench.tools.server import Server, server_on
from lib.core.time.clock import from_microseconds

LEADS = 100_000
ACTIVITIES = 1_000_000
SESSIONS = 20
SECONDS_A_PAGE = 2.0
"""What everybody takes to read a page before opening the next."""

QUIET_SECONDS = 10.0
"""Before the import, to compare with, and after it, when what was remembered is worked out anew."""

PAGES = ("data", "", "review", "acceptance", "sla", "inbox")
SAME_ALL_DAY = ("data", "", "review", "acceptance")
"""Pages whose sentence and figures change with the data alone; the others count the minutes."""

WRITE_ACTIVITIES = """
copy (
    select
        'bench' || n as activity_id,
        lead_id,
        $end::timestamp - to_seconds(hash(n) % (180 * 86400)) as occurred_at,
        'page_view' as kind,
        'pricing' as subject
    from range($rows) as numbers(n)
    join (select lead_id, row_number() over (order by lead_id) - 1 as place from lead) as people
        on people.place = n % $leads
) to '{file}' (header)
"""


NEW_LEADS = 1_000

WRITE_LEADS = """
copy (
    select
        '!' || n as lead_id,
        $end::timestamp - to_days(n % 180) as created_at
    from range($rows) as numbers(n)
) to '{file}' (header)
"""

TOGETHER = """
name: The bench
files:
  - headings: [lead_id, created_at]
    tables:
      - {table: lead, columns: {lead_id: lead_id, created_at: created_at}}
  - headings: [activity_id, occurred_at]
    tables:
      - table: activity
        columns:
          {activity_id: activity_id, lead_id: lead_id, occurred_at: occurred_at, kind: kind, subject: subject}
"""
"""One import brings both: everybody sees the state before it or the one after, in which every row has another place."""


@dataclass(frozen=True)
class Opening:
    """One page opened by one person: when (seconds), how long until all of it was there, and what it said."""

    page: str
    at: float
    took_ms: float
    said: tuple[str, ...]


def run(leads: int = LEADS, activities: int = ACTIVITIES, sessions: int = SESSIONS) -> Measured:
    """Milliseconds until a page is whole, before and during the import; how many saw a state that never was."""
    with database_of(leads) as database, TemporaryDirectory() as folder:
        brought = _to_bring(Path(folder), database, leads, activities)
        with server_on(database) as server:
            found = asyncio.run(_read_and_import(server, database, brought, sessions))
            peak_mb = server.memory_mb(highest=True)
    quiet, during, import_seconds, half = found
    rows = [
        Row(f"{leads:,} leads: {activities:,} activities imported beside {sessions} readers", import_seconds, None, "s")
    ]
    for name, openings, target in (("before it", quiet, None), ("during it and after", during, 1000)):
        times = sorted(one.took_ms for one in openings)
        rows += [
            Row(f"a page until all of it is there, {name}: median of {len(times):,}", median(times)),
            Row("… 95th percentile", quantiles(times, n=20)[-1]),
            Row(f"… the slowest ({max(openings, key=lambda one: one.took_ms).page or 'tune'})", times[-1], target),
        ]
    rows += [
        Row("pages that showed neither the state before nor the one after", half, 0, "pages"),
        Row("memory at its highest", peak_mb, None, "MB"),
    ]
    return Measured(tuple(rows), {"leads": leads, "activities": activities, "sessions": sessions})


@dataclass(frozen=True)
class Brought:
    """What is imported: two files, and the configuration folder with their mapping."""

    files: tuple[Path, Path]
    config: Path


def _to_bring(folder: Path, database: Path, leads: int, activities: int) -> Brought:
    new, done = folder / "leads.csv", folder / "activities.csv"
    with duckdb.connect(str(database), read_only=True) as source:
        end = from_microseconds(END).replace(tzinfo=None)
        source.execute(WRITE_LEADS.format(file=new), {"rows": NEW_LEADS, "end": end})
        source.execute(WRITE_ACTIVITIES.format(file=done), {"rows": activities, "leads": leads, "end": end})
    config = folder / "config"
    (config / "sources").mkdir(parents=True)
    (config / "sources" / "bench.yaml").write_text(TOGETHER)
    return Brought((new, done), config)


async def _read_and_import(
    server: Server, database: Path, brought: Brought, sessions: int
) -> tuple[list[Opening], list[Opening], float, int]:
    """The openings before the import and from its start on, its seconds, and how many saw half of it."""
    before = await _standing(server)
    over = asyncio.Event()
    readers = [asyncio.create_task(_reads(server, place, sessions, over.is_set)) for place in range(sessions)]
    await asyncio.sleep(QUIET_SECONDS)
    began = time.perf_counter()
    importing = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "lib", "import", *map(str, brought.files), "--source", "bench"),
        *("--db", str(database), "--config", str(brought.config)),
        cwd=ROOT,
        env={**os.environ, "HANDSHAKE_CONFIG": str(ROOT / "config")},
        stdout=asyncio.subprocess.DEVNULL,
    )
    if await importing.wait():
        raise AssertionError("the import was refused")
    import_seconds = time.perf_counter() - began
    await asyncio.sleep(QUIET_SECONDS)
    over.set()
    openings = [one for of_one in await asyncio.gather(*readers) for one in of_one]
    after = await _standing(server)
    if before["data"] == after["data"]:
        raise AssertionError("nobody could have told the state before from the one after")
    half = sum(one.page in before and one.said not in (before[one.page], after[one.page]) for one in openings)
    return (
        [one for one in openings if one.at < began],
        [one for one in openings if one.at >= began],
        import_seconds,
        half,
    )


async def _standing(server: Server) -> Mapping[str, tuple[str, ...]]:
    """What the pages say now."""
    one = await visitor(server.address)
    said = {}
    for page in SAME_ALL_DAY:
        await one.open(page)
        said[page] = tuple(one.said)
    await one.socket.close()
    return said


async def _reads(server: Server, place: int, sessions: int, over: Callable[[], bool]) -> list[Opening]:
    """One page after the other until it is over; nobody begins where the one before did."""
    await asyncio.sleep(place * SECONDS_A_PAGE / sessions)
    one = await visitor(server.address)
    openings: list[Opening] = []
    while not over():
        page = PAGES[(place + len(openings)) % len(PAGES)]
        at = time.perf_counter()
        answer = await one.open(page)
        if one.faults:
            raise AssertionError(f"{page or 'tune'} showed a fault: {one.faults[0]}")
        openings.append(Opening(page, at, 1000 * answer.done, tuple(one.said)))
        await asyncio.sleep(max(0.0, SECONDS_A_PAGE - answer.done))
    await one.socket.close()
    return openings
