"""docxtpl without its silences: the Word template as our code opens, reads and fills it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import Any

from docx.oxml.parser import parse_xml
from docxtpl import DocxTemplate

from core.documents.language import Language, environment
from core.documents.pour import pourer
from core.documents.wordfile import Properties, settle
from core.ground.errors import RuleBroken


@lru_cache(maxsize=64)
def _patched(xml: str) -> str:
    patched: str = DocxTemplate.patch_xml(None, xml)  # it looks at nothing but the text
    return patched


class WordTemplate(DocxTemplate):  # type: ignore[misc]  # docxtpl has no types
    """docxtpl that speaks: no recovery from broken XML, no second pass over the values."""

    def environment(self) -> Language:
        """Our template language, with blocks poured in the styles that this very file calls so."""
        return environment(pourer(self.style_ids()))

    def style_ids(self) -> dict[str, str]:
        """Identifiers by name as the file stores it (built-in headings in small letters)."""
        self.init_docx()
        return {style.element.name_val: style.style_id for style in self.docx.styles}

    def sources(self) -> Iterator[str]:
        """The Jinja source of body, headers and footers."""
        self.init_docx()
        yield self.patch_xml(self.get_xml())
        for uri in (self.HEADER_URI, self.FOOTER_URI):
            for _, part in self.get_headers_footers(uri):
                yield self.patch_xml(self.get_part_xml(part))

    def patch_xml(self, src_xml: str) -> str:
        """The source made readable for Jinja: the same for every letter of a template, and a third of its time."""
        return _patched(src_xml)

    def resolve_listing(self, xml: str) -> str:
        """New lines and tabs are already in place: the gate writes them (and a value never makes a paragraph)."""
        return xml

    def fix_tables(self, xml: str) -> Any:
        """Refuse broken XML: docxtpl's own parser would drop what it does not understand."""
        try:
            parse_xml(xml)
        except SyntaxError as error:  # lxml's XMLSyntaxError is one
            raise RuleBroken("Il modello genera un file che Word non aprirebbe: "
                             "un campo sta fuori dal testo.") from error
        return super().fix_tables(xml)

    def render_properties(self, context: Mapping[str, Any], jinja_env: Any = None) -> None:
        """The file's properties come from the caller, after the rendering."""

    def to_bytes(self, properties: Properties) -> bytes:
        """The finished file, without a clock in it."""
        said = self.docx.core_properties
        created = datetime(properties.created.year, properties.created.month, properties.created.day)  # noqa: DTZ001
        said.title, said.author, said.subject = properties.title, properties.author, properties.subject
        said.created = said.modified = created
        said.last_modified_by, said.revision, said.comments = properties.author, 1, ""
        said.language = "it-IT"
        packed = BytesIO()
        self.docx.save(packed)
        return settle(packed.getvalue())
