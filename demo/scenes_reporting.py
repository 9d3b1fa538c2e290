"""The account of a year in the story: staff counted, investments recorded."""

from __future__ import annotations

from decimal import Decimal

from core.reporting import operations
from core.reporting.rules import StaffFacts
from demo.load import Facts
from demo.scene import Scene


def count_staff(scene: Scene, facts: Facts) -> None:
    """The staff of some services is counted."""
    for code, rows in facts["services"].items():
        [service] = scene.services([code])
        told = [StaffFacts(row["profession"], row["kind"], row["people"], _number(row, "full_time")) for row in rows]
        operations.record_staff(scene.session, service, facts["year"], told, version=None, today=scene.today)


def record_investments(scene: Scene, facts: Facts) -> None:
    """Investments of a year: planned, and made where it is known."""
    for row in facts["investments"]:
        [service] = scene.services([row["service"]]) if "service" in row else [None]
        operations.add_investment(scene.session, {
            "year": facts["year"], "title": row["title"], "service_id": service, "planned": _number(row, "planned"),
            "made": _number(row, "made")})


def _number(row: Facts, name: str) -> Decimal | None:
    return Decimal(row[name]) if name in row else None


VERBS = (count_staff, record_investments)
