"""What the decisions support, as a meeting meets it in a browser: read, one click, and on to Tune."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import noted, settled
from tests.browser.test_review import expect_no_scrolling_sideways, opened

pytestmark = pytest.mark.browser


def test_what_no_criterion_asks_for_is_one_click_from_the_draft_on_tune(server: str, page: Page) -> None:
    opened(page, f"{server}/evidence", "drift-by-month")
    headline = re.compile(r"^[\d,]+ decisions support \d+ of the \d+ criteria of the agreed definition")
    expect(page.get_by_role("heading", name=headline)).to_be_visible()
    add = page.get_by_role("button", name=re.compile("^add Add with|^Add with")).first
    found = noted(page, lambda: add.locator("xpath=preceding::strong[1]").inner_text())

    add.click()
    in_the_draft = page.get_by_role("link", name="In the draft").first
    expect(in_the_draft).to_be_visible()
    settled(page)
    in_the_draft.click()

    expect(page.get_by_role("group", name=re.compile(f"^{re.escape(found)} "))).to_be_attached()


def test_a_pasted_address_shows_the_same_days_and_the_same_comparison(server: str, page: Page) -> None:
    opened(page, f"{server}/evidence?from=2026-08-03&to=2026-11-02&deals-by=sources", "drift-by-month")

    expect(page.locator(".st-key-window-picker")).to_contain_text("3 Aug 2026 – 1 Nov 2026")
    expect(page.locator(".st-key-deals-sources .js-plotly-plot")).to_be_visible()


def test_a_narrow_screen_needs_no_scrolling_sideways(server: str, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})

    opened(page, f"{server}/evidence", "drift-by-month")

    expect_no_scrolling_sideways(page)
