"""Sessions begin, end by time, by signing out and by being too many, and open to nothing but their secret."""

import pytest

from lib.app.access import sessions
from lib.app.access.sessions import Sessions
from lib.core.access.people import Identity, SignedIn

ANA = SignedIn(Identity("https://id", "17"), "Ana")
BO = SignedIn(Identity("https://id", "4"), "Bo")
HOUR = 3_600


class Clock:
    """Whole seconds, set by the test."""

    at = 1_000_000

    def __call__(self) -> int:
        return self.at * 1_000_000


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(clock: Clock) -> Sessions:
    return Sessions(clock)


def test_a_browser_comes_back_by_its_secret_and_by_nothing_else(opened: Sessions) -> None:
    secret, session = opened.begin(HOUR, ANA)

    assert opened.of_secret(secret) == session
    assert opened.of_secret(session.number) is None
    assert opened.of_secret("") is None
    assert opened.of_secret(secret[:-1]) is None


def test_a_session_ends_at_its_end(opened: Sessions, clock: Clock) -> None:
    secret, _ = opened.begin(HOUR, ANA)

    clock.at += HOUR - 1
    assert opened.of_secret(secret) is not None
    clock.at += 1
    assert opened.of_secret(secret) is None


def test_a_clock_put_back_makes_no_session_longer(opened: Sessions, clock: Clock) -> None:
    secret, _ = opened.begin(HOUR, ANA)

    clock.at -= HOUR

    assert opened.of_secret(secret) is None


def test_signing_out_ends_all_of_that_persons_and_nobody_elses(opened: Sessions) -> None:
    laptop, _ = opened.begin(HOUR, ANA)
    phone, _ = opened.begin(HOUR, ANA)
    other, _ = opened.begin(HOUR, BO)

    assert opened.end_all_of(ANA.identity) == 2

    assert opened.of_secret(laptop) is None
    assert opened.of_secret(phone) is None
    assert opened.of_secret(other) is not None


def test_who_is_said_to_sit_there_is_kept_where_nobody_signed_in(opened: Sessions) -> None:
    said, first = opened.begin(HOUR)
    proved, second = opened.begin(HOUR, ANA)

    opened.claim(first.number, "Bo")
    opened.claim(second.number, "Bo")

    there = opened.of_secret(said), opened.of_secret(proved)
    assert [one.claimed for one in there if one is not None] == ["Bo", None]


def test_beyond_so_many_the_one_that_was_begun_first_goes(opened: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MOST", 2)

    secrets = [opened.begin(HOUR)[0] for _ in range(3)]

    assert [opened.of_secret(secret) is not None for secret in secrets] == [False, True, True]
