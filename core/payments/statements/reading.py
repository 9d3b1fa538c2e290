"""Reading whatever file a bank gave: its content says what it is, its name does not."""

from __future__ import annotations

import re

from core.payments.statements import archives, camt, cbi, csvfile, refusals, workbook
from core.payments.statements.lines import Statement
from core.payments.statements.texts import clean

BIGGEST_FILE = 25 * 1024 * 1024
PAGE = re.compile(rb"<(html|table|body|workbook)\b", re.IGNORECASE)
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")  # with which a text may say its encoding


def read(file: str, content: bytes, *, account: str | None = None) -> tuple[Statement, ...]:
    """The statements of a file, one for each account of which it tells; at least one.

    CAMT.052, .053 and .054, records of CBI, CSV, .xlsx, or a .zip of them. ``account`` (an IBAN) says whose a file is
    that does not say so itself. RuleBroken, in words, for anything that cannot be understood; nothing is kept then.
    """
    name, account = clean(file), account or None
    if len(content) > BIGGEST_FILE:
        raise refusals.too_big(name)
    if not archives.is_archive(content):
        return _plain(name, content, account)
    if archives.holds_workbook(name, content):
        return workbook.read(name, content, account)
    return archives.read(name, content, lambda inside, part: _plain(inside, part, account))


def _plain(file: str, content: bytes, account: str | None) -> tuple[Statement, ...]:
    if _is_xml(content):
        if PAGE.search(content[:2000].replace(b"\x00", b"")):
            raise refusals.no_statement(file)  # what some banks call .xls
        return camt.read(file, content, account)
    if cbi.starts(content):
        return cbi.read(file, content, account)
    return csvfile.read(file, content, account)


def _is_xml(content: bytes) -> bool:
    begins = content[:400].lstrip()
    for mark in MARKS:
        begins = begins.removeprefix(mark)
    return begins.replace(b"\x00", b"").lstrip()[:1] == b"<"
