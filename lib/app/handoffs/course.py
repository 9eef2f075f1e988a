"""What happened to one lead, line by line, with its hand-offs: both of one state of the data."""

from dataclasses import dataclass

from lib.app.deployment import Deployment
from lib.app.remembered import Aside, remembered
from lib.app.snapshot import Sales
from lib.core.handoffs.course import Line, course
from lib.core.handoffs.handoffs import Handoffs
from lib.store.database import Look
from lib.store.handoffs.course import load_known


@dataclass(frozen=True, eq=False)
class Course:
    """One lead's hand-offs, and each thing that happened to it."""

    sales: Sales
    handoffs: Handoffs
    lines: tuple[Line, ...]


def course_of(deployment: Deployment, lead_id: str) -> Course:
    """What happened to a lead up to now; nothing of one that was never handed over and of whom no event is known."""
    return deployment.together(lambda snapshot, look: _course(snapshot.sales, lead_id, Aside(look)))


@remembered(64)
def _course(sales: Sales, lead_id: str, look: Aside[Look]) -> Course:
    handoffs = sales.handoffs.of_lead(lead_id)
    return Course(sales, handoffs, course(load_known(look.given, lead_id), handoffs))
