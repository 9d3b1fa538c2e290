"""The small azienda of the ledger at the end of 2026: use recorded, staff counted, accounts approved."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.catalogue.model import Service
from core.deadlines.standard import install_rules
from core.funding.model import Budget
from core.parties.model import Act, Azienda
from core.plugins import rows
from core.plugins.schema import MeasureKind, SheetSchema, UseMeasure
from core.reporting import operations
from core.reporting.rules import StaffFacts
from core.usage.model import UseFigure
from tests.factories import filled
from tests.ledger import Ledger, ledger
from tests.unit.catalogue import making

__all__ = ["ledger"]
APPROVED = date(2027, 4, 28)
SCHEMA = SheetSchema(measures=(
    UseMeasure("people", "Persone seguite", "persone", MeasureKind.PERSONS, counts_people=True),
    UseMeasure("hours", "Ore di ascolto", "ore", MeasureKind.HOURS)))


@pytest.fixture
def told(ledger: Ledger) -> Ledger:
    """In January and February Melegnano had 40 and 44 people, Dresano 2 and 3."""
    with ledger.unit("uso") as session:
        install_rules(session)
        service = session.scalars(select(Service).where(Service.code == "access_desk")).one()
        service.sheets.append(making.sheet("access_desk", schema=rows.keep({"plugin": SCHEMA})))
        for month, place, people, hours in ((1, ledger.melegnano, 40, "120"), (2, ledger.melegnano, 44, "130.5"),
                                            (1, ledger.dresano, 2, "4"), (2, ledger.dresano, 3, "6.5")):
            for code, value, unit in (("people", Decimal(people), "persone"), ("hours", Decimal(hours), "ore")):
                session.add(UseFigure(service_id=service.id, year=2026, month=month, municipality_id=place,
                                      measure=code, value=value, unit=unit))
        operations.record_staff(session, service.id, 2026, [StaffFacts("Assistente sociale", "assigned", 2)],
                                version=None, today=APPROVED)
        operations.add_investment(session, {"year": 2026, "title": "Archivio", "planned": Decimal("100.10"),
                                            "made": Decimal("99.05")})
    return ledger


def approve(ledger: Ledger) -> None:
    """The assembly approves the accounts of 2026."""
    with ledger.unit("bilancio") as session:
        azienda = session.scalars(select(Azienda)).one()
        act = filled(Act, party_id=azienda.id, body_kind="assembly", kind="deliberazione", number="7", date=APPROVED,
                     title="Bilancio d'esercizio 2026")
        session.add(act)
        session.flush()
        session.add(Budget(year=2026, stage="accounts", state="approved", approved_on=APPROVED, act_id=act.id))
