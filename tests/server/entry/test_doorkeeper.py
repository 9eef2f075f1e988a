"""Who stands at the doors: what reaches the app, what does not, and what every answer carries."""

import pytest
from starlette.types import Message, Receive, Scope, Send

from lib.server.entry.doorkeeper import MOST_NOTED, Doorkeeper
from lib.server.entry.doors import Doors
from tests.server.asgi import asked, on_a_loop, socket
from tests.server.doors import AT_HOME, IN_TOWN


class Inside:
    """An app that says hello to whoever reaches it, and counts them."""

    def __init__(self, fails: bool = False) -> None:
        self.reached: list[str] = []
        self.headers: list[tuple[bytes, bytes]] = []
        self._fails = fails

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.reached.append(scope["type"])
        self.headers = scope.get("headers", [])
        if self._fails:
            raise LookupError
        cookies = [(b"Set-Cookie", b"_streamlit_session=1; path=/; SameSite=None")]
        await send({"type": "http.response.start", "status": 200, "headers": cookies})
        await send({"type": "http.response.body", "body": b"hello"})


def sent(keeper: Doorkeeper, scope: Scope) -> list[Message]:
    """What leaves; nothing may be read of the request to decide."""
    got: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("the request was read")

    async def send(message: Message) -> None:
        got.append(message)

    async def exchange() -> None:
        await keeper(scope, receive, send)

    on_a_loop(exchange)
    return got


def headers_of(message: Message) -> dict[bytes, bytes]:
    return dict(message["headers"])


def test_whoever_is_turned_away_never_reaches_the_app_and_is_told_why() -> None:
    inside = Inside()
    keeper = Doorkeeper(inside, AT_HOME, "default-src 'self'")

    start, body = sent(keeper, asked(("host", "evil.example"), method="POST"))

    assert inside.reached == []
    assert start["status"] == 421
    assert headers_of(start)[b"content-type"] == b"text/plain; charset=utf-8"
    assert headers_of(start)[b"content-security-policy"] == b"default-src 'self'"
    assert body["body"].startswith(
        b"Handshake is on this machine only: open http://127.0.0.1:8501. To open it to others,"
    )


def test_a_websocket_is_turned_away_before_it_opens() -> None:
    inside = Inside()
    keeper = Doorkeeper(inside, AT_HOME, "")
    foreign = [("host", "localhost:8501"), ("origin", "http://evil.example")]

    closed = sent(keeper, socket(*foreign))
    start, _ = sent(keeper, socket(*foreign, extensions={"websocket.http.response": {}}))

    assert closed == [{"type": "websocket.close", "code": 1008, "reason": ""}]
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 403)
    assert inside.reached == []


def test_what_leaves_carries_our_headers_also_where_the_app_fails() -> None:
    for fails in (False, True):
        keeper = Doorkeeper(Inside(fails), AT_HOME, "default-src 'self'")
        got: list[Message] = []

        async def send(message: Message, got: list[Message] = got) -> None:
            got.append(message)

        async def receive() -> Message:
            return {"type": "http.disconnect"}

        async def exchange(keeper: Doorkeeper = keeper, send: Send = send, receive: Receive = receive) -> None:
            await keeper(asked(("host", "localhost:8501")), receive, send)

        if fails:
            with pytest.raises(LookupError):
                on_a_loop(exchange)
        else:
            on_a_loop(exchange)

        assert got[0]["status"] == (500 if fails else 200)
        assert headers_of(got[0])[b"content-security-policy"] == b"default-src 'self'"


@pytest.mark.parametrize(
    ("doors", "host", "secure"), [(AT_HOME, "localhost:8501", b""), (IN_TOWN, "handshake.example.com", b"; Secure")]
)
def test_cookies_are_for_tls_alone_where_the_address_is(doors: Doors, host: str, secure: bytes) -> None:
    start, _ = sent(Doorkeeper(Inside(), doors, ""), asked(("host", host)))

    assert headers_of(start)[b"set-cookie"] == b"_streamlit_session=1; path=/; SameSite=Lax; HttpOnly" + secure


@pytest.mark.parametrize(
    ("doors", "host", "written"),
    [
        (AT_HOME, "LocalHost:8501", "localhost:8501"),
        (IN_TOWN, "Handshake.Example.com:443", "handshake.example.com"),
    ],
)
def test_the_app_is_asked_by_the_host_that_browsers_write(doors: Doors, host: str, written: str) -> None:
    inside = Inside()

    sent(Doorkeeper(inside, doors, ""), asked(("accept", "*/*"), ("Host", host)))

    assert inside.headers == [(b"host", written.encode()), (b"accept", b"*/*")]


def test_a_server_starts_and_stops_through_the_doors() -> None:
    inside = Inside()

    sent(Doorkeeper(inside, AT_HOME, ""), {"type": "lifespan"})

    assert inside.reached == ["lifespan"]


def test_each_reason_is_logged_once_and_strangers_do_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    keeper = Doorkeeper(Inside(), AT_HOME, "")

    for n in range(2 * MOST_NOTED):
        sent(keeper, asked(("host", "evil.example")))
        sent(keeper, asked(("host", "localhost:8501"), (f"x-forwarded-{n}", "")))
        sent(keeper, asked(("host", "localhost:8501"), path=f"/_stcore/{n}"))

    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) == len(set(messages)) == MOST_NOTED
    assert messages[0].startswith("A request was turned away: Handshake is on this machine only")


class Telling:
    """An app that tells a websocket an address, gives everybody the file, and has a page."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.send", "text": None, "bytes": b"..." + ADDRESS.encode() + b".csv..."})
            return
        kind = b"text/html; charset=utf-8" if scope["path"] == "/" else b"text/csv"
        await send({"type": "http.response.start", "status": 200, "headers": [(b"Content-Type", kind)]})
        await send({"type": "http.response.body", "body": b""})


ADDRESS = f"/media/{'0a' * 16}"
AT = [("host", "localhost:8501"), ("origin", "http://localhost:8501")]


def browser(keeper: Doorkeeper) -> tuple[str, str]:
    """The cookie of a new browser, as it sends it back."""
    start, _ = sent(keeper, asked(*AT))
    return "cookie", headers_of(start)[b"set-cookie"].decode().partition(";")[0]


def test_the_address_of_a_file_is_good_for_whom_it_was_told_to_and_for_nobody_else() -> None:
    keeper = Doorkeeper(Telling(), AT_HOME, "")
    mine, theirs = browser(keeper), browser(keeper)

    def status(*headers: tuple[str, str]) -> int:
        return int(sent(keeper, asked(*AT, *headers, path=f"{ADDRESS}.csv"))[0]["status"])

    before = status(mine)
    sent(keeper, socket(*AT, mine))

    assert before == 404
    assert (status(mine), status(theirs), status(), status(("cookie", "handshake_browser="))) == (200, 404, 404, 404)


def test_a_browser_gets_its_number_with_its_first_page_and_keeps_it() -> None:
    keeper = Doorkeeper(Telling(), IN_TOWN, "")
    at = ("host", "handshake.example.com")

    first, _ = sent(keeper, asked(at))
    number = headers_of(first)[b"set-cookie"].decode()
    again, _ = sent(keeper, asked(at, ("cookie", f"a=b; {number.partition(';')[0]}")))
    no_page, _ = sent(keeper, asked(at, path="/api/nothing"))

    assert number.endswith("; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure")
    assert b"set-cookie" not in headers_of(again)
    assert b"set-cookie" not in headers_of(no_page)
