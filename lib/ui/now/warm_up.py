"""What the first visitors need, made ready before they come, and what they will ask for next."""

from concurrent.futures import ThreadPoolExecutor

from lib.app import funnel, outlook
from lib.core.replay import replay
from lib.core.sla import queueing
from lib.core.statistics.rates import ENOUGH, rate
from lib.ui.now import present


def warm_up() -> None:
    """Compile what is compiled and load what every page needs."""
    with ThreadPoolExecutor(max_workers=1) as beside:
        # While the database reads history, which it does without the interpreter's lock.
        rest = beside.submit(_load_beside)
        snapshot = present.snapshot()
        rest.result()
    if len(snapshot.leads):
        outlook.consequences(snapshot, snapshot.definition, snapshot.default_window)
        outlook.preview(snapshot, snapshot.definition, snapshot.default_window)


def look_ahead() -> None:
    """What the first visitors will ask for after the figures."""
    snapshot = present.snapshot()
    if len(snapshot.leads):
        agreed, window = snapshot.definition, snapshot.default_window
        outlook.answering(snapshot, agreed, window)
        outlook.score_bins(snapshot, agreed)
        funnel.standings(snapshot, funnel.EVERYTHING, window, funnel.Grouping.CHANNEL)


def _load_beside() -> None:
    replay.warm_up()
    queueing.warm_up()
    rate(ENOUGH, ENOUGH)  # The first interval loads the library that has it: a second.
