"""What cannot be of districts, each in words: closed while something is in them, days before a membership, twins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import func, select

from core.catalogue import structure
from core.catalogue.model import Service
from core.contracts import plans
from core.contracts.model import ContractTerms
from core.contracts.operations import cancel, draft
from core.ground.access import ScopedSession
from core.ground.errors import NotAllowed, RuleBroken
from core.ground.unit_of_work import unit_of_work
from core.imports.municipalities import MUNICIPALITIES
from core.imports.operations import run
from core.imports.start import whole
from core.parties import bodies, capacities, districts
from core.parties import operations as parties
from core.parties.model import Azienda, Body, District, DistrictMember, Party
from core.start.steps import steps
from core.tables.workbook import workbook
from tests.factories import clerk_of, filled
from tests.integration.contracts.making import ACTOR
from tests.integration.districts import two
from tests.integration.districts.conftest import MANAGER, TODAY, district, town


@pytest.fixture
def acting(valleys) -> Iterator[ScopedSession]:
    """One act of the management."""
    with unit_of_work(valleys, MANAGER, act="prova") as session:
        yield session


def close(session: ScopedSession, code: str, day: date) -> None:
    row = district(session, code)
    districts.edit_district(session, row.id, {"valid_to": day}, version=row.version)


def test_a_district_is_closed_when_nothing_is_in_it_any_more(acting) -> None:
    mountain, plain, last = district(acting, two.MOUNTAIN), district(acting, two.PLAIN), date(2026, 6, 30)
    terms = acting.scalars(select(ContractTerms.id)).one()
    contract = draft(acting, [town(acting, "Montesole").id], starts_on=date(2026, 2, 1), ends_on=date(2026, 12, 31),
                     terms_id=terms, today=TODAY)

    service = acting.scalars(select(Service).where(Service.code == "mountain_transport")).one()
    plan, charter = contract.zone_plan, contract.charter
    cures = {  # what is told, and what the office does then
        "Dopo il 30/06/2026 Montesole starebbe ancora nell'Ambito dell'Alta Valle": lambda: districts.move(
            acting, town(acting, "Montesole").id, plain.id, valid_from=date(2026, 7, 1)),
        "Dopo il 30/06/2026 Roccalta starebbe ancora nell'Ambito dell'Alta Valle": lambda: districts.move(
            acting, town(acting, "Roccalta").id, plain.id, valid_from=date(2026, 7, 1)),
        "«Trasporto sociale di montagna» copre Ambito dell'Alta Valle anche dopo": lambda: structure.edit_service(
            acting, service.id, {"cover_district_id": None}, service.sector_ids, version=service.version),
        "«Piano dell'Alta Valle 2024-2026» dell'Ambito dell'Alta Valle vale fino al": lambda: plans.edit_plan(
            acting, plan.id, {"last_year": 2025}, version=plan.version),
        "La Carta «Carta dei servizi dell'Alta Valle» dell'Ambito dell'Alta Valle vale": lambda: plans.edit_charter(
            acting, charter.id, {"valid_to": last}, version=charter.version),
        f"Il contratto n. {contract.code} cita il Piano o la Carta dell'Ambito dell'Alta Valle": lambda: cancel(
            acting, contract.id, version=contract.version, why="Il distretto si chiude.", today=TODAY),
    }
    told = set()
    for _ in cures:
        with pytest.raises(RuleBroken) as caught, acting.begin_nested():
            close(acting, two.MOUNTAIN, last)
        assert caught.value.field == "valid_to"
        acting.expire_all()
        [said] = [said for said in cures if str(caught.value).startswith(said)]
        told.add(said)
        cures[said]()
    assert told == set(cures)
    close(acting, two.MOUNTAIN, last)
    with pytest.raises(RuleBroken, match="non è aperto il 01/09/2026") as caught:
        districts.move(acting, town(acting, "Prataria").id, mountain.id, valid_from=date(2026, 9, 1))
    assert caught.value.field == "valid_from"
    with pytest.raises(RuleBroken, match="Ambito dell'Alta Valle è chiuso dal 30/06/2026"):
        plans.add_plan(acting, {"title": "Piano", "first_year": 2027, "last_year": 2029, "district_id": mountain.id})


@pytest.mark.parametrize(("name", "code", "day", "says"), [
    ("Ripanuova", two.MOUNTAIN, date(2019, 1, 1), "non è aperto il 01/01/2019"),
    ("Ripanuova", two.PLAIN, date(2026, 7, 1), "Ripanuova sta già nel Distretto della Pianura il 01/07/2026"),
    ("Montesole", two.PLAIN, date(2019, 7, 1), "Montesole è socio dal 01/01/2020: sta in un distretto da allora"),
    ("Montesole", two.PLAIN, date(2020, 1, 1), "Montesole passa già nell'Ambito dell'Alta Valle il 01/01/2020"),
])
def test_a_move_that_cannot_be_is_refused(acting, name: str, code: str, day: date, says: str) -> None:
    with pytest.raises(RuleBroken, match=says):
        districts.move(acting, town(acting, name).id, district(acting, code).id, valid_from=day)


def test_two_moves_do_not_cover_the_same_days(acting) -> None:
    moved, mountain, plain = town(acting, "Ripanuova"), district(acting, two.MOUNTAIN), district(acting, two.PLAIN)
    first = districts.move(acting, moved.id, mountain.id, valid_from=date(2027, 1, 1))
    with pytest.raises(RuleBroken, match="passa già nell'Ambito dell'Alta Valle il 01/01/2027"):
        districts.move(acting, moved.id, mountain.id, valid_from=date(2026, 7, 1))
    districts.move(acting, moved.id, plain.id, valid_from=date(2028, 1, 1))
    lies = [districts.district_of(acting, moved, day).code for day in (
        date(2026, 12, 31), date(2027, 1, 1), date(2027, 12, 31), date(2028, 1, 1))]
    assert lies == [two.PLAIN, two.MOUNTAIN, two.MOUNTAIN, two.PLAIN]
    districts.take_back(acting, first.id)
    assert districts.district_of(acting, moved, date(2027, 6, 1)) is plain


def test_two_districts_have_two_names_and_two_codes_and_a_code_stays(acting) -> None:
    for facts, field in (({"name": "ambito dell'alta valle", "code": "altro"}, "name"), ({"name": " "}, "name"),
                         ({"name": "Altro", "code": "pianura"}, "code"),
                         ({"name": "Altro", "code": "Due Valli"}, "code"),
                         ({"name": "Altro", "valid_from": TODAY, "valid_to": date(2020, 1, 1)}, "valid_to")):
        with pytest.raises(RuleBroken) as caught, acting.begin_nested():
            districts.open_district(acting, facts)
        assert caught.value.field == field, facts
    row = district(acting, two.PLAIN)
    with pytest.raises(RuleBroken, match="Il codice di un distretto non cambia"):
        districts.edit_district(acting, row.id, {"code": "bassa"}, version=row.version)


def test_a_name_holds_from_its_day_and_the_one_before_is_found(acting) -> None:
    row = district(acting, two.MOUNTAIN)
    for name, says in (("Ambito dell'Alta Valle", "si chiama già così"),
                       ("Distretto della Pianura", "è già registrato")):
        with pytest.raises(RuleBroken, match=says), acting.begin_nested():
            districts.rename_district(acting, row.id, name, on=date(2027, 1, 1), version=row.version)
        acting.refresh(row)
    districts.rename_district(acting, row.id, "Ambito delle Cime", on=date(2027, 1, 1), version=row.version)
    assert (row.name_on(date(2026, 12, 31)), row.name_on(date(2027, 1, 1))) == (
        "Ambito dell'Alta Valle", "Ambito delle Cime")


def test_where_there_are_several_it_is_said_which_and_nothing_is_guessed(acting) -> None:
    whole_plan = {"title": "Piano", "first_year": 2028, "last_year": 2030}
    with pytest.raises(RuleBroken, match="più d'uno: scegliere") as caught:
        plans.add_plan(acting, whole_plan)
    assert caught.value.field == "district_id"
    with pytest.raises(RuleBroken, match="più d'uno"):
        plans.add_charter(acting, {"title": "Carta", "owner": "district", "valid_from": TODAY})
    own = plans.add_charter(acting, {"title": "Carta", "owner": "azienda", "valid_from": TODAY})
    assert own.district_id is None
    new = parties.add_municipality(acting, {
        "name": "Valchiusa", "form": "comune", "istat": "017909", "tax_code": "81000060988", "address": "Via Uno",
        "postal_code": "25040", "city": "Valchiusa", "province": "BS"})
    acting.flush()
    with pytest.raises(RuleBroken, match="dire in quale sta Valchiusa") as caught, acting.begin_nested():
        parties.add_membership(acting, {"municipality_id": new.id, "valid_from": TODAY})
    assert caught.value.field == "district_id"
    mountain = district(acting, two.MOUNTAIN)
    parties.add_membership(acting, {"municipality_id": new.id, "valid_from": TODAY}, district_id=mountain.id)
    assert districts.district_of(acting, new, TODAY) is mountain


def test_each_district_has_its_lead_body_and_a_table_of_the_same_name(acting) -> None:
    plain, mountain = district(acting, two.PLAIN), district(acting, two.MOUNTAIN)
    lead = {"kind": "lead", "valid_from": date(2025, 1, 1)}
    with pytest.raises(RuleBroken, match="lo è già Roccalta"):
        capacities.add_capacity(acting, {**lead, "municipality_id": town(acting, "Montesole").id,
                                         "district_id": mountain.id})
    capacities.add_capacity(acting, {**lead, "municipality_id": town(acting, "Prataria").id, "district_id": plain.id})
    everybody = [town(acting, name) for name in two.RESIDENTS]
    assert [capacities.holder(everybody, "lead", TODAY, one).name for one in (plain, mountain)] == [
        "Prataria", "Roccalta"]
    tables = acting.scalars(select(Body).where(Body.name == "Tavolo Tecnico").order_by(Body.id)).all()
    assert [(row.belongs_to(plain), row.belongs_to(mountain)) for row in tables] == [(True, False), (False, True)]
    with pytest.raises(RuleBroken, match="è già registrato"):
        bodies.add_body(acting, {"name": "Tavolo Tecnico", "kind": "technical_table", "owner": "district",
                                 "code": "altro", "district_id": mountain.id})


def test_a_body_accredits_the_units_of_its_district_or_all_of_them(acting) -> None:
    mountain, roccalta, prataria = district(acting, two.MOUNTAIN), town(acting, "Roccalta"), town(acting, "Prataria")
    accredits = {"kind": "accrediting", "valid_from": date(2025, 1, 1)}
    capacities.add_capacity(acting, {**accredits, "municipality_id": roccalta.id, "district_id": mountain.id})
    writes = [capacities.accreditor(acting, TODAY, where).name for where in (
        town(acting, "Montesole"), prataria, None)]
    assert writes == ["Roccalta", "Azienda Sociale delle Due Valli", "Azienda Sociale delle Due Valli"]
    with pytest.raises(RuleBroken, match="lo è già Roccalta"), acting.begin_nested():
        capacities.add_capacity(acting, {**accredits, "municipality_id": prataria.id})
    capacities.add_capacity(acting, {**accredits, "municipality_id": prataria.id,
                                     "district_id": district(acting, two.PLAIN).id})
    assert capacities.accreditor(acting, TODAY, town(acting, "Collebasso")) is prataria


def test_a_service_covers_all_members_or_those_of_a_district(acting) -> None:
    service = acting.scalars(select(Service).where(Service.code == "home_care")).one()
    with pytest.raises(RuleBroken, match="scegliere una delle due") as caught:
        structure.edit_service(acting, service.id, {"cover_district_id": district(acting, two.PLAIN).id},
                               service.sector_ids, version=service.version)
    assert caught.value.field == "cover_district_id"


def test_a_district_without_members_is_told_where_an_azienda_starts(acting) -> None:
    districts.open_district(acting, {"name": "Distretto dei Laghi"})
    told = {step.code: [str(one) for one in (*step.missing, *step.to_look_at)] for step in steps(acting, TODAY)}
    assert "Nel Distretto dei Laghi oggi non c'è alcun Comune: dire chi ne fa parte, o chiuderlo." in told["members"]
    assert any("Per il Distretto dei Laghi nessuna Carta dei servizi vale oggi" in one for one in told["terms"])


def test_an_azienda_of_one_district_says_nothing_more(session: ScopedSession) -> None:
    azienda = filled(Azienda, kind="azienda", name="Azienda", tax_code="91000010982", district="Ambito Unico")
    session.add(azienda)
    session.flush()
    [only] = session.scalars(select(District)).all()
    assert (only.code, only.name, only.is_first, azienda.district) == ("ambito-unico", "Ambito Unico", True,
                                                                       "Ambito Unico")
    plan = plans.add_plan(session, {"title": "Piano", "first_year": 2025, "last_year": 2027})
    assert plan.district_id is None and plan.belongs_to(only)
    azienda.district = "Ambito Solo"
    assert only.name == "Ambito Solo" and not districts.several(session)


def test_only_the_management_changes_districts(valleys) -> None:
    with unit_of_work(valleys, MANAGER, act="prova") as session:
        mine, mountain = town(session, "Prataria").id, district(session, two.MOUNTAIN).id
    with pytest.raises(NotAllowed), unit_of_work(valleys, clerk_of(mine), act="prova") as session:
        districts.move(session, mine, mountain, valid_from=TODAY)


FAULTS = {
    "a member of a district that is not there": (
        'valid_from = 2020-01-01\ndistrict = "alta-valle"\n\n[[populations]]\nmunicipality = "Roccalta"',
        'valid_from = 2020-01-01\ndistrict = "bassa"\n\n[[populations]]\nmunicipality = "Roccalta"',
        'district = "bassa"', "district", "«bassa» non è il codice di un distretto"),
    "a code twice": ('code = "alta-valle"\nname', 'code = "pianura"\nname', 'code = "pianura"\nname = "Ambito', "code",
                     "è già di «Distretto della Pianura»"),
    "a plan of none": ('title = "Piano di Zona"\ndistrict = "pianura"', 'title = "Piano di Zona"', "[[zone_plans]]",
                       "district", "I distretti sono più d'uno"),
    "a member of none": ('municipality = "Collebasso"\nvalid_from = 2018-03-01\ndistrict = "pianura"',
                         'municipality = "Collebasso"\nvalid_from = 2018-03-01', 'municipality = "Collebasso"\nvalid',
                         "district", "dire in quale sta Collebasso"),
}


@pytest.mark.parametrize("what", FAULTS)
def test_a_fault_of_the_file_is_told_with_its_line_and_nothing_goes_in(database, what: str) -> None:
    before, after, place, key, says = FAULTS[what]
    assert before in two.file()
    wrong = two.file().replace(before, after, 1)
    with unit_of_work(database, ACTOR, act="start.apply") as session:
        report = whole.begin(session, wrong.encode(), today=TODAY)
        assert not report.applied
        found = [(row.at(one), one.where, str(one)) for row in report.wrong for one in row.findings]
        [(line, field, _said)] = [one for one in found if says in one[2]]
        assert field == key
        assert abs(line - (wrong[: wrong.index(place)].count("\n") + 1)) <= 1
    with ScopedSession(database, ACTOR) as session:
        assert session.scalar(select(func.count()).select_from(Party)) == 0


def test_the_workbook_of_the_members_names_their_district(valleys) -> None:
    row = {"name": "Valchiusa", "form": "comune", "istat": "017909", "tax_code": "81000060988", "address": "Via Uno",
           "postal_code": "25040", "city": "Valchiusa", "province": "BS", "member_from": date(2026, 1, 1)}
    for named, says in (("bassa", "non è il codice né il nome"), (None, "dire in quale sta Valchiusa")):
        with unit_of_work(valleys, MANAGER, act="importa") as session:
            sheet = MUNICIPALITIES.sheets[0]
            report = run(session, MUNICIPALITIES, workbook((sheet,), {sheet.name: [{**row, "district": named}]}),
                         today=TODAY)
            assert not report.applied
            assert any(says in str(one) for wrong in report.wrong for one in wrong.findings)
    with unit_of_work(valleys, MANAGER, act="importa") as session:
        content = workbook((sheet,), {sheet.name: [{**row, "district": "Ambito dell'Alta Valle"}]})
        assert run(session, MUNICIPALITIES, content, today=TODAY).applied
    with unit_of_work(valleys, MANAGER, act="legge") as session:
        place = session.scalars(select(DistrictMember).where(
            DistrictMember.municipality_id == town(session, "Valchiusa").id)).one()
        assert (place.district.code, place.valid_from) == (two.MOUNTAIN, date(2026, 1, 1))
