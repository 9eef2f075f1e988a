"""Two edits of one draft: different things are joined, the same thing is a conflict, and nothing is lost."""

from dataclasses import replace

from hypothesis import given

from lib.core.definition.criteria import (
    BelowLine,
    Category,
    Criterion,
    Definition,
    FieldCondition,
    FieldMatch,
    TextTest,
)
from lib.core.definition.drafting import Conflict, Part, PartKind, Step, changes, merge, parts, steps
from tests.core.strategies import definitions


def criterion(name: str, points: int, list_name: str | None = None, texts: tuple[str, ...] = ("x",)) -> Criterion:
    match = FieldMatch("one", (FieldCondition("title", (TextTest("is", texts, list_name),)),))
    return Criterion(name, name.title(), Category.PROFILE, points, match)


BASE = Definition("MQL", 60, (criterion("a", 5), criterion("b", 5)))


def test_two_people_who_change_different_criteria_both_keep_their_change() -> None:
    merged = merge(BASE, BASE.with_points("a", 8), BASE.with_points("b", 9))

    assert merged.conflicts == ()
    assert merged.definition == BASE.with_points("a", 8).with_points("b", 9)


def test_two_people_who_change_one_criterion_differently_are_in_conflict() -> None:
    merged = merge(BASE, BASE.with_points("a", 8), BASE.with_points("a", 9).with_threshold(50))

    assert merged.conflicts == (
        Conflict(Part(PartKind.CRITERION, "a"), criterion("a", 5), criterion("a", 8), criterion("a", 9)),
    )
    assert merged.definition == BASE.with_points("a", 8).with_threshold(50)


def test_the_same_change_twice_is_no_conflict() -> None:
    merged = merge(BASE, BASE.with_points("a", 8), BASE.with_points("a", 8))

    assert (merged.definition, merged.conflicts) == (BASE.with_points("a", 8), ())


def test_a_criterion_one_removed_and_the_other_changed_is_a_conflict() -> None:
    merged = merge(BASE, BASE.without_criterion("a"), BASE.with_points("a", 9))

    assert [(one.theirs, one.mine) for one in merged.conflicts] == [(None, criterion("a", 9))]


def test_a_criterion_that_moved_to_another_category_stands_there_only() -> None:
    moved = replace(criterion("a", 5), category=Category.CHANNEL)
    mine = BASE.without_criterion("a").with_criterion(moved)

    merged = merge(BASE, BASE.with_threshold(50), mine).definition

    assert merged.of(Category.CHANNEL) == (moved,)
    assert merged.of(Category.PROFILE) == (criterion("b", 5),)


def test_a_criterion_and_the_list_it_uses_can_be_changed_by_two_people() -> None:
    base = replace(BASE, criteria=(criterion("a", 5, "seniors", ("vp",)),), lists=(("seniors", ("vp",)),))
    theirs = replace(base, criteria=(criterion("a", 5, "seniors", ("vp", "cto")),), lists=(("seniors", ("vp", "cto")),))

    merged = merge(base, theirs, base.with_points("a", 9))

    assert merged.conflicts == ()
    assert merged.definition == replace(theirs, criteria=(criterion("a", 9, "seniors", ("vp", "cto")),))


def test_the_threshold_and_who_is_drawn_below_it_can_be_changed_by_two_people() -> None:
    drawn = BelowLine(0.05, 40)

    merged = merge(BASE, BASE.with_threshold(70), BASE.with_below_line(drawn))

    assert merged.conflicts == ()
    assert merged.definition == replace(BASE, threshold=70, below_line=drawn)


@given(definitions(), definitions())
def test_an_edit_of_what_nobody_else_changed_is_taken_as_it_is(base: Definition, mine: Definition) -> None:
    merged = merge(base, base, mine)

    assert merged.conflicts == ()
    assert parts(merged.definition) == parts(mine)


@given(definitions(), definitions(), definitions())
def test_every_part_is_as_whoever_changed_it_made_it(base: Definition, theirs: Definition, mine: Definition) -> None:
    merged = merge(base, theirs, mine)

    was, others, own, after = (parts(one) for one in (base, theirs, mine, merged.definition))
    in_conflict = {conflict.part for conflict in merged.conflicts}
    for part in {**was, **others, **own}:
        by_me, by_them = own.get(part) != was.get(part), others.get(part) != was.get(part)
        assert (part in in_conflict) == (by_me and by_them and others.get(part) != own.get(part))
        assert after.get(part) == (own if by_me and not by_them else others).get(part)


@given(definitions(), definitions())
def test_what_differs_is_what_the_parts_differ_in(before: Definition, after: Definition) -> None:
    changed = {change.part: change.after for change in changes(before, after)}

    again = {**parts(before), **changed}

    assert {part: value for part, value in again.items() if value is not None} == {
        part: value for part, value in parts(after).items() if value is not None
    }


SECOND = 1_000_000


def test_a_control_being_moved_is_one_step_from_its_first_value_to_its_last() -> None:
    moved = [BASE.with_points("a", points) for points in (6, 7, 8)]
    edits = [(0, "Ana", BASE), *((10 * SECOND + n * SECOND, "Ana", one) for n, one in enumerate(moved))]

    assert steps(edits) == (Step(0, "Ana", None, BASE), Step(12 * SECOND, "Ana", BASE, moved[-1]))


def test_a_pause_another_person_or_another_part_is_a_step_of_its_own() -> None:
    six, seven, eight = (BASE.with_points("a", points) for points in (6, 7, 8))
    lower = eight.with_threshold(50)
    edits = [
        (0, "Ana", BASE),
        (10 * SECOND, "Ana", six),
        (10 * SECOND + 2 * SECOND + 1, "Ana", seven),
        (13 * SECOND, "Tom", eight),
        (14 * SECOND, "Tom", lower),
    ]

    assert [(step.who, step.before, step.after) for step in steps(edits)] == [
        ("Ana", None, BASE),
        ("Ana", BASE, six),
        ("Ana", six, seven),
        ("Tom", seven, eight),
        ("Tom", eight, lower),
    ]
