"""The server's answers come late: what a visitor does meanwhile takes nothing back that was done before."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.looking import eventually, noted, settled
from tests.browser.test_tune import drawn, figure, slider

pytestmark = pytest.mark.browser


class Line:
    """What the server sends to a page; it can be made to wait."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._waiting: list[Callable[[], None]] | None = None
        self._sent: list[ForwardMsg] = []
        page.route_web_socket(re.compile("/_stcore/stream"), self._join)

    def _join(self, browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()
        browser.on_message(server.send)

        def deliver(message: str | bytes) -> None:
            if isinstance(message, bytes):
                self._sent.append(ForwardMsg.FromString(message))
            if self._waiting is None:
                browser.send(message)
            else:
                self._waiting.append(lambda: browser.send(message))

        server.on_message(deliver)

    @contextmanager
    def late(self) -> Iterator[None]:
        """Nothing reaches the page in this block; what the server sent meanwhile comes after it."""
        self._waiting = []
        yield
        come, self._waiting = self._waiting, None
        for send in come:
            send()

    def wait_until(self, says: Callable[[ForwardMsg], bool], asked: Callable[[], None]) -> None:
        """Ask something of the server, and wait until it says what is to be seen for having done it."""
        self._sent.clear()
        asked()
        eventually(self._page, lambda: any(map(says, self._sent)), True)


def draws(message: ForwardMsg) -> bool:
    return message.WhichOneof("type") == "delta"


def draws_the_page(message: ForwardMsg) -> bool:
    """Its callbacks done, a run of the whole page first says which pages there are; one of a part never does."""
    return message.WhichOneof("type") == "navigation"


@pytest.fixture
def line(page: Page, server: str) -> Line:
    """To the Tune page, drawn whole."""
    opened = Line(page)
    page.goto(server)
    drawn(page)
    return opened


def test_a_click_before_a_drafts_first_change_was_answered_stays_in_the_draft(page: Page, line: Line) -> None:
    with line.late():
        line.wait_until(draws, lambda: slider(page, "Threshold").press("ArrowLeft"))
        line.wait_until(draws_the_page, page.get_by_role("button", name="Propose").click)

    expect(page.get_by_role("dialog").get_by_text("Threshold: 60 → 59")).to_be_visible()
    expect(page).to_have_url(re.compile("draft="))


def test_undo_pressed_twice_before_the_first_was_answered_takes_two_steps_back(
    page: Page, line: Line, server: str
) -> None:
    for more in (2, 1, 0):
        try:
            undo_twice(page, line)
        except AssertionError:
            # The rule is of presses within a second; a busy machine may take longer from one to the other.
            if not more:
                raise
            page.goto(server)
            drawn(page)
        else:
            return


def undo_twice(page: Page, line: Line) -> None:
    before = noted(page, lambda: figure(page, "In the window").inner_text())
    slider(page, "Director or above").press("End")
    expect(figure(page, "In the window")).not_to_have_text(before)
    settled(page)
    slider(page, "Threshold").press("ArrowLeft")
    expect(page.get_by_role("heading", name=re.compile("At 59 points"))).to_be_visible()
    settled(page)

    undo = page.get_by_role("button", name="Undo")
    with line.late():
        line.wait_until(draws_the_page, undo.click)
        # At once, as the server takes what comes a second later for the visitor's own.
        line.wait_until(draws_the_page, lambda: undo.dispatch_event("click"))

    expect(slider(page, "Threshold")).to_have_value("60")
    expect(slider(page, "Director or above")).to_have_value("20")
    expect(figure(page, "In the window")).to_have_text(before)
