"""An answer found once for all visitors: who asks while it is being found waits for it."""

from collections.abc import Callable
from functools import lru_cache, update_wrapper
from threading import RLock
from typing import Generic, ParamSpec, TypeVar

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


class found_once(Generic[Asked, Answer]):  # noqa: N801
    """`lru_cache` with room for one answer, which only one thread at a time looks for.

    After an import every visitor asks for the new history at once; found by each of
    them, it would take as many times as long, and as many times the memory.
    """

    def __init__(self, find: Callable[Asked, Answer]) -> None:
        self._alone = RLock()
        self._known = lru_cache(maxsize=1)(find)
        self.cache_clear, self.cache_info = self._known.cache_clear, self._known.cache_info
        update_wrapper(self, find)

    def __call__(self, *asked: Asked.args, **named: Asked.kwargs) -> Answer:
        with self._alone:
            return self._known(*asked, **named)  # type: ignore[arg-type]
