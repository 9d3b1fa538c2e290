"""R129, R150: a unit that municipalities had chosen for their vouchers stops, and each says how care goes on."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.deadlines.waiting import waiting
from core.ground.access import NotVisible, Principal, Role, ScopedSession, system
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Membership
from core.plugins.bound import bind, tell
from core.plugins.happened import ProviderStopped
from core.plugins.loading import Registry
from core.providers.model import ServiceUnit
from core.register import choices
from core.register.model import RegisterEntry
from plugins.home_care_vouchers import stops
from plugins.home_care_vouchers.model import VoucherStop
from tests import factories
from tests.albo import DAY, published, service
from tests.ground import Application
from tests.plugins.visiting import visiting


@pytest.fixture
def scene(full_database: Database, registry: Registry) -> Database:
    """Dresano has chosen the unit of Sollievo for its vouchers, Melegnano has not."""
    bind(full_database, registry)
    with unit_of_work(full_database, system("prova"), act="scena") as session:
        towns = [factories.municipality(name) for name in ("Dresano", "Melegnano")]
        for town in towns:
            town.memberships.append(Membership(valid_from=date(2016, 1, 1)))
            session.add(town)
        session.flush()
        offered = service(session, "home_care_vouchers", "Voucher SAD").id
        entry = published(session, "Sollievo", town=towns[0], kind="sad")
        session.flush()
        choices.choose(session, {
            "municipality_id": towns[0].id, "service_id": offered, "entry_id": entry.id, "contract_number": "14/2026",
            "contract_date": date(2026, 2, 20), "valid_from": date(2026, 3, 1), "valid_to": date(2026, 8, 31),
            "note": ""}, today=DAY)
    return full_database


def stop(database: Database, who: Principal, on: date = DAY) -> None:
    with unit_of_work(database, who, act="sospensione") as session:
        unit = session.get_one(ServiceUnit, session.scalars(select(RegisterEntry.unit_id)).one())
        tell(session, ProviderStopped(1, unit.id, unit.name, unit.provider_id, unit.provider.name, "suspension", on,
                                      None, on))


def waits(database: Database, who: Principal) -> list[str]:
    with ScopedSession(database, who) as session:
        return [str(item.what) for item in waiting(session, DAY) if item.kind.startswith("home_care_vouchers")]


ASKED = [f"L'unità è ferma dal {DAY:%d/%m/%Y}: dire come continua l'assistenza a domicilio."]


def test_r129_whoever_had_chosen_the_unit_is_asked_how_care_goes_on(scene: Database, manager: Principal) -> None:
    office = Principal("Ada", frozenset({Role.ACCREDITATION}), user_id=5)
    stop(scene, office)
    stop(scene, office)  # told twice, it is noted once
    assert waits(scene, factories.clerk_of(1)) == ASKED == waits(scene, manager)
    assert waits(scene, factories.clerk_of(2)) == []


def test_once_it_is_said_nothing_waits_any_more(scene: Database, manager: Principal) -> None:
    stop(scene, manager)
    clerk = factories.clerk_of(1)
    with unit_of_work(scene, clerk, act="continua") as session, pytest.raises(RuleBroken, match="con quale unità"):
        stops.say(session, 1, " ", version=None)
    with unit_of_work(scene, factories.clerk_of(2), act="continua") as session, pytest.raises(NotVisible):
        stops.say(session, 1, "Con un'altra unità.", version=None)
    with unit_of_work(scene, clerk, act="continua") as session:
        stops.say(session, 1, "Dal giorno dopo con l'unità Bussola.", version=None)
    assert waits(scene, clerk) == [] == waits(scene, manager)


def test_a_clerk_says_it_on_the_page(scene: Database, manager: Principal, application: Application) -> None:
    stop(scene, manager)
    clerk = visiting(scene, application, DAY)(Role.MUNICIPALITY)
    assert "Sollievo" in clerk.get("/admin/voucher/fermi/").text
    done = clerk.post("/admin/voucher/fermi/1/continua", data={"goes_on": "Con Bussola."}, follow_redirects=True)
    assert "È registrato come continua" in done.text
    with ScopedSession(scene, manager) as session:
        assert session.scalars(select(VoucherStop.goes_on)).all() == ["Con Bussola."]
