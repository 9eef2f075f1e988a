"""Two browsers in one meeting: what one does appears at the other's, and nobody is overwritten."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import settled
from tests.browser.test_tune import drawn, figure, in_the_window, slider

pytestmark = pytest.mark.browser


@pytest.fixture
def marta(page: Page, server: str) -> Page:
    """Marta has said who she is and has begun a draft."""
    page.goto(server)
    drawn(page)
    page.get_by_role("button", name="Who are you?").click()
    page.get_by_role("combobox", name="You are").fill("Marta Vidal")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Marta Vidal")).to_be_visible()
    page.keyboard.press("Escape")
    before = in_the_window(page)
    slider(page, "Threshold").press("ArrowLeft")
    expect(figure(page, "In the window")).not_to_have_text(before)
    expect(page).to_have_url(re.compile("draft=.*Marta"))
    settled(page)
    return page


# The browser's clock for looking after what others did, which a test can stop.
STOPPABLE_LOOKS = """
    const every = window.setInterval
    window.setInterval = (look, ms) => every(() => { if (!window.looksStopped) look() }, ms)
"""


@pytest.fixture
def tom(browser: Browser, marta: Page) -> Iterator[Page]:
    """Tom has pasted the address of Marta's draft."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    opened.add_init_script(STOPPABLE_LOOKS)
    opened.goto(marta.url)
    drawn(opened)
    expect(slider(opened, "Threshold")).to_have_value("59")
    yield opened
    context.close()


def test_a_change_appears_at_the_others_by_itself_with_who_made_it(marta: Page, tom: Page) -> None:
    weight, decides = slider(tom, "Asked for a demo"), slider(marta, "Director or above")
    before = in_the_window(marta)
    weight.focus()
    decides.focus()

    decides.press("End")

    expect(slider(tom, "Director or above")).to_have_value("50")
    expect(tom.get_by_text("Marta Vidal: Director or above: 20 → 50 points")).to_be_visible()
    expect(figure(marta, "In the window")).not_to_have_text(before)
    expect(figure(tom, "In the window")).to_have_text(in_the_window(marta))
    # What Tom has in hand stays where it is.
    expect(weight).to_be_focused()
    expect(weight).to_have_value("30")


def test_two_who_move_the_same_slider_at_once_are_asked_and_a_reloaded_tab_has_the_choice(
    marta: Page, tom: Page
) -> None:
    theirs, mine = slider(marta, "Director or above"), slider(tom, "Director or above")
    # Tom does not hear of Marta's change before he makes his.
    tom.evaluate("window.looksStopped = true")
    theirs.press("End")
    expect(figure(marta, "In the window")).not_to_have_text(in_the_window(tom))
    mine.press("Home")

    dialog = tom.get_by_role("dialog")
    expect(dialog).to_contain_text("Marta Vidal: Director or above: 20 → 50 points")
    expect(dialog).to_contain_text("You: Director or above: 20 → 0 points")
    dialog.get_by_role("button", name="You:").click()
    expect(dialog).not_to_be_visible()
    tom.evaluate("window.looksStopped = false")
    expect(mine).to_have_value("0")
    expect(theirs).to_have_value("0")

    marta.reload()
    drawn(marta)
    expect(slider(marta, "Director or above")).to_have_value("0")
    expect(slider(marta, "Threshold")).to_have_value("59")
