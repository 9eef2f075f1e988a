"""Whoever has not signed in gets the sign-in page and nothing else; whoever has is known by a cookie of ours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from lib.app.access.sessions import Session
from lib.app.access.sign_ins import SignIns
from lib.config.sign_in import Proxy, SignIn
from lib.core.access.claims import Provider
from lib.core.access.people import Person, Side
from lib.core.agreement.versions import SignatureRefused
from lib.core.errors import ConfigRefused, Fault
from lib.server.entry.behind_a_proxy import BELIEVED, check_peers
from lib.server.entry.coming_in import ComingIn
from lib.store.database import Database

ISSUER = "https://id.example.com"
SETTINGS = SignIn("COOKIE", 12, {"company": Provider("company", ISSUER, "us", "SECRET", ("example.com",))})
PEOPLE = (Person("Ana Ruiz", Side.SALES, "ana@example.com"),)
PAGE = {"accept": "text/html,*/*"}
HERE = "http://testserver"


@dataclass
class Said:
    """What stands for the provider: whoever it says signed in, in a cookie that is not signed."""

    claims: dict[str, Any] = field(default_factory=dict)

    def login_path(self, name: str) -> str:
        return f"/auth/login?provider={name}"

    def claims_in(self, cookies: Mapping[str, str]) -> tuple[str, dict[str, Any]] | None:
        return (cookies["_streamlit_user"], self.claims) if "_streamlit_user" in cookies else None

    def is_of_sign_in(self, cookie: str) -> bool:
        return cookie.startswith("_streamlit_user")


@dataclass
class World:
    """The app behind the middleware, and what happened to it."""

    sign_ins: SignIns
    side: Said
    came_back_as: str = "company"
    signed: list[tuple[str, str]] = field(default_factory=list)
    at: int = 1_800_000_000

    def ana(self, **others: object) -> None:
        told = {"iss": ISSUER, "sub": "17", "email": "ana@example.com", "email_verified": True, "iat": self.at}
        self.side.claims = told | others

    def client(self) -> TestClient:
        async def seen(request: Request) -> Response:
            return PlainTextResponse(request.headers.get("handshake-session", "nobody"))

        async def back(_: Request) -> Response:
            answer = RedirectResponse("/", status_code=302)
            if self.came_back_as:
                answer.set_cookie("_streamlit_user", self.came_back_as, httponly=True)
                answer.set_cookie("_streamlit_user_tokens", "secret", httponly=True)
                answer.set_cookie("session", "of the state", httponly=True)
            return answer

        async def socket(websocket: WebSocket) -> None:
            await websocket.accept()
            try:
                while True:
                    said = await websocket.receive_text()
                    await websocket.send_text(f"{websocket.headers.get('handshake-session')} {said}")
            except WebSocketDisconnect:
                return

        inner = Starlette(
            routes=[
                Route("/oauth2callback", back),
                WebSocketRoute("/_stcore/stream", socket),
                Route("/{rest:path}", seen, methods=["GET", "POST", "PUT"]),
            ]
        )
        app = ComingIn(inner, sign_ins=lambda: self.sign_ins, provider=self.side, signed=self._signed, secure=False)
        return TestClient(app, base_url=HERE, follow_redirects=False)

    def _signed(self, session: Session, name: str, claims: Mapping[str, Any]) -> str:
        if claims.get("sub") != "17":
            raise SignatureRefused(Fault("signing", "somebody else has signed in meanwhile"))
        self.signed.append((session.number, name))
        return "/agreement?version=2"


@pytest.fixture
def world(db: Database) -> World:
    made = World(SignIns(db, SETTINGS, PEOPLE, (), lambda: World.at * 1_000_000), Said())
    made.ana()
    return made


@pytest.fixture
def claimed(db: Database) -> World:
    """The same where nobody signs in."""
    return World(SignIns(db, None, PEOPLE, (), lambda: World.at * 1_000_000), Said())


@pytest.fixture
def inside(world: World) -> TestClient:
    """A browser in which Ana has signed in."""
    client = world.client()
    client.get("/oauth2callback")
    return client


def test_a_cold_deep_link_shows_the_sign_in_and_nothing_else(world: World) -> None:
    answer = world.client().get("/agreement?version=2", headers=PAGE)

    assert answer.status_code == 401
    assert 'href="/api/sign-in?provider=company"' in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/_stcore/host-config"),
        ("get", "/media/0123.csv"),
        ("put", "/_stcore/upload_file/session/file"),
        ("get", "/api/drafts/tab"),
        ("get", "/api/session"),
        ("post", "/agreement"),
        ("get", "/static/x.js"),
    ],
)
def test_nothing_else_is_served_to_whoever_has_not_signed_in(world: World, method: str, path: str) -> None:
    answer = world.client().request(method, path, headers={"accept": "*/*"})

    assert (answer.status_code, answer.text) == (401, "Sign in first: open the app's address in a browser.")


@pytest.mark.parametrize("path", ["/api/health", "/api/events", "/api/command", "/_stcore/health"])
def test_routes_with_a_word_of_their_own_are_left_to_it(world: World, path: str) -> None:
    assert world.client().post(path).text == "nobody"


def test_the_websocket_is_closed_to_whoever_has_not_signed_in(world: World) -> None:
    with pytest.raises(WebSocketDisconnect), world.client().websocket_connect("/_stcore/stream"):
        pass


def test_the_provider_is_one_of_the_configuration(world: World) -> None:
    known, unknown = (world.client().get(f"/api/sign-in?provider={name}") for name in ("company", "evil"))

    assert (known.status_code, known.headers["location"]) == (302, "/auth/login?provider=company")
    assert unknown.status_code == 404


def test_signing_in_gives_a_cookie_of_ours_that_no_script_reads_and_none_of_streamlits(world: World) -> None:
    answer = world.client().get("/oauth2callback")

    cookies = answer.headers.get_list("set-cookie")
    (ours,) = [one for one in cookies if one.startswith("handshake=")]
    assert "HttpOnly" in ours
    assert "SameSite=Lax" in ours
    assert not any(one.startswith("_streamlit_user") for one in cookies)
    assert any(one.startswith("session=") for one in cookies)


def test_over_https_the_cookie_is_secure_and_of_this_host_alone(world: World) -> None:
    inner = world.client().app.__dict__["_app"]
    app = ComingIn(inner, sign_ins=lambda: world.sign_ins, provider=world.side, signed=world._signed, secure=True)

    answer = TestClient(app, base_url="https://testserver", follow_redirects=False).get("/oauth2callback")

    (ours,) = [one for one in answer.headers.get_list("set-cookie") if "handshake=" in one]
    assert ours.startswith("__Host-handshake=")
    assert ours.endswith("; Secure")


def test_every_request_and_the_websocket_then_know_the_session_by_its_number(world: World, inside: TestClient) -> None:
    number = inside.get("/api/session").text

    there = world.sign_ins.sessions.numbered(number)
    assert there is not None
    with inside.websocket_connect("/_stcore/stream") as socket:
        socket.send_text("hello")
        assert socket.receive_text() == f"{number} hello"


@pytest.mark.parametrize("header", ["handshake-session", "Handshake-Session", "HANDSHAKE-SESSION"])
def test_nobody_says_from_outside_which_session_they_are(inside: TestClient, world: World, header: str) -> None:
    number = inside.get("/api/session").text

    assert world.client().get("/api/health", headers={header: number}).text == "nobody"
    assert inside.get("/api/session", headers={header: "1"}).text == number


def test_a_cookie_set_before_signing_in_is_worth_nothing_after(world: World) -> None:
    client = world.client()
    client.cookies.set("handshake", "fixed-by-somebody-else")

    client.get("/oauth2callback")

    assert world.sign_ins.sessions.of_secret("fixed-by-somebody-else") is None
    stale = world.client()
    stale.cookies.set("handshake", "fixed-by-somebody-else")
    assert stale.get("/api/session").status_code == 401


def test_signing_in_again_ends_the_session_before(world: World, inside: TestClient) -> None:
    before = inside.cookies["handshake"]

    inside.get("/oauth2callback")

    assert world.sign_ins.sessions.of_secret(before) is None
    assert inside.get("/api/session").status_code == 200


@pytest.mark.parametrize(
    ("referer", "to"),
    [
        (f"{HERE}/agreement?version=2", "/agreement?version=2"),
        (f"{HERE}/", "/"),
        ("http://evil.example/agreement", "/"),
        (f"{HERE}//evil.example/x", "/"),
        (f"{HERE}/a;b", "/"),
        ("", "/"),
    ],
)
def test_whoever_comes_back_is_where_they_were_and_never_elsewhere(world: World, referer: str, to: str) -> None:
    client = world.client()

    client.get("/api/sign-in?provider=company", headers={"referer": referer} if referer else {})

    assert client.get("/oauth2callback").headers["location"] == to


@pytest.mark.parametrize(
    "written", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nx: y", "é", ""]
)
def test_a_forged_way_back_leads_home(world: World, written: str) -> None:
    client = world.client()

    answer = client.get("/oauth2callback", headers={"cookie": f"handshake-to={written}".encode("latin-1")})

    assert answer.headers["location"] == "/"


def test_whom_nobody_lets_in_is_told_so_and_gets_no_session(world: World) -> None:
    world.ana(sub="66", email="eve@example.com", name="<b>Eve</b>")
    client = world.client()

    answer = client.get("/oauth2callback")

    assert answer.status_code == 403
    assert "nothing lets eve@example.com in" in answer.text
    assert "set-cookie" not in answer.headers
    assert client.get("/api/session").status_code == 401


def test_a_provider_that_says_nothing_signs_nobody_in(world: World) -> None:
    world.came_back_as = ""

    answer = world.client().get("/oauth2callback")

    assert (answer.status_code, "The provider did not say who you are" in answer.text) == (400, True)


def test_what_a_page_of_ours_says_is_no_html(world: World) -> None:
    world.ana(sub="66", email=None, name="<img src=x onerror=alert(1)>")

    assert "<img" not in world.client().get("/oauth2callback").text


@pytest.mark.parametrize("ended", ["signed out", "out of the file"])
def test_an_open_websocket_is_closed_at_its_next_message_once_the_session_has_ended(
    world: World, inside: TestClient, db: Database, ended: str
) -> None:
    number = inside.get("/api/session").text
    there = world.sign_ins.sessions.numbered(number)
    assert there is not None
    with inside.websocket_connect("/_stcore/stream") as socket:
        socket.send_text("before")
        assert socket.receive_text() == f"{number} before"
        if ended == "signed out":
            world.sign_ins.sign_out(there)
        else:
            sessions = world.sign_ins.sessions
            world.sign_ins = SignIns(db, SETTINGS, (), (), lambda: World.at * 1_000_000)
            world.sign_ins.sessions = sessions
        socket.send_text("after")
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_text()

    assert closed.value.code == 4401
    assert inside.get("/api/session").status_code == 401


def test_leaving_takes_the_cookie_away(inside: TestClient) -> None:
    answer = inside.get("/auth/logout")

    assert answer.headers["location"] == "/"
    assert answer.headers["set-cookie"].startswith("handshake=; Max-Age=0")


# Signatures.


def test_back_from_proving_it_anew_the_signature_is_given_and_the_session_stays(
    world: World, inside: TestClient
) -> None:
    number = inside.get("/api/session").text
    world.came_back_as = "company-afresh"

    answer = inside.get("/oauth2callback")

    assert answer.headers["location"] == "/agreement?version=2"
    assert world.signed == [(number, "company")]
    assert inside.get("/api/session").text == number


def test_a_signature_that_is_refused_is_told_and_the_session_stays(world: World, inside: TestClient) -> None:
    world.came_back_as = "company-afresh"
    world.ana(sub="18")

    answer = inside.get("/oauth2callback")

    assert (answer.status_code, world.signed) == (403, [])
    assert "somebody else has signed in meanwhile" in answer.text
    assert inside.get("/api/session").status_code == 200


def test_without_a_session_there_is_nothing_to_sign(world: World) -> None:
    world.came_back_as = "company-afresh"

    assert world.client().get("/oauth2callback").headers["location"] == "/"
    assert world.signed == []


# Where nobody signs in.


def test_a_browser_is_known_again_where_nobody_signs_in(claimed: World) -> None:
    client = claimed.client()
    number = client.get("/", headers=PAGE).text

    claimed.sign_ins.sessions.claim(number, "Ana Ruiz")

    assert client.get("/agreement", headers=PAGE).text == number
    there = claimed.sign_ins.sessions.numbered(number)
    assert there is not None
    assert there.claimed == "Ana Ruiz"


def test_only_a_page_begins_an_entry(claimed: World) -> None:
    for path in ("/api/health", "/static/x.js", "/media/1"):
        answer = claimed.client().get(path, headers={"accept": "*/*"})
        assert (answer.text, "set-cookie" in answer.headers) == ("nobody", False)


# Behind a proxy that signs people in.


@pytest.fixture
def behind(db: Database) -> World:
    """The same behind a proxy at the peer that the test client is taken for."""
    proxy = Proxy("X-Forwarded-Email", (ip_network("10.0.0.0/24"),), ("example.com",))
    return World(SignIns(db, SignIn(proxy=proxy), PEOPLE, (), lambda: World.at * 1_000_000), Said())


def at(world: World, peer: str) -> TestClient:
    client = world.client()
    return TestClient(client.app, base_url=HERE, follow_redirects=False, client=(peer, 50_000))


ANA = {"x-forwarded-email": "ana@example.com"}


def test_whom_the_proxy_names_is_in(behind: World) -> None:
    client = at(behind, "10.0.0.5")

    number = client.get("/agreement", headers=PAGE | ANA).text

    there = behind.sign_ins.sessions.numbered(number)
    assert there is not None
    person = behind.sign_ins.person(there)
    assert person is not None
    assert person.name == "Ana Ruiz"
    assert client.get("/api/session", headers=ANA).text == number


@pytest.mark.parametrize("peer", ["10.0.1.5", "127.0.0.1", "::1", "testclient"])
def test_of_another_peer_the_header_is_nothing(behind: World, peer: str) -> None:
    answer = at(behind, peer).get("/agreement", headers=PAGE | ANA)

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_proxy_that_names_nobody_or_two_lets_nobody_in(behind: World) -> None:
    client = at(behind, "10.0.0.5")
    twice = [("accept", "text/html"), ("x-forwarded-email", "ana@example.com"), ("x-forwarded-email", "b@example.com")]

    assert client.get("/agreement", headers=PAGE).status_code == 403
    assert client.get("/agreement", headers=twice).status_code == 403


def test_whose_cookie_it_is_counts_for_nothing_where_the_proxy_names_another(behind: World) -> None:
    client = at(behind, "10.0.0.5")
    client.get("/agreement", headers=PAGE | ANA)

    answer = client.get("/api/session", headers={"x-forwarded-email": "bo@example.com"})

    assert answer.status_code == 401


def test_an_email_of_a_domain_the_proxy_may_not_vouch_for_is_nobodys(behind: World) -> None:
    answer = at(behind, "10.0.0.5").get("/agreement", headers=PAGE | {"x-forwarded-email": "ana@elsewhere.example"})

    assert answer.status_code == 403
    assert "nothing lets" in answer.text


@pytest.mark.parametrize(("variables", "starts"), [({}, False), ({BELIEVED: "*"}, False), ({BELIEVED: ""}, True)])
def test_a_proxy_is_believed_only_where_no_peer_says_which_one_it_is(
    behind: World, variables: dict[str, str], starts: bool
) -> None:
    settings = behind.sign_ins.settings
    assert settings is not None

    if starts:
        check_peers(settings, variables)
    else:
        with pytest.raises(ConfigRefused, match="FORWARDED_ALLOW_IPS"):
            check_peers(settings, variables)
