"""Core values in, a Plotly figure out."""
