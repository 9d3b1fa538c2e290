"""The passages of a contract as a person does them: the button, what will happen, the form, the operation.

One row for each action of the state table that a person does; ``Contracts`` shows them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from wtforms import BooleanField, StringField
from wtforms.validators import Length

from admin.cases.passages import undo_step
from admin.contracts.state import drift
from admin.guard.session import db, today
from admin.web.acts import ActForm, Step, WhyForm, Work, common, doing, file_of, needed_file
from admin.web.fields import HourField, day_field, file_field, why_field
from admin.web.formats import day
from admin.web.forms import SHORT, EuroField, OneField, Sentence, clean, number_or_none, picks
from admin.wording import labels
from core.cases.operations import keep_file
from core.contracts import ending, life, operations, rules, undoing
from core.contracts.drift import in_quotes
from core.contracts.model import Contract
from core.contracts.passages import Resolution
from core.contracts.states import LIFE
from core.contracts.terms import continued, proposed_end
from core.ground.access import ScopedSession
from core.ground.exercises import exercises

GROUNDS = [("", "–"), *((kind, labels.CHOICES["contract_ending.ground"][kind]) for kind in ending.GROUNDS)]
BODIES = [(kind, word) for kind, word in labels.CHOICES["act.body_kind"].items() if kind != "founding"]
READ_BY_ALL = lazy_gettext("Resta nel diario del contratto, che anche il Comune legge.")


class ResolutionForm(ActForm):
    """A passage that an act of a party proves."""

    party_id = OneField(lazy_gettext("Ente"), [Sentence()], coerce=number_or_none)
    body_kind = OneField(lazy_gettext("Organo"), [Sentence()], choices=picks(BODIES))
    body = StringField(lazy_gettext("Denominazione dell'organo"), [Length(max=SHORT)], filters=[clean],
                       description=lazy_gettext("Come la scrive l'atto. Se resta vuota vale quella consueta, per "
                                                "esempio Consiglio comunale."))
    number = StringField(lazy_gettext("Numero dell'atto"), [Sentence(), Length(max=SHORT)], filters=[clean])
    date = day_field(lazy_gettext("Data dell'atto"), lazy_gettext(
        "Se l'atto è già registrato con questo numero e questa data, si usa quello."))

    def offer(self, contract: Contract) -> None:
        """The parties; first the one whose act is awaited."""
        names = [(member.party_id, member.party.name) for member in contract.parties
                 if member.party is not None and member.valid_to is None]
        self.party_id.choices = picks(names)
        if self.party_id.data is None and not self.party_id.raw_data:
            awaited = [*rules.missing_approvals(contract), *contract.remaining_parties]
            self.party_id.data = awaited[0].party_id if awaited else None

    def resolution(self) -> Resolution:
        """The act as the core wants it."""
        return Resolution(self.party_id.data or 0, self.body_kind.data or "", self.body.data or "",
                          self.number.data or "", self.date.data)


class SignForm(ActForm):
    """Where, when and at which hour it was signed, and the signed file."""

    place = StringField(lazy_gettext("Luogo"), [Sentence(), Length(max=SHORT)], filters=[clean])
    signed_on = day_field(lazy_gettext("Giorno"))
    signed_at = HourField(lazy_gettext("Ora"), [Sentence()], description=lazy_gettext(
        "L'ora dell'ultima firma, per esempio 10:30."))
    file = file_field(lazy_gettext("File firmato"), lazy_gettext(
        "Il contratto firmato digitalmente (P7M o PDF): è questo il contratto (L. 241/1990, art. 15; D.Lgs. 82/2005, "
        "art. 20). Le firme si leggono, e il testo si confronta con quello definitivo, parola per parola."))
    by_hand = BooleanField(lazy_gettext("È stato firmato a mano: il file è la scansione"), description=lazy_gettext(
        "Solo se una parte non può firmare digitalmente: il programma conserva la scansione e non vi legge firme."))


class ProvedForm(ResolutionForm):
    """A passage that the act of the body that decided proves, with its document."""

    file = file_field(lazy_gettext("Documento dell'atto"), lazy_gettext(
        "L'atto dell'organo che ha deciso, o la lettera che lo comunica: PDF, P7M, Word o immagine, fino a 25 MB. "
        "Resta nel diario, e lo legge anche il Comune."))


class ExtendContractForm(ProvedForm):
    """An extension: the act with its document, the new last day, and the gap if there was one."""

    to_day = day_field(lazy_gettext("Nuova scadenza"), lazy_gettext("L'ultimo giorno in cui il contratto vale."))
    gap_why = why_field(lazy_gettext("Motivo dell'intervallo"), lazy_gettext(
        "Solo se il contratto era scaduto prima dell'atto: si dichiara perché. La proroga vale dal giorno dell'atto."),
        needed=False)


class AssessForm(ResolutionForm):
    """The municipality's assessment of the renewal."""

    favourable = OneField(lazy_gettext("Esito"), [Sentence()], choices=picks([
        ("", "–"), ("yes", lazy_gettext("A favore del rinnovo")), ("no", lazy_gettext("Contro il rinnovo"))]))


