"""Many leads' cycles derived at once, by compiled code (docs/decisions/0031)."""

from dataclasses import fields

import numpy as np
import numpy.typing as npt

from lib.core.handoffs.cycles.derived import Derived, Events
from lib.core.handoffs.cycles.kernels import derive_all


def derive(events: Events, as_of: int) -> Derived:
    """The cycles of all leads as of an instant (microseconds)."""
    every = (_read_only(getattr(events, field.name)) for field in fields(events))
    return Derived(*derive_all(*every, as_of))


def _read_only(values: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    """The same values, not to be written: numba compiles once for these and once for others."""
    seen = values.view()
    seen.flags.writeable = False
    return seen


def warm_up() -> None:
    """Compile the kernels; the machine code is kept on disk."""
    instants, codes, marks = np.zeros(1, np.int64), np.zeros(1, np.int32), np.zeros(1, np.bool_)
    derive(
        Events(
            start=np.array([0, 1]),
            at=instants,
            step=np.ones(1, np.int8),
            gone=marks,
            day_ends=instants,
            actor=codes,
            to_queue=marks,
            has_reason=marks,
            reason_known=marks,
            has_amount=marks,
            is_contact=marks,
            content=instants,
        ),
        as_of=1,
    )


if __name__ == "__main__":
    warm_up()
