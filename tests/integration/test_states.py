"""Lives as tables: what may happen to a thing, to whom it belongs, and what is left of it."""

from datetime import date

import pytest
from sqlalchemy import select

from core.contracts.model import Contract, ContractParty, ContractTerms
from core.ground.access import Role, ScopedSession
from core.ground.audit import AuditEntry
from core.ground.errors import NotAllowed, RuleBroken
from core.ground.states import Life, Need, Passage, PassageLog, Proof
from tests import factories
from tests.factories import filled

OFFICE = frozenset({Role.MANAGEMENT})
EVERYBODY = frozenset({Role.MANAGEMENT, Role.MUNICIPALITY})
LIFE = Life(
    Passage("draft", "submit", "under_approval", OFFICE),
    Passage("draft", "cancel", "cancelled", OFFICE),
    Passage("under_approval", "approve", "approved", EVERYBODY),
)
TODAY = date(2026, 3, 2)


@pytest.fixture
def contract(unit, two_municipalities):
    own, _foreign = two_municipalities
    with unit() as session:
        signing = filled(ContractParty, party_id=own, capacity="municipality")
        row = filled(Contract, number=1, terms=filled(ContractTerms), parties=[signing])
        session.add(row)
        session.flush()
        return row.id


def test_the_buttons_of_a_page_are_the_rows_of_the_table(manager, municipality_user):
    assert [p.action for p in LIFE.possible("draft", manager)] == ["submit", "cancel"]
    assert [p.action for p in LIFE.possible("draft", municipality_user)] == []
    assert [p.action for p in LIFE.possible("under_approval", municipality_user)] == ["approve"]


def test_a_passage_changes_the_state_and_is_logged_with_who_when_and_why(unit, contract, manager, database):
    with unit(principal=manager) as session:
        row = session.get(Contract, contract)
        LIFE.move(session, row, "submit", on=TODAY, proof=Proof(why="testo pronto"))
    with ScopedSession(database, manager) as session:
        assert session.get(Contract, contract).state == "under_approval"
        [log] = session.scalars(select(PassageLog))
    assert (log.from_state, log.to_state, log.on, log.actor, log.why) == (
        "draft", "under_approval", TODAY, "Marta Gestione", "testo pronto",
    )


def test_a_passage_that_the_table_does_not_know_is_refused_in_words(unit, contract, manager):
    with pytest.raises(RuleBroken, match="non è previsto"), unit(principal=manager) as session:
        LIFE.move(session, session.get(Contract, contract), "approve", on=TODAY)


def test_a_passage_of_another_role_is_refused(unit, contract, municipality_user):
    with pytest.raises(NotAllowed, match="ad altri ruoli"), unit(principal=municipality_user) as session:
        LIFE.move(session, session.get(Contract, contract), "submit", on=TODAY)


def test_a_municipality_makes_its_own_passage_and_reads_the_log_of_its_own_cases_only(
    unit, contract, manager, municipality_user, two_municipalities, database
):
    with unit(principal=manager) as session:
        LIFE.move(session, session.get(Contract, contract), "submit", on=TODAY)
    with unit(principal=municipality_user) as session:
        LIFE.move(session, session.get(Contract, contract), "approve", on=TODAY)
    with ScopedSession(database, municipality_user) as session:
        assert session.get(Contract, contract).state == "approved"
        assert [log.action for log in session.scalars(select(PassageLog).order_by(PassageLog.id))] == [
            "submit", "approve"]
    with ScopedSession(database, factories.clerk_of(two_municipalities[1])) as session:
        assert session.scalars(select(PassageLog)).all() == []


