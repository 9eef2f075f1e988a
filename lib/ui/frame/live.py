"""Has anybody else done something? The browser asks the server that, and asks for a run only where it is so.

A fragment with a clock would do, but each of its runs, a second apart, is one that a
key press meets half done; then the browser draws charts anew that have not changed.
"""

import streamlit as st

SECONDS_BETWEEN_LOOKS = 1.0
"""What others do is seen within two seconds."""

ROUTE = "/api/drafts/{tab}"
"""Answers with `SharedDrafts.mark` of the draft that a tab has open."""

_LOOK = """
let clock
export default function (component) {
    const { address, seen, milliseconds } = component.data
    clearInterval(clock)
    clock = window.setInterval(async () => {
        const answer = await fetch(address).catch(() => null)
        if (answer !== null && answer.status === 401) return window.location.reload()
        if (answer === null || !answer.ok) return
        const mark = await answer.text()
        if (mark !== seen) component.setTriggerValue("mark", mark)
    }, milliseconds)
    return () => clearInterval(clock)
}
"""

STILL_IN = "/api/session"
"""Answers whoever is signed in, and nobody else."""

SECONDS_UNTIL_TOLD = 30.0
"""Whoever has been signed out is told within so long, on a page that does not look by itself."""

_STAY = """
let clock
export default function (component) {
    const { address, milliseconds } = component.data
    clearInterval(clock)
    clock = window.setInterval(async () => {
        const answer = await fetch(address).catch(() => null)
        if (answer !== null && answer.status === 401) window.location.reload()
    }, milliseconds)
    return () => clearInterval(clock)
}
"""

_live = st.components.v2.component("live", js=_LOOK)
_stay = st.components.v2.component("stay", js=_STAY)


def look(tab: str, seen: str) -> None:
    """Runs the fragment it is called in again once the server's mark for this tab is another than `seen`."""
    given = {"address": ROUTE.format(tab=tab), "seen": seen, "milliseconds": round(1000 * SECONDS_BETWEEN_LOOKS)}
    _live(key="look", data=given, on_mark_change=lambda: None)


def stay() -> None:
    """Loads the page anew once its session has ended: there is the sign-in."""
    _stay(key="stay", data={"address": STILL_IN, "milliseconds": round(1000 * SECONDS_UNTIL_TOLD)})
