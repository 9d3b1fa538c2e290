"""Word files as files: is it really one, what does it say, and the same bytes for the same content."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from lxml import etree

from core.ground.errors import RuleBroken

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 80 * 1024 * 1024
MAX_MEMBERS = 500
LAST_READ = 4  # files whose text is remembered: an ordinary one weighs 100 KB
MAX_ELEMENTS = 600_000  # an element costs about 1 µs to open: a file of a million empty paragraphs is an attack
DOCUMENT = "word/document.xml"

# what zipfile and its streams say of a package that is none, is broken, locked or packed in another way
UNREADABLE = (BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error)

_EPOCH = (1980, 1, 1, 0, 0, 0)
_MACROS = re.compile(r"vbaProject|vbaData|activeX|macroEnabled", re.IGNORECASE)
_EXTERNAL = re.compile(r"<Relationship\b[^>]*\bTargetMode\s*=\s*[\"']External[\"'][^>]*>")
EDGE = re.compile(r"word/(header|footer)\d*\.xml")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HYPHEN = "\u2011"  # Word writes a hyphen that does not break as an element of its own
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PARAGRAPH = f"{W}p"
_SAID = tuple(f"{W}{name}" for name in ("t", "br", "cr", "tab", "noBreakHyphen"))
_APART = (_FALLBACK, *(f"{W}{name}" for name in ("p", "del", "moveFrom", "sdtPr")))  # what a paragraph does not say


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

    Text deleted under revision control, or moved away, is left out; what was inserted, or moved there, is in.
    """
    return list(_read(data))


@lru_cache(maxsize=LAST_READ)  # one page, and one act, ask for the same text several times
def _read(data: bytes) -> tuple[str, ...]:
    return tuple(_paragraph_text(paragraph) for paragraph in walk(part(data, DOCUMENT)))


def read_edges(data: bytes) -> list[str]:
    """The lines above and below every page, with the numbers of the page as they were last shown."""
    with ZipFile(BytesIO(data)) as package:
        names = sorted(name for name in package.namelist() if EDGE.fullmatch(name))
    return [text for name in names for paragraph in walk(part(data, name))
            if (text := _paragraph_text(paragraph).strip())]


def is_revised(data: bytes) -> bool:
    """True if a Word file holds changes that nobody has accepted or refused: it says two texts."""
    marks = {f"{W}{name}" for name in ("ins", "del", "moveFrom", "moveTo")}
    return any(node.tag in marks for node in part(data, DOCUMENT).iter())


def plain(text: str) -> str:
    """A text as it is compared: hyphens that do not break are hyphens, spaces of every kind are spaces."""
    return " ".join(text.replace(HYPHEN, "-").replace("\u00ad", "").split())


def part(data: bytes, name: str) -> Any:
    """A part of a Word file as an XML tree."""
    with ZipFile(BytesIO(data)) as package:
        return etree.fromstring(package.read(name), etree.XMLParser(resolve_entities=False))


def walk(root: Any) -> Iterator[Any]:
    """Every paragraph once; a text box is stored twice, and its fallback copy is skipped."""
    copies = {paragraph for fallback in root.iter(_FALLBACK) for paragraph in fallback.iter(_PARAGRAPH)}
    yield from (paragraph for paragraph in root.iter(_PARAGRAPH) if paragraph is not root and paragraph not in copies)


def _paragraph_text(paragraph: Any) -> str:
    return "".join(text for _node, text in runs(paragraph))


def runs(node: Any) -> Iterator[tuple[Any, str]]:
    """The elements of a paragraph that say something, each with what it says."""
    silent = {inner for apart in node.iter(*_APART) if apart is not node for inner in apart.iter(*_SAID)}
    for child in node.iter(*_SAID):
        if child in silent:
            continue
        if child.tag == f"{W}t":
            yield child, child.text or ""
        elif child.tag in (f"{W}br", f"{W}cr"):
            yield child, "\n"
        elif child.tag == f"{W}tab" and child.getparent().tag == f"{W}r":
            yield child, "\t"
        elif child.tag == f"{W}noBreakHyphen":
            yield child, HYPHEN


def repacked(data: bytes, changed: Mapping[str, Any]) -> bytes:
    """The same package with some of its parts written anew."""
    packed = BytesIO()
    with ZipFile(BytesIO(data)) as source, ZipFile(packed, "w") as target:
        for member in source.infolist():
            tree = changed.get(member.filename)
            content = source.read(member) if tree is None else etree.tostring(tree, encoding="UTF-8", standalone=True)
            target.writestr(member.filename, content)
    return settle(packed.getvalue())


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
