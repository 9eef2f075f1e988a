"""What the Data page asks about imports that were made, remembered for as long as the data stays the same."""

from functools import lru_cache

from lib.core.errors import Fault
from lib.core.exchange.runs import ImportRun, Rejected
from lib.store.database import Database
from lib.store.exchange import runs
from lib.store.exchange.undoing import why_not
from lib.ui.now import asked


def generation() -> int:
    """Grows with every change of the data."""
    return asked.database().generation


def import_runs() -> list[ImportRun]:
    """The newest imports, the last first."""
    return _import_runs(asked.database(), generation())


@lru_cache(maxsize=2)
def _import_runs(database: Database, generation: int) -> list[ImportRun]:
    return runs.import_runs(database)


def rejected(run: int) -> list[Rejected]:
    """What an import did not take."""
    return _rejected(asked.database(), generation(), run)


@lru_cache(maxsize=4)
def _rejected(database: Database, generation: int, run: int) -> list[Rejected]:
    return runs.rejected_rows(database, run)


def why_no_undo() -> Fault | None:
    """Why the last import cannot be taken back, None where it can."""
    return _why_no_undo(asked.database(), generation())


@lru_cache(maxsize=2)
def _why_no_undo(database: Database, generation: int) -> Fault | None:
    return why_not(database)


def to_mend(run: int) -> dict[str, str]:
    """By file, the rows that can be mended, as CSV."""
    return _to_mend(asked.database(), generation(), run)


@lru_cache(maxsize=4)
def _to_mend(database: Database, generation: int, run: int) -> dict[str, str]:
    return runs.rows_to_mend(rejected(run))
