"""Two editions of a sheet: what was rewritten, which rows came and went, what the fields became."""

from __future__ import annotations

from dataclasses import replace

from core.catalogue import sheets
from core.catalogue.compare import RowChange, SchemaChange, compare
from core.catalogue.model import OperationalSheet
from core.documents.comparing import Change
from core.plugins import rows
from core.plugins.hookspecs import PluginDescription
from core.plugins.schema import FieldType, SheetField, SheetRule, SheetSchema
from tests.unit.catalogue import making

NAMES = making.NAMES
PLACES = SheetField("places", "Posti", FieldType.INTEGER, minimum=1)
VISITS = SheetField("visits", "Visite", FieldType.ROWS, columns=(
    SheetField("day", "Giorno", FieldType.TEXT, required=True), SheetField("number", "Quante", FieldType.INTEGER),
    SheetField("desk", "Sportello", FieldType.TEXT)))
SECRET = SheetField("margin", "Margine", FieldType.EURO, office_only=True)


def edition(*fields: SheetField, data: dict[str, object] | None = None, rules: tuple[SheetRule, ...] = (),
            **texts: object) -> OperationalSheet:
    plugin = PluginDescription("desk", "Sportello", ("a",), "1", sheet=SheetSchema(fields, rules))
    return making.sheet(**{**sheets.kept(plugin, data or {}), **texts})


def test_two_editions_that_say_the_same_differ_in_nothing() -> None:
    found = compare(edition(PLACES, data={"places": 3}), edition(PLACES, data={"places": 3}, edition=2027), NAMES,
                    office=True)
    assert found.asks == found.says == ()


def test_texts_are_told_word_by_word_and_values_beside_each_other() -> None:
    old = edition(PLACES, data={"places": 3}, mission="Accoglie chi cerca aiuto.\n\nOgni giorno.")
    new = edition(PLACES, data={"places": 5}, mission="Accoglie chiunque cerca aiuto.\n\nOgni giorno.",
                  activities=("Ascolto", "Orientamento", "Accompagnamento ai servizi"))
    mission, activities, places = compare(old, new, NAMES, office=True).says
    assert (mission.label, mission.kind) == ("Missione", Change.CHANGED)
    assert [stretch.kind for stretch in mission.stretches] == [Change.CHANGED, Change.SAME]
    assert [stretch.after for stretch in activities.stretches if stretch.kind is Change.ADDED] == [
        ("Accompagnamento ai servizi",)]
    assert (places.label, places.before, places.after) == ("Posti", "3", "5")


def test_rows_are_known_again_by_what_they_must_say() -> None:
    old = edition(VISITS, data={"visits": [{"day": "lunedì", "number": 2}, {"day": "martedì", "number": 4},
                                           {"day": "venerdì", "number": 1}]})
    new = edition(VISITS, data={"visits": [{"day": "venerdì", "number": 1}, {"day": "lunedì", "number": 6},
                                           {"day": "sabato", "number": 4}]})
    [visits] = compare(old, new, NAMES, office=True).says
    assert (visits.headers, visits.same_rows) == (("Giorno", "Quante", "Sportello"), 1)
    assert visits.rows == (RowChange(Change.CHANGED, ("lunedì", "2", ""), ("lunedì", "6", "")),
                           RowChange(Change.REMOVED, before=("martedì", "4", "")),
                           RowChange(Change.ADDED, after=("sabato", "4", "")))
    assert visits.rows[0].cells[1] == ("2", "6")


def test_a_quantity_is_known_again_by_its_municipality() -> None:
    def with_hours(*hours: tuple[str, str]) -> OperationalSheet:
        return edition(data={"quantities": [{"what": "Ore", "municipality": slug, "planned": planned}
                                            for slug, planned in hours]})
    [hours] = compare(with_hours(("dresano", "10"), ("melegnano", "20")),
                      with_hours(("melegnano", "25"), ("dresano", "10")), NAMES, office=True).says
    [changed] = hours.rows
    assert (changed.before[2], changed.before[3], changed.after[3]) == ("Melegnano", "20", "25")


def test_fields_that_came_went_or_got_another_name_are_told() -> None:
    seats = replace(PLACES, name="seats", label="Posti autorizzati", was=("places",))
    named = replace(VISITS, columns=(*VISITS.columns[:2], SheetField("hour", "Ora", FieldType.TEXT)))
    rule = SheetRule("Dire i posti.", "R1", filled=("seats",))
    found = compare(edition(PLACES, VISITS, data={"places": 3}),
                    edition(seats, named, data={"seats": 3}, rules=(rule,)), NAMES, office=True)
    assert found.asks == (
        SchemaChange("field", Change.CHANGED, "Posti (numero intero, da 1)", "Posti autorizzati (numero intero, da 1)"),
        SchemaChange("column", Change.ADDED, "", "Visite: Ora"),
        SchemaChange("column", Change.REMOVED, "Visite: Sportello", ""),
        SchemaChange("rule", Change.ADDED, "", "Dire i posti."))
    assert found.says == (), "the value went over under the new name"


def test_what_only_the_office_sees_is_compared_for_the_office_alone() -> None:
    old, new = edition(SECRET, data={"margin": "10"}), edition(SECRET, data={"margin": "20"})
    assert [change.after for change in compare(old, new, NAMES, office=True).says] == ["€ 20,00"]
    assert compare(old, new, NAMES, office=False).says == ()
    assert rows.kept(old.schema)["plugin"].fields == (SECRET,)
