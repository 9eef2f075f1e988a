"""What is installed is what the locks say, and the locks say what requirements*.txt ask for."""

import re
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
EDITED = "Run `make lock` after an edit of requirements*.txt."


def asked_for(name: str) -> dict[str, str]:
    """The version of every package that a requirements file names, in itself or by `-r`."""
    pins: dict[str, str] = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            pins |= asked_for(line.removeprefix("-r ").strip())
        elif line and not line.startswith("#"):
            package, pinned = line.split("==")
            pins[canonicalize_name(package)] = pinned
    return pins


def locked(name: str) -> list[tuple[Requirement, list[str]]]:
    """Every package of a lock, and its hashes."""
    text = re.sub(r"^ *#.*\n", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    packages = [line.split("--hash=") for line in text.replace("\\\n", " ").splitlines()]
    return [(Requirement(package), [one.strip() for one in hashes]) for package, *hashes in packages]


def pins(name: str) -> dict[str, str]:
    """The version of every package of a lock."""
    return {canonicalize_name(one.name): str(one.specifier).removeprefix("==") for one, _ in locked(name)}


@pytest.mark.parametrize("of", ["requirements", "requirements-dev"])
def test_a_lock_holds_what_its_requirements_ask_for_at_the_same_version(of: str) -> None:
    asked = asked_for(f"{of}.txt")

    assert {name: pins(f"{of}.lock").get(name) for name in asked} == asked, EDITED


@pytest.mark.parametrize("of", ["requirements", "requirements-dev"])
def test_a_lock_holds_nothing_that_requirements_no_longer_ask_for(of: str) -> None:
    blocks = re.findall(
        r"^([\w.-]+)==(.*\n(?: .*\n)+)", (ROOT / f"{of}.lock").read_text(encoding="utf-8"), re.MULTILINE
    )

    directly = {name for name, rest in blocks if re.search(r"# +(via )?-r requirements", rest)}

    assert directly == set(asked_for(f"{of}.txt")), EDITED


def test_what_checks_and_tests_the_app_holds_the_app_as_it_is_installed() -> None:
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items(), EDITED


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_one_version_and_its_hashes(lock: str) -> None:
    packages = locked(lock)

    assert len(packages) > len(asked_for("requirements.txt"))
    assert len(pins(lock)) == len(packages)
    for package, hashes in packages:
        assert re.fullmatch(r"==[\w.]+", str(package.specifier)), package
        assert hashes, package
        assert [one for one in hashes if not re.fullmatch(r"sha256:[0-9a-f]{64}", one)] == [], package


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_no_registry_and_no_place_on_a_machine(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")

    assert not re.search(r"://|^-|/|index-url|find-links", text, re.MULTILINE)


def test_installed_is_what_is_locked() -> None:
    here = [one for one, _ in locked("requirements-dev.lock") if one.marker is None or one.marker.evaluate()]

    assert {one.name: version(one.name) for one in here} == {
        one.name: str(one.specifier).removeprefix("==") for one in here
    }
