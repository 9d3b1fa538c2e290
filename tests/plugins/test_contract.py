"""What every plugin of this checkout keeps to, whoever wrote it."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any

import pytest
from sqlalchemy import Integer
from sqlalchemy.orm import configure_mappers, mapped_column

from core.catalogue import plugin_contract, sheets
from core.ground.db import Base
from core.plugins import described
from core.plugins import loading as registry
from core.plugins.hookspecs import PluginDescription
from core.plugins.loading import LoadedPlugin, Registry
from core.plugins.schema import FieldType, MeasuredBy, SheetField, SheetSchema
from demo.load import sheets as demo_sheets
from tests.unit.catalogue.making import sheet

CODES = registry.in_tree()
FAULTS = {  # what the source leaves open or says wrongly, kept in the demo so that the checks find it
    "care_allowance": {"R130"}, "disability_day_centres": {"X10", "R126"}, "foreign_residents_desk": {"R137"}}


@pytest.fixture(params=CODES)
def loaded(request: pytest.FixtureRequest, registry: Registry) -> LoadedPlugin:
    return registry.plugins[request.param]


@pytest.fixture
def plugin(loaded: LoadedPlugin) -> PluginDescription:
    return loaded.description


def test_the_plugin_keeps_the_contract(loaded: LoadedPlugin) -> None:
    assert plugin_contract.check(loaded) == []


def test_a_full_sheet_survives_the_database(plugin: PluginDescription) -> None:
    kept = plugin_contract.example(plugin)
    again = json.loads(json.dumps(kept))
    asked = sheets.joined(sheets.asked(plugin))
    assert sheets.clean(asked, again) == kept
    assert sheets.clean(asked, sheets.typed(asked, again)) == kept


@pytest.mark.parametrize("code", sorted(demo_sheets()))
def test_the_demo_sheet_fits_the_schema_and_gets_no_remark(registry: Registry, code: str) -> None:
    plugin, told = registry.plugins[code].description, demo_sheets()[code]
    facts = {name: tuple(told.get(name, ())) for name in ("activities", "protocol")}
    made = sheet(code, **facts, **sheets.kept(plugin, told.get("data", {})))
    data = sheets.read(made)
    remarks = (*sheets.schema_of(made).remarks(data), *plugin.check(data))
    assert [remark for remark in remarks if remark.source not in FAULTS.get(plugin.code, ())] == []
    of_the_sheet = {each.code for each in plugin.sheet.indicators if each.by in (MeasuredBy.SHEET, MeasuredBy.PLUGIN)}
    assert of_the_sheet == {code for code, value in sheets.measures(plugin.sheet, data, plugin).items()
                            if value is not None}


def test_an_edition_keeps_its_fields_through_the_database(plugin: PluginDescription) -> None:
    orphan = sheet(plugin=plugin.code, **sheets.kept(plugin, plugin_contract.example(plugin)))
    orphan.schema = json.loads(json.dumps(orphan.schema))
    assert sheets.parts_of(orphan) == sheets.asked(plugin)


def test_a_description_is_written_as_it_was_read(plugin: PluginDescription) -> None:
    again = described.read(described.write(plugin).encode())
    assert again.faults == () and again.description is not None
    assert (again.description.sheet, again.description.names) == (plugin.sheet, plugin.names)


def test_a_sheet_keeps_no_field_for_persons(plugin: PluginDescription) -> None:
    """Sheets hold services, quantities and standards, never citizens."""
    named = {f"{field.name}.{each.name}" for field in plugin.sheet.fields for each in (field, *field.columns)}
    assert not [name for name in named if re.search(r"surname|family_name|tax_code|birth|diagnos|citizen", name)]


# --- the contract itself can be broken, and says so


def broken(**changes: Any) -> list[str]:
    plain = PluginDescription("desk", "Sportello", ("social_work",), "1.0")
    return plugin_contract.check(LoadedPlugin(dataclasses.replace(plain, **changes), registry, None))  # type: ignore[arg-type]


def fails(_data: Any) -> Any:
    raise KeyError("hours")


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"title": ""}, "mancano il titolo"),
    ({"sheet": SheetSchema((SheetField("hours", "hours", FieldType.DECIMAL),))}, "etichetta in italiano"),
    ({"sheet": SheetSchema((SheetField("rows", "Righe", FieldType.ROWS),))}, "colonne servono"),
    ({"check": fails}, "check su una scheda vuota"),
    ({"blocks": fails}, "blocks su una scheda vuota"),
    ({"blocks": lambda _data: ("testo",)}, "str in place of Heading"),
    ({"migrations": "migrations"}, "requires_core"),
])
def test_a_plugin_that_breaks_the_contract_is_told_where(changes: dict[str, Any], sentence: str) -> None:
    assert any(sentence in problem for problem in broken(**changes))


def test_what_nobody_wrote_is_not_measured(plugin: PluginDescription) -> None:
    measured = sheets.measures(plugin.sheet, sheets.typed(plugin.sheet, {}), plugin)
    assert set(measured.values()) <= {None}


def test_a_class_that_is_called_as_one_of_the_core_is_refused_before_it_can_confuse_the_core() -> None:
    with pytest.raises(TypeError, match="the core has a table Tariff already"):
        type("Tariff", (Base,), {"__module__": "plugins.desk.model", "__tablename__": "desk_tariff",
                                 "id": mapped_column(Integer, primary_key=True)})
    assert configure_mappers() is None
