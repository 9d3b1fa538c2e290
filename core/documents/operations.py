"""Keeping documents: the file first, on the disk, then its row in the caller's transaction."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from core.documents.model import Document, DocumentSignature
from core.documents.signatures import Signature
from core.ground import clock
from core.ground.access import ScopedSession
from core.ground.files import Upload, sha256
from core.ground.walls import home_of


def keep(
    session: ScopedSession,
    file: Upload,
    *,
    kind: str,
    folder: str,
    subject: str | None = None,
    template: str | None = None,
    template_sha256: str | None = None,
    data: bytes | None = None,
) -> Document:
    """Store a file (and the data it was made from) and add its row.

    ``subject`` is the kind of case to which it belongs, and decides which offices read it; a kind of document that
    stands in one kind of case only need not say it.

    The path holds the hash of the content, so a file whose transaction was lost is never in the way of another.
    """
    stem, dot, suffix = file.name.rpartition(".")
    path = f"{folder}/{stem}-{sha256(file.content)[:12]}{dot}{suffix}"
    data_path = f"{path}.json" if data is not None else None
    if data is not None and data_path is not None:
        session.files.put(data_path, data)
    document = Document(
        kind=kind,
        subject=subject or home_of(kind),
        file_name=file.name,
        path=path,
        sha256=session.files.put(path, file.content),
        size=len(file.content),
        template=template,
        template_sha256=template_sha256,
        data_path=data_path,
        data_sha256=None if data is None else sha256(data),
        made_at=clock.now(),
        made_by=session.principal.name,
    )
    session.add(document)
    return document


def keep_signatures(
    session: ScopedSession, document: Document, signatures: Iterable[Signature], *, text_sha256: str
) -> None:
    """Write down the signatures that were read in a document, beside the hash of the text that it was held against."""
    session.add_all(
        DocumentSignature(document_id=document.id, subject=document.subject, signer=one.signer,
                          fiscal_code=one.fiscal_code, signed_at=one.signed_at, stamped=one.stamped,
                          covered_sha256=one.covered_sha256, text_sha256=text_sha256)
        for one in signatures)
    session.flush()


def canonical(context: object) -> bytes:
    """Frozen data as JSON bytes: the same data, the same bytes. What a document was made from, kept beside it."""
    return json.dumps(_plain(context), ensure_ascii=False, sort_keys=True).encode()


def _plain(value: object) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return {"": type(value).__name__, **fields}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, date | Decimal):
        return str(value)
    return value
