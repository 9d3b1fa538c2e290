"""The monthly use of the vouchers: recorded by the management, seen by its municipality, added up to share costs."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.catalogue import sheets
from core.catalogue.model import Service
from core.ground.access import NotAllowed, Principal, ScopedSession
from core.ground.audit import AuditEntry
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.exercises import exercises
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Azienda, Membership
from core.plugins.loading import Registry
from core.usage.model import UsageMonth, UseCorrection
from core.usage.operations import close, record_computed
from core.usage.years import year_use
from demo.load import sheets as demo_sheets
from plugins.home_care_vouchers import operations
from plugins.home_care_vouchers.model import VoucherUsage
from plugins.home_care_vouchers.operations import Entry
from tests import factories
from tests.unit.catalogue import making

TODAY = date(2026, 3, 10)


@pytest.fixture
def district(full_database: Database, manager: Principal, registry: Registry) -> dict[str, int]:
    """Dresano and Melegnano are members, Pantigliate is not; the vouchers serve all members, with the demo's sheet."""
    plugin = registry.plugins["home_care_vouchers"].description
    part = demo_sheets()["home_care_vouchers"]["data"]
    with unit_of_work(full_database, manager, act="prova") as session:
        made = {name: factories.municipality(name) for name in ("Dresano", "Melegnano", "Pantigliate")}
        for name in ("Dresano", "Melegnano"):
            made[name].memberships.append(Membership(valid_from=date(2009, 5, 21)))
        sheet = making.sheet("home_care_vouchers", plugin="home_care_vouchers", **sheets.kept(plugin, part))
        session.add_all([*made.values(), making.service("home_care_vouchers", entry="Voucher", sheets=(sheet,))])
        session.flush()
        return {name: municipality.id for name, municipality in made.items()}


def record(database: Database, actor: Principal, municipality_id: int, **changes: Any) -> None:
    usual = {"year": 2026, "month": 2, "package": "P1", "vouchers": 12, "hours": Decimal("96.5")}
    said = {**usual, **changes}
    entry = Entry(said["vouchers"], said["hours"])
    with unit_of_work(database, actor, act="uso dei voucher") as session:
        operations.record_month(session, municipality_id, said["year"], said["month"], {said["package"]: entry},
                                today=TODAY, why=said.get("why", ""))


def recorded(database: Database, principal: Principal) -> list[tuple[int, str, int, Decimal]]:
    with ScopedSession(database, principal) as session:
        rows = session.scalars(select(VoucherUsage).order_by(VoucherUsage.id)).all()
        return [(row.month, row.package, row.vouchers, row.hours) for row in rows]


def test_a_month_is_recorded_and_recording_again_corrects_it(full_database: Database, district: dict[str, int],
                                                             manager: Principal) -> None:
    record(full_database, manager, district["Dresano"])
    record(full_database, manager, district["Dresano"], vouchers=13, hours=Decimal("104.25"))
    assert recorded(full_database, manager) == [(2, "P1", 13, Decimal("104.25"))]
    with ScopedSession(full_database, manager) as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.table_name == "home_care_vouchers_usage")
                                  .order_by(AuditEntry.id)).all()
    assert [(entry.operation, entry.actor) for entry in entries] == [("i", manager.name), ("u", manager.name)]
    assert json.loads(entries[1].before)["vouchers"] == 12


@pytest.mark.parametrize(("changes", "field", "sentence"), [
    ({"vouchers": -1}, "vouchers", "fra 0 e"),
    ({"hours": Decimal("-0.5")}, "hours", "fra 0 e"),
    ({"hours": Decimal("NaN")}, "hours", "fra 0 e"),
    ({"hours": Decimal("1.005")}, "hours", "due decimali"),
    ({"vouchers": 0}, "vouchers", "nessun voucher"),
    ({"vouchers": 10**9}, "vouchers", "fra 0 e"),
    ({"month": 13}, "month", "da 1 a 12"),
    ({"month": 0}, "month", "da 1 a 12"),
    ({"month": 4}, "month", "non è ancora cominciato"),
    ({"year": 2027}, "year", "compreso fra"),
    ({"year": 1999}, "year", "compreso fra"),
    ({"package": "P9"}, "package", "i pacchetti sono P1, P2, P3, P4, P5, P6"),
    ({"year": 2025}, "package", "i pacchetti sono nessuno"),  # the sheet begins in 2026
])
def test_what_cannot_be_is_refused_with_its_field(full_database: Database, district: dict[str, int],
                                                  manager: Principal, changes: dict[str, Any], field: str,
                                                  sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence) as caught:
        record(full_database, manager, district["Dresano"], **changes)
    assert caught.value.field == field
    assert recorded(full_database, manager) == []


