"""The history as sentences: who changed what, from what, to what. Only read; newest first."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select

from admin.guard import policy
from admin.guard.session import db
from admin.office.telling import BOOKKEEPING, Teller
from admin.web.base_view import Page, small
from admin.wording import labels
from core.ground import clock
from core.ground.access import Role
from core.ground.audit import AuditEntry
from core.ground.order import alphabetical

PAGE = 50


class History(Page):
    """The history page, with its filters."""

    may_read = policy.roles(Role.MANAGEMENT, Role.AUDITOR, Role.ADMINISTRATOR)
    group = "house"

    @expose("/")
    def index(self) -> str:
        """A page of sentences, older ones by key."""
        wanted = {name: request.args.get(name, "").replace("\x00", "").strip()
                  for name in ("subject", "row", "person", "from", "to", "before")}
        entries = db().scalars(self._query(wanted)).all()
        more, entries = len(entries) > PAGE, entries[:PAGE]
        return self.render(
            "office/history.html", title=_("Storia"), wanted=wanted, sentences=Teller(db()).tell(entries),
            subjects=sorted(((code, str(names[1])) for code, names in labels.TABLES.items()),
                            key=lambda subject: alphabetical(subject[1])),
            older=self.get_url(".index", **{k: v for k, v in wanted.items() if v and k != "before"},
                               before=entries[-1].id) if more else None,
        )

    def _query(self, wanted: dict[str, str]) -> Any:
        query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(PAGE + 1)
        if wanted["subject"] in labels.TABLES:
            # a municipality is one thing for people and two tables for the database
            tables = {"municipality": ("municipality", "party"), "azienda": ("azienda", "party")}
            query = query.where(AuditEntry.table_name.in_(tables.get(wanted["subject"], (wanted["subject"],))))
            if wanted["row"]:
                query = query.where(AuditEntry.row_id == wanted["row"])
        else:
            query = query.where(AuditEntry.table_name.not_in(BOOKKEEPING))
        if wanted["person"]:
            query = query.where(AuditEntry.actor.icontains(wanted["person"], autoescape=True))
        if (start := _day(wanted["from"])) and start > date.min:
            query = query.where(AuditEntry.at >= _midnight(start))
        if (end := _day(wanted["to"])) and date.min < end < date.max:
            query = query.where(AuditEntry.at < _midnight(end + timedelta(days=1)))
        if before := small(wanted["before"]):
            query = query.where(AuditEntry.id < before)
        return query


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=clock.ROME)


def views() -> list[Page]:
    """The views of this module, for the menu."""
    return [History(lazy_gettext("Storia"), endpoint="history", url="storia")]
