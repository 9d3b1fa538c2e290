"""A Word file of ours read back as blocks, so that a page shows what it says before anybody prepares it."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from core.documents.blocks import Block, Bullets, Heading, Paragraph, Table

HEADINGS = frozenset({"Heading 1", "Heading 2", "Heading 3", "Heading 4", "Oggetto"})
DASHED = "Trattino"
LINES = frozenset({"Carta intestata", "Destinatario", "Firma"})  # their paragraphs are the lines of one text


def blocks_of(data: bytes) -> list[Block]:
    """The headings, texts, lists and tables of a Word file, in reading order; what is empty is left out."""
    import docx  # costs 200 ms to load

    found: list[Block] = []
    before = ""
    items: Any = docx.Document(BytesIO(data)).iter_inner_content()
    for item in items:
        style = str(item.style.name) if hasattr(item, "text") else ""
        for block in _paragraph(style, item.text.strip()) if style else _table(item):
            last = found[-1] if found else None
            if style == before and isinstance(block, Bullets) and isinstance(last, Bullets):
                found[-1] = Bullets(last.items + block.items)
            elif style == before and style in LINES and isinstance(last, Paragraph) and isinstance(block, Paragraph):
                found[-1] = Paragraph(f"{last.text}\n{block.text}")
            else:
                found.append(block)
            before = style
    return found


def _paragraph(style: str, text: str) -> Iterator[Block]:
    if not text:
        return
    if style in HEADINGS:
        yield Heading(text)
    elif style == DASHED:
        yield Bullets((text.removeprefix("–").strip(),))
    else:
        yield Paragraph(text)


def _table(table: Any) -> Iterator[Block]:
    rows = [tuple(cell.text for cell in row.cells) for row in table.rows]
    if rows:
        yield Table(rows[0], tuple(rows[1:]))
