"""A year of instalments: planned, asked for, late budgets, balances, extra projects and further advances."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import select, update

from core.cases.model import Sending
from core.contracts.model import Contract, InstalmentRule
from core.documents.wordfile import plain, read_text
from core.ground.access import as_system
from core.ground.errors import NotAllowed, RuleBroken
from core.ground.states import PassageLog
from core.instalments import operations, planning, rounds, shares
from core.instalments.model import Instalment, RequestRound
from core.instalments.term import fix_term
from core.night import NIGHT
from core.parties.model import Act, Membership
from tests.factories import municipality
from tests.ledger import ACCOUNTANT, MANAGER, Ledger

JANUARY = date(2026, 1, 12)


def amounts(ledger: Ledger, year: int = 2026) -> dict[tuple[str, str], tuple[str, str | None]]:
    """Amount and base of each instalment, by municipality and title."""
    with ledger.unit("legge") as session:
        rows = session.scalars(select(Instalment).where(Instalment.year == year).order_by(Instalment.id))
        return {(r.municipality.name, r.title): (str(r.amount), r.base_kind) for r in rows}


def act_id(ledger: Ledger, body_kind: str) -> int:
    with ledger.unit("legge") as session:
        return session.scalars(select(Act.id).where(Act.body_kind == body_kind)).one()


def night(session, day):
    """What the worker's night does to instalments."""
    for step in NIGHT:
        if step.act == "instalment.refresh":
            step.whole(session, day)


def test_a_year_is_planned_from_the_rows_of_the_contract(ledger: Ledger) -> None:
    ledger.plan(2026, JANUARY)
    assert amounts(ledger) == {
        ("Melegnano", "Primo acconto"): ("100000.00", "previous"),
        ("Melegnano", "Secondo acconto"): ("80000.00", "previous"),
        ("Melegnano", "Saldo"): ("None", None),
        ("Dresano", "Primo acconto"): ("16666.67", "previous"),
        ("Dresano", "Secondo acconto"): ("13333.33", "previous"),
        ("Dresano", "Saldo"): ("None", None),
    }
    with ledger.unit("legge") as session:
        rows = list(session.scalars(select(Instalment).order_by(Instalment.number)))
    assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6]
    assert {row.effective for row in rows} == {date(2026, 1, 31), date(2026, 7, 31), None}


def test_a_due_date_moves_off_the_feast_of_the_patron_of_that_municipality_alone(ledger: Ledger) -> None:
    planned = ledger.plan(2027, JANUARY)
    assert ledger.row(planned["Melegnano", "Primo acconto"]).effective == date(2027, 2, 1)
    assert ledger.row(planned["Dresano", "Primo acconto"]).effective == date(2027, 2, 2)


def test_who_has_a_share_and_no_contract_is_named(ledger: Ledger) -> None:
    with ledger.unit("socio") as session:
        stranger = municipality("Vizzolo Predabissi")
        session.add(stranger)
        session.flush()
        key = stranger.id
    ledger.share(key, 2026, "budget", "90000.00", date(2026, 1, 8))
    with ledger.unit("legge") as session:
        plan = planning.propose_all(session, 2026)
    assert [str(finding) for finding in plan.findings] == [
        "Vizzolo Predabissi ha una quota per il 2026 ma nessun contratto firmato e in vigore: le sue rate si prevedono "
        "dopo la firma."]


def test_who_leaves_before_an_advance_is_named(ledger: Ledger) -> None:
    with ledger.unit("uscita") as session:
        session.add(Membership(municipality_id=ledger.dresano, valid_from=date(2016, 1, 1), valid_to=date(2026, 6, 30)))
    with ledger.unit("legge") as session:
        plan = planning.propose_all(session, 2026)
    [said] = [str(finding) for finding in plan.findings]
    assert said.startswith("Dresano conferisce servizi fino al 30/06/2026: gli acconti che scadono dopo")


