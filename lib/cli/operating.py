"""Commands that keep what there is from being lost: backup, restore."""

import argparse

from lib.cli import asking, writing
from lib.cli.parsing import Commands
from lib.core.errors import DatabaseHeld, Fault
from lib.store.holder import holder_of


def add_commands(commands: Commands) -> None:
    for name, run, noun in (("backup", backup_, "a new file"), ("restore", restore_, "a file that `backup` wrote")):
        commands.add(name, run).add_argument("file", metavar="FILE", help=noun)


def backup_(chosen: argparse.Namespace) -> None:
    """Write a consistent copy of the database into a new file, while people work."""
    from lib.store.backups import backup

    config = asking.config(chosen)
    with asking.database(chosen, config) as database:
        backup(database, chosen.terminal.path(chosen.file))
    writing.say(chosen, f"{chosen.file}: a backup of {chosen.db}")


def restore_(chosen: argparse.Namespace) -> None:
    """Put a backup in the database's place, once it is seen to hold; what it replaces is kept. Not beside the app."""
    from lib.store.backups import restore

    asking.config(chosen)
    path = chosen.terminal.path(chosen.db)
    try:
        replaced = restore(chosen.terminal.path(chosen.file), path, asking.now())
    except DatabaseHeld as held:
        holder = holder_of(path)
        if holder is None or held.process != holder.process:
            raise
        what = f"the app at {holder.address} (process {holder.process}) has this database open"
        raise DatabaseHeld(Fault(chosen.db, what, "Stop it, restore, and start it again."), held.process) from held
    kept = "" if replaced is None else f"; what was there is kept as {replaced.name}"
    writing.say(chosen, f"{chosen.db}: restored from {chosen.file}{kept}")
