"""What a browser loads and runs of the app, page by page: nothing that does not come from it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, WebSocket, expect

from tests.browser.conftest import CHROMIUM_FLAGS, SYSTEM, started
from tests.browser.looking import eventually, settled

pytestmark = pytest.mark.browser

# What is only in the page's own memory.
NOT_ASKED_FOR = ("data:", "blob:", "about:")

# Streamlit's protocol would count in WebAssembly, and counts in JavaScript where it may not: no need to allow it.
KNOWN = "script-src wasm-eval"

NOT_THEIRS = "There is no such file here for whoever asks.\n"

TELL = """addEventListener("securitypolicyviolation", violation =>
    window.violated(`${violation.violatedDirective} ${violation.blockedURI}`))"""

LANDMARKS = {
    "": ".js-plotly-plot",
    "scenarios": "[data-testid=stMarkdown]",
    "evidence": "[data-testid=stMarkdown]",
    "agreement": "[data-testid=stDownloadButton]",
    "meeting": "[data-testid=stDownloadButton]",
    "review": ".js-plotly-plot",
    "acceptance": ".js-plotly-plot",
    "sla": "[data-testid=stDataFrame]",
    "inbox": "[data-testid=stMarkdown]",
    "lead?id=L0000001": ".js-plotly-plot",
    "data": "[data-testid=stFileUploader]",
}


class Watched:
    """A tab, what it asked for, and what its policy forbade."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: set[str] = set()
        self.forbidden: list[str] = []
        page.on("request", self._note)
        page.on("websocket", self._note)
        page.expose_function("violated", self._violated)
        page.add_init_script(TELL)

    def _note(self, asked: Request | WebSocket) -> None:
        if not asked.url.startswith(NOT_ASKED_FOR):
            self.asked.add(urlsplit(asked.url).netloc)

    def _violated(self, what: str) -> None:
        if what != KNOWN:
            self.forbidden.append(what)


@pytest.fixture
def watched(page: Page) -> Watched:
    return Watched(page)


def expect_nothing_foreign(watched: Watched, server: str) -> None:
    settled(watched.page)
    assert watched.forbidden == []
    assert watched.asked == {urlsplit(server).netloc}


@pytest.mark.parametrize("address", LANDMARKS)
def test_a_page_needs_nothing_but_what_comes_from_the_app(server: str, watched: Watched, address: str) -> None:
    watched.page.goto(f"{server}/{address}")

    expect(watched.page.locator(LANDMARKS[address]).first).to_be_visible()
    expect_nothing_foreign(watched, server)


def test_dialogs_sliders_and_what_is_drawn_anew_need_nothing_else(server: str, watched: Watched) -> None:
    page = watched.page
    page.goto(f"{server}/")
    expect(page.locator(".js-plotly-plot").first).to_be_visible()

    page.get_by_role("slider").first.press("ArrowRight")
    settled(page)
    page.get_by_role("button", name="YAML").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Add a criterion").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()

    expect_nothing_foreign(watched, server)


@pytest.mark.parametrize(("button", "begins"), [("PDF", b"%PDF-"), ("Markdown", b"#"), ("YAML", b"")])
def test_what_is_handed_out_is_loaded(
    server: str, watched: Watched, tmp_path: Path, button: str, begins: bytes
) -> None:
    page = watched.page
    page.goto(f"{server}/agreement")

    with page.expect_download() as handed_out:
        page.get_by_test_id("stDownloadButton").get_by_role("button", name=button).click()

    handed_out.value.save_as(tmp_path / "agreement")
    content = (tmp_path / "agreement").read_bytes()
    assert content
    assert content.startswith(begins)
    expect_nothing_foreign(watched, server)


@pytest.fixture(scope="module")
def own_server(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app on a database of its own: what is imported stays."""
    with started(sample_database, tmp_path_factory.mktemp("doors")) as address:
        yield address


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_a_file_is_dropped_and_recognised_under_each_name(own_server: str, watched: Watched, name: str) -> None:
    page, server = watched.page, own_server.replace("127.0.0.1", name)
    page.goto(f"{server}/data")
    content = b"lead_id,created_at\np1,2026-11-02T10:00:00Z\n"

    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": content}
    )

    expect(page.get_by_text("Recognised by the headings lead_id, created_at.")).to_be_visible()
    expect_nothing_foreign(watched, server)


def test_the_address_of_a_download_is_nothing_to_another_browser(
    server: str, watched: Watched, browser: Browser
) -> None:
    page = watched.page
    page.goto(f"{server}/agreement")
    with page.expect_download() as handed_out:
        page.get_by_test_id("stDownloadButton").get_by_role("button", name="YAML").click()
    address = handed_out.value.url

    with someone_else(browser, server) as other:
        eventually(other, lambda: other.request.get(address).text(), NOT_THEIRS)


def test_a_drop_zone_is_nothing_to_another_browser(own_server: str, watched: Watched, browser: Browser) -> None:
    page = watched.page
    page.goto(f"{own_server}/data")
    zone = page.get_by_test_id("stFileUploader").locator("input[type=file]")
    with page.expect_request(re.compile("/_stcore/upload_file/")) as sent:
        zone.set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": b"lead_id,created_at\n"})
    address, origin = sent.value.url, {"Origin": own_server}

    with someone_else(browser, own_server) as other:
        eventually(other, lambda: other.request.delete(address, headers=origin).text(), NOT_THEIRS)
    # Its own browser is let in, and asked for the token against forged requests.
    eventually(page, lambda: page.request.delete(address, headers=origin).text(), "XSRF token missing or invalid")


@contextmanager
def someone_else(browser: Browser, server: str) -> Iterator[Page]:
    """The page of a visitor with another browser, on the same app."""
    context = browser.new_context()
    other = context.new_page()
    other.goto(f"{server}/data")
    settled(other)
    yield other
    context.close()


def test_a_picture_from_elsewhere_is_not_fetched_and_a_script_does_not_run(server: str, watched: Watched) -> None:
    page = watched.page
    page.goto(f"{server}/agreement")
    settled(page)

    eventually(
        page,
        lambda: page.evaluate("""() => {
            const hidden = document.createElement("div")
            hidden.innerHTML = "<img src='https://elsewhere.example/a.png' onerror='window.ran = 1'>"
            document.body.append(hidden)
            const script = document.createElement("script")
            script.textContent = "window.ran = 2"
            document.body.append(script)
            return window.ran ?? null
        }"""),
        None,
    )

    eventually(
        page,
        lambda: {one.split()[0] for one in watched.forbidden},
        {"img-src", "script-src-attr", "script-src-elem"},
    )
    # The browser tells of the request that it then does not make: nothing resolves, and nothing leaves.
    assert watched.asked <= {urlsplit(server).netloc, "elsewhere.example"}


def test_a_name_that_is_made_to_lead_here_shows_nothing_of_the_app(server: str, browser: Browser) -> None:
    """DNS rebinding, in a browser that believes evil.example to be on this machine."""
    port = urlsplit(server).port
    misled = browser.browser_type.launch(
        executable_path=SYSTEM, args=[*CHROMIUM_FLAGS, "--host-resolver-rules=MAP evil.example 127.0.0.1"]
    )
    try:
        page = misled.new_page()
        page.goto(f"http://evil.example:{port}/")

        expect(page.get_by_text(f"Handshake is on this machine only: open http://127.0.0.1:{port}.")).to_be_visible()
        expect(page.get_by_test_id("stApp")).to_have_count(0)
    finally:
        misled.close()