class CommunicateForm(ActForm):
    """When the assessment was communicated."""

    received_on = day_field(lazy_gettext("Ricevuta il"))
    file = file_field(lazy_gettext("Comunicazione"), needed=False)


class RenewContractForm(ActForm):
    """The period of the contract that renews."""

    starts_on = day_field(lazy_gettext("Decorrenza"), lazy_gettext(
        "Decide l'anno del numero e l'edizione delle schede."))
    ends_on = day_field(labels.column("contract", "ends_on"))


class WithdrawForm(ProvedForm):
    """A withdrawal: whose, by which act, why, since when, with which indemnity."""

    why = why_field(lazy_gettext("Ragioni di interesse pubblico"), lazy_gettext(
        "Le gravi ragioni che il Comune espone nel suo atto (art. 26)."))
    received_on = day_field(lazy_gettext("Ricevuto dall'azienda il"))
    effective_on = day_field(lazy_gettext("Con effetto dal"), lazy_gettext(
        "Il primo giorno senza contratto: i servizi si svolgono fino al giorno prima."))
    indemnity = EuroField(lazy_gettext("Indennizzo"), description=lazy_gettext(
        "In euro. Vuoto se è ancora da determinare: zero vuol dire che non è dovuto."))


class GroundForm(ActForm):
    """A ground for termination."""

    ground = OneField(lazy_gettext("Causa"), [Sentence()], choices=picks(GROUNDS))
    arisen_on = day_field(lazy_gettext("Sorta il"))
    why = why_field(lazy_gettext("Fatti"), lazy_gettext(
        "Che cosa è successo. Resta nel diario del contratto, che anche il Comune legge."))


class DeclareForm(ProvedForm):
    """The declaration that makes the termination work."""

    received_on = day_field(lazy_gettext("Ricevuta dall'altra parte il"), lazy_gettext(
        "La risoluzione ha effetto da questo giorno (art. 1456 c.c.)."))


# --- what each form does ----------------------------------------------------------------------------------


def _by_calendar(action: str) -> Work:
    return lambda session, row, form: life.pass_by_calendar(session, row.id, action, **common(form))


def _extend(session: ScopedSession, row: Contract, form: ExtendContractForm) -> object:
    return life.extend(session, row.id, act=form.resolution(), to_day=form.to_day.data, file=needed_file(form.file),
                       gap_why=form.gap_why.data or "", **common(form))


def _assess(session: ScopedSession, row: Contract, form: AssessForm) -> object:
    return life.assess(session, row.id, act=form.resolution(), favourable=form.favourable.data == "yes",
                       **common(form))


def _communicate(session: ScopedSession, row: Contract, form: CommunicateForm) -> object:
    chosen = file_of(form.file)
    proof = chosen and keep_file(session, "contract", row.id, file=chosen, kind="letter")
    return life.communicate(session, row.id, received_on=form.received_on.data,
                            document_id=proof.id if proof else None, **common(form))


def _withdraw(session: ScopedSession, row: Contract, form: WithdrawForm) -> object:
    return ending.withdraw(session, row.id, act=form.resolution(), reasons=form.why.data or "",
                           received_on=form.received_on.data, effective_on=form.effective_on.data,
                           indemnity=form.indemnity.data, file=needed_file(form.file), **common(form))


def _ground(session: ScopedSession, row: Contract, form: GroundForm) -> object:
    return ending.raise_ground(session, row.id, ground=form.ground.data or "", reasons=form.why.data or "",
                               arisen_on=form.arisen_on.data, **common(form))


def _successor_period(row: Contract) -> dict[str, Any]:
    """From the day after its end, as long as its terms say, else to the end of the exercise."""
    start = row.runs_to + timedelta(days=1)
    months = continued(db(), row.terms, start).duration_months
    return {"starts_on": start, "ends_on": proposed_end(start, months, None, exercises(db()))}


def _renewed_terms(row: Contract) -> str:
    """Which terms the contract that renews takes: the newest edition of the same title."""
    held = continued(db(), row.terms, row.runs_to + timedelta(days=1))
    if held.id == row.terms_id:
        return _("Le condizioni restano quelle di questo contratto: %(terms)s.", terms=held)
    return _("Le condizioni sono quelle con lo stesso titolo, nell'edizione più recente: %(terms)s. Questo contratto "
             "ha %(before)s.", terms=held, before=row.terms)


