"""What one visitor is tuning: the draft they have open, what they did to it and what others did meanwhile.

The draft is everybody's (lib/app/shared_drafts.py). What others do to it is taken in when a
page is drawn, not in between: whoever moves a control moves it from what they see.
"""

import math
import re
import time
import uuid
from dataclasses import dataclass, field
from itertools import groupby, pairwise

import streamlit as st

from lib.app.shared_drafts import Dispute, DraftGone, Edit
from lib.config.agreement import read_agreement
from lib.config.definition import write_definition
from lib.core.access.grants import NOBODY, Grant, NotAllowed
from lib.core.access.rights import Right
from lib.core.definition.criteria import Definition
from lib.core.definition.drafting import SOMEBODY, Change, Part, Value, changes, is_held, is_unnamed, with_part
from lib.core.definition.words import change_in_words, differences
from lib.core.errors import Refused
from lib.ui.frame import address, elements, visitor
from lib.ui.frame.uninterrupted import uninterrupted
from lib.ui.now import present
from lib.ui.now.drafts import shared

STEPS_KEPT = 200

HAND_SECONDS = 0.7
"""Whoever moved a control so lately has it in hand: nothing but figures and charts is drawn until it rests."""

NEWS_KEPT = 3


@dataclass(frozen=True)
class Undoable:
    """What this visitor did at one go: the draft before and after it, as they saw it, and when a control last moved."""

    before: Definition
    after: Definition
    moved_at: float | None

    @property
    def parts(self) -> frozenset[Part]:
        return frozenset(change.part for change in changes(self.before, self.after))

    def goes_on_with(self, later: "Undoable") -> bool:
        """Is the later step the same control being moved further?"""
        if self.moved_at is None or later.moved_at is None or self.after != later.before:
            return False
        return is_held(later.moved_at - self.moved_at) and self.parts == later.parts


@dataclass(frozen=True)
class News:
    """What somebody else did to the draft, in sentences."""

    who: str
    sentences: tuple[str, ...]


@dataclass
class Tuning:
    """What one visitor has open: a draft's name, or None while nobody has changed the agreed definition.

    `draft` is what they see, `revision` the newest edit in it. `steps` is what they did, the oldest first;
    `news` what others did lately, the newest first; `disputes` wait for their choice, and `refused` to be told.
    `undrawn`: the controls do not show the draft yet. `deleted` is the draft they deleted before this one.
    `whose` these edits are, and in which tab (`where`).
    `apart_from`: the deleted draft from which this one goes on by itself, to be told.
    """

    name: str | None
    draft: Definition
    revision: int = 0
    steps: list[Undoable] = field(default_factory=list)
    news: list[News] = field(default_factory=list)
    disputes: tuple[Dispute, ...] = ()
    refused: Refused | None = None
    undrawn: bool = False
    deleted: str | None = None
    moved_at: float = -math.inf
    whose: Grant = NOBODY
    where: str = ""
    apart_from: str | None = None


def tuning() -> Tuning:
    """This visitor's tuning; the address says which draft and window to begin with."""
    if "tuning" not in st.session_state:
        open_draft(None)
        _open_from_address()
    current: Tuning = st.session_state["tuning"]
    return current


def _opened(name: str | None) -> Tuning | None:
    """The draft of that name, or the agreed definition where there is no name; None where there is no such draft."""
    if name is None:
        return Tuning(None, present.snapshot().definition)
    called = shared().called_now(name)
    newest = shared().newest(called)
    return Tuning(called, newest.definition, newest.revision) if newest else None


def _open_from_address() -> None:
    name = st.query_params.get("draft")
    if name is not None and not open_draft(name):
        address.note_fault(f"{why_none(name)} This is the agreed definition.")
    current: Tuning = st.session_state["tuning"]
    threshold = st.query_params.get("threshold")
    if threshold is None:
        return
    if not _WHOLE_POINTS.fullmatch(threshold):
        address.note_fault(f"“{threshold}” is no threshold; this one is {current.draft.threshold}.")
    elif int(threshold) != current.draft.threshold:
        # A draft of its own: whoever follows a link has not changed anybody else's.
        st.session_state["tuning"] = Tuning(None, current.draft)
        change(current.draft.with_threshold(int(threshold)))


_WHOLE_POINTS = re.compile(r"[1-9][0-9]{0,5}")


