"""The codes that payments carry (L. 136/2010 art. 3): a CIG or a CUP may come after the contract is signed."""

from __future__ import annotations

from core.cases.operations import add_note
from core.contracts.model import Contract
from core.contracts.operations import contract_at
from core.contracts.rules import require_codes
from core.contracts.states import OFFICE, ContractState
from core.ground.access import ScopedSession
from core.ground.edits import touch
from core.ground.errors import RuleBroken

OVER = (ContractState.CANCELLED, ContractState.CLOSED, ContractState.MERGED)


def set_codes(session: ScopedSession, contract_id: int, *, cig: str, cup: str, version: int | None) -> Contract:
    """Record the CIG and the CUP of a contract, empty for none; after the draft the diary says so.

    Between comune and azienda the CIG is optional, from azienda to provider it is required (ANAC; R112). RuleBroken
    for a code that is none, a contract that is over, or a version that is not the last.
    """
    session.principal.require(*OFFICE)
    contract = contract_at(session, contract_id, version)
    if contract.state in OVER:
        raise RuleBroken("Il contratto n. %(code)s è chiuso: i suoi codici non si cambiano più.", code=contract.code)
    before = (contract.cig, contract.cup)
    contract.cig, contract.cup = (text.replace(" ", "").upper() or None for text in (cig, cup))
    require_codes(contract)
    if contract.state != ContractState.DRAFT and (contract.cig, contract.cup) != before:
        text = f"Codici dei pagamenti: CIG {contract.cig or 'non indicato'}, CUP {contract.cup or 'non indicato'}."
        add_note(session, "contract", contract.id, text=text, shared=True)
    return touch(session, contract)
