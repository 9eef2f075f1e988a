"""All that deriving cycles has numba compile: many leads' events in one pass (docs/decisions/0031).

`lib.core.handoffs.cycles` says the same for one lead, plainly, and is what this is held to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from lib.core.arrays import NEVER, Instants, Mask

compiled: Any = numba.njit(nogil=True, cache=True, error_model="numpy")

LAG = 600_000_000
"""So long before a hand-over, in microseconds, what sales did belongs to it: stamps lag."""

MQL, ASSIGNED, FIRST_TOUCH, ACCEPTED, REJECTED, SQL, OPPORTUNITY, WON, LOST, RECYCLED, DISQUALIFIED, WITHDRAWN = (
    np.arange(1, 13).tolist()
)
"""The steps: a kind's place among `lib.core.handoffs.events.EVENT_KINDS`, from 1."""


class Of(IntEnum):
    """What is found out about a cycle: instants (NEVER: not happened), rows of its events (-1: none), and counts."""

    LEAD = 0
    NUMBER = 1
    OPENED = 2
    MQL_AT = 3
    MQL_UNTIL = 4
    ASSIGNED_AT = 5
    ASSIGNED_UNTIL = 6
    FIRST_TOUCH_AT = 7
    FIRST_TOUCH_UNTIL = 8
    DECIDED_AT = 9
    DECIDED_UNTIL = 10
    DECISION = 11
    REASON = 12
    SQL_AT = 13
    OPPORTUNITY_AT = 14
    WON_AT = 15
    LOST_AT = 16
    CLOSED_AT = 17
    OUTCOME = 18
    MONEY = 19
    OWNER = 20
    OWNER_SINCE = 21
    FIRST_OWNER = 22
    IMPLIED = 23
    RECYCLED_AT = 24
    CONTACT_AT = 25
    ATTEMPTS = 26
    NEXT_AT = 27
    ENDED_AT = 28
    UNDER_WAY = 29


class Wrong(IntFlag):
    """What is wrong with an event; several things may be."""

    ORPHAN = 1
    REPEAT = 2
    CONTRADICTION = 4
    UNKNOWN_REASON = 8
    TIE = 16
    REOPENED = 32


@dataclass(frozen=True, eq=False)
class Events:
    """n events of m leads, those of one lead together, by instant, step and content; shapes (n,), `start` (m + 1,).

    `day_ends` is 0 for who is exactly timed; `actor` a code, -1 for nobody and for a queue; `content` the same number
    for events of a kind that say the same. Events later than looked at are there too: places of days rest on them.
    """

    start: npt.NDArray[np.int64]
    at: Instants
    step: npt.NDArray[np.int8]
    day_ends: Instants
    actor: npt.NDArray[np.int32]
    to_queue: Mask
    has_reason: Mask
    reason_known: Mask
    has_amount: Mask
    is_contact: Mask
    content: npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Derived:
    """c cycles, by lead and number: `cycles` (c, len(Of)). For each event its `place`, the instant it stands at, the
    row of its `cycle` (-1: none) and what is `wrong` with it; for each lead since when it is a `customer`."""

    cycles: npt.NDArray[np.int64]
    place: Instants
    cycle: npt.NDArray[np.int64]
    wrong: npt.NDArray[np.int8]
    customer: Instants

    def of(self, what: Of) -> npt.NDArray[np.int64]:
        """One thing about every cycle; shape (c,)."""
        return np.ascontiguousarray(self.cycles[:, what])


def derive(events: Events, as_of: int) -> Derived:
    """The cycles of all leads as of an instant (microseconds)."""
    n, leads = len(events.at), len(events.start) - 1
    place = np.empty(n, dtype=np.int64)
    turn = np.zeros(n, dtype=np.int8)
    order = np.empty(n, dtype=np.int64)
    cycle = np.full(n, -1, dtype=np.int64)
    wrong = np.zeros(n, dtype=np.int8)
    customer = np.full(leads, NEVER, dtype=np.int64)
    cycles = np.empty((int((events.step == MQL).sum()), len(Of)), dtype=np.int64)
    found = _derive_all(
        *(events.start, events.at, events.step, events.day_ends, events.actor, events.to_queue, events.has_reason),
        *(events.reason_known, events.has_amount, events.is_contact, events.content, as_of),
        *(place, turn, order, cycle, wrong, customer, cycles),
    )
    return Derived(cycles[:found], place, cycle, wrong, customer)


