"""What an import did not take of its files, and until when that is a problem."""
