"""The kinds of event a hand-off is made of, in the order in which they count at one instant."""

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
