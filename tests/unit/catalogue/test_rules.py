"""What the office is told about its catalogue. Every remark names its rule and never blocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from core.catalogue.model import ServiceSuccession
from core.catalogue.rules import Accreditor, findings, sheet_of
from core.catalogue.sheets import kept
from core.ground.errors import Finding, Level
from core.ground.paths import PLUGINS
from core.plugins.described import described
from core.plugins.hookspecs import PluginDescription
from core.plugins.loading import Registry
from tests.unit.catalogue.making import DISTRICT, service, sheet

NONE = Registry()


def sources(found: list[Finding]) -> list[tuple[str, str]]:
    return [(remark.where, remark.source) for remark in found]


class With(Registry):
    """A registry that answers with one description."""

    def __init__(self, plugin: PluginDescription) -> None:
        super().__init__()
        object.__setattr__(self, "plugin", plugin)

    def get(self, code: str) -> PluginDescription | None:
        plugin: PluginDescription = self.plugin  # type: ignore[attr-defined]
        return plugin if plugin.code == code else None


def test_a_catalogue_in_order_gets_no_remark() -> None:
    assert findings([service(sheets=(sheet(),))], DISTRICT, NONE) == []


def test_a_service_without_a_sheet_is_reported() -> None:
    [remark] = findings([service("funds")], DISTRICT, NONE)
    assert (remark.where, remark.source, remark.level) == ("funds", "X12", Level.WARNING)
    assert "«Servizio funds» non ha una scheda" in str(remark)


def test_the_sheet_of_a_year_is_the_latest_edition_up_to_then() -> None:
    old, new = sheet(edition=2024), sheet(edition=2027)
    assert sheet_of(service(sheets=(old, new)), 2026) is old
    assert sheet_of(service(sheets=(new,)), 2026) is None


def test_one_sheet_of_two_services_is_checked_once() -> None:
    shared = sheet(cost_to_user="")
    found = findings([service("one", sheets=(shared,)), service("two", sheets=(shared,))], DISTRICT, NONE)
    assert sources(found) == [("desk", "X11")]


def test_a_sheet_without_its_cost_line_is_reported() -> None:
    [remark] = findings([service(sheets=(sheet(cost_to_user=" "),))], DISTRICT, NONE)
    assert remark.source == "X11" and "quanto costa" in str(remark)


def test_a_mission_pasted_from_another_service_is_reported() -> None:
    pasted = sheet(pasted_mission="Previene i comportamenti a rischio.", mission_origin="school_wellbeing")
    [remark] = findings([service(sheets=(pasted,))], DISTRICT, NONE)
    assert remark.source == "X11" and "missione di un altro servizio" in str(remark)


def test_the_same_mission_in_two_sheets_is_reported() -> None:
    one, two = sheet("one", mission="Aiutare  tutti."), sheet("two", mission="aiutare tutti.")
    found = findings([service("one", sheets=(one,)), service("two", sheets=(two,))], DISTRICT, NONE)
    assert sources(found) == [("two", "X11")]


def test_a_sheet_that_names_other_municipalities_than_article_nine_is_reported_with_the_non_member() -> None:
    desk = sheet(coverage=("dresano", "melegnano", "san-giuliano-milanese"))
    difference, outsider = findings([service(sheets=(desk,), covers=("dresano", "melegnano"))], DISTRICT, NONE)
    assert difference.source == outsider.source == "X1"
    assert "Solo nella scheda: San Giuliano Milanese. Solo nell'art. 9: nessuno." in str(difference)
    assert "non sono soci" in str(outsider) and "01/03/2026" in str(outsider)


def test_coverage_that_nobody_printed_is_reported_as_assumed() -> None:
    [remark] = findings([service(sheets=(sheet(),), cover_assumed=True, source="R128")], DISTRICT, NONE)
    assert remark.source == "R128" and "tutti i Comuni soci" in str(remark)


def test_recorded_sites_are_held_against_the_declared_number() -> None:
    plugin = described(PLUGINS / "disability_day_centres")
    centres = sheet(plugin=plugin.code, **kept(plugin, {
        "sites": [{"municipality": "melegnano"}, {"municipality": "san-donato-milanese"}], "sites_declared": 3,
        "district_tariff_from": "01/07/2027", "limits": [{"what": "Età", "most": 65, "strength": "normally"}]}))
    [remark] = findings([service(sheets=(centres,))], DISTRICT, With(plugin))
    assert remark.source == "X10" and "3 centri" in str(remark) and "sono 2" in str(remark)


DECLARED = {"essential_level": True, "essential_body_id": 3, "essential_number": "n. 12",
            "essential_on": date(2024, 3, 15)}


def test_only_a_declared_essential_level_is_managed_directly() -> None:
    [remark] = findings([service(sheets=(sheet(),), management_form="direct")], DISTRICT, NONE)
    assert remark.source == "R37" and "livelli essenziali" in str(remark)
    for lacking in DECLARED:
        if lacking != "essential_level":
            half = service(sheets=(sheet(),), management_form="direct", **{**DECLARED, lacking: None})
            [remark] = findings([half], DISTRICT, NONE)
            assert "manca l'atto che lo dichiara" in str(remark), lacking
            assert remark.at is not None and remark.at.field == "essential_number"
    assert findings([service(sheets=(sheet(),), management_form="direct", **DECLARED)], DISTRICT, NONE) == []
    elsewhere = service(sheets=(sheet(),), management_form="accreditation", essential_level=True)
    assert findings([elsewhere], DISTRICT, NONE) == [], "the act is asked of what is managed directly"


def test_an_essential_level_with_a_price_is_remarked_without_a_sheet_too() -> None:
    priced = service(cost_to_user="Secondo le tariffe comunali.", essential_level=True)
    assert sources(findings([priced], DISTRICT, NONE)) == [("desk", "X12"), ("desk", "X27")]


def test_a_municipality_manages_by_itself_only_what_the_zone_plan_leaves_to_it() -> None:
    own = service(sheets=(sheet(),), management_form="municipal", covers=("dresano", "melegnano"))
    [remark] = findings([own], replace(DISTRICT, kept=frozenset({("melegnano", "desk")})), NONE)
    assert remark.source == "R36" and "non lo prevede per: Dresano." in str(remark)
    assert remark.at is not None and remark.at.kind == "kept_service.new"
    both = frozenset({("melegnano", "desk"), ("dresano", "desk")})
    assert findings([own], replace(DISTRICT, kept=both), NONE) == []
    direct = service(sheets=(sheet(),), management_form="direct", **DECLARED)
    assert findings([direct], DISTRICT, NONE) == [], "the azienda's own direct management is another form (X28)"


def test_a_service_that_took_the_place_of_another_says_since_when_and_the_other_is_closed() -> None:
    new, old = service(sheets=(sheet(),)), service("old", sheets=(sheet("old"),))
    row = ServiceSuccession(service=new, predecessor=old, reason="Solo l'affido.")
    [remark] = findings([new], DISTRICT, NONE)
    assert remark.source == "D5" and "Non è scritto da quale giorno" in str(remark)
    row.since = date(2012, 1, 1)
    [remark] = findings([new], DISTRICT, NONE)
    assert "tiene aperto anche quello" in str(remark)
    old.valid_to = date(2011, 12, 31)
    assert findings([new], DISTRICT, NONE) == []


def test_a_day_without_its_year_is_reported() -> None:
    undated = sheet(cost_to_user="Gratuito fino al 30 giugno, poi a tariffa.")
    [remark] = findings([service(sheets=(undated,))], DISTRICT, NONE)
    assert remark.source == "X11" and "30 giugno senza l'anno" in str(remark)
    for complete in ("Gratuito fino al 30 giugno 2027.", "Gratuito dal 1º luglio di ogni anno."):
        assert findings([service(sheets=(sheet(cost_to_user=complete),))], DISTRICT, NONE) == []


def test_tariffs_on_an_essential_level_are_a_remark_and_never_an_error() -> None:
    vouchers = sheet(cost_to_user="Si applicano le tariffe di ciascun Comune.")
    [remark] = findings([service(sheets=(vouchers,), essential_level=True)], DISTRICT, NONE)
    assert (remark.source, remark.level) == ("X27", Level.WARNING)
    assert findings([service(sheets=(vouchers,))], DISTRICT, NONE) == []
    mixed = sheet(cost_to_user="Gratuito; la formazione è a tariffa.")
    assert findings([service(sheets=(mixed,), essential_level=True)], DISTRICT, NONE) == []


def test_the_remarks_of_the_plugin_carry_the_sheet() -> None:
    plugin = PluginDescription("desk", "Sportello", ("social_work",), "1.0",
                               check=lambda _data: (Finding("Manca la sede.", source="R140"),))
    found = findings([service(sheets=(sheet(plugin="desk", **kept(plugin, {})),))], DISTRICT, With(plugin))
    assert sources(found) == [("desk", "R140")]


def test_a_plugin_that_breaks_while_it_checks_is_a_remark_that_names_it() -> None:
    plugin = PluginDescription("desk", "Sportello", ("social_work",), "1.0", check=lambda data: data["niente"])
    [remark] = findings([service(sheets=(sheet(plugin="desk", **kept(plugin, {})),))], DISTRICT, With(plugin))
    assert "«desk» si è interrotto" in str(remark)


def test_a_plugin_that_is_not_loaded_is_a_remark() -> None:
    [remark] = findings([service(sheets=(sheet(plugin="desk", data={"hours": "3"}),))], DISTRICT, NONE)
    assert "Plugin non caricato" in str(remark)


def test_who_accredits_the_units_of_a_service_and_also_manages_it_is_remarked() -> None:
    accredited = replace(DISTRICT, accredited=frozenset({"school"}))
    own = service("school", sheets=(sheet("school"),), management_form="direct", **DECLARED)
    [remark] = findings([own], accredited, NONE)
    assert remark.source == "X24" and "l'Azienda accredita i gestori e gestisce anche il servizio" in str(remark)
    assert findings([own], DISTRICT, NONE) == [], "nobody is accredited for it"
    given_away = service("school", sheets=(sheet("school"),), management_form="accreditation")
    assert findings([given_away], accredited, NONE) == []
    town = replace(accredited, accreditor=Accreditor("il Comune di Dresano", "municipal"))
    assert findings([own], town, NONE) == [], "the azienda no longer accredits"
    town = replace(town, kept=frozenset((slug, "school") for slug in town.members))
    [remark] = findings([service("school", sheets=(sheet("school"),), management_form="municipal")], town, NONE)
    assert "il Comune di Dresano accredita i gestori" in str(remark)
