"""A configuration folder is checked whole, and a single file is checked as the kind it is."""

import shutil
from pathlib import Path

import pytest

from lib.config.folder import SHIPPED, check_file, read_folder
from lib.core.errors import ConfigRefused, DefinitionRefused, Refused

ROOT = Path(__file__).parents[2]
EXAMPLE = Path(__file__).parent / "example.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("sla.yaml", "reasons.yaml", "people.yaml"):
        shutil.copy(ROOT / "config" / name, tmp_path / name)
    shutil.copy(EXAMPLE, tmp_path / "definition.yaml")
    (tmp_path / "sources").mkdir()
    shutil.copy(ROOT / "config" / "sources" / "olist.yaml", tmp_path / "sources" / "olist.yaml")
    return tmp_path


def refusals(folder: Path) -> list[str]:
    with pytest.raises(Refused) as refused:
        read_folder(folder)
    return [str(fault) for fault in refused.value.faults]


def test_every_file_of_the_folder_is_read(folder: Path) -> None:
    config = read_folder(folder)

    assert config.definition.threshold == 60
    assert config.definition_text == EXAMPLE.read_text(encoding="utf-8")
    assert config.policy.time_zone == "Europe/Madrid"
    assert config.answers.reason("no_budget").label == "No budget"
    assert config.people[0].name == "Lucía Ferrer"
    assert set(config.sources) == {"generic", "hubspot", "marketo", "olist", "salesforce"}


def test_what_a_folder_lacks_is_taken_from_the_configuration_that_comes_with_the_code(folder: Path) -> None:
    shutil.rmtree(folder / "sources")
    (folder / "sla.yaml").unlink()

    config = read_folder(folder)

    assert "olist" in config.sources
    assert config.policy == read_folder(SHIPPED).policy


def test_a_byte_order_mark_is_no_part_of_the_text(folder: Path) -> None:
    (folder / "definition.yaml").write_text("mql: {threshold: 7}\n", encoding="utf-8-sig")

    config = read_folder(folder)

    assert (config.definition.threshold, config.definition_text) == (7, "mql: {threshold: 7}\n")


def test_the_faults_of_all_files_are_told_at_once(folder: Path) -> None:
    (folder / "definition.yaml").write_text("mql: {threshold: 0}")
    (folder / "people.yaml").write_text("people: []")
    (folder / "sources" / "olist.yaml").write_text("nam: x")
    (folder / "reasons.yaml").unlink()
    (folder / "reasons.yaml").mkdir()

    said = refusals(folder)

    assert said[0] == "definition.yaml, mql: 'threshold' is 0. Write 1 or more."
    assert said[1].startswith(f"{folder / 'reasons.yaml'}: it is a folder.")
    assert said[2].startswith("people.yaml: 'people' is an empty list.")
    assert any(sentence.startswith("sources/olist.yaml: no key is called 'nam'") for sentence in said[3:])


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refusals(tmp_path / "nowhere")[0].startswith(f"{tmp_path / 'nowhere'}: there is no such folder.")


@pytest.mark.parametrize(
    ("text", "refusal", "said"),
    [
        ("mql: {threshold: 0}", DefinitionRefused, "'threshold' is 0"),
        ("profile: {}", DefinitionRefused, "'mql' is missing"),
        ("promises: {}", ConfigRefused, "'time_zone' is missing"),
        ("accept: []", ConfigRefused, "'reasons' is missing"),
        ("people: []", ConfigRefused, "'people' is an empty list"),
        ("files: []", ConfigRefused, "'name' is missing"),
        ("threshold: 5", ConfigRefused, "neither its name nor its keys say which kind of file it is"),
        ("mql: [", ConfigRefused, "line 1 is not YAML"),
    ],
)
def test_a_file_of_any_name_is_checked_as_what_its_keys_say(
    tmp_path: Path, text: str, refusal: type[Refused], said: str
) -> None:
    path = tmp_path / "draft.yaml"
    path.write_text(text)

    with pytest.raises(refusal) as refused:
        check_file(path)

    assert any(fault.where == str(path) or fault.where.startswith(f"{path}, ") for fault in refused.value.faults)
    assert any(fault.what.startswith(said) for fault in refused.value.faults)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("definition.yaml", "'mql' is missing"),
        ("sla.yaml", "'time_zone' is missing"),
        ("reasons.yaml", "'reasons' is missing"),
        ("people.yaml", "'people' is missing"),
        ("sources/crm.yaml", "'name' is missing"),
    ],
)
def test_the_name_of_a_file_decides_before_its_keys(tmp_path: Path, name: str, said: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("{}")

    with pytest.raises(Refused) as refused:
        check_file(path)

    assert said in [fault.what for fault in refused.value.faults]


def test_valid_files_of_every_kind_are_told_nothing(folder: Path) -> None:
    for path in folder.rglob("*.yaml"):
        check_file(path)
        renamed = path.with_name(f"other_{path.name}")
        path.rename(renamed)
        check_file(renamed)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    latin = tmp_path / "sla.yaml"
    latin.write_bytes(b"time_zone: \xe9")

    for path, said in (
        (latin, "it is not text in UTF-8"),
        (tmp_path, "it is a folder"),
        (tmp_path / "nothing.yaml", "there is no such file"),
        (latin / "below.yaml", "it cannot be read (Not a directory)"),
    ):
        with pytest.raises(ConfigRefused) as refused:
            check_file(path)
        assert [(fault.where, fault.what) for fault in refused.value.faults] == [(str(path), said)]
