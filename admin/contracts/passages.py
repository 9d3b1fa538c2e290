"""The passages of a contract as a person does them: the button, what will happen, the form, the operation.

One row for each action of the state table; the page that shows them is ``contract_life``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Length

from admin.cases.views import day_field, file_field
from admin.guard.session import office, today
from admin.web.formats import day
from admin.web.forms import SHORT, EuroField, NumberField, OneField, PageForm, Sentence, clean, number_or_none, picks
from admin.web.uploads import file_of, store
from admin.wording import labels
from core.cases.operations import keep_file
from core.contracts import ending, life, operations, rules, undoing
from core.contracts.model import Contract
from core.contracts.passages import Resolution
from core.contracts.terms import proposed_end
from core.ground.access import ScopedSession

HOUR = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
GROUNDS = [("", "–"), *((kind, labels.CHOICES["contract_ending.ground"][kind]) for kind in ending.GROUNDS)]
BODIES = [(kind, word) for kind, word in labels.CHOICES["act.body_kind"].items() if kind != "founding"]


class HourField(StringField):
    """An hour of the day: 10:30, or 10.30 as deeds write it."""

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else ("" if self.data is None else f"{self.data:%H:%M}")

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read 10:30."""
        text = (clean(valuelist[0]) or "") if valuelist else ""
        self.data = None
        if text:
            match = HOUR.fullmatch(text)
            if match is None:
                raise ValueError(_("«%(text)s» non è un'ora: scriverla come 10:30.", text=text))
            self.data = time(int(match[1]), int(match[2]))


class PassageForm(PageForm):
    """What every passage carries: the version that was seen, and a key for what must happen once."""

    version = NumberField()
    request_key = HiddenField()

    def offer(self, contract: Contract) -> None:
        """Fill the lists."""


REASON = lazy_gettext("Motivo")
READ_BY_ALL = lazy_gettext("Resta nel diario del contratto, che anche il comune legge.")


def why_field(label: Any = REASON, help_text: Any = READ_BY_ALL, *, needed: bool = True) -> TextAreaField:
    """A reason, which stays in the diary."""
    checks = [*([Sentence()] if needed else []), Length(max=2000)]
    return TextAreaField(label, checks, filters=[clean], description=help_text)


class WhyForm(PassageForm):
    """A passage that asks why."""

    why = why_field()


class ActForm(PassageForm):
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
        names = [(member.party_id, member.party.name) for member in contract.parties if member.party is not None]
        self.party_id.choices = picks(names)
        if self.party_id.data is None and not self.party_id.raw_data:
            awaited = [*rules.missing_approvals(contract), *contract.municipality_parties]
            self.party_id.data = awaited[0].party_id if awaited else None

    def resolution(self) -> Resolution:
        """The act as the core wants it."""
        return Resolution(self.party_id.data or 0, self.body_kind.data or "", self.body.data or "",
                          self.number.data or "", self.date.data)


class SignForm(PassageForm):
    """Where, when and at which hour it was signed, and the signed file."""

    place = StringField(lazy_gettext("Luogo"), [Sentence(), Length(max=SHORT)], filters=[clean])
    signed_on = day_field(lazy_gettext("Giorno"))
    signed_at = HourField(lazy_gettext("Ora"), [Sentence()], description=lazy_gettext(
        "L'ora dell'ultima firma, per esempio 10:30."))
    file = file_field(lazy_gettext("File firmato"), lazy_gettext(
        "Il contratto firmato digitalmente (P7M o PDF): è questo il contratto (L. 241/1990, art. 15, c. 2-bis)."))


class ExtendForm(ActForm):
    """An extension: the act, the new last day, and the gap if there was one."""

    to_day = day_field(lazy_gettext("Nuova scadenza"), lazy_gettext("L'ultimo giorno in cui il contratto vale."))
    gap_why = why_field(lazy_gettext("Motivo dell'intervallo"), lazy_gettext(
        "Solo se il contratto era scaduto prima dell'atto: si dichiara perché. La proroga vale dal giorno dell'atto."),
        needed=False)


