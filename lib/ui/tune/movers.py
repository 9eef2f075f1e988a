"""Who changes sides, as a table and as the file `preview --leads` writes."""

import io

import pandas as pd

from lib.app import leads, outlook
from lib.app.snapshot import Snapshot
from lib.core.arrays import NEVER
from lib.core.definition.criteria import Definition
from lib.core.funnel.money import in_currency
from lib.core.handoffs.recall import Furthest, Worth
from lib.core.replay.preview import Move
from lib.core.time import clock
from lib.core.time.window import Window
from lib.ui.frame.csv_file import csv_file
from lib.ui.frame.lead_tables import lead_page, local

SALES_WORDS = {
    Furthest.NOT_HANDED_OVER: "–",
    Furthest.OPEN: "open",
    Furthest.CLOSED: "closed",
    Furthest.REJECTED: "rejected",
    Furthest.ACCEPTED: "accepted",
    Furthest.SQL: "SQL",
    Furthest.WON: "won",
}


def worth_in_words(worth: Worth, currency: str | None) -> str:
    """ "sales accepted 61, 12 became SQLs, 3 were won, worth 40,200 EUR"."""
    won = f", worth {in_currency(worth.won_amount, currency)}" if worth.won_amount else ""
    return f"sales accepted {worth.accepted:,}, {worth.sql:,} became SQLs, {worth.won:,} were won{won}"


def missed_in_words(missed: outlook.Missed, currency: str | None) -> str:
    """What a draft would lose of what sales accepted in the window."""
    of_all, lost = missed.of_all, missed.missed
    if not of_all.accepted:
        return "Sales accepted nobody who was handed over in these weeks."
    said = f"{lost.accepted:,} of {of_all.accepted:,} leads that sales accepted in these weeks would be lost"
    if lost.won:
        said += f", {lost.won:,} of {of_all.won:,} won among them"
    if lost.won_amount:
        said += f", worth {lost.won_amount:,.0f} of {in_currency(of_all.won_amount, currency)}"
    return f"{said}."


def table(
    snapshot: Snapshot, draft: Definition, window: Window, change: Move, most: int, named: str | None
) -> pd.DataFrame:
    """The newest leads with one kind of change: who they are, when they qualify, and why they moved.

    Their pages explain them under the draft of that name.
    """
    moved = outlook.moved(snapshot, draft, window, change, most)
    people, currency = leads.introduced(snapshot.leads, moved.lead_ids), snapshot.handoffs.currency
    of = moved.movers
    return pd.DataFrame(
        {
            "page": [lead_page(lead_id, named) for lead_id in moved.lead_ids],
            "name": [people[lead_id].name for lead_id in moved.lead_ids],
            "company": [people[lead_id].company for lead_id in moved.lead_ids],
            "title": [people[lead_id].title for lead_id in moved.lead_ids],
            "qualified": local(of.at),
            "agreed": local(of.agreed_at),
            "score": pd.array(
                [None if at == NEVER else int(n) for n, at in zip(of.score, of.at, strict=True)], "Int64"
            ),
            "because": moved.because,
            "sales": [SALES_WORDS[furthest] for furthest in moved.furthest],
            "worth": [in_currency(amount, currency) if amount else "" for amount in moved.won_amount],
        }
    )


def csv(snapshot: Snapshot, draft: Definition, window: Window) -> io.BytesIO:
    """Everybody kept, gained and lost."""
    moved, ids = outlook.everybody_moved(snapshot, draft, window)
    return csv_file(
        pd.DataFrame(
            {
                "lead_id": ids,
                "qualified_at": [clock.instant_text(at) if at != NEVER else None for at in moved.at.tolist()],
                "score": pd.array(moved.score, "Int64"),
                "against_qualified_at": [
                    clock.instant_text(at) if at != NEVER else None for at in moved.agreed_at.tolist()
                ],
                "change": [change.value for change in moved.change],
            }
        )
    )
