"""The server: `streamlit run app.py`. Starts the app on pages/frame.py, with its own HTTP routes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Open the database and compile before the first visitor comes; close the database after the last."""
    from lib.ui import data

    await anyio.to_thread.run_sync(data.warm_up)
    yield
    data.database().close()


async def health(_: Request) -> JSONResponse:
    """Answers when the database is open and migrated."""
    from lib.ui import data

    return JSONResponse({"status": "ok", "generation": data.database().generation})


async def no_such_route(request: Request) -> JSONResponse:
    """Without this an unknown address below /api would answer 200 with the app's page."""
    return JSONResponse({"error": f"there is no {request.url.path}"}, status_code=404)


app = st.App(
    "pages/frame.py",
    lifespan=lifespan,
    routes=[
        Route("/api/health", health),
        Route("/api/{rest:path}", no_such_route, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ],
)
