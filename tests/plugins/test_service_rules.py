"""What each service's own rules tell the office, sentence by sentence, and what its annex prints."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from core.catalogue import sheets
from core.catalogue.model import OperationalSheet
from core.documents.blocks import Bullets, Heading, KeyValues, Table
from core.ground.errors import Finding, Level
from core.plugins.hookspecs import PluginDescription
from core.plugins.loading import Registry
from core.plugins.schema import Promise
from demo.load import sheets as demo_sheets
from seed.load import sheets as seed_sheets
from tests.unit.catalogue.making import sheet

NAMES = {"dresano": "Dresano", "cerro-al-lambro": "Cerro al Lambro", "melegnano": "Melegnano"}


def plugin_of(registry: Registry, code: str) -> PluginDescription:
    return registry.plugins[code].description


def written(plugin: PluginDescription, facts: dict[str, Any], **changes: Any) -> OperationalSheet:
    """The sheet of ``facts`` with its texts and its data, changed; None empties a field."""
    texts = {name: facts.get(name, ()) for name in ("activities", "protocol", "tools")}
    texts |= {name: changes.pop(name) for name in list(changes) if name in texts}
    return sheet(plugin.code, **texts, **sheets.kept(plugin, {**facts["data"], **changes}))


def found(plugin: PluginDescription, facts: dict[str, Any], **changes: Any) -> list[Finding]:
    made = written(plugin, facts, **changes)
    return list(sheets.schema_of(made).remarks(sheets.read(made, NAMES)))


def remarks(plugin: PluginDescription, **changes: Any) -> list[str]:
    return [str(remark) for remark in found(plugin, demo_sheets()[plugin.code], **changes)]


def blocks(plugin: PluginDescription) -> tuple[Any, ...]:
    return sheets.plugin_blocks(written(plugin, demo_sheets()[plugin.code]), plugin, NAMES)


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"sites": []}, "non ha sedi"),
    ({"sites": [{"municipality": "dresano", "address": "Via Roma 3"}]}, "orari di apertura di: Dresano"),
    ({"weekly_opening_hours": None}, "ore di apertura alla settimana"),
    ({"appointment_days": None}, "primo colloquio"),
    ({"aggregated_demand_report": False}, "forma aggregata"),
    ({"aggregated_demand_report": None}, "forma aggregata"),
])
def test_the_access_desk_says_what_citizens_would_not_find(registry: Registry, changes: dict[str, Any],
                                                           sentence: str) -> None:
    [remark] = remarks(plugin_of(registry, "access_desk"), **changes)
    assert sentence in remark


def test_an_appointment_on_the_same_day_is_no_missing_figure(registry: Registry) -> None:
    assert remarks(plugin_of(registry, "access_desk"), appointment_days=0) == []


def test_the_access_desk_measures_hours_by_site(registry: Registry) -> None:
    plugin = plugin_of(registry, "access_desk")
    data = sheets.read(written(plugin, demo_sheets()[plugin.code]), NAMES)
    assert plugin.sheet.measured(data) == {
        "sites": Fraction(4), "hours_per_site": Fraction(3)}


def test_the_access_desk_promises_the_days_that_its_sheet_says(registry: Registry) -> None:
    plugin = plugin_of(registry, "access_desk")
    appointment = plugin.sheet.standards[0]
    assert appointment.promised({"appointment_days": 10}) == Promise(at_most=Fraction(10))
    assert appointment.promised({"appointment_days": None}) is None
    assert [measure.code for measure in plugin.sheet.measures if measure.counts_for == "waiting_days"] == [
        "waiting_days_sum", "waiting_days_of"]


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"team": [{"profession": "Educatore", "count": 4}]}, "un solo coordinatore: la scheda ne indica 0"),
    ({"team": [{"profession": "Coordinatrice", "count": 2, "coordinates": True}]}, "ne indica 2"),
    ({"protocol": ("Segnalazione",)}, "11 passi: la scheda ne elenca 1"),
    ({"report_months": 12}, "semestrale"),
    ({"supervision_months": 2}, "mensile"),
    ({"costs": []}, "tariffe dedicate"),
])
def test_the_neutral_space_says_where_it_differs_from_what_it_is(registry: Registry, changes: dict[str, Any],
                                                                 sentence: str) -> None:
    [remark] = remarks(plugin_of(registry, "neutral_space"), **changes)
    assert sentence in remark


def test_the_neutral_space_prints_rhythms_team_tariffs_and_what_is_promised(registry: Registry) -> None:
    printed = blocks(plugin_of(registry, "neutral_space"))
    facts = next(block for block in printed if isinstance(block, KeyValues))
    assert ("Ogni quanti mesi si scrive la relazione", "6") in facts.pairs
    _sites, team, costs, _reports, promises = (block for block in printed if isinstance(block, Table))
    assert team.rows == (("Coordinatore pedagogista", "1", "sì"), ("Educatore professionale", "4", "-"))
    assert costs.rows[0][:4] == ("listino del servizio", "Incontro protetto, residenti nel distretto", "incontro",
                                 "€ 18,00")
    assert promises.rows[1] == (
        "Supervisione", "L'équipe ha una supervisione ogni mese.", "almeno 12 all'anno",
        "Incontri di supervisione: 12 all'anno, promessa mantenuta")
    assert promises.rows[2][2:] == ("-", "non misurato")


def test_the_vouchers_expect_six_packages_with_codes_of_their_own(registry: Registry) -> None:
    plugin = plugin_of(registry, "home_care_vouchers")
    one = {"code": "P1", "title": "Leggero", "hours_month": "8", "monthly_value": "172"}
    few, repeated = found(plugin, demo_sheets()[plugin.code], packages=[one, {**one, "title": "Intenso"}])
    assert "sono 6: la scheda ne elenca 2" in str(few) and few.level is Level.WARNING
    assert "stesso codice: P1" in str(repeated) and repeated.level is Level.ERROR


def test_the_vouchers_print_their_packages(registry: Registry) -> None:
    printed = blocks(plugin_of(registry, "home_care_vouchers"))
    packages = printed[printed.index(Heading("Pacchetti assistenziali")) + 1]
    assert packages.rows[0] == ("P1", "Sostegno leggero", "8", "€ 172,00") and len(packages.rows) == 6


def test_an_empty_sheet_prints_promises_and_nothing_else(registry: Registry) -> None:
    for loaded in registry:
        plugin = loaded.description
        printed = sheets.plugin_blocks(sheet(**sheets.kept(plugin, {})), plugin)
        assert [block for block in printed if isinstance(block, Heading)] == (
            [Heading("Standard di qualità")] if plugin.sheet.standards else []), plugin.code


def test_a_borsa_lavoro_of_more_than_a_year_stops_the_contract(registry: Registry) -> None:
    """R127: at most one year, renewable once."""
    plugin = plugin_of(registry, "work_placement")
    facts = seed_sheets()["work_placement"]
    assert found(plugin, facts) == []
    longer, twice = found(plugin, facts, grant_months=18, grant_renewals=2)
    assert longer.level is twice.level is Level.ERROR
    assert "al più 12 mesi: la scheda ne indica 18" in str(longer) and "al più 1 volta" in str(twice)


def test_day_centres_keep_the_strength_of_their_limit_of_age(registry: Registry) -> None:
    """X21, X30: the mission says "normally", the recipients "between": the sheet says which, and of whom it speaks."""
    plugin = plugin_of(registry, "disability_day_centres")
    made = written(plugin, seed_sheets()["disability_day_centres"])
    limits = next(block for block in sheets.plugin_blocks(made, plugin) if isinstance(block, Table))
    assert limits.rows == (("Età", "18", "65", "anni", "di norma", "disabilità grave"),)


def test_steps_are_printed_by_number(registry: Registry) -> None:
    made = sheet(protocol=("Uno", "Due"))
    assert Bullets(("Uno", "Due"), ordered=True) in sheets.blocks_of(made)
