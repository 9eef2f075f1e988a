"""The drafts as everybody has them in hand: joined in memory at once, written to the database in order, right behind.

The database belongs to this process, so what is in memory is what holds. An edit is
seen by everybody before it is written, and nobody's next key waits for the disk, or for an
import that is writing. An edit stays in memory until it is written; what keeps it from
being written is told (`trouble`), and tried again.
"""

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise
from threading import RLock
from zoneinfo import ZoneInfo

from lib.config.definition import read_definition, write_definition
from lib.core.access.grants import Grant
from lib.core.access.rights import Right
from lib.core.agreement.drafts import Gone
from lib.core.definition.criteria import Definition
from lib.core.definition.drafting import (
    SOMEBODY,
    Conflict,
    Part,
    Step,
    first_free,
    is_unnamed,
    merge,
    name_for_unnamed,
    parts,
    steps,
)
from lib.core.errors import Fault, NotFound, Refused
from lib.core.time.clock import from_microseconds
from lib.store.agreement import drafts
from lib.store.database import Database

LATELY = 200
"""Edits of a draft kept in memory, to say what others changed; all of them are in the database."""

UNNAMED_DAYS = 14
"""So long a draft that nobody named stands in the list. Its address opens it ever after."""

PRESENT_SECONDS = 5
"""Who has not looked for so long has gone."""

TABS_REMEMBERED = 1024

RETRY_SECONDS = 5

CLOSING_SECONDS = 30

SETTLING_SECONDS = 2

TEXTS_REMEMBERED = 1024
"""Of drafts' histories, as definitions: reading one takes 7 ms."""


@dataclass(frozen=True, eq=False)
class Edit:
    """What a draft was after one edit. `revision` counts the edits since the server was started."""

    revision: int
    at: int
    who: str
    tab: str
    text: str
    definition: Definition


@dataclass(frozen=True)
class Dispute:
    """One part that two people changed at once, and who the other is."""

    conflict: Conflict
    rival: str


@dataclass(frozen=True)
class Edited:
    """What an edit came to: the draft with it, and what was left out because somebody else had changed the same."""

    name: str
    newest: Edit
    disputes: tuple[Dispute, ...] = ()


class DraftGone(Refused):
    """The draft was deleted by somebody."""


class NameRefused(Refused):
    """A draft cannot have this name."""


