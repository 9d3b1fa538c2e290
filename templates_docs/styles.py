"""How our Word documents look: page, fonts, paragraph and table styles. The only file that knows."""

from __future__ import annotations

from typing import Any

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

# A Word file names one font and no stand-in (LibreOffice ignores altName): with a font that offices lack, every PC
# would break the pages elsewhere. Arial is everywhere, or has a metric twin (Liberation Sans).
FONT = "Arial"
PLAIN_TABLES = ("Normal Table", "Table Grid")
UNUSED_PARTS = ("/stylesWithEffects", "/metadata/thumbnail")
INK, BLUE, GREY = RGBColor(0x17, 0x32, 0x4D), RGBColor(0x00, 0x4D, 0x99), RGBColor(0x5B, 0x6F, 0x82)

# name: size, bold, colour, space before, space after, keep with next
_HEADINGS = {
    "Title": (24, True, BLUE, 48, 4, True),
    "Subtitle": (15, False, GREY, 0, 14, True),
    "Heading 1": (15, True, BLUE, 22, 8, True),
    "Heading 2": (11, True, INK, 14, 5, True),
    "Heading 3": (11, True, BLUE, 12, 4, True),
    "Heading 4": (10.5, True, INK, 9, 3, True),
}
# name: left indent and hanging indent in cm, space after
_INDENTED = {
    "Comma": (0.8, 0.8, 4),
    "Lettera": (1.6, 0.8, 3),
    "Trattino": (1.6, 0.5, 8),
    "Elenco numerato": (0.8, 0.8, 8),
}
# lines that belong together: the space after them stands below the last one only, whatever follows
_TOGETHER = ("Trattino", "Elenco numerato", "List Bullet", "Carta intestata")


def dress(document: Document) -> None:
    """Give an empty document our page, fonts and styles."""
    _slim(document)
    _page(document)
    _base(document)
    _settings(document)
    for name, look in _HEADINGS.items():
        _heading(document, name, *look)
    for name, (left, hanging, after) in _INDENTED.items():
        _indented(_added(document, name, "Normal"), left, hanging, after)
    _running_text(document)
    _contents(document)
    _cells(document)
    for name in _TOGETHER:
        _together(document.styles[name])
    for xml in (_TABLE, _FACTS):
        document.styles.element.append(parse_xml(xml))


def _slim(document: Document) -> None:
    """Leave out what the library's empty file carries and no document of ours uses: nine tenths of its weight.

    These are a hundred coloured table styles, their copy for Word 2010, and a picture of an empty page.
    """
    for style in list(document.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name not in PLAIN_TABLES:
            style.delete()
    for rels in (document.part.rels, document.part.package.rels):
        for key in [key for key, rel in rels.items() if rel.reltype.endswith(UNUSED_PARTS)]:
            del rels[key]


def _page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin, section.bottom_margin = Cm(2.6), Cm(2.2)
    section.header_distance = section.footer_distance = Cm(1.1)


def _base(document: Document) -> None:
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "it-IT")
    normal = document.styles["Normal"]
    _font(normal, 10)
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing = 1.15
    normal.paragraph_format.widow_control = True


def _settings(document: Document) -> None:
    """Italian separators, hyphenation, and the layout of today's Word: else it opens in *compatibility mode*."""
    settings = document.settings.element
    # a line that a person ends by hand is not stretched to the margin
    settings.find(qn("w:compat")).insert(0, parse_xml(f"<w:doNotExpandShiftReturn {nsdecls('w')}/>"))
    settings.find(qn("w:defaultTabStop")).addnext(parse_xml(f"<w:autoHyphenation {nsdecls('w')}/>"))
    for tag, value in (("w:themeFontLang", "it-IT"), ("w:decimalSymbol", ","), ("w:listSeparator", ";")):
        settings.find(qn(tag)).set(qn("w:val"), value)
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")


def _font(style: Any, size: float, *, bold: bool | None = None, color: RGBColor | None = None) -> None:
    style.font.name, style.font.size, style.font.bold, style.font.italic = FONT, Pt(size), bold, None
    if color is not None:
        style.font.color.rgb = color
    fonts = style.element.rPr.rFonts
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), FONT)


def _heading(
    document: Document, name: str, size: float, bold: bool, color: RGBColor, before: float, after: float, keep: bool
) -> None:
    style = document.styles[name]
    _font(style, size, bold=bold, color=color)
    for border in style.element.pPr.findall(qn("w:pBdr")):
        style.element.pPr.remove(border)
    for spacing in style.element.rPr.findall(qn("w:spacing")):
        style.element.rPr.remove(spacing)
    look = style.paragraph_format
    look.space_before, look.space_after, look.keep_with_next = Pt(before), Pt(after), keep
    look.line_spacing = 1.05
    if name in ("Title", "Subtitle"):
        look.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _added(document: Document, name: str, base: str) -> Any:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles[base]
    style.quick_style = True
    return style


