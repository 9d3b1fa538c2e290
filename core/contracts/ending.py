"""How a contract ends before its time, or has its file closed: withdrawal, ground and termination, closing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from core.contracts import rules
from core.contracts.model import Contract, ContractEnding
from core.contracts.operations import contract_at
from core.contracts.passages import Resolution, move, resolution
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
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
    version: int | None,
    today: date,
) -> Contract:
    """Record the withdrawal of a municipality for serious reasons of public interest, with its indemnity (R114).

    ``effective_on`` is the first day without the contract; an indemnity still to be settled is None.
    RuleBroken for a day outside the contract's life or before the withdrawal was received, or a negative sum.
    """
    contract = contract_at(session, contract_id, version)
    require_past(received_on, today, field="received_on")
    rules.require_within_life(contract, effective_on, field="effective_on")
    if effective_on < received_on:
        raise RuleBroken("Il recesso ha effetto dal giorno in cui l'azienda lo riceve, o più tardi: correggere la "
                         "data.", field="effective_on")
    if indemnity is not None and exact_cents(indemnity, field="indemnity") < 0:
        raise RuleBroken("L'indennizzo non può essere negativo.", field="indemnity")
    decision = resolution(session, contract, act, today)
    contract.endings.append(ContractEnding(
        kind="withdrawal", ground="public_interest", reasons=reasons.strip(), arisen_on=act.date,
        declared_on=received_on, effective_on=effective_on, indemnity=indemnity, act=decision,
    ))
    contract.runs_to = rules.last_day(contract)
    return move(session, contract, "withdraw", on=received_on, today=today,
                 proof=Proof(reasons, decision.id, received_on=received_on))


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
    version: int | None,
    today: date,
) -> Contract:
    """Declare the termination for the ground that has arisen (art. 1456 c.c.): it works from the day it is received."""
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
    return move(session, contract, "declare", on=received_on, today=today,
                 proof=Proof(act_id=decision.id, received_on=received_on))


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
