"""The name under which a contract stands in lists follows its first municipality, whatever happens to either."""

from __future__ import annotations

from sqlalchemy import select

from core.contracts.model import ContractParty
from core.ground.audit import AuditEntry
from core.ground.order import OVER, weighed
from core.parties.model import Municipality


def letters(word):
    """What the weight of a name begins with."""
    return weighed(word).split(OVER)[0]


def filed(contract):
    return contract.see(lambda row: row.filed_under)


def test_a_contract_is_filed_under_its_first_municipality_and_follows_its_name(contract_of, unit):
    contract = contract_of(2)
    assert filed(contract).startswith(letters("Dresano"))
    with unit("prova") as session:
        session.require(Municipality, contract.party_ids[1]).name = "Zelo"  # the second one decides nothing
    assert filed(contract).startswith(letters("Dresano"))
    with unit("prova") as session:
        session.require(Municipality, contract.party_ids[0]).name = "Àbbadia"
    assert filed(contract).startswith(letters("Abbadia"))


def test_who_leaves_leaves_the_place_to_the_next(contract_of, unit):
    contract = contract_of(2)
    with unit("prova") as session:
        first = select(ContractParty).where(ContractParty.contract_id == contract.key, ContractParty.order == 1)
        session.delete(session.scalars(first).one())
    assert filed(contract).startswith(letters("Colturano"))


def test_the_contract_is_not_changed_by_the_name_of_a_party(contract_of, unit):
    contract = contract_of()
    before = contract.see(lambda row: row.version)
    with unit("prova") as session:
        session.require(Municipality, contract.party_ids[0]).name = "Àbbadia"
        session.flush()
        told = select(AuditEntry.table_name).where(AuditEntry.table_name == "contract", AuditEntry.operation == "u")
        assert session.scalars(told).all() == []
    assert contract.see(lambda row: row.version) == before
