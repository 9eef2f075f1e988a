"""What sales would make of a draft's leads."""
