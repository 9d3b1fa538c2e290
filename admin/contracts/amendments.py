"""Amendments of a contract in the browser (R62): opened with a reason, compared before and after, then merged."""

from __future__ import annotations

from datetime import date

from flask import abort, flash, redirect
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import Length

from admin.contracts import record
from admin.contracts.compare import KEY, KINDS, ContractPage, field_name, name_of, versions_of
from admin.contracts.forms import EFFECTIVE, ContractVersionForm
from admin.guard import policy
from admin.guard.session import db, office, today
from admin.web.acts import ActForm, ActPage, act_form, attempt, carry_out, needed_file
from admin.web.fields import day_field
from admin.web.forms import OneField, Sentence, clean, picks
from admin.web.words import said
from admin.wording import labels
from core.contracts import amendments, coordinated
from core.contracts.compare import changes_to_merge, snapshot
from core.contracts.family import merged_into
from core.contracts.model import Contract
from core.contracts.states import ContractState
from core.ground.clock import add_months
from core.ground.errors import RuleBroken

REASONS = (
    ("new_services", lazy_gettext("Affidamento di nuovi servizi")),
    ("needs", lazy_gettext("Nuove esigenze di gestione")),
    ("goals", lazy_gettext("Nuovi obiettivi")),
)


class AmendmentForm(ActForm):
    """Why a contract is amended."""

    reason = OneField(lazy_gettext("Motivo"), [Sentence()], choices=picks([("", "–"), *REASONS]),
                         description=lazy_gettext("I tre casi in cui il contratto prevede la revisione (art. 11)."))
    effective_on = day_field(labels.column("contract", "effective_on"), EFFECTIVE)
    text = TextAreaField(lazy_gettext("Che cosa cambia e perché"), [Sentence(), Length(max=2000)], filters=[clean],
                         description=lazy_gettext("Resta nel diario del contratto, che anche il Comune legge."))


class Amendments(ContractPage):
    """Open an amendment, see what it changes, merge it."""

    @expose(f"/{KEY}/apri/", methods=("GET", "POST"))
    @policy.allow(policy.MANAGEMENT, policy.MANAGEMENT)
    def open_view(self, contract_id: int) -> str | Response:
        """Make a working copy and go on in the guided form."""
        row = self.contract(contract_id)
        form = act_form(AmendmentForm, effective_on=max(first_of_next_month(today()), row.starts_on))
        page = ActPage(_("Apri una modifica del contratto n. %(code)s", code=row.code), _("Apri la modifica"),
                       self.get_url("contract.details_view", id=row.id), record.title(db(), row), [
            _("Si crea una copia di lavoro con un numero proprio: si prepara, si approva e si firma come un "
              "contratto."),
            _("Il contratto n. %(code)s resta com'è finché la modifica non è firmata e recepita.", code=row.code),
            _("Nel giorno da cui ha effetto, se è firmata, il programma la recepisce da sé."),
            _("Le date non cambiano: per prolungare il contratto si registra una proroga."),
            *([_("Un Comune che con la modifica non conferisce più servizi lascia il contratto; gli altri continuano.")]
              if len(row.remaining_parties) > 1 else []),
            _("Non parte alcuna lettera.")])
        return carry_out(self, "contract.amend", form, page, lambda session: amendments.open_amendment(
            session, row.id, reason=form.reason.data or "", text=form.text.data or "",
            effective_on=form.effective_on.data, today=today()).id,
            lambda key: self.get_url("contract_form.step_view", contract_id=int(key), step="services"),
            _("La modifica è aperta come bozza: si prepara e si approva come un contratto."))

    @expose(f"/{KEY}/prima-e-dopo/")
    def changes_view(self, contract_id: int) -> str:
        """What the amendment changes, field by field, and whether it can still be merged."""
        row, live = self._both(contract_id)
        versions = [next((v for v in versions_of(db(), c) if v.contract_id == c.id), None) for c in (live, row)]
        return self.show("amend_changes", row, live=live, differences=amendments.before_and_after(row),
                         conflict=conflict(row, live), versions=versions, field_name=field_name, kinds=KINDS)

    @expose(f"/{KEY}/recepisci/", methods=("GET", "POST"))
    @policy.allow(policy.MANAGEMENT, policy.MANAGEMENT)
    def merge_view(self, contract_id: int) -> str | Response:
        """Say what will happen, then bring a signed amendment into its contract."""
        row, live = self._both(contract_id)
        form = act_form(ActForm)
        if attempt("contract.merge", form, lambda session: amendments.merge(
                session, row.id, registry=office().registry, today=today()).id):
            flash(_("La modifica n. %(code)s è recepita nel contratto n. %(live)s.", code=row.code, live=live.code),
                  "success")
            return redirect(self.get_url("contract.details_view", id=live.id))
        return self.show("amend_merge", row, live=live, form=form, hand=coordinated.by_hand(db(), live, row),
                         differences=amendments.before_and_after(row),
                         conflict="" if form.form_errors else conflict(row, live), field_name=field_name, kinds=KINDS)

    @expose(f"/{KEY}/coordinato/", methods=("GET", "POST"))
    @policy.allow(policy.MANAGEMENT, policy.MANAGEMENT)
    def coordinated_view(self, contract_id: int) -> str | Response:
        """The office's own coordinated text, where a hand has edited what was signed: from what, and with which
        changes, then the file."""
        row = self.contract(contract_id)
        merged = merged_into(db(), row)
        if not merged:
            abort(404)
        back = self.get_url("contract.details_view", id=row.id)
        form = act_form(ContractVersionForm, row.version)
        page = ActPage(_("Carica il testo coordinato"), _("Registra il testo coordinato"), back,
                       record.title(db(), row),
                       [_("Il file diventa la versione n. %(number)s del testo, segnata come coordinata e non firmata.",
                          number=len(row.documents) + 1),
                        _("Serve per leggere: fanno fede il contratto e le modifiche come firmati."),
                        _("Non parte alcuna lettera; anche il Comune lo legge.")])
        return carry_out(
            self, "contract.coordinate", form, page, lambda session: coordinated.upload(
                session, row.id, file=needed_file(form.file), note=form.note.data or "",
                version=form.version.data).version_number,
            lambda _number: back + "#documenti",
            lambda number: _("Il testo coordinato è la versione n. %(number)s.", number=number),
            template="contracts/coordinated.html", row=row, hand=coordinated.by_hand(db(), row),
            bases=coordinated.bases(db(), row), name_of=name_of, field_name=field_name, kinds=KINDS,
            changes=[(one, amendments.before_and_after(one)) for one in merged])

    def _both(self, contract_id: int) -> tuple[Contract, Contract]:
        """The amendment and the contract that it amends; 404 for a contract that amends none."""
        row = self.contract(contract_id)
        live = None if row.amends_id is None else db().get(Contract, row.amends_id)
        if live is None:
            abort(404)
        return row, live


def first_of_next_month(day: date) -> date:
    """The day from which most changes are agreed."""
    return add_months(day.replace(day=1), 1)


def conflict(row: Contract, live: Contract) -> str:
    """Why an amendment could not be merged now; empty if it could, or has been."""
    if row.state in (ContractState.MERGED, ContractState.CANCELLED):
        return ""
    try:
        changes_to_merge(row.base or {}, snapshot(live), snapshot(row))
    except RuleBroken as refusal:
        return said(refusal)
    return ""
