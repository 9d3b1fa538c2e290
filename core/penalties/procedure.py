"""What a notice, an answer, a hearing and a penalty must satisfy, and whose turn it is. Pure: today is given.

A penalty punishes what happened while the contract held: that day decides whether the clause binds (artt. 1218 and
1382 c.c.), and the decision may come after the contract has ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.contracts import rules as contracts
from core.contracts.agreed import Band
from core.contracts.model import Contract
from core.contracts.states import NOT_YET, ContractState
from core.ground import clock
from core.ground.access import Role
from core.ground.clock import PatronDay, Roll, Term
from core.ground.errors import Finding, Place, RuleBroken
from core.ground.money import exact_cents
from core.ground.required import require_past, require_text
from core.penalties.model import DefaultNotice, NoticeFinding, Penalty
from core.penalties.rules import PenaltyVerdict, Procedure, judge
from core.penalties.states import DefaultNoticeState, PenaltyState

CHANNELS = ("pec", "registered_post")  # art. 24 c. 2 (R102)
ANSWERS = ("rebuttal", "compliance")
SILENCE = "silence"
UPHELD, NOT_UPHELD = "upheld", "not_upheld"
REPEATED = 2  # art. 25 speaks of repeated infringements (R113): the second makes it so; a person judges the rest
ANY_DEFAULT = "inadempienza"  # the one kind of a contract without penalties: it is contested and found all the same
INTEREST = "legal"  # art. 1284 c.c.: the rate by decree; art. 24 c. 6 puts the penalty under civil law (R109)
CONTESTS_BY = ("arbitration", "court")
REDUCED_BY = ("agreement", *CONTESTS_BY)
MOST_DAYS = 3650
S = ContractState


# --- the contract on the day of the facts -----------------------------------------------------------------


def in_force(contract: Contract, day: date) -> bool:
    """True if the contract bound the azienda on ``day``, the continuity of services after its end included (R61)."""
    if contract.amends_id is not None or contract.state in NOT_YET or day < contract.starts_on:
        return False
    if contract.signed_on is None and contract.state == S.SIGNED:
        return False
    if contract.state == S.CONTINUITY:
        return day <= contracts.continuity_until(contract)
    return day <= contract.runs_to


def confers(contract: Contract, municipality_id: int, service_id: int, day: date) -> bool:
    """True if ``municipality_id`` conferred the service by this contract on ``day``."""
    held = (c for c in (*contract.conferrals, *contract.ended_conferrals)
            if c.municipality_id == municipality_id and c.service_id == service_id)
    return any((c.valid_from is None or c.valid_from <= day) and (c.valid_to is None or day <= c.valid_to)
               for c in held)


def require_finding(
    contract: Contract, municipality_id: int, finding: NoticeFinding, today: date, place: int = 0
) -> None:
    """RuleBroken for a finding without facts, in the future, on a day or a service that the contract does not hold.

    The field is that of the row at ``place`` in the form: ``findings-0-kind``.
    """
    row = f"findings-{place}"
    if not finding.service_id:
        raise RuleBroken("Scegliere il servizio di cui si tratta.", field=f"{row}-service_id")
    if finding.kind not in kinds(contract):
        raise RuleBroken("Scegliere il tipo di inadempienza tra quelli delle condizioni del contratto.",
                         field=f"{row}-kind")
    if finding.happened_on is None:
        raise RuleBroken("Indicare il giorno dei fatti.", field=f"{row}-happened_on")
    require_text(finding.facts, "Scrivere i fatti precisi: la diffida li deve contenere.", field=f"{row}-facts")
    if finding.happened_on > today or (finding.happened_to or finding.happened_on) > today:
        raise RuleBroken("I fatti non possono essere di un giorno futuro.", field=f"{row}-happened_on")
    if finding.happened_to is not None and finding.happened_to < finding.happened_on:
        raise RuleBroken("I fatti finiscono prima di cominciare: correggere le date.", field=f"{row}-happened_to")
    require_in_force(contract, finding.happened_on, field=f"{row}-happened_on")
    if not confers(contract, municipality_id, finding.service_id, finding.happened_on):
        raise RuleBroken("Il %(day)s questo servizio non era conferito dall'ente con il contratto n. %(code)s: "
                         "scegliere un altro servizio o correggere il giorno.", field=f"{row}-service_id",
                         day=f"{finding.happened_on:%d/%m/%Y}", code=contract.code).mended(
            Place("contract", contract.id))


def require_in_force(contract: Contract, day: date, *, field: str | None = None) -> None:
    """RuleBroken for facts of a day on which the contract did not hold (artt. 1218, 1382 c.c.)."""
    if not in_force(contract, day):
        raise RuleBroken("Il %(day)s il contratto n. %(code)s non era in vigore: per i fatti di quel giorno non c'è "
                         "penale.", field=field, day=f"{day:%d/%m/%Y}", code=contract.code).mended(
            Place("contract", contract.id))


# --- the notice -------------------------------------------------------------------------------------------


def require_notice(notice: DefaultNotice, today: date) -> None:
    """RuleBroken for a notice without facts, findings, addressee or one term for complying (R101, R102, X24, X26)."""
    require_text(notice.facts, "Scrivere i fatti: una diffida senza fatti precisi non vale (art. 24, c. 2).",
                 field="facts")
    require_text(notice.addressee, "Indicare a chi è rivolta la diffida, per esempio l'Assemblea.",
                 field="addressee")
    if not notice.findings:
        raise RuleBroken("Indicare almeno un'inadempienza, con il servizio e il giorno.", field="findings")
    _require_compliance(notice)
    seen: set[tuple[int, str, date]] = set()
    for place, finding in enumerate(notice.findings):
        require_finding(notice.contract, notice.municipality_id, finding, today, place)
        same = (finding.service_id, finding.kind, finding.happened_on)
        if same in seen:
            raise RuleBroken("La stessa inadempienza è indicata due volte: lasciarne una.", field="findings")
        seen.add(same)


def _require_compliance(notice: DefaultNotice) -> None:
    if (notice.compliance_by is None) == (notice.compliance_days is None):
        raise RuleBroken("Indicare il termine per adempiere: un giorno, oppure un numero di giorni dalla ricezione.",
                         field="compliance_days")
    if notice.compliance_days is not None and not 1 <= notice.compliance_days <= MOST_DAYS:
        raise RuleBroken("Il termine per adempiere va da 1 a %(most)s giorni.", field="compliance_days",
                         most=MOST_DAYS)


def require_sending(notice: DefaultNotice, channel: str, sent_on: date, protocol_number: str) -> None:
    """RuleBroken for a notice that leaves by another way than registered post or PEC, unregistered, or too early."""
    if channel not in CHANNELS:
        raise RuleBroken("La diffida parte per PEC o per raccomandata con avviso di ricevimento (art. 24, c. 2).",
                         field="channel")
    require_text(protocol_number, "Indicare il numero di protocollo con cui la diffida è partita.",
                 field="protocol_number")
    last = max(finding.happened_to or finding.happened_on for finding in notice.findings)
    if sent_on < last:
        raise RuleBroken("La diffida contesta fatti del %(last)s: non può essere partita il %(day)s.", field="sent_on",
                         last=f"{last:%d/%m/%Y}", day=f"{sent_on:%d/%m/%Y}")
    if notice.compliance_by is not None and notice.compliance_by <= sent_on:
        raise RuleBroken("Il termine per adempiere (%(day)s) è già passato quando la diffida parte: indicarne uno "
                         "congruo.", field="compliance_by", day=f"{notice.compliance_by:%d/%m/%Y}")


def clock_of(notice: DefaultNotice | Penalty) -> tuple[Roll, PatronDay | None]:
    """How the terms of a notice or a penalty are moved: the contract's policy, the municipality's patron."""
    return Roll(notice.contract.terms.roll_policy), PatronDay.parse(notice.municipality.patron_day)


def start_clock(notice: DefaultNotice, received_on: date) -> None:
    """Both terms run from the receipt (X26); a term for complying that is a day of its own stays that day."""
    roll, patron = clock_of(notice)
    reply = clock.term(received_on, notice.reply_days, roll=roll, patron=patron)
    compliance = Term(notice.compliance_by, notice.compliance_by) if notice.compliance_by is not None else clock.term(
        received_on, notice.compliance_days or 0, roll=roll, patron=patron)
    notice.received_on = received_on
    notice.reply_due_nominal, notice.reply_due_effective = reply.nominal, reply.effective
    notice.compliance_due_nominal, notice.compliance_due_effective = compliance.nominal, compliance.effective


def stop_clock(notice: DefaultNotice) -> None:
    """The receipt was a mistake: no term runs."""
    notice.received_on = notice.reply_due_nominal = notice.reply_due_effective = None
    notice.compliance_due_nominal = notice.compliance_due_effective = None


def require_after_receipt(notice: DefaultNotice, day: date, today: date, *, field: str, future: bool = False) -> None:
    """RuleBroken for an act of the procedure before the notice was received, or on a day that has not come."""
    if notice.received_on is None:
        raise RuleBroken("La diffida non risulta ricevuta: registrare prima il ricevimento, da lì corrono i termini.",
                         field=field)
    if day < notice.received_on:
        raise RuleBroken("La diffida è stata ricevuta il %(received)s: %(day)s è un giorno precedente. Correggere la "
                         "data.", field=field, received=f"{notice.received_on:%d/%m/%Y}", day=f"{day:%d/%m/%Y}")
    if not future:
        require_past(day, today, field=field)


def require_fits_receipt(notice: DefaultNotice, today: date) -> None:
    """RuleBroken where what has happened in a notice cannot have happened with its receipt on this day."""
    since = (notice.answered_on, notice.complied_on, notice.held_on, notice.decided_on)
    first = min((day for day in since if day is not None), default=None)
    if notice.received_on is not None and first is not None and first < notice.received_on:
        raise RuleBroken("Nella diffida c'è già un atto del %(first)s: non può essere stata ricevuta dopo, il %(day)s. "
                         "Correggere prima quello.", field="received_on", first=f"{first:%d/%m/%Y}",
                         day=f"{notice.received_on:%d/%m/%Y}")
    if notice.answer == SILENCE and not reply_over(notice, today):
        raise RuleBroken("Ricevuta il %(day)s, la diffida si può ancora riscontrare: correggere prima la mancata "
                         "risposta, che è già registrata.", field="received_on", day=f"{notice.received_on:%d/%m/%Y}")


def reply_over(notice: DefaultNotice, today: date) -> bool:
    """True once the last day for answering has passed."""
    return notice.reply_due_effective is not None and notice.reply_due_effective < today


def happened(notice: DefaultNotice, decided_on: date | None, request_received: date | None = None) -> Procedure:
    """The steps of a notice so far, as ``rules.judge`` reads them; the early decision of a penalty has its own day."""
    return Procedure(
        reply_days=notice.reply_days, payment_days=notice.contract.terms.penalty_payment_days,
        notice_received=notice.received_on, hearing_held=notice.held_on, decided=decided_on,
        rebuttal_received=notice.answered_on if notice.answer in ANSWERS else None, request_received=request_received,
    )


# --- the penalty ------------------------------------------------------------------------------------------


def bands(contract: Contract) -> list[Band]:
    """The bands of the contract's terms (R105-R107)."""
    return [Band(band.kind, band.minimum, band.maximum) for band in contract.terms.bands]