def test_an_advance_of_before_the_contract_has_no_term_until_one_is_agreed(ledger: Ledger) -> None:
    with ledger.unit("decorrenza") as session:
        session.get_one(Contract, ledger.contract).starts_on = date(2026, 3, 1)
    with ledger.unit("legge") as session:
        [said] = [str(finding) for finding in planning.propose_all(session, 2026).findings]
    assert said.startswith("«Primo acconto» andrebbe versata entro il 31/01/2026, ma il contratto n. 1/2026 comincia "
                           "il 01/03/2026: si chiede senza scadenza")
    planned, march = ledger.plan(2026, date(2026, 3, 2)), date(2026, 3, 10)
    first = planned["Melegnano", "Primo acconto"]
    row = ledger.row(first)
    assert (row.nominal, row.effective, row.amount) == (date(2026, 1, 31), None, Decimal("100000.00"))
    assert ledger.row(planned["Melegnano", "Secondo acconto"]).effective == date(2026, 7, 31)
    ledger.ask(date(2026, 1, 31), march)
    with ledger.unit("notte") as session:
        operations.refresh(session, 2026, today=date(2026, 5, 4))
    row = ledger.row(first)
    assert (row.state, row.effective) == ("requested", None), "not late: nobody owed in January by a contract of March"
    with ledger.unit("accordo", ACCOUNTANT) as session:
        fix_term(session, first, due=date(2026, 4, 25), why="Accordo del 12/03/2026", version=row.version, today=march)
    row = ledger.row(first)
    assert (row.nominal, row.effective) == (date(2026, 4, 25), date(2026, 4, 27)), "the 25th of April is a holiday"


def test_a_balance_falls_due_the_days_of_its_rule_after_the_accounts(ledger: Ledger) -> None:
    with ledger.unit("condizioni") as session:
        as_system(session, update(InstalmentRule).where(InstalmentRule.kind == "balance").values(due_days=30),
                  reason="prova")
    planned = ledger.plan(2026, JANUARY)
    balance = planned["Melegnano", "Saldo"]
    assert ledger.row(balance).nominal is None
    approved = date(2027, 5, 3)
    ledger.share(ledger.melegnano, 2026, "final", "205000.00", approved)
    with ledger.unit("aggiorna") as session:
        operations.refresh(session, 2026, today=approved)
    row = ledger.row(balance)
    assert (row.nominal, row.effective) == (date(2027, 6, 2), date(2027, 6, 3)), "the 2nd of June is a holiday"
    ledger.ask(date(2027, 6, 2), date(2027, 5, 10))
    assert ledger.row(balance).state == "requested", "it is not late as soon as it is asked"


def test_planning_twice_adds_nothing_and_says_so(ledger: Ledger) -> None:
    ledger.plan(2026, JANUARY)
    with pytest.raises(RuleBroken, match="non resta nulla da prevedere"):
        ledger.plan(2026, JANUARY)


def test_a_contract_that_is_not_signed_or_not_in_force_plans_nothing(ledger: Ledger) -> None:
    with pytest.raises(RuleBroken, match=r"Nel 2030 il contratto n\. 1/2026 non è in vigore"):
        ledger.plan(2030, JANUARY)
    with ledger.unit("bozza") as session:
        session.get_one(Contract, ledger.contract).state = "draft"
    with pytest.raises(RuleBroken, match="non è ancora firmato"):
        ledger.plan(2026, JANUARY)


def test_a_late_budget_changes_what_is_planned_and_not_what_was_asked(ledger: Ledger) -> None:
    ledger.plan(2026, JANUARY)
    ledger.ask(date(2026, 1, 31), JANUARY)
    ledger.share(ledger.melegnano, 2026, "budget", "210000.00", date(2026, 3, 1))
    with ledger.unit("aggiorna") as session:
        operations.refresh(session, 2026, today=date(2026, 3, 2))
    assert amounts(ledger)["Melegnano", "Primo acconto"] == ("100000.00", "previous")
    assert amounts(ledger)["Melegnano", "Secondo acconto"] == ("84000.00", "budget")


