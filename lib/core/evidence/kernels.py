"""All that the search for patterns has numba compile."""

from typing import Any

import numba
import numpy as np

compiled: Any = numba.njit(nogil=True, cache=True, error_model="numpy")


@compiled
def add_up(row, which, values, added):  # type: ignore[no-untyped-def]
    for k in range(len(row)):
        for v in range(values.shape[1]):
            added[which[k], v] += values[row[k], v]


@compiled
def mark_first(number, row, seen_by, first):  # type: ignore[no-untyped-def]
    for a in range(len(row)):
        if number[a] >= 0 and seen_by[number[a]] != row[a]:
            seen_by[number[a]] = row[a]
            first[a] = True


@compiled
def who_did(lead, at_of, start, at, last):  # type: ignore[no-untyped-def]
    for r in range(len(lead)):
        first, end = start[lead[r]], start[lead[r] + 1]
        last[r] = first + np.searchsorted(at[first:end], at_of[r], side="right")


@compiled
def follow_on(start, at, kind_step, pair_step, within, shown, place, row, which):  # type: ignore[no-untyped-def]
    # The newest instant of each step, and the newest before that one: what came at the same instant came not before.
    steps, spans = shown.shape[0], shown.shape[2]
    none = np.iinfo(np.int64).min
    newest, earlier = np.full(steps, none), np.full(steps, none)
    done_by = np.full((steps, steps, spans), -1)
    touched = np.empty(steps, dtype=np.int64)
    found = 0
    for r in range(len(start) - 1):
        count = 0
        for a in range(start[r], start[r + 1]):
            now = at[a]
            for second in (kind_step[a], pair_step[a]):
                if second < 0:
                    continue
                for t in range(count):
                    first = touched[t]
                    before = newest[first] if newest[first] < now else earlier[first]
                    if before == none:
                        continue
                    for span in range(spans):
                        if now - before <= within[span] and done_by[first, second, span] != r:
                            done_by[first, second, span] = r
                            shown[first, second, span] += 1
                            if place[first, second, span] >= 0:
                                row[found] = r
                                which[found] = place[first, second, span]
                                found += 1
            for step in (kind_step[a], pair_step[a]):
                if step >= 0 and newest[step] != now:
                    if newest[step] == none:
                        touched[count] = step
                        count += 1
                    earlier[step] = newest[step]
                    newest[step] = now
        for t in range(count):
            newest[touched[t]] = none
            earlier[touched[t]] = none
