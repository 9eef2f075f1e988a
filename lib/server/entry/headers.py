"""What every answer tells the browser: what its page may load and run, who may frame it, how cookies are kept."""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

Headers = Iterable[tuple[bytes, bytes]]

READ_BY_PAGES = "_streamlit_xsrf"
"""The one cookie that scripts must read: Streamlit's pages say it again in a header."""

KEPT_BY_NOBODY = ("/media/", "/api/")
"""Below these are a person's downloads and answers: no cache on the way or on a disk keeps them."""


class _InlineScripts(HTMLParser):
    """The text of each script that a page brings along instead of naming."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script" and "src" not in dict(attrs)
        if self._inside:
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._inside = False


def content_security_policy(page: str) -> str:
    """What the app's page may load and run: what comes from here, and the inline scripts that `page` (HTML) has now.

    A lead's own words that were shown as they are could then neither fetch a picture nor run. Streamlit's styles are
    inline, and its components load their scripts from `blob:` addresses.
    """
    parser = _InlineScripts()
    # A browser reads every line end as one sign before it takes the hash.
    parser.feed(page.replace("\r\n", "\n").replace("\r", "\n"))
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in parser.scripts)
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(("script-src 'self' blob:", *(f"'sha256-{one}'" for one in hashes))),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def leaving(headers: Headers, path: str, policy: str, secure: bool) -> list[tuple[bytes, bytes]]:
    """An answer's headers as they leave: ours instead of what was there, and cookies kept as they should be."""
    ours = dict(_ours(path, policy))
    theirs = [(name.lower(), value) for name, value in headers]
    # Nothing here is for pages of another origin; Streamlit would let in those of a localhost.
    kept = [(name, value) for name, value in theirs if name not in ours and not name.startswith(b"access-control-")]
    cookies = [
        (name, kept_cookie(value.decode("latin-1"), secure).encode("latin-1") if name == b"set-cookie" else value)
        for name, value in kept
    ]
    return [*cookies, *ours.items()]


def _ours(path: str, policy: str) -> Iterator[tuple[bytes, bytes]]:
    yield b"content-security-policy", policy.encode()
    # Addresses name leads; within the app, its own pages may know where one comes from.
    yield b"referrer-policy", b"same-origin"
    yield b"x-content-type-options", b"nosniff"
    yield b"x-frame-options", b"DENY"
    yield b"cross-origin-opener-policy", b"same-origin"
    yield b"cross-origin-resource-policy", b"same-origin"
    if path.startswith(KEPT_BY_NOBODY):
        yield b"cache-control", b"no-store"


def kept_cookie(cookie: str, secure: bool) -> str:
    """A Set-Cookie that goes to no other site, to no script but the one that needs it, and `secure` to TLS alone."""
    name_and_value, *attributes = (part.strip() for part in cookie.split(";"))
    kept = [one for one in attributes if one.lower() != "samesite=none"]
    given = {one.partition("=")[0].lower() for one in kept}
    name = name_and_value.partition("=")[0]
    if "samesite" not in given:
        kept.append("SameSite=Lax")
    if "httponly" not in given and name != READ_BY_PAGES:
        kept.append("HttpOnly")
    if "secure" not in given and secure:
        kept.append("Secure")
    return "; ".join((name_and_value, *kept))