def who() -> str:
    """Whose edits these are."""
    visiting = visitor.who()
    return visiting.name if visiting else SOMEBODY


def tab() -> str:
    """What tells this tab from every other, also from another of the same visitor's."""
    return str(st.session_state.setdefault("tab", uuid.uuid4().hex))


def to_be_changed() -> Tuning:
    """This visitor's tuning, about to be changed: from here to the end of a change nothing looks into the session.

    A look into it is where Streamlit stops a callback.
    """
    current = tuning()
    current.whose, current.where = visitor.grant(), tab()
    return current


@uninterrupted
def change(draft: Definition, *, moving: bool = False) -> None:
    """Do to the shared draft what this one changes in what the visitor sees; it is theirs to undo.

    A change of the agreed definition begins a draft of its own. What somebody else has
    changed meanwhile stays as they made it, and the visitor is asked (`disputes`). `moving`: one of
    many changes of a control, which are one step to undo.
    """
    current = to_be_changed()
    if draft == current.draft:
        return
    try:
        current.whose.check(Right.DRAFT)
    except NotAllowed as refused:
        st.toast(f"Your change was not made. {elements.plain(str(refused.faults[0]))}", icon=":material/block:")
        # The control goes back to where it was.
        current.undrawn = True
        return
    before = current.draft
    current.disputes = _hand_in(current, before, draft)
    for dispute in current.disputes:
        draft = with_part(draft, dispute.conflict.part, dispute.conflict.base)
    if current.refused is None and draft != before:
        _remember(current, Undoable(before, draft, time.monotonic() if moving else None))
    if current.apart_from:
        deleted, current.apart_from = current.apart_from, None
        said = f"“{deleted}” was deleted. Yours goes on as “{current.name}”."
        st.toast(elements.plain(said), icon=":material/call_split:")


def _remember(current: Tuning, step: Undoable) -> None:
    last = current.steps[-1] if current.steps else None
    if last and last.goes_on_with(step):
        current.steps.pop()
        step = Undoable(last.before, step.after, step.moved_at)
    current.steps = [*current.steps, step][-STEPS_KEPT:]


def _hand_in(current: Tuning, base: Definition, mine: Definition) -> tuple[Dispute, ...]:
    """Do to the shared draft what `mine` changes in `base`; what was left out of it."""
    if current.name is None:
        _begin(current, base)
    try:
        edited = shared().edit(current.name or "", base, mine, current.whose, current.where)
    except DraftGone:
        # Nobody's tuning ends because somebody deletes the draft.
        current.apart_from = current.name
        _begin(current, mine)
        return ()
    except Refused as refused:
        current.refused = refused
        return ()
    _hear_of(current, edited.name, edited.newest)
    return edited.disputes


def _begin(current: Tuning, definition: Definition, name: str | None = None) -> None:
    begun = shared().begin(definition, current.whose, current.where, name)
    current.name, current.draft, current.revision = begun.name, definition, begun.newest.revision
    current.undrawn = True


def _hear_of(current: Tuning, name: str, newest: Edit) -> None:
    """See the draft as it is now, with what others did since the visitor saw it last."""
    if name == current.name:
        news = _news(shared().since(name, current.revision), current.where)
        current.news = [*news, *current.news][:NEWS_KEPT]
        # Also what those sentences leave out is drawn: somebody may have changed a thing and changed it back.
        current.undrawn = current.undrawn or bool(news)
    current.name, current.draft, current.revision = name, newest.definition, newest.revision


def _news(edits: tuple[Edit, ...], here: str) -> list[News]:
    """What was done in other tabs than here in these edits, but for the first, the newest first."""
    told: list[News] = []
    for (whose, where), steps in groupby(pairwise(edits), key=lambda step: (step[1].who, step[1].tab)):
        made = list(steps)
        sentences = differences(made[0][0].definition, made[-1][1].definition)
        if where != here and sentences:
            told.insert(0, News(whose, sentences))
    return told


