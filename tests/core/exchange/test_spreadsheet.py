"""No text of ours is taken for a formula by a spreadsheet."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.exchange.spreadsheet import FORMULA_STARTS, as_meant, safe, write_csv


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://evil")', "+34 600 123", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "-", "=5"]
)
def test_a_formula_gets_an_apostrophe(text: str) -> None:
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize(
    "sign", ["\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH PLUS SIGN}", "\N{FULLWIDTH COMMERCIAL AT}"]
)
def test_a_wide_sign_gets_an_apostrophe_even_before_a_number_and_comes_back_without_it(sign: str) -> None:
    for text in (f"{sign}1+1", f"{sign}5"):
        assert safe(text) == f"'{text}"
        assert as_meant(safe(text)) == text


def test_the_minus_of_typesetters_is_no_formula_and_what_it_stands_before_comes_back_as_it_was() -> None:
    for text in ("\N{MINUS SIGN}5", "\N{MINUS SIGN}1+1", "'\N{MINUS SIGN}5"):
        assert safe(text) == text
        assert as_meant(text) == text


@pytest.mark.parametrize(
    "text", ["-5", "+1.5", "-2.5e3", "", "ann@x.com", "a=b", "2026-03-01T09:00:00Z", "+34600123123"]
)
def test_a_number_and_a_plain_text_stay_as_they_are(text: str) -> None:
    assert safe(text) == text


@given(st.text())
def test_what_is_safe_begins_like_no_formula_or_is_a_number(text: str) -> None:
    made = safe(text)

    assert made[:1] not in FORMULA_STARTS or float(made) is not None


@given(st.text(st.sampled_from("'=-+@5a\t")))
def test_what_was_made_safe_reads_back_as_it_was(text: str) -> None:
    assert as_meant(safe(text)) == text


def test_a_written_file_holds_no_formula_in_headings_or_cells_and_its_numbers_as_they_are() -> None:
    into = io.StringIO()

    write_csv(into, ["id", "=heading"], [["@a", -5], ["-5", None], ["b", -0.5]])

    assert into.getvalue() == "id,'=heading\n'@a,-5\n-5,\nb,-0.5\n"
