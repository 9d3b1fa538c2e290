"""One act, one transaction: all of it, or nothing that anybody could find afterwards."""

import psycopg
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from core.ground import audit, outbox
from core.ground.access import Principal, Role, ScopedSession, as_system, system
from core.ground.audit import AuditEntry
from core.ground.errors import NotAllowed, RuleBroken, Unavailable
from core.ground.numbering import Counter, next_number
from core.ground.outbox import OutboxMessage
from core.ground.unit_of_work import IdempotencyKey, SentBefore, answered, remember, unit_of_work
from core.parties.model import Municipality, Party
from tests import factories
from tests.integration.deadlines.counting import statements


def test_an_act_leaves_its_change_its_number_its_history_its_mail_and_its_key(unit, database):
    with unit("municipality.add") as session:
        session.add(factories.municipality("Dresano"))
        assert next_number(session, "contract", 2026) == 1
        outbox.post(session, "mail", {"to": "x"}, key="one")
        remember(session, "form-1", "fatto")
    assert counts(database) == {Municipality: 1, Counter: 1, OutboxMessage: 1, IdempotencyKey: 1}
    with ScopedSession(database, system("prova")) as session:
        assert session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.act == "municipality.add")) >= 4


def test_an_act_that_a_rule_stops_leaves_nothing_at_all(unit, database):
    before = history(database)
    with pytest.raises(RuleBroken, match="basta"), unit() as session:
        session.add(factories.municipality("Dresano"))
        next_number(session, "contract", 2026)
        outbox.post(session, "mail", {"to": "x"}, key="one")
        remember(session, "form-1", "fatto")
        session.flush()
        raise RuleBroken("basta")
    assert counts(database) == dict.fromkeys((Municipality, Counter, OutboxMessage, IdempotencyKey), 0)
    assert history(database) == before


def test_the_second_of_two_who_edit_the_same_row_is_told_to_reload(unit, manager):
    with unit() as session:
        session.add(row := factories.municipality("Dresano"))
    with pytest.raises(RuleBroken, match="qualcun altro ha modificato"), unit(principal=manager) as session:
        mine = session.get(Municipality, row.id)
        somebody_else = update(Party.__table__).values(address="Via Prima 1", version=Party.version + 1)
        as_system(session, somebody_else, reason="prova")
        mine.address = "Via Seconda 2"


def test_a_value_that_must_be_unique_is_refused_in_words(unit):
    with unit() as session:
        session.add(factories.municipality("Dresano"))
    with pytest.raises(RuleBroken, match="deve essere unico"), unit() as session:
        session.add(factories.municipality("Dresano"))


def test_a_locked_database_is_named_in_words(make_database, monkeypatch):
    monkeypatch.setattr("core.ground.db.BUSY_SECONDS", 0.05)
    database = make_database("sqlite")
    with database.writing.begin() as holder:
        holder.exec_driver_sql("SELECT 1")
        refused = pytest.raises(RuleBroken, match="occupato da un'altra operazione")
        with refused, unit_of_work(database, system("prova"), act="prova") as session:
            session.add(factories.municipality("Dresano"))


def test_two_acts_that_wait_for_each_other_are_told_to_try_again(unit):
    with pytest.raises(Unavailable, match="occupato da un'altra operazione"), unit():
        raise OperationalError("UPDATE", {}, psycopg.errors.DeadlockDetected())


def test_a_form_sent_twice_is_answered_as_the_first_time(unit, manager):
    with unit(principal=manager) as session:
        assert answered(session, "form-1") is None
        remember(session, "form-1", "contratto 1/2026")
    with unit(principal=manager) as session:
        assert answered(session, "form-1") == "contratto 1/2026"


def test_a_form_sent_again_with_another_content_is_refused_in_words(unit, manager):
    with unit(principal=manager) as session:
        remember(session, "form-1", "contratto 1/2026", "questo")
    with unit(principal=manager) as session:
        assert answered(session, "form-1", "questo") == "contratto 1/2026"
        with pytest.raises(SentBefore, match="con un contenuto diverso"):
            answered(session, "form-1", "altro")


def test_nobody_is_answered_with_the_answer_of_another(unit, manager, municipality_user):
    with unit(principal=manager) as session:
        remember(session, "form-1", "contratto 1/2026")
    with unit(principal=municipality_user) as session:
        assert answered(session, "form-1") is None
        remember(session, "form-1", "la mia")
    with unit(principal=municipality_user) as session:
        assert answered(session, "form-1") == "la mia"


def test_the_same_key_remembered_twice_stops_the_second_act(unit, manager):
    with unit(principal=manager) as session:
        remember(session, "form-1", "fatto")
    with pytest.raises(RuleBroken, match="unico"), unit(principal=manager) as session:
        remember(session, "form-1", "fatto di nuovo")


def test_an_act_that_commits_by_itself_is_a_mistake_of_the_program(unit):
    with pytest.raises(Exception, match=r"closed transaction|already"), unit() as session:
        session.add(factories.municipality("Dresano"))
        session.commit()
        session.add(factories.municipality("Melegnano"))


def test_an_auditor_opens_a_unit_of_work_and_can_change_nothing(unit, auditor, database):
    with pytest.raises(RuleBroken, match="può leggere ma non modificare"), unit(principal=auditor) as session:
        session.add(factories.municipality("Dresano"))
    assert counts(database)[Municipality] == 0


def test_the_voice_of_an_act_is_silent_after_it(unit, database):
    with unit("qualcosa", Principal("Ada", frozenset({Role.MANAGEMENT}))):
        pass
    with ScopedSession(database, system("prova")) as session:
        assert session.scalars(select(audit.AuditVoice.actor)).all() in ([""], [])


def counts(database):
    kinds = (Municipality, Counter, OutboxMessage, IdempotencyKey)
    with ScopedSession(database, system("prova")) as session:
        return {kind: session.scalar(select(func.count()).select_from(kind)) for kind in kinds}


def history(database):
    with ScopedSession(database, system("prova")) as session:
        return session.scalar(select(func.count(AuditEntry.id)))


def test_many_rows_that_go_in_by_one_statement_have_each_its_own_key(unit, database):
    with unit() as session:
        rows = [factories.filled(OutboxMessage, key=f"riga {n}", kind="prova", payload={}) for n in range(2500)]
        session.add_all(rows)
        with statements(database) as asked:
            session.flush()
        assert len([said for said in asked if "outbox_message" in said]) < 10
        there = dict(as_system(session, select(OutboxMessage.id, OutboxMessage.key), reason="prova"))
    assert there == {row.id: row.key for row in rows}


@pytest.mark.parametrize("write", [
    lambda session: session.add(factories.municipality("Dresano")),
    lambda session: next_number(session, "contract", 2026),
    lambda session: outbox.post(session, "mail", {"to": "x"}, key="one"),
])
def test_a_session_that_only_reads_lets_nothing_through_and_knows_that_it_was_asked(database, write):
    with ScopedSession(database, system("prova")) as session:
        assert session.scalars(select(Municipality)).all() == []
        assert not session.held_back
        with pytest.raises(NotAllowed, match="leggere ma non modificare"):
            write(session)
            session.flush()
        assert session.held_back
    assert counts(database) == dict.fromkeys((Municipality, Counter, OutboxMessage, IdempotencyKey), 0)
