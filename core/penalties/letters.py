"""Which letters a notice of default and a penalty can have now, and what each says.

The notice and what follows from it are written by the municipality; the azienda confirms that it received the notice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from core.cases.letters import KIND, Asked, Asks, Given, Offer, day, known, letters_of, lines, proposing
from core.cases.model import CaseFile
from core.documents.letters import Letter, addressee, organ, sender, title_of
from core.documents.model import Document
from core.documents.words import date_long, of_day
from core.ground.access import Role, ScopedSession
from core.ground.errors import Place, RuleBroken
from core.ground.upward import Upward
from core.parties.azienda import the_azienda
from core.parties.model import Azienda
from core.penalties.context import (
    ClosingLetter,
    DecisionLetter,
    DefaultLetter,
    DelayLine,
    FindingFacts,
    HearingMinutes,
    PenaltyLine,
    PenaltyRequest,
    ReceiptLetter,
    SummonsLetter,
)
from core.penalties.model import DefaultNotice, NoticeFinding, Penalty
from core.penalties.procedure import UPHELD, band_of, standing
from core.penalties.states import (
    AZIENDA,
    CONTESTS,
    NOTICE_LIFE,
    PAYABLE,
    DamageClaimState,
    DefaultNoticeState,
    PenaltyState,
)

N = DefaultNoticeState
# the delays of the municipality that the azienda had formalised by a day, in a case (R96)
delays_by: Upward[[ScopedSession, DefaultNotice, date], tuple[DelayLine, ...]] = Upward()
CHANNELS = {"pec": "posta elettronica certificata", "registered_post": "raccomandata con avviso di ricevimento",
            "by_hand": "consegna a mano"}
PENALTY_STATES = {
    PenaltyState.DECIDED: "da chiedere", PenaltyState.REQUESTED: "chiesta", PenaltyState.REDUCED: "ridotta",
    PenaltyState.PART_PAID: "pagata in parte", PenaltyState.OVERDUE: "scaduta", PenaltyState.PAID: "pagata",
    PenaltyState.CONTESTED: "contestata", PenaltyState.CANCELLED: "annullata",
}
ASKS: Asks = {
    "default_notice": (), "notice_receipt": (), "hearing_summons": (),
    "hearing_minutes": (Asked("held_on", "day"), Asked("present", "text"), Asked("minutes", "text")),
    "notice_decision": (), "notice_closing": (),
}
PENALTY_ASKS: Asks = {"penalty_request": ()}
Found = tuple[str, bool, tuple[Asked, ...], frozenset[Role]]


# --- which ------------------------------------------------------------------------------------------------


def offers(session: ScopedSession, case: DefaultNotice, today: date) -> list[Offer]:
    """The letters of a notice, in the order of the procedure; the closing of one that never left is no letter."""
    azienda_id = the_azienda(session).id
    made = []
    for code, awaited, asks, roles in _of_notice(case, today):
        between = (azienda_id, case.municipality_id) if roles is AZIENDA else (case.municipality_id, azienda_id)
        made.append(Offer(code, 0, "", awaited, asks, roles, *between))
    return made


def _of_notice(case: DefaultNotice, today: date) -> Iterator[Found]:
    state = N(case.state)
    if state is N.DRAFT:
        yield "default_notice", True, (), CONTESTS
    if case.received_on is not None and state is not N.WITHDRAWN:
        yield "notice_receipt", state is N.RECEIVED, (), AZIENDA
    if state is N.SUMMONED:
        yield "hearing_summons", True, (), CONTESTS
        asks = proposing(ASKS["hearing_minutes"], held_on=min(case.summoned_for or today, today))
        yield "hearing_minutes", case.summoned_for is None or case.summoned_for <= today, asks, CONTESTS
    elif case.held_on is not None:
        yield "hearing_minutes", False, (), CONTESTS
    if case.decided_on is not None and state in (N.DECIDED, N.CLOSED):
        yield "notice_decision", state is N.DECIDED, (), CONTESTS
    if state is N.CLOSED or (state is N.WITHDRAWN and case.sending_id is not None):
        yield "notice_closing", True, (), CONTESTS


def penalty_offers(session: ScopedSession, case: Penalty, _today: date) -> list[Offer]:
    """The letters of a penalty: the request to pay, while something is to be paid."""
    if case.state not in PAYABLE or case.left <= 0:
        return []
    azienda_id = the_azienda(session).id
    return [Offer("penalty_request", 0, "", case.requested_on is None, (), CONTESTS, case.municipality_id, azienda_id)]


# --- what they say ----------------------------------------------------------------------------------------


def written(session: ScopedSession, case: DefaultNotice, offer: Offer, given: Given, today: date) -> Letter:
    """The data of a letter of a notice. RuleBroken if nobody signs for whoever writes, or for what is missing."""
    azienda = the_azienda(session)
    if offer.roles is AZIENDA:
        parties = {"sender": sender(azienda, today), "addressee": addressee(case.municipality)}
    else:
        parties = {"sender": sender(case.municipality, today), "addressee": organ(case.addressee, azienda)}
    return WRITERS[offer.code](session, case, given, {**parties, **_common(case, azienda, today)})


def penalty_written(session: ScopedSession, case: Penalty, _offer: Offer, _given: Given, today: date) -> Letter:
    """The data of the request to pay. RuleBroken if the municipality has no account on which it is paid."""
    azienda = the_azienda(session)
    notice, terms = case.notice, case.contract.terms
    writes = sender(case.municipality, today)
    if writes.iban is None:
        raise RuleBroken("Manca il conto dedicato di %(name)s, su cui la penale si paga: registrarlo tra i suoi dati.",
                         name=case.municipality.name).mended(Place("bank_account", case.municipality_id))
    number = next(n for n, row in enumerate(notice.findings, start=1) if row.id == case.finding_id)
    return PenaltyRequest(
        **_common(notice, azienda, today), sender=writes, addressee=addressee(azienda),
        subject=f"richiesta di pagamento della penale n. {case.code} – diffida n. {notice.code}",
        penalty=_penalty(case, number), finding=_finding(number, case.finding), decided_on=case.decided_on,
        left=case.left, payment_days=case.payment_days, iban=writes.iban, roll=terms.roll_policy,
        reduced=case.reduced_to is not None, damages=terms.further_damages)


def _common(case: DefaultNotice, azienda: Azienda, today: date) -> dict[str, Any]:
    return {"day": today, "code": case.code, "contract": case.contract.code, "azienda": azienda.name,
            "municipality": title_of(case.municipality)}


def _default(session: ScopedSession, case: DefaultNotice, _given: Given, common: Any) -> Letter:
    terms = case.contract.terms
    return DefaultLetter(
        **common, subject=f"diffida n. {case.code} – contratto di servizio n. {case.contract.code}",
        facts=lines(case.facts), findings=_findings(case), reply_days=terms.reply_days, comply_by=case.compliance_by,
        comply_days=case.compliance_days, roll=terms.roll_policy, damages=terms.further_damages,
        evidence=_evidence(session, case), conflict=case.conflict_note)


def _receipt(_session: ScopedSession, case: DefaultNotice, _given: Given, common: Any) -> Letter:
    if case.sending is None or case.received_on is None or case.reply_due_effective is None \
            or case.reply_due_nominal is None or case.compliance_due_effective is None:
        raise RuleBroken("La diffida non risulta ricevuta: registrare prima il ricevimento, da lì corrono "
                         "i termini.").mended(Place("default_notice", case.id))
    return ReceiptLetter(
        **common, subject=f"conferma di ricevimento della diffida n. {case.code}", received_on=case.received_on,
        reply_days=case.reply_days, reply_due=case.reply_due_effective, reply_nominal=case.reply_due_nominal,
        comply_due=case.compliance_due_effective, channel=CHANNELS[case.sending.channel],
        protocol=case.sending.protocol_number)


def _summons(_session: ScopedSession, case: DefaultNotice, _given: Given, common: Any) -> Letter:
    return SummonsLetter(
        **common, subject=f"convocazione in contraddittorio – diffida n. {case.code}", received_on=_received(case),
        summoned_for=known(case.summoned_for, "il giorno del contraddittorio"), place=case.summoned_place,
        findings=_findings(case), hour=f"{case.summoned_at:%H:%M}" if case.summoned_at else "", **_answer(case))


def _minutes(session: ScopedSession, case: DefaultNotice, given: Given, common: Any) -> Letter:
    held_on = known(day(given.get("held_on")) or case.held_on, "il giorno del contraddittorio")
    return HearingMinutes(
        **common, subject=f"verbale del contraddittorio {of_day(date_long(held_on))} – diffida n. {case.code}",
        held_on=held_on, place=case.summoned_place, present=lines(given.get("present")) or case.present,
        minutes=lines(given.get("minutes")) or lines(case.minutes), findings=_findings(case),
        answer_text=lines(case.answer_text), delays=_delays(session, case, held_on), **_answer(case))


def _decision(_session: ScopedSession, case: DefaultNotice, _given: Given, common: Any) -> Letter:
    return DecisionLetter(
        **common, subject=f"decisione sulla diffida n. {case.code}", received_on=_received(case),
        decided_on=known(case.decided_on, "il giorno della decisione"), findings=_findings(case),
        payment_days=case.contract.terms.penalty_payment_days, held_on=case.held_on, answer=case.answer or "",
        penalties=_penalties(case, standing(case.penalties)), override=case.override_why,
        upheld=any(row.outcome == UPHELD for row in case.findings), damages=case.contract.terms.further_damages)


def _closing(session: ScopedSession, case: DefaultNotice, _given: Given, common: Any) -> Letter:
    last = NOTICE_LIFE.last(session, case)
    withdrawn = case.state == N.WITHDRAWN
    return ClosingLetter(
        **common, subject=f"{'ritiro' if withdrawn else 'chiusura'} della diffida n. {case.code}",
        closed_on=known(case.closed_on, "il giorno della chiusura"), withdrawn=withdrawn,
        reasons=lines(last.why if last is not None else ""), findings=_findings(case),
        penalties=_penalties(case, case.penalties),
        damages=any(claim.state == DamageClaimState.OPEN for claim in case.damages))


Writer = Callable[[ScopedSession, DefaultNotice, Given, Any], Letter]
WRITERS: Mapping[str, Writer] = {
    "default_notice": _default, "notice_receipt": _receipt, "hearing_summons": _summons, "hearing_minutes": _minutes,
    "notice_decision": _decision, "notice_closing": _closing,
}
letters_of("default_notice", ASKS, offers, written)
letters_of("penalty", PENALTY_ASKS, penalty_offers, penalty_written)


# --- the parts --------------------------------------------------------------------------------------------


def _received(case: DefaultNotice) -> date:
    return known(case.received_on, "il giorno in cui la diffida è stata ricevuta")


def _answer(case: DefaultNotice) -> dict[str, Any]:
    return {"answer": case.answer or "", "answered_on": case.answered_on}


def _findings(case: DefaultNotice) -> tuple[FindingFacts, ...]:
    return tuple(_finding(number, row) for number, row in enumerate(case.findings, start=1))


def _finding(number: int, row: NoticeFinding) -> FindingFacts:
    contract = row.notice.contract
    band = band_of(contract, row.found_kind)
    described = {line.kind: line.description for line in contract.terms.bands}
    return FindingFacts(
        number=number, service=row.service.name_on(row.happened_on), first_day=row.happened_on,
        kind=described.get(row.found_kind, row.found_kind),
        contested_as=described.get(row.kind, row.kind) if row.decided_kind else "",
        facts=row.facts, least=band.minimum if band else None, most=band.maximum if band else None,
        last_day=row.happened_to if row.happened_to != row.happened_on else None,
        upheld=None if row.outcome == "open" else row.outcome == UPHELD, reasons=row.reasons)


def _penalties(case: DefaultNotice, penalties: Sequence[Penalty]) -> tuple[PenaltyLine, ...]:
    numbers = {row.id: number for number, row in enumerate(case.findings, start=1)}
    return tuple(_penalty(row, numbers[row.finding_id]) for row in penalties)


def _penalty(row: Penalty, number: int) -> PenaltyLine:
    return PenaltyLine(
        code=row.code, finding=number, amount=row.owed, least=row.minimum, most=row.maximum, gravity=row.gravity,
        paid=row.paid, state=PENALTY_STATES[PenaltyState(row.state)])


def _evidence(session: ScopedSession, case: DefaultNotice) -> tuple[str, ...]:
    """The files in the diary of a notice, the letters that were prepared aside."""
    held = select(CaseFile.title).join(Document, Document.id == CaseFile.document_id).where(
        CaseFile.subject == "default_notice", CaseFile.subject_id == case.id, Document.kind != KIND)
    return tuple(session.scalars(held.order_by(CaseFile.id)))


def _delays(session: ScopedSession, case: DefaultNotice, by: date) -> tuple[DelayLine, ...]:
    return tuple(line for lines in delays_by.tell(session, case, by) for line in lines)
