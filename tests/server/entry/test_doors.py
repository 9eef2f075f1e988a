"""The doors, attacked without a network: whatever Host, Origin, peer and headers say, who comes in is who may."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.address import Address
from lib.core.errors import ConfigRefused
from lib.server.entry.doors import doors_of
from tests.server.asgi import STRANGER, asked, socket
from tests.server.doors import AT_HOME, IN_TOWN, answer

NAMES = {f"{name}:8501" for name in ("localhost", "127.0.0.1", "[::1]")}

FETCHED = [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")]


# While nobody signs in.


@pytest.mark.parametrize("host", sorted(NAMES))
def test_this_machine_comes_in_by_each_of_its_names(host: str) -> None:
    own = ("origin", f"http://{host}")

    assert AT_HOME.turned_away(asked(("host", host))) is None
    assert AT_HOME.turned_away(asked(("host", host), own, method="PUT", path="/_stcore/upload_file/a/b")) is None
    assert AT_HOME.turned_away(socket(("host", host), own)) is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8501",
        "localhost",
        "localhost:3000",
        "localhost:08501",
        "localhost:8501:8501",
        "localhost.:8501",
        "localhost.evil.example:8501",
        "evil.example@localhost:8501",
        "localhost:8501@evil.example",
        "localhost:8501/",
        "localhost:8501,evil.example",
        "localhost:8501 evil.example",
        " localhost:8501",
        "localhost:8501#",
        "http://localhost:8501",
        "127.1:8501",
        "0.0.0.0:8501",
        "2130706433:8501",
        "0x7f000001:8501",
        "[::ffff:127.0.0.1]:8501",
        "[0:0:0:0:0:0:0:1]:8501",
        "::1:8501",
        "192.168.0.7:8501",
        "",
    ],
)
def test_a_page_whose_name_was_made_to_lead_here_does_not_come_in(host: str) -> None:
    for scope in (asked(("host", host)), socket(("host", host), ("origin", f"http://{host}"))):
        assert answer(AT_HOME, scope) == 421
    assert answer(AT_HOME, asked(("host", host), path="/api/health")) == 421


def test_a_host_is_read_as_browsers_write_it_whatever_the_case() -> None:
    assert AT_HOME.turned_away(asked(("Host", "LocalHost:8501"))) is None


@pytest.mark.parametrize("hosts", [[], ["localhost:8501"] * 2, ["localhost:8501", "evil.example"]])
def test_a_request_names_one_host(hosts: list[str]) -> None:
    assert answer(AT_HOME, asked(*(("host", host) for host in hosts))) == 400


@given(
    where=st.integers(0, 14),
    put=st.text(st.sampled_from(string.printable), min_size=1, max_size=6),
    host=st.sampled_from(sorted(NAMES)),
)
def test_nothing_can_be_put_into_a_host(where: int, put: str, host: str) -> None:
    changed = host[:where] + put + host[where:]

    assert (answer(AT_HOME, asked(("host", changed))) == 200) == (changed.lower() in NAMES)


@given(host=st.text(st.characters(max_codepoint=255)), port=st.integers(1, 65_535))
def test_only_the_names_of_this_machine_at_the_servers_port_come_in(host: str, port: int) -> None:
    server = ("127.0.0.1", port)
    own = {name.replace("8501", str(port)) for name in NAMES} | (
        {"localhost", "127.0.0.1", "[::1]"} if port == 80 else set()
    )

    assert (answer(AT_HOME, asked(("host", host), server=server)) == 200) == (host.lower() in own)


@pytest.mark.parametrize(
    "client", [STRANGER, ("192.168.0.7", 1), ("::ffff:192.168.0.7", 1), ("", 0), ("localhost.x", 1), None]
)
def test_another_machine_does_not_come_in_whatever_it_says(client: tuple[str, int] | None) -> None:
    turned_away = AT_HOME.turned_away(asked(("host", "localhost:8501"), client=client))

    assert turned_away is not None
    assert turned_away.status == 403
    assert turned_away.why.endswith("set up sign_in and address in config/app.yaml.")


@pytest.mark.parametrize("client", [("127.0.0.1", 1), ("127.0.0.9", 1), ("::1", 1), ("::ffff:127.0.0.1", 1)])
def test_whoever_sits_at_this_machine_comes_in(client: tuple[str, int]) -> None:
    assert AT_HOME.turned_away(asked(("host", "localhost:8501"), client=client)) is None


@pytest.mark.parametrize(
    "header",
    [
        "forwarded",
        "via",
        "x-real-ip",
        "x-forwarded-for",
        "X-Forwarded-Host",
        "x-forwarded-proto",
        "x-forwarded",
        "x-forwarded-whatever-comes",
        "x-original-host",
        "true-client-ip",
        "cf-connecting-ip",
        "tailscale-user-login",
    ],
)
def test_a_proxy_on_this_machine_would_publish_it_and_is_told_what_to_configure(header: str) -> None:
    for scope in (asked, socket):
        turned_away = AT_HOME.turned_away(scope(("host", "localhost:8501"), (header, "localhost")))

        assert turned_away is not None
        assert turned_away.status == 403
        assert "set up sign_in and address in config/app.yaml" in turned_away.why


def test_a_server_that_speaks_tls_itself_is_at_https() -> None:
    for kind, origin, status in [("https", "https", 200), ("https", "http", 403), ("http", "https", 403)]:
        headers = [("host", "localhost:8501"), ("origin", f"{origin}://localhost:8501")]

        assert answer(AT_HOME, asked(*headers, scheme=kind)) == status
        assert answer(AT_HOME, socket(*headers, scheme=kind.replace("http", "ws"))) == status


def test_a_server_on_one_address_of_this_machine_is_there_too() -> None:
    there = {"server": ("127.0.0.5", 9000), "client": ("127.0.0.5", 1)}

    assert answer(AT_HOME, asked(("host", "127.0.0.5:9000"), **there)) == 200
    assert answer(AT_HOME, asked(("host", "127.0.0.6:9000"), **there)) == 421


def test_an_address_on_this_machine_is_one_more_name_of_it() -> None:
    tunnelled = doors_of(Address("http", "localhost", 9000), signs_in=False, listens_on="localhost")

    for host in ("localhost:9000", "localhost:8501"):
        assert answer(tunnelled, socket(("host", host), ("origin", f"http://{host}"))) == 200
    assert answer(tunnelled, asked(("host", "localhost:9001"))) == 421


# Whose page asks.


@pytest.mark.parametrize(
    "origins",
    [
        ["http://localhost:3000"],
        ["http://localhost"],
        ["https://localhost:8501"],
        ["http://localhost.:8501"],
        ["http://localhost:8501/"],
        ["http://LOCALHOST:8501"],
        ["http://evil.example"],
        ["http://localhost:8501.evil.example"],
        ["http://evil.example/localhost:8501"],
        ["null"],
        ["file://"],
        [""],
        ["http://localhost:8501", "http://evil.example"],
        ["http://localhost:8501", "http://localhost:8501"],
    ],
)
def test_a_page_of_another_origin_gets_neither_websocket_nor_change(origins: list[str]) -> None:
    headers = [("host", "localhost:8501"), *(("origin", origin) for origin in origins)]

    for doors, host in ((AT_HOME, "localhost:8501"), (IN_TOWN, "handshake.example.com")):
        headers[0] = ("host", host)
        assert answer(doors, socket(*headers)) == 403
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH", "GET"):
            assert answer(doors, asked(*headers, method=method)) == 403


def test_a_page_of_one_name_asks_at_that_name() -> None:
    """Another program's page may be at localhost where that is another address: at ::1, at the same port."""
    assert answer(AT_HOME, socket(("host", "127.0.0.1:8501"), ("origin", "http://localhost:8501"))) == 403
    assert answer(AT_HOME, socket(("host", "LOCALHOST:8501"), ("origin", "http://localhost:8501"))) == 200