def test_the_balance_is_the_final_share_less_what_was_asked_and_may_be_a_credit(ledger: Ledger) -> None:
    planned = ledger.plan(2026, JANUARY)
    ledger.share(ledger.melegnano, 2026, "final", "205000.01", date(2027, 5, 2))
    ledger.share(ledger.dresano, 2026, "final", "29999.00", date(2027, 5, 2))
    with ledger.unit("aggiorna") as session:
        operations.refresh(session, 2026, today=date(2027, 5, 3))
    assert amounts(ledger)["Melegnano", "Saldo"] == ("25000.01", "final")
    assert amounts(ledger)["Dresano", "Saldo"] == ("-1.00", "final")
    balance = ledger.row(planned["Melegnano", "Saldo"])
    assert (balance.nominal, balance.effective) == (date(2027, 5, 2), date(2027, 5, 3))  # a Sunday
    ledger.ask(date(2027, 5, 2), date(2027, 5, 3))
    assert ledger.row(planned["Dresano", "Saldo"]).state == "credited"
    assert ledger.row(planned["Melegnano", "Saldo"]).state == "due"


def test_a_new_member_is_asked_for_a_figure_and_the_others_are_planned(ledger: Ledger) -> None:
    with ledger.unit("nuovo") as session:
        contract = session.get_one(Contract, ledger.contract)
        findings = planning.propose(session, contract, 2028 - 1).findings
    assert len(findings) == 2  # nothing is known of 2026
    ledger.share(ledger.melegnano, 2026, "budget", "1000.00", date(2026, 3, 1))
    planned = ledger.plan(2027, date(2026, 12, 1))
    assert ledger.row(planned["Melegnano", "Primo acconto"]).amount == Decimal("500.00")
    assert ledger.row(planned["Dresano", "Primo acconto"]).amount is None
    with pytest.raises(RuleBroken, match="Indicare da dove viene"):
        figure(ledger, "previous", "")
    figure(ledger, "previous", "Convenzione di ingresso")
    assert ledger.row(planned["Dresano", "Primo acconto"]).amount == Decimal("450.50")
    with pytest.raises(RuleBroken, match="La quota del 2026 c'è già"):
        figure(ledger, "previous", "Convenzione di ingresso")


def figure(ledger: Ledger, kind: str, note: str) -> None:
    with ledger.unit("importo", ACCOUNTANT) as session:
        shares.set_figure(session, ledger.dresano, 2027, kind=kind, amount=Decimal("901.00"), note=note,
                          agreed_on=date(2026, 11, 30), today=date(2026, 12, 1))
        operations.refresh(session, 2027, today=date(2026, 12, 1))


def test_the_requests_of_a_date_are_prepared_approved_and_sent_together(ledger: Ledger) -> None:
    planned = ledger.plan(2026, JANUARY)
    key = ledger.ask(date(2026, 1, 31), JANUARY)
    with ledger.unit("legge") as session:
        made = session.get_one(RequestRound, key)
        assert made.state == "sent"
        assert {row.state for row in made.instalments} == {"requested"}
        assert {row.requested_on for row in made.instalments} == {JANUARY}
        letters = {s.subject_id: s for s in session.scalars(select(Sending).where(Sending.subject == "instalment"))}
        assert {row.id for row in made.instalments} == set(letters)
        first = letters[planned["Melegnano", "Primo acconto"]]
        assert (first.protocol_number, first.channel, first.sent_on) == ("101", "pec", JANUARY)
        with ZipFile(BytesIO(rounds.bundle(made, session.files))) as archive:
            names = archive.namelist()
            said = " ".join(map(plain, read_text(archive.read(names[0]))))
    assert names == ["richiesta-rata-0001-2026-melegnano.docx", "richiesta-rata-0004-2026-dresano.docx"]
    assert "€ 100.000,00 (centomila/00)" in said


