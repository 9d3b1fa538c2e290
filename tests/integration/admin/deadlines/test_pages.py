"""Deadlines on screen: the list, the month, one's word on a term, the rules, and the calendar feed."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from admin.command.worker import day_of
from core.contracts.model import Contract, ContractParty
from core.deadlines.model import Alert, Deadline, DeadlineChange, DeadlineRule
from core.ground import clock
from core.ground.outbox import MAX_ATTEMPTS, OutboxMessage
from core.instalments.model import Instalment
from core.users.model import User
from tests.factories import filled
from tests.integration.admin.browser import Enter, Person
from tests.integration.admin.house import TODAY, House

DUE = date(2026, 3, 20)


@pytest.fixture
def played(house: House) -> House:
    """The day's work done, on two contracts that are not signed and an instalment that Dresano must pay."""
    house.reach("played", lambda: _play(house))
    return house


def _play(house: House) -> None:
    with house.unit("rata") as session:
        own = house.id_of("dresano")
        contract = session.scalars(select(Contract).join(ContractParty).where(ContractParty.party_id == own)).one()
        session.add(filled(Instalment, contract=contract, municipality_id=own, kind="advance", number=7, year=2026,
                           state="requested", nominal=DUE, effective=DUE, requested_on=date(2026, 2, 20)))
    for _name, work in day_of(house.settings, house.database, TODAY):
        work()


def deadline(house: House, code: str, title: str = "") -> Deadline:
    with house.session() as session:
        query = select(Deadline).join(DeadlineRule).where(DeadlineRule.code == code)
        return session.scalars(query.where(Deadline.case_title.contains(title))).one()


# --- who sees what ----------------------------------------------------------------------------------------


def test_the_list_opens_on_what_is_to_be_done(played: House, person: Enter) -> None:
    answer = person("direzione").get("/admin/scadenze/", follow_redirects=True)
    assert answer.request.query_string == b"stato=todo"
    assert "Firma del contratto entro la decorrenza" in answer.text
    assert answer.text.index("Firma del contratto") < answer.text.index("Pagamento della rata"), "the oldest first"


def test_a_municipality_sees_the_shared_deadlines_of_its_own_cases(played: House, person: Enter) -> None:
    for name, seen in (("dresano", True), ("melegnano", False)):
        page = person(name).get("/admin/scadenze/?stato=").text
        assert ("Rata n. 7/2026 di Dresano" in page) is seen
        assert "Firma del contratto" not in page, "the office's own"
        assert "Richiesta della rata" not in page


def test_anothers_deadline_is_not_there(played: House, person: Enter) -> None:
    key = deadline(played, "instalment_payment").id
    assert person("dresano").get(f"/admin/scadenze/details/?id={key}").status_code == 200
    assert person("melegnano").get(f"/admin/scadenze/details/?id={key}").status_code == 404


@pytest.mark.parametrize(("filters", "shown"), [
    ("oggetto=instalment", True), ("oggetto=contract", False), ("a=municipality", True), ("a=management", False),
    ("periodo=month", True), ("periodo=week", False), ("periodo=late", False), ("giorno=2026-03-20", True),
    ("giorno=2026-03-21", False), ("stato=open", True), ("stato=met", False), ("giorno=domani", True),
])
def test_the_list_is_filtered(played: House, person: Enter, filters: str, shown: bool) -> None:
    page = person("direzione").get(f"/admin/scadenze/?{filters}").text
    assert ("Pagamento della rata" in page) is shown


def test_a_year_that_nobody_opened_is_found_by_its_number_and_leads_to_the_budgets(
    played: House, person: Enter
) -> None:
    office = person("contabilita")
    page = office.read("/admin/scadenze/?search=2027")
    assert "Bilancio preventivo" in page
    assert "Anno 2027" in page
    with played.session() as session:
        key = session.scalars(select(Deadline.id).where(Deadline.case_title == "Anno 2027")).first()
    assert "/admin/bilanci/?anno=2027" in office.get(f"/admin/scadenze/details/?id={key}").text


def test_the_municipality_filter_leaves_its_cases(played: House, person: Enter) -> None:
    manager = person("direzione")
    own = manager.get(f"/admin/scadenze/?comune={played.id_of('dresano')}").text
    other = manager.get(f"/admin/scadenze/?comune={played.id_of('melegnano')}").text
    assert "Rata n. 7/2026" in own and "Rata n. 7/2026" not in other
    assert "Melegnano</td>" not in own.replace("<span>", "").replace("</span>", "")


