"""A file that somebody takes away: sent to keep, and recorded with who took which, when."""

from __future__ import annotations

from io import BytesIO
from mimetypes import guess_type

from flask import send_file
from werkzeug.wrappers import Response

from admin.guard.session import db, office, principal
from core.documents.model import Document
from core.ground.access import system
from core.ground.unit_of_work import unit_of_work
from core.users import logins


def give_document(document: Document) -> Response:
    """A document of the office, as it lies in the store."""
    return give(db().files.get(document.path), document.file_name, document_id=document.id)


def give(content: bytes, file_name: str, *, document_id: int | None = None) -> Response:
    """Any file made of what the office keeps, under this name."""
    with unit_of_work(office().database, system("scaricamento"), act="download") as session:
        logins.took(session, principal().user_id, file_name, document_id)
    return send_file(BytesIO(content), as_attachment=True, download_name=file_name,
                     mimetype=guess_type(file_name)[0] or "application/octet-stream", max_age=0)
