"""Drafts in many hands: joined at once, written in order, and no edit lost when a write fails or the server stops."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lib.app.shared_drafts import DraftGone, NameRefused, SharedDrafts
from lib.config.definition import write_definition
from lib.core.definition.criteria import ActivityCondition, ActivityMatch, Category, Criterion, Definition
from lib.core.definition.drafting import Part, PartKind, is_unnamed
from lib.core.errors import DefinitionRefused, NotFound
from lib.store.agreement.audit import verify
from lib.store.agreement.drafts import draft_edits, draft_history, read_draft
from lib.store.database import Database, open_database
from lib.ui.now import drafts
from tests.grants import ANYTHING, somebody

START = 1_780_000_000_000_000
DAY = 86_400_000_000
MADRID = ZoneInfo("Europe/Madrid")


def criterion(number: int, points: int) -> Criterion:
    match = ActivityMatch(ActivityCondition(("page_view",)), number + 1)
    return Criterion(f"c{number}", f"Criterion {number}", Category.ACTIONS, points, match)


FIRST = Definition("MQL", 60, tuple(criterion(n, 5) for n in range(3)))


class Clock:
    """Goes on by a microsecond whenever it is looked at."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        self.now += 1
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path / "h.duckdb", first_definition=write_definition(FIRST), clock=START)
    yield database
    database.close()


@pytest.fixture
def shared(db: Database, clock: Clock) -> SharedDrafts:
    return SharedDrafts(db, clock, MADRID)


def test_what_two_people_change_at_once_both_stays(shared: SharedDrafts) -> None:
    shared.begin(FIRST, somebody("Marta"), "m", "together")

    shared.edit("together", FIRST, FIRST.with_points("c0", 8), somebody("Marta"), "m")
    edited = shared.edit("together", FIRST, FIRST.with_threshold(50), somebody("Tom"), "t")

    assert edited.disputes == ()
    assert edited.newest.definition == FIRST.with_points("c0", 8).with_threshold(50)


def test_the_second_who_changes_the_same_is_told_by_whom_and_the_rest_is_taken(
    shared: SharedDrafts,
) -> None:
    shared.begin(FIRST, somebody("Marta"), "m", "together")
    shared.edit("together", FIRST, FIRST.with_points("c0", 8), somebody("Marta"), "m")
    shared.edit("together", FIRST, FIRST.with_points("c1", 1), somebody("Ana"), "a")

    edited = shared.edit("together", FIRST, FIRST.with_points("c0", 9).with_threshold(50), somebody("Tom"), "t")

    (dispute,) = edited.disputes
    assert (dispute.rival, dispute.conflict.part) == ("Marta", Part(PartKind.CRITERION, "c0"))
    assert (dispute.conflict.theirs, dispute.conflict.mine) == (criterion(0, 8), criterion(0, 9))
    assert edited.newest.definition == FIRST.with_points("c0", 8).with_points("c1", 1).with_threshold(50)


def test_a_change_that_means_nothing_together_with_another_is_refused_and_changes_nothing(shared: SharedDrafts) -> None:
    shared.begin(FIRST, somebody("Marta"), "m", "together")
    empty = FIRST.without_criterion("c0").without_criterion("c1").without_criterion("c2")
    emptied = shared.edit("together", FIRST, empty, somebody("Marta"), "m")

    with pytest.raises(DefinitionRefused):
        shared.edit("together", FIRST, FIRST.with_minimum(Category.ACTIONS, 10), somebody("Tom"), "t")

    assert shared.newest("together") == emptied.newest


def test_every_edit_is_in_the_database_with_its_author(shared: SharedDrafts, db: Database) -> None:
    begun = shared.begin(FIRST, somebody("Marta"), "m")
    shared.edit(begun.name, FIRST, FIRST.with_threshold(50), somebody("Tom"), "t")

    shared.settle()

    kept = [(edit.who, edit.text) for edit in draft_edits(db, begun.name)]
    assert kept == [("Marta", write_definition(FIRST)), ("Tom", write_definition(FIRST.with_threshold(50)))]
    assert verify(db) == 2


def test_an_edit_is_seen_while_the_database_is_busy_and_written_after_it(shared: SharedDrafts, db: Database) -> None:
    begun = shared.begin(FIRST, somebody("Marta"), "m")
    shared.settle()

    with db.write(*ANYTHING):
        shared.edit(begun.name, FIRST, FIRST.with_threshold(50), somebody("Tom"), "t")
        seen = shared.newest(begun.name)
        assert read_draft(db, begun.name) != seen

    shared.settle()
    assert seen is not None
    assert seen.definition == FIRST.with_threshold(50)
    written = read_draft(db, begun.name)
    assert written is not None
    assert written.text == seen.text


