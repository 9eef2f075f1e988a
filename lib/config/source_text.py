"""A system's mapping as the YAML text that `lib.config.sources` reads."""

from typing import Any

import yaml

from lib.core.exchange.mappings import CellTest, Condition, Export, FileMapping, Source, TableMapping


def write_source(source: Source) -> str:
    """The YAML text that `read_source` reads as this source; what has its default value is left out."""
    written: dict[str, Any] = {"name": source.name, "files": [_file_as_written(file) for file in source.files]}
    if source.ids:
        written["ids"] = source.ids
    if source.export:
        written["export"] = {kind: _plain(_export_as_written(export)) for kind, export in source.export.items()}
    return yaml.safe_dump(written, sort_keys=False, allow_unicode=True, width=120)


def _file_as_written(file: FileMapping) -> dict[str, Any]:
    return _plain(
        {
            "what": file.what,
            "headings": list(file.headings[0]) if len(file.headings) == 1 else [list(one) for one in file.headings],
            "names": {name: _one_or_list(texts) for name, texts in file.names.items()},
            "time_zone": file.time_zone,
            "date_format": _one_or_list(file.date_formats),
            "decimal": file.decimal,
            "currency": file.currency,
            "blank": _one_or_list(file.blank),
            "placeholders": "" if file.placeholders else "kept",
            "ignore": dict(file.ignore),
            "unused": file.unused,
            "tables": [_plain(_table_as_written(table)) for table in file.tables],
        }
    )


def _table_as_written(table: TableMapping) -> dict[str, Any]:
    return {
        "table": table.table,
        "id_of": table.id_of,
        "key": _one_or_list(table.key),
        "moves": table.moves,
        "columns": {column: _one_or_list(texts) for column, texts in table.columns.items()},
        "constants": dict(table.constants),
        "values": {column: dict(values) for column, values in table.values.items()},
        "rest": list(table.rest),
        "others": table.others,
        "when": {heading: _condition_as_written(one) for heading, one in table.when.items()},
        "unless": {heading: _condition_as_written(one) for heading, one in table.unless.items()},
        "when_known": _one_or_list(table.when_known),
        "each": dict(table.each),
        "gone": {heading: _condition_as_written(one) for heading, one in table.gone.items()},
        "gone_at": _one_or_list(table.gone_at),
        "of_several": table.of_several,
        "undated": table.undated,
    }


def _condition_as_written(condition: Condition) -> str | list[str] | dict[str, Any]:
    if not isinstance(condition, CellTest):
        return _one_or_list(condition)
    known = {} if condition.known is None else {"known": condition.known}
    texts = {"starts_with": condition.starts_with, "is_not": condition.is_not}
    said = {name: _one_or_list(found) for name, found in texts.items() if found}
    return {**known, **said, **dict(condition.bounds)}


def _export_as_written(export: Export) -> dict[str, Any]:
    return {
        "columns": dict(export.columns),
        "constants": dict(export.constants),
        "values": {column: dict(values) for column, values in export.values.items()},
        "time_zone": export.time_zone,
        "date_format": export.date_format,
    }


def _one_or_list(texts: tuple[str, ...]) -> str | list[str]:
    return texts[0] if len(texts) == 1 else list(texts)


def _plain(written: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in written.items() if value or key == "columns"}
