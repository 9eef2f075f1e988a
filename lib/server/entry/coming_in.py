"""Who a request is from: the session of its browser, in a cookie of ours that no script reads; else the sign-in page.

Nothing but that page and the routes with a word of their own is served to whoever has not signed in, the websocket
included; one whose session has ended is closed at its next message.
"""

import html
from collections.abc import Callable, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lib.app.access.afresh import AFRESH
from lib.app.access.sessions import CLAIMED_SECONDS, Session
from lib.app.access.sign_ins import SignIns
from lib.config.sign_in import Proxy, SignIn
from lib.core.access.claims import NotLetIn
from lib.core.errors import Refused
from lib.server.entry.behind_a_proxy import said_by

SESSION = "handshake-session"
"""The header in which pages find the session's number; what comes in under this name is dropped."""

COOKIE, TO = "handshake", "handshake-to"

SIGN_IN, LOGIN, BACK, LOGOUT = "/api/sign-in", "/auth/login", "/oauth2callback", "/auth/logout"

WITH_A_WORD_OF_THEIR_OWN = ("/api/health", "/api/events", "/api/command", "/_stcore/health")
"""Routes that ask for a token or a signature, or say nothing."""

NOT_SIGNED_IN, GONE = 401, 4401


class ProviderSide(Protocol):
    """What Streamlit's own sign-in knows of the providers."""

    def login_path(self, name: str) -> str:
        """Where the browser goes to sign in with that provider."""

    def claims_in(self, cookies: Mapping[str, str]) -> tuple[str, dict[str, Any]] | None:
        """Which provider says who signed in, in the cookies of its answer."""

    def is_of_sign_in(self, cookie: str) -> bool:
        """Whether a cookie of that name is Streamlit's word for who signed in."""


Signed = Callable[[Session, str, Mapping[str, Any]], str]
"""Carries out the signature that waits in a session; where the browser goes then."""


