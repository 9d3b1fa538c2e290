"""What waits for whom on the home page."""

from core.catalogue.model import OperationalSheet
from core.deadlines.waiting import waiting
from core.ground.access import ScopedSession
from tests.district import TODAY
from tests.factories import filled


def test_a_sheet_without_its_cost_waits_until_a_newer_edition_says_it(unit, database, manager):
    with unit() as session:
        session.add_all([
            filled(OperationalSheet, code="desk", edition=2025, title="Sportello", cost_to_user=""),
            filled(OperationalSheet, code="centre", edition=2026, title="Centro", cost_to_user=""),
            filled(OperationalSheet, code="desk", edition=2026, title="Sportello", cost_to_user="Gratuito."),
        ])
    with ScopedSession(database, manager) as session:
        assert [item.case for item in waiting(session, TODAY) if item.kind == "sheet"] == ["Centro"]
