"""A body that is neither a municipality nor a union stands in a contract, and pays a share only where it says so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.allocation import explanation, operations
from core.allocation.findings import findings, to_answer
from core.allocation.groups import KeyFacts
from core.allocation.model import AllocationPlan, YearShare
from core.contracts.model import Contract, ContractTerms
from core.contracts.operations import confer, draft
from core.documents.model import Document
from core.documents.wordfile import read_text
from core.ground.access import system
from core.ground.errors import RuleBroken
from core.parties import operations as parties
from core.parties.model import Municipality
from tests.factories import body_tax_code
from tests.integration.allocation.conftest import PASSED, TODAY, Desk

OFFICE = system("prova")
D = Decimal
LEFT_OUT = "non prendono parte al riparto, perché il loro contratto non prevede una quota: un ente del terzo settore."


@pytest.fixture
def foundation(desk: Desk) -> int:
    """A foundation that entrusts the access desk for the whole year, by a contract of its own; the contract's id."""
    with desk.acting("ente", OFFICE) as session:
        made = parties.add_municipality(session, {
            "name": "Fondazione Casa Aperta ETS", "form": "third_sector", "tax_code": body_tax_code(),
            "connector": "di", "address": "via Roma 1", "postal_code": "20077", "city": "Melegnano", "province": "MI",
            "runts": "12"})
        session.flush()
        terms = session.scalars(select(ContractTerms.id)).first()
        contract = draft(session, [made.id], starts_on=date(2026, 1, 1), ends_on=date(2027, 12, 31), terms_id=terms,
                         services={made.id: [desk.services["access_desk"]]}, today=TODAY)
        return contract.id


def shared(desk: Desk, *keys: KeyFacts) -> None:
    """The two services by these keys."""
    with desk.acting("gruppi") as session:
        operations.set_group(session, desk.plan_id, None,
                             desk.group("Tutto", *keys, services=("neutral_space", "access_desk")))


def totals(desk: Desk) -> dict[str, Decimal]:
    with desk.acting() as session:
        return dict(operations.compute(session, session.require(AllocationPlan, desk.plan_id)).totals)


def pay(desk: Desk, contract_id: int, *paying: int) -> None:
    """The draft says who takes part."""
    with desk.acting("conferimento", OFFICE) as session:
        contract = session.require(Contract, contract_id)
        [member] = contract.municipality_parties
        confer(session, contract_id, {member.party_id: [desk.services["access_desk"]]}, version=contract.version,
               paying=paying)


def test_a_foundation_is_left_out_of_the_share_out_and_everybody_reads_it(desk: Desk, foundation: int) -> None:
    shared(desk)
    assert len(totals(desk)) == 8, "its residents, which it has not, are not asked for either"
    with desk.acting() as session:
        plan = session.require(AllocationPlan, desk.plan_id)
        code = session.require(Contract, foundation).code
        assert [str(one) for one in findings(session, plan) if "Fondazione" in str(one)][-1] == (
            f"Fondazione Casa Aperta ETS conferisce servizi con il contratto n. {code} e non prende parte al riparto: "
            "il contratto non dice che paga una quota. Lo si dice tra i servizi della bozza.")
        assert to_answer(session, plan) == []
    desk.approve_budget()
    with desk.acting("approva") as session:
        operations.approve(session, desk.plan_id, PASSED, today=TODAY)
    with desk.acting() as session:
        plan = session.require(AllocationPlan, desk.plan_id)
        assert plan.left_out == ("un ente del terzo settore",)
        assert len(session.scalars(select(YearShare)).all()) == 8
        document = session.scalars(select(Document).where(Document.file_name == "quota-2026-dresano.docx")).one()
    text = " ".join("\n".join(read_text(desk.store.get(document.path))).split())
    assert LEFT_OUT in text
    assert "Casa Aperta" not in text, "not whose business it is"
    with desk.acting("riapre") as session:
        assert operations.reopen(session, desk.plan_id, why="errore", today=TODAY).left_out == ()


def test_a_foundation_that_takes_part_pays_by_the_keys_that_count_no_residents(desk: Desk, foundation: int) -> None:
    with desk.acting() as session:
        own = session.require(Contract, foundation).municipality_parties[0].party_id
        slug = session.require(Municipality, own).slug
    pay(desk, foundation, own)
    shared(desk, KeyFacts("equal", D(100)))
    assert totals(desk)[slug] == D("10777.78"), "a ninth of the 97.000,01 euros"
    with desk.acting() as session:
        plan = session.require(AllocationPlan, desk.plan_id)
        assert not any("non prende parte" in str(one) for one in findings(session, plan))
    with desk.acting("gruppo") as session:
        group = session.require(AllocationPlan, desk.plan_id).groups[0]
        operations.set_group(session, desk.plan_id, group.id,
                             desk.group("Tutto", services=("neutral_space", "access_desk")))
    with pytest.raises(RuleBroken, match="non si conoscono i residenti della Fondazione Casa Aperta ETS"):
        totals(desk)
    pay(desk, foundation)
    assert slug not in totals(desk)


def test_a_municipality_pays_whatever_is_ticked(desk: Desk) -> None:
    with desk.acting("conferimento", OFFICE) as session:
        contract = session.scalars(select(Contract).order_by(Contract.id)).first()
        assert contract is not None
        held = {contract.municipality_parties[0].party_id: [row.service_id for row in contract.conferrals]}
        confer(session, contract.id, held, version=contract.version, paying=())
        assert contract.municipality_parties[0].pays_share


def test_an_amendment_does_not_change_who_takes_part(desk: Desk, foundation: int) -> None:
    with pytest.raises(RuleBroken, match="Una modifica non cambia chi prende parte al riparto") as refused, \
            desk.acting("modifica", OFFICE) as session:
        contract = session.require(Contract, foundation)
        contract.amends_id = session.scalars(select(Contract.id).where(Contract.id != foundation)).first()
        own = contract.municipality_parties[0].party_id
        confer(session, foundation, {own: [desk.services["access_desk"]]}, version=contract.version, paying=[own])
    assert refused.value.field == "paying"


def test_who_is_left_out_of_a_group_is_told_to_the_others_without_its_name(desk: Desk) -> None:
    reason = "Ha un servizio proprio"
    with desk.acting("gruppi") as session:
        operations.set_group(session, desk.plan_id, None, desk.group(
            "Tutto", services=("neutral_space", "access_desk"),
            exclusions={desk.municipalities["dresano"]: reason}))
        plan = session.require(AllocationPlan, desk.plan_id)
        [group] = explanation.of_trial(plan, operations.compute(session, plan), "melegnano")
    assert group.spared == (reason,)
