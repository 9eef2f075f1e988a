"""From pressing a key on the Tune page to the new figures, in headless Chromium, on invented leads."""

import shutil
from statistics import median, quantiles

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from bench.tools.invented import database_of
from bench.tools.measured import Measured, Row
from bench.tools.server import server_on

SIZES = (20_000, 1_000_000)
PRESSES = 15
OPENINGS = 9
SETTLED_SECONDS = 0.9
SETTLED_LARGE_SECONDS = 2.0
"""At a million leads what is drawn last takes longer; a press in between would be measured with it."""

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Takes the time from the navigation to the frame that shows the first figure, inside the page itself: asked from
# outside, the answer waits until the charts' library is loaded, a second later.
WATCH_OPENING = """
    new MutationObserver((_, observer) => {
        if (!document.querySelector('[data-testid=stMetricValue]')) return
        observer.disconnect()
        requestAnimationFrame(() => setTimeout(() => { window.firstFigure = performance.now() }))
    }).observe(document, { subtree: true, childList: true })
"""

# Takes the time from the key to the first changed figure, and to the last stroke of the two charts in sight,
# inside the page itself. Streamlit draws a changed chart in a new place and takes the old one, hidden by then, away
# when the run ends: that is no stroke.
WATCH = """() => {
    const figures = () => [...document.querySelectorAll('[data-testid=stMetricValue]')].map(e => e.innerText).join('|')
    const before = figures()
    window.figuresAfter = window.chartsAfter = null
    document.addEventListener('keydown', () => { window.pressed = performance.now() }, { once: true, capture: true })
    new MutationObserver((_, observer) => {
        if (figures() !== before) { window.figuresAfter = performance.now() - window.pressed; observer.disconnect() }
    }).observe(document.body, { subtree: true, childList: true, characterData: true })
    const charts = () => [...document.querySelectorAll('[data-testid=stPlotlyChart]')]
    charts().forEach((chart) => { chart.isOld = true })
    window.redrawn?.disconnect()
    window.redrawn = new MutationObserver((changes) => {
        const inSight = charts().filter((chart) => !chart.isOld).slice(0, 2)
        if (inSight.length === 2 && changes.some(({ target }) => inSight.some((chart) => chart.contains(target)))) {
            window.chartsAfter = performance.now() - window.pressed
        }
    })
    window.redrawn.observe(document.body, { subtree: true, childList: true, attributes: true })
}"""

# A key held down is many presses in a row: how long after the last one do the figures change for the last time?
WATCH_HELD = """() => {
    const figures = () => [...document.querySelectorAll('[data-testid=stMetricValue]')].map(e => e.innerText).join('|')
    let shown = figures()
    window.lastKey = window.lastFigures = 0
    document.addEventListener('keydown', () => { window.lastKey = performance.now() }, { capture: true })
    new MutationObserver(() => {
        if (figures() !== shown) { shown = figures(); window.lastFigures = performance.now() }
    }).observe(document.body, { subtree: true, childList: true, characterData: true })
}"""
HELD_PRESSES = 20


def run(leads: int | None = None) -> Measured:
    """Medians and 95th percentiles in milliseconds, with the targets, of one size or of both."""
    rows: list[Row] = []
    with sync_playwright() as playwright:
        system = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        for size in (leads,) if leads else SIZES:
            browser = playwright.chromium.launch(executable_path=system, args=CHROMIUM_FLAGS)
            with database_of(size) as database, server_on(database) as server:
                rows += _of_size(browser, server.address, size)
            browser.close()
    facts = {row.what: round(row.value, 1) for row in rows}
    return Measured(tuple(rows), facts)


def _of_size(browser: Browser, address: str, leads: int) -> list[Row]:
    settled_ms = 1000 * (SETTLED_SECONDS if leads <= SIZES[0] else SETTLED_LARGE_SECONDS)
    opened = []
    for opening in range(OPENINGS + 1):
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.add_init_script(WATCH_OPENING)
        page.goto(address)
        page.wait_for_selector(".js-plotly-plot")
        page.wait_for_timeout(settled_ms)
        opened.append(float(page.evaluate("window.firstFigure")))
        if opening < OPENINGS:
            # One still drawing would take the time of the next.
            page.close()
    weight = page.get_by_role("slider", name="Viewed pricing")
    threshold = page.get_by_role("slider", name="Threshold")
    size = f"{leads:,} leads"
    rows = [
        Row(f"{size}: first page, a new visitor's first figure, warm server, median", median(opened[1:]), 2000),
        Row("… the slowest", max(opened[1:])),
    ]
    for name, slider, key, target, target_95, charts_target in (
        ("weight", weight, "ArrowRight", 150 if leads <= SIZES[0] else 200, 350, 450),
        ("threshold", threshold, "ArrowLeft", 80, 150, 350),
    ):
        figures, charts = _pressed(page, slider, key, settled_ms)
        rows += [
            Row(f"{size}: key on a {name} to the new figures, median", median(figures), target),
            Row("… 95th percentile", quantiles(figures, n=20)[-1], target_95),
            Row("… to the charts redrawn, median", median(charts), charts_target),
        ]
    held = f"{size}: {HELD_PRESSES} presses on a weight at once, last to final figures"
    rows.append(Row(held, _held(page, weight), 1000))
    page.close()
    return rows


def _pressed(page: Page, slider: Locator, key: str, settled_ms: float) -> tuple[list[float], list[float]]:
    figures, charts = [], []
    for press in range(PRESSES + 1):
        slider.focus()
        page.evaluate(WATCH)
        page.keyboard.press(key)
        page.wait_for_function("window.figuresAfter !== null && window.chartsAfter !== null")
        page.wait_for_timeout(settled_ms)
        if press:  # The first one warms what only a first one needs.
            figures.append(float(page.evaluate("window.figuresAfter")))
            charts.append(float(page.evaluate("window.chartsAfter")))
    return figures, charts


def _held(page: Page, slider: Locator) -> float:
    slider.focus()
    page.evaluate(WATCH_HELD)
    for _ in range(HELD_PRESSES):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(4000)
    return float(page.evaluate("window.lastFigures - window.lastKey"))