def kinds(contract: Contract) -> list[str]:
    """The kinds of default that may be contested: those of the bands; one alone where the terms have no penalties."""
    return [band.kind for band in contract.terms.bands] or [ANY_DEFAULT]


def band_of(contract: Contract, kind: str) -> Band | None:
    """The band of a kind of default, if the contract has one."""
    return next((band for band in bands(contract) if band.kind == kind), None)


def judged(finding: NoticeFinding, amount: Decimal, decided_on: date) -> PenaltyVerdict:
    """Whether a penalty of ``amount`` euros may be applied for a finding on ``decided_on`` (R101-R109)."""
    notice = finding.notice
    roll, patron = clock_of(notice)
    steps = happened(notice, decided_on)
    return judge(bands(notice.contract), finding.found_kind, amount, steps, roll=roll, patron=patron)


def too_early(notice: DefaultNotice, decided_on: date) -> PenaltyVerdict:
    """What speaks against deciding a notice on ``decided_on``: the order of the procedure alone."""
    roll, patron = clock_of(notice)
    nothing = Band("", Decimal(0), Decimal(0))  # terms that were changed since may have no band left
    lowest = min(bands(notice.contract), key=lambda band: band.minimum, default=nothing)
    return judge([lowest], lowest.kind, lowest.minimum, happened(notice, decided_on), roll=roll, patron=patron)


