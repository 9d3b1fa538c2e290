"""All services of the seed are plugins, and each asks what the text of its sheet asks (R121-R145)."""

from __future__ import annotations

import pytest

from core.catalogue import sheets
from core.plugins import loading
from core.plugins.loading import Registry
from core.plugins.schema import FieldType
from seed.load import read
from seed.load import sheets as seed_sheets
from tests.unit.catalogue.making import sheet

T, L, I, D, E, B, R, DAY = (  # noqa: E741 - read as a column
    FieldType.TEXT, FieldType.LINES, FieldType.INTEGER, FieldType.DECIMAL, FieldType.EURO, FieldType.YES_NO,
    FieldType.ROWS, FieldType.DATE)
ASKED = {
    "R121": ("children_and_families", {"team.profession": T, "judicial_mandate": B, "home_education": B,
                                       "territorial_education": B}),
    "R122": ("foster_care_centre", {"consensual": B, "judicial": B, "part_time": B, "residential": B,
                                    "training_priced": B}),
    "R123": ("neutral_space", {"team.profession": T, "team.count": I, "team.coordinates": B, "report_months": I,
                               "supervision_months": I,
                               "costs.amount": E}),
    "R124": ("school_wellbeing", {"desks": L, "years": I, "classes": L, "headteachers_table": B,
                                  "scientific_committee": B}),
    "R126": ("disability_day_centres", {"sites": R, "sites_declared": I, "regional_accreditation": B,
                                        "district_tariff_from": DAY, "collected_by": T, "limits.least": D,
                                        "limits.most": D,
                                        "limits.strength": FieldType.CHOICE}),
    "R127": ("work_placement", {"suitability_check": B, "project_needed": B, "internship_paid": B, "grant_months": I,
                                "grant_renewals": I}),
    "R129": ("home_care_vouchers", {"packages.hours_month": D, "packages.monthly_value": E}),
    "R130": ("care_allowance", {"isee_threshold": E, "de_facto_residents": B, "carers": L, "requirements": L,
                                "revocable": B, "criteria.points": D}),
    "R131": ("sensory_school_support", {"provincial_fund": E, "project_review": B}),
    "R132": ("school_support", {"school_levels": L, "accreditation": B, "register_of_providers": B,
                                "monitoring_during": B, "monitoring_after": B, "municipal_contract": B}),
    "R133": ("disability_home_help", {"free_choice": B}),
    "R134": ("legal_protection", {"acts": L, "annual_account": B}),
    "R136": ("work_placement", {}),  # the same sheet again, in another sector (X12)
    "R137": ("foreign_residents_desk", {"councils": I, "housing_rules": I, "information_flows": B, "sites": R}),
    "R140": ("access_desk", {"sites.opening": T, "weekly_opening_hours": D, "appointment_days": I,
                             "aggregated_demand_report": B}),
    "R141": ("professional_social_work", {"team": R, "judicial_collaboration": B, "principles": L}),
    "R142": ("planning_office", {"programming_years": I, "area_tables": L}),
    "R143": ("accreditation_unit", {"set_up_by": T, "notice_activities": L, "accreditation_activities": L,
                                    "half_yearly_monitoring": B, "yearly_monitoring": B}),
    "R144": ("fund_monitoring", {"recipients_of_duties": L, "funding.source": T, "reports.months": I}),
    "R145": ("social_work_system", {"case_management_table": B, "supervision": B, "training": B}),
}
COUNTED = {  # what the text of the source counts: rule -> sheet, where it stands in the first edition, how many or what
    "R121": ("children_and_families", lambda d: [row["profession"] for row in d["team"]],
             ["Assistente sociale", "Psicologo", "Pedagogista", "Educatore"]),
    "R122": ("foster_care_centre", lambda d: len(d["activities"]), 7),
    "R123": ("neutral_space", lambda d: ([row["count"] for row in d["team"]], len(d["protocol"]), d["report_months"],
                                         d["supervision_months"]), ([1, 4], 11, 6, 1)),
    "R124": ("school_wellbeing", lambda d: (len(d["desks"]), d["years"]), (3, 3)),
    "R126": ("disability_day_centres", lambda d: [(int(row["least"]), int(row["most"]), row["strength"])
                                                  for row in d["limits"]], [(18, 65, "normally")]),
    "R127": ("work_placement", lambda d: (d["grant_months"], d["grant_renewals"], d["internship_paid"]),
             (12, 1, False)),
    "R132": ("school_support", lambda d: len(d["school_levels"]), 4),
    "R133": ("disability_home_help", lambda d: len(d["activities"]), 8),
    "R137": ("foreign_residents_desk", lambda d: (d["councils"], d["housing_rules"]), (2, 8)),
    "R140": ("access_desk", lambda d: [row["kind"] for row in d["costs"]], ["free"]),
    "R144": ("fund_monitoring", lambda d: len(d["funding"]), 7),
}
NOTHING_OF_ITS_OWN = {"R125": "solidarity_funds", "R128": "non_self_sufficiency_fund", "R135": "fragile_adults",
                      "R138": "refugee_reception", "R139": "addiction_point"}
