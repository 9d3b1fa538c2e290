"""A contract in force between an azienda and Dresano, a service, its bands, and everybody who quarrels about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.catalogue.model import Service
from core.contracts.model import Conferral, Contract, ContractParty, ContractTerms, PenaltyBand
from core.deadlines.model import Deadline, DeadlineRule
from core.deadlines.operations import follow
from core.deadlines.standard import install_rules
from core.ground.access import Principal, Role, ScopedSession
from core.ground.db import Database
from core.ground.files import Upload
from core.instalments.model import InterestRate
from core.parties.model import Azienda
from core.penalties import damages, operations, penalties
from core.penalties.model import DefaultNotice, OnBehalf, Penalty
from core.penalties.operations import Outcome
from core.providers.model import Provider
from tests.conftest import UnitFactory
from tests.factories import body_tax_code, filled
from tests.ground import Reach

FACTS = date(2026, 3, 2)
SENT = date(2026, 4, 9)
RECEIVED = date(2026, 4, 10)
HEARD = date(2026, 4, 29)
DECIDED = date(2026, 5, 4)
PDF = b"%PDF-1.7 prova"
ACCOUNTANT = Principal("Catia Contabile", frozenset({Role.ACCOUNTING}), user_id=11)


@dataclass
class Quarrel:
    """What a test says to do about one notice: each act is a unit of work of its own, in the name of ``who``."""

    unit: UnitFactory
    database: Database
    comune: Principal
    manager: Principal
    contract: int
    municipality: int
    stranger: int
    service: int
    provider: int
    reach: Reach
    notice: int = 0
    penalties: list[int] = field(default_factory=list)

    @property
    def paper(self) -> Upload:
        """A file that proves something."""
        return Upload("prova.pdf", PDF)

    def finding(self, **other: Any) -> dict[str, Any]:
        """One default, as the form would say it."""
        return {"service_id": self.service, "kind": "delay", "happened_on": FACTS, "happened_to": None,
                "facts": "Il pasto è arrivato dopo le 14.", **other}

    def facts(self, **other: Any) -> dict[str, Any]:
        """What the notice says beside its findings."""
        return {"addressee": "Assemblea Consortile", "conflict_note": "Il sindaco di Dresano si astiene.",
                "facts": "Ritardi ripetuti nella consegna dei pasti.", "compliance_by": None, "compliance_days": 20,
                **other}

    def open(self, *findings: dict[str, Any], who: Principal | None = None, today: date = SENT, **facts: Any) -> int:
        """Draft a notice of Dresano."""
        actor = who or self.comune
        with self.unit("diffida", actor) as session:
            notice = operations.open_notice(
                session, self.contract, self.municipality, self.facts(**facts), findings or [self.finding()],
                today=today)
            self.notice = notice.id
        return self.notice

    def do(self, verb: Callable[..., Any], today: date, *, who: Principal | None = None, key: int | None = None,
           version: int | None = None, **values: Any) -> Any:
        """One step of the notice, or of what ``key`` names."""
        actor = who or self.comune
        with self.unit("passo", actor) as session:
            done = verb(session, key or self.notice, version=version, today=today, **values)
            session.flush()
            return done.id

    def send(self, today: date = SENT, **other: Any) -> None:
        """It leaves by PEC."""
        self.do(operations.send, today, **{"channel": "pec", "sent_on": SENT, "protocol_number": "1234",
                                           "paper": self.paper, **other})

    def receive(self, today: date = RECEIVED, received_on: date = RECEIVED, **other: Any) -> None:
        """The azienda has it."""
        self.do(operations.receive, today, received_on=received_on, paper=self.paper, **other)

    def summon(self, today: date = date(2026, 4, 20), summoned_for: date = HEARD, **other: Any) -> None:
        """Both sides are called."""
        self.do(operations.summon, today, summoned_for=summoned_for, at=None, place="Municipio di Dresano", **other)

    def hear(self, today: date = HEARD, held_on: date = HEARD, **other: Any) -> None:
        """Both sides are heard."""
        self.waits("default_notice", today)
        self.do(operations.hear, today, held_on=held_on, paper=self.paper, **{
            "present": ["Anna Rossi, Comune", "Marta Gestione, azienda"], "minutes": "Le parti confermano i fatti.",
            **other})

    def decide(self, today: date = DECIDED, *upheld: bool, decided_on: date = DECIDED, **other: Any) -> None:
        """Every finding is upheld, or as the test says."""
        keys = self.see(lambda notice: [finding.id for finding in notice.findings])
        said = dict(zip(keys, upheld or (True,) * len(keys), strict=True))
        self.waits("default_notice", today)
        outcomes = {key: Outcome(yes, "Il ritardo è provato." if yes else "Il ritardo fu del fornitore.")
                    for key, yes in said.items()}
        self.do(operations.decide, today, outcomes=outcomes, decided_on=decided_on, **other)

    def decided(self) -> None:
        """The whole way to the decision."""
        self.notice = self.reach("decided", self._come_to_the_decision)

    def _come_to_the_decision(self) -> int:
        self.open()
        self.send()
        self.receive()
        self.summon()
        self.hear()
        self.decide()
        return self.notice

    def apply(self, today: date = DECIDED, *, amount: str = "500.00", place: int = 0, **other: Any) -> int:
        """The penalty of one finding."""
        finding = self.see(lambda notice: notice.findings[place].id)
        key = self.do(penalties.apply, today, key=finding, **{
            "amount": Decimal(amount), "gravity": "Ritardo breve, senza danno.", "decided_on": DECIDED, **other})
        self.penalties.append(key)
        return key

    def asked(self, sent_on: date = date(2026, 8, 4), received_on: date = date(2026, 8, 5)) -> int:
        """A penalty of 500 euros of which the payment was asked for."""
        self.notice, self.penalties = self.reach(f"asked {sent_on} {received_on}",
                                                 lambda: self._ask(sent_on, received_on))
        return self.penalties[-1]

    def _ask(self, sent_on: date, received_on: date) -> tuple[int, list[int]]:
        self.decided()
        key = self.apply()
        self.waits("penalty", DECIDED, key)
        self.do(penalties.request, sent_on, key=key, channel="pec", sent_on=sent_on, protocol_number="77",
                paper=self.paper)
        self.do(penalties.receive, received_on, key=key, received_on=received_on, paper=None)
        return self.notice, self.penalties

    def claim(self, today: date, **said: Any) -> int:
        """A damage, claimed with the notice."""
        with self.unit("danno", self.comune) as session:
            return damages.claim(session, self.notice, today=today, **{
                "description": "Pasti comprati altrove.", "amount": None, "claimed_on": today, **said}).id

    def pay(self, key: int, today: date, amount: str, **other: Any) -> int:
        """The azienda pays."""
        return self.do(penalties.pay, today, who=ACCOUNTANT, key=key, **{
            "on": today, "amount": Decimal(amount), "method": "bank_transfer", **other})

    def told(self, *, who: Principal | None = None) -> list[tuple[str, str]]:
        """What was recorded on behalf of the municipality, as it sees it: the act and where it stands."""
        with ScopedSession(self.database, who or self.comune) as session:
            return [(row.passage.action, row.state) for row in session.scalars(select(OnBehalf).order_by(OnBehalf.id))]

    def last_told(self) -> int:
        """The key of the newest act that was recorded on its behalf."""
        with ScopedSession(self.database, self.manager) as session:
            return session.scalars(select(OnBehalf.id).order_by(OnBehalf.id.desc())).first() or 0

    def see(self, look: Callable[[DefaultNotice], Any]) -> Any:
        """A fact of the notice as it stands now."""
        with ScopedSession(self.database, self.manager) as session:
            return look(session.get_one(DefaultNotice, self.notice))

    def look(self, key: int, look: Callable[[Penalty], Any]) -> Any:
        """A fact of a penalty as it stands now."""
        with ScopedSession(self.database, self.manager) as session:
            return look(session.get_one(Penalty, key))

    def waits(self, subject: str, today: date, key: int | None = None) -> dict[str, tuple[str, date]]:
        """The deadlines of the case: state and effective day, by the code of their rule."""
        with self.unit("scadenze") as session:
            follow(session, subject, [key or self.notice], today=today)
            rows = session.execute(
                select(DeadlineRule.code, Deadline.state, Deadline.effective)
                .join(DeadlineRule, DeadlineRule.id == Deadline.rule_id)
                .where(Deadline.subject == subject, Deadline.subject_id == (key or self.notice)))
            return {row.code: (row.state, row.effective) for row in rows}


@pytest.fixture
def quarrel(
    unit: UnitFactory, database: Database, reach: Reach, manager: Principal, municipality_user: Principal,
    two_municipalities: tuple[int, int],
) -> Quarrel:
    """Dresano and the azienda, at peace."""
    ids = reach("quarrel", lambda: _at_peace(unit, *two_municipalities))
    return Quarrel(unit, database, municipality_user, manager, *ids, reach)


def _at_peace(unit: UnitFactory, own: int, stranger: int) -> tuple[int, ...]:
    with unit("arrivo") as session:
        install_rules(session)
        azienda = filled(Azienda, kind="azienda", name="Azienda Sociale", tax_code=body_tax_code())
        provider = filled(Provider, kind="provider", name="Cooperativa Uno", tax_code=body_tax_code())
        terms = filled(
            ContractTerms, roll_policy="holiday", reply_days=15, penalty_payment_days=60, further_damages=True,
            arbitration=True, arbitrators=3, continuity_months=6, penalty_max=Decimal(5000), bands=[
                filled(PenaltyBand, order=1, kind="delay", minimum=Decimal(100), maximum=Decimal(1000)),
                filled(PenaltyBand, order=2, kind="harm", minimum=Decimal(1000), maximum=Decimal(3000))])
        contract = filled(Contract, terms=terms, state="in_force", starts_on=date(2026, 1, 1), signed_on=FACTS,
                          ends_on=date(2026, 12, 31), number=3, year=2026)
        service = filled(Service, title="Pasti a domicilio", management_form="direct")
        session.add_all([azienda, provider, contract, service, *(
            filled(InterestRate, kind="legal", valid_from=date(year, 1, 1), percent=Decimal(rate))
            for year, rate in ((2026, "1.6"), (2027, "2.0")))])
        session.flush()
        session.add_all([
            filled(ContractParty, contract_id=contract.id, party_id=own, capacity="comune", order=2),
            filled(ContractParty, contract_id=contract.id, party_id=azienda.id, capacity="azienda", order=1),
            Conferral(contract_id=contract.id, service_id=service.id, municipality_id=own)])
        return contract.id, own, stranger, service.id, provider.id
