"""From which e-mail domains machine clicks come."""

import io
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from lib.app import soundness
from lib.charts.language import count
from lib.core.exchange.machines import Scanned
from lib.ui.frame import elements
from lib.ui.frame.csv_file import csv_file
from lib.ui.now import present

SHOWN = 20


@st.fragment
def show() -> None:
    """The domains, those with the most clicks and opens of a machine first."""
    snapshot = present.snapshot()
    elements.section(
        "Whose mails does a machine read first?",
        "machines",
        "Mail scanners follow every link of a mail within seconds. Counted are clicks where a lead clicked on 3 or "
        "more different known subjects within 5 seconds, and opens within 5 seconds of such a click, by the domain of "
        "the lead's e-mail address. They count for criteria unless these ask for *only what people did*.",
        snapshot,
    )
    found = soundness.scanned(snapshot)
    if not found:
        st.caption(":material/check: No click looks like a machine's.")
        return
    total, leads = sum(one.activities for one in found), sum(one.leads for one in found)
    st.markdown(
        f"**{total:,} clicks and opens** of {count(leads, 'lead')} look like a machine's, most of them at "
        f"**{_name(found[0])}**."
    )
    st.dataframe(
        _as_table(found[:SHOWN]),
        hide_index=True,
        column_config={
            name: st.column_config.NumberColumn(format="localized")
            for name in ("Clicks and opens", "Leads", "All its leads")
        },
        alt="; ".join(f"{_name(one)}: {one.activities:,} of {count(one.leads, 'lead')}" for one in found[:5]),
    )
    if len(found) > SHOWN:
        st.caption(f"The first {SHOWN} of {len(found):,}.")
    elements.all_as_csv(lambda: _csv(found), "machine-clicks.csv")


def _name(one: Scanned) -> str:
    return "an unknown address" if one.domain is None else elements.plain(one.domain)


def _as_table(found: Sequence[Scanned]) -> pd.DataFrame:
    return pd.DataFrame(
        [(one.domain or "unknown", one.activities, one.leads, one.of_leads) for one in found],
        columns=["E-mail domain", "Clicks and opens", "Leads", "All its leads"],
    )


def _csv(found: Sequence[Scanned]) -> io.BytesIO:
    return csv_file(
        pd.DataFrame(
            [(one.domain or "", one.activities, one.leads, one.of_leads) for one in found],
            columns=["domain", "activities", "leads", "of_leads"],
        )
    )
