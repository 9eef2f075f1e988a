"""Who changes sides, as a table and as the file `preview --leads` writes."""

import io

import pandas as pd

from lib.app import leads, outlook
from lib.app.snapshot import Snapshot
from lib.core.arrays import NEVER
from lib.core.definition.criteria import Definition
from lib.core.replay.preview import Move
from lib.core.time import clock
from lib.core.time.window import Window
from lib.ui.frame.csv_file import csv_file
from lib.ui.frame.lead_tables import lead_page, local


def table(
    snapshot: Snapshot, draft: Definition, window: Window, change: Move, most: int, named: str | None
) -> pd.DataFrame:
    """The newest leads with one kind of change: who they are, when they qualify, and why they moved.

    Their pages explain them under the draft of that name.
    """
    moved = outlook.moved(snapshot, draft, window, change, most)
    people = leads.introduced(snapshot.leads, moved.lead_ids)
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