def test_a_round_is_approved_by_the_management_and_sent_with_its_protocol_numbers(ledger: Ledger) -> None:
    ledger.plan(2026, JANUARY)
    with ledger.unit("prepara", ACCOUNTANT) as session:
        made, _found = rounds.prepare(session, date(2026, 1, 31), today=JANUARY)
        key, version = made.id, made.version
    with ledger.unit("approva", ACCOUNTANT) as session, pytest.raises(NotAllowed, match="spetta ad altri ruoli"):
        rounds.approve(session, key, version=version, today=JANUARY)
    with ledger.unit("invia", ACCOUNTANT) as session, pytest.raises(RuleBroken, match="non è previsto"):
        rounds.send(session, key, sent_on=JANUARY, channel="pec", protocols={}, version=version, today=JANUARY)
    with ledger.unit("approva", MANAGER) as session:
        rounds.approve(session, key, version=version, today=JANUARY)
    version = ledger.version_of(key)
    with pytest.raises(RuleBroken, match="numero di protocollo della lettera per Melegnano"), \
            ledger.unit("invia", ACCOUNTANT) as session:
        rounds.send(session, key, sent_on=JANUARY, channel="pec", protocols={}, version=version, today=JANUARY)
    with ledger.unit("legge") as session:
        assert session.get_one(RequestRound, key).state == "approved"


def test_a_round_that_is_dissolved_gives_its_instalments_back(ledger: Ledger) -> None:
    ledger.plan(2026, JANUARY)
    with ledger.unit("prepara", ACCOUNTANT) as session:
        made, _found = rounds.prepare(session, date(2026, 1, 31), today=JANUARY)
        key, version = made.id, made.version
    ledger.share(ledger.melegnano, 2026, "budget", "220000.00", date(2026, 1, 13))
    with ledger.unit("aggiorna") as session:
        operations.refresh(session, 2026, today=date(2026, 1, 14))
    assert amounts(ledger)["Melegnano", "Primo acconto"] == ("100000.00", "previous"), "a round keeps its figures"
    with ledger.unit("sciogli", ACCOUNTANT) as session, pytest.raises(RuleBroken, match="Indicare il motivo"):
        rounds.dissolve(session, key, why="", version=version, today=JANUARY)
    with ledger.unit("sciogli", ACCOUNTANT) as session:
        rounds.dissolve(session, key, why="Bilancio approvato", version=version, today=JANUARY)
        operations.refresh(session, 2026, today=date(2026, 1, 14))
    assert amounts(ledger)["Melegnano", "Primo acconto"] == ("110000.00", "budget")
    ledger.ask(date(2026, 1, 31), date(2026, 1, 14))


def test_nothing_is_asked_twice_by_two_rounds(ledger: Ledger) -> None:
    ledger.plan(2026, JANUARY)
    ledger.ask(date(2026, 1, 31), JANUARY)
    with ledger.unit("ancora", ACCOUNTANT) as session, pytest.raises(RuleBroken, match="Non ci sono rate da chiedere"):
        rounds.prepare(session, date(2026, 1, 31), today=JANUARY)


def test_a_request_sent_by_mistake_is_taken_back_with_a_reason(ledger: Ledger) -> None:
    planned = ledger.plan(2026, JANUARY)
    ledger.ask(date(2026, 1, 31), JANUARY)
    key = planned["Melegnano", "Primo acconto"]
    with ledger.unit("scade") as session:
        night(session, date(2026, 2, 5))
    assert ledger.row(key).state == "overdue"
    with ledger.unit("ritira", ACCOUNTANT) as session:
        operations.take_back(session, key, why="Comune sbagliato", version=session.get_one(Instalment, key).version,
                             today=date(2026, 2, 5))
    row = ledger.row(key)
    assert (row.state, row.requested_on, row.round_id) == ("planned", None, None)
    with ledger.unit("legge") as session:
        log = session.scalars(select(PassageLog).where(PassageLog.subject_id == key,
                                                       PassageLog.subject == "instalment").order_by(PassageLog.id))
        assert [p.to_state for p in log] == ["requested", "overdue", "requested", "planned"]