def take_in() -> None:
    """Take in what others have done; called before a page is drawn, and never between two parts of it."""
    st.session_state["in_dialog"] = False
    if "tuning" not in st.session_state:
        return
    current = to_be_changed()
    current.undrawn = False
    if current.name is None:
        current.draft = present.snapshot().definition
        return
    called = shared().called_now(current.name)
    newest = shared().newest(called)
    if newest is None:
        st.toast(elements.plain(why_none(called)), icon=":material/delete:")
        open_draft(None)
        return
    if called != current.name:
        st.toast(f"The draft is called “{elements.plain(called)}” now.", icon=":material/edit:")
    _hear_of(current, called, newest)
    current.undrawn = False


def something_to_draw() -> bool:
    """Has the draft changed but for what this visitor sees?

    Not while they are in a dialog, which would be closed, nor while they have a
    control in hand, which would go back to where the server knew it last.
    """
    current = tuning()
    in_hand = time.monotonic() - current.moved_at < HAND_SECONDS
    if current.name is None or in_hand or st.session_state.get("in_dialog", False):
        return False
    return current.undrawn or shared().revision(current.name) != current.revision


def in_dialog() -> None:
    """A dialog is open: what others do is taken in once it is closed."""
    st.session_state["in_dialog"] = True


@uninterrupted
def choose(dispute: Dispute, value: Value) -> None:
    """Say what a part that two people changed at once is to be."""
    current = to_be_changed()
    left = tuple(one for one in current.disputes if one != dispute)
    current.disputes = ()
    change(with_part(current.draft, dispute.conflict.part, value))
    current.disputes = (*left, *current.disputes)


@uninterrupted
def undo() -> str | None:
    """One step of this visitor back; a sentence where nothing, or not all of it, could be.

    What somebody else has changed since stays as they made it.
    """
    current = to_be_changed()
    if not current.steps and current.deleted:
        bring_back(current.deleted)
        return None
    if not current.steps:
        return "There is nothing of yours to undo."
    step = current.steps.pop()
    stayed = [
        f"{one.rival} has changed it since, so it stays: {words}"
        for one in _hand_in(current, step.after, step.before)
        for words in change_in_words(Change(one.conflict.part, one.conflict.base, one.conflict.theirs))
    ]
    return ". ".join(stayed) or None


def back_to_agreed() -> None:
    change(present.snapshot().definition)


@uninterrupted
def open_draft(name: str | None) -> bool:
    """Open a draft, or the agreed definition where there is no name; False where there is no such draft."""
    opened = _opened(name)
    if opened is None:
        return False
    st.session_state["tuning"] = opened
    return True


def save_as(name: str) -> None:
    """Name the draft and go on tuning it: one without a name gets it, of another this is a copy.

    NameRefused where the name is taken.
    """
    current = to_be_changed()
    if name == current.name:
        return
    if current.name is None:
        shared().check_free(name)
        _begin(current, current.draft, name)
        return
    named = (shared().rename if is_unnamed(current.name) else shared().copy)(
        current.name, name, current.whose, current.where
    )
    _hear_of(current, named.name, named.newest)


def rename(name: str) -> None:
    """Give the draft another name, for everybody who has it open; NameRefused where it is taken."""
    current = to_be_changed()
    if current.name is not None and name != current.name:
        named = shared().rename(current.name, name, current.whose, current.where)
        _hear_of(current, named.name, named.newest)


def delete() -> None:
    """Delete the draft that is open, and go on with the agreed definition; `undo` brings it back."""
    current = to_be_changed()
    if current.name is not None:
        shared().delete(current.name, current.whose)
    open_draft(None)
    tuning().deleted = current.name


def bring_back(name: str) -> None:
    """Open a deleted draft as it was, for everybody."""
    current = to_be_changed()
    # Where this was stopped after it, the draft is there.
    there = shared().newest(shared().called_now(name))
    open_draft(name if there else shared().bring_back(name, current.whose, current.where).name)


def why_none(name: str) -> str:
    """Why there is no draft of this name, in a sentence."""
    called = shared().called_now(name)
    gone = next((one for one in shared().deleted() if one.name == called), None)
    if gone is None:
        return f"There is no draft called “{name}”."
    return f"The draft “{called}” was deleted by {gone.who}; History brings it back."


def draft_text() -> str:
    return write_definition(tuning().draft)


def take_text(text: str) -> Refused | None:
    """Take the draft as YAML; what is wrong with it when it cannot mean anything, and then nothing has changed."""
    try:
        change(read_agreement(text, "draft").definition)
    except Refused as refused:
        return refused
    return None
