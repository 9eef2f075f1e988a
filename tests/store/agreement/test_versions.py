"""Versions: proposed by one side, signed by both, in force from their start, and never edited."""

import hashlib
import re
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings

import lib.store as lib_store
from lib.config.definition import read_definition, write_definition
from lib.core.access.people import Person, Side
from lib.core.agreement.audit import AuditBroken
from lib.core.agreement.versions import (
    ProposalRefused,
    SignatureRefused,
    Version,
    VersionState,
    in_force,
    person_called,
)
from lib.core.definition.criteria import Definition
from lib.core.errors import NotFound
from lib.store.agreement.audit import load_entries, verify
from lib.store.agreement.versions import load_version, load_versions, propose, sign, withdraw
from lib.store.database import Database
from tests.core.strategies import definitions
from tests.grants import ANYTHING, somebody
from tests.store.conftest import FIRST_DEFINITION, NOW, Tamper
from tests.store.in_force import version_in_force

DAY = 86_400_000_000
MARTA = somebody("Marta Vidal", Side.SALES)
DANIEL = somebody("Daniel Brooks", Side.SALES)
TOM = somebody("Tom Okafor", Side.MARKETING)
TEXT = "name: less webinar\n"
WITHOUT_KEYS = "create or replace table signature as select * from signature"
FORGED = "select number, sha256, side, 'Eve' as who, signed_at from signature"


def proposed(db: Database, text: str = TEXT, **how: object) -> Version:
    return propose(db, text, TOM, NOW, reason="Sales refuses webinar leads", **how)  # type: ignore[arg-type]


def agreed(db: Database, text: str = TEXT, at: int = NOW + 2, **how: object) -> Version:
    version = proposed(db, text, **how)
    sign(db, version.number, version.sha256, TOM, at - 1)
    return sign(db, version.number, version.sha256, MARTA, at)


def test_the_configurations_definition_is_version_1_and_needs_no_signature(db: Database) -> None:
    (first,) = load_versions(db, NOW)

    assert (first.number, first.text, first.state, first.side) == (1, FIRST_DEFINITION, VersionState.AGREED, None)
    assert first.missing == ()


def test_a_proposal_freezes_its_text_and_waits_for_both(db: Database) -> None:
    version = proposed(db)

    assert version.text == TEXT
    assert version.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
    assert (version.number, version.state, version.side) == (2, VersionState.PROPOSED, Side.MARKETING)
    assert version.missing == (Side.SALES, Side.MARKETING)
    assert version_in_force(db, NOW + DAY).number == 1


def test_the_proposers_signature_alone_agrees_nothing(db: Database) -> None:
    version = proposed(db)

    signed = sign(db, version.number, version.sha256, TOM, NOW + 1)

    assert signed.state is VersionState.PROPOSED
    assert signed.missing == (Side.SALES,)
    assert version_in_force(db, NOW + DAY).number == 1


def test_both_signatures_agree_a_version_in_either_order(db: Database) -> None:
    version = proposed(db)

    sign(db, version.number, version.sha256, MARTA, NOW + 1)
    signed = sign(db, version.number, version.sha256, TOM, NOW + 2)

    assert signed.state is VersionState.AGREED
    assert [(one.side, one.who, one.at) for one in signed.signatures] == [
        (Side.SALES, "Marta Vidal", NOW + 1),
        (Side.MARKETING, "Tom Okafor", NOW + 2),
    ]


def test_without_a_stated_start_a_version_is_in_force_from_the_second_signature(db: Database) -> None:
    version = agreed(db, at=NOW + 2)

    assert version.starts_at == NOW + 2
    assert version_in_force(db, NOW + 1).number == 1
    assert version_in_force(db, NOW + 2).number == 2


def test_a_version_is_in_force_from_its_stated_start_and_not_before(db: Database) -> None:
    version = agreed(db, starts_at=NOW + DAY)

    assert version.state is VersionState.AGREED
    assert version_in_force(db, NOW + DAY - 1).number == 1
    assert version_in_force(db, NOW + DAY).number == 2
    assert [one.state for one in load_versions(db, NOW + DAY - 1)] == [VersionState.AGREED, VersionState.AGREED]
    assert [one.state for one in load_versions(db, NOW + DAY)] == [VersionState.SUPERSEDED, VersionState.AGREED]


