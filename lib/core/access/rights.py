"""What there is to be done here, and who may do it by their role."""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Role(StrEnum):
    """What somebody is here; one may be several."""

    VIEWER = "viewer"
    MEMBER = "member"
    LEAD = "lead"
    OPERATOR = "operator"


class Right(StrEnum):
    """One thing that may be done; whoever may nothing else sees the pages."""

    DRAFT = "edit drafts"
    NOTE = "keep a meeting's notes"
    PROPOSE = "propose and withdraw"
    SIGN = "sign for their side"
    ANSWER = "answer hand-offs"
    HAND_OVER = "hand leads over"
    IMPORT = "bring data in, and take it back"
    MERGE = "make leads one person, and part them"
    OPERATE = "back up, restore, erase, and say who may what"


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.VIEWER: frozenset(),
    Role.MEMBER: frozenset({Right.DRAFT, Right.NOTE, Right.ANSWER, Right.HAND_OVER}),
    Role.LEAD: frozenset({Right.DRAFT, Right.NOTE, Right.ANSWER, Right.HAND_OVER, Right.PROPOSE, Right.SIGN}),
    Role.OPERATOR: frozenset({Right.NOTE, Right.HAND_OVER, Right.IMPORT, Right.MERGE, Right.OPERATE}),
}
"""By role; answering is of sales alone, proposing and signing of whoever has a side (`rights_of`)."""

EVERY = frozenset(Right)


def rights_of(roles: Iterable[Role], *, answers: bool, has_side: bool) -> frozenset[Right]:
    """What these roles together allow; `answers`: to one of sales."""
    found = frozenset().union(*(RIGHTS[role] for role in roles))
    without = set() if answers else {Right.ANSWER}
    return found - (without if has_side else without | {Right.PROPOSE, Right.SIGN})
