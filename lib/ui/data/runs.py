"""What the Data page asks about imports that were made."""

from lib.app import soundness
from lib.core.errors import Fault
from lib.core.exchange.runs import ImportRun, Rejected
from lib.ui.now import present


def import_runs() -> list[ImportRun]:
    """The newest imports, the last first."""
    return soundness.import_runs(present.deployment().stored())


def rejected(run: int) -> list[Rejected]:
    """What an import did not take."""
    return soundness.rejected(present.deployment().stored(), run)


def why_no_undo() -> Fault | None:
    """Why the last import cannot be taken back, None where it can."""
    return soundness.why_no_undo(present.deployment().stored())


def to_mend(run: int) -> dict[str, str]:
    """By file, the rows that can be mended, as CSV."""
    return soundness.to_mend(present.deployment().stored(), run)