def kinds_wrong(wrong: int) -> Sequence[Wrong]:
    """Each thing that is wrong with an event."""
    return [one for one in Wrong if wrong & one]


_FIRST_INSTANTS = (Of.ASSIGNED_AT, Of.ASSIGNED_UNTIL, Of.FIRST_TOUCH_AT, Of.FIRST_TOUCH_UNTIL, Of.DECIDED_AT)
_NEVER_YET = np.array(
    [
        *_FIRST_INSTANTS,
        *(Of.DECIDED_UNTIL, Of.SQL_AT, Of.OPPORTUNITY_AT, Of.WON_AT, Of.LOST_AT, Of.CLOSED_AT, Of.OWNER_SINCE),
        *(Of.RECYCLED_AT, Of.CONTACT_AT, Of.NEXT_AT, Of.ENDED_AT),
    ],
    dtype=np.int64,
)
_NO_ROW = np.array([Of.REASON, Of.MONEY, Of.OWNER, Of.FIRST_OWNER], dtype=np.int64)
_NOTHING = np.array([Of.DECISION, Of.OUTCOME, Of.IMPLIED, Of.ATTEMPTS], dtype=np.int64)

_NUMBER, _LEAD, _OPENED = int(Of.NUMBER), int(Of.LEAD), int(Of.OPENED)
_MQL_AT, _MQL_UNTIL = int(Of.MQL_AT), int(Of.MQL_UNTIL)
_ASSIGNED_AT, _ASSIGNED_UNTIL = int(Of.ASSIGNED_AT), int(Of.ASSIGNED_UNTIL)
_TOUCH_AT, _TOUCH_UNTIL = int(Of.FIRST_TOUCH_AT), int(Of.FIRST_TOUCH_UNTIL)
_DECIDED_AT, _DECIDED_UNTIL, _DECISION = int(Of.DECIDED_AT), int(Of.DECIDED_UNTIL), int(Of.DECISION)
_REASON, _SQL_AT, _OPPORTUNITY_AT, _WON_AT = int(Of.REASON), int(Of.SQL_AT), int(Of.OPPORTUNITY_AT), int(Of.WON_AT)
_LOST_AT, _CLOSED_AT, _OUTCOME, _MONEY = int(Of.LOST_AT), int(Of.CLOSED_AT), int(Of.OUTCOME), int(Of.MONEY)
_OWNER, _OWNER_SINCE, _FIRST_OWNER = int(Of.OWNER), int(Of.OWNER_SINCE), int(Of.FIRST_OWNER)
_IMPLIED, _RECYCLED_AT, _CONTACT_AT = int(Of.IMPLIED), int(Of.RECYCLED_AT), int(Of.CONTACT_AT)
_ATTEMPTS, _NEXT_AT, _ENDED_AT, _UNDER_WAY = int(Of.ATTEMPTS), int(Of.NEXT_AT), int(Of.ENDED_AT), int(Of.UNDER_WAY)
_ORPHAN, _REPEAT, _CONTRADICTION = int(Wrong.ORPHAN), int(Wrong.REPEAT), int(Wrong.CONTRADICTION)
_UNKNOWN_REASON, _TIE, _REOPENED = int(Wrong.UNKNOWN_REASON), int(Wrong.TIE), int(Wrong.REOPENED)


@compiled
def _ends(step):  # type: ignore[no-untyped-def]
    return step == REJECTED or step >= WON


@compiled
def _before(a, b, place, turn, step):  # type: ignore[no-untyped-def]
    if place[a] != place[b]:
        return place[a] < place[b]
    if turn[a] != turn[b]:
        return turn[a] < turn[b]
    if step[a] != step[b]:
        return step[a] < step[b]
    return a < b


