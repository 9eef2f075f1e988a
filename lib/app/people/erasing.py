"""A person erased on somebody's word, and what is left to do about copies made before."""

from collections.abc import Sequence

from lib.app.deployment import Deployment, Stored
from lib.app.remembered import remembered
from lib.core.access.grants import NOBODY, Grant
from lib.core.leads.erasing import Copy, Erasure
from lib.core.sla.clocks import fields_asked
from lib.store.backups import folder_of
from lib.store.leads.erasing import erasing
from lib.store.leads.erasing.copies import copies_of


def rehearse(deployment: Deployment, lead_id: str) -> Erasure:
    """What would become of the person a lead is; NotFound, EraseRefused as `erase`."""
    return _erase(deployment, lead_id, NOBODY, "to see what would go", dry_run=True)


def erase(deployment: Deployment, lead_id: str, by: Grant, reason: str) -> Erasure:
    """Erases the person a lead is, for the reason given; what became of it.

    Raises NotFound where there is no such lead, EraseRefused for a blank reason or where it was erased before,
    NotAllowed where `by` may not, NotWritten where the disk takes no more.
    """
    return _erase(deployment, lead_id, by, reason, dry_run=False)


def _erase(deployment: Deployment, lead_id: str, by: Grant, reason: str, *, dry_run: bool) -> Erasure:
    asked = fields_asked(deployment.config.policy)
    return erasing.erase(
        deployment.database,
        lead_id,
        by=by,
        reason=reason,
        now=deployment.now(),
        asked_by_promises=asked,
        dry_run=dry_run,
    )


def copies_left(deployment: Deployment) -> Sequence[Copy]:
    """The copies of the database made up to now, each with when its place is taken."""
    settings, path = deployment.config.app.backup, deployment.database.path
    if settings is None:
        return copies_of(path, None, 0, 0, deployment.now())
    folder = folder_of(path, settings.folder)
    return copies_of(path, folder, settings.every_seconds, settings.keep, deployment.now())


@remembered(1)
def people_erased(stored: Stored) -> int:
    """How many people were erased: replays miss what they were and did."""
    return erasing.people_erased(stored.database)
