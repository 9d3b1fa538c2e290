"""The forms of a notice of default: the notice with its findings, then what each of its steps asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.file import MultipleFileField
from sqlalchemy import select
from wtforms import FormField, StringField, TextAreaField
from wtforms.validators import Length, Optional
from wtforms.widgets import TextInput

from admin.contracts.cases import NO_NAMES
from admin.guard.session import db
from admin.web import formats
from admin.web.acts import ActForm, OthersForm
from admin.web.fields import ACCEPTED, IN_THE_DIARY, KEPT, HourField, day_field, file_field, text_field, why_field
from admin.web.forms import (
    MOST_CHOICES,
    SHORT,
    Choices,
    EuroField,
    LinesField,
    NumberField,
    OneField,
    PageForm,
    RowsField,
    Sentence,
    clean,
    first_of,
    number_or_none,
    picks,
)
from admin.wording import labels
from core.catalogue.model import Service
from core.contracts.model import Contract
from core.documents.words import capital
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.ground.files import Upload
from core.ground.order import in_order
from core.penalties import procedure
from core.penalties.model import DefaultNotice, NoticeFinding
from core.penalties.operations import FINDING
from core.providers.model import Provider

NOTICE_CHANNELS = [(code, labels.CHOICES["sending.channel"][code]) for code in procedure.CHANNELS]


class NoticeFindingForm(PageForm):
    """One default: where, of which kind, when, what exactly."""

    service_id = OneField(lazy_gettext("Servizio"), [Optional()], coerce=number_or_none)
    kind = OneField(lazy_gettext("Tipo di inadempienza"), [Optional()], filters=[lambda v: v or None])
    happened_on = day_field(lazy_gettext("Giorno dei fatti"), needed=False)
    happened_to = day_field(lazy_gettext("Fino al"), lazy_gettext("Solo se i fatti durano più giorni."), needed=False)
    facts = text_field(lazy_gettext("Fatti precisi"), NO_NAMES, needed=False)

    def written(self) -> bool:
        """True if the row says something."""
        return any(field.data not in (None, "") for field in self)

    def row(self) -> dict[str, Any]:
        """The row as the core wants it."""
        return {name: self[name].data for name in FINDING} | {"facts": self.facts.data or ""}


class DefaultNoticeForm(ActForm):
    """A notice: to whom, what happened, by when the azienda complies, and each default."""

    addressee = StringField(lazy_gettext("Destinatario"), [Sentence(), Length(max=SHORT)], filters=[clean],
                            widget=TextInput(), description=lazy_gettext(
        "Il contratto indica l'Assemblea (art. 24, c. 1); risponde l'azienda."))
    conflict_note = text_field(lazy_gettext("Conflitto di interessi"), lazy_gettext(
        "Il Comune siede anche nell'Assemblea: dire come si evita che giudichi in causa propria, per esempio con "
        "l'astensione del suo rappresentante."), needed=False)
    facts = text_field(lazy_gettext("Fatti"), lazy_gettext(
        "Che cosa si contesta, nell'insieme. I fatti precisi di ogni inadempienza si scrivono sotto (art. 24, c. 2)."))
    compliance_days = NumberField(lazy_gettext("Giorni per adempiere"), [Optional()], description=lazy_gettext(
        "Un termine congruo, contato dalla ricezione. In alternativa un giorno preciso, qui sotto."),
        render_kw={"inputmode": "numeric"})
    compliance_by = day_field(lazy_gettext("Oppure: adempiere entro il"), needed=False)
    findings = RowsField(FormField(NoticeFindingForm), label=lazy_gettext("Inadempienze"))
    evidence = MultipleFileField(lazy_gettext("File che provano i fatti"), [Optional()], render_kw={"accept": ACCEPTED},
                                 description=lazy_gettext(
        "Anche più di un file. PDF, P7M, Word, Excel, ODT, immagine, messaggio EML o archivio ZIP, fino a 25 MB "
        "ciascuno. Altri si aggiungono dopo, nel diario."))

    def offer_rows(self, services: Any, kinds: Any) -> None:
        """The services and the kinds of default of the contract, in every row."""
        for row in self.findings:
            row.form.service_id.choices, row.form.kind.choices = services, kinds

    def written(self) -> list[dict[str, Any]]:
        """The rows that say something."""
        return [row.form.row() for row in self.findings if row.form.written()]

    def blame(self, error: RuleBroken) -> None:
        """A field of a row is blamed in its row: the core counts the rows that say something."""
        parts = (error.field or "").split("-")
        rows = [row.form for row in self.findings if row.form.written()]
        if len(parts) == 3 and parts[1].isdigit() and int(parts[1]) < len(rows) and parts[2] in rows[int(parts[1])]:
            rows[int(parts[1])].blame(RuleBroken(error.message, field=parts[2], **error.values))
            self.findings.errors = [*self.findings.errors, _("Vedere l'inadempienza %(number)s: %(text)s", number=int(
                parts[1]) + 1, text=str(error))]
            return
        super().blame(error)


def service_choices(contract: Contract, municipality_id: int) -> Any:
    """The services that the municipality confers, or did, by the contract."""
    held = {c.service_id for c in (*contract.conferrals, *contract.ended_conferrals)
            if c.municipality_id == municipality_id}
    rows = [(row.id, row.title) for key in held if (row := db().get(Service, key)) is not None]
    return picks([("", "–"), *sorted(rows, key=lambda option: option[1].casefold())])


def kind_choices(contract: Contract) -> Any:
    """The kinds of default of the contract's terms, each with its band."""
    if not contract.terms.bands:
        return picks([(procedure.ANY_DEFAULT, _("Inadempienza (il contratto non prevede penali)"))])
    return picks([("", "–"), *((band.kind, band_words(band)) for band in contract.terms.bands)])


