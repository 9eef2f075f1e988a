"""Reps, and hand-offs set against the promises."""
