"""The passages of an accreditation as a person does them: the verb, what will happen, what is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import StringField
from wtforms.validators import Length

from admin.cases.passages import undo_step
from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.web.acts import ActForm, Step, WhyForm, common, doing, file_of
from admin.web.fields import KEPT, day_field, file_field, line_field, why_field
from admin.web.formats import day, euro
from admin.web.forms import SHORT, EuroField, OneField, Sentence, clean, picks
from admin.web.remarks import remark
from admin.web.words import decimal
from admin.wording import labels
from core.accreditation import decree, forewarnings, measures, operations, rules, undoing
from core.accreditation.decree import DecidingAct
from core.accreditation.forewarnings import EXTENSION, REFUSAL, REVOCATION, SUSPENSION
from core.accreditation.letters import DECREE
from core.accreditation.measures import Ruling
from core.accreditation.model import Accreditation
from core.accreditation.passages import judged, lacking, papers_of, standing_extensions
from core.accreditation.states import LIFE
from core.cases import letters
from core.cases.letters import Given, Offer
from core.ground.access import ScopedSession
from core.ground.clock import add_months
from core.ground.errors import RuleBroken

READ_BY_PROVIDER = lazy_gettext("Resta nel diario, che anche il gestore legge.")
SIGNED = lazy_gettext("Il file firmato: PDF o P7M, fino a 25 MB. Lo vede anche il gestore.")
USUAL_DAYS = timedelta(days=30)  # only proposed: the office sets the term
MOST_LINES = 12
ANSWER = lazy_gettext("Risposta alle osservazioni del gestore")
ANSWER_HELP = lazy_gettext("Perché non si accolgono, o in che parte: sta nel provvedimento.")


def _unless_observed(form: Any, row: Accreditation, *kinds: str) -> None:
    """Take away the answer where the provider has not said anything."""
    told = forewarnings.pending(db(), row, *kinds)
    if told is None or not told.observations:
        del form.answer


class ApplicationForm(ActForm):
    """When the application came; a provider files today."""

    filed_on = day_field(lazy_gettext("Presentata il"))

    def offer(self, contract: Any) -> None:
        """A provider's person files today."""
        if not policy.ACCREDITATION.admits(principal()):
            del self.filed_on


class CompletionForm(ActForm):
    """What is missing, and by when."""

    why = why_field(lazy_gettext("Che cosa manca"), lazy_gettext(
        "Il gestore lo legge qui e nella lettera. È proposto quanto il programma vede mancare."))
    due = day_field(lazy_gettext("Entro il"), lazy_gettext("Finché non arriva, il tempo per decidere non corre."))


class CompleteForm(ActForm):
    """From which day it is complete."""

    complete_on = day_field(lazy_gettext("Completa dal"), lazy_gettext(
        "Il giorno in cui è arrivata l'ultima parte: da qui si contano i giorni per decidere."))
    responsible = StringField(lazy_gettext("Responsabile del procedimento"), [Sentence(), Length(max=SHORT)],
                              filters=[clean], description=lazy_gettext("Lo nominano ogni lettera e ogni atto."))


class DecreeForm(ActForm):
    """The act that decides."""

    number = StringField(lazy_gettext("Numero del provvedimento"), [Sentence(), Length(max=SHORT)], filters=[clean])
    on = day_field(lazy_gettext("Data del provvedimento"))
    reasons = why_field(lazy_gettext("Motivazioni"), READ_BY_PROVIDER, needed=False)
    file = file_field(lazy_gettext("Provvedimento firmato"), SIGNED)


class RefuseForm(DecreeForm):
    """The act that refuses: its reasons are needed, and its answer to the observations."""

    reasons = why_field(lazy_gettext("Ragioni del diniego"), READ_BY_PROVIDER)
    answer = why_field(ANSWER, ANSWER_HELP)

    def offer(self, row: Any) -> None:
        """Without observations there is nothing to answer."""
        _unless_observed(self, row, REFUSAL)


