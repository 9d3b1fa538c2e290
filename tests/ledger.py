"""A small azienda that asks for money: two municipalities, a contract in force, the shares of two years."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest

from core.allocation.model import YearShare
from core.catalogue.model import Service
from core.contracts.model import Conferral, Contract, ContractParty, ContractTerms, InstalmentRule
from core.ground.access import Principal, Role, ScopedSession
from core.instalments import operations, rounds
from core.instalments.model import Instalment
from core.parties.model import Act, Azienda, BankAccount, Signatory
from tests.factories import body_tax_code, filled, municipality
from tests.ground import Reach

UnitFactory = Callable[..., AbstractContextManager[ScopedSession]]
ACCOUNTANT = Principal("Catia Contabile", frozenset({Role.ACCOUNTING}), user_id=11)
MANAGER = Principal("Marta Gestione", frozenset({Role.MANAGEMENT}), user_id=1)
AZIENDA_IBAN, MELEGNANO_IBAN = "IT60X0542811101000000123456", "IT40S0542811101000000123457"


@dataclass(frozen=True)
class Ledger:
    """The ids of what is there."""

    contract: int
    melegnano: int
    dresano: int
    unit: UnitFactory

    def share(self, municipality_id: int, year: int, kind: str, amount: str, on: date) -> None:
        """A share of a year as an approved plan would leave it."""
        with self.unit("quota") as session:
            session.add(YearShare(municipality_id=municipality_id, year=year, kind=kind, amount=Decimal(amount),
                                  approved_on=on, origin="plan"))

    def plan(self, year: int, today: date) -> dict[tuple[str, str], int]:
        """Plan a year; the ids by municipality and title."""
        with self.unit("piano", ACCOUNTANT) as session:
            rows = operations.plan_year(session, self.contract, year, today=today)
            return {(row.municipality.name, row.title): row.id for row in rows}

    def ask(self, due: date, today: date) -> int:
        """Prepare, approve and send the requests of a due date; the id of the round."""
        with self.unit("richiesta", ACCOUNTANT) as session:
            made, _findings = rounds.prepare(session, due, today=today)
            key = made.id
        version = self.version_of(key)
        with self.unit("approva", MANAGER) as session:
            rounds.approve(session, key, version=version, today=today)
        with self.unit("invia", ACCOUNTANT) as session:
            made = session.get_one(rounds.RequestRound, key)
            rounds.send(session, key, sent_on=today, channel="pec", version=made.version, today=today,
                        protocols={row.id: str(100 + row.number) for row in made.instalments})
        return key

    def version_of(self, key: int) -> int:
        """The version of a round."""
        with self.unit("legge") as session:
            return session.get_one(rounds.RequestRound, key).version

    def row(self, key: int) -> Instalment:
        """An instalment as it stands, with what hangs on it unloaded."""
        with self.unit("legge") as session:
            return session.get_one(Instalment, key)


@pytest.fixture
def ledger(unit: UnitFactory, reach: Reach) -> Ledger:
    """The small azienda, in the database of the test."""
    made: Ledger = reach("ledger", lambda: opened(unit))
    return replace(made, unit=unit)


def opened(unit: UnitFactory) -> Ledger:
    """Melegnano had a share of 200.000 euros, Dresano one of 33.333,33; advances of 50 and 40 %, then the rest."""
    with unit("arrivo") as session:
        azienda = filled(Azienda, kind="azienda", name="Azienda Sociale", short_name="A.S.", tax_code=body_tax_code(),
                         letterhead=("Azienda Sociale", "via Uno 1"), city="San Donato Milanese")
        melegnano, dresano = municipality("Melegnano"), municipality("Dresano", patron_day="02-01")
        terms = filled(ContractTerms, title="Condizioni", roll_policy="holiday", interest="none",
                       extra_projects_month=9, renewal_direction="before", share_criteria=("residenti",))
        session.add_all([azienda, melegnano, dresano, terms, service := filled(Service, code="access_desk")])
        session.flush()
        session.add_all([
            filled(BankAccount, party_id=azienda.id, iban=AZIENDA_IBAN, bank="Banca"),
            filled(BankAccount, party_id=melegnano.id, iban=MELEGNANO_IBAN, bank="Banca"),
            filled(Signatory, party_id=azienda.id, given_name="Anna", family_name="Rossi", role="Direttrice",
                   valid_from=date(2020, 1, 1)),
            filled(Act, party_id=azienda.id, body_kind="assembly", kind="deliberazione", number="4",
                   date=date(2026, 2, 1), title="Ulteriore anticipazione"),
            filled(Act, party_id=melegnano.id, body_kind="giunta", kind="deliberazione", number="9",
                   date=date(2026, 3, 1), title="Progetto estivo"),
            *plan_rows(terms),
        ])
        contract = Contract(year=2026, number=1, state="in_force", starts_on=date(2026, 1, 1), terms=terms,
                            ends_on=date(2027, 12, 31), place="San Donato Milanese")
        session.add(contract)
        session.flush()
        for order, party in enumerate((azienda, melegnano, dresano)):
            session.add(ContractParty(contract_id=contract.id, party_id=party.id, order=order,
                                      capacity="comune" if order else "azienda"))
            if order:
                session.add(Conferral(contract_id=contract.id, service_id=service.id, municipality_id=party.id))
        made = Ledger(contract.id, melegnano.id, dresano.id, unit)
    made.share(made.melegnano, 2025, "final", "200000.00", date(2026, 5, 1))
    made.share(made.dresano, 2025, "final", "33333.33", date(2026, 5, 1))
    return made


def plan_rows(terms: ContractTerms) -> list[InstalmentRule]:
    """The plan of the 2015 contract (R88-R91)."""
    return [
        InstalmentRule(terms_id=terms.id, order=1, title="Primo acconto", kind="advance", percent=Decimal(50),
                       base="previous_year_or_approved_budget", due="01-31"),
        InstalmentRule(terms_id=terms.id, order=2, title="Secondo acconto", kind="advance", percent=Decimal(40),
                       base="annual_share", due="07-31"),
        InstalmentRule(terms_id=terms.id, order=3, title="Saldo", kind="balance", event="accounts_approved",
                       due_days=0),
    ]
