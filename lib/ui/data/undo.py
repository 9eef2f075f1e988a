"""The last import taken back from the page: asked once, done in the background, refused with the reason."""

import streamlit as st

from lib.app import upkeep
from lib.app.deployment import Deployment
from lib.charts.language import count
from lib.core.access.grants import Grant
from lib.core.exchange.runs import ImportRun, Undone
from lib.ui.data import runs
from lib.ui.frame import elements, jobs, visitor
from lib.ui.now import present

UNDO = "undo"


def show(run: ImportRun) -> None:
    """The button that takes this import back, where it is the last; beside it what became of pressing it."""
    if jobs.watch(UNDO, "The import was not taken back; the data is as it was."):
        _done(jobs.of(UNDO).result())  # type: ignore[union-attr]
    if not run.undoable:
        return
    why_not = runs.why_no_undo()
    if why_not is not None:
        st.caption(f":material/lock: Import {run.run} cannot be taken back: {elements.plain(str(why_not))}")
        return
    with st.popover(f"Take import {run.run} back", icon=":material/undo:"):
        new = sum(table.new for table in run.tables.values())
        changed = sum(table.changed for table in run.tables.values())
        st.markdown(
            f"{count(new, 'row')} it brought will go, {count(changed, 'row')} will be as before. "
            "The import stays in this list, and its files can be imported again."
        )
        st.button(
            "Take it back",
            type="primary",
            key=f"undo:{run.run}",
            on_click=_start,
        )


def _start() -> None:
    deployment, by = present.deployment(), visitor.grant()
    jobs.start(UNDO, "Taking the import back", lambda tell: _undo(tell, deployment, by), changes_the_data=True)


def _undo(tell: jobs.Progress, deployment: Deployment, by: Grant) -> Undone:
    tell("Restoring what it replaced", 0.1)
    return upkeep.undo_last_import(deployment, by)


def _done(undone: Undone) -> None:
    removed, restored = sum(undone.removed.values()), sum(undone.restored.values())
    st.success(
        f"Import {undone.run} was taken back: {count(removed, 'row')} removed, {count(restored, 'row')} as before.",
        icon=":material/undo:",
    )
