"""What may be added to the diary of any case: a note, a file, a letter and its receipt; and the download of its files.

One page for each, for all cases: the address names the case by its table and key, and the scope decides who sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import abort, redirect, request
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Length

from admin.cases.diary import page_of
from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.web.acts import ActForm, ActPage, WhyForm, act_form, carry_out, file_of, needed_file
from admin.web.base_view import Page, small
from admin.web.downloads import give_document
from admin.web.fields import day_field, file_field
from admin.web.forms import (
    LONG,
    MOST_CHOICES,
    SHORT,
    OneField,
    Sentence,
    clean,
    first_of,
    number_or_none,
    picks,
)
from admin.wording import labels
from core.cases import operations
from core.cases.corrections import correct_receipt
from core.cases.model import Sending
from core.contracts.model import Contract
from core.documents.model import Document
from core.ground.access import Role, ScopedSession
from core.ground.errors import NotVisible, RuleBroken
from core.ground.order import in_order
from core.parties.model import Azienda, Party

CLERKS = policy.roles(Role.MANAGEMENT, Role.ACCOUNTING, Role.ACCREDITATION)
# a municipality and a provider too, in the cases that are open to them: the operation asks which
CONTRIBUTORS = policy.roles(*(CLERKS.roles or ()), Role.MUNICIPALITY, Role.PROVIDER)
CASE = "<subject>/<int(max=2147483647):subject_id>"


class NoteForm(ActForm):
    """A note, for the office or for the municipality too."""

    text = TextAreaField(lazy_gettext("Nota"), [Sentence(), Length(max=LONG)], filters=[clean], render_kw={"rows": 5})
    shared = BooleanField(lazy_gettext("La legge anche il Comune o il gestore"), description=lazy_gettext(
        "Una nota registrata non si modifica: per correggerla se ne aggiunge un'altra."))


class KeptFileForm(ActForm):
    """A file and what it is."""

    title = StringField(lazy_gettext("Che cos'è"), [Sentence(), Length(max=SHORT)], filters=[clean])
    file = file_field(lazy_gettext("File"), lazy_gettext(
        "PDF, P7M, Word, Excel, ODT, immagine, messaggio EML o archivio ZIP, fino a 25 MB. Lo vede anche il Comune o "
        "il gestore."))


class SendingForm(ActForm):
    """A letter that left or came, and how."""

    title = StringField(lazy_gettext("Oggetto"), [Sentence(), Length(max=SHORT)], filters=[clean])
    sender_id = OneField(lazy_gettext("Mittente"), [Sentence()], coerce=number_or_none)
    addressee_id = OneField(lazy_gettext("Destinatario"), [Sentence()], coerce=number_or_none)
    channel = OneField(lazy_gettext("Mezzo"), [Sentence()],
                       choices=picks(labels.CHOICES["sending.channel"].items()))
    sent_on = day_field(lazy_gettext("Inviata il"))
    protocol_number = StringField(lazy_gettext("Numero di protocollo"), [Length(max=SHORT)], filters=[clean])
    file = file_field(lazy_gettext("Lettera"), needed=False)
    received_on = day_field(lazy_gettext("Ricevuta il"), lazy_gettext(
        "Se la ricevuta non è ancora arrivata si registra in seguito: i termini decorrono da questo giorno."),
        needed=False)
    receipt = file_field(lazy_gettext("Ricevuta"), lazy_gettext(
        "La ricevuta di consegna della PEC, l'avviso di ricevimento o la copia firmata."), needed=False)

    def offer(self, row: Any) -> None:
        """Every party that who asks may see."""
        rows = db().execute(select(Party.id, Party.name).order_by(in_order(Party.name)).limit(MOST_CHOICES + 1))
        parties = first_of([(key, name) for key, name in rows])
        self.sender_id.choices = self.addressee_id.choices = picks([("", "–"), *parties])


class ReceiptForm(ActForm):
    """When a letter was received, and what proves it."""

    received_on = day_field(lazy_gettext("Ricevuta il"), lazy_gettext("I termini decorrono da questo giorno."))
    file = file_field(lazy_gettext("Ricevuta"), lazy_gettext(
        "La ricevuta di consegna della PEC, l'avviso di ricevimento o la copia firmata."), needed=False)


class ReceiptCorrectionForm(WhyForm):
    """The day on which a letter was received in truth, and why another was recorded."""

    received_on = day_field(lazy_gettext("Ricevuta il"), lazy_gettext(
        "I termini che il ricevimento ha fatto partire si contano da capo da questo giorno."))

    def groups(self) -> Sequence[tuple[Any, Sequence[str]]]:
        """The day first, then the reason."""
        return ((None, ["received_on", "why"]),)


def between(row: Any) -> dict[str, Any]:
    """Who writes to whom, as it is proposed: the azienda to whose case it is, or the other way for those themselves.

    A page that knows better says so in the address (``?da=3&a=1&oggetto=...``).
    """
    sender, addressee, title = small(request.args.get("da")), small(request.args.get("a")), request.args.get("oggetto")
    if sender and addressee:
        return {"sender_id": sender, "addressee_id": addressee, "sent_on": today(),
                "title": (title or "").strip()}
    members = row.municipality_parties if isinstance(row, Contract) else ()
    other = members[0].party_id if members else getattr(row, "municipality_id", getattr(row, "provider_id", None))
    azienda = db().scalar(select(Azienda.id).limit(1))
    sender, addressee = (azienda, other) if principal().sees_all else (other, azienda)
    return {"sender_id": sender, "addressee_id": addressee, "sent_on": today()}


class CasePages(Page):
    """The shared pages of every case."""

    may_read = may_write = CLERKS
    in_menu = False

    @expose("/")
    def index(self) -> Response:
        """There is no list of all cases: each has its own page."""
        return redirect(self.get_url("admin.index"))

    @expose(f"/{CASE}/nota/", methods=("GET", "POST"))
    def note_view(self, subject: str, subject_id: int) -> str | Response:
        """Write a note."""
        return self._add("case.note", NoteForm, subject, subject_id, _("Aggiungi una nota"), _("Registra la nota"),
                         lambda session, form: operations.add_note(
                             session, subject, subject_id, text=form.text.data or "", shared=form.shared.data).id)

    @expose(f"/{CASE}/file/", methods=("GET", "POST"))
    @policy.allow(CONTRIBUTORS, CONTRIBUTORS)
    def file_view(self, subject: str, subject_id: int) -> str | Response:
        """Keep a file."""
        return self._add("case.file", KeptFileForm, subject, subject_id, _("Aggiungi un file"), _("Registra il file"),
                         lambda session, form: operations.add_file(
                             session, subject, subject_id, title=form.title.data or "", file=needed_file(form.file)).id)

    @expose(f"/{CASE}/lettera/", methods=("GET", "POST"))
    @policy.allow(CONTRIBUTORS, CONTRIBUTORS)
    def letter_view(self, subject: str, subject_id: int) -> str | Response:
        """Record a letter that left or came."""
        return self._add("case.letter", SendingForm, subject, subject_id, _("Registra una lettera"),
                         _("Registra la lettera"),
                         lambda session, form: self._record(session, subject, subject_id, form), between)

    @staticmethod
    def _record(session: ScopedSession, subject: str, subject_id: int, form: SendingForm) -> int:
        def kept(field: Any, kind: str) -> int | None:
            chosen = file_of(field)
            return None if chosen is None else operations.keep_file(
                session, subject, subject_id, file=chosen, kind=kind, field=field.name).id

        sending = operations.record_sending(
            session, subject, subject_id, title=form.title.data or "", sender_id=form.sender_id.data or 0,
            addressee_id=form.addressee_id.data or 0, channel=form.channel.data or "", sent_on=form.sent_on.data,
            protocol_number=form.protocol_number.data or "", document_id=kept(form.file, "letter"), today=today())
        if form.received_on.data:
            operations.record_receipt(session, sending.id, received_on=form.received_on.data,
                                      document_id=kept(form.receipt, "receipt"), today=today())
        elif form.receipt.data:
            raise RuleBroken("La ricevuta prova un giorno: indicare quando la lettera è stata ricevuta.",
                             field="received_on")
        return sending.id

    @expose("/lettera/<int(max=2147483647):sending_id>/ricevuta/", methods=("GET", "POST"))
    @policy.allow(CONTRIBUTORS, CONTRIBUTORS)
    def receipt_view(self, sending_id: int) -> str | Response:
        """Record the receipt of a letter."""
        sending = db().get(Sending, sending_id)
        if sending is None:
            abort(404)

        def work(session: ScopedSession, form: ReceiptForm) -> int:
            chosen = file_of(form.file)
            proof = chosen and operations.keep_file(
                session, sending.subject, sending.subject_id, file=chosen, kind="receipt")
            operations.record_receipt(session, sending_id, received_on=form.received_on.data,
                                      document_id=proof.id if proof else None, today=today())
            return sending_id

        return self._add("case.receipt", ReceiptForm, sending.subject, sending.subject_id,
                         _("Ricevimento di «%(title)s»", title=sending.title), _("Registra il ricevimento"), work,
                         lambda _row: {"received_on": today()})

    @expose("/lettera/<int(max=2147483647):sending_id>/ricevuta/correggi/", methods=("GET", "POST"))
    @policy.allow(CONTRIBUTORS, CONTRIBUTORS)
    def correct_view(self, sending_id: int) -> str | Response:
        """Put right the day on which a letter was received."""
        sending = db().get(Sending, sending_id)
        if sending is None or sending.received_on is None:
            abort(404)
        return self._add("case.receipt_correction", ReceiptCorrectionForm, sending.subject, sending.subject_id,
                         _("Correggi il ricevimento di «%(title)s»", title=sending.title), _("Correggi la data"),
                         lambda session, form: correct_receipt(
                             session, sending_id, received_on=form.received_on.data, why=form.why.data or "",
                             version=form.version.data, today=today()).id,
                         lambda _row: {"received_on": sending.received_on, "version": sending.version},
                         [_("Nel diario restano il giorno di prima, quello nuovo e il motivo, che legge anche il "
                            "Comune o il gestore."),
                          _("Le scadenze che partono da questo giorno si ricalcolano subito.")])

    @expose("/documento/<int(max=2147483647):document_id>/")
    @policy.allow(policy.LOGGED_IN)
    def document_view(self, document_id: int) -> Response:
        """A file of a case, to keep: a proof, a letter, a receipt; 404 for another's, and for another office's."""
        document = db().get(Document, document_id)
        if document is None:
            abort(404)
        return give_document(document)

    # --- the common part ----------------------------------------------------------------------------------

    def _add(self, name: str, kind: type[ActForm], subject: str, subject_id: int, heading: str, verb: str,
             work: Any, propose: Callable[[Any], dict[str, Any]] = lambda _row: {},
             effects: Sequence[str] = ()) -> str | Response:
        """Show the form; sent, do the act once and go back to the case."""
        try:
            row = operations.case_of(db(), subject, subject_id)
        except NotVisible:
            abort(404)
        if not operations.may_add(subject, principal()):
            abort(403)
        form = act_form(kind, **propose(row))
        form.offer(row)
        page = ActPage(heading, verb, page_of(subject, subject_id), str(row), effects)
        return carry_out(self, name, form, page, lambda session: work(session, form),
                         lambda _key: page.back + "#diario", _("Registrato nel diario."))


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [CasePages(lazy_gettext("Diario"), endpoint="case", url="casi")]
