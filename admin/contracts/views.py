"""Contracts: the list, the record, and the acts on one: the file sent back, the download, the cancelling."""

from __future__ import annotations

from typing import Any

from flask import abort, request
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from admin.cases import diary
from admin.contracts import contents as contract_contents
from admin.contracts import record
from admin.contracts import state as contract_state
from admin.contracts.forms import ContractVersionForm
from admin.contracts.guided import ContractForm
from admin.contracts.names import in_full, municipalities_of
from admin.contracts.passages import READ_BY_ALL, STEPS
from admin.deadlines.views import case_deadlines
from admin.guard import policy
from admin.guard.policy import MANAGEMENT
from admin.guard.session import db, principal, today
from admin.parties.choices import by_district, in_district, municipalities
from admin.web import formats
from admin.web.acts import ActForm, ActPage, Passages, act_form, carry_out, needed_file
from admin.web.base_view import Act, BaseView, Begin, Filter, small
from admin.web.downloads import give_document
from admin.web.filters import by_year
from admin.web.forms import ManyField, number_or_none
from admin.web.searching import NUMBER, numbered
from admin.web.together import Ticked
from admin.web.words import said
from admin.wording import labels
from core.contracts import operations, rules
from core.contracts.listing import counts
from core.contracts.model import Contract, ContractDocument, ContractParty
from core.contracts.proposal import acts_to_attach
from core.contracts.states import LIFE, ContractState
from core.ground.search import are_few, holds
from core.parties.model import Municipality
from core.penalties import counting


def signed_by(entity: Any, term: str, walking: bool) -> ColumnElement[bool] | None:
    """By the name of a municipality that signs."""
    if NUMBER.fullmatch(term):
        return None
    signed = select(ContractParty.contract_id).where(ContractParty.party_id.in_(
        select(Municipality.id).where(holds(db(), Municipality, term))))
    if walking or not are_few(db(), signed):
        return signed.where(ContractParty.contract_id == entity.id).exists()
    found: ColumnElement[bool] = entity.id.in_(signed)
    return found


class AttachedForm(ActForm):
    """The acts attached to a draft."""

    acts = ManyField(lazy_gettext("Atti"), coerce=number_or_none)


