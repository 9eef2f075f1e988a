"""The databases and files of the store's tests, for what is composed above it."""

from tests.store.conftest import db, load, rows, write

__all__ = ["db", "load", "rows", "write"]
