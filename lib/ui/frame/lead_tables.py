"""Leads and hand-offs as tables of a page: who they are, each with its page, instants in the reporting zone."""

import io
from urllib.parse import quote

import numpy as np
import pandas as pd

from lib.app import leads, sla
from lib.app.snapshot import Snapshot
from lib.core.arrays import NEVER, Column, Instants
from lib.core.handoffs.handoffs import Decision, Handoffs, Implied
from lib.core.time import clock
from lib.ui.frame.csv_file import csv_file
from lib.ui.now import present


def lead_page(lead_id: str, draft: str | None = None) -> str:
    """The address of a lead's page, which explains it under a draft where one is named."""
    under = "" if draft is None else f"draft={quote(draft, safe='')}&"
    # The id comes last: tables show what follows it.
    return f"/lead?{under}id={quote(lead_id)}"


def local(instants: Instants) -> "pd.Series[pd.Timestamp]":
    """Instants in the reporting zone, missing for what never happened."""
    never = instants == NEVER
    stamps = pd.Series(pd.to_datetime(instants.clip(max=clock.to_microseconds(pd.Timestamp.max)), unit="us", utc=True))
    return stamps.mask(never).dt.tz_convert(str(present.zone()))


def leads_behind(snapshot: Snapshot, behind: Handoffs, most: int | None = None) -> pd.DataFrame:
    """The first so many hand-offs, each with its lead's page and name and with what became of it."""
    shown = behind.take(np.arange(min(len(behind), len(behind) if most is None else most)))
    ids = shown.lead_id.to_pylist()
    people = leads.introduced(snapshot.leads, ids)
    return pd.DataFrame(
        {
            "page": [lead_page(lead_id) for lead_id in ids],
            "lead_id": ids,
            "name": [people[lead_id].name for lead_id in ids],
            "company": [people[lead_id].company for lead_id in ids],
            "title": [people[lead_id].title for lead_id in ids],
            "handed_over": local(shown.mql_at),
            "decision": decisions(shown),
            "implied": [implied_words(bits) or None for bits in shown.implied.tolist()],
            "decided": local(shown.decided_at),
            "reason": [
                present.reason_words(code) if rejected else None
                for code, rejected in zip(_texts(shown.reason), shown.rejected.tolist(), strict=True)
            ],
            "score": pd.array(shown.score, "Float64").astype("Int64"),
            "channel": _texts(shown.channel),
            "source": _texts(shown.source),
            "owner": [owner and sla.rep_name(snapshot.sales, owner) for owner in _texts(shown.owner)],
            "sql": local(shown.sql_at),
            "won": local(shown.won_at),
        }
    )


def decisions(shown: Handoffs) -> list[str]:
    """What sales decided of each, `closed` where it ended before anybody did."""
    return [
        "closed" if closed else Decision(code).name.lower()
        for code, closed in zip(shown.decision.tolist(), shown.closed.tolist(), strict=True)
    ]


def implied_words(bits: int) -> str:
    """The steps of a hand-off that nobody stated: "decision, SQL"; the empty text where somebody stated all."""
    words = ((Implied.DECISION, "decision"), (Implied.SQL, "SQL"), (Implied.OPPORTUNITY, "opportunity"))
    return ", ".join(word for step, word in words if step in Implied(bits))


def csv(rows: pd.DataFrame) -> io.BytesIO:
    """The rows as a file, without what only a page can show."""
    return csv_file(rows.drop(columns="page"))


def _texts(column: Column) -> list[str | None]:
    texts: list[str | None] = [*column.values.to_pylist(), None]
    return [texts[code] for code in column.codes.tolist()]
