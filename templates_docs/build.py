"""Makes the Word templates and their manifests from the source texts: ``python -m templates_docs.build``.

The same source gives the same bytes, so a reviewer reads the text and a test compares the files.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from itertools import zip_longest
from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Pt, Twips
from docx.table import Table
from docx.text.paragraph import Paragraph

from core.accreditation import context as accreditation
from core.allocation.explanation import ShareExplanation
from core.catalogue.context import SheetDocument
from core.contracts.context import ContractContext
from core.documents.manifest import manifest_of, to_toml
from core.documents.pour import CELL, CELL_HEAD, FIGURES, TEXT_WIDTH
from core.documents.wordfile import settle
from core.ground.paths import TEMPLATES_DOCS
from core.instalments.context import InstalmentRequest
from core.penalties import context as penalties
from core.plugins.letters import PlainLetter
from core.reporting.context import YearlyReportLetter
from templates_docs import parts
from templates_docs.source import Piece, read_source
from templates_docs.styles import dress

_STYLES = {
    "=": "Title", "==": "Subtitle", "^": "Riga centrata", "!": "Nota di bozza", "!!": "Carta intestata",
    "#": "Heading 1", "#0": "Heading 1", "##": "Heading 2", "===": "Heading 3", "====": "Heading 4",
    "~": "Introduzione elenco", "+": "Comma", "+loop": "Comma", "*": "Lettera", "*loop": "Lettera",
    "-": "Trattino", ">": "Destinatario", ">=": "Oggetto", ">^": "Firma", "": "Body Text",
}  # fmt: skip


@dataclass(frozen=True)
class Template:
    """A template: its title, the data that it is filled with, and what stands above and below its pages."""

    title: str
    data: type
    frame: Callable[[Section], None]


# by the name of the source's folder, which is the name of the Word file too
TEMPLATES: dict[str, Template] = {
    "service_contract": Template("Contratto di servizio", ContractContext, parts.header_and_footer),
    "operational_sheet": Template("Scheda operativa", SheetDocument, parts.sheet_frame),
    "instalment_request": Template("Richiesta di una rata", InstalmentRequest, parts.letter_frame),
    "share_explanation": Template("Come è stata calcolata la quota", ShareExplanation, parts.letter_frame),
    "accreditation_completion": Template(
        "Richiesta di integrazione", accreditation.CompletionRequest, parts.letter_frame),
    "inspection_notice": Template("Avviso di sopralluogo", accreditation.InspectionNotice, parts.letter_frame),
    "inspection_minutes": Template("Verbale di sopralluogo", accreditation.InspectionMinutes, parts.letter_frame),
    "accreditation_decree": Template("Decreto di accreditamento", accreditation.Decree, parts.letter_frame),
    "accreditation_pact": Template("Patto di accreditamento", accreditation.Pact, parts.letter_frame),
    "accreditation_measure": Template(
        "Misura sull'accreditamento", accreditation.MeasureNotice, parts.letter_frame),
    "refusal_forewarning": Template("Preavviso di rigetto", accreditation.RefusalForewarning, parts.letter_frame),
    "procedure_opening": Template("Avvio del procedimento", accreditation.ProcedureOpening, parts.letter_frame),
    "accreditation_extension": Template(
        "Proroga dell'accreditamento", accreditation.ExtensionNotice, parts.letter_frame),
    "provider_meeting_invitation": Template(
        "Invito a un incontro con i gestori", accreditation.MeetingInvitation, parts.letter_frame),
    "provider_meeting_minutes": Template(
        "Verbale di un incontro con i gestori", accreditation.MeetingMinutes, parts.letter_frame),
    "monitoring_reminder": Template("Sollecito di monitoraggio", accreditation.MonitoringReminder, parts.letter_frame),
    "default_notice": Template("Diffida", penalties.DefaultLetter, parts.letter_frame),
    "notice_receipt": Template("Conferma di ricevimento", penalties.ReceiptLetter, parts.letter_frame),
    "hearing_summons": Template("Convocazione in contraddittorio", penalties.SummonsLetter, parts.letter_frame),
    "hearing_minutes": Template("Verbale del contraddittorio", penalties.HearingMinutes, parts.letter_frame),
    "notice_decision": Template("Decisione sulla diffida", penalties.DecisionLetter, parts.letter_frame),
    "penalty_request": Template("Richiesta di pagamento della penale", penalties.PenaltyRequest, parts.letter_frame),
    "plain_letter": Template("Lettera di un servizio", PlainLetter, parts.letter_frame),
    "yearly_report": Template("Relazione annuale", YearlyReportLetter, parts.letter_frame),
    "notice_closing": Template("Chiusura della diffida", penalties.ClosingLetter, parts.letter_frame),
}
_AMOUNT = re.compile(r"\{\{ [\w.]+\|euro \}\}")


def build(name: str, folder: Path = TEMPLATES_DOCS) -> dict[str, bytes]:
    """The files of one template by name: the Word file and its manifest."""
    template = TEMPLATES[name]
    return {
        f"{name}.docx": _build(template, read_source(folder / name)),
        f"{name}.toml": to_toml(manifest_of(template.title, template.data)).encode(),
    }


def _build(template: Template, pieces: list[Piece]) -> bytes:
    document = Document()
    dress(document)
    template.frame(document.sections[0])
    Writer(document, pieces).write()
    return _package(document, template.title)


def _package(document: WordDocument, title: str) -> bytes:
    said = document.core_properties
    said.author, said.title, said.comments, said.language = "", title, "", "it-IT"
    said.created = said.modified = parts.EPOCH
    packed = BytesIO()
    document.save(packed)
    return settle(packed.getvalue())


class Writer:
    """Writes the pieces of one source, in order, at the end of a document."""

    def __init__(self, document: WordDocument, pieces: list[Piece]) -> None:
        self.document = document
        self.pieces = pieces
        self._bookmarks = 0
        self._keep = False
        self._parts: dict[str, Callable[[], None]] = {
            "toc": self._contents,
            "keep": self._keep_with_signatures,
            "signatures": lambda: parts.signatures(self.document),
            "annexes": lambda: parts.annexes(self.document),
            "blocks": lambda: parts.content(self.document),
            "opening": lambda: self._shared("letter_opening"),
            "closing": lambda: self._shared("letter_closing"),
            "heard": lambda: self._shared("letter_heard"),
            "appeal": lambda: self._shared("letter_appeal"),
        }

    def write(self) -> None:
        """Write everything; rows of one table stand together."""
        rows: list[Piece] = []
        for piece in self.pieces:
            if piece.mark.startswith("|"):
                if not rows:
                    self._announce_table()
                rows.append(piece)
                continue
            if rows:
                self._table(rows)
                rows = []
            self._piece(piece)
        if rows:
            self._table(rows)

    def _piece(self, piece: Piece) -> None:
        if piece.mark == "@":
            self._parts[piece.text]()
        elif piece.mark == "%":
            parts.control(self.document, piece.text)
        else:
            self._paragraph(piece)

    def _paragraph(self, piece: Piece) -> None:
        paragraph = self.document.add_paragraph(style=_STYLES[piece.mark])
        if self._keep or piece.text.endswith(":"):
            paragraph.paragraph_format.keep_with_next = True  # what announces a list stays with it
        if piece.mark in ("#", "#0", "##"):
            self._bookmarks += 1
            parts.bookmarked(paragraph, heading_text(piece), f"_Toc{self._bookmarks:06}", str(self._bookmarks))
            return
        if piece.number:
            paragraph.add_run(f"{piece.number}\t")
        add_text(paragraph, piece.text)

    def _announce_table(self) -> None:
        """The paragraph right before a table stays with it; an instruction is none."""
        last = self.document.element.body[-2]  # after it only the properties of the page
        if last.tag == qn("w:p") and "{%p" not in (text := Paragraph(last, self.document)).text:
            text.paragraph_format.keep_with_next = True

    def _keep_with_signatures(self) -> None:
        """From here on paragraphs hold together: a page with signatures and no text invites abuse."""
        self._keep = True

    def _shared(self, name: str) -> None:
        """What many letters begin or end with: the source of another folder."""
        part = Writer(self.document, read_source(TEMPLATES_DOCS / name))
        part._keep = self._keep
        part.write()

    def _contents(self) -> None:
        headings = [piece for piece in self.pieces if piece.mark in ("#", "#0", "##")]
        parts.contents(
            self.document,
            [
                parts.ContentsLine(heading_text(piece), 2 if piece.mark == "##" else 1, f"_Toc{n:06}", piece.conditions)
                for n, piece in enumerate(headings, start=1)
            ],
        )

    def _table(self, rows: list[Piece]) -> None:
        widths = _widths(rows[0].mark)
        table = self.document.add_table(rows=0, cols=len(widths), style="Tabella")
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Twips(width)
        amounts = _amounts(rows)
        _add_row(table, _cells(rows[0].text), widths, CELL_HEAD, amounts)
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for row in rows[1:]:
            _add_row(table, _row_cells(row), widths, CELL, amounts)
        whole = self._keep or (rows[-1].mark == "|" and "|%" in {row.mark for row in rows})  # a total says of what
        held = table.rows[:-1] if whole else table.rows[:1]
        for paragraph in (p for row in held for cell in row.cells for p in cell.paragraphs):
            paragraph.paragraph_format.keep_with_next = True
        self.document.add_paragraph(style="Nota").paragraph_format.space_after = Pt(0)


def heading_text(piece: Piece) -> str:
    """``TITOLO II – Aree di intervento``, ``Art. 9 – Oggetto del contratto``."""
    prefix = {"#": f"TITOLO {piece.number} – ", "##": f"Art. {piece.number} – "}.get(piece.mark, "")
    return prefix + piece.text


def add_text(paragraph: Paragraph, text: str) -> None:
    """Add text with ``**bold**`` parts."""
    for index, part in enumerate(text.split("**")):
        if part:
            paragraph.add_run(part).bold = True if index % 2 else None


def _row_cells(row: Piece) -> list[str]:
    """The cells of a row; a ``|%`` row is an instruction that leaves no row behind."""
    return ["{%tr " + row.text + " %}"] if row.mark == "|%" else _cells(row.text)


def _cells(text: str) -> list[str]:
    """The cells of a row; the bars of Jinja filters have no space around them."""
    return [cell.strip() for cell in re.split(r"\s\|\s", text)]


def _widths(mark: str) -> list[int]:
    shares = [int(share) for share in mark.strip("|[]").split(",")]
    return [TEXT_WIDTH * share // sum(shares) for share in shares]


def _amounts(rows: list[Piece]) -> set[int]:
    """The columns that hold amounts and nothing else: they stand at the right."""
    cells = (pair for row in rows if row.mark == "|" for pair in enumerate(_cells(row.text)))
    return {n for n, cell in cells if _AMOUNT.fullmatch(cell)}


def _add_row(table: Table, cells: list[str], widths: list[int], style: str, amounts: set[int]) -> None:
    row = table.add_row()
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for index, (cell, width, text) in enumerate(zip_longest(row.cells, widths, cells, fillvalue="")):
        cell.width = Twips(width)
        cell.paragraphs[0].style = style + FIGURES if index in amounts else style
        add_text(cell.paragraphs[0], text)


def main(folder: Path = TEMPLATES_DOCS) -> None:
    """Write all templates and manifests."""
    for template in TEMPLATES:
        for name, content in build(template, folder).items():
            (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