def test_days_make_what_was_asked_due_and_then_overdue(ledger: Ledger) -> None:
    planned = ledger.plan(2026, JANUARY)
    ledger.ask(date(2026, 1, 31), JANUARY)
    key, states = planned["Melegnano", "Primo acconto"], []
    for day in (date(2026, 1, 15), date(2026, 1, 16), date(2026, 1, 31), date(2026, 2, 1)):
        with ledger.unit("giorno") as session:
            night(session, day)
        states.append(ledger.row(key).state)
    assert states == ["requested", "due", "due", "overdue"]


def test_an_extra_project_is_commissioned_checked_and_paid_by_september(ledger: Ledger) -> None:
    giunta, today = act_id(ledger, "giunta"), date(2026, 6, 1)
    with pytest.raises(RuleBroken, match="l'atto con cui il progetto è stato commissionato"):
        project(ledger, None, None)
    key = project(ledger, giunta, None)
    assert ledger.row(key).effective == date(2026, 9, 30)
    with ledger.unit("chiede", ACCOUNTANT) as session, pytest.raises(RuleBroken, match="non è ancora stato verificato"):
        rounds.prepare(session, date(2026, 9, 30), today=today)
    with ledger.unit("verifica", ACCOUNTANT) as session:
        operations.check_project(session, key, checked_on=date(2026, 5, 30), version=1, today=today)
    ledger.ask(date(2026, 9, 30), today)
    assert ledger.row(key).state == "requested"


def project(ledger: Ledger, act: int | None, checked_on: date | None) -> int:
    with ledger.unit("progetto", ACCOUNTANT) as session:
        row = operations.add_extra_project(
            session, ledger.contract, ledger.melegnano, year=2026, title="Progetto estivo", amount=Decimal("5000.00"),
            act_id=act, checked_on=checked_on, today=date(2026, 6, 1))
        return row.id


def test_a_further_advance_has_reasons_and_the_assembly_and_lowers_the_balance(ledger: Ledger) -> None:
    planned = ledger.plan(2026, JANUARY)
    assembly, giunta = act_id(ledger, "assembly"), act_id(ledger, "giunta")
    for act, reason, message in ((assembly, " ", "Indicare le ragioni"), (giunta, "Sì", "approvata dall'Assemblea"),
                                 (None, "Sì", "la deliberazione con cui")):
        with pytest.raises(RuleBroken, match=message):
            further(ledger, act, reason, date(2026, 10, 15))
    with pytest.raises(RuleBroken, match="viene prima dell'anno 2026"):
        further(ledger, assembly, "Nuovi inserimenti", date(2025, 12, 31))
    further(ledger, assembly, "Nuovi inserimenti", date(2026, 10, 15))
    ledger.share(ledger.melegnano, 2026, "final", "205000.00", date(2027, 5, 3))
    with ledger.unit("aggiorna") as session:
        operations.refresh(session, 2026, today=date(2027, 5, 3))
    assert ledger.row(planned["Melegnano", "Saldo"]).amount == Decimal("15000.00")  # 205000 - 180000 - 10000


def further(ledger: Ledger, act: int | None, reason: str, due: date) -> None:
    with ledger.unit("anticipazione", ACCOUNTANT) as session:
        operations.add_further_advance(
            session, ledger.contract, ledger.melegnano, year=2026, title="Anticipazione", amount=Decimal("10000.00"),
            reason=reason, act_id=act, due=due, today=date(2026, 6, 1))


def test_a_commitment_is_recalled_by_the_letter(ledger: Ledger) -> None:
    ledger.plan(2026, JANUARY)
    facts = {"municipality_id": ledger.melegnano, "year": 2026, "number": "128", "act": "determinazione n. 15",
             "cig": "B1234567A9", "amount": Decimal("180000.00")}
    with ledger.unit("impegno", ACCOUNTANT) as session:
        operations.add_commitment(session, facts)
    with pytest.raises(RuleBroken, match="è già registrato"), ledger.unit("impegno", ACCOUNTANT) as session:
        operations.add_commitment(session, facts)
    key = ledger.ask(date(2026, 1, 31), JANUARY)
    with ledger.unit("legge") as session:
        row = session.get_one(RequestRound, key).instalments[0]
        assert row.document is not None
        said = " ".join(map(plain, read_text(session.files.get(row.document.path))))
    assert "n. 128/2026, determinazione n. 15 – CIG B1234567A9" in said


