"""The organs that a contract names are the azienda's own: assembly, board, and who examines its report (R158)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from core.contracts import house
from core.ground.access import ScopedSession
from core.ground.errors import Place
from core.ground.unit_of_work import unit_of_work
from core.parties import bodies
from core.parties.model import Body
from core.parties.model import District as PartyDistrict
from tests.district import District
from tests.integration.contracts.making import ACTOR, demo_contract

DAY = date(2026, 7, 1)


def named(session: ScopedSession, code: str) -> Body:
    return session.scalars(select(Body).where(Body.code == code)).one()


def test_the_seed_says_who_examines_and_another_name_is_followed(district: District):
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        own = session.scalars(select(PartyDistrict)).all()
        organs = house.organs(session, DAY, own)
        assert (organs.assembly, organs.board) == ("Assemblea Consortile", "Consiglio di Amministrazione")
        assert organs.director == "Direttore Generale"
        assert organs.examiners == ("Assemblea Intercomunale del Distretto Sociale Sud Est Milano",
                                    "Tavolo Tecnico distrettuale")
        assembly = named(session, "consortium_assembly")
        bodies.edit_body(session, assembly.id, {"name": "Assemblea dei Soci"}, version=assembly.version)
        session.flush()
        assert house.organs(session, DAY, own).assembly == "Assemblea dei Soci"


def test_a_contract_that_names_no_examiner_is_remarked(district: District):
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = demo_contract(session)
        assert not list(house.organ_remarks(session, contract))
        for code in ("intermunicipal_assembly", "technical_table"):
            body = named(session, code)
            bodies.edit_body(session, body.id, {"examines_report": False}, version=body.version)
        session.flush()
        [finding] = house.organ_remarks(session, contract)
        assert finding.at == Place("bodies", 0)
        assert "il contratto non lo dice" in str(finding)
        assert house.organs(session, DAY, session.scalars(select(PartyDistrict)).all()).examiners == ()


def test_a_name_without_days_is_no_name_of_other_days(district: District):
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        assert named(session, "court").name_on(DAY) == "Tribunale di Milano"
        assert named(session, "health_authority").name_on(date(2015, 6, 1)) == "ASL MI 2"
