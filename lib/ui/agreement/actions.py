"""What may be done with a version: take it along, withdraw it, propose it again."""

from collections.abc import Callable, Sequence

import streamlit as st

from lib.app.agreed import definition as definition_of
from lib.core.access.grants import Grant
from lib.core.agreement.document import markdown
from lib.core.agreement.versions import Version, VersionState
from lib.ui.agreement import pressed, proposing, standing

ENDINGS = {"PDF": "pdf", "Markdown": "md", "YAML": "yaml"}


def show(every: Sequence[Version], version: Version) -> None:
    """Take the document along; withdraw what is open; propose anew what is over."""
    here = standing.in_force(list(every))
    by = standing.signer()
    with st.container(horizontal=True, vertical_alignment="center"):
        if version.state is VersionState.PROPOSED:
            _withdraw(version, by)
        elif version.number != here.number and version.state is not VersionState.AGREED:
            st.button(
                f"Propose version {version.number} again",
                icon=":material/settings_backup_restore:",
                key="propose-again",
                on_click=proposing.begin,
                args=(definition_of(version), f"Back to version {version.number}."),
                help="As a new version with the same text: both sides sign it anew.",
            )
        _downloads(list(every), version)


def _downloads(every: list[Version], version: Version) -> None:
    name = f"agreement-version-{version.number}"
    ways: tuple[tuple[str, Callable[[], str | bytes], str, str], ...] = (
        (
            "PDF",
            lambda: standing.paper(every, version),
            "application/pdf",
            "The document, to sign or to pin up.",
        ),
        (
            "Markdown",
            lambda: markdown(standing.document(every, version)),
            "text/markdown",
            "The document, for a wiki or a chat.",
        ),
        (
            "YAML",
            lambda: version.text,
            "text/yaml",
            "The text, letter by letter what is signed: its SHA-256 is the one below the signatures.",
        ),
    )
    for label, written, kind, explanation in ways:
        st.download_button(
            label,
            written,
            f"{name}.{ENDINGS[label]}",
            kind,
            key=f"download:{label}:{version.number}",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
            help=explanation,
        )


def _withdraw(version: Version, by: Grant | None) -> None:
    with (
        st.popover(
            "Withdraw",
            icon=":material/undo:",
            key="withdraw",
            disabled=by is None,
            help="Take the proposal back; say who you are first." if by is None else "Take the proposal back.",
        ),
        st.form("withdrawal", border=False),
    ):
        reason = st.text_input("Why is it taken back?", max_chars=300, key="withdraw-reason")
        void = " Its signatures are then void." if version.signatures else ""
        st.caption(f"It stays in the list as withdrawn.{void}")
        if st.form_submit_button(f"Withdraw version {version.number}", type="primary") and by is not None:
            pressed.carry_out(version, "withdrawn", lambda: standing.withdraw(version, reason))
            st.rerun()
