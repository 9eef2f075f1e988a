"""The whole meeting with two people, two browsers and two real sign-ins: nobody signs but who proved it, and once."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import free_port, started
from tests.browser.looking import eventually
from tests.conftest import ROOT

LUCIA = {"sub": "1", "name": "Lucia", "email": "lucia.ferrer@example.com", "email_verified": True}
MARTA = {"sub": "2", "name": "M.", "email": "marta.vidal@example.com", "email_verified": True}
EVE = {"sub": "3", "name": "Marta Vidal", "email": "marta.vidal@example.com", "email_verified": False}
STARTS_SECONDS = 30

KEPT = {"handshake", "handshake_browser", "_streamlit_xsrf"}
"""What a browser keeps of somebody who has signed in."""


@contextmanager
def provider() -> Iterator[str]:
    """An OpenID Connect provider as a process of its own; its address."""
    port = free_port()
    people = [part for one in (LUCIA, MARTA, EVE) for part in ("--user-claims", json.dumps(one))]
    command = [str(Path(sys.executable).parent / "oidc-provider-mock"), "--port", str(port), *people]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + STARTS_SECONDS
        while time.monotonic() < deadline and not _answers(address):
            assert process.poll() is None, "the provider did not start"
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/.well-known/openid-configuration", timeout=2):  # noqa: S310
            return True
    except OSError:
        return False


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where configuration and database of the app lie."""
    return tmp_path_factory.mktemp("signing-in")


@pytest.fixture(scope="module")
def app(sample_database: Path, folder: Path) -> Iterator[str]:
    """The app at one address, with people who sign in at a provider."""
    config = folder / "config"
    shutil.copytree(ROOT / "config", config)
    port = free_port()
    with provider() as company, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HANDSHAKE_COOKIE_SECRET", "0123456789" * 4)
        patch.setenv("HANDSHAKE_CLIENT_SECRET", "not checked by this provider")
        sign_in = f"""
address: http://127.0.0.1:{port}
sign_in:
  cookie_secret_variable: HANDSHAKE_COOKIE_SECRET
  providers:
    company:
      metadata: {company}/.well-known/openid-configuration
      client_id: handshake
      client_secret_variable: HANDSHAKE_CLIENT_SECRET
      emails: [example.com]
"""
        written = (config / "app.yaml").read_text(encoding="utf-8") + sign_in
        (config / "app.yaml").write_text(written, encoding="utf-8")
        people = (config / "people.yaml").read_text(encoding="utf-8")
        operator = "people:\n  - {name: Noor Haddad, role: operator}\n"
        (config / "people.yaml").write_text(people.replace("people:\n", operator, 1), encoding="utf-8")
        with started(sample_database, folder, config, port) as address:
            yield address


@pytest.fixture
def lucia(browser: Browser) -> Iterator[Page]:
    yield from own_browser(browser)


@pytest.fixture
def marta(browser: Browser) -> Iterator[Page]:
    yield from own_browser(browser)


def own_browser(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def prove(page: Page, who: dict[str, object]) -> None:
    """At the provider: say who one is there."""
    page.locator("input[name=sub]").fill(str(who["sub"]))
    page.get_by_role("button", name="Authorize").click()


def sign_in(page: Page, address: str, who: dict[str, object]) -> None:
    page.goto(address)
    page.get_by_role("link", name="Sign in with company").click()
    prove(page, who)


def sign(page: Page, side: str, who: dict[str, object]) -> None:
    page.get_by_role("button", name=f"Sign for {side}").click()
    page.get_by_role("button", name="Prove it and sign version").click()
    prove(page, who)


def test_two_people_sign_in_propose_and_sign_each_in_their_own_browser(app: str, lucia: Page, marta: Page) -> None:
    sign_in(lucia, f"{app}/agreement", LUCIA)
    expect(lucia.get_by_role("button", name="Lucía Ferrer")).to_be_visible(timeout=30_000)
    expect(lucia).to_have_url(f"{app}/agreement")

    lucia.get_by_role("button", name="Propose it as it is").click()
    lucia.get_by_role("dialog").get_by_role("button", name="Propose it").click()
    expect(lucia.get_by_text("waits for sales and marketing").first).to_be_visible(timeout=30_000)
    sign(lucia, "marketing", LUCIA)
    expect(lucia.get_by_text("waits for sales. Version 1 is in force").first).to_be_visible(timeout=30_000)

    sign_in(marta, f"{app}/agreement?version=2", MARTA)
    sign(marta, "sales", LUCIA)
    expect(marta.get_by_text("somebody else has signed in meanwhile")).to_be_visible(timeout=30_000)
    marta.goto(f"{app}/agreement?version=2")
    sign(marta, "sales", MARTA)

    signed = "signed by Lucía Ferrer (marketing, signed in) and Marta Vidal (sales, signed in)"
    expect(marta.get_by_text(signed).first).to_be_visible(timeout=30_000)
    # Streamlit's own word for who signed in, which is good for 30 days, never came here.
    eventually(marta, lambda: {cookie["name"] for cookie in marta.context.cookies(app)}, KEPT)


def test_who_is_not_let_in_is_told_and_sees_no_page(app: str, lucia: Page) -> None:
    sign_in(lucia, f"{app}/inbox", EVE)

    expect(lucia.get_by_role("heading", name="You were not let in.")).to_be_visible(timeout=30_000)
    lucia.goto(f"{app}/inbox")
    expect(lucia.get_by_role("link", name="Sign in with company")).to_be_visible()


def test_signing_out_ends_every_tab_of_that_person(app: str, lucia: Page) -> None:
    sign_in(lucia, f"{app}/agreement", LUCIA)
    other = lucia.context.new_page()
    other.goto(app)
    expect(other.get_by_role("button", name="Lucía Ferrer")).to_be_visible(timeout=30_000)

    lucia.get_by_role("button", name="Lucía Ferrer").click()
    lucia.get_by_role("button", name="Sign out").click()

    expect(lucia.get_by_role("link", name="Sign in with company")).to_be_visible(timeout=30_000)
    expect(other.get_by_role("link", name="Sign in with company")).to_be_visible(timeout=60_000)


@pytest.mark.usefixtures("app")
def test_commands_beside_the_app_look_and_change_nothing(folder: Path) -> None:
    def asked(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "lib", *words, "--db", str(folder / "handshake.duckdb")]
        return subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)

    looked, changed = asked("funnel"), asked("withdraw", "2", "--as", "Marta Vidal", "--reason", "Not mine")

    assert looked.returncode == 0
    assert changed.returncode == 1
    assert "a terminal beside the app may not propose and withdraw" in changed.stderr