class AssessForm(ActForm):
    """The municipality's assessment of the renewal."""

    favourable = OneField(lazy_gettext("Esito"), [Sentence()], choices=picks([
        ("", "–"), ("yes", lazy_gettext("A favore del rinnovo")), ("no", lazy_gettext("Contro il rinnovo"))]))


class CommunicateForm(PassageForm):
    """When the assessment was communicated."""

    received_on = day_field(lazy_gettext("Ricevuta il"))
    file = file_field(lazy_gettext("Comunicazione"), needed=False)


class RenewForm(PassageForm):
    """The period of the contract that renews."""

    starts_on = day_field(lazy_gettext("Decorrenza"), lazy_gettext(
        "Decide l'anno del numero e l'edizione delle schede."))
    ends_on = day_field(labels.column("contract", "ends_on"))


class WithdrawForm(ActForm):
    """A withdrawal: why, since when, with which indemnity."""

    why = why_field(lazy_gettext("Ragioni di interesse pubblico"), lazy_gettext(
        "Le gravi ragioni che il comune espone nel suo atto (art. 26)."))
    received_on = day_field(lazy_gettext("Ricevuto dall'azienda il"))
    effective_on = day_field(lazy_gettext("Con effetto dal"), lazy_gettext(
        "Il primo giorno senza contratto: i servizi si svolgono fino al giorno prima."))
    indemnity = EuroField(lazy_gettext("Indennizzo"), description=lazy_gettext(
        "In euro. Vuoto se è ancora da determinare: zero vuol dire che non è dovuto."))


class GroundForm(PassageForm):
    """A ground for termination."""

    ground = OneField(lazy_gettext("Causa"), [Sentence()], choices=picks(GROUNDS))
    arisen_on = day_field(lazy_gettext("Sorta il"))
    why = why_field(lazy_gettext("Fatti"), lazy_gettext(
        "Che cosa è successo. Resta nel diario del contratto, che anche il comune legge."))


class DeclareForm(ActForm):
    """The declaration that makes the termination work."""

    received_on = day_field(lazy_gettext("Ricevuta dall'altra parte il"), lazy_gettext(
        "La risoluzione ha effetto da questo giorno (art. 1456 c.c.)."))


# --- what each form does ----------------------------------------------------------------------------------

Work = Callable[[ScopedSession, Contract, Any], object]


def _common(form: PassageForm) -> dict[str, Any]:
    return {"version": form.version.data, "today": today()}


def _plainly(verb: Callable[..., Any]) -> Work:
    return lambda session, row, form: verb(session, row.id, **_common(form))


def _with_why(verb: Callable[..., Any]) -> Work:
    return lambda session, row, form: verb(session, row.id, why=form.why.data or "", **_common(form))


def _by_calendar(action: str) -> Work:
    return lambda session, row, form: life.pass_by_calendar(session, row.id, action, **_common(form))


def _sign(session: ScopedSession, row: Contract, form: SignForm) -> object:
    name, content = file_of(form.file) or ("", b"")
    return life.sign(session, row.id, signed_on=form.signed_on.data, signed_at=form.signed_at.data,
                     place=form.place.data or "", file_name=name, content=content, store=store(), **_common(form))


def _extend(session: ScopedSession, row: Contract, form: ExtendForm) -> object:
    return life.extend(session, row.id, act=form.resolution(), to_day=form.to_day.data,
                       gap_why=form.gap_why.data or "", **_common(form))


def _assess(session: ScopedSession, row: Contract, form: AssessForm) -> object:
    return life.assess(session, row.id, act=form.resolution(), favourable=form.favourable.data == "yes",
                       **_common(form))


