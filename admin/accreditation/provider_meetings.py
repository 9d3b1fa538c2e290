"""Periodic meetings with several providers: one record with invitation, presences and minutes (R150)."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField
from wtforms.validators import Length

from admin.accreditation.passages import SIGNED
from admin.accreditation.views import READERS
from admin.cases import diary
from admin.cases import letters as letter_pages
from admin.cases.diary import file_url
from admin.cases.passages import undo_step
from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.web.acts import (
    ActForm,
    ActPage,
    Passages,
    Step,
    WhyForm,
    act_form,
    carry_out,
    common,
    doing,
    file_of,
    needed_file,
)
from admin.web.base_view import Act, BaseView, Begin, Filter
from admin.web.fields import day_field, file_field, line_field, text_field
from admin.web.filters import by_year
from admin.web.formats import day
from admin.web.forms import LONG, ManyField, Sentence, clean, number_or_none, picks
from admin.web.searching import numbered, written
from admin.wording import labels
from core.accreditation import provider_meetings
from core.accreditation.model import Accreditation, MeetingAttendance, ProviderMeeting
from core.accreditation.provider_meetings import Attendance, Invitation
from core.accreditation.states import LIVING, MEETING_LIFE, MeetingState
from core.ground.access import ScopedSession
from core.ground.order import in_order
from core.providers.model import Provider, ServiceUnit

T = MeetingState
HANDS = policy.ACCREDITATION_OR_MANAGEMENT
COMMON = lazy_gettext("Il verbale è comune: lo leggono tutti i gestori invitati. Niente nomi di persone seguite, né "
                      "dati sulla salute.")


class SignedForm(ActForm):
    """The signed minutes."""

    file = file_field(lazy_gettext("Verbale firmato"), SIGNED)


class ProviderMeetingForm(ActForm):
    """What it is about, when, where, and who is invited."""

    title = line_field(lazy_gettext("Oggetto"))
    day = day_field(lazy_gettext("Giorno"))
    hour = line_field(lazy_gettext("Ora"), lazy_gettext("Per esempio 9:30."), needed=False)
    place = line_field(lazy_gettext("Luogo"), lazy_gettext("Un indirizzo, o il collegamento a distanza."), needed=False)
    agenda = text_field(lazy_gettext("Ordine del giorno"), lazy_gettext("Un punto per riga."), longest=5000)
    provider_ids = ManyField(lazy_gettext("Gestori invitati"), [Sentence()], coerce=number_or_none)

    def offer(self, row: Any) -> None:
        """The providers, those with an accredited unit first."""
        self.provider_ids.choices = picks(providers())


def _presence_form(row: ProviderMeeting) -> type[ActForm]:
    """The minutes, and for each provider whether it came and who for it."""
    fields: dict[str, Any] = {
        "held_on": day_field(lazy_gettext("Tenuto il")),
        "minutes": text_field(lazy_gettext("Verbale"), COMMON, longest=LONG),
        "file": file_field(lazy_gettext("Verbale firmato"), SIGNED, needed=False)}
    groups: list[tuple[Any, tuple[str, ...]]] = [(None, ("held_on", "minutes", "file"))]
    for met in row.attendances:
        came, people = f"came_{met.provider_id}", f"people_{met.provider_id}"
        fields[came] = BooleanField(_("Presente"))
        fields[people] = StringField(_("Chi è venuto"), [Length(max=500)], filters=[clean])
        groups.append((met.provider.name, (came, people)))
    return type("PresenceForm", (ActForm,), {**fields, "sections": tuple(groups)})


STEPS: dict[str, Step] = {
    "call": Step(
        lazy_gettext("Convoca i gestori"), lazy_gettext("L'incontro è convocato."), doing(provider_meetings.call),
        happens=lambda _row: [
            _("Ciascun gestore invitato lo trova nella sua prima pagina: ora, luogo e ordine del giorno."),
            _("Nessuno vede chi altro è invitato."),
            _("Il programma non spedisce nulla: l'invito scritto parte con la PEC o la posta dell'ente.")],
        tint="primary"),
    "hold": Step(lazy_gettext("Registra il verbale"), lazy_gettext("Il verbale è registrato."), lambda *_all: None,
                 tint="primary"),  # done on a page of its own: a row for each provider
    "file_minutes": Step(
        lazy_gettext("Carica il verbale firmato"), lazy_gettext("Il verbale firmato è registrato."),
        lambda session, row, form: provider_meetings.file_minutes(session, row.id, file=needed_file(form.file),
                                                                  **common(form)),
        SignedForm, happens=lambda _row: [_("Lo leggono tutti i gestori invitati, con le presenze che riporta.")],
        tint="primary"),
    "cancel": Step(
        lazy_gettext("Annulla l'incontro"), lazy_gettext("L'incontro è annullato."),
        doing(provider_meetings.cancel, "why"), WhyForm,
        happens=lambda row: [_("Il numero %(code)s resta assegnato.", code=row.code)], tint="danger", rare=True),
    "undo": undo_step(MEETING_LIFE, provider_meetings.undo, lazy_gettext("Il passaggio è corretto.")),
}


class ProviderMeetings(Passages, BaseView):
    """The meetings: all of them for the office, for a provider those to which it is called."""

    may_read = READERS
    may_write = HANDS
    life = MEETING_LIFE
    steps = STEPS
    read_by = lazy_gettext("Resta nel diario, che legge l'ufficio.")
    writing_pages = Passages.writing_pages | {"change_view", "minutes_view"}
    group = "accreditation"
    aside = True
    title = lazy_gettext("Incontri con i gestori")
    lead = lazy_gettext("Gli incontri periodici con più gestori: un invito, le presenze di ciascuno, un verbale "
                        "comune.")
    empty = lazy_gettext("Nessun incontro è ancora registrato.")
    begins = (Begin(lazy_gettext("Nuovo incontro"), ".new_view"),)
    details_template = "accreditation/meeting.html"
    newest_first = True
    newest_by = ("day",)
    column_list = ("title", "day", "place", "state")
    searched = (numbered, written("title"))
    filtered = (
        by_year(ProviderMeeting.year),
        Filter("stato", lazy_gettext("Stato"), lambda: labels.states("provider_meeting", T),
               lambda value: ProviderMeeting.state == value),
    )
    load = (selectinload(ProviderMeeting.attendances).selectinload(MeetingAttendance.provider),)
    left_out = frozenset()
    numeric = frozenset()
    on_records = {"change_view": lazy_gettext("Modifica l'incontro")}

    def name_of(self, row: ProviderMeeting) -> str:
        """What it is about, and its number."""
        return _("Incontro n. %(code)s – %(title)s", code=row.code, title=row.title)

    def where_it_stands(self, row: ProviderMeeting) -> str:
        """When, and what comes next."""
        match T(row.state):
            case T.DRAFT:
                return _("Bozza: i gestori non la vedono finché non sono convocati.")
            case T.CALLED:
                return _("Convocato per il %(day)s.", day=day(row.day))
            case T.HELD:
                return _("Tenuto il %(day)s.", day=day(row.held_on))
        return _("Annullato: il numero resta assegnato.")

    def timely(self, row: ProviderMeeting, action: str) -> bool:
        """The signed minutes come once."""
        return action != "file_minutes" or row.document_id is None

    def passage_url(self, row: ProviderMeeting, action: str) -> str:
        """The minutes have a page of their own: a row for each provider."""
        minutes = f"{self.endpoint}.minutes_view"
        return self.get_url(minutes, id=row.id) if action == "hold" else super().passage_url(row, action)

    def acts(self, row: ProviderMeeting) -> list[Act]:
        """What comes next; before it is held it may be changed."""
        found = super().acts(row)
        if row.state in (T.DRAFT, T.CALLED) and HANDS.admits(principal()):
            found.append(self.button("change_view", row))
        return [*found, *letter_pages.buttons(db(), "provider_meeting", row)]

    def context(self, row: ProviderMeeting) -> dict[str, Any]:
        """Presences as far as who asks sees them; the diary is the office's."""
        office = principal().sees_all
        return {"office": office, "file_url": file_url, **(diary.context(db(), "provider_meeting", row.id)
                                                           if office else {"events": [], "closed": False})}

    @expose("/nuovo/", methods=("GET", "POST"))
    @policy.allow(HANDS, HANDS)
    def new_view(self) -> str | Response:
        """Prepare a meeting."""
        form = act_form(ProviderMeetingForm)
        form.offer(None)
        page = ActPage(_("Nuovo incontro con i gestori"), _("Registra la bozza"), self.get_url(".index_view"),
                       str(self.title), [_("È una bozza: i gestori la vedono quando si convoca.")])
        return carry_out(self, "provider_meeting.new", form, page, lambda session: provider_meetings.prepare(
            session, _invitation(form), _invited(form), today=today()).id, self.after,
            _("La bozza è registrata."))

    @expose("/modifica/", methods=("GET", "POST"))
    @policy.allow(HANDS, HANDS)
    def change_view(self) -> str | Response:
        """Change a meeting that is not held yet."""
        row = self.get_one(request.args.get("id"))
        form = act_form(ProviderMeetingForm, row.version, row=row,
                        provider_ids=[met.provider_id for met in row.attendances])
        form.offer(row)
        page = ActPage(_("Modifica l'incontro"), _("Salva"), self.after(row.id), self.name_of(row))
        return carry_out(self, "provider_meeting.edit", form, page, lambda session: provider_meetings.edit(
            session, row.id, _invitation(form), _invited(form), **common(form)).id,
            done=_("L'incontro è aggiornato."))

    @expose("/verbale/", methods=("GET", "POST"))
    @policy.allow(HANDS, HANDS)
    def minutes_view(self) -> str | Response:
        """The presences and the common minutes."""
        row = self.get_one(request.args.get("id"))
        form = act_form(_presence_form(row), row.version, held_on=min(row.day, today()))
        page = ActPage(_("Verbale dell'incontro"), _("Registra il verbale"), self.after(row.id), self.name_of(row), [
            _("Ogni gestore legge il verbale e la propria presenza, non quella degli altri."),
            _("Poi il verbale si prepara in Word, con le presenze: si firma e si carica.")])
        return carry_out(self, "provider_meeting.hold", form, page,
                         lambda session: self._held(session, row, form).id, done=_("Il verbale è registrato."))

    @staticmethod
    def _held(session: ScopedSession, row: ProviderMeeting, form: Any) -> ProviderMeeting:
        presences = {key: Attendance(bool(form[f"came_{key}"].data), form[f"people_{key}"].data or "")
                     for key in (met.provider_id for met in row.attendances)}
        return provider_meetings.hold(session, row.id, held_on=form.held_on.data, presences=presences,
                                      minutes=form.minutes.data or "", file=file_of(form.file), **common(form))


def providers() -> list[tuple[int, str]]:
    """Whom one may invite: those with an accredited unit first, then the others, by name."""
    living = select(ServiceUnit.provider_id).join(Accreditation, Accreditation.unit_id == ServiceUnit.id).where(
        Accreditation.state.in_(LIVING))
    first = set(db().scalars(living))
    rows = db().execute(select(Provider.id, Provider.name).order_by(in_order(Provider.name)))
    return [(key, name) for key, name in sorted(rows, key=lambda row: row[0] not in first)]


def _invitation(form: Any) -> Invitation:
    return Invitation(form.title.data or "", form.agenda.data or "", form.day.data, form.hour.data or "",
                      form.place.data or "")


def _invited(form: Any) -> list[int]:
    return [key for key in form.provider_ids.data or () if key is not None]


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [ProviderMeetings(ProviderMeeting, lazy_gettext("Incontri con i gestori"), endpoint="provider_meeting",
                             url="incontri-gestori")]
