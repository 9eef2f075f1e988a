"""What all visitors need is found once, however many ask for it at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from lib.ui.now.remembering import found_once


def test_who_asks_while_an_answer_is_found_waits_for_it_and_finds_none_of_their_own() -> None:
    found, asked = [], Event()

    @found_once
    def history(generation: int) -> int:
        asked.wait(10)
        found.append(generation)
        return generation

    with ThreadPoolExecutor(8) as visitors:
        answers = [visitors.submit(history, 1) for _ in range(8)]
        asked.set()

        assert [answer.result(10) for answer in answers] == [1] * 8
    assert found == [1]
    assert history(2) == 2
    assert found == [1, 2]


def test_it_can_be_forgotten_like_any_other_cache() -> None:
    found = []

    @found_once
    def history(generation: int) -> int:
        found.append(generation)
        return generation

    history(1)
    history.cache_clear()
    assert not history.knows(1)
    history(1)

    assert found == [1, 1]


def test_it_says_whether_anybody_would_wait() -> None:
    @found_once
    def history(generation: int) -> int:
        return generation

    assert not history.knows(1)
    history(1)
    assert history.knows(1)
    assert not history.knows(2)
