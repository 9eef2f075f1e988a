"""Every page on a database whose every text is an attack: whatever is shown of it is shown letter by letter."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import started
from tests.browser.looking import eventually, noted, settled
from tests.poisoned import DRAFT, FILE_NAME, PAYLOAD, Poisoned, poisoned

pytestmark = pytest.mark.browser

# Notes whatever of an attack ever came alive, also where it is gone again: in a tooltip, a toast, a chart's hover.
WATCH = """
window.alive = [];
const within = (one) => one?.closest('[data-testid]')?.dataset.testid;
const tell = (one) => {
    for (const {name, value} of one.attributes ?? [])
        if (/^(xlink:)?(href|src|srcset|data|action|poster|style)$/.test(name) && /evil\\.test/i.test(value)
            // The page of a lead whose id is an attack.
            && !value.startsWith('/lead?'))
            alive.push(`${one.tagName} ${name}=${value} in ${within(one)}`);
    if (one.matches?.('.katex, math, img[alt="Streamlit logo"]'))
        alive.push(`${one.tagName} ${one.getAttribute('class')} in ${within(one.parentElement)}`);
};
new MutationObserver((changes) => {
    for (const change of changes) {
        tell(change.target);
        for (const added of change.addedNodes)
            if (added.nodeType === 1) [added, ...added.querySelectorAll('*')].forEach(tell);
    }
}).observe(document, {subtree: true, childList: true, attributes: true});
"""

# Whatever ends as an attack does and is not, up to there, what was written. Texts that are cut short lack the end;
# currencies are in capitals, words of kinds are parted by spaces, and YAML is edited with its own backslashes.
ALTERED = """([attack, end]) => {
    const said = (one) => one.textContent.toLowerCase().replaceAll('_', ' ');
    return [...document.querySelectorAll('*')]
        .filter((one) => said(one).includes(end) && !one.matches('textarea'))
        .filter((one) => ![...one.children].some((child) => said(child).includes(end)))
        .map((one) => {
            while (!said(one).includes(attack) && one.parentElement && !one.matches('p, td, text, h3'))
                one = one.parentElement;
            return said(one);
        })
        .filter((all) => all.split(attack).length < all.split(end).length);
}"""

END = "=hyperlink("

# What the mouse over a help icon, or over a chart, would show.
HOVERED = """() => [...document.querySelectorAll('[data-testid=stTooltipHoverTarget], .js-plotly-plot')]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().width > 0)
    .map((one) => {
        const box = one.getBoundingClientRect();
        return [box.left + scrollX, box.top + scrollY, box.width, box.height, one.matches('.js-plotly-plot')];
    })"""

PLACES = (
    "/",
    f"/?draft={quote(DRAFT, safe='')}",
    "/scenarios",
    "/evidence",
    "/agreement",
    "/meeting",
    "/review",
    "/acceptance",
    "/sla",
    "/data?part=Imports",
    "/data?part=Freshness",
    "/data?part=Quality",
    "/data?part=Duplicates",
    "/data?part=Take+out",
)


@pytest.fixture(scope="module")
def made(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Poisoned:
    return poisoned(sample_database, tmp_path_factory.mktemp("poisoned"))


@pytest.fixture(scope="module")
def server(made: Poisoned, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with started(made.database, tmp_path_factory.mktemp("server"), made.config) as address:
        yield address


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    """A tall tab in which nothing may come alive, and which may ask nobody but the app."""
    context = browser.new_context(viewport={"width": 1440, "height": 4000})
    context.add_init_script(WATCH)
    elsewhere: list[str] = []
    dialogs: list[str] = []
    context.on("request", lambda request: elsewhere.append(request.url))
    opened = context.new_page()
    opened.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    yield opened
    context.close()
    assert [one for one in elsewhere if urlsplit(one).netloc not in ("", urlsplit(server).netloc)] == []
    assert dialogs == []


def open_everything(page: Page) -> None:
    """Whatever a click, or the mouse over it, shows."""
    for expander in visible(page, "[data-testid=stExpander] summary"):
        expander.click()
        settled(page)
    for popover in visible(page, "[data-testid=stPopoverButton]:enabled"):
        popover.click()
        settled(page)
        page.keyboard.press("Escape")
    hover_everything(page)


def visible(page: Page, selector: str) -> list[Locator]:
    there = page.locator(f"{selector}:visible")
    return [there.nth(n) for n in range(noted(page, lambda: there.count()))]


def hover_everything(page: Page) -> None:
    for left, top, width, height, is_chart in noted(page, lambda: page.evaluate(HOVERED)):
        for share in (0.3, 0.5, 0.7, 0.9) if is_chart else (0.5,):
            for down in (0.35, 0.5, 0.65, 0.8) if is_chart else (0.5,):
                page.mouse.move(left + width * share, top + height * down)
    page.mouse.move(1, 1)


def expect_only_letters(page: Page) -> None:
    """Nothing came alive, and no attack was shown otherwise than it was written, backslashes included."""
    settled(page)
    eventually(page, lambda: page.evaluate("window.alive"), [])
    attack = PAYLOAD.lower().replace("_", " ")
    eventually(page, lambda: page.evaluate(ALTERED, [attack[: attack.index(END) + len(END)], END]), [])


@pytest.mark.parametrize("place", PLACES)
def test_a_page_shows_an_attack_as_it_was_written(page: Page, server: str, place: str) -> None:
    page.goto(f"{server}{place}")
    settled(page)

    open_everything(page)

    expect_only_letters(page)


def test_a_lead_of_attacks_is_only_letters(page: Page, server: str, made: Poisoned) -> None:
    page.goto(f"{server}/lead?id={quote(made.lead_id)}")
    expect(page.get_by_role("heading", level=3).first).to_contain_text(PAYLOAD)

    open_everything(page)

    expect_only_letters(page)


def test_answers_to_attacks_are_only_letters(page: Page, server: str, made: Poisoned) -> None:
    page.goto(f"{server}/inbox")
    box = page.get_by_role("combobox", name="You are")
    expect(box).to_be_visible()
    settled(page)
    box.click()
    page.get_by_role("option").first.click()
    expect(page.get_by_role("heading", level=3).first).to_contain_text(PAYLOAD)
    settled(page)
    hover_everything(page)

    for button in ("Accept", "Reject", "Reassign", "Touched", "Hand over"):
        page.get_by_role("button", name=re.compile(f"^{button}")).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        settled(page)
        expect_only_letters(page)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)

    expect_only_letters(page)


def test_the_dialogs_of_a_draft_of_attacks_are_only_letters(page: Page, server: str) -> None:
    page.goto(f"{server}/?draft={quote(DRAFT, safe='')}")
    expect(page.get_by_role("button", name="History")).to_be_enabled()

    for button in ("History", "YAML", "Propose"):
        settled(page)
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        expect_only_letters(page)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_dropped_file_of_attacks_is_only_letters(page: Page, server: str) -> None:
    attack = PAYLOAD.replace('"', '""')
    rows = f'"{attack}",created_at\n"{attack}","{attack}"\n'
    page.goto(f"{server}/data")
    expect(page.get_by_test_id("stFileUploader")).to_be_visible()

    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(
        {"name": FILE_NAME, "mimeType": "text/csv", "buffer": rows.encode()}
    )

    expect(page.get_by_text("Nobody knows these headings yet.")).to_be_visible()
    expect_only_letters(page)
