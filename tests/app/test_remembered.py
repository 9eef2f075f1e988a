"""What all visitors need is found once, however many ask for it at the same moment, and goes with what it is about."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event

import pytest

from lib.app.remembered import Aside, Memory, remembered


@dataclass(frozen=True, eq=False)
class Thing:
    """Something that answers are about."""

    memory: Memory = field(default_factory=Memory, repr=False)


def test_who_asks_while_an_answer_is_found_waits_for_it_and_finds_none_of_their_own() -> None:
    found, asked, thing = [], Event(), Thing()

    @remembered(2)
    def answer(of: Thing, number: int) -> int:
        asked.wait(10)
        found.append(number)
        return number

    with ThreadPoolExecutor(8) as visitors:
        answers = [visitors.submit(answer, thing, 1) for _ in range(8)]
        asked.set()

        assert [one.result(10) for one in answers] == [1] * 8
    assert found == [1]


def test_two_questions_are_answered_side_by_side() -> None:
    thing, first_begun, second_done = Thing(), Event(), Event()

    @remembered(2)
    def answer(of: Thing, number: int) -> bool:
        if number == 1:
            first_begun.set()
            return second_done.wait(10)
        first_begun.wait(10)
        second_done.set()
        return True

    with ThreadPoolExecutor(2) as visitors:
        both = [visitors.submit(answer, thing, number) for number in (1, 2)]

        assert all(one.result(10) for one in both)


def test_only_the_newest_answers_are_kept() -> None:
    found, thing = [], Thing()

    @remembered(2)
    def answer(of: Thing, number: int) -> int:
        found.append(number)
        return number

    for number in (1, 2, 1, 3, 1, 2):
        answer(thing, number)

    assert found == [1, 2, 3, 2]


def test_an_answer_is_about_one_value_however_alike_another_is() -> None:
    found = []

    @remembered(1)
    def answer(of: Thing) -> int:
        found.append(of)
        return len(found)

    first, second = Thing(), Thing()

    assert [answer(first), answer(second), answer(first)] == [1, 2, 1]


def test_answers_go_with_the_value_they_are_about() -> None:
    class Large:
        """What an answer holds."""

    @remembered(1)
    def answer(of: Thing) -> tuple[Thing, Large]:
        return of, Large()

    thing = Thing()
    large = weakref.ref(answer(thing)[1])
    assert large() is not None

    del thing
    gc.collect()

    assert large() is None


def test_what_failed_is_tried_again_by_the_next_to_ask() -> None:
    tried, thing = [], Thing()

    @remembered(1)
    def answer(of: Thing) -> int:
        tried.append(1)
        if len(tried) == 1:
            raise ValueError
        return len(tried)

    with pytest.raises(ValueError):  # noqa: PT011  (of this test alone)
        answer(thing)

    assert answer(thing) == 2


def test_who_is_told_of_progress_makes_no_difference_to_the_answer() -> None:
    found, thing = [], Thing()

    @remembered(1)
    def answer(of: Thing, listener: Aside[str]) -> int:
        found.append(listener.given)
        return len(found)

    answer(thing, Aside("one"))
    answer(thing, Aside("another"))

    assert found == ["one"]


def test_it_says_whether_anybody_would_wait() -> None:
    thing = Thing()

    @remembered(1)
    def answer(of: Thing, number: int) -> int:
        return number

    assert answer.known(thing, 1) is None
    answer(thing, 1)
    assert answer.known(thing, 1) == 1
    assert answer.known(thing, 2) is None
