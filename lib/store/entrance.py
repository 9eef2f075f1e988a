"""Who is inside an open database: many readers at once, or one who has it alone while its file is exchanged."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class StillInside(Exception):
    """Somebody was inside for longer than could be waited for."""


class Entrance:
    """Lets readers in, and keeps new ones waiting while somebody wants to be alone, or is."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._closed = False
        self._mine = threading.local()

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Inside for as long as the block lasts; waits for whoever has it alone."""
        deep = getattr(self._mine, "deep", 0)
        with self._changed:
            # Who is inside already and asks for one thing more would wait for itself.
            while self._closed and not deep:
                self._changed.wait()
            self._inside += 1
        self._mine.deep = deep + 1
        try:
            yield
        finally:
            self._mine.deep = deep
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self, at_most_seconds: float) -> Iterator[None]:
        """Alone for as long as the block lasts, once everybody inside has left.

        Raises StillInside, with nobody kept waiting any more, where that takes longer.
        """
        until = time.monotonic() + at_most_seconds
        with self._changed:
            self._closed = True
        try:
            with self._changed:
                while self._inside:
                    if not self._changed.wait(until - time.monotonic()) and self._inside:
                        raise StillInside
            yield
        finally:
            with self._changed:
                self._closed = False
                self._changed.notify_all()
