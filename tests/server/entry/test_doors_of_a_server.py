"""A real server's doors: before the page, its files, the app's own routes and the websocket."""

import http.client
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import START_SECONDS, started

ROOT = Path(__file__).parents[3]

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@dataclass(frozen=True)
class Said:
    status: int
    headers: dict[str, str]
    text: str


@pytest.fixture(scope="module")
def port(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where a server listens that was started as users start it."""
    with started(sample_database, tmp_path_factory.mktemp("doors")) as address:
        yield urlsplit(address).port or 0


def ask(port: int, path: str, *headers: tuple[str, str], method: str = "GET") -> Said:
    """The answer to a request with these headers and no others, not even a Host."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        opened = answer.status == http.client.SWITCHING_PROTOCOLS
        text = "" if opened else answer.read().decode("latin-1")
        return Said(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)
    finally:
        connection.close()


def script(port: int) -> str:
    """The address of a file of Streamlit's page."""
    page = ask(port, "/", ("Host", f"localhost:{port}"))
    found = re.search(r'src="\.(/static/js/[^"]+)"', page.text)
    assert found is not None
    return found[1]


def test_the_app_answers_on_this_machine(port: int) -> None:
    for host in (f"localhost:{port}", f"127.0.0.1:{port}", f"[::1]:{port}"):
        for path in ("/", "/lead", "/api/health", "/_stcore/health", script(port)):
            assert ask(port, path, ("Host", host)).status == 200
        opened = ask(port, "/_stcore/stream", ("Host", host), ("Origin", f"http://{host}"), *UPGRADE.items())
        assert opened.status == 101


def test_a_foreign_host_gets_no_page_no_file_no_route_and_no_websocket(port: int) -> None:
    """A page of evil.example whose name was made to lead to 127.0.0.1 (DNS rebinding)."""
    for host in ("evil.example", f"evil.example:{port}", f"localhost.evil.example:{port}"):
        for path in ("/", "/lead", "/api/health", "/api/nothing", "/_stcore/health", "/media/a.csv", script(port)):
            said = ask(port, path, ("Host", host))

            assert said.status == 421
            assert said.text.startswith(f"Handshake is on this machine only: open http://127.0.0.1:{port}.")
        socket_of_it = ask(port, "/_stcore/stream", ("Host", host), ("Origin", f"http://{host}"), *UPGRADE.items())
        assert socket_of_it.status == 421


@pytest.mark.parametrize("hosts", [[], ["localhost:{port}", "evil.example"]])
def test_a_request_without_a_host_or_with_two_is_no_request(port: int, hosts: list[str]) -> None:
    headers = [("Host", host.format(port=port)) for host in hosts]

    assert ask(port, "/", *headers).status == 400
    assert ask(port, "/_stcore/stream", *headers, *UPGRADE.items()).status == 400


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://evil.example", "null", None])
def test_a_foreign_page_opens_no_websocket_and_sends_no_file(port: int, origin: str | None) -> None:
    headers = [("Host", f"localhost:{port}"), *([("Origin", origin)] if origin else [])]

    assert ask(port, "/_stcore/stream", *headers, *UPGRADE.items()).status == 403
    assert ask(port, "/_stcore/upload_file/a/b", *headers, method="PUT").status == 403


def test_a_proxy_on_this_machine_does_not_publish_it(port: int) -> None:
    said = ask(port, "/", ("Host", f"127.0.0.1:{port}"), ("X-Forwarded-For", "203.0.113.9"))

    assert said.status == 403
    assert "set up sign_in and address in config/app.yaml" in said.text


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/agent/interact"])
def test_what_pages_do_not_need_of_streamlit_is_not_there(port: int, path: str) -> None:
    assert ask(port, path, ("Host", f"localhost:{port}")).status == 404
    assert ask(port, path, ("Host", f"localhost:{port}"), method="POST").status in (403, 404)


def test_what_leaves_says_what_a_page_may_load_and_cookies_are_kept(port: int) -> None:
    page, health = (ask(port, path, ("Host", f"localhost:{port}")) for path in ("/", "/_stcore/health"))

    assert page.headers["content-security-policy"].startswith("default-src 'self'; script-src 'self' blob: 'sha256-")
    assert page.headers["x-content-type-options"] == "nosniff"
    assert health.headers["set-cookie"].startswith("_streamlit_xsrf=")
    assert "SameSite=Lax" in health.headers["set-cookie"]
    assert not [name for name in health.headers if name.startswith("access-control-")]


@pytest.mark.parametrize(
    ("address", "config", "line"),
    [
        (
            "0.0.0.0",  # noqa: S104
            "",
            "server.address: nobody signs in, and the server would listen on 0.0.0.0. "
            "Set it to 127.0.0.1, or set up sign_in and address in config/app.yaml.",
        ),
        (
            "127.0.0.1",
            "address: https://handshake.example.com",
            "app.yaml, address: nobody signs in, and others would reach the app at https://handshake.example.com. "
            "Set up sign_in, or leave 'address' out.",
        ),
    ],
)
def test_while_nobody_signs_in_it_does_not_start_for_others(
    database_copy: Path, tmp_path: Path, address: str, config: str, line: str
) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "app.yaml").write_text(config)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    server = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", port, "--server.address", address]

    done = subprocess.run(
        server,
        cwd=ROOT,
        env={**os.environ, "HANDSHAKE_DB": str(database_copy), "HANDSHAKE_CONFIG": str(tmp_path / "config")},
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )

    assert (done.returncode, done.stderr.splitlines()) == (1, [line])