def test_a_passage_asks_for_its_proof(unit, contract, manager):
    life = Life(Passage("draft", "withdraw", "withdrawn", OFFICE, (Need.WHY, Need.RECEIVED)))
    with unit(principal=manager) as session:
        row = session.get(Contract, contract)
        with pytest.raises(RuleBroken, match="motivo"):
            life.move(session, row, "withdraw", on=TODAY, proof=Proof(why="  ", received_on=TODAY))
        with pytest.raises(RuleBroken, match="ricevuto"):
            life.move(session, row, "withdraw", on=TODAY, proof=Proof(why="interesse pubblico"))
        assert row.state == "draft"
        life.move(session, row, "withdraw", on=TODAY, proof=Proof("interesse pubblico", received_on=TODAY))
        assert row.state == "withdrawn"


def test_a_mistaken_passage_is_undone_by_a_new_one_and_both_stay(unit, contract, manager, database):
    with unit(principal=manager) as session:
        row = session.get(Contract, contract)
        LIFE.move(session, row, "submit", on=TODAY)
        with pytest.raises(RuleBroken, match="motivo"):
            LIFE.undo(session, row, on=TODAY, why=" ")
        LIFE.undo(session, row, on=TODAY, why="inviato per errore")
        with pytest.raises(RuleBroken, match="Non c'è un passaggio"):
            LIFE.undo(session, row, on=TODAY, why="ancora")
    with ScopedSession(database, manager) as session:
        assert session.get(Contract, contract).state == "draft"
        submitted, undone = session.scalars(select(PassageLog).order_by(PassageLog.id))
    assert (undone.action, undone.undoes_id, undone.why) == ("undo", submitted.id, "inviato per errore")


def test_the_diary_and_the_audit_name_the_same_person(unit, contract, manager, municipality_user, database):
    with unit("invio", manager) as session:
        LIFE.move(session, session.get(Contract, contract), "submit", on=TODAY)
    with unit("voto", municipality_user) as session:
        LIFE.move(session, session.get(Contract, contract), "approve", on=TODAY)
        LIFE.undo(session, session.get(Contract, contract), on=TODAY, why="voto rinviato")
    with ScopedSession(database, manager) as session:
        told = {str(log.id): log.actor for log in session.scalars(select(PassageLog))}
        heard = select(AuditEntry).where(AuditEntry.table_name == "passage_log")
        assert told == {entry.row_id: entry.actor for entry in session.scalars(heard)}
    assert sorted(told.values()) == sorted([manager.name, municipality_user.name, municipality_user.name])


def test_what_a_rule_brings_about_asks_no_role_and_is_written_under_who_set_it_off(
    unit, contract, municipality_user, database
):
    with unit("conseguenza", municipality_user) as session:
        row = session.get(Contract, contract)
        LIFE.move(session, row, "submit", on=TODAY, by_rule=True)
        LIFE.undo(session, row, on=TODAY, why="la regola non vale più", by_rule=True)
    with ScopedSession(database, municipality_user) as session:
        log = session.scalars(select(PassageLog).order_by(PassageLog.id)).all()
    assert [(entry.action, entry.actor) for entry in log] == [
        ("submit", municipality_user.name), ("undo", municipality_user.name)]


def test_a_thing_that_is_new_can_move_at_once(unit, two_municipalities, manager, database):
    with unit(principal=manager) as session:
        row = filled(Contract, number=7, state="draft", terms=filled(ContractTerms))
        session.add(row)
        LIFE.move(session, row, "submit", on=TODAY)
    with ScopedSession(database, manager) as session:
        assert session.scalars(select(PassageLog.subject_id)).all() == [row.id]


def test_a_table_with_two_answers_to_one_question_is_a_mistake_of_the_program():
    with pytest.raises(ValueError, match="same state and action"):
        Life(Passage("draft", "submit", "a", OFFICE), Passage("draft", "submit", "b", OFFICE))


def test_the_log_of_passages_is_never_changed(unit, contract, manager):
    with unit(principal=manager) as session:
        LIFE.move(session, session.get(Contract, contract), "submit", on=TODAY)
    with pytest.raises(NotAllowed, match="non si modifica"), unit(principal=manager) as session:
        session.scalars(select(PassageLog)).one().why = "altro"
