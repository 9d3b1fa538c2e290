"""Word files as files: is it really one, what does it say, and the same bytes for the same content."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from core.ground.errors import RuleBroken

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 80 * 1024 * 1024
MAX_MEMBERS = 500
MAX_ELEMENTS = 600_000  # an element costs about 1 µs to open: a file of a million empty paragraphs is an attack
DOCUMENT = "word/document.xml"

# what zipfile and its streams say of a package that is none, is broken, locked or packed in another way
UNREADABLE = (BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error)

_EPOCH = (1980, 1, 1, 0, 0, 0)
_MACROS = re.compile(r"vbaProject|vbaData|activeX|macroEnabled", re.IGNORECASE)
_EXTERNAL = re.compile(r"<Relationship\b[^>]*\bTargetMode\s*=\s*[\"']External[\"'][^>]*>")
_EDGE = re.compile(r"word/(header|footer)\d*\.xml")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


@dataclass(frozen=True)
class Properties:
    """What a Word file says of itself; supplied by the caller, so that the clock stays outside."""

    title: str = ""
    author: str = ""
    subject: str = ""
    created: date = date(1980, 1, 1)


def require_word_file(data: bytes, filename: str) -> None:
    """Raise RuleBroken, in words, unless ``data`` is a Word document that is safe to open.

    Checked by content and not by name: the size packed and unpacked, the parts, no macros, no links
    that Word would follow by itself (plain hyperlinks may stay), no XML entities.
    """
    if not filename.lower().endswith(".docx"):
        raise RuleBroken("«%(file)s» non ha estensione .docx: salvarlo da Word come documento .docx.",
                         field="file", file=filename)
    if len(data) > MAX_BYTES:
        raise RuleBroken("«%(file)s» supera i 20 MB: ridurre le immagini o dividere il documento.",
                         field="file", file=filename)
    try:
        with ZipFile(BytesIO(data)) as package:
            _require_sound_package(package, filename)
    except UNREADABLE as error:
        raise _not_word(filename) from error


def _not_word(filename: str) -> RuleBroken:
    return RuleBroken("«%(file)s» non è un documento Word: aprirlo con Word e salvarlo come .docx.",
                      field="file", file=filename)


def _require_sound_package(package: ZipFile, filename: str) -> None:
    members = package.infolist()
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        raise RuleBroken("«%(file)s» è troppo grande da aprire: ridurre le immagini o dividere il documento.",
                         field="file", file=filename)
    names = [member.filename for member in members]
    if len(set(names)) < len(names) or not {"[Content_Types].xml", DOCUMENT} <= set(names):
        raise _not_word(filename)
    if any(_MACROS.search(name) for name in names):
        raise _has_macros(filename)
    for member in members:
        if member.filename.endswith((".xml", ".rels")):
            _require_sound_part(member.filename, package.read(member), filename)


def _has_macros(filename: str) -> RuleBroken:
    return RuleBroken("«%(file)s» contiene macro: salvarlo come documento .docx senza macro.",
                      field="file", file=filename)


def _require_sound_part(name: str, xml: bytes, filename: str) -> None:
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml or b"\x00" in xml or xml.count(b"<") > MAX_ELEMENTS:
        raise RuleBroken("«%(file)s» contiene una parte che Word non scrive (%(part)s): per sicurezza non si apre.",
                         file=filename, part=name)
    if name == "[Content_Types].xml" and _MACROS.search(xml.decode("utf-8", "replace")):
        raise _has_macros(filename)
    if name == "[Content_Types].xml" and b"wordprocessingml.document.main+xml" not in xml:
        raise _not_word(filename)
    if name.endswith(".rels"):
        links = _EXTERNAL.findall(xml.decode("utf-8", "replace"))
        if any("/hyperlink" not in link for link in links):
            raise RuleBroken(
                "«%(file)s» richiama file esterni (un modello, un'immagine o un oggetto collegato): "
                "incorporarli nel documento e salvarlo di nuovo.",
                file=filename,
            )


def read_text(data: bytes) -> list[str]:
    """The paragraphs of the body in reading order, those of tables too; breaks are ``\\n``, tabs ``\\t``.

    Text deleted under revision control is left out, inserted text is in.
    """
    return [_paragraph_text(paragraph) for paragraph in _paragraphs(_body(data))]


def read_edges(data: bytes) -> list[str]:
    """The lines above and below every page, with the numbers of the page as they were last shown."""
    with ZipFile(BytesIO(data)) as package:
        names = sorted(name for name in package.namelist() if _EDGE.fullmatch(name))
    return [text for name in names for paragraph in _paragraphs(_part(data, name))
            if (text := _paragraph_text(paragraph).strip())]


def _body(data: bytes) -> Any:
    return _part(data, DOCUMENT)


def _part(data: bytes, name: str) -> Any:
    from docx.oxml.parser import parse_xml  # python-docx costs 200 ms to load

    with ZipFile(BytesIO(data)) as package:
        return parse_xml(package.read(name))


def _paragraphs(root: Any) -> Iterator[Any]:
    """Every paragraph once; a text box is stored twice, and its fallback copy is skipped."""
    for child in root:
        if child.tag == _FALLBACK:
            continue
        if child.tag == f"{_W}p":
            yield child
        yield from _paragraphs(child)


def _paragraph_text(paragraph: Any) -> str:
    return "".join(_runs_text(paragraph))


def _runs_text(node: Any) -> Iterator[str]:
    for child in node:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in (f"{_W}br", f"{_W}cr"):
            yield "\n"
        elif child.tag == f"{_W}tab" and node.tag == f"{_W}r":
            yield "\t"
        elif child.tag not in (f"{_W}p", f"{_W}pPr", f"{_W}del", _FALLBACK):
            yield from _runs_text(child)


def settle(data: bytes) -> bytes:
    """The same package without the clock in it: the same content gives the same bytes and the same hash."""
    settled = BytesIO()
    with ZipFile(BytesIO(data)) as source, ZipFile(settled, "w") as target:
        for member in source.infolist():
            entry = ZipInfo(member.filename, _EPOCH)
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = 3  # else the bytes would tell Windows from Linux
            entry.external_attr = 0o600 << 16
            target.writestr(entry, source.read(member))
    return settled.getvalue()
