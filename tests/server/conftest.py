"""A new database in a temporary folder, as the tests of the store have it."""

from tests.store.conftest import db

__all__ = ["db"]