def _communicate(session: ScopedSession, row: Contract, form: CommunicateForm) -> object:
    chosen = file_of(form.file)
    proof = chosen and keep_file(session, "contract", row.id, file_name=chosen[0], content=chosen[1], store=store(),
                                 kind="letter")
    return life.communicate(session, row.id, received_on=form.received_on.data,
                            document_id=proof.id if proof else None, **_common(form))


def _withdraw(session: ScopedSession, row: Contract, form: WithdrawForm) -> object:
    return ending.withdraw(session, row.id, act=form.resolution(), reasons=form.why.data or "",
                           received_on=form.received_on.data, effective_on=form.effective_on.data,
                           indemnity=form.indemnity.data, **_common(form))


def _ground(session: ScopedSession, row: Contract, form: GroundForm) -> object:
    return ending.raise_ground(session, row.id, ground=form.ground.data or "", reasons=form.why.data or "",
                               arisen_on=form.arisen_on.data, **_common(form))


def _successor_period(row: Contract) -> dict[str, Any]:
    """From the day after its end, as long as its terms say, else to the end of the year."""
    start = row.runs_to + timedelta(days=1)
    return {"starts_on": start, "ends_on": proposed_end(start, row.terms.duration_months, None)}


@dataclass(frozen=True)
class Step:
    """A passage as a page: the verb on the button, what happens, what is asked, what is said at the end."""

    verb: Any
    done: Any
    work: Work
    form: type[PassageForm] = PassageForm
    happens: Callable[[Contract], Sequence[str]] = lambda _row: ()
    proposed: Callable[[Contract], dict[str, Any]] = lambda _row: {}
    tint: str = "secondary"
    rare: bool = False


