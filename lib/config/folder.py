"""The configuration folder: every file is checked whole before anything runs."""

import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from lib.config.agreement import read_agreement
from lib.config.app import AppSettings, read_app
from lib.config.people import read_people
from lib.config.reasons import read_answers
from lib.config.sla import read_policy
from lib.config.source_text import write_source
from lib.config.sources import read_source
from lib.config.yaml_tree import MOST_BYTES, read_yaml, too_long
from lib.core.access.people import Others, Person
from lib.core.definition.criteria import Category, Definition
from lib.core.errors import ConfigRefused, Fault, Refused
from lib.core.exchange.mappings import Source
from lib.core.handoffs.answers import Answers
from lib.core.sla.promises import Policy

Value = TypeVar("Value")

Reader = Callable[[str, str], object]

SHIPPED = Path(__file__).parents[2] / "config"
"""The configuration that comes with the code."""

SOURCES = "sources"
"""The folder of the source mappings inside the configuration folder."""


@dataclass(frozen=True)
class Config:
    """What a configuration folder says; `sources` by the name of their file without `.yaml`."""

    definition: Definition
    definition_text: str
    policy: Policy
    answers: Answers
    people: tuple[Person, ...]
    others: tuple[Others, ...]
    queues: tuple[str, ...]
    sources: Mapping[str, Source]
    app: AppSettings


def read_folder(folder: Path) -> Config:
    """The configuration in a folder.

    A file the folder lacks is taken from the configuration that comes with the
    code, and so is a source mapping; a folder need only hold what differs.
    Raises Refused with every fault of every file, one that cannot be read included.
    """
    faults: list[Fault] = []

    def read(name: str, reader: Callable[[str, str], Value]) -> Value | None:
        own = folder / name
        try:
            return reader(read_text(own if own.exists() else SHIPPED / name), name)
        except Refused as refused:
            faults.extend(refused.faults)
            return None

    if not folder.is_dir():
        raise ConfigRefused(Fault(str(folder), "there is no such folder", "Name the folder of definition.yaml."))
    definition = read("definition.yaml", lambda text, file: (read_agreement(text, file).definition, text))
    policy = read("sla.yaml", read_policy)
    answers = read("reasons.yaml", read_answers)
    people = read("people.yaml", read_people)
    app = read("app.yaml", read_app)
    mappings = sorted({path.name for home in (SHIPPED, folder) for path in (home / SOURCES).glob("*.yaml")})
    sources = {Path(name).stem: read(f"{SOURCES}/{name}", read_source) for name in mappings}
    if definition is None or policy is None or answers is None or people is None or app is None or faults:
        raise Refused(faults)
    return Config(
        definition=definition[0],
        definition_text=definition[1],
        policy=policy,
        answers=answers,
        people=people.people,
        others=people.others,
        queues=people.queues,
        sources={name: source for name, source in sources.items() if source is not None},
        app=app,
    )


def sources_as_of(folder: Path) -> tuple[tuple[Path, int], ...]:
    """The files of the mappings that count in a folder, with when each was changed (nanoseconds): a cache key."""
    own = {path.name: path for home in (SHIPPED, folder) for path in (home / SOURCES).glob("*.yaml")}
    return tuple((path, path.stat().st_mtime_ns) for _, path in sorted(own.items()))


def read_sources(files: Iterable[Path]) -> tuple[dict[str, Source], tuple[Fault, ...]]:
    """The source mappings in these files by name, and what is wrong with the others."""
    found: dict[str, Source] = {}
    faults: list[Fault] = []
    for path in files:
        try:
            found[path.stem] = read_source(read_text(path), f"{SOURCES}/{path.name}")
        except Refused as refused:
            faults += refused.faults
    return found, tuple(faults)


NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


def save_source(folder: Path, name: str, source: Source) -> Path:
    """Writes a new mapping under a folder's sources, whole or not at all, and returns its file.

    Raises ConfigRefused where the name is none for a file or is taken, where
    the mapping would not be read back, or where the folder cannot be written to.
    """
    where = f"{SOURCES}/{name}.yaml"
    if not NAME.fullmatch(name):
        what = "is no name for a mapping"
        raise ConfigRefused(Fault(where, what, "Use small letters, digits, - and _, like 'our-crm'."))
    path = folder / SOURCES / f"{name}.yaml"
    if path.exists() or (SHIPPED / SOURCES / path.name).exists():
        raise ConfigRefused(Fault(where, "there is a mapping of that name", "Choose another name."))
    text = write_source(source)
    read_source(text, where)
    unfinished = path.with_suffix(".yaml.part")
    try:
        path.parent.mkdir(exist_ok=True)
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        raise ConfigRefused(
            Fault(where, f"cannot be written ({error.strerror})", "Make the configuration folder writable.")
        ) from error
    return path


READERS: Mapping[str, Reader] = {
    "definition.yaml": read_agreement,
    "sla.yaml": read_policy,
    "reasons.yaml": read_answers,
    "people.yaml": read_people,
    "app.yaml": read_app,
}
"""The reader of a file by its name."""

KEYS_TELLING: tuple[tuple[frozenset[str], Reader], ...] = (
    (frozenset({"mql", *Category}), read_agreement),
    (frozenset({"calendars", "promises"}), read_policy),
    (frozenset({"reasons", "accept", "sql"}), read_answers),
    (frozenset({"people"}), read_people),
    (frozenset({"files"}), read_source),
    (frozenset({"backup", "route", "webhook", "money"}), read_app),
)
"""The reader of a file of another name, by any of the keys at its top."""


def check_file(path: Path) -> None:
    """Nothing, where the file is a valid configuration file of any kind.

    Raises Refused with every fault, ConfigRefused for a file that cannot be
    read or is of no known kind.
    """
    text, file = read_text(path), str(path)
    _reader_of(path, text)(text, file)


def _reader_of(path: Path, text: str) -> Reader:
    if path.name in READERS:
        return READERS[path.name]
    if path.parent.name == SOURCES:
        return read_source
    keys = read_yaml(text, str(path), ConfigRefused, lambda root: root.peek().keys())
    for telling, reader in KEYS_TELLING:
        if telling & keys:
            return reader
    raise ConfigRefused(
        Fault(
            str(path),
            "neither its name nor its keys say which kind of file it is",
            f"Call it {', '.join(READERS)}, put it under {SOURCES}, or give it one of their keys.",
        )
    )


def read_text(path: Path) -> str:
    """The text of a file in UTF-8; ConfigRefused where it is missing, cannot be read or is too long."""
    try:
        with path.open("rb") as stream:
            # A mark of its encoding is no part of it.
            start = stream.read(MOST_BYTES + 4)
        if len(start) > MOST_BYTES + 3:
            raise ConfigRefused(too_long(str(path)))
        return io.TextIOWrapper(io.BytesIO(start), encoding="utf-8-sig").read()
    except FileNotFoundError as error:
        fault = Fault(str(path), "there is no such file", "Check the name, or put the file there.")
        raise ConfigRefused(fault) from error
    except IsADirectoryError as error:
        raise ConfigRefused(Fault(str(path), "it is a folder", "Name a file.")) from error
    except UnicodeDecodeError as error:
        raise ConfigRefused(Fault(str(path), "it is not text in UTF-8", "Save it as UTF-8.")) from error
    except OSError as error:
        raise ConfigRefused(Fault(str(path), f"it cannot be read ({error.strerror})", "Check its rights.")) from error
