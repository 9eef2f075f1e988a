"""The Lead page: one lead, its score over time, and why."""
