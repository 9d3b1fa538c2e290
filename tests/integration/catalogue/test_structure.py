"""The catalogue in the office's own hands: areas, sectors and services opened, renamed, closed; the starting sets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from core.accreditation.model import RequirementSet
from core.catalogue import structure
from core.catalogue.model import Area, OperationalSheet, Sector, Service, ServiceSuccession
from core.catalogue.operations import services_covering
from core.contracts.assemble import contract_document
from core.contracts.compare import snapshot
from core.contracts.model import Conferral
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.ground.unit_of_work import unit_of_work
from core.parties import bodies
from core.parties.model import Body
from core.plugins.hookspecs import DatedName
from core.plugins.loading import Registry
from core.providers.model import UnitType
from seed import sets
from tests.district import District
from tests.integration.contracts.making import ACTOR, demo_contract

TODAY = date(2026, 2, 10)


def opened(session: ScopedSession, **facts: Any) -> Service:
    """A service in a sector of an area."""
    area = structure.add_area(session, {"code": "A", "title": "Domiciliarità", "kind": "services"})
    sector = structure.add_sector(session, {"area_id": area.id, "title": "Anziani"})
    return structure.add_service(session, {"title": "Telesoccorso", "cover_all": True, **facts}, [sector.id])


def test_what_nobody_typed_follows_from_the_title(session: ScopedSession) -> None:
    service = opened(session, title="Centro d'ascolto «Insieme»")
    [place] = service.sectors
    assert (service.code, service.entry, service.order) == ("centro_d_ascolto_insieme", service.title, 1)
    assert (place.sector.code, place.sector.heading, place.order) == ("anziani", "Anziani", 1)


@pytest.mark.parametrize(("facts", "field", "sentence"), [
    ({"title": " "}, "title", "nome del servizio"), ({"code": "1 alfa"}, "code", "lettere minuscole"),
    ({"management_form": "chissà"}, "management_form", "elenco"),
    ({"valid_from": date(2026, 5, 1), "valid_to": date(2026, 4, 1)}, "valid_to", "prima di cominciare"),
])
def test_a_service_that_cannot_be_is_refused_at_its_field(
    session: ScopedSession, facts: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(RuleBroken, match=sentence) as refused:
        opened(session, **facts)
    assert refused.value.field == field


def test_two_equal_codes_a_sector_without_an_area_and_a_service_without_a_sector_are_refused(
    session: ScopedSession,
) -> None:
    service = opened(session)
    with pytest.raises(RuleBroken, match="è già di «Domiciliarità»"):
        structure.add_area(session, {"code": "A", "title": "Altro", "kind": "services"})
    with pytest.raises(RuleBroken, match="sta in un'area"):
        structure.add_sector(session, {"title": "Minori"})
    with pytest.raises(RuleBroken, match="almeno un settore"):
        structure.add_service(session, {"title": "Altro"}, [])
    with pytest.raises(RuleBroken, match="Il codice di un servizio non cambia"):
        structure.edit_service(session, service.id, {"code": "altro"}, service.sector_ids, version=service.version)


def test_a_new_name_holds_from_its_day_and_the_old_one_before(session: ScopedSession) -> None:
    service = opened(session)
    structure.rename_service(session, service.id, "Telesoccorso e teleassistenza", on=date(2027, 1, 1),
                             version=service.version)
    assert (service.name_on(date(2026, 12, 31)), service.name_on(date(2027, 1, 1))) == (
        "Telesoccorso", "Telesoccorso e teleassistenza")
    assert "telesoccorso telesoccorso" in service.words().replace(" e teleassistenza", "")
    with pytest.raises(RuleBroken, match="vale dal 01/01/2027"):
        structure.rename_service(session, service.id, "Altro", on=date(2026, 6, 1), version=service.version)


def test_a_service_is_not_closed_while_a_contract_confers_it_and_no_new_one_takes_it_up_after(
    district: District,
) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = demo_contract(session)
        service = session.scalars(select(Conferral).where(Conferral.contract_id == contract.id)).first().service
        facts = {"valid_to": date(2026, 6, 30)}
        with pytest.raises(RuleBroken, match=r"conferito dal contratto n\. \d+/2026 fino al") as refused:
            structure.edit_service(session, service.id, facts, service.sector_ids, version=None)
        assert refused.value.field == "valid_to" and refused.value.at.kind == "contract"
        last = session.scalar(select(func.max(type(contract).runs_to)))
        structure.edit_service(session, service.id, {"valid_to": last}, service.sector_ids, version=None)
        member = contract.municipality_parties[0].party_id
        after = date(last.year + 1, 1, 1)
        assert service in services_covering(session, member, last)
        assert service not in services_covering(session, member, after)


# --- the starting sets ------------------------------------------------------------------------------------


def rows(session: ScopedSession, *kinds: type[Any]) -> tuple[int, ...]:
    """How many rows of each kind."""
    return tuple(session.scalar(select(func.count()).select_from(kind)) or 0 for kind in kinds)


def test_a_part_of_the_catalogue_brings_its_sectors_and_areas_and_nothing_else(
    session: ScopedSession, registry: Registry
) -> None:
    laid = sets.lay(session, registry, {"services": ["neutral_space"], "sheets": ["neutral_space"]}, today=TODAY)
    assert laid == 2 and rows(session, Area, Sector, Service, OperationalSheet) == (1, 1, 1, 1)
    [service] = session.scalars(select(Service))
    assert service.management_form is None and [sheet.code for sheet in service.sheets] == ["neutral_space"]


def test_a_set_taken_whole_adds_what_is_not_there_yet_and_leaves_the_rest_as_it_was_edited(
    session: ScopedSession, registry: Registry
) -> None:
    sets.lay(session, registry, {"services": ["neutral_space"]}, today=TODAY)
    [service] = session.scalars(select(Service))
    service.title = "Spazio d'incontro"
    sets.lay(session, registry, {}, whole=["services", "units", "sheets", "bodies", "funding"], today=TODAY)
    assert service.title == "Spazio d'incontro"
    assert rows(session, Area, Sector, Service, OperationalSheet, Body) == (3, 11, 24, 18, 29)
    with pytest.raises(RuleBroken, match="nessuna voce nuova"):
        sets.lay(session, registry, {}, whole=["bodies"], today=TODAY)


def test_a_sheet_without_its_service_and_a_part_that_is_none_are_refused(
    session: ScopedSession, registry: Registry
) -> None:
    with pytest.raises(RuleBroken, match="scegliere anche il servizio"):
        sets.lay(session, registry, {"sheets": ["neutral_space"]}, today=TODAY)
    with pytest.raises(RuleBroken, match="non è più tra gli insiemi"):
        sets.lay(session, registry, {"bodies": ["nessuno"]}, today=TODAY)


def test_requirements_bring_the_types_of_unit_that_they_serve_and_say_what_is_to_verify(
    session: ScopedSession, registry: Registry
) -> None:
    [offered] = [one for one in sets.offered(session) if one.code == "requirements"]
    assert all(part.remark.startswith("Da verificare") for part in offered.parts) and len(offered.parts) == 11
    assert sets.lay(session, registry, {"requirements": ["famiglie"]}, today=TODAY) == 1
    assert session.scalars(select(UnitType.code)).all() == ["famiglie"]
    [held] = session.scalars(select(RequirementSet))
    assert (held.code, held.edition, held.verified) == ("famiglie", 1, False)
    sets.lay(session, registry, {}, whole=["unit_types", "requirements"], today=TODAY)
    assert rows(session, UnitType, RequirementSet) == (27, 11)


# --- bodies -----------------------------------------------------------------------------------------------


def test_a_body_has_members_and_names_over_time_and_nobody_sits_twice_on_a_day(session: ScopedSession) -> None:
    board = bodies.add_body(session, {"name": "Consiglio di Amministrazione", "kind": "board", "owner": "azienda"})
    assert board.code == "consiglio_di_amministrazione_azienda"
    member = {"body_id": board.id, "given_name": "Ada", "family_name": "Neri", "role": "Presidente",
              "valid_from": date(2024, 1, 1)}
    bodies.add_member(session, {**member, "valid_to": date(2024, 12, 31)})
    bodies.add_member(session, {**member, "valid_from": date(2025, 1, 1)})
    session.flush()
    with pytest.raises(RuleBroken, match="Ada Neri siede già"):
        bodies.add_member(session, {**member, "valid_from": date(2024, 6, 1)})
    with pytest.raises(RuleBroken, match="è già registrato"):
        bodies.add_body(session, {"name": board.name, "kind": "board", "owner": "azienda"})
    bodies.add_body(session, {"name": board.name, "kind": "board", "owner": "external"})


def test_a_text_names_a_service_as_it_was_called_on_its_day_and_a_list_as_it_is_called_today(
    district: District,
) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = demo_contract(session)
        service = min((held.service for held in contract.conferrals), key=lambda one: one.order)
        before, entry = service.title, service.entry
        structure.rename_service(session, service.id, "Sportello sociale", on=date(2027, 1, 1), version=service.version)
        session.flush()
        document = contract_document(session, contract, district.registry)
        assert before in {annex.title for annex in document.annexes}, "the contract begins in 2026"
        assert before in {fact["shown"] for fact in snapshot(contract).values()}
        contract.effective_on = date(2027, 1, 1)
        said = {fact["shown"] for fact in snapshot(contract).values()}
        assert "Sportello sociale" in said, "an amendment of that day"
        amendment = contract_document(session, contract, district.registry)
        assert "Sportello sociale" in {annex.title for annex in amendment.annexes}
        contract.effective_on = None
        contract.starts_on, contract.year = date(2027, 1, 1), 2027
        document = contract_document(session, contract, district.registry)
        assert "Sportello sociale" in {annex.title for annex in document.annexes}
        listed = {e.text for area in document.areas for sector in area.sectors for e in sector.entries}
        assert (entry in listed) == (entry != before), "its own wording in art. 9 stays"
        assert str(service) == "Sportello sociale"


def test_an_entry_that_nobody_wrote_otherwise_follows_the_name(session: ScopedSession) -> None:
    service = opened(session)
    structure.rename_service(session, service.id, "Teleassistenza", on=date(2027, 1, 1), version=service.version)
    assert (service.entry_on(date(2026, 6, 1)), service.entry_on(date(2027, 6, 1))) == ("Telesoccorso",
                                                                                          "Teleassistenza")
    other = structure.add_service(session, {"title": "Pasti", "entry": "Pasti a domicilio per anziani"},
                                  service.sector_ids)
    structure.rename_service(session, other.id, "Mensa a casa", on=date(2027, 1, 1), version=other.version)
    assert other.entry_on(date(2027, 6, 1)) == "Pasti a domicilio per anziani"


def test_the_services_that_only_the_charter_lists_stand_with_their_one_line(
    session: ScopedSession, registry: Registry
) -> None:
    sets.lay(session, registry, {}, whole=["charter_services"], today=TODAY)
    found = list(session.scalars(select(Service).order_by(Service.order)))
    assert [service.code for service in found] == [
        "minors_in_care", "grave_disability_projects", "economic_support", "residential_fees", "nurseries",
        "youth_centre", "summer_camp", "senior_centre", "adoption_and_foster_centre"]
    for service in found:
        assert service.summary and not service.recipients and not service.cost_to_user
        assert service.management_form is None and not service.cover_all and service.coverage == []
        assert [place.sector.code for place in service.sectors] == ["district_charter"]
    assert session.scalars(select(ServiceSuccession)).all() == [], "the foster centre is not here"


@pytest.mark.parametrize("order", [["charter_services", "services"], ["services", "charter_services"]])
def test_the_foster_centre_took_the_place_of_the_one_for_adoption_and_is_not_another_name_of_it(
    session: ScopedSession, registry: Registry, order: list[str]
) -> None:
    chosen = {"services": ["foster_care_centre"], "charter_services": ["adoption_and_foster_centre"]}
    for code in order:
        sets.lay(session, registry, {code: chosen[code]}, today=TODAY)
    [row] = session.scalars(select(ServiceSuccession))
    assert (row.service.code, row.predecessor.code, row.since) == (
        "foster_care_centre", "adoption_and_foster_centre", None)
    assert "per il solo distretto" in row.reason and row.service.names == []


def test_a_service_is_opened_with_the_names_that_its_plugin_knows_and_the_contract_has_that_of_its_day(
    session: ScopedSession, registry: Registry
) -> None:
    plain = registry.plugins["neutral_space"]
    known = replace(plain.description, names=(
        DatedName("Luogo neutro", None, date(2012, 12, 31)), DatedName("Spazio di oggi", date(2013, 1, 1))))
    named = replace(registry, plugins={**registry.plugins, "neutral_space": replace(plain, description=known)})
    sets.lay(session, named, {"services": ["neutral_space", "access_desk"]}, today=TODAY)
    service, other = (session.scalars(select(Service).where(Service.code == code)).one()
                      for code in ("neutral_space", "access_desk"))
    assert [name.name for name in service.names] == ["Luogo neutro"] and other.names == []
    assert service.name_on(date(2012, 1, 1)) == "Luogo neutro"
    assert service.name_on(TODAY) == service.title == 'Spazio Neutro "Incontriamoci qui"'


def test_what_became_of_the_sets_is_told(session: ScopedSession, registry: Registry) -> None:
    sets.lay(session, registry, {"services": ["neutral_space", "access_desk"], "sheets": ["neutral_space"],
                                 "requirements": ["famiglie"]}, today=TODAY)
    stands = {one.code: one for one in sets.standing(session)}
    assert [(one.taken, one.parts, one.changed) for one in (stands["services"], stands["sheets"])] == [
        (2, 24, ()), (1, 18, ())]
    assert stands["charter_services"].taken == 0 and stands["charter_services"].parts == 9
    assert len(stands["requirements"].to_verify) == 1 and stands["services"].to_verify == ()
    service = session.scalars(select(Service).where(Service.code == "access_desk")).one()
    service.recipients = "Chi abita nei Comuni soci."
    sheet = session.scalars(select(OperationalSheet)).one()
    sheet.cost_to_user = "Gratuito per i residenti."
    session.flush()
    stands = {one.code: one for one in sets.standing(session)}
    assert stands["services"].changed == ("Segretariato sociale",)
    assert stands["sheets"].changed == ('Spazio Neutro "Incontriamoci qui"',)
