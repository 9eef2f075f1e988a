"""What a command asks for before it begins: configuration, definition, database, instant, window."""

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from lib.app.access import granting
from lib.cli.shell.terminal import Terminal
from lib.config.agreement import read_agreement
from lib.config.folder import Config, read_folder, read_text
from lib.core.access.grants import Grant
from lib.core.access.people import Person
from lib.core.agreement.agreement import Agreement
from lib.core.definition.criteria import Definition
from lib.core.errors import DatabaseHeld, DatabaseRefused, Fault, NotFound, Refused, did_you_mean
from lib.core.exchange.mappings import Source
from lib.core.time import clock
from lib.store.holder import Holder, holder_of

if TYPE_CHECKING:
    # Loaded by the commands that need them: `--help` and `check` answer at once.
    from lib.app.deployment import Deployment
    from lib.app.snapshot import Sales, Snapshot
    from lib.core.time.window import Window
    from lib.store.database import Database


class OpenInApp(Exception):
    """A running app has the database open, and can be asked to carry the command out."""

    def __init__(self, holder: Holder) -> None:
        self.holder = holder
        super().__init__(holder.address)


def config(chosen: argparse.Namespace) -> Config:
    """The configuration folder, checked whole."""
    terminal: Terminal = chosen.terminal
    return read_folder(terminal.path(chosen.config) if terminal.config is None else terminal.config)


def definition(chosen: argparse.Namespace, name: str) -> Definition:
    """The definition in a file, also where the file holds a whole agreement."""
    return agreement(chosen, name).definition


def agreement(chosen: argparse.Namespace, name: str) -> Agreement:
    """The agreement in a file: a definition, or a whole text with its start plan."""
    path: Path = chosen.terminal.path(name)
    return read_agreement(read_text(path), path.name)


def source(config: Config, name: str) -> Source:
    """The mapping of that name."""
    if name not in config.sources:
        known = ", ".join(sorted(config.sources)) or "none"
        remedy = did_you_mean(name, config.sources) or f"There are: {known}."
        raise NotFound(Fault(f"config/sources, {name}", "no such mapping", remedy))
    return config.sources[name]


@contextmanager
def database(chosen: argparse.Namespace, config: Config, *, create: bool = False) -> "Iterator[Database]":
    """The database, opened; a fresh one is removed again when the command that made it is refused."""
    from lib.store.database import opened
    from lib.store.handoffs.queues import settle
    from lib.store.leads.erasing.erasing import finish_erasing

    terminal: Terminal = chosen.terminal
    path = terminal.path(chosen.db)
    if terminal.database is not None:
        terminal.database.still_in_place()
        if not path.exists() or not path.samefile(terminal.database.path):
            raise DatabaseRefused(Fault(chosen.db, "is not the database this app has open", "Name that one."))
        yield terminal.database.used_by(f"`{chosen.command}`", lambda whose: _say_waiting(terminal, whose))
        return
    if not create and not path.exists():
        raise NotFound(
            Fault(chosen.db, "there is no database", "Make one with `import` or `sample`, or name another with --db.")
        )
    keep_new = not getattr(chosen, "dry_run", False)
    try:
        with opened(path, first_definition=config.definition_text, clock=now(), keep_new=keep_new) as database:
            finish_erasing(database)
            settle(database, config.queues)
            yield database
    except DatabaseHeld as held:
        holder = holder_of(path)
        if holder is not None and held.process in (None, holder.process):
            raise OpenInApp(holder) from held
        raise


def grant(chosen: argparse.Namespace, name: str, person: Person | None = None) -> Grant:
    """What the command may write with: what the app lets its giver do, else a claim to be that person, or by `name`."""
    by: Grant | None = chosen.terminal.by
    return granting.claimed(person, name=name) if by is None else by


def _say_waiting(terminal: Terminal, whose: str) -> None:
    print(f"Waiting for {whose} to finish.", file=terminal.err, flush=True)


def deployment(chosen: argparse.Namespace, config: Config, database: "Database") -> "Deployment":
    """The database as what the command is run on, at the instant asked for, else as of now."""
    from lib.app.deployment import Deployment

    return Deployment(config, database, now, None if chosen.as_of is None else _instant(chosen, config))


def snapshot(chosen: argparse.Namespace, config: Config) -> "Snapshot":
    """The data of the database, in one state, as of the instant asked for; else as of now."""
    with database(chosen, config) as opened:
        return deployment(chosen, config, opened).snapshot()


def sales(chosen: argparse.Namespace, config: Config) -> "Sales":
    """What a snapshot says of hand-offs, for who asks about nothing else."""
    from lib.app.snapshot import take_sales

    with database(chosen, config) as opened:
        at = None if chosen.as_of is None else _instant(chosen, config)
        return take_sales(opened, config, now(), as_of=at)


def as_of(chosen: argparse.Namespace, config: Config, database: "Database") -> int:
    """The instant asked for; else now, or the newest of data that ended more than a week ago."""
    from lib.store.leads.history import newest_instant

    if chosen.as_of is not None:
        return _instant(chosen, config)
    at = now()
    return clock.default_as_of(at, newest_instant(database, at))


def _instant(chosen: argparse.Namespace, config: Config) -> int:
    return int(chosen.as_of(ZoneInfo(config.policy.time_zone)))


def window(chosen: argparse.Namespace, config: Config, as_of: int) -> "Window":
    """The days asked for, by default the last 26 whole weeks."""
    policy = config.policy
    start, end = clock.default_window(as_of, ZoneInfo(policy.time_zone), policy.week_starts)
    start, end = chosen.start or start, chosen.end or end
    if end <= start:
        raise Refused(Fault("--from, --to", f"{end} is not after {start}", "Periods end before the day --to names."))
    return policy.window(start, end)


def now() -> int:
    """Microseconds since 1970 UTC: the only place where a command reads the clock."""
    return time.time_ns() // 1_000
