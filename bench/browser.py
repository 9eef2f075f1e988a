"""From pressing a key on the Tune page to the new figures, in headless Chromium, on 20,000 invented leads."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Locator, Page, sync_playwright

from lib.__main__ import main as command_line

ROOT = Path(__file__).parents[1]
LEADS = 20_000
PRESSES = 15
OPENINGS = 9
SETTLED_SECONDS = 0.9

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
# inside the page itself.
WATCH = """() => {
    const figures = () => [...document.querySelectorAll('[data-testid=stMetricValue]')].map(e => e.innerText).join('|')
    const before = figures()
    window.figuresAfter = window.chartsAfter = null
    document.addEventListener('keydown', () => { window.pressed = performance.now() }, { once: true, capture: true })
    new MutationObserver((_, observer) => {
        if (figures() !== before) { window.figuresAfter = performance.now() - window.pressed; observer.disconnect() }
    }).observe(document.body, { subtree: true, childList: true, characterData: true })
    const redrawn = new MutationObserver(() => { window.chartsAfter = performance.now() - window.pressed })
    document.querySelectorAll('[data-testid=stPlotlyChart]').forEach((chart, n) => {
        if (n < 2) redrawn.observe(chart, { subtree: true, childList: true, attributes: true })
    })
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


def run() -> list[tuple[str, float, float | None]]:
    """Medians and 95th percentiles in milliseconds, with the targets."""
    with _server() as address, sync_playwright() as playwright:
        system = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        browser = playwright.chromium.launch(executable_path=system, args=CHROMIUM_FLAGS)
        opened = []
        for opening in range(OPENINGS + 1):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.add_init_script(WATCH_OPENING)
            page.goto(address)
            page.wait_for_selector(".js-plotly-plot")
            page.wait_for_timeout(1000 * SETTLED_SECONDS)
            opened.append(float(page.evaluate("window.firstFigure")))
            if opening < OPENINGS:
                # One still drawing would take the time of the next.
                page.close()
        weight = page.get_by_role("slider", name="Viewed pricing")
        threshold = page.get_by_role("slider", name="Threshold")
        rows: list[tuple[str, float, float | None]] = [
            ("first page after a warm start, a new visitor's first figure, median", median(opened[1:]), 2000),
            ("… the slowest", max(opened[1:]), None),
        ]
        for name, slider, key, target, charts_target in (
            ("weight", weight, "ArrowRight", 150, 450),
            ("threshold", threshold, "ArrowLeft", 80, 350),
        ):
            figures, charts = _pressed(page, slider, key)
            rows += [
                (f"key on a {name} to the new figures, median", median(figures), target),
                ("… 95th percentile", quantiles(figures, n=20)[-1], None),
                ("… to the charts redrawn, median", median(charts), charts_target),
            ]
        rows.append((f"{HELD_PRESSES} presses on a weight at once, last to final figures", _held(page, weight), 1000))
        browser.close()
    return rows


def _pressed(page: Page, slider: Locator, key: str) -> tuple[list[float], list[float]]:
    figures, charts = [], []
    for press in range(PRESSES + 1):
        slider.focus()
        page.evaluate(WATCH)
        page.keyboard.press(key)
        page.wait_for_function("window.figuresAfter !== null && window.chartsAfter !== null")
        page.wait_for_timeout(1000 * SETTLED_SECONDS)
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


@contextmanager
def _server() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "bench.duckdb"
        made = command_line(["sample", "--leads", str(LEADS), "--db", str(database), "--config", str(ROOT / "config")])
        assert made == 0
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
            cwd=ROOT,
            env={**os.environ, "HANDSHAKE_DB": str(database), "HANDSHAKE_CONFIG": str(ROOT / "config")},
            stdout=subprocess.DEVNULL,
        )
        address = f"http://127.0.0.1:{port}"
        try:
            while process.poll() is None:
                try:
                    with urllib.request.urlopen(f"{address}/api/health", timeout=2):  # noqa: S310
                        break
                except OSError:
                    time.sleep(0.2)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=20)