def test_a_websocket_says_whose_page_it_is_of() -> None:
    """Browsers always do; and a proxy that takes it away must not make every page of every site one of ours."""
    assert answer(AT_HOME, socket(("host", "localhost:8501"))) == 403
    assert answer(IN_TOWN, socket(("host", "handshake.example.com"))) == 403


def test_programs_that_say_no_origin_reach_what_asks_them_for_a_signature_or_token() -> None:
    for path, status in [("/api/events", 200), ("/api/command", 200), ("/_stcore/upload_file/a/b", 403), ("/", 403)]:
        assert answer(AT_HOME, asked(("host", "localhost:8501"), method="POST", path=path)) == status


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_may_link_to_a_page_and_no_more(site: str) -> None:
    at = [("host", "localhost:8501"), ("sec-fetch-site", site)]
    in_a_frame = [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")]
    as_a_picture = [("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")]

    assert answer(AT_HOME, asked(*at, *FETCHED, path="/lead")) == 200
    assert answer(AT_HOME, asked(*at, *in_a_frame)) == 403
    assert answer(AT_HOME, asked(*at, *as_a_picture, path="/media/ab12.png")) == 403
    assert answer(AT_HOME, asked(*at)) == 403
    assert answer(AT_HOME, asked(*at, *FETCHED, method="POST", path="/api/events")) == 403


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_own_pages_and_typed_addresses_come_in(site: str) -> None:
    assert answer(AT_HOME, asked(("host", "localhost:8501"), ("sec-fetch-site", site))) == 200


# What is there at all.


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/tune", 200),
        ("/static/js/index.js", 200),
        ("/media/ab12.csv", 200),
        ("/_stcore/health", 200),
        ("/_stcore/host-config", 200),
        ("/lead/_stcore/host-config", 200),
        ("/_stcore/upload_file/a/b", 200),
        ("/_stcore/bidi-components/a/b.js", 200),
        ("/_stcore/metrics", 404),
        ("/_stcore/metrics/", 404),
        ("/base/_stcore/metrics", 404),
        ("/_stcore/agent/interact", 404),
        ("/_stcore/agent/openapi.json", 404),
        ("/_stcore/agent/mcp", 404),
        ("/_stcore/script-health-check", 404),
        ("/_stcore/what-a-new-version-brings", 404),
        ("/_stcore/healthy", 404),
        ("/_stcore/", 404),
    ],
)
def test_of_streamlits_own_routes_those_are_open_that_its_pages_need(path: str, status: int) -> None:
    assert answer(AT_HOME, asked(("host", "localhost:8501"), path=path)) == status
    assert answer(IN_TOWN, asked(("host", "handshake.example.com"), path=path, client=STRANGER)) == status


