"""Commands that keep what there is from being lost, and prove that it holds: backup, restore, verify, check."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lib.cli.shell import context, output
from lib.cli.shell.options import Commands, head
from lib.cli.shell.output import counted
from lib.config.folder import check_file
from lib.core.errors import DatabaseHeld, Fault, Refused
from lib.store.holder import holder_of

if TYPE_CHECKING:
    from lib.store.keeping.restoring import Restored


def add_commands(commands: Commands) -> None:
    for name, run, noun in (("backup", backup_, "a new file"), ("restore", restore_, "a file that `backup` wrote")):
        commands.add(name, run).add_argument("file", metavar="FILE", help=noun)

    verifying = commands.add("verify", verify_)
    verifying.add_argument(
        "--head",
        metavar="HEAD",
        type=head,
        help="N:HASH, an end of the audit chain that somebody kept: is it still there?",
    )

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
        restored = restore(chosen.terminal.path(chosen.file), path, context.now(), context.grant(chosen, "restore"))
    except DatabaseHeld as held:
        holder = holder_of(path)
        if holder is None or held.process != holder.process:
            raise
        what = f"the app at {holder.address} (process {holder.process}) has this database open"
        raise DatabaseHeld(Fault(chosen.db, what, "Stop it, restore, and start it again."), held.process) from held
    kept = "" if restored.replaced is None else f"; what was there is kept as {restored.replaced.name}"
    output.say(chosen, f"{chosen.db}: restored from {chosen.file}{kept}")
    for line in restored_in_words(restored):
        output.say(chosen, line)


def restored_in_words(restored: "Restored") -> Iterator[str]:
    """What came back and what went, a sentence each."""
    yield f"What came back: audit chain to {restored.head}."
    if restored.there is not None:
        yield f"What was there: audit chain to {restored.there}."
    lost = restored.lost
    if lost is not None:
        yield (
            f"Gone with it: {counted(lost.entries, 'audit entry', 'audit entries')} after entry {lost.common}, "
            f"{counted(lost.events, 'hand-off event')}."
        )
        if lost.common < restored.head.number:
            yield (
                f"The two chains part after entry {lost.common}: the backup has "
                f"{counted(restored.head.number - lost.common, 'entry', 'entries')} that what was there did not have."
            )
    elif restored.replaced is not None:
        yield "What was there could not be read: what went with it is not known."
    if restored.left_out:
        yield f"Left out, as no part of Handshake: {', '.join(restored.left_out)}."


def verify_(chosen: argparse.Namespace) -> None:
    """Read every value, and say whether audit chain, what it is about and kept cycles hold; else name what does not."""
    from lib.store.agreement.audit import proven_head

    config = context.config(chosen)
    with context.database(chosen, config) as database:
        ended = proven_head(database, chosen.head)
    output.say(chosen, f"{chosen.db}: {counted(ended.number, 'audit entry', 'audit entries')}; everything holds")
    output.say(chosen, f"Audit chain: {ended}")
    if chosen.head is not None:
        since = counted(ended.number - chosen.head.number, "entry", "entries")
        output.say(chosen, f"Entry {chosen.head.number} is the one that was kept; {since} since")


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
