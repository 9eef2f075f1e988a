"""The server: `streamlit run app.py`. Starts the app on pages/frame.py, with its own HTTP routes."""

import math
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import anyio
import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from lib.core.clock import MICROSECONDS
from lib.core.errors import Refused
from lib.server.schedule import Recurring, Schedule
from lib.store.backups import backup_into, kept_in
from lib.ui import data


def open_or_exit() -> None:
    """Check the configuration and open the database while a fault can still be said in a line of its own."""
    try:
        data.database()
    except Refused as refused:
        for fault in refused.faults:
            print(fault, file=sys.stderr)
        sys.exit(1)


def recurring() -> list[Recurring]:
    """What the app does by itself, as config/app.yaml says."""
    return [*backing_up()]


def backing_up() -> Iterator[Recurring]:
    """Backups, the first when the newest one is old enough, but not while the first visitors come."""
    settings = data.config().app.backup
    if settings is None:
        return
    database = data.database()
    folder = database.path.parent / settings.folder
    newest = next(iter(kept_in(folder, database.path)), None)
    age_seconds = math.inf if newest is None else time.time() - newest.made_at / MICROSECONDS

    def work() -> None:
        backup_into(database, folder, settings.keep, time.time_ns() // 1_000)

    yield Recurring("backup", settings.every_seconds, work, max(60.0, settings.every_seconds - age_seconds))


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Compile and load what every page needs before the first visitor comes; close the database after the last."""
    await anyio.to_thread.run_sync(data.warm_up)
    async with Schedule(recurring()).running():
        yield
    data.database().close()


async def health(_: Request) -> JSONResponse:
    """Answers when the database is open and migrated."""
    return JSONResponse({"status": "ok", "generation": data.database().generation})


async def no_such_route(request: Request) -> JSONResponse:
    """Without this an unknown address below /api would answer 200 with the app's page."""
    return JSONResponse({"error": f"there is no {request.url.path}"}, status_code=404)


open_or_exit()

app = st.App(
    "pages/frame.py",
    lifespan=lifespan,
    routes=[
        Route("/api/health", health),
        Route("/api/{rest:path}", no_such_route, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ],
)