class PactForm(ActForm):
    """The pact, and the first day of the period."""

    signed_on = day_field(lazy_gettext("Firmato il"))
    valid_from = day_field(lazy_gettext("Primo giorno dell'accreditamento"))
    cig = line_field(lazy_gettext("CIG"), lazy_gettext(
        "Il codice identificativo di gara, di 10 lettere o cifre. Vuoto se dal patto non nascono pagamenti."),
        needed=False)
    file = file_field(lazy_gettext("Patto firmato"), SIGNED)


class RulingForm(ActForm):
    """An act after the decree."""

    number = StringField(lazy_gettext("Numero del provvedimento"), [Sentence(), Length(max=SHORT)], filters=[clean])
    on = day_field(lazy_gettext("Data del provvedimento"))
    effective_on = day_field(lazy_gettext("Con effetto dal"))
    reasons = why_field(lazy_gettext("Ragioni"), READ_BY_PROVIDER)
    file = file_field(lazy_gettext("Provvedimento firmato"), SIGNED, needed=False)

    def ruling(self) -> Ruling:
        """The act as the core wants it."""
        said = {name: self[name].data or "" for name in ("answer", "urgent_why") if name in self}
        return Ruling(self.number.data or "", self.on.data, self.effective_on.data, self.reasons.data or "",
                      file_of(self.file), **said)


class SignedRulingForm(RulingForm):
    """An act after the decree, with its signed file."""

    file = file_field(lazy_gettext("Provvedimento firmato"), SIGNED)


class RefuseExtensionForm(SignedRulingForm):
    """The act that refuses more time, with its answer to the observations; it works from its own day."""

    answer = why_field(ANSWER, ANSWER_HELP)

    def offer(self, row: Any) -> None:
        """Without observations there is nothing to answer."""
        del self.effective_on
        _unless_observed(self, row, EXTENSION)

    def ruling(self) -> Ruling:
        """The act as the core wants it."""
        return Ruling(self.number.data or "", self.on.data, self.on.data, self.reasons.data or "", file_of(self.file),
                      self["answer"].data or "" if "answer" in self else "")


class RevokeForm(SignedRulingForm):
    """A revocation, with its answer to the memoirs."""

    answer = why_field(ANSWER, ANSWER_HELP)

    def offer(self, row: Any) -> None:
        """Without memoirs there is nothing to answer."""
        _unless_observed(self, row, REVOCATION)


class SuspendForm(SignedRulingForm):
    """A suspension, to a day or until it is lifted; what cannot wait says why."""

    answer = why_field(ANSWER, ANSWER_HELP, needed=False)
    urgent_why = why_field(lazy_gettext("Motivo dell'urgenza"), lazy_gettext(
        "Soltanto se non si può attendere che il gestore risponda: il motivo sta nel provvedimento."), needed=False)

    def offer(self, row: Any) -> None:
        """Without memoirs there is nothing to answer."""
        _unless_observed(self, row, SUSPENSION, REVOCATION)

    until = day_field(lazy_gettext("Fino al"), lazy_gettext(
        "Vuoto se dura finché non si riammette. Il programma non riammette da sé."), needed=False)


class FineForm(RulingForm):
    """A fine within the limits of the law."""

    kind = OneField(lazy_gettext("Tipo di sanzione"), [Sentence()])
    amount = EuroField(lazy_gettext("Importo"), [Sentence()], render_kw={"inputmode": "decimal"})

    def offer(self, contract: Any) -> None:
        """The kinds of the law, each with its limits; a fine works from its own day."""
        del self.effective_on
        words = labels.CHOICES["accreditation_measure.fine_kind"]
        self.kind.choices = picks([("", "–"), *(
            (code, f"{words[code]} ({euro(limits.least)} – {euro(limits.most)})")
            for code, limits in measures.fines().items())])

    def ruling(self) -> Ruling:
        """The act as the core wants it."""
        return Ruling(self.number.data or "", self.on.data, self.on.data, self.reasons.data or "", file_of(self.file))


