"""Many people at once, each changing a weight every two seconds, through the server as their browsers speak to it."""

import asyncio
import time
from statistics import median, quantiles

from bench.tools.client import Visitor, visitor
from bench.tools.invented import database_of
from bench.tools.measured import Measured, Row
from bench.tools.server import Server, server_on

LEADS = 1_000_000
SESSIONS = 20
EVERY_SECONDS = 2.0
CHANGES = 15
"""Of each: half a minute of tuning by everybody."""

WEIGHT = "Viewed pricing"


def run(leads: int = LEADS, sessions: int = SESSIONS) -> Measured:
    """Milliseconds from a changed weight to the new figures, of everybody's changes; and what a session holds."""
    with database_of(leads) as database, server_on(database) as server:
        opened, figures, alone_mb, all_mb = asyncio.run(_meeting(server, sessions))
        peak_mb = server.memory_mb(highest=True)
    each_mb = (all_mb - alone_mb) / max(sessions - 1, 1)
    ninety_fifth = quantiles(figures, n=20)[-1]
    size = f"{leads:,} leads"
    return Measured(
        (
            Row(f"{size}: start of the server to its first answer", server.started_seconds, None, "s"),
            Row("start of the server to the first page, warm database", server.started_seconds + opened, 5, "s"),
            Row("memory with one session", alone_mb, 2048, "MB"),
            Row(f"memory at its highest, {sessions} sessions tuning", peak_mb, None, "MB"),
            Row("each further session", each_mb, 30, "MB"),
            Row(f"{sessions} sessions, a weight every {EVERY_SECONDS:g} s: to the figures, median", median(figures)),
            Row("… 95th percentile", ninety_fifth, 1500),
        ),
        {
            "leads": leads,
            "sessions": sessions,
            "answered": len(figures),
            "figures_p95_ms": round(ninety_fifth, 1),
            "start_s": round(server.started_seconds + opened, 2),
            "session_mb": round(each_mb, 1),
            "peak_mb": round(peak_mb, 1),
        },
    )


async def _meeting(server: Server, sessions: int) -> tuple[float, list[float], float, float]:
    first = await visitor(server.address)
    opened = await first.open()
    await first.move(WEIGHT, 6)
    alone_mb = server.memory_mb()
    everybody = [first, *[await visitor(server.address) for _ in range(sessions - 1)]]
    await asyncio.gather(*(one.open() for one in everybody[1:]))
    answers = await asyncio.gather(
        *(_tunes(one, place * EVERY_SECONDS / sessions) for place, one in enumerate(everybody))
    )
    faults = [fault for one in everybody for fault in one.faults]
    if faults:
        raise AssertionError(f"a page showed a fault: {faults[0]}")
    return opened.done, [ms for of_one in answers for ms in of_one], alone_mb, server.memory_mb()


async def _tunes(one: Visitor, after_seconds: float) -> list[float]:
    """Changes a weight every two seconds, whatever is still being drawn; milliseconds to the figures of each."""
    await asyncio.sleep(after_seconds)
    took = []
    for change in range(CHANGES):
        began = time.perf_counter()
        answer = await one.move(WEIGHT, 1 + (change * 7 + int(after_seconds * 10)) % 20)
        if answer.figures is None:
            raise AssertionError("a change of a weight brought no figures")
        took.append(1000 * answer.figures)
        await asyncio.sleep(max(0.0, EVERY_SECONDS - (time.perf_counter() - began)))
    return took
