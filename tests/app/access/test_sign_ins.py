"""Signing in opens a session, is noted, and binds an e-mail to whoever had it first; a signature takes it anew."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from lib.app.access.sessions import Session
from lib.app.access.sign_ins import SignIns
from lib.config.sign_in import SignIn
from lib.core.access.claims import NotLetIn, Provider
from lib.core.access.people import Identity, Others, Person, Place, Side, SignedIn
from lib.core.access.rights import Right, Role
from lib.core.agreement.versions import SignatureRefused
from lib.core.errors import ConfigRefused
from lib.store.agreement.audit import load_entries, verify
from lib.store.database import Database

ISSUER = "https://id.example.com"
SETTINGS = SignIn("COOKIE", 12, {"company": Provider("company", ISSUER, "us", "SECRET", ("example.com",))})
ANA = Person("Ana Ruiz", Side.SALES, "ana@example.com")
BO = Person("Bo Lind", Side.MARKETING, "bo@example.com", frozenset({Role.MEMBER}))
START = 1_800_000_000


class Clock:
    """Whole seconds, set by the test."""

    at = START

    def __call__(self) -> int:
        return self.at * 1_000_000


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def doors(db: Database, clock: Clock) -> Callable[..., SignIns]:
    """The sign-ins of one database, as after a start with these people."""

    def opened(*people: Person, others: tuple[Others, ...] = ()) -> SignIns:
        return SignIns(db, SETTINGS, people or (ANA, BO), others, clock)

    return opened


def claims(sub: str = "17", email: str = "ana@example.com", at: int = START, **others: object) -> dict[str, object]:
    return {"iss": ISSUER, "sub": sub, "email": email, "email_verified": True, "name": "N", "iat": at, **others}


def signed_in(entries: SignIns) -> Session:
    session = entries.sessions.of_secret(entries.sign_in("company", claims()))
    assert session is not None
    return session


def came(entries: SignIns, **how: object) -> str:
    secret = entries.sign_in("company", claims(**how))  # type: ignore[arg-type]
    session = entries.sessions.of_secret(secret)
    assert session is not None
    person = entries.person(session)
    return person.name if person else ""


def test_who_signs_in_is_who_the_file_says_and_that_is_an_entry_of_the_chain(
    doors: Callable[..., SignIns], db: Database
) -> None:
    assert came(doors()) == "Ana Ruiz"

    (entry,) = load_entries(db, "signed in")
    assert (entry.who, entry.at) == ("Ana Ruiz", START * 1_000_000)
    assert '"subject":"17"' in entry.detail
    assert verify(db) == 1


def test_whom_nothing_lets_in_is_refused_and_that_is_an_entry_too(doors: Callable[..., SignIns], db: Database) -> None:
    with pytest.raises(NotLetIn, match=r"nothing lets eve@example\.com in"):
        doors().sign_in("company", claims("66", "eve@example.com"))

    assert [(entry.what, entry.who) for entry in load_entries(db)] == [("refused", "eve@example.com")]


def test_an_email_that_later_belongs_to_another_subject_is_another_person(doors: Callable[..., SignIns]) -> None:
    entries = doors()
    assert came(entries) == "Ana Ruiz"

    with pytest.raises(NotLetIn):
        came(entries, sub="18")
    with pytest.raises(NotLetIn):
        # Also after a restart.
        came(doors(), sub="18")
    assert came(doors()) == "Ana Ruiz"


def test_until_an_operator_says_otherwise(doors: Callable[..., SignIns]) -> None:
    came(doors())

    renewed = doors(replace(ANA, identities=(Identity(ISSUER, "18"),)), BO)

    assert came(renewed, sub="18") == "Ana Ruiz"
    with pytest.raises(NotLetIn):
        came(renewed, sub="17")


def test_a_word_that_is_not_of_just_now_opens_nothing(doors: Callable[..., SignIns], clock: Clock) -> None:
    entries, kept = doors(), claims()
    clock.at += 3_600

    with pytest.raises(NotLetIn, match="is not of just now"):
        entries.sign_in("company", kept)


def test_whoever_is_taken_out_of_the_file_may_nothing_from_then_on(doors: Callable[..., SignIns]) -> None:
    entries = doors()
    session = signed_in(entries)

    without = doors(BO)

    assert without.person(session) is None
    assert without.grant(session, []).rights == frozenset()


def test_a_role_that_is_lost_between_two_presses_counts_at_the_second(doors: Callable[..., SignIns]) -> None:
    session = signed_in(doors())
    lead, viewer = doors(), doors(replace(ANA, side=None, roles=frozenset({Role.VIEWER})), BO)

    assert lead.grant(session, []).may(Right.PROPOSE)
    assert viewer.grant(session, []).rights == frozenset()


def test_a_rep_answers_as_that_rep(doors: Callable[..., SignIns]) -> None:
    entries = doors()
    session = signed_in(entries)

    by = entries.grant(session, [("r-1", "Ana Ruiz"), ("r-2", "Bo Lind")])

    assert (by.name, by.actor, by.may(Right.ANSWER)) == ("Ana Ruiz", "r-1", True)


def test_of_two_reps_of_one_name_nobody_is_taken_for_one(doors: Callable[..., SignIns]) -> None:
    entries = doors()

    assert entries.grant(signed_in(entries), [("r-1", "Ana Ruiz"), ("r-2", "Ana Ruiz")]).actor == "Ana Ruiz"


def test_signing_out_is_noted_and_ends_every_session(doors: Callable[..., SignIns], db: Database) -> None:
    entries = doors()
    laptop, phone = entries.sign_in("company", claims()), entries.sign_in("company", claims())
    there = entries.sessions.of_secret(laptop)
    assert there is not None

    entries.sign_out(there)

    assert entries.sessions.of_secret(phone) is None
    assert '"sessions":2' in load_entries(db, "signed out")[0].detail


# Signatures.


def test_a_session_by_itself_signs_nothing(doors: Callable[..., SignIns]) -> None:
    entries = doors()

    assert not entries.grant(signed_in(entries), []).may(Right.SIGN)


def test_whoever_proves_it_anew_gives_the_signature_that_waits_once(
    doors: Callable[..., SignIns], clock: Clock
) -> None:
    entries = doors()
    session = signed_in(entries)
    entries.afresh.begin(session, 2, "hash")
    clock.at += 60

    waits, by = entries.grant_afresh(session, "company", claims(auth_time=clock.at), [])

    assert (waits.number, waits.sha256, by.name, by.may(Right.SIGN)) == (2, "hash", "Ana Ruiz", True)
    with pytest.raises(SignatureRefused, match="no signature of the last 5 minutes waits here"):
        entries.grant_afresh(session, "company", claims(auth_time=clock.at), [])


@pytest.mark.parametrize(
    ("how", "seconds", "message"),
    [
        ({"auth_time": START + 60, "sub": "18"}, 60, "somebody else has signed in meanwhile"),
        ({"auth_time": START - 3}, 60, "you have not proved anew who you are"),
        ({}, 60, "does not say when you proved who you are"),
        ({"auth_time": START + 301}, 301, "no signature of the last 5 minutes waits here"),
        ({"auth_time": START - 60}, -60, "no signature of the last 5 minutes waits here"),
    ],
)
def test_nobody_else_nothing_older_and_nothing_later_signs(
    doors: Callable[..., SignIns], clock: Clock, how: dict[str, object], seconds: int, message: str
) -> None:
    entries = doors()
    session = signed_in(entries)
    entries.afresh.begin(session, 2, "hash")
    clock.at += seconds

    with pytest.raises(SignatureRefused, match=message):
        entries.grant_afresh(session, "company", claims(**how), [])  # type: ignore[arg-type]


def test_of_a_proxy_nobody_can_be_asked_anew_and_its_word_signs(doors: Callable[..., SignIns]) -> None:
    entries = doors(others=(Others(Place(Side.SALES), domain="example.com"),))
    secret = entries.let_in(SignedIn(Identity("proxy", "cy"), "Cy", "cy@example.com"))
    session = entries.sessions.of_secret(secret)
    assert session is not None

    assert entries.grant(session, []).may(Right.SIGN)


# Who may what, as people.yaml says.


NOOR = Person("Noor", None, None, frozenset({Role.OPERATOR}), (Identity(ISSUER, "42"),))


def test_where_nobody_is_an_operator_the_app_does_not_begin(doors: Callable[..., SignIns], db: Database) -> None:
    with pytest.raises(ConfigRefused, match="nobody is an operator"):
        doors().begin()

    assert load_entries(db) == []


def test_a_change_of_people_is_an_entry_with_who_came_who_went_and_who_is_otherwise(
    doors: Callable[..., SignIns], db: Database
) -> None:
    doors(ANA, BO, NOOR).begin()
    doors(ANA, BO, NOOR).begin()

    doors(
        replace(ANA, roles=frozenset({Role.MEMBER})), NOOR, others=(Others(Place(None), domain="example.com"),)
    ).begin()

    first, second = (json.loads(entry.detail) for entry in load_entries(db, "people"))
    assert first["changes"] == first["people"]
    assert first["people"]["Noor"] == f"operator, 42 of {ISSUER}"
    assert second["changes"] == {
        "Ana Ruiz": "member of sales, ana@example.com",
        "Bo Lind": "named no more",
        "whoever is of example.com": "lead",
    }
    assert verify(db) == 2