class Contracts(Ticked, Passages, BaseView):
    """Every contract that one may see; management prepares them, the others read."""

    panels = "contract"
    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = MANAGEMENT
    group = "work"
    title = lazy_gettext("Contratti di servizio")
    lead = lazy_gettext("I contratti con i Comuni: di ciascuno si legge a che punto è, che cosa conferisce e che cosa "
                        "segue.")
    empty = lazy_gettext("Nessun contratto è ancora stato preparato.")
    begins = (Begin(lazy_gettext("Nuovo contratto"), "contract_form.index"),)
    details_template = "contracts/record.html"
    newest_first = True
    newest_by = ("year", "number")
    column_list = ("code", "municipalities", "period", "state", "services", "documents")
    column_labels = {"code": lazy_gettext("Numero"), "municipalities": lazy_gettext("Comuni"),
                     "period": lazy_gettext("Periodo"), "state": lazy_gettext("Stato"),
                     "services": lazy_gettext("Servizi"), "documents": lazy_gettext("Versioni del testo")}
    shown = {
        "code": lambda row: _("%(code)s (modifica)", code=row.code) if row.amends_id else row.code,
        "municipalities": municipalities_of,
        "period": lambda row: f"{formats.day(row.starts_on)} – {formats.day(row.runs_to)}",
        "services": lambda row: row.service_count,
        "documents": lambda row: row.document_count,
    }
    searched = (numbered, signed_by)
    sorted_by = {"municipalities": Contract.filed_under, "period": Contract.starts_on}
    filtered = (
        Filter("stato", lazy_gettext("Stato"),
               lambda: labels.states("contract", ContractState),
               lambda value: Contract.state == value),
        by_year(Contract.year),
        Filter("comune", lazy_gettext("Comune"), municipalities,
               lambda value: Contract.id.in_(
                   select(ContractParty.contract_id).where(ContractParty.party_id == int(value)))),
        by_district(lambda key: Contract.id.in_(
            select(ContractParty.contract_id).where(ContractParty.party_id.in_(in_district(key))))),
    )
    load = (*counts(), selectinload(Contract.parties).joinedload(ContractParty.party))
    load_record = record.LOAD
    left_out = frozenset()
    life = LIFE
    steps = STEPS
    each = ("submit", "enter_force", "renew_tacitly", "expire")
    one_button = {"approve_last": "approve", "forgo_extended": "forgo", "leave": "withdraw"}
    for_good = frozenset({"merge"})
    read_by = READ_BY_ALL
    numeric = frozenset({"documents", "services"})
    on_records = {"upload_view": lazy_gettext("Carica il file ricevuto"), **contract_contents.ON_RECORDS}

    def name_of(self, row: Contract) -> str:
        """The number, and with whom."""
        return record.title(db(), row)

    def told_apart(self, row: Contract) -> str:
        """The number, and those of the municipalities that who asks may see."""
        return in_full(row)

    def is_draft(self, row: Contract) -> bool:
        """True while it may still be changed."""
        return row.state == ContractState.DRAFT

    def timely(self, row: Contract, action: str) -> bool:
        """By the days and the facts of the contract."""
        return rules.timely(row, action, today())

    def acts_within(self, row: Contract) -> list[Act]:
        """What the sections of its contents link to."""
        return contract_contents.acts_within(row)

    def acts(self, row: Contract) -> list[Act]:
        """What may be done next: read the text, prepare, keep a file sent back, and the passages of the state table."""
        reading = [Act(_("Scarica il testo"), self.get_url(".download_view", id=version.id))
                   for version in record.newest_first(row)[:1]]
        passages = self.passages(row, rare=False)
        if not self.may_change() or not self.is_draft(row):
            begun = [] if principal().sees_all else record.dispute_acts(row)
            if row.state == ContractState.APPROVED and self.may_change():
                passages = record.with_final_text(row, passages)
            return [*passages, *reading, *contract_contents.acts(row), *begun]
        step = row.step if row.step in ContractForm.STEPS else "services"
        return [
            Act(_("Continua la preparazione"),
                self.get_url("contract_form.step_view", contract_id=row.id, step=step), tint="primary"),
            *(passages if row.documents else ()),
            *reading,
            self.button("upload_view", row),
            *contract_contents.acts(row),
        ]

    def other_acts(self, row: Contract) -> list[Act]:
        """The rare passages, and for the office what only the municipality begins commonly."""
        return [*super().other_acts(row), *(record.dispute_acts(row) if principal().sees_all else ())]

    def context(self, row: Contract) -> dict[str, Any]:
        """The sections of the record; a municipality is not shown the office's remarks."""
        session, office_reads = db(), principal().sees_all
        names = record.party_names(session, row)
        found = record.remarks(session, row) if office_reads and row.state == ContractState.DRAFT else []
        passed = LIFE.last(session, row) if row.state == ContractState.CANCELLED else None
        behind = office_reads and row.state == ContractState.DRAFT and record.is_behind(session, row)
        return {
            "stands": contract_state.where_it_stands(session, row, found, behind, passed.why if passed else ""),
            "signers": record.signers(row, names),
            "sectors": record.services_by_sector(row, names),
            "figures": record.figures(row),
            "attached": record.acts_attached(row),
            "versions": record.newest_first(row),
            "origin": lambda version: labels.choice("contract_document", "origin", version.origin),
            "remarks": found,
            "said": said,
            "deadlines": case_deadlines("contract", row.id),
            "contents": contract_contents.context(session, row),
            "repeated": counting.repeated(session, row.id),
            **contract_state.sections(session, row),
            **diary.context(session, "contract", row.id),
            "events": record.diary(session, row, version_name),
        }

    # --- acts -------------------------------------------------------------------------------------------------

    @expose("/download/")
    def download_view(self) -> Response:
        """A version of the text, as a file to keep; 404 for another's."""
        version = self._version(small(request.args.get("id")))
        return give_document(version.document)

    def _version(self, key: int | None) -> ContractDocument:
        version = None if key is None else db().get(
            ContractDocument, key, options=[joinedload(ContractDocument.document)])
        if version is None or version.document is None:
            abort(404)
        return version

    @expose("/upload/", methods=("GET", "POST"))
    @policy.allow(MANAGEMENT, MANAGEMENT)
    def upload_view(self) -> str | Response:
        """Keep the Word file that a municipality sent back changed, as the next version."""
        row = self.get_one(request.args.get("id"))
        form = act_form(ContractVersionForm)
        page = ActPage(_("Carica il file ricevuto"), _("Registra la versione"), self.after(row.id), str(row), lead=_(
            "Il documento Word che il Comune ha rimandato con le sue modifiche diventa la versione n. %(number)s del "
            "testo, segnata come negoziata a mano. Le versioni precedenti restano come sono.",
            number=len(row.documents) + 1))
        return carry_out(self, "contract.upload", form, page, lambda session: operations.upload_negotiated(
            session, row.id, file=needed_file(form.file), note=form.note.data or "").version_number,
            lambda _number: self.after(row.id) + "#documenti",
            lambda number: _("Il file è registrato come versione n. %(number)s, negoziata a mano.", number=number))

    @expose("/atti/", methods=("GET", "POST"))
    @policy.allow(MANAGEMENT, MANAGEMENT)
    def acts_view(self) -> str | Response:
        """Choose the acts that are attached to a draft (R119)."""
        row = self.get_one(request.args.get("id"))
        choices = acts_to_attach(row)
        form = act_form(AttachedForm, row.version, acts=[act.id for act in row.printed_acts])
        form.acts.choices = [(act.id, diary.act_words(act)) for act in choices]
        page = ActPage(_("Atti allegati"), _("Salva la scelta"), self.after(row.id), str(row), lead=_(
            "Sono gli atti che il contratto nomina come propri, anche se non uniti materialmente (art. 30). Qui ci "
            "sono quelli registrati per gli enti che firmano: scegliere quelli di questo contratto."))
        return carry_out(self, "contract.acts", form, page, lambda session: operations.set_acts(
            session, row.id, form.acts.data or (), version=form.version.data or 0),
            lambda _key: self.after(row.id) + "#atti", _("Gli atti allegati sono quelli scelti."),
            template="contracts/acts.html", row=row, choices=choices)


def version_name(version: ContractDocument) -> str:
    """A version of the text in the diary."""
    if version.origin == "generated":
        return _("Generata la versione n. %(number)s del testo.", number=version.version_number)
    if version.origin == "final":
        return _("Preparato il testo da firmare, versione n. %(number)s.", number=version.version_number)
    if version.origin == "coordinated":
        return _("Fatto il testo coordinato, versione n. %(number)s.", number=version.version_number)
    if version.origin == "imported":
        return _("Importata la versione n. %(number)s, già firmata.", number=version.version_number)
    return _("Caricata la versione n. %(number)s, negoziata a mano.", number=version.version_number)


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [
        Contracts(Contract, lazy_gettext("Contratti"), endpoint="contract", url="contratti"),
        ContractForm(lazy_gettext("Prepara un contratto"), endpoint="contract_form", url="contratti/bozza"),
    ]
