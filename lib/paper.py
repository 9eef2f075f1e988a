"""The agreement on paper: a document as a PDF to sign, to send, or to pin on a wall."""

import logging
import re
from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, cast

from lib.core.agreement.document import (
    BESIDE_IS_NOT_SIGNED,
    NOBODY_HAD_TO_SIGN,
    NOTHING_CHANGES,
    Document,
    DocumentLine,
    Section,
    TextMark,
)

if TYPE_CHECKING:
    from fpdf import FPDF
    from fpdf.fonts import TTFFont

# The page's own font: Latin with all its accents, Greek, Cyrillic, arrows. In italics it has Latin only.
FONT = "Source Sans Pro"
STYLES = {"": "Regular", "B": "Semibold", "I": "It"}

MARGIN_MM, INDENT_MM, WIDTH_MM = 20.0, 4.5, 170.0

INK, GREY, ACCENT = (28, 34, 43), (89, 98, 110), (90, 65, 172)
"""Text, what is less important, and what is new, as on the pages."""

SIGNATURES_MM = 58.0
"""Kept together: a signature does not stand on another page than its side."""

LETTERS_BY_NUMBER = (
    "[U+…] stands for letters that this paper's font lacks (it has Latin, Greek, Cyrillic), by their Unicode numbers."
    " The Agreement page and the Markdown copy show them."
)

ROOM_MM = 24.0
"""A heading is followed by at least so much on its page."""


