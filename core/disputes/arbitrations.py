"""What changes an arbitration (R115): proposed, agreed by both, its panel named, decided by an award that is final."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from core.controls.under_contract import contract_under, require_since_start
from core.disputes import rules
from core.disputes.model import Arbitration
from core.disputes.rules import AZIENDA, MUNICIPALITY, SEATS
from core.disputes.states import ARBITRATION_LIFE, EITHER, OFFICE, ArbitrationState
from core.ground.access import Principal, ScopedSession
from core.ground.edits import at_version, touch
from core.ground.errors import NotAllowed, Place, RuleBroken
from core.ground.numbering import next_number
from core.ground.required import LONGEST, LONGEST_TITLE, require_order, require_past, require_text
from core.ground.states import Proof
from core.penalties.model import DefaultNotice, Penalty

FORGETS = {"award": ("award_on", "award")}
SPEAKERS = {AZIENDA: "Azienda", MUNICIPALITY: "Comune"}  # as the diary begins what each has said
BY_RIGHT_NAMES = ("name", "appoint", "replace")
ACTIVE = (ArbitrationState.PROPOSED, ArbitrationState.AGREED, ArbitrationState.APPOINTED)


def propose(
    session: ScopedSession,
    contract_id: int,
    municipality_id: int,
    *,
    title: str,
    text: str,
    proposed_by: str,
    proposed_on: date,
    notice_id: int | None = None,
    penalty_id: int | None = None,
    today: date,
) -> Arbitration:
    """Propose an arbitration: nothing begins until both have agreed (R115).

    RuleBroken if the terms of the contract exclude it, if one is under way about the same notice or penalty, or for
    a day that has not come. A municipality proposes in its own name.
    """
    session.principal.require(*EITHER)
    contract = contract_under(session, contract_id, municipality_id)
    rules.require_arbitration(contract.terms.arbitration, contract.terms.court, contract.code)
    _require_side(proposed_by, session.principal, field="proposed_by")
    require_past(proposed_on, today, field="proposed_on")
    require_since_start(contract, proposed_on, field="proposed_on")
    _require_object(session, contract_id, municipality_id, notice_id, penalty_id)
    arbitration = Arbitration(
        year=today.year, number=next_number(session, "arbitration", today.year), contract_id=contract.id,
        municipality_id=municipality_id, notice_id=notice_id, penalty_id=penalty_id, proposed_on=proposed_on,
        proposed_by=proposed_by,
        title=require_text(title, "Indicare su che cosa decidono gli arbitri.", field="title", longest=LONGEST_TITLE),
        text=require_text(text, "Scrivere la controversia e che cosa si chiede agli arbitri.",
                          field="text", longest=LONGEST),
    )
    session.add(arbitration)
    session.flush()
    return arbitration


def _require_object(
    session: ScopedSession, contract_id: int, municipality_id: int, notice_id: int | None, penalty_id: int | None
) -> None:
    """RuleBroken for a notice or penalty of another contract or municipality, or already before arbitrators."""
    notice = None if notice_id is None else session.require(DefaultNotice, notice_id)
    penalty = None if penalty_id is None else session.require(Penalty, penalty_id)
    for about, field, column in (
        (notice, "notice_id", Arbitration.notice_id), (penalty, "penalty_id", Arbitration.penalty_id),
    ):
        if about is None:
            continue
        if (about.contract_id, about.municipality_id) != (contract_id, municipality_id):
            raise RuleBroken("%(about)s riguarda un altro contratto o un altro ente: sceglierne una di questo.",
                             field=field, about=str(about))
        same = select(Arbitration).where(column == about.id, Arbitration.state.in_(ACTIVE))
        if (other := session.scalars(same).first()) is not None:
            raise RuleBroken("%(about)s è già oggetto dell'arbitrato n. %(code)s.", field=field, about=str(about),
                             code=other.code).mended(Place("arbitration", other.id))


def agree(
    session: ScopedSession,
    arbitration_id: int,
    *,
    side: str,
    consent: str,
    agreed_on: date,
    document_id: int | None,
    version: int | None,
    today: date,
) -> Arbitration:
    """Record that one side agrees, by which act or letter; with the second the arbitration is agreed.

    RuleBroken for a side that has agreed already or a day before the proposal; NotAllowed for the other side's word.
    """
    arbitration = _at(session, arbitration_id, version)
    _require_side(side, session.principal, field="side")
    require_past(agreed_on, today, field="agreed_on")
    require_order(arbitration.proposed_on, agreed_on, RuleBroken(
        "L'accordo (%(after)s) viene prima della proposta (%(before)s): correggere la data.", field="agreed_on"))
    if side not in rules.missing_consents(arbitration.azienda_agreed_on, arbitration.municipality_agreed_on):
        raise RuleBroken("L'accordo di questa parte è già registrato.", field="side")
    said = require_text(consent, "Indicare l'atto o la lettera con cui la parte accetta.",
                        field="consent", longest=LONGEST_TITLE)
    setattr(arbitration, f"{side}_agreed_on", agreed_on)
    setattr(arbitration, f"{side}_consent", said)
    left = list(rules.missing_consents(arbitration.azienda_agreed_on, arbitration.municipality_agreed_on))
    return _move(session, arbitration, "agree" if left else "agree_last", agreed_on,
                 Proof(why=f"{SPEAKERS[side]}: {said}", document_id=document_id))


def name_arbitrators(
    session: ScopedSession,
    arbitration_id: int,
    names: Mapping[str, str],
    *,
    third_named_by: str | None,
    on: date,
    why: str = "",
    version: int | None,
    today: date,
) -> Arbitration:
    """Write down who the arbitrators are, as far as they are named; with the last one the panel is appointed.

    ``names`` by seat: azienda_arbitrator, municipality_arbitrator, third_arbitrator. Once appointed, a person is
    replaced with a reason. RuleBroken for a day before the agreement of both, one person twice, a third without who
    named them, or named by two of whom one is missing; NotAllowed if a municipality names the azienda's.
    """
    arbitration = _at(session, arbitration_id, version)
    require_past(on, today, field="on")
    rules.require_agreed(arbitration.azienda_agreed_on, arbitration.municipality_agreed_on, on)
    before = {seat: getattr(arbitration, seat) for seat in SEATS}
    after = {seat: _name(names.get(seat, before[seat]), seat) for seat in SEATS}
    if not session.principal.has(*OFFICE) and after["azienda_arbitrator"] != before["azienda_arbitrator"]:
        raise NotAllowed("L'arbitro dell'azienda lo nomina l'azienda.")
    rules.require_distinct(after)
    if after == before:
        raise RuleBroken("Nessun nome è cambiato: scrivere almeno un arbitro.")
    if after["third_arbitrator"] and third_named_by not in rules.THIRD_NAMED_BY:
        raise RuleBroken("Indicare chi ha nominato il terzo arbitro.", field="third_named_by")
    rules.require_named_by_two(after, arbitration.contract.terms.arbitrators, third_named_by)
    gone = [seat for seat in SEATS if before[seat] and not after[seat]]
    if gone:
        raise RuleBroken("Un arbitro già nominato si sostituisce con un altro nome: non si lascia il posto vuoto.",
                         field=gone[0])
    for seat, name in after.items():
        setattr(arbitration, seat, name)
    arbitration.third_named_by = third_named_by if after["third_arbitrator"] else None
    action = "name" if rules.empty_seats(after, arbitration.contract.terms.arbitrators) else "appoint"
    if arbitration.state == ArbitrationState.APPOINTED:
        action = "replace"
    told = "; ".join(name for seat, name in after.items() if name and name != before[seat])
    return _move(session, arbitration, action, on, Proof(why=why if action == "replace" else told))


def _name(typed: str, seat: str) -> str:
    name = " ".join(typed.replace("\x00", "").split())
    if len(name) > LONGEST_TITLE:
        raise RuleBroken("Il nome è troppo lungo: scrivere titolo, nome e cognome.", field=seat)
    return name


def award(
    session: ScopedSession, arbitration_id: int, *, text: str, award_on: date, document_id: int | None,
    version: int | None, today: date,
) -> Arbitration:
    """Record the award, with its file: it is informal and final (art. 27)."""
    arbitration = _at(session, arbitration_id, version)
    require_past(award_on, today, field="award_on")
    require_order(arbitration.proposed_on, award_on, RuleBroken(
        "Il lodo (%(after)s) viene prima della proposta (%(before)s): correggere la data.", field="award_on"))
    arbitration.award = require_text(text, "Scrivere che cosa hanno deciso gli arbitri.", field="text", longest=LONGEST)
    arbitration.award_on = award_on
    return _move(session, arbitration, "award", award_on, Proof(document_id=document_id))


def drop(session: ScopedSession, arbitration_id: int, *, why: str, version: int | None, today: date) -> Arbitration:
    """Give an arbitration up: the dispute goes back to the court of the contract."""
    return _move(session, _at(session, arbitration_id, version), "drop", today, Proof(why=why))


def undo(session: ScopedSession, arbitration_id: int, *, why: str, version: int | None, today: date) -> Arbitration:
    """Take back the last passage, with a reason. A consent or a name taken back can be written again."""
    arbitration = _at(session, arbitration_id, version)
    last = ARBITRATION_LIFE.last(session, arbitration)
    if last is not None and last.action in BY_RIGHT_NAMES:
        raise RuleBroken("I nomi degli arbitri si correggono scrivendo quelli giusti, non tornando indietro.")
    undone = ARBITRATION_LIFE.undo(session, arbitration, on=today, why=why, forgets=FORGETS)
    if undone.action in ("agree", "agree_last"):
        side = AZIENDA if undone.why.startswith(SPEAKERS[AZIENDA]) else MUNICIPALITY
        setattr(arbitration, f"{side}_agreed_on", None)
        setattr(arbitration, f"{side}_consent", "")
    return touch(session, arbitration)


def _require_side(side: str, who: Principal, *, field: str) -> None:
    if side not in rules.SIDES:
        raise RuleBroken("Scegliere quale delle due parti.", field=field)
    if side == AZIENDA and not who.has(*OFFICE):
        raise NotAllowed("Per l'azienda parla la sua direzione.")


def _at(session: ScopedSession, arbitration_id: int, version: int | None) -> Arbitration:
    return at_version(session.require(Arbitration, arbitration_id), version)


def _move(session: ScopedSession, arbitration: Arbitration, action: str, on: date, proof: Proof) -> Arbitration:
    ARBITRATION_LIFE.move(session, arbitration, action, on=on, proof=proof)
    return touch(session, arbitration)
