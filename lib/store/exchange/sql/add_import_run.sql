-- Note an import. Returns nothing.
insert into import_run (run, imported_at, what, files, tables, rejected, unknown_values, undoable, notes_said)

values ($run, $imported_at, $what, $files, $tables, $rejected, $unknown_values, $undoable, true)
