"""A mistaken passage is taken back by a new one: the state returns, what it did is undone, no row is erased."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from core.contracts import ending, rules
from core.contracts.family import successor_of
from core.contracts.model import Contract, ContractExtension
from core.contracts.operations import contract_at
from core.contracts.passages import settle_approvals
from core.contracts.proposal import require_exclusive
from core.contracts.states import LIFE, ContractState
from core.deadlines.operations import follow
from core.ground.access import ScopedSession
from core.ground.edits import touch
from core.ground.errors import RuleBroken
from core.ground.states import PassageLog, Proof

FORGETS = {"sign": ("signed_on", "signed_at")}


def undo(session: ScopedSession, contract_id: int, *, why: str, version: int | None, today: date) -> Contract:
    """Take back the last passage, with a reason: the state, and what the passage had done to the contract.

    RuleBroken for a passage that cannot be taken back, or whose services another contract has taken since (R84).
    """
    contract = contract_at(session, contract_id, version)
    undone = LIFE.undo(session, contract, on=today, why=why, forgets=FORGETS)
    if undone.action == "merge":
        raise RuleBroken("Una modifica recepita non si annulla: prepararne una nuova che dica il contrario.")
    if undone.action in TAKEN_BACK:
        TAKEN_BACK[undone.action](session, contract, undone)
    settle_approvals(session, contract)
    session.flush()
    session.refresh(contract, ["extensions"])
    contract.runs_to = rules.last_day(contract)
    require_exclusive(session, contract)
    follow(session, "contract", [contract.id], today=today)
    return touch(session, contract)


def _unextend(session: ScopedSession, contract: Contract, _undone: PassageLog) -> None:
    row = rules.standing_extensions(contract)[-1]
    session.add(ContractExtension(contract_id=contract.id, act_id=row.act_id, decided_on=row.decided_on,
                                  from_day=row.from_day, to_day=row.to_day, tacit=row.tacit, undoes_id=row.id))


def _unassess(_session: ScopedSession, contract: Contract, _undone: PassageLog) -> None:
    if contract.renewal is not None:
        contract.renewal.stands = False


def _uncommunicate(_session: ScopedSession, contract: Contract, _undone: PassageLog) -> None:
    if contract.renewal is not None:
        contract.renewal.communicated_on = contract.renewal.document_id = None


def _unend(_session: ScopedSession, contract: Contract, _undone: PassageLog) -> None:
    if contract.ending is not None:
        contract.ending.stands = False


def _rejoin(session: ScopedSession, contract: Contract, _undone: PassageLog) -> None:
    ending.rejoin(session, contract, contract.leavings[-1])


def _undeclare(_session: ScopedSession, contract: Contract, _undone: PassageLog) -> None:
    if contract.ending is not None:
        contract.ending.declared_on = contract.ending.effective_on = contract.ending.act = None


def _unforgo(_session: ScopedSession, contract: Contract, _undone: PassageLog) -> None:
    contract.endings[-1].stands = True


def _drop_successor(session: ScopedSession, contract: Contract, undone: PassageLog) -> None:
    successor = successor_of(session, contract)
    if successor is None:
        return
    if successor.state != ContractState.DRAFT:
        raise RuleBroken("Il contratto n. %(code)s, che rinnova questo, non è più una bozza: correggere prima quello.",
                         code=successor.code)
    LIFE.move(session, successor, "cancel", on=undone.on,
              proof=Proof(why=f"Corretta la preparazione del rinnovo del contratto n. {contract.code}."))


def _unenter(session: ScopedSession, contract: Contract, undone: PassageLog) -> None:
    """With the contract that renewed it, the one that was renewed comes back."""
    renewed = None if contract.renews_id is None else session.get(Contract, contract.renews_id)
    last = None if renewed is None else LIFE.last(session, renewed)
    if renewed is not None and last is not None and last.action == "renew":
        LIFE.undo(session, renewed, on=undone.on, why=f"Corretta l'entrata in vigore del contratto n. {contract.code}.",
                  by_rule=True)
        touch(session, renewed)


TAKEN_BACK: dict[str, Callable[[ScopedSession, Contract, PassageLog], None]] = {
    "enter_force": _unenter,
    "extend": _unextend,
    "renew_tacitly": _unextend,
    "assess": _unassess,
    "communicate": _uncommunicate,
    "withdraw": _unend,
    "leave": _rejoin,
    "ground": _unend,
    "declare": _undeclare,
    "forgo": _unforgo,
    "forgo_extended": _unforgo,
    "prepare_renewal": _drop_successor,
}
