"""The SLA page: who waits, whether the promise is kept, and what if it were another."""
