"""The passes over hits that the replay has numba compile (docs/decisions/0002).

Compiled without the interpreter's lock, so that a pool of threads runs them side by side and several sessions never
wait for one another; all in this module, since the disk cache does not notice an edited helper elsewhere.
"""

import math
from typing import Any

import numba
import numpy as np

from lib.core.arrays import NEVER
from lib.core.numbers import TOLERANCE

compiled: Any = numba.njit(nogil=True, cache=True, error_model="numpy")


@compiled
def fade(first, last, created_at, start, at, rate, left):  # type: ignore[no-untyped-def]
    for lead in range(first, last):
        before = created_at[lead]
        for row in range(start[lead], start[lead + 1]):
            # Between two activities from before the lead was created it is not looked at, but points fade all the same.
            since = before if at[row] > before else at[max(row - 1, start[lead])]
            left[row] = 2.0 ** (-(at[row] - since) * rate)
            before = max(before, at[row])


@compiled
def walk(  # type: ignore[no-untyped-def]
    first, last, last_look, threshold,
    created_at, lead_pattern, complete, change_start, change_at, change_pattern, change_complete, start, at, pattern,
    profile_of, channel_of, against_of, disqualified_of, action_points, against_points, disqualifies,
    rate, cap, minimums,
    left, edges, against, qualified_at, score_at, steps, lead_of, at_of, below_of, score_of,
):  # fmt: skip
    bins = len(edges) - 1
    from_at, to_at, bins_a_microsecond = 0, 0, 0.0
    if bins > 0:
        from_at, to_at = edges[0], edges[bins]
        bins_a_microsecond = bins / (to_at - from_at)
    columns = steps.shape[1] - 1
    recording = len(lead_of) > 0
    fades = rate > 0.0
    found, top = 0, 0
    for lead in range(first, last):
        created, until = created_at[lead], last_look[lead]
        reached_at, reached = NEVER, 0
        if created <= until:
            f, known = lead_pattern[lead], complete[lead]
            change, changes = change_start[lead], change_start[lead + 1]
            while changes > change and change_at[changes - 1] > until:
                changes -= 1
            # A lead that came back is looked at later than it was created.
            while change < changes and change_at[change] <= created:
                f, known = change_pattern[change], change_complete[change]
                change += 1
            fixed, undesirable = profile_of[f] + channel_of[f], against_of[f]
            shut = disqualified_of[f] or not known
            shut = shut or profile_of[f] + TOLERANCE < minimums[0] or channel_of[f] + TOLERANCE < minimums[1]
            out = False
            actions = 0.0
            best = 0
            rising = 1.0  # The next whole score above the best so far; compared before anything is rounded.
            row, end = start[lead], start[lead + 1]
            while end > row and at[end - 1] > until:
                end -= 1
            # What was done before the lead was created counts from then on, at its own age.
            look = created
            while row < end and at[row] <= look:
                # Written out here and below: a call would count the arrays' users for every hit.
                if fades:
                    actions *= left[row]
                p = pattern[row]
                actions += action_points[p]
                undesirable += against_points[p]
                out = out or disqualifies[p]
                row += 1
            if fades and actions != 0.0:
                actions *= 2.0 ** (-(look - at[row - 1]) * rate)
            # Up to a change of its fields a lead is looked at hit by hit; at most leads there is none.
            stop = end
            if change < changes:
                stop = row
                while stop < end and at[stop] < change_at[change]:
                    stop += 1
            acted = actions
            while True:
                capped = min(cap, acted)
                total = fixed + capped + undesirable + TOLERANCE
                if total >= rising:
                    score = math.floor(total)
                    top = max(top, score)
                    if (
                        not out and not shut
                        and capped + TOLERANCE >= minimums[2] and undesirable + TOLERANCE >= minimums[3]
                    ):  # fmt: skip
                        # Every threshold above the best so far and up to this score is first reached here.
                        if best < threshold <= score:
                            reached_at, reached = look, score
                        if from_at <= look < to_at:
                            if recording:
                                lead_of[found], at_of[found], below_of[found], score_of[found] = lead, look, best, score
                                found += 1
                            elif score < columns:
                                # Bins are about as long as one another: guessed, and then put right.
                                b = int((look - from_at) * bins_a_microsecond)
                                while edges[b] > look:
                                    b -= 1
                                while edges[b + 1] <= look:
                                    b += 1
                                steps[b, best + 1] += 1
                                steps[b, score + 1] -= 1
                                if against[lead]:
                                    steps[bins, best + 1] += 1
                                    steps[bins, score + 1] -= 1
                        best = score
                        rising = best + 1.0
                if row < stop:
                    # All hits of one instant count together.
                    look = at[row]
                    while row < stop and at[row] == look:
                        if fades:
                            actions *= left[row]
                        p = pattern[row]
                        actions += action_points[p]
                        undesirable += against_points[p]
                        out = out or disqualifies[p]
                        row += 1
                    acted = actions
                elif change < changes:
                    look = change_at[change]
                    g = change_pattern[change]
                    fixed = profile_of[g] + channel_of[g]
                    undesirable += against_of[g] - against_of[f]
                    shut = disqualified_of[g] or not change_complete[change]
                    shut = shut or profile_of[g] + TOLERANCE < minimums[0] or channel_of[g] + TOLERANCE < minimums[1]
                    f = g
                    change += 1
                    # The hits of the same instant count with it. Without any, what fades is not kept: what is left of
                    # it at the next hit is told from the last one.
                    fading = row == end or at[row] != look
                    while row < end and at[row] == look:
                        if fades:
                            actions *= left[row]
                        p = pattern[row]
                        actions += action_points[p]
                        undesirable += against_points[p]
                        out = out or disqualifies[p]
                        row += 1
                    acted = actions
                    if fading and fades and actions != 0.0:
                        acted *= 2.0 ** (-(look - max(created, at[row - 1])) * rate)
                    stop = row if change < changes else end
                    while change < changes and stop < end and at[stop] < change_at[change]:
                        stop += 1
                else:
                    break
        qualified_at[lead] = reached_at
        score_at[lead] = reached
    return top, found


