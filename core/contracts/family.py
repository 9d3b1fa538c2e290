"""The contracts that come from another one: its amendments, and what renews it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import and_, or_, select

from core.contracts.model import Contract
from core.contracts.states import ContractState
from core.ground.access import ScopedSession, asked_once


@asked_once
def _coming_from(session: ScopedSession, contract: Contract) -> list[Contract]:
    """All of them in one question, the newest first."""
    renews = and_(Contract.renews_id == contract.id, Contract.state != ContractState.CANCELLED)
    query = select(Contract).where(or_(Contract.amends_id == contract.id, renews)).order_by(Contract.id.desc())
    return list(session.scalars(query))


def amendments_of(session: ScopedSession, contract: Contract) -> list[Contract]:
    """The amendments of a contract, the newest first."""
    return [one for one in _coming_from(session, contract) if one.amends_id == contract.id]


def merged_into(session: ScopedSession, contract: Contract) -> list[Contract]:
    """The amendments that a contract has taken over, in the order of their effect: a text that has them is nobody's
    signed text."""
    merged = [one for one in amendments_of(session, contract) if one.state == ContractState.MERGED]
    return sorted(merged, key=lambda one: (one.effective_on or date.max, one.id))


def successor_of(session: ScopedSession, contract: Contract) -> Contract | None:
    """The contract that renews this one, if it has not been cancelled."""
    return next((one for one in _coming_from(session, contract) if one.renews_id == contract.id), None)