class ComingIn:
    """The middleware. `secure`: browsers come over https."""

    def __init__(
        self, app: ASGIApp, *, sign_ins: Callable[[], SignIns], provider: ProviderSide, signed: Signed, secure: bool
    ) -> None:
        self._app, self._sign_ins, self._provider, self._signed = app, sign_ins, provider, signed
        self._cookie, self._attributes = _cookie(secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves what may be served to whoever asks."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name.lower() != SESSION.encode()]
        cookies = cookies_of(scope)
        session = self._session(cookies)
        if self._sign_ins().settings is None:
            await self._claimed(scope, receive, send, session)
        elif scope["path"] in WITH_A_WORD_OF_THEIR_OWN:
            await self._app(scope, receive, send)
        elif (proxy := self._settings.proxy) is not None:
            await self._behind(proxy, scope, receive, send, session)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send, session)
        else:
            await self._signing_in(scope, receive, send, session, cookies)

    @property
    def _settings(self) -> SignIn:
        """Where people sign in; nowhere, where they do not."""
        return self._sign_ins().settings or SignIn()

    async def _behind(self, proxy: Proxy, scope: Scope, receive: Receive, send: Send, session: Session | None) -> None:
        """Where a proxy signs people in, its word counts, in one header; of anybody else it is none."""
        who = said_by(proxy, scope)
        if who is None:
            why = "People come to Handshake through the proxy that signs them in, and it says who they are."
            await _refuse(scope, receive, send, 403, why)
        elif scope["path"] == LOGOUT:
            await _redirect(send, "/", [self._set("", 0)])
        elif session is not None and session.signed_in is not None and session.signed_in.identity == who.identity:
            await (self._socket if scope["type"] == "websocket" else self._inside)(scope, receive, send, session)
        elif _is_document(scope):
            try:
                secret = await anyio.to_thread.run_sync(self._sign_ins().let_in, who)
            except NotLetIn as refused:
                await _page(send, 403, _told("You were not let in.", *map(str, refused.faults)))
                return
            begun = self._sign_ins().sessions.of_secret(secret)
            seconds = self._settings.hours * 3_600
            await self._app(_as(scope, begun), receive, _setting(send, self._set(secret, seconds)))
        else:
            await _refuse(scope, receive, send, NOT_SIGNED_IN, "Open the app's address in a browser first.")

    async def _inside(self, scope: Scope, receive: Receive, send: Send, session: Session | None) -> None:
        await self._app(_as(scope, session), receive, send)

    def _session(self, cookies: Mapping[str, str]) -> Session | None:
        """The open session of the browser; where people sign in, of somebody who is still let in."""
        sign_ins, secret = self._sign_ins(), cookies.get(self._cookie, "")
        session = sign_ins.sessions.of_secret(secret) if secret else None
        if session is None or sign_ins.settings is None:
            return session
        return session if sign_ins.person(session) is not None else None

    async def _claimed(self, scope: Scope, receive: Receive, send: Send, session: Session | None) -> None:
        """Where nobody signs in: each browser has an entry, in which it is kept who is said to sit there."""
        if session is None and _is_document(scope):
            secret, session = self._sign_ins().sessions.begin(CLAIMED_SECONDS)
            send = _setting(send, self._set(secret, CLAIMED_SECONDS))
        await self._app(_as(scope, session), receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send, session: Session | None) -> None:
        if session is None:
            await _refuse(scope, receive, send, NOT_SIGNED_IN, "")
            return
        number = session.number

        async def checked() -> Message:
            message = await receive()
            there = self._sign_ins().sessions.numbered(number)
            if message["type"] == "websocket.receive" and (there is None or self._sign_ins().person(there) is None):
                await send({"type": "websocket.close", "code": GONE, "reason": "signed out"})
                return {"type": "websocket.disconnect", "code": GONE}
            return message

        await self._app(_as(scope, session), checked, send)

    async def _signing_in(
        self, scope: Scope, receive: Receive, send: Send, session: Session | None, cookies: Mapping[str, str]
    ) -> None:
        path = scope["path"]
        if path == SIGN_IN:
            await self._to_provider(scope, send)
        elif path == LOGIN:
            # From a page: whoever comes back is where they were.
            await self._app(scope, receive, _setting(send, self._remember(scope)))
        elif path == BACK:
            await self._back(scope, receive, send, session, cookies)
        elif path == LOGOUT:
            await _redirect(send, "/", [self._set("", 0)])
        elif session is not None:
            await self._app(_as(scope, session), receive, send)
        elif _is_document(scope):
            await _page(send, NOT_SIGNED_IN, self._sign_in_page())
        else:
            await _text(send, NOT_SIGNED_IN, "Sign in first: open the app's address in a browser.")

    async def _to_provider(self, scope: Scope, send: Send) -> None:
        named = parse_qs(scope["query_string"].decode("latin-1")).get("provider", [""])[0]
        if named not in self._settings.providers:
            await _text(send, 404, "There is no such provider.")
            return
        await _redirect(send, self._provider.login_path(named), [self._remember(scope)])

    async def _back(
        self, scope: Scope, receive: Receive, send: Send, session: Session | None, cookies: Mapping[str, str]
    ) -> None:
        """Back from the provider: a session of ours is opened, and Streamlit's own cookie never reaches the browser."""
        answer: list[Message] = []

        async def kept(message: Message) -> None:
            answer.append(message)

        await self._app(scope, receive, kept)
        given, others = _cookies_set(answer, self._provider.is_of_sign_in)
        found = self._provider.claims_in(given)
        if found is None:
            await _page(send, 400, _told("You were not signed in.", "The provider did not say who you are. Try again."))
            return
        name, claims = found
        to = _inside(cookies.get(TO, "")) or "/"
        try:
            # What comes back from proving it anew for a signature is no sign-in: the session stays the one it was.
            if name.endswith(AFRESH):
                to = await self._sign(session, name.removesuffix(AFRESH), claims)
                await _redirect(send, to, [*others, self._forget()])
                return
            secret = await anyio.to_thread.run_sync(self._sign_ins().sign_in, name, claims)
        except Refused as refused:
            title = "It was not signed." if name.endswith(AFRESH) else "You were not let in."
            await _page(send, 403, _told(title, *map(str, refused.faults)))
            return
        if session is not None:
            self._sign_ins().sessions.end(session.number)
        seconds = self._settings.hours * 3_600
        await _redirect(send, to, [*others, self._set(secret, seconds), self._forget()])

    async def _sign(self, session: Session | None, name: str, claims: Mapping[str, Any]) -> str:
        if session is None:
            return "/"
        return await anyio.to_thread.run_sync(self._signed, session, name, claims)

    def _sign_in_page(self) -> str:
        settings = self._settings
        ways = "".join(
            f'<a href="{SIGN_IN}?provider={html.escape(name)}">Sign in with {html.escape(name)}</a>'
            for name in settings.providers
        )
        said = "Marketing and sales agree here on what a qualified lead is, and see whether both keep it."
        return _told("Handshake", said, ways=ways)

    def _set(self, secret: str, seconds: int) -> str:
        return f"{self._cookie}={secret}; Max-Age={seconds}; {self._attributes}"

    def _remember(self, scope: Scope) -> str:
        """A cookie with the page from which somebody goes to sign in, where it is one of ours."""
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        came_from = urlsplit(headers.get(b"referer", ""))
        here = came_from.netloc == headers.get(b"host", "")
        query = f"?{came_from.query}" if came_from.query else ""
        to = _inside(f"{came_from.path}{query}") if here else None
        return f"{TO}={to or '/'}; Max-Age=600; {self._attributes}"

    def _forget(self) -> str:
        return f"{TO}=; Max-Age=0; {self._attributes}"


