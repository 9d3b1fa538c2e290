"""The core's sentences in the reader's language: translated here, at the edge, and nowhere else."""

from __future__ import annotations

from decimal import Decimal

from flask_babel import get_locale, gettext

from admin.web.sentences import put
from core.documents.words import keep_amounts
from core.ground.errors import Finding, RuleBroken


def said(what: RuleBroken | Finding) -> str:
    """The sentence of a broken rule or of a remark, with its values; amounts as people write them."""
    text: str = gettext(what.message)
    values = {name: _value(value) for name, value in what.values.items()}
    return keep_amounts(put(text, values))


def _value(value: object) -> object:
    """A value within a sentence: an amount in figures, and what is words itself in the reader's language, or several.
    """
    if isinstance(value, Finding | RuleBroken):
        return said(value)
    if isinstance(value, tuple):
        return ", ".join(str(_value(one)) for one in value)
    return decimal(value) if isinstance(value, Decimal) else value


def decimal(value: Decimal | int, places: int | None = None) -> str:
    """Italian figures: a dot for thousands, a comma for decimals."""
    text = f"{value:,.{places}f}" if places is not None else f"{value:,}"
    return text.translate(str.maketrans(",.", ".,")) if str(get_locale()) == "it" else text
