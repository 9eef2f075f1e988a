"""The commands agreement, propose, sign and withdraw: what the Agreement page does, from a terminal."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader

from lib.__main__ import DONE, REFUSED, USAGE, main
from lib.config.definition import read_definition, write_definition

ROOT = Path(__file__).parents[2]

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(database_copy: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def ran(*arguments: str) -> tuple[int, str, str]:
        status = main([*arguments, "--db", str(database_copy), "--config", str(ROOT / "config")])
        return status, *capsys.readouterr()

    return ran


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
