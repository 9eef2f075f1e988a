"""The weekly review and what sales accepts, as people meet them in a browser."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.looking import eventually, noted, settled

pytestmark = pytest.mark.browser


def opened(page: Page, address: str, chart: str) -> None:
    page.goto(address)
    expect(page.locator(f".st-key-{chart} .js-plotly-plot")).to_be_visible(timeout=30_000)
    settled(page)


def said(page: Page, chart: str) -> Locator:
    """The chart, whose text alternative says what it shows."""
    return page.locator(f".st-key-{chart}").get_by_role("figure")


def what_is_said(page: Page, chart: str) -> str:
    expect(said(page, chart)).to_have_attribute("aria-label", re.compile(r"\w"))
    return noted(page, lambda: said(page, chart).get_attribute("aria-label") or "")


def expect_no_scrolling_sideways(page: Page) -> None:
    main = page.get_by_test_id("stMain")
    eventually(page, lambda: main.evaluate("main => Math.max(0, main.scrollWidth - main.clientWidth)"), 0)


def leads_behind(page: Page) -> Locator:
    return page.get_by_role("region", name=re.compile("^The leads behind what was chosen"))


def test_a_pasted_address_opens_the_review_cold(server: str, page: Page) -> None:
    opened(page, f"{server}/review", "trend")

    expect(page.get_by_role("heading", name=re.compile("^Last week marketing handed over"))).to_be_visible()
    expect(page.get_by_test_id("stMetric")).to_have_count(6)


def test_a_sentence_about_a_change_leads_to_its_chart_on_the_same_page(server: str, page: Page) -> None:
    opened(page, f"{server}/review", "trend")

    page.get_by_role("link", name="Became an SQL").click()

    expect(page.locator("#conversion")).to_be_in_viewport()
    eventually(page, lambda: len(page.context.pages), 1)


def test_the_address_of_a_filtered_review_shows_a_colleague_the_same(server: str, page: Page) -> None:
    opened(page, f"{server}/review", "trend")
    page.locator(".st-key-channel input").click()
    page.get_by_role("option", name="event").click()
    page.get_by_test_id("stMain").get_by_text("month", exact=True).click()
    expect(page).to_have_url(re.compile(r"channel=event"))
    expect(page).to_have_url(re.compile(r"by=month"))
    expect(said(page, "trend")).to_have_attribute("aria-label", re.compile("MQLs in [0-9] months"))
    seen = what_is_said(page, "trend")

    opened(page, page.url, "trend")

    expect(page.locator(".st-key-channel input")).to_have_value("event")
    expect(said(page, "trend")).to_have_attribute("aria-label", seen)


def test_other_days_chosen_among_the_filters_count_on_the_whole_page(server: str, page: Page) -> None:
    opened(page, f"{server}/review", "costs")
    before = what_is_said(page, "costs")

    page.locator(".st-key-window-picker button").first.click()
    page.get_by_text("Last 4 whole weeks").click()

    expect(said(page, "costs")).not_to_have_attribute("aria-label", before)


WHICH_IS_TALLEST = """bars => {
    const heights = bars.map((bar) => bar.getBoundingClientRect().height)
    return heights.indexOf(Math.max(...heights))
}"""


def test_a_click_on_a_bar_lists_the_leads_behind_it(server: str, page: Page) -> None:
    opened(page, f"{server}/acceptance", "reasons")
    bars = page.locator(".st-key-reasons .barlayer .point path")
    tallest = bars.nth(noted(page, lambda: bars.evaluate_all(WHICH_IS_TALLEST)))

    # The chart lays what watches the pointer over its bars.
    tallest.hover(force=True)
    # A click is about what the pointer is known to be over.
    expect(page.locator(".st-key-reasons .hoverlayer")).to_contain_text("week of")
    page.mouse.down()
    page.mouse.up()

    expect(leads_behind(page)).to_be_visible()
    expect(page.locator(".st-key-reason input")).not_to_have_value("")
    expect(page.locator(".st-key-reason-period input")).to_have_value(re.compile("^the week of "))


def test_the_leads_of_a_group_are_reached_by_keyboard(server: str, page: Page) -> None:
    opened(page, f"{server}/acceptance", "groups-channel")

    page.locator(".st-key-group-channel input").focus()
    page.keyboard.type("event")
    page.keyboard.press("Enter")

    expect(leads_behind(page)).to_be_visible()


@pytest.mark.parametrize(("path", "chart"), [("review", "trend"), ("acceptance", "calibration")])
def test_a_narrow_screen_needs_no_scrolling_sideways(server: str, page: Page, path: str, chart: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})

    opened(page, f"{server}/{path}", chart)

    expect_no_scrolling_sideways(page)
