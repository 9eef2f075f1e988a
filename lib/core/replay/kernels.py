"""All that the replay has numba compile (docs/decisions/0002).

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
def _means(row, what, amount, mask, rule, low, high):  # type: ignore[no-untyped-def]
    if mask[what[row]] == 0:
        return False
    if rule == 0:
        return True
    if rule == 1:
        return low <= amount[row] <= high
    return np.isnan(amount[row])


@compiled
def mark_each(first, last, start, what, amount, mask, rule, low, high, limit, hit):  # type: ignore[no-untyped-def]
    for lead in range(first, last):
        found = 0
        for row in range(start[lead], start[lead + 1]):
            if found == limit:
                break
            if _means(row, what, amount, mask, rule, low, high):
                hit[row] = 1
                found += 1


@compiled
def keep_earliest(first, last, start, group, groups, limit, kept):  # type: ignore[no-untyped-def]
    found = np.zeros(groups, dtype=np.int64)
    found_of = np.full(groups, -1, dtype=np.int64)  # Whose: so that nothing is cleared between two leads.
    for lead in range(first, last):
        for row in range(start[lead], start[lead + 1]):
            g = group[row]
            if found_of[g] != lead:
                found_of[g], found[g] = lead, 0
            if found[g] < limit:
                found[g] += 1
                kept[row] = 1


@compiled
def mark_machines(  # type: ignore[no-untyped-def]
    first, last, start, at, what, clicks, opens, subject, subjects, at_once, enough, machine
):
    times = np.zeros(subjects, dtype=np.int64)
    for lead in range(first, last):
        begin, end = start[lead], start[lead + 1]
        clicked = 0
        for row in range(begin, end):
            clicked += clicks[what[row]]
        if clicked < enough:
            continue
        # Some time that holds clicks may as well end with the last of them.
        left, different, decided = begin, 0, begin
        for row in range(begin, end):
            if clicks[what[row]] == 0:
                continue
            while at[row] - at[left] > at_once:
                of = subject[what[left]]
                if clicks[what[left]] != 0 and of >= 0:
                    times[of] -= 1
                    different -= times[of] == 0
                left += 1
            of = subject[what[row]]
            if of >= 0:
                different += times[of] == 0
                times[of] += 1
            if different >= enough:
                for earlier in range(max(left, decided), row + 1):
                    machine[earlier] = clicks[what[earlier]]
                decided = row + 1
        for row in range(left, end):
            if clicks[what[row]] != 0 and subject[what[row]] >= 0:
                times[subject[what[row]]] = 0
        if decided == begin:
            continue
        before = -1
        for row in range(begin, end):
            if machine[row] != 0 and clicks[what[row]] != 0:
                before = row
            elif before >= 0 and opens[what[row]] != 0 and at[row] - at[before] <= at_once:
                machine[row] = 1
        after = -1
        for row in range(end - 1, begin - 1, -1):
            if machine[row] != 0 and clicks[what[row]] != 0:
                after = row
            elif after >= 0 and opens[what[row]] != 0 and at[after] - at[row] <= at_once:
                machine[row] = 1


@compiled
def mark_frequency(  # type: ignore[no-untyped-def]
    first, last, start, at, what, amount, mask, rule, low, high, count, within, hit
):
    recent = np.empty(count, dtype=np.int64)
    for lead in range(first, last):
        found = 0
        for row in range(start[lead], start[lead + 1]):
            if not _means(row, what, amount, mask, rule, low, high):
                continue
            recent[found % count] = at[row]
            found += 1
            if found >= count and at[row] - recent[found % count] <= within:
                hit[row] = 1
                break


@compiled
def mark_sequence(  # type: ignore[no-untyped-def]
    first, last, start, at, what, amount,
    mask_1, rule_1, low_1, high_1, mask_2, rule_2, low_2, high_2, within, hit,
):  # fmt: skip
    none = np.iinfo(np.int64).min
    for lead in range(first, last):
        newest, earlier = none, none  # The newest instant of a first activity, and the newest before that one.
        for row in range(start[lead], start[lead + 1]):
            now = at[row]
            if _means(row, what, amount, mask_2, rule_2, low_2, high_2):
                before = newest if newest < now else earlier
                if before != none and now - before <= within:
                    hit[row] = 1
                    break
            if _means(row, what, amount, mask_1, rule_1, low_1, high_1) and now != newest:
                earlier, newest = newest, now


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
    created_at, complete, lead_pattern, change_start, change_at, change_pattern, change_complete, start, at, pattern,
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