# --- the month --------------------------------------------------------------------------------------------


def test_the_month_shows_each_day_with_its_deadlines(played: House, person: Enter) -> None:
    page = person("dresano").get("/admin/scadenze/calendario/").text
    assert "Scadenze di marzo 2026" in page and "Pagamento della rata" in page
    assert "mese=2026-02" in page and "mese=2026-04" in page
    assert "Nessuna scadenza in questo mese" in person("dresano").get("/admin/scadenze/calendario/?mese=2026-05").text


def test_a_full_day_shows_four_and_leads_to_the_others(played: House, person: Enter) -> None:
    with played.unit("molte") as session:
        rule = session.scalars(select(DeadlineRule).where(DeadlineRule.code == "rent")).one()
        session.add_all([filled(Deadline, rule=rule, subject="entrusted_asset", subject_id=900 + n, effective=TODAY,
                                nominal=TODAY, case_title=f"Bene {n}") for n in range(7)])
    page = person("direzione").get("/admin/scadenze/calendario/?oggetto=entrusted_asset").text
    assert page.count("Canone di locazione") == 4
    assert "e altre 3" in page
    more = re.search(r'href="([^"]*giorno=2026-03-02[^"]*)"', page)
    assert more
    assert person("direzione").get(more[1].replace("&amp;", "&")).text.count("Canone di locazione</a>") == 7
    assert "Bene" not in person("melegnano").get("/admin/scadenze/calendario/").text


@pytest.mark.parametrize("month", ["2026-13", "ieri", "0001-01", "9999-12", "2026-02"])
def test_a_month_that_is_none_does_not_break_the_page(played: House, person: Enter, month: str) -> None:
    assert person("direzione").get(f"/admin/scadenze/calendario/?mese={month}").status_code == 200


# --- a person's word --------------------------------------------------------------------------------------


def test_a_term_is_suspended_resumed_and_extended_with_a_reason(played: House, person: Enter) -> None:
    manager, key = person("direzione"), deadline(played, "instalment_payment").id
    for kind, more, state, day in (
        ("suspended", {"on": "2026-02-26"}, "suspended", DUE),
        ("resumed", {"on": "2026-03-01"}, "open", DUE + timedelta(days=3)),
        ("extended", {"on": "2026-03-02", "days": "10"}, "open", DUE + timedelta(days=13)),
    ):
        url = f"/admin/scadenze/atto/?id={key}&atto={kind}"
        form = {**manager.fields(url), "why": f"Accordo {kind}", **more}
        assert manager.post(url, form).status_code == 302
        now = deadline(played, "instalment_payment")
        assert (now.state, now.effective) == (state, day)
    page = person("dresano").get(f"/admin/scadenze/details/?id={key}").text
    assert "proroga di 10 giorni, decisa il 02/03/2026" in page and "Accordo extended" in page


def test_an_extension_that_is_sent_twice_gives_its_days_once(played: House, person: Enter) -> None:
    manager, key = person("direzione"), deadline(played, "instalment_payment").id
    url = f"/admin/scadenze/atto/?id={key}&atto=extended"
    form = {**manager.fields(url), "why": "Accordo", "days": "10"}
    manager.post(url, form)
    manager.post(url, form)
    assert deadline(played, "instalment_payment").effective == DUE + timedelta(days=10)


def test_what_is_wrong_is_said_and_what_was_typed_stays(played: House, person: Enter) -> None:
    manager, key = person("direzione"), deadline(played, "instalment_payment").id
    url = f"/admin/scadenze/atto/?id={key}&atto=extended"
    answer = manager.post(url, {**manager.fields(url), "why": "Una ragione lunga", "days": "99999"})
    assert answer.status_code == 200
    assert "da 1 a 3650" in answer.text and "Una ragione lunga" in answer.text and "99999" in answer.text


def test_the_accounting_acts_on_its_own_deadlines_only(played: House, person: Enter) -> None:
    accountant = person("contabilita")
    own = deadline(played, "instalment_check").id
    foreign = deadline(played, "contract_signature", "Dresano").id
    assert "Segna come fatto" in accountant.get(f"/admin/scadenze/details/?id={own}").text
    assert "Segna come fatto" not in accountant.get(f"/admin/scadenze/details/?id={foreign}").text
    url = f"/admin/scadenze/atto/?id={own}&atto=met"
    form = {**accountant.fields(url), "why": "Fatto"}
    assert accountant.post(f"/admin/scadenze/atto/?id={foreign}&atto=met", form).status_code == 403
    assert accountant.post(url, form).status_code == 302
    assert deadline(played, "instalment_check").state == "met"


