"""The account of a year in the story: staff counted, investments recorded, the report sent to the municipalities."""

from __future__ import annotations

from decimal import Decimal

from core.cases.operations import record_receipt
from core.reporting import operations, reports
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


def report_year(scene: Scene, facts: Facts) -> None:
    """The reports of a year are prepared and sent to every municipality; some say at once that they received it."""
    for place, row in enumerate(reports.prepare(scene.session, facts["year"], today=scene.today)):
        sent = reports.send(scene.session, row.id, channel="pec", sent_on=scene.today, version=None,
                            protocol_number=str(facts["protocol"] + place), today=scene.today)
        if sent.sending_id is not None and row.municipality.slug in facts["received"]:
            record_receipt(scene.session, sent.sending_id, received_on=scene.today, today=scene.today)


def _number(row: Facts, name: str) -> Decimal | None:
    return Decimal(row[name]) if name in row else None


VERBS = (count_staff, record_investments, report_year)