def agreement_pdf(document: Document, made_at: datetime) -> bytes:
    """The document as an A4 PDF, its text selectable; `made_at` is the instant of the copy.

    Letters the font does not have, of Chinese say, are written by their Unicode numbers, and the paper says so:
    fpdf2 would leave them out, and a name would be missing where somebody signed.
    """
    # Not at the start: pages and commands that print nothing need not wait for it.
    from fpdf import FPDF
    from fpdf.enums import XPos, YPos

    logging.getLogger("fpdf").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)

    class Paper(FPDF):
        """A page that says at its foot which text it is of; `has_numbers`: letters were written by their numbers."""

        has_numbers = False

        def normalize_text(self, text: str) -> str:
            lacking = "".join({letter for letter in text if letter.isprintable() and ord(letter) not in letters})
            if lacking:
                self.has_numbers = True
                text = re.sub(f"[{re.escape(lacking)}]+", _by_number, text)
            return super().normalize_text(text)

        def footer(self) -> None:
            self.set_y(-14)
            self.set_font(FONT, size=8)
            self.set_text_color(*GREY)
            self.cell(WIDTH_MM / 2, 5, f"{document.title} · {document.sha256[:12]}")
            self.cell(WIDTH_MM / 2, 5, f"{self.page_no()} of {{nb}}", align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    pdf = Paper(format="A4")
    for style, name in STYLES.items():
        pdf.add_font(FONT, style, str(files("font_source_sans_pro") / "files" / f"SourceSansPro-{name}.ttf"))
    letters = cast("TTFFont", pdf.fonts[FONT.lower()]).cmap
    # What the italic lacks stands upright.
    pdf.set_fallback_fonts([FONT], exact_match=False)
    pdf.set_title(document.title)
    pdf.set_lang("en")
    pdf.set_creation_date(made_at)
    pdf.set_margins(MARGIN_MM, 18, MARGIN_MM)
    pdf.set_auto_page_break(auto=True, margin=20)
    pdf.add_page()
    _head(pdf, document)
    for section in document.definition:
        _section(pdf, section)
    for section in document.kept_beside:
        _section(pdf, section)
    _signatures(pdf, document)
    if pdf.has_numbers:
        _text(pdf, LETTERS_BY_NUMBER, size=8.5, colour=GREY, line=4.4)
    written = BytesIO()
    pdf.output(written)
    return written.getvalue()


def _by_number(letters: re.Match[str]) -> str:
    return f"[{' '.join(f'U+{ord(letter):04X}' for letter in letters[0])}]"


def _head(pdf: "FPDF", document: Document) -> None:
    _text(pdf, document.title, size=24, style="B", line=11)
    pdf.set_draw_color(*ACCENT)
    pdf.set_line_width(0.8)
    pdf.line(MARGIN_MM, pdf.get_y() + 1.5, MARGIN_MM + 36, pdf.get_y() + 1.5)
    pdf.ln(5)
    _text(pdf, document.standing, size=10.5, colour=GREY)
    pdf.ln(1)
    _text(pdf, document.reason, size=13, style="I", line=6)
    if document.changes is not None:
        title = f"What changes since version {document.before}"
        _list(pdf, title, document.changes or (NOTHING_CHANGES,), colour=ACCENT)


def _section(pdf: "FPDF", section: Section) -> None:
    sentences = [one.text for one in section.sentences if one.mark is not TextMark.STRUCK]
    if sentences:
        _list(pdf, section.title, sentences)


def _list(pdf: "FPDF", title: str, sentences: Sequence[str], colour: tuple[int, int, int] = INK) -> None:
    if pdf.will_page_break(ROOM_MM):
        pdf.add_page()
    pdf.ln(3.5)
    _text(pdf, title, size=13, style="B", line=7, colour=colour)
    for sentence in sentences:
        _bullet(pdf, sentence)


def _bullet(pdf: "FPDF", sentence: str) -> None:
    """A sentence of a list, whole on one page; what stands before its colon is what people look for."""
    if pdf.will_page_break(_height(pdf, sentence)):
        pdf.add_page()
    _set(pdf, 10.5, "", ACCENT)
    pdf.set_x(MARGIN_MM)
    pdf.cell(INDENT_MM, 5.2, "•")
    pdf.set_left_margin(MARGIN_MM + INDENT_MM)
    head, colon, rest = sentence.partition(": ")
    _set(pdf, 10.5, "B" if colon else "")
    pdf.write(5.2, head + colon.rstrip())
    if colon:
        _set(pdf, 10.5)
        pdf.write(5.2, f" {rest}")
    pdf.set_left_margin(MARGIN_MM)
    pdf.ln(5.6)


def _height(pdf: "FPDF", sentence: str) -> float:
    """Millimetres a sentence takes in a list; its emphasis makes it no more than a little longer."""
    _set(pdf, 10.5, "B")
    height = pdf.multi_cell(WIDTH_MM - INDENT_MM, 5.2, sentence, dry_run=True, output="HEIGHT")
    return float(cast("float", height)) + 0.4


def _signatures(pdf: "FPDF", document: Document) -> None:
    if pdf.will_page_break(SIGNATURES_MM):
        pdf.add_page()
    pdf.ln(5)
    _text(pdf, "Signatures", size=13, style="B", line=7)
    pdf.ln(2)
    top = pdf.get_y()
    width = (WIDTH_MM - 10) / 2
    for n, line in enumerate(document.lines):
        _line(pdf, line, MARGIN_MM + n * (width + 10), top, width)
    if document.lines:
        pdf.set_y(top + 27)
    else:
        _text(pdf, NOBODY_HAD_TO_SIGN)
    pdf.set_x(MARGIN_MM)
    _text(
        pdf,
        f"{BESIDE_IS_NOT_SIGNED} Times are those of {document.zone}.\n"
        f"SHA-256 of the definition's text: {document.sha256}\n"
        f"{document.head.sentence}",
        size=8.5,
        colour=GREY,
        line=4.4,
    )


def _line(pdf: "FPDF", line: DocumentLine, left: float, top: float, width: float) -> None:
    _set(pdf, 15, "I")
    pdf.set_xy(left, top + 3)
    pdf.cell(width, 8, line.who or "")
    pdf.set_draw_color(*(INK if line.who else GREY))
    pdf.set_line_width(0.3)
    pdf.line(left, top + 13, left + width, top + 13)
    _set(pdf, 9, "", GREY)
    pdf.set_xy(left, top + 14)
    pdf.cell(width, 5, f"For {line.side}{f', {line.at}' if line.at else ': not signed'}")


def _text(
    pdf: "FPDF",
    text: str,
    *,
    size: float = 10.5,
    style: str = "",
    colour: tuple[int, int, int] = INK,
    line: float = 5.2,
) -> None:
    _set(pdf, size, style, colour)
    pdf.multi_cell(WIDTH_MM, line, text, align="L", new_x="LMARGIN", new_y="NEXT")


def _set(pdf: "FPDF", size: float, style: str = "", colour: tuple[int, int, int] = INK) -> None:
    pdf.set_font(FONT, style, size)
    pdf.set_text_color(*colour)
