"""All that deriving cycles has numba compile: many leads' events in one pass (docs/decisions/0031).

`lib.core.handoffs.cycles.plain` says the same for one lead, plainly, and this is held to it. Compiled code is all in
this module, since the disk cache does not notice an edited helper elsewhere.
"""

from typing import Any

import numba
import numpy as np

from lib.core.arrays import NEVER
from lib.core.handoffs.cycles.derived import Of, Wrong

compiled: Any = numba.njit(nogil=True, cache=True, error_model="numpy")

LAG = 600_000_000
"""So long before a hand-over, in microseconds, what sales did belongs to it: stamps lag."""

MQL, ASSIGNED, FIRST_TOUCH, ACCEPTED, REJECTED, SQL, OPPORTUNITY, WON, LOST, RECYCLED, DISQUALIFIED, WITHDRAWN = (
    np.arange(1, 13).tolist()
)
"""The steps: a kind's place among `lib.core.handoffs.events.EVENT_KINDS`, from 1."""


THINGS = len(Of)
TAKEN = -2
"""In place of its cycle: the event went with a hand-over that was taken back."""

_NEVER_YET = np.array([one for one in Of if one.name.endswith(("_AT", "_UNTIL", "_SINCE"))], dtype=np.int64)
_NO_ROW = np.array([Of.REASON, Of.MONEY, Of.OWNER, Of.FIRST_OWNER], dtype=np.int64)
_NOTHING = np.array([Of.DECISION, Of.OUTCOME, Of.IMPLIED, Of.ATTEMPTS], dtype=np.int64)


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
def _place_day(first, end, starts, under_way, at, step, gone, day_ends, place, turn):  # type: ignore[no-untyped-def]
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
                # Those taken back open a cycle each, until one does that stays.
                if opens_by_day == -1 or (gone[opens_by_day] and not gone[row]):
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
    from_row, to_row = first, end
    opened_at = starts
    opened_by_day = False
    opener = -1
    if stays:
        if ends_by_day and first_exact_mql != -1:
            to_row = first_exact_mql
    else:
        # The latest cycle opened by the day's end; the day's own hand-over stands after what ended the one before.
        going = under_way
        pending = opens_by_day != -1
        opens_at = ended_at if ended_exactly else starts
        opened = False
        for row in range(first, end):
            if day_ends[row] != 0 and at[row] == starts:
                continue
            if pending and not going and (at[row] > opens_at or (not ended_exactly and at[row] >= opens_at)):
                pending, going, opened = False, not gone[opens_by_day], True
                opened_by_day, opened_at, from_row, opener = True, opens_at, row, -1
            if step[row] == MQL and not going:
                going, opened = not gone[row], True
                opened_by_day, opened_at, from_row, opener = False, at[row], row, row
            elif going and _ends(step[row]):
                going = False
        if pending and not going:
            opened_by_day, opened_at, from_row, opened, opener = True, opens_at, end, True, -1
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
            if gone[other] and other != opener:
                # A repeat that was taken back.
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
def _place_lead(first, end, at, step, gone, day_ends, place, turn, order):  # type: ignore[no-untyped-def]
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
            _place_day(row, after, starts, under_way, at, step, gone, day_ends, place, turn)
            _sort(row, after, order, place, turn, step)
        for here in range(row, after):
            if step[order[here]] == MQL and not under_way:
                # One taken back opens a cycle that goes with it, and is not under way.
                under_way = not gone[order[here]]
            elif _ends(step[order[here]]):
                under_way = False
        row = after


@compiled
def _close_cycle(of, decisive, outcome, reopened, reason_known, wrong, owner, since, first_assigned):  # type: ignore[no-untyped-def]
    """What is known of a cycle only once all its events are."""
    if of[Of.DECISION] == 0 and of[Of.CLOSED_AT] != NEVER:
        of[Of.OWNER], of[Of.OWNER_SINCE] = owner, since
    if of[Of.DECISION] != 0:
        of[Of.CLOSED_AT] = NEVER
    if of[Of.DECISION] == 2:
        if of[Of.REASON] == -1 or not reason_known[of[Of.REASON]]:
            wrong[decisive] |= Wrong.UNKNOWN_REASON
        of[Of.WON_AT], of[Of.LOST_AT], of[Of.OUTCOME], of[Of.MONEY] = NEVER, NEVER, 0, -1
    elif reopened:
        wrong[outcome] |= Wrong.REOPENED
    if of[Of.DECISION] != 1:
        of[Of.SQL_AT], of[Of.OPPORTUNITY_AT] = NEVER, NEVER
        of[Of.IMPLIED] &= 1
    of[Of.FIRST_OWNER] = first_assigned if first_assigned != -1 else of[Of.OWNER]


