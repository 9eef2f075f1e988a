"""Data from the systems where leads live: bring it in, see how fresh and sound it is, take an import back."""

from lib.ui import history_view, import_view, manage

manage.headline()
bring_in, imports = manage.tabs()
if bring_in.open:
    with bring_in:
        import_view.show()
if imports.open:
    with imports:
        history_view.show()
