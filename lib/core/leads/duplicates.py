"""Which leads may be one person: by the same e-mail address, or by name and company that are nearly the same."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from lib.core.errors import Refused

NAME_LIKENESS = 90
COMPANY_LIKENESS = 85
"""Of 100, the least at which two names, or companies, are nearly the same."""


@dataclass(frozen=True, slots=True)
class Known:
    """A lead as it is compared: texts in lower case, of which at least the company and a name are known."""

    lead_id: str
    name: str
    company: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two leads that may be one person, the one created first in front; `likeness` of 100, `why` in words."""

    first: str
    second: str
    likeness: float
    why: str


def alike(block: Sequence[Known]) -> list[Pair]:
    """The pairs of a block, given in the order of creation, whose names and companies are nearly the same.

    Words may stand in any order. Names are compared all with all, so that the
    cost grows with the square of the block; a company only where the names are alike.
    """
    names = [one.name for one in block]
    likeness = process.cdist(names, names, scorer=fuzz.token_sort_ratio, score_cutoff=NAME_LIKENESS, dtype=np.float32)
    pairs = []
    for first, second in zip(*np.nonzero(np.triu(likeness, k=1)), strict=True):
        one, other = block[int(first)], block[int(second)]
        company = fuzz.token_sort_ratio(one.company, other.company)
        if company >= COMPANY_LIKENESS:
            name = float(likeness[first, second])
            why = f"name {name:.0f} and company {company:.0f} of 100 alike"
            pairs.append(Pair(one.lead_id, other.lead_id, round(min(name, company), 1), why))
    return pairs


class MergeRefused(Refused):
    """Two leads cannot be merged, or parted; nothing was changed."""


@dataclass(frozen=True)
class Duplicates:
    """The pairs found, at most `PAIRS_KEPT` of each way; `not_compared` leads were in too large a crowd by name."""

    pairs: tuple[Pair, ...]
    not_compared: int


@dataclass(frozen=True)
class Merge:
    """A merge that stands: the lead `gone` is part of the one `kept`; `at` in microseconds."""

    merge: int
    kept: str
    gone: str
    at: int
    who: str
