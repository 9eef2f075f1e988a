"""What pages are about: the deployment of this process, and its data as they are now.

What is run by itself (a page, a fragment, a dialog, a callback) asks for the snapshot once and passes it on: what is
drawn together is of one state of the data.
"""

import os
from functools import lru_cache
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

from lib.app import sla
from lib.app.deployment import Deployment
from lib.app.snapshot import Snapshot
from lib.config.folder import read_folder
from lib.core.folding import fold
from lib.core.time import clock

_one_at_a_time = Lock()


def deployment() -> Deployment:
    """The one of this process; at its start the configuration is checked whole and the database opened."""
    # Two first visitors at once would each open the database.
    with _one_at_a_time:
        return _deployment()


@lru_cache(maxsize=1)
def _deployment() -> Deployment:
    config = read_folder(folder())
    path = Path(os.environ.get("HANDSHAKE_DB", "data/handshake.duckdb"))
    return Deployment.opened(config, path)


def folder() -> Path:
    """The configuration folder."""
    return Path(os.environ.get("HANDSHAKE_CONFIG", "config"))


def close() -> None:
    """Close the database, where it was opened, and forget it: the next to ask opens it anew."""
    if _deployment.cache_info().currsize:
        _deployment().database.close()
    _deployment.cache_clear()


def snapshot() -> Snapshot:
    """The data as they are now."""
    return deployment().snapshot()


def now() -> int:
    """The instant it is, in microseconds since 1970 UTC: when an answer or a signature is given."""
    return deployment().now()


def zone() -> ZoneInfo:
    """The reporting time zone: days, weeks and months begin in it."""
    return deployment().zone


def minute(of: Snapshot) -> int:
    """The instant who waits is looked at: now, to the minute, or that of old data."""
    return sla.this_minute(of, now())


def now_in_words(of: Snapshot) -> str:
    """The instant everything is looked at, on the reporting zone's clock."""
    return clock.said_at(of.as_of, of.zone)


def reason_words(code: str | None) -> str:
    """A reason as reasons.yaml words it, or as it was written where that does not know it."""
    reasons = deployment().config.answers.reasons
    return next(
        (reason.label for reason in reasons if fold(reason.code) == fold(code or "")), code or "No reason given"
    )


def reason_codes() -> tuple[str, ...]:
    """The codes reasons.yaml knows to reject for."""
    return tuple(reason.code for reason in deployment().config.answers.reasons)
