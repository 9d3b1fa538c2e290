"""How a contract ends before its time, or has its file closed: withdrawal, ground and termination, closing.

What ends it is proved by the act of the body that decided, and by its document.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from core.cases.operations import keep_file
from core.contracts import rules
from core.contracts.conferring import end_conferral
from core.contracts.model import Contract, ContractEnding, ContractParty
from core.contracts.operations import contract_at
from core.contracts.passages import Resolution, move, resolution
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.ground.files import Upload
from core.ground.money import exact_cents
from core.ground.required import require_past
from core.ground.states import Proof

GROUNDS = ("delay", "infringement", "new_rules", "traceability")


def withdraw(
    session: ScopedSession,
    contract_id: int,
    *,
    act: Resolution,
    reasons: str,
    received_on: date,
    effective_on: date,
    indemnity: Decimal | None,
    file: Upload,
    version: int | None,
    today: date,
) -> Contract:
    """Record the withdrawal of a municipality for serious reasons of public interest, with its indemnity (R114).

    Where several have signed, the one whose act it is leaves with all of its services, and the contract goes on with
    the others; with the last one it ends. ``effective_on`` is the first day without the contract; an indemnity still
    to be settled is None. RuleBroken for an act of the azienda or of one that has left, for a day outside the
    contract's life or before the withdrawal was received, or a negative sum.
    """
    contract = contract_at(session, contract_id, version)
    require_past(received_on, today, field="received_on")
    rules.require_within_life(contract, effective_on, field="effective_on")
    if effective_on < received_on:
        raise RuleBroken("Il recesso ha effetto dal giorno in cui l'azienda lo riceve, o più tardi: correggere la "
                         "data.", field="effective_on")
    if indemnity is not None and exact_cents(indemnity, field="indemnity") < 0:
        raise RuleBroken("L'indennizzo non può essere negativo.", field="indemnity")
    member = next((party for party in contract.remaining_parties if party.party_id == act.party_id), None)
    if member is None:
        raise RuleBroken("Recede un ente che conferisce i servizi con questo contratto: scegliere quello dell'atto.",
                         field="party_id")
    alone = len(contract.remaining_parties) == 1
    decision = resolution(session, contract, act, today)
    contract.endings.append(ContractEnding(
        kind="withdrawal", ground="public_interest", reasons=reasons.strip(), arisen_on=act.date,
        declared_on=received_on, effective_on=effective_on, indemnity=indemnity, act=decision,
        party_id=None if alone else member.party_id,
    ))
    if alone:
        contract.runs_to = rules.last_day(contract)
    else:
        leave(session, contract, member, effective_on)
    paper = keep_file(session, "contract", contract.id, file=file)
    return move(session, contract, "withdraw" if alone else "leave", on=received_on, today=today,
                proof=Proof(reasons, decision.id, paper.id, received_on))


def leave(session: ScopedSession, contract: Contract, member: ContractParty, day: date) -> None:
    """Let one municipality be no party from ``day`` on: what it confers counts until the day before."""
    member.valid_to = day - timedelta(days=1)
    for held in [held for held in contract.conferrals if held.municipality_id == member.party_id]:
        end_conferral(contract, held, day)
    session.flush()
    session.refresh(contract, ["conferrals", "ended_conferrals"])


def rejoin(session: ScopedSession, contract: Contract, ending: ContractEnding) -> None:
    """Take a leaving back: the municipality is a party as before, with what it conferred until that day."""
    ending.stands = False
    member = next(party for party in contract.municipality_parties if party.party_id == ending.party_id)
    for held in contract.ended_conferrals:
        if held.municipality_id == member.party_id and held.valid_to == member.valid_to:
            held.valid_to = None
    member.valid_to = None
    session.flush()
    session.refresh(contract, ["conferrals", "ended_conferrals"])


def raise_ground(
    session: ScopedSession,
    contract_id: int,
    *,
    ground: str,
    reasons: str,
    arisen_on: date,
    version: int | None,
    today: date,
) -> Contract:
    """Record that a ground for termination has arisen (R112, R113): nothing ends until somebody declares it."""
    contract = contract_at(session, contract_id, version)
    if ground not in GROUNDS:
        raise RuleBroken("Scegliere una delle cause di risoluzione previste dal contratto.", field="ground")
    require_past(arisen_on, today, field="arisen_on")
    contract.endings.append(ContractEnding(kind="termination", ground=ground, reasons=reasons.strip(),
                                           arisen_on=arisen_on))
    return move(session, contract, "ground", on=arisen_on, today=today, proof=Proof(why=reasons))


def forgo(session: ScopedSession, contract_id: int, *, why: str, version: int | None, today: date) -> Contract:
    """Do not use the ground that has arisen: the contract goes on as it was."""
    contract = contract_at(session, contract_id, version)
    _open_ground(contract).stands = False
    action = "forgo_extended" if rules.standing_extensions(contract) else "forgo"
    return move(session, contract, action, on=today, today=today, proof=Proof(why=why))


def declare_termination(
    session: ScopedSession,
    contract_id: int,
    *,
    act: Resolution,
    received_on: date,
    file: Upload,
    version: int | None,
    today: date,
) -> Contract:
    """Declare the termination for the ground that has arisen (art. 1456 c.c.): it works from the day it is received.

    ``file`` is the declaration, with the act of the body that decided it.
    """
    contract = contract_at(session, contract_id, version)
    require_past(received_on, today, field="received_on")
    ending = _open_ground(contract)
    if received_on < ending.arisen_on:
        raise RuleBroken("La dichiarazione (%(day)s) precede la causa, sorta il %(arisen)s: correggere la data.",
                         field="received_on", day=f"{received_on:%d/%m/%Y}", arisen=f"{ending.arisen_on:%d/%m/%Y}")
    rules.require_within_life(contract, received_on, field="received_on")
    decision = resolution(session, contract, act, today)
    ending.declared_on, ending.effective_on, ending.act = act.date, received_on, decision
    contract.runs_to = rules.last_day(contract)
    paper = keep_file(session, "contract", contract.id, file=file)
    return move(session, contract, "declare", on=received_on, today=today,
                proof=Proof(act_id=decision.id, document_id=paper.id, received_on=received_on))


def close(session: ScopedSession, contract_id: int, *, why: str, version: int | None, today: date) -> Contract:
    """Close the file of a contract that has ended. RuleBroken while it still runs."""
    contract = contract_at(session, contract_id, version)
    if not rules.timely(contract, "close", today):
        raise RuleBroken("Il contratto vale ancora, fino al %(day)s: si chiude quando è finito.",
                         day=f"{contract.runs_to:%d/%m/%Y}")
    return move(session, contract, "close", on=today, today=today, proof=Proof(why=why))


def _open_ground(contract: Contract) -> ContractEnding:
    ending = contract.ending
    if ending is None or ending.kind != "termination" or ending.declared_on is not None:
        raise RuleBroken("Non c'è una causa di risoluzione sorta e non dichiarata: registrarla prima.")
    return ending
