"""Archives: a .zip with a bank's files, and what every archive is looked at for before anything in it is opened."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from core.payments.statements import refusals
from core.payments.statements.lines import Statement, together
from core.payments.statements.texts import clean

MOST_UNPACKED = 60 * 1024 * 1024
MOST_FILES = 400  # more than a year of days
WORKBOOK = "xl/workbook.xml"
COPIES = (".pdf", ".p7m")  # what a bank adds for reading: the same movements again
UNSOUND = (BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error)
Read = Callable[[str, bytes], tuple[Statement, ...]]


def is_archive(content: bytes) -> bool:
    """True for the beginning of a .zip, which an .xlsx is too."""
    return content[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def holds_workbook(file: str, content: bytes) -> bool:
    """True for an .xlsx. RuleBroken for an archive that is broken, or too much when it is opened."""
    return WORKBOOK in {one.filename for one in _members(file, content)}


def read(file: str, content: bytes, read_one: Read) -> tuple[Statement, ...]:
    """The statements of all files in an archive, by account; what two of them tell is taken once.

    RuleBroken, in words, for a file in it that cannot be read: nothing of the archive is taken then.
    """
    found: list[Statement] = []
    for name, inside in _files(file, content):
        for one in read_one(f"{file}/{name}", inside):
            found.append(replace(one, left_out=tuple(replace(row, file=name) for row in one.left_out)))
    if not found:
        raise refusals.no_statement(file)
    return together(found)


def _files(file: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    members = sorted((one for one in _members(file, content) if _counts(one)), key=lambda one: one.filename)
    try:
        with ZipFile(BytesIO(content)) as packed:
            for one in members:
                with packed.open(one) as stream:
                    inside = stream.read(MOST_UNPACKED + 1)
                if len(inside) > one.file_size or is_archive(inside):
                    raise refusals.no_statement(clean(f"{file}/{one.filename}"))
                yield clean(one.filename), inside
    except UNSOUND as error:
        raise refusals.broken(file) from error


def _counts(member: ZipInfo) -> bool:
    """False for folders, for what a Mac adds, and for copies to be read by people."""
    last = member.filename.rpartition("/")[2]
    return bool(last) and not last.startswith((".", "__")) and "__MACOSX/" not in member.filename and \
        not last.lower().endswith(COPIES)


def _members(file: str, content: bytes) -> list[ZipInfo]:
    try:
        with ZipFile(BytesIO(content)) as packed:
            members = packed.infolist()
    except UNSOUND as error:
        raise refusals.broken(file) from error
    if len(members) > MOST_FILES or sum(one.file_size for one in members) > MOST_UNPACKED:
        raise refusals.too_big(file)
    return members
