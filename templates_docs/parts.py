"""The parts of a template that are layout and not text: header and footer, index, signatures, annexes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

from docx.document import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import Section
from docx.shared import Pt
from docx.table import Table
from docx.text.paragraph import Paragraph

EPOCH = datetime(1980, 1, 1)  # noqa: DTZ001 (templates carry no clock)

SIGN_HERE = "_" * 34

_VML = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
_WATERMARK = f"""<w:r {nsdecls("w")} {_VML}><w:rPr><w:noProof/></w:rPr><w:pict>
<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">
<v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>
<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/>
<v:f eqn="if @0 @4 21600"/></v:formulas><v:path textpathok="t" o:connecttype="rect"/>
<v:textpath on="t" fitshape="t"/></v:shapetype>
<v:shape id="Bozza" o:spid="_x0000_s2049" type="#_x0000_t136" alt="Bozza" style="position:absolute;margin-left:0;
margin-top:0;width:430pt;height:130pt;rotation:315;z-index:-251658752;mso-position-horizontal:center;
mso-position-horizontal-relative:margin;mso-position-vertical:center;mso-position-vertical-relative:margin"
o:allowincell="f" fillcolor="#e3e7eb" stroked="f"><v:fill opacity=".5"/>
<v:textpath style="font-family:&quot;Arial&quot;;font-size:1pt;font-weight:bold" string="BOZZA"/></v:shape>
</w:pict></w:r>""".replace("\n", " ")


@dataclass(frozen=True)
class ContentsLine:
    """One line of the index, and the conditions under which its heading exists."""

    text: str
    level: int
    anchor: str
    conditions: tuple[str, ...] = ()


def control(document: Document, instruction: str) -> None:
    """A Jinja instruction that stands for a whole paragraph and leaves none behind."""
    document.add_paragraph("{%p " + instruction + " %}")


def header_and_footer(section: Section) -> None:
    """Azienda and contract number above, with BOZZA while it is one and a coordinated text as such; page x of y below.
    """
    header = section.header.paragraphs[0]
    header.add_run("{{ azienda.short_name }} – Contratto di servizio n. {{ number }}")
    header.add_run("\t{% if draft %}BOZZA{% elif coordinates %}TESTO COORDINATO, NON FIRMATO{% endif %}").bold = True
    header.add_run("{%r if draft %}")
    header._p.append(parse_xml(_WATERMARK))
    header.add_run("{%r endif %}")
    _line(header, "bottom")
    _page_numbers(section.footer.paragraphs[0], "{{ azienda.name }}")


def letter_frame(section: Section) -> None:
    """The letterhead's first line above; page x of y below."""
    header = section.header.paragraphs[0]
    header.add_run("{{ sender.short_name }}")
    _line(header, "bottom")
    _page_numbers(section.footer.paragraphs[0], "{{ sender.name }}")


def sheet_frame(section: Section) -> None:
    """The azienda above, with BOZZA while the sheet is not approved; page x of y below."""
    header = section.header.paragraphs[0]
    header.add_run("{{ short_name }} – Scheda operativa")
    header.add_run("\t{% if draft %}BOZZA{% endif %}").bold = True
    header.add_run("{%r if draft %}")
    header._p.append(parse_xml(_WATERMARK))
    header.add_run("{%r endif %}")
    _line(header, "bottom")
    _page_numbers(section.footer.paragraphs[0], "{{ azienda }}")


def _page_numbers(footer: Paragraph, name: str) -> None:
    footer.add_run(f"{name}\tPagina ")
    _field(footer, "PAGE", "1")
    footer.add_run(" di ")
    _field(footer, "NUMPAGES", "1")
    _line(footer, "top")


