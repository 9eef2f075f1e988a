"""Everything the decisions of 26 weeks say about the definition in force, from hand-offs and history in memory."""

from collections.abc import Callable
from statistics import median
from time import perf_counter
from zoneinfo import ZoneInfo

from bench.tools.invented import END, ROOT, ZONE, database_of
from bench.tools.measured import Measured, Row, timed
from lib.config.folder import read_folder
from lib.core.evidence import candidates
from lib.core.evidence.findings import Findings, find
from lib.core.replay.hits import HitIndex
from lib.core.statistics import regression
from lib.core.time.clock import default_window
from lib.core.time.window import Window
from lib.store.database import opened
from lib.store.handoffs.handoffs import load_handoffs
from lib.store.leads.history import load_history

LEADS = 1_000_000
TARGET_MS = 5_000
RUNS = 5


def run(leads: int = LEADS) -> Measured:
    """Milliseconds of the whole and of its steps; what is compiled is, as after `make setup`."""
    config = read_folder(ROOT / "config")
    with database_of(leads) as path, opened(path, first_definition=config.definition_text, clock=END) as database:
        history, handoffs = load_history(database), load_handoffs(database, END)
    candidates.warm_up()
    regression.warm_up()
    window = Window(*default_window(END, ZoneInfo(ZONE)), ZONE)
    index = HitIndex(history)
    first, found = timed(lambda: find(index, config.definition, handoffs, window))
    steps: dict[str, list[float]] = {}
    again = [timed(lambda: _in_steps(steps, index, config.definition, handoffs, window))[0] for _ in range(RUNS)]
    size = f"{leads:,} leads, {found.criteria.decided:,} decisions, {found.mined.tested:,} patterns"
    rows = [
        Row(f"the first time, its libraries and hits found too: {size}", first, TARGET_MS),
        Row("for another definition or other days, median", median(again), TARGET_MS),
        *(Row(f"… {doing[0].lower()}{doing[1:]}", median(took)) for doing, took in steps.items()),
    ]
    facts = {"leads": leads, "decisions": found.criteria.decided, "patterns": found.mined.tested}
    return Measured(tuple(rows), {**facts, "finds": len(found.mined.finds)})


def _in_steps(steps: dict[str, list[float]], *given: object) -> Findings:
    """As `find`, and how long each thing it tells of took."""
    doing, since = "", perf_counter()

    def tell(next_thing: str, _share: float) -> None:
        nonlocal doing, since
        now = perf_counter()
        if doing:
            steps.setdefault(doing, []).append(1000 * (now - since))
        doing, since = next_thing, now

    ask: Callable[..., Findings] = find
    return ask(*given, tell)