@pytest.mark.parametrize("name", ["dresano", "revisore"])
def test_who_only_reads_has_no_button_and_no_page_to_write(played: House, person: Enter, name: str) -> None:
    key = deadline(played, "instalment_payment").id
    reader = person(name)
    assert "Proroga" not in reader.get(f"/admin/scadenze/details/?id={key}").text
    assert reader.post(f"/admin/scadenze/atto/?id={key}&atto=extended", {"why": "x", "days": "3"}).status_code == 403
    with played.session() as session:
        assert session.scalars(select(DeadlineChange)).all() == []


# --- rules ------------------------------------------------------------------------------------------------


def test_the_management_edits_a_rule_and_its_deadlines_move(played: House, person: Enter) -> None:
    manager = person("direzione")
    before = deadline(played, "instalment_check")
    url = f"/admin/regole-scadenze/edit/?id={before.rule_id}"
    form = {**manager.fields(url), "amount": "20", "text": "Sentire il tesoriere."}
    assert manager.post(url, form).status_code == 302
    after = deadline(played, "instalment_check")
    assert after.effective > before.effective
    assert "Sentire il tesoriere." in manager.get(f"/admin/scadenze/details/?id={after.id}").text


def test_a_rule_in_disorder_is_refused_beside_its_field(played: House, person: Enter) -> None:
    manager = person("direzione")
    url = f"/admin/regole-scadenze/edit/?id={deadline(played, 'instalment_payment').rule_id}"
    answer = manager.post(url, {**manager.fields(url), "amount": "30", "alert_days": "presto"})
    assert answer.status_code == 200 and "già fissata" in answer.text


NEW = "/admin/regole-scadenze/new/"
OWN_RULE = {"title": "Sollecito prima della scadenza", "code": "sollecito", "subject": "instalment",
            "event": "instalment.due", "expected": "instalment.paid", "amount": "5", "unit": "days",
            "owner_role": "accounting", "alert_days": "2\n0", "text": "Telefonare alla ragioneria."}


def test_the_management_makes_a_rule_of_its_own_and_its_deadlines_are_there(played: House, person: Enter) -> None:
    manager = person("direzione")
    page = manager.get(NEW).text
    assert "Rata – Richiesta della rata" in page and "Conto dedicato – Comunicazione del conto" in page
    saved = manager.post(NEW, {**manager.fields(NEW), **OWN_RULE}, page=NEW, follow_redirects=True)
    assert "Sollecito prima della scadenza" in saved.text and "5 giorni" in saved.text
    made = deadline(played, "sollecito")
    assert (made.effective, made.owner_role) == (date(2026, 2, 25), "accounting")
    assert "Sollecito prima della scadenza" in manager.get("/admin/scadenze/?stato=todo").text


@pytest.mark.parametrize(("typed", "said"), [
    ({"code": "rent"}, "è già di un'altra regola"), ({"code": "La Mia"}, "comincia con una lettera"),
    ({"event": "account.opened"}, "riguarda l'oggetto"), ({"expected": "instalment.due"}, "diversi tra loro"),
    ({"event": "instalment.requested", "amount": ""}, "indicare quanto dura"), ({"alert_days": "presto"}, "di giorni"),
    ({"event": ""}, "riguarda l'oggetto"), ({"subject": "x"}, "elenco"), ({"title": ""}, "necessario"),
    ({"amount": "99999999999999999999"}, "numero intero"), ({"code": "x" * 61}, "60"),
    ({"day": "30 novembre"}, "scriverlo come 31/07"),
    ({"day": "29/02", "subject": "contract", "amount": "", "event": "", "expected": ""}, "non esiste in"),
    ({"day": "30/11", "subject": "contract"}, "lasciare vuoti gli eventi"),
])
def test_a_new_rule_in_disorder_is_refused_in_words_and_what_was_typed_stays(
    played: House, person: Enter, typed: dict[str, str], said: str
) -> None:
    manager = person("direzione")
    answer = manager.post(NEW, {**manager.fields(NEW), **OWN_RULE, **typed}, page=NEW)
    text = answer.text.replace("&#39;", "'")
    assert answer.status_code == 200 and said in text
    assert "Telefonare alla ragioneria." in text
    with played.session() as session:
        assert session.scalars(select(DeadlineRule).where(DeadlineRule.code == "sollecito")).first() is None


