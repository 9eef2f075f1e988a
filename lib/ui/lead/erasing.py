"""The person behind a lead erased: asked in a dialog that says what stays and what goes, done in the background."""

from datetime import date

import streamlit as st

from lib.app.deployment import Deployment
from lib.app.people import erasing
from lib.core.access.rights import Right
from lib.core.errors import Refused
from lib.core.leads import erasing_in_words as in_words
from lib.core.leads.erasing import Erasure
from lib.core.leads.history import Lead
from lib.core.time.clock import day_of
from lib.ui.frame import elements, jobs, visitor
from lib.ui.now import present

ERASE = "erase"
_ASKED = "erase-asked"
_WOULD = "erase-would"

NOT_DONE = "Nobody was erased; the data is as it was."
NAMED = "Say who you are; nobody was erased."
ONLY_OPERATORS = "An operator of people.yaml erases people; nobody was erased."


def told() -> None:
    """What became of the last erasure of this visitor, above whatever else the page shows."""
    if not jobs.watch(ERASE, NOT_DONE):
        return
    done: Erasure = jobs.of(ERASE).result()  # type: ignore[union-attr]
    copies = in_words.copies_in_words(erasing.copies_left(present.deployment()), _day)
    rest = [*in_words.left_in_words(done), *copies]
    st.success(
        f"The person is erased. Counted on, under an id that leads nowhere: {in_words.counted_in_words(done)}. Gone: "
        f"{in_words.gone_in_words(done)}.",
        icon=":material/person_off:",
    )
    st.markdown("\n".join(f"- {elements.plain(sentence)}" for sentence in rest))


def ask(lead: Lead) -> None:
    """The button that opens the dialog, and the dialog once it was pressed."""
    st.button(
        "Erase this person…",
        icon=":material/person_off:",
        type="tertiary",
        key="erase-person",
        on_click=_begin,
        args=(lead.lead_id,),
        help="Takes all that is known of the person out of the database. Hand-offs and decisions stay, under an id "
        "that leads nowhere.",
    )
    if st.session_state.pop(_ASKED, None) == lead.lead_id:
        _dialog(lead.lead_id)


def _begin(lead_id: str) -> None:
    st.session_state[_ASKED] = lead_id
    st.session_state.pop(_WOULD, None)
    jobs.forget(ERASE)


@st.dialog("Erase this person", width="large")
def _dialog(lead_id: str) -> None:
    deployment = present.deployment()
    try:
        would = _would(deployment, lead_id)
    except Refused as refused:
        elements.fault_box(refused, NOT_DONE)
        return
    st.markdown(f"**Stays**: {in_words.counted_in_words(would)}.")
    st.caption(in_words.STAYS)
    st.markdown(f"**Goes**: {in_words.gone_in_words(would)}.")
    st.caption(in_words.GOES)
    left = [*in_words.left_in_words(would), *in_words.copies_in_words(erasing.copies_left(deployment), _day)]
    st.markdown("**Left to do**")
    st.caption("\n".join(f"- {elements.plain(sentence)}" for sentence in left))
    asking = visitor.ask()
    with st.form("erase-form", border=False):
        reason = st.text_input(
            "Who asked for it, and by what right?",
            max_chars=500,
            placeholder="The person, by e-mail of 3 May; Art. 17 GDPR",
            key="erase-reason",
            help="Stands in the audit with your name. Words that name the person are taken out of it.",
        )
        sure = st.checkbox("I know that this cannot be undone", key="erase-sure")
        pressed = st.form_submit_button("Erase", type="primary", icon=":material/person_off:", key="erase-now")
    if not pressed:
        return
    if asking is None:
        st.error(NAMED, icon=":material/error:")
    elif not visitor.may(Right.OPERATE):
        st.error(ONLY_OPERATORS, icon=":material/error:")
    elif not reason.strip():
        st.error("Say who asked for it; nobody was erased.", icon=":material/error:")
    elif not sure:
        st.error("Tick that it cannot be undone; nobody was erased.", icon=":material/error:")
    else:
        _start(deployment, lead_id, reason)


def _start(deployment: Deployment, lead_id: str, reason: str) -> None:
    by = visitor.grant()

    def erase(tell: jobs.Progress) -> Erasure:
        tell("Taking them out of every table, and writing the file anew", 0.2)
        return erasing.erase(deployment, lead_id, by, reason)

    jobs.start(ERASE, "Erasing the person", erase, changes_the_data=True)
    st.query_params.pop("id", None)
    st.rerun()


def _would(deployment: Deployment, lead_id: str) -> Erasure:
    """Looked for once a dialog: typing a reason is not to look through all texts again."""
    if _WOULD not in st.session_state:
        with st.spinner("Looking where the person is named…"):
            st.session_state[_WOULD] = erasing.rehearse(deployment, lead_id)
    would: Erasure = st.session_state[_WOULD]
    return would


def _day(at: int) -> date:
    return day_of(at, present.zone())
