"""The documents to attach to a contract (R119): the list, what is asked, what was received and under which number."""

from __future__ import annotations

from flask import abort, flash, redirect
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length

from admin.contracts.compare import KEY, ContractPage
from admin.guard import policy
from admin.guard.session import act, db, principal, today
from admin.web.acts import ActForm, ActPage, act_form, attempt, carry_out, needed_file
from admin.web.fields import day_field, file_field
from admin.web.forms import SHORT, Sentence, clean
from core.contracts import attachments
from core.contracts.model import Attachment, Contract

ROW = "<int(max=2147483647):attachment_id>"


class AttachmentForm(ActForm):
    """One more document to ask for."""

    title = StringField(lazy_gettext("Documento"), [Sentence(), Length(max=SHORT)], filters=[clean],
                        description=lazy_gettext("Che cosa si chiede e a chi, per esempio «Statuto – Comune di …»."))


class ArrivalForm(ActForm):
    """A document that came."""

    received_on = day_field(lazy_gettext("Ricevuto il"))
    register_number = StringField(lazy_gettext("Numero di protocollo"), [Sentence(), Length(max=SHORT)],
                                  filters=[clean])
    file = file_field(lazy_gettext("File"))


class Attachments(ContractPage):
    """Ask for documents and receive them."""

    @expose(f"/{KEY}/", methods=("GET", "POST"))
    @policy.allow(policy.STAFF, policy.MANAGEMENT)
    def list_view(self, contract_id: int) -> str | Response:
        """The list of a contract, and one more document to ask for."""
        row = self.contract(contract_id)
        form = act_form(AttachmentForm)
        if attempt("attachment.ask", form, lambda session: attachments.ask(
                session, row.id, form.title.data or "", today=today()).id):
            flash(_("Il documento è nell'elenco di quelli richiesti."), "success")
            return self._list(row)
        standard = len(set(attachments.standard_titles(row)) - {held.title for held in row.attachments})
        return self.show("attachments", row, form=form, standard=standard,
                         may_write=policy.MANAGEMENT.admits(principal()))

    @expose(f"/{KEY}/previsti/", methods=("POST",))
    @policy.allow(policy.NOBODY, policy.MANAGEMENT)
    def standard_view(self, contract_id: int) -> Response:
        """Ask for the documents that the contract names."""
        row = self.contract(contract_id)
        with act("attachment.ask_standard") as session:
            asked = attachments.ask_standard(session, row.id, today=today())
        flash(ngettext("Un documento è nell'elenco.", "%(num)s documenti sono nell'elenco.", asked), "success")
        return self._list(row)

    @expose(f"/{ROW}/ricevuto/", methods=("GET", "POST"))
    @policy.allow(policy.MANAGEMENT, policy.MANAGEMENT)
    def receive_view(self, attachment_id: int) -> str | Response:
        """Keep the file that came, with its register number."""
        held = self._attachment(attachment_id)
        form = act_form(ArrivalForm, received_on=today())
        page = ActPage(held.title, _("Registra il documento"),
                       self.get_url(".list_view", contract_id=held.contract_id), str(held.contract))
        return carry_out(self, "attachment.receive", form, page, lambda session: attachments.receive(
            session, held.id, register_number=form.register_number.data or "", received_on=form.received_on.data,
            file=needed_file(form.file), today=today()).id,
            done=_("Il documento è registrato, anche tra i file del contratto."))

    @expose(f"/{ROW}/togli/", methods=("POST",))
    @policy.allow(policy.NOBODY, policy.MANAGEMENT)
    def remove_view(self, attachment_id: int) -> Response:
        """Take off the list what is not needed."""
        held = self._attachment(attachment_id)
        with act("attachment.remove") as session:
            attachments.remove(session, held.id)
        flash(_("Il documento non è più nell'elenco."), "success")
        return self._list(held.contract)

    @staticmethod
    def _attachment(key: int) -> Attachment:
        held = db().get(Attachment, key)
        if held is None or held.contract is None:
            abort(404)
        return held

    def _list(self, row: Contract) -> Response:
        return redirect(self.get_url(".list_view", contract_id=row.id))
