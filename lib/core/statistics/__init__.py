"""Rates with their evidence, tests, corrections and regression."""
