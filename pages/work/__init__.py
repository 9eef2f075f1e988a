"""What one person works on: one lead at a time."""
