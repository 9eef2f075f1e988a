"""A version as it is published, with what it changes and its signatures at its foot."""

from collections.abc import Iterator, Sequence

import streamlit as st

from lib.core.agreement.document import (
    BESIDE_IS_NOT_SIGNED,
    NOBODY_HAD_TO_SIGN,
    NOTHING_CHANGES,
    Document,
    DocumentLine,
    Section,
    Sentence,
    TextMark,
)
from lib.core.agreement.versions import Version, VersionState
from lib.ui.agreement import signing, standing
from lib.ui.frame import elements

WITH_CHANGES, AS_PUBLISHED = "With changes", "As published"


def show(every: Sequence[Version], version: Version) -> None:
    """The version as it is published, with the signatures at its foot."""
    published = standing.document(list(every), version)
    with st.container(border=True, key="document"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"### {elements.plain(published.title)}")
            marked = _with_changes(published, version)
        st.markdown(elements.plain(published.standing))
        st.markdown(f"**Why:** {elements.plain(published.reason)}")
        if published.changes is not None:
            _changes(published)
        for section in published.definition:
            _section(section, marked=marked)
        st.divider()
        for section in published.kept_beside:
            _section(section, marked=False)
        st.divider()
        _signatures(published, version)
        st.caption(f"{BESIDE_IS_NOT_SIGNED} Times are those of {published.zone}.")
        st.caption(f"SHA-256 of the text: `{published.sha256}`")
        st.caption(elements.plain(published.head.sentence))


def _with_changes(published: Document, version: Version) -> bool:
    if not published.changes:
        return False
    there = st.segmented_control(
        "What changed",
        [WITH_CHANGES, AS_PUBLISHED],
        # What is to be signed is read for what it changes.
        default=WITH_CHANGES if version.state is VersionState.PROPOSED else AS_PUBLISHED,
        required=True,
        key=f"marks:{version.number}",
        label_visibility="collapsed",
        help="Struck: gone since the version before. Coloured: new.",
    )
    return bool(there == WITH_CHANGES)


def _changes(published: Document) -> None:
    st.markdown(f"##### What changes since version {published.before}")
    st.markdown("\n".join(f"- {elements.plain(one)}" for one in published.changes or (NOTHING_CHANGES,)))


def _section(section: Section, *, marked: bool) -> None:
    lines = list(_sentences(section.sentences, marked=marked))
    if lines:
        st.markdown(f"##### {elements.plain(section.title)}\n" + "\n".join(f"- {line}" for line in lines))


def _sentences(sentences: Sequence[Sentence], *, marked: bool) -> Iterator[str]:
    for one in sentences:
        text = elements.plain(one.text)
        if one.mark is TextMark.STRUCK:
            if marked:
                yield f":gray[~~{text}~~]"
        elif one.mark is TextMark.ADDED and marked:
            yield f":violet-background[{text}]"
        else:
            yield text


# Signatures.


def _signatures(published: Document, version: Version) -> None:
    st.subheader("Signatures", anchor="signatures")
    if not published.lines:
        st.markdown(NOBODY_HAD_TO_SIGN)
        return
    columns = st.columns(2)
    for column, line in zip(columns, published.lines, strict=True):
        with column:
            _line(line, version)


def _line(line: DocumentLine, version: Version) -> None:
    with st.container(border=True):
        st.caption(f"For {line.side}")
        if line.who is not None:
            st.markdown(f"#### :material/draw: {elements.plain(line.who)}")
            st.caption(line.at or "")
            return
        st.markdown("#### :gray[\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_]")
        by = standing.signer()
        if version.state is not VersionState.PROPOSED:
            st.caption("Was not signed.")
        elif by is not None and by.side is line.side:
            signing.button(version, by)
        elif by is not None:
            st.caption(f"Somebody of {line.side} signs here; you stand for {by.side}.")
        else:
            st.caption(standing.why_not_signer())
