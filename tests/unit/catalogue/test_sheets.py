"""The sheet as blocks, its old editions, and what stays readable without the plugin."""

from __future__ import annotations

from typing import Any

import pytest

from core.catalogue.sheets import blocks_of, clean, kept, labels, read, readable, upgraded
from core.documents.blocks import Bullets, Heading, KeyValues, Paragraph, Table
from core.ground.errors import RuleBroken
from core.plugins.hookspecs import FieldType, PluginDescription, SheetField, SheetSchema
from tests.unit.catalogue.making import sheet

SCHEMA = SheetSchema((
    SheetField("hours", "Ore alla settimana", FieldType.DECIMAL),
    SheetField("since", "Dal", FieldType.DATE),
    SheetField("form", "Accesso", FieldType.CHOICE, choices=(("free", "libero"), ("booked", "su appuntamento"))),
    SheetField("steps", "Passi", FieldType.LINES),
    SheetField("sites", "Sedi", FieldType.ROWS, columns=(
        SheetField("municipality", "Comune", FieldType.MUNICIPALITY),
        SheetField("rent", "Affitto", FieldType.EURO),
    )),
))
DATA: dict[str, Any] = {
    "hours": "12,5",
    "since": "01/03/2026",
    "form": "booked",
    "steps": ["Ascolto", "Risposta"],
    "sites": [{"municipality": "dresano", "rent": "1.250,00"}],
}
PLUGIN = PluginDescription("desk", "Sportello", "social_work", "1.0", sheet=SCHEMA)
PLUGIN_BLOCKS = (
    Heading("Dati del servizio"),
    KeyValues((("Ore alla settimana", "12,5"), ("Dal", "01/03/2026"), ("Accesso", "su appuntamento"))),
    Heading("Passi"),
    Bullets(("Ascolto", "Risposta")),
    Heading("Sedi"),
    Table(("Comune", "Affitto"), (("Dresano", "€ 1.250,00"),)),
)


def test_a_plain_sheet_prints_its_sections_in_order_and_only_those_that_say_something() -> None:
    plain = sheet(mission="Primo capoverso.\n\nSecondo\ncapoverso.", joint_management=True, protocol=("Uno", "Due"),
                  notes=("gli orari cambiano",), cost_to_user="")
    assert blocks_of(plain) == (
        Paragraph("Il servizio è in gestione associata di tutti i Comuni."),
        Heading("Missione"),
        Paragraph("Primo capoverso."),
        Paragraph("Secondo capoverso."),
        Heading("Attività svolte e servizi erogati"),
        Bullets(("Ascolto", "Orientamento")),
        Heading("Destinatari"),
        Paragraph("Tutti i residenti."),
        Heading("Protocollo operativo"),
        Bullets(("Uno", "Due"), ordered=True),
        Heading("Note"),
        Paragraph("Gli orari cambiano", "note"),
    )


def test_a_pasted_mission_is_not_printed() -> None:
    assert "altrui" not in repr(blocks_of(sheet(pasted_mission="Missione altrui.", mission_origin="school")))


def test_a_plugin_without_blocks_prints_its_fields_in_italian() -> None:
    full = sheet(plugin="desk", **kept(SCHEMA, DATA))
    assert blocks_of(full, PLUGIN, {"dresano": "Dresano"})[-6:] == PLUGIN_BLOCKS


def test_without_the_plugin_everything_stays_readable() -> None:
    orphan = sheet(plugin="desk", **kept(SCHEMA, DATA))
    pairs = dict(readable(orphan.labels, orphan.data))
    assert pairs == {
        "Ore alla settimana": "12,5",
        "Dal": "01/03/2026",
        "Accesso": "su appuntamento",
        "Passi": "Ascolto; Risposta",
        "Sedi": "Comune: dresano, Affitto: 1250,00",
    }
    assert KeyValues(tuple(pairs.items())) in blocks_of(orphan)


def test_a_value_without_a_label_is_shown_under_its_own_name() -> None:
    assert readable({"hours": "Ore"}, {"old": True, "hours": "3"}) == [("Ore", "3"), ("old", "sì")]


def test_labels_name_tables_and_choices_too() -> None:
    assert labels(SCHEMA)["sites.rent"] == "Affitto"
    assert labels(SCHEMA)["form=booked"] == "su appuntamento"


def renamed(step: int, data: dict[str, Any]) -> dict[str, Any]:
    """Version 1 said ``opening``, version 2 ``hours``; version 3 counts steps from a text."""
    if step == 1:
        return {**{k: v for k, v in data.items() if k != "opening"}, "hours": data["opening"]}
    return {**data, "steps": data["steps"].split(", ")}


NEWER = SheetSchema(SCHEMA.fields, version=3, upgrade=renamed)


def test_an_old_edition_is_lifted_step_by_step() -> None:
    old = {"opening": "12", "steps": "Ascolto, Risposta"}
    assert upgraded(NEWER, 1, old) == {"hours": "12", "steps": ["Ascolto", "Risposta"]}
    assert old == {"opening": "12", "steps": "Ascolto, Risposta"}
    assert read(NEWER, sheet(schema_version=1, data=old))["steps"] == ("Ascolto", "Risposta")


def test_a_sheet_from_a_newer_plugin_is_refused_in_words() -> None:
    with pytest.raises(RuleBroken, match="aggiornare il plugin"):
        upgraded(SCHEMA, 2, {})


def test_a_schema_that_moved_on_without_an_upgrade_says_so() -> None:
    with pytest.raises(RuleBroken, match="non sa portarla"):
        upgraded(SheetSchema(version=2), 1, {})


def test_a_plugin_that_breaks_while_it_prints_stops_the_annex_in_words() -> None:
    def broken(data: Any) -> Any:
        return data["niente"]

    plugin = PluginDescription("desk", "Sportello", "social_work", "1.0", sheet=SCHEMA, blocks=broken)
    with pytest.raises(RuleBroken, match="«desk» si è interrotto"):
        blocks_of(sheet(plugin="desk"), plugin)


def test_cleaning_twice_changes_nothing() -> None:
    once = clean(SCHEMA, DATA)
    assert clean(SCHEMA, once) == once