class RenounceForm(ActForm):
    """The provider gives the accreditation up."""

    why = why_field(lazy_gettext("Motivo"), READ_BY_PROVIDER)
    effective_on = day_field(lazy_gettext("Con effetto dal"), lazy_gettext("Il primo giorno senza accreditamento."))
    file = file_field(lazy_gettext("Comunicazione del gestore"), KEPT, needed=False)


class FeeForm(ActForm):
    """The payment of the application's fee."""

    paid_on = day_field(lazy_gettext("Pagato il"))
    reference = line_field(lazy_gettext("Riferimento del pagamento"), lazy_gettext(
        "Il numero del bonifico o della ricevuta."))
    file = file_field(lazy_gettext("Ricevuta"), KEPT, needed=False)


class ExtendAccreditationForm(ActForm):
    """More time, by an act."""

    number = StringField(lazy_gettext("Numero dell'atto"), [Sentence(), Length(max=SHORT)], filters=[clean])
    decided_on = day_field(lazy_gettext("Data dell'atto"))
    to_day = day_field(lazy_gettext("Nuova scadenza"))
    why = why_field(help_text=READ_BY_PROVIDER)


# --- what each does ---------------------------------------------------------------------------------------


def _apply(session: ScopedSession, row: Accreditation, form: ApplicationForm) -> object:
    filed_on = form.filed_on.data if "filed_on" in form else today()
    return operations.file(session, row.id, filed_on=filed_on, **common(form))


def _decree(form: DecreeForm) -> DecidingAct:
    answer = form["answer"].data or "" if "answer" in form else ""
    return DecidingAct(form.number.data or "", form.on.data, form.reasons.data or "", file_of(form.file), answer)


def _grant(*, with_prescriptions: bool) -> Any:
    return lambda session, row, form: decree.grant(
        session, row.id, _decree(form), with_prescriptions=with_prescriptions, **common(form))


def _ruled(verb: Any) -> Any:
    return lambda session, row, form: verb(session, row.id, form.ruling(), **common(form))


# --- what will happen -------------------------------------------------------------------------------------


def lacks(row: Accreditation) -> list[str]:
    """What the application lacks today, in words, each with where it is mended."""
    found: list[str] = [remark(finding) for finding in lacking(row, judged(db(), row, today()))]
    return found if len(found) <= MOST_LINES else [*found[:MOST_LINES], _("E altre %(count)s cose.",
                                                                          count=len(found) - MOST_LINES)]


def stops(row: Accreditation, *, with_prescriptions: bool = False) -> Sequence[str]:
    """What stands in the way of a favourable decree today, in words, each with where it is mended."""
    found = decree.stops(db(), row, judged(db(), row, today()), today(), with_prescriptions=with_prescriptions)
    return [remark(finding) for finding in found][:MOST_LINES]


def _before_filing(row: Accreditation) -> list[str]:
    missing = lacks(row)
    told = [_("La domanda passa all'ufficio accreditamento, che guarda se è completa."),
            _("Dopo non si modifica più, finché l'ufficio non chiede di completarla.")]
    return told if not missing else [*told, _("Manca ancora qualcosa: si può presentare lo stesso, e l'ufficio lo "
                                              "chiederà."), *missing]


def _before_granting(row: Accreditation, *, with_prescriptions: bool) -> list[str]:
    found = stops(row, with_prescriptions=with_prescriptions)
    if found:
        return [_("Oggi non si può decidere così:"), *found]
    told = [_("L'unità non è ancora accreditata: lo diventa con il patto."),
            _("L'esame resta com'è: figure e documenti di domani non lo cambiano."),
            *map(remark, rules.unread(row.set))]
    if with_prescriptions:
        told.append(_("Il gestore risponde delle prescrizioni aperte entro il loro termine."))
    return told


def typed_before(row: Accreditation, code: str, row_id: int = 0) -> Given:
    """What was typed for a letter of the procedure: the record of the act proposes it, and nobody types it twice."""
    return letters.said_before(db(), "accreditation", row.id, Offer(code, row_id))


