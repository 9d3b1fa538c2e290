"""The letters that left and came, of every case: a list to look in; each is read in the diary of its case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import abort, g, redirect, request
from flask_admin.base import expose
from flask_babel import lazy_gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from admin.deadlines.views import case_page
from admin.guard import policy
from admin.guard.session import db
from admin.web.base_view import BaseView
from admin.web.searching import named, worded
from core.cases.model import Sending
from core.ground.access import as_system
from core.parties.model import Party


class Correspondence(BaseView):
    """The letters that one may see: which, is said by their cases and by the walls between the offices."""

    may_read = policy.STAFF_AND_ALL_PARTIES
    group = "work"
    aside = True
    title = lazy_gettext("Lettere inviate e ricevute")
    lead = lazy_gettext("Chi ha scritto a chi, quando e con quale protocollo; ognuna porta al caso di cui fa parte.")
    empty = lazy_gettext("Nessuna lettera: si registrano nel diario dei casi, quando partono.")
    column_list = ("title", "sent_on", "sender", "addressee", "protocol_number", "received_on")
    column_labels = {"sender": lazy_gettext("Da"), "addressee": lazy_gettext("A")}
    shown = {"sender": lambda row: party_names()[row.sender_id],
             "addressee": lambda row: party_names()[row.addressee_id]}
    searched = (worded, named(Sending.sender_id, Party.id), named(Sending.addressee_id, Party.id))
    newest_first = True
    newest_by = ("sent_on",)
    left_out = frozenset()

    def get_list(self, *asked: Any, **more: Any) -> tuple[int, list[Any]]:
        """See the base; the names of all whom the letters name are asked for at once."""
        count, rows = super().get_list(*asked, **more)
        _learn(key for row in rows for key in (row.sender_id, row.addressee_id))
        return count, rows

    @expose("/details/")
    def details_view(self) -> str | Response:
        """The case in whose diary the letter stands."""
        return redirect(case_page(self.get_one(request.args.get("id"))) or abort(404))

    def told_apart(self, row: Sending) -> str:
        """The letter, to whom, and its number."""
        number = f" ({row.protocol_number})" if row.protocol_number else ""
        return f"{row.title}, {party_names()[row.addressee_id]}{number}"


def party_names() -> dict[int, str]:
    """The parties between whom the letters of this answer went, by id."""
    names: dict[int, str] = g.setdefault("patto_correspondents", {})
    return names


def _learn(keys: Iterable[int]) -> None:
    """Who reads a letter may know between whom."""
    query = select(Party.id, Party.name).where(Party.id.in_(set(keys)))
    party_names().update(dict(as_system(db(), query, reason="mittenti e destinatari")))


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [Correspondence(Sending, lazy_gettext("Lettere"), endpoint="sending", url="corrispondenza")]
