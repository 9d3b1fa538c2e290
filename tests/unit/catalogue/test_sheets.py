"""The sheet as blocks, its old editions, and what stays readable without the plugin."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.catalogue.sheets import blocks_of, carried, clean, kept, read
from core.documents.blocks import Bullets, Heading, KeyValues, Paragraph, Table
from core.ground.errors import RuleBroken
from core.plugins.hookspecs import PluginDescription
from core.plugins.schema import FieldType, SheetField, SheetSchema
from tests.unit.catalogue.making import sheet

SCHEMA = SheetSchema((
    SheetField("hours", "Ore alla settimana", FieldType.DECIMAL),
    SheetField("since", "Dal", FieldType.DATE),
    SheetField("form", "Accesso", FieldType.CHOICE, choices=(("free", "libero"), ("booked", "su appuntamento"))),
    SheetField("steps", "Passi", FieldType.LINES),
    SheetField("rooms", "Sale", FieldType.ROWS, columns=(
        SheetField("municipality", "Comune", FieldType.MUNICIPALITY),
        SheetField("rent", "Affitto", FieldType.EURO),
    )),
))
DATA: dict[str, Any] = {
    "hours": "12,5",
    "since": "01/03/2026",
    "form": "booked",
    "steps": ["Ascolto", "Risposta"],
    "rooms": [{"municipality": "dresano", "rent": "1.250,00"}],
}
PLUGIN = PluginDescription("desk", "Sportello", ("social_work",), "1.0", sheet=SCHEMA)
PLUGIN_BLOCKS = (
    Heading("Dati del servizio"),
    KeyValues((("Ore alla settimana", "12,5"), ("Dal", "01/03/2026"), ("Accesso", "su appuntamento"))),
    Heading("Passi"),
    Bullets(("Ascolto", "Risposta")),
    Heading("Sale"),
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
    full = sheet(plugin="desk", **kept(PLUGIN, DATA))
    assert blocks_of(full, PLUGIN, {"dresano": "Dresano"})[-6:] == PLUGIN_BLOCKS


def test_a_printed_table_has_no_column_that_says_nothing() -> None:
    names = {"dresano": "Dresano", "melegnano": "Melegnano"}
    rooms = [{"municipality": "dresano"}, {"municipality": "melegnano"}]
    printed = blocks_of(sheet(**kept(PLUGIN, {"rooms": rooms})), PLUGIN, names)
    assert printed[-1] == Table(("Comune",), (("Dresano",), ("Melegnano",)))
    one = blocks_of(sheet(**kept(PLUGIN, {"rooms": [*rooms, {"rent": "900"}]})), PLUGIN, names)
    assert one[-1] == Table(("Comune", "Affitto"), (("Dresano", "-"), ("Melegnano", "-"), ("-", "€ 900,00")))


def test_without_the_plugin_the_sheet_reads_the_same_because_it_keeps_its_fields() -> None:
    orphan = sheet(plugin="desk", **kept(PLUGIN, DATA))
    assert blocks_of(orphan, None, {"dresano": "Dresano"})[-6:] == PLUGIN_BLOCKS


def test_an_edition_is_read_with_the_fields_that_it_was_written_with() -> None:
    old = sheet(plugin="desk", **kept(PLUGIN, DATA))
    newer = PluginDescription("desk", "Sportello", ("social_work",), "2.0", sheet=NEWER)
    assert blocks_of(old, newer, {"dresano": "Dresano"})[-6:] == PLUGIN_BLOCKS
    assert read(old)["steps"] == ("Ascolto", "Risposta")


NEWER = SheetSchema((
    SheetField("weekly_hours", "Ore alla settimana", FieldType.DECIMAL, was=("hours",)),
    SheetField("since", "Dal", FieldType.DATE),
    SheetField("path", "Percorso", FieldType.LINES),
    SheetField("rooms", "Sale", FieldType.ROWS, columns=(
        SheetField("town", "Comune", FieldType.MUNICIPALITY, was=("municipality",)),
        SheetField("rent", "Affitto", FieldType.EURO),
    )),
))


def test_a_field_that_was_renamed_keeps_its_value_and_one_without_a_place_is_asked_about() -> None:
    went = carried(SCHEMA, clean(SCHEMA, DATA), NEWER, {})
    assert went.data == {"weekly_hours": "12.5", "since": "2026-03-01",
                         "rooms": [{"town": "dresano", "rent": "1250.00"}]}
    assert [field.label for field in went.left] == ["Accesso", "Passi"]


def test_whoever_is_asked_says_where_a_value_goes_or_gives_it_up() -> None:
    went = carried(SCHEMA, clean(SCHEMA, DATA), NEWER, {"steps": "path", "form": ""})
    assert went.left == () and went.data["path"] == ["Ascolto", "Risposta"] and "form" not in went.data


@pytest.mark.parametrize(("moves", "left"), [
    ({"steps": "since"}, "steps"),  # a list is no day
    ({"form": "weekly_hours"}, "form"),  # a choice is no number
    ({"hours": "nowhere"}, "hours"),
    ({"steps": "path", "form": "path"}, "form"),  # two values in one field
])
def test_a_value_never_goes_where_it_would_say_something_else(moves: dict[str, str], left: str) -> None:
    assert left in {field.name for field in carried(SCHEMA, clean(SCHEMA, DATA), NEWER, moves).left}


def test_a_column_that_is_gone_keeps_its_table_back() -> None:
    """A table without one of its columns would lose what stood there: it is asked about whole."""
    fewer = SheetSchema((SheetField("rooms", "Sale", FieldType.ROWS, columns=(
        SheetField("municipality", "Comune", FieldType.MUNICIPALITY),)),))
    assert [field.name for field in carried(SCHEMA, clean(SCHEMA, {"rooms": DATA["rooms"]}), fewer, {}).left] == [
        "rooms"]


def test_what_only_the_office_sees_is_not_printed() -> None:
    schema = SheetSchema((SheetField("margin", "Margine", FieldType.PERCENT, office_only=True),))
    assert "Margine" not in repr(blocks_of(sheet(**kept(replace(PLUGIN, sheet=schema), {"margin": "3"}))))


def test_a_plugin_that_breaks_while_it_prints_stops_the_annex_in_words() -> None:
    def broken(data: Any) -> Any:
        return data["niente"]

    plugin = PluginDescription("desk", "Sportello", ("social_work",), "1.0", sheet=SCHEMA, blocks=broken)
    with pytest.raises(RuleBroken, match="«desk» si è interrotto"):
        blocks_of(sheet(plugin="desk"), plugin)


def test_cleaning_twice_changes_nothing() -> None:
    once = clean(SCHEMA, DATA)
    assert clean(SCHEMA, once) == once
