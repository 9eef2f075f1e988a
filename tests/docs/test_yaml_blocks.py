"""Every example in YAML is valid, as it stands or with what its file needs besides."""

import re
from pathlib import Path

import pytest
import yaml

from lib.__main__ import DONE, main
from tests.docs.documents import ROOT, Block, blocks, documents

EXAMPLES = [block for path in documents() for block in blocks(path, "yaml", "yml")]

SMALLEST = {
    "definition.yaml": {"name": "An example", "mql": {"threshold": 1}},
    "sources/example.yaml": {"name": "An example", "files": [{"headings": ["Id"], "unused": "an example"}]},
    **{
        name: yaml.safe_load((ROOT / "config" / name).read_text(encoding="utf-8"))
        for name in ("sla.yaml", "reasons.yaml", "people.yaml", "app.yaml")
    },
}
"""What a file of each kind cannot do without, by what is written at its top."""


def completed(example: str, needs: dict[str, object]) -> str:
    """The example, and of what its file needs besides, all that the example does not say itself."""
    if isinstance(yaml.safe_load(example), list):
        example = "files:\n" + "".join(f"  {line}\n" for line in example.splitlines())
    said = set(yaml.safe_load(example))
    return example + "".join(yaml.safe_dump({name: value}) for name, value in needs.items() if name not in said)


def faults_of(name: str, text: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What `python -m lib check` finds wrong with a text in a file of that name."""
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    status = main(["check", str(file)])
    said = capsys.readouterr().err.splitlines()
    assert (status == DONE) == (not said)
    return said


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.place)
def test_an_example_in_yaml_is_valid(example: Block, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = {
        name: faults_of(name, completed(example.text, needs), tmp_path, capsys) for name, needs in SMALLEST.items()
    }

    # It is of the kind that finds the least wrong with it, and that finds nothing.
    assert min(found.values(), key=len) == []


def test_the_examples_are_seen() -> None:
    fences = sum(
        len(re.findall(r"^ *```ya?ml\b", path.read_text(encoding="utf-8"), re.MULTILINE)) for path in documents()
    )

    assert len(EXAMPLES) == fences > 0


def test_a_slip_in_an_example_would_be_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    slip = "export:\n  decisions:\n    columns: {Id: lead_idd}\n"

    assert all(faults_of(name, completed(slip, needs), tmp_path, capsys) for name, needs in SMALLEST.items())


@pytest.mark.parametrize("name", SMALLEST)
def test_what_completes_an_example_is_valid_by_itself(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert faults_of(name, completed("{}", SMALLEST[name]).removeprefix("{}"), tmp_path, capsys) == []