def band_words(band: Any) -> str:
    """A kind of default and the limits of its band."""
    return _("%(what)s (da %(least)s a %(most)s)", what=capital(band.description), least=formats.euro(band.minimum),
             most=formats.euro(band.maximum))


def kind_words(contract: Contract, kind: str) -> str:
    """A kind of default as the terms describe it."""
    return next((capital(band.description) for band in contract.terms.bands if band.kind == kind), kind)


def finding_days(finding: NoticeFinding) -> str:
    """The day or the days of the facts."""
    if finding.happened_to is None or finding.happened_to == finding.happened_on:
        return formats.day(finding.happened_on)
    return _("dal %(first)s al %(last)s", first=formats.day(finding.happened_on), last=formats.day(finding.happened_to))


def finding_name(finding: NoticeFinding, number: int) -> str:
    """What a finding is called on the pages."""
    return _("Inadempienza %(number)s – %(service)s, %(day)s", number=number,
             service=finding.service.name_on(finding.happened_on), day=finding_days(finding))


# --- the steps --------------------------------------------------------------------------------------------


class SendNoticeForm(ActForm):
    """How the notice left, and what proves it."""

    channel = OneField(lazy_gettext("Mezzo"), [Sentence()], choices=picks([("", "–"), *NOTICE_CHANNELS]))
    sent_on = day_field(lazy_gettext("Inviata il"))
    protocol_number = StringField(lazy_gettext("Numero di protocollo"), [Sentence(), Length(max=SHORT)],
                                  filters=[clean])
    file = file_field(lazy_gettext("Prova dell'invio"), lazy_gettext(
        "La diffida firmata con la ricevuta di accettazione della PEC, o con la ricevuta della raccomandata."))


class RequestForm(SendNoticeForm):
    """How the request to pay left."""

    channel = OneField(lazy_gettext("Mezzo"), [Sentence()],
                       choices=picks([("", "–"), *labels.CHOICES["sending.channel"].items()]))
    file = file_field(lazy_gettext("Richiesta inviata"), KEPT)


class NoticeReceiptForm(ActForm):
    """When it was received, and the receipt."""

    received_on = day_field(lazy_gettext("Ricevuta il"), lazy_gettext("I termini decorrono da questo giorno."))
    file = file_field(lazy_gettext("Ricevuta"), lazy_gettext(
        "La ricevuta di consegna della PEC, o l'avviso di ricevimento."))


class AnswerForm(ActForm):
    """What the azienda answers."""

    kind = OneField(lazy_gettext("L'azienda"), [Sentence()], choices=picks([
        ("", "–"), ("rebuttal", lazy_gettext("presenta deduzioni")), ("compliance", lazy_gettext("adempie"))]))
    answered_on = day_field(lazy_gettext("Risposta del"))
    text = text_field(lazy_gettext("Riassunto"), NO_NAMES)
    file = file_field(lazy_gettext("Risposta"), KEPT)


class ComplyForm(ActForm):
    """When the azienda complied."""

    complied_on = day_field(lazy_gettext("Adempiuto il"))
    file = file_field(lazy_gettext("Documento che lo prova"), KEPT)


class SummonForm(ActForm):
    """When and where both sides are heard."""

    summoned_for = day_field(lazy_gettext("Giorno"))
    at = HourField(lazy_gettext("Ora"), [Optional()], description=lazy_gettext("Per esempio 10:30."))
    place = StringField(lazy_gettext("Luogo"), [Sentence(), Length(max=SHORT)], filters=[clean], widget=TextInput(),
                        description=lazy_gettext("Una sala, o l'indirizzo della riunione a distanza."))


class NoticeHearingForm(ActForm):
    """The minutes of the hearing."""

    held_on = day_field(lazy_gettext("Giorno"))
    present = LinesField(lazy_gettext("Presenti"), [Sentence(), Length(max=SHORT * 4)], description=lazy_gettext(
        "Uno per riga, con la parte che rappresenta. Se una parte convocata non è venuta, scriverlo."))
    minutes = text_field(lazy_gettext("Che cosa hanno detto le parti"), NO_NAMES)
    file = file_field(lazy_gettext("Verbale firmato"), KEPT)


