"""The database file: open, migrate, a fresh cursor for every query, one writer at a time."""

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from threading import Lock
from typing import Protocol, TypeAlias

import duckdb

from lib.core.access.grants import Grant
from lib.core.access.rights import Right
from lib.core.errors import DatabaseHeld, Fault, NotWritten
from lib.store.composing import Sql, named, sql
from lib.store.entrance import Entrance, StillInside
from lib.store.folding import put_foldings
from lib.store.keeping.connecting import connect, connected_again, is_open_elsewhere
from lib.store.keeping.copying import copy_beside, copy_out, remove_copying
from lib.store.keeping.place import Place, flush_folder, remove_with_log, roll_back
from lib.store.migrating import migrate
from lib.store.refusals import check_place, damage_said_plainly, failure_said_plainly, refusal_on_opening
from lib.store.statements import statement

READERS_SECONDS = 120.0
"""So long those who read are waited for, when the file is to be exchanged."""

LATER = "It is written anew when it is opened the next time, at the latest."


@dataclass(frozen=True, slots=True)
class DataState:
    """Which state of the data: `data` grows with every committed change of it, `history` with those of leads and
    activities alone, so that sales' answers leave it as it was."""

    data: int = 0
    history: int = 0


Cursor: TypeAlias = duckdb.DuckDBPyConnection
"""What a transaction is done with; handed on, and asked by the store alone."""