class SharedDrafts:
    """All drafts of one database, for all sessions of this process."""

    def __init__(self, database: Database, now: Callable[[], int], zone: ZoneInfo) -> None:
        self._database = database
        self._zone = zone
        self._now = now
        self._lock = RLock()
        self._stored = {draft.name: draft for draft in drafts.list_drafts(database)}
        self._edits: dict[str, deque[Edit]] = {}
        gone = drafts.gone_drafts(database)
        self._renamed = {one.name: one.renamed_to for one in gone if one.renamed_to}
        self._deleted = {one.name: one for one in gone if not one.renamed_to}
        self._looked: dict[str, dict[str, tuple[str, float]]] = {}
        self._open_in: OrderedDict[str, tuple[str, str]] = OrderedDict()
        self._unwritten: deque[Callable[[], None]] = deque()
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="drafts")
        self._failure: BaseException | None = None
        self._tried_at = 0.0
        database.before_closing(self._finish)

    # What there is.

    def newest(self, name: str) -> Edit | None:
        """The draft as it is now, None where there is none of this name."""
        with self._lock:
            edits = self._opened(name)
            return edits[-1] if edits else None

    def revision(self, name: str) -> int | None:
        """The number that grows with each edit of the draft; a look-up."""
        edits = self._edits.get(name)
        return edits[-1].revision if edits else None

    def since(self, name: str, revision: int) -> tuple[Edit, ...]:
        """The edits after a revision, the oldest first; before them that of the revision, where it is remembered."""
        with self._lock:
            return tuple(edit for edit in self._opened(name) or () if edit.revision >= revision)

    def names(self) -> list[str]:
        """Every draft's name, in the order of the alphabet."""
        with self._lock:
            return sorted({*self._stored, *self._edits}, key=str.casefold)

    def offered(self, agreed: Definition) -> list[str]:
        """The drafts to choose from: those with a name, then the newest without one that differ from what is agreed."""
        with self._lock:
            named = [name for name in self.names() if not is_unnamed(name)]
            since = self._now() - UNNAMED_DAYS * 86_400_000_000
            same = write_definition(agreed)
            last = {name: self._last(name) for name in self.names() if is_unnamed(name)}
            unnamed = [name for name, (at, text) in last.items() if at >= since and text != same]
            return [*named, *sorted(unnamed, key=lambda name: last[name][0], reverse=True)]

    def history(self, name: str, most: int) -> tuple[tuple[Step, ...], bool]:
        """The last so many edits of a draft as steps, the oldest first, and whether there are earlier ones.

        Those of when it had another name are among them.
        """
        self.settle(SETTLING_SECONDS)
        edits = drafts.draft_history(self._database, name)
        shown = edits[-most - 1 :]
        told = steps((edit.at, edit.who, _definition(edit.text)) for edit in shown if edit.text is not None)
        earlier = len(edits) > most
        return (told[1:] if earlier else told), earlier

    def deleted(self) -> list[Gone]:
        """The drafts that somebody deleted and nobody brought back, the latest first."""
        with self._lock:
            return sorted(self._deleted.values(), key=lambda gone: gone.at, reverse=True)

    def called_now(self, name: str) -> str:
        """The name a renamed draft has now; the name itself where it was not renamed."""
        while name in self._renamed:
            name = self._renamed[name]
        return name

    def check_free(self, name: str) -> None:
        """Raises NameRefused where a draft has the name, or ever had it: an address is of one draft for ever."""
        with self._lock:
            called = self.called_now(name)
            where, remedy = f"draft {name}", "Take another name."
            if called in self._deleted:
                raise NameRefused(Fault(where, "one of this name was deleted", f"Bring it back, or {remedy.lower()}"))
            if called != name:
                raise NameRefused(Fault(where, f"“{called}” was called so, and its address opens it", remedy))
            if name in self.names():
                raise NameRefused(Fault(where, "there is one of this name", remedy))

    # What people do.

    def begin(self, definition: Definition, by: Grant, tab: str, name: str | None = None) -> Edited:
        """A new draft that holds the definition; without a name, it gets one that says when and by whom."""
        by.check(Right.DRAFT)
        with self._lock:
            at = from_microseconds(self._now()).astimezone(self._zone)
            taken = {*self.names(), *self._renamed, *self._deleted}
            free = first_free(name, taken) if name else name_for_unnamed(at, by.name, taken)
            self._edits[free] = deque(maxlen=LATELY)
            self._open_in[tab] = (free, by.name)
            return Edited(free, self._add(free, definition, by, tab))

    def edit(self, name: str, base: Definition, mine: Definition, by: Grant, tab: str) -> Edited:
        """Does what `mine` changed since `base` to the draft as it is now.

        What somebody else has changed differently since `base` is left as they made it, and
        returned as a dispute. Raises DraftGone where the draft is deleted, DefinitionRefused
        where both changes together mean nothing; then nothing has changed.
        """
        with self._lock:
            name = self.called_now(name)
            edits = self._opened(name)
            if not edits:
                raise DraftGone(Fault(f"draft {name}", "somebody has deleted it"))
            there = edits[-1].definition
            merged = merge(base, there, mine)
            if parts(there) != parts(base):
                # Each was valid by itself.
                read_definition(write_definition(merged.definition), "both changes together")
            disputes = tuple(Dispute(one, self._who_changed(name, one.part)) for one in merged.conflicts)
            return Edited(name, self._add(name, merged.definition, by, tab), disputes)

    def rename(self, name: str, to: str, by: Grant, tab: str) -> Edited:
        """Gives the draft another name; whoever has it open goes on with it. NameRefused where the name is taken.

        A name it had before is not taken.
        """
        by.check(Right.DRAFT)
        with self._lock:
            name = self.called_now(name)
            if to in self._renamed and self.called_now(to) == name and self.newest(name):
                del self._renamed[to]
            copied = self.copy(name, to, by, tab)
            self._forget(name)
            self._renamed[name] = copied.name
            self._write(partial(drafts.delete_draft, self._database, name, copied.newest.at, by))
            return copied

    def copy(self, name: str, to: str, by: Grant, tab: str) -> Edited:
        """A draft of another name that begins as this one is. NameRefused where the name is taken."""
        with self._lock:
            there = self.newest(self.called_now(name))
            if there is None:
                raise DraftGone(Fault(f"draft {name}", "somebody has deleted it"))
            self.check_free(to)
            return self.begin(there.definition, by, tab, to)

    def delete(self, name: str, by: Grant) -> None:
        """Deletes a draft; nothing when there is none of that name. `bring_back` undoes it."""
        by.check(Right.DRAFT)
        with self._lock:
            name = self.called_now(name)
            edits = self._opened(name)
            if edits:
                gone = self._deleted[name] = Gone(name, self._now(), by.name, edits[-1].text)
                self._forget(name)
                self._write(partial(drafts.delete_draft, self._database, name, gone.at, by))

    def bring_back(self, name: str, by: Grant, tab: str) -> Edited:
        """A deleted draft as it was, with its history; where somebody else brought it back, as it is now.

        NotFound where no draft of this name was deleted.
        """
        by.check(Right.DRAFT)
        with self._lock:
            name = self.called_now(name)
            there = self.newest(name)
            if there is not None:
                return Edited(name, there)
            if name not in self._deleted:
                raise NotFound(Fault(f"draft {name}", "no draft of this name was deleted", "Reload the page."))
            definition = read_definition(self._deleted[name].text, f"draft {name}")
            del self._deleted[name]
            self._edits[name] = deque(maxlen=LATELY)
            return Edited(name, self._add(name, definition, by, tab))

    # Who is there.

    def look(self, name: str, tab: str, who: str) -> tuple[str, ...]:
        """Says that a tab has the draft open: who else has."""
        now = time.monotonic()
        with self._lock:
            self._open_in[tab] = (name, who)
            self._open_in.move_to_end(tab)
            while len(self._open_in) > TABS_REMEMBERED:
                self._open_in.popitem(last=False)
            looked = self._looked.setdefault(name, {})
            looked[tab] = (who, now)
            for other in [other for other, (_, at) in looked.items() if now - at > PRESENT_SECONDS]:
                del looked[other]
            return tuple(sorted(whose for other, (whose, _) in looked.items() if other != tab))

    def leave(self, tab: str) -> None:
        """Says that a tab has no draft open any more."""
        with self._lock:
            self._open_in.pop(tab, None)

    def mark(self, tab: str, seen: int | None = None) -> str:
        """A text that changes whenever others have done something to the draft a tab has open, or come or gone.

        What the tab itself does changes nothing. `seen` is the revision that is drawn there, None: the newest.
        Empty where no draft is open. To ask is to be there still.
        """
        with self._lock:
            if tab not in self._open_in:
                return ""
            opened, who = self._open_in[tab]
            name = self.called_now(opened)
            others = self.look(name, tab, who)
            edits = [edit for edit in self._edits.get(name, ()) if seen is None or edit.revision <= seen]
            theirs = next((edit.revision for edit in reversed(edits) if edit.tab != tab), 0)
            trouble = self._failure is not None
            gone = self.newest(name) is None
            return "\n".join(map(str, (opened if seen is not None else name, theirs, *others, trouble, gone)))

    # What is not written yet.

    def trouble(self) -> Fault | None:
        """Why the newest edits are not in the database; None where they are, or are just being written."""
        with self._lock:
            if self._failure is None:
                return None
            if time.monotonic() - self._tried_at > RETRY_SECONDS:
                self._try_again()
            edits = f"{len(self._unwritten)} of the newest changes are not written yet"
            remedy = "They are kept while the app runs, and writing them is tried again every few seconds."
            return Fault("drafts", f"{edits} ({self._failure})", remedy)

    def settle(self, timeout_seconds: float | None = None) -> None:
        """Wait until every edit up to now is written, or could not be."""
        with self._lock:
            last = self._try_again()
        last.exception(timeout_seconds)

    def _opened(self, name: str) -> deque[Edit] | None:
        """The remembered edits of a draft, the newest last."""
        if name not in self._edits and name in self._stored:
            stored = self._stored[name]
            definition = read_definition(stored.text, f"draft {name}")
            del self._stored[name]
            first = Edit(1, stored.updated_at, stored.who, "", stored.text, definition)
            self._edits[name] = deque([first], maxlen=LATELY)
        return self._edits.get(name)

    def _last(self, name: str) -> tuple[int, str]:
        stored, edits = self._stored.get(name), self._edits.get(name)
        return (edits[-1].at, edits[-1].text) if edits else (stored.updated_at, stored.text) if stored else (0, "")

    def _who_changed(self, name: str, part: Part) -> str:
        """Who changed this part of the draft last."""
        newest_first = reversed(list(pairwise(self._edits[name])))
        return next(
            (
                edit.who
                for before, edit in newest_first
                if parts(before.definition).get(part) != parts(edit.definition).get(part)
            ),
            SOMEBODY,
        )

    def _forget(self, name: str) -> None:
        self._edits.pop(name, None)
        self._stored.pop(name, None)

    def _add(self, name: str, definition: Definition, by: Grant, tab: str) -> Edit:
        by.check(Right.DRAFT)
        edits = self._edits[name]
        text = write_definition(definition)
        if edits and edits[-1].text == text:
            return edits[-1]
        edit = Edit(edits[-1].revision + 1 if edits else 1, self._now(), by.name, tab, text, definition)
        edits.append(edit)
        self._write(partial(drafts.save_draft, self._database, name, text, edit.at, by))
        return edit

    def _write(self, work: Callable[[], None]) -> None:
        self._unwritten.append(work)
        self._try_again()

    def _try_again(self) -> "Future[None]":
        trying = self._writer.submit(self._write_in_order)
        trying.add_done_callback(self._tried)
        return trying

    def _write_in_order(self) -> None:
        """The work that failed stays the first: none is left out, and none overtakes another."""
        while self._unwritten:
            self._unwritten[0]()
            self._unwritten.popleft()

    def _tried(self, trying: "Future[None]") -> None:
        self._failure, self._tried_at = trying.exception(), time.monotonic()

    def _finish(self) -> None:
        self.settle(CLOSING_SECONDS)
        self._writer.shutdown()


@lru_cache(maxsize=TEXTS_REMEMBERED)
def _definition(text: str) -> Definition:
    return read_definition(text, "draft")
