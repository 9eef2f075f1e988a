"""The server: `streamlit run app.py`. Starts the app on pages/frame.py, with its own HTTP routes."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from lib.__main__ import main
from lib.core.errors import Refused
from lib.core.exchange.events import Received
from lib.core.time.clock import instant_text
from lib.server.backups import backing_up
from lib.server.bodies import FewUploads
from lib.server.commands import CommandRoom
from lib.server.schedule import Recurring, Schedule
from lib.server.webhook import EventsRoute, events_room
from lib.store.database import Database
from lib.store.exchange.events import receive as receive_events
from lib.store.holder import Holder, announce, withdraw
from lib.ui.frame import elements, live
from lib.ui.inbox import routing
from lib.ui.now import present, warm_up
from lib.ui.now.drafts import shared


def open_or_exit() -> EventsRoute:
    """The webhook; the configuration is checked and the database opened while a fault can be said in a line."""
    try:
        # The configuration is read, and the database opened, with the first of these.
        webhook = events_room(present.deployment().config.app.webhook, receive)
    except Refused as refused:
        for fault in refused.faults:
            print(fault, file=sys.stderr)
        sys.exit(1)
    return webhook


def receive(sent: list[Any], who: str) -> Received:
    """Loads what the webhook was sent, in the name of who sent it."""
    return receive_events(
        present.deployment().database, sent, zone=present.zone(), now=time.time_ns() // 1_000, who=who
    )


def recurring() -> list[Recurring]:
    """What the app does by itself, as config/app.yaml says."""
    return [*backing_up(present.deployment().config.app.backup, present.deployment().database), *handing_over()]


def handing_over() -> Iterator[Recurring]:
    """Handing over under the agreed definition, a minute after the start at the earliest: the first visitors come."""
    every_seconds = routing.every_seconds()
    if every_seconds is not None:
        yield Recurring("route", every_seconds, routing.by_itself, min(60.0, every_seconds))


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Compile and load what every page needs before the first visitor comes; close the database after the last."""
    database = present.deployment().database
    holder = announced(database)
    try:
        await anyio.to_thread.run_sync(warm_up.warm_up)
        looking_ahead = asyncio.ensure_future(anyio.to_thread.run_sync(warm_up.look_ahead))
        async with schedule.running():
            yield
        # Not while the database closes; and a fault of it is said, at the latest now.
        await looking_ahead
    finally:
        if holder is not None:
            withdraw(database.path, holder)
        database.close()


def announced(database: Database) -> Holder | None:
    """Tells commands on this machine where to find the app; None where the disk takes no more: pages work without."""
    try:
        return announce(database.path, address(), commands.token, st.get_option("server.sslCertFile"))
    except OSError as error:
        print(f"Commands will not find this app while it runs: {error}", file=sys.stderr)
        return None


def address() -> str:
    """Where a command on this machine reaches the server."""
    host = st.get_option("server.address") or "127.0.0.1"
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    return f"{scheme}://{host}:{st.get_option('server.port')}"


async def health(_: Request) -> JSONResponse:
    """Answers when the database is open and migrated; says when the app last did by itself what it does, and how."""
    by_itself = {
        name: {"at": instant_text(outcome.at), "done": not outcome.faults}
        for name, outcome in schedule.outcomes.items()
    }
    return JSONResponse(
        {"status": "ok", "generation": present.deployment().database.state.data, "by_itself": by_itself}
    )


async def drafts_mark(request: Request) -> PlainTextResponse:
    """Tells a tab whether others have done something to the draft it has open."""
    return PlainTextResponse(shared().mark(request.path_params["tab"]))


async def no_such_route(request: Request) -> JSONResponse:
    """Without this an unknown address below /api would answer 200 with the app's page."""
    return JSONResponse({"error": f"there is no {request.url.path}"}, status_code=404)


events = open_or_exit()
commands = CommandRoom(lambda: present.deployment().database, main)
schedule = Schedule(recurring())

app = st.App(
    "pages/frame.py",
    lifespan=lifespan,
    on_script_error=elements.said_in_a_box,
    middleware=[Middleware(FewUploads)],
    routes=[
        Route("/api/health", health),
        Route("/api/events", events.endpoint, methods=["POST"]),
        Route("/api/command", commands.endpoint, methods=["POST"]),
        Route(live.ROUTE, drafts_mark),
        Route("/api/{rest:path}", no_such_route, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ],
)
