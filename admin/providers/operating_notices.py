"""Notices of operation: the list, the record, the guided form of a new one, what the office does with each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from admin.cases import diary
from admin.deadlines.views import case_deadlines
from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.parties.choices import all_municipalities
from admin.providers.passages import READ_BY_ALL, STEPS
from admin.web import formats
from admin.web.acts import ActForm, ActPage, Passages, act_form, carry_out, file_of
from admin.web.base_view import Act, BaseView, Begin, Filter, small
from admin.web.fields import day_field, file_field
from admin.web.forms import (
    MOST_CHOICES,
    SHORT,
    Choices,
    NumberField,
    OneField,
    PageForm,
    Sentence,
    clean,
    first_of,
    number_or_none,
    picks,
)
from admin.web.remarks import remarks_for
from admin.web.searching import named, numbered
from admin.web.together import Ticked
from admin.wording import labels
from core.ground.access import Role, ScopedSession, as_system
from core.ground.order import in_order
from core.parties.model import Municipality
from core.providers import findings, operating_notices
from core.providers.model import NoticeActivity, OperatingNotice, ServiceUnit, UnitType
from core.providers.operating_notices import Given, foreseen
from core.providers.rules import DECLARES, PLAIN
from core.providers.states import NOTICE_LIFE, OperatingNoticeState
from core.providers.types import types_on

KEEPERS = policy.roles(Role.ACCREDITATION, Role.MANAGEMENT, Role.PROVIDER)
OFFICE = policy.ACCREDITATION_OR_MANAGEMENT
NUMBER = re.compile(r"([0-9]{1,6})(?:/([0-9]{4}))?")
KINDS = labels.CHOICES["operating_notice.kind"]
FIELDS: dict[str, Any] = {
    "capacity": NumberField(lazy_gettext("Posti"), render_kw={"inputmode": "numeric"},
                            description=labels.help_for("service_unit", "capacity")),
    "manager": StringField(lazy_gettext("Responsabile"), [Sentence(), Length(max=SHORT)], filters=[clean]),
    "type_id": OneField(lazy_gettext("Nuovo tipo"), [Sentence()], coerce=number_or_none),
    "address": StringField(lazy_gettext("Nuovo indirizzo"), [Sentence(), Length(max=SHORT)], filters=[clean]),
    "postal_code": StringField(lazy_gettext("CAP"), [Sentence(), Length(max=SHORT)], filters=[clean]),
    "city": StringField(lazy_gettext("Località"), [Sentence(), Length(max=SHORT)], filters=[clean]),
    "province": StringField(lazy_gettext("Provincia"), [Sentence(), Length(max=SHORT)], filters=[clean]),
    "municipality_id": OneField(lazy_gettext("Comune del distretto"), coerce=number_or_none,
                                description=labels.help_for("service_unit", "municipality_id")),
    "legal_representative": StringField(lazy_gettext("Nuovo legale rappresentante"), [Sentence(), Length(max=SHORT)],
                                        filters=[clean]),
}
EFFECTS = {
    "start": lazy_gettext("Dal giorno dichiarato l'unità è in esercizio, senza attendere un assenso (L.R. 3/2008, art. "
                          "15)."),
    "capacity": lazy_gettext("Dal giorno dichiarato cambiano i posti."),
    "transformation": lazy_gettext("Dal giorno dichiarato l'unità è dell'altro tipo, con i suoi limiti."),
    "move": lazy_gettext("Dal giorno dichiarato l'unità lavora nella nuova sede."),
    "manager": lazy_gettext("Dal giorno dichiarato l'unità ha il nuovo responsabile."),
    "representative": lazy_gettext("È una semplice comunicazione e non una comunicazione preventiva: non prende numero "
                                   "e vale subito, per tutto il gestore."),
    "closing": lazy_gettext("Dal giorno dichiarato l'unità è chiusa."),
}


class ChoiceForm(PageForm):
    """The first step: which unit, and what is notified."""

    unit = OneField(lazy_gettext("Unità"), [Sentence()], coerce=number_or_none)
    kind = OneField(lazy_gettext("Che cosa si comunica"), [Sentence()], choices=picks([("", "–"), *KINDS.items()]))


class ActivityForm(ActForm):
    """One of the four activities around a notice (R149)."""

    kind = OneField(labels.column("notice_activity", "kind"), [Sentence()],
                    choices=picks([("", "–"), *labels.CHOICES["notice_activity.kind"].items()]))
    on = day_field(lazy_gettext("Giorno"))
    text = TextAreaField(lazy_gettext("Che cosa è stato fatto"), [Sentence(), Length(max=5000)], filters=[clean])


class CopyForm(ActForm):
    """When the health authority had its copy."""

    on = day_field(lazy_gettext("Copia inviata il"), lazy_gettext(
        "Il giorno in cui la copia è partita per l'ATS. La ricevuta si aggiunge al diario."))


def notice_form(kind: str, *, by_office: bool) -> type[ActForm]:
    """The form of a notice of this kind: what it declares, from which day, the paper itself; the office says when it
    came and under which protocol number, what a provider gives comes today."""
    fields: dict[str, Any] = {name: FIELDS[name] for name in DECLARES[kind]}
    if by_office:
        fields["received_on"] = day_field(lazy_gettext("Ricevuta il"))
    if kind not in PLAIN:
        fields["effective_from"] = day_field(lazy_gettext("Con effetto dal"), lazy_gettext(
            "Il giorno dichiarato: non prima di quello in cui la comunicazione arriva."))
    if by_office:
        fields["protocol_number"] = StringField(lazy_gettext("Numero di protocollo"), [Length(max=SHORT)],
                                                filters=[clean])
    fields["note"] = TextAreaField(lazy_gettext("Note"), [Length(max=2000)], filters=[clean])
    fields["file"] = file_field(lazy_gettext("Comunicazione firmata"), needed=False)
    return type("NoticeForm", (ActForm,), fields)


def own_title() -> str:
    """What the list is called."""
    return _("Comunicazioni di esercizio") if not principal().has(Role.PROVIDER) else _("Le nostre comunicazioni")


class OperatingNotices(Ticked, Passages, BaseView):
    """Prior notices of operation (R146): numbered by year, in effect from the day that they declare."""

    may_read = policy.STAFF_AND_ALL_PARTIES
    may_write = KEEPERS
    life = NOTICE_LIFE
    steps = STEPS
    each = ("complete", "check")
    read_by = READ_BY_ALL
    group = "accreditation"
    title = LazyString(own_title)
    lead = lazy_gettext("La comunicazione preventiva di esercizio (CPE) apre o cambia un'unità dal giorno che "
                        "dichiara, senza un assenso; copia va all'autorità sanitaria (ATS).")
    empty = lazy_gettext("Nessuna comunicazione è ancora registrata.")
    begins = (Begin(lazy_gettext("Nuova comunicazione"), ".new_view"),)
    details_template = "providers/notice.html"
    newest_first = True
    newest_by = ("received_on",)
    column_list = ("code", "unit", "kind", "received_on", "effective_from", "copied_on", "state")
    column_labels = {"code": lazy_gettext("Numero"), "unit": lazy_gettext("Unità"),
                     "copied_on": lazy_gettext("Copia all'ATS")}
    shown = {"code": lambda row: row.code or _("senza numero")}
    searched = (numbered, named(OperatingNotice.unit_id, ServiceUnit.id))
    sorted_by = {"code": OperatingNotice.id}
    filtered = (
        Filter("tipo", lazy_gettext("Che cosa si comunica"), lambda: list(KINDS.items()),
               lambda value: OperatingNotice.kind == value),
        Filter("stato", lazy_gettext("Stato"),
               lambda: labels.states("operating_notice", OperatingNoticeState),
               lambda value: OperatingNotice.state == value),
        Filter("copia", lazy_gettext("Copia all'ATS"), lambda: [("no", _("da inviare"))],
               lambda _value: OperatingNotice.copied_on.is_(None) & OperatingNotice.number.is_not(None)
               & (OperatingNotice.state != OperatingNoticeState.VOID)),
    )
    load = (joinedload(OperatingNotice.unit), selectinload(OperatingNotice.activities))
    details = ("kind",)  # its page writes its own facts
    numeric = frozenset()
    on_records = {
        "copy_view": lazy_gettext("Registra la copia all'ATS"),
        "activity_view": lazy_gettext("Registra un'attività"),
    }


    def name_of(self, row: OperatingNotice) -> str:
        """Number and what it says."""
        return f"{row}: {KINDS[row.kind]}"

    def where_it_stands(self, row: OperatingNotice) -> str:
        """Whether and when it has effect."""
        day = formats.day(row.effective_from)
        return {
            OperatingNoticeState.EFFECTIVE: _("Ha effetto dal %(day)s.", day=day),
            OperatingNoticeState.TO_COMPLETE: _(
                "Da completare: fino ad allora non ha effetto, anche dopo il %(day)s.", day=day),
            OperatingNoticeState.VOID: _("Senza effetto."),
        }.get(OperatingNoticeState(row.state), _("Avrà effetto dal %(day)s, senza altri passaggi.", day=day)
              if row.effective_from > today() else
              _("Il %(day)s è passato ma la comunicazione non ha potuto avere effetto: leggere i rilievi.", day=day))

    def acts(self, row: OperatingNotice) -> list[Act]:
        """What the office, or the provider, may do next with a notice."""
        found = super().acts(row)
        if OFFICE.admits(principal()):
            if row.copied_on is None and row.number and row.state != OperatingNoticeState.VOID:
                found.insert(0, self.button("copy_view", row, tint="primary"))
            found.append(self.button("activity_view", row))
        return found

    def context(self, row: OperatingNotice) -> dict[str, Any]:
        """What it declares, the remarks, the activities, deadlines and diary."""
        sees_deadlines = policy.may(principal(), "deadline.details_view")
        return {
            "facts": notice_facts(row), "activities": activity_rows(row.activities),
            "remarks": remarks_for(lambda: findings.notice_findings(db(), row, today())),
            "deadlines": case_deadlines("operating_notice", row.id) if sees_deadlines else None,
            **diary.context(db(), "operating_notice", row.id),
        }

    # --- a new one --------------------------------------------------------------------------------------------

    @expose("/nuova/", methods=("GET", "POST"))
    def new_view(self) -> str | Response:
        """Two steps: which unit and what is notified; then what it declares, and from which day."""
        unit = db().get(ServiceUnit, small(request.args.get("unit")) or 0)
        kind = request.args.get("kind", "")
        if unit is None or kind not in DECLARES:
            return self._choose(unit, kind)
        then = {**foreseen(unit, today()), "legal_representative": None}
        proposed = {name: then[name] for name in DECLARES[kind] if name not in ("type_id", "address")
                    and kind != "manager"}
        by_office = OFFICE.admits(principal())
        form = act_form(notice_form(kind, by_office=by_office), received_on=today(), **proposed)
        self._offer(form, unit)
        back = self.get_url("service_unit.details_view", id=unit.id)
        page = ActPage(str(KINDS[kind]), _("Presenta la comunicazione") if not principal().sees_all
                       else _("Registra la comunicazione"), back, unit.name, [EFFECTS[kind], *self._then(kind)],
                       lead="" if by_office else _("Si presenta oggi, %(day)s.", day=formats.day(today())))

        def work(session: ScopedSession) -> int:
            declared = {name: form[name].data for name in DECLARES[kind]}
            first = form.received_on.data if by_office else today()
            protocol = form.protocol_number.data if by_office else ""
            given = Given(kind, first, first if kind in PLAIN else form.effective_from.data, declared,
                          protocol_number=protocol or "", note=form.note.data or "")
            return operating_notices.file_notice(session, unit.id, given, file=file_of(form.file), today=today()).id

        return carry_out(self, "operating_notice.new", form, page, work,
                         self.after, _("La comunicazione è registrata."))

    @staticmethod
    def _then(kind: str) -> list[Any]:
        if kind in PLAIN:
            return []
        return [_("Prende un numero del registro dell'anno."),
                _("L'ufficio accreditamento ne manda copia all'autorità sanitaria.")]

    @staticmethod
    def _offer(form: Any, unit: ServiceUnit) -> None:
        if "type_id" in form:
            form.type_id.choices = picks([("", "–"), *(
                (row.id, row.name) for row in types_on(db(), today()) if row.code != unit.type.code)])
        if "municipality_id" in form:
            form.municipality_id.choices = picks([("", "–"), *all_municipalities()])

    def _choose(self, unit: ServiceUnit | None, kind: str) -> str | Response:
        sent = {"unit", "kind"} <= request.args.keys()
        form = ChoiceForm(request.args if sent else None, unit=unit.id if unit else None, kind=kind)
        form.unit.choices = picks([("", "–"), *unit_choices()])
        if sent:
            form.validate()
        back = self.get_url(".index_view") if unit is None else self.get_url("service_unit.details_view", id=unit.id)
        return self.render("providers/choose.html", form=form, back=back, back_name=unit.name if unit else self.title)

    # --- the office -------------------------------------------------------------------------------------------

    @expose("/copia/", methods=("GET", "POST"))
    @policy.allow(OFFICE, OFFICE)
    def copy_view(self) -> str | Response:
        """Record when the copy left for the health authority."""
        row = self.get_one(request.args.get("id"))
        form = act_form(CopyForm, row.version, on=today())
        page = ActPage(_("Copia all'autorità sanitaria"), _("Registra la copia"),
                       self.get_url(".details_view", id=row.id), self.name_of(row))
        return carry_out(self, "operating_notice.copy", form, page, lambda session: operating_notices.record_copy(
            session, row.id, on=form.on.data, version=form.version.data, today=today()).id,
            done=_("La copia è registrata."))

    @expose("/attivita/", methods=("GET", "POST"))
    @policy.allow(OFFICE, OFFICE)
    def activity_view(self) -> str | Response:
        """Record one of the four activities."""
        row = self.get_one(request.args.get("id"))
        form = act_form(ActivityForm, on=today())
        page = ActPage(_("Registra un'attività"), _("Registra l'attività"), self.get_url(".details_view", id=row.id),
                       self.name_of(row))
        return carry_out(self, "operating_notice.activity", form, page,
                         lambda session: operating_notices.record_activity(
            session, row.unit_id, kind=form.kind.data or "", on=form.on.data, text=form.text.data or "",
            notice_id=row.id, today=today()).id, done=_("L'attività è registrata."))


def unit_choices() -> Choices:
    """The units that who asks sees and that may still say something, by name."""
    rows = db().execute(select(ServiceUnit.id, ServiceUnit.name, ServiceUnit.city).order_by(
        in_order(ServiceUnit.name)).limit(MOST_CHOICES + 1))
    return first_of([(str(key), f"{name}, {city}") for key, name, city in rows])


def activity_rows(activities: Sequence[NoticeActivity]) -> list[tuple[NoticeActivity, Any]]:
    """Activities as the pages show them, the newest first."""
    return [(row, labels.choice("notice_activity", "kind", row.kind))
            for row in sorted(activities, key=lambda row: (row.on, row.id), reverse=True)]


def notice_facts(row: OperatingNotice) -> list[tuple[Any, Any]]:
    """The facts of a notice and what it declares, as its page shows them."""
    facts = [(_("Che cosa si comunica"), KINDS[row.kind]), (_("Ricevuta il"), formats.day(row.received_on)),
             (_("Con effetto dal"), formats.day(row.effective_from))]
    facts += [(FIELDS[name].kwargs.get("label") or FIELDS[name].args[0], declared_words(name, row.declared.get(name)))
              for name in DECLARES[row.kind]]
    if row.kind not in PLAIN:
        facts.append((_("Copia all'autorità sanitaria"), formats.shown(row.copied_on)))
    return [*facts, (_("Protocollo"), formats.shown(row.protocol_number)), (_("Note"), formats.shown(row.note))]


def declared_words(name: str, value: Any) -> Any:
    """What a notice declares, in words: a type and a municipality by their names."""
    if value is None:
        return formats.shown(None)
    named: dict[str, Any] = {"type_id": UnitType, "municipality_id": Municipality}
    entity = named.get(name)
    if entity is None:
        return formats.shown(value)
    found = as_system(db(), select(entity.name).where(entity.id == value), reason="che cosa dichiara")
    return found[0][0] if found else formats.shown(None)


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [OperatingNotices(OperatingNotice, LazyString(own_title), endpoint="operating_notice", url="comunicazioni")]
