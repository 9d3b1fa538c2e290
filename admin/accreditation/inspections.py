"""Inspections of units and what follows them: appointment, minutes, findings, answers, verification; meetings."""

from __future__ import annotations

from flask import abort, redirect, request
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length

from admin.accreditation.passages import READ_BY_PROVIDER, SIGNED, typed_before
from admin.guard import policy
from admin.guard.session import db, today
from admin.web.acts import ActForm, ActPage, WhyForm, act_form, carry_out, file_of
from admin.web.base_view import Page, small
from admin.web.fields import KEPT, day_field, file_field, text_field
from admin.web.formats import day
from admin.web.forms import SHORT, OneField, Sentence, clean, number_or_none, picks
from admin.wording import labels
from core.accreditation import follow_up, inspections, operations, rules
from core.accreditation.model import Accreditation, Inspection, InspectionFinding

APPLICANTS = policy.ACCREDITATION_AND_PROVIDERS
DECIDERS = policy.ACCREDITATION_OR_MANAGEMENT
NO_NAMES = lazy_gettext("Niente nomi di bambini, persone seguite o famiglie, né dati sulla salute. Lo legge anche il "
                        "gestore.")


def inspectors_field(*, needed: bool) -> StringField:
    """Who goes."""
    return StringField(lazy_gettext("Chi va"), [*([Sentence()] if needed else []), Length(max=SHORT)], filters=[clean],
                       description=lazy_gettext("Le persone dell'ufficio, e chi le accompagna."))


class AppointForm(ActForm):
    """When, why and who."""

    purpose = OneField(lazy_gettext("Scopo"), [Sentence()],
                       choices=picks(labels.CHOICES["inspection.purpose"].items()))
    appointed_for = day_field(lazy_gettext("Giorno"))
    inspectors = inspectors_field(needed=False)


class MoveForm(ActForm):
    """Another day."""

    appointed_for = day_field(lazy_gettext("Nuovo giorno"))
    inspectors = inspectors_field(needed=False)


class InspectionMinutesForm(ActForm):
    """The minutes."""

    held_on = day_field(lazy_gettext("Fatto il"))
    inspectors = inspectors_field(needed=True)
    minutes = text_field(lazy_gettext("Verbale"), NO_NAMES)
    file = file_field(lazy_gettext("Verbale firmato"), SIGNED, needed=False)


class InspectionFindingForm(ActForm):
    """What was found, and what is prescribed."""

    text = text_field(lazy_gettext("Che cosa si è rilevato"), NO_NAMES, longest=5000)
    requirement_id = OneField(lazy_gettext("Requisito"), [], coerce=number_or_none, description=lazy_gettext(
        "Quello che il rilievo riguarda: così una prescrizione copre un requisito non rispettato."))
    prescription = text_field(lazy_gettext("Che cosa si prescrive"), lazy_gettext(
        "Vuoto per un'osservazione, a cui il gestore non deve rispondere."), longest=5000, needed=False)
    due_on = day_field(lazy_gettext("Entro il"), lazy_gettext("Il termine della prescrizione: il gestore lo vede."),
                       needed=False)


class PrescribeForm(ActForm):
    """What is prescribed after a monitoring, and by when."""

    prescription = text_field(lazy_gettext("Che cosa si prescrive"), NO_NAMES, longest=5000)
    due_on = day_field(lazy_gettext("Entro il"), lazy_gettext("Il termine della prescrizione: il gestore lo vede."))


class PrescriptionAnswerForm(ActForm):
    """What the provider did."""

    text = text_field(lazy_gettext("Che cosa è stato fatto"), NO_NAMES, longest=5000)
    file = file_field(lazy_gettext("Documento che lo mostra"), KEPT, needed=False)


class VerifyForm(ActForm):
    """Whether it is done."""

    satisfied = OneField(lazy_gettext("Esito"), [Sentence()], choices=picks([
        ("", "–"), ("yes", lazy_gettext("La prescrizione è adempiuta")),
        ("no", lazy_gettext("La prescrizione non è adempiuta"))]))
    verified_on = day_field(lazy_gettext("Verificata il"))
    due_on = day_field(lazy_gettext("Nuovo termine"), lazy_gettext(
        "Solo se non è adempiuta: il gestore ha ancora tempo fino a questo giorno."), needed=False)


class EvaluationMeetingForm(ActForm):
    """Who was there and what was said."""

    kind = OneField(lazy_gettext("Che incontro è"), [Sentence()],
                    choices=picks(labels.CHOICES["meeting.kind"].items()))
    on = day_field(lazy_gettext("Giorno"))
    present = text_field(lazy_gettext("Presenti"), longest=5000)
    text = text_field(lazy_gettext("Che cosa è stato detto"), READ_BY_PROVIDER)
    proposal = OneField(lazy_gettext("Proposta"), [], choices=picks(labels.CHOICES["meeting.proposal"].items()))


