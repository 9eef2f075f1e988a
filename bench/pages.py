"""Every page opened anew by a visitor, at the size of section 8: its queries, its figures, its charts."""

import asyncio
from statistics import median

from bench.tools.client import Answer, visitor
from bench.tools.invented import database_of
from bench.tools.measured import Measured, Row
from bench.tools.server import server_on

LEADS = 1_000_000
RUNS = 5
PAGES = ("", "review", "acceptance", "sla", "inbox", "lead")


def run(leads: int = LEADS) -> Measured:
    """Milliseconds of the server from a visitor's request to the end of the page, the first time and after."""
    with database_of(leads) as database, server_on(database) as server:
        answers = {page: [asyncio.run(_opened(server.address, page)) for _ in range(RUNS)] for page in PAGES}
    rows = []
    for page, opened in answers.items():
        name = page.capitalize() if page else "Tune"
        rows += [
            Row(f"{leads:,} leads: {name}, the first visitor", 1000 * opened[0].done),
            Row(f"… {name}, the next ones, median", 1000 * median(one.done for one in opened[1:]), 500),
        ]
    return Measured(tuple(rows), {"leads": leads})


async def _opened(address: str, page: str) -> Answer:
    one = await visitor(address)
    answer = await one.open(page)
    if one.faults:
        raise AssertionError(f"{page} shows a fault: {one.faults[0]}")
    await one.socket.close()
    return answer
