"""What leads cost and how many there were, and the goals."""