def _indented(style: Any, left: float, hanging: float, after: float) -> None:
    look = style.paragraph_format
    look.left_indent, look.first_line_indent, look.space_after = Cm(left), Cm(-hanging), Pt(after)
    look.tab_stops.add_tab_stop(Cm(left))
    look.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY


def _together(style: Any) -> None:
    properties = style.element.get_or_add_pPr()
    if properties.find(qn("w:contextualSpacing")) is None:
        properties.insert_element_before(
            OxmlElement("w:contextualSpacing"), "w:mirrorIndents", "w:suppressOverlap", "w:jc", "w:textDirection",
            "w:textAlignment", "w:textboxTightWrap", "w:outlineLvl", "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr",
            "w:pPrChange")


def _running_text(document: Document) -> None:
    body = document.styles["Body Text"]
    _font(body, 10)
    body.paragraph_format.space_before, body.paragraph_format.space_after = Pt(3), Pt(6)
    body.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    bullet = document.styles["List Bullet"]
    _font(bullet, 10)
    bullet.paragraph_format.space_after = Pt(8)
    note = _added(document, "Nota", "Normal")
    _font(note, 9, color=GREY)
    lead_in = _added(document, "Introduzione elenco", "Normal")
    lead_in.paragraph_format.keep_with_next = True
    lead_in.paragraph_format.space_before, lead_in.paragraph_format.space_after = Pt(3), Pt(3)
    centred = _added(document, "Riga centrata", "Normal")
    centred.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    letterhead = _added(document, "Carta intestata", "Normal")
    _font(letterhead, 9, color=GREY)
    letterhead.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    letterhead.paragraph_format.space_after = Pt(14)
    addressee = _added(document, "Destinatario", "Normal")
    addressee.paragraph_format.left_indent, addressee.paragraph_format.space_after = Cm(9), Pt(0)
    subject = _added(document, "Oggetto", "Normal")
    _font(subject, 10, bold=True)
    subject.paragraph_format.space_before, subject.paragraph_format.space_after = Pt(22), Pt(10)
    signature = _added(document, "Firma", "Normal")
    signature.paragraph_format.left_indent, signature.paragraph_format.space_after = Cm(9), Pt(8)
    signature.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    signature.paragraph_format.keep_with_next = True
    draft = _added(document, "Nota di bozza", "Normal")
    draft.paragraph_format.space_before = Pt(12)
    _font(draft, 10, bold=True, color=GREY)
    draft.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for name in ("Header", "Footer"):
        _font(document.styles[name], 8.5, color=GREY)
        tabs = document.styles[name].paragraph_format.tab_stops
        tabs.clear_all()
        tabs.add_tab_stop(Cm(17), WD_TAB_ALIGNMENT.RIGHT)


def _contents(document: Document) -> None:
    """The styles of the index; Word knows them by these names."""
    heading = _added(document, "Titolo indice", "Normal")
    _font(heading, 12, bold=True, color=BLUE)
    heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(20), Pt(4)
    heading.paragraph_format.keep_with_next = True
    for name, left, before in (("toc 1", 0.0, 5.0), ("toc 2", 0.6, 0.0)):
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=True)
        style.base_style = document.styles["Normal"]
        _font(style, 9 if left else 9.5, bold=not left, color=INK)
        look = style.paragraph_format
        look.left_indent, look.space_before, look.space_after = Cm(left), Pt(before), Pt(1)
        look.line_spacing = 1.0


def _cells(document: Document) -> None:
    for name, bold in (("Cella", None), ("Cella intestazione", True)):
        style = _added(document, name, "Normal")
        _font(style, 9, bold=bold)
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(2)
        style.paragraph_format.line_spacing = 1.05
    for name in ("Cella", "Cella intestazione"):
        figures = _added(document, f"{name} cifre", name)
        figures.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT


_CELL_MARGINS = (
    '<w:tblCellMar><w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar>'
)
_TABLE = (
    f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="Tabella"><w:name w:val="Tabella"/>'
    '<w:uiPriority w:val="59"/><w:qFormat/><w:tblPr><w:tblBorders>'
    '<w:top w:val="single" w:sz="8" w:color="004D99"/><w:bottom w:val="single" w:sz="8" w:color="004D99"/>'
    '<w:insideH w:val="single" w:sz="4" w:color="C9D1D9"/></w:tblBorders>' + _CELL_MARGINS + "</w:tblPr>"
    '<w:tblStylePr w:type="firstRow"><w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="E8EEF5"/></w:tcPr>'
    "</w:tblStylePr></w:style>"
)
_FACTS = (
    f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="SchedaDati"><w:name w:val="Scheda dati"/>'
    '<w:uiPriority w:val="59"/><w:qFormat/><w:tblPr><w:tblBorders>'
    '<w:top w:val="single" w:sz="4" w:color="C9D1D9"/><w:bottom w:val="single" w:sz="4" w:color="C9D1D9"/>'
    '<w:insideH w:val="single" w:sz="4" w:color="C9D1D9"/></w:tblBorders>' + _CELL_MARGINS + "</w:tblPr></w:style>"
)
