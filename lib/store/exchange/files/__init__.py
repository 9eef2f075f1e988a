"""Data files as rows of text, by format."""
