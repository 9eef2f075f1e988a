"""The Inbox and the SLA page as sales uses them in a browser, with the keyboard and from two browsers at once."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import started
from tests.browser.looking import eventually, noted, settled
from tests.pages.desk import desk

pytestmark = pytest.mark.browser

REP = "Ana Ames"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The app on a desk of a test's own: what is answered stays answered."""
    (tmp_path / "server").mkdir()
    with started(desk(tmp_path), tmp_path / "server") as address:
        yield address


def open_as(page: Page, address: str, who: str) -> None:
    """The page once somebody has said who they are, the focus on nothing."""
    page.goto(address)
    box = page.get_by_role("combobox", name="You are")
    expect(box).to_be_visible(timeout=30_000)
    settled(page)
    box.click()
    page.keyboard.type(who)
    page.get_by_role("option", name=re.compile(who)).click()
    expect(box).to_have_value(re.compile(who))
    settled(page)
    page.get_by_role("heading", level=4).click()


def open_inbox(page: Page, address: str, who: str) -> None:
    """The inbox once its buttons can be pressed."""
    open_as(page, address, who)
    expect(page.get_by_role("button", name=re.compile("^Accept"))).to_be_enabled(timeout=30_000)
    settled(page)


def shown(page: Page) -> Locator:
    """The name of the lead on the right."""
    return page.get_by_role("heading", level=3).get_by_role("link").first


def next_lead(page: Page) -> str:
    """Press the key for it; the name of the lead that is shown then."""
    before = noted(page, lambda: shown(page).inner_text())
    page.keyboard.press("n")
    expect(shown(page)).not_to_have_text(before)
    expect(page).to_have_url(re.compile(r"lead="))
    return noted(page, lambda: shown(page).inner_text())


@pytest.fixture
def colleague(browser: Browser) -> Iterator[Page]:
    """Another browser."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def test_a_lead_is_accepted_with_the_keyboard_and_taken_back(server: str, page: Page) -> None:
    open_inbox(page, f"{server}/inbox", REP)
    name = next_lead(page)

    page.keyboard.press("a")
    dialog = page.get_by_role("dialog", name=f"Accept {name}?")
    expect(dialog).to_be_focused()
    expect(dialog.get_by_role("checkbox")).to_have_count(3)
    # Past the button that closes it.
    page.keyboard.press("Tab")
    for question in range(3):
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        expect(dialog.get_by_role("checkbox").nth(question)).to_be_checked()
    page.keyboard.press("Control+Enter")

    main = page.get_by_test_id("stMain")
    expect(main.get_by_text(re.compile(f"{name}: accepted by {REP}"))).to_be_visible()
    expect(shown(page)).not_to_have_text(name)

    page.get_by_role("button", name=re.compile("^Undo")).click()

    expect(main.get_by_text(f"Taken back: {name} is as before.")).to_be_visible()
    expect(shown(page)).to_have_text(name)


def test_the_second_browser_is_told_what_the_first_one_did(server: str, page: Page, colleague: Page) -> None:
    open_inbox(page, f"{server}/inbox", REP)
    name, address = noted(page, lambda: (shown(page).inner_text(), page.url))
    open_inbox(colleague, address, "Marta")
    expect(shown(colleague)).to_have_text(name)
    for one in (page, colleague):
        one.keyboard.press("x")
        dialog = one.get_by_role("dialog", name=f"Reject {name}?")
        dialog.get_by_text("No budget", exact=True).click()

    page.get_by_role("dialog").get_by_role("button", name=re.compile("^Reject")).click()
    expect(page.get_by_text(re.compile(f"{name}: rejected by {REP}"))).to_be_visible()
    colleague.get_by_role("dialog").get_by_role("button", name=re.compile("^Reject")).click()

    expect(colleague.get_by_role("alert").get_by_text(re.compile(f"{name} was rejected by {REP}"))).to_be_visible()


def test_the_address_shows_a_colleague_the_same_lead(server: str, page: Page, colleague: Page) -> None:
    open_inbox(page, f"{server}/inbox", REP)
    name = next_lead(page)

    colleague.goto(page.url)

    expect(colleague.get_by_role("button", name=re.compile("^Accept"))).to_be_visible()
    expect(shown(colleague)).to_have_text(name)
    expect(colleague.get_by_role("button", name=re.compile("^Accept"))).to_be_disabled()


def test_one_click_returns_an_overdue_lead_to_marketing(server: str, page: Page) -> None:
    open_as(page, f"{server}/sla", "Marta")
    table = page.get_by_test_id("stDataFrame").nth(1)
    width = noted(page, lambda: table.evaluate("table => table.clientWidth"))

    # Cells are drawn, not elements: the last column of the first row.
    table.click(position={"x": width - 60, "y": 36 + 18})

    done = page.get_by_test_id("stMain").get_by_text(re.compile(r"rejected by Marta Vidal on .* \(Never answered\)"))
    expect(done).to_be_visible(timeout=30_000)
    expect(page.get_by_role("button", name=re.compile("^Undo"))).to_be_visible()


@pytest.mark.parametrize("address", ["sla", "inbox?inbox=Ana+Ames+%28ana%29"])
def test_nothing_is_wider_than_a_narrow_screen(server: str, page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server}/{address}")
    expect(page.get_by_role("heading", level=4)).to_be_visible(timeout=30_000)
    settled(page)

    main = page.get_by_test_id("stMain")
    eventually(page, lambda: main.evaluate("main => main.scrollWidth - main.clientWidth"), 0)