def _proposed_decree(outcome: str, *kinds: str) -> Callable[[Accreditation], dict[str, Any]]:
    """What the decree says that was prepared with this outcome; else today, and what the provider was told."""

    def proposed(row: Accreditation) -> dict[str, Any]:
        said = typed_before(row, DECREE)
        if said.get("outcome") != outcome:
            return _proposed_ruling(*kinds)(row) if kinds else {"on": today()}
        return {"on": said.get("decided_on") or today(), "number": said.get("number"), "reasons": said.get("reasons"),
                "answer": said.get("answer")}

    return proposed


def _proposed_completion(row: Accreditation) -> dict[str, Any]:
    said, usual = typed_before(row, "accreditation_completion"), today() + USUAL_DAYS
    by = said.get("by")
    return {"why": said.get("missing") or "\n".join(map(str, lacking(row, judged(db(), row, today())))),
            "due": by if isinstance(by, date) and by > today() else usual}


def _waits(row: Accreditation, *kinds: str) -> list[str]:
    """Why the act cannot be taken today, in words; nothing if it can."""
    try:
        forewarnings.require_heard(db(), row, kinds, today())
    except RuleBroken as error:
        return [remark(error)]
    return []


def _proposed_ruling(*kinds: str) -> Callable[[Accreditation], dict[str, Any]]:
    """Today, and the reasons that the provider was told."""

    def proposed(row: Accreditation) -> dict[str, Any]:
        told = forewarnings.pending(db(), row, *kinds)
        return {"on": today(), "effective_on": today(), "reasons": told.reasons if told else ""}

    return proposed


def _before_extending(row: Accreditation) -> list[str]:
    already, the_set = len(standing_extensions(db(), row)), row.set
    told = [_("Proroghe ammesse dai requisiti: %(most)s, di %(months)s mesi al massimo. Concesse finora: %(already)s.",
              most=the_set.extensions, months=the_set.extension_months, already=already)]
    if already >= the_set.extensions:
        return [*told, _("Non se ne può concedere un'altra: si rifiuta con i motivi, e si apre il rinnovo.")]
    return [*told, _("L'unità risulta accreditata fino alla nuova scadenza, anche nell'albo.")]


def _proposed_pact(row: Accreditation) -> dict[str, Any]:
    said = typed_before(row, "accreditation_pact")
    return {"signed_on": today(), "valid_from": said.get("valid_from") or decree.first_day(db(), row, today()),
            "cig": said.get("cig") or row.cig}


def _proposed_extension(row: Accreditation) -> dict[str, Any]:
    end = add_months(row.runs_to, row.set.extension_months) if row.runs_to else None
    return {"decided_on": today(), "to_day": end}


def _expired(row: Accreditation) -> list[str]:
    kinds = labels.CHOICES["provider_paper.kind"]
    return [_("%(paper)s: scaduto il %(day)s.", paper=kinds.get(kind, kind), day=day(end))
            for kind, end in rules.expired_papers(papers_of(db(), row), rules.ALWAYS_VALID, row.unit_id, today())]


AT_ONCE = lazy_gettext("L'albo lo mostra subito, e con esso i Comuni che hanno scelto l'unità.")


def _at_once(*told: str) -> list[str]:
    return [*told, str(AT_ONCE), _("Non parte alcuna lettera: si prepara e si registra a parte.")]


def _now(_row: Any) -> dict[str, Any]:
    return {"on": today(), "effective_on": today()}


