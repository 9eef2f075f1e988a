"""From which e-mail domains clicks come that a machine made: whose mail is scanned before anybody reads it."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.core.arrays import UNKNOWN, Mask
from lib.core.folding import folded_texts
from lib.core.leads.history import History


@dataclass(frozen=True, slots=True)
class Scanned:
    """One e-mail domain (None: unknown): the activities of its leads that are a machine's, and of how many leads."""

    domain: str | None
    activities: int
    leads: int
    of_leads: int


def scanned(history: History, by_machine: Mask, as_of: int) -> tuple[Scanned, ...]:
    """The domains of the leads for whom a machine did something (m,) up to an instant, the most activities first.

    `of_leads` counts all leads of the domain that were created by then.
    """
    rows = np.flatnonzero(by_machine & (history.activity_at <= as_of))
    of_row = np.searchsorted(history.activity_start, rows, side="right") - 1
    known = history.created_at <= as_of
    of_row = of_row[known[of_row]]
    email = history.column("email")
    domains = pc.struct_field(pc.extract_regex(folded_texts(email.values.cast(pa.string())), r"@(?P<d>[^@\s]+)$"), "d")
    encoded = domains.dictionary_encode()
    codes = np.append(pc.fill_null(encoded.indices, UNKNOWN).to_numpy(zero_copy_only=False), UNKNOWN)
    # The blank domain is the last one.
    names = [*encoded.dictionary.to_pylist(), None]
    domain_of = codes[email.codes] % len(names)
    activities = np.bincount(domain_of[of_row], minlength=len(names))
    leads = np.bincount(domain_of[np.unique(of_row)], minlength=len(names))
    of_leads = np.bincount(domain_of[known], minlength=len(names))
    found = [Scanned(names[n], int(activities[n]), int(leads[n]), int(of_leads[n])) for n in np.flatnonzero(activities)]
    return tuple(sorted(found, key=lambda one: (-one.activities, one.domain or "")))
