"""Answers remembered with what they are about: found once, by one thread, and forgotten when that goes."""

from collections import OrderedDict
from collections.abc import Callable
from functools import update_wrapper
from threading import Lock, RLock
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, cast


class Memory:
    """What is remembered about one value, by question. It is part of the value, and goes when that goes."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.answers: dict[object, OrderedDict[object, _Answer]] = {}


class Remembering(Protocol):
    """A value that never changes, equal to nothing but itself, and so can remember what was found out about it."""

    @property
    def memory(self) -> Memory: ...


Of = TypeVar("Of", bound=Remembering)
Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")
Given = TypeVar("Given")


class _Answer:
    """One answer, or the place where it will be."""

    def __init__(self) -> None:
        self.turn = RLock()
        self.is_there = False
        self.value: object = None


class Remembered(Generic[Of, Asked, Answer]):
    """A function about a value that remembers the newest `most` answers for as long as there is the value.

    Who asks while an answer is being found waits for it: found by each of twenty visitors it would take twenty times
    as long, and the memory. What else is asked must be hashable.
    """

    def __init__(self, find: Callable[Concatenate[Of, Asked], Answer], most: int) -> None:
        self._find = find
        self._most = most
        update_wrapper(self, find)

    def __call__(self, of: Of, *asked: Asked.args, **named: Asked.kwargs) -> Answer:
        answer = self._place(of.memory, _key(asked, named))
        with answer.turn:
            if not answer.is_there:
                answer.value = self._find(of, *asked, **named)
                answer.is_there = True
            return cast("Answer", answer.value)

    def known(self, of: Of, *asked: Asked.args, **named: Asked.kwargs) -> Answer | None:
        """The answer where it is there, so that nobody would wait for it."""
        with of.memory.lock:
            answers = of.memory.answers.get(self)
            answer = None if answers is None else answers.get(_key(asked, named))
        return cast("Answer", answer.value) if answer is not None and answer.is_there else None

    def _place(self, memory: Memory, key: object) -> _Answer:
        with memory.lock:
            answers = memory.answers.setdefault(self, OrderedDict())
            answer = answers.setdefault(key, _Answer())
            answers.move_to_end(key)
            while len(answers) > self._most:
                answers.popitem(last=False)
        return answer


class Aside(Generic[Given]):
    """What is given along with a question and makes no difference to the answer: who is told of progress, say."""

    def __init__(self, given: Given) -> None:
        self.given = given

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Aside)

    def __hash__(self) -> int:
        return 0


Progress = Callable[[str, float], None]
"""Told what is being done and how far it is, from 0 to 1."""

QUIET: Aside[Progress] = Aside(lambda _doing, _share: None)


def remembered(
    most: int,
) -> Callable[[Callable[Concatenate[Of, Asked], Answer]], Remembered[Of, Asked, Answer]]:
    """Remember a function's newest `most` answers with its first argument."""

    def remembering(find: Callable[Concatenate[Of, Asked], Answer]) -> Remembered[Of, Asked, Answer]:
        return Remembered(find, most)

    return remembering


def _key(asked: tuple[Any, ...], named: dict[str, Any]) -> object:
    return (asked, tuple(sorted(named.items()))) if named else asked
