"""The body of a request, read no further than it may be long, no longer than it may take, and few at a time."""

import anyio
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class TooLarge(Exception):
    """The body is longer than it may be; the rest was not read."""


class TooSlow(Exception):
    """The body did not come in time; what came of it is forgotten."""


class TooMany(Exception):
    """So many bodies are being read that this one was not begun."""


class Bodies:
    """Reads bodies, `at_once` at a time, each within so many `seconds` from its first byte to its last."""

    def __init__(self, at_once: int = 16, seconds: float = 10.0) -> None:
        self.at_once, self.seconds = at_once, seconds
        self._reading = 0

    async def body_of(self, request: Request, most_bytes: int) -> bytes:
        """The whole body; raises TooLarge beyond `most_bytes`, by what the request says of itself or by what comes,
        TooMany and TooSlow."""
        told = request.headers.get("content-length", "")
        if told.isascii() and told.isdecimal() and int(told[:20]) > most_bytes:
            raise TooLarge
        if self._reading >= self.at_once:
            raise TooMany
        self._reading += 1
        try:
            with anyio.fail_after(self.seconds):
                return await _whole(request, most_bytes)
        except TimeoutError as error:
            raise TooSlow from error
        finally:
            self._reading -= 1


async def _whole(request: Request, most_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise TooLarge
    return bytes(body)


UPLOADS = "/_stcore/upload_file/"
"""Streamlit's own route: whoever has a page open may send it files, as large as `server.maxUploadSize` says."""


class FewUploads:
    """An ASGI middleware: so many dropped files `at_once`, of which something comes every so many `seconds`.

    Streamlit bounds how large each may be, and takes any number for as long as they last.
    """

    def __init__(self, app: ASGIApp, at_once: int = 8, seconds: float = 30.0) -> None:
        self._app, self._at_once, self._seconds = app, at_once, seconds
        self._coming = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on everything else as it is."""
        if scope["type"] != "http" or UPLOADS not in scope["path"] or scope["method"] not in ("PUT", "POST"):
            await self._app(scope, receive, send)
            return
        if self._coming >= self._at_once:
            told = "Several files are being sent already; send this one in a moment.\n"
            await PlainTextResponse(told, 503, {"Retry-After": "5", "Connection": "close"})(scope, receive, send)
            return

        async def patiently() -> Message:
            with anyio.move_on_after(self._seconds):
                return await receive()
            return {"type": "http.disconnect"}

        self._coming += 1
        try:
            await self._app(scope, patiently, send)
        finally:
            self._coming -= 1
