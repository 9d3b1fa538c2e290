"""Events that the office defines itself, on the record of the case in which they happen: recorded, corrected, taken
back. The azienda's own diary is a page of its own, beside its data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from admin.cases import diary
from admin.cases.views import CASE, CLERKS
from admin.deadlines.views import case_deadlines
from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.web.acts import ActForm, ActPage, WhyForm, act_form, carry_out, file_of
from admin.web.base_view import Page
from admin.web.exercise import ExerciseField, this_year
from admin.web.fields import day_field, file_field, text_field
from admin.web.forms import OneField, Sentence, number_or_none, picks
from core.cases import events
from core.cases.operations import case_of, keep_file
from core.deadlines.kinds import may_record
from core.deadlines.model import CaseEvent
from core.ground.access import ScopedSession
from core.ground.errors import NotVisible
from core.ground.walls import writes
from core.parties.model import Azienda


class EventForm(ActForm):
    """What happened, on which day, and what proves it."""

    kind_id = OneField(lazy_gettext("Evento"), [Sentence()], coerce=number_or_none)
    on = day_field(lazy_gettext("Avvenuto il"), lazy_gettext("I termini che ne dipendono si contano da questo giorno."))
    year = ExerciseField(lazy_gettext("Anno a cui si riferisce"), render_kw={"inputmode": "numeric"},
                       description=lazy_gettext("Soltanto per un evento che si ripete ogni anno."))
    note = text_field(lazy_gettext("Nota"), longest=events.MOST_NOTE, needed=False)
    file = file_field(lazy_gettext("File che lo prova"), lazy_gettext(
        "PDF, P7M, Word, Excel, ODT, immagine, messaggio EML o archivio ZIP, fino a 25 MB."), needed=False)

    def offer(self, row: Any) -> None:
        """The events that who asks records in such a case; the year where one of them comes back each year."""
        kinds = events.recordable(db(), row.__tablename__, principal())
        self.kind_id.choices = picks([("", "–"), *((kind.id, kind.name) for kind in kinds)])
        self.kind_id.description = " ".join(f"{kind.name}: {kind.help}" for kind in kinds if kind.help)
        if not any(kind.yearly for kind in kinds):
            del self.year


class EventDayForm(WhyForm):
    """The day on which it happened in truth."""

    on = day_field(lazy_gettext("Avvenuto il"), lazy_gettext("I termini che ne dipendono si ricontano da qui."))

    def groups(self) -> Any:
        """The day first, then the reason."""
        return ((None, ["on", "why"]),)


class CaseEvents(Page):
    """The events of every case."""

    may_read = may_write = CLERKS
    in_menu = False

    @expose("/")
    @policy.allow(policy.STAFF)
    def azienda_view(self) -> str:
        """The diary of the azienda itself, and what has its term there."""
        row = db().scalars(select(Azienda)).first()
        if row is None:
            abort(404)
        shown: str = self.render("cases/azienda.html", row=row, deadlines=case_deadlines("azienda", row.id),
                                 **diary.context(db(), "azienda", row.id))
        return shown

    @expose(f"/{CASE}/", methods=("GET", "POST"))
    def record_view(self, subject: str, subject_id: int) -> str | Response:
        """Record that something happened."""
        try:
            row = case_of(db(), subject, subject_id)
        except NotVisible:
            abort(404)
        if not events.recordable(db(), subject, principal()):
            abort(403)
        form = act_form(EventForm, on=today(), year=this_year())
        form.offer(row)

        def work(session: ScopedSession) -> int:
            chosen = file_of(form.file)
            proof = chosen and keep_file(session, subject, subject_id, file=chosen)
            return events.record(
                session, subject, subject_id, kind_id=form.kind_id.data or 0, on=form.on.data,
                year=form.year.data if "year" in form else None, note=form.note.data or "",
                document_id=proof.id if proof else None, today=today()).id

        page = ActPage(_("Registra un evento"), _("Registra l'evento"), diary.page_of(subject, subject_id), str(row),
                       [_("Le scadenze che ne dipendono si aprono subito.")])
        return carry_out(self, "case_event.record", form, page, work, lambda _key: page.back + "#diario",
                         _("Registrato nel diario."))

    @expose("/evento/<int(max=2147483647):event_id>/correggi/", methods=("GET", "POST"))
    def correct_view(self, event_id: int) -> str | Response:
        """Put right the day of an event."""
        event = self._own(event_id)
        form = act_form(EventDayForm, event.version, on=event.on)
        return self._mend("correct", event, form, _("Correggi la data"),
                          lambda session: events.correct(session, event_id, on=form.on.data, why=form.why.data or "",
                                                         version=form.version.data, today=today()).id,
                          _("Le scadenze che ne dipendono si ricontano subito."))

    @expose("/evento/<int(max=2147483647):event_id>/annulla/", methods=("GET", "POST"))
    def withdraw_view(self, event_id: int) -> str | Response:
        """Take back an event that did not happen."""
        event = self._own(event_id)
        form = act_form(WhyForm, event.version)
        return self._mend("withdraw", event, form, _("Annulla la registrazione"),
                          lambda session: events.withdraw(session, event_id, why=form.why.data or "",
                                                          version=form.version.data, today=today()).id,
                          _("Le scadenze che ne dipendono si annullano. La registrazione resta nel diario, segnata "
                            "come annullata."))

    def _own(self, event_id: int) -> CaseEvent:
        event = db().get(CaseEvent, event_id)
        if event is None:
            abort(404)
        if not (writes(principal(), event.subject) and may_record(event.kind, principal())):
            abort(403)
        return event

    def _mend(self, name: str, event: CaseEvent, form: ActForm, verb: str, work: Callable[[ScopedSession], int],
              effect: str) -> str | Response:
        back = diary.page_of(event.subject, event.subject_id)
        page = ActPage(f"{verb}: {event.title}", verb, back,
                       str(case_of(db(), event.subject, event.subject_id)), [effect])
        return carry_out(self, f"case_event.{name}", form, page, work, lambda _key: page.back + "#diario",
                         _("Registrato nel diario."))


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [CaseEvents(lazy_gettext("Eventi"), endpoint="case_event", url="eventi-dei-fascicoli")]
