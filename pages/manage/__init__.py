"""Where data comes in, is looked after, and goes out."""