class Readable(Protocol):
    """What can be asked: a database as it is by the time of each query, or as it was when somebody began to look."""

    path: Path

    def cursor(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """A cursor for one query."""

    def read(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """A cursor whose queries all see the same state."""


@dataclass
class _Shared:
    """What every user of one open database shares: whose turn it is to write, and what has been written."""

    connection: duckdb.DuckDBPyConnection
    place: Place
    entrance: Entrance = field(default_factory=Entrance)
    turn: Lock = field(default_factory=Lock)
    writer: str = ""
    state: DataState = field(default_factory=DataState)
    committing: Lock = field(default_factory=Lock)
    copying: Lock = field(default_factory=Lock)


class Database:
    """One open database file. Threads may share it; a cursor belongs to one query."""

    def __init__(self, path: Path, connection: duckdb.DuckDBPyConnection, *, fresh: bool) -> None:
        self.path = path
        self.fresh = fresh
        """True when opening it created the file."""
        self._shared = _Shared(connection, Place.of(path))
        self._before_closing: list[Callable[[], None]] = []
        self._user = "a page of the app"
        self._tell_waiting: Callable[[str], None] = lambda _: None

    def used_by(self, user: str, tell_waiting: Callable[[str], None]) -> "Database":
        """The same open database, whose changes are `user`'s; `tell_waiting` hears whose change it has to wait for."""
        theirs = copy.copy(self)
        theirs._user, theirs._tell_waiting = user, tell_waiting
        return theirs

    @property
    def state(self) -> DataState:
        """Which state of the data is there; what was read in another one is stale."""
        return self._shared.state

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor for one query. Two threads on one cursor would get each other's rows.

        Raises DatabaseRefused where what is read turns out to be damaged.
        """
        with self._shared.entrance.inside():
            cursor = self._shared.connection.cursor()
            try:
                with damage_said_plainly(self.path):
                    yield cursor
            finally:
                cursor.close()

    @contextmanager
    def read(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor whose queries all see the same state, whatever is written meanwhile."""
        with self.cursor() as cursor:
            cursor.begin()
            try:
                yield cursor
            finally:
                cursor.rollback()

    @contextmanager
    def look(self, at_once: int = 1) -> Iterator["Look"]:
        """The database as it is now, and stays for as long as the block lasts, whatever is written meanwhile.

        So many threads may ask it `at_once`.
        """
        with ExitStack() as looking:
            cursors = [looking.enter_context(self.cursor()) for _ in range(at_once)]
            # A transaction begins with its first query, and must not do so between a commit and its being counted.
            with self._shared.committing:
                for cursor in cursors:
                    cursor.begin()
                    looking.callback(cursor.rollback)
                    cursor.execute("from migration limit 0").fetchall()
                state = self._shared.state
            yield Look(self.path, state, cursors)

    def write(
        self, by: Grant, right: Right, *, data: bool = True, history: bool | Callable[[], bool] = True
    ) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """A cursor whose changes all happen or none do, for who may do that. One writer at a time.

        `data` False: the change concerns no lead, activity or event, and caches of
        them stay good. `history` False: no lead and no activity; or what says so once
        the block has ended. When the block ends without a fault, the change is on disk.
        Raises NotAllowed where `by` has not the right, and NotWritten, with
        everything as before, where the disk is full or fails, or the file was moved or replaced (DatabaseMoved).
        """
        by.check(right)
        return self.maintain(data=data, history=history)

    def rehearse(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """A cursor whose changes are rolled back when the block ends; its turn is a writer's."""
        return self.maintain(keep=False)

    @contextmanager
    def maintain(
        self, *, data: bool = True, history: bool | Callable[[], bool] = True, keep: bool = True
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """As `write`, for what nobody asks for: migrations, guards, and what is derived from what is there."""
        with self._turn(), failure_said_plainly(self.path, duckdb.Error), self.cursor() as cursor:
            self.still_in_place()
            cursor.begin()
            try:
                yield cursor
                # A file that was moved meanwhile must not be told to hold the change.
                self.still_in_place()
            except BaseException:
                # After a failed statement `commit` would return normally and keep nothing.
                roll_back(cursor)
                raise
            if not keep:
                cursor.rollback()
                return
            with self._shared.committing:
                cursor.commit()
                if data:
                    was = self._shared.state
                    of_history = history() if callable(history) else history
                    self._shared.state = DataState(was.data + 1, was.history + of_history)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._shared.turn.acquire(blocking=False):
            self._tell_waiting(self._shared.writer)
            self._shared.turn.acquire()
        try:
            self._shared.writer = self._user
            yield
        finally:
            self._shared.turn.release()

    def still_in_place(self) -> None:
        """Nothing where the open file is the one at its path; DatabaseMoved where that was moved or replaced."""
        self._shared.place.still_holds()

    def copy_to(self, path: Path) -> None:
        """Writes everything as it is at one instant into a new file at `path`, while others read and write.

        Every value of it is read back before it takes its name. The file appears whole or not at all, replaces one of
        that name, and is private; beside it lies the head of its audit chain. The guards of what is only ever
        added to are put back when it is opened. Raises NotWritten where it cannot be
        written, DatabaseRefused where there is something in the database that cannot be read.
        """
        self.still_in_place()
        with self._shared.copying, self.cursor() as cursor:
            copy_out(cursor, self.path, path)

    def write_anew(self) -> None:
        """Writes the file anew: an update leaves the texts it replaced in the file, and a copy has none of them.

        Whoever writes waits for it; whoever begins to read waits from when the copy is there until it has taken the
        file's place, once those who read have done. Raises NotWritten, with the file as it was, where the disk takes no
        second copy, where somebody reads for minutes, or where this process has the file open twice.
        """
        self.still_in_place()
        with self._turn(), self._shared.copying, failure_said_plainly(self.path, duckdb.Error, OSError):
            with self.cursor() as cursor:
                anew = copy_beside(cursor, self.path)
            try:
                with self._shared.entrance.alone(READERS_SECONDS):
                    self._exchange(anew)
            except StillInside as late:
                raise NotWritten(Fault(str(self.path), "is being read and was not written anew", LATER)) from late
            finally:
                remove_copying(self.path)

    def _exchange(self, anew: Path) -> None:
        """Puts a copy in the place of the file, nobody being inside."""
        file = self.path.resolve()
        # All of it in one file, or what its log holds would be taken for the copy's.
        self._shared.connection.execute("force checkpoint")
        self._shared.connection.close()
        try:
            if is_open_elsewhere(self.path):
                raise NotWritten(Fault(str(self.path), "is open twice and was not written anew", LATER))
            anew.chmod(file.stat().st_mode)
            anew.replace(file)
            flush_folder(file.parent)
        finally:
            self._shared.connection = connected_again(self.path)
            self._shared.place = Place.of(self.path)
        self._shared.connection.execute(statement("guards"))
        was = self._shared.state
        self._shared.state = DataState(was.data + 1, was.history + 1)

    def before_closing(self, finish: Callable[[], None]) -> None:
        """Call `finish` before the file is closed: for whoever writes behind what people see."""
        self._before_closing.append(finish)

    def close(self) -> None:
        while self._before_closing:
            self._before_closing.pop()()
        self._shared.connection.close()


class Look:
    """The database in one state, as `Database.look` gives it: every query, of any thread, sees the same data."""

    def __init__(self, path: Path, state: DataState, cursors: Sequence[duckdb.DuckDBPyConnection]) -> None:
        self.path = path
        self.state = state
        self._free: SimpleQueue[duckdb.DuckDBPyConnection] = SimpleQueue()
        for cursor in cursors:
            self._free.put(cursor)

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of the one state; waits for another thread to be done where there is none left."""
        cursor = self._free.get()
        try:
            yield cursor
        finally:
            self._free.put(cursor)

    def read(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """The same: whatever is asked here sees one state."""
        return self.cursor()


def open_database(path: Path, *, first_definition: str | None, clock: int, copy_first: bool = True) -> Database:
    """The database at `path`, created when missing and brought up to this code's version.

    `first_definition` becomes version 1 of a new database, created at `clock`
    (microseconds since 1970 UTC); without one, there must be a database already. An older
    one is copied first (`before_version`, unless `copy_first` is False) and then brought up
    to date whole, or left as it was.
    Raises DatabaseHeld when another process has it open, and DatabaseRefused when
    there is no place for it, or the file is damaged, incomplete, not to be
    written, no Handshake database, or written by newer code; a file that is
    refused stays as it is, and none is put in its place.
    """
    fresh = not path.exists()
    check_place(path)
    try:
        connection = connect(path)
    except duckdb.Error as error:
        refusal = refusal_on_opening(path, error)
        if fresh and not isinstance(refusal, DatabaseHeld):
            # What DuckDB had begun of it; the next start would find an empty file.
            remove_with_log(path)
        raise refusal from error
    database = Database(path, connection, fresh=fresh)
    try:
        migrate(database, first_definition, clock, copy_first=copy_first)
        with database.maintain(data=False) as cursor:
            cursor.execute(statement("guards"))
            put_foldings(cursor)
    except duckdb.Error as error:
        _close(database, discard=fresh)
        raise refusal_on_opening(path, error) from error
    except BaseException:
        _close(database, discard=fresh)
        raise
    return database


@contextmanager
def opened(path: Path, *, first_definition: str, clock: int, keep_new: bool = True) -> Iterator[Database]:
    """`open_database` for one piece of work, closed after it.

    A database this created is removed again when the work fails, or when
    `keep_new` is False: what is refused or only rehearsed leaves no file behind.
    """
    database = open_database(path, first_definition=first_definition, clock=clock)
    done = False
    try:
        yield database
        done = True
    finally:
        _close(database, discard=database.fresh and not (done and keep_new))


def insert(
    cursor: duckdb.DuckDBPyConnection, into: Sql, query: Sql, parameters: dict[str, int | str] | None = None
) -> int:
    """Inserts the rows of a query `into` a table (and its columns in brackets, if not all); how many.

    Bulk inserts go through here because of DuckDB 2.0.0: after an `insert … select`
    of no row into an empty table, more than a row group (122,880 rows) inserted in
    the same transaction cannot be seen by most queries until the file is opened again.
    """
    given = parameters or {}
    if not cursor.execute(sql("select 1 from ({query}) limit 1", query=query), given).fetchall():
        return 0
    inserted: int = cursor.execute(sql("insert into {into} {query}", into=into, query=query), given).fetchall()[0][0]
    return inserted


def holds(cursor: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether a table has any row."""
    return bool(cursor.execute(sql("select 1 from {table} limit 1", table=named(table))).fetchall())


def _close(database: Database, *, discard: bool) -> None:
    database.close()
    if discard:
        remove_with_log(database.path)
