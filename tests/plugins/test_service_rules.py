"""What each service's own check tells the office, sentence by sentence."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.catalogue import sheets
from core.documents.blocks import Heading, KeyValues, Table
from core.ground.errors import Level
from core.plugins.figures import SheetData
from core.plugins.hookspecs import PluginDescription
from core.plugins.loading import Registry
from demo.load import sheets as demo_sheets


def plugin_of(registry: Registry, code: str) -> PluginDescription:
    return registry.plugins[code].description


def data_of(plugin: PluginDescription, **changes: Any) -> SheetData:
    """The demo sheet's part, changed; None empties a field."""
    part = demo_sheets()[plugin.code]["plugin"]
    names = {"dresano": "Dresano", "cerro-al-lambro": "Cerro al Lambro"}
    return sheets.typed(plugin.sheet, sheets.clean(plugin.sheet, {**part, **changes}), names)


def remarks(plugin: PluginDescription, **changes: Any) -> list[str]:
    return [str(remark) for remark in plugin.sheet.remarks(data_of(plugin, **changes))]


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"sites": []}, "non ha sedi"),
    ({"sites": [{"municipality": "dresano", "address": "Via Roma 3"}]}, "orari di apertura di: Dresano"),
    ({"weekly_opening_hours": None}, "ore di apertura alla settimana"),
    ({"appointment_days": None}, "primo colloquio"),
    ({"aggregated_demand_report": False}, "forma aggregata"),
])
def test_the_access_desk_says_what_citizens_would_not_find(registry: Registry, changes: dict[str, Any],
                                                           sentence: str) -> None:
    [remark] = remarks(plugin_of(registry, "access_desk"), **changes)
    assert sentence in remark


def test_an_appointment_on_the_same_day_is_no_missing_figure(registry: Registry) -> None:
    assert remarks(plugin_of(registry, "access_desk"), appointment_days=0) == []


def test_the_access_desk_measures_hours_by_site(registry: Registry) -> None:
    plugin = plugin_of(registry, "access_desk")
    assert plugin.sheet.measured(data_of(plugin)) == {
        "sites": Decimal(4), "hours_per_site": Decimal("3.00"), "appointment_days": Decimal(10)}


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"team": [{"role": "Educatore", "count": 4}]}, "un solo coordinatore: la scheda ne indica 0"),
    ({"team": [{"role": "Coordinatrice", "count": 2, "coordinates": True}]}, "ne indica 2"),
    ({"protocol_steps": ["Segnalazione"]}, "11 passi: la scheda ne elenca 1"),
    ({"report_months": 12}, "semestrale"),
    ({"supervision_months": 2}, "mensile"),
    ({"tariffs": []}, "tariffe dedicate"),
])
def test_the_neutral_space_says_where_it_differs_from_what_it_is(registry: Registry, changes: dict[str, Any],
                                                                 sentence: str) -> None:
    [remark] = remarks(plugin_of(registry, "neutral_space"), **changes)
    assert sentence in remark


def test_the_neutral_space_prints_team_rhythms_and_tariffs(registry: Registry) -> None:
    plugin = plugin_of(registry, "neutral_space")
    blocks = sheets.field_blocks(plugin.sheet, data_of(plugin))
    assert ("Ogni quanti mesi si scrive la relazione", "6") in blocks[1].pairs
    team, tariffs = (block for block in blocks if isinstance(block, Table))
    assert team.rows == (("Coordinatore pedagogista", "1", "sì"), ("Educatore professionale", "4", "-"))
    assert tariffs.rows[0] == ("Incontro protetto, residenti nel distretto", "incontro", "€ 18,00")


def test_the_vouchers_expect_six_packages_with_codes_of_their_own(registry: Registry) -> None:
    plugin = plugin_of(registry, "home_care_vouchers")
    one = {"code": "P1", "title": "Leggero", "hours_month": "8", "monthly_value": "172"}
    few, repeated = plugin.sheet.remarks(data_of(plugin, packages=[one, {**one, "title": "Intenso"}]))
    assert "sono 6: la scheda ne elenca 2" in str(few) and few.level is Level.WARNING
    assert "stesso codice: P1" in str(repeated) and repeated.level is Level.ERROR


def test_the_vouchers_print_their_packages(registry: Registry) -> None:
    plugin = plugin_of(registry, "home_care_vouchers")
    _facts, tariffs, heading, table = sheets.field_blocks(plugin.sheet, data_of(plugin))
    assert heading == Heading("Pacchetti assistenziali")
    assert table.rows[0] == ("P1", "Sostegno leggero", "8", "€ 172,00")
    assert len(table.rows) == 6
    assert tariffs.pairs == (("Quota secondo le tariffe del Comune di residenza", "sì"),)


def test_an_empty_sheet_prints_nothing(registry: Registry) -> None:
    for loaded in registry:
        empty = sheets.typed(loaded.description.sheet, {})
        blocks = loaded.description.blocks
        assert (tuple(blocks(empty)) if blocks else sheets.field_blocks(loaded.description.sheet, empty)) == ()


def test_short_facts_stand_side_by_side_where_the_plugin_has_no_blocks_of_its_own(registry: Registry) -> None:
    plugin = plugin_of(registry, "access_desk")
    _heading, facts, _sites, table = sheets.field_blocks(plugin.sheet, data_of(plugin))
    assert isinstance(facts, KeyValues)
    assert ("Resoconto aggregato delle domande", "sì") in facts.pairs
    assert table.rows[0] == ("Cerro al Lambro", "Piazza Roma 11", "martedì 9.00-12.00")
