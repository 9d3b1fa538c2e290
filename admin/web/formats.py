"""How values look to a person: 31/07/2026, € 1.234,56, sì. For templates and for lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from admin.web.forms import flat
from admin.web.remarks import remark
from admin.web.words import decimal, said
from admin.wording import labels
from core.documents.words import iban, keep_amounts
from core.ground import clock


def day(value: date | None) -> str:
    """31/07/2026; empty for nothing."""
    return "" if value is None else f"{value:%d/%m/%Y}"


def moment(value: datetime | None) -> str:
    """22/11/2026 14:05, the clock of Rome."""
    return "" if value is None else f"{value.astimezone(clock.ROME):%d/%m/%Y %H:%M}"


def euro(value: Decimal | None) -> str:
    """€ 1.234,56, on one line; empty for nothing."""
    return "" if value is None else keep_amounts(f"€ {decimal(value, 2)}")


def yes_no(value: bool | None) -> str:
    """Sì or no; empty for nothing."""
    return "" if value is None else (_("sì") if value else _("no"))


def badge(subject: Any, state: str | None = None) -> Markup:
    """A state as a word in a tinted badge: the word says it, the tint helps.

    ``subject`` is a row, whose state is its own unless another is said, or the name of what ``state`` belongs to.
    """
    name = subject if isinstance(subject, str) else subject.__tablename__
    word, tint = labels.state_and_tint(name, subject.state if state is None else state)
    return Markup('<span class="badge-state badge-{}">{}</span>').format(tint, word)


def shown(value: Any) -> str | Markup:
    """Any value of a record as a person reads it."""
    if value is None or value == "":
        return Markup('<span class="muted" aria-label="{}">–</span>').format(_("non indicato"))
    for kind, show in SHOWN:
        if isinstance(value, kind):
            return show(value)
    return escape(str(value))


def _lines(values: tuple[Any, ...] | list[Any]) -> Markup:
    if not values:
        return Markup("–")
    return Markup("<ul class='plain'>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(v) for v in values))


def paragraphs(text: str | None) -> Markup:
    """A long text with its paragraphs."""
    parts = [part.strip() for part in (text or "").split("\n\n") if part.strip()]
    return Markup("").join(Markup('<p class="text">{}</p>').format(part) for part in parts)


# bool before int, datetime before date: each is a kind of the other
SHOWN: tuple[tuple[type | tuple[type, ...], Callable[[Any], str | Markup]], ...] = (
    (bool, yes_no),
    (datetime, moment),
    (date, day),
    (Decimal, decimal),
    ((tuple, list), _lines),
)


def days_words(days: int | None) -> str:
    """How long there is, in words."""
    if days is None:
        return ""
    if days < 0:
        return _("da %(days)s giorni", days=-days) if days < -1 else _("da ieri")
    return {0: _("oggi"), 1: _("domani")}.get(days) or _("tra %(days)s giorni", days=days)


def _each_time(show: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that Jinja asks each time: of a constant it would keep the answer, in the first reader's language."""
    @pass_context
    def asked(_context: Context, *values: Any) -> Any:
        return show(*values)

    return asked


def init_app(app: Flask) -> None:
    """Give the formats to every template."""
    shows = (day, moment, euro, decimal, yes_no, badge, shown, paragraphs, iban)
    app.jinja_env.filters.update({show.__name__: _each_time(show) for show in shows})
    app.jinja_env.globals.update(flat=flat, said=said, remark=remark)
