"""Invented data: leads, what they did and what sales made of them, the same for the same seed and end."""

from lib.sample.invention import invent

__all__ = ["invent"]
