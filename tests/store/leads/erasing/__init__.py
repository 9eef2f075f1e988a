"""Erasing a person, in the store."""
