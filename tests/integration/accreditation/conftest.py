"""A nido in operation with its papers, the shipped requirement sets, and the whole procedure as one-line acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.accreditation import decree, forewarnings, inspections, measures, operations
from core.accreditation.decree import DecidingAct
from core.accreditation.forewarnings import ActDispatch
from core.accreditation.measures import Ruling
from core.accreditation.model import Accreditation, Requirement
from core.accreditation.passages import judged
from core.accreditation.sets import install_sets
from core.deadlines.standard import install_rules
from core.ground.access import Principal, Role, ScopedSession
from core.ground.files import Upload
from core.parties.model import Azienda
from core.providers import operating_notices, types
from core.providers import operations as providers
from core.providers.model import UnitType
from core.providers.operating_notices import Given
from tests.conftest import UnitFactory
from tests.factories import filled
from tests.ground import Reach
from tests.integration.providers.conftest import OFFICER, TODAY, provider_facts, provider_of, unit_facts

MANAGER = Principal("Marta Gestione", frozenset({Role.MANAGEMENT}), user_id=1)
PDF = Upload("atto.pdf", b"%PDF-1.7 prova")
FIGURES = {"posti": 30, "eta_minima": 3, "eta_massima": 36, "bambini": 28, "educatori": 4, "ore_formazione": 24,
           "ore_coordinamento": 60, "settimane": 47, "giorni": 5, "ore": 9}
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Place:
    """What stands in the registry: keys only."""

    provider: int
    unit: int
    planned: int
    types: dict[str, int]

    @property
    def person(self) -> Principal:
        """Somebody of the provider."""
        return provider_of(self.provider)


@pytest.fixture
def place(unit: UnitFactory, reach: Reach) -> Place:
    """Il Melograno, its nido in operation since January with insurance and DURC, and a second one still planned."""
    placed: Place = reach("place", lambda: _arrive(unit))
    return placed


def _arrive(unit: UnitFactory) -> Place:
    with unit("arrivo", OFFICER) as session:
        types.install_types(session)
        install_rules(session)
        install_sets(session)
        ids = {row.code: row.id for row in session.scalars(select(UnitType))}
        provider = providers.add_provider(session, provider_facts())
        nido = providers.add_unit(session, provider.id, unit_facts(ids["nido"]), today=TODAY)
        planned = providers.add_unit(session, provider.id, unit_facts(ids["nido"], name="Nido Nuovo"), today=TODAY)
        open_nido(session, nido.id)
        for kind in ("insurance", "durc"):
            add_paper(session, provider.id, kind, date(2027, 1, 1))
        return Place(provider.id, nido.id, planned.id, ids)


def open_nido(session: ScopedSession, unit_id: int) -> None:
    """The unit operates since the first of February."""
    operating_notices.file_notice(session, unit_id, Given("start", date(2026, 1, 20), date(2026, 2, 1)), today=TODAY)


def add_paper(session: ScopedSession, provider_id: int, kind: str, until: date) -> None:
    """A paper of the provider that holds until a day."""
    providers.add_paper(session, provider_id, {
        "kind": kind, "unit_id": None, "issuer": "Assicurazioni Prova", "number": "123", "cover": "",
        "valid_from": date(2025, 1, 1), "valid_to": until}, today=date(2025, 6, 1))


class Procedure:
    """The acts of one accreditation; each is a unit of work of its own, and a test tells only what matters to it."""

    def __init__(self, unit: UnitFactory, place: Place, reach: Reach) -> None:
        self.unit, self.place, self.reach, self.id = unit, place, reach, 0

    def act(self, work: Callable[..., Any], *args: Any, actor: Principal = OFFICER, on: date = TODAY,
            **options: Any) -> Any:
        """Do one act as somebody, on a day; give the key of what it gives."""
        with self.unit("prova", actor) as session:
            made = work(session, self.id, *args, today=on, **options)
            return getattr(made, "id", made)

    def step(self, work: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """An act that asks for a version; whatever it is now."""
        return self.act(work, *args, version=None, **options)

    def brought(self, step: str, play: Callable[[], object]) -> Procedure:
        """As far as ``play`` brings it: see ``Ground.reach``."""
        def whole() -> int:
            play()
            return self.id

        self.id = self.reach(step, whole)
        return self

    def open(self, actor: Principal | None = None, on: date = TODAY) -> Procedure:
        """The application of the nido."""
        who = actor or OFFICER
        with self.unit("prova", who) as session:
            self.id = operations.open_application(session, self.place.unit, today=on).id
        return self

    def fill(self, actor: Principal = OFFICER, **figures: int) -> Procedure:
        """The figures and the documents."""
        wanted = {code: Decimal(value) for code, value in {**FIGURES, **figures}.items()}
        self.step(operations.declare, wanted, actor=actor)
        for requirement in self.requirements():
            if requirement.evidence:
                self.step(operations.attach, requirement.id, file=PDF, expires_on=None, actor=actor)
        return self

    def examined(self, on: date = TODAY, **figures: int) -> Procedure:
        """Filed, complete, every requirement met."""
        return self.brought(f"examined {on} {figures}", lambda: self._examine(on, figures))

    def _examine(self, on: date, figures: dict[str, int]) -> None:
        self.open(on=on).fill(**figures)
        self.step(operations.file, on=on)
        self.step(operations.find_complete, on=on)
        for requirement in self.requirements():
            if requirement.kind == "check":
                self.step(operations.assess, requirement.id, outcome="met", on=on)
        if "C.3" in self.unsettled(on):
            self.settle("C.3", on=on)

    def settle(self, code: str, outcome: str = "met", note: str = "visto", on: date = TODAY) -> Procedure:
        """A word on one requirement."""
        self.step(operations.assess, self.requirement(code).id, outcome=outcome, note=note, on=on)
        return self

    def granted(self, on: date = TODAY, **figures: int) -> Procedure:
        """Examined, and accredited by decree."""
        return self.brought(f"granted {on} {figures}", lambda: self.examined(on=on, **figures).step(
            decree.grant, DecidingAct("12", on, "", PDF), on=on))

    def accredited(self, on: date = TODAY) -> Procedure:
        """With its pact, from that day."""
        return self.brought(f"accredited {on}", lambda: self.granted(on=on).step(
            decree.sign_pact, signed_on=on, valid_from=on, file=PDF, on=on))

    def inspected(self, on: date = TODAY, **finding: Any) -> int:
        """An inspection with one finding; its key."""
        visit = self.act(inspections.appoint, purpose="requirements", appointed_for=on, on=on)
        with self.unit("prova", OFFICER) as session:
            inspections.hold(session, visit, held_on=on, inspectors="Ada Accredita", minutes="Si è visto.", file=PDF,
                             version=None, today=on)
            return inspections.add_finding(session, visit, text="Manca il piano di emergenza.", today=on, **finding).id

    def warned(self, kind: str = "refusal", on: date = TODAY, **given: Any) -> int:
        """The provider is told what is about to be decided against it, and receives it on the same day; its key."""
        told: int = self.reach(f"warned {kind} {on} {given}", lambda: self._warn(kind, on, given))
        return told

    def _warn(self, kind: str, on: date, given: dict[str, Any]) -> int:
        key: int = self.step(forewarnings.open_forewarning, kind=kind, reasons="Per i fatti del verbale.", on=on,
                             **given)
        self.sent(key, on)
        self.told(forewarnings.receive, key, received_on=on, paper=PDF, on=on)
        return key

    def sent(self, key: int, on: date = TODAY) -> None:
        """The signed communication leaves by certified e-mail."""
        with self.unit("prova", OFFICER) as session:
            if session.scalars(select(Azienda.id)).first() is None:
                session.add(filled(Azienda, kind="azienda", name="Azienda Sociale", tax_code="90000000015"))
            forewarnings.send(session, key, ActDispatch(PDF, "pec", on, "77/2026"), version=None, today=on)

    def told(self, work: Callable[..., Any], key: int, actor: Principal = OFFICER, on: date = TODAY,
             **given: Any) -> Any:
        """An act on a forewarning."""
        with self.unit("prova", actor) as session:
            return work(session, key, version=None, today=on, **given)

    def ruled(self, work: Callable[..., Any], on: date, **options: Any) -> Any:
        """A measure after the decree; a suspension that could not wait, unless it is ``heard``."""
        urgent = "" if options.pop("heard", work is not measures.suspend) else "Le classi sono senza educatori."
        ruling = Ruling("7", on, on, "Per i fatti del verbale.", PDF, options.pop("answer", ""), urgent)
        return self.step(work, ruling, on=on, **options)

    def revoked(self, on: date) -> None:
        """Told, received, and revoked when the days of the provider are over."""
        self.warned("revocation", on - 14 * DAY)  # ten days, and a holiday at their end
        self.ruled(measures.revoke, on)

    def requirements(self) -> list[Requirement]:
        """The requirements of its set."""
        with self.unit() as session:
            return list(session.get(Accreditation, self.id).set.requirements)

    def requirement(self, code: str) -> Requirement:
        """One of them."""
        return next(row for row in self.requirements() if row.code == code)

    def unsettled(self, on: date = TODAY) -> list[str]:
        """The codes of what is still to verify."""
        with self.unit() as session:
            row = session.get(Accreditation, self.id)
            return [said.requirement.code for said in judged(session, row, on) if not said.settled]

    def row(self) -> Accreditation:
        """As it stands now."""
        with self.unit() as session:
            return session.get(Accreditation, self.id)


@pytest.fixture
def procedure(unit: UnitFactory, place: Place, reach: Reach) -> Procedure:
    """The procedure of the nido, not opened yet."""
    return Procedure(unit, place, reach)


__all__ = ["MANAGER", "OFFICER", "PDF", "TODAY", "Place", "Procedure", "measures", "provider_of"]
