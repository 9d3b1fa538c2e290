"""Contracts: the list, the record, and the acts on one: the file sent back, the download, the cancelling."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Response, abort, flash, redirect, request, send_file
from flask_admin import BaseView as AdminBaseView
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_wtf.file import FileField
from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import joinedload, selectinload
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from admin.cases import diary
from admin.contracts import contents as contract_contents
from admin.contracts import life as contract_life
from admin.contracts import record
from admin.contracts import state as contract_state
from admin.contracts.guided import ContractForm
from admin.deadlines.views import case_deadlines
from admin.guard import policy
from admin.guard.policy import MANAGEMENT
from admin.guard.session import act, db, office, principal, today
from admin.web import formats
from admin.web.base_view import Act, BaseView, Filter, small
from admin.web.forms import ManyField, NumberField, PageForm, Sentence, clean, number_or_none
from admin.web.once import new_key, once
from admin.web.uploads import filled
from admin.web.words import said
from admin.wording import labels
from core.contracts import operations
from core.contracts.assemble import load_services
from core.contracts.model import Contract, ContractDocument, ContractParty
from core.contracts.proposal import acts_to_attach
from core.contracts.states import LIFE, ContractState
from core.documents.store import FileStore
from core.ground.access import ScopedSession
from core.parties.model import Municipality, Party
from core.penalties import counting

CODE = cast(Contract.number, String) + "/" + cast(Contract.year, String)
NAMES = (
    select(func.aggregate_strings(Party.name, " "))
    .join(ContractParty, ContractParty.party_id == Party.id)
    .where(ContractParty.contract_id == Contract.id, ContractParty.capacity != "azienda")
    .correlate(Contract)
    .scalar_subquery()
)


class UploadForm(PageForm):
    """The Word file that came back, and what is to be known of it."""

    file = FileField(lazy_gettext("File Word"), [Sentence()],
                     description=lazy_gettext("Il documento .docx ricevuto, fino a 20 MB e senza macro."))
    note = TextAreaField(lazy_gettext("Nota"), [Length(max=2000)], filters=[clean], render_kw={"rows": 3},
                         description=lazy_gettext("Chi l'ha inviato e che cosa è cambiato: resta accanto al file."))
    request_key = HiddenField()


class ActsForm(PageForm):
    """The acts attached to a draft."""

    acts = ManyField(lazy_gettext("Atti"), coerce=number_or_none)
    version = NumberField()


class CancelForm(PageForm):
    """Why a draft is cancelled."""

    why = TextAreaField(lazy_gettext("Motivo"), [Sentence(), Length(max=2000)], filters=[clean], render_kw={"rows": 3},
                        description=lazy_gettext("Resta nel diario del contratto, che anche il comune legge."))
    version = NumberField()


class Contracts(BaseView):
    """Every contract that one may see; management prepares them, the others read."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = MANAGEMENT
    group = "work"
    title = lazy_gettext("Contratti di servizio")
    empty = lazy_gettext("Nessun contratto è ancora stato preparato.")
    list_template = "contracts/list.html"
    details_template = "contracts/record.html"
    newest_first = True
    newest_by = ("year", "number")
    column_list = ("code", "municipalities", "period", "state", "services", "documents")
    column_labels = {"code": lazy_gettext("Numero"), "municipalities": lazy_gettext("Comuni"),
                     "period": lazy_gettext("Periodo"), "state": lazy_gettext("Stato"),
                     "services": lazy_gettext("Servizi"), "documents": lazy_gettext("Versioni del testo")}
    column_formatters = {
        "code": lambda _v, _c, row, _n: _("%(code)s (modifica)", code=row.code) if row.amends_id else row.code,
        "municipalities": lambda _v, _c, row, _n: municipalities(row),
        "period": lambda _v, _c, row, _n: f"{formats.day(row.starts_on)} – {formats.day(row.runs_to)}",
        "state": lambda _v, _c, row, _n: formats.badge(row),
        "services": lambda _v, _c, row, _n: len({c.service_id for c in row.conferrals}),
        "documents": lambda _v, _c, row, _n: len(row.documents),
    }
    searched = (CODE, NAMES)
    sorted_by = {"municipalities": NAMES, "period": Contract.starts_on}
    filtered = (
        Filter("stato", lazy_gettext("Stato"),
               lambda: labels.states("contract", ContractState),
               lambda value: Contract.state == value),
        Filter("anno", lazy_gettext("Anno"),
               lambda: [(y, y) for y in db().scalars(select(Contract.year).distinct().order_by(Contract.year.desc()))],
               lambda value: Contract.year == int(value)),
        Filter("comune", lazy_gettext("Comune"),
               lambda: [(key, name) for key, name in db().execute(
                   select(Municipality.id, Municipality.name).order_by(Municipality.name))],
               lambda value: Contract.id.in_(
                   select(ContractParty.contract_id).where(ContractParty.party_id == int(value)))),
    )
    load = (selectinload(Contract.parties).joinedload(ContractParty.party), selectinload(Contract.conferrals),
            selectinload(Contract.documents).joinedload(ContractDocument.document))
    left_out = frozenset()

    def is_numeric(self, name: str) -> bool:
        """The two counts stand at the right."""
        return name in {"services", "documents"}

    def name_of(self, row: Contract) -> str:
        """The number, and with whom."""
        return record.title(db(), row)

    def is_draft(self, row: Contract) -> bool:
        """True while it may still be changed."""
        return row.state == ContractState.DRAFT

    def state_of(self, row: Contract) -> str:
        """For the badge beside the title."""
        return row.state

    def acts(self, row: Contract) -> list[Act]:
        """What may be done next: read the text, prepare, keep a file sent back, and the passages of the state table."""
        reading = [Act(_("Scarica il testo"), self.get_url(".download_view", id=row.documents[-1].id))
                   ] if row.documents else []
        passages = contract_life.buttons(db(), row, rare=False)
        if not self.may_change() or not self.is_draft(row):
            begun = [] if principal().sees_all else record.dispute_acts(row)
            return [*passages, *reading, *contract_contents.acts(row), *begun]
        step = row.step if row.step in ContractForm.STEPS else "services"
        return [
            Act(_("Continua la preparazione"),
                self.get_url("contract_form.step_view", contract_id=row.id, step=step), tint="primary"),
            *(passages if row.documents else ()),
            *reading,
            Act(_("Carica il file ricevuto"), self.get_url(".upload_view", id=row.id)),
            *contract_contents.acts(row),
        ]

    def other_acts(self, row: Contract) -> list[Act]:
        """The passages that are rarely wanted: they stand apart, below."""
        passages = contract_life.buttons(db(), row, rare=True)
        if principal().sees_all:
            passages.extend(record.dispute_acts(row))
        if any(passage.action == "cancel" for passage in LIFE.possible(row.state, principal())):
            passages.append(Act(_("Annulla la bozza"), self.get_url(".cancel_view", id=row.id), tint="danger"))
        return passages

    def context(self, row: Contract) -> dict[str, Any]:
        """The sections of the record; a municipality is not shown the office's remarks."""
        session, office_reads = db(), principal().sees_all
        load_services(session, row)
        names = record.party_names(session, row)
        found = record.remarks(session, row) if office_reads and row.state == ContractState.DRAFT else []
        passed = LIFE.last(session, row) if row.state == ContractState.CANCELLED else None
        behind = office_reads and row.state == ContractState.DRAFT and record.is_behind(session, row)
        return {
            "stands": contract_state.where_it_stands(session, row, found, behind, passed.why if passed else ""),
            "other_acts": self.other_acts(row),
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
        content = FileStore(office().settings.data_dir).get(version.document.path)
        name = version.document.file_name
        return send_file(BytesIO(content), mimetype=operations.WORD if name.endswith(".docx") else None,
                         as_attachment=True, download_name=name, max_age=0)

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
        form = filled(UploadForm, request_key=new_key())
        if request.method == "POST" and form.validate():
            with form.blaming():
                number = once("contract.upload", form.request_key.data or "",
                              lambda session: self._keep(session, row.id, form))
                flash(_("Il file è registrato come versione n. %(number)s, negoziata a mano.", number=number),
                      "success")
                return redirect(self.after(row.id) + "#documenti")  # type: ignore[return-value]
        return self.render("contracts/upload.html", row=row, form=form, back=self.after(row.id))

    @staticmethod
    def _keep(session: ScopedSession, contract_id: int, form: UploadForm) -> str:
        version = operations.upload_negotiated(
            session, contract_id, file_name=form.file.data.filename, content=form.file.data.read(),
            note=form.note.data or "", store=FileStore(office().settings.data_dir),
        )
        return str(version.version_number)

    @expose("/atti/", methods=("GET", "POST"))
    @policy.allow(MANAGEMENT, MANAGEMENT)
    def acts_view(self) -> str | Response:
        """Choose the acts that are attached to a draft (R119)."""
        row = self.get_one(request.args.get("id"))
        choices = acts_to_attach(row)
        form = filled(ActsForm, version=row.version, acts=[act.id for act in row.printed_acts])
        form.acts.choices = [(act.id, diary.act_words(act)) for act in choices]
        if request.method == "POST" and form.validate():
            with form.blaming():
                with act("contract.acts") as session:
                    operations.set_acts(session, row.id, form.acts.data or (), version=form.version.data or 0)
                flash(_("Gli atti allegati sono quelli scelti."), "success")
                return redirect(self.after(row.id) + "#atti")  # type: ignore[return-value]
        return self.render("contracts/acts.html", row=row, form=form, choices=choices, back=self.after(row.id))

    @expose("/cancel/", methods=("GET", "POST"))
    @policy.allow(MANAGEMENT, MANAGEMENT)
    def cancel_view(self) -> str | Response:
        """Cancel a draft: says first what will happen, and asks why."""
        row = self.get_one(request.args.get("id"))
        form = filled(CancelForm, version=row.version)
        if request.method == "POST" and form.validate():
            with form.blaming():
                with act("contract.cancel") as session:
                    operations.cancel(session, row.id, version=form.version.data or 0, why=form.why.data or "",
                                      today=today())
                flash(_("Il contratto n. %(code)s è annullato.", code=row.code), "success")
                return redirect(self.after(row.id))  # type: ignore[return-value]
        return self.render("contracts/cancel.html", row=row, form=form, back=self.after(row.id))


def municipalities(contract: Contract) -> str:
    """The municipalities that sign, as far as who asks may see them; the others are counted."""
    names = [member.party.name for member in contract.municipality_parties if member.party is not None]
    others = len(contract.municipality_parties) - len(names)
    if others:
        names.append(ngettext("%(num)s altro ente", "altri %(num)s enti", others))
    return ", ".join(names)


def version_name(version: ContractDocument) -> str:
    """A version of the text in the diary."""
    if version.origin == "generated":
        return _("Generata la versione n. %(number)s del testo.", number=version.version_number)
    if version.origin == "imported":
        return _("Importata la versione n. %(number)s, già firmata.", number=version.version_number)
    return _("Caricata la versione n. %(number)s, negoziata a mano.", number=version.version_number)


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [
        Contracts(Contract, lazy_gettext("Contratti"), endpoint="contract", url="contratti"),
        ContractForm(lazy_gettext("Prepara un contratto"), endpoint="contract_form", url="contratti/bozza"),
        *contract_life.views(),
    ]
