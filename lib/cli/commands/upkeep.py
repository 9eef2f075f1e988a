"""Commands that keep what there is from being lost, and prove that it holds: backup, restore, verify, check."""

import argparse

from lib.cli.shell import context, output
from lib.cli.shell.options import Commands
from lib.config.folder import check_file
from lib.core.errors import DatabaseHeld, Fault, Refused
from lib.store.holder import holder_of


def add_commands(commands: Commands) -> None:
    for name, run, noun in (("backup", backup_, "a new file"), ("restore", restore_, "a file that `backup` wrote")):
        commands.add(name, run).add_argument("file", metavar="FILE", help=noun)

    commands.add("verify", verify_)

    checking = commands.add("check", check)
    checking.add_argument("files", nargs="+", metavar="FILE")


def backup_(chosen: argparse.Namespace) -> None:
    """Write a consistent copy of the database into a new file, while people work."""
    from lib.store.backups import backup

    config = context.config(chosen)
    with context.database(chosen, config) as database:
        backup(database, chosen.terminal.path(chosen.file))
    output.say(chosen, f"{chosen.file}: a backup of {chosen.db}")


def restore_(chosen: argparse.Namespace) -> None:
    """Put a backup in the database's place, once it is seen to hold; what it replaces is kept. Not beside the app."""
    from lib.store.backups import restore

    context.config(chosen)
    path = chosen.terminal.path(chosen.db)
    try:
        replaced = restore(chosen.terminal.path(chosen.file), path, context.now(), context.grant(chosen, "restore"))
    except DatabaseHeld as held:
        holder = holder_of(path)
        if holder is None or held.process != holder.process:
            raise
        what = f"the app at {holder.address} (process {holder.process}) has this database open"
        raise DatabaseHeld(Fault(chosen.db, what, "Stop it, restore, and start it again."), held.process) from held
    kept = "" if replaced is None else f"; what was there is kept as {replaced.name}"
    output.say(chosen, f"{chosen.db}: restored from {chosen.file}{kept}")


def verify_(chosen: argparse.Namespace) -> None:
    """Say whether the audit chain, what it is about and the kept cycles all hold; else name the first break."""
    from lib.store.agreement.audit import verify

    config = context.config(chosen)
    with context.database(chosen, config) as database:
        entries = verify(database)
    output.say(
        chosen, f"{chosen.db}: {'1 audit entry' if entries == 1 else f'{entries:,} audit entries'}; everything holds"
    )


def check(chosen: argparse.Namespace) -> None:
    """Say whether definitions or other configuration files are valid."""
    faults: list[Fault] = []
    for name in chosen.files:
        try:
            check_file(chosen.terminal.path(name))
        except Refused as refused:
            faults += refused.faults
        else:
            output.say(chosen, f"{name}: valid")
    if faults:
        raise Refused(faults)
