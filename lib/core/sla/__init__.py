"""Promises, working time, clocks, attainment, and whether sales can answer so many."""
