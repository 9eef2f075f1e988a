"""The commands of `python -m lib`, one file a theme; what they share is in asking, writing and parsing."""
