"""Every command the documents show is one, with the options it is shown with, and it runs."""

import argparse
import gzip
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from lib import __main__ as command_line
from tests.docs.documents import ROOT, SPAN, blocks, documents, name_of, spans, table, text_of

ROWS = [SPAN.findall(commands) for commands, _ in table(text_of("README.md"), "command")]
"""The usages in each row of the README's table, like `score --definition FILE [--as-of T]`."""

OURS = re.compile(r"(?:\.venv/bin/)?python -m lib ")
PLACEHOLDER = re.compile(r"[A-Z][A-Z_]*(\.[a-z]+)?")
WORD = re.compile(r"[\[\]()]|[^\s\[\]()]+")


class Recorded(command_line.Commands):
    """The parser of every command, by its name."""

    def __init__(self) -> None:
        super().__init__(argparse.ArgumentParser())
        self.parsers: dict[str, argparse.ArgumentParser] = {}
        for theme in command_line.THEMES:
            theme.add_commands(self)

    def add(self, name: str, run: Callable[[argparse.Namespace], None]) -> argparse.ArgumentParser:
        self.parsers[name] = super().add(name, run)
        return self.parsers[name]


PARSERS = Recorded().parsers


def options_of(command: str) -> dict[str, argparse.Action]:
    """The options of a command."""
    return {name: action for action in PARSERS[command]._actions for name in action.option_strings}


def shown() -> Iterator[tuple[Path, str]]:
    """Every command with an option that a document shows, in a block or in a line."""
    for path in documents():
        lines = [line for block in blocks(path, "sh", "bash") for line in joined(block.text).splitlines()]
        for text in [*lines, *(span for _, span in spans(path))]:
            named = OURS.sub("", text, count=1).split(" #")[0]
            if " --" in named and named.split()[0] in PARSERS:
                yield path, named


def joined(script: str) -> str:
    """A script, each command of it in one line."""
    return script.replace("\\\n", " ")


def test_the_readme_lists_every_command_and_no_other() -> None:
    assert sorted(usage.split()[0] for row in ROWS for usage in row) == sorted(PARSERS)


@pytest.mark.parametrize("usage", [usage for row in ROWS for usage in row])
def test_what_the_readme_lists_to_choose_from_is_what_there_is(usage: str) -> None:
    command, *words = (word for word in WORD.findall(usage) if word not in "[]()|")
    choices = [set(map(str, action.choices)) for action in PARSERS[command]._actions if action.choices is not None]

    assert [word for word in words if "|" in word and set(word.split("|")) not in choices] == []


def test_every_option_the_documents_show_is_one() -> None:
    unknown = [
        f"{name_of(path)}: {text}"
        for path, text in shown()
        for option in re.findall(r"(?<=[\s(\[])--[a-z][a-z0-9-]*", text)
        if option not in options_of(text.split()[0])
    ]

    assert "import *.csv --source hubspot" in {text for _, text in shown()}
    assert unknown == []


def test_data_readme_says_what_can_be_imported_as_what() -> None:
    kinds = [kind.strip("`") for kind, *_ in table(text_of("data/README.md"), "`--as`")]

    assert kinds == list(options_of("import")["--as"].choices or ())


def test_every_make_target_the_documents_name_is_one() -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))
    code = [text for path in documents() for _, text in spans(path)]
    code += [block.text for path in documents() for block in blocks(path, "sh", "bash")]

    named = {target for text in code for target in re.findall(r"(?:^|\s)make ([a-z]+)", text)}

    assert named >= {"run", "test", "check"}
    assert named <= targets


# What the commands are run on.

LEAD = "lead_id,created_at,email\nx1,2026-11-01,ann@example.com\n"
ACTIVITY = "lead_id,occurred_at,kind,subject\nx1,2026-11-02,page_view,/pricing\n"
OLIST = {
    "olist_marketing_qualified_leads_dataset.csv": (
        "mql_id,first_contact_date,landing_page_id,origin\nm1,2018-02-01,p1,organic_search\n"
    ),
    "olist_closed_deals_dataset.csv": "mql_id,seller_id,sdr_id,sr_id,won_date\nm1,s1,d1,r1,2018-02-20 10:00:00\n",
}
HUBSPOT = "Record ID,First Name,Last Name,Email,Create Date\n501,Ann,Lee,ann@example.com,2026-11-01 09:00\n"


def done(*arguments: str) -> None:
    assert command_line.main(arguments) == command_line.DONE


