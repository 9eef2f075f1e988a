"""The Tune page in a real browser: keys move the figures, the page stays where it is, addresses are guarded."""

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import started
from tests.browser.looking import eventually, noted, settled

pytestmark = pytest.mark.browser

FIGURE = "[data-testid=stMetricValue]"


@pytest.fixture
def tune(page: Page, server: str) -> Page:
    """The Tune page, drawn whole."""
    page.goto(server)
    drawn(page)
    return page


def drawn(page: Page) -> None:
    expect(page.get_by_test_id("stMetricValue")).to_have_count(6, timeout=30_000)
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Who changes sides?").first).to_be_visible(timeout=30_000)
    settled(page)
    # The width of the screen may have asked for another run.
    expect(page.get_by_test_id("stMetricValue")).to_have_count(6)


def slider(page: Page, label: str) -> Locator:
    return page.locator("[data-testid=stSlider]").filter(has_text=label).get_by_role("slider").first


def figures(page: Page) -> list[str]:
    return noted(page, lambda: page.locator(FIGURE).all_inner_texts())


def figure(page: Page, label: str) -> Locator:
    return page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue")


def in_the_window(page: Page) -> str:
    """The figure that every change of the definition moves, to be compared with later."""
    return noted(page, lambda: figure(page, "In the window").inner_text())


def test_a_key_on_the_threshold_changes_the_figures(tune: Page) -> None:
    before = in_the_window(tune)

    slider(tune, "Threshold").press("ArrowLeft")

    expect(figure(tune, "In the window")).not_to_have_text(before)
    expect(tune.get_by_role("heading", name=re.compile("At 59 points"))).to_be_visible()
    expect(tune).to_have_url(re.compile(r"draft=Draft\+of\+"))


def test_a_key_on_a_weight_changes_the_figures_and_undo_brings_them_back(tune: Page) -> None:
    before, every = in_the_window(tune), figures(tune)
    weight = slider(tune, "Director or above")

    # One key to the end of the scale is one change, and surely one that counts.
    weight.press("End")
    expect(figure(tune, "In the window")).not_to_have_text(before)
    expect(weight).to_have_value("50")

    tune.get_by_role("button", name="Undo").click()
    expect(figure(tune, "In the window")).to_have_text(before)
    expect(weight).to_have_value("20")
    expect(tune.locator(FIGURE)).to_have_text(every)


def test_nothing_moves_that_was_not_moved(tune: Page) -> None:
    weight = slider(tune, "Asked for a demo")
    weight.focus()
    settled(tune)
    tune.evaluate(WATCH_FOR_JUMPS)
    before = in_the_window(tune)

    for _ in range(4):
        weight.press("ArrowLeft")
    expect(figure(tune, "In the window")).not_to_have_text(before)
    settled(tune)

    eventually(tune, lambda: tune.evaluate("window.jumped()"), {"scrolled": 0, "slider": 0, "heights": 0})
    expect(weight).to_be_focused()


# Watches from one frame to the next, so that also a jump and back is seen.
WATCH_FOR_JUMPS = """() => {
    const slider = document.activeElement.closest('[data-testid=stSlider]')
    const scrollers = [document.scrollingElement, ...document.querySelectorAll('*')]
        .filter((one) => one.scrollHeight > one.clientHeight + 1 && !one.closest('.js-plotly-plot'))
    const at = () => ({
        scrolled: scrollers.map((one) => one.scrollTop),
        slider: slider.getBoundingClientRect().top,
        heights: document.querySelector('[data-testid=stMainBlockContainer]').getBoundingClientRect().height,
    })
    const first = at(), most = {scrolled: 0, slider: 0, heights: 0}
    const look = () => {
        const now = at()
        most.scrolled = Math.max(most.scrolled, ...now.scrolled.map((top, n) => Math.abs(top - first.scrolled[n])))
        most.slider = Math.max(most.slider, Math.abs(now.slider - first.slider))
        most.heights = Math.max(most.heights, Math.abs(now.heights - first.heights))
        requestAnimationFrame(look)
    }
    look()
    window.jumped = () => most
}"""