STEPS: dict[str, Step] = {
    "file": Step(
        lazy_gettext("Presenta la domanda"), lazy_gettext("La domanda è presentata."), _apply, ApplicationForm,
        happens=_before_filing, proposed=lambda _row: {"filed_on": today()}, tint="primary"),
    "find_complete": Step(
        lazy_gettext("Riconosci la domanda completa"),
        lazy_gettext("La domanda è completa: corre il tempo dell'esame."),
        doing(operations.find_complete, "complete_on", "responsible"), CompleteForm,
        happens=lambda row: [_("Oggi manca ancora qualcosa:"), *lacks(row)] if lacks(row) else [
            _("Comincia il tempo per decidere: %(days)s giorni.", days=row.set.examination_days),
            _("Si esaminano i requisiti uno per uno e si fissano i sopralluoghi.")],
        proposed=lambda row: {"complete_on": operations.arrived_on(db(), row) or today(),
                              "responsible": row.responsible or principal().name}, tint="primary"),
    "ask_completion": Step(
        lazy_gettext("Chiedi di completarla"), lazy_gettext("La richiesta è registrata."),
        doing(operations.ask_completion, "why", "due"), CompletionForm,
        happens=lambda row: [
            _("Il gestore vede che cosa manca e può di nuovo modificare la domanda."),
            _("Il tempo per decidere è sospeso finché la domanda non è di nuovo completa.") if row.complete_on else
            _("Il tempo per decidere non comincia finché la domanda non è completa.")],
        proposed=_proposed_completion),
    "complete": Step(
        lazy_gettext("Presenta quanto mancava"), lazy_gettext("La domanda torna all'ufficio."),
        doing(operations.complete),
        happens=lambda row: [_("Manca ancora qualcosa:"), *lacks(row)] if lacks(row) else [
            _("La domanda torna all'ufficio, che guarda se ora è completa.")], tint="primary"),
    "grant": Step(
        lazy_gettext("Accredita"), lazy_gettext("L'accreditamento è concesso: manca il patto."),
        _grant(with_prescriptions=False), DecreeForm,
        happens=lambda row: _before_granting(row, with_prescriptions=False), proposed=_proposed_decree("granted"),
        tint="primary"),
    "grant_with_prescriptions": Step(
        lazy_gettext("Accredita con prescrizioni"), lazy_gettext("L'accreditamento è concesso con prescrizioni: manca "
                                                                 "il patto."),
        _grant(with_prescriptions=True), DecreeForm,
        happens=lambda row: _before_granting(row, with_prescriptions=True),
        proposed=_proposed_decree("granted_with_prescriptions")),
    "refuse": Step(
        lazy_gettext("Non accreditare"), lazy_gettext("Il diniego è registrato."),
        lambda session, row, form: decree.refuse(session, row.id, _decree(form), **common(form)),
        RefuseForm, happens=lambda row: [
            *_waits(row, REFUSAL),
            _("Il procedimento finisce: per riprovare si presenta una domanda nuova."),
            _("Contro il diniego il gestore può ricorrere: le ragioni stanno nel provvedimento.")],
        proposed=_proposed_decree("refused", REFUSAL), tint="danger"),
    "sign_pact": Step(
        lazy_gettext("Registra il patto"), lazy_gettext("L'unità è accreditata."),
        doing(decree.sign_pact, "signed_on", "valid_from", "cig", "file"), PactForm,
        happens=lambda row: [
            _("L'unità è accreditata per %(months)s mesi dal primo giorno.", months=row.set.months)
            if row.set.ends_on is None else
            _("L'unità è accreditata fino al %(day)s, come tutte quelle con gli stessi requisiti.",
              day=day(row.set.ends_on)),
            _("Cominciano i periodi di monitoraggio."),
            _("L'albo non cambia ancora: l'unità si pubblica a parte, dopo.")],
        proposed=_proposed_pact, tint="primary"),
    "suspend": Step(
        lazy_gettext("Sospendi"), lazy_gettext("L'accreditamento è sospeso."),
        lambda session, row, form: measures.suspend(session, row.id, form.ruling(), until=form.until.data,
                                                    **common(form)).id, SuspendForm,
        happens=lambda row: [*_expired(row), *_waits(row, SUSPENSION, REVOCATION),
                             *_at_once(_("Durante la sospensione l'unità non si può scegliere."))],
        proposed=_proposed_ruling(SUSPENSION, REVOCATION), tint="danger"),
    "readmit": Step(
        lazy_gettext("Riammetti"), lazy_gettext("L'unità è di nuovo accreditata."), _ruled(measures.readmit),
        SignedRulingForm, happens=lambda row: _at_once(
            _("L'accreditamento vale di nuovo, fino al %(day)s.", day=day(row.runs_to))), proposed=_now,
        tint="primary"),
    "revoke": Step(
        lazy_gettext("Revoca"), lazy_gettext("L'accreditamento è revocato."), _ruled(measures.revoke), RevokeForm,
        happens=lambda row: [*_waits(row, REVOCATION), *_at_once(
            _("L'accreditamento finisce il giorno prima dell'effetto."), _("I monitoraggi non inviati si chiudono."))],
        proposed=_proposed_ruling(REVOCATION), tint="danger", rare=True),
    "renounce": Step(
        lazy_gettext("Rinuncia all'accreditamento"), lazy_gettext("La rinuncia è registrata."),
        doing(measures.renounce, "why", "effective_on", "file"), RenounceForm, happens=lambda _row: _at_once(
            _("L'accreditamento è volontario: finisce il giorno prima dell'effetto."),
            _("I monitoraggi non inviati si chiudono.")), proposed=lambda _row: {"effective_on": today()},
        tint="danger", rare=True),
    "ask_extension": Step(
        lazy_gettext("Chiedi una proroga"), lazy_gettext("La richiesta è registrata."),
        doing(measures.ask_extension, "why"), WhyForm, rare=True,
        happens=lambda row: [_("L'ufficio la concede o la rifiuta: intanto la scadenza resta il %(day)s.",
                               day=day(row.runs_to))]),
    "extend": Step(
        lazy_gettext("Concedi una proroga"), lazy_gettext("La proroga è registrata."),
        doing(measures.extend, "number", "decided_on", "to_day", "why"), ExtendAccreditationForm,
        happens=_before_extending, proposed=_proposed_extension, rare=True),
    "refuse_extension": Step(
        lazy_gettext("Rifiuta la proroga"), lazy_gettext("Il rifiuto è registrato."),
        _ruled(measures.refuse_extension), RefuseExtensionForm, rare=True,
        happens=lambda row: [*_waits(row, EXTENSION), _(
            "La scadenza resta il %(day)s; il motivo lo legge anche il gestore.", day=day(row.runs_to))],
        proposed=_proposed_ruling(EXTENSION), tint="danger"),
    "adapt": Step(
        lazy_gettext("Riconosci l'adeguamento"), lazy_gettext("L'adeguamento è riconosciuto."),
        doing(measures.adapt, "why"), WhyForm, happens=lambda row: [
            _("L'unità rispetta anche %(edition)s.", edition=str(measures.newer_editions(db(), row, today())[-1])),
            _("L'accreditamento resta quello concesso, con i requisiti con cui fu esaminato.")], rare=True),
    "fine": Step(
        lazy_gettext("Registra una sanzione"), lazy_gettext("La sanzione è registrata."),
        lambda session, row, form: measures.fine(
            session, row.id, form.ruling(), kind=form.kind.data or "", amount=form.amount.data,
            **common(form)), FineForm,
        happens=lambda _row: [_("La sanzione la commina il Comune dove sta l'unità (L.R. 3/2008, art. 15): qui se ne "
                                "conserva l'atto."), _("Lo stato dell'accreditamento non cambia.")],
        proposed=_now, rare=True),
    "cancel": Step(
        lazy_gettext("Ritira la domanda"), lazy_gettext("La domanda è ritirata."),
        doing(operations.cancel, "why"), WhyForm,
        happens=lambda row: [_("Il procedimento finisce senza un provvedimento; il numero %(code)s resta assegnato.",
                               code=row.code)], tint="danger", rare=True),
    "undo": undo_step(LIFE, undoing.undo, lazy_gettext("Il passaggio è corretto.")),
}
# what a provider's person does itself
OWN = frozenset({"file", "complete", "cancel", "renounce", "ask_extension"})


def ratio_words(value: Any) -> str:
    """A figure with at most two decimals."""
    return "–" if value is None else decimal(round(value, 2).normalize() + 0)