@pytest.fixture(scope="session")
def stage(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like a checkout: configuration, a database of invented leads with one import, and files to load."""
    folder = tmp_path_factory.mktemp("stage")
    shutil.copytree(ROOT / "config", folder / "config")
    shutil.copytree(ROOT / "docs" / "examples", folder / "docs" / "examples")
    (folder / "data").mkdir()
    database = shutil.copy(sample_database, folder / "data" / "handshake.duckdb")
    sources = ROOT / "docs" / "sources.md"
    files = {
        "leads.csv": LEAD,
        **OLIST,
        "export/contacts.csv": HUBSPOT,
        "people.csv": next(blocks(sources, "csv")).text,
        "config/sources/crm.yaml": next(blocks(sources, "yaml")).text,
        "draft.yaml": text_of("config/definition.yaml").replace("threshold: 60", "threshold: 55"),
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "activities.csv.gz").write_bytes(gzip.compress(ACTIVITY.encode()))
    on_it = ("--db", str(database), "--config", str(folder / "config"))
    done("import", str(folder / "leads.csv"), "--as", "lead", *on_it)
    done("backup", str(folder / "kept.duckdb"), *on_it)
    return folder


# The table of the README.

VALUES = {
    "DB": "data/another.duckdb",
    "FILE": "draft.yaml",
    "FILE.yaml": "suggested.yaml",
    "GONE": "L0000602",
    "HASH": "",  # what the command before printed
    "ID": "demo",
    "K": "2",
    "KEPT": "L0000601",
    "KIND": "lead",
    "LEAD_ID": "L0000001",
    "N": "2",
    "NAME": "Tom Okafor",
    "S": "7",
    "TEXT": "We said so",
    "WHICH": "recent:30d",
    "--as-of": "2026-11-01",
    "--from": "2026-06-01",
    "--leads": "30",
    "--on": "2026-11-16",
    "--out": "out.csv",
    "--source": "generic",
    "--starts": "2126-01-01",
    "--to": "2026-09-07",
    "agreement --version": "1",
    "problems --kind": "repeat",
    "backup FILE": "copy.duckdb",
    "import FILE": "leads.csv",
    "restore FILE": "kept.duckdb",
    # Before its first entry a chain ends with the hash of the first version.
    "verify --head": f"0:{sha256(text_of('config/definition.yaml').encode()).hexdigest()}",
}
"""What stands for a placeholder: after which option or for which command, else everywhere."""

NOTHING_TO_SAY = {"minutes": "nothing was noted"}
"""What a database of invented leads has nothing of, and the words that say so."""


def expanded(words: Iterator[str], most: bool) -> list[str]:
    """A usage with the first of its alternatives and no optional part, or with the last and all of them."""
    alternatives: list[list[str]] = [[]]
    for word in words:
        if word == "[":
            inside = expanded(words, most)
            alternatives[-1] += inside if most else []
        elif word == "(":
            alternatives[-1] += expanded(words, most)
        elif word in ("]", ")"):
            break
        elif word == "|":
            alternatives.append([])
        else:
            alternatives[-1].append(word.removesuffix("…").split("|")[-1 if most else 0])
    return alternatives[-1 if most else 0]


def filled(usage: str, most: bool, values: dict[str, str]) -> list[str]:
    """The arguments of a usage, a value for each placeholder."""
    command, *words = expanded(iter(WORD.findall(usage)), most)
    arguments = [command]
    for word in words:
        if PLACEHOLDER.fullmatch(word):
            keys = (f"{command} {arguments[-1]}", arguments[-1], f"{command} {word}", word)
            arguments.append(next(values[key] for key in keys if key in values))
        else:
            arguments.append(word)
    return arguments


@pytest.mark.parametrize("most", [False, True], ids=["shortest", "longest"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].split()[0])
def test_the_commands_of_the_readme_run(
    row: list[str],
    most: bool,
    stage: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = shutil.copytree(stage, tmp_path / "checkout")
    monkeypatch.chdir(folder)
    monkeypatch.delenv("HANDSHAKE_CONFIG", raising=False)
    values = dict(VALUES)

    for usage in row:
        arguments = filled(usage, most, values)
        status = command_line.main(arguments)
        printed, said = capsys.readouterr()
        values["HASH"] = next(iter(re.findall(r"\b[0-9a-f]{64}\b", printed)), "")
        if arguments[0] in NOTHING_TO_SAY:
            assert status == command_line.REFUSED, arguments
            assert NOTHING_TO_SAY[arguments[0]] in said
        else:
            assert status == command_line.DONE, (arguments, said)


# What stands in blocks.


def script_of(path: Path) -> str:
    """A document's shell blocks, and what it shows of our own commands in a line, in the order they stand in."""
    parts = [(block.at, block.text) for block in blocks(path, "sh", "bash")]
    parts += [(at, span) for at, span in spans(path) if OURS.match(span) and not is_pattern(span)]
    return "\n".join(text for _, text in sorted(parts))


def is_pattern(text: str) -> bool:
    """Does a command have something in it to be replaced?"""
    return "…" in text or any(PLACEHOLDER.fullmatch(word) for word in WORD.findall(text))


SCRIPTS = {path: script_of(path) for path in documents() if script_of(path)}

STANDS_FOR = {
    "bin/python": f'PYTHONPATH="{ROOT}" exec "{sys.executable}" "$@"',
    ".venv/bin/python": 'exec python "$@"',
    "bin/make": "exit 0",  # Its targets are held against the Makefile above.
    "bin/curl": "exit 0",  # tests/server/test_webhook_on_disk.py sends that request to a server.
}


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_the_commands_in_a_document_run(path: Path, stage: Path, tmp_path: Path) -> None:
    if "openssl" in SCRIPTS[path] and not shutil.which("openssl"):
        pytest.skip("needs openssl")
    folder = shutil.copytree(stage, tmp_path / "checkout")
    for name, line in STANDS_FOR.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HANDSHAKE_")}
    environment["PATH"] = f"{folder / 'bin'}{os.pathsep}{environment['PATH']}"

    ran = subprocess.run(
        ["sh", "-eu"],
        input=SCRIPTS[path],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert ran.returncode == 0, SCRIPTS[path] + ran.stdout + ran.stderr


def test_the_scripts_are_seen() -> None:
    assert {name_of(path) for path in SCRIPTS} >= {"README.md", "docs/sources.md", "docs/webhook.md"}
    assert "python -m lib import people.csv --source crm --dry-run" in SCRIPTS[ROOT / "docs" / "sources.md"]