def require_in_order(verdict: PenaltyVerdict, override_why: str) -> None:
    """RuleBroken with the first reason that is not overridden: why it is decided early must be written (R101-R103)."""
    places = {"kind": "kind", "amount": "amount"}
    for reason in verdict.final:
        raise RuleBroken(reason.message, field=places.get(reason.where, "decided_on"), **reason.values)
    if verdict.early and not override_why.strip():
        reason = verdict.early[0]
        raise RuleBroken(reason.message, field="override_why", **reason.values)


def require_found_kind(finding: NoticeFinding, kind: str, *, field: str) -> None:
    """RuleBroken for a kind of default that the notice contests nowhere: nobody is found to have done what was not
    contested, and could not be answered (art. 24, c. 2; R102)."""
    if kind not in {contested.kind for contested in finding.notice.findings}:
        raise RuleBroken("Questo tipo di inadempienza non è contestato nella diffida: alla decisione si sceglie tra "
                         "quelli contestati.", field=field)


def require_unpaid(penalty: Penalty) -> None:
    """RuleBroken while money paid for a penalty is not given back."""
    if paid := received(penalty):
        raise RuleBroken("Per la penale risultano pagati € %(paid)s: stornarli prima di annullarla.", paid=paid)


def state_of(penalty: Penalty, today: date) -> PenaltyState:
    """The state that its money and its term give to a penalty that nobody contests."""
    if penalty.left <= 0:
        return PenaltyState.PAID
    if penalty.due_effective is not None and penalty.due_effective < today:
        return PenaltyState.OVERDUE
    if penalty.paid > 0:
        return PenaltyState.PART_PAID
    if penalty.reduced_to is not None:
        return PenaltyState.REDUCED
    return PenaltyState.DECIDED if penalty.requested_on is None else PenaltyState.REQUESTED


