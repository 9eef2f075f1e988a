"""The address of one person's file is good for the browser it was told to, and for no other."""

import re
import secrets
from collections import OrderedDict
from collections.abc import Iterator

from starlette.requests import cookie_parser
from starlette.types import Scope

from lib.server.entry.callers import said

COOKIE = "handshake_browser"
"""Which browser it is, as it was told at its first page: a number that nobody guesses, and says nothing else."""

NUMBER = re.compile(r"[A-Za-z0-9_-]{22,64}")
A_YEAR_SECONDS = 365 * 86_400

# What a page hands out, and a session's drop zones. Each begins with text alone: megabytes are looked through fast.
FILES = (re.compile(rb"/media/[0-9a-f]{32}"), re.compile(rb"/_stcore/upload_file/[0-9a-f-]{36}"))
OF_FILES = re.compile("|".join(pattern.pattern.decode() for pattern in FILES))
# Streamlit's own fonts lie below /static/media.
KEPT_FOR_ONE = re.compile(r"(?<!/static)/media/|/_stcore/upload_file/")

MOST_BROWSERS = 1_000
MOST_ADDRESSES = 1_000
"""Of one browser; the oldest are forgotten, and told again when their page is drawn anew."""


def browser_of(scope: Scope) -> str | None:
    """The number of the browser that asks, None where it has none yet."""
    for header in said(scope, "cookie"):
        number = cookie_parser(header).get(COOKIE, "")
        if NUMBER.fullmatch(number):
            return number
    return None


def new_browser() -> str:
    """A cookie for a browser that has none.

    It comes along with links from elsewhere too, else a page opened by one would get another number than the open ones.
    """
    return f"{COOKIE}={secrets.token_urlsafe(24)}; Path=/; Max-Age={A_YEAR_SECONDS}; HttpOnly; SameSite=Lax"


class Told:
    """Which addresses of files each browser was told on its websockets."""

    def __init__(self) -> None:
        self._by_browser: OrderedDict[str, OrderedDict[str, None]] = OrderedDict()

    def note(self, browser: str | None, message: bytes) -> None:
        """What a browser is being told; None is told nothing it could come back for."""
        if browser is None:
            return
        for address in _addresses(message):
            addresses = self._by_browser.setdefault(browser, OrderedDict())
            self._by_browser.move_to_end(browser)
            addresses[address] = None
            addresses.move_to_end(address)
            if len(addresses) > MOST_ADDRESSES:
                addresses.popitem(last=False)
            if len(self._by_browser) > MOST_BROWSERS:
                self._by_browser.popitem(last=False)

    def may_have(self, browser: str | None, path: str) -> bool:
        """May it ask for what is there? True of whatever is not one person's file."""
        told = self._by_browser.get(browser or "", ())
        addresses = (OF_FILES.match(path, kept.start()) for kept in KEPT_FOR_ONE.finditer(path))
        return all(address is not None and address[0] in told for address in addresses)


def _addresses(message: bytes) -> Iterator[str]:
    return (found.decode() for pattern in FILES for found in pattern.findall(message))
