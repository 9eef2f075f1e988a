"""What the app does by itself while it runs: each piece of work in its own rhythm, and what became of it."""

import logging
import time
import traceback
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio

from lib.core.errors import Fault, Refused

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recurring:
    """A piece of work to be done again and again: first after `first_seconds`, then so long after it was begun.

    `work` runs in a thread of its own, and never twice at once. What it refuses is
    noted and tried again the next time.
    """

    name: str
    every_seconds: float
    work: Callable[[], object]
    first_seconds: float


@dataclass(frozen=True)
class LastRun:
    """How the last try ended, at which instant (microseconds); `faults` are empty where the work was done."""

    at: int
    faults: tuple[Fault, ...] = ()


class Schedule:
    """The recurring work of one app, and the last outcome of each by its name."""

    def __init__(self, recurring: Sequence[Recurring]) -> None:
        self._recurring = tuple(recurring)
        self.outcomes: dict[str, LastRun] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keeps doing the work until the block ends; work under way then is finished first."""
        async with anyio.create_task_group() as tasks:
            for one in self._recurring:
                tasks.start_soon(self._keep_doing, one)
            yield
            tasks.cancel_scope.cancel()

    async def _keep_doing(self, one: Recurring) -> None:
        await anyio.sleep(one.first_seconds)
        while True:
            began = time.monotonic()
            self.outcomes[one.name] = await anyio.to_thread.run_sync(_tried, one)
            await anyio.sleep(max(0.0, began + one.every_seconds - time.monotonic()))


def _tried(one: Recurring) -> LastRun:
    try:
        one.work()
    except Refused as refused:
        faults = refused.faults
    except Exception as error:  # noqa: BLE001
        # A fault of ours; the other work and the pages go on. Its message may hold somebody's data, so it is not kept.
        at = traceback.extract_tb(error.__traceback__)[-1]
        what = f"failed ({type(error).__name__} at {at.name}, line {at.lineno})"
        faults = (Fault(one.name, what, "It is tried again the next time; report it if it stays."),)
    else:
        faults = ()
    for fault in faults:
        _log.warning("%s was not done: %s", one.name, fault)
    return LastRun(time.time_ns() // 1_000, faults)