@compiled
def stand(  # type: ignore[no-untyped-def]
    first, last, leads, at_of,
    lead_pattern, complete, change_start, change_at, change_pattern, change_complete, pattern_then, complete_then,
):  # fmt: skip
    for r in range(first, last):
        lead, look = leads[r], at_of[r]
        pattern_then[r], complete_then[r] = lead_pattern[lead], complete[lead]
        low, high = change_start[lead], change_start[lead + 1]
        while low < high:
            middle = (low + high) // 2
            if change_at[middle] <= look:
                low = middle + 1
            else:
                high = middle
        if low > change_start[lead]:
            pattern_then[r], complete_then[r] = change_pattern[low - 1], change_complete[low - 1]


@compiled
def value_leads(  # type: ignore[no-untyped-def]
    first, last, as_of, then,
    created_at, start, at, pattern,
    profile_of, channel_of, against_of, disqualified_of, action_points, against_points, disqualifies,
    rate, cap, minimums,
    values, disqualified,
):  # fmt: skip
    for lead in range(first, last):
        if created_at[lead] > as_of:
            continue
        p = then[lead]
        actions, undesirable, out = 0.0, against_of[p], disqualified_of[p]
        for row in range(start[lead], start[lead + 1]):
            if at[row] > as_of:
                break
            actions += action_points[pattern[row]] * 2.0 ** (-(as_of - at[row]) * rate)
            undesirable += against_points[pattern[row]]
            out = out or disqualifies[pattern[row]]
        values[0, lead] = profile_of[p]
        values[1, lead] = channel_of[p]
        values[2, lead] = min(cap, actions)
        values[3, lead] = undesirable
        disqualified[lead] = out


