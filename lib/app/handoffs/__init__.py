"""Handing over: by which terms, and what going live brings."""
