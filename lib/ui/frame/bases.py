"""By what MQLs are counted: three counts of the same weeks that rightly differ, each in words where it is shown."""

QUALIFIED = (
    "Tune, Scenarios and predictions count who qualifies in these days under a definition, replayed over all history, "
    "and who does so again after sales sent it back"
)

HANDED_OVER = (
    "Acceptance, SLA and Review's figures count what was really handed over in these days, whenever it qualified and "
    "whoever ran it; a lead handed over twice counts twice"
)

CREATED = (
    "Review's funnel counts leads created in these days, each once in every step that it reached, whenever that was"
)

CLOSED = (
    "Closed: lost, or withdrawn, before sales decided. Neither open nor decided, so it waits no more and is not "
    "counted as rejected."
)
"""What a hand-off is that ended without sales' decision, wherever they are counted."""


def others(than: str) -> str:
    """What the other counts are, beside one of them, in sentences."""
    return " ".join(f"{basis}." for basis in (QUALIFIED, HANDED_OVER, CREATED) if basis is not than)
