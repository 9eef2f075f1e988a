"""One database with its configuration and clock: what the app serves, and what a command is run on."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import TypeVar
from zoneinfo import ZoneInfo

from lib.app.access.sign_ins import SignIns
from lib.app.remembered import Memory
from lib.app.snapshot import Snapshot, take
from lib.config.folder import Config
from lib.core.time.clock import MICROSECONDS, default_as_of
from lib.store.database import Database, DataState, Look, open_database
from lib.store.handoffs.queues import settle
from lib.store.leads.erasing.erasing import finish_erasing

STEADY = 600 * MICROSECONDS
"""The instant looked at stays the same for ten minutes, so that what was computed can be used again."""

Found = TypeVar("Found")


def wall_clock() -> int:
    """Microseconds since 1970 UTC."""
    return time.time_ns() // 1_000


@dataclass(frozen=True, eq=False)
class Stored:
    """The database as long as its data stay the same: what only the store can answer is remembered with this."""

    database: Database
    state: DataState
    memory: Memory = field(default_factory=Memory, repr=False)


class Deployment:
    """A running Handshake. Threads share it; what it is asked for, it finds once."""

    def __init__(
        self,
        config: Config,
        database: Database,
        clock: Callable[[], int] | None = None,
        as_of: int | None = None,
    ) -> None:
        self.config = config
        self.database = database
        self._clock = clock
        self._as_of = as_of  # Where somebody asks about another instant than now.
        self._turn = RLock()
        self._newest: tuple[int, Snapshot] | None = None
        self._stored = Stored(database, database.state)
        self.sign_ins = SignIns(database, config.app.sign_in, config.people, config.others, self.now)

    @classmethod
    def opened(cls, config: Config, path: Path) -> "Deployment":
        """The deployment of the database at a path, which is made where there is none."""
        database = open_database(path, first_definition=config.definition_text, clock=wall_clock())
        finish_erasing(database)
        settle(database, config.queues)
        return cls(config, database)

    def now(self) -> int:
        """The instant it is, in microseconds since 1970 UTC."""
        return self._clock() if self._clock else wall_clock()

    @property
    def zone(self) -> ZoneInfo:
        """The reporting time zone."""
        return ZoneInfo(self.config.policy.time_zone)

    def snapshot(self) -> Snapshot:
        """The data as they are now; the same value for as long as they and the time of ten minutes stay the same."""
        newest = self._if_new()
        if newest is not None:
            return newest
        with self._turn:
            newest = self._if_new()
            if newest is not None:
                return newest
            before = self._newest[1] if self._newest else None
            if before is not None and before.state.history != self.database.state.history:
                # What is out of date makes room first.
                self._newest = before = None
            tick = self._tick()
            newest = take(self.database, self.config, self.now(), as_of=self._as_of, before=before)
            self._newest = tick, newest
            return newest

    def is_read(self) -> bool:
        """Are the leads in memory those of the data as they are now, so that nobody would wait for them?"""
        newest = self._newest
        return newest is not None and newest[1].state.history == self.database.state.history

    def stored(self) -> Stored:
        """The database in the state it is in; what is read from it in that state is never older."""
        with self._turn:
            if self._stored.state != self.database.state:
                self._stored = Stored(self.database, self.database.state)
            return self._stored

    def together(self, read: Callable[[Snapshot, Look], Found]) -> Found:
        """What `read` makes of a snapshot and of what else it reads of the same state."""
        while True:
            snapshot = self.snapshot()
            with self.database.look() as look:
                if look.state == snapshot.state:
                    return read(snapshot, look)

    def _if_new(self) -> Snapshot | None:
        newest, tick = self._newest, self._tick()
        if newest is None or newest[1].state != self.database.state:
            return None
        if newest[0] != tick:
            # Data that ended long ago are looked at as of then, whatever time it is.
            if default_as_of(self.now(), newest[1].newest) != newest[1].as_of:
                return None
            self._newest = tick, newest[1]
        return newest[1]

    def _tick(self) -> int:
        return self.now() // STEADY
