"""The agreed version in force, and drafts under their names."""

import pytest

from lib.core.drafting import EditConflict
from lib.core.errors import NotFound
from lib.store.database import Database
from lib.store.definitions import agreed_text
from lib.store.drafts import (
    Draft,
    Edit,
    StaleDraft,
    delete_draft,
    draft_edits,
    draft_history,
    edit_draft,
    list_drafts,
    read_draft,
    save_draft,
    undo_to,
)
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


def keep_mine(base: str, theirs: str, mine: str) -> str:
    return f"{base}+{theirs}+{mine}"


def test_an_edit_of_what_its_author_saw_is_taken_as_it_is(db: Database) -> None:
    edit_draft(db, "d", "a", NOW, "Ana", seen=None, merge=keep_mine)

    edited = edit_draft(db, "d", "b", NOW + 1, "Tom", seen=1, merge=keep_mine)

    assert edited == Draft("d", "b", NOW + 1, 2, "Tom")


def test_an_edit_of_something_older_is_joined_with_what_came_since(db: Database) -> None:
    edit_draft(db, "d", "a", NOW, "Ana", seen=None, merge=keep_mine)
    edit_draft(db, "d", "b", NOW + 1, "Tom", seen=1, merge=keep_mine)

    assert edit_draft(db, "d", "c", NOW + 2, "Ana", seen=1, merge=keep_mine).text == "a+b+c"


def test_an_edit_that_cannot_be_joined_is_not_done(db: Database) -> None:
    def refuse(base: str, theirs: str, mine: str) -> str:
        raise EditConflict((), [])

    edit_draft(db, "d", "a", NOW, "Ana", seen=None, merge=refuse)
    edit_draft(db, "d", "b", NOW + 1, "Tom", seen=1, merge=refuse)

    with pytest.raises(EditConflict):
        edit_draft(db, "d", "c", NOW + 2, "Ana", seen=1, merge=refuse)

    assert [edit.text for edit in draft_edits(db, "d")] == ["a", "b"]


def test_a_new_draft_does_not_take_the_place_of_another(db: Database) -> None:
    edit_draft(db, "d", "a", NOW, "Ana", seen=None, merge=keep_mine)

    with pytest.raises(StaleDraft, match="Ana has made one of this name"):
        edit_draft(db, "d", "b", NOW, "Tom", seen=None, merge=keep_mine)


def test_a_deleted_draft_takes_no_edit_and_comes_back_by_undo(db: Database) -> None:
    edit_draft(db, "d", "a", NOW, "Ana", seen=None, merge=keep_mine)
    delete_draft(db, "d", NOW + 1, "Tom")

    with pytest.raises(StaleDraft, match="somebody has deleted it"):
        edit_draft(db, "d", "b", NOW + 2, "Ana", seen=1, merge=keep_mine)
    back = undo_to(db, "d", 1, NOW + 3, "Ana", seen=2)

    assert back == Draft("d", "a", NOW + 3, 3, "Ana")
    assert draft_edits(db, "d") == [
        Edit(1, NOW, "Ana", "a"),
        Edit(2, NOW + 1, "Tom", None),
        Edit(3, NOW + 3, "Ana", "a"),
    ]


def test_undo_by_somebody_who_has_not_seen_the_latest_edit_is_refused(db: Database) -> None:
    edit_draft(db, "d", "a", NOW, "Ana", seen=None, merge=keep_mine)
    edit_draft(db, "d", "b", NOW + 1, "Tom", seen=1, merge=keep_mine)

    with pytest.raises(StaleDraft, match="Tom has changed it since you looked"):
        undo_to(db, "d", 1, NOW + 2, "Ana", seen=1)


def test_a_revision_that_never_was_is_not_found(db: Database) -> None:
    edit_draft(db, "d", "a", NOW, "Ana", seen=None, merge=keep_mine)

    with pytest.raises(NotFound, match="draft d, revision 7"):
        undo_to(db, "d", 7, NOW, "Ana", seen=1)


def test_a_renamed_draft_has_the_history_of_when_it_had_another_name(db: Database) -> None:
    save_draft(db, "d", "a", NOW, "Ana")
    delete_draft(db, "d", NOW + 1, "Ana")
    for n, text in enumerate(("b", "c")):
        save_draft(db, "d", text, NOW + 2 + n, "Ana")
    save_draft(db, "named", "c", NOW + 10, "Tom")
    delete_draft(db, "d", NOW + 10, "Tom")
    save_draft(db, "named", "e", NOW + 11, "Ana")

    assert [(edit.who, edit.text) for edit in draft_history(db, "named")] == [
        ("Ana", "b"),
        ("Ana", "c"),
        ("Tom", "c"),
        ("Ana", "e"),
    ]


def test_a_draft_renamed_back_has_its_whole_history_once(db: Database) -> None:
    save_draft(db, "a", "1", NOW, "Ana")
    save_draft(db, "b", "1", NOW + 1, "Ana")
    delete_draft(db, "a", NOW + 1, "Ana")
    save_draft(db, "a", "1", NOW + 2, "Ana")
    delete_draft(db, "b", NOW + 2, "Ana")

    assert [edit.at for edit in draft_history(db, "a")] == [NOW, NOW + 1, NOW + 2]


def test_a_draft_that_never_was_has_no_history(db: Database) -> None:
    assert draft_history(db, "never") == []
