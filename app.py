"""The server: `streamlit run app.py`. Starts the app on pages/frame.py, with its own HTTP routes."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from streamlit.file_util import get_static_dir

from lib.__main__ import PRIVATE, main
from lib.app import agreed, upkeep
from lib.app.access import granting
from lib.app.access.sessions import Session
from lib.core.access.grants import Grant
from lib.core.errors import Refused
from lib.core.exchange.events import Received
from lib.server.backups import backing_up
from lib.server.bodies import FewUploads
from lib.server.commands import CommandRoom
from lib.server.entry.behind_a_proxy import check_peers
from lib.server.entry.coming_in import ComingIn
from lib.server.entry.doorkeeper import Doorkeeper
from lib.server.entry.doors import Doors, doors_of
from lib.server.entry.headers import content_security_policy
from lib.server.health import health_of
from lib.server.schedule import Recurring, Schedule
from lib.server.webhook import EventsRoute, events_room
from lib.store.database import Database
from lib.store.exchange.events import receive as receive_events
from lib.store.holder import Holder, announce, withdraw
from lib.ui.frame import elements, live
from lib.ui.inbox import routing
from lib.ui.now import present, provider, warm_up
from lib.ui.now.drafts import shared

os.umask(PRIVATE)


def open_or_exit() -> tuple[EventsRoute, Doors]:
    """Webhook and doors; the configuration is checked and the database opened while a fault can be said in a line."""
    try:
        # The configuration is read, and the database opened, with the first of these.
        settings = present.deployment().config.app
        signs_in = settings.sign_in is not None
        rules = doors_of(settings.address, signs_in=signs_in, listens_on=st.get_option("server.address"))
        webhook = events_room(settings.webhook, receive)
        upkeep.sweep(present.deployment())
    except Refused as refused:
        for fault in refused.faults:
            print(fault, file=sys.stderr)
        sys.exit(1)
    return webhook, rules


def receive(sent: list[Any], who: str) -> Received:
    """Loads what the webhook was sent, in the name of who sent it."""
    return receive_events(
        present.deployment().database,
        sent,
        zone=present.zone(),
        now=time.time_ns() // 1_000,
        by=granting.of_sender(who),
    )


def own() -> tuple[Grant | None, Path | None]:
    """What commands beside this app may do, and by which configuration: where people sign in, a claim is nothing."""
    if present.deployment().config.app.sign_in is None:
        return None, None
    return granting.of_terminal(), present.folder()


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
        upkeep.sweep_drops(present.deployment())


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


def origin() -> str:
    """Where people's browsers reach the app."""
    configured = present.deployment().config.app.address
    return address() if configured is None else configured.origin


def policy() -> str:
    """What pages may load and run, with the scripts of the Streamlit that is installed."""
    return content_security_policy((Path(get_static_dir()) / "index.html").read_text(encoding="utf-8"))


async def drafts_mark(request: Request) -> PlainTextResponse:
    """Tells a tab whether others have done something to the draft it has open."""
    return PlainTextResponse(shared().mark(request.path_params["tab"]))


async def still_in(_: Request) -> Response:
    """Answers a page whose session is open; to others the server says before that they are to sign in."""
    return Response(status_code=204)


def signed(session: Session, provider_name: str, claims: Mapping[str, Any]) -> str:
    """Gives the signature that waits for whoever has just proved anew who they are; where their browser goes."""
    version = agreed.sign_afresh(present.deployment(), session, provider_name, claims)
    return f"/agreement?version={version.number}"


def secrets_or_exit() -> dict[str, Any]:
    """What Streamlit's sign-in is told; empty where nobody signs in."""
    settings = present.deployment().config.app.sign_in
    if settings is None:
        return {}
    try:
        check_peers(settings, os.environ)
        present.deployment().sign_ins.begin()
        return provider.secrets(settings, origin(), os.environ)
    except Refused as refused:
        for fault in refused.faults:
            print(fault, file=sys.stderr)
        sys.exit(1)


async def no_such_route(request: Request) -> JSONResponse:
    """Without this an unknown address below /api would answer 200 with the app's page."""
    return JSONResponse({"error": f"there is no {request.url.path}"}, status_code=404)


events, rules = open_or_exit()
commands = CommandRoom(lambda: present.deployment().database, main, own)
schedule = Schedule(recurring())

app = st.App(
    "pages/frame.py",
    lifespan=lifespan,
    secrets=secrets_or_exit(),
    middleware=[
        Middleware(Doorkeeper, rules, policy()),
        Middleware(
            ComingIn,
            sign_ins=lambda: present.deployment().sign_ins,
            provider=provider,
            signed=signed,
            secure=origin().startswith("https:"),
        ),
        Middleware(FewUploads),
    ],
    on_script_error=elements.said_in_a_box,
    routes=[
        Route("/api/health", health_of(lambda: present.deployment().database.state.data, schedule.outcomes)),
        Route("/api/events", events.endpoint, methods=["POST"]),
        Route("/api/command", commands.endpoint, methods=["POST"]),
        Route(live.ROUTE, drafts_mark),
        Route(live.STILL_IN, still_in),
        Route("/api/{rest:path}", no_such_route, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ],
)
