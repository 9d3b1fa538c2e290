"""An act on several rows of a list: ticked, asked once, then done row by row, with a report of each.

Every row is an act of its own: one unit of work, one key. What a rule refuses of one says why and stops no other; sent
again, the page answers what each row was answered. A list ticks one page, twenty rows, so nobody waits for long.

Passages that ask nothing of a single record are named by their actions (``each``), and are what their ``Step`` is; what
is no passage is a ``Together``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import abort, flash, redirect, request
from flask_admin.base import expose
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from admin.guard import policy
from admin.guard.session import db, principal
from admin.web.acts import ActForm, ActPage, Passages, Step, act_form
from admin.web.base_view import PAGE, BaseView, small
from admin.web.sending import once
from admin.web.words import said
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken

TICK = "riga"


@dataclass(frozen=True)
class Together:
    """An act that people do to many rows: the verb, what it asks once, what it does to one, what happens to them.

    ``prepared`` makes the form as this act wants it. ``may``: False for who writes on the page and not this.
    """

    verb: Any
    form: type[ActForm]
    work: Callable[[ScopedSession, Any, Any], object]
    happens: Sequence[Any] | Callable[[Sequence[Any]], Sequence[Any]] = ()
    prepared: Callable[[Any], None] = lambda _form: None
    may: Callable[[], bool] = lambda: True

    def told(self, rows: Sequence[Any]) -> list[str]:
        """What happens to these rows, each thing once."""
        told = self.happens(rows) if callable(self.happens) else self.happens
        return list(dict.fromkeys(map(str, told)))


@dataclass(frozen=True)
class RowOutcome:
    """What came of one row: its name, its page, and why it was not done; no reason if it was."""

    name: str
    url: str
    refused: str = ""


if TYPE_CHECKING:
    class Beside(Passages, BaseView):
        """What ``each`` names are passages; a list without them has only acts ``together``."""
else:
    Beside = object


class Ticked(Beside):
    """A list whose rows are ticked: ``together`` says which acts are done to several of them, by code, and ``each``
    which of its passages."""

    together: Mapping[str, Together] = {}
    each: Sequence[str] = ()
    writing_pages = BaseView.writing_pages | {"together_view"}
    tick = TICK

    def ticked_acts(self) -> list[tuple[str, str]]:
        """The acts under the list, as (code, verb); none for who may not do them."""
        if not policy.may(principal(), f"{self.endpoint}.together_view", "POST"):
            return []
        return [(code, str(one.verb)) for code, one in self._together().items() if one.may()]

    def _together(self) -> dict[str, Together]:
        return {**{action: self._passage(action, self.steps[action]) for action in self.each}, **self.together}

    def _passage(self, action: str, step: Step) -> Together:
        """A passage as it is done to many: to those to which the page of each would offer it."""
        def work(session: ScopedSession, row: Any, form: Any) -> object:
            if action not in self.offered(row):
                raise RuleBroken("Nello stato attuale questo passaggio non è previsto.")
            return step.work(session, row, form)

        def prepared(form: Any) -> None:
            if self.read_by and "why" in form:
                form.why.description = self.read_by

        return Together(step.verb, step.form, work, lambda rows: [
            words for row in rows if action in self.offered(row) for words in step.happens(row)], prepared,
            lambda: self.life.entrusts(action, principal()))

    @expose("/insieme/", methods=("GET", "POST"))
    def together_view(self) -> str | Response:
        """Ask once, do it to each ticked row, and report."""
        one = self._together().get(request.args.get("atto", "")) or abort(404)
        if not one.may():
            abort(403)
        back = self.get_url(".index_view")
        rows = list(self._ticked())
        if not rows:
            flash(_("Nessuna riga è spuntata: spuntarne almeno una e premere di nuovo."), "warning")
            return redirect(back)
        form = act_form(one.form)
        one.prepared(form)
        each = _("Ogni riga è un atto a sé: se una non si può fare, le altre si fanno lo stesso, e il resoconto dice "
                 "perché.")
        page = ActPage(str(one.verb), str(one.verb), back, str(self.title or self.name),
                       [*one.told(rows), each])
        if request.method != "POST" or not form.validate():
            return self.render("web/together.html", form=form, page=page, names=[self.told_apart(row) for row in rows])
        name = f"{self.endpoint}.{request.args['atto']}"
        return self.render("web/together_report.html", page=page,
                           outcomes=[self._done(one, name, form, row) for row in rows])

    def _ticked(self) -> Iterator[Any]:
        """The rows that the address names, of those that who asks sees; no more than a page of a list."""
        keys = [key for key in map(small, request.args.getlist(TICK)) if key is not None][:PAGE]
        rows = db().scalars(select(self.model).where(self.key.in_(keys)).options(
            *(self.load_record or self.load))).unique()
        held = {row.id: row for row in rows}
        return (held[key] for key in dict.fromkeys(keys) if key in held)

    def _done(self, one: Together, name: str, form: Any, row: Any) -> RowOutcome:
        told, url = self.told_apart(row), self.get_url(".details_view", id=row.id)
        form.version.data = getattr(row, "version", None)
        try:  # the rows say the same: it is the key that tells whether one was done
            once(name, f"{form.request_key.data}-{row.id}", lambda session: str(one.work(session, row, form)),
                 knows=True)
        except RuleBroken as refusal:
            return RowOutcome(told, url, said(refusal))
        return RowOutcome(told, url)