def test_a_municipality_that_the_service_does_not_cover_is_refused(full_database: Database, district: dict[str, int],
                                                                   manager: Principal) -> None:
    for stranger in (district["Pantigliate"], 99999):
        with pytest.raises(RuleBroken, match="non copre") as caught:
            record(full_database, manager, stranger)
        assert caught.value.field == "municipality_id"


def test_a_whole_month_is_kept_or_nothing_of_it(full_database: Database, district: dict[str, int],
                                                manager: Principal) -> None:
    entries = {"P1": Entry(4, Decimal(32)), "P2": Entry(-1, Decimal(0))}
    with (pytest.raises(RuleBroken, match="Pacchetto P2"),
          unit_of_work(full_database, manager, act="mese") as session):
        operations.record_month(session, district["Dresano"], 2026, 2, entries, today=TODAY)
    assert recorded(full_database, manager) == []


def test_a_municipality_sees_its_own_use_and_records_nothing(full_database: Database, district: dict[str, int],
                                                             manager: Principal) -> None:
    record(full_database, manager, district["Dresano"])
    record(full_database, manager, district["Melegnano"], vouchers=40)
    clerk = factories.clerk_of(district["Dresano"])
    assert recorded(full_database, clerk) == [(2, "P1", 12, Decimal("96.5"))]
    with pytest.raises(NotAllowed):
        record(full_database, clerk, district["Dresano"])


def used(session: ScopedSession, code: str, year: int) -> dict[int, Decimal]:
    service = session.scalars(select(Service).where(Service.code == operations.CODE)).one()
    found = year_use(session, service, code, year)
    assert found is not None
    return found.totals


def test_use_is_added_up_by_municipality_for_sharing_costs(full_database: Database, district: dict[str, int],
                                                           manager: Principal) -> None:
    record(full_database, manager, district["Dresano"], month=1, hours=Decimal("0.10"))
    record(full_database, manager, district["Dresano"], month=2, hours=Decimal("0.20"))
    record(full_database, manager, district["Dresano"], month=2, package="P3", vouchers=1, hours=Decimal("9.00"))
    record(full_database, manager, district["Melegnano"], package="P2", vouchers=7, hours=Decimal("98.75"))
    with ScopedSession(full_database, manager) as session:
        assert used(session, "hours", 2026) == {
            district["Dresano"]: Decimal("9.30"), district["Melegnano"]: Decimal("98.75")}
        assert used(session, "vouchers", 2026) == {district["Dresano"]: 25, district["Melegnano"]: 7}
        assert used(session, "hours", 2025) == {}


@pytest.mark.parametrize(("first_day", "months"), [
    ("09-01", [1, 2, 4, 8, 16]), ("01-01", [1, 2]), ("02-01", [2]),
    ("09-15", [1, 2, 4, 8]),  # September begins in the exercise before
])
def test_use_is_of_the_exercise_in_which_its_month_begins(
    full_database: Database, district: dict[str, int], manager: Principal, first_day: str, months: list[int],
) -> None:
    with unit_of_work(full_database, manager, act="azienda") as session:
        session.add(factories.filled(Azienda, kind="azienda", name="Azienda", tax_code=factories.body_tax_code(),
                                     exercise_starts=first_day))
        # from February 2026 back to August 2025, each month another power of two
        for hours, (year, month) in enumerate([(2026, 1), (2026, 2), (2025, 11), (2025, 10), (2025, 9), (2025, 8)]):
            record_computed(session, operations.CODE, district["Dresano"], year, month, {"hours": Decimal(2**hours)},
                            today=TODAY)
    with ScopedSession(full_database, manager) as session:
        mine = exercises(session)
        assert used(session, "hours", mine.of(date(2026, 2, 1)).year)[district["Dresano"]] == sum(months)


def test_a_month_that_is_closed_among_the_uses_is_corrected_with_a_reason(
    full_database: Database, district: dict[str, int], manager: Principal
) -> None:
    record(full_database, manager, district["Dresano"])
    record(full_database, manager, district["Melegnano"], vouchers=40, hours=Decimal(300))
    with unit_of_work(full_database, manager, act="chiude") as session:
        row = session.scalars(select(UsageMonth)).one()
        close(session, row.id, version=row.version, today=TODAY)
    with pytest.raises(RuleBroken, match="Il mese è chiuso: indicare perché"):
        record(full_database, manager, district["Dresano"], hours=Decimal(80))
    assert recorded(full_database, manager)[0] == (2, "P1", 12, Decimal("96.5"))
    record(full_database, manager, district["Dresano"], hours=Decimal(80), why="Due visite contate due volte.")
    with ScopedSession(full_database, manager) as session:
        assert used(session, "hours", 2026)[district["Dresano"]] == 80
        [correction] = session.scalars(select(UseCorrection))
        assert (correction.before, correction.after, correction.why) == (
            Decimal("96.5"), 80, "Due visite contate due volte.")
