"""All that is known of one lead's hand-off events, what was corrected too, for the page that lists them."""

from lib.core.handoffs.course import Before, Known, Source
from lib.core.handoffs.cycles.order import Event
from lib.store.database import Readable
from lib.store.statements import statement


def load_known(database: Readable, lead_id: str) -> Known:
    """Every event of a lead, retracted ones too, and what its sources said of them before."""
    with database.cursor() as cursor:
        rows = cursor.execute(statement("handoffs/events_known"), {"lead_id": lead_id}).fetchall()
    events, sources, before = [], {}, []
    for event_id, at, kind, actor, reason, amount, takes_back, currency, day_ends, fact, run, *later in rows:
        event = Event(
            event_id, at, kind, actor, reason, amount, takes_back=takes_back, currency=currency, day_ends=day_ends
        )
        until_run, until, is_gone = later
        if until_run is None:
            events.append(event)
            sources[event_id] = Source(fact, run)
        else:
            before.append(Before(event, Source(fact, run), until, until_run, is_gone))
    return Known(tuple(events), sources, tuple(before))
