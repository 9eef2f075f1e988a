"""Data from the systems where leads live: bring it in, see how fresh and sound it is, take an import back."""

from lib.ui import (
    backups_view,
    duplicates_view,
    export_view,
    freshness_view,
    history_view,
    import_view,
    manage,
    quality_view,
)

manage.headline()
bring_in, imports, freshness, quality, duplicates, take_out = manage.tabs()
if bring_in.open:
    with bring_in:
        import_view.show()
if imports.open:
    with imports:
        history_view.show()
if freshness.open:
    with freshness:
        freshness_view.show()
        backups_view.show()
if quality.open:
    with quality:
        quality_view.show()
if duplicates.open:
    with duplicates:
        duplicates_view.show()
if take_out.open:
    with take_out:
        export_view.show()
