"""The picture frame: page configuration and navigation. Every page, however it was reached, is shown in it."""

from pathlib import Path

import streamlit as st

from lib.ui.frame import catching_up, visitor
from lib.ui.tune import tuning

st.set_page_config(page_title="Handshake", page_icon=Path(__file__).parent / "icon.svg", layout="wide")

# All side by side: in a meeting nobody looks for a page behind a section's name.
page = st.navigation(
    [
        st.Page(
            "decide/tune.py",
            title="Tune",
            icon=":material/tune:",
            default=True,
            help="Move weights and the threshold, and see at once how many leads a week would be handed over.",
        ),
        st.Page(
            "decide/scenarios.py",
            title="Scenarios",
            icon=":material/compare:",
            help="Up to four drafts beside the agreed definition: volume, acceptance, load, and what each changes.",
        ),
        st.Page(
            "decide/evidence.py",
            title="Evidence",
            icon=":material/balance:",
            help="Which weights the decisions so far support, what else sales goes by, and whether scores drift.",
        ),
        st.Page(
            "decide/agreement.py",
            title="Agreement",
            icon=":material/history_edu:",
            help="The definition both sides sign: versions, signatures, what was predicted and what came.",
        ),
        st.Page(
            "decide/meeting.py",
            title="Meeting",
            icon=":material/groups:",
            help="The alignment meeting: what is open, what is decided, who does what by when, and the minutes.",
        ),
        st.Page(
            "monitor/review.py",
            title="Review",
            icon=":material/monitoring:",
            help="The weekly meeting: what was handed over, what sales accepted, what changed, and the goals.",
        ),
        st.Page(
            "monitor/acceptance.py",
            title="Acceptance",
            icon=":material/handshake:",
            help="Which leads sales accepts, why it rejects the others, and whether more points mean more.",
        ),
        st.Page(
            "monitor/sla.py",
            title="SLA",
            icon=":material/hourglass_top:",
            help="Who waits for an answer, whether the promise is kept, and what would be kept if it were another.",
        ),
        st.Page(
            "work/inbox.py",
            title="Inbox",
            icon=":material/inbox:",
            help="A rep's open MQLs by time left: accept, reject, mark as SQL, reassign, note.",
        ),
        st.Page(
            "work/lead.py",
            title="Lead",
            icon=":material/person_search:",
            help="Find a lead; see what it did, its score over time, and why it qualified or did not.",
        ),
        st.Page(
            "manage/data.py",
            title="Data",
            icon=":material/database:",
            help="Bring files in, see how fresh and sound the data is, and take an import back.",
        ),
    ],
    position="top",
)
if not visitor.is_in():
    visitor.sign_in_first()
    st.stop()
# Before anything asks for the data: who comes first after an import is told what they wait for.
catching_up.show()
# What others have done to the draft counts on every page, from its beginning.
tuning.take_in()
page.run()
# Below everything: it takes no room.
visitor.stay()
