"""What every answer tells the browser, and how cookies are kept."""

import base64
import hashlib
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.file_util import get_static_dir

from lib.server.entry.headers import content_security_policy, kept_cookie, leaving

PAGE = (Path(get_static_dir()) / "index.html").read_text(encoding="utf-8")


def scripts_allowed(policy: str) -> list[str]:
    return re.findall(r"'sha256-([^']+)'", policy)


def hashed(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def test_nothing_but_what_comes_from_here_runs_is_shown_or_is_asked() -> None:
    policy = dict(part.split(" ", 1) for part in content_security_policy("").split("; "))

    assert policy == {
        "default-src": "'self'",
        "script-src": "'self' blob:",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }


def test_the_installed_streamlit_has_one_inline_script_and_it_may_run() -> None:
    assert scripts_allowed(content_security_policy(PAGE)) == [hashed("\n      window.prerenderReady = false\n    ")]


def test_an_inline_script_is_allowed_to_the_letter_and_no_other() -> None:
    others = '<!-- <script>no()</script> --><script src="a.js"></script><p onclick="c()">'
    page = f'{others}<script>\r\nif (a < b) {{"<b>"}}</script>{others}'

    assert scripts_allowed(content_security_policy(page)) == [hashed('\nif (a < b) {"<b>"}')]


@given(script=st.text(st.characters(codec="utf-8", exclude_characters="<\r")))
def test_whatever_a_script_says_its_own_hash_lets_it_run(script: str) -> None:
    page = f"<html><script>{script}</script><style>{script}</style></html>"

    assert scripts_allowed(content_security_policy(page)) == [hashed(script)]


def test_what_streamlit_says_of_other_origins_and_of_framing_does_not_leave() -> None:
    theirs = [
        (b"Access-Control-Allow-Origin", b"http://localhost:8501"),
        (b"access-control-allow-credentials", b"true"),
        (b"X-Frame-Options", b"ALLOWALL"),
        (b"Content-Security-Policy", b"default-src *"),
        (b"Cache-Control", b"no-cache"),
        (b"Vary", b"Origin"),
    ]

    assert leaving(theirs, "/", "policy", secure=True) == [
        (b"cache-control", b"no-cache"),
        (b"vary", b"Origin"),
        (b"content-security-policy", b"policy"),
        (b"referrer-policy", b"same-origin"),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
    ]


@pytest.mark.parametrize(("path", "kept"), [("/media/ab.csv", False), ("/api/health", False), ("/static/a.js", True)])
def test_a_persons_downloads_are_kept_by_no_cache(path: str, kept: bool) -> None:
    left = leaving([(b"Cache-Control", b"public, max-age=9")], path, "", secure=False)

    assert [value for name, value in left if name == b"cache-control"] == [
        b"public, max-age=9" if kept else b"no-store"
    ]


@pytest.mark.parametrize(
    ("cookie", "kept"),
    [
        ("_streamlit_xsrf=2|a; Path=/; SameSite=Lax", "_streamlit_xsrf=2|a; Path=/; SameSite=Lax; Secure"),
        ("a=b", "a=b; SameSite=Lax; HttpOnly; Secure"),
        ("a=b; httponly; secure; samesite=strict", "a=b; httponly; secure; samesite=strict"),
        ("a=b; SameSite=None; Secure", "a=b; Secure; SameSite=Lax; HttpOnly"),
        ("a=; Max-Age=0;Path=/", "a=; Max-Age=0; Path=/; SameSite=Lax; HttpOnly; Secure"),
        ("secure=httponly", "secure=httponly; SameSite=Lax; HttpOnly; Secure"),
    ],
)
def test_a_cookie_goes_to_no_other_site_and_no_script_but_the_one_that_needs_it(cookie: str, kept: str) -> None:
    assert kept_cookie(cookie, secure=True) == kept


def test_without_tls_a_cookie_is_not_for_tls_alone() -> None:
    assert kept_cookie("a=b", secure=False) == "a=b; SameSite=Lax; HttpOnly"


def test_each_of_several_cookies_is_kept() -> None:
    left = leaving([(b"Set-Cookie", b"a=1"), (b"set-cookie", b"b=2")], "/", "", secure=False)

    assert left[:2] == [
        (b"set-cookie", b"a=1; SameSite=Lax; HttpOnly"),
        (b"set-cookie", b"b=2; SameSite=Lax; HttpOnly"),
    ]
