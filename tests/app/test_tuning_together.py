"""A meeting as a state machine: people tune drafts, choose, rename, delete, propose, sign; disk and server fail.

Whatever they do and in whatever order: no accepted edit is lost, everybody has the same draft in hand,
the database has what memory has, texts and hashes match, what both signed never changes, and the audit holds.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from lib.app.shared_drafts import Dispute, DraftGone, Edited, NameRefused, SharedDrafts
from lib.config.definition import write_definition
from lib.core.access.people import Person, Side
from lib.core.agreement.versions import ProposalRefused, SignatureRefused, Version, VersionState
from lib.core.definition.criteria import ActivityCondition, ActivityMatch, Category, Criterion, Definition
from lib.core.definition.drafting import SOMEBODY, Part, Value, changes, parts, with_part
from lib.store.agreement.audit import load_entries, verify
from lib.store.agreement.drafts import draft_history, list_drafts
from lib.store.agreement.versions import load_versions, propose, sign, withdraw
from lib.store.database import Database, open_database
from tests.grants import of, somebody
from tests.store.in_force import version_in_force

START = 1_780_000_000_000_000
PEOPLE = (
    Person("Marta", Side.SALES),
    Person("Daniel", Side.SALES),
    Person("Tom", Side.MARKETING),
    Person("Marta", Side.MARKETING),
)


def criterion(number: int, points: int) -> Criterion:
    match = ActivityMatch(ActivityCondition(("page_view",)), number + 1)
    return Criterion(f"c{number}", f"Criterion {number}", Category.ACTIONS, points, match)


FIRST = Definition("MQL", 60, tuple(criterion(n, 5) for n in range(3)))

text_of = lru_cache(write_definition)

people = st.integers(0, 2)
names = st.sampled_from(["a", "b"])


@dataclass(eq=False)
class Draft:
    """A draft as it must be: its name, every edit with instant and author, every name it ever had.

    The server remembers, since `begun_at` edits of it, who changed what.
    """

    name: str
    edits: list[tuple[int, str, Definition]]
    names: set[str]
    begun_at: int = 0
    deleted: bool = False

    @property
    def newest(self) -> Definition:
        return self.edits[-1][2]

    def who_changed(self, part: Part) -> str:
        remembered = reversed(list(pairwise(self.edits[self.begun_at :])))
        changed = (one[1] for old, one in remembered if known(old[2]).get(part) != known(one[2]).get(part))
        return next(changed, SOMEBODY)


@dataclass
class Hand:
    """What one person has open: the draft and the name they know it by, what they see, and what they made of it."""

    draft: Draft
    name: str
    seen: Definition
    mine: Definition
    disputes: tuple[Dispute, ...] = ()


class Meeting(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.now = START
        self.open()
        self.drafts: list[Draft] = []
        self.deletions = 0
        self.disk = pytest.MonkeyPatch()
        self.disk_fails = False
        self.hands = [self.begin_in_hand(who) for who in range(3)]
        self.proposed: dict[int, tuple[str, str]] = {}
        self.signed: dict[int, dict[Side, str]] = {}
        self.withdrawn: set[int] = set()

    def open(self) -> None:
        self.db: Database = open_database(self.folder / "h.duckdb", first_definition=text_of(FIRST), clock=START)
        self.shared = SharedDrafts(self.db, self.tick, ZoneInfo("Europe/Madrid"))

    def tick(self) -> int:
        self.now += 1
        return self.now

    def teardown(self) -> None:
        self.the_disk_works_again()
        self.no_accepted_edit_is_lost()
        self.the_audit_holds_and_knows_everything()
        self.db.close()
        shutil.rmtree(self.folder)

    # What each person does on their own machine.

    def begin_in_hand(self, who: int, name: str | None = None) -> Hand:
        begun = self.shared.begin(FIRST, somebody(f"p{who}"), str(who), name)
        draft = Draft(begun.name, [(begun.newest.at, f"p{who}", FIRST)], {begun.name})
        self.drafts.append(draft)
        return Hand(draft, begun.name, FIRST, FIRST)

    @rule(who=people, name=names | st.none())
    def begin(self, who: int, name: str | None) -> None:
        taken = self.taken()
        hand = self.hands[who] = self.begin_in_hand(who, name)
        assert hand.name not in taken

    @rule(who=people, which=st.integers(0, 9))
    def open_another(self, who: int, which: int) -> None:
        if self.alive:
            draft = self.alive[which % len(self.alive)]
            self.hands[who] = Hand(draft, draft.name, draft.newest, draft.newest)

    @rule(who=people, number=st.integers(0, 3), points=st.integers(0, 9))
    def give_points(self, who: int, number: int, points: int) -> None:
        hand = self.hands[who]
        hand.mine = hand.mine.with_criterion(criterion(number, points))

    @rule(who=people, number=st.integers(1, 3))
    def remove_a_criterion(self, who: int, number: int) -> None:
        hand = self.hands[who]
        hand.mine = hand.mine.without_criterion(f"c{number}")

    @rule(who=people, threshold=st.integers(50, 53))
    def move_the_threshold(self, who: int, threshold: int) -> None:
        hand = self.hands[who]
        hand.mine = hand.mine.with_threshold(threshold)

    @rule(who=people, cap=st.sampled_from([None, 40, 50]))
    def cap(self, who: int, cap: int | None) -> None:
        hand = self.hands[who]
        hand.mine = hand.mine.with_cap(Category.ACTIONS, cap)

    @rule(who=people)
    def look(self, who: int) -> None:
        hand = self.hands[who]
        newest = self.shared.newest(self.shared.called_now(hand.name))
        assert (newest is None) == hand.draft.deleted
        if newest is not None:
            hand.seen = hand.mine = newest.definition

    @rule(who=people)
    def submit(self, who: int) -> None:
        hand, draft = self.hands[who], self.hands[who].draft
        with self.refused_where_deleted(hand):
            edited = self.shared.edit(hand.name, hand.seen, hand.mine, somebody(f"p{who}"), str(who))
            before, base = known(draft.newest), known(hand.seen)
            wanted = {change.part: change.after for change in changes(hand.seen, hand.mine)}
            both = {
                part
                for part, value in wanted.items()
                if before.get(part) != base.get(part) and before.get(part) != value
            }
            assert {one.conflict.part: one.rival for one in edited.disputes} == {
                part: draft.who_changed(part) for part in both
            }
            taken = {part: value for part, value in wanted.items() if part not in both}
            self.accept(hand, edited, who)
            assert known(draft.newest) == without_none({**before, **taken})
            hand.disputes = edited.disputes

    @precondition(lambda self: any(hand.disputes for hand in self.hands))
    @rule(which=st.sampled_from(["theirs", "mine", "base"]))
    def choose(self, which: str) -> None:
        who, hand = next((who, hand) for who, hand in enumerate(self.hands) if hand.disputes)
        dispute, *others = hand.disputes
        hand.disputes = tuple(others)
        chosen: Value = getattr(dispute.conflict, which)
        hand.mine = with_part(hand.seen, dispute.conflict.part, chosen)
        self.submit(who)
        if not (hand.draft.deleted or hand.disputes):
            assert known(hand.draft.newest).get(dispute.conflict.part) == chosen

    @rule(who=people, to=names)
    def rename(self, who: int, to: str) -> None:
        hand, draft = self.hands[who], self.hands[who].draft
        if to in self.taken() and (to == draft.name or to not in draft.names):
            with pytest.raises(DraftGone if draft.deleted else NameRefused):
                self.shared.rename(hand.name, to, somebody(f"p{who}"), str(who))
            return
        with self.refused_where_deleted(hand):
            renamed = self.shared.rename(hand.name, to, somebody(f"p{who}"), str(who))
            self.deletions += 1
            draft.name = to
            draft.names.add(to)
            self.accept(hand, renamed, who)
            draft.begun_at = len(draft.edits) - 1

    @rule(who=people, to=names)
    def copy(self, who: int, to: str) -> None:
        hand = self.hands[who]
        if to in self.taken():
            with pytest.raises(DraftGone if hand.draft.deleted else NameRefused):
                self.shared.copy(hand.name, to, somebody(f"p{who}"), str(who))
            return
        with self.refused_where_deleted(hand):
            copied = self.shared.copy(hand.name, to, somebody(f"p{who}"), str(who))
            newest = hand.draft.newest
            assert copied.newest.text == text_of(newest)
            draft = Draft(to, [(copied.newest.at, f"p{who}", newest)], {to})
            self.drafts.append(draft)
            self.hands[who] = Hand(draft, to, newest, newest)

    @rule(who=people)
    def delete(self, who: int) -> None:
        hand = self.hands[who]
        self.shared.delete(hand.name, somebody(f"p{who}"))
        self.deletions += 0 if hand.draft.deleted else 1
        hand.draft.deleted = True

    @rule(who=people, which=st.integers(0, 9))
    def bring_a_deleted_draft_back(self, who: int, which: int) -> None:
        deleted = [draft for draft in self.drafts if draft.deleted]
        assert {gone.name for gone in self.shared.deleted()} == {draft.name for draft in deleted}
        if deleted:
            draft = deleted[which % len(deleted)]
            back = self.shared.bring_back(draft.name, somebody(f"p{who}"), str(who))
            hand = self.hands[who] = Hand(draft, draft.name, draft.newest, draft.newest)
            draft.deleted = False
            self.accept(hand, back, who)
            draft.begun_at = len(draft.edits) - 1

    def taken(self) -> set[str]:
        return {name for draft in self.drafts for name in draft.names}

    @contextmanager
    def refused_where_deleted(self, hand: Hand) -> Iterator[None]:
        if hand.draft.deleted:
            with pytest.raises(DraftGone):
                yield
        else:
            yield

    def accept(self, hand: Hand, edited: Edited, who: int) -> None:
        """The draft is as the edit says, and this person sees it so."""
        draft, newest = hand.draft, edited.newest
        assert edited.name == draft.name
        if newest.at > draft.edits[-1][0]:
            assert newest.who == f"p{who}"
            draft.edits.append((newest.at, newest.who, newest.definition))
        hand.name, hand.seen, hand.mine = edited.name, newest.definition, newest.definition

    # What happens to the server.

    def works(self) -> bool:
        return not self.disk_fails

    @precondition(works)
    @rule()
    def restart(self) -> None:
        self.db.close()
        self.open()
        for draft in self.drafts:
            draft.begun_at = len(draft.edits) - 1

    @precondition(works)
    @rule()
    def the_disk_is_full(self) -> None:
        def no_space(**_: object) -> None:
            raise OSError("no space left on device")

        self.disk.setattr(self.db, "write", no_space)
        self.disk_fails = True

    @rule()
    def the_disk_works_again(self) -> None:
        self.disk.undo()
        self.disk_fails = False

    # What they do together.

    def open_version(self) -> Version | None:
        return next((one for one in load_versions(self.db, self.now) if one.state is VersionState.PROPOSED), None)

    @precondition(works)
    @rule(who=people, signs=st.sampled_from(PEOPLE), replace=st.booleans())
    def propose(self, who: int, signs: Person, replace: bool) -> None:
        text, waiting = text_of(self.hands[who].draft.newest), self.open_version()
        replaces = waiting.number if waiting and replace else None
        try:
            version = propose(self.db, text, of(signs), self.tick(), reason="Because", replaces=replaces)
        except ProposalRefused:
            assert waiting is not None
            assert replaces is None
            return
        self.withdrawn |= {replaces} if replaces else set()
        self.proposed[version.number] = (text, version.sha256)
        self.signed[version.number] = {}

    @precondition(lambda self: self.works() and self.proposed)
    @rule(who=st.sampled_from(PEOPLE), back=st.integers(0, 1), has_read=st.booleans())
    def sign(self, who: Person, back: int, has_read: bool) -> None:
        number = max(self.proposed) - back
        if number not in self.proposed:
            return
        text, sha256 = self.proposed[number]
        signed = self.signed[number]
        may = number not in self.withdrawn and who.side not in signed and who.name not in signed.values() and has_read
        try:
            sign(self.db, number, sha256 if has_read else "0" * 64, of(who), self.tick())
            assert may
            signed[who.side] = who.name
        except SignatureRefused:
            assert not may
        assert hashlib.sha256(text.encode()).hexdigest() == sha256

    @precondition(lambda self: self.works() and self.open_version() is not None)
    @rule()
    def sign_for_both(self) -> None:
        number = max(self.proposed)
        for who in (PEOPLE[1], PEOPLE[2]):
            if who.side not in self.signed[number]:
                sign(self.db, number, self.proposed[number][1], of(who), self.tick())
                self.signed[number][who.side] = who.name

    @precondition(lambda self: self.works() and self.proposed)
    @rule(who=st.sampled_from(PEOPLE))
    def withdraw(self, who: Person) -> None:
        number = max(self.proposed)
        may = number not in self.withdrawn and len(self.signed[number]) < 2
        try:
            withdraw(self.db, number, of(who), self.tick(), reason="Not now")
            assert may
            self.withdrawn.add(number)
        except ProposalRefused:
            assert not may

    # What always holds.

    @invariant()
    def everybody_has_the_same_draft_in_hand(self) -> None:
        newest = {name: self.shared.newest(name) for name in self.shared.names()}
        assert {name: one.text for name, one in newest.items() if one} == self.texts()
        for hand in self.hands:
            assert self.shared.called_now(hand.name) == hand.draft.name

    @invariant()
    def no_accepted_edit_is_lost(self) -> None:
        if self.disk_fails:
            return
        self.shared.settle()
        assert {draft.name: draft.text for draft in list_drafts(self.db)} == self.texts()
        for draft in self.alive:
            kept = [(edit.at, edit.who, edit.text) for edit in draft_history(self.db, draft.name)]
            assert kept == [(at, who, text_of(after)) for at, who, after in draft.edits]

    @property
    def alive(self) -> list[Draft]:
        return [draft for draft in self.drafts if not draft.deleted]

    def texts(self) -> dict[str, str]:
        return {draft.name: text_of(draft.newest) for draft in self.alive}

    @invariant()
    def versions_are_what_was_proposed_and_signed(self) -> None:
        in_force = 1
        for version in load_versions(self.db, self.now)[1:]:
            signed = {one.side: one.who for one in version.signatures}
            both = len(signed) == 2
            assert (version.text, version.sha256) == self.proposed[version.number]
            assert hashlib.sha256(version.text.encode()).hexdigest() == version.sha256
            assert signed == self.signed[version.number]
            assert len(set(signed.values())) == len(signed)
            assert (version.state in (VersionState.AGREED, VersionState.SUPERSEDED)) == both
            assert (version.state is VersionState.WITHDRAWN) == (version.number in self.withdrawn)
            in_force = version.number if both else in_force
        assert version_in_force(self.db, self.now).number == in_force

    @precondition(works)
    @rule()
    def the_audit_holds_and_knows_everything(self) -> None:
        self.shared.settle()
        counted = {what: len(load_entries(self.db, what)) for what in ("proposed", "signed", "withdrawn")}

        assert self.shared.trouble() is None
        assert verify(self.db) == sum(counted.values()) + self.deletions + sum(len(one.edits) for one in self.drafts)
        assert counted == {
            "proposed": len(self.proposed),
            "signed": sum(len(signed) for signed in self.signed.values()),
            "withdrawn": len(self.withdrawn),
        }


def known(definition: Definition) -> dict[Part, Value]:
    return without_none(parts(definition))


def without_none(values: dict[Part, Value]) -> dict[Part, Value]:
    return {part: value for part, value in values.items() if value is not None}


TestMeeting = Meeting.TestCase
TestMeeting.settings = settings(max_examples=12, stateful_step_count=25)