def _undecided(row: Contract) -> Iterator[str]:
    """Each datum that has changed since the text was made, and on which nobody has decided."""
    open_, _stays, _trouble = drift(db(), row) or ([], [], "")
    for one in open_:
        yield _("%(datum)s: il testo dice %(said)s, i dati registrati oggi dicono %(says)s. Si firma quello che dice "
                "il testo.", datum=one.name, said=in_quotes(one.said), says=in_quotes(one.says))


STEPS: dict[str, Step] = {
    "submit": Step(
        lazy_gettext("Avvia l'approvazione"), lazy_gettext("Il contratto è in approvazione."), doing(life.submit),
        happens=lambda row: (
            _("Il testo non si modifica più: per cambiarlo lo si rimanda in bozza."),
            _("Si attende l'atto di ogni ente che firma: %(count)s.", count=len(rules.missing_approvals(row))),
            _("Non parte alcuna lettera: l'invio del testo agli enti si registra tra le lettere."))),
    "approve": Step(
        lazy_gettext("Registra un'approvazione"), lazy_gettext("L'approvazione è registrata."),
        lambda session, row, form: life.approve(session, row.id, act=form.resolution(), **common(form)),
        ResolutionForm,
        happens=lambda _row: (
            _("L'atto resta legato al contratto come approvazione del suo testo."),
            _("Quando ci sono gli atti di tutti gli enti attesi il contratto è approvato; altri si possono aggiungere "
              "anche dopo.")), tint="primary"),
    "sign": Step(
        lazy_gettext("Registra la firma"), lazy_gettext("La firma è registrata."),
        doing(life.sign, "signed_on", "signed_at", "place", "file", "by_hand"), SignForm,
        happens=lambda row: (
            _("Il file firmato si conserva con la sua impronta, con chi l'ha firmato e quando: lo vede anche il "
              "Comune."),
            _("Ogni ente ha la firma di chi lo rappresenta nel testo, e il testo non ha più spazi vuoti."),
            _("Il contratto decorre dal %(day)s.", day=day(row.starts_on)),
            *_undecided(row)),
        proposed=lambda row: {"place": row.place, "signed_on": today()}, tint="primary"),
    "send_back": Step(
        lazy_gettext("Rimanda in bozza"), lazy_gettext("Il contratto è di nuovo una bozza."),
        doing(life.send_back, "why"), WhyForm,
        happens=lambda row: (
            _("Il testo si potrà modificare e generare di nuovo."),
            _("Le approvazioni già registrate (%(count)s) valevano per un altro testo: restano nel diario, e ne "
              "serviranno di nuove.", count=len(row.approvals))), rare=True),
    "enter_force": Step(
        lazy_gettext("Registra l'entrata in vigore"), lazy_gettext("Il contratto è in vigore."),
        _by_calendar("enter_force"), tint="primary",
        happens=lambda row: (_("Il contratto vale fino al %(day)s.", day=day(row.runs_to)),
                             _("Il programma lo fa anche da sé, ogni giorno."))),
    "extend": Step(
        lazy_gettext("Registra una proroga"), lazy_gettext("La proroga è registrata."), _extend, ExtendContractForm,
        happens=lambda row: (
            _("Il contratto oggi vale fino al %(day)s; la prima scadenza resta scritta.", day=day(row.runs_to)),
            _("Le condizioni e i servizi restano quelli: per cambiarli si apre una modifica."),
            _("Le scadenze legate alla fine del contratto si spostano."))),
    "assess": Step(
        lazy_gettext("Registra la valutazione del rinnovo"), lazy_gettext("La valutazione è registrata."), _assess,
        AssessForm,
        happens=lambda row: (
            _("È il primo dei due passi del rinnovo: poi il Comune lo comunica all'azienda (art. 11)."),
            _("Ultimo giorno utile: %(day)s.", day=day(rules.notice_by(row) or rules.assessment_by(row).effective)))),
    "communicate": Step(
        lazy_gettext("Registra la comunicazione sul rinnovo"), lazy_gettext("La comunicazione è registrata."),
        _communicate, CommunicateForm,
        happens=lambda row: (
            _("Ultimo giorno utile: %(day)s. Una comunicazione più tarda si registra e viene segnalata.",
              day=day(rules.notice_by(row) or rules.assessment_by(row).effective)),),
        proposed=lambda _row: {"received_on": today()}),
    "renew_tacitly": Step(
        lazy_gettext("Registra il rinnovo tacito"), lazy_gettext("Il contratto è rinnovato."),
        _by_calendar("renew_tacitly"), tint="primary",
        happens=lambda row: (_("Nessuna disdetta è arrivata in tempo: il contratto continua fino al %(day)s.",
                               day=day((rules.next_tacit_period(row) or (None, None))[1])),)),
    "prepare_renewal": Step(
        lazy_gettext("Prepara il rinnovo"), lazy_gettext("La bozza del contratto che rinnova è pronta."),
        doing(life.prepare_renewal, "starts_on", "ends_on"), RenewContractForm,
        happens=lambda row: (
            _("Nasce una bozza con un numero proprio, con gli stessi enti, servizi e clausole."),
            _renewed_terms(row),
            _("Il suo primo giorno quello entra in vigore e questo diventa «Rinnovato», nello stesso passaggio.")),
        proposed=_successor_period),
    "expire": Step(
        lazy_gettext("Registra la scadenza"), lazy_gettext("Il contratto è scaduto."), _by_calendar("expire"),
        happens=lambda row: (
            _("Il contratto non vale più dal giorno dopo il %(day)s.", day=day(row.runs_to)),
            _("Se occorre, l'azienda assicura i servizi fino al %(day)s.", day=day(rules.continuity_until(row))))),
    "continue": Step(
        lazy_gettext("Registra la continuità dei servizi"), lazy_gettext("I servizi continuano."),
        doing(life.continue_services, "why"), WhyForm, tint="primary",
        happens=lambda row: (
            _("L'azienda assicura i servizi fino al %(day)s, o finché subentra il Comune (art. 11).",
              day=day(rules.continuity_until(row))),
            _("Poi il programma chiude il contratto da sé."))),
    "withdraw": Step(
        lazy_gettext("Registra il recesso del Comune"), lazy_gettext("Il recesso è registrato."), _withdraw,
        WithdrawForm, tint="danger", rare=True,
        happens=lambda row: (
            _("Firmano più enti: quello dell'atto lascia il contratto con tutti i suoi servizi, gli altri continuano.")
            if len(row.remaining_parties) > 1 else
            _("Il contratto finisce il giorno prima di quello indicato, per tutti i suoi servizi."),
            _("La quota conta i servizi fino a quel giorno."),
            _("Il Comune indennizza l'azienda (art. 26).")),
        proposed=lambda _row: {"received_on": today()}),
    "ground": Step(
        lazy_gettext("Registra una causa di risoluzione"), lazy_gettext("La causa è registrata."), _ground,
        GroundForm, tint="danger", rare=True,
        happens=lambda _row: (
            _("Il contratto continua: si risolve solo quando una parte dichiara di volerlo (art. 1456 c.c.)."),
            _("Alla causa si può anche rinunciare, con un motivo."))),
    "declare": Step(
        lazy_gettext("Dichiara la risoluzione"), lazy_gettext("Il contratto è risolto."),
        lambda session, row, form: ending.declare_termination(
            session, row.id, act=form.resolution(), received_on=form.received_on.data, file=needed_file(form.file),
            **common(form)), DeclareForm,
        happens=lambda _row: (
            _("Il contratto non vale più dal giorno in cui l'altra parte riceve la dichiarazione."),
            _("La lettera non parte da qui: registrarla tra le lettere, con la sua ricevuta.")), tint="danger",
        proposed=lambda _row: {"received_on": today()}),
    "forgo": Step(
        lazy_gettext("Rinuncia alla risoluzione"), lazy_gettext("Il contratto continua."), doing(ending.forgo, "why"),
        WhyForm, happens=lambda row: (_("Il contratto continua fino al %(day)s.", day=day(row.runs_to)),)),
    "close": Step(
        lazy_gettext("Chiudi il contratto"), lazy_gettext("Il contratto è chiuso."), doing(ending.close, "why"),
        WhyForm, happens=lambda _row: (
            _("Il fascicolo si chiude: si leggono ancora tutti i documenti, e il diario resta aperto alle note."),)),
    "cancel": Step(
        lazy_gettext("Annulla la bozza"), lazy_gettext("Il contratto è annullato."), doing(operations.cancel, "why"),
        WhyForm, tint="danger", rare=True,
        happens=lambda row: (
            _("Il contratto non si potrà più modificare. Un annullamento sbagliato si corregge, con un motivo."),
            _("Il numero %(code)s resta assegnato e non si riusa.", code=row.code),
            ngettext("La versione già registrata resta leggibile.", "Le %(num)s versioni già registrate restano "
                     "leggibili.", len(row.documents)) if row.documents else _("Non ci sono documenti da conservare."),
            _("I servizi tornano liberi: si potranno conferire con un altro contratto."),
            _("Non parte alcuna lettera."))),
    "undo": undo_step(LIFE, undoing.undo, lazy_gettext("Il passaggio è corretto.")),
}
