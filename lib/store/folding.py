"""The one folding of spellings in queries: `folded(text)`, equal to the core's over all of Unicode."""

from contextlib import suppress

import duckdb
import pyarrow as pa
from duckdb.func import PythonUDFType
from duckdb.sqltypes import VARCHAR

from lib.core.folding import folded_texts
from lib.store.statements import statement


def teach_folding(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes what `folded` asks known to every cursor of a connection, while it is open: no file keeps it."""
    # There already where this process has the same file open a second time.
    with suppress(duckdb.CatalogException):
        connection.create_function("folded_by_python", _folded, [VARCHAR], VARCHAR, type=PythonUDFType.ARROW)


def put_foldings(cursor: duckdb.DuckDBPyConnection) -> None:
    """Puts `folded` and `folded_address` into the database; those that are there stay."""
    cursor.execute(statement("foldings"))


def _folded(texts: pa.ChunkedArray) -> pa.Array:
    # A column repeats its texts; each is folded once.
    encoded = texts.combine_chunks().dictionary_encode()
    return folded_texts(encoded.dictionary).take(encoded.indices)
