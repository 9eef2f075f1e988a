"""What machines did to a draft: mail scanners follow every link of a mail before anybody reads it."""

import streamlit as st

from lib.app import outlook
from lib.app.snapshot import Snapshot
from lib.core.replay.preview import Volume
from lib.ui.frame import elements
from lib.ui.frame.window import looked_at
from lib.ui.tune import tuning

LEFT_OUT = (
    "Mail scanners follow every link of a mail within seconds. Left out are clicks where a lead clicked on 3 or more "
    "different known subjects within 5 seconds, and opens of the mail within 5 seconds of such a click."
)


def worth(snapshot: Snapshot, drafted: Volume) -> None:
    """How many of the draft's MQLs there would not be without what a machine did; nothing where it makes none."""
    draft, window = tuning.tuning().draft, looked_at()
    people = outlook.volume_by_people(snapshot, draft, window)
    lean = 0 if people is None else drafted.mqls - people.mqls
    if people is None or lean <= 0:
        return
    weeks = window.length_weeks
    st.markdown(
        f"**{elements.rate(lean / weeks)} of {elements.rate(drafted.mqls / weeks)} MQLs a week** lean on clicks that "
        "look like a machine's.",
        help=f"{LEFT_OUT} Without them this draft would hand over {elements.rate(people.mqls / weeks)} a week: "
        f"{people.mqls:,} in the window instead of {drafted.mqls:,}. To leave them out, edit the criteria that count "
        "clicks or opens and choose *Only what people did*.",
    )
