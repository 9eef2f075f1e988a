"""Invented data: leads, what they did and what sales made of them, the same for the same seed and end."""
