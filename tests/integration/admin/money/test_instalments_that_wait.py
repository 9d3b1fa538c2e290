"""An instalment that waits for an event of the office's own, in the browser: what it says, and when it has its day."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from core.contracts.model import Contract, ContractParty, ContractTerms, InstalmentRule
from core.deadlines.model import EventKind
from tests.factories import filled
from tests.integration.admin.browser import Enter
from tests.integration.admin.house import House
from tests.integration.admin.money.test_instalment_pages import instalment, plan, signed

__all__ = ["signed"]


def test_what_waits_for_an_event_says_so_until_it_is_recorded(signed: House, person: Enter) -> None:
    head, clerk = person("direzione"), person("contabilita")
    head.fill("/admin/eventi/new/", name="Collaudo della sede", code="collaudo", subject="contract",
              recorded_by="management", shared="y")
    with signed.unit("condizioni") as session:
        contract = session.get_one(Contract, contract_of(signed, "melegnano"))
        terms = filled(ContractTerms, title="Altre", roll_policy="holiday", interest="none", extra_projects_month=9,
                       renewal_direction="before", share_criteria=("residenti",))
        session.add(terms)
        session.flush()
        session.add_all([
            filled(InstalmentRule, terms_id=terms.id, order=1, title="Acconto alla consegna", kind="advance",
                   percent=Decimal(60), base="previous_year", event="collaudo", due_days=30),
            filled(InstalmentRule, terms_id=terms.id, order=2, title="Saldo", kind="balance",
                   event="accounts_approved", due_days=30)])
        contract.terms_id, key = terms.id, contract.id
    plan(clerk)
    row = instalment(signed, "melegnano", "Acconto alla consegna")
    page = clerk.read(f"/admin/rate/details/?id={row.id}")
    assert "Prevista: € 120.000,00. Aspetta «Collaudo della sede»" in page
    with signed.session() as session:
        kind = session.scalars(select(EventKind.id)).one()
    head.fill(f"/admin/eventi-dei-fascicoli/contract/{key}/", kind_id=str(kind), on="2026-02-23")
    assert "«Collaudo della sede»: avvenuto il 23/02/2026." in head.text()
    assert "Prevista: € 120.000,00 entro il 25/03/2026" in clerk.read(f"/admin/rate/details/?id={row.id}")
    assert "60%" in clerk.read(f"/admin/contratti/details/?id={key}")
    assert "entro 30 (trenta) giorni dal collaudo della sede" in clerk.text()


def contract_of(house: House, slug: str) -> int:
    mine = select(Contract.id).join(ContractParty).where(ContractParty.party_id == house.id_of(slug))
    with house.session() as session:
        return session.scalars(mine).one()
