"""Data from the systems where leads live: bring it in, see how fresh and sound it is, take an import back."""

from lib.ui.data import backups, board, export, importing, past_imports
from lib.ui.data import duplicates as data_duplicates
from lib.ui.data import freshness as data_freshness
from lib.ui.data import quality as data_quality
from lib.ui.now import present

snapshot = present.snapshot()
board.headline(snapshot)
bring_in, imports, freshness, quality, duplicates, take_out = board.tabs()
if bring_in.open:
    with bring_in:
        importing.show()
if imports.open:
    with imports:
        past_imports.show()
if freshness.open:
    with freshness:
        data_freshness.show(snapshot)
        backups.show(snapshot)
if quality.open:
    with quality:
        data_quality.show(snapshot)
if duplicates.open:
    with duplicates:
        data_duplicates.show(snapshot)
if take_out.open:
    with take_out:
        export.show(snapshot)