def test_a_duty_of_the_calendar_is_typed_in_and_stands_in_each_year(played: House, person: Enter) -> None:
    manager = person("direzione")
    duty = {**OWN_RULE, "title": "Adeguamento della quota", "code": "adeguamento", "subject": "azienda", "event": "",
            "expected": "", "amount": "", "day": "30/11"}
    saved = manager.post(NEW, {**manager.fields(NEW), **duty}, page=NEW, follow_redirects=True).text
    assert "Adeguamento della quota" in saved and "il 30 novembre di ogni anno" in saved
    listed = manager.get("/admin/scadenze/?stato=todo").text
    assert "Adeguamento della quota" in listed and "30/11/2026" in listed and "30/11/2027" in listed
    with played.session() as session:
        key = session.scalars(select(DeadlineRule.id).where(DeadlineRule.code == "adeguamento")).one()
    page = f"/admin/regole-scadenze/edit/?id={key}"
    assert 'value="30/11"' in manager.get(page).text
    assert "il 15 dicembre di ogni anno" in manager.fill(page, day="15/12")


def test_who_is_no_manager_makes_no_rule(played: House, person: Enter) -> None:
    assert person("contabilita").get(NEW).status_code == 403
    assert person("revisore").get(NEW).status_code == 403


def test_what_was_done_late_says_so_with_its_day(played: House, person: Enter) -> None:
    key = deadline(played, "instalment_payment").id
    with played.unit("ritardo") as session:
        row = session.get_one(Deadline, key)
        row.state, row.settled_on = "met", DUE + timedelta(days=4)
    office = person("contabilita")
    for page in (f"/admin/scadenze/details/?id={key}", "/admin/scadenze/?stato=met"):
        assert "Fatta in ritardo" in office.get(page).text
    assert "24/03/2026" in office.get("/admin/scadenze/?stato=met").text
    assert "Rispettata</span>" not in office.get("/admin/scadenze/?stato=met").text


def test_the_rules_are_for_the_offices_and_written_by_the_management(played: House, person: Enter) -> None:
    key = deadline(played, "instalment_payment").rule_id
    assert person("contabilita").get(f"/admin/regole-scadenze/details/?id={key}").status_code == 200
    assert person("contabilita").get(f"/admin/regole-scadenze/edit/?id={key}").status_code == 403
    assert person("dresano").get("/admin/regole-scadenze/").status_code == 403


# --- the feed ---------------------------------------------------------------------------------------------


def feed_of(house: House, someone: Person) -> str:
    """The address that the person is shown after asking for one."""
    page = someone.post("/admin/scadenze/indirizzo/", follow_redirects=True).text
    found = re.search(r"http://localhost(/calendario/[\w-]+\.ics)", page)
    assert found
    return found[1]


def events(somebody: Person, address: str) -> dict[str, object]:
    answer = somebody.get(address)
    assert answer.status_code == 200 and answer.content_type.startswith("text/calendar")
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT6H" in answer.data
    return {str(e["uid"]): e for e in Calendar.from_ical(answer.data).walk("VEVENT")}


def test_a_calendar_program_reads_the_persons_deadlines_without_a_log_in(
    played: House, person: Enter, somebody: Person
) -> None:
    address = feed_of(played, person("dresano"))
    found = events(somebody, address)
    [event] = [e for e in found.values() if "Pagamento della rata" in e["summary"]]
    assert event["dtstart"].dt == DUE and event["dtend"].dt == DUE + timedelta(days=1)
    assert "Rata n. 7/2026 di Dresano" in event["summary"]
    alarms = sorted(a["trigger"].dt for a in event.walk("VALARM"))
    assert alarms == [timedelta(hours=9) - timedelta(days=n) for n in (30, 7, 0)]
    assert events(somebody, address).keys() == found.keys(), "the same events keep their names"


def test_an_event_keeps_its_name_when_its_date_moves(played: House, person: Enter, somebody: Person) -> None:
    address = feed_of(played, person("dresano"))
    [(uid, before)] = [(u, e) for u, e in events(somebody, address).items() if "Pagamento" in e["summary"]]
    with played.unit("data") as session:
        row = session.scalars(select(Instalment)).one()
        row.nominal = row.effective = date(2026, 4, 30)
    for _name, work in day_of(played.settings, played.database, TODAY):
        work()
    after = events(somebody, address)[uid]
    assert after["dtstart"].dt == date(2026, 4, 30)
    assert after["sequence"] > before["sequence"]


