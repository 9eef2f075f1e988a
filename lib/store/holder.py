"""Which app has a database open and how to reach it, in a small file beside it that only its owner can read."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Holder:
    """An app that has a database open: its process, where it listens, and the token that proves one may ask it.

    `certificate` is the file of the server's own certificate, where it speaks TLS.
    """

    process: int
    address: str
    token: str
    certificate: str | None = None


def announce(database: Path, address: str, token: str, certificate: str | None = None) -> Holder:
    """Says that this process has the database open, listens at `address`, and obeys who has the token."""
    holder = Holder(os.getpid(), address, token, certificate)
    place = _place(database)
    unfinished = place.with_name(f"{place.name}.part")
    unfinished.unlink(missing_ok=True)
    # Private from its first instant, and whole whenever somebody looks.
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(holder), file)
    unfinished.replace(place)
    return holder


def holder_of(database: Path) -> Holder | None:
    """Who says to have the database open, None where nobody does.

    A file left behind by an app that was killed says so too: whether the database
    is really open, and in which process, only its lock tells. One that others than
    its owner may read or write is no app's, and passed over.
    """
    try:
        with _place(database).open(encoding="utf-8") as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                return None
            return Holder(**json.load(file))
    except (OSError, ValueError, TypeError):
        return None


def withdraw(database: Path, holder: Holder) -> None:
    """Takes back what `announce` said, unless another app has announced itself since."""
    if holder_of(database) == holder:
        _place(database).unlink(missing_ok=True)


def _place(database: Path) -> Path:
    # Beside the file itself, whatever links lead to it.
    file = database.resolve()
    return file.with_name(f"{file.name}.app")