def test_of_all_versions_the_one_that_starts_at_the_very_instant_asked_for_is_in_force(db: Database) -> None:
    agreed(db, starts_at=NOW + DAY)

    every = load_versions(db, NOW + DAY)

    assert in_force(every, NOW + DAY - 1) == every[0]
    assert in_force(every, NOW + DAY) == every[1]


def test_a_start_stated_before_both_had_signed_is_the_instant_of_the_second_signature(db: Database) -> None:
    version = agreed(db, at=NOW + DAY, starts_at=NOW + 5)

    assert version.starts_at == NOW + DAY


def test_of_two_versions_starting_at_once_the_later_number_is_in_force(db: Database) -> None:
    agreed(db, "name: two\n", starts_at=NOW + DAY)
    agreed(db, "name: three\n", starts_at=NOW + DAY)

    assert version_in_force(db, NOW + DAY).number == 3
    assert [one.state for one in load_versions(db, NOW + DAY)] == [
        VersionState.SUPERSEDED,
        VersionState.SUPERSEDED,
        VersionState.AGREED,
    ]


@settings(max_examples=50)
@given(definitions())
def test_what_is_handed_out_as_yaml_reads_back_to_the_hash_that_was_signed(definition: Definition) -> None:
    text = write_definition(definition)

    again = write_definition(read_definition(text, "handed-out.yaml"))

    assert hashlib.sha256(again.encode()).hexdigest() == hashlib.sha256(text.encode()).hexdigest()


def test_an_earlier_version_comes_back_as_a_new_proposal(db: Database) -> None:
    agreed(db)

    again = agreed(db, FIRST_DEFINITION, at=NOW + 10)

    assert again.number == 3
    assert version_in_force(db, NOW + 10).text == FIRST_DEFINITION


def test_nobody_signs_a_text_they_have_not_read(db: Database) -> None:
    version = proposed(db)
    other = hashlib.sha256(b"name: other\n").hexdigest()

    with pytest.raises(SignatureRefused, match="is another text"):
        sign(db, version.number, other, MARTA, NOW + 1)

    assert load_version(db, version.number, NOW + 1).signatures == ()


def test_an_edit_of_a_proposal_is_a_new_one_and_voids_the_signatures(db: Database) -> None:
    version = proposed(db)
    sign(db, version.number, version.sha256, MARTA, NOW + 1)

    edited = propose(db, "name: edited\n", TOM, NOW + 2, reason="A typing error", replaces=version.number)

    assert edited.signatures == ()
    assert load_version(db, version.number, NOW + 2).state is VersionState.WITHDRAWN
    with pytest.raises(SignatureRefused, match="is withdrawn"):
        sign(db, version.number, version.sha256, TOM, NOW + 3)


def test_a_second_proposal_is_refused_while_one_is_open(db: Database) -> None:
    proposed(db)

    with pytest.raises(ProposalRefused, match="Tom Okafor has proposed it and it waits for sales and marketing"):
        proposed(db, "name: other\n")


def test_a_proposal_without_a_reason_is_refused(db: Database) -> None:
    with pytest.raises(ProposalRefused, match="says no reason"):
        propose(db, TEXT, TOM, NOW, reason=" ")

    assert len(load_versions(db, NOW)) == 1


def test_a_side_signs_once(db: Database) -> None:
    version = proposed(db)
    sign(db, version.number, version.sha256, MARTA, NOW + 1)

    with pytest.raises(SignatureRefused, match="Marta Vidal has signed for sales"):
        sign(db, version.number, version.sha256, DANIEL, NOW + 2)


@pytest.mark.parametrize("name", ["Marta Vidal", "marta  vidal "])
def test_somebody_who_changed_sides_does_not_sign_for_both(db: Database, name: str) -> None:
    version = proposed(db)
    sign(db, version.number, version.sha256, MARTA, NOW + 1)

    with pytest.raises(SignatureRefused, match="nobody signs for both"):
        sign(db, version.number, version.sha256, somebody(name, Side.MARKETING), NOW + 2)

    assert load_version(db, version.number, NOW + 2).missing == (Side.MARKETING,)


