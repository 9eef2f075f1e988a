"""Whose address is it? What a browser was told, and what it asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.server.entry.told import MOST_ADDRESSES, MOST_BROWSERS, Told, browser_of, new_browser
from tests.server.asgi import asked

MEDIA = "/media/" + "0123456789abcdef" * 2
DROP_ZONE = "/_stcore/upload_file/01234567-89ab-cdef-0123-456789abcdef"


@pytest.mark.parametrize(
    ("told", "path"),
    [
        (MEDIA, f"{MEDIA}.csv"),
        (MEDIA, MEDIA),
        (DROP_ZONE, f"{DROP_ZONE}/a-file"),
    ],
)
def test_who_was_told_an_address_may_have_what_is_there(told: str, path: str) -> None:
    addresses = Told()

    addresses.note("me", f"\x00\x0a{told}.csv\x12".encode())

    assert addresses.may_have("me", path)
    assert not addresses.may_have("you", path)
    assert not addresses.may_have(None, path)


@pytest.mark.parametrize(
    "path",
    [
        "/media/",
        "/media/a.csv",
        f"/media/{'f' * 32}.csv",
        f"/media/{MEDIA.removeprefix('/media/').upper()}.csv",
        f"/media//{MEDIA}.csv",
        f"/media/../{MEDIA}.csv",
        f"/media/{'f' * 32}/{MEDIA}.csv",
        f"/base/media/{'f' * 32}.csv",
        "/_stcore/upload_file/",
        f"/_stcore/upload_file/x/{DROP_ZONE}",
        f"{DROP_ZONE.replace('0', 'f')}/a-file",
        f"{DROP_ZONE.replace('0', 'f')}/{MEDIA}",
        f"{MEDIA}/_stcore/upload_file/x",
    ],
)
def test_a_file_told_to_nobody_is_nobodys_however_it_is_spelt(path: str) -> None:
    addresses = Told()
    addresses.note("me", f"{MEDIA} {DROP_ZONE}".encode())

    assert not addresses.may_have("me", path)


@pytest.mark.parametrize(
    "path", ["/", "/lead", "/mediation", "/static/media/SourceSans.woff2", "/api/health", "/_stcore/stream"]
)
def test_what_is_nobodys_file_is_for_everybody(path: str) -> None:
    assert Told().may_have(None, path)


def test_what_was_told_before_there_was_a_number_is_told_to_nobody() -> None:
    addresses = Told()

    addresses.note(None, MEDIA.encode())

    assert not addresses.may_have(None, MEDIA)
    assert not addresses.may_have("", MEDIA)


@given(before=st.binary(max_size=40), after=st.binary(max_size=40))
def test_an_address_is_found_wherever_it_stands_in_a_message(before: bytes, after: bytes) -> None:
    addresses = Told()

    addresses.note("me", before + MEDIA.encode() + after + DROP_ZONE.encode() + before)

    assert addresses.may_have("me", MEDIA)
    assert addresses.may_have("me", f"{DROP_ZONE}/a")


def test_what_is_kept_is_bounded_and_the_oldest_goes_first() -> None:
    addresses = Told()
    told = [f"/media/{n:032x}" for n in range(MOST_ADDRESSES + 1)]

    for one in told:
        addresses.note("me", one.encode())
    for n in range(MOST_BROWSERS - 1):
        addresses.note(f"other {n}", MEDIA.encode())

    assert [addresses.may_have("me", one) for one in (told[0], told[1], told[-1])] == [False, True, True]
    addresses.note("one more", MEDIA.encode())
    assert not addresses.may_have("me", told[-1])


def test_each_browser_gets_a_number_of_its_own_that_it_sends_back() -> None:
    cookies = [new_browser().partition(";")[0] for _ in range(100)]
    numbers = {browser_of(asked(("cookie", f"other=1; {cookie}"))) for cookie in cookies}

    assert len(numbers) == 100
    assert None not in numbers


@pytest.mark.parametrize("cookie", ["", "handshake_browser", "handshake_browser=", "handshake_browser=short", "a=b"])
def test_what_is_no_number_is_none(cookie: str) -> None:
    assert browser_of(asked(("cookie", cookie))) is None
