"""The life of a contract, as an office would tell it: who approves, who signs, how it goes on and how it ends."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.cases.model import Note
from core.catalogue.model import Service
from core.contracts import ending, life, undoing
from core.contracts.model import Conferral, Contract
from core.contracts.operations import cancel
from core.contracts.proposal import conferred_elsewhere
from core.contracts.states import LIFE, ContractState
from core.ground.access import ScopedSession
from core.ground.errors import NotAllowed, RuleBroken
from core.ground.states import PassageLog
from tests import factories
from tests.factories import filled

S = ContractState


def passages(contract) -> list[str]:
    with ScopedSession(contract.database, contract.actor) as session:
        rows = session.scalars(select(PassageLog).where(PassageLog.subject_id == contract.key).order_by(PassageLog.id))
        return [row.action for row in rows]


def test_a_contract_is_drafted_approved_signed_extended_expires_goes_on_and_is_closed(contract_of):
    contract = contract_of()
    contract.do(life.submit, date(2025, 11, 3))
    contract.do(life.approve, date(2025, 12, 1), act=contract.act(date(2025, 11, 28)))
    assert contract.state == S.APPROVED
    contract.do(life.sign, date(2025, 12, 15), signed_on=date(2025, 12, 15))
    assert contract.advance(date(2025, 12, 31)) == 0, "before its first day it is signed and not in force"
    contract.advance(date(2026, 1, 1))
    assert contract.state == S.IN_FORCE
    contract.do(life.extend, date(2026, 12, 1), act=contract.act(date(2026, 11, 27), number="30"),
                to_day=date(2027, 6, 30))
    assert contract.see(lambda row: (row.state, row.ends_on, row.runs_to)) == (
        S.EXTENDED, date(2026, 12, 31), date(2027, 6, 30))
    contract.advance(date(2027, 6, 30))
    assert contract.state == S.EXTENDED, "the last day is a day of the contract"
    contract.advance(date(2027, 7, 1))
    assert contract.state == S.EXPIRED
    contract.do(life.continue_services, date(2027, 7, 2), why="Il comune non ha ancora un altro gestore.")
    contract.advance(date(2027, 12, 30))
    assert contract.state == S.CONTINUITY
    contract.advance(date(2027, 12, 31))
    assert contract.state == S.CLOSED
    assert passages(contract) == ["submit", "approve_last", "sign", "enter_force", "extend", "expire", "continue",
                                  "close"]


def test_three_municipalities_and_a_union_approve_on_different_days_and_the_azienda_is_not_waited_for(contract_of):
    contract = contract_of(4)
    contract.do(life.submit, date(2025, 11, 3))
    for place in (0, 2, 3):
        contract.do(life.approve, date(2025, 12, 1), act=contract.act(date(2025, 11, 20 + place), place))
        assert contract.state == S.PARTLY_APPROVED
    contract.do(life.approve, date(2025, 12, 9), act=contract.act(date(2025, 12, 5), 1))
    assert contract.state == S.APPROVED
    board = contract.see(lambda row: row.parties[0].party_id)
    contract.do(life.approve, date(2025, 12, 10), act=life.Resolution(board, "board", "CdA", "4", date(2025, 12, 9)))
    assert contract.see(lambda row: (row.state, len(row.approvals))) == (S.APPROVED, 5)


def test_two_acts_of_one_municipality_do_not_stand_for_the_other(contract_of):
    contract = contract_of(2)
    contract.do(life.submit, date(2025, 11, 3))
    contract.do(life.approve, date(2025, 12, 1), act=contract.act(date(2025, 11, 28)))
    contract.do(life.approve, date(2025, 12, 1), act=contract.act(date(2025, 11, 29), kind="giunta"))
    assert contract.state == S.PARTLY_APPROVED


def test_a_text_sent_back_loses_its_approvals_and_has_them_again_if_that_was_a_mistake(contract_of):
    contract = contract_of(2)
    contract.do(life.submit, date(2025, 11, 3))
    contract.do(life.approve, date(2025, 12, 1), act=contract.act(date(2025, 11, 28)))
    contract.do(life.send_back, date(2025, 12, 2), why="Una clausola da rivedere")
    assert contract.see(lambda row: (row.state, row.approvals, [link.role for link in row.acts])) == (
        S.DRAFT, [], ["superseded"])
    contract.do(undoing.undo, date(2025, 12, 2), why="Era un altro contratto")
    assert contract.see(lambda row: (row.state, len(row.approvals))) == (S.PARTLY_APPROVED, 1)


@pytest.mark.parametrize(("day", "words"), [(date(2025, 11, 27), "non era ancora approvato"),
                                            (date(2026, 1, 2), "non è ancora arrivato")])
def test_a_contract_is_not_signed_before_it_is_approved_nor_tomorrow(contract_of, day, words):
    contract = contract_of()
    contract.do(life.submit, date(2025, 11, 3))
    contract.do(life.approve, date(2025, 12, 1), act=contract.act(date(2025, 11, 28)))
    with pytest.raises(RuleBroken, match=words):
        contract.do(life.sign, date(2026, 1, 1), signed_on=day)
    assert contract.state == S.APPROVED


def test_a_contract_signed_late_is_in_force_the_same_day_and_remarked(contract_of):
    from core.contracts.rules import life_findings

    contract = contract_of()
    contract.do(life.submit, date(2026, 2, 1))
    contract.do(life.approve, date(2026, 2, 10), act=contract.act(date(2026, 2, 9)))
    contract.do(life.sign, date(2026, 3, 2), signed_on=date(2026, 3, 2))
    contract.do(life.pass_by_calendar, date(2026, 3, 2), action="enter_force")
    assert contract.state == S.IN_FORCE
    assert contract.see(lambda row: [f.source for f in life_findings(row, date(2026, 3, 2))]) == ["R16"]


def test_extensions_follow_each_other_and_the_first_expiry_stays(in_force):
    contract = in_force()
    for number, (day, to_day) in enumerate([(date(2026, 12, 1), date(2027, 3, 31)), (date(2027, 3, 1),
                                                                                     date(2027, 9, 30))]):
        contract.do(life.extend, day, act=contract.act(day, number=str(50 + number)), to_day=to_day)
    assert contract.see(lambda row: (row.ends_on, row.runs_to, [e.from_day for e in row.extensions])) == (
        date(2026, 12, 31), date(2027, 9, 30), [date(2027, 1, 1), date(2027, 4, 1)])
    contract.do(undoing.undo, date(2027, 3, 2), why="Data sbagliata")
    assert contract.see(lambda row: (row.state, row.runs_to, len(row.extensions))) == (
        S.EXTENDED, date(2027, 3, 31), 3), "the mistaken row stays, another takes it back"
    contract.do(undoing.undo, date(2027, 3, 2), why="Anche la prima")
    assert contract.see(lambda row: (row.state, row.runs_to)) == (S.IN_FORCE, date(2026, 12, 31))


def test_a_contract_that_had_lapsed_is_extended_only_if_the_gap_is_declared(in_force):
    contract = in_force()
    contract.advance(date(2027, 1, 1))
    late = {"act": contract.act(date(2027, 1, 20), number="3"), "to_day": date(2027, 12, 31)}
    with pytest.raises(RuleBroken, match="era scaduto il 31/12/2026") as refusal:
        contract.do(life.extend, date(2027, 1, 25), **late)
    assert refusal.value.field == "gap_why"
    contract.do(life.extend, date(2027, 1, 25), gap_why="Elezioni comunali", **late)
    assert contract.see(lambda row: (row.state, row.extensions[0].from_day, row.extensions[0].gap_why)) == (
        S.EXTENDED, date(2027, 1, 20), "Elezioni comunali")


def test_an_extension_decided_in_time_and_recorded_after_the_expiry_has_no_gap_to_declare(in_force):
    contract = in_force()
    contract.advance(date(2027, 1, 8))
    assert contract.state == S.EXPIRED
    contract.do(life.extend, date(2027, 1, 11), act=contract.act(date(2026, 12, 20), number="41"),
                to_day=date(2027, 6, 30))
    assert contract.see(lambda row: (row.state, row.runs_to, row.extensions[0].from_day)) == (
        S.EXTENDED, date(2027, 6, 30), date(2027, 1, 1))


def test_a_contract_ends_on_a_day_from_which_terms_can_still_be_counted(in_force):
    contract = in_force()
    with pytest.raises(RuleBroken, match="fino al 2200") as refusal:
        contract.do(life.extend, date(2026, 12, 1), act=contract.act(date(2026, 11, 27), number="30"),
                    to_day=date(9999, 12, 31))
    assert refusal.value.field == "to_day"
    with pytest.raises(RuleBroken, match="fino al 2200"):
        contract.do(life.prepare_renewal, date(2026, 12, 1), starts_on=date(2027, 1, 1), ends_on=date(9999, 12, 31))


def test_the_gap_is_declared_also_while_the_worker_has_not_noticed_the_expiry(in_force):
    contract = in_force()
    with pytest.raises(RuleBroken, match="Dichiararne il motivo"):
        contract.do(life.extend, date(2027, 1, 25), act=contract.act(date(2027, 1, 20)), to_day=date(2027, 12, 31))


TEN_YEARS = {"tacit_renewal": True, "tacit_renewal_months": 120, "notice_months": 24}


def test_a_contract_renews_itself_for_ten_years_unless_notice_came_two_years_before(in_force):
    contract = in_force(terms=TEN_YEARS, ends_on=date(2035, 12, 31))
    contract.advance(date(2036, 1, 1))
    assert contract.see(lambda row: (row.state, row.ends_on, row.runs_to)) == (
        S.EXTENDED, date(2035, 12, 31), date(2045, 12, 31))
    contract.do(life.assess, date(2043, 12, 1), act=contract.act(date(2043, 11, 20)), favourable=False)
    contract.do(life.communicate, date(2043, 12, 31), received_on=date(2043, 12, 31))
    contract.advance(date(2046, 1, 1))
    assert contract.state == S.EXPIRED, "the last useful day is a good one"


def test_notice_that_comes_a_day_late_stops_nothing(in_force):
    contract = in_force(terms=TEN_YEARS, ends_on=date(2035, 12, 31))
    contract.do(life.assess, date(2033, 12, 1), act=contract.act(date(2033, 11, 20)), favourable=False)
    contract.do(life.communicate, date(2034, 1, 1), received_on=date(2034, 1, 1))
    contract.advance(date(2036, 1, 1))
    assert contract.state == S.EXTENDED


def test_a_contract_renews_itself_only_as_often_as_its_terms_say(in_force):
    contract = in_force(terms={"tacit_renewal": True, "tacit_renewal_months": 12, "tacit_renewal_times": 2,
                               "notice_months": 3})
    contract.advance(date(2030, 1, 1))
    assert contract.see(lambda row: (row.state, row.runs_to, [e.tacit for e in row.extensions])) == (
        S.EXPIRED, date(2028, 12, 31), [True, True]), "four years without a worker lose nothing"


def test_renewal_is_two_events_in_their_order(in_force):
    contract = in_force()
    with pytest.raises(RuleBroken, match="Non c'è una valutazione"):
        contract.do(life.communicate, date(2026, 9, 1), received_on=date(2026, 9, 1))
    contract.do(life.assess, date(2026, 9, 1), act=contract.act(date(2026, 8, 31)), favourable=True)
    with pytest.raises(RuleBroken, match="precede la valutazione"):
        contract.do(life.communicate, date(2026, 9, 5), received_on=date(2026, 8, 30))
    contract.do(life.communicate, date(2026, 10, 5), received_on=date(2026, 10, 1))
    assert contract.see(lambda row: (row.renewal.assessed_on, row.renewal.communicated_on)) == (
        date(2026, 8, 31), date(2026, 10, 1))
    contract.do(undoing.undo, date(2026, 10, 6), why="Giorno sbagliato")
    contract.do(undoing.undo, date(2026, 10, 6), why="Atto di un altro ente")
    assert contract.see(lambda row: (row.state, row.renewal, len(row.renewals))) == (S.IN_FORCE, None, 1)


def test_a_communication_after_the_last_useful_day_is_remarked(in_force):
    from core.contracts.rules import life_findings

    contract = in_force()
    contract.do(life.assess, date(2026, 9, 1), act=contract.act(date(2026, 8, 31)), favourable=True)
    contract.do(life.communicate, date(2026, 10, 5), received_on=date(2026, 10, 1))
    [finding] = contract.see(lambda row: life_findings(row, date(2026, 10, 5)))
    assert str(finding) == ("La comunicazione sul rinnovo è arrivata il 01/10/2026, dopo l'ultimo giorno utile "
                            "(30/09/2026).")


def test_continuity_lasts_the_months_of_the_terms_and_no_more(in_force):
    contract = in_force()
    contract.advance(date(2027, 1, 1))
    with pytest.raises(RuleBroken, match="fino al 30/06/2027"):
        contract.do(life.continue_services, date(2027, 7, 1), why="in ritardo")


def test_withdrawal_ends_the_contract_on_its_day_with_its_indemnity(in_force):
    contract = in_force()
    facts = {"act": contract.act(date(2026, 4, 1)), "reasons": "Interesse pubblico", "received_on": date(2026, 4, 3),
             "indemnity": Decimal("12500.00")}
    with pytest.raises(RuleBroken, match="fuori dalla durata"):
        contract.do(ending.withdraw, date(2026, 4, 4), effective_on=date(2027, 2, 1), **facts)
    contract.do(ending.withdraw, date(2026, 4, 4), effective_on=date(2026, 7, 1), **facts)
    assert contract.see(lambda row: (row.state, row.runs_to, row.ending.indemnity)) == (
        S.WITHDRAWN, date(2026, 6, 30), Decimal("12500.00"))
    with pytest.raises(RuleBroken, match="vale ancora"):
        contract.do(ending.close, date(2026, 6, 30), why="finito")
    contract.do(undoing.undo, date(2026, 4, 5), why="Delibera annullata")
    assert contract.see(lambda row: (row.state, row.runs_to, row.ending, len(row.endings))) == (
        S.IN_FORCE, date(2026, 12, 31), None, 1)


def test_a_withdrawal_has_no_effect_before_the_azienda_receives_it_and_may_have_it_that_day(in_force):
    contract = in_force()
    facts = {"act": contract.act(date(2026, 4, 1)), "reasons": "Interesse pubblico", "indemnity": None,
             "received_on": date(2026, 4, 3)}
    with pytest.raises(RuleBroken, match="dal giorno in cui l'azienda lo riceve") as refusal:
        contract.do(ending.withdraw, date(2026, 4, 4), effective_on=date(2026, 4, 2), **facts)
    assert (refusal.value.field, contract.state) == ("effective_on", S.IN_FORCE)
    contract.do(ending.withdraw, date(2026, 4, 4), effective_on=date(2026, 4, 3), **facts)
    assert contract.see(lambda row: (row.state, row.runs_to)) == (S.WITHDRAWN, date(2026, 4, 2))


def test_a_termination_is_not_declared_before_its_ground_and_may_be_on_its_day(in_force):
    contract = in_force()
    contract.do(ending.raise_ground, date(2026, 5, 2), ground="delay", reasons="Ritardi", arisen_on=date(2026, 5, 1))
    act = contract.act(date(2026, 4, 28))
    with pytest.raises(RuleBroken, match="precede la causa, sorta il 01/05/2026") as refusal:
        contract.do(ending.declare_termination, date(2026, 5, 4), act=act, received_on=date(2026, 4, 30))
    assert (refusal.value.field, contract.state) == ("received_on", S.GROUND_ARISEN)
    contract.do(ending.declare_termination, date(2026, 5, 4), act=act, received_on=date(2026, 5, 1))
    assert contract.see(lambda row: (row.state, row.runs_to)) == (S.TERMINATED, date(2026, 4, 30))


def test_a_ground_ends_nothing_until_it_is_declared_and_may_be_forgone(in_force):
    contract = in_force()
    ground = {"ground": "traceability", "reasons": "Pagamento in contanti", "arisen_on": date(2026, 3, 1)}
    contract.do(ending.raise_ground, date(2026, 3, 2), **ground)
    assert contract.see(lambda row: (row.state, row.runs_to)) == (S.GROUND_ARISEN, date(2026, 12, 31))
    contract.do(ending.forgo, date(2026, 3, 3), why="Errore della tesoreria, sanato")
    assert contract.see(lambda row: (row.state, row.ending)) == (S.IN_FORCE, None)
    contract.do(ending.raise_ground, date(2026, 5, 2), **{**ground, "arisen_on": date(2026, 5, 1)})
    contract.do(ending.declare_termination, date(2026, 5, 10), act=contract.act(date(2026, 5, 5)),
                received_on=date(2026, 5, 8))
    assert contract.see(lambda row: (row.state, row.runs_to)) == (S.TERMINATED, date(2026, 5, 7))


def test_a_ground_forgone_by_an_extended_contract_leaves_it_extended(in_force):
    contract = in_force()
    contract.do(life.extend, date(2026, 12, 1), act=contract.act(date(2026, 11, 27), number="30"),
                to_day=date(2027, 6, 30))
    contract.do(ending.raise_ground, date(2027, 3, 2), ground="delay", reasons="Ritardi", arisen_on=date(2027, 3, 1))
    contract.do(ending.forgo, date(2027, 3, 3), why="Recuperati")
    assert contract.state == S.EXTENDED
    contract.do(undoing.undo, date(2027, 3, 3), why="Non ancora")
    assert contract.see(lambda row: (row.state, row.ending.ground)) == (S.GROUND_ARISEN, "delay")


def test_the_successor_takes_over_what_was_agreed_and_the_old_one_is_renewed_when_it_is_in_force(in_force):
    contract = in_force()
    with contract.open_unit("prova") as session:
        row = session.require(Contract, contract.key)
        row.conferrals = [Conferral(service=filled(Service, code="sad"), municipality_id=contract.party_ids[0])]
    dates = {"starts_on": date(2027, 1, 1), "ends_on": date(2029, 11, 30)}
    successor = contract.do(life.prepare_renewal, date(2026, 10, 1), **dates)
    with pytest.raises(RuleBroken, match="già in preparazione"):
        contract.do(life.prepare_renewal, date(2026, 10, 1), **dates)
    contract.do(undoing.undo, date(2026, 10, 1), why="Date sbagliate")
    with ScopedSession(contract.database, contract.actor) as session:
        assert session.require(Contract, successor.id).state == S.CANCELLED
    successor = contract.do(life.prepare_renewal, date(2026, 10, 1), **dates)
    with contract.open_unit("prova") as session:
        new = session.require(Contract, successor.id)
        assert (new.renews_id, [c.service.code for c in new.conferrals]) == (contract.key, ["sad"])
        new.state, new.signed_on = S.SIGNED, date(2026, 12, 1)
    contract.advance(date(2027, 1, 1))
    contract.advance(date(2027, 1, 1))
    assert contract.state == S.RENEWED


@pytest.mark.parametrize("state", ["draft", "under_approval", "approved"])
def test_a_successor_that_is_not_signed_does_not_stop_a_tacit_renewal(in_force, state):
    contract = in_force(terms={"tacit_renewal": True, "tacit_renewal_months": 12, "notice_months": 3})
    with contract.open_unit("prova") as session:
        row = session.require(Contract, contract.key)
        row.conferrals = [Conferral(service=filled(Service, code="sad"), municipality_id=contract.party_ids[0])]
    successor = contract.do(life.prepare_renewal, date(2026, 10, 1), starts_on=date(2027, 1, 1),
                            ends_on=date(2029, 12, 31))
    with contract.open_unit("prova") as session:
        session.require(Contract, successor.id).state = state
    contract.advance(date(2027, 1, 1))
    assert contract.see(lambda row: (row.state, row.runs_to)) == (S.EXTENDED, date(2027, 12, 31))
    with ScopedSession(contract.database, contract.actor) as session:
        notes = session.scalars(select(Note.text).where(Note.subject == "contract", Note.subject_id == successor.id))
        assert any("si è rinnovato tacitamente fino al 31/12/2027" in text for text in notes)


def test_a_signed_successor_takes_the_place_of_a_tacit_renewal(in_force):
    contract = in_force(terms={"tacit_renewal": True, "tacit_renewal_months": 12, "notice_months": 3})
    with contract.open_unit("prova") as session:
        row = session.require(Contract, contract.key)
        row.conferrals = [Conferral(service=filled(Service, code="sad"), municipality_id=contract.party_ids[0])]
    successor = contract.do(life.prepare_renewal, date(2026, 10, 1), starts_on=date(2027, 1, 1),
                            ends_on=date(2029, 12, 31))
    with contract.open_unit("prova") as session:
        new = session.require(Contract, successor.id)
        new.state, new.signed_on = S.SIGNED, date(2026, 12, 1)
    contract.advance(date(2027, 1, 1))
    contract.advance(date(2027, 1, 1))
    assert contract.see(lambda row: (row.state, row.runs_to)) == (S.RENEWED, date(2026, 12, 31))


def test_an_extension_is_refused_where_another_contract_confers_the_same_service(in_force, contract_of):
    contract, other = in_force(), contract_of(starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31))
    with contract.open_unit("prova") as session:
        service = filled(Service, code="sad")
        rows = [session.require(Contract, key) for key in (contract.key, other.key)]
        for row in rows:
            row.conferrals.append(Conferral(service=service, municipality_id=contract.party_ids[0]))
    with pytest.raises(RuleBroken, match="conferisce già"):
        contract.do(life.extend, date(2026, 12, 1), act=contract.act(date(2026, 12, 1)), to_day=date(2027, 6, 30))
    assert contract.see(lambda row: (row.state, row.extensions, row.runs_to)) == (
        S.IN_FORCE, [], date(2026, 12, 31))


def test_an_amendment_and_its_contract_are_one_and_a_merged_one_confers_nothing(in_force, contract_of):
    contract, amendment, stranger = in_force(), contract_of(), contract_of()
    with contract.open_unit("prova") as session:
        service = filled(Service, code="sad")
        rows = [session.require(Contract, one.key) for one in (contract, amendment, stranger)]
        rows[1].amends_id = contract.key
        for row in rows[:2]:
            row.conferrals = [Conferral(service=service, municipality_id=contract.party_ids[0])]
        session.flush()
        pair = {(contract.party_ids[0], service.id)}
        taken = [set(conferred_elsewhere(session, row, [contract.party_ids[0]])) for row in rows]
        assert taken == [set(), set(), pair]
        rows[0].state, rows[1].state = S.CANCELLED, S.MERGED
        session.flush()
        assert conferred_elsewhere(session, rows[2], [contract.party_ids[0]]) == {}


def test_what_a_person_took_back_today_is_not_done_again_before_tomorrow(in_force):
    contract = in_force()
    contract.do(undoing.undo, date(2026, 1, 1), why="Firma da correggere")
    assert contract.advance(date(2026, 1, 1)) == 0
    assert contract.advance(date(2026, 1, 2)) == 1


def test_a_signature_taken_back_leaves_no_date_behind(contract_of):
    contract = contract_of()
    contract.do(life.submit, date(2025, 11, 3))
    contract.do(life.approve, date(2025, 12, 1), act=contract.act(date(2025, 11, 28)))
    contract.do(life.sign, date(2025, 12, 15), signed_on=date(2025, 12, 15))
    contract.do(undoing.undo, date(2025, 12, 16), why="File sbagliato")
    assert contract.see(lambda row: (row.state, row.signed_on, row.signed_at)) == (S.APPROVED, None, None)
    contract.do(undoing.undo, date(2025, 12, 16), why="Numero sbagliato")
    assert contract.see(lambda row: (row.state, row.approvals)) == (S.UNDER_APPROVAL, [])


VERBS = {
    "submit": (life.submit, {}),
    "approve": (life.approve, {"act": None}),
    "send_back": (life.send_back, {"why": "da rivedere"}),
    "sign": (life.sign, {"signed_on": date(2026, 6, 1)}),
    "extend": (life.extend, {"act": None, "to_day": date(2028, 1, 31), "gap_why": "vacanza"}),
    "assess": (life.assess, {"act": None, "favourable": True}),
    "continue": (life.continue_services, {"why": "serve"}),
    "prepare_renewal": (life.prepare_renewal, {"starts_on": date(2028, 1, 1), "ends_on": date(2028, 12, 31)}),
    "withdraw": (ending.withdraw, {"act": None, "reasons": "interesse", "received_on": date(2026, 6, 1),
                                   "effective_on": date(2026, 9, 1), "indemnity": None}),
    "ground": (ending.raise_ground, {"ground": "delay", "reasons": "ritardi", "arisen_on": date(2026, 6, 1)}),
    "forgo": (ending.forgo, {"why": "sanato"}),
    "cancel": (cancel, {"why": "doppione"}),
    "communicate": (life.communicate, {"received_on": date(2026, 6, 1)}),
    "declare": (ending.declare_termination, {"act": None, "received_on": date(2026, 6, 1)}),
    "enter_force": (life.pass_by_calendar, {"action": "enter_force"}),
    "expire": (life.pass_by_calendar, {"action": "expire", "today": date(2027, 2, 1)}),
    "close": (ending.close, {"why": "finito", "today": date(2027, 2, 1)}),
}
ALSO = {"approve": {"approve", "approve_last"}, "withdraw": {"withdraw", "leave"}}


def facts_of(row: Contract) -> tuple[object, ...]:
    return row.state, row.runs_to, len(row.extensions), len(row.renewals), len(row.endings), len(row.acts)


@pytest.mark.parametrize("name", VERBS)
def test_every_cell_of_the_table_passes_or_is_refused_without_a_trace(contract_of, name):
    contract = contract_of(2)
    verb, values = VERBS[name][0], dict(VERBS[name][1])
    today = values.pop("today", date(2026, 6, 10))
    contract.give_a_past()
    leads = {p.state for p in LIFE.passages if p.action in ALSO.get(name, {name})}
    for state in S:
        contract.bring_to(state)
        if "act" in values:
            values = {**values, "act": contract.act(date(2026, 6, 1), number=f"{name} {state}")}
        before, logged = contract.see(facts_of), len(passages(contract))
        if state in leads:
            contract.do(verb, today, **values)
            contract.do(undoing.undo, today, why="prova della tabella")
            assert contract.state == state
        else:
            with pytest.raises(RuleBroken):
                contract.do(verb, today, **values)
            assert (contract.see(facts_of), len(passages(contract))) == (before, logged)


def test_only_the_office_moves_a_contract(contract_of):
    contract = contract_of()
    contract.actor = factories.clerk_of(*contract.party_ids)
    with pytest.raises(NotAllowed):
        contract.do(life.submit, date(2025, 11, 3))


@pytest.mark.parametrize(("verb", "values", "field"), [
    (life.send_back, {"why": " "}, "why"),
    (ending.withdraw, {"act": True, "reasons": "", "received_on": date(2026, 6, 1), "effective_on": date(2026, 9, 1),
                       "indemnity": None}, "why"),
    (ending.withdraw, {"act": True, "reasons": "x", "received_on": date(2026, 6, 1), "effective_on": date(2026, 9, 1),
                       "indemnity": Decimal("-1")}, "indemnity"),
    (life.assess, {"act": True, "favourable": True, "number": " "}, "number"),
    (life.assess, {"act": True, "favourable": True, "day": date(2027, 1, 1)}, "date"),
    (ending.raise_ground, {"ground": "antipathy", "reasons": "x", "arisen_on": date(2026, 6, 1)}, "ground"),
    (ending.raise_ground, {"ground": "delay", "reasons": "x", "arisen_on": date(2026, 7, 1)}, "arisen_on"),
    (life.extend, {"act": True, "to_day": date(2026, 12, 31)}, "to_day"),
])
def test_a_passage_says_what_is_wrong_and_where(in_force, verb, values, field):
    contract = in_force()
    values = dict(values)
    if values.pop("act", False):
        values["act"] = contract.act(values.pop("day", date(2026, 5, 30)), number=values.pop("number", "7"))
    if verb is life.send_back:
        contract.bring_to(S.APPROVED)
    with pytest.raises(RuleBroken) as refusal:
        contract.do(verb, date(2026, 6, 10), **values)
    assert refusal.value.field == field