class PassOnForm(ActForm):
    """Which provider delivered the service."""

    provider_id = OneField(lazy_gettext("Gestore"), [Sentence()], coerce=number_or_none)
    on = day_field(lazy_gettext("Girata il"))
    note = text_field(lazy_gettext("Che cosa si è chiesto al gestore"), NO_NAMES, needed=False)


class ApplyPenaltyForm(OthersForm):
    """The amount of a penalty and why."""

    amount = EuroField(lazy_gettext("Importo"), [Sentence()], render_kw={"inputmode": "decimal"})
    gravity = text_field(lazy_gettext("Gravità"), lazy_gettext(
        "Perché questo importo, dentro la fascia: durata, persone toccate, recidiva, rimedi (art. 24, c. 4)."))
    decided_on = day_field(lazy_gettext("Decisa il"))
    override_why = why_field(lazy_gettext("Motivo della decisione anticipata"), lazy_gettext(
        "La penale arriva prima del termine o senza contraddittorio: dire perché. Lo leggono tutti."), needed=False)


class ClaimForm(ActForm):
    """A damage beyond the penalty."""

    description = text_field(lazy_gettext("Danno"), NO_NAMES)
    amount = EuroField(lazy_gettext("Importo chiesto"), [Optional()], render_kw={"inputmode": "decimal"},
                       description=lazy_gettext("Vuoto se è ancora da quantificare."))
    claimed_on = day_field(lazy_gettext("Chiesto il"))


class EndDamageForm(OthersForm):
    """How a claim of damages ends."""

    outcome = OneField(lazy_gettext("Esito"), [Sentence()], choices=picks([
        ("", "–"), ("settle", lazy_gettext("Riconosciuto")), ("reject", lazy_gettext("Respinto")),
        ("withdraw", lazy_gettext("Ritirato"))]))
    amount = EuroField(lazy_gettext("Importo riconosciuto"), [Optional()], render_kw={"inputmode": "decimal"},
                       description=lazy_gettext("Solo se il danno è riconosciuto."))
    on = day_field(lazy_gettext("Definito il"))
    why = why_field(help_text=IN_THE_DIARY)


class DecideForm(OthersForm):
    """When it was decided; each finding adds its outcome and its reasons."""

    decided_on = day_field(lazy_gettext("Decisa il"), lazy_gettext(
        "Dopo la fine del termine per rispondere e dopo il contraddittorio."))


OVERRIDE = why_field(lazy_gettext("Motivo della decisione anticipata"), lazy_gettext(
    "Serve se il termine per rispondere corre ancora o le parti non sono state sentite. Lo leggono tutti, anche sulla "
    "penale."), needed=False)
OUTCOMES: Choices = [("", "–"), (procedure.UPHELD, labels.CHOICES["notice_finding.outcome"]["upheld"]),
                     (procedure.NOT_UPHELD, labels.CHOICES["notice_finding.outcome"]["not_upheld"])]


def decide_form(notice: DefaultNotice) -> type[DecideForm]:
    """The form of the decision: outcome and reasons of each finding, the kind too where several are contested."""
    fields: dict[str, Any] = {}
    contested = {finding.kind for finding in notice.findings}
    kinds = picks((band.kind, band_words(band)) for band in notice.contract.terms.bands if band.kind in contested)
    for number, finding in enumerate(notice.findings, start=1):
        name = finding_name(finding, number)
        fields[f"outcome_{finding.id}"] = OneField(_("%(name)s: esito", name=name), [Sentence()],
                                                   choices=picks(OUTCOMES), description=finding.facts[:300])
        if len(contested) > 1:
            fields[f"kind_{finding.id}"] = OneField(
                _("%(name)s: tipo", name=name), [Sentence()], choices=kinds, default=finding.kind, description=_(
                    "Se i fatti provati sono di un altro tipo, tra quelli contestati nella diffida."))
        fields[f"reasons_{finding.id}"] = TextAreaField(_("%(name)s: motivi", name=name), [
            Sentence(), Length(max=20_000)], filters=[clean])
    fields["override_why"] = OVERRIDE
    return type("DecideThis", (DecideForm,), fields)


def evidence_of(form: DefaultNoticeForm) -> Sequence[Upload]:
    """The files that were chosen as evidence."""
    chosen = [held for held in form.evidence.data or () if held and getattr(held, "filename", "")]
    return [Upload(held.filename, held.read()) for held in chosen]


def provider_choices(session: ScopedSession) -> Any:
    """Every provider by name."""
    rows = session.execute(select(Provider.id, Provider.name).order_by(in_order(Provider.name)).limit(MOST_CHOICES + 1))
    return picks([("", "–"), *first_of([(key, name) for key, name in rows])])
