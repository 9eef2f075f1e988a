"""What the decisions say about the criteria, and about what no criterion uses."""
