"""Which version of a database's agreement is in force at an instant."""

from lib.core.agreement.versions import Version, in_force
from lib.store.agreement.versions import load_versions
from lib.store.database import Database


def version_in_force(database: Database, at: int) -> Version:
    found = in_force(load_versions(database, at), at)
    assert found is not None
    return found
