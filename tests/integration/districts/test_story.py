"""An azienda of two districts: each municipality's contract cites its own plan and charter, and pays for its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.allocation import operations as allocation
from core.allocation.operations import GroupFacts, KeyFacts
from core.catalogue.model import Service
from core.contracts.assemble import findings
from core.contracts.model import Contract, ContractTerms, ServiceCharter, ZonePlan
from core.contracts.operations import draft, generate_document, set_terms
from core.deadlines.model import Deadline
from core.deadlines.operations import follow
from core.deadlines.standard import install_rules
from core.documents.wordfile import read_text
from core.funding import operations as funding
from core.funding.rules import LineFacts
from core.ground.access import ScopedSession
from core.ground.errors import Level
from core.ground.unit_of_work import unit_of_work
from core.imports.start import whole
from core.parties import districts
from core.parties.model import DistrictMember
from core.plugins.loading import Registry
from tests.factories import clerk_of, write_missing_sheets
from tests.integration.contracts.making import ACTOR
from tests.integration.districts import two
from tests.integration.districts.conftest import MANAGER, TODAY, district, town

START, END = date(2026, 2, 1), date(2026, 12, 31)
D = Decimal
NONE = Registry()


@pytest.fixture
def acting(valleys) -> Iterator[ScopedSession]:
    """One act of the management."""
    with unit_of_work(valleys, MANAGER, act="prova") as session:
        yield session


def contract_of(session: ScopedSession, *names: str) -> Contract:
    """A draft with these municipalities, as the office begins it."""
    terms = session.scalars(select(ContractTerms.id)).one()
    made = draft(session, [town(session, name).id for name in names], starts_on=START, ends_on=END, terms_id=terms,
                 today=TODAY)
    write_missing_sheets(session)
    session.expire_all()
    return made


def printed(session: ScopedSession, contract: Contract) -> str:
    """The words of the generated Word file."""
    text = generate_document(session, contract.id, registry=NONE, today=TODAY)
    lines = read_text(session.files.get(text.document.path))
    return re.sub(r"\s+", " ", " ".join(lines))


@pytest.mark.parametrize("name", two.RESIDENTS)
def test_each_municipality_has_the_plan_the_charter_and_the_services_of_its_district(acting, name: str) -> None:
    contract = contract_of(acting, name)
    mountain = two.LIES_IN[name] == two.MOUNTAIN
    assert str(contract.zone_plan) == ("Piano dell'Alta Valle 2024-2026" if mountain else "Piano di Zona 2025-2027")
    assert contract.charter.title == f"Carta dei servizi {'dell’Alta Valle' if mountain else 'della Pianura'}".replace(
        "’", "'")
    assert [given.service.code for given in contract.conferrals] == ["home_care", *["mountain_transport"] * mountain]
    assert not [str(one) for one in findings(acting, contract, NONE, today=TODAY) if one.level is Level.ERROR]


def test_the_text_of_the_plain_names_its_district_its_members_and_the_azienda_as_its_lead_body(acting) -> None:
    text = printed(acting, contract_of(acting, "Prataria"))
    assert "(A.S.DUE.), ente capofila del Distretto della Pianura" in text
    assert "i Comuni del Distretto della Pianura – oggi Collebasso, Prataria e Ripanuova – hanno commissionato" in text
    assert "Piano di Zona 2025-2027, e la riconoscono come ente capofila del distretto" in text
    assert "l'Accordo di Programma firmato il 28 marzo 2025" in text
    assert "adotta la «Carta dei servizi della Pianura»" in text
    assert "dell'art. 11 dell'Accordo di Programma" in text
    assert "dall'approvazione della Carta dei servizi del Distretto della Pianura" in text
    assert "Alta Valle" not in text and "Roccalta" not in text


def test_the_text_of_the_mountain_has_its_own_lead_body_and_nothing_of_the_plain(acting) -> None:
    text = printed(acting, contract_of(acting, "Montesole"))
    assert "ente capofila del" not in text.split("Premesso")[0], "the azienda does not lead this one"
    assert "i Comuni dell'Ambito dell'Alta Valle – oggi Montesole e Roccalta – hanno commissionato" in text
    assert "Piano di Zona 2024-2026 (6º triennio), di cui è ente capofila il Comune di Roccalta" in text
    assert "soltanto i servizi che l'Ambito dell'Alta Valle dichiara" in text
    assert "«Carta dei servizi dell'Alta Valle», in vigore dal 1º gennaio 2025" in text
    assert "Carta dei servizi della Pianura" not in text and "28 marzo 2025" not in text
    own = printed(acting, contract_of(acting, "Roccalta"))
    assert "ente capofila dell'Ambito dell'Alta Valle" in own, "the town signs in that capacity too"


def test_a_contract_that_reaches_into_both_cites_both(acting) -> None:
    contract = contract_of(acting, "Prataria", "Montesole")
    assert str(contract.zone_plan) == "Piano di Zona 2025-2027", "of who signs first"
    text = printed(acting, contract)
    assert ("i Comuni del Distretto della Pianura – oggi Collebasso, Prataria e Ripanuova – e i Comuni dell'Ambito "
            "dell'Alta Valle – oggi Montesole e Roccalta – hanno commissionato") in text
    assert ("per tutta la durata del Piano di Zona 2025-2027 del Distretto della Pianura e del Piano di Zona 2024-2026 "
            "dell'Ambito dell'Alta Valle (6º triennio)") in text
    assert ("è ente capofila del Distretto della Pianura l'Azienda e dell'Ambito dell'Alta Valle il Comune di "
            "Roccalta") in text
    assert "firmati il 28 marzo 2025 per il Distretto della Pianura e il 10 febbraio 2024 per l'Ambito" in text
    assert ("adotta per il Distretto della Pianura la «Carta dei servizi della Pianura», in vigore dal 1º gennaio 2024 "
            "e per l'Ambito dell'Alta Valle la «Carta dei servizi dell'Alta Valle», in vigore dal 1º gennaio") in text
    assert "servizi che il Distretto della Pianura e l'Ambito dell'Alta Valle dichiarano" in text
    assert "dell'art. 11 dell'Accordo di Programma del Distretto della Pianura." in text
    assert "e i Piani di Zona in vigore" in text


def test_the_plan_and_the_charter_of_another_district_are_refused_with_the_name_of_ones_own(acting) -> None:
    contract = contract_of(acting, "Montesole")
    plain = district(acting, two.PLAIN)
    plan = next(row for row in acting.scalars(select(ZonePlan)) if row.belongs_to(plain))
    charter = next(row for row in acting.scalars(select(ServiceCharter)) if row.belongs_to(plain))
    set_terms(acting, contract.id, version=contract.version, zone_plan_id=plan.id, charter_id=charter.id)
    acting.refresh(contract)
    errors = [str(one) for one in findings(acting, contract, NONE, today=TODAY) if one.level is Level.ERROR]
    assert any("di un altro distretto: chi firma sta nell'Ambito dell'Alta Valle" in e for e in errors)
    assert any("«Carta dei servizi della Pianura» è la Carta di un altro distretto" in e for e in errors)


def test_what_only_the_mountain_has_is_paid_by_the_mountain_to_the_cent(acting) -> None:
    for name in two.RESIDENTS:
        contract_of(acting, name)
    services = {row.code: row.id for row in acting.scalars(select(Service))}
    budget = funding.open_budget(acting, 2026, "budget")
    for code, cost in (("home_care", "50000.00"), ("mountain_transport", "10000.01")):
        funding.set_lines(acting, budget.id, services[code], [LineFacts("direct_cost", "Costo", D(cost))], version=None)
    plan = allocation.open_plan(acting, budget.id)
    plan.joining = "whole"
    for title, code in (("A casa", "home_care"), ("Trasporto", "mountain_transport")):
        allocation.set_group(acting, plan.id, None, GroupFacts(title, [services[code]], [
            KeyFacts("residents", D(100))]))
    shared = allocation.compute(acting, plan)
    paid = {(line.group, line.party): line.amount for line in shared.lines}
    assert {key: amount for key, amount in paid.items() if key[0] == "Trasporto"} == {
        ("Trasporto", "montesole"): D("6315.80"), ("Trasporto", "roccalta"): D("3684.21")}
    assert shared.totals == {
        "prataria": D("22988.50"), "collebasso": D("14367.82"), "ripanuova": D("7183.91"),
        "montesole": D("3448.28") + D("6315.80"), "roccalta": D("2011.49") + D("3684.21")}
    assert sum(shared.totals.values()) == D("60000.01")


def test_the_six_months_for_the_own_charter_run_in_the_district_whose_contract_is_signed(valleys) -> None:
    with unit_of_work(valleys, ACTOR, act="prova") as session:
        install_rules(session)
        charters = session.scalars(select(ServiceCharter.id)).all()
        contract_of(session, "Montesole").signed_on = TODAY
        follow(session, "service_charter", charters, today=TODAY)
        due = select(Deadline.case_title, Deadline.nominal).where(Deadline.case_title.like("Carta%")).order_by(
            Deadline.nominal)
        assert session.execute(due).all() == [("Carta dei servizi dell'Alta Valle", date(2026, 7, 12))]
        contract_of(session, "Roccalta", "Prataria").signed_on = date(2026, 1, 20)  # it cites the charters of both
        follow(session, "service_charter", charters, today=TODAY)
        assert session.execute(due).all() == [("Carta dei servizi dell'Alta Valle", date(2026, 7, 12)),
                                              ("Carta dei servizi della Pianura", date(2026, 7, 20))]


def test_who_moves_has_the_other_plan_from_that_day_and_the_one_before_until_then(acting) -> None:
    moved = town(acting, "Ripanuova")
    districts.move(acting, moved.id, district(acting, two.MOUNTAIN).id, valid_from=date(2026, 7, 1))
    before = contract_of(acting, "Ripanuova")
    assert before.zone_plan.title == "Piano di Zona"
    assert "oggi Collebasso, Prataria e Ripanuova" in printed(acting, before)
    told = [str(one) for one in findings(acting, before, NONE, today=TODAY) if one.where == "ends_on"]
    assert told == ["Dal 01/07/2026 Ripanuova sta nell'Ambito dell'Alta Valle, e il contratto cita il Piano e la Carta "
                    "di dove stava prima: finirlo entro quel giorno, o modificarlo."]
    terms = acting.scalars(select(ContractTerms.id)).one()
    after = draft(acting, [moved.id], starts_on=date(2026, 8, 1), ends_on=END, terms_id=terms, services={},
                  today=TODAY)
    assert after.zone_plan.title == "Piano dell'Alta Valle"


def test_a_municipality_reads_its_own_district_and_nobody_elses_place(valleys) -> None:
    with unit_of_work(valleys, MANAGER, act="prova") as session:
        for name in ("Prataria", "Montesole"):
            contract_of(session, name)
        mine, theirs = town(session, "Prataria").id, town(session, "Montesole").id
        assert session.scalars(select(DistrictMember.municipality_id)).all().count(theirs) == 1
    with ScopedSession(valleys, clerk_of(mine)) as session:
        assert session.scalars(select(DistrictMember)).all() == [], "the one of the mountain is not told"
        assert [contract.municipality_parties[0].party_id for contract in session.scalars(select(Contract))] == [mine]
        everybody = districts.members_of(session, district(session, two.MOUNTAIN).id, TODAY, TODAY)
        assert everybody == frozenset()


def test_the_running_azienda_of_two_districts_is_the_file_of_another_like_it(
    valleys, backend, make_database
) -> None:
    with unit_of_work(valleys, MANAGER, act="prova") as session:
        mountain = district(session, two.MOUNTAIN)
        districts.rename_district(session, mountain.id, "Ambito delle Cime", on=date(2027, 1, 1),
                                  version=mountain.version)
        districts.move(session, town(session, "Ripanuova").id, mountain.id, valid_from=date(2026, 7, 1))
        told, book = whole.as_text(session), whole.as_workbook(session)
    assert told.count("[[districts]]") == 2 and told.count("[[district_members]]") == 1
    for content in (told.encode(), book):
        with unit_of_work(make_database(backend), ACTOR, act="start.apply") as session:
            report = whole.begin(session, content, today=TODAY)
            assert report.applied, [str(finding) for row in report.wrong for finding in row.findings]
            assert whole.as_text(session) == told
