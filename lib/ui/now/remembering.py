"""An answer found once for all visitors: who asks while it is being found waits for it."""

from collections.abc import Callable
from functools import update_wrapper
from threading import RLock
from typing import Generic, ParamSpec, TypeVar

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


class found_once(Generic[Asked, Answer]):  # noqa: N801
    """Remembers the newest answer, which only one thread at a time looks for.

    After an import every visitor asks for the new history at once; found by each of
    them, it would take as many times as long, and as many times the memory.
    """

    def __init__(self, find: Callable[Asked, Answer]) -> None:
        self._find = find
        self._alone = RLock()
        self._found: tuple[object, Answer] | None = None
        update_wrapper(self, find)

    def __call__(self, *asked: Asked.args, **named: Asked.kwargs) -> Answer:
        with self._alone:
            if self._found is None or self._found[0] != (asked, named):
                self._found = None  # What is out of date makes room first.
                self._found = ((asked, named), self._find(*asked, **named))
            return self._found[1]

    def knows(self, *asked: Asked.args, **named: Asked.kwargs) -> bool:
        """Is the answer to this there, so that nobody would wait for it?"""
        found = self._found
        return found is not None and found[0] == (asked, named)

    def cache_clear(self) -> None:
        """Forget the answer, as `functools.lru_cache` would."""
        self._found = None