def _line(paragraph: Paragraph, side: str) -> None:
    border = f'<w:pBdr {nsdecls("w")}><w:{side} w:val="single" w:sz="4" w:space="4" w:color="C9D1D9"/></w:pBdr>'
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(parse_xml(border), "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _field(paragraph: Paragraph, instruction: str, shown: str) -> None:
    _field_mark(paragraph, "begin")
    _instruction(paragraph, instruction)
    _field_mark(paragraph, "separate")
    paragraph.add_run(shown)
    _field_mark(paragraph, "end")


def _field_mark(paragraph: Paragraph, kind: str) -> None:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    paragraph.add_run()._r.append(mark)


def _instruction(paragraph: Paragraph, text: str) -> None:
    code = OxmlElement("w:instrText")
    code.set(qn("xml:space"), "preserve")
    code.text = f" {text} "
    paragraph.add_run()._r.append(code)


def bookmarked(paragraph: Paragraph, text: str, name: str, identifier: str) -> None:
    """A heading that the index can point to."""
    for tag, attributes in (("w:bookmarkStart", {"w:id": identifier, "w:name": name}), ("", {}),
                            ("w:bookmarkEnd", {"w:id": identifier})):
        if not tag:
            paragraph.add_run(text)
            continue
        mark = OxmlElement(tag)
        for key, value in attributes.items():
            mark.set(qn(key), value)
        paragraph._p.append(mark)


def contents(document: Document, lines: list[ContentsLine]) -> None:
    """The index, as a Word field whose lines are already there: nobody has to press *update*.

    It has no page numbers: they are known only to the program that lays the pages out, and a wrong one is worse
    than none. The lines are links, and articles are found by their number.
    """
    document.add_paragraph("Indice", style="Titolo indice")
    for index, line in enumerate(lines):
        for condition in line.conditions:
            control(document, condition)
        paragraph = document.add_paragraph(style=f"toc {line.level}")
        if index == 0:
            _field_mark(paragraph, "begin")
            _instruction(paragraph, r'TOC \o "1-2" \n \h')
            _field_mark(paragraph, "separate")
        _link(paragraph, line.text, line.anchor)
        for _ in line.conditions:
            control(document, "endif")
    control(document, "if annexes")
    _link(document.add_paragraph(style="toc 1"), COVER_TITLE, COVER_ANCHOR)
    control(document, "endif")
    control(document, "for annex in annexes")
    _link(document.add_paragraph(style="toc 1"), ANNEX_TITLE, ANNEX_ANCHOR)
    control(document, "endfor")
    end = document.add_paragraph(style="toc 2")
    _field_mark(end, "end")


COVER_TITLE, COVER_ANCHOR = "Elenco degli allegati", "_TocAllegati"
ANNEX_TITLE = "Allegato n. {{ annex.number }} — {{ annex.title }}"
ANNEX_ANCHOR = "_TocAllegato{{ annex.number }}"


def _link(paragraph: Paragraph, text: str, anchor: str) -> None:
    xml = (
        f'<w:hyperlink {nsdecls("w")} w:anchor="{anchor}" w:history="1"><w:r>'
        f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:hyperlink>'
    )
    paragraph._p.append(parse_xml(xml))


def content(document: Document) -> None:
    """The blocks of a document of one thing alone."""
    document.add_paragraph("{{p blocks|blocks }}")


def annexes(document: Document) -> None:
    """The list of the annexes by area and sector (R120, X25), then each on a new page.

    Their blocks are poured in by the ``blocks`` filter.
    """
    control(document, "if annexes")
    list_title = document.add_paragraph(style="Heading 1")
    list_title.paragraph_format.page_break_before = True
    bookmarked(list_title, COVER_TITLE, COVER_ANCHOR, "90000")
    document.add_paragraph("{{p cover|blocks }}")
    control(document, "endif")
    control(document, "for annex in annexes")
    title = document.add_paragraph(style="Heading 1")
    title.paragraph_format.page_break_before = True
    bookmarked(title, ANNEX_TITLE, ANNEX_ANCHOR, "9{{ annex.number }}000")
    control(document, "if annex.sheet_title")
    document.add_paragraph("Scheda operativa: {{ annex.sheet_title }}", style="Nota")
    control(document, "endif")
    control(document, "if annex.standing")
    document.add_paragraph("{{ annex.standing|late }}", style="Nota")
    control(document, "endif")
    document.add_paragraph("{{p annex.blocks|blocks }}")
    control(document, "endfor")


def signatures(document: Document) -> None:
    """Place and day, then the municipalities on the left and the azienda on the right (R120)."""
    where = document.add_paragraph(style="Normal")
    where.add_run("{{ signing.place }}, {{ signing.day|late }}")
    where.paragraph_format.space_before, where.paragraph_format.space_after = Pt(24), Pt(18)
    where.paragraph_format.keep_with_next = True
    table = document.add_table(rows=0, cols=2)
    _row(table, ["{%tr for party in municipalities %}"], [])
    _row(
        table,
        ["Per {{ party.title|the(party.gender) }}"
         "{% if party.capacities %}, anche come {{ party.capacities|joined }}{% endif %}",
         "{{ party.representative.role }}",
         "{{ party.representative.person.full_name }}", SIGN_HERE],
        ["{% if loop.first %}" + line + "{% endif %}" for line in (
            "Per {{ azienda.name|the }}", "{{ azienda.representative.role }}",
            "{{ azienda.representative.person.full_name }}", SIGN_HERE)],
    )
    _row(table, ["{%tr for one in party.apart %}"], [])
    _row(
        table,
        ["Per {{ party.title|the(party.gender) }}, come {{ one.capacity }}", "{{ one.representative.role }}",
         "{{ one.representative.person.full_name }}", SIGN_HERE],
        [""] * 4,
    )
    _row(table, ["{%tr endfor %}"], [])
    _row(table, ["{%tr endfor %}"], [])


def _row(table: Table, left: list[str], right: list[str]) -> None:
    """A row of two signers, held on one page; each signs on the last line."""
    row = table.add_row()
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell, lines in zip(row.cells, (left, right), strict=True):
        for index, line in enumerate(lines):
            paragraph = cell.add_paragraph() if index else cell.paragraphs[0]
            paragraph.add_run(line).bold = True if index == 0 else None
            paragraph.paragraph_format.space_after = Pt(2)
            paragraph.paragraph_format.keep_with_next = True
        cell.paragraphs[-1].paragraph_format.space_before = Pt(26)
        cell.paragraphs[-1].paragraph_format.space_after = Pt(20)