SERVICES = {facts["code"]: facts for facts in read("catalogue")["services"]}


@pytest.mark.parametrize("rule", ASKED)
def test_a_sheet_asks_what_its_text_asks(registry: Registry, rule: str) -> None:
    code, asked = ASKED[rule]
    schema = sheets.joined(sheets.asked(registry.plugins[code].description))
    told = {name: None if (field := schema.field(name)) is None else field.type for name in asked}
    assert told == asked


def test_no_rule_of_the_services_is_left_out() -> None:
    assert {*ASKED, *NOTHING_OF_ITS_OWN} == {f"R{number}" for number in range(121, 146)}


@pytest.mark.parametrize("rule", COUNTED)
def test_the_first_edition_says_what_the_source_counts(registry: Registry, rule: str) -> None:
    code, where, counted = COUNTED[rule]
    facts = seed_sheets()[code]
    made = sheet(code, **{name: tuple(facts.get(name, ())) for name in ("activities", "protocol")},
                 **sheets.kept(registry.plugins[code].description, facts.get("data", {})))
    assert where(sheets.read(made)) == counted


def test_whom_a_service_covers_and_whose_function_it_is_stand_on_the_service_and_not_in_words() -> None:
    assert SERVICES["sensory_school_support"]["function_owner"] == "metropolitan_city"  # R131
    assert SERVICES["work_placement"]["sectors"] == ["disability_elderly", "inclusion"]  # R127, R136
    shared = {code: facts["services"] for code, facts in seed_sheets().items() if len(facts["services"]) > 1}
    assert shared == {"home_care_vouchers": ["home_care_vouchers", "non_self_sufficiency_fund"],  # R128, R129
                      "school_support": ["school_support", "sensory_school_support"]}  # R131, R132
    assert SERVICES.keys() - {code for facts in seed_sheets().values() for code in facts["services"]} == {
        "solidarity_funds", "fragile_adults", "refugee_reception", "addiction_point"}  # X12


@pytest.mark.parametrize("rule", NOTHING_OF_ITS_OWN)
def test_a_service_of_which_the_source_says_nothing_adds_nothing(registry: Registry, rule: str) -> None:
    plugin = registry.plugins[NOTHING_OF_ITS_OWN[rule]].description
    assert plugin.sheet.fields == () and rule in plugin.source


def test_every_service_of_the_seed_is_a_plugin_under_its_own_name_and_sectors(registry: Registry) -> None:
    named = {code: (plugin.description.title, plugin.description.sectors) for code, plugin in registry.plugins.items()}
    assert named == {code: (facts["title"], tuple(facts["sectors"])) for code, facts in SERVICES.items()}
    assert {code for code, _asked in ASKED.values()} | set(NOTHING_OF_ITS_OWN.values()) == set(loading.in_tree())


@pytest.mark.parametrize("code", sorted(seed_sheets()))
def test_what_the_source_says_fits_the_fields_and_what_it_leaves_open_is_remarked(registry: Registry,
                                                                                  code: str) -> None:
    plugin, facts = registry.plugins[code].description, seed_sheets()[code]
    made = sheet(code, **{name: tuple(facts.get(name, ())) for name in ("activities", "protocol")},
                 **sheets.kept(plugin, facts.get("data", {})))
    told = [str(remark) for remark in sheets.schema_of(made).remarks(sheets.read(made))]
    assert told == OPEN.get(code, [])


OPEN = {
    "access_desk": ["Il segretariato sociale non ha sedi: indicarne almeno una.",
                    "Mancano le ore di apertura alla settimana.",
                    "Manca il numero di giorni entro cui si tiene il primo colloquio."],
    "care_allowance": ["Manca la soglia ISEE, che i Comuni stabiliscono.",
                       "Mancano i criteri del punteggio da cui dipende la misura dell'assegno."],
    "disability_day_centres": ["Manca il giorno da cui vale la tariffa del distretto."],
    "foreign_residents_desk": ["Manca la sede dello sportello."],
    "home_care_vouchers": ["I pacchetti assistenziali previsti sono 6: la scheda ne elenca 0."],
    "neutral_space": ["Mancano le tariffe dedicate, a cui rinvia il costo per l'utenza."],
}
