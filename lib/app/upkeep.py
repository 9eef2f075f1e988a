"""What keeps the data safe and takes it out: backups, exports, taking the last import back."""

from pathlib import Path

import pyarrow as pa

from lib.app.deployment import Deployment
from lib.app.snapshot import Snapshot
from lib.core.access.grants import Grant
from lib.core.definition.criteria import Definition
from lib.core.exchange.mappings import EXPORTS, Source
from lib.core.exchange.outgoing import as_written, decision_table, field_of, mql_table, score_table, stated
from lib.core.exchange.runs import Undone
from lib.store import backups
from lib.store.backups import Kept
from lib.store.exchange import undoing
from lib.store.keeping import leftovers


def kept_backups(deployment: Deployment) -> tuple[Path, list[Kept]]:
    """The folder of the backups the app makes by itself, and those in it, the newest first."""
    settings, path = deployment.config.app.backup, deployment.database.path
    assert settings is not None  # noqa: S101  (asked only where backups are set up)
    folder = backups.folder_of(path, settings.folder)
    return folder, backups.kept_in(folder, path)


def sweep(deployment: Deployment) -> None:
    """Removes what processes that were killed have left; for the app, before anybody is there."""
    settings, path = deployment.config.app.backup, deployment.database.path
    leftovers.sweep(path, None if settings is None else backups.folder_of(path, settings.folder))


def sweep_drops(deployment: Deployment) -> None:
    """Removes the files that people dropped; for the app, once nobody is there any more."""
    leftovers.sweep_drops(deployment.database.path)


def undo_last_import(deployment: Deployment, by: Grant) -> Undone:
    """Takes the last import back; UndoRefused where something rests on it."""
    return undoing.undo_last_import(deployment.database, deployment.now(), by)


def export(snapshot: Snapshot, kind: str, definition: Definition, source: Source | None) -> pa.Table:
    """What is exported as `kind` (a name in `EXPORTS`), scores by `definition`.

    One row a lead, a cycle, or a decided cycle. Under our own names, unless the
    `source` says how its system has it.
    """
    if kind not in EXPORTS:
        raise ValueError(f"nothing called {kind!r} is exported")
    history = snapshot.leads.history
    if kind == "scores":
        table = score_table(history, definition, snapshot.as_of)
    else:
        table = mql_table(snapshot.handoffs) if kind == "mqls" else decision_table(snapshot.handoffs)
    export = source.export.get(kind) if source else None
    if export is None:
        return table
    told = stated(table) if kind == "decisions" else table
    return as_written(told, export, lambda column: field_of(history, told["lead_id"], column))
