"""Texts of somebody else, made plain: what each mark would have become, and that nothing else is touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.ui.frame.elements import plain


@pytest.mark.parametrize(
    ("written", "plainly"),
    [
        ("*bold* _it_ `code` ~~struck~~", r"\*bold\* \_it\_ \`code\` \~\~struck\~\~"),
        ("![x](p.png) [l](/data)", r"!\[x\](p.png) \[l\](/data)"),
        ("<b>B</b> &lt;", r"\<b\>B\</b\> \&lt;"),
        ("$x^2$", r"\$x^2\$"),
        ("a|b", r"a\|b"),
        ("[x]{.y}", r"\[x\]\{.y}"),
        ("C:\\x", r"C\::small[]\\x"),
    ],
)
def test_what_markdown_would_take_for_formatting_is_escaped(written: str, plainly: str) -> None:
    assert plain(written) == plainly


@pytest.mark.parametrize(
    ("written", "plainly"),
    [
        ("http://evil.test", r"http\::small[]//evil.test"),
        ("WWW.evil.test", "WW:small[]W.evil.test"),
        ("a@evil.test", "a:small[]@evil.test"),
        (":smile:", r"\::small[]smile\:"),
        (":100:", r"\::small[]100\:"),
        (":material/home:", r"\::small[]material/home\:"),
        (":red[r]", r"\::small[]red\[r\]"),
        ("a -> b <-> c", r"a -:small[]\> b \<:small[]-:small[]\> c"),
    ],
)
def test_what_would_come_alive_though_escaped_is_parted(written: str, plainly: str) -> None:
    assert plain(written) == plainly


@pytest.mark.parametrize(
    ("written", "plainly"),
    [
        ("# one", r"\# one"),
        ("- one", r"\- one"),
        ("+", r"\+"),
        ("---", "-:small[]-:small[]-"),
        ("1. one", r"1\. one"),
        ("12) one", r"12\) one"),
        ("===", r"\==="),
    ],
)
def test_a_text_begins_no_heading_and_no_list(written: str, plainly: str) -> None:
    assert plain(written) == plainly


def test_a_text_is_one_line_and_so_ends_nothing_it_stands_in() -> None:
    assert plain("  one\n\n    two\ttwo\u2028three ") == "one two two three"


@pytest.mark.parametrize(
    "written",
    ["Director (VP), 200 to 500!", "people.csv", "it's 1.5 % of 12,500", "-5", "+34 600", "a - b", "a: b", "é 中 😀"],
)
def test_what_formats_nothing_stays_as_it_was(written: str) -> None:
    assert plain(written) == written


def test_the_time_of_a_clock_stays_as_it_was() -> None:
    assert plain("3 Mar 2026, 09:05, late") == "3 Mar 2026, 09:05, late"


@given(st.text(alphabet="\\`*_{}[]<>&$~|:#+-=@w.h/1) a\n\0", max_size=30))
def test_nothing_but_escapes_and_seams_is_added(written: str) -> None:
    read = plain(written).replace(":small[]", "").replace("\\\\", "\0").replace("\\", "").replace("\0", "\\")

    assert read == " ".join(written.replace("\0", "").split())