STEPS: dict[str, Step] = {
    "submit": Step(
        lazy_gettext("Invia in approvazione"), lazy_gettext("Il contratto è in approvazione."), _plainly(life.submit),
        happens=lambda row: (
            _("Il testo non si modifica più: per cambiarlo lo si rimanda in bozza."),
            _("Si attende l'atto di ogni ente che firma: %(count)s.", count=len(row.municipality_parties)),
            _("Non parte alcuna lettera: l'invio del testo agli enti si registra tra le lettere."))),
    "approve": Step(
        lazy_gettext("Registra un'approvazione"), lazy_gettext("L'approvazione è registrata."),
        lambda session, row, form: life.approve(session, row.id, act=form.resolution(), **_common(form)), ActForm,
        happens=lambda _row: (
            _("L'atto resta legato al contratto come approvazione del suo testo."),
            _("Quando ci sono gli atti di tutti i comuni il contratto è approvato; quello dell'azienda si può "
              "aggiungere e non si attende.")), tint="primary"),
    "final_text": Step(
        lazy_gettext("Genera il testo da firmare"), lazy_gettext("Il testo da firmare è tra i documenti."),
        lambda session, row, form: operations.generate_document(
            session, row.id, registry=office().registry, store=store(), **_common(form)),
        happens=lambda _row: (
            _("Nasce una nuova versione del testo, con gli atti che lo approvano e senza la parola bozza."),
            _("I dati sono quelli di oggi: se qualcosa è cambiato dopo l'approvazione, confrontare le due versioni "
              "prima di firmare.")), tint="primary"),
    "sign": Step(
        lazy_gettext("Registra la firma"), lazy_gettext("La firma è registrata."), _sign, SignForm,
        happens=lambda row: (
            _("Il file firmato si conserva con la sua impronta e lo vede anche il Comune."),
            _("Il contratto decorre dal %(day)s.", day=day(row.starts_on))),
        proposed=lambda row: {"place": row.place, "signed_on": today()}, tint="primary"),
    "send_back": Step(
        lazy_gettext("Rimanda in bozza"), lazy_gettext("Il contratto è di nuovo una bozza."),
        _with_why(life.send_back), WhyForm,
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
        lazy_gettext("Registra una proroga"), lazy_gettext("La proroga è registrata."), _extend, ExtendForm,
        happens=lambda row: (
            _("Il contratto oggi vale fino al %(day)s; la prima scadenza resta scritta.", day=day(row.runs_to)),
            _("Le condizioni e i servizi restano quelli: per cambiarli si apre una modifica."),
            _("Le scadenze legate alla fine del contratto si spostano."))),
    "assess": Step(
        lazy_gettext("Registra la valutazione del rinnovo"), lazy_gettext("La valutazione è registrata."), _assess,
        AssessForm,
        happens=lambda row: (
            _("È il primo dei due passi del rinnovo: poi il comune lo comunica all'azienda (art. 11)."),
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
        lambda session, row, form: life.prepare_renewal(session, row.id, starts_on=form.starts_on.data,
                                                        ends_on=form.ends_on.data, **_common(form)), RenewForm,
        happens=lambda _row: (
            _("Nasce una bozza con un numero proprio, con gli stessi enti, servizi e clausole."),
            _("Le condizioni sono quelle in vigore il giorno della decorrenza."),
            _("Questo contratto diventa «Rinnovato» quando quello entra in vigore.")), proposed=_successor_period),
    "expire": Step(
        lazy_gettext("Registra la scadenza"), lazy_gettext("Il contratto è scaduto."), _by_calendar("expire"),
        happens=lambda row: (
            _("Il contratto non vale più dal giorno dopo il %(day)s.", day=day(row.runs_to)),
            _("Se occorre, l'azienda assicura i servizi fino al %(day)s.", day=day(rules.continuity_until(row))))),
    "continue": Step(
        lazy_gettext("Registra la continuità dei servizi"), lazy_gettext("I servizi continuano."),
        _with_why(life.continue_services), WhyForm, tint="primary",
        happens=lambda row: (
            _("L'azienda assicura i servizi fino al %(day)s, o finché subentra il comune (art. 11).",
              day=day(rules.continuity_until(row))),
            _("Poi il programma chiude il contratto da sé."))),
    "withdraw": Step(
        lazy_gettext("Registra il recesso del comune"), lazy_gettext("Il recesso è registrato."), _withdraw,
        WithdrawForm, tint="danger", rare=True,
        happens=lambda row: (
            _("Il contratto finisce il giorno prima di quello indicato, per tutti i suoi servizi."),
            *([_("Firmano più enti: il recesso di uno chiude l'intero contratto. Se gli altri continuano, preparare "
                 "invece una modifica che lo tolga.")] if len(row.municipality_parties) > 1 else []),
            _("Il comune indennizza l'azienda (art. 26).")),
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
            session, row.id, act=form.resolution(), received_on=form.received_on.data, **_common(form)), DeclareForm,
        happens=lambda _row: (
            _("Il contratto non vale più dal giorno in cui l'altra parte riceve la dichiarazione."),
            _("La lettera non parte da qui: registrarla tra le lettere, con la sua ricevuta.")), tint="danger",
        proposed=lambda _row: {"received_on": today()}),
    "forgo": Step(
        lazy_gettext("Rinuncia alla risoluzione"), lazy_gettext("Il contratto continua."), _with_why(ending.forgo),
        WhyForm, happens=lambda row: (_("Il contratto continua fino al %(day)s.", day=day(row.runs_to)),)),
    "close": Step(
        lazy_gettext("Chiudi il contratto"), lazy_gettext("Il contratto è chiuso."), _with_why(ending.close), WhyForm,
        happens=lambda _row: (
            _("Il fascicolo si chiude: si leggono ancora tutti i documenti, e il diario resta aperto alle note."),)),
    "undo": Step(
        lazy_gettext("Correggi l'ultimo passaggio"), lazy_gettext("Il passaggio è corretto."),
        _with_why(undoing.undo), WhyForm, rare=True,
        happens=lambda _row: (
            _("Il contratto torna com'era prima dell'ultimo passaggio."),
            _("Nulla si cancella: nel diario restano il passaggio, la correzione e il suo motivo."))),
}
