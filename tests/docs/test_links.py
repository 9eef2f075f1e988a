"""What the documents point at is there."""

import re
from pathlib import Path

import pytest

from tests.docs.documents import BLOCK, ROOT, documents, name_of, table, text_of

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def anchors(text: str) -> set[str]:
    """The anchors that headings have on the hosts of repositories."""
    headings = (heading.lower() for heading in HEADING.findall(BLOCK.sub("", text)))
    return {re.sub(r"[^\w\- ]", "", heading).strip().replace(" ", "-") for heading in headings}


def leads_somewhere(link: str, document: Path) -> bool:
    """Is what a link names a file or folder of the repository, and its anchor one of that file's headings?"""
    file, _, anchor = link.partition("#")
    target = (document.parent / file).resolve() if file else document
    if not target.exists() or ROOT not in [target, *target.parents]:
        return False
    return not anchor or anchor in anchors(target.read_text(encoding="utf-8"))


@pytest.mark.parametrize("document", documents(), ids=name_of)
def test_every_link_inside_the_repository_leads_somewhere(document: Path) -> None:
    links = LINK.findall(BLOCK.sub("", document.read_text(encoding="utf-8")))

    assert [link for link in links if "://" not in link and not leads_somewhere(link, document)] == []


@pytest.mark.parametrize("link", ["nowhere.md", "README.md#no-such-heading", "../outside.md"])
def test_a_link_that_leads_nowhere_would_be_seen(link: str) -> None:
    assert not leads_somewhere(link, ROOT / "README.md")


def test_the_readme_names_every_file_of_the_configuration() -> None:
    named = {file.strip("`") for file, _ in table(text_of("README.md"), "file")}
    files = {path.relative_to(ROOT / "config") for path in (ROOT / "config").rglob("*.yaml")}

    assert named == {f"{file.parent}/*.yaml" if file.parent.name else file.name for file in files}
