"""The demo district, told on its data files alone: who offers what to whom, and whether the papers are in order."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from stdnum import iban
from stdnum.it import codicefiscale, iva

from core.allocation.plan import PRICED
from core.ground.paths import DEMO, ROOT, SEED
from demo import load, story
from seed import load as seed


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((DEMO / name).read_text(encoding="utf-8"))


CATALOGUE = load.catalogue()
DISTRICT = read("district.toml")
TERMS = load.terms()
MONEY = read("money.toml")
STORY = read("story.toml")
EVENTS = [event for part in story.PARTS for event in read(f"{part}.toml")["events"]]
SHEETS = load.sheets()
BODIES = load.bodies()
SOURCES = seed.read("funding")["sources"]
SERVICES = {service["code"]: service for service in CATALOGUE["services"]}
MUNICIPALITIES = {municipality["slug"]: municipality for municipality in DISTRICT["municipalities"]}
MEMBERS = sorted(slug for slug, municipality in MUNICIPALITIES.items() if "member_from" in municipality)

# Art. 9 names "the seven" and "the four" for the services that not everybody has.
FOUR = {"cerro-al-lambro", "colturano", "dresano", "vizzolo-predabissi"}
SEVEN = FOUR | {"carpiano", "melegnano", "san-zenone-al-lambro"}

FOR_EVERYBODY = {
    "foster_care_centre",
    "neutral_space",
    "school_wellbeing",
    "solidarity_funds",
    "disability_day_centres",
    "work_placement",
    "non_self_sufficiency_fund",
    "home_care_vouchers",
    "care_allowance",
    "sensory_school_support",
    "disability_home_help",
    "legal_protection",
    "fragile_adults",
    "addiction_point",
    "professional_social_work",
    "planning_office",
    "accreditation_unit",
    "fund_monitoring",
    "social_work_system",
}
FOR_THE_SEVEN = {"children_and_families", "foreign_residents_desk"}
FOR_THE_FOUR = {"school_support", "access_desk"}

EXPECTED_COVERAGE = {
    "carpiano": FOR_EVERYBODY | FOR_THE_SEVEN,
    "cerro-al-lambro": FOR_EVERYBODY | FOR_THE_SEVEN | FOR_THE_FOUR,
    "colturano": FOR_EVERYBODY | FOR_THE_SEVEN | FOR_THE_FOUR,
    "dresano": FOR_EVERYBODY | FOR_THE_SEVEN | FOR_THE_FOUR,
    "melegnano": FOR_EVERYBODY | FOR_THE_SEVEN,
    "san-donato-milanese": FOR_EVERYBODY | {"refugee_reception"},
    "san-zenone-al-lambro": FOR_EVERYBODY | FOR_THE_SEVEN,
    "vizzolo-predabissi": FOR_EVERYBODY | FOR_THE_SEVEN | FOR_THE_FOUR,
}


def covered(slug: str, day: date) -> set[str]:
    """Codes of the services that a municipality has on a day: all members, or those that art. 9 names."""
    codes = set()
    for code, service in SERVICES.items():
        if service.get("coverage_all"):
            if slug in MEMBERS:
                codes.add(code)
        elif any(
            row["municipality"] == slug and row["from"] <= day <= row.get("to", day) for row in service["coverage"]
        ):
            codes.add(code)
    return codes


def covered_today(slug: str) -> set[str]:
    return covered(slug, date(2026, 1, 1))


def owners() -> list[dict[str, Any]]:
    return [DISTRICT["azienda"], *DISTRICT["municipalities"]]


def people() -> Iterator[dict[str, Any]]:
    """Everybody who signs or operates an account."""
    for owner in owners():
        yield from owner.get("signatories", [])
        for account in owner.get("accounts", []):
            yield from account["delegates"]


# ------------------------------------------------------------------------------------------------ catalogue


def test_art_9_has_25_entries_and_they_are_24_services() -> None:
    entries = [code for sector in CATALOGUE["sectors"] for code in sector["entries"]]
    assert len(entries) == 25
    assert set(entries) == set(SERVICES)
    assert len(SERVICES) == 24


def test_work_placement_is_the_service_in_two_sectors() -> None:
    in_two = {code for code, service in SERVICES.items() if len(service["sectors"]) > 1}
    assert in_two == {"work_placement"}


def test_a_sector_lists_the_services_that_name_it() -> None:
    for sector in CATALOGUE["sectors"]:
        named_by = {code for code, service in SERVICES.items() if sector["code"] in service["sectors"]}
        assert set(sector["entries"]) == named_by
        assert {SERVICES[code]["area"] for code in sector["entries"]} <= {sector["area"]}


def test_services_are_numbered_in_the_order_of_art_9() -> None:
    first_mentions = list(dict.fromkeys(code for sector in CATALOGUE["sectors"] for code in sector["entries"]))
    assert [SERVICES[code]["order"] for code in first_mentions] == list(range(1, 25))


def test_areas_are_numbered_1_2_and_4_and_the_last_has_three_staff_areas() -> None:
    assert [area["code"] for area in CATALOGUE["areas"]] == ["1", "2", "4"]
    staff = [sector for sector in CATALOGUE["sectors"] if sector["area"] == "4"]
    assert [len(sector["tasks"]) for sector in staff] == [4, 5, 5]


def test_only_essential_levels_are_managed_directly() -> None:
    direct = [service for service in SERVICES.values() if service["management_form"] == "direct"]
    assert direct
    assert all(service["essential_level"] for service in direct)


@pytest.mark.parametrize("slug", sorted(EXPECTED_COVERAGE))
def test_each_municipality_has_the_services_of_art_9(slug: str) -> None:
    assert covered_today(slug) == EXPECTED_COVERAGE[slug]


def test_pantigliate_had_the_access_desk_until_july_2012_and_nothing_since() -> None:
    assert covered("pantigliate", date(2012, 7, 31)) == {"access_desk"}
    assert covered("pantigliate", date(2012, 8, 1)) == set()


def test_three_services_have_an_assumed_coverage() -> None:
    assumed = {code for code, service in SERVICES.items() if service.get("coverage_assumed")}
    assert assumed == {"non_self_sufficiency_fund", "fragile_adults", "addiction_point"}


# ------------------------------------------------------------------------------------------------ sheets


def test_18_sheets_serve_20_services() -> None:
    served = [code for sheet in SHEETS.values() for code in sheet["services"]]
    assert len(SHEETS) == 18
    assert len(served) == len(set(served)) == 20
    assert {code: sheet["code"] for sheet in SHEETS.values() for code in sheet["services"]} == {
        code: service["sheet"] for code, service in SERVICES.items() if "sheet" in service
    }


def test_four_services_have_no_sheet() -> None:
    without = {code for code, service in SERVICES.items() if "sheet" not in service}
    assert without == {"solidarity_funds", "fragile_adults", "refugee_reception", "addiction_point"}


def test_a_file_is_named_after_its_sheet() -> None:
    assert {name: sheet["code"] for name, sheet in SHEETS.items()} == {name: name for name in SHEETS}


def test_a_missing_cost_line_stays_missing() -> None:
    without = {name for name, sheet in SHEETS.items() if "cost_to_user" not in sheet}
    assert without == {"school_wellbeing", "planning_office", "fund_monitoring", "social_work_system"}


def test_only_the_day_centres_carry_a_mission_pasted_from_another_sheet() -> None:
    pasted = {name: sheet["mission_origin"] for name, sheet in SHEETS.items() if "pasted_mission" in sheet}
    assert pasted == {"disability_day_centres": "school_wellbeing"}


def test_two_sheets_name_other_municipalities_than_art_9() -> None:
    differing = {
        code
        for sheet in SHEETS.values()
        for code in sheet["services"]
        if "coverage" in sheet and set(sheet["coverage"]) != {s for s in MUNICIPALITIES if code in covered_today(s)}
    }
    assert differing == {"foreign_residents_desk", "school_wellbeing"}
    assert "san-giuliano-milanese" in SHEETS["foreign_residents_desk"]["coverage"]


@pytest.mark.parametrize("name", sorted(SHEETS))
def test_a_sheet_says_why_for_whom_and_what(name: str) -> None:
    sheet = SHEETS[name]
    assert len(sheet["mission"]) > 150
    assert len(sheet["activities"]) >= 4
    assert sheet["recipients"].strip().endswith(".")


def test_the_neutral_space_keeps_its_team_its_steps_and_its_rhythms() -> None:
    sheet = SHEETS["neutral_space"]
    assert [(row["count"], row["profession"]) for row in sheet["data"]["team"]] == [
        (1, "Coordinatore pedagogista"),
        (4, "Educatore professionale"),
    ]
    assert len(sheet["protocol"]) == 11
    assert (sheet["data"]["report_months"], sheet["data"]["supervision_months"]) == (6, 1)
    assert all(Decimal(row["amount"]) > 0 for row in sheet["data"]["costs"])


def test_home_care_has_six_packages() -> None:
    packages = SHEETS["home_care_vouchers"]["data"]["packages"]
    assert [package["code"] for package in packages] == ["P1", "P2", "P3", "P4", "P5", "P6"]
    assert all(Decimal(p["hours_month"]) > 0 and Decimal(p["monthly_value"]) > 0 for p in packages)


def test_the_access_desk_has_a_seat_in_each_of_its_municipalities() -> None:
    assert {site["municipality"] for site in SHEETS["access_desk"]["data"]["sites"]} == FOUR


# ------------------------------------------------------------------------------------------------ district


def test_eight_municipalities_are_members_and_two_are_not() -> None:
    assert set(MEMBERS) == set(EXPECTED_COVERAGE)
    assert set(MUNICIPALITIES) - set(MEMBERS) == {"san-giuliano-milanese", "pantigliate"}


@pytest.mark.parametrize("slug", MEMBERS)
def test_the_papers_of_every_member_are_complete(slug: str) -> None:
    municipality = MUNICIPALITIES[slug]
    assert re.fullmatch(r"015\d{3}", municipality["istat"])
    assert municipality["ipa"] == "c_" + municipality["cadastral"].lower()
    assert [person["role"] for person in municipality["signatories"]] in (["Sindaco"], ["Sindaca"])
    assert {act["body_kind"] for act in municipality["acts"]} == {"council", "giunta"}
    assert all(account["treasury"] and account["delegates"] for account in municipality["accounts"])
    assert municipality["mission"].strip()
    assert municipality["values"].strip()
    assert all(row["residents"] > 0 and row["source"] == "dato dimostrativo" for row in municipality["population"])


def test_no_two_municipalities_share_a_number_or_a_mission() -> None:
    for key in ("istat", "cadastral", "tax_code", "vat_number", "pec"):
        values = [municipality[key] for municipality in MUNICIPALITIES.values()]
        assert len(set(values)) == len(values), key
    assert len({MUNICIPALITIES[slug]["mission"] for slug in MEMBERS}) == len(MEMBERS)


@pytest.mark.parametrize("owner", owners(), ids=lambda owner: owner["slug"])
def test_tax_code_and_vat_number_of_a_body_are_valid(owner: dict[str, Any]) -> None:
    assert iva.is_valid(owner["tax_code"])
    assert iva.is_valid(owner["vat_number"])


@pytest.mark.parametrize("person", list(people()), ids=lambda person: person["family_name"])
def test_a_persons_tax_code_agrees_with_the_person(person: dict[str, Any]) -> None:
    code = person["tax_code"]
    assert codicefiscale.is_valid(code)
    assert codicefiscale.get_birth_date(code) == person["birth_date"]
    assert codicefiscale.get_gender(code) == person["sex"]
    assert code[:6] == surname_letters(person["family_name"]) + name_letters(person["given_name"])
    assert code[11:15] == CADASTRAL[person["birth_place"]]


def test_a_wrong_date_of_birth_would_be_seen() -> None:
    person = next(people())
    assert codicefiscale.get_birth_date(person["tax_code"]) != person["birth_date"].replace(day=1)


CADASTRAL = {
    "Milano": "F205",
    "Lodi": "E648",
    "Pavia": "G388",
    "Bergamo": "A794",
    "Cremona": "D150",
    "Monza": "F704",
    "Melegnano": "F100",
}


def split_letters(name: str) -> tuple[str, str]:
    """Consonants and vowels of a name, in order."""
    letters = [letter for letter in name.upper() if letter.isalpha()]
    return "".join(x for x in letters if x not in "AEIOU"), "".join(x for x in letters if x in "AEIOU")


def surname_letters(surname: str) -> str:
    consonants, vowels = split_letters(surname)
    return (consonants + vowels + "XXX")[:3]


def name_letters(name: str) -> str:
    consonants, vowels = split_letters(name)
    if len(consonants) > 3:  # a given name with four consonants skips the second
        return consonants[0] + consonants[2:4]
    return (consonants + vowels + "XXX")[:3]


def accounts() -> list[str]:
    return [account["iban"] for owner in owners() for account in owner.get("accounts", [])]


@pytest.mark.parametrize("number", accounts())
def test_an_iban_is_right_in_its_check_digits_and_in_its_control_letter(number: str) -> None:
    assert len(number) == 27
    assert iban.is_valid(number)
    assert number[4] == control_letter(number[5:])


def test_the_control_letter_sees_two_swapped_digits() -> None:
    number = accounts()[0]
    swapped = number[5:-4] + number[-3] + number[-4] + number[-2:]
    assert swapped != number[5:]
    assert control_letter(swapped) != number[4]


def control_letter(digits: str) -> str:
    """The CIN of an Italian account: odd places weigh by a table, even places by their value, modulo 26."""
    odd = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21)
    total = sum(odd[int(digit)] if place % 2 == 0 else int(digit) for place, digit in enumerate(digits))
    return chr(ord("A") + total % 26)


# Only the fingerprints are kept here: the person, the tax code and the account that the source prints are real.
PRINTED_IN_THE_SOURCE = {
    "e4fda0b0b7faa899d039aa785995145c31306f66edf43398715e9dd4f2aa8c24",
    "a5a9126f4b748eb3c9a6cae4bce515c5a927c2f299bdf608d3b3124aae7aec1c",
    "5e5fc2739b8dd669ac3bc2625deab1baff2e277157c292ac17def231cbc8a2e6",
}


def test_nobody_printed_in_the_source_comes_back() -> None:
    texts = [*accounts()]
    for person in people():
        texts += [person["tax_code"], f"{person['given_name']} {person['family_name']}".lower()]
    for body in BODIES:
        texts += [f"{member['given_name']} {member['family_name']}".lower() for member in body.get("members", [])]
    assert not PRINTED_IN_THE_SOURCE & {hashlib.sha256(text.encode()).hexdigest() for text in texts}


def test_electronic_addresses_lead_nowhere() -> None:
    for owner in owners():
        assert owner["pec"].endswith(".example")
        assert owner["website"].endswith(".example")


def test_every_body_belongs_to_somebody_known() -> None:
    known = {"azienda", "district", "external", *MEMBERS}
    assert {body["owner"] for body in BODIES} <= known
    codes = [body["code"] for body in BODIES]
    assert len(set(codes)) == len(codes)
    for slug in MEMBERS:
        assert {f"council-{slug}", f"giunta-{slug}"} <= set(codes)


def test_the_health_authority_changed_its_name_on_one_day() -> None:
    authority = next(body for body in BODIES if body["code"] == "health_authority")
    old, new = authority["aliases"]
    assert (new["from"] - old["to"]).days == 1


def test_eight_funding_sources_and_one_under_study() -> None:
    under_study = [source.get("under_study", False) for source in SOURCES]
    assert under_study == [False] * 8 + [True]


# ------------------------------------------------------------------------------------------------ terms


def test_the_terms_carry_the_figures_of_the_contract() -> None:
    advances = [(row["percent"], row["due"]) for row in TERMS["instalments"] if row["kind"] == "advance"]
    assert advances == [("50", "01-31"), ("40", "07-31")]
    assert TERMS["instalments"][-1]["kind"] == "balance"
    assert not TERMS["tacit_renewal"]
    assert (TERMS["renewal_assessment_months"], TERMS["continuity_months"], TERMS["own_charter_months"]) == (3, 6, 6)
    assert (TERMS["reply_days"], TERMS["penalty_payment_days"], TERMS["extra_projects_month"]) == (15, 60, 9)


def test_penalty_bands_touch_and_fill_the_whole_range() -> None:
    bands = [(Decimal(band["min"]), Decimal(band["max"])) for band in TERMS["penalty_bands"]]
    assert bands[0][0] == Decimal(TERMS["penalty_min"])
    assert bands[-1][1] == Decimal(TERMS["penalty_max"])
    assert [band[1] for band in bands[:-1]] == [band[0] for band in bands[1:]]


def test_the_contract_ends_with_the_zone_plan() -> None:
    assert TERMS["end"] == date(DISTRICT["zone_plan"]["to_year"], 12, 31)


def test_a_term_that_names_a_source_exists() -> None:
    assert set(TERMS["sources"]) <= set(TERMS)


# ------------------------------------------------------------------------------------------------ money and story


def test_every_budget_names_services_and_sources_that_exist() -> None:
    sources = {source["code"] for source in SOURCES}
    for budget in MONEY["budgets"]:
        for code, lines in budget.get("services", {}).items():
            assert code in SERVICES
            assert {line["source"] for line in lines if line["kind"] == "source"} <= sources
            assert all("funder" in line for line in lines if line.get("social"))
    assert set(MONEY["budgets"][0]["services"]) == set(SERVICES), "the first budget knows every service"


def test_a_budget_or_a_plan_follows_one_that_stands_before_it() -> None:
    for rows in (MONEY["budgets"], MONEY["plans"]):
        before: list[tuple[int, str]] = []
        for row in rows:
            if "like" in row:
                assert (row["like"]["year"], row["like"]["stage"]) in before
            before.append((row["year"], row["stage"]))
        assert len(set(before)) == len(before)


def test_the_weights_of_every_group_make_a_hundred() -> None:
    for plan in MONEY["plans"]:
        for group in plan["groups"]:
            priced = all(key["kind"] in PRICED for key in group["keys"])  # what they make is paid, whatever the cost
            assert sum(Decimal(key.get("weight", 0)) for key in group["keys"]) == (0 if priced else 100), group["title"]


def test_the_groups_of_the_first_plan_hold_each_service_once() -> None:
    grouped = [code for group in MONEY["plans"][0]["groups"] for code in group["services"]]
    assert sorted(grouped) == sorted(SERVICES)


def test_the_plan_by_other_keys_holds_each_service_once_and_families_pay_what_the_budget_expects() -> None:
    [plan] = [plan for plan in MONEY["plans"] if "cap" in plan]
    assert sorted(code for group in plan["groups"] for code in group["services"]) == sorted(SERVICES)
    [fee] = [key for group in plan["groups"] for key in group["keys"] if key["kind"] == "daily_fee"]
    [centres] = [row["services"]["disability_day_centres"] for row in MONEY["budgets"]
                 if (row["year"], row["stage"]) == (2026, "budget")]
    assert sum(map(Decimal, fee["recovery"].values())) == sum(
        Decimal(line["amount"]) for line in centres if line["kind"] == "user_fee")


def test_a_key_has_figures_of_those_who_have_the_services_and_of_nobody_else() -> None:
    for plan in MONEY["plans"]:
        for group in plan["groups"]:
            served = {slug for slug in MEMBERS if covered_today(slug) & set(group["services"])}
            for key in group["keys"]:
                if "values" in key:
                    assert set(key["values"]) == served, group["title"]


def test_an_event_is_known_by_its_sentence_and_its_verb_exists() -> None:
    told = [event["what"] for event in EVENTS]
    assert len(set(told)) == len(told)
    assert {event["do"] for event in EVENTS} == set(story.VERBS)


def test_the_story_is_written_in_the_order_of_the_days() -> None:
    days = [event["on"] for event in STORY["events"]]
    assert days == sorted(days)


def test_an_act_of_the_story_is_not_younger_than_the_day_it_comes_in() -> None:
    for event in EVENTS:
        for act in (*event.get("acts", ()), *(event[name] for name in ("act", "by") if name in event)):
            assert act["date"] <= event["on"], event["what"]


# ------------------------------------------------------------------------------------------------ rules cited


@pytest.mark.parametrize(
    "path", sorted([*DEMO.glob("*.toml"), *SEED.rglob("*.toml")]), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_every_rule_that_a_file_cites_is_in_the_list_of_rules(path: Path) -> None:
    stated = set(re.findall(r"\*\*([RX]\d+)\*\*", (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")))
    cited = set(re.findall(r"\b([RX]\d+)\b", path.read_text(encoding="utf-8")))
    assert cited <= stated


def test_the_list_of_rules_has_no_gap() -> None:
    stated = re.findall(r"\*\*([RX]\d+)\*\*", (ROOT / "docs" / "rules.md").read_text(encoding="utf-8"))
    assert sorted(stated) == sorted([*(f"R{n}" for n in range(1, 229)), *(f"X{n}" for n in range(1, 32))])
