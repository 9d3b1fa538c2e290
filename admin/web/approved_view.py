"""What the assembly approves is changed in one way: a draft, an act with its votes, an undoing with its reason.

Budgets and allocation plans are two of these; each says what its acts do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, abort, flash, redirect, request

from admin.guard import policy
from admin.guard.session import act
from admin.web.base_view import BaseView
from admin.web.forms import PageForm
from core.ground.access import ScopedSession

DRAFT = "draft"


class ApprovedView(BaseView):
    """Lists and records of what is approved by the assembly; members read what is approved."""

    may_read = policy.MONEY_READERS
    may_write = policy.MONEY
    group = "money"
    closed: Any = ""  # said to who wants to change what is approved

    def done(self, row: Any, form: PageForm, name: str, work: Callable[[ScopedSession], object], said: str
             ) -> Response | None:
        """Carry out ``work`` if the form was sent and holds; the answer that leads back, None to show the form."""
        if request.method == "POST" and form.validate():
            with form.blaming():
                with act(name) as session:
                    work(session)
                flash(said, "success")
                return self.record(row.id)
        return None

    def plain_form(self, form: PageForm, heading: str, back: str, verb: str, sections: Any = None) -> str:
        """A form without a page of its own: its fields under one another, and the verb."""
        names = [field.name for field in form if field.name not in ("version", "request_key")]
        return self.render("web/form.html", form=form, heading=heading, back=back, verb=verb,
                           sections=sections or [(None, names)])

    def draft(self) -> Any:
        """What the address names; what is approved shows its record."""
        row = self.get_one(request.args.get("id"))
        if row.state != DRAFT:
            flash(self.closed, "warning")
            abort(self.record(row.id))
        return row

    def address(self, key: int) -> str:
        """The address of a record."""
        return self.get_url(".details_view", id=key)

    def record(self, key: int) -> Response:
        """The answer that leads to a record."""
        return redirect(self.address(key))  # type: ignore[return-value]
