"""The server's answers come late: what a visitor does meanwhile takes nothing back that was done before."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.looking import noted, settled
from tests.browser.test_tune import drawn, figure, slider

pytestmark = pytest.mark.browser

QUIET_MS = 400


def bytes_of(message: str | bytes) -> bytes:
    return message if isinstance(message, bytes) else message.encode()


class Line:
    """What the server sends to a page; it can be made to wait."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._is_done = True
        self._waiting: list[Callable[[], None]] | None = None
        page.route_web_socket(re.compile("/_stcore/stream"), self._join)

    def _join(self, browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()
        browser.on_message(server.send)

        def deliver(message: str | bytes) -> None:
            kind = ForwardMsg.FromString(bytes_of(message)).WhichOneof("type")
            self._is_done = kind == "script_finished" or (self._is_done and kind != "new_session")
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

    def wait_until_answered(self) -> None:
        """Wait until the server has sent its answer to the end, and nothing for a while after."""
        so_far = -1
        while not self._waiting or len(self._waiting) > so_far or not self._is_done:
            so_far = len(self._waiting or ())
            self._page.wait_for_timeout(QUIET_MS)


@pytest.fixture
def line(page: Page, server: str) -> Line:
    """To the Tune page, drawn whole."""
    opened = Line(page)
    page.goto(server)
    drawn(page)
    return opened


def test_a_click_before_a_drafts_first_change_was_answered_stays_in_the_draft(page: Page, line: Line) -> None:
    with line.late():
        slider(page, "Threshold").press("ArrowLeft")
        line.wait_until_answered()
        page.get_by_role("button", name="Propose").click()
        page.wait_for_timeout(QUIET_MS)

    expect(page.get_by_role("dialog").get_by_text("Threshold: 60 → 59")).to_be_visible()
    expect(page).to_have_url(re.compile("draft="))


def test_undo_pressed_twice_before_the_first_was_answered_takes_two_steps_back(page: Page, line: Line) -> None:
    before = noted(page, lambda: figure(page, "In the window").inner_text())
    slider(page, "Director or above").press("End")
    expect(figure(page, "In the window")).not_to_have_text(before)
    settled(page)
    slider(page, "Threshold").press("ArrowLeft")
    expect(page.get_by_role("heading", name=re.compile("At 59 points"))).to_be_visible()
    settled(page)

    with line.late():
        page.get_by_role("button", name="Undo").click()
        line.wait_until_answered()
        page.get_by_role("button", name="Undo").click()
        page.wait_for_timeout(QUIET_MS)

    expect(slider(page, "Threshold")).to_have_value("60")
    expect(slider(page, "Director or above")).to_have_value("20")
    expect(figure(page, "In the window")).to_have_text(before)