def cookies_of(scope: Scope) -> dict[str, str]:
    """The cookies of a request by name; none where they cannot be read. Of two equal names the first counts."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        if name == b"cookie":
            for part in value.decode("latin-1").split(";"):
                key, _, written = part.strip().partition("=")
                found.setdefault(key, written)
    return found


def _cookie(secure: bool) -> tuple[str, str]:
    """The cookie's name and attributes; over https its name keeps other hosts and paths from setting it."""
    attributes = "Path=/; HttpOnly; SameSite=Lax"
    return (f"__Host-{COOKIE}", f"{attributes}; Secure") if secure else (COOKIE, attributes)


def _is_document(scope: Scope) -> bool:
    """Is a page asked for, rather than something that a page needs?"""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or scope["path"].startswith("/api/"):
        return False
    accepted = next((value for name, value in scope["headers"] if name == b"accept"), b"")
    return b"text/html" in accepted


def _as(scope: Scope, session: Session | None) -> Scope:
    if session is None:
        return scope
    return {**scope, "headers": [*scope["headers"], (SESSION.encode(), session.number.encode())]}


def _inside(path: str) -> str | None:
    """The path where it leads nowhere but into this app, else None."""
    plain = path.isascii() and path.isprintable() and not set(path) & set('\\;," ')
    return path if plain and path.startswith("/") and not path.startswith("//") else None


def _setting(send: Send, cookie: str) -> Send:
    async def with_cookie(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), (b"set-cookie", cookie.encode())]}
        await send(message)

    return with_cookie


def _cookies_set(answer: list[Message], of_sign_in: Callable[[str], bool]) -> tuple[dict[str, str], list[str]]:
    """The cookies an answer sets that say who signed in, by name, and the others as they are set."""
    told, others = {}, []
    for message in answer:
        for name, value in message.get("headers", []):
            if name.lower() != b"set-cookie":
                continue
            written = value.decode("latin-1")
            jar: SimpleCookie = SimpleCookie()
            try:
                jar.load(written)
            except CookieError:
                # What is no cookie says nobody signed in.
                continue
            for key, morsel in jar.items():
                if of_sign_in(key):
                    if morsel["max-age"] != "0" and morsel.value:
                        told[key] = morsel.value
                else:
                    others.append(written)
    return told, others


def _told(title: str, *sentences: str, ways: str = "") -> str:
    """A page of ours without any script: what is the matter, and where to go."""
    said = "".join(f"<p>{html.escape(one)}</p>" for one in sentences)
    ways = ways or '<a href="/">To the app</a>'
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Handshake</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><style>'
        ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:18vh auto;"
        "padding:0 1.5rem}h1{font-size:1.6rem}a{display:block;background:#6249B8;color:#fff;text-decoration:none;"
        "padding:.7rem 1rem;border-radius:.4rem;margin:.6rem 0;text-align:center}</style>"
        f"<h1>{html.escape(title)}</h1>{said}{ways}</html>"
    )


async def _page(send: Send, status: int, page: str) -> None:
    await _answer(send, status, b"text/html; charset=utf-8", page.encode(), [])


async def _text(send: Send, status: int, said: str) -> None:
    await _answer(send, status, b"text/plain; charset=utf-8", said.encode(), [])


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, why: str) -> None:
    if scope["type"] == "http":
        await _text(send, status, why)
        return
    # Before it is accepted: the browser is told 403.
    await receive()
    await send({"type": "websocket.close", "code": GONE})


async def _redirect(send: Send, to: str, cookies: list[str]) -> None:
    headers = [(b"location", to.encode()), *((b"set-cookie", one.encode("latin-1")) for one in cookies)]
    await _answer(send, 302, b"text/plain", b"", headers)


async def _answer(send: Send, status: int, kind: bytes, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    told = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": [*told, *headers]})
    await send({"type": "http.response.body", "body": body})
