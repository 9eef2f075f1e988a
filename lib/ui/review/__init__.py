"""The Review page: the weekly meeting."""
