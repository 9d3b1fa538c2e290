"""Blocks poured into Word: each block becomes paragraphs or a table in the template's own styles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, singledispatch

from markupsafe import Markup

from core.documents.blocks import Block, Bullets, Heading, KeyValues, Paragraph, Table
from core.documents.markup import word_text
from core.ground.errors import RuleBroken

BODY = "Body Text"
NOTE = "Nota"
BULLET = "List Bullet"
STEP = "Elenco numerato"
CELL = "Cella"
CELL_HEAD = "Cella intestazione"
FIGURES = " cifre"  # the two cell styles have a twin whose text stands at the right
TABLE = "Tabella"
FACTS = "Scheda dati"
HEADINGS = ("heading 3", "heading 4")  # titles and articles, or annexes, hold levels 1 and 2
POURED_STYLES = (BODY, NOTE, BULLET, STEP, CELL, CELL_HEAD, CELL + FIGURES, CELL_HEAD + FIGURES, TABLE,
                 FACTS, *HEADINGS)

TEXT_WIDTH = 9638  # twentieths of a point: 17 cm, an A4 page without its margins
_LABEL_WIDTH = 2800
_FIGURE = re.compile(r"(€ )?-?[\d.]+(,\d+)?( ?%)?")

HERE = "\x1a"  # where the text of a cell comes: nothing that a person may write

StyleIds = Mapping[str, str]


def pourer(style_ids: StyleIds) -> Callable[..., Markup]:
    """The ``blocks`` filter of one template; ``style_ids`` maps style names to that template's identifiers.

    Names are looked up because Word in Italian renames the identifiers of built-in styles when it saves.
    """

    def blocks(items: Iterable[Block]) -> Markup:
        """``{{p annex.blocks|blocks }}``: the blocks in place of that paragraph."""
        return Markup("").join(_pour(_known(item), style_ids) for item in items)

    return blocks


def _known(item: object) -> Block:
    if not isinstance(item, Heading | Paragraph | Bullets | KeyValues | Table):
        raise RuleBroken("Un allegato contiene un elemento che non è un blocco (%(kind)s).", kind=type(item).__name__)
    return item


@singledispatch
def _pour(block: Block, styles: StyleIds) -> Markup:
    raise NotImplementedError(type(block).__name__)


@_pour.register
def _(block: Heading, styles: StyleIds) -> Markup:
    return _paragraph(block.text, styles.get(HEADINGS[min(block.level, len(HEADINGS)) - 1]))


@_pour.register
def _(block: Paragraph, styles: StyleIds) -> Markup:
    return _paragraph(block.text, styles.get(NOTE if block.style == "note" else BODY))


@_pour.register
def _(block: Bullets, styles: StyleIds) -> Markup:
    style = styles.get(STEP if block.ordered else BULLET)
    items = [f"{number}.\t{item}" for number, item in enumerate(block.items, start=1)] if block.ordered else block.items
    # the first item alone under its heading, at the foot of a page, announces nothing
    return Markup("").join(_paragraph(item, style, keep=index == 1 < len(items))
                           for index, item in enumerate(items, start=1))


@_pour.register
def _(block: KeyValues, styles: StyleIds) -> Markup:
    widths = (_LABEL_WIDTH, TEXT_WIDTH - _LABEL_WIDTH)
    rows = (
        _row((_cell(label, widths[0], styles.get(CELL_HEAD)), _cell(value, widths[1], styles.get(CELL))))
        for label, value in block.pairs
    )
    return _table(rows, widths, styles.get(FACTS))


@_pour.register
def _(block: Table, styles: StyleIds) -> Markup:
    widths = column_widths(block)
    columns = [[row[index] for row in block.rows] for index in range(len(widths))]
    sides = [FIGURES if column and all(_FIGURE.fullmatch(text) for text in column) else "" for column in columns]

    def line(texts: tuple[str, ...], style: str) -> tuple[Markup, ...]:
        return tuple(_cell(text, width, styles.get(style + side))
                     for text, width, side in zip(texts, widths, sides, strict=True))

    head = _row(line(block.headers, CELL_HEAD), header=True)
    rows = (_row(line(row, CELL)) for row in block.rows)
    return _table((head, *rows), widths, styles.get(TABLE))


def column_widths(table: Table) -> tuple[int, ...]:
    """Column widths in twentieths of a point; RuleBroken if a row or the widths do not fit the headers."""
    count = len(table.headers)
    shares = table.widths or (1,) * count
    if not count or len(shares) != count or any(len(row) != count for row in table.rows):
        raise RuleBroken("Una tabella ha righe di lunghezza diversa dalla sua intestazione: %(headers)s.",
                         headers=", ".join(table.headers))
    return tuple(TEXT_WIDTH * share // sum(shares) for share in shares)


def _paragraph(text: str, style_id: str | None, *, keep: bool = False) -> Markup:
    style = Markup('<w:pStyle w:val="{}"/>').format(style_id) if style_id else ""
    return Markup('<w:p><w:pPr>{}{}</w:pPr><w:r><w:t xml:space="preserve">{}</w:t></w:r></w:p>').format(
        style, Markup("<w:keepNext/>") if keep else "", word_text(text))


def _cell(text: str, width: int, style_id: str | None) -> Markup:
    before, after = _frame(width, style_id)
    return before + word_text(text) + after


@cache
def _frame(width: int, style_id: str | None) -> tuple[Markup, Markup]:
    """What stands around the text of a cell: a table of thousands has a few of them."""
    before, after = _paragraph(HERE, style_id).split(HERE)
    return Markup('<w:tc><w:tcPr><w:tcW w:w="{}" w:type="dxa"/></w:tcPr>').format(width) + before, \
        after + Markup("</w:tc>")


def _row(cells: tuple[Markup, ...], *, header: bool = False) -> Markup:
    repeat = Markup("<w:tblHeader/>") if header else ""
    return Markup("<w:tr><w:trPr><w:cantSplit/>{}</w:trPr>{}</w:tr>").format(repeat, Markup("").join(cells))


def _table(rows: Iterable[Markup], widths: tuple[int, ...], style_id: str | None) -> Markup:
    style = Markup('<w:tblStyle w:val="{}"/>').format(style_id) if style_id else ""
    grid = Markup("").join(Markup('<w:gridCol w:w="{}"/>').format(width) for width in widths)
    # Word joins two tables that touch: the small empty paragraph after each keeps them apart
    return Markup(
        '<w:tbl><w:tblPr>{}<w:tblW w:w="{}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        '<w:tblLook w:val="0420" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" '
        'w:noHBand="0" w:noVBand="1"/></w:tblPr><w:tblGrid>{}</w:tblGrid>{}</w:tbl>'
        '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="160" w:lineRule="exact"/></w:pPr></w:p>'
    ).format(style, sum(widths), grid, Markup("").join(rows))
