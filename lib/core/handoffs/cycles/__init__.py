"""Cycles: what becomes of a lead from its hand-off events, plainly for one lead, and compiled for all."""
