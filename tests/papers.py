"""Small Word files, for what happens to them."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from docx import Document


@lru_cache(maxsize=32)
def word(*lines: str, header: str = "Azienda sociale") -> bytes:
    """A Word file of a few paragraphs, with a line above every page."""
    document, kept = Document(), BytesIO()
    document.sections[0].header.paragraphs[0].text = header
    for line in lines:
        document.add_paragraph(line)
    document.save(kept)
    return kept.getvalue()
