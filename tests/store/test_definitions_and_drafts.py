"""The agreed version in force, and drafts under their names."""

from lib.store.database import Database
from lib.store.definitions import agreed_text
from lib.store.drafts import Draft, delete_draft, list_drafts, read_draft, save_draft
from tests.store.conftest import FIRST_DEFINITION, NOW

DAY = 86_400_000_000


def test_the_first_version_is_in_force_for_data_older_than_the_database(db: Database) -> None:
    version = agreed_text(db, NOW - 4000 * DAY)

    assert (version.number, version.text) == (1, FIRST_DEFINITION)


def test_a_draft_saved_twice_is_the_later_one(db: Database) -> None:
    save_draft(db, "less webinar", "name: a\n", NOW)
    save_draft(db, "less webinar", "name: b\n", NOW + 1, "Ana")
    save_draft(db, "another", "name: c\n", NOW)

    assert [draft.name for draft in list_drafts(db)] == ["another", "less webinar"]
    assert read_draft(db, "less webinar") == Draft("less webinar", "name: b\n", NOW + 1, 2, "Ana")


def test_a_deleted_draft_is_gone(db: Database) -> None:
    save_draft(db, "less webinar", "name: a\n", NOW)

    delete_draft(db, "less webinar", NOW + 1)

    assert read_draft(db, "less webinar") is None
    assert list_drafts(db) == []


def test_saving_a_draft_leaves_caches_of_the_data_good(db: Database) -> None:
    before = db.generation

    save_draft(db, "less webinar", "name: a\n", NOW)

    assert db.generation == before
