"""The account of a year in the database: staff counted by service, investments; who records them, who reads them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.catalogue import sheets
from core.catalogue.model import Service
from core.funding.model import FundingSource
from core.ground.access import NotAllowed, Principal, Role, ScopedSession
from core.ground.audit import AuditEntry
from core.ground.errors import RuleBroken
from core.reporting import operations
from core.reporting.investments import investments_of, sums_of, total_of
from core.reporting.model import Investment, ServiceStaff, StaffFigure
from core.reporting.rules import StaffFacts
from core.reporting.staff import staff_of_year
from tests import factories
from tests.unit.catalogue import making

UnitFactory = Callable[..., AbstractContextManager[ScopedSession]]
TODAY = date(2027, 2, 10)
TEAM = {"team": [{"profession": "Educatore", "kind": "own", "count": 4}, {"profession": "Psicologo", "count": 1}]}
COUNTED = [StaffFacts("Educatore", "own", 3, Decimal("2.5")), StaffFacts("Educatore", "outside", 2)]


@pytest.fixture
def service(unit: UnitFactory) -> int:
    """A service whose sheet of 2026 plans four educators and a psychologist."""
    with unit("prova") as session:
        made: Service = making.service("centre", title="Centro diurno",
                                       sheets=(making.sheet("centre", **sheets.kept(None, TEAM)),))
        session.add(made)
        session.flush()
        return made.id


def record(unit: UnitFactory, service: int, rows: list[StaffFacts] = COUNTED, **told: Any) -> None:
    with unit("conta", *([told.pop("who")] if "who" in told else [])) as session:
        operations.record_staff(session, service, told.pop("year", 2026), rows,
                                **{"version": None, "today": TODAY, **told})


def test_planned_and_actual_stand_beside_each_other(unit: UnitFactory, service: int) -> None:
    with unit("legge") as session:
        [before] = staff_of_year(session, 2026)
        assert (before.planned, before.people, before.row) == (5, None, None)
        assert staff_of_year(session, 2025) == []
    record(unit, service)
    with unit("legge") as session:
        [found] = staff_of_year(session, 2026)
        assert (found.planned, found.people) == (5, 5)
        assert [(line.profession, line.kind, line.planned, line.people) for line in found.lines] == [
            ("Educatore", "own", 4, 3), ("Psicologo", "", 1, None), ("Educatore", "outside", None, 2)]


def test_a_figure_that_changes_is_told_from_what_to_what(unit: UnitFactory, service: int) -> None:
    record(unit, service)
    with unit("legge") as session:
        before = set(session.scalars(select(StaffFigure.id)))
    record(unit, service, [StaffFacts("Educatore", "own", 4), COUNTED[1]])
    with unit("legge") as session:
        assert set(session.scalars(select(StaffFigure.id))) == before
        told = session.scalars(select(AuditEntry).where(AuditEntry.table_name == "staff_figure",
                                                        AuditEntry.operation == "u")).all()
        assert len(told) == 1


def test_without_rows_what_was_recorded_by_mistake_is_gone(unit: UnitFactory, service: int) -> None:
    with pytest.raises(RuleBroken, match="almeno una riga"):
        record(unit, service, [])
    record(unit, service)
    record(unit, service, [])
    with unit("legge") as session:
        assert session.scalars(select(ServiceStaff)).all() == session.scalars(select(StaffFigure)).all() == []


def test_two_who_count_the_same_service_do_not_overwrite_each_other(unit: UnitFactory, service: int) -> None:
    record(unit, service, version=0)
    with pytest.raises(RuleBroken, match="qualcun altro"):
        record(unit, service, [StaffFacts("Educatore", "own", 9)], version=0)
    with pytest.raises(RuleBroken, match="comincia il 01/01/2028"):
        record(unit, service, year=2028)


def test_the_offices_of_the_money_record_and_a_municipality_reads_only_what_is_reported(unit: UnitFactory, service: int
                                                                                         ) -> None:
    record(unit, service)
    with unit("comune") as session:
        place = factories.municipality("Dresano")
        session.add(place)
        session.flush()
        clerk = factories.clerk_of(place.id)
    with unit("legge", clerk) as session:
        assert session.scalars(select(ServiceStaff)).all() == session.scalars(select(StaffFigure)).all() == []
    for who in (clerk, Principal("Anna Accredita", frozenset({Role.ACCREDITATION}), user_id=5)):
        with pytest.raises(NotAllowed):
            record(unit, service, who=who)


# --- investments ------------------------------------------------------------------------------------------


def invest(unit: UnitFactory, **facts: Any) -> int:
    told = {"year": 2026, "title": "Arredi della sede", "planned": Decimal("1200.50"), **facts}
    with unit("investe") as session:
        return operations.add_investment(session, told).id


def test_investments_are_summed_by_service_and_what_is_not_said_is_said(unit: UnitFactory, service: int) -> None:
    invest(unit, service_id=service, made=Decimal("1150.25"))
    invest(unit, service_id=service, title="Furgone", planned=None, made=Decimal("24000"))
    invest(unit, title="Archivio informatico")
    invest(unit, year=2025, title="Di prima")
    with unit("legge") as session:
        rows = investments_of(session, 2026)
        assert [(one.title, one.planned, one.made, one.unsaid) for one in sums_of(rows)] == [
            ("tutta l'azienda", Decimal("1200.50"), 0, 1),
            ("Centro diurno", Decimal("1200.50"), Decimal("25150.25"), 0)]
        whole = total_of(rows)
        assert (whole.planned, whole.made, whole.unsaid) == (Decimal("2401.00"), Decimal("25150.25"), 1)


def test_an_investment_is_changed_and_taken_away(unit: UnitFactory, service: int) -> None:
    key = invest(unit)
    with unit("fonte") as session:
        source = session.scalars(select(FundingSource)).first()
        if source is None:
            source = FundingSource(code="own", title="Risorse dei Comuni", order=1)
            session.add(source)
            session.flush()
        source_id = source.id
    with unit("cambia") as session:
        operations.edit_investment(session, key, {"made": Decimal("900"), "source_id": source_id}, version=1)
    with pytest.raises(RuleBroken, match="qualcun altro"), unit("cambia") as session:
        operations.edit_investment(session, key, {"made": Decimal("1")}, version=1)
    with pytest.raises(RuleBroken, match="negativo"), unit("cambia") as session:
        operations.edit_investment(session, key, {"made": Decimal("-1")}, version=None)
    with unit("legge") as session:
        row = session.scalars(select(Investment)).one()
        assert (row.made, row.planned, row.source_id) == (Decimal(900), Decimal("1200.50"), source_id)
    with unit("toglie") as session:
        operations.remove_investment(session, key)
    with unit("legge") as session:
        assert session.scalars(select(Investment)).all() == []
