"""The agreed version in force, and drafts under their names."""

import pytest

from lib.core.errors import DatabaseRefused
from lib.store.database import Database
from lib.store.definitions import agreed_text
from lib.store.drafts import Draft, delete_draft, list_drafts, read_draft, save_draft
from tests.store.conftest import FIRST_DEFINITION, NOW

DAY = 86_400_000_000


def test_the_first_version_is_in_force_for_data_older_than_the_database(db: Database) -> None:
    version = agreed_text(db, NOW - 4000 * DAY)

    assert (version.number, version.text) == (1, FIRST_DEFINITION)


def test_a_version_is_in_force_from_the_instant_it_starts(db: Database) -> None:
    with db.write() as cursor:
        cursor.execute(
            """
            insert into definition_version
            values (2, 'second', 'hash', 'agreed', make_timestamp($now), make_timestamp($now)),
                (3, 'third', 'hash', 'proposed', make_timestamp($now), null)
            """,
            {"now": NOW},
        )

    assert agreed_text(db, NOW - 1).number == 1
    assert agreed_text(db, NOW).number == 2


def test_a_database_without_an_agreed_version_is_refused(db: Database) -> None:
    with db.write() as cursor:
        cursor.execute("delete from definition_version")

    with pytest.raises(DatabaseRefused, match="holds no agreed definition"):
        agreed_text(db, NOW)


def test_a_draft_saved_twice_is_the_later_one(db: Database) -> None:
    save_draft(db, "less webinar", "name: a\n", NOW)
    save_draft(db, "less webinar", "name: b\n", NOW + 1)
    save_draft(db, "another", "name: c\n", NOW)

    assert [draft.name for draft in list_drafts(db)] == ["another", "less webinar"]
    assert read_draft(db, "less webinar") == Draft("less webinar", "name: b\n", NOW + 1)


def test_a_deleted_draft_is_gone(db: Database) -> None:
    save_draft(db, "less webinar", "name: a\n", NOW)

    delete_draft(db, "less webinar")

    assert read_draft(db, "less webinar") is None
    assert list_drafts(db) == []


def test_saving_a_draft_leaves_caches_of_the_data_good(db: Database) -> None:
    before = db.generation

    save_draft(db, "less webinar", "name: a\n", NOW)

    assert db.generation == before
