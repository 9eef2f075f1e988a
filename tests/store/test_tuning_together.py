"""A meeting as a state machine: people edit one draft, undo, propose, sign, and the server restarts.

Whatever they do and in whatever order: no accepted edit is lost, texts and hashes
match, what both signed never changes, and the audit holds.
"""

import hashlib
import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from lib.config.definition import read_definition, write_definition
from lib.config.drafting import merge_texts
from lib.core.agreement import ProposalRefused, SignatureRefused, State, Version
from lib.core.definition import ActivityCondition, ActivityMatch, Category, Criterion, Definition
from lib.core.drafting import EditConflict, Part, Value, changes, parts
from lib.core.people import Person, Side
from lib.store.audit import load_entries, verify
from lib.store.database import open_database
from lib.store.definitions import agreed_text
from lib.store.drafts import StaleDraft, draft_edits, edit_draft, list_drafts, read_draft, undo_to
from lib.store.versions import load_versions, propose, sign, withdraw

NAME = "less webinar"
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


FIRST = write_definition(Definition("MQL", 60, tuple(criterion(n, 5) for n in range(3))))

people = st.integers(0, 2)


class Meeting(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.now = START
        self.open()
        draft = edit_draft(self.db, NAME, FIRST, self.tick(), "Ana", seen=None, merge=merge_texts)
        self.accepted: list[str] = [draft.text]
        self.seen = [1, 1, 1]
        self.base = [draft.text] * 3
        self.mine = [read_definition(draft.text, "mine")] * 3
        self.proposed: dict[int, tuple[str, str]] = {}
        self.signed: dict[int, dict[Side, str]] = {}
        self.withdrawn: set[int] = set()

    def open(self) -> None:
        self.db = open_database(self.folder / "h.duckdb", first_definition=FIRST, clock=START)

    def tick(self) -> int:
        self.now += 1
        return self.now

    def teardown(self) -> None:
        self.the_audit_holds_and_knows_everything()
        self.db.close()
        shutil.rmtree(self.folder)

    # What each person does on their own machine.

    @rule(who=people, number=st.integers(0, 3), points=st.integers(0, 9))
    def give_points(self, who: int, number: int, points: int) -> None:
        self.mine[who] = self.mine[who].with_criterion(criterion(number, points))

    @rule(who=people, number=st.integers(1, 3))
    def remove_a_criterion(self, who: int, number: int) -> None:
        self.mine[who] = self.mine[who].without_criterion(f"c{number}")

    @rule(who=people, threshold=st.integers(50, 53))
    def move_the_threshold(self, who: int, threshold: int) -> None:
        self.mine[who] = self.mine[who].with_threshold(threshold)

    @rule(who=people, cap=st.sampled_from([None, 40, 50]))
    def cap(self, who: int, cap: int | None) -> None:
        self.mine[who] = self.mine[who].with_cap(Category.ACTIONS, cap)

    @rule(who=people)
    def look(self, who: int) -> None:
        draft = read_draft(self.db, NAME)
        assert draft is not None
        self.now_sees(who, draft.revision, draft.text)

    def now_sees(self, who: int, revision: int, text: str) -> None:
        self.seen[who], self.base[who], self.mine[who] = revision, text, read_definition(text, "mine")

    @rule(who=people, mine_wins=st.booleans())
    def submit(self, who: int, mine_wins: bool) -> None:
        before, base = self.model(), parts(read_definition(self.base[who], "base"))
        wanted = {change.part: change.after for change in changes(read_definition(self.base[who], "b"), self.mine[who])}
        both = {
            part for part, value in wanted.items() if before.get(part) != base.get(part) and before.get(part) != value
        }
        text, seen = write_definition(self.mine[who]), self.seen[who]
        refused: set[Part] = set()
        try:
            draft = edit_draft(self.db, NAME, text, self.tick(), f"p{who}", seen=seen, merge=merge_texts)
        except EditConflict as conflict:
            refused = {one.part for one in conflict.conflicts}
            there = read_draft(self.db, NAME)
            assert there is not None
            assert there.text == self.accepted[-1]
            settled = merge_texts(self.base[who], there.text, text, dict.fromkeys(both, mine_wins))
            wanted = {part: value for part, value in wanted.items() if mine_wins or part not in both}
            draft = edit_draft(self.db, NAME, settled, self.tick(), f"p{who}", seen=there.revision, merge=merge_texts)
        if draft.revision > len(self.accepted):
            self.accepted.append(draft.text)
        assert refused == both
        assert self.model() == known({**before, **wanted})
        self.now_sees(who, draft.revision, draft.text)

    @rule(who=people, back=st.integers(0, 5))
    def undo(self, who: int, back: int) -> None:
        revision = max(1, self.seen[who] - back)
        newest = len(self.accepted)
        try:
            draft = undo_to(self.db, NAME, revision, self.tick(), f"p{who}", seen=self.seen[who])
        except StaleDraft:
            assert self.seen[who] != newest
            return
        assert self.seen[who] == newest
        assert draft.text == self.accepted[revision - 1]
        if draft.revision > newest:
            self.accepted.append(draft.text)
        self.now_sees(who, draft.revision, draft.text)

    @rule()
    def restart(self) -> None:
        self.db.close()
        self.open()

    # What they do together.

    def open_version(self) -> Version | None:
        return next((one for one in load_versions(self.db, self.now) if one.state is State.PROPOSED), None)

    @rule(who=st.sampled_from(PEOPLE), replace=st.booleans())
    def propose(self, who: Person, replace: bool) -> None:
        waiting = self.open_version()
        replaces = waiting.number if waiting and replace else None
        try:
            version = propose(self.db, self.accepted[-1], who, self.tick(), reason="Because", replaces=replaces)
        except ProposalRefused:
            assert waiting is not None
            assert replaces is None
            return
        self.withdrawn |= {replaces} if replaces else set()
        self.proposed[version.number] = (self.accepted[-1], version.sha256)
        self.signed[version.number] = {}

    @precondition(lambda self: self.proposed)
    @rule(who=st.sampled_from(PEOPLE), back=st.integers(0, 1), has_read=st.booleans())
    def sign(self, who: Person, back: int, has_read: bool) -> None:
        number = max(self.proposed) - back
        if number not in self.proposed:
            return
        text, sha256 = self.proposed[number]
        signed = self.signed[number]
        may = number not in self.withdrawn and who.side not in signed and who.name not in signed.values() and has_read
        try:
            sign(self.db, number, sha256 if has_read else "0" * 64, who, self.tick())
            assert may
            signed[who.side] = who.name
        except SignatureRefused:
            assert not may
        assert hashlib.sha256(text.encode()).hexdigest() == sha256

    @precondition(lambda self: self.open_version() is not None)
    @rule()
    def sign_for_both(self) -> None:
        number = max(self.proposed)
        for who in (PEOPLE[1], PEOPLE[2]):
            if who.side not in self.signed[number]:
                sign(self.db, number, self.proposed[number][1], who, self.tick())
                self.signed[number][who.side] = who.name

    @precondition(lambda self: self.proposed)
    @rule(who=st.sampled_from(PEOPLE))
    def withdraw(self, who: Person) -> None:
        number = max(self.proposed)
        may = number not in self.withdrawn and len(self.signed[number]) < 2
        try:
            withdraw(self.db, number, who, self.tick(), reason="Not now")
            assert may
            self.withdrawn.add(number)
        except ProposalRefused:
            assert not may

    # What always holds.

    def model(self) -> dict[Part, Value]:
        return known(parts(read_definition(self.accepted[-1], "model")))

    @invariant()
    def no_accepted_edit_is_lost(self) -> None:
        assert [edit.text for edit in draft_edits(self.db, NAME)] == self.accepted
        assert [draft.text for draft in list_drafts(self.db)] == [self.accepted[-1]]

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
            assert (version.state in (State.AGREED, State.SUPERSEDED)) == both
            assert (version.state is State.WITHDRAWN) == (version.number in self.withdrawn)
            in_force = version.number if both else in_force
        assert agreed_text(self.db, self.now).number == in_force

    @rule()
    def the_audit_holds_and_knows_everything(self) -> None:
        counted = {what: len(load_entries(self.db, what)) for what in ("edited", "proposed", "signed", "withdrawn")}

        assert verify(self.db) == sum(counted.values())
        assert counted == {
            "edited": len(self.accepted),
            "proposed": len(self.proposed),
            "signed": sum(len(signed) for signed in self.signed.values()),
            "withdrawn": len(self.withdrawn),
        }


def known(values: dict[Part, Value]) -> dict[Part, Value]:
    return {part: value for part, value in values.items() if value is not None}


TestMeeting = Meeting.TestCase
TestMeeting.settings = settings(max_examples=10, stateful_step_count=25, deadline=None)
