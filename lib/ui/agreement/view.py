"""The Agreement page: the versions as a time line, the document in the middle with its signatures, what may be done."""

from collections.abc import Callable, Iterator, Sequence

import streamlit as st

from lib.app.agreed import definition as definition_of
from lib.core.agreement.document import (
    BESIDE_IS_NOT_SIGNED,
    NOBODY_HAD_TO_SIGN,
    NOTHING_CHANGES,
    Document,
    DocumentLine,
    Section,
    Sentence,
    TextMark,
    markdown,
)
from lib.core.agreement.people import Person
from lib.core.agreement.versions import Version, VersionState, open_proposal
from lib.core.errors import Refused
from lib.core.time.clock import default_as_of
from lib.ui.agreement import proposing
from lib.ui.agreement import standing as agreement_standing
from lib.ui.frame import elements, visitor
from lib.ui.now import present
from lib.ui.sla import waiting as waiting_words

ADDRESS = "version"
"""What the address calls the version that is shown."""

CHOSEN, NOT_DONE, DONE = "version-chosen", "agreement-not-done", "agreement-done"

TIME_LINE_PX = 640

ENDINGS = {"PDF": "pdf", "Markdown": "md", "YAML": "yaml"}

WITH_CHANGES, AS_PUBLISHED = "With changes", "As published"


# Which version.


def chosen(every: Sequence[Version]) -> Version:
    """The version of the address; without one the open proposal, else the one in force. An unknown one is told."""
    numbers = {str(one.number): one for one in every}
    asked = st.query_params.get(ADDRESS)
    if asked is not None and asked not in numbers:
        st.warning(
            f"There is no version “{elements.plain(asked)}”; this is the one that matters most now.",
            icon=":material/link_off:",
        )
        del st.query_params[ADDRESS]
    there = numbers.get(asked or "")
    return there or open_proposal(every) or agreement_standing.in_force(list(every))


def time_line(every: Sequence[Version], shown: Version, narrow: bool) -> None:
    """Every version, the newest on top; choosing one shows it, and the address then says which."""
    standing = {one.number: _standing(every, one) for one in every}
    numbers = sorted(standing, reverse=True)
    known = {one.number: one for one in every}
    # What the address says is true; the widget follows it.
    st.session_state[CHOSEN] = shown.number
    if narrow:
        st.selectbox(
            "Version",
            numbers,
            key=CHOSEN,
            format_func=lambda number: f"Version {number}: {standing[number][0]}",
            on_change=_choose,
        )
        return
    with st.container(height=TIME_LINE_PX if len(numbers) > 8 else "content", border=False):
        st.radio(
            "Versions",
            numbers,
            key=CHOSEN,
            format_func=lambda number: f"Version {number} :{standing[number][1]}-badge[{standing[number][0]}]",
            captions=[_when(known[number]) for number in numbers],
            on_change=_choose,
            help="The newest is on top. Nothing here is ever edited or deleted.",
        )


def _choose() -> None:
    st.query_params[ADDRESS] = str(st.session_state[CHOSEN])


def _standing(every: Sequence[Version], version: Version) -> tuple[str, str]:
    """Where a version stands now, in few words, and the colour of that."""
    if version.number == agreement_standing.in_force(list(every)).number:
        return "in force", "gray"
    if version.state is VersionState.PROPOSED:
        return f"waits for {' and '.join(version.missing)}", "violet"
    if version.state is VersionState.AGREED and version.starts_at is not None:
        return f"agreed, from {waiting_words.said_at(version.starts_at)}", "blue"
    return version.state.value, "gray"


def _when(version: Version) -> str:
    if version.side is None:
        return "from the configuration"
    return f"by {elements.plain(version.proposed_by)}, {waiting_words.said_at(version.proposed_at)}"


# What the page says first.


def headline(every: Sequence[Version]) -> None:
    """One sentence on what is in force and what is to be done next, and where old data is judged by another version."""
    here = agreement_standing.in_force(list(every))
    there = open_proposal(every)
    if there is not None:
        side = f" for {there.side}" if there.side else ""
        st.markdown(
            f"#### Version {there.number}, proposed by {elements.plain(there.proposed_by)}{side}, "
            f"waits for {' and '.join(there.missing)}. Version {here.number} is in force."
        )
        st.caption("Read it, and sign [at its foot](#signatures): one person of each side.")
    elif here.side is None:
        st.markdown(f"#### Both sides work by version {here.number}, which nobody has signed yet.")
    else:
        names = " and ".join(f"{elements.plain(one.who)} ({one.side})" for one in here.signatures)
        since = f" since {waiting_words.said_at(here.starts_at)}" if here.starts_at is not None else ""
        st.markdown(f"#### Version {here.number} is in force{since}, signed by {names}.")
    for one in agreement_standing.waiting_for_start(list(every)):
        st.info(
            f"Version {one.number} is signed by both sides and begins on {waiting_words.said_at(one.starts_at or 0)}. "
            f"Until then version {here.number} is in force.",
            icon=":material/schedule:",
        )
    _old_data(every, here)