def test_an_instalment_planned_by_mistake_is_cancelled_and_keeps_its_number(ledger: Ledger) -> None:
    key = project(ledger, act_id(ledger, "giunta"), None)
    with ledger.unit("annulla", ACCOUNTANT) as session:
        operations.cancel(session, key, why="Registrato due volte", version=1, today=JANUARY)
    assert ledger.row(key).state == "cancelled"
    assert ledger.plan(2026, JANUARY)
    assert ledger.row(key).number == 1


def test_two_contracts_never_ask_for_the_same_share(ledger: Ledger) -> None:
    ledger.plan(2026, JANUARY)
    with ledger.unit("secondo") as session:
        from core.contracts.model import Conferral, ContractParty

        first = session.get_one(Contract, ledger.contract)
        second = Contract(year=2026, number=2, state="in_force", starts_on=date(2026, 6, 1), terms=first.terms,
                          ends_on=date(2027, 12, 31), place="San Donato Milanese")
        session.add(second)
        session.flush()
        session.add_all([
            ContractParty(contract_id=second.id, party_id=ledger.melegnano, order=1, capacity="comune"),
            Conferral(contract_id=second.id, service_id=first.conferrals[0].service_id,
                      municipality_id=ledger.melegnano),
        ])
        session.flush()
        session.refresh(second)
        plan = planning.propose(session, second, 2026)
    assert not plan.rows
    assert str(plan.findings[0]) == "Le rate del 2026 di Melegnano sono già previste con il contratto n. 1/2026."


def test_the_balance_counts_nothing_for_an_advance_that_was_cancelled_until_it_is_planned_again(ledger: Ledger) -> None:
    planned = ledger.plan(2026, JANUARY)
    ledger.ask(date(2026, 1, 31), JANUARY)
    second = planned["Melegnano", "Secondo acconto"]
    version = ledger.row(second).version
    with ledger.unit("annulla", ACCOUNTANT) as session:
        operations.cancel(session, second, why="Concordato con il Comune.", version=version, today=JANUARY)
    ledger.share(ledger.melegnano, 2026, "final", "205000.00", date(2027, 4, 30))
    with ledger.unit("aggiorna") as session:
        operations.refresh(session, 2026, today=date(2027, 5, 3))
    assert amounts(ledger)["Melegnano", "Saldo"] == ("105000.00", "final")
    ledger.plan(2026, date(2027, 5, 3))
    assert amounts(ledger)["Melegnano", "Secondo acconto"] == ("80000.00", "previous")
    assert amounts(ledger)["Melegnano", "Saldo"] == ("25000.00", "final")


def test_a_round_of_two_years_gives_back_the_instalments_of_both(ledger: Ledger) -> None:
    due = date(2027, 1, 31)
    ledger.plan(2026, JANUARY)
    ledger.share(ledger.melegnano, 2026, "final", "205000.00", due)
    with ledger.unit("aggiorna") as session:
        operations.refresh(session, 2026, today=due)
    ledger.plan(2027, due)
    with ledger.unit("richiesta", ACCOUNTANT) as session:
        made, _findings = rounds.prepare(session, due, today=due)
        key = made.id
        assert {row.year for row in made.instalments} == {2026, 2027}
    ledger.share(ledger.melegnano, 2026, "final", "206000.00", due)
    version = ledger.version_of(key)
    with ledger.unit("scioglie", ACCOUNTANT) as session:
        rounds.dissolve(session, key, why="Quota corretta.", version=version, today=due)
    assert amounts(ledger)["Melegnano", "Saldo"] == ("26000.00", "final")
    assert amounts(ledger, 2027)["Melegnano", "Primo acconto"] == ("103000.00", "previous")
