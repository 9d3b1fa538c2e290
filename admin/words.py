"""The core's sentences in the reader's language: translated here, at the edge, and nowhere else."""

from __future__ import annotations

from flask_babel import gettext

from core.errors import Finding, RuleBroken


def said(what: RuleBroken | Finding) -> str:
    """The sentence of a broken rule or of a remark, with its values."""
    text: str = gettext(what.message)
    return text % what.values if what.values else text
