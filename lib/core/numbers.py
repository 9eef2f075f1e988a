"""What a text has to look like to be a number, and how near two sums count as equal."""

import re

TOLERANCE = 1e-9
"""What a sum of faded points may miss a whole point or a minimum by and still have reached it."""

NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
"""Digits with an optional sign, point and exponent: what counts as a number in a text."""