@compiled
def _earned_up_to(  # type: ignore[no-untyped-def]
    look, row, end, actions, faded_to, undesirable, out,
    at, pattern, action_points, against_points, disqualifies, rate,
):  # fmt: skip
    # Everything earned up to this look counts together, each at its own age.
    while row < end and at[row] <= look:
        if rate > 0.0 and at[row] != faded_to:
            if actions != 0.0:
                actions *= 2.0 ** (-(at[row] - faded_to) * rate)
            faded_to = at[row]
        actions += action_points[pattern[row]]
        undesirable += against_points[pattern[row]]
        out = out or disqualifies[pattern[row]]
        row += 1
    if rate > 0.0 and faded_to != look and actions != 0.0:
        actions *= 2.0 ** (-(look - faded_to) * rate)
    return row, actions, undesirable, out


@compiled
def value_pairs(  # type: ignore[no-untyped-def]
    first, last, leads, at_of, then,
    created_at, start, at, pattern,
    profile_of, channel_of, against_of, disqualified_of, action_points, against_points, disqualifies,
    rate, cap, minimums,
    values, disqualified,
):  # fmt: skip
    for r in range(first, last):
        lead, look = leads[r], at_of[r]
        if created_at[lead] > look:
            continue
        p = then[r]
        _, actions, undesirable, out = _earned_up_to(
            look, start[lead], start[lead + 1], 0.0, look, against_of[p], disqualified_of[p],
            at, pattern, action_points, against_points, disqualifies, rate,
        )  # fmt: skip
        values[0, r] = profile_of[p]
        values[1, r] = channel_of[p]
        values[2, r] = min(cap, actions)
        values[3, r] = undesirable
        disqualified[r] = out


@compiled
def contribute(leads, at_of, start, at, pattern, patterns, points, fades, rate, out):  # type: ignore[no-untyped-def]
    for r in range(len(leads)):
        for row in range(start[leads[r]], start[leads[r] + 1]):
            if at[row] > at_of[r]:
                break
            left = 2.0 ** (-(at_of[r] - at[row]) * rate)
            for c in range(len(points)):
                if patterns[pattern[row], c]:
                    out[r, c] += points[c] * (left if fades[c] else 1.0)


@compiled
def number_earned(  # type: ignore[no-untyped-def]
    first, last, leads, at_of, then, start, at, pattern, meant_from, meant, of_fields, worth, most, number
):
    have = np.zeros(len(worth), dtype=np.int64)
    before, looked, row, done = -1, 0, 0, np.int64(0)
    for r in range(first, last):
        lead = leads[r]
        # The rows of one lead mostly come in the order of their instants: then nothing is looked at twice.
        if lead != before or at_of[r] < looked:
            have[:] = 0
            row, done, before = start[lead], np.int64(0), lead
        looked = at_of[r]
        while row < start[lead + 1] and at[row] <= looked:
            p = pattern[row]
            for m in range(meant_from[p], meant_from[p + 1]):
                c = meant[m]
                if have[c] < most[c]:
                    have[c] += 1
                    done += worth[c]
            row += 1
        number[r] = done + of_fields[then[r]]


@compiled
def add_steps(  # type: ignore[no-untyped-def]
    kind, month, below, score, chance_of, own_of, chance, lowered_of, lowered, own_by_kind, own_by_month
):
    lowers = len(lowered_of) > 0
    for r in range(len(kind)):
        k, m, first, end = kind[r], month[r], below[r] + 1, score[r] + 1
        own = own_of[k, m]
        chance[first] += chance_of[k, m]
        chance[end] -= chance_of[k, m]
        own_by_kind[k, first] += own
        own_by_kind[k, end] -= own
        own_by_month[m, first] += own
        own_by_month[m, end] -= own
        if lowers:
            lowered[first] += lowered_of[k, m]
            lowered[end] -= lowered_of[k, m]
