"""Which files may stand in a diary, and when a letter may have been received. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from email import message_from_bytes
from io import BytesIO
from zipfile import ZipFile

from core.documents.wordfile import UNREADABLE
from core.ground.errors import RuleBroken
from core.ground.files import Upload
from core.ground.required import require_past, require_text

MAX_BYTES = 25 * 1024 * 1024
CHANNELS = ("pec", "registered_post", "by_hand")
MACROS = re.compile(r"vbaProject|vbaData|activeX|macrosheets", re.IGNORECASE)
PROGRAMS = (
    ".exe", ".bat", ".cmd", ".com", ".js", ".vbs", ".ps1", ".scr", ".msi", ".jar", ".lnk", ".docm", ".xlsm", ".hta",
)
EXECUTABLE = (b"MZ", b"\x7fELF", b"#!", b"PK")
DER = (b"\x30\x80", b"\x30\x82", b"\x30\x83", b"\x30\x84")
MAX_MEMBERS = 2_000


def _package(content: bytes) -> list[str] | None:
    """The names in a zip package; None if it is none, or one with more members than an office packs."""
    try:
        with ZipFile(BytesIO(content)) as package:
            names = package.namelist()
    except UNREADABLE:
        return None
    return names if len(names) <= MAX_MEMBERS else None


def _office(main: str) -> Callable[[bytes], bool]:
    def is_one(content: bytes) -> bool:
        names = _package(content) or []
        return main in names and not any(MACROS.search(name) for name in names)

    return is_one


def _is_archive(content: bytes) -> bool:
    names = _package(content)
    return bool(names) and not any(name.lower().endswith(PROGRAMS) for name in names or ())


def _is_signed(content: bytes) -> bool:
    """A CAdES envelope: DER, or its text form."""
    return content[:2] in DER or content.lstrip()[:3] in (b"---", b"MII")


def _is_mail(content: bytes) -> bool:
    return message_from_bytes(content[:65536])["From"] is not None


KINDS: dict[str, Callable[[bytes], bool]] = {
    # a reader forgives what stands before the head of a PDF, but not a program or an archive that holds one
    ".pdf": lambda content: b"%PDF-" in content[:1024] and not content.startswith(EXECUTABLE),
    ".p7m": _is_signed,
    ".docx": _office("word/document.xml"),
    ".xlsx": _office("xl/workbook.xml"),
    ".odt": _office("content.xml"),
    ".png": lambda content: content.startswith(b"\x89PNG\r\n\x1a\n"),
    ".jpg": lambda content: content.startswith(b"\xff\xd8\xff"),
    ".jpeg": lambda content: content.startswith(b"\xff\xd8\xff"),
    ".eml": _is_mail,
    ".zip": _is_archive,
}


def require_safe_file(file: Upload, *, field: str = "file") -> None:
    """RuleBroken unless the file is of a kind that an office keeps, and is what its name says; at most 25 MB.

    Documents with macros and archives with programs are refused.
    """
    suffix = file.name.lower()[file.name.rfind("."):] if "." in file.name else ""
    if suffix not in KINDS:
        raise RuleBroken("«%(file)s» non è di un tipo che si conserva qui: usare PDF, P7M, Word, Excel, ODT, PNG, "
                         "JPEG, EML o ZIP.", field=field, file=file.name)
    if not file.content:
        raise RuleBroken("«%(file)s» è vuoto: scegliere il file giusto.", field=field, file=file.name)
    if len(file.content) > MAX_BYTES:
        raise RuleBroken("«%(file)s» supera i 25 MB: ridurlo o dividerlo.", field=field, file=file.name)
    if not KINDS[suffix](file.content):
        raise RuleBroken("Il contenuto di «%(file)s» non è quello che il nome promette, o contiene macro o programmi: "
                         "salvarlo di nuovo nel formato giusto.", field=field, file=file.name)


def require_sending(title: str, sender_id: int, addressee_id: int, channel: str, sent_on: date, today: date) -> None:
    """RuleBroken for a letter without subject, to oneself, by an unknown way, or sent on a day that has not come."""
    require_text(title, "Indicare l'oggetto della lettera.", field="title")
    if sender_id == addressee_id:
        raise RuleBroken("Mittente e destinatario sono lo stesso ente: sceglierne due.", field="addressee_id")
    if channel not in CHANNELS:
        raise RuleBroken("Scegliere con quale mezzo la lettera è partita.", field="channel")
    require_past(sent_on, today, field="sent_on")


def require_receipt(sent_on: date, received_on: date, today: date) -> None:
    """RuleBroken for a letter received before it was sent, or on a day that has not come."""
    if received_on < sent_on:
        raise RuleBroken("La lettera è partita il %(sent)s: non può essere stata ricevuta il %(day)s. Correggere la "
                         "data.", field="received_on", sent=f"{sent_on:%d/%m/%Y}", day=f"{received_on:%d/%m/%Y}")
    require_past(received_on, today, field="received_on")
