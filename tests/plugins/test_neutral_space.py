"""R123, neutral space: the contract opens the half-years, each report is counted, the end of the half is a term."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.contracts.model import Contract, ContractTerms
from core.deadlines.model import Deadline
from core.deadlines.standard import install_rules
from core.ground.access import NotAllowed, Principal, ScopedSession, system
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.unit_of_work import unit_of_work
from core.night import following
from core.plugins.bound import bind, offered, tell
from core.plugins.happened import ContractSigned
from core.plugins.loading import Registry
from plugins.neutral_space import operations
from plugins.neutral_space.model import HalfYear
from tests import factories
from tests.district import District
from tests.integration.contracts.making import approved_and_signed, demo_contract

TODAY = date(2026, 3, 10)
Ids = dict[str, int]


@pytest.fixture
def members(full_database: Database, manager: Principal, registry: Registry) -> Ids:
    """Dresano and Melegnano, in a house where the plugins answer."""
    bind(full_database, registry)
    with unit_of_work(full_database, manager, act="arrivo") as session:
        install_rules(session)
        made = {name: factories.municipality(name) for name in ("Dresano", "Melegnano")}
        session.add_all(made.values())
        session.flush()
        return {name: row.id for name, row in made.items()}


def sign(database: Database, manager: Principal, members: Ids, *services: str, last_day: date) -> None:
    with unit_of_work(database, manager, act="contratto") as session:
        contract = session.scalars(select(Contract.id)).first()
        if contract is None:
            terms = factories.filled(ContractTerms, title="Condizioni")
            session.add(row := factories.filled(Contract, year=2026, number=1, terms=terms, ends_on=last_day))
            session.flush()
            contract = row.id
    signed = ContractSigned(contract, "1/2026", TODAY, date(2026, 1, 1), last_day,
                            {members["Dresano"]: frozenset(services), members["Melegnano"]: frozenset()}, TODAY)
    with unit_of_work(database, manager, act="firma") as session:
        tell(session, signed)


def halves(database: Database, who: Principal) -> list[tuple[str, int, int]]:
    with ScopedSession(database, who) as session:
        rows = session.scalars(select(HalfYear).order_by(HalfYear.year, HalfYear.half)).all()
        return [(row.municipality.name, row.year, row.half) for row in rows]


def terms(database: Database, who: Principal) -> list[tuple[str, date, str]]:
    with ScopedSession(database, who) as session:
        mine = select(Deadline).where(Deadline.subject == operations.TABLE).order_by(Deadline.effective)
        return [(row.case_title, row.effective, row.state) for row in session.scalars(mine)]


def live(database: Database, today: date) -> None:
    """The terms of the plugin follow the day, as the worker lets them."""
    [step] = [step for step in following(database) if step.about == operations.TABLE]
    with unit_of_work(database, system("scadenze"), act=step.act) as session:
        step.whole(session, today)


def count(database: Database, who: Principal, due: int, sent: int, on: date, *, half: int = 1) -> None:
    with unit_of_work(database, who, act="conta") as session:
        row = session.scalars(select(HalfYear).where(HalfYear.half == half)).one()
        operations.count(session, row.id, due=due, sent=sent, said_on=on, version=row.version, today=on)


def test_r123_the_signature_opens_a_half_year_after_another_as_long_as_the_contract_runs(
        full_database: Database, manager: Principal, members: Ids) -> None:
    sign(full_database, manager, members, "neutral_space", "access_desk", last_day=date(2027, 6, 30))
    opened = [("Dresano", 2026, 1), ("Dresano", 2026, 2), ("Dresano", 2027, 1)]
    assert halves(full_database, manager) == opened
    sign(full_database, manager, members, "neutral_space", last_day=date(2027, 12, 31))  # an amendment: one more
    assert halves(full_database, manager) == [*opened, ("Dresano", 2027, 2)]


def test_r123_who_does_not_confer_the_service_is_owed_no_report(
        full_database: Database, manager: Principal, members: Ids) -> None:
    sign(full_database, manager, members, "access_desk", last_day=date(2027, 12, 31))
    assert halves(full_database, manager) == []


def test_r123_the_reports_are_due_by_the_end_of_the_half_year_and_the_next_term_begins_with_the_next(
        full_database: Database, manager: Principal, members: Ids) -> None:
    sign(full_database, manager, members, "neutral_space", last_day=date(2026, 12, 31))
    first = "Spazio Neutro, Dresano, 1º semestre 2026"
    assert terms(full_database, manager) == [(first, date(2026, 6, 30), "open")]
    count(full_database, manager, 7, 5, date(2026, 6, 20))
    assert terms(full_database, manager) == [(first, date(2026, 6, 30), "open")]
    count(full_database, manager, 7, 7, date(2026, 6, 29))
    live(full_database, date(2026, 7, 1))
    assert terms(full_database, manager) == [
        (first, date(2026, 6, 30), "met"), ("Spazio Neutro, Dresano, 2º semestre 2026", date(2026, 12, 31), "open")]


def test_a_half_year_in_which_no_report_is_due_is_done_when_somebody_says_so(
        full_database: Database, manager: Principal, members: Ids) -> None:
    sign(full_database, manager, members, "neutral_space", last_day=date(2026, 6, 30))
    live(full_database, date(2026, 7, 2))
    assert [state for _title, _day, state in terms(full_database, manager)] == ["missed"]
    count(full_database, manager, 0, 0, date(2026, 7, 2))
    assert [state for _title, _day, state in terms(full_database, manager)] == ["met"]


@pytest.mark.parametrize(("due", "sent", "on", "sentence"), [
    (7, 8, date(2026, 6, 1), "non superano quelle dovute"),
    (-1, 0, date(2026, 6, 1), "da 0 a 10000"),
    (7, 7, date(2025, 12, 31), "comincia il 01/01/2026"),
])
def test_what_cannot_be_is_refused_in_words(full_database: Database, manager: Principal, members: Ids, due: int,
                                            sent: int, on: date, sentence: str) -> None:
    sign(full_database, manager, members, "neutral_space", last_day=date(2026, 6, 30))
    with pytest.raises(RuleBroken, match=sentence):
        count(full_database, manager, due, sent, on)


def test_a_municipality_reads_its_own_half_years_and_counts_nothing(
        full_database: Database, manager: Principal, members: Ids) -> None:
    sign(full_database, manager, members, "neutral_space", last_day=date(2026, 6, 30))
    assert halves(full_database, factories.clerk_of(members["Melegnano"])) == []
    own = factories.clerk_of(members["Dresano"])
    assert halves(full_database, own) == [("Dresano", 2026, 1)]
    with pytest.raises(NotAllowed):
        count(full_database, own, 1, 1, date(2026, 6, 1))


def test_a_contract_that_is_really_signed_opens_them_too(district: District, manager: Principal) -> None:
    bind(district.database, district.registry)
    with unit_of_work(district.database, manager, act="firma") as session:
        contract = demo_contract(session)
        approved_and_signed(session, district, contract)
        served = {given.municipality_id for given in contract.conferrals if given.service.code == "neutral_space"}
        last, key = contract.runs_to, contract.id
    with ScopedSession(district.database, manager) as session:
        found = session.execute(select(HalfYear.municipality_id, HalfYear.year, HalfYear.half)).all()
        blocks = [panel.blocks(session, key, TODAY) for _loaded, panel in offered(district.database, "patto_panels")
                  if panel.page == "contract"]
    assert [len(block.rows) for [block] in blocks] == [len(found)]
    assert served and {row.municipality_id for row in found} == served
    assert max((row.year, row.half) for row in found) == (last.year, 1 if last.month < 7 else 2)