def test_a_held_key_ends_on_the_figures_of_where_it_ends(tune: Page) -> None:
    before, every = in_the_window(tune), figures(tune)
    weight = slider(tune, "Director or above")
    weight.focus()

    for _ in range(20):
        tune.keyboard.press("ArrowRight")
    expect(weight).to_have_value("40")
    expect(figure(tune, "In the window")).not_to_have_text(before)

    for _ in range(20):
        tune.keyboard.press("ArrowLeft")
    expect(weight).to_have_value("20")
    expect(figure(tune, "In the window")).to_have_text(before)
    expect(tune.locator(FIGURE)).to_have_text(every)
    expect(weight).to_be_focused()


def test_the_page_of_a_mover_is_one_click_away(tune: Page) -> None:
    slider(tune, "Threshold").press("ArrowLeft")
    table = tune.get_by_test_id("stDataFrame")
    expect(table).to_be_visible()
    table.scroll_into_view_if_needed()
    settled(tune)

    # The table is a canvas: its first link lies in the first row below the header, and is one once it is pointed at.
    rows, first_link = table.locator(".dvn-scroller"), {"x": 40, "y": 52}
    rows.hover(position=first_link)
    expect(table.get_by_test_id("data-grid-canvas")).to_have_css("cursor", "pointer")
    with tune.context.expect_page() as opened:
        rows.click(position=first_link)
    lead = opened.value

    expect(lead).to_have_url(re.compile(r"/lead\?draft=Draft.*id=L\d+"))
    expect(lead.get_by_text("Gates")).to_be_visible(timeout=30_000)
    expect(lead.get_by_text(re.compile("points now"))).to_be_visible()


def test_undo_works_from_the_keyboard(tune: Page) -> None:
    before = in_the_window(tune)
    slider(tune, "Threshold").press("ArrowLeft")
    expect(figure(tune, "In the window")).not_to_have_text(before)

    tune.keyboard.press("Control+z")

    expect(figure(tune, "In the window")).to_have_text(before)
    expect(slider(tune, "Threshold")).to_have_value("60")


@pytest.fixture
def narrow(browser: Browser, server: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    opened = context.new_page()
    opened.goto(server)
    drawn(opened)
    yield opened
    context.close()


def test_a_narrow_screen_stacks_figures_threshold_chart_and_criteria(narrow: Page) -> None:
    criterion = narrow.get_by_test_id("stSlider").filter(has_text="Director or above")
    chart = narrow.locator(".js-plotly-plot").first
    expect(criterion).to_be_visible()

    one_below_another = (narrow.locator(FIGURE).first, slider(narrow, "Threshold"), chart, criterion)
    eventually(
        narrow,
        lambda: [one.evaluate("one => one.getBoundingClientRect().top") for one in one_below_another],
        lambda tops: tops == sorted(tops),
    )


def test_nothing_is_wider_than_a_narrow_screen(narrow: Page) -> None:
    wide = """() => [...document.querySelectorAll('[data-testid=stMain] *')]
        .filter((one) => one.getBoundingClientRect().right > innerWidth + 1
            && !one.closest('[data-testid=stDataFrame], svg, [data-testid=stTooltipContent]'))
        .map((one) => one.outerHTML.slice(0, 120))"""

    eventually(narrow, lambda: narrow.evaluate(wide), [])
    eventually(narrow, lambda: narrow.evaluate("document.scrollingElement.scrollWidth"), lambda width: width <= 390)


def test_nothing_is_asked_of_another_host(page: Page, server: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))

    page.goto(server)
    drawn(page)
    page.goto(f"{server}/lead?id=L0000001")
    expect(page.get_by_text("Gates")).to_be_visible(timeout=30_000)

    own = urlsplit(server).netloc
    assert len(asked) > 10
    assert {url for url in asked if urlsplit(url).scheme in ("http", "https", "ws", "wss")} == {
        url for url in asked if urlsplit(url).netloc == own
    }


def test_a_page_that_is_the_first_ever_opened_stands_in_the_frame(
    page: Page, sample_database: Path, tmp_path: Path
) -> None:
    # Streamlit serves a page beside the script without that script until somebody has opened the root address.
    with started(sample_database, tmp_path) as cold:
        page.goto(f"{cold}/lead?id=L0000001")

        expect(page.get_by_text("Gates")).to_be_visible(timeout=30_000)
        expect(page.get_by_test_id("stTopNavLink").filter(has_text="Tune")).to_be_visible()


@pytest.mark.parametrize("path", ["/api/nothing", "/api/", "/api/health/more"])
def test_an_unknown_address_below_api_is_not_found(server: str, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{server}{path}", timeout=10)  # noqa: S310

    refused.value.close()
    assert refused.value.code == 404