class InspectionPages(Page):
    """The acts around inspections; all begin on the record of an accreditation."""

    may_read = may_write = policy.ACCREDITATION
    group = "accreditation"
    in_menu = False

    @expose("/")
    def index(self) -> Response:
        """Inspections stand on the page of their accreditation."""
        return redirect(self.get_url("accreditation.index_view"))

    @expose("/nuovo/", methods=("GET", "POST"))
    def new_view(self) -> str | Response:
        """Fix an inspection."""
        row = self._row()
        purpose = request.args.get("scopo", "requirements")
        form = act_form(AppointForm, purpose=purpose if purpose in inspections.PURPOSES else "requirements")
        page = self._page(row, _("Fissa un sopralluogo"), _("Fissa il sopralluogo"), "sopralluoghi", [
            _("Il gestore lo vede tra le scadenze; l'avviso si prepara tra le lettere.")])
        return carry_out(self, "inspection.appoint", form, page, lambda session: inspections.appoint(
            session, row.id, purpose=form.purpose.data or "", appointed_for=form.appointed_for.data,
            inspectors=form.inspectors.data or "", today=today()).id,
            done=_("Il sopralluogo è fissato."))

    @expose("/<int(max=2147483647):inspection_id>/sposta/", methods=("GET", "POST"))
    def move_view(self, inspection_id: int) -> str | Response:
        """Another day for an inspection."""
        visit = self._visit(inspection_id)
        form = act_form(MoveForm, visit.version, appointed_for=visit.appointed_for, inspectors=visit.inspectors)
        page = self._page(self._of(visit), _("Sposta il sopralluogo"), _("Sposta il sopralluogo"), "sopralluoghi")
        return carry_out(self, "inspection.move", form, page, lambda session: inspections.move_appointment(
            session, visit.id, appointed_for=form.appointed_for.data, inspectors=form.inspectors.data or "",
            version=form.version.data, today=today()).id,
            done=_("Il sopralluogo è spostato."))

    @expose("/<int(max=2147483647):inspection_id>/verbale/", methods=("GET", "POST"))
    def hold_view(self, inspection_id: int) -> str | Response:
        """The minutes of an inspection."""
        visit = self._visit(inspection_id)
        said = typed_before(self._of(visit), "inspection_notice", visit.id)
        held_on = visit.held_on or min(visit.appointed_for, today())
        form = act_form(InspectionMinutesForm, visit.version, held_on=held_on, minutes=visit.minutes,
                        inspectors=visit.inspectors or said.get("inspectors"))
        page = self._page(self._of(visit), _("Verbale del sopralluogo"), _("Registra il verbale"), "sopralluoghi", [
            _("Dopo il verbale si aggiungono i rilievi, con le prescrizioni e i loro termini."),
            _("Il verbale lo legge anche il gestore.")])
        return carry_out(self, "inspection.hold", form, page, lambda session: inspections.hold(
            session, visit.id, held_on=form.held_on.data, inspectors=form.inspectors.data or "",
            minutes=form.minutes.data or "", file=file_of(form.file), version=form.version.data,
            today=today()).id, done=_("Il verbale è registrato."))

    @expose("/<int(max=2147483647):inspection_id>/rilievo/", methods=("GET", "POST"))
    def finding_view(self, inspection_id: int) -> str | Response:
        """What an inspection found."""
        visit = self._visit(inspection_id)
        row = self._of(visit)
        form = act_form(InspectionFindingForm)
        form.requirement_id.choices = picks([("", "–"), *(
            (asked.id, f"{asked.code} {asked.title}") for asked in rules.leaves(row.set.requirements))])
        page = self._page(row, _("Aggiungi un rilievo"), _("Registra il rilievo"), "sopralluoghi", [
            _("Una prescrizione ha un termine: il gestore la vede, risponde qui, e l'ufficio verifica."),
            _("Un rilievo aperto impedisce di accreditare senza prescrizioni.")])
        return carry_out(self, "inspection.finding", form, page, lambda session: inspections.add_finding(
            session, visit.id, text=form.text.data or "", requirement_id=form.requirement_id.data,
            prescription=form.prescription.data or "", due_on=form.due_on.data, today=today()).id,
            done=_("Il rilievo è registrato."))

    @expose("/rilievo/<int(max=2147483647):finding_id>/risposta/", methods=("GET", "POST"))
    @policy.allow(APPLICANTS, APPLICANTS)
    def answer_view(self, finding_id: int) -> str | Response:
        """The provider's answer to a prescription."""
        finding = self._finding(finding_id)
        form = act_form(PrescriptionAnswerForm, finding.version, text=finding.answer)
        page = self._page(self._with(finding), _("Rispondi alla prescrizione"), _("Registra la risposta"),
                          "sopralluoghi", [_("L'ufficio verifica se quanto prescritto è stato fatto.")],
                          _("Entro il %(day)s: %(text)s", day=day(finding.due_on), text=finding.prescription))
        return carry_out(self, "inspection.answer", form, page, lambda session: inspections.answer(
            session, finding.id, text=form.text.data or "", file=file_of(form.file),
            version=form.version.data, today=today()).id,
            done=_("La risposta è registrata."))

    @expose("/rilievo/<int(max=2147483647):finding_id>/verifica/", methods=("GET", "POST"))
    def verify_view(self, finding_id: int) -> str | Response:
        """Whether a prescription is carried out."""
        finding = self._finding(finding_id)
        form = act_form(VerifyForm, finding.version, verified_on=today())
        page = self._page(self._with(finding), _("Verifica la prescrizione"), _("Registra la verifica"),
                          "sopralluoghi", [_("Adempiuta, si chiude; altrimenti resta aperta, con un nuovo termine se "
                                             "lo si dà.")], finding.prescription)
        return carry_out(self, "inspection.verify", form, page, lambda session: inspections.verify(
            session, finding.id, satisfied=form.satisfied.data == "yes", due_on=form.due_on.data,
            verified_on=form.verified_on.data, version=form.version.data, today=today()).id,
            done=_("La verifica è registrata."))

    @expose("/rilievo/<int(max=2147483647):finding_id>/prescrivi/", methods=("GET", "POST"))
    def prescribe_view(self, finding_id: int) -> str | Response:
        """A prescription for what a monitoring found."""
        finding = self._finding(finding_id)
        form = act_form(PrescribeForm, finding.version)
        page = self._page(self._with(finding), _("Prescrivi"), _("Registra la prescrizione"), "monitoraggio", [
            _("Il gestore la vede, risponde qui, e l'ufficio verifica.")], finding.text)
        return carry_out(self, "finding.prescribe", form, page, lambda session: follow_up.prescribe(
            session, finding.id, prescription=form.prescription.data or "", due_on=form.due_on.data,
            version=form.version.data, today=today()).id, done=_("La prescrizione è registrata."))

    @expose("/rilievo/<int(max=2147483647):finding_id>/chiudi/", methods=("GET", "POST"))
    def close_finding_view(self, finding_id: int) -> str | Response:
        """Nothing is to be done about what a monitoring found."""
        finding = self._finding(finding_id)
        form = act_form(WhyForm, finding.version, read_by=_("Lo legge anche il gestore."))
        page = self._page(self._with(finding), _("Chiudi il rilievo"), _("Chiudi il rilievo"), "monitoraggio", [
            _("Il rilievo resta, come osservazione: il gestore non deve rispondere.")], finding.text)
        return carry_out(self, "finding.close", form, page, lambda session: follow_up.close_finding(
            session, finding.id, why=form.why.data or "", version=form.version.data, today=today()).id,
            done=_("Il rilievo è chiuso."))

    @expose("/incontro/", methods=("GET", "POST"))
    @policy.allow(DECIDERS, DECIDERS)
    def meeting_view(self) -> str | Response:
        """An evaluation meeting, or a sitting of the commission."""
        row = self._row()
        form = act_form(EvaluationMeetingForm, on=today(), kind="evaluation", proposal="")
        page = self._page(row, _("Registra un incontro"), _("Registra l'incontro"), "valutazione", [
            _("Un incontro registrato non si modifica: per correggerlo se ne registra un altro."),
            _("La proposta non decide: decide il provvedimento.")])
        return carry_out(self, "inspection.meeting", form, page, lambda session: operations.record_meeting(
            session, row.id, kind=form.kind.data or "", on=form.on.data, present=form.present.data or "",
            text=form.text.data or "", proposal=form.proposal.data or "", today=today()).id,
            done=_("L'incontro è registrato."))

    # --- the common part ----------------------------------------------------------------------------------

    def _page(self, row: Accreditation, heading: str, verb: str, anchor: str, effects: list[str] | None = None,
              lead: str = "") -> ActPage:
        back = self.get_url("accreditation.details_view", id=row.id) + f"#{anchor}"
        name = _("Accreditamento n. %(code)s – %(unit)s", code=row.code, unit=row.unit.name)
        return ActPage(heading, verb, back, name, effects or [], lead=lead)

    @staticmethod
    def _row() -> Accreditation:
        key = small(request.args.get("accreditation"))
        row = None if key is None else db().get(Accreditation, key)
        if row is None:
            abort(404)
        return row

    @staticmethod
    def _visit(key: int) -> Inspection:
        visit = db().get(Inspection, key)
        if visit is None:
            abort(404)
        return visit

    @staticmethod
    def _finding(key: int) -> InspectionFinding:
        finding = db().get(InspectionFinding, key)
        if finding is None:
            abort(404)
        return finding

    @staticmethod
    def _of(visit: Inspection) -> Accreditation:
        return db().require(Accreditation, visit.accreditation_id)

    @staticmethod
    def _with(finding: InspectionFinding) -> Accreditation:
        return db().require(Accreditation, finding.accreditation_id)


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [InspectionPages(lazy_gettext("Sopralluoghi"), endpoint="inspection", url="accreditamenti/sopralluoghi")]
