"""What would be lost if the disk broke now: when the last backup was made, and whether one is overdue."""

import time

import streamlit as st

from lib.app import upkeep
from lib.app.snapshot import Snapshot
from lib.charts.language import duration
from lib.core.time.clock import MICROSECONDS
from lib.ui.frame import elements
from lib.ui.now import present

LATE = 1.5
"""So many times the agreed time after the last one, the next one is overdue; the app may have been off meanwhile."""


def show(snapshot: Snapshot) -> None:
    """One line, or a box where a backup is overdue."""
    elements.section(
        "Is it kept safe?",
        "backups",
        "Backups the app makes by itself, as config/app.yaml says. Those made with `python -m lib backup FILE` lie "
        "where they were asked for, and are not counted here.",
        snapshot,
    )
    settings = present.deployment().config.app.backup
    if settings is None:
        st.caption(
            "The app makes no backups by itself: `backup` is left out of config/app.yaml. "
            "`python -m lib backup FILE` makes one at any time."
        )
        return
    folder, kept = upkeep.kept_backups(present.deployment())
    rhythm = f"one is made every {duration(settings.every_seconds / 3_600)}, and {settings.keep} are kept"
    if not kept:
        st.caption(f"There is no backup yet; {rhythm}, the first a minute after the start of the app.")
        return
    age_seconds = max(0.0, time.time() - kept[0].made_at / MICROSECONDS)
    told = f"The last backup is {duration(age_seconds / 3_600)} old; {rhythm}, in `{folder}`."
    if age_seconds <= LATE * settings.every_seconds:
        st.caption(told)
        return
    st.warning(
        f"{told} It is overdue: unless the app was started just now, its log says why none was made. "
        "`python -m lib backup FILE` makes one elsewhere at any time.",
        icon=":material/backup:",
    )
