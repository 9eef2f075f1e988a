"""Two browsers in one meeting: one side proposes on Tune, the other signs, both see it agreed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import started
from tests.browser.test_tune import drawn, slider

pytestmark = pytest.mark.browser


@pytest.fixture
def meeting(sample_database: Path, tmp_path: Path) -> Iterator[str]:
    """A server of its own: what is agreed here would be in force in every other test."""
    with started(sample_database, tmp_path) as address:
        yield address


@pytest.fixture
def toms(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def say_who(page: Page, name: str) -> None:
    page.get_by_test_id("stMain").get_by_role("combobox", name="You are").fill(name)
    page.keyboard.press("Enter")


def test_one_side_proposes_the_other_signs_and_both_see_it_agreed(meeting: str, page: Page, toms: Page) -> None:
    # Marta, of sales, proposes what she tuned, and gives her reason.
    page.goto(meeting)
    drawn(page)
    slider(page, "Threshold").press("ArrowLeft")
    expect(page).to_have_url(re.compile("draft="))
    page.get_by_role("button", name="Propose").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Threshold: 60 → 59")).to_be_visible()
    dialog.get_by_role("combobox", name="You are").fill("Marta Vidal")
    page.keyboard.press("Enter")
    dialog.get_by_role("textbox", name=re.compile("^Why")).fill("Sales can take a few more")
    dialog.get_by_role("textbox", name=re.compile("^Why")).press("Tab")
    dialog.get_by_role("button", name="Propose it").click()
    expect(page).to_have_url(re.compile(r"/agreement\?version=2"))

    # Tom, of marketing, opens what she pasted and signs for his side; there is nothing for him at hers.
    toms.goto(page.url)
    say_who(toms, "Tom Okafor")
    toms.get_by_role("button", name="Sign for marketing").click()
    expect(toms.get_by_role("button", name="Sign for sales")).to_have_count(0)
    toms.get_by_role("button", name="Sign version 2").click()
    expect(toms.get_by_role("heading", name=re.compile("Tom Okafor$"))).to_be_visible()

    # Without reloading anything Marta sees his name, signs, and both see it in force.
    expect(page.get_by_role("heading", name=re.compile("Tom Okafor$"))).to_be_visible()
    page.get_by_role("button", name="Sign for sales").click()
    page.get_by_role("button", name="Sign version 2").click()
    for one in (page, toms):
        in_force = re.compile(r"^Version 2 is in force since .*, signed by Tom Okafor .* and Marta Vidal")
        expect(one.get_by_role("heading", name=in_force)).to_be_visible()
