"""Buttons for what the core does with a row of a plugin: its letters."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from admin.guard import policy
from admin.guard.session import db, principal
from admin.web.base_view import Act
from core.plugins import letters


def letter_acts(row: Any) -> list[Act]:
    """The button that leads to the letters of a row; none where its table has no letters, or another prepares them."""
    subject = row.__tablename__
    if not letters.kinds_of(db(), subject) or not policy.may(principal(), "plugin_letters.case_view"):
        return []
    return [Act(_("Lettere"), url_for("plugin_letters.case_view", subject=subject, subject_id=row.id))]