def _old_data(every: Sequence[Version], here: Version) -> None:
    """That other pages look at data that ended before this version began, where they do."""
    snapshot = present.snapshot()
    then = agreement_standing.in_force(list(every), snapshot.as_of)
    # A few minutes behind is what pages remember, not old data.
    if then.number != here.number and default_as_of(present.now(), snapshot.as_of) == snapshot.as_of:
        st.info(
            f"The data ends on {present.now_in_words(snapshot)}, before version {here.number} began. The other pages "
            f"look at everything as of then, and so still by version {then.number}. What is handed over from now on "
            f"is handed over by version {here.number}.",
            icon=":material/history:",
        )


def you_are() -> None:
    """Who the visitor says they are, and what that allows."""
    asking = visitor.ask()
    if asking is None:
        st.caption("Say who you are to propose, sign or withdraw.")
    elif agreement_standing.signer() is None:
        st.caption(f"{elements.plain(asking.name)} is not in people.yaml, and so signs for neither side.")
    else:
        st.caption(visitor.NOT_PROOF)


def next_step(every: Sequence[Version]) -> None:
    """On a database on which nothing was ever proposed: what to do."""
    if len(every) > 1:
        return
    with st.container(border=True):
        st.markdown(
            "**What to do next.** Tune the definition together and press *Propose* there, or put the one that is there "
            "to both sides as it is. Sales and marketing each sign; then it is agreed, and this page becomes the "
            "document both work by."
        )
        with st.container(horizontal=True):
            st.page_link("decide/tune.py", label="Tune the definition", icon=":material/tune:")
            st.button(
                "Propose it as it is",
                icon=":material/send:",
                key="propose-first",
                on_click=proposing.begin,
                args=(definition_of(every[0]), "Both sides agree to what is in use."),
            )


# The document.


def document(every: Sequence[Version], version: Version) -> None:
    """The version as it is published, with the signatures at its foot."""
    published = agreement_standing.document(list(every), version)
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
        st.caption(f"SHA-256 of the definition's text: `{published.sha256}`")


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
        by = agreement_standing.signer()
        if version.state is not VersionState.PROPOSED:
            st.caption("Was not signed.")
        elif by is not None and by.side is line.side:
            _sign(version, by)
        elif by is not None:
            st.caption(f"Somebody of {line.side} signs here; you stand for {by.side}.")
        else:
            st.caption("Say who you are, above, to sign.")


def _sign(version: Version, by: Person) -> None:
    last = version.missing == (by.side,)
    with st.popover(f"Sign for {by.side}", icon=":material/draw:", key=f"sign:{version.number}", type="primary"):
        follows = "Both sides have then signed it" if last else f"It then waits for {_other(version, by)}"
        start = _begins(version) if last else ""
        st.markdown(
            f"You sign version {version.number} as **{elements.plain(by.name)}**, for {by.side}, having read the text "
            f"whose hash begins with `{version.sha256[:12]}`. {follows}{start}. A signature cannot be taken back."
        )
        st.button(
            f"Sign version {version.number}",
            type="primary",
            key=f"sign-now:{version.number}:{version.sha256}",
            on_click=_tell,
            args=(version, "signed", lambda: agreement_standing.sign(version, by)),
        )


def _begins(version: Version) -> str:
    stated = version.stated_start
    if stated is None or stated <= present.now():
        return ", and it is in force at once"
    return f", and it is in force from {waiting_words.said_at(stated)}"


def _other(version: Version, by: Person) -> str:
    return " and ".join(side for side in version.missing if side is not by.side)


# What may be done with a version.


def actions(every: Sequence[Version], version: Version) -> None:
    """Take the document along; withdraw what is open; propose anew what is over."""
    here = agreement_standing.in_force(list(every))
    by = agreement_standing.signer()
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
            lambda: agreement_standing.paper(every, version),
            "application/pdf",
            "The document, to sign or to pin up.",
        ),
        (
            "Markdown",
            lambda: markdown(agreement_standing.document(every, version)),
            "text/markdown",
            "The document, for a wiki or a chat.",
        ),
        (
            "YAML",
            lambda: version.text,
            "text/yaml",
            "The definition, letter by letter what is signed: its SHA-256 is the one below the signatures.",
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


def _withdraw(version: Version, by: Person | None) -> None:
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
            _tell(version, "withdrawn", lambda: agreement_standing.withdraw(version, by, reason))
            st.rerun()


def _tell(version: Version, what: str, write: Callable[[], Version]) -> None:
    """Write, and remember for the next drawing what came of it."""
    try:
        after = write()
    except Refused as refused:
        st.session_state[NOT_DONE] = refused
        return
    st.query_params[ADDRESS] = str(version.number)
    st.session_state[DONE] = f"Version {version.number} is {what}." + (
        " Both sides have agreed." if after.state is VersionState.AGREED else ""
    )


def done() -> None:
    """What the visitor's last press came to."""
    if NOT_DONE in st.session_state:
        elements.fault_box(st.session_state.pop(NOT_DONE), "Nothing was written.")
    if DONE in st.session_state:
        st.toast(st.session_state.pop(DONE), icon=":material/handshake:")


def watch(every: Sequence[Version]) -> None:
    """Draw the page anew when somebody else has proposed, signed or withdrawn."""
    st.fragment(_watch, run_every=agreement_standing.SECONDS_BETWEEN_LOOKS, key="watch-versions")(list(every))


def _watch(seen: list[Version]) -> None:
    if agreement_standing.load() != seen:
        st.rerun()
