"""An azienda from one file, and the running one as that file: the same, in both forms, and every fault by its line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import func, select

from core.catalogue import own_fields
from core.catalogue.model import OperationalSheet, Service, ServiceSuccession
from core.contracts.model import ContractTerms, KeptService
from core.deadlines.model import DeadlineRule
from core.deadlines.operations import set_rule
from core.deadlines.standard import install_rules
from core.ground.access import ScopedSession, system
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.exercises import exercises
from core.ground.unit_of_work import unit_of_work
from core.imports.operations import ImportReport
from core.imports.start import example, whole
from core.parties.model import BankAccount, Municipality, Party
from core.parties.signatories import CONTRACTS, signer
from core.plugins.loading import Registry
from demo.load import load
from seed import sets

TODAY = date(2026, 3, 2)
ACTOR = system("prova")


@pytest.fixture
def begin(database: Database) -> Callable[[bytes | str], ImportReport]:
    """Begin an azienda from this file."""
    def beginning(content: bytes | str) -> ImportReport:
        with unit_of_work(database, ACTOR, act="start.apply") as session:
            return whole.begin(session, content.encode() if isinstance(content, str) else content, today=TODAY)
    return beginning


def told(database: Database) -> str:
    with ScopedSession(database, ACTOR) as session:
        return whole.as_text(session)


def faults(report: ImportReport) -> list[tuple[int, str, str]]:
    return [(row.at(finding), finding.where, str(finding)) for row in report.wrong for finding in row.findings]


def line_of(text: str, part: str) -> int:
    """The line of the file on which ``part`` stands."""
    return text[: text.index(part)].count("\n") + 1


def test_the_example_works_as_it_is(database, begin) -> None:
    report = begin(example.text())
    assert report.applied and faults(report) == []
    with ScopedSession(database, ACTOR) as session:
        assert session.scalars(select(Party.name).order_by(Party.id)).all() == [
            "Azienda Sociale della Valle", "Valbruna", "Unione delle Terre Alte", "Fondazione Casa Aperta"]
        assert session.scalars(select(Service.title).order_by(Service.order)).all() == [
            "Assistenza domiciliare", "Pasti a domicilio", "Sostegno scolastico agli alunni con disabilità sensoriale",
            "Aiuto domestico"]
        [follows] = session.scalars(select(ServiceSuccession)).all()
        assert (str(follows.service), str(follows.predecessor)) == ("Assistenza domiciliare", "Aiuto domestico")
        [left] = session.scalars(select(KeptService)).all()
        assert (left.municipality.name, left.service.code, left.article) == (
            "Unione delle Terre Alte", "home_meals", "art. 7")
        terms = session.scalars(select(ContractTerms)).one()
        assert (len(terms.instalments), len(terms.bands), terms.tacit_renewal_months) == (3, 2, 36)
        account = session.scalars(select(BankAccount)).one()
        assert (account.communicated_on, account.changed_on, len(account.delegates)) == (date(2018, 4, 24), None, 1)


def test_own_fields_and_the_standing_of_a_sheet_come_in(database, begin) -> None:
    assert begin(example.text()).applied
    with ScopedSession(database, ACTOR) as session:
        [care, meals] = session.scalars(select(OperationalSheet).order_by(OperationalSheet.id))
        assert (care.state, care.approved_on, care.act.number) == ("approved", date(2025, 12, 18), "14")
        assert (meals.state, meals.act) == ("draft", None)
        asked = own_fields.schema_of(meals.services[0])
        assert [(f.name, [c.name for c in f.columns]) for f in asked.fields] == [("own_kitchens", ["place", "meals"])]
        two = {"own_kitchens": ({"place": "Valbruna", "meals": 60}, {"place": "Monte", "meals": 30})}
        assert [str(remark) for remark in asked.remarks(two)] == ["Le cucine non bastano per cento pasti al giorno."]
        assert asked.measured(two) == {"own_meals_each": 45}


def delegate_of(text: str) -> str:
    """The table of the delegate in the example."""
    return text.split("[[delegates]]", 1)[1].split("[[", 1)[0]


def test_a_delegate_who_signs_for_the_party_is_said_by_the_account_alone(database, begin) -> None:
    text = example.text()
    account = next(line for line in delegate_of(text).splitlines() if line.startswith("account"))
    report = begin(text.replace(delegate_of(text), f"\n{account}\n\n"))
    assert faults(report) == [] and report.applied
    with ScopedSession(database, ACTOR) as session:
        [held] = session.scalars(select(BankAccount)).one().delegates
        signs = signer(held.account.party, CONTRACTS, TODAY)
        assert signs is not None
        assert (held.full_name, held.tax_code, held.role) == (signs.full_name, signs.tax_code, signs.role)


def test_a_delegate_of_whom_a_part_is_written_is_asked_for_the_rest(begin) -> None:
    text = example.text()
    lines = [line for line in delegate_of(text).splitlines() if not line.startswith(("tax_code", "role"))]
    [(_line, _where, said)] = faults(begin(text.replace(delegate_of(text), "\n".join([*lines, "", ""]))))
    assert said.startswith("Di chi può operare sul conto manca: Codice fiscale, Ruolo.")


@pytest.mark.parametrize("form", ["text", "workbook"])
def test_the_running_azienda_is_the_file_of_another_like_it(database, begin, backend, make_database, form: str) -> None:
    begin(example.text())
    first = told(database)
    with ScopedSession(database, ACTOR) as session:
        content = whole.as_workbook(session) if form == "workbook" else first.encode()
    other = make_database(backend)
    with unit_of_work(other, ACTOR, act="start.apply") as session:
        report = whole.begin(session, content, today=TODAY)
    assert faults(report) == [] and report.applied
    assert told(other) == first


@pytest.mark.parametrize("form", ["text", "workbook"])
@pytest.mark.parametrize(("written", "kept"), [('"09-01"', "09-01"), ('"01/09"', "09-01"), ('"1/9"', "09-01")])
def test_the_day_on_which_its_exercise_begins_goes_with_it(
    database, begin, backend, make_database, form: str, written: str, kept: str
) -> None:
    begin(example.text().replace('exercise_starts = "01-01"', f"exercise_starts = {written}"))
    first = told(database)
    assert f'exercise_starts = "{kept}"' in first
    with ScopedSession(database, ACTOR) as session:
        assert str(exercises(session).of(TODAY)) == "2025/2026"
        content = whole.as_workbook(session) if form == "workbook" else first.encode()
    other = make_database(backend)
    with unit_of_work(other, ACTOR, act="start.apply") as session:
        assert whole.begin(session, content, today=TODAY).applied
    assert told(other) == first


def test_without_that_day_the_exercise_is_the_calendar_year(database, begin) -> None:
    assert begin(example.text().replace('exercise_starts = "01-01"\n', "")).applied
    with ScopedSession(database, ACTOR) as session:
        assert str(exercises(session).of(TODAY)) == "2026"


@pytest.mark.parametrize("form", ["text", "workbook"])
def test_the_demo_district_goes_out_and_comes_in_whole(
    database: Database, registry: Registry, backend: str, make_database, form: str
) -> None:
    with unit_of_work(database, ACTOR, act="carico") as session:
        load(session, registry)
    with ScopedSession(database, ACTOR) as session:
        content = whole.as_workbook(session) if form == "workbook" else whole.as_text(session).encode()
    other = make_database(backend)
    with unit_of_work(other, ACTOR, act="start.apply") as session:
        report = whole.begin(session, content, today=TODAY)
    assert faults(report) == []
    assert told(other) == told(database)
    with ScopedSession(database, ACTOR) as one, ScopedSession(other, ACTOR) as two:
        assert [(s.code, s.data, s.schema) for s in one.scalars(select(OperationalSheet).order_by(
            OperationalSheet.code))] == [(s.code, s.data, s.schema) for s in two.scalars(
                select(OperationalSheet).order_by(OperationalSheet.code))]


FAULTS = {
    "a code twice": ('code = "fnps"', 'code = "member_shares"', 'code = "member_shares"\ntitle = "Fondo', "code",
                     "è già di un'altra fonte"),
    "a sector without an area": ('code = "elderly"\narea = "1"\n', 'code = "elderly"\n', '[[sectors]]', "area",
                                 "Questo dato è necessario."),
    "a member twice on one day": ('[[memberships]]\nmunicipality = "Unione delle Terre Alte"\nvalid_from = 2020-01-01',
                                  '[[memberships]]\nmunicipality = "Valbruna"\nvalid_from = 2020-01-01',
                                  "valid_from = 2020-01-01", "valid_from", "risulta già aderente"),
    "a first day that not all years have": ('exercise_starts = "01-01"', 'exercise_starts = "29/02"',
                                            'exercise_starts = "29/02"', "exercise_starts",
                                            "non esiste in tutti gli anni"),
    "no number": ("residents = 6120", 'residents = "seimila"', 'residents = "seimila"', "residents",
                  "non è un numero intero"),
    "a truth for a text": ('role = "Sindaco"', "role = true", "role = true", "role", "Scrivere un testo."),
    "another's key": ('role = "Sindaco"', 'role = "Sindaco"\nruolo = "x"', "ruolo =", "ruolo", "Non è previsto"),
    "an approval without its day": ("approved_on = 2025-12-18\n", "", "[[sheets]]", "approved_on",
                                    "si scrivono il giorno e il numero"),
    "an approval that has not come": ("approved_on = 2025-12-18", "approved_on = 2026-12-18", "2026-12-18",
                                      "approved_on", "non è ancora arrivato"),
    "a field of a kind that is none": ('type = "integer"\nminimum = 1', 'type = "intero"\nminimum = 1',
                                       'type = "intero"', "type", "non è tra le voci previste"),
    "a column of no table": ('table = "own_kitchens"\nname = "meals"', 'table = "own_places"\nname = "meals"',
                             'table = "own_places"', "table", "La tabella «own_places» non c'è"),
    "a figure of what the sheet does not ask": ('figure = "sum(own_kitchens.meals)"', 'figure = "sum(own_kitchens.km)"',
                                                'figure = "sum(own_kitchens.km)"', "figure", "non si può prendere"),
    "fields of a service that is none": ('[[own_standards]]\nservice = "home_meals"',
                                         '[[own_standards]]\nservice = "hot_meals"', '"hot_meals"', "service",
                                         "non è il codice di un servizio"),
    "terms that are not there": ('terms = "Condizioni dell\'Azienda Sociale della Valle"\ntitle = "Saldo"',
                                 'terms = "Altre"\ntitle = "Saldo"', 'terms = "Altre"', "terms",
                                 "non è tra le condizioni del file"),
}


@pytest.mark.parametrize("what", FAULTS)
def test_a_fault_is_told_with_its_line_and_nothing_goes_in(database, begin, what: str) -> None:
    before, after, place, key, says = FAULTS[what]
    text = example.text()
    assert before in text
    wrong = text.replace(before, after, 1)
    report = begin(wrong)
    assert not report.applied
    [found] = [fault for fault in faults(report) if says in fault[2]]
    assert found[:2] == (line_of(wrong, place), key)
    with ScopedSession(database, ACTOR) as session:
        assert session.scalar(select(func.count()).select_from(Party)) == 0


@pytest.mark.parametrize(("content", "says"), [
    ("", "Il file è vuoto"), ("[azienda]\nname = \"x", "Riga 2: La riga non si legge"),
    ("[[aree]]\ncode = \"1\"", "Riga 1: «aree» non è previsto"), ("azienda = 3", "si scrive come [azienda]"),
    ("\n[[areas]]\ncode = \"1\"\ntitle = \"A\"\nkind = \"services\"", "manca [azienda]"),
    (b"\xff\xfe\x00", "non è testo UTF-8"), (b"PK\x03\x04", "non è una cartella di lavoro"),
    ("# [azienda]\n" * 400_000, "troppo grande"),
])
def test_what_is_no_such_file_is_refused_whole(database, begin, content: bytes | str, says: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        begin(content)
    assert says in str(refused.value)
    with ScopedSession(database, ACTOR) as session:
        assert session.scalar(select(func.count()).select_from(Municipality)) == 0


def test_an_installation_with_an_azienda_takes_no_other(database, begin) -> None:
    begin(example.text())
    with pytest.raises(RuleBroken, match="è già di «Azienda Sociale della Valle»"):
        begin(example.text())


def test_where_there_is_none_there_is_nothing_to_export(database) -> None:
    with pytest.raises(RuleBroken, match="non c'è nulla da esportare"):
        told(database)


def test_a_rule_that_the_office_changed_goes_with_it(database, begin, backend, make_database) -> None:
    begin(example.text())
    with unit_of_work(database, ACTOR, act="regola") as session:
        install_rules(session)
        rule = session.scalars(select(DeadlineRule).where(DeadlineRule.code == "year_budget")).one()
        set_rule(session, rule.id, {"alert_days": ("90", "7")}, version=rule.version, today=TODAY)
    text = told(database)
    assert text.count("[[deadline_rules]]") == 3 and 'code = "year_budget"' in text
    other = make_database(backend)
    with unit_of_work(other, ACTOR, act="start.apply") as session:
        assert faults(whole.begin(session, text.encode(), today=TODAY)) == []
        assert session.scalars(select(DeadlineRule.alert_days).where(DeadlineRule.code == "year_budget")).one() == (
            "90", "7")
    assert sorted(told(other).split("\n\n")) == sorted(text.split("\n\n"))


@pytest.mark.parametrize("form", ["text", "workbook"])
def test_the_duties_of_the_starting_sets_go_with_it_those_that_wait_for_their_day_too(
    database, begin, registry: Registry, backend, make_database, form: str
) -> None:
    begin(example.text())
    with unit_of_work(database, ACTOR, act="insiemi") as session:
        sets.lay(session, registry, {}, whole=["deadline_rules"], today=TODAY)
    with ScopedSession(database, ACTOR) as session:
        content = whole.as_workbook(session) if form == "workbook" else whole.as_text(session).encode()
    other = make_database(backend)
    with unit_of_work(other, ACTOR, act="start.apply") as session:
        assert faults(whole.begin(session, content, today=TODAY)) == []
        rules = select(DeadlineRule.code, DeadlineRule.day, DeadlineRule.event, DeadlineRule.active)
        held = {code: (day, event, active) for code, day, event, active in session.execute(rules)}
    assert held["share_adjustment"] == ("11-30", "year.day", True)
    assert held["programme_plan"] == (None, "year.day", False)
    assert held["management_data"] == (None, "year.accounts_approved", False)
    assert told(other) == told(database)
