"""The kinds of event a hand-off is made of, in the order in which they count at one instant."""

from collections.abc import Mapping

EVENT_KINDS = (
    "mql",
    "assigned",
    "first_touch",
    "accepted",
    "rejected",
    "sql",
    "opportunity",
    "won",
    "lost",
    "recycled",
    "disqualified",
    "withdrawn",
    "retracted",
)
"""The kinds of hand-off events, in the order they count at one instant."""

IMPLYING: Mapping[str, tuple[str, ...]] = {
    "accepted": ("sql", "opportunity", "won"),
    "rejected": ("recycled", "disqualified"),
    "sql": ("opportunity", "won"),
    "opportunity": ("won",),
}
"""Which kinds of event imply a step that nobody stated."""
