"""The picture frame: page configuration and navigation. Every page, however it was reached, is shown in it."""

from pathlib import Path

import streamlit as st

st.set_page_config(page_title="Handshake", page_icon=Path(__file__).parent / "icon.svg", layout="wide")

page = st.navigation(
    {
        "Decide": [
            st.Page(
                "decide/tune.py",
                title="Tune",
                icon=":material/tune:",
                default=True,
                help="Move weights and the threshold, and see at once how many leads a week would be handed over.",
            ),
        ],
        "Monitor": [
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
        ],
        "Work": [
            st.Page(
                "work/lead.py",
                title="Lead",
                icon=":material/person_search:",
                help="Find a lead; see what it did, its score over time, and why it qualified or did not.",
            ),
        ],
    },
    position="top",
)
page.run()
