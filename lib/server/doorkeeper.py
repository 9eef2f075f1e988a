"""Who stands at the doors: before every route, and between every answer and the browser."""

import logging

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lib.server.callers import is_encrypted
from lib.server.doors import Doors, TurnedAway
from lib.server.headers import leaving

_log = logging.getLogger(__name__)

MOST_NOTED = 20


class Doorkeeper:
    """Stands before every route: lets in whom the doors let in, and sees to the headers of what leaves."""

    def __init__(self, app: ASGIApp, rules: Doors, policy: str) -> None:
        self._app, self._doors, self._policy = app, rules, policy
        self._noted: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        answered = False

        async def sending(message: Message) -> None:
            nonlocal answered
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                answered = True
                message["headers"] = leaving(message.get("headers", ()), scope["path"], self._policy, secure)
            await send(message)

        address = self._doors.address
        secure = is_encrypted(scope) or (address is not None and address.is_secure)
        turned_away = self._doors.turned_away(scope)
        if turned_away is not None:
            self._note(turned_away)
            await _say(turned_away, scope, receive, sending)
            return
        try:
            await self._app(scope, receive, sending)
        except Exception:
            # What Starlette says outside of all middleware would leave without our headers.
            if scope["type"] == "http" and not answered:
                await PlainTextResponse("Internal Server Error", 500)(scope, receive, sending)
            raise

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