def test_an_agreed_version_takes_no_signature_and_no_withdrawal(db: Database) -> None:
    version = agreed(db)

    with pytest.raises(SignatureRefused, match="is agreed and takes no signature"):
        sign(db, version.number, version.sha256, DANIEL, NOW + 3)
    with pytest.raises(ProposalRefused, match="it is agreed, not merely proposed"):
        withdraw(db, version.number, TOM, NOW + 3, reason="Second thoughts")


def test_the_first_version_takes_no_signature(db: Database) -> None:
    (first,) = load_versions(db, NOW)

    with pytest.raises(SignatureRefused, match="takes no signature"):
        sign(db, 1, first.sha256, MARTA, NOW)


def test_a_withdrawn_proposal_makes_room_for_another(db: Database) -> None:
    version = proposed(db)

    gone = withdraw(db, version.number, MARTA, NOW + 1, reason="Not now")

    assert gone.state is VersionState.WITHDRAWN
    assert gone.withdrawal is not None
    assert (gone.withdrawal.who, gone.withdrawal.reason) == ("Marta Vidal", "Not now")
    assert gone.missing == ()
    assert propose(db, TEXT, TOM, NOW + 2, reason="Now").number == 3


def test_a_withdrawal_says_why(db: Database) -> None:
    version = proposed(db)

    with pytest.raises(ProposalRefused, match="withdrawal says no reason"):
        withdraw(db, version.number, MARTA, NOW + 1, reason="")


def test_a_version_nobody_made_is_not_found(db: Database) -> None:
    with pytest.raises(NotFound, match="version 9: there is no such version"):
        sign(db, 9, "", MARTA, NOW)


def test_every_step_is_an_audit_entry(db: Database) -> None:
    version = agreed(db, prediction='{"mqls_per_week":120}')
    withdraw(db, proposed(db, "name: other\n").number, MARTA, NOW + 3, reason="Not now")

    assert [(entry.what, entry.who) for entry in load_entries(db)] == [
        ("proposed", "Tom Okafor"),
        ("signed", "Tom Okafor"),
        ("signed", "Marta Vidal"),
        ("proposed", "Tom Okafor"),
        ("withdrawn", "Marta Vidal"),
    ]
    assert version.sha256 in load_entries(db, "signed")[1].detail
    assert verify(db) == 5


@pytest.mark.parametrize(
    "change",
    [
        "update proposal set text = 'name: forged', sha256 = sha256('name: forged')",
        "update proposal set starts_at = null",
        "delete from proposal where number = 2",
        "delete from signature",
        "update signature set who = 'Eve'",
    ],
)
def test_an_agreed_version_cannot_be_changed_through_the_database_either(db: Database, change: str) -> None:
    version = agreed(db)

    with pytest.raises(duckdb.Error), db.write(*ANYTHING) as cursor:
        cursor.execute(change)

    assert load_version(db, 2, NOW + 2) == version


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("update signature set who = 'Eve' where side = 'sales'", "'signed' by Marta Vidal"),
        ("update signature set signed_at = make_timestamp(0) where side = 'sales'", "'signed' by Marta Vidal"),
        ("delete from signature where side = 'sales'", "'signed' by Marta Vidal"),
        (f"create or replace table signature as {FORGED}", "'signed' by Marta Vidal"),
        *(
            (f"{WITHOUT_KEYS}; update proposal set {column} where number = 2", "'proposed' by Tom Okafor")
            for column in (
                "text = 'name: forged', sha256 = sha256('name: forged')",
                "starts_at = make_timestamp(0)",
                "prediction = '{}'",
                "reason = 'Because'",
                "proposed_by = 'Eve'",
            )
        ),
    ],
)
def test_whoever_takes_the_guards_away_and_changes_an_agreed_version_is_found_out(
    db: Database, tamper: Tamper, change: str, told: str
) -> None:
    agreed(db)

    tamper(change)

    with pytest.raises(AuditBroken, match=told):
        verify(db)


