"""The copies of a database there are, which still hold who was erased since, and when newer ones take their place."""

from pathlib import Path

from lib.core.leads.erasing import Copy
from lib.core.time.clock import MICROSECONDS
from lib.store.backups import kept_in

ASIDE = ("before-version-", "replaced-")
"""How files beside a database are called that an upgrade or a restore left there: nothing removes them."""


def copies_of(database: Path, folder: Path | None, every_seconds: int, keep: int, now: int) -> list[Copy]:
    """The backups in the folder (None: the app makes none), the newest first, then what lies beside the database.

    The app makes one every so many seconds and removes what is older than the newest `keep`; where one is overdue it
    is made soon after `now` (microseconds).
    """
    kept = [] if folder is None else kept_in(folder, database)
    every = every_seconds * MICROSECONDS
    following = max(kept[0].made_at + every, now) if kept else now
    # Each goes when as many newer ones are there as are kept.
    backups = [Copy(one.path, following + (keep - place - 1) * every) for place, one in enumerate(kept)]
    beside = sorted(database.parent.glob(f"{database.stem}.*{database.suffix}"))
    left = [one for one in beside if one.name.removeprefix(f"{database.stem}.").startswith(ASIDE)]
    return [*backups, *(Copy(one, None) for one in left)]
