"""The picture frame: page configuration and navigation. Every page, however it was reached, is shown in it."""

from pathlib import Path

import streamlit as st

st.set_page_config(page_title="Handshake", page_icon=Path(__file__).parent / "icon.svg", layout="wide")

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
            "work/lead.py",
            title="Lead",
            icon=":material/person_search:",
            help="Find a lead; see what it did, its score over time, and why it qualified or did not.",
        ),
    ],
    position="top",
)
page.run()