def require_reduction(penalty: Penalty, to: Decimal, by: str, on: date, today: date) -> None:
    """RuleBroken for a reduction to nothing or to more, by nobody, or of what the other side has not contested."""
    if by not in REDUCED_BY:
        raise RuleBroken("Scegliere chi ha ridotto la penale.", field="by")
    if by in CONTESTS_BY and penalty.contest != by:
        raise RuleBroken("La penale non è contestata in quella sede: registrare prima la contestazione.", field="by")
    if not 0 < exact_cents(to, field="to") < penalty.owed:
        raise RuleBroken("L'importo ridotto sta tra zero e € %(owed)s, esclusi: per non chiedere nulla si annulla "
                         "la penale.", field="to", owed=penalty.owed)
    require_since_decision(penalty, on, today, field="on")


def require_since_decision(penalty: Penalty, on: date, today: date, *, field: str) -> None:
    """RuleBroken for an act on a penalty before it was decided, or on a day that has not come."""
    if not penalty.decided_on <= on <= today:
        raise RuleBroken("Il giorno va dalla decisione della penale (%(decided)s) a oggi: correggere la data.",
                         field=field, decided=f"{penalty.decided_on:%d/%m/%Y}")


def require_some(amount: Decimal) -> None:
    """RuleBroken for a payment of nothing."""
    if exact_cents(amount, field="amount") <= 0:
        raise RuleBroken("L'importo pagato deve essere maggiore di zero.", field="amount")


def received(penalty: Penalty) -> Decimal:
    """The euros that were paid for it and not taken back, interest too."""
    return sum((row.amount for row in penalty.payments), Decimal(0))


# --- whose turn it is -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Turn:
    """Who must act, on what, and by which day if there is one."""

    role: Role
    what: Finding
    due: date | None = None