@pytest.mark.parametrize(
    "change",
    [
        "update proposal set text = 'name: forged', sha256 = sha256('name: forged') where number = 2",
        "update proposal set text = 'name: forged' where number = 2",
        "update proposal set starts_at = make_timestamp(0) where number = 2",
        "update proposal set reason = 'Because' where number = 2",
        "update signature set sha256 = sha256('name: forged') where number = 2",
        "delete from proposal where number = 2",
    ],
)
def test_a_signed_text_cannot_be_changed_even_without_the_guards(db: Database, tamper: Tamper, change: str) -> None:
    version = agreed(db)

    with pytest.raises(duckdb.ConstraintException):
        tamper(change)

    assert load_version(db, 2, NOW + 2) == version
    assert verify(db) == 3


def test_no_statement_of_the_app_changes_or_takes_away_what_was_signed() -> None:
    changing = re.compile(
        r"\b(update|delete\s+from|truncate(\s+table)?|alter\s+table|drop\s+table(\s+if\s+exists)?"
        r"|insert\s+or\s+(replace|ignore)\s+into|create\s+or\s+replace\s+table)\s+(proposal|signature|withdrawal)\b",
        re.IGNORECASE,
    )
    lib = Path(lib_store.__file__).parent.parent

    found = [
        file.name for file in (*lib.rglob("*.py"), *lib.rglob("*.sql")) if changing.search(file.read_text("utf-8"))
    ]

    assert changing.search("delete from signature")
    assert found == []


def test_a_withdrawal_written_into_the_database_undoes_no_agreement(db: Database) -> None:
    agreed(db)

    with db.write(*ANYTHING) as cursor:
        cursor.execute("insert into withdrawal values (2, make_timestamp($now), 'Eve', 'forged')", {"now": NOW + DAY})

    assert load_version(db, 2, NOW + 2 * DAY).state is VersionState.AGREED
    with pytest.raises(AuditBroken, match="'withdrawn' by Eve"):
        verify(db)


def test_what_a_clock_that_was_ahead_signed_is_agreed_for_one_that_is_behind(db: Database) -> None:
    version = agreed(db, at=NOW + DAY)

    with pytest.raises(ProposalRefused, match="cannot be replaced any more"):
        proposed(db, "name: other\n", replaces=version.number)


@pytest.mark.parametrize(
    "forged",
    [
        "insert into signature values (2, sha256('another text'), 'sales', 'Eve', now()::timestamp)",
        "insert into signature values (2, sha256('name: less webinar\n'), 'sales', 'Tom Okafor', now()::timestamp)",
        "insert into signature values (2, sha256('name: less webinar\n'), 'marketing', 'Eve', now()::timestamp)",
        "insert into signature values (2, sha256('name: less webinar\n'), 'finance', 'Eve', now()::timestamp)",
        "insert into signature values (9, sha256('name: less webinar\n'), 'sales', 'Eve', now()::timestamp)",
        "insert into proposal values (3, 'a', sha256('b'), now()::timestamp, 'Eve', 'sales', 'x', null, null)",
    ],
)
def test_the_database_itself_refuses_a_signature_that_cannot_be_one(db: Database, forged: str) -> None:
    version = proposed(db)
    sign(db, version.number, version.sha256, TOM, NOW + 1)

    with pytest.raises(duckdb.ConstraintException), db.write(*ANYTHING) as cursor:
        cursor.execute(forged)

    assert load_version(db, 2, NOW + 2).missing == (Side.SALES,)


def test_agreeing_makes_what_was_computed_before_stale(db: Database) -> None:
    before = db.state.data

    agreed(db)

    assert db.state.data > before


def test_a_person_is_known_by_the_name_in_the_configuration() -> None:
    people = Person("Marta Vidal", Side.SALES), Person("Tom Okafor", Side.MARKETING)

    assert person_called(people, "Tom Okafor") == people[1]
    with pytest.raises(NotFound, match="Did you mean 'Marta Vidal'"):
        person_called(people, "Marta Vidale")
