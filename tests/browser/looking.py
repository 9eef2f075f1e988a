"""How a test looks at a page: again and again until it shows what is awaited, or once it is at rest.

Where playwright's `expect(…)` has the words, it is enough; these are for what it cannot say. What reads a page
(`inner_text`, `count`, `evaluate`, …) is called in what is handed to one of them, and `tests/test_looking.py` sees
to it: a page that is read at once is a page that was quick enough today.
"""

import time
from collections.abc import Callable
from typing import TypeVar

from playwright.sync_api import Error, Page, expect

PATIENCE_SECONDS = 30
PAUSE_MS = 50

Seen = TypeVar("Seen")


def settled(page: Page) -> None:
    """The server is done with what it was asked."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def eventually(page: Page, look: Callable[[], Seen], wanted: Seen | Callable[[Seen], bool]) -> None:
    """Look until `wanted` is seen: a value equal to it, or one it says yes to; else fail with what was seen last."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        seen: Seen | Error
        try:
            seen = look()
            if wanted(seen) if callable(wanted) else seen == wanted:
                return
        except Error as gone:
            # What was looked at is being drawn anew.
            seen = gone
        if time.monotonic() > until:
            raise AssertionError(f"after {PATIENCE_SECONDS} s the page still shows {seen!r}, wanted was {wanted!r}")
        page.wait_for_timeout(PAUSE_MS)


def noted(page: Page, look: Callable[[], Seen]) -> Seen:
    """What is seen twice in a row of a page at rest: to act on, or to be awaited elsewhere; never to be asserted."""
    until = time.monotonic() + PATIENCE_SECONDS
    settled(page)
    seen = look()
    while True:
        page.wait_for_timeout(PAUSE_MS)
        settled(page)
        before, seen = seen, look()
        if seen == before:
            return seen
        if time.monotonic() > until:
            raise AssertionError(f"after {PATIENCE_SECONDS} s the page still changes: {before!r}, then {seen!r}")
