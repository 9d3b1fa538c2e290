"""Forms that carry a file: what was sent, and the file as the core wants it."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.datastructures import CombinedMultiDict
from wtforms import Field

from admin.guard.session import office
from admin.web.forms import PageForm
from core.ground.files import FileStore

ACCEPTED = ".pdf,.p7m,.docx,.xlsx,.odt,.png,.jpg,.jpeg,.eml,.zip"


def filled(form: type[PageForm], **proposed: Any) -> Any:
    """A form with what was sent, files too, or with what is proposed."""
    sent = CombinedMultiDict([request.files, request.form]) if request.method == "POST" else None
    return form(sent, **proposed)


def file_of(field: Field) -> tuple[str, bytes] | None:
    """The name and the content of the file that was chosen; None for none."""
    return (field.data.filename or "", field.data.read()) if field.data else None


def store() -> FileStore:
    """Where files are kept."""
    return FileStore(office().settings.data_dir)
