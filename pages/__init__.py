"""The screens: each asks, computes by one call, and shows."""
