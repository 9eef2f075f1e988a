"""The agreement as a PDF: everything the document says, in letters that can be selected, signatures whole."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from lib.core.access.people import Side
from lib.core.agreement.agreement import Agreement
from lib.core.agreement.document import TextMark
from lib.core.agreement.versions import Signature
from lib.paper import LETTERS_BY_NUMBER, agreement_pdf
from tests.core.agreement.test_document import CONFIG, HEAD, PROPOSED, document

MADE = datetime(2026, 11, 25, 12, tzinfo=UTC)
BEFORE = (1, Agreement(CONFIG.definition.with_threshold(55)))


def pages(**how: object) -> list[str]:
    """Each page's text, on one line."""
    paper = agreement_pdf(document(**how), MADE)  # type: ignore[arg-type]
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(paper)).pages]


def test_every_sentence_of_the_document_is_on_the_paper() -> None:
    text = " ".join(pages(before=BEFORE))

    published = document(before=BEFORE)
    sentences = [
        one.text
        for section in (*published.definition, *published.kept_beside)
        for one in section.sentences
        if one.mark is not TextMark.STRUCK
    ]
    assert len(sentences) > 40
    missing = [one for one in sentences if one not in text]
    assert missing == []
    assert "Threshold: 55 → 60" in text
    assert "reaches 55 points" not in text


def test_signatures_and_hash_stand_together() -> None:
    (last,) = [page for page in pages() if "Signatures" in page]

    assert "For sales: not signed" in last
    assert "Tom Okafor For marketing, 1 Jan 1970, 01:01" in last
    assert PROPOSED.sha256 in last
    assert f"Audit chain: entry 38, {HEAD.sha256}" in last


def test_every_page_says_which_text_it_is_of() -> None:
    said = pages()

    assert len(said) > 1
    for number, page in enumerate(said, start=1):
        assert f"MQL definition, version 2 · abababababab {number} of {len(said)}" in page


def test_names_keep_their_letters() -> None:
    version = replace(PROPOSED, proposed_by="Łucja Đorđević-Öztürk Иван Ωμέγα", reason="**No** _mark_ <b>up</b>")

    text = " ".join(pages(version=version))

    assert "Łucja Đorđević-Öztürk Иван Ωμέγα" in text
    assert "**No** _mark_ <b>up</b>" in text


def test_the_same_document_is_the_same_paper() -> None:
    assert agreement_pdf(document(), MADE) == agreement_pdf(document(), MADE)


@pytest.mark.parametrize("name", ["Łukasz Żółć", "Σοφία Παπαδοπούλου", "Ирина Щукина", "Nguyễn Thị Hương"])
def test_names_keep_their_letters_wherever_they_stand(name: str) -> None:
    signed = Signature(Side.MARKETING, name, 0)
    version = replace(PROPOSED, proposed_by=name, reason=f"{name} asks for it", signatures=(signed,))

    text = " ".join(pages(version=version))

    assert f"Proposed by {name}" in text
    assert f"{name} asks for it" in text
    assert f"{name} For marketing" in text
    assert "[U+" not in text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("山田 Tarō", "[U+5C71 U+7530] Tarō"),
        ("דנה", "[U+05D3 U+05E0 U+05D4]"),
        ("Ann-]^\\🎉", "Ann-]^\\[U+1F389]"),
    ],
)
def test_letters_the_font_lacks_are_written_by_number_and_the_paper_says_so(name: str, said: str) -> None:
    signed = Signature(Side.MARKETING, name, 0)
    version = replace(PROPOSED, proposed_by=name, reason=f"{name} asks for it", signatures=(signed,))

    text = " ".join(pages(version=version))

    assert f"Proposed by {said} on" in text
    assert f"{said} asks for it" in text
    assert f"{said} For marketing" in text
    assert LETTERS_BY_NUMBER in text


def test_a_paper_whose_letters_are_all_there_says_nothing_of_numbers() -> None:
    assert "U+" not in " ".join(pages())
