"""The commands agreement, propose, sign, withdraw and minutes: what the pages of a meeting do, from a terminal."""

import hashlib
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from lib.__main__ import DONE, REFUSED, USAGE
from lib.config.definition import read_definition, write_definition
from lib.core.agreement.meetings import NoteKind
from lib.store.agreement.meetings import add_note
from lib.store.database import open_database
from tests.cli.conftest import with_status
from tests.grants import somebody

ROOT = Path(__file__).parents[3]

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(database_copy: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return with_status(database_copy, capsys)


@pytest.fixture
def lower(tmp_path: Path) -> Path:
    """The shipped definition with a threshold of 50."""
    text = (ROOT / "config" / "definition.yaml").read_text(encoding="utf-8")
    file = tmp_path / "lower.yaml"
    file.write_text(write_definition(read_definition(text, "definition.yaml").with_threshold(50)), encoding="utf-8")
    return file


def proposed(run: Run, file: Path) -> str:
    """A proposal of that file; its hash."""
    status, said, _ = run("propose", str(file), "--as", "Tom Okafor", "--reason", "More leads")
    assert status == DONE
    return said.split()[-1]


def test_a_definition_is_proposed_signed_by_both_and_handed_out(run: Run, lower: Path) -> None:
    sha256 = proposed(run, lower)

    _, first, _ = run("sign", "2", "--as", "Tom Okafor", "--sha256", sha256)
    status, second, _ = run("sign", "2", "--as", "Marta Vidal", "--sha256", sha256)

    assert status == DONE
    assert first == f"version 2 signed by Tom Okafor for marketing: proposed; waits for sales  {sha256}\n"
    assert re.fullmatch(rf"version 2 signed by Marta Vidal for sales: agreed; in force from \S+Z  {sha256}\n", second)
    assert "- For sales: Marta Vidal, " in run("agreement")[1]


def test_yaml_handed_out_and_read_back_has_the_hash_that_was_signed(run: Run, lower: Path, tmp_path: Path) -> None:
    sha256 = proposed(run, lower)
    out = tmp_path / "out.yaml"

    run("agreement", "--format", "yaml", "--out", str(out))
    run("withdraw", "2", "--as", "Tom Okafor", "--reason", "To be proposed again")
    again = proposed(run, out)

    assert hashlib.sha256(out.read_bytes()).hexdigest() == sha256 == again


def test_the_first_version_too_is_read_back_to_its_own_hash(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.yaml"

    run("agreement", "--version", "1", "--format", "yaml", "--out", str(out))

    assert proposed(run, out) == hashlib.sha256(out.read_bytes()).hexdigest()


def test_a_pdf_goes_into_a_file_only(run: Run, lower: Path, tmp_path: Path) -> None:
    proposed(run, lower)
    out = tmp_path / "agreement.pdf"

    status, _, said = run("agreement", "--format", "pdf")
    run("agreement", "--format", "pdf", "--out", str(out))

    assert (status, said) == (REFUSED, "--format pdf: a terminal cannot show it. Name a file with --out.\n")
    assert "MQL definition, version 2" in PdfReader(out).pages[0].extract_text()
    assert [path.name for path in tmp_path.glob("agreement.pdf*")] == ["agreement.pdf"]


def test_nobody_signs_for_the_other_side(run: Run, lower: Path) -> None:
    sha256 = proposed(run, lower)
    run("sign", "2", "--as", "Tom Okafor", "--sha256", sha256)

    status, _, said = run("sign", "2", "--as", "Inés Navarro", "--sha256", sha256)

    assert status == REFUSED
    assert "Tom Okafor has signed for marketing" in said


def test_a_side_cannot_be_chosen_at_all(run: Run) -> None:
    assert run("sign", "2", "--as", "Tom Okafor", "--sha256", "ab", "--side", "sales")[0] == USAGE


def test_who_is_not_in_people_yaml_can_do_nothing(run: Run, lower: Path) -> None:
    status, _, said = run("propose", str(lower), "--as", "Tom Okafur", "--reason", "More leads")

    assert (status, said) == (REFUSED, "people.yaml, Tom Okafur: nobody is called so. Did you mean 'Tom Okafor'?\n")


def test_a_text_that_was_not_read_is_not_signed(run: Run, lower: Path) -> None:
    proposed(run, lower)

    status, _, said = run("sign", "2", "--as", "Tom Okafor", "--sha256", "ab" * 32)

    assert status == REFUSED
    assert "is another text" in said


def test_an_unknown_version_is_named(run: Run) -> None:
    status, _, said = run("agreement", "--version", "9")

    assert (status, said) == (REFUSED, "version 9: there is no such version. The last is 1.\n")


def test_nothing_at_a_terminal_changes_what_both_signed(run: Run, lower: Path, tmp_path: Path) -> None:
    sha256 = proposed(run, lower)
    for who in ("Tom Okafor", "Marta Vidal"):
        run("sign", "2", "--as", who, "--sha256", sha256)
    signed = run("agreement", "--version", "2", "--format", "yaml")[1]

    refused = [
        run("withdraw", "2", "--as", "Tom Okafor", "--reason", "Second thoughts"),
        run("sign", "2", "--as", "Daniel Brooks", "--sha256", sha256),
        run("propose", str(lower), "--as", "Tom Okafor", "--reason", "Other", "--replaces", "2"),
    ]
    done = [
        run("propose", str(lower), "--as", "Tom Okafor", "--reason", "Once more"),
        run("withdraw", "3", "--as", "Tom Okafor", "--reason", "The same"),
        run("route"),
        run("sample", "--leads", "10"),
        run("backup", str(tmp_path / "backup.duckdb")),
        run("restore", str(tmp_path / "backup.duckdb")),
    ]

    assert [status for status, _, _ in refused] == [REFUSED] * 3
    assert [status for status, _, _ in done] == [DONE, DONE, DONE, REFUSED, DONE, DONE]
    assert run("agreement", "--version", "2", "--format", "yaml")[1] == signed
    assert hashlib.sha256(signed.encode()).hexdigest() == sha256
    assert "For sales: Marta Vidal" in run("agreement", "--version", "2")[1]
    assert run("verify")[0] == DONE


def noted(database: Path, text: str, on: date) -> None:
    opened = open_database(database, first_definition=None, clock=0)
    add_note(opened, NoteKind.DECISION, text, somebody("Marta Vidal"), 1, met_on=on)
    add_note(
        opened,
        NoteKind.ACTION,
        f"After {text}",
        somebody("Tom Okafor"),
        2,
        met_on=on,
        owner="Ana",
        due=date(2026, 12, 1),
    )
    opened.close()


def test_the_minutes_are_those_of_the_last_meeting_or_of_the_day_asked_for(
    run: Run, database_copy: Path, tmp_path: Path
) -> None:
    noted(database_copy, "Less webinar", date(2026, 11, 3))
    noted(database_copy, "Lower threshold", date(2026, 11, 17))
    file = tmp_path / "minutes.md"

    run("minutes", "--on", "2026-11-03", "--out", str(file))
    status, said, _ = run("minutes")

    assert status == DONE
    assert said.startswith("# Meeting of 17 November 2026\n")
    assert "- Lower threshold (Marta Vidal)\n" in said
    assert "- [ ] After Lower threshold: **Ana**, by 1 December 2026\n" in said
    assert "- Less webinar (Marta Vidal)\n" in file.read_text(encoding="utf-8")


def test_a_day_without_a_meeting_is_refused_and_the_last_ones_named(run: Run, database_copy: Path) -> None:
    none_yet = run("minutes")
    noted(database_copy, "Less webinar", date(2026, 11, 3))

    status, said, told = run("minutes", "--on", "2026-11-04")

    assert none_yet[0] == status == REFUSED
    assert "meetings: nothing was noted. Note a decision or an action on the Meeting page." in none_yet[2]
    assert (said, told) == ("", "meeting of 2026-11-04: nothing was noted. The last: 2026-11-03.\n")
