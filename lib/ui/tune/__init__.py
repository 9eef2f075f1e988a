"""The Tune page: the draft in hand, its controls, and what it comes to."""