@compiled
def _place_day(first, end, starts, under_way, at, step, day_ends, place, turn):  # type: ignore[no-untyped-def]
    """Places the events [first, end) of one lead's day that begins at `starts`; by day alone are those of its begin."""
    ended_exactly = False
    ended_at = starts
    ends_by_day = False
    opens_by_day = -1
    first_exact_mql = -1
    for row in range(first, end):
        place[row] = at[row]
        if day_ends[row] != 0 and at[row] == starts:
            if step[row] == MQL:
                if opens_by_day == -1:
                    opens_by_day = row
            elif _ends(step[row]):
                ends_by_day = True
        elif step[row] == MQL:
            if first_exact_mql == -1:
                first_exact_mql = row
        elif under_way and _ends(step[row]) and not ended_exactly:
            ended_exactly = True
            ended_at = at[row]
    stays = under_way and not ended_exactly
    # From which instant, and row, on exact events are the cycle's that the day's events belong to; before which not.
    since, from_row, to_row = starts, first, end
    opened_at = starts
    opened_by_day = False
    if stays:
        if ends_by_day and first_exact_mql != -1:
            to_row = first_exact_mql
    else:
        # The latest cycle that is opened by the day's end, the day's own hand-over standing after what ended the one before.
        going = under_way
        pending = opens_by_day != -1
        opens_at = ended_at if ended_exactly else starts
        opened = False
        for row in range(first, end):
            if day_ends[row] != 0 and at[row] == starts:
                continue
            if pending and not going and (at[row] > opens_at or (not ended_exactly and at[row] >= opens_at)):
                pending, going, opened = False, True, True
                opened_by_day, opened_at, from_row = True, opens_at, row
            if step[row] == MQL and not going:
                going, opened = True, True
                opened_by_day, opened_at, from_row = False, at[row], row
            elif going and _ends(step[row]):
                going = False
        if pending and not going:
            opened_by_day, opened_at, from_row, opened = True, opens_at, end, True
        if not opened:
            from_row, opened_at = first, starts
    latest_mql = np.int64(NEVER)
    for row in range(first, end):
        if day_ends[row] == 0 or at[row] != starts or step[row] == MQL:
            continue
        stands = max(starts, opened_at)
        assigned = False
        for other in range(from_row, to_row):
            if (day_ends[other] != 0 and at[other] == starts) or step[other] >= step[row]:
                continue
            if step[other] == ASSIGNED:
                if assigned:
                    continue
                assigned = True
            stands = max(stands, at[other])
        place[row] = stands
        turn[row] = 1 if opened_by_day and ended_exactly else 0
        if stays and _ends(step[row]):
            latest_mql = min(latest_mql, stands)
    if opens_by_day == -1:
        return
    opens_at = starts
    if stays and ends_by_day:
        opens_at = latest_mql
    elif ended_exactly:
        opens_at = ended_at
    for row in range(first, end):
        if day_ends[row] == 0 or at[row] != starts:
            continue
        if step[row] == MQL:
            place[row] = opens_at
            turn[row] = 1 if (stays and ends_by_day) or ended_exactly else 0
        elif stays and ends_by_day:
            place[row] = min(place[row], opens_at)


@compiled
def _sort(first, end, order, place, turn, step):  # type: ignore[no-untyped-def]
    for here in range(first + 1, end):
        row = order[here]
        to = here
        while to > first and _before(row, order[to - 1], place, turn, step):
            order[to] = order[to - 1]
            to -= 1
        order[to] = row


@compiled
def _place_lead(first, end, at, step, day_ends, place, turn, order):  # type: ignore[no-untyped-def]
    """The instants the events of one lead stand at, and their order, by all of them."""
    row, under_way = first, False
    while row < end:
        starts, until = at[row], np.int64(0)
        other = row
        while other < end and at[other] == starts:
            until = max(until, day_ends[other])
            other += 1
        after = row + 1
        if until == 0:
            place[row] = starts
            order[row] = row
        else:
            after = row
            while after < end and at[after] < until:
                order[after] = after
                after += 1
            _place_day(row, after, starts, under_way, at, step, day_ends, place, turn)
            _sort(row, after, order, place, turn, step)
        for here in range(row, after):
            if step[order[here]] == MQL and not under_way:
                under_way = True
            elif _ends(step[order[here]]):
                under_way = False
        row = after


