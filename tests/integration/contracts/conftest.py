"""Contracts in every stage of their life, made in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select

from core.contracts import ending, life
from core.contracts.model import (
    Contract,
    ContractDocument,
    ContractEnding,
    ContractParty,
    ContractRenewal,
    ContractTerms,
    ZonePlan,
)
from core.contracts.passages import Resolution
from core.documents.operations import keep
from core.ground.access import Principal, ScopedSession
from core.ground.db import Database
from core.ground.files import Upload
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Act, Azienda
from tests import factories
from tests.conftest import UnitFactory
from tests.district import District, Districts, Later, copied
from tests.factories import filled
from tests.ground import Ground, Reach
from tests.integration.contracts import making
from tests.papers import word

SIGNED_FILE = b"%PDF-1.7 firmato"
PROVED = (life.extend, ending.withdraw, ending.declare_termination)
NAMES = ("Dresano", "Colturano", "Carpiano", "Unione dei Colli")


@dataclass
class Contracts:
    """What a test says to do with one contract: each act is a unit of work of its own, at the version it finds."""

    open_unit: UnitFactory
    database: Database
    actor: Principal
    key: int
    party_ids: tuple[int, ...]

    def do(self, verb: Callable[..., Any], today: date, **values: Any) -> Any:
        """One operation of the life of the contract."""
        with self.open_unit("prova", self.actor) as session:
            if verb is life.sign:
                values = {"signed_at": time(10, 30), "place": "Melegnano",
                          "file": Upload("contratto.pdf", SIGNED_FILE), "by_hand": True, **values}
            if verb in PROVED:
                values = {"file": Upload("delibera.pdf", SIGNED_FILE), **values}
            return verb(session, self.key, version=None, today=today, **values)

    def see(self, look: Callable[[Contract], Any]) -> Any:
        """A fact of the contract as it stands now."""
        with ScopedSession(self.database, self.actor) as session:
            return look(session.require(Contract, self.key))

    @property
    def state(self) -> str:
        """The state now."""
        return self.see(lambda contract: contract.state)

    def act(self, day: date, party: int = 0, number: str = "12", kind: str = "council") -> Resolution:
        """An act of one of the municipalities."""
        return Resolution(self.party_ids[party], kind, "Consiglio comunale", number, day)

    def advance(self, today: date) -> int:
        """A round of the worker."""
        with self.open_unit("prova") as session:
            return life.advance(session, today)

    def bring_to(self, state: str) -> None:
        """Put the contract in a state without the story that leads there."""
        with self.open_unit("prova") as session:
            session.require(Contract, self.key).state = state

    def give_a_past(self) -> None:
        """A ground that has arisen, and an assessment that nobody has communicated."""
        with self.open_unit("prova") as session:
            row = session.require(Contract, self.key)
            row.endings.append(ContractEnding(kind="termination", ground="delay", reasons="", arisen_on=row.starts_on))
            row.renewals.append(filled(ContractRenewal, act=filled(Act, party_id=self.party_ids[0])))


@pytest.fixture
def numbers() -> Iterator[int]:
    """Numbers of contracts, editions and bodies of one test."""
    return count(1)


@pytest.fixture
def contract_of(
    unit: UnitFactory, database: Database, manager: Principal, numbers: Iterator[int]
) -> Callable[..., Contracts]:
    """``contract_of(3, ends_on=..., terms={...})``: a draft with a text, for the first three bodies of ``NAMES``."""

    def make(bodies: int = 1, terms: dict[str, Any] | None = None, **facts: Any) -> Contracts:
        with unit("prova") as session:
            azienda = session.scalars(select(Azienda)).first() or filled(
                Azienda, name="Azienda", tax_code=factories.body_tax_code(), kind="azienda", city="Melegnano")
            parties = [azienda]
            for name in NAMES[:bodies]:
                form = "unione" if name.startswith("Unione") else "comune"
                parties.append(factories.municipality(f"{name} {next(numbers)}", form=form))
            session.add_all(parties)
            session.flush()
            rules = {"valid_from": date(2020, 1, 1), "renewal_direction": "before", "renewal_assessment_months": 3,
                     "continuity_months": 6, "roll_policy": "holiday", "tacit_renewal": False, "edition": next(numbers),
                     **(terms or {})}
            plan = session.scalars(select(ZonePlan)).first() or filled(ZonePlan, first_year=2020, last_year=2090)
            start = facts.pop("starts_on", date(2026, 1, 1))
            row = Contract(
                number=next(numbers), year=start.year, starts_on=start, place="Melegnano",
                terms=filled(ContractTerms, **rules), zone_plan=plan,
                parties=[ContractParty(party_id=p.id, capacity=getattr(p, "form", "azienda"), order=i)
                         for i, p in enumerate(parties)],
                documents=[ContractDocument(version_number=1, origin="generated", document=keep(
                    session, Upload("contratto.docx", word("Testo del contratto.")), kind="contract",
                    folder="documents/prova"))],
                **{"ends_on": date(2026, 12, 31), **facts},
            )
            session.add(row)
            session.flush()
            return Contracts(unit, database, manager, row.id,
                             tuple(p.id for p in parties[1:]))

    return make


@pytest.fixture
def in_force(
    contract_of: Callable[..., Contracts], unit: UnitFactory, database: Database, manager: Principal, reach: Reach,
    numbers: Iterator[int],
) -> Callable[..., Contracts]:
    """A contract of one municipality that is in force since the first of January 2026."""

    def make(**facts: Any) -> Contracts:
        key, party_ids, used = reach(f"in force {facts}", lambda: begin(facts))
        while next(numbers) < used:
            continue
        return Contracts(unit, database, manager, key, party_ids)

    def begin(facts: dict[str, Any]) -> tuple[int, tuple[int, ...], int]:
        contract = contract_of(**facts)
        contract.do(life.submit, date(2025, 11, 3))
        contract.do(life.approve, date(2025, 12, 1), act=contract.act(date(2025, 11, 28), number="1"))
        contract.do(life.sign, date(2025, 12, 15), signed_on=date(2025, 12, 15))
        contract.advance(contract.see(lambda row: row.starts_on))
        return contract.key, contract.party_ids, next(numbers)

    return make


@pytest.fixture(scope="session")
def agreed_districts(later: Later) -> Districts:
    """The demo district of each backend when its first contract is in force."""

    def lives(district: District) -> None:
        with unit_of_work(district.database, making.ACTOR, act="prova") as session:
            making.in_force(session, district)

    return later("agreed", lives)


@pytest.fixture
def agreed(ground: Ground, backend: str, agreed_districts: Districts) -> District:
    """A copy of the demo district in which the first contract is in force."""
    return copied(ground, agreed_districts(backend), "agreed")
