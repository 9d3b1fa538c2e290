"""Alerts fire when they are due and never twice; a missed night loses nothing; each person gets one mail."""

from datetime import date

import pytest
from sqlalchemy import select

from core.contracts.model import Contract, ContractTerms
from core.deadlines import operations
from core.deadlines.alerts import fire_alerts, left
from core.deadlines.model import Deadline
from core.deadlines.standard import install_rules
from core.ground.access import Principal, Role
from core.ground.outbox import OutboxMessage
from core.instalments.model import Instalment
from core.parties.model import BankAccount
from core.providers.model import Provider, ProviderPaper
from core.users.model import ProviderGrant, User
from core.users.operations import people
from tests.factories import body_tax_code, filled
from tests.integration.deadlines.conftest import OPENED, TERM, Engine, user

ACCOUNTANT = Principal("Aldo Conti", frozenset({Role.ACCOUNTING}), user_id=5)


def test_an_alert_fires_on_its_day_once_and_to_the_office_that_owns_it(engine):
    assert [engine.night(day) for day in (OPENED, date(2026, 3, 6), date(2026, 3, 6), date(2026, 3, 7))] == [0, 1, 0, 0]
    [mail] = engine.mails()
    assert mail["to"] == "conti@patto.example"
    assert "09/03/2026 (tra 3 giorni): Comunicazione del conto dedicato" in mail["text"]
    assert "L. 136/2010" in mail["text"]


def test_after_nights_that_were_missed_the_nearest_alert_is_told_and_only_that(engine, unit):
    engine.night(OPENED)
    assert engine.night(date(2026, 3, 12)) == 1, "both alerts were due"
    assert engine.night(date(2026, 3, 13)) == 0
    [mail] = engine.mails()
    assert "passata da 3 giorni" in mail["text"]
    assert all(alert.fired_at for alert in engine.deadline().alerts)


def test_a_date_that_is_moved_back_and_forth_sends_nothing_twice(engine):
    engine.night(OPENED)
    engine.night(date(2026, 3, 6))
    engine.move(opened_on=date(2026, 3, 5))
    engine.night(date(2026, 3, 6))
    engine.move(opened_on=OPENED)
    engine.night(date(2026, 3, 6))
    assert len(engine.mails()) == 1
    assert {(a.days_before, a.for_date, a.fired_at is None) for a in engine.deadline().alerts} == {
        (3, TERM, False), (0, TERM, True),
    }, "the alert of the wrong date had not fired and is gone"


def test_a_new_date_is_a_new_alert(engine):
    engine.night(date(2026, 3, 6))
    engine.move(opened_on=date(2026, 3, 9))
    assert [engine.night(date(2026, 3, 9)), engine.night(date(2026, 3, 13))] == [0, 1]
    assert len(engine.mails()) == 2


def test_nothing_is_told_of_what_is_done_or_suspended(engine, unit):
    engine.night(OPENED)
    with unit("parola", ACCOUNTANT) as session:
        key = session.scalars(select(Deadline.id)).one()
        operations.suspend(session, key, on=OPENED, why="In attesa del tesoriere", today=OPENED)
    assert engine.night(TERM) == 0
    engine.move(communicated_on=TERM)
    assert engine.night(date(2026, 3, 20)) == 0


def test_each_person_gets_one_mail_with_everything_that_is_new(engine, unit, two_municipalities):
    with unit("arrivo") as session:
        for _ in range(4):
            session.add(filled(BankAccount, party_id=two_municipalities[1], opened_on=OPENED))
        session.add(user("secondi-conti", Role.ACCOUNTING))
    engine.night(OPENED)
    assert engine.night(date(2026, 3, 6)) == 2
    assert [mail["subject"] for mail in engine.mails()] == ["Patto: 5 scadenze, la prima il 09/03/2026"] * 2


def test_an_office_without_people_is_told_through_the_management_and_nobody_loses_nothing(engine, unit):
    with unit("vacanza") as session:
        for person in session.scalars(select(User)).all():
            person.active = False
    engine.night(OPENED)
    assert engine.night(date(2026, 3, 6)) == 0
    with unit("arrivo") as session:
        session.add(user("direzione", Role.MANAGEMENT))
    assert engine.night(date(2026, 3, 8)) == 1, "the alert had waited for somebody"
    assert engine.mails()[0]["to"] == "direzione@patto.example"


def test_what_falls_to_a_municipality_is_told_to_its_own_people_only(unit, account, two_municipalities):
    own, foreign = two_municipalities
    with unit("arrivo") as session:
        session.add(user("melegnano", Role.MUNICIPALITY, foreign))
        contract = filled(Contract, terms=filled(ContractTerms, roll_policy="holiday"), ends_on=date(2026, 12, 31))
        session.add(contract)
        session.flush()
        row = filled(Instalment, contract=contract, municipality_id=own, kind="advance", state="requested", number=12,
                     year=2026, nominal=date(2026, 7, 31), effective=date(2026, 7, 31), requested_on=date(2026, 6, 30))
        session.add(row)
        session.flush()
        operations.follow(session, "instalment", [row.id], today=date(2026, 6, 30))
        assert fire_alerts(session, people(session), date(2026, 7, 1)) == 1
    [mail] = Engine(unit, account).mails()
    assert mail["to"] == "dresano@patto.example"
    assert "Rata n. 12/2026 di Dresano" in mail["text"]


@pytest.mark.parametrize(("day", "words"), [
    (date(2026, 3, 1), "passata da ieri"), (date(2026, 2, 20), "passata da 10 giorni"), (date(2026, 3, 2), "oggi"),
    (date(2026, 3, 3), "domani"), (date(2026, 4, 1), "tra 30 giorni"),
])
def test_how_long_there_is_stands_in_words(day, words):
    assert left(day, OPENED) == words


def test_what_a_provider_owes_is_told_to_its_own_people_or_else_to_the_office_that_follows_it(unit):
    day = date(2026, 3, 2)
    with unit("arrivo") as session:
        install_rules(session)
        providers = [filled(Provider, name=name, kind="provider", tax_code=body_tax_code())
                     for name in ("Il Melograno", "La Rondine")]
        session.add_all([*providers, user("unita", Role.ACCREDITATION), user("direzione", Role.MANAGEMENT)])
        session.flush()
        person = user("melograno", Role.PROVIDER)
        person.provider_grants = [ProviderGrant(provider_id=providers[0].id)]
        session.add(person)
        papers = [filled(ProviderPaper, provider=provider, kind="insurance", valid_from=date(2025, 3, 10),
                         valid_to=date(2026, 3, 10)) for provider in providers]
        session.add_all(papers)
        session.flush()
        operations.follow(session, "provider_paper", [paper.id for paper in papers], today=day)
        assert fire_alerts(session, people(session), day) == 2
        told = {row.payload["to"]: row.payload["text"] for row in session.scalars(select(OutboxMessage))}
    assert {to: ("Melograno" in text, "Rondine" in text) for to, text in told.items()} == {
        "melograno@patto.example": (True, False), "unita@patto.example": (False, True)}
    office = Principal("Ufficio", frozenset({Role.ACCREDITATION}), user_id=5)
    with unit("sguardo", office) as session:
        assert len(session.scalars(select(Deadline).where(operations.falling_to(office))).all()) == 2