@compiled
def _close_cycle(of, decisive, outcome, reopened, reason_known, wrong, owner, since, first_assigned):  # type: ignore[no-untyped-def]
    """What is known of a cycle only once all its events are."""
    if of[_DECISION] == 0 and of[_CLOSED_AT] != NEVER:
        of[_OWNER], of[_OWNER_SINCE] = owner, since
    if of[_DECISION] != 0:
        of[_CLOSED_AT] = NEVER
    if of[_DECISION] == 2:
        if of[_REASON] == -1 or not reason_known[of[_REASON]]:
            wrong[decisive] |= _UNKNOWN_REASON
        of[_WON_AT], of[_LOST_AT], of[_OUTCOME], of[_MONEY] = NEVER, NEVER, 0, -1
    elif reopened:
        wrong[outcome] |= _REOPENED
    if of[_DECISION] != 1:
        of[_SQL_AT], of[_OPPORTUNITY_AT] = NEVER, NEVER
        of[_IMPLIED] &= 1
    of[_FIRST_OWNER] = first_assigned if first_assigned != -1 else of[_OWNER]


@compiled
def _derive_all(  # type: ignore[no-untyped-def]
    start, at, step, day_ends, actor, to_queue, has_reason, reason_known, has_amount, is_contact, content, as_of,
    place, turn, order, cycle, wrong, customer, cycles
):
    found = 0
    for lead in range(len(start) - 1):
        first, end = start[lead], start[lead + 1]
        _place_lead(first, end, at, step, day_ends, place, turn, order)
        # What stands later than looked at has not happened.
        known = first
        for here in range(first, end):
            if place[order[here]] <= as_of:
                order[known] = order[here]
                known += 1
        number, under_way = 0, False
        this = -1
        next_owner = -1
        close_owner, close_since = -1, np.int64(NEVER)
        asked = paid = first_assigned = decisive = outcome = -1
        won_once = lost_once = False
        seen = 0
        here = first
        tie_of = -1
        while here < known:
            row = order[here]
            kind = step[row]
            if not under_way and ASSIGNED <= kind <= REJECTED and day_ends[row] == 0:
                # Stamps lag: it may belong to a hand-over that is to come at once.
                ahead = here + 1
                while ahead < known and place[order[ahead]] - place[row] <= LAG and step[order[ahead]] != MQL:
                    ahead += 1
                if ahead < known and step[order[ahead]] == MQL and 0 < place[order[ahead]] - place[row] <= LAG:
                    place[row], turn[row] = place[order[ahead]], turn[order[ahead]]
                    to = here
                    while to + 1 < known and not _before(row, order[to + 1], place, turn, step):
                        order[to] = order[to + 1]
                        to += 1
                    order[to] = row
                    continue
            stands = place[row]
            until = day_ends[row] if day_ends[row] != 0 else stands
            if kind == WON:
                if customer[lead] == NEVER:
                    customer[lead] = stands
            elif kind == LOST:
                customer[lead] = NEVER
            tied = False
            if tie_of != -1 and step[tie_of] == kind and place[tie_of] == stands:
                if content[tie_of] != content[row]:
                    wrong[row] |= _TIE
                    tied = True
            else:
                tie_of = row
            if kind == MQL and not under_way:
                if this != -1:
                    reopened = won_once and lost_once
                    _close_cycle(
                        cycles[this], decisive, outcome, reopened, reason_known, wrong,
                        close_owner, close_since, first_assigned,
                    )
                this, number, under_way = found, number + 1, True
                found += 1
                of = cycles[this]
                of[_NEVER_YET] = NEVER
                of[_NO_ROW] = -1
                of[_NOTHING] = 0
                of[_LEAD], of[_NUMBER], of[_OPENED], of[_MQL_AT], of[_MQL_UNTIL] = lead, number, row, stands, until
                of[_OWNER] = next_owner
                of[_OWNER_SINCE] = NEVER if next_owner == -1 else stands
                asked = paid = first_assigned = decisive = outcome = -1
                won_once = lost_once = False
                seen = 1 << MQL
                cycle[row] = this
                of[_UNDER_WAY] = 1
                here += 1
                continue
            here += 1
            if kind == ASSIGNED and not to_queue[row] and actor[row] != -1 and not under_way:
                if next_owner == -1 or actor[next_owner] != actor[row]:
                    next_owner = row
            if this == -1:
                if kind != WITHDRAWN:
                    wrong[row] |= _ORPHAN
                continue
            cycle[row] = this
            of = cycles[this]
            repeats = (seen >> kind) & 1 == 1
            seen |= 1 << kind
            contradicts = False
            if kind == ASSIGNED:
                if not to_queue[row]:
                    if of[_ASSIGNED_AT] == NEVER:
                        of[_ASSIGNED_AT], of[_ASSIGNED_UNTIL] = stands, until
                    if actor[row] != -1:
                        if first_assigned == -1:
                            first_assigned = row
                        if of[_DECISION] == 0 and (of[_OWNER] == -1 or actor[of[_OWNER]] != actor[row]):
                            of[_OWNER], of[_OWNER_SINCE] = row, stands
            elif kind == FIRST_TOUCH:
                of[_ATTEMPTS] += 1
                if of[_TOUCH_AT] == NEVER:
                    of[_TOUCH_AT], of[_TOUCH_UNTIL] = stands, until
                if is_contact[row] and of[_CONTACT_AT] == NEVER:
                    of[_CONTACT_AT] = stands
            if kind != ASSIGNED and kind != MQL and of[_NEXT_AT] == NEVER and of[_DECISION] != 0:
                if stands > of[_DECIDED_AT]:
                    of[_NEXT_AT] = stands
            # What it says of sales' decision.
            if kind == ACCEPTED or SQL <= kind <= WON:
                if of[_DECISION] == 0:
                    of[_DECISION], of[_DECIDED_AT], of[_DECIDED_UNTIL] = 1, stands, until
                    decisive = row
                    if kind != ACCEPTED:
                        of[_IMPLIED] |= 1
                elif of[_DECISION] == 2:
                    contradicts = True
            elif kind == REJECTED or ((kind == RECYCLED or kind == DISQUALIFIED) and of[_CLOSED_AT] == NEVER):
                if of[_DECISION] == 0:
                    of[_DECISION], of[_DECIDED_AT], of[_DECIDED_UNTIL] = 2, stands, until
                    decisive = row
                    if kind != REJECTED:
                        of[_IMPLIED] |= 1
                elif of[_DECISION] == 1 and kind == REJECTED:
                    contradicts = True
            elif (kind == LOST or kind == WITHDRAWN) and of[_DECISION] == 0 and of[_CLOSED_AT] == NEVER:
                of[_CLOSED_AT] = stands
                close_owner, close_since = of[_OWNER], of[_OWNER_SINCE]
            if of[_DECISION] == 2 and of[_REASON] == -1 and has_reason[row]:
                if row == decisive or (step[decisive] == REJECTED and (kind == RECYCLED or kind == DISQUALIFIED)):
                    of[_REASON] = row
            if SQL <= kind <= WON and of[_SQL_AT] == NEVER:
                of[_SQL_AT] = stands
                if kind != SQL:
                    of[_IMPLIED] |= 2
            if (kind == OPPORTUNITY or kind == WON) and of[_OPPORTUNITY_AT] == NEVER:
                of[_OPPORTUNITY_AT] = stands
                if kind != OPPORTUNITY:
                    of[_IMPLIED] |= 4
            if kind == OPPORTUNITY and asked == -1 and has_amount[row]:
                asked = row
            if kind == WON or kind == LOST:
                if kind == WON:
                    of[_OUTCOME], of[_WON_AT], of[_LOST_AT], won_once = 1, stands, NEVER, True
                else:
                    of[_OUTCOME], of[_LOST_AT], of[_WON_AT], lost_once = 2, stands, NEVER, True
                paid = row if has_amount[row] else -1
                outcome = row
            of[_MONEY] = paid if paid != -1 else asked
            if kind == RECYCLED and of[_RECYCLED_AT] == NEVER:
                of[_RECYCLED_AT] = stands
            if _ends(kind):
                if not repeats:
                    of[_ENDED_AT] = stands if of[_ENDED_AT] == NEVER else max(of[_ENDED_AT], stands)
                if under_way:
                    next_owner = -1
                under_way = False
                of[_UNDER_WAY] = 0
            if contradicts:
                wrong[row] |= _CONTRADICTION
            elif repeats and not tied and not (ASSIGNED <= kind <= FIRST_TOUCH or WON <= kind <= LOST or kind == WITHDRAWN):
                wrong[row] |= _REPEAT
        if this != -1:
            reopened = won_once and lost_once
            _close_cycle(
                cycles[this], decisive, outcome, reopened, reason_known, wrong, close_owner, close_since, first_assigned
            )
    return found
