"""The passes over activities that numba compiles: which of them a condition means, and which of these count."""

import numpy as np

from lib.core.replay.kernels import compiled


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
