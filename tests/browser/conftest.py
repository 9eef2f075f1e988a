"""A real server on a database of its own, and a headless Chromium to open it with."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.looking import PATIENCE_SECONDS

ROOT = Path(__file__).parents[2]

# The update and sync services would look for hosts that are none of a test's business.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

SYSTEM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
"""The system's own browser, where there is one."""

START_SECONDS = 90

# A busy machine may be slow; what is waited for is the page, not the clock.
expect.set_options(timeout=1_000 * PATIENCE_SECONDS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        if SYSTEM is None and not Path(playwright.chromium.executable_path).exists():
            message = "no Chromium: install Debian's, or run `.venv/bin/playwright install chromium`"
            if os.environ.get("CI"):
                pytest.fail(message)
            pytest.skip(message)
        opened = playwright.chromium.launch(executable_path=SYSTEM, args=CHROMIUM_FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def server(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app, started as users start it."""
    with started(sample_database, tmp_path_factory.mktemp("server")) as address:
        yield address


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def started(database: Path, folder: Path, config: Path = ROOT / "config", port: int | None = None) -> Iterator[str]:
    """The app on a copy of a database, as users start it, until it has been used; at a free port, or the one given."""
    copy = folder / "handshake.duckdb"
    copy.write_bytes(database.read_bytes())
    port = port or free_port()
    log = folder / "server.log"
    with log.open("w") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
            cwd=ROOT,
            env={**os.environ, "HANDSHAKE_DB": str(copy), "HANDSHAKE_CONFIG": str(config)},
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_healthy(address, process, log)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_until_healthy(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/api/health", timeout=2) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except OSError:
            # Not listening yet; the loop is the wait.
            pass
    raise AssertionError(f"the server did not start:\n{log.read_text()}")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A new tab of a new visitor; whatever the page logs as an error fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []
