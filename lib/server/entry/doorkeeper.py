"""Who stands at the doors: before every route, and between every answer and the browser."""

import logging

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lib.server.entry.callers import is_encrypted
from lib.server.entry.doors import Doors, TurnedAway
from lib.server.entry.headers import leaving
from lib.server.entry.told import Told, browser_of, new_browser

_log = logging.getLogger(__name__)

MOST_NOTED = 20


class Doorkeeper:
    """Stands before every route: lets in whom the doors let in, and sees to the headers of what leaves."""

    def __init__(self, app: ASGIApp, rules: Doors, policy: str) -> None:
        self._app, self._doors, self._policy = app, rules, policy
        self._told = Told()
        self._noted: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        answered = False
        address, browser = self._doors.address, browser_of(scope)
        secure = is_encrypted(scope) or (address is not None and address.is_secure)

        async def sending(message: Message) -> None:
            nonlocal answered
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                answered = True
                headers = list(message.get("headers", ()))
                if browser is None and _is_a_page(headers):
                    headers.append((b"set-cookie", new_browser().encode()))
                message["headers"] = leaving(headers, scope["path"], self._policy, secure)
            elif message["type"] == "websocket.send" and message.get("bytes"):
                # Before it is sent: the browser may ask at once.
                self._told.note(browser, message["bytes"])
            await send(message)

        turned_away = self._doors.turned_away(scope)
        if turned_away is None and not self._told.may_have(browser, scope["path"]):
            turned_away = TurnedAway(404, "There is no such file here for whoever asks.")
        if turned_away is not None:
            self._note(turned_away)
            await _say(turned_away, scope, receive, sending)
            return
        try:
            await self._app(self._as_browsers_write(scope), receive, sending)
        except Exception:
            # What Starlette says outside of all middleware would leave without our headers.
            if scope["type"] == "http" and not answered:
                await PlainTextResponse("Internal Server Error", 500)(scope, receive, sending)
            raise

    def _as_browsers_write(self, scope: Scope) -> Scope:
        """The request with the Host of its address to the letter, whatever case or port a proxy gave it.

        Streamlit compares it with Origin, and where they differ asks a service on the Internet who this machine is.
        """
        asked_at = self._doors.asked_at(scope)
        assert asked_at is not None, "let in without a Host of ours"  # noqa: S101
        others = [(name, value) for name, value in scope["headers"] if name.lower() != b"host"]
        return {**scope, "headers": [(b"host", asked_at.hosts[0].encode()), *others]}

    def _note(self, turned_away: TurnedAway) -> None:
        """Each reason once, for who set it up: behind a closed websocket a page only keeps trying."""
        # A reason may name a header that a stranger made up: the log is not theirs to fill.
        if turned_away.status != 404 and turned_away.why not in self._noted and len(self._noted) < MOST_NOTED:
            self._noted.add(turned_away.why)
            _log.warning("A request was turned away: %s", turned_away.why)


async def _say(turned_away: TurnedAway, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http" or "websocket.http.response" in scope.get("extensions", {}):
        await PlainTextResponse(f"{turned_away.why}\n", turned_away.status)(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 1008, "reason": ""})


def _is_a_page(headers: list[tuple[bytes, bytes]]) -> bool:
    return any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in headers)
