"""The history: every change is in it, whoever made it and by whatever road, and it cannot be rewritten unseen."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update

from core.catalogue.model import Service
from core.ground import audit, clock
from core.ground.access import Principal, Role, ScopedSession, as_system, system
from core.ground.audit import AuditEntry, Head, head, seal, unsealed, verify
from core.ground.outbox import OutboxMessage
from core.models import metadata
from core.night import pieces, sealing
from core.parties.model import Municipality
from core.plugins.loading import Registry
from core.users.model import RoleGrant, User
from migrations import runner
from tests.factories import filled, municipality


def entries(database, table=None):
    """The entries of the history in order, of one table or of all."""
    with ScopedSession(database, system("prova")) as session:
        query = select(AuditEntry).order_by(AuditEntry.id)
        return session.scalars(query if table is None else query.where(AuditEntry.table_name == table)).all()


def outside(database, statement):
    """Change the database as somebody would who comes with a tool of his own."""
    with database.writing.begin() as connection:
        connection.execute(text(statement))


def without_foreign_keys(database, statement):
    """As ``outside``, by somebody who switches the foreign keys off first."""
    with database.writing.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
        else:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute(text(statement))
        connection.commit()
        connection.invalidate()


def sealed(unit):
    """Seal what there is and give the head back."""
    with unit("seal") as session:
        return seal(session, unsealed(session))


def verdict(database, *exported):
    """What the verifier finds."""
    with ScopedSession(database, system("prova")) as session:
        return verify(session, exported)


def test_an_insert_an_update_and_a_delete_are_told_with_before_and_after(unit, database):
    ada = Principal("Ada Ufficio", frozenset({Role.MANAGEMENT}))
    with unit("service.add", ada) as session:
        session.add(service := filled(Service, code="neutral_space", title="Spazio neutro"))
    with unit("service.rename", ada) as session:
        session.get(Service, service.id).title = "Spazio Neutro"
    with unit("service.remove", ada) as session:
        session.delete(session.get(Service, service.id))
    added, renamed, removed = entries(database, "service")
    assert [e.operation for e in (added, renamed, removed)] == ["i", "u", "d"]
    assert {e.actor for e in (added, renamed, removed)} == {"Ada Ufficio"}
    assert [e.act for e in (added, renamed, removed)] == ["service.add", "service.rename", "service.remove"]
    assert added.before is None
    assert removed.after is None
    before, after = json.loads(renamed.before), json.loads(renamed.after)
    assert (before["title"], after["title"]) == ("Spazio neutro", "Spazio Neutro")
    assert {e.row_id for e in (added, renamed, removed)} == {str(service.id)}


def test_the_instant_is_now_and_in_utc(unit, database):
    with unit() as session:
        session.add(filled(Service))
    [entry] = entries(database, "service")
    assert abs(entry.at - clock.now()) < timedelta(minutes=1)


def test_a_change_that_changes_nothing_is_not_told(unit, database):
    with unit() as session:
        session.add(service := filled(Service, title="Spazio neutro"))
    with unit() as session:
        as_system(session, update(Service).values(title="Spazio neutro"), reason="prova")
    assert [e.operation for e in entries(database, "service")] == ["i"]
    assert service.id


def test_bulk_changes_are_told_row_by_row(unit, database):
    with unit("load", Principal("Ada", frozenset({Role.MANAGEMENT}))) as session:
        session.add_all([filled(Service) for _ in range(5)])
    with unit("reform", Principal("Ugo", frozenset({Role.MANAGEMENT}))) as session:
        as_system(session, update(Service).values(managing_unit="Ufficio di Piano"), reason="prova")
        as_system(session, delete(Service), reason="prova")
    told = [(e.operation, e.actor) for e in entries(database, "service")]
    assert told == [("i", "Ada")] * 5 + [("u", "Ugo")] * 5 + [("d", "Ugo")] * 5


def test_a_table_with_json_is_told_too(unit, database):
    with unit() as session:
        session.add(message := filled(OutboxMessage, key="k", payload={"a": 1}))
    with unit() as session:
        session.get(OutboxMessage, message.id).payload = {"a": 2}
    _added, changed = entries(database, "outbox_message")
    assert changed.before != changed.after


def test_a_change_from_outside_is_told_and_put_in_nobodys_mouth(unit, database):
    with unit("service.add", Principal("Ada", frozenset({Role.MANAGEMENT}))) as session:
        session.add(filled(Service, title="Spazio neutro"))
    outside(database, "UPDATE service SET title = 'Altro'")
    _added, changed = entries(database, "service")
    assert (changed.operation, changed.actor, changed.act) == ("u", "", "")


def test_an_act_that_fails_leaves_no_voice_behind(unit, database):
    with unit() as session:
        session.add(filled(Service))
    with pytest.raises(ZeroDivisionError), unit("wrong", Principal("Ada", frozenset({Role.MANAGEMENT}))):
        1 / 0  # noqa: B018
    outside(database, "UPDATE service SET title = 'Altro'")
    assert entries(database, "service")[-1].actor == ""


def test_a_secret_is_told_to_have_changed_and_never_what_it_was(unit, database):
    with unit() as session:
        session.add(user := User(email="a@b.example", name="Ada", password="vecchia", fs_uniquifier="uno"))
    with unit() as session:
        session.get(User, user.id).password = "nuova"
    told = entries(database, "user")
    assert len(told) == 2
    assert not any(secret in f"{e.before}{e.after}" for e in told for secret in ("vecchia", "nuova", "uno"))
    assert json.loads(told[1].after)["password"] == "***"


def test_a_row_with_two_keys_is_named_by_both(unit, database):
    with unit() as session:
        user = User(email="a@b.example", name="Ada", fs_uniquifier="uno", grants=[RoleGrant(role="auditor")])
        session.add(user)
    [entry] = entries(database, "role_grant")
    assert entry.row_id == f"{user.id},auditor"


def test_a_municipality_told_in_two_tables_is_told_twice(unit, database):
    with unit() as session:
        session.add(municipality("Dresano"))
    assert len(entries(database, "party")) == len(entries(database, "municipality")) == 1


def test_every_table_of_the_core_has_its_three_triggers(database):
    assert len(metadata.tables) > 20
    assert runner.check(database, Registry()) == {"core": []}


# --- sealing ------------------------------------------------------------------------------------------------


@pytest.fixture
def history(unit):
    """Five services, told and sealed."""
    with unit() as session:
        session.add_all([filled(Service) for _ in range(5)])
    return sealed(unit)


def test_sealing_takes_everything_once(unit, database, history):
    assert history.number == len(entries(database))
    assert sealed(unit) == history, "nothing new: the head stays"
    with unit() as session:
        session.add(filled(Service))
    assert verdict(database).unsealed == 1
    assert sealed(unit).number == history.number + 1
    assert verdict(database).unsealed == 0


def test_a_round_looks_a_little_back_for_what_was_committed_late_and_a_whole_one_finds_everything(
    unit, database, history, monkeypatch
):
    monkeypatch.setattr("core.ground.audit.LATE", 2)
    outside(database, "DELETE FROM audit_seal")
    last = {"key": history.number}
    with database.writing.begin() as connection:  # as if the last entry had been sealed before slower ones arrived
        connection.execute(text("INSERT INTO audit_seal (number, entry_id, hash) VALUES (1, :key, '-')"), last)
    with unit("seal") as session:
        assert seal(session, unsealed(session, whole=False)).number == 2, "the one just before the last sealed"
    assert sealed(unit).number == history.number, "all of them"


def test_a_history_longer_than_a_batch_is_sealed_and_verified_whole(unit, database, monkeypatch):
    monkeypatch.setattr(audit, "SEAL_BATCH", 3)
    with unit() as session:
        session.add_all([filled(Service) for _ in range(10)])
    for _name, work in pieces(database, [sealing(whole=True)], clock.today()):
        work()
    with ScopedSession(database, system("prova")) as session:
        at = head(session)
    assert at.number == 10
    found = verdict(database, at)
    assert (found.head, found.broken, found.unsealed) == (at, None, 0)


def test_an_empty_history_is_in_order(database):
    assert verdict(database).broken is None
    assert verdict(database).head == Head(0, audit.GENESIS)


def test_an_untouched_history_agrees_with_its_exported_head(database, history):
    assert verdict(database, history).broken is None


@pytest.mark.parametrize(
    ("column", "value"), [("actor", "'Altri'"), ("after", "'{}'"), ("at", "'2020-01-01 00:00:00.000000'"),
                          ("act", "'altro'"), ("operation", "'d'"), ("row_id", "'99'")],
)
def test_a_changed_entry_is_found_at_its_place(column, value, database, history):
    outside(database, f"UPDATE audit_entry SET {column} = {value} WHERE id = 3")
    assert verdict(database).broken == 3


def test_a_deleted_entry_is_found_at_its_place(database, history):
    without_foreign_keys(database, "DELETE FROM audit_entry WHERE id = 2")
    assert verdict(database).broken == 2


def test_an_entry_deleted_with_its_seal_is_found(database, history):
    outside(database, "DELETE FROM audit_seal WHERE number = 2")
    outside(database, "DELETE FROM audit_entry WHERE id = 2")
    assert verdict(database).broken == 2


def test_a_chain_cut_at_its_end_is_found_by_the_exported_head(database, history):
    outside(database, "DELETE FROM audit_seal WHERE number > 3")
    assert verdict(database).broken is None, "the control: without the exported head nobody would know"
    found = verdict(database, history)
    assert found.broken == 4
    assert "più corta" in found.reason


def test_a_chain_forged_anew_from_a_changed_entry_is_found_by_the_exported_head(unit, database, history):
    outside(database, "UPDATE audit_entry SET actor = 'Altri' WHERE id = 2")
    outside(database, "DELETE FROM audit_seal")
    forged = sealed(unit)
    assert forged.number == history.number
    assert verdict(database).broken is None, "the control: the forged chain agrees with itself"
    assert verdict(database, history).broken == history.number


def test_fields_that_slide_into_each_other_give_another_hash():
    assert audit._link("0", ("a\x1fb", "c")) != audit._link("0", ("a", "b\x1fc"))
    assert audit._link("0", ("a", None)) != audit._link("0", ("a", "None"))


def test_the_head_is_asked_by_who_sees_no_history(unit, database, history, municipality_user):
    with ScopedSession(database, municipality_user) as session:
        assert head(session) == history
        assert session.scalars(select(AuditEntry)).all() == []


def test_the_history_of_a_municipality_is_not_for_its_clerks(database, unit, municipality_user):
    with ScopedSession(database, municipality_user) as session:
        assert session.scalars(select(Municipality.name)).all() == ["Dresano"]
        assert session.scalars(select(AuditEntry.id)).all() == []
