"""The drafts everybody shares, of the database this process has open."""

from functools import lru_cache
from threading import Lock

from lib.app.deployment import Deployment
from lib.app.shared_drafts import SharedDrafts
from lib.ui.now import present

_one_at_a_time = Lock()


def shared() -> SharedDrafts:
    """The drafts of this process's database."""
    # Two first visitors at once would each get their own, and one's draft would be unknown to the other.
    with _one_at_a_time:
        return _shared(present.deployment())


def forget() -> None:
    """Let go of them; they were written when the database was closed."""
    _shared.cache_clear()


@lru_cache(maxsize=1)
def _shared(deployment: Deployment) -> SharedDrafts:
    return SharedDrafts(deployment.database, deployment.now, deployment.zone)