def test_what_could_not_be_written_is_told_and_is_written_in_its_order_later(
    shared: SharedDrafts, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = shared.begin(FIRST, somebody("Marta"), "m")
    shared.settle()

    def no_space(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(db, "write", no_space)
        shared.edit(begun.name, FIRST, FIRST.with_threshold(50), somebody("Tom"), "t")
        shared.edit(begun.name, FIRST.with_threshold(50), FIRST.with_threshold(40), somebody("Tom"), "t")
        shared.settle()
        trouble = shared.trouble()
    shared.settle()

    assert trouble is not None
    assert "2 of the newest changes are not written yet (no space left on device)" in str(trouble)
    assert shared.trouble() is None
    thresholds = [60, 50, 40]
    assert [edit.text for edit in draft_edits(db, begun.name)] == [
        write_definition(FIRST.with_threshold(one)) for one in thresholds
    ]


def test_closing_the_database_writes_what_is_not_written_yet(tmp_path: Path, clock: Clock) -> None:
    path, text = tmp_path / "closed.duckdb", write_definition(FIRST)
    database = open_database(path, first_definition=text, clock=START)
    first = SharedDrafts(database, clock, MADRID)
    first.begin(FIRST, somebody("Marta"), "m", "together")
    newest = first.edit("together", FIRST, FIRST.with_threshold(50), somebody("Tom"), "t").newest

    database.close()

    database = open_database(path, first_definition=text, clock=START)
    again = SharedDrafts(database, clock, MADRID).newest("together")
    database.close()
    assert again is not None
    assert (again.text, again.who, again.at) == (newest.text, "Tom", newest.at)


def test_many_at_once_lose_nothing(shared: SharedDrafts, db: Database) -> None:
    base = Definition("MQL", 60, tuple(criterion(n, 0) for n in range(8)))
    shared.begin(base, somebody("Ana"), "a", "together")

    def tune(number: int) -> None:
        seen = base
        for points in range(1, 11):
            mine = seen.with_points(f"c{number}", points)
            seen = shared.edit("together", seen, mine, somebody(f"p{number}"), str(number)).newest.definition

    people = [Thread(target=tune, args=(number,)) for number in range(8)]
    for one in people:
        one.start()
    for one in people:
        one.join()

    shared.settle()
    newest = shared.newest("together")
    assert newest is not None
    assert [one.points for one in newest.definition.criteria] == [10] * 8
    assert len(draft_edits(db, "together")) == 81
    assert verify(db) == 81


def test_an_edit_that_changes_nothing_is_none(shared: SharedDrafts, db: Database) -> None:
    begun = shared.begin(FIRST, somebody("Marta"), "m")

    edited = shared.edit(begun.name, FIRST, FIRST, somebody("Tom"), "t")

    shared.settle()
    assert edited.newest == begun.newest
    assert len(draft_edits(db, begun.name)) == 1


def test_a_draft_that_nobody_named_says_when_and_by_whom_it_was_begun(shared: SharedDrafts) -> None:
    first, second = shared.begin(FIRST, somebody("Marta Vidal"), "m"), shared.begin(FIRST, somebody("Marta Vidal"), "m")
    nobody = shared.begin(FIRST, somebody("somebody"), "x")

    # 1,780,000,000 seconds are 22:26:40 in Madrid.
    assert first.name == "Draft of 28 May 2026, 22:26 by Marta Vidal"
    assert second.name == "Draft of 28 May 2026, 22:26 by Marta Vidal (2)"
    assert nobody.name == "Draft of 28 May 2026, 22:26"
    assert all(is_unnamed(one.name) for one in (first, second, nobody))


def test_offered_are_named_drafts_and_the_latest_unnamed_ones_that_differ_from_what_is_agreed(
    shared: SharedDrafts, clock: Clock
) -> None:
    old = shared.begin(FIRST.with_threshold(10), somebody("Ana"), "a")
    clock.now += 15 * DAY
    shared.begin(FIRST, somebody("Tom"), "t", "zebra")
    shared.begin(FIRST, somebody("Tom"), "t", "Alpha")
    same = shared.begin(FIRST, somebody("Tom"), "t")
    clock.now += DAY
    earlier = shared.begin(FIRST.with_threshold(50), somebody("Tom"), "t")
    clock.now += DAY
    later = shared.begin(FIRST.with_threshold(40), somebody("Marta"), "m")

    assert shared.offered(FIRST) == ["Alpha", "zebra", later.name, earlier.name]
    assert shared.newest(old.name) is not None
    assert shared.newest(same.name) is not None


def test_whoever_has_a_renamed_draft_open_goes_on_with_it(shared: SharedDrafts, db: Database) -> None:
    begun = shared.begin(FIRST, somebody("Marta"), "m")
    shared.rename(begun.name, "less webinar", somebody("Marta"), "m")

    edited = shared.edit(begun.name, FIRST, FIRST.with_threshold(50), somebody("Tom"), "t")

    shared.settle()
    assert edited.name == shared.called_now(begun.name) == "less webinar"
    assert shared.names() == ["less webinar"]
    assert read_draft(db, begun.name) is None
    written = read_draft(db, "less webinar")
    assert written is not None
    assert written.text == write_definition(FIRST.with_threshold(50))


def test_a_draft_renamed_back_and_forth_is_found_under_either_name(shared: SharedDrafts) -> None:
    shared.begin(FIRST, somebody("Marta"), "m", "a")

    shared.rename("a", "b", somebody("Marta"), "m")
    shared.rename("b", "a", somebody("Marta"), "m")

    assert (shared.called_now("a"), shared.called_now("b")) == ("a", "a")
    assert shared.names() == ["a"]


def test_a_name_that_another_draft_has_is_refused(shared: SharedDrafts) -> None:
    shared.begin(FIRST, somebody("Marta"), "m", "a")
    shared.begin(FIRST, somebody("Tom"), "t", "b")

    with pytest.raises(NameRefused, match="there is one of this name"):
        shared.rename("a", "b", somebody("Marta"), "m")

    assert shared.names() == ["a", "b"]


def test_a_name_that_a_draft_had_is_never_anothers(shared: SharedDrafts) -> None:
    shared.begin(FIRST, somebody("Marta"), "m", "a")
    shared.begin(FIRST.with_threshold(50), somebody("Tom"), "t", "other")
    shared.rename("a", "b", somebody("Marta"), "m")

    with pytest.raises(NameRefused, match="“b” was called so, and its address opens it"):
        shared.rename("other", "a", somebody("Tom"), "t")
    shared.delete("b", somebody("Marta"))
    with pytest.raises(NameRefused, match="one of this name was deleted"):
        shared.rename("other", "a", somebody("Tom"), "t")
    begun = shared.begin(FIRST.with_threshold(50), somebody("Tom"), "t", "a")

    assert begun.name == "a (2)"
    assert shared.called_now("a") == "b"


def test_a_deleted_draft_comes_back_with_its_history_also_under_a_name_it_had_before(
    shared: SharedDrafts, db: Database
) -> None:
    shared.begin(FIRST, somebody("Marta"), "m", "a")
    shared.edit("a", FIRST, FIRST.with_threshold(50), somebody("Tom"), "t")
    shared.rename("a", "b", somebody("Marta"), "m")
    shared.delete("b", somebody("Tom"))
    ((gone, who),) = [(one.name, one.who) for one in shared.deleted()]

    back = shared.bring_back("a", somebody("Ana"), "x")

    shared.settle()
    assert (gone, who) == ("b", "Tom")
    assert (back.name, back.newest.who, back.newest.definition) == ("b", "Ana", FIRST.with_threshold(50))
    assert shared.deleted() == []
    assert [edit.who for edit in draft_history(db, "b")] == ["Marta", "Tom", "Marta", "Ana"]


def test_who_brings_back_what_another_has_brought_back_has_it_as_it_is_now(shared: SharedDrafts) -> None:
    shared.begin(FIRST, somebody("Marta"), "m", "a")
    shared.delete("a", somebody("Tom"))
    shared.bring_back("a", somebody("Ana"), "x")
    edited = shared.edit("a", FIRST, FIRST.with_threshold(50), somebody("Ana"), "x")

    assert shared.bring_back("a", somebody("Marta"), "m").newest == edited.newest


def test_what_never_was_cannot_be_brought_back(shared: SharedDrafts) -> None:
    with pytest.raises(NotFound, match="no draft of this name was deleted"):
        shared.bring_back("never", somebody("Ana"), "x")


def test_after_a_restart_every_address_opens_its_draft_and_deleted_ones_come_back(
    shared: SharedDrafts, db: Database, clock: Clock
) -> None:
    unnamed = shared.begin(FIRST, somebody("Marta"), "m").name
    shared.rename(unnamed, "a", somebody("Marta"), "m")
    shared.rename("a", "less webinar", somebody("Tom"), "t")
    shared.begin(FIRST.with_threshold(50), somebody("Tom"), "t", "mistake")
    shared.delete("mistake", somebody("Tom"))
    shared.settle()

    again = SharedDrafts(db, clock, MADRID)

    assert again.called_now(unnamed) == again.called_now("a") == "less webinar"
    assert [one.name for one in again.deleted()] == ["mistake"]
    assert again.bring_back("mistake", somebody("Ana"), "x").newest.definition == FIRST.with_threshold(50)


def test_who_knows_a_renamed_draft_by_its_old_name_can_rename_copy_and_delete_it(shared: SharedDrafts) -> None:
    shared.begin(FIRST, somebody("Marta"), "m", "a")
    shared.rename("a", "b", somebody("Marta"), "m")

    shared.copy("a", "copy", somebody("Tom"), "t")
    shared.rename("a", "c", somebody("Tom"), "t")
    assert shared.names() == ["c", "copy"]

    shared.delete("a", somebody("Tom"))
    assert shared.names() == ["copy"]


def test_a_deleted_draft_takes_no_edit(shared: SharedDrafts, db: Database) -> None:
    shared.begin(FIRST, somebody("Marta"), "m", "a")
    shared.delete("a", somebody("Tom"))

    with pytest.raises(DraftGone, match="somebody has deleted it"):
        shared.edit("a", FIRST, FIRST.with_threshold(50), somebody("Marta"), "m")

    shared.settle()
    assert shared.newest("a") is None
    assert [edit.text for edit in draft_edits(db, "a")] == [write_definition(FIRST), None]


def test_whoever_looks_at_a_draft_sees_who_else_does(shared: SharedDrafts) -> None:
    shared.begin(FIRST, somebody("Marta"), "m", "a")

    shared.look("a", "m", "Marta")
    shared.look("a", "t", "Tom")

    assert shared.look("a", "m", "Marta") == ("Tom",)
    assert shared.look("b", "x", "Ana") == ()


def test_the_mark_of_a_tab_changes_with_what_others_do_and_never_with_what_it_does_itself(shared: SharedDrafts) -> None:
    shared.begin(FIRST, somebody("Marta"), "m", "a")
    shared.look("a", "m", "Marta")
    shared.look("a", "t", "Tom")
    before = shared.mark("m")

    shared.edit("a", FIRST, FIRST.with_threshold(50), somebody("Marta"), "m")

    assert shared.mark("m") == before

    toms = shared.edit("a", FIRST, FIRST.with_points("c1", 9), somebody("Tom"), "t").newest

    assert shared.mark("m") != before
    assert shared.mark("m", toms.revision - 1) == before
    assert shared.mark("m", toms.revision) == shared.mark("m")


@pytest.mark.parametrize(
    "happens",
    [
        lambda shared: shared.look("a", "t", "Tom"),
        lambda shared: shared.rename("a", "b", somebody("Tom"), "t"),
        lambda shared: shared.delete("a", somebody("Tom")),
    ],
    ids=["somebody comes", "a new name", "deleted"],
)
def test_the_mark_changes_when_somebody_comes_and_when_the_draft_is_renamed_or_deleted(
    shared: SharedDrafts, happens: Callable[[SharedDrafts], object]
) -> None:
    shared.begin(FIRST, somebody("Marta"), "m", "a")
    shared.look("a", "m", "Marta")
    before = shared.mark("m")

    happens(shared)

    assert shared.mark("m") != before


def test_a_tab_without_a_draft_has_no_mark(shared: SharedDrafts) -> None:
    shared.begin(FIRST, somebody("Marta"), "m", "a")
    shared.leave("m")

    assert shared.mark("m") == shared.mark("unknown") == ""


def test_first_visitors_at_once_get_the_same_drafts(
    app_on: Callable[[Path], None], database_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app_on(database_copy)
    begun = Barrier(2, timeout=5)
    made = SharedDrafts.__init__

    def slowly(self: SharedDrafts, *given: Any) -> None:
        with suppress(BrokenBarrierError):
            begun.wait(0.2)  # Lets the other in too, where nothing keeps it out.
        made(self, *given)

    monkeypatch.setattr(SharedDrafts, "__init__", slowly)

    with ThreadPoolExecutor(2) as visitors:
        one, other = visitors.map(lambda _: drafts.shared(), range(2))

    assert one is other