@compiled
def derive_all(  # type: ignore[no-untyped-def]
    start, at, step, gone, day_ends, actor, to_queue, has_reason, reason_known, has_amount, is_contact, content, as_of
):
    place, order = np.empty(len(at), dtype=np.int64), np.empty(len(at), dtype=np.int64)
    turn, wrong = np.zeros(len(at), dtype=np.int8), np.zeros(len(at), dtype=np.int8)
    cycle = np.full(len(at), -1, dtype=np.int64)
    customer = np.full(len(start) - 1, NEVER, dtype=np.int64)
    cycles = np.empty((np.sum(step == MQL), THINGS), dtype=np.int64)
    found = 0
    for lead in range(len(start) - 1):
        first, end = start[lead], start[lead + 1]
        _place_lead(first, end, at, step, gone, day_ends, place, turn, order)
        # What stands later than looked at has not happened.
        known = first
        for here in range(first, end):
            if place[order[here]] <= as_of:
                order[known] = order[here]
                known += 1
        number, under_way, taken = 0, False, False
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
            here += 1
            if gone[row] and under_way:
                continue
            opens = kind == MQL and not under_way
            if opens and this != -1:
                reopened = won_once and lost_once
                _close_cycle(
                    cycles[this],
                    decisive,
                    outcome,
                    reopened,
                    reason_known,
                    wrong,
                    close_owner,
                    close_since,
                    first_assigned,
                )
            if gone[row]:
                this, number, taken = -1, number + 1, True
            if taken and (kind != MQL or gone[row]):
                cycle[row] = TAKEN
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
                tied = content[tie_of] != content[row]
                if tied:
                    wrong[row] |= Wrong.TIE
            else:
                tie_of = row
            if opens:
                this, number, under_way, taken = found, number + 1, True, False
                found += 1
                of = cycles[this]
                of[_NEVER_YET] = NEVER
                of[_NO_ROW] = -1
                of[_NOTHING] = 0
                of[Of.LEAD], of[Of.NUMBER], of[Of.OPENED], of[Of.MQL_AT], of[Of.MQL_UNTIL] = (
                    lead,
                    number,
                    row,
                    stands,
                    until,
                )
                of[Of.OWNER] = next_owner
                of[Of.OWNER_SINCE] = NEVER if next_owner == -1 else stands
                asked = paid = first_assigned = decisive = outcome = -1
                won_once = lost_once = False
                seen = 1 << MQL
                cycle[row] = this
                of[Of.UNDER_WAY] = 1
                continue
            told = kind == ASSIGNED and not to_queue[row] and actor[row] != -1
            if told and not under_way and (next_owner == -1 or actor[next_owner] != actor[row]):
                next_owner = row
            if this == -1:
                if kind != WITHDRAWN:
                    wrong[row] |= Wrong.ORPHAN
                continue
            cycle[row] = this
            of = cycles[this]
            repeats = (seen >> kind) & 1 == 1
            seen |= 1 << kind
            contradicts = False
            if kind == ASSIGNED:
                if not to_queue[row]:
                    if of[Of.ASSIGNED_AT] == NEVER:
                        of[Of.ASSIGNED_AT], of[Of.ASSIGNED_UNTIL] = stands, until
                    if actor[row] != -1:
                        if first_assigned == -1:
                            first_assigned = row
                        if of[Of.DECISION] == 0 and (of[Of.OWNER] == -1 or actor[of[Of.OWNER]] != actor[row]):
                            of[Of.OWNER], of[Of.OWNER_SINCE] = row, stands
            elif kind == FIRST_TOUCH:
                of[Of.ATTEMPTS] += 1
                if of[Of.FIRST_TOUCH_AT] == NEVER:
                    of[Of.FIRST_TOUCH_AT], of[Of.FIRST_TOUCH_UNTIL] = stands, until
                if is_contact[row] and of[Of.CONTACT_AT] == NEVER:
                    of[Of.CONTACT_AT] = stands
            after = of[Of.DECISION] != 0 and stands > of[Of.DECIDED_AT]
            if after and of[Of.NEXT_AT] == NEVER and kind not in (ASSIGNED, MQL):
                of[Of.NEXT_AT] = stands
            # What it says of sales' decision.
            if kind == ACCEPTED or SQL <= kind <= WON:
                if of[Of.DECISION] == 0:
                    of[Of.DECISION], of[Of.DECIDED_AT], of[Of.DECIDED_UNTIL] = 1, stands, until
                    decisive = row
                    if kind != ACCEPTED:
                        of[Of.IMPLIED] |= 1
                elif of[Of.DECISION] == 2:
                    contradicts = True
            elif kind == REJECTED or ((kind in (RECYCLED, DISQUALIFIED)) and of[Of.CLOSED_AT] == NEVER):
                if of[Of.DECISION] == 0:
                    of[Of.DECISION], of[Of.DECIDED_AT], of[Of.DECIDED_UNTIL] = 2, stands, until
                    decisive = row
                    if kind != REJECTED:
                        of[Of.IMPLIED] |= 1
                elif of[Of.DECISION] == 1 and kind == REJECTED:
                    contradicts = True
            elif (kind in (LOST, WITHDRAWN)) and of[Of.DECISION] == 0 and of[Of.CLOSED_AT] == NEVER:
                of[Of.CLOSED_AT] = stands
                close_owner, close_since = of[Of.OWNER], of[Of.OWNER_SINCE]
            gives = row == decisive or (step[decisive] == REJECTED and kind in (RECYCLED, DISQUALIFIED))
            if of[Of.DECISION] == 2 and of[Of.REASON] == -1 and has_reason[row] and gives:
                of[Of.REASON] = row
            if SQL <= kind <= WON and of[Of.SQL_AT] == NEVER:
                of[Of.SQL_AT] = stands
                if kind != SQL:
                    of[Of.IMPLIED] |= 2
            if (kind in (OPPORTUNITY, WON)) and of[Of.OPPORTUNITY_AT] == NEVER:
                of[Of.OPPORTUNITY_AT] = stands
                if kind != OPPORTUNITY:
                    of[Of.IMPLIED] |= 4
            if kind == OPPORTUNITY and asked == -1 and has_amount[row]:
                asked = row
            if kind in (WON, LOST):
                if kind == WON:
                    of[Of.OUTCOME], of[Of.WON_AT], of[Of.LOST_AT], won_once = 1, stands, NEVER, True
                else:
                    of[Of.OUTCOME], of[Of.LOST_AT], of[Of.WON_AT], lost_once = 2, stands, NEVER, True
                paid = row if has_amount[row] else -1
                outcome = row
            of[Of.MONEY] = paid if paid != -1 else asked
            if kind == RECYCLED and of[Of.RECYCLED_AT] == NEVER:
                of[Of.RECYCLED_AT] = stands
            if _ends(kind):
                if not repeats:
                    of[Of.ENDED_AT] = stands if of[Of.ENDED_AT] == NEVER else max(of[Of.ENDED_AT], stands)
                if under_way:
                    next_owner = -1
                under_way = False
                of[Of.UNDER_WAY] = 0
            if contradicts:
                wrong[row] |= Wrong.CONTRADICTION
            elif repeats and not tied:
                often = kind in (ASSIGNED, FIRST_TOUCH, WON, LOST, WITHDRAWN)
                if not often:
                    wrong[row] |= Wrong.REPEAT
        if this != -1:
            reopened = won_once and lost_once
            _close_cycle(
                cycles[this], decisive, outcome, reopened, reason_known, wrong, close_owner, close_since, first_assigned
            )
    return cycles[:found], place, cycle, wrong, customer
