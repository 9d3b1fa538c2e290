"""A service made in the browser answers the hook of the plugins: the core cannot tell where a description came from."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import select

from core.catalogue import browser, operations, own_fields, sheets, structure
from core.catalogue.model import Area, Sector, Service, ServiceName
from core.ground.access import Principal, ScopedSession
from core.ground.db import Database
from core.ground.unit_of_work import unit_of_work
from core.plugins.described import read, write
from core.plugins.hookspecs import DatedName
from core.plugins.loading import Folder, Registry
from tests.factories import filled

MEALS = {
    "fields": [{"name": "own_meals", "label": "Pasti al giorno", "type": "integer", "minimum": 1}],
    "rules": [{"says": "Dire quanti pasti.", "source": "Regolamento", "filled": ["own_meals"]}],
    "standards": [{"code": "warm", "title": "Pasto caldo", "promise": "Arriva caldo."}],
    "indicators": [{"code": "meals", "title": "Pasti", "unit": "al giorno", "figure": "own_meals", "standard": "warm"}],
}


def opened(session: ScopedSession) -> Service:
    """A service that somebody opens at the table, without a plugin."""
    area = filled(Area, kind="services")
    session.add(area)
    session.flush()
    sector = structure.add_sector(session, {"area_id": area.id, "title": "Anziani"})
    service = structure.add_service(session, {"title": "Pasti a domicilio"}, [sector.id])
    service.names.append(ServiceName(name="Mensa a casa", valid_to=date(2024, 12, 31)))
    assert isinstance(session.get(Sector, sector.id), Sector)
    return service


def test_a_row_describes_itself_as_a_folder_does(database: Database, manager: Principal, tmp_path: Path) -> None:
    registry = Registry()
    with unit_of_work(database, manager, act="prova") as session:
        service = opened(session)
        assert browser.described([service]) == [], "without fields of its own there is nothing to describe"
        own_fields.set_own_fields(session, service.id, MEALS, version=0, registry=registry)
        [kept] = browser.described([service])
        assert (kept.code, kept.title, kept.sectors, kept.version) == (
            "pasti_a_domicilio", "Pasti a domicilio", ("anziani",), "1")
        assert kept.names == (DatedName("Mensa a casa", None, date(2024, 12, 31)),)
        (tmp_path / "plugin.toml").write_text(write(kept).replace("own_", ""), encoding="utf-8")
        folder = Folder(tmp_path).patto_service()
        assert read((tmp_path / "plugin.toml").read_bytes()).faults == ()
        assert [field.type for field in folder.sheet.fields] == [field.type for field in kept.sheet.fields]
        assert (folder.names, folder.sheet.standards) == (kept.names, kept.sheet.standards)


def test_a_new_field_is_asked_in_the_same_session_and_in_its_version(database: Database, manager: Principal) -> None:
    registry = Registry()
    with unit_of_work(database, manager, act="prova") as session:
        service = opened(session)
        own_fields.set_own_fields(session, service.id, MEALS, version=0, registry=registry)
        sheet = operations.new_sheet(session, service.id, title="Pasti", edition=2026, registry=registry)
        assert sheet.schema[sheets.OFFICE]["version"] == "1"
        more = {**MEALS, "fields": [*MEALS["fields"], {"label": "Cucine", "type": "integer"}]}
        own_fields.set_own_fields(session, service.id, more, version=1, registry=registry)
    with unit_of_work(database, manager, act="prova") as session:
        service = session.scalars(select(Service)).one()
        parts = browser.asked([service], None)
        assert parts[sheets.OFFICE].version == "2"
        assert [field.name for field in parts[sheets.OFFICE].fields] == ["own_meals", "own_cucine"]
        new = operations.new_edition(session, service.sheets[0].id, 2027, registry=registry)
        assert [field.name for field in sheets.parts_of(new)[sheets.OFFICE].fields] == ["own_meals", "own_cucine"]


def test_a_column_says_its_table_as_people_read_it(database: Database, manager: Principal) -> None:
    with unit_of_work(database, manager, act="prova") as session:
        service = opened(session)
        own_fields.set_own_fields(session, service.id, {"fields": [
            {"label": "Corse previste", "type": "rows"},
            {"table": "corse previste", "label": "Tratta", "type": "text"}]}, version=0, registry=Registry())
        [table] = own_fields.schema_of(service).fields
        assert (table.name, [column.name for column in table.columns]) == ("own_corse_previste", ["tratta"])
