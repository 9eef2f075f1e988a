"""The doors where people sign in: the app is at one address, for whoever comes and whatever a proxy says."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Scope

from tests.server.asgi import HERE, STRANGER, asked, socket
from tests.server.doors import AT_HOME, IN_TOWN, answer


def test_people_come_in_at_the_address_and_by_no_other_name() -> None:
    for host, status in [
        ("handshake.example.com", 200),
        ("Handshake.Example.com:443", 200),
        ("handshake.example.com:8501", 421),
        ("handshake.example.com.", 421),
        ("www.handshake.example.com", 421),
        ("evil.example", 421),
        ("203.0.113.80", 421),
        ("localhost:8501", 421),
        ("127.0.0.1:8501", 421),
    ]:
        for client in (STRANGER, HERE):
            for forwarded in ([], [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-host", "handshake.example.com")]):
                assert answer(IN_TOWN, asked(("host", host), *forwarded, client=client)) == status


def test_the_websocket_of_the_address_is_that_of_its_scheme_and_port() -> None:
    for origin, status in [
        ("https://handshake.example.com", 200),
        ("http://handshake.example.com", 403),
        ("https://handshake.example.com:8443", 403),
        ("http://localhost:3000", 403),
        ("http://localhost:8501", 403),
    ]:
        assert answer(IN_TOWN, socket(("host", "handshake.example.com"), ("origin", origin))) == status


def test_what_a_proxy_says_the_host_was_counts_for_nothing() -> None:
    lied = [
        ("host", "evil.example"),
        ("x-forwarded-host", "handshake.example.com"),
        ("forwarded", "host=handshake.example.com"),
    ]

    assert answer(IN_TOWN, asked(*lied)) == 421


def test_the_webhook_is_open_to_other_systems_at_the_address() -> None:
    scope = asked(("host", "handshake.example.com"), method="POST", path="/api/events", client=STRANGER)

    assert IN_TOWN.turned_away(scope) is None


@pytest.mark.parametrize("path", ["/api/command", "/api/health"])
def test_commands_and_watchers_of_this_machine_need_no_name(path: str) -> None:
    at = [("host", "127.0.0.1:8501")]

    assert answer(IN_TOWN, asked(*at, path=path, method="POST")) == 200
    assert answer(IN_TOWN, asked(*at, path=path, client=STRANGER)) == 421
    assert answer(IN_TOWN, asked(*at, ("x-forwarded-for", "127.0.0.1"), path=path)) == 421
    assert answer(IN_TOWN, asked(("host", "evil.example"), path=path)) == 421
    assert answer(IN_TOWN, socket(*at, ("origin", "http://127.0.0.1:8501"), path="/_stcore/stream")) == 421


def test_commands_reach_a_server_that_listens_on_one_address_of_the_network() -> None:
    there = {"server": ("10.0.0.5", 8501), "path": "/api/command", "method": "POST"}

    assert answer(IN_TOWN, asked(("host", "10.0.0.5:8501"), client=("10.0.0.5", 9), **there)) == 200
    assert answer(IN_TOWN, asked(("host", "10.0.0.5:8501"), client=("10.0.0.6", 9), **there)) == 421


HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["host", "origin", "x-forwarded-for", "x-forwarded-host", "sec-fetch-site", "via"]),
        st.sampled_from(
            [
                "handshake.example.com",
                "https://handshake.example.com",
                "localhost:8501",
                "http://localhost:8501",
                "evil.example",
            ]
        ),
    ),
    max_size=4,
)


@given(
    headers=HEADERS,
    client=st.sampled_from([HERE, STRANGER, None]),
    path=st.sampled_from(["/", "/api/command", "/api/health", "/api/events", "/_stcore/stream", "/media/a"]),
    make=st.sampled_from([asked, socket]),
)
def test_whoever_comes_in_asked_for_the_app_where_it_is(
    headers: list[tuple[str, str]], client: tuple[str, int] | None, path: str, make: Callable[..., Scope]
) -> None:
    scope = make(*headers, client=client, path=path)
    hosts = [value for name, value in headers if name == "host"]
    forwarded = any(name.startswith(("x-", "via")) for name, _ in headers)

    if answer(AT_HOME, scope) == 200:
        assert (hosts, client, forwarded) == (["localhost:8501"], HERE, False)
    if answer(IN_TOWN, scope) == 200:
        by_itself = hosts == ["localhost:8501"] and path in ("/api/command", "/api/health")
        assert hosts == ["handshake.example.com"] or (by_itself and client == HERE and not forwarded)
