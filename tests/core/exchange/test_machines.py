"""Whose mails machines read first: by the domain of the lead's address, as of an instant."""

from lib.core.exchange.machines import Scanned, scanned
from lib.core.leads.history import Activity, Lead, history_of
from lib.core.replay.hits import HitIndex

SECOND = 1_000_000


def clicking(name: str, email: str | None, links: int, created_at: int = 0) -> Lead:
    did = tuple(Activity((10 + n) * SECOND, "email_click", f"link {n}") for n in range(links))
    return Lead(name, created_at, {"email": email}, did)


LEADS = [
    clicking("a", "ann@Bank.example", 4),
    clicking("b", "bo@bank.example ", 3),
    clicking("c", "cy@bank.example", 2),
    clicking("d", None, 5),
    clicking("e", "no address", 3),
    clicking("f", "flo@later.example", 5, created_at=60 * SECOND),
    clicking("g", "gus@fine.example", 1),
]


def found(leads: list[Lead], as_of: int) -> tuple[Scanned, ...]:
    history = history_of(leads)
    return scanned(history, HitIndex(history).by_machine, as_of)


def test_domains_are_counted_in_one_spelling_the_most_clicks_first() -> None:
    assert found(LEADS, 30 * SECOND) == (Scanned(None, 8, 2, 2), Scanned("bank.example", 7, 2, 3))


def test_what_comes_later_than_the_instant_looked_at_counts_for_nothing() -> None:
    assert found(LEADS, 10 * SECOND) == (Scanned(None, 2, 2, 2), Scanned("bank.example", 2, 2, 3))
    assert found(LEADS, 60 * SECOND)[-1] == Scanned("later.example", 5, 1, 1)
    assert found(LEADS, 5 * SECOND) == ()


def test_nobody_and_nothing_done_are_no_domains() -> None:
    assert found([], 60 * SECOND) == found([Lead("a", 0, {})], 60 * SECOND) == ()
