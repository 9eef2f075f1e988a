"""What the meeting allows a suggestion to change: how many criteria, which not, how far, for how many MQLs a week."""

from collections.abc import Mapping
from dataclasses import dataclass

from lib.core.definition.criteria import Category, Definition
from lib.core.errors import Fault, NotFound, did_you_mean

CHANGES = 3
"""So many criteria get other points at most, where nobody says how many."""

MOST_POINTS = 30
"""A changed criterion gets so many points at most, or as many as the definition's largest has, where nobody says."""


@dataclass(frozen=True, slots=True)
class Constraints:
    """What the meeting allows; None is what the definition itself has.

    Changed points keep their category's sign and are at most `most_points`; criteria named in `frozen` keep theirs, as
    do disqualifiers and what is switched off. At most `changes` criteria change; the threshold follows from
    `mqls_per_week`.
    """

    mqls_per_week: float | None = None
    changes: int = CHANGES
    frozen: tuple[str, ...] = ()
    most_points: int | None = None

    def checked(self, definition: Definition) -> "Constraints":
        """These; refused where they name a criterion that there is not."""
        ids = [criterion.id for criterion in definition.criteria]
        unknown = [name for name in self.frozen if name not in ids]
        if unknown:
            raise NotFound(
                Fault(f"frozen criterion '{name}'", "no criterion has this id", did_you_mean(name, ids))
                for name in unknown
            )
        return self

    def bounds(self, definition: Definition) -> Mapping[str, tuple[int, int]]:
        """By id, the lowest and highest points of each criterion that may change."""
        largest = max((abs(criterion.points) for criterion in definition.active()), default=0)
        most = max(MOST_POINTS, largest) if self.most_points is None else self.most_points
        return {
            criterion.id: (-most, 0) if criterion.category is Category.UNDESIRABLES else (0, most)
            for criterion in definition.active()
            if not criterion.disqualify and criterion.id not in self.frozen
        }
