"""The agreed version in force, and drafts under their names."""

from lib.core.agreement.drafts import Draft, Gone
from lib.store.agreement.drafts import delete_draft, draft_history, gone_drafts, list_drafts, read_draft, save_draft
from lib.store.database import Database
from tests.grants import BY_TEST, somebody
from tests.store.conftest import FIRST_DEFINITION, NOW
from tests.store.in_force import version_in_force

DAY = 86_400_000_000


def test_the_first_version_is_in_force_for_data_older_than_the_database(db: Database) -> None:
    version = version_in_force(db, NOW - 4000 * DAY)

    assert (version.number, version.text) == (1, FIRST_DEFINITION)


def test_a_draft_saved_twice_is_the_later_one(db: Database) -> None:
    save_draft(db, "less webinar", "name: a\n", NOW, by=BY_TEST)
    save_draft(db, "less webinar", "name: b\n", NOW + 1, somebody("Ana"))
    save_draft(db, "another", "name: c\n", NOW, by=BY_TEST)

    assert [draft.name for draft in list_drafts(db)] == ["another", "less webinar"]
    assert read_draft(db, "less webinar") == Draft("less webinar", "name: b\n", NOW + 1, 2, "Ana")


def test_a_deleted_draft_is_gone(db: Database) -> None:
    save_draft(db, "less webinar", "name: a\n", NOW, by=BY_TEST)

    delete_draft(db, "less webinar", NOW + 1, by=BY_TEST)

    assert read_draft(db, "less webinar") is None
    assert list_drafts(db) == []


def test_saving_a_draft_leaves_caches_of_the_data_good(db: Database) -> None:
    before = db.state.data

    save_draft(db, "less webinar", "name: a\n", NOW, by=BY_TEST)

    assert db.state.data == before


def test_a_renamed_draft_has_the_history_of_when_it_had_another_name_and_of_before_it_was_deleted(db: Database) -> None:
    save_draft(db, "d", "a", NOW, somebody("Ana"))
    delete_draft(db, "d", NOW + 1, somebody("Ana"))
    for n, text in enumerate(("a", "c")):
        save_draft(db, "d", text, NOW + 2 + n, somebody("Tom"))
    save_draft(db, "named", "c", NOW + 10, somebody("Tom"))
    delete_draft(db, "d", NOW + 10, somebody("Tom"))
    save_draft(db, "named", "e", NOW + 11, somebody("Ana"))

    assert [(edit.who, edit.text) for edit in draft_history(db, "named")] == [
        ("Ana", "a"),
        ("Tom", "a"),
        ("Tom", "c"),
        ("Tom", "c"),
        ("Ana", "e"),
    ]


def test_a_name_that_is_gone_says_whether_its_draft_was_deleted_or_renamed(db: Database) -> None:
    save_draft(db, "d", "a", NOW, somebody("Ana"))
    save_draft(db, "named", "a", NOW + 1, somebody("Tom"))
    delete_draft(db, "d", NOW + 1, somebody("Tom"))
    save_draft(db, "other", "b", NOW + 2, somebody("Tom"))
    delete_draft(db, "other", NOW + 3, somebody("Ana"))

    assert gone_drafts(db) == [Gone("d", NOW + 1, "Tom", "a", "named"), Gone("other", NOW + 3, "Ana", "b")]


def test_a_draft_renamed_back_has_its_whole_history_once(db: Database) -> None:
    save_draft(db, "a", "1", NOW, somebody("Ana"))
    save_draft(db, "b", "1", NOW + 1, somebody("Ana"))
    delete_draft(db, "a", NOW + 1, somebody("Ana"))
    save_draft(db, "a", "1", NOW + 2, somebody("Ana"))
    delete_draft(db, "b", NOW + 2, somebody("Ana"))

    assert [edit.at for edit in draft_history(db, "a")] == [NOW, NOW + 1, NOW + 2]


def test_a_draft_that_never_was_has_no_history(db: Database) -> None:
    assert draft_history(db, "never") == []