def turn(notice: DefaultNotice, today: date) -> Turn | None:
    """Who must act next on a notice; None when nothing waits for anybody."""
    comune, azienda = Role.MUNICIPALITY, Role.MANAGEMENT
    state = DefaultNoticeState(notice.state)
    if state is DefaultNoticeState.DRAFT:
        return Turn(comune, Finding("Completare la diffida e inviarla per PEC o raccomandata."))
    if state is DefaultNoticeState.SENT:
        return Turn(comune, Finding("Registrare quando la diffida è stata ricevuta, perché da lì corrono i termini."))
    if notice.answer is None and state in (DefaultNoticeState.RECEIVED, DefaultNoticeState.SUMMONED) and not reply_over(
            notice, today):
        return Turn(azienda, Finding("Rispondere alla diffida, con deduzioni o adempiendo."),
                    notice.reply_due_effective)
    if state is DefaultNoticeState.SUMMONED:
        return Turn(comune, Finding("Tenere il contraddittorio e caricarne il verbale."), notice.summoned_for)
    if state in (DefaultNoticeState.RECEIVED, DefaultNoticeState.ANSWERED, DefaultNoticeState.SILENT):
        return Turn(comune, Finding("Convocare il contraddittorio, perché le parti si sentano prima di decidere."))
    if state is DefaultNoticeState.HEARD:
        waits = not reply_over(notice, today)
        return Turn(comune, Finding("Attendere la fine del termine per rispondere, poi decidere.") if waits else
                    Finding("Decidere quali inadempienze sono confermate, e perché."),
                    notice.reply_due_effective if waits else None)
    if state is DefaultNoticeState.DECIDED:
        return _after_decision(notice)
    return None


def _after_decision(notice: DefaultNotice) -> Turn | None:
    if unpunished(notice):
        return Turn(Role.MUNICIPALITY, Finding("Applicare le penali per le inadempienze confermate, o chiudere la "
                                               "diffida dicendo perché non si applicano."))
    still = next((penalty for penalty in notice.penalties if is_open(penalty)), None)
    if still is not None:
        return turn_of_penalty(still)
    return Turn(Role.MUNICIPALITY, Finding("Chiudere la diffida, perché non resta nulla da pagare."))


def turn_of_penalty(penalty: Penalty) -> Turn | None:
    """Who must act next on a penalty; None when it is settled."""
    state = PenaltyState(penalty.state)
    if state is PenaltyState.CONTESTED:
        return Turn(Role.MUNICIPALITY, Finding("Registrare come finisce la contestazione, se confermata, ridotta o "
                                               "annullata."))
    if not is_open(penalty):
        return None
    if penalty.requested_on is None:
        return Turn(Role.MUNICIPALITY, Finding("Chiedere il pagamento della penale."))
    if penalty.request_received_on is None:
        return Turn(Role.MUNICIPALITY, Finding("Registrare quando la richiesta è stata ricevuta, perché da lì corre il "
                                               "termine per pagare."))
    return Turn(Role.MANAGEMENT, Finding("Pagare la penale."), penalty.due_effective)


def is_open(penalty: Penalty) -> bool:
    """True while something is still to be paid or decided about a penalty."""
    return penalty.state not in (PenaltyState.PAID, PenaltyState.CANCELLED)


def standing(penalties: Iterable[Penalty]) -> Sequence[Penalty]:
    """The penalties that were not cancelled."""
    return [penalty for penalty in penalties if penalty.state != PenaltyState.CANCELLED]


def unpunished(notice: DefaultNotice) -> list[NoticeFinding]:
    """The findings that were upheld and have no penalty that stands."""
    punished = {penalty.finding_id for penalty in standing(notice.penalties)}
    return [finding for finding in notice.findings if finding.outcome == UPHELD and finding.id not in punished]


def remarks(notice: DefaultNotice) -> list[Finding]:
    """What a reader should know of a notice that may stand all the same."""
    found = []
    if not notice.conflict_note.strip():
        found.append(Finding(
            "L'ente che contesta è anche tra i soci dell'azienda: dire come il destinatario evita di giudicare in "
            "causa propria, per esempio con l'astensione del suo rappresentante.", where="conflict_note", source="X24",
            at=Place("default_notice.draft", notice.id, "conflict_note") if notice.state == DefaultNoticeState.DRAFT
            else None
        ))
    due, received = notice.compliance_due_effective, notice.received_on
    if due is not None and received is not None and due <= received:
        found.append(Finding("Il termine per adempiere era già passato quando la diffida è stata ricevuta: non è un "
                             "termine congruo (art. 24, c. 2).", where="compliance_by", source="R102"))
    late = notice.reply_due_effective
    if notice.answered_on is not None and late is not None and notice.answered_on > late:
        found.append(Finding("La risposta è arrivata il %(day)s, dopo il termine del %(due)s: si valuta se tenerne "
                             "conto.", {"day": f"{notice.answered_on:%d/%m/%Y}", "due": f"{late:%d/%m/%Y}"},
                             where="answered_on", source="R103"))
    return found