# Before it starts.


@pytest.mark.parametrize("listens_on", [None, "", "0.0.0.0", "::", "192.168.0.7", "handshake.example.com"])  # noqa: S104
def test_a_server_that_others_reach_does_not_start_while_nobody_signs_in(listens_on: str | None) -> None:
    with pytest.raises(ConfigRefused) as refused:
        doors_of(None, signs_in=False, listens_on=listens_on)

    where = listens_on or "every address of this machine"
    assert str(refused.value) == (
        f"server.address: nobody signs in, and the server would listen on {where}. "
        "Set it to 127.0.0.1, or set up sign_in and address in config/app.yaml."
    )


def test_an_address_for_others_is_refused_while_nobody_signs_in() -> None:
    with pytest.raises(ConfigRefused) as refused:
        doors_of(Address("https", "handshake.example.com", 443), signs_in=False, listens_on="127.0.0.1")

    assert str(refused.value) == (
        "app.yaml, address: nobody signs in, and others would reach the app at https://handshake.example.com. "
        "Set up sign_in, or leave 'address' out."
    )


def test_where_people_sign_in_the_address_is_known() -> None:
    with pytest.raises(ConfigRefused) as refused:
        doors_of(None, signs_in=True, listens_on="127.0.0.1")

    assert str(refused.value) == (
        "app.yaml: people sign in, and 'address' is missing. "
        "Write address: https://handshake.example.com, as people reach it."
    )