def test_each_token_opens_only_what_its_person_may_see(played: House, person: Enter, somebody: Person) -> None:
    titles = {name: " ".join(str(e["summary"]) for e in events(somebody, feed_of(played, person(name))).values())
              for name in ("dresano", "melegnano", "contabilita", "direzione")}
    assert "Dresano" in titles["dresano"] and "Melegnano" not in titles["dresano"]
    assert "Dresano" not in titles["melegnano"]
    assert "Verifica dell'incasso" in titles["contabilita"] and "Firma del contratto" not in titles["contabilita"]
    assert "Firma del contratto" in titles["direzione"]


def test_a_new_address_closes_the_old_one_and_a_closed_one_opens_nothing(
    played: House, person: Enter, somebody: Person
) -> None:
    clerk = person("dresano")
    first = feed_of(played, clerk)
    second = feed_of(played, clerk)
    assert somebody.get(first).status_code == 404 and somebody.get(second).status_code == 200
    clerk.post("/admin/scadenze/indirizzo/", {"chiudi": "1"})
    assert somebody.get(second).status_code == 404


def test_the_address_of_somebody_whose_access_is_off_opens_nothing(
    played: House, person: Enter, somebody: Person
) -> None:
    address = feed_of(played, person("dresano"))
    with played.unit("via") as session:
        session.scalars(select(User).where(User.email == "dresano@patto.example")).one().active = False
    assert somebody.get(address).status_code == 404


@pytest.mark.parametrize("token", ["x", "None", "%00", "a" * 300, "'--"])
def test_a_wrong_token_opens_nothing(played: House, somebody: Person, token: str) -> None:
    assert somebody.get(f"/calendario/{token}.ics").status_code == 404


def test_the_address_is_shown_when_it_is_asked_for_and_is_never_in_the_history(played: House, person: Enter) -> None:
    clerk = person("dresano")
    address = feed_of(played, clerk)
    assert address not in clerk.get("/admin/scadenze/calendario/").text
    token = address.split("/")[-1].removesuffix(".ics")
    assert token not in person("sistema").get("/admin/storia/").text


# --- home and system --------------------------------------------------------------------------------------


def test_what_is_late_stands_first_on_the_home_of_whose_it_is(played: House, person: Enter) -> None:
    page = person("dresano").get("/admin/").text
    assert "Rata n. 7/2026 di Dresano" in page and "Apri la rata" in page and "Apri la scadenza" not in page
    assert "Rata n. 7/2026" not in person("melegnano").get("/admin/").text


def test_mail_that_was_given_up_is_shown_to_the_administrator_who_tries_again(played: House, person: Enter) -> None:
    with played.unit("posta") as session:
        session.add(filled(OutboxMessage, key="k", kind="mail", payload={"subject": "Avviso", "to": "a@patto.example"},
                           attempts=MAX_ATTEMPTS, error="server spento"))
    administrator = person("sistema")
    assert "Posta in uscita" in administrator.get("/admin/").text
    page = administrator.get("/admin/sistema/").text
    assert "server spento" in page and "a@patto.example" in page
    [key] = re.findall(r"/admin/sistema/riprova/\?id=(\d+)", page)
    assert administrator.post(f"/admin/sistema/riprova/?id={key}").status_code == 302
    assert "server spento" not in administrator.get("/admin/sistema/").text
    assert person("direzione").post(f"/admin/sistema/riprova/?id={key}").status_code == 403


def test_mail_that_failed_once_is_seen_by_the_administrator_and_on_its_deadline(played: House, person: Enter) -> None:
    due = deadline(played, "instalment_payment", "Dresano").id
    with played.unit("posta") as session:
        alert = filled(Alert, deadline_id=due, days_before=3, for_date=DUE, due_on=TODAY, fired_at=clock.now())
        session.add(alert)
        session.flush()
        session.add(filled(OutboxMessage, key="k", kind="mail", attempts=2, error="timed out", done_at=None,
                           payload={"subject": "Avviso", "to": "a@patto.example", "alerts": [alert.id]}))
    administrator = person("sistema")
    assert "non sono ancora partiti e saranno riprovati" in administrator.read("/admin/")
    said = administrator.read("/admin/sistema/")
    assert "Posta che tarda" in said and "2 di 8" in said and "timed out" in said
    page = person("direzione").read(f"/admin/scadenze/details/?id={due}")
    assert "A a@patto.example non è ancora partito: tentativi 2, l'ultimo errore è «timed out»" in page
    municipality = person("dresano").get(f"/admin/scadenze/details/?id={due}")
    assert "timed out" not in municipality.text
