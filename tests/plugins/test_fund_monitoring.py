"""R153-R157, the duties of information: opened by exercise, terms once the office says their day, sent with receipt."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.catalogue import sheets
from core.deadlines.model import Deadline
from core.deadlines.standard import install_rules
from core.deadlines.waiting import waiting
from core.ground.access import Principal, Role, ScopedSession, system
from core.ground.db import Database
from core.ground.errors import NotAllowed, NotVisible, RuleBroken
from core.ground.unit_of_work import unit_of_work
from core.imports.beside import imports_of
from core.imports.operations import run
from core.parties.model import Membership
from core.plugins.bound import bind
from core.plugins.loading import Registry
from plugins.fund_monitoring import grants, operations, returns
from plugins.fund_monitoring.duties import kinds
from plugins.fund_monitoring.grants import GrantFacts
from plugins.fund_monitoring.model import Duty, Grant, MunicipalReturn, ReturnFigure
from tests import factories
from tests.ground import Application
from tests.plugins.visiting import visiting, workbook_of
from tests.unit.catalogue import making

TODAY, DAY = date(2026, 3, 10), date(2026, 5, 31)
D = Decimal
GRANT = GrantFacts(2026, "fsr", "Determina 12", date(2026, 2, 20), "Per posti autorizzati", "Dresano", D("12500.00"))


@pytest.fixture
def office(full_database: Database, registry: Registry) -> Database:
    """A house whose service has its sheet; Dresano and Melegnano are members."""
    bind(full_database, registry)
    plugin = registry.plugins["fund_monitoring"].description
    with unit_of_work(full_database, system("prova"), act="arrivo") as session:
        install_rules(session)
        sheet = making.sheet("fund_monitoring", plugin="fund_monitoring", **sheets.kept(
            plugin, {"reports": [{"what": "Budget triennale", "recipient": "Regione"}]}))
        for name in ("Dresano", "Melegnano"):
            row = factories.municipality(name)
            row.memberships.append(Membership(valid_from=date(2009, 5, 21)))
            session.add(row)
        session.add(making.service("fund_monitoring", sheets=(sheet,)))
    return full_database


def open_year(database: Database, who: Principal, year: int = 2026, *, three: bool = False) -> dict[str, int]:
    """Open an exercise; the keys of its duties by code and moment."""
    with unit_of_work(database, who, act="apri") as session:
        rows = operations.open_year(session, year, begins_three_years=three, today=TODAY)
        return {f"{row.code} {row.moment}": row.id for row in rows}


def act(database: Database, who: Principal, verb: object, key: int, **told: object) -> None:
    with unit_of_work(database, who, act="passo") as session:
        verb(session, key, **{"version": None, "today": TODAY, **told})  # type: ignore[operator]


def terms(database: Database, who: Principal) -> list[tuple[str, date, str]]:
    with ScopedSession(database, who) as session:
        mine = select(Deadline).where(Deadline.subject == operations.TABLE).order_by(Deadline.id)
        return [(row.case_title, row.effective, row.state) for row in session.scalars(mine)]


def waits(database: Database, who: Principal, today: date = TODAY) -> list[str]:
    with ScopedSession(database, who) as session:
        return [str(item.what) for item in waiting(session, today) if item.kind.startswith("fund_monitoring")]


def test_r154_r156_the_eleven_duties_are_to_region_metropolitan_city_and_municipalities() -> None:
    of_the_sheet = [kind for kind in kinds().values() if kind.source in ("R154", "R155", "R156")]
    owed = [[kind.to for kind in of_the_sheet].count(to) for to in ("region", "metropolitan_city", "municipalities")]
    assert owed == [4, 4, 3]
    assert all(kind.form and kind.rows for kind in kinds().values()), "each says its form and what it is drawn from"
    assert kinds()["budget_monitoring"].moments == ("Preventivo", "Verifica intermedia", "Consuntivo")
    assert [kind.code for kind in kinds().values() if kind.asks] == ["social_spending", "sensory_support"]
    assert {kind.day for kind in kinds().values()} == {""}, "the source gives no day"


def test_r157_the_other_reports_are_followed_where_they_are_made() -> None:
    others = {kind.code: kind.followed for kind in kinds().values() if "R157" in kind.source}
    assert others == {
        "management_report": "deadline.index_view", "accounts_report": "deadline.index_view",
        "neutral_space": "neutral_space_half_year.index_view", "accreditation": "deadline.index_view",
        "aggregated_demand": ""}
    assert kinds()["neutral_space"].moments == ("Primo semestre", "Secondo semestre")
    assert len(kinds()["accreditation"].moments) == 3, "half-yearly and yearly"


def test_an_exercise_waits_to_be_opened_then_for_the_days_that_the_source_does_not_say(
        office: Database, manager: Principal) -> None:
    assert waits(office, manager) == ["Aprire i debiti informativi del 2026."]
    assert waits(office, factories.clerk_of(1)) == []
    made = open_year(office, manager)
    assert "three_year_budget Avvio del triennio" not in made and len(made) == 22
    assert waits(office, manager) == ["Indicare entro quando sono dovuti i debiti informativi del 2026: la fonte non "
                                      "dice il giorno, e ne mancano 15."]
    assert terms(office, manager) == [], "without a day there is no term"


def test_r154_the_three_year_budget_is_owed_where_three_years_begin(office: Database, manager: Principal) -> None:
    assert "three_year_budget Avvio del triennio" in open_year(office, manager, three=True)
    with pytest.raises(RuleBroken, match="già aperti"):
        open_year(office, manager, three=True)


def test_r154_a_day_makes_a_term_and_the_sending_meets_it(office: Database, manager: Principal) -> None:
    key = open_year(office, manager)["budget_monitoring Verifica intermedia"]
    act(office, manager, operations.say_day, key, due=DAY)
    title = "Monitoraggio del budget unico: verifica intermedia, 2026"
    assert [(*term[:1], term[2]) for term in terms(office, manager)] == [(title, "open")]
    act(office, manager, operations.send, key, sent_on=TODAY, reference="Prot. 418/2026", why="")
    assert [state for *_rest, state in terms(office, manager)] == ["met"]
    act(office, manager, operations.send_back, key, on=TODAY, why="Manca il canale FNA.")
    assert [state for *_rest, state in terms(office, manager)] == ["open"], "what comes back is owed again"
    assert "Correggere il debito informativo rimandato indietro e trasmetterlo di nuovo." in waits(office, manager)
    act(office, manager, operations.send, key, sent_on=TODAY, reference="Prot. 455/2026", why="")
    act(office, manager, operations.acknowledge, key, on=TODAY, receipt="Ricevuta 9")
    assert [state for *_rest, state in terms(office, manager)] == ["met"]


def test_what_was_recorded_by_mistake_is_taken_back_a_step_at_a_time(office: Database, manager: Principal) -> None:
    key = open_year(office, manager)["channel_accounts Preventivo"]
    act(office, manager, operations.send, key, sent_on=TODAY, reference="Prot. 1", why="")
    act(office, manager, operations.acknowledge, key, on=TODAY, receipt="Ricevuta 1")
    seen = []
    for _step in range(2):
        act(office, manager, operations.take_back, key)
        with ScopedSession(office, manager) as session:
            row = session.require(Duty, key)
            seen.append((row.state, row.sent_on, row.receipt_on))
    assert seen == [("sent", TODAY, None), ("to_do", None, None)]
    with pytest.raises(RuleBroken, match="Non c'è una trasmissione"):
        act(office, manager, operations.take_back, key)


def test_the_day_of_a_year_is_that_of_the_next_one_and_is_asked_once(office: Database, manager: Principal) -> None:
    key = open_year(office, manager)["single_budget Preventivo"]
    act(office, manager, operations.say_day, key, due=DAY)
    after = open_year(office, manager, 2027)
    with ScopedSession(office, manager) as session:
        assert session.require(Duty, after["single_budget Preventivo"]).due == date(2027, 5, 31)
        assert session.require(Duty, after["single_budget Consuntivo"]).due is None


@pytest.mark.parametrize(("code", "verb", "told", "sentence"), [
    ("single_budget Preventivo", operations.say_day, {"due": date(2031, 1, 1)}, "correggere il giorno"),
    ("accounts_report Anno", operations.say_day, {"due": DAY}, "già seguito altrove"),
    ("single_budget Preventivo", operations.ask, {"asked_on": TODAY, "by": DAY}, "non si raccoglie dai Comuni"),
    ("social_spending Anno", operations.ask, {"asked_on": TODAY, "by": date(2026, 3, 1)}, "viene dopo"),
    ("social_spending Anno", operations.send, {"sent_on": TODAY, "reference": "1", "why": ""}, "Prima si chiede"),
    ("single_budget Preventivo", operations.send, {"sent_on": date(2026, 4, 1), "reference": "1", "why": ""},
     "non è ancora arrivato"),
    ("single_budget Preventivo", operations.send, {"sent_on": TODAY, "reference": " ", "why": ""}, "protocollo"),
    ("single_budget Preventivo", operations.acknowledge, {"on": TODAY, "receipt": "1"}, "Prima si registra"),
])
def test_what_cannot_be_is_refused_in_words(office: Database, manager: Principal, code: str, verb: object,
                                            told: dict[str, object], sentence: str) -> None:
    key = open_year(office, manager)[code]
    with pytest.raises(RuleBroken, match=sentence):
        act(office, manager, verb, key, **told)


# --- what the municipalities answer -----------------------------------------------------------------------


@pytest.fixture
def asked(office: Database, manager: Principal) -> int:
    """The social spending of 2026, asked of both municipalities."""
    key = open_year(office, manager)["social_spending Anno"]
    act(office, manager, operations.ask, key, asked_on=TODAY, by=DAY)
    return key


def test_r154_social_spending_is_asked_received_sent_back_and_sent(office: Database, manager: Principal,
                                                                   asked: int) -> None:
    act(office, manager, returns.receive, 1, on=TODAY)
    with pytest.raises(RuleBroken, match="Mancano le risposte di Melegnano"):
        act(office, manager, operations.send, asked, sent_on=TODAY, reference="Prot. 1", why="")
    act(office, manager, returns.receive, 2, on=TODAY)
    with ScopedSession(office, manager) as session:
        assert session.require(Duty, asked).state == "received"
    act(office, manager, returns.send_back, 2, on=TODAY, why="Manca l'area anziani.")
    with ScopedSession(office, manager) as session:
        assert session.require(Duty, asked).state == "asked"
    act(office, manager, operations.send, asked, sent_on=TODAY, reference="Prot. 1", why="Melegnano risponde tardi")
    with pytest.raises(RuleBroken, match="già stato trasmesso"):
        act(office, manager, returns.receive, 2, on=TODAY)


def test_r154_a_municipality_answers_by_workbook(office: Database, manager: Principal, asked: int) -> None:
    kind = imports_of(office)["fund_monitoring_returns"]
    row = {"municipality": "Dresano", "year": 2026, "duty": "Spesa sociale dei Comuni"}
    book = workbook_of(kind, {**row, "title": "Area anziani", "amount": "12.500,00", "people": 40},
                       {**row, "title": "Area minori", "amount": "8.000,50"})
    with unit_of_work(office, manager, act="importa") as session:
        assert run(session, kind, book, today=TODAY).is_clean
    with ScopedSession(office, factories.clerk_of(1)) as session:
        figures = session.scalars(select(ReturnFigure).order_by(ReturnFigure.id)).all()
        assert [(one.title, one.amount, one.people) for one in figures] == [
            ("Area anziani", D("12500.00"), 40), ("Area minori", D("8000.50"), None)]
        assert session.scalars(select(MunicipalReturn.state)).all() == ["received"]
        assert [str(duty) for duty in session.scalars(select(Duty))] == ["Spesa sociale dei Comuni"]
    with ScopedSession(office, factories.clerk_of(2)) as session:
        assert session.scalars(select(ReturnFigure)).all() == []


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"municipality": "Lodi"}, "non è stato chiesto"), ({"year": 2025}, "non è stato chiesto"),
    ({"amount": None}, "indicare l'importo"), ({"amount": D(-1)}, "negativa")])
def test_a_wrong_row_of_the_workbook_is_refused(office: Database, manager: Principal, asked: int,
                                                changes: dict[str, object], sentence: str) -> None:
    row = {"municipality": "Dresano", "year": 2026, "duty": "social_spending", "title": "Area anziani",
           "amount": D(100), "people": None}
    with unit_of_work(office, manager, act="riga") as session, pytest.raises(RuleBroken, match=sentence):
        returns.lay(session, {**row, **changes}, TODAY)


# --- what is paid out -------------------------------------------------------------------------------------


def decide(database: Database, who: Principal, **changes: object) -> int:
    with unit_of_work(database, who, act="somma") as session:
        return grants.decide(session, GrantFacts(**{**vars(GRANT), **changes}), today=TODAY).id


def test_r152_what_is_paid_out_has_act_criteria_body_amount_and_account(office: Database, manager: Principal) -> None:
    key = decide(office, manager)
    with pytest.raises(RuleBroken, match="viene dopo il pagamento"):
        act(office, manager, grants.account, key, account_on=TODAY, spent=D(1), note="")
    act(office, manager, grants.pay, key, paid_on=TODAY)
    assert waits(office, manager, date(2027, 1, 10))[-1:] == [
        "Chiedere il rendiconto delle somme erogate nel 2026: ne mancano 1."]
    with pytest.raises(RuleBroken, match="Non è stato speso tutto"):
        act(office, manager, grants.account, key, account_on=TODAY, spent=D("12000.00"), note="")
    act(office, manager, grants.account, key, account_on=TODAY, spent=D("12000.00"), note="Si restituisce")
    with ScopedSession(office, factories.clerk_of(1)) as session:
        assert session.scalars(select(Grant)).one().to_give_back == D("500.00")
    with ScopedSession(office, factories.clerk_of(2)) as session:
        assert session.scalars(select(Grant)).all() == [], "of another municipality"


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"channel": "x"}, "sette fonti"), ({"amount": D(0)}, "maggiore di zero"), ({"amount": D("1.005")}, "due decimali"),
    ({"act_on": date(2026, 4, 1)}, "non è ancora arrivato"), ({"criteria": " "}, "criteri"),
    ({"year": 2028}, "dal 2009"), ({}, "assegna già")])
def test_a_sum_that_cannot_be_is_refused(office: Database, manager: Principal, changes: dict[str, object],
                                         sentence: str) -> None:
    decide(office, manager)
    with pytest.raises(RuleBroken, match=sentence):
        decide(office, manager, **changes)


# --- who, and the pages -----------------------------------------------------------------------------------


def test_a_municipality_reads_its_own_and_writes_nothing(office: Database, manager: Principal, asked: int) -> None:
    clerk = factories.clerk_of(1)
    with ScopedSession(office, clerk) as session:
        assert len(session.scalars(select(MunicipalReturn)).all()) == 1
        with pytest.raises(NotVisible):
            session.require(Duty, asked + 1)
    with pytest.raises(NotAllowed):
        act(office, clerk, returns.receive, 1, on=TODAY)
    with pytest.raises(NotAllowed):
        open_year(office, clerk, 2027)


def test_the_pages_open_ask_send_and_show(office: Database, application: Application) -> None:
    visit = visiting(office, application, TODAY)
    desk = visit(Role.MANAGEMENT)
    opened = desk.post("/admin/debiti-informativi/apri", data={"year": "2026", "three": "no"}, follow_redirects=True)
    assert "Debiti informativi aperti: 22." in opened.text and "da indicare" in opened.text
    page = desk.get("/admin/debiti-informativi/giorni").text
    assert "Restituzione dei debiti informativi (Comuni)" in page
    refused = desk.post("/admin/debiti-informativi/giorni", data={"day-1": "2040-01-01"})
    assert "correggere il giorno" in refused.text
    said = desk.post("/admin/debiti-informativi/giorni", data={"day-1": "2026-05-31", "day-2": "2027-05-31"},
                     follow_redirects=True)
    assert "Giorni registrati: 2." in said.text
    assert "31/05/2026" in desk.get("/admin/debiti-informativi/details/?id=1").text
    with ScopedSession(office, system("prova")) as session:
        key = session.scalars(select(Duty.id).where(Duty.code == "social_spending")).one()
    asked = f"/admin/debiti-informativi/{key}/chiedi"
    assert "Si chiede a: Dresano, Melegnano." in desk.get(asked).text
    done = desk.post(asked, data={"asked_on": "2026-03-10", "by": "2026-04-30"}, follow_redirects=True)
    assert "La richiesta ai Comuni è registrata." in done.text and "Dresano" in done.text
    desk.post("/admin/debiti-informativi/risposte/1/ricevi", data={"on": "2026-03-10"})
    sent = desk.post(f"/admin/debiti-informativi/{key}/trasmetti", follow_redirects=True,
                     data={"sent_on": "2026-03-10", "reference": "Prot. 7", "why": "Melegnano risponde tardi"})
    assert "La trasmissione è registrata." in sent.text and "Prot. 7" in sent.text
    file = desk.get("/admin/esporta/fund_monitoring_duties.csv?anno=2026").text
    assert "Spesa sociale dei Comuni;Regione;Anno;;trasmesso;10/03/2026;Prot. 7;;" in file
    assert "Monitoraggio del budget unico: verifica intermedia" in desk.get("/admin/servizi/details/?id=1").text
    town = visit(Role.MUNICIPALITY)
    assert "Dati chiesti e fondi erogati" in town.get("/admin/comuni/details/?id=1").text
    assert "Melegnano" not in town.get("/admin/debiti-informativi/risposte/").text
    assert town.get("/admin/debiti-informativi/apri").status_code == 403
    assert visit(Role.ACCREDITATION).get("/admin/debiti-informativi/").status_code == 403


def test_the_pages_of_what_is_paid_out(office: Database, application: Application) -> None:
    desk = visiting(office, application, TODAY)(Role.ACCOUNTING)
    typed = {"year": "2026", "channel": "fsr", "act": "Determina 12", "act_on": "2026-02-20", "body": "Dresano",
             "criteria": "Per posti autorizzati", "amount": "12.500,00"}
    done = desk.post("/admin/fondi-erogati/nuovo", data=typed, follow_redirects=True)
    assert "La somma è registrata." in done.text and "€ 12.500,00" in done.text.replace("\xa0", " ")
    desk.post("/admin/fondi-erogati/1/paga", data={"paid_on": "2026-03-01"})
    desk.post("/admin/fondi-erogati/1/rendiconto", data={"account_on": "2026-03-10", "spent": "12.500,00", "note": ""})
    file = desk.get("/admin/esporta/fund_monitoring_grants.csv").text
    assert "FSR;Dresano;Determina 12;20/02/2026;Per posti autorizzati;" in file and "10/03/2026" in file
